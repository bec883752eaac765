//! Where a run leaves everybody whom it knows: what the next run begins with.

use super::{Grading, Known, Person, Start, Track};
use crate::book::Earlier;
use crate::decide::{Rung, Standing};
use crate::table::{Date, Period};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

impl Grading {
    /// Where this run leaves every customer whom it knows, refused and absent ones too, in the order of [`People`].
    ///
    /// [`People`]: super::People
    pub fn standings(&self) -> Vec<Known> {
        let closed = Period::last_closed(self.scheme.period, self.book.as_of).end();
        let past: HashMap<&str, &Known> = self
            .past
            .customers
            .iter()
            .map(|known| (&*known.id, known))
            .collect();
        let (people, roster) = (&self.people, &self.book.roster);
        let refused = roster.refused.iter().filter_map(|row| row.id.as_deref());
        let refused: HashSet<&str> = refused.collect();
        let numbers = 0..people.persons.len();
        numbers
            .filter_map(|number| {
                let (id, person) = (&people.ids[number], &people.persons[number]);
                let decided = person.start.decided();
                let refused = number >= roster.len() && refused.contains(&**id);
                // A refused row is not the end of its period: once it is mended, the period can still be decided.
                let standing = match past.get(&**id) {
                    Some(known) if refused && known.standing.decided == decided => {
                        known.standing.clone()
                    }
                    _ if refused => self.standing(person, Some(decided?)),
                    // Never back: a grade that a sheet dates later than this run waits until then.
                    _ => self.standing(person, closed.max(decided)),
                };
                Some(Known {
                    absent: number >= roster.len() && !refused,
                    refused,
                    id: id.clone(),
                    name: people.names[number].clone(),
                    standing,
                })
            })
            .collect()
    }

    fn standing(&self, person: &Person, decided: Option<Date>) -> Standing {
        let scheme = &self.scheme;
        let grade = |level: Option<u32>| Some(scheme.grades[level? as usize].name.clone());
        let kind = |level: Option<u32>| Some(scheme.types[level? as usize].name.clone());
        Standing {
            decided,
            grade: rung(&person.grade, grade(person.grade.place.level)),
            kind: rung(person.kind(), kind(person.kind().place.level)),
            effective_grade: grade(person.grade.effective),
            since: person.grade.since,
            effective_kind: kind(person.kind().effective),
        }
    }
}

impl Start {
    /// The day up to which periods are decided; `None` before the first.
    fn decided(self) -> Option<Date> {
        match self {
            Self::After(day) | Self::Since(day) => Some(day),
            Self::First | Self::Last => None,
        }
    }
}

impl Person {
    /// What the customer has now: what a customer without values in this run keeps.
    pub fn now(&self) -> Earlier {
        let level = |track: &Track| track.effective.map(|level| level as usize);
        Earlier {
            grade: level(&self.grade),
            since: self.grade.since,
            kind: level(self.kind()),
        }
    }
}

fn rung(track: &Track, level: Option<Arc<str>>) -> Rung {
    Rung {
        level,
        moved: track.place.moved,
        demoted: track.place.demoted,
        at_risk: track.place.at_risk,
        counts_after: track.place.counts_after,
    }
}
