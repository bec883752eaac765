//! The customers' sheet: its rows in force, each customer's put together, those that are refused, and what everybody was
//! before.

use super::before::{Before, Earlier, dated_at};
use super::filing::InForce;
use super::keys::key_of;
use super::merge::merge_files;
use super::roster::{Entry, Refused, Roster};
use super::{Inputs, check_bad_rows, credit_codes, fields, merged, same_key};
use crate::checks;
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{CleanSheet, RefusedRow, RowRef, place_of, text_at};
use crate::diagnostic::stages::Kind;
use crate::diagnostic::{Code, Finding, Stages, Text};
use crate::read::Table;
use crate::scheme::model::{Customers, Scheme};
use crate::table::{Column, Date, Truth};
use crate::text;
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

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

/// Reads the customers' sheet: who is on it, and what it says of them.
///
/// Of the sheet's tables those count that are `in_force`.
pub(super) fn read(
    scheme: &Scheme,
    rule: &Customers,
    inputs: &Inputs,
    in_force: &InForce,
    as_of: Date,
    findings: &mut Vec<Finding>,
) -> (Roster, CustomerRows) {
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
    let gone = leave_out(
        rule,
        tables,
        as_of,
        &mut clean,
        &mut more,
        &mut picked,
        findings,
    );
    stages.end(findings, Kind::Rows);
    if clean.rows.is_empty()
        && clean.refused.is_empty()
        && let Some(first) = first
    {
        findings.push(nobody_counts(rule, first));
    }
    stages.end(findings, Kind::Whole);
    let before = Before::new(scheme, Some(rule), tables);
    let names = match rule.name {
        Some(name) => names_of(&clean.columns[name]),
        None => vec![None; clean.rows.len()],
    };
    let mut roster = Roster::new(keys_of(&clean.columns[rule.key]), names, gone);
    let mut earlier = vec![];
    for (row, at) in clean.rows.iter().enumerate() {
        let dated = dated_at(rule, &clean.columns, row);
        earlier.push(match inputs.before.get(&roster.ids[row]) {
            Some(known) => *known,
            None => before.of(*at, dated, findings),
        });
    }
    stages.end(findings, Kind::Rows);
    take_refused(rule, inputs, &before, &mut clean, &mut roster);
    roster.entries = in_order(&clean.rows, &roster.refused);
    let first_seen = (0..clean.rows.len())
        .map(|row| clean.columns[rule.first_seen?].day_at(row))
        .collect();
    let rows = CustomerRows {
        columns: clean.columns,
        rows: clean.rows,
        more,
        picked,
        sources: clean.sources,
        earlier,
        first_seen,
        stages,
    };
    (roster, rows)
}

/// What is to be said where no row counts and none is refused.
fn nobody_counts(rule: &Customers, first: &Table) -> Finding {
    let name = &rule.sheet.name;
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
    ))
}

/// Puts the refused rows into the roster: whatever rows there are of a customer, it is one.
fn take_refused(
    rule: &Customers,
    inputs: &Inputs,
    before: &Before<'_>,
    clean: &mut CleanSheet,
    roster: &mut Roster,
) {
    let tables = &inputs.customers;
    let mut refused = std::mem::take(&mut clean.refused);
    refused.sort_by_key(|row| (row.at.table, row.at.row));
    let mut places: HashMap<Arc<str>, usize> = HashMap::default();
    for RefusedRow { at, faults } in refused {
        let id = key_of(rule.key, tables, clean, at).map(|id| inputs.one(id.into()));
        let known = id.as_ref().and_then(|id| places.get(id)).copied();
        if let Some(known) = known {
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
        let name = rule.name.and_then(|name| key_of(name, tables, clean, at));
        let known = id.as_ref().and_then(|id| inputs.before.get(id));
        let before = known.map_or_else(|| before.of(at, None, &mut vec![]), |known| *known);
        roster.refuse(Refused {
            at,
            id,
            name: name.map(Arc::from),
            faults,
            before,
        });
    }
}

/// The customers and the refused rows in the order of the files.
fn in_order(rows: &[RowRef], refused: &[Refused]) -> Vec<Entry> {
    let customers = rows.iter().zip(0..);
    let customers = customers.map(|(at, index)| (*at, Entry::Customer(index)));
    let refused = refused.iter().zip(0..);
    let refused = refused.map(|(row, index)| (row.at, Entry::Refused(index)));
    let mut entries: Vec<(RowRef, Entry)> = customers.chain(refused).collect();
    entries.sort_by_key(|(at, _)| (at.table, at.row));
    entries.into_iter().map(|(_, entry)| entry).collect()
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
        .filter_map(|row| key_of(rule.key, tables, clean, row.at))
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

/// Leaves out the customers for whom the sheet's `rows` does not hold, and gives their keys. Decided when all files are
/// together: a customer whom the later file says to have gone is gone, whatever the earlier one says.
fn leave_out(
    rule: &Customers,
    tables: &[Table],
    as_of: Date,
    clean: &mut CleanSheet,
    more: &mut HashMap<u32, Vec<RowRef>>,
    picked: &mut HashMap<u32, Vec<RowRef>>,
    findings: &mut Vec<Finding>,
) -> HashSet<Arc<str>> {
    let keys = clean.columns[rule.key].clone();
    let Some(kept) = fields::filter(&rule.sheet, tables, as_of, clean, findings) else {
        return HashSet::default();
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
    gone.map(|row| text_at(&keys, row)).collect()
}
