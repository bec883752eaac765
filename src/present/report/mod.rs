//! A report drawn: [`crate::report::Report`] holds every figure, and each format here only writes them down.

pub(super) mod cell;
pub(super) mod colors;
pub mod html;
pub mod json;
pub mod listed;
pub mod markdown;
mod plain;
#[cfg(test)]
pub(super) mod sample;
pub mod terminal;
