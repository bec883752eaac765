//! The customers: their rows in order, those that are refused, and what they were before.

use super::before::{Before, Earlier, dated_at};
use super::events::EventRows;
use super::filing::InForce;
use super::merge::merge_files;
use super::numbered::Numbered;
use super::{Inputs, check_bad_rows, credit_codes, fields, merged, same_key};
use crate::checks;
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{CleanSheet, RefusedRow, RowRef, place_of, text_at};
use crate::diagnostic::stages::Kind;
use crate::diagnostic::{Code, Finding, Stages, Text};
use crate::metrics::day_at;
use crate::read::Table;
use crate::scheme::model::{Customers, Scheme};
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, Date, Truth};
use crate::text;
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// Who the customers are. Customers are numbered from 0 in the order of their rows.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The key of each customer.
    pub ids: Arc<Vec<Arc<str>>>,
    /// The name of each, where the sheet has one.
    pub names: Arc<Vec<Option<Arc<str>>>>,
    by_id: Numbered,
    /// Customers and refused rows in output order.
    pub entries: Vec<Entry>,
    /// The rows that are refused.
    pub refused: Vec<Refused>,
    /// The keys whose rows are refused or left out.
    without_row: HashSet<Arc<str>>,
}

/// One line of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A customer by number.
    Customer(u32),
    /// A refused row, by its place in [`Roster::refused`].
    Refused(u32),
    /// A known customer whom no sheet in force has, by the place among the absent of the grading.
    Absent(u32),
}

/// A refused row as far as it can be told.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Where it stands.
    pub at: RowRef,
    /// Its key, if it can be read.
    pub id: Option<Arc<str>>,
    /// Its name, if it can be read.
    pub name: Option<Arc<str>>,
    /// What is wrong with it.
    pub faults: Vec<Text>,
    /// The grade that it keeps, as written.
    pub before: Earlier,
}

/// The customers' sheet, joined and filtered.
#[derive(Clone, Debug)]
pub struct CustomerRows {
    /// For each field its column, a row a customer.
    pub columns: Vec<Column>,
    /// Where each customer's row stands (the last one, if several files have the customer).
    pub rows: Vec<RowRef>,
    /// Earlier rows of customers whom several files have, oldest first.
    pub more: HashMap<u32, Vec<RowRef>>,
    /// Of customers that are put together out of several the row of each field's value.
    pub picked: HashMap<u32, Vec<RowRef>>,
    /// For each table and field the column that it was read from.
    pub sources: Vec<Vec<Option<usize>>>,
    /// What each customer was before.
    pub earlier: Vec<Earlier>,
    /// Since when each customer is said to be known.
    pub first_seen: Vec<Option<Date>>,
    /// The stages of what was found meanwhile.
    pub stages: Stages,
}

impl Roster {
    /// The customers of event sheets, where there is no customers' sheet: by key, each once.
    pub(super) fn from_events(events: &[EventRows]) -> Self {
        if let Some(ids) = sorted_keys(events) {
            return Self::of_keys(ids);
        }
        let mut ids: Vec<Arc<str>> = vec![];
        for rows in events {
            if let Some(Column::Text(texts)) = rows.clean.columns.get(rows.customer_field) {
                let mut used = vec![false; texts.dictionary.len()];
                for code in texts.codes.iter().filter(|code| **code != MISSING_TEXT) {
                    used[*code as usize] = true;
                }
                let used = texts.dictionary.iter().zip(used).filter(|(_, used)| *used);
                ids.extend(used.map(|(text, _)| text.clone()));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Self::of_keys(Arc::new(ids))
    }

    /// Customers of whom nothing but their keys is known.
    fn of_keys(ids: Arc<Vec<Arc<str>>>) -> Self {
        Self {
            names: Arc::new(vec![None; ids.len()]),
            entries: (0..ids.len() as u32).map(Entry::Customer).collect(),
            ids,
            ..Self::default()
        }
    }

    /// Some of the customers of another roster.
    pub(super) fn of(known: &Self, members: &[usize]) -> Self {
        let ids: Vec<Arc<str>> = members.iter().map(|row| known.ids[*row].clone()).collect();
        Self {
            names: Arc::new(
                members
                    .iter()
                    .map(|row| known.names[*row].clone())
                    .collect(),
            ),
            entries: (0..ids.len() as u32).map(Entry::Customer).collect(),
            ids: Arc::new(ids),
            ..Self::default()
        }
    }

    /// Each customer's number by key.
    pub fn by_id(&self) -> &Arc<HashMap<Arc<str>, u32>> {
        self.by_id.of(&self.ids)
    }

    /// The numbers, to be shared with others who have the same keys in the same order.
    pub fn numbered(&self) -> &Numbered {
        &self.by_id
    }

    /// Gives each customer another key.
    pub fn rename(&mut self, other: impl FnMut(&mut Arc<str>)) {
        Arc::make_mut(&mut self.ids).iter_mut().for_each(other);
        self.by_id = Numbered::default();
    }

    /// How many customers there are, refused rows left out.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes in customers who were known before. Of those whom no sheet has nothing is to be said.
    pub(super) fn know(&mut self, known: &[Arc<str>]) {
        if known.is_empty() {
            return;
        }
        let by_id = self.by_id.of(&self.ids);
        let absent = known.iter().filter(|id| !by_id.contains_key(*id));
        self.without_row.extend(absent.cloned());
    }

    /// Whether the sheet has this key, and its row is refused or left out by the sheet's `rows`: nothing is to be said
    /// of its events then.
    pub fn is_without_row(&self, id: &str) -> bool {
        self.without_row.contains(id)
    }
}

/// The keys of the only event sheet, if it has each of them once, in order, and rows with all of them: so it is where it
/// was read piece by piece, and nobody needs them twice.
fn sorted_keys(events: &[EventRows]) -> Option<Arc<Vec<Arc<str>>>> {
    let [rows] = events else { return None };
    let Column::Text(texts) = rows.clean.columns.get(rows.customer_field)? else {
        return None;
    };
    let mut used = 0;
    for code in &texts.codes {
        // Customer by customer: the next code is that of the same one, or of the one behind.
        if *code == used {
            used += 1;
        } else if code.checked_add(1) != Some(used) {
            return None;
        }
    }
    let ids = &texts.dictionary;
    let is_each = used as usize == ids.len() && ids.is_sorted_by(|one, next| one < next);
    is_each.then(|| ids.clone())
}

/// Reads the customers' sheet and fills the roster.
///
/// Of the sheet's tables those count that are `in_force`.
pub(super) fn read(
    scheme: &Scheme,
    rule: &Customers,
    inputs: &Inputs,
    in_force: &InForce,
    as_of: Date,
    roster: &mut Roster,
    findings: &mut Vec<Finding>,
) -> CustomerRows {
    let tables = &inputs.customers;
    let which = &in_force.which;
    let mut clean = checks::read(&rule.sheet, tables, which, &[rule.key], &in_force.dates);
    let first = which.first().map(|index| &tables[*index]);
    let mut stages = Stages::default();
    stages.append(findings.len(), &clean.stages);
    findings.append(&mut clean.findings);
    // What was before has no column in a first month.
    let before = [rule.previous_grade, rule.previous_date];
    findings.extend(absent_columns(&rule.sheet, first, &clean, |field| {
        field != rule.key && !before.contains(&Some(field))
    }));
    stages.end(findings, Kind::Header);
    drop_rows_behind_one_that_counts(rule, as_of, &mut clean);
    let into = same_key::settle(&rule.sheet, rule.key, tables, &mut clean, findings);
    findings.extend(credit_codes::check(scheme, tables, &clean));
    check_bad_rows(&rule.sheet, &clean, findings);
    keep_who_is_whole(rule, inputs, &mut clean, findings);
    let mut more = merge_files(rule, tables, which.len(), &mut clean, findings);
    for (number, at) in clean.rows.iter().enumerate() {
        if let Some(rows) = into.get(at) {
            let known = more.entry(number as u32).or_default();
            known.extend(rows);
        }
    }
    let mut picked = merged::put_together(scheme, rule, inputs, &mut clean, &mut more, findings);
    stages.end(findings, Kind::Whole);
    leave_out(
        rule,
        tables,
        as_of,
        &mut clean,
        &mut more,
        &mut picked,
        roster,
        findings,
    );
    stages.end(findings, Kind::Rows);
    if clean.rows.is_empty()
        && clean.refused.is_empty()
        && let Some(first) = first
    {
        let name = &rule.sheet.name;
        findings.push(
            Finding::warning(
                Code::NoRows,
                text!(
                    "no row of `{name}` counts: nobody is graded",
                    "`{name}` 没有任何一行计入：没有客户可评"
                ),
            )
            .place(first.origin.place())
            .help(text!(
                "see whether the export is complete, and whether the sheet's `rows` is right",
                "请检查导出是否完整，该表的 `rows` 是否正确"
            )),
        );
    }
    stages.end(findings, Kind::Whole);
    let before = Before::new(scheme, Some(rule), tables);
    let mut earlier = vec![];
    roster.ids = keys_of(&clean.columns[rule.key]);
    roster.names = Arc::new(match rule.name {
        Some(name) => names_of(&clean.columns[name]),
        None => vec![None; clean.rows.len()],
    });
    for (row, at) in clean.rows.iter().enumerate() {
        let dated = dated_at(rule, &clean.columns, row);
        earlier.push(match inputs.before.get(&roster.ids[row]) {
            Some(known) => *known,
            None => before.of(*at, dated, findings),
        });
    }
    stages.end(findings, Kind::Rows);
    let mut refused = std::mem::take(&mut clean.refused);
    refused.sort_by_key(|row| (row.at.table, row.at.row));
    let mut places: HashMap<Arc<str>, usize> = HashMap::default();
    for RefusedRow { at, faults } in refused {
        let id = same_key::key_of(rule.key, tables, &clean, at).map(|id| inputs.one(id.into()));
        let known = id.as_ref().and_then(|id| places.get(id)).copied();
        if let Some(known) = known {
            // Whatever rows there are of a customer, it is one.
            let known = &mut roster.refused[known].faults;
            let new: Vec<Text> = faults
                .into_iter()
                .filter(|fault| !known.contains(fault))
                .collect();
            known.extend(new);
            continue;
        }
        if let Some(id) = &id {
            places.insert(id.clone(), roster.refused.len());
        }
        roster.without_row.extend(id.clone());
        let name = rule
            .name
            .and_then(|name| same_key::key_of(name, tables, &clean, at));
        let known = id.as_ref().and_then(|id| inputs.before.get(id));
        let before = known.map_or_else(|| before.of(at, None, &mut vec![]), |known| *known);
        roster.refused.push(Refused {
            at,
            id,
            name: name.map(Arc::from),
            faults,
            before,
        });
    }
    let sources = std::mem::take(&mut clean.sources);
    let customers = clean
        .rows
        .iter()
        .enumerate()
        .map(|(index, at)| (*at, Entry::Customer(index as u32)));
    let refused = roster
        .refused
        .iter()
        .enumerate()
        .map(|(index, row)| (row.at, Entry::Refused(index as u32)));
    let mut entries: Vec<(RowRef, Entry)> = customers.chain(refused).collect();
    entries.sort_by_key(|(at, _)| (at.table, at.row));
    roster.entries = entries.into_iter().map(|(_, entry)| entry).collect();
    let first_seen = (0..clean.rows.len())
        .map(|row| day_at(&clean.columns[rule.first_seen?], row))
        .collect();
    CustomerRows {
        columns: clean.columns,
        rows: clean.rows,
        more,
        picked,
        sources,
        earlier,
        first_seen,
        stages,
    }
}

/// The keys of the rows. Where each row has its own, as nearly always, they are those of the column and take no room.
fn keys_of(column: &Column) -> Arc<Vec<Arc<str>>> {
    if let Column::Text(texts) = column
        && texts.dictionary.len() == texts.codes.len()
        && texts.codes.iter().zip(0..).all(|(code, row)| *code == row)
    {
        return texts.dictionary.clone();
    }
    let rows = 0..column.len();
    Arc::new(rows.map(|row| text_at(column, row)).collect())
}

/// The names of the rows, where they have one.
fn names_of(column: &Column) -> Vec<Option<Arc<str>>> {
    let rows = 0..column.len();
    let names = rows.map(|row| Some(text_at(column, row)));
    names
        .map(|name| name.filter(|name| !name.is_empty()))
        .collect()
}

/// A customer of whom any row in force cannot be used is graded from none of them, or its grade would come from a part of
/// what there is to know: it keeps the one it had. Its other rows go, with a word.
fn keep_who_is_whole(
    rule: &Customers,
    inputs: &Inputs,
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) {
    let tables = &inputs.customers;
    let refused: HashSet<Arc<str>> = clean
        .refused
        .iter()
        .filter_map(|row| same_key::key_of(rule.key, tables, clean, row.at))
        .map(|id| inputs.one(id.into()))
        .collect();
    if refused.is_empty() {
        return;
    }
    let stays: Vec<bool> = (0..clean.rows.len())
        .map(|row| !refused.contains(&inputs.one(text_at(&clean.columns[rule.key], row))))
        .collect();
    for (row, at) in clean
        .rows
        .iter()
        .enumerate()
        .filter(|(row, _)| !stays[*row])
    {
        let id = text_at(&clean.columns[rule.key], row);
        let id = crate::clean::text::shorten(&id);
        let column = clean.sources[at.table as usize][rule.key];
        findings.push(
            Finding::warning(
                Code::SourcesDiffer,
                text!(
                    "`{id}` has a row elsewhere that cannot be used, so this one does not count either",
                    "`{id}` 在别处有一行不能使用，因此这一行也不计入"
                ),
            )
            .place(place_of(tables, *at, column))
            .help(text!(
                "mend the other row; until then the customer keeps the grade it had",
                "请修正另一行；在此之前该客户保留原等级"
            )),
        );
    }
    clean.keep(|row| stays[row]);
}

/// Of the rows that one file has for a customer those go for which the sheet's `rows` does not hold: a sheet may have a
/// row a year, and `rows` say which. If it holds for none, the last one stays, to say so beside other files.
fn drop_rows_behind_one_that_counts(rule: &Customers, as_of: Date, clean: &mut CleanSheet) {
    let Some(truths) = fields::truths(&rule.sheet, as_of, &clean.columns, clean.rows.len()) else {
        return;
    };
    let Column::Text(keys) = &clean.columns[rule.key] else {
        return;
    };
    let key = |row: usize| (clean.rows[row].table, keys.codes[row]);
    let counting: HashSet<(u32, u32)> = (0..truths.len())
        .filter(|row| truths[*row] == Truth::True)
        .map(key)
        .collect();
    let last: HashMap<(u32, u32), usize> = (0..truths.len()).map(|row| (key(row), row)).collect();
    let stays: Vec<bool> = (0..truths.len())
        .map(|row| {
            let key = key(row);
            truths[row] != Truth::False || !counting.contains(&key) && last.get(&key) == Some(&row)
        })
        .collect();
    clean.keep(|row| stays[row]);
}

#[expect(
    clippy::too_many_arguments,
    reason = "what is said of rows moves with them"
)]
/// Leaves out the customers for whom the sheet's `rows` does not hold. Decided when all files are together: a customer
/// whom the later file says to have gone is gone, whatever the earlier one says.
fn leave_out(
    rule: &Customers,
    tables: &[Table],
    as_of: Date,
    clean: &mut CleanSheet,
    more: &mut HashMap<u32, Vec<RowRef>>,
    picked: &mut HashMap<u32, Vec<RowRef>>,
    roster: &mut Roster,
    findings: &mut Vec<Finding>,
) {
    let keys = clean.columns[rule.key].clone();
    let Some(kept) = fields::filter(&rule.sheet, tables, as_of, clean, findings) else {
        return;
    };
    let mut numbers: HashMap<u32, u32> = HashMap::default();
    let mut is_kept = vec![false; keys.len()];
    for (number, row) in kept.iter().enumerate() {
        numbers.insert(*row, number as u32);
        is_kept[*row as usize] = true;
    }
    for by_row in [more, picked] {
        *by_row = std::mem::take(by_row)
            .into_iter()
            .filter_map(|(row, rows)| Some((*numbers.get(&row)?, rows)))
            .collect();
    }
    let gone = (0..keys.len()).filter(|row| !is_kept[*row]);
    roster
        .without_row
        .extend(gone.map(|row| text_at(&keys, row)));
}
