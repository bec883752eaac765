//! A report drawn: [`crate::report::Report`] holds every figure, and each format here only writes them down.

pub(super) mod cell;
pub(super) mod colors;
pub mod html;
#[cfg(test)]
pub(super) mod sample;
