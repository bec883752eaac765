//! The start of the path, for rows of which nothing but what ranks are worked out of is wanted: their columns up to the
//! grades that the values give. Nobody is known by a key or a name, and nothing is said of them.

use super::given::{fill_levels, fill_own};
use crate::assess::{Facts, assess};
use crate::book::earlier_of;
use crate::checks;
use crate::clean::sheet::CleanSheet;
use crate::rank::Everybody;
use crate::read::Table;
use crate::scheme::model::{Customers, Scheme};
use crate::table::Date;
use std::sync::Arc;

/// Some rows, as far as ranks need them.
pub struct Ranking {
    /// The rows as they were read.
    pub clean: CleanSheet,
    /// The columns of those that count, each a customer.
    pub facts: Facts,
}

/// Reads a table of customers, of whom each has one row, no ledger and no other sheet knows anything, and all have the
/// same as-of date; what is known of `everybody` is given.
pub fn ranking(
    scheme: &Scheme,
    rule: &Customers,
    table: &Table,
    as_of: Date,
    everybody: &Everybody,
) -> Ranking {
    let tables = std::slice::from_ref(table);
    let clean = checks::read(&rule.sheet, tables, &[0], &[rule.key], &[as_of]);
    // What is worked out depends on no key.
    let nameless = Arc::<str>::default();
    let mut facts = Facts::new(scheme, vec![nameless; clean.rows.len()], as_of);
    facts.stand_among(everybody.clone());
    fill_own(scheme, &clean.columns, &mut facts);
    let earlier = earlier_of(scheme, rule, tables, &clean);
    fill_levels(scheme, &earlier.iter().copied(), &mut facts);
    assess(scheme, &mut facts, &mut vec![]);
    Ranking { clean, facts }
}
