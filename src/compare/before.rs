//! A grading beside the one before it, as the grading itself knows that.

use super::{Class, Comparison, Customer, Snapshot, compare};
use crate::book::{Earlier, Entry};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::explain::Explainer;
use crate::grading::Grading;
use foldhash::HashSet;
use std::sync::Arc;

/// What moved since the run before: the grades, or the types of a scheme without grades; with the main reason of those
/// who moved, in `lang`. `None` where nobody has a level from before, so that there is nothing to compare with.
///
/// With `only` some of the rows, as `--where` leaves them; who is absent is in none of them.
pub fn with_before(grading: &Grading, only: Option<&[Entry]>, lang: Lang) -> Option<Comparison> {
    let mut comparison = since_before(grading, only);
    if comparison.old == 0 && comparison.count(Class::Absent) == 0 {
        return None;
    }
    let explainer = Explainer::new(grading, lang);
    for found in comparison.moves.iter_mut().filter(|found| found.is_move()) {
        let row = grading.book.roster.by_id().get(&found.id);
        let reason = row.and_then(|row| explainer.main_reason(*row as usize));
        found.reason = reason.map(Arc::from);
    }
    Some(comparison)
}

/// The same without reasons, whether or not anybody had a level before. One who was absent in the run before was not
/// there: still absent is no move, and back again is new.
pub fn since_before(grading: &Grading, only: Option<&[Entry]>) -> Comparison {
    let scheme = &grading.scheme;
    let rated = !scheme.grades.is_empty();
    let levels: Vec<Arc<str>> = if rated {
        scheme
            .grades
            .iter()
            .map(|grade| grade.name.clone())
            .collect()
    } else {
        scheme.types.iter().map(|rule| rule.name.clone()).collect()
    };
    let level_before = |earlier: &Earlier| {
        let place = if rated { earlier.grade } else { earlier.kind };
        place.and_then(|place| levels.get(place).cloned())
    };
    let known = |absent: bool| -> HashSet<&str> {
        let customers = grading.past.customers.iter();
        let customers = customers.filter(|known| known.absent == absent);
        customers.map(|known| &*known.id).collect()
    };
    let gone = known(true);
    let (mut old, mut new) = (Side::default(), Side::default());
    let entries = only.unwrap_or(&grading.book.roster.entries);
    let customers = entries.iter().filter_map(|entry| match entry {
        Entry::Customer(row) => Some(*row as usize),
        Entry::Refused(_) | Entry::Absent(_) => None,
    });
    for row in customers {
        let id = &grading.book.roster.ids[row];
        let name = &grading.book.roster.names[row];
        let level = if rated {
            grading.grade_name(row)
        } else {
            grading.type_name(row)
        };
        new.add(
            id,
            name.as_ref(),
            level.cloned(),
            grading.decided[row].decision,
        );
        old.add_known(
            id,
            name.as_ref(),
            level_before(&grading.earlier(row)),
            &gone,
        );
    }
    for entry in entries {
        let (Entry::Refused(_), Some(kept)) = (entry, grading.kept(*entry)) else {
            continue;
        };
        let Some(id) = kept.id.map(Arc::from) else {
            continue;
        };
        let name = kept.name.map(Arc::from);
        let known = grading.people.by_id().get(&id);
        let before = known.map(|number| grading.people.persons[*number as usize].before);
        let was = level_before(&before.unwrap_or(kept.before));
        new.add(
            &id,
            name.as_ref(),
            level_before(&kept.before),
            Decision::Refused,
        );
        old.add_known(&id, name.as_ref(), was, &gone);
    }
    let there = match grading.absent[..] {
        [] => HashSet::default(),
        _ => known(false),
    };
    for absent in grading.absent.iter().filter(|_| only.is_none()) {
        let before = &grading.people.persons[absent.number as usize].before;
        let (id, name) = (&absent.id, absent.name.as_ref());
        let level = level_before(before);
        new.add(id, name, level.clone(), Decision::Absent);
        if there.contains(&**id) {
            old.add(id, name, level, Decision::Held);
        } else {
            old.add_known(id, name, level, &gone);
        }
    }
    // Types are an order only where they move.
    let ordered = rated || scheme.type_movement.is_some();
    let (mut old, mut new) = (old.snapshot(), new.snapshot());
    if ordered {
        old.levels.clone_from(&levels);
        new.levels = levels;
    }
    compare(&old, &new)
}

/// The customers of one side, each key once: a refused row may have the key of another row.
#[derive(Default)]
struct Side {
    customers: Vec<Customer>,
    ids: HashSet<Arc<str>>,
}

impl Side {
    fn add(
        &mut self,
        id: &Arc<str>,
        name: Option<&Arc<str>>,
        level: Option<Arc<str>>,
        decision: Decision,
    ) {
        if self.ids.insert(id.clone()) {
            self.customers.push(Customer {
                id: id.clone(),
                name: name.cloned(),
                level,
                decision: Some(decision),
                ..Customer::default()
            });
        }
    }

    /// Who had no level is not known to have been there.
    fn add_known(
        &mut self,
        id: &Arc<str>,
        name: Option<&Arc<str>>,
        level: Option<Arc<str>>,
        gone: &HashSet<&str>,
    ) {
        let decision = if gone.contains(&**id) {
            Decision::Absent
        } else {
            Decision::Held
        };
        if level.is_some() {
            self.add(id, name, level, decision);
        }
    }

    fn snapshot(self) -> Snapshot {
        // No key is there twice, which is all that could be wrong.
        Snapshot::new(self.customers, |_| None).unwrap_or_default()
    }
}
