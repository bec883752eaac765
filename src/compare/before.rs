//! A grading beside the one before it, as the grading itself knows that.

use super::{Comparison, Customer, Snapshot, compare};
use crate::book::{Earlier, Entry};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::explain::reasons;
use crate::grading::Grading;
use foldhash::HashSet;
use std::sync::Arc;

/// What moved since the run before: the grades, or the types of a scheme without grades; with the main reason of those
/// who moved, in `lang`. `None` where nobody has a level from before, so that there is nothing to compare with.
///
/// With `only` some of the rows, as `--where` leaves them; who is absent is in none of them.
pub fn with_before(grading: &Grading, only: Option<&[Entry]>, lang: Lang) -> Option<Comparison> {
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
        old.add_known(id, name.as_ref(), level_before(&grading.earlier(row)));
    }
    let refused = entries.iter().filter_map(|entry| match entry {
        Entry::Customer(_) | Entry::Absent(_) => None,
        Entry::Refused(index) => Some(&grading.book.roster.refused[*index as usize]),
    });
    for refused in refused {
        if let Some(id) = &refused.id {
            let level = level_before(&refused.before);
            new.add(id, refused.name.as_ref(), level.clone(), Decision::Refused);
            old.add_known(id, refused.name.as_ref(), level);
        }
    }
    for absent in grading.absent.iter().filter(|_| only.is_none()) {
        let before = &grading.people.persons[absent.number as usize].before;
        old.add_known(&absent.id, absent.name.as_ref(), level_before(before));
    }
    if old.customers.is_empty() {
        return None;
    }
    // Types are an order only where they move.
    let ordered = rated || scheme.type_movement.is_some();
    let (mut old, mut new) = (old.snapshot(), new.snapshot());
    if ordered {
        old.levels.clone_from(&levels);
        new.levels = levels;
    }
    let mut comparison = compare(&old, &new);
    for found in comparison.moves.iter_mut().filter(|found| found.is_move()) {
        let row = grading.book.roster.by_id.get(&found.id);
        found.reason = row
            .and_then(|row| reasons(grading, *row as usize, lang).into_iter().next())
            .map(Arc::from);
    }
    Some(comparison)
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
    fn add_known(&mut self, id: &Arc<str>, name: Option<&Arc<str>>, level: Option<Arc<str>>) {
        if level.is_some() {
            self.add(id, name, level, Decision::Held);
        }
    }

    fn snapshot(self) -> Snapshot {
        // No key is there twice, which is all that could be wrong.
        Snapshot::new(self.customers, |_| None).unwrap_or_default()
    }
}
