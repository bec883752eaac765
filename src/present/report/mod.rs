//! A report drawn: [`crate::report::Report`] holds every figure, and each format here only writes them down.

mod cell;
mod colors;
pub mod html;
pub mod json;
pub mod markdown;
mod plain;
#[cfg(test)]
mod sample;
pub mod terminal;
