//! Population figures: what one customer's value is among all of them. Takes columns of values, gives ranks, shares,
//! means and quantiles ([`Population`]) and the places by several keys in turn ([`TopKeys`]).
//!
//! The population is the customers that have a value; groups are each a population of their own. Equal values always
//! share a place, and the order of rows never decides. Sums are held in 128 bits.

mod figures;
mod population;
mod ranked;
mod top;

pub use figures::Figures;
pub use population::{Group, Keys, Population, quantile_of};
pub use ranked::Ranked;
pub use top::{Place, TopKeys};

/// The population figures of a run, by the index that the nodes of expressions name.
#[derive(Clone, Debug, Default)]
pub struct Populations {
    prepared: Vec<Option<Population>>,
}

impl Populations {
    /// None prepared yet.
    pub const fn new() -> Self {
        Self { prepared: vec![] }
    }

    /// Puts the population of index `id`.
    pub fn set(&mut self, id: usize, population: Population) {
        if self.prepared.len() <= id {
            self.prepared.resize_with(id + 1, || None);
        }
        self.prepared[id] = Some(population);
    }

    /// The population of index `id`, if it was prepared.
    pub fn get(&self, id: usize) -> Option<&Population> {
        self.prepared.get(id).and_then(Option::as_ref)
    }
}
