//! Who stands where in a grading: its levels, and a grading as one side of a comparison.

use super::run::{RecordedCustomer, levels, of_run};
use super::{Customer, On, Snapshot};
use crate::book::Entry;
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::explain::Explainer;
use crate::grading::{Grading, Kept};
use crate::table::Column;
use foldhash::HashSet;
use std::sync::Arc;

impl Snapshot {
    /// A grading as a side of a comparison. `amount` names a field, metric or value; reasons are in `lang`.
    pub fn of_grading(grading: &Grading, on: &On, amount: Option<&str>, lang: Lang) -> Self {
        let explainer = Explainer::new(grading, lang);
        let recorded = stands(grading, on).into_iter().map(|stand| {
            let (name, reason) = match (grading.kept(stand.entry), stand.entry) {
                (Some(kept), _) => {
                    let why = kept.why.first().map(|why| Arc::from(why.get(lang)));
                    (kept.name.map(Arc::from), why)
                }
                (None, Entry::Customer(row)) => {
                    let reason = explainer.main_reason(row as usize);
                    let name = grading.book.roster.names[row as usize].clone();
                    (name, reason.map(Arc::from))
                }
                (None, _) => (None, None),
            };
            RecordedCustomer {
                id: stand.id,
                name,
                level: stand.level,
                decision: stand.decision,
                reason,
            }
        });
        of_run(recorded.collect(), grading, on, amount)
    }
}

/// A grading as a side of a comparison of which the levels are all that is asked: no names, reasons or values.
pub fn levels_only(grading: &Grading, on: &On) -> Snapshot {
    let stands = stands(grading, on).into_iter();
    let customers = stands.map(|stand| Customer {
        id: stand.id,
        level: stand.level,
        decision: Some(stand.decision),
        ..Customer::default()
    });
    // No key is there twice, which is all that could be wrong.
    let mut snapshot = Snapshot::new(customers.collect(), |_| None).unwrap_or_default();
    snapshot.levels = levels(&grading.scheme, on);
    snapshot
}

/// The levels of a grading's scheme in its order, whether or not that says which is better, and the place among them of
/// each customer with values.
pub fn places(grading: &Grading, on: &On) -> (Vec<Arc<str>>, Vec<Option<usize>>) {
    let scheme = &grading.scheme;
    let names: Vec<Arc<str>> = match on {
        On::Grade => levels(scheme, on),
        On::Type => scheme.types.iter().map(|rule| rule.name.clone()).collect(),
        On::Dimension(name) => {
            let mut dimensions = scheme.dimensions.iter();
            let dimension = dimensions.find(|dimension| *dimension.name == **name);
            dimension.map_or_else(Vec::new, |dimension| dimension.rule.labels())
        }
    };
    let place = |row: usize| {
        let level = level_of(grading, on, row)?;
        names.iter().position(|name| *name == level)
    };
    let places = (0..grading.len()).map(place).collect();
    (names, places)
}

/// Where somebody stands.
pub(super) struct Stand {
    pub id: Arc<str>,
    pub level: Option<Arc<str>>,
    pub decision: Decision,
    pub entry: Entry,
}

/// Where everybody stands whose key is known, each key once: a refused row may have that of another row, and then it is
/// the one with values that counts, or the first.
pub(super) fn stands(grading: &Grading, on: &On) -> Vec<Stand> {
    let mut known: HashSet<Arc<str>> = HashSet::default();
    let roster = &grading.book.roster;
    let entries = grading.entries().into_iter();
    let stands = entries.filter_map(|entry| match (grading.kept(entry), entry) {
        (Some(kept), _) => {
            let id: Arc<str> = kept.id?.into();
            let is_first = !roster.by_id().contains_key(&id) && known.insert(id.clone());
            is_first.then(|| Stand {
                id,
                level: kept_level(grading, on, &kept),
                decision: kept.decision,
                entry,
            })
        }
        (None, Entry::Customer(row)) => {
            let row = row as usize;
            Some(Stand {
                id: roster.ids[row].clone(),
                level: level_of(grading, on, row),
                decision: grading.decided[row].decision,
                entry,
            })
        }
        (None, _) => None,
    });
    stands.collect()
}

/// The level that one without a row of values keeps.
fn kept_level(grading: &Grading, on: &On, kept: &Kept<'_>) -> Option<Arc<str>> {
    let scheme = &grading.scheme;
    match on {
        On::Grade => kept
            .before
            .grade
            .map(|grade| scheme.grades[grade].name.clone()),
        On::Type => kept.before.kind.map(|kind| scheme.types[kind].name.clone()),
        On::Dimension(_) => None,
    }
}

/// The level of a customer: the grade, the type or the label of a dimension.
pub fn level_of(grading: &Grading, on: &On, row: usize) -> Option<Arc<str>> {
    match on {
        On::Grade => grading.grade_name(row).cloned(),
        On::Type => grading.type_name(row).cloned(),
        On::Dimension(name) => {
            let dimensions = &grading.scheme.dimensions;
            let dimension = dimensions
                .iter()
                .find(|dimension| *dimension.name == **name)?;
            match grading.facts.get(dimension.label_slot) {
                Column::Text(labels) => labels.get(row).cloned(),
                _ => None,
            }
        }
    }
}
