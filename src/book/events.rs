//! The rows of an event sheet that count on the as-of date, and whose they are.

use super::days::{Days, days_of};
use super::filing::dates;
use super::{
    Coverage, Filing, Gathered, Roster, check_bad_rows, fields, key_codes, repeats, replaced,
    too_many_bad,
};
use crate::checks;
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{CleanSheet, place_of, text_at};
use crate::diagnostic::{At, Code, Finding};
use crate::read::Table;
use crate::scheme::model::EventSheet;
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, Date};
use crate::text;
use crate::words::{by_count, how_many};
use foldhash::HashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of an event sheet that count.
#[derive(Clone, Debug)]
pub struct EventRows {
    /// The typed columns and places of the rows that count.
    pub clean: Arc<CleanSheet>,
    /// The day of each row, in days since 1970-01-01.
    pub days: Days,
    /// What the files cover.
    pub coverage: Coverage,
    /// The field with the customer's key.
    pub customer_field: usize,
    /// Where the rows of each customer begin, one customer after the other, and in the end how many there are. Rows of
    /// unknown customers are gone.
    starts: Vec<u32>,
    /// Where the rows do not stand in that order.
    apart: Option<Apart>,
}

/// Rows that stand in another order than their customers.
#[derive(Clone, Debug)]
struct Apart {
    /// For each row the customer's place in the roster.
    customers: Vec<u32>,
    /// The rows of each customer in a row: customer `c` has `rows[starts[c]..starts[c + 1]]`.
    rows: Vec<u32>,
}

/// An event sheet, read and cleaned: every row that is known, each once.
#[derive(Clone, Debug)]
pub struct EventSource {
    /// Their typed columns.
    pub(super) clean: Arc<CleanSheet>,
    /// The day of each.
    pub(super) days: Days,
    /// What the files cover.
    pub coverage: Coverage,
    /// The one date on which rows are asked for, if only those are here that count then.
    counted: Option<Date>,
    /// Whether it was read piece by piece.
    is_gathered: bool,
}

/// Reads and cleans an event sheet. `filings` are beside the tables, or empty where the command named the files
/// (`filed` is false then). Rows of customers who are `merged` are those of the one that is kept. Of rows after `last` the command is told that they do not count yet.
pub fn read(
    rule: &EventSheet,
    tables: &[Table],
    filings: &[Filing],
    filed: bool,
    merged: &BTreeMap<Arc<str>, Arc<str>>,
    last: Date,
    findings: &mut Vec<Finding>,
) -> EventSource {
    let keys = [rule.customer, rule.date];
    let mut clean = checks::read(
        &rule.sheet,
        tables,
        &newest_last(filings, tables.len()),
        &keys,
        &dates(filings, tables.len(), last),
    );
    findings.append(&mut clean.findings);
    findings.extend(absent_columns(
        &rule.sheet,
        tables.first(),
        &clean,
        |field| !keys.contains(&field),
    ));
    // Without a word of the scheme a row whose id is in already is the same row, whichever file has it.
    if let (Some(id), true) = (rule.id, rule.sheet.says_same_key) {
        super::same_key::settle(&rule.sheet, id, tables, &mut clean, findings);
    }
    check_bad_rows(&rule.sheet, &clean, findings);
    if rule.id.is_none() && !filed {
        repeats::drop_repeated_files(&rule.sheet, tables, &mut clean, findings);
        findings.extend(repeats::in_two_files(&rule.sheet, tables, &clean));
    }
    let days = days_of(&clean.columns[rule.date]);
    let mut coverage = Coverage::default();
    for (_, rows) in clean.by_table() {
        coverage.add_file(days[rows].iter().filter_map(|day| Date::from_days(*day)));
    }
    coverage.add_spans(&rule.coverage);
    for filing in filings {
        coverage.add_spans(&filing.covers);
    }
    if filed {
        replaced::drop_replaced(rule, filings, &days, &mut clean);
    }
    if let Some(id) = rule.id {
        drop_repeated(rule, id, tables, &mut clean, findings);
    }
    super::merged::rename(merged, &mut clean.columns[rule.customer]);
    let clean = Arc::new(clean);
    let days = Days::of(&clean, rule.date);
    let future = days.iter().filter(|day| **day > last.days()).count();
    if !filed {
        findings.extend(dated_later(rule, future, last));
    }
    EventSource {
        clean,
        days,
        coverage,
        counted: None,
        is_gathered: false,
    }
}

/// What is said of rows that are dated after the as-of date.
fn dated_later(rule: &EventSheet, future: usize, last: Date) -> Option<Finding> {
    if future == 0 {
        return None;
    }
    let name = &rule.sheet.name;
    let rows = how_many(future, "row");
    let are = by_count(&future, "is", "are");
    let they_do = by_count(&future, "it does", "they do");
    Some(Finding::note(
        Code::FutureRows,
        text!(
            "{rows} of `{name}` {are} dated after {last}: {they_do} not count yet",
            "`{name}` 有 {future} 行日期晚于 {last}，暂不计入"
        ),
    ))
}

/// The tables in the order in which they came in, the newest last, whatever the order in which they are given.
fn newest_last(filings: &[Filing], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| filings.get(*index).map(Filing::newness));
    order
}

impl EventSource {
    /// A sheet that was read piece by piece.
    pub(super) fn of(
        rule: &EventSheet,
        gathered: Gathered,
        last: Date,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut coverage = Coverage::default();
        coverage.spans.extend(gathered.span);
        coverage.add_spans(&rule.coverage);
        let mut clean = gathered.clean;
        findings.append(&mut clean.findings);
        let (bad, rows) = (clean.refused.len(), gathered.rows as usize);
        findings.extend(too_many_bad(&rule.sheet, bad, rows));
        findings.extend(dated_later(rule, gathered.future, last));
        let clean = Arc::new(clean);
        let days = Days::of(&clean, rule.date);
        Self {
            clean,
            days,
            coverage,
            counted: gathered.counted,
            is_gathered: true,
        }
    }

    /// The rows that count on a date.
    pub(super) fn at(
        &self,
        rule: &EventSheet,
        tables: &[Table],
        date: Date,
        findings: &mut Vec<Finding>,
    ) -> EventRows {
        let mut clean = self.clean.clone();
        let mut days = self.days.clone();
        if self.counted != Some(date) {
            let is_later = |day: &i32| *day > date.days();
            let mut own = CleanSheet::clone(&clean);
            if days.iter().any(is_later) {
                own.keep(|row| !is_later(&days[row]));
            }
            let mut found = vec![];
            fields::filter(&rule.sheet, tables, date, &mut own, &mut found);
            if self.is_gathered {
                // Their rows stand customer by customer; what is said of them is said in the order of the file.
                found.sort_by_key(|finding| match &finding.at {
                    At::Data(place) => place.row,
                    _ => None,
                });
            }
            findings.append(&mut found);
            clean = Arc::new(own);
            days = Days::of(&clean, rule.date);
        }
        if clean.rows.is_empty() && clean.refused.is_empty() && !tables.is_empty() {
            let name = &rule.sheet.name;
            findings.push(
                Finding::warning(
                    Code::NoRows,
                    text!(
                        "no row of `{name}` counts as of {date}: sums and counts are 0 for everybody",
                        "截至 {date}，`{name}` 没有任何一行计入：所有客户的合计和次数都是 0"
                    ),
                )
                .place(tables[0].origin.place())
                .help(text!(
                    "see whether the export is complete, and whether `--as-of` and the sheet's `rows` are right",
                    "请检查导出是否完整，`--as-of` 和该表的 `rows` 是否正确"
                )),
            );
        }
        EventRows {
            clean,
            days,
            coverage: self.coverage.clone(),
            customer_field: rule.customer,
            starts: vec![],
            apart: None,
        }
    }
}

/// A row whose id is in already is the same row: of several the last one counts, and a change of content is said.
fn drop_repeated(
    rule: &EventSheet,
    id: usize,
    tables: &[Table],
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) {
    let Column::Text(ids) = &clean.columns[id] else {
        return;
    };
    let mut last: HashMap<u32, usize> = HashMap::default();
    let mut dropped = vec![false; ids.codes.len()];
    let (mut equal, mut any) = (0, false);
    for (row, code) in ids
        .codes
        .iter()
        .enumerate()
        .filter(|(_, code)| **code != MISSING_TEXT)
    {
        let Some(before) = last.insert(*code, row) else {
            continue;
        };
        dropped[before] = true;
        any = true;
        let changed = clean
            .columns
            .iter()
            .any(|column| column.value(before) != column.value(row));
        if !changed {
            equal += 1;
            continue;
        }
        let name = crate::clean::text::shorten(&ids.dictionary[*code as usize]);
        let field = &rule.sheet.fields[id].name;
        let first = place_of(tables, clean.rows[before], None);
        findings.push(
            Finding::warning(
                Code::DuplicateKey,
                text!(
                    "`{field}` `{name}` stands twice with different content (first at {first}); the later row counts",
                    "`{field}` `{name}` 出现两次且内容不同（首次在 {first}），以后一行为准"
                ),
            )
            .place(place_of(tables, clean.rows[row], None))
            .cell(
                text!(
                    "some `{field}` stand twice with different content; of each the later row counts",
                    "有 `{field}` 出现两次且内容不同，均以后一行为准"
                ),
                name.clone(),
            ),
        );
    }
    if equal > 0 {
        let sheet = &rule.sheet.name;
        let rows = how_many(equal, "row");
        let repeat = by_count(&equal, "repeats", "repeat");
        findings.push(Finding::note(
            Code::DuplicateKey,
            text!(
                "{rows} of `{sheet}` {repeat} an earlier row with the same id: they count once",
                "`{sheet}` 有 {equal} 行与前面编号相同的行重复，只计一次"
            ),
        ));
    }
    if any {
        clean.keep(|row| !dropped[row]);
    }
}

impl EventRows {
    /// Finds each row's customer; rows of customers that the roster does not have are dropped, and said, unless the
    /// customer's own row is refused.
    pub(super) fn link(
        &mut self,
        roster: &Roster,
        rule: &EventSheet,
        tables: &[Table],
        findings: &mut Vec<Finding>,
    ) {
        let clean = self.clean.clone();
        let codes = key_codes(&clean.columns[rule.customer], roster);
        let mut unknown: Vec<usize> = (0..codes.len())
            .filter(|row| codes[*row] == MISSING_TEXT)
            .collect();
        self.sort_by_place(&mut unknown);
        if unknown.is_empty() {
            self.sort_by_customer(codes, roster.len());
            return;
        }
        let field = &rule.sheet.fields[rule.customer].name;
        for row in &unknown {
            let id = text_at(&self.clean.columns[rule.customer], *row);
            if roster.is_without_row(&id) {
                continue;
            }
            let id = crate::clean::text::shorten(&id);
            findings.push(
                Finding::warning(
                    Code::UnknownCustomer,
                    text!(
                        "`{field}` is none of the customers; the row does not count",
                        "`{field}` 不在客户表中，该行不计入"
                    ),
                )
                .place(place_of(tables, self.clean.rows[*row], None))
                .with_note(text!("the first is `{id}`", "首个为 `{id}`")),
            );
        }
        // Let go of, or all would be copied.
        let mut codes = codes.into_owned();
        drop(clean);
        self.days = Days::Own(Arc::default());
        Arc::make_mut(&mut self.clean).keep(|row| codes[row] != MISSING_TEXT);
        self.days = Days::of(&self.clean, rule.date);
        codes.retain(|code| *code != MISSING_TEXT);
        self.sort_by_customer(codes.into(), roster.len());
    }

    /// The same sheet with other rows: their days, and whose of so many customers they are.
    pub(super) fn with_rows(
        &self,
        clean: CleanSheet,
        days: Vec<i32>,
        customer: Vec<u32>,
        customers: usize,
    ) -> Self {
        let mut rows = Self {
            clean: Arc::new(clean),
            days: Days::Own(Arc::new(days)),
            coverage: self.coverage.clone(),
            customer_field: self.customer_field,
            starts: vec![],
            apart: None,
        };
        rows.sort_by_customer(customer.into(), customers);
        rows
    }

    /// Sorts the rows by customer, by counting; those of one customer keep their order. `of_row` are their customers.
    fn sort_by_customer(&mut self, of_row: Cow<'_, [u32]>, customers: usize) {
        let mut starts = vec![0u32; customers + 1];
        for customer in of_row.iter() {
            starts[*customer as usize + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        self.starts = starts;
        self.apart = None;
        if of_row.is_sorted() {
            return;
        }
        let mut next = self.starts.clone();
        let mut rows = vec![0; of_row.len()];
        for (row, customer) in (0..).zip(of_row.iter()) {
            let place = &mut next[*customer as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        self.apart = Some(Apart {
            customers: of_row.into_owned(),
            rows,
        });
    }

    /// Brings rows into the order of the files.
    pub fn sort_by_place(&self, rows: &mut [usize]) {
        rows.sort_unstable_by_key(|row| {
            let at = self.clean.rows[*row];
            (at.table, at.row)
        });
    }

    /// The rows of one customer, in the order of the files.
    pub fn rows_of(&self, customer: usize) -> impl ExactSizeIterator<Item = u32> + Clone {
        let apart = self.apart.as_ref();
        let own = self.starts[customer]..self.starts[customer + 1];
        own.map(move |at| apart.map_or(at, |apart| apart.rows[at as usize]))
    }

    /// A row's customer, by the place in the roster.
    pub fn customer_of(&self, row: usize) -> usize {
        match &self.apart {
            Some(apart) => apart.customers[row] as usize,
            None => self.starts.partition_point(|start| *start as usize <= row) - 1,
        }
    }
}
