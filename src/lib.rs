//! Grades customers from sheets by a scheme written in TOML, and says why.

pub mod assess;
pub mod book;
pub mod classify;
pub mod clean;
pub mod decide;
pub mod diagnostic;
pub mod explain;
pub mod expr;
pub mod grading;
pub mod metrics;
pub mod present;
pub mod rank;
pub mod read;
pub mod scheme;
pub mod table;
