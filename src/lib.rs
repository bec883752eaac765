//! Grades customers from sheets by a scheme written in TOML, and says why.

pub mod decide;
pub mod diagnostic;
pub mod present;
pub mod table;
