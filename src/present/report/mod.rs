//! A report drawn: [`crate::report::Report`] holds every figure, and each format here only writes them down.

mod cell;
mod colors;
pub mod html;
#[cfg(test)]
mod sample;
