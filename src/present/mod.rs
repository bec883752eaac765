//! One result, many formats: each renderer is a small room over [`table::ResultTable`] and [`summary::Summary`].

pub mod summary;
pub mod table;
