//! Grades customers from sheets by a scheme written in TOML, and says why.
#![warn(missing_docs)]

pub mod clean;
pub mod diagnostic;
pub mod table;
