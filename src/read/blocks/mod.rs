//! Large text files, block by block: they are never held whole, and all cores read.
//!
//! The head of a file tells how all of it is read ([`Head`]); then it is cut into [`Blocks`] where records end, and each
//! block is read by itself, in one of these ways: as rows of the table ([`Head::rows`]), as rows of a file in which every
//! line is one ([`Head::rows_of_lines`], or [`Head::straight_lines`] where nothing is odd about any), or as the cells of
//! some columns ([`Passes`], which goes through a file as often as one likes). What is given is what reading the whole
//! file gives. Where that cannot be known from a block alone, it says why ([`Unfit`] has all reasons): then the file is to be opened as any other, [`open`](super::open), which is
//! always right.
//!
//! ```text
//! source   a file                        → its head, blocks of bytes that begin and end where records do
//! head     the first bytes               → Head{encoding, delimiter, header, where the rows begin}
//! rows     Head, a block                 → rows of the table, what was passed over
//! lines    Head, a block                 → rows of a plain file; its lines, in passes
//! straight Head, a block                 → the cells of its lines, where these are as nearly all are
//! fields   a line                        → some of its cells
//! ```

mod fields;
mod head;
mod lines;
mod rows;
mod source;
mod straight;
#[cfg(test)]
mod tests;
mod unfit;

pub use head::Head;
pub use lines::{Held, LineBlock, Lines, Passes, Taker};
pub use rows::{Rows, Skips};
pub use source::{Block, Blocks, Reader, TextFile};
pub use unfit::Unfit;
