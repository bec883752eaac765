//! Thresholds for wanted shares: which number makes of the condition of a grade, or of a band, one that so many customers
//! meet.
//!
//! Takes the levels of a list with their conditions ([`Ladder`]), the shares that are wanted and the values of all
//! customers, and proposes numbers that a person would choose ([`propose`]). It only proposes: what share a number gives
//! is said by grading with it.
//!
//! Which number is round: a multiple of the coarsest step of …, 10, 5, 2.5, 2, 1, 0.5, 0.25, 0.2, 0.1, … of which there
//! is one that gives the share within the tolerance. Where no number does, because too many have the same value, the
//! nearest share there is, with that on the other side.

mod propose;
#[cfg(test)]
mod tests;
mod threshold;

pub use propose::{Proposal, Step, propose};
pub use threshold::{Ladder, Level, NoThreshold, Threshold};
