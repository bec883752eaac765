//! Grading a file chunk by chunk, in memory that does not grow with it: each chunk of rows is a small file of its own,
//! read, cleaned, graded and written by the path that grades whole files, while the next ones are read.
//!
//! ```text
//! plan    (Scheme, columns asked for)      → or the Reason why the file is graded whole
//! everybody  Scheme → Rounds; keys of all → what ranks need of everybody
//! chunk   (Grader, Table of some rows)     → Chunk{what is shown, what is to be said and summed up}
//! total   Chunks in their order            → Outcome{findings, figures}, or the Reason met on the way
//! text    (Head, blocks of a text file)    → blocks of a text file, Outcome
//! keys    the keys of all customers        → whether each is there once
//! told    Reason                           → its words
//! ```
//!
//! Nothing is shown before the last row is read, so that any [`Reason`] met on the way lets the whole path begin again
//! from the start: what it gives is always right, and what the chunks give is the same to the byte, or nothing.
//!
//! Where rows come from and where they go is the caller's: a source gives tables of rows in the order of the file (as
//! [`crate::read::Head::rows`] does for text), [`Grader::grade`] makes of each what a sink shows, on any core, and
//! [`Total::add`] takes the chunks in order. Another format comes in by giving such tables, and goes out by its own
//! `show`.

mod chunk;
mod everybody;
mod keys;
mod plan;
mod text;
mod told;
mod total;

pub use chunk::{Asked, Chunk, Grader};
pub use keys::{Open, Spill};
pub use plan::{Reason, plan};
pub use text::{BLOCK, Text};
pub use total::{Outcome, Total};
