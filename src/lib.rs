//! Grades customers from sheets by a scheme written in TOML, and says why.
#![warn(missing_docs)]

pub mod diagnostic;
pub mod read;
pub mod table;
