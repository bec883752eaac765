//! All customers that a scheme can tell apart, as far as some of its conditions go: made, and graded by the path that
//! grades.
//!
//! What comes from outside (fields, metrics, series) is given every value that stands for others ([`cells`],
//! [`periods`]), after what is worked out from it has been seen through ([`solve`], [`results`]); what cannot be seen through is a
//! value of its own ([`open`]). Values that meet in no condition below the score are combined by what they come to only:
//! two customers with the same labels and the same weighted points are one ([`component`], [`states`]). Each combination that is left is
//! a customer with values, and what the scheme makes of it is what [`crate::assess`] says.

mod alike;
mod bounds;
pub mod cells;
pub mod component;
pub mod demands;
pub mod facts;
mod linear;
pub mod open;
pub mod periods;
mod projection;
pub mod reads;
mod results;
pub mod solve;
pub mod states;
pub mod told;
mod trial;

pub use open::{Open, Tried};
pub use states::States;

use crate::scheme::lint::shape::ONE;

/// More customers than these are not made.
pub const MOST: usize = 100_000;

/// There would be too many customers: so many, or more than can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TooMany(pub usize);
