//! All tables that are known, cleaned once, from which the book of any date is taken: the customers' sheets in force
//! then, and the events up to then as they are known now.

use super::customers::{self, CustomerRows};
use super::events::{self, EventSource};
use super::filing::{Filing, InForce, dates};
use super::roster::Roster;
use super::{Book, Inputs, SheetVersion, lookup};
use crate::clean::sheet::empty_column;
use crate::diagnostic::{Code, Finding, Stages};
use crate::scheme::model::{Customers, Metric, MetricSource, Scheme};
use crate::table::{Date, Period};
use crate::text;
use foldhash::HashMap;
use std::sync::{Arc, OnceLock};

/// The tables of a scheme, ready for every date up to one.
#[derive(Clone, Debug)]
pub struct Shelf {
    scheme: Arc<Scheme>,
    inputs: Arc<Inputs>,
    events: Vec<EventSource>,
    /// The customers' sheets one after another, where a metric takes their history.
    history: Vec<Arc<SheetVersion>>,
    /// What was found when the event sheets were read.
    findings: Vec<Finding>,
    /// The book of the day of the first customers' sheet, once it is asked for.
    first: OnceLock<Box<Book>>,
}

impl Shelf {
    /// Cleans the event sheets. Rows after `last` are of no use to any book that is asked for.
    pub fn new(scheme: Arc<Scheme>, mut inputs: Inputs, last: Date) -> Self {
        let mut findings = vec![];
        super::crosswalk::apply(&scheme, &mut inputs, last, &mut findings);
        let filed = !inputs.filings.is_empty();
        let mut gathered = std::mem::take(&mut inputs.gathered);
        let events = scheme
            .events
            .iter()
            .enumerate()
            .map(|(index, rule)| {
                let filings = inputs.filings.events.get(index).map(Vec::as_slice);
                let tables = &inputs.events[index];
                if let Some(gathered) = gathered.remove(&index) {
                    return EventSource::of(rule, gathered, last, &mut findings);
                }
                events::read(
                    rule,
                    tables,
                    filings.unwrap_or_default(),
                    filed,
                    &inputs.merged,
                    last,
                    &mut findings,
                )
            })
            .collect();
        let history = history(&scheme, &inputs, last);
        findings.extend(super::stale::files(&scheme, &inputs, last));
        Self {
            scheme,
            inputs: Arc::new(inputs),
            events,
            history,
            findings,
            first: OnceLock::new(),
        }
    }

    /// The sheets that are known up to a day.
    fn known(&self, date: Date) -> Vec<Arc<SheetVersion>> {
        let known = self.history.iter().filter(|sheet| sheet.since <= date);
        known.cloned().collect()
    }

    /// The book as of the last date: everything that is known, with all that there is to say.
    pub fn newest(&self, as_of: Date) -> Book {
        let mut book = self.with_sheets(as_of, as_of);
        let mut findings = self.findings.clone();
        findings.append(&mut book.findings);
        findings.extend(super::stale::rows(&self.scheme, &book));
        // Whether a file as a whole will do is asked when it comes in. What the ledger has is in, whatever the scheme
        // has come to ask since.
        if !self.inputs.filings.is_empty() {
            findings.retain(|finding| finding.code != Code::FileCheckFailed);
        }
        book.findings = findings;
        book.is_newest = true;
        book
    }

    /// The book at the end of a period that was closed before: the sheets in force then, or for the last period the
    /// newest. `newest` is the book of now, for what no sheet of then can say.
    pub fn at(&self, date: Date, is_last: bool, newest: &Book) -> Book {
        let sheets = if is_last { newest.as_of } else { date };
        let has_sheet = self.scheme.customers.is_none()
            || !standing_on(
                &self.inputs.filings.customers,
                self.inputs.customers.len(),
                sheets,
                newest.as_of,
            )
            .is_empty();
        if has_sheet {
            return self.with_sheets(date, sheets);
        }
        let rule = self.scheme.customers.as_ref();
        rule.map_or_else(
            || self.with_sheets(date, sheets),
            |rule| self.before_first_sheet(date, rule, self.first_sheet(newest)),
        )
    }

    /// The book of the day of the first customers' sheet: of a ledger's the oldest, else that of now.
    fn first_sheet<'a>(&'a self, newest: &'a Book) -> &'a Book {
        let filings = self.inputs.filings.customers.iter();
        let first = filings.map(|filing| filing.as_of).min();
        first
            .filter(|first| *first < newest.as_of)
            .map_or(newest, |first| {
                self.first
                    .get_or_init(|| Box::new(self.with_sheets(first, first)))
            })
    }

    /// Whether customers can have come and gone before the newest sheet: a ledger knows those before it.
    pub fn has_earlier_sheets(&self) -> bool {
        !self.inputs.filings.customers.is_empty()
    }

    /// The day of the first sheet or event there is; `None` without any.
    pub fn first_day(&self) -> Option<Date> {
        let events = self
            .events
            .iter()
            .filter_map(|source| source.coverage.first_date());
        let filings = &self.inputs.filings.customers;
        events
            .chain(filings.iter().map(|filing| filing.as_of))
            .min()
    }

    /// The day from which on periods may be decided for anybody of the first customers' sheet, though it be gone since:
    /// that of the first sheet or event, or one after which the sheet says what a customer was.
    pub fn first_day_of_any(&self, newest: &Book) -> Option<Date> {
        let first = self.first_sheet(newest).customers.iter();
        let graded = first.flat_map(|rows| &rows.earlier);
        let graded = graded.filter_map(|earlier| earlier.since?.add_days(1));
        graded.chain(self.first_day()).min()
    }

    /// The book as of `date`, with the sheets that are in force on `sheets`.
    fn with_sheets(&self, date: Date, sheets: Date) -> Book {
        let scheme = &self.scheme;
        let inputs = &self.inputs;
        let filings = &inputs.filings;
        let mut findings = vec![];
        let mut roster = Roster::default();
        let mut customers = None;
        if let Some(rule) = &scheme.customers {
            let in_force = in_force_on(&filings.customers, inputs.customers.len(), sheets, sheets);
            let read = customers::read(scheme, rule, inputs, &in_force, date, &mut findings);
            (roster, customers) = (read.0, Some(read.1));
        }
        roster.know(&inputs.known);
        let mut of_events = vec![];
        let mut events: Vec<_> = self
            .events
            .iter()
            .zip(&scheme.events)
            .zip(&inputs.events)
            .map(|((source, rule), tables)| source.at(rule, tables, date, &mut of_events))
            .collect();
        if scheme.customers.is_none() {
            roster = Roster::from_events(&events);
            if roster.is_empty() {
                tell_that_nobody_is_there(date, &mut of_events);
            }
        }
        findings.append(&mut of_events);
        for ((rule, rows), tables) in scheme.events.iter().zip(&mut events).zip(&inputs.events) {
            rows.link(&roster, rule, tables, &mut findings);
        }
        let mut lookups = vec![];
        if let Some(customers) = &customers {
            for (index, rule) in scheme.lookups.iter().enumerate() {
                let filings = filings.lookups.get(index).map(Vec::as_slice);
                let tables = &inputs.lookups[index];
                let filings = filings.unwrap_or_default();
                let in_force = in_force_on(filings, tables.len(), sheets, sheets);
                let on = &customers.columns[rule.on];
                lookups.push(lookup(rule, tables, &in_force, on, &mut findings, scheme));
            }
        }
        Book {
            inputs: inputs.clone(),
            as_of: date,
            roster,
            customers,
            events,
            lookups,
            history: self.known(sheets),
            findings,
            is_newest: false,
            told: None,
        }
    }

    /// A book of a time before the first sheet: the customers of that sheet who had been seen by then, their fields
    /// missing. Who came with a later one had not been a customer, whatever runs are made when.
    fn before_first_sheet(&self, date: Date, rule: &Customers, first: &Book) -> Book {
        let scheme = &self.scheme;
        let mut findings = vec![];
        let mut events: Vec<_> = self
            .events
            .iter()
            .zip(&scheme.events)
            .zip(&self.inputs.events)
            .map(|((source, rule), tables)| source.at(rule, tables, date, &mut findings))
            .collect();
        let mut seen: Vec<bool> = vec![false; first.roster.len()];
        for (rows, rule) in events.iter().zip(&scheme.events) {
            let column = &rows.clean.columns[rule.customer];
            for code in super::key_codes(column, &first.roster).iter() {
                if let Some(seen) = seen.get_mut(*code as usize) {
                    *seen = true;
                }
            }
        }
        let rows = first.customers.as_ref();
        let earlier = |row: usize| rows.and_then(|rows| rows.earlier.get(row).copied());
        let first_seen = |row: usize| rows.and_then(|rows| *rows.first_seen.get(row)?);
        let members: Vec<usize> = (0..first.roster.len())
            .filter(|row| {
                let graded = earlier(*row).and_then(|earlier| earlier.since);
                let days = [first_seen(*row), graded];
                seen[*row] || days.into_iter().flatten().any(|day| day <= date)
            })
            .collect();
        let roster = Roster::of(&first.roster, &members);
        for ((rule, rows), tables) in scheme
            .events
            .iter()
            .zip(&mut events)
            .zip(&self.inputs.events)
        {
            rows.link(&roster, rule, tables, &mut findings);
        }
        let customers = CustomerRows {
            columns: rule
                .sheet
                .fields
                .iter()
                .map(|field| empty_column(&field.kind, members.len()))
                .collect(),
            rows: members
                .iter()
                .filter_map(|row| rows?.rows.get(*row).copied())
                .collect(),
            more: HashMap::default(),
            picked: HashMap::default(),
            sources: vec![],
            earlier: members.iter().filter_map(|row| earlier(*row)).collect(),
            first_seen: members.iter().map(|row| first_seen(*row)).collect(),
            stages: Stages::default(),
        };
        let lookups = scheme
            .lookups
            .iter()
            .map(|rule| super::LookupRows::unmatched(rule, members.len()))
            .collect();
        Book {
            inputs: self.inputs.clone(),
            as_of: date,
            roster,
            customers: Some(customers),
            events,
            lookups,
            history: self.known(date),
            findings: vec![],
            is_newest: false,
            told: None,
        }
    }
}

/// The customers alone, as the sheets in force on a day say them, merged ones put together.
pub fn customers_on(
    scheme: &Scheme,
    mut inputs: Inputs,
    date: Date,
) -> Option<(Roster, CustomerRows, Vec<Finding>)> {
    let rule = scheme.customers.as_ref()?;
    let mut findings = vec![];
    super::crosswalk::apply(scheme, &mut inputs, date, &mut findings);
    let filings = &inputs.filings.customers;
    let in_force = in_force_on(filings, inputs.customers.len(), date, date);
    let (roster, rows) = customers::read(scheme, rule, &inputs, &in_force, date, &mut findings);
    Some((roster, rows, findings))
}

/// The customers' sheets in force one after another up to a day; none where no metric takes their history.
fn history(scheme: &Scheme, inputs: &Inputs, last: Date) -> Vec<Arc<SheetVersion>> {
    let wanted = |metric: &Metric| matches!(metric.from, MetricSource::History(_));
    let Some(rule) = scheme
        .customers
        .as_ref()
        .filter(|_| scheme.metrics.iter().any(wanted))
    else {
        return vec![];
    };
    let filings = &inputs.filings.customers;
    let mut days: Vec<Date> = filings
        .iter()
        .flat_map(|filing| filing.confirmed.iter().chain([&filing.as_of]))
        .copied()
        .filter(|day| *day <= last)
        .collect();
    if filings.is_empty() {
        days.push(last);
    }
    days.sort_unstable();
    days.dedup();
    let version = |day: &Date| {
        let in_force = in_force_on(filings, inputs.customers.len(), *day, last);
        let (roster, rows) = customers::read(scheme, rule, inputs, &in_force, *day, &mut vec![]);
        Arc::new(SheetVersion {
            since: *day,
            by_id: roster.by_id().clone(),
            columns: rows.columns,
        })
    };
    days.iter().map(version).collect()
}

/// Where the customers are those of the events, no row means no customers: that is said once, instead of what each
/// sheet without rows would mean for them.
fn tell_that_nobody_is_there(date: Date, findings: &mut Vec<Finding>) {
    let is_empty = |finding: &Finding| finding.code == Code::NoRows;
    let Some(first) = findings.iter().find(|finding| is_empty(finding)) else {
        return;
    };
    let at = first.at.clone();
    findings.retain(|finding| !is_empty(finding));
    let mut told = Finding::warning(
        Code::NoRows,
        text!(
            "no row counts as of {date}: nobody is graded",
            "截至 {date} 没有任何一行计入：没有客户可评"
        ),
    )
    .help(text!(
        "the customers are those of the events: see whether there are any, and whether `--as-of` is right",
        "客户就是流水中出现的人：请检查表中是否有数据，`--as-of` 是否正确"
    ));
    told.at = at;
    findings.push(told);
}

/// Which of `count` tables are in force on `date`, the newest last: of each source the one that was filed or confirmed
/// last. Tables that nobody filed are in force on `now` only, all of them.
pub(super) fn standing_on(filings: &[Filing], count: usize, date: Date, now: Date) -> Vec<usize> {
    match filings {
        [] if date == now => (0..count).collect(),
        [] => vec![],
        filings => in_force(filings, date),
    }
}

/// Which of `count` tables are in force on `date`, and since when.
fn in_force_on(filings: &[Filing], count: usize, date: Date, now: Date) -> InForce {
    InForce {
        which: standing_on(filings, count, date, now),
        dates: dates(filings, count, date),
    }
}

/// Which filings are in force on `date`, the newest last: of each source the one that came in or was confirmed last.
pub fn in_force(filings: &[Filing], date: Date) -> Vec<usize> {
    let mut newest: HashMap<&str, (Date, u64, usize)> = HashMap::default();
    for (index, filing) in filings.iter().enumerate() {
        if let Some(since) = filing.in_force(date) {
            let this = (since, filing.order, index);
            let known = newest.entry(&filing.source).or_insert(this);
            *known = this.max(*known);
        }
    }
    let mut which: Vec<(Date, u64, usize)> = newest.into_values().collect();
    which.sort_unstable();
    which.into_iter().map(|(_, _, index)| index).collect()
}

/// The periods whose ends lie after `after` and not after `as_of`, oldest first.
pub fn period_ends(kind: crate::table::PeriodKind, first: Date, as_of: Date) -> Vec<Period> {
    let last = Period::last_closed(kind, as_of);
    let first = Period::of(kind, first).index;
    (first..=last.index)
        .map(|index| Period { kind, index })
        .collect()
}
