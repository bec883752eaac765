//! One result, many formats: each renderer is a small room over [`table::ResultTable`] and [`summary::Summary`].

pub mod backtest;
pub mod basis;
pub mod csv;
pub mod diff;
pub mod distances;
pub mod duplicates;
pub mod explanation;
pub mod history;
pub mod ics;
pub mod inspection;
pub mod json;
pub mod kept;
pub mod listing;
pub mod markdown;
pub mod marks;
pub mod palette;
pub mod potential;
pub mod printed;
pub mod problems;
pub mod record;
pub mod report;
pub mod results;
pub mod reviews;
#[cfg(test)]
mod sample;
pub mod seen;
pub mod shown;
pub mod strategies;
pub mod summary;
pub mod table;
pub mod tasks;
pub mod terminal;
pub mod workbook;
