//! What is known on the as-of date: the customers in order, the events up to that date, the lookups, and which periods
//! the event sheets cover.
//!
//! Takes the scheme and the tables that were read for each of its sheets, gives a [`Book`]. From here on nothing is
//! text from a file any more; the tables are kept so that every value can say its place.

mod before;
mod changes;
mod coverage;
mod credit_codes;
mod crosswalk;
mod customers;
mod days;
mod earlier;
mod events;
mod fields;
mod filing;
mod gathered;
mod inputs;
mod intake;
mod keys;
mod late;
mod merge;
mod merged;
mod numbered;
mod previous;
mod quarantine;
mod repeats;
mod replaced;
mod roster;
mod same_key;
mod shelf;
mod some;
mod stale;
#[cfg(test)]
mod tests;

use crate::words::how_many;
pub use before::{Earlier, earlier_of};
pub use changes::{Changes, changes_of, changes_since_graded};
pub use coverage::Coverage;
pub use customers::CustomerRows;
pub use days::Days;
pub use earlier::{Recognised, recognise, recognise_by_words};
pub use events::EventRows;
use filing::InForce;
pub use filing::{Filing, source_of};
pub use gathered::{Gathered, Whole, fits as can_be_gathered, gather};
pub use inputs::{Filings, Inputs, SheetKind};
pub use intake::{Arrival, Intake, Owners, changed_events};
pub use keys::each_key;
pub use late::first_change;
pub use numbered::Numbered;
pub use previous::{Previous, previous};
pub use quarantine::{Flaw, Quarantined};
pub use roster::{Entry, Roster};
pub use shelf::{Shelf, customers_on, in_force, period_ends};
pub(crate) use some::emptied;

use crate::checks;
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{CleanSheet, clean_some, empty_column};
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::{Scheme, Sheet};
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, Date, Decimal};
use crate::text;
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::sync::Arc;

/// What is known on the as-of date.
#[derive(Clone, Debug)]
pub struct Book {
    /// The tables, for places and for the columns that are handed through.
    pub inputs: Arc<Inputs>,
    /// The as-of date.
    pub as_of: Date,
    /// Who the customers are, in output order.
    pub roster: Roster,
    /// The customers' sheet, if the scheme has one.
    pub customers: Option<CustomerRows>,
    /// Each event sheet.
    pub events: Vec<EventRows>,
    /// For each lookup sheet its columns, a row a customer.
    pub lookups: Vec<LookupRows>,
    /// The customers' sheets in force one after another up to the as-of date, oldest first, where a metric takes their
    /// history.
    pub history: Vec<Arc<SheetVersion>>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// Whether it is the book of now, and not that of a period end on the way.
    pub is_newest: bool,
    /// Up to which day a run before has told what there is to say of periods and rows; `None` where there was none.
    pub told: Option<Date>,
}

/// The customers' sheet as it was in force from a day on.
#[derive(Clone, Debug)]
pub struct SheetVersion {
    /// The first day.
    pub since: Date,
    /// Each customer's row.
    pub by_id: Arc<HashMap<Arc<str>, u32>>,
    /// For each field its column.
    pub columns: Vec<Column>,
}

/// A lookup sheet joined to the customers.
#[derive(Clone, Debug)]
pub struct LookupRows {
    /// For each field its column over the customers.
    pub columns: Vec<Column>,
    /// For each customer the row of the sheet that matched.
    pub matched: Vec<Option<u32>>,
    /// The sheet itself, for places.
    pub clean: CleanSheet,
}

impl LookupRows {
    /// A lookup sheet of which no row is known.
    fn unmatched(rule: &crate::scheme::model::Lookup, customers: usize) -> Self {
        let fields = rule.sheet.fields.iter();
        Self {
            columns: fields
                .map(|field| empty_column(&field.kind, customers))
                .collect(),
            matched: vec![None; customers],
            clean: clean_some(&rule.sheet, &[], &[], &[rule.key], &[]),
        }
    }
}

/// Brings the sheets together as of a date. The book is there even if findings say that it must not be used: errors that
/// refuse the whole input have [`is_refusal`].
pub fn assemble(scheme: Arc<Scheme>, inputs: Inputs, as_of: Date) -> Book {
    Shelf::new(scheme, inputs, as_of).newest(as_of)
}

/// Whether a finding of a book refuses the whole input (exit 3), rather than one row or cell.
pub fn is_refusal(finding: &Finding) -> bool {
    finding.is_error()
        && matches!(
            finding.code,
            Code::MissingColumn
                | Code::DuplicateColumn
                | Code::TooManyBadRows
                | Code::AmbiguousDates
                | Code::DuplicateKey
                | Code::TooLarge
                | Code::FileCheckFailed
                | Code::UnitSlip
        )
        && !(finding.code == Code::DuplicateKey
            && matches!(&finding.at, crate::diagnostic::At::Data(_)))
}

/// The rest of the checks of a sheet: how many of its rows are bad.
fn check_bad_rows(sheet: &Sheet, clean: &CleanSheet, findings: &mut Vec<Finding>) {
    let bad = clean.refused.len();
    findings.extend(too_many_bad(sheet, bad, bad + clean.rows.len()));
}

/// What is to be said if more than the sheet allows of `all` its rows are bad.
pub fn too_many_bad(sheet: &Sheet, bad: usize, all: usize) -> Option<Finding> {
    if bad == 0 || Decimal::from_count(bad) <= allowed(sheet, all) {
        return None;
    }
    let name = &sheet.name;
    // Rounded up to a tenth, so that a limit of this size lets the sheet through.
    let enough = Decimal::from_count((bad * 1000).div_ceil(all))
        .checked_div(Decimal::from_count(10))
        .unwrap_or_default();
    let rows = allowed(sheet, all).trunc();
    let limit = sheet
        .allow_bad
        .checked_mul(Decimal::HUNDRED)
        .unwrap_or_default();
    let of_all = how_many(all, "row");
    Some(
        Finding::error(
            Code::TooManyBadRows,
            text!(
                "{bad} of {of_all} of `{name}` cannot be used; at most {limit}% may be bad, which is {rows}",
                "`{name}` 的 {all} 行中有 {bad} 行不能使用，上限为 {limit}%，即 {rows} 行"
            ),
        )
        .help(text!(
            "mend the rows above, or set `allow_bad = \"{enough}%\"` for the sheet",
            "请修正上述行，或为该表设置 `allow_bad = \"{enough}%\"`"
        )),
    )
}

fn allowed(sheet: &Sheet, rows: usize) -> Decimal {
    Decimal::from_count(rows)
        .checked_mul(sheet.allow_bad)
        .unwrap_or(Decimal::ZERO)
}

fn lookup(
    rule: &crate::scheme::model::Lookup,
    tables: &[Table],
    in_force: &InForce,
    on: &Column,
    findings: &mut Vec<Finding>,
    scheme: &Scheme,
) -> LookupRows {
    let which = &in_force.which;
    let mut clean = checks::read(&rule.sheet, tables, which, &[rule.key], &in_force.dates);
    let first = which.first().map(|index| &tables[*index]);
    findings.append(&mut clean.findings);
    findings.extend(absent_columns(&rule.sheet, first, &clean, |field| {
        field != rule.key
    }));
    if rule.sheet.says_same_key {
        same_key::settle(&rule.sheet, rule.key, tables, &mut clean, findings);
    }
    check_bad_rows(&rule.sheet, &clean, findings);
    let mut rows: HashMap<Arc<str>, u32> = HashMap::default();
    let key_name = &rule.sheet.fields[rule.key].name;
    for row in 0..clean.rows.len() {
        let key = crate::clean::sheet::text_at(&clean.columns[rule.key], row);
        if let Some(first) = rows.insert(key.clone(), row as u32) {
            // A lookup with two answers has none; refused as a whole, because every customer may depend on it.
            let first = crate::clean::sheet::place_of(tables, clean.rows[first as usize], None);
            findings.push(
                Finding::error(
                    Code::DuplicateKey,
                    text!(
                        "`{key}` stands twice in lookup `{}`, first at {first}",
                        "查找表 `{}` 中 `{key}` 出现两次，首次在 {first}",
                        rule.sheet.name
                    ),
                )
                .with_note(text!("the key is `{key_name}`", "键为 `{key_name}`"))
                .help(text!("leave one row for each key", "每个键只保留一行")),
            );
        }
    }
    let mut matched = vec![];
    let mut unmatched: Vec<Arc<str>> = vec![];
    let mut told: HashSet<Arc<str>> = HashSet::default();
    for row in 0..on.len() {
        let key = crate::clean::sheet::text_at(on, row);
        let found = rows.get(&key).copied();
        if found.is_none() && !on.is_missing(row) && told.insert(key.clone()) {
            unmatched.push(key);
        }
        matched.push(found);
    }
    let sheet = &rule.sheet.name;
    let field = scheme
        .customers
        .as_ref()
        .map(|customers| customers.sheet.fields[rule.on].name.clone());
    for key in unmatched {
        let key = crate::clean::text::shorten(&key);
        let field = field.as_deref().unwrap_or_default();
        findings.push(
            Finding::warning(
                Code::UnmatchedLookup,
                text!(
                    "`{field}` = `{key}` has no row in lookup `{sheet}`",
                    "`{field}` = `{key}` 在查找表 `{sheet}` 中没有对应行"
                ),
            )
            .help(text!(
                "add a row for it; until then its values are missing there",
                "请为它补一行；在此之前相应的值缺失"
            )),
        );
    }
    let columns = clean
        .columns
        .iter()
        .map(|column| column.gather(&matched))
        .collect();
    LookupRows {
        columns,
        matched,
        clean,
    }
}

/// The customer of each row by a column of keys; [`MISSING_TEXT`] where the roster has none.
fn key_codes<'a>(column: &'a Column, roster: &Roster) -> Cow<'a, [u32]> {
    let Column::Text(texts) = column else {
        return vec![MISSING_TEXT; column.len()].into();
    };
    // Where the customers are those of this sheet, which are sorted already, they are looked up by nobody.
    let mut pairs = texts.dictionary.iter().zip(roster.ids.iter());
    if texts.dictionary.len() == roster.len() && pairs.all(|(one, other)| Arc::ptr_eq(one, other)) {
        return Cow::Borrowed(&texts.codes);
    }
    let known = roster.by_id();
    let codes: Vec<u32> = texts
        .dictionary
        .iter()
        .map(|text| known.get(text).copied().unwrap_or(MISSING_TEXT))
        .collect();
    let of_row = texts.codes.iter();
    of_row
        .map(|code| codes.get(*code as usize).copied().unwrap_or(MISSING_TEXT))
        .collect()
}
