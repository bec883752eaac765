//! Grading a file chunk by chunk, in memory that does not grow with it: each chunk of rows is a small file of its own,
//! read, cleaned, graded and written by the path that grades whole files, while the next ones are read.
//!
//! ```text
//! plan    (Scheme, columns asked for)      → or the Reason why the file is graded whole
//! everybody  Scheme → Rounds; keys of all → what ranks need of everybody
//! chunk   (Grader, Table of some rows)     → Chunk{what is shown, what is to be said and summed up}
//! total   Chunks in their order            → Outcome{findings, figures}, or the Reason met on the way
//! drive   (Source, what shows and takes)   → Outcome, by all cores
//! turns   how many rows each piece shows   → with which row of the output each begins
//! text    text files                       as source and sink
//! sheet   worksheets                       as source, plain workbooks as sink
//! keys    the keys of all customers        → whether each is there once
//! asked   Scheme, what a call asks for     → the scheme that keeps no texts beside; the one as far as ranks look
//! told    Reason                           → its words
//! ```
//!
//! Nothing is shown before the last row is read, so that any [`Reason`] met on the way lets the whole path begin again
//! from the start: what it gives is always right, and what the chunks give is the same to the byte, or nothing.
//!
//! Where rows come from and where they go is the caller's: a [`Source`] gives tables of rows in the order of the file,
//! [`Grader::grade`] makes of each what a sink shows, on any core, and [`Total::add`] takes the chunks in order.
//! [`Drive`] does it. Another format comes in as a `Source`, and goes out by closures of its own ([`Drive::into_text`], [`Drive::into_book`]).

mod asked;
mod chunk;
mod drive;
mod everybody;
mod keys;
mod plan;
mod sheet;
mod text;
mod told;
mod total;
mod turns;

pub use chunk::{Asked, Chunk, Grader};
pub use drive::{Drive, Source};
pub use keys::{Open, Spill};
pub use plan::{Reason, plan};
pub use text::{TextSink, among_everybody, block_size};
pub use total::{Outcome, Total};
pub use turns::Turn;
