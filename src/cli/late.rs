//! What came late: rows, spans and sheets that change what was known of periods when runs closed them. A file that only
//! brings again what there was is not late, however far back its rows go.

use super::candidate::Outcome;
use super::intake::Taken;
use super::restate::Days;
use regrade::book::{Coverage, Filing, Inputs, SheetKind, first_change, in_force, period_ends};
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::ledger::{Error, Import, Ledger, Run};
use regrade::scheme::Scheme;
use regrade::table::{Date, Period};
use regrade::text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that came late.
pub struct Late {
    what: What,
    /// The first day of which something else is known now.
    first: Date,
    files: Vec<String>,
}

/// What came late.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// Rows of an event sheet.
    Rows,
    /// Nothing but the word that files cover periods.
    Covered,
    /// A sheet of which the newest is in force.
    Sheet,
}

impl Late {
    /// The first as-of date of which runs may have come to something else.
    pub fn since(&self, scheme: &Scheme) -> Date {
        match self.what {
            What::Sheet => self.first,
            What::Rows | What::Covered => closes(scheme, self.first),
        }
    }

    /// What there is to say.
    pub fn finding(&self) -> Finding {
        let Text { en, zh } = listed(self.files.iter().map(String::as_str));
        let first = self.first;
        let title = match self.what {
            What::Rows => text!(
                "rows came late, for periods from {first} on that have been graded: {en}",
                "有迟到的行，所属期间（{first} 起）已经评过级：{zh}"
            ),
            What::Covered => text!(
                "periods from {first} on are covered now, and have been graded: {en}",
                "{first} 起的期间现在才说明已覆盖，而这些期间已经评过级：{zh}"
            ),
            What::Sheet => text!(
                "a sheet came late, in force from {first} on, where runs have been recorded: {en}",
                "有迟到的表，自 {first} 起生效，而此后已有批次：{zh}"
            ),
        };
        Finding::note(Code::LateRows, title)
    }
}

/// The last day of the period of a day.
fn closes(scheme: &Scheme, day: Date) -> Date {
    Period::of(scheme.period, day).end().unwrap_or(day)
}

/// What the tables that were taken in as of `as_of` change of what `runs`, the oldest first, had to go by.
pub fn late(
    ledger: &Ledger,
    scheme: &Scheme,
    taken: &[Taken],
    as_of: Date,
    runs: &[Run],
) -> Result<Vec<Late>, Error> {
    let Some(last) = runs.last().map(|run| run.as_of) else {
        return Ok(vec![]);
    };
    let after = ledger.imports()?;
    let new = taken.iter().filter(|taken| taken.outcome == Outcome::New);
    // Imports have their numbers in the order in which they came in.
    let new = after.len() - new.count();
    let mut before = after[..new].to_vec();
    for taken in taken {
        if taken.outcome == Outcome::Confirmed
            && let Some(newest) = ledger.imports_of(&taken.sheet, &taken.source)?.first()
        {
            let known = before.iter_mut().filter(|import| import.id == newest.id);
            known.for_each(|import| import.filing.confirmed.retain(|day| *day != as_of));
        }
    }
    let change = Change {
        ledger,
        scheme,
        before: &before,
        after: &after,
        last,
        closed: Period::last_closed(scheme.period, last).end(),
    };
    let mut all = vec![];
    let sheets: BTreeSet<&Arc<str>> = taken.iter().map(|taken| &taken.sheet).collect();
    for sheet in sheets {
        let files = || {
            let of_sheet = taken.iter().filter(|taken| taken.sheet == *sheet);
            let counts =
                of_sheet.filter(|taken| matches!(taken.outcome, Outcome::New | Outcome::Confirmed));
            counts.map(|taken| taken.place.clone()).collect()
        };
        let found = match SheetKind::of(scheme, sheet) {
            Some(SheetKind::Events(event)) => change.of_events(event, sheet)?,
            Some(_) => change
                .of_sheet(sheet, as_of, runs)
                .map(|first| (What::Sheet, first)),
            None => None,
        };
        all.extend(found.map(|(what, first)| Late {
            what,
            first,
            files: files(),
        }));
    }
    Ok(all)
}

/// Rows of event sheets that were mended: they count from now on in periods that are closed.
pub fn late_by_mending(scheme: &Scheme, mended: &[Days], runs: &[Run]) -> Vec<Late> {
    let last = runs.last().map(|run| run.as_of);
    let Some(closed) = last.and_then(|last| Period::last_closed(scheme.period, last).end()) else {
        return vec![];
    };
    let days = mended
        .iter()
        .filter_map(|(file, span)| Some((file, (*span)?.0)));
    let days: Vec<(&String, Date)> = days.filter(|(_, first)| *first <= closed).collect();
    let first = days.iter().map(|(_, first)| *first).min();
    let late = first.map(|first| Late {
        what: What::Rows,
        first,
        files: days.iter().map(|(file, _)| (*file).clone()).collect(),
    });
    late.into_iter().collect()
}

/// The imports before and after a call.
struct Change<'a> {
    ledger: &'a Ledger,
    scheme: &'a Scheme,
    before: &'a [Import],
    after: &'a [Import],
    /// The date of the last run.
    last: Date,
    /// The last day of the last period that it closed.
    closed: Option<Date>,
}

impl Change<'_> {
    fn came(&self) -> &[Import] {
        &self.after[self.before.len()..]
    }

    /// Rows of an event sheet in periods that are closed, else such periods that are covered by now.
    fn of_events(&self, event: usize, sheet: &str) -> Result<Option<(What, Date)>, Error> {
        let Some(closed) = self.closed else {
            return Ok(None);
        };
        let new = self.came().iter().filter(|import| *import.sheet == *sheet);
        let new: Vec<&Import> = new.filter(|import| reaches(import, closed)).collect();
        let Some(first) = new.iter().filter_map(|import| first_day(import)).min() else {
            return Ok(None);
        };
        let rows = first_change(
            self.scheme,
            event,
            || self.inputs(self.before, event, sheet, &new),
            || self.inputs(self.after, event, sheet, &new),
            closed,
        )?;
        if let Some(first) = rows {
            return Ok(Some((What::Rows, first)));
        }
        let coverage = |imports: &[Import]| {
            let mut coverage = Coverage::default();
            coverage.add_spans(&self.scheme.events[event].coverage);
            for import in imports.iter().filter(|import| *import.sheet == *sheet) {
                coverage.add_spans(&import.filing.covers);
                coverage.add_spans(import.span.as_slice());
            }
            coverage
        };
        let (before, after) = (coverage(self.before), coverage(self.after));
        let mut periods = period_ends(self.scheme.period, first, closed).into_iter();
        let covered = periods.find(|period| before.covers(*period) != after.covers(*period));
        Ok(covered
            .and_then(Period::start)
            .map(|first| (What::Covered, first)))
    }

    /// Of an event sheet the tables that may have rows which the new ones change, and what they are read by. A row with
    /// an id may stand in any table; one without an id is replaced by its own source in the dates of the file.
    fn inputs(
        &self,
        imports: &[Import],
        event: usize,
        sheet: &str,
        new: &[&Import],
    ) -> Result<Inputs, Error> {
        let has_ids = self.scheme.events[event].id.is_some();
        let touches = |import: &Import| {
            let is_near = |new: &&Import| {
                let alike = new.filing.source == import.filing.source;
                alike && first_day(new) <= last_day(import) && first_day(import) <= last_day(new)
            };
            has_ids || new.iter().any(is_near)
        };
        let mut inputs = Inputs::empty(self.scheme);
        for import in imports {
            let is_needed = match SheetKind::of(self.scheme, &import.sheet) {
                Some(SheetKind::Crosswalk(_)) => true,
                _ => *import.sheet == *sheet && touches(import),
            };
            if is_needed {
                let table = self.ledger.load_table(import.id)?;
                inputs.put(
                    self.scheme,
                    &import.sheet,
                    table,
                    Some(import.filing.clone()),
                );
            }
        }
        Ok(inputs)
    }

    /// The first day that runs have gone by on which another sheet is in force than before.
    fn of_sheet(&self, sheet: &str, as_of: Date, runs: &[Run]) -> Option<Date> {
        if as_of > self.last {
            return None;
        }
        let mut days: BTreeSet<Date> = runs.iter().map(|run| run.as_of).collect();
        if self.scheme.has_history() {
            let periods = period_ends(self.scheme.period, as_of, self.last);
            days.extend(periods.into_iter().filter_map(Period::end));
        }
        let on = |imports: &[Import], day: Date| -> Vec<String> {
            let of_sheet: Vec<&Import> = imports
                .iter()
                .filter(|import| *import.sheet == *sheet)
                .collect();
            let filings = of_sheet.iter().map(|import| import.filing.clone());
            let filings: Vec<Filing> = filings.collect();
            let which = in_force(&filings, day).into_iter();
            which
                .map(|index| of_sheet[index].content_hash.clone())
                .collect()
        };
        let mut days = days.into_iter().filter(|day| *day >= as_of);
        days.find(|day| on(self.before, *day) != on(self.after, *day))
    }
}

/// Whether an import has anything to say of a time up to a day.
fn reaches(import: &Import, day: Date) -> bool {
    first_day(import).is_some_and(|first| first <= day)
}

/// The first day of the rows, or of what they are said to cover.
fn first_day(import: &Import) -> Option<Date> {
    let said = import.filing.covers.iter().chain(&import.span);
    said.map(|(first, _)| *first).min()
}

fn last_day(import: &Import) -> Option<Date> {
    let said = import.filing.covers.iter().chain(&import.span);
    said.map(|(_, last)| *last).max()
}
