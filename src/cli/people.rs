//! What people decided, as a run has it: the overrides that count on the dates that it decides, and the reviews that are
//! settled.

use regrade::decide::{Override, Subject};
use regrade::duplicates::groups::{groups, standings};
use regrade::grading::{Past, Settled};
use regrade::ledger::{Error, Ledger, Run};
use regrade::scheme::Scheme;
use regrade::table::{Date, Period};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose knowledge of people's decisions a run has.
#[derive(Clone, Copy)]
pub enum People<'a> {
    /// That of now.
    Now,
    /// What a run knew when it was made, each override from its first day to its last.
    KnownTo(&'a Run),
    /// The overrides that counted on the date of a run, on all dates, with the reviews that were settled for it: to see
    /// what other decisions have done since.
    Held(&'a Run),
}

/// What people decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Grades, types and tags that they set.
    pub overrides: Vec<Override>,
    /// Reviews that they settled.
    pub settled: Vec<Settled>,
    /// Whom they took for whom: for each key that is another's the one that is kept.
    pub merged: BTreeMap<Arc<str>, Arc<str>>,
}

impl Decisions {
    /// What counts for a run as of `as_of` that decides no day before `first`.
    pub fn of(
        ledger: &Ledger,
        scheme: &Scheme,
        people: People<'_>,
        (first, as_of): (Option<Date>, Date),
    ) -> Result<Self, Error> {
        let stored = ledger.overrides()?.into_iter();
        let sets: Vec<Override> = match people {
            People::Now => stored.map(|stored| stored.set).collect(),
            People::KnownTo(run) => stored
                .filter_map(|stored| stored.known_to(run.number))
                .collect(),
            People::Held(run) => stored
                .filter(|stored| run.overrides.contains(&stored.set.id))
                .map(|stored| Override {
                    from: None,
                    until: None,
                    ..stored.set
                })
                .collect(),
        };
        let run = match people {
            People::Now => None,
            People::KnownTo(run) | People::Held(run) => Some(run.number),
        };
        let is_in_reach = |set: &Override| {
            let begins = set.from.is_none_or(|from| from <= as_of);
            let lasts = set
                .until
                .is_none_or(|until| first.is_none_or(|first| first <= until));
            let is_some_day = set.from.zip(set.until).is_none_or(|(from, to)| from <= to);
            begins && lasts && is_some_day
        };
        let sets = sets.into_iter().filter(is_in_reach);
        Ok(Self {
            overrides: sets.map(|set| renamed(scheme, set)).collect(),
            settled: ledger.settled(as_of, run)?,
            merged: match run {
                Some(run) => ledger.run_merges(run)?,
                None => groups(&standings(&ledger.said_of_duplicates()?)).kept,
            },
        })
    }

    /// The same with no first and last days but those between which there is a day to decide: what is behind them can
    /// change without changing a run.
    pub fn within(&self, (first, as_of): (Option<Date>, Date)) -> Self {
        let clipped = |set: &Override| Override {
            from: set.from.filter(|from| Some(*from) > first),
            until: set.until.filter(|until| *until < as_of),
            ..set.clone()
        };
        Self {
            overrides: self.overrides.iter().map(clipped).collect(),
            settled: self.settled.clone(),
            merged: self.merged.clone(),
        }
    }
}

/// A grade that has another name by now is still the one that was set.
fn renamed(scheme: &Scheme, mut set: Override) -> Override {
    if set.subject == Subject::Grade && scheme.grades.iter().all(|grade| grade.name != set.level) {
        let mut grades = scheme.grades.iter();
        if let Some(grade) = grades.find(|grade| grade.was.contains(&set.level)) {
            set.level = grade.name.clone();
        }
    }
    set
}

/// The first day that a run as of `as_of` may decide, given what was before; `None` for any day before.
pub fn first_day(scheme: &Scheme, past: &Past, as_of: Date) -> Option<Date> {
    if !scheme.has_history() {
        return Some(as_of);
    }
    let closed = Period::last_closed(scheme.period, past.as_of?).end()?;
    // Who was refused waits with the periods that are not decided yet.
    let waiting = past.customers.iter();
    let decided = waiting.filter_map(|known| known.standing.decided);
    decided.fold(closed, Date::min).add_days(1)
}
