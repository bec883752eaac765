//! Population figures: what one customer's value is among all of them. Takes columns of values, gives ranks, shares,
//! means and quantiles ([`Population`]) and the places by several keys in turn ([`TopKeys`]).
//!
//! Where only some customers are at hand, what is known of all of them is given instead ([`Everybody`]): it is found from
//! their keys alone, bit by bit ([`AllKeys`]).
//!
//! The population is the customers that have a value; groups are each a population of their own. Equal values always
//! share a place, and the order of rows never decides. Sums are held in 128 bits.

mod all_keys;
mod figures;
mod groups;
mod population;
mod ranked;
mod top;

pub use all_keys::{AllKeys, Cut};
pub use figures::Figures;
pub use groups::Group;
pub use population::{Keys, Population, quantile_of};
pub use ranked::Ranked;
pub use top::{Place, TopKeys, better_first};

use std::sync::Arc;

/// The population figures of a run, by the index that the nodes of expressions name.
#[derive(Clone, Debug, Default)]
pub struct Populations {
    prepared: Vec<Option<Arc<Population>>>,
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
        self.prepared[id] = Some(Arc::new(population));
    }

    /// The population of index `id`, if it was prepared.
    pub fn get(&self, id: usize) -> Option<&Population> {
        self.prepared.get(id).and_then(Option::as_deref)
    }
}

/// What is known of all customers where only some of them are at hand.
#[derive(Clone, Debug, Default)]
pub struct Everybody {
    /// The population figures.
    pub populations: Populations,
    /// For each grade by rank, by its place in the scheme, who is in.
    pub cuts: Vec<Option<Arc<Cut>>>,
}

impl Everybody {
    /// Who is in a grade by rank; `None` where those at hand are everybody.
    pub fn cut(&self, grade: usize) -> Option<&Cut> {
        self.cuts.get(grade).and_then(Option::as_deref)
    }
}
