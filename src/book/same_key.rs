//! Rows of one file that have the same key: the sheet's `duplicates` says what becomes of them. Nothing is dropped
//! without a word, and which of two rows counts is never guessed.

use super::keys::key_of;
use crate::clean::sheet::{CleanSheet, RefusedRow, RowRef, place_of, text_at};
use crate::diagnostic::{Code, Finding, Text};
use crate::read::Table;
use crate::scheme::model::{FieldKind, SameKey, Sheet};
use crate::table::{Cell, Column, ColumnBuilder, Decimal, Value};
use crate::text;
use crate::words::{by_count, how_many};
use foldhash::{HashMap, HashSet};
use std::collections::BTreeMap;

/// The rows that went into another one, by where that one stands.
pub(super) type Into = HashMap<RowRef, Vec<RowRef>>;

/// Does to the rows of each file that have the same `key` what the sheet says.
pub(super) fn settle(
    sheet: &Sheet,
    key: usize,
    tables: &[Table],
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) -> Into {
    let groups = groups(key, clean);
    let beside_refused = beside_refused(key, tables, clean);
    if groups.is_empty() && beside_refused.is_empty() {
        return Into::default();
    }
    let mut work = Work {
        sheet,
        key,
        tables,
        findings,
        gone: vec![false; clean.rows.len()],
        refused: vec![],
        sums: vec![],
        repeated: 0,
        superseded: 0,
        into: Into::default(),
    };
    work.refuse(&beside_refused, clean, |field, id| {
        text!(
            "`{field}` `{id}` has another row, which cannot be used",
            "`{field}` `{id}` 另有一行不能使用"
        )
    });
    for rows in groups {
        if !work.gone[rows[0]] {
            work.group(&rows, clean);
        }
    }
    work.end(clean)
}

/// The good rows whose file has a row of the same key that cannot be used: what the key says is not known then, whichever
/// of its rows would count.
fn beside_refused(key: usize, tables: &[Table], clean: &CleanSheet) -> Vec<usize> {
    let refused: HashSet<(u32, String)> = clean
        .refused
        .iter()
        .filter_map(|row| Some((row.at.table, key_of(key, tables, clean, row.at)?)))
        .collect();
    if refused.is_empty() {
        return vec![];
    }
    (0..clean.rows.len())
        .filter(|row| {
            let id = text_at(&clean.columns[key], *row);
            refused.contains(&(clean.rows[*row].table, id.to_string()))
        })
        .collect()
}

/// The rows of each key that one file has more than once, in order.
fn groups(key: usize, clean: &CleanSheet) -> Vec<Vec<usize>> {
    let Column::Text(keys) = &clean.columns[key] else {
        return vec![];
    };
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    // By key, the first row of it in the table at hand.
    let mut heads = vec![None; keys.dictionary.len()];
    for (_, part) in clean.by_table() {
        let table = part.start;
        for row in part {
            if clean.columns[key].is_missing(row) {
                continue;
            }
            match &mut heads[keys.codes[row] as usize] {
                Some(head) if *head >= table => {
                    groups.entry(*head).or_insert_with(|| vec![*head]).push(row);
                }
                head => *head = Some(row),
            }
        }
    }
    groups.into_values().collect()
}

/// What is found and decided on the way.
struct Work<'a> {
    sheet: &'a Sheet,
    key: usize,
    tables: &'a [Table],
    findings: &'a mut Vec<Finding>,
    gone: Vec<bool>,
    refused: Vec<RefusedRow>,
    /// Rows whose values are sums: for each the rows that go into it.
    sums: Vec<(usize, Vec<usize>)>,
    /// How many rows repeat another exactly.
    repeated: usize,
    /// How many rows another one stands for.
    superseded: usize,
    into: Into,
}

impl Work<'_> {
    fn group(&mut self, rows: &[usize], clean: &CleanSheet) {
        let equal = self.are_equal(rows, clean);
        match self.sheet.same_key {
            SameKey::Equal if equal => {
                self.repeated += rows.len() - 1;
                for row in &rows[1..] {
                    self.gone[*row] = true;
                }
            }
            SameKey::Equal => self.refuse(
                rows,
                clean,
                |field, id| {
                    text!(
                        "`{field}` `{id}` has more than one row, and they differ",
                        "`{field}` `{id}` 有多行且内容不同"
                    )
                },
            ),
            SameKey::Error => self.refuse(
                rows,
                clean,
                |field, id| text!("`{field}` `{id}` has more than one row", "`{field}` `{id}` 有多行"),
            ),
            SameKey::Last => self.keep_one(rows, rows[rows.len() - 1]),
            SameKey::Newest(date) => {
                let column = &clean.columns[date];
                let newest = rows.iter().copied().max_by_key(|row| (moment(column, *row), *row));
                self.keep_one(rows, newest.unwrap_or(rows[0]));
            }
            SameKey::Sum => match self.in_the_way(rows, clean) {
                None => {
                    let last = rows[rows.len() - 1];
                    self.keep_one(rows, last);
                    self.superseded -= rows.len() - 1;
                    let others = rows[..rows.len() - 1].iter();
                    let others = others.map(|row| clean.rows[*row]).collect();
                    self.into.insert(clean.rows[last], others);
                    self.sums.push((last, rows.to_vec()));
                }
                Some(name) => self.refuse(rows, clean, |field, id| {
                    text!(
                        "`{field}` `{id}` has more than one row, and they cannot be added up: `{name}` differs",
                        "`{field}` `{id}` 有多行，但 `{name}` 不同，不能相加"
                    )
                }),
            },
        }
    }

    fn are_equal(&self, rows: &[usize], clean: &CleanSheet) -> bool {
        let cells = |row: usize| -> Vec<Cell<'_>> {
            let at = clean.rows[row];
            let rows = &self.tables[at.table as usize].rows;
            rows.row(at.row as usize).collect()
        };
        rows[1..].iter().all(|row| cells(*row) == cells(rows[0]))
    }

    fn keep_one(&mut self, rows: &[usize], kept: usize) {
        self.superseded += rows.len() - 1;
        for row in rows.iter().filter(|row| **row != kept) {
            self.gone[*row] = true;
        }
    }

    /// The field that keeps rows from being added up: one that is no amount, and differs.
    fn in_the_way(&self, rows: &[usize], clean: &CleanSheet) -> Option<std::sync::Arc<str>> {
        let fields = self.sheet.fields.iter().zip(&clean.columns);
        let mut others = fields.filter(|(field, _)| !is_amount(&field.kind));
        let differs = |column: &Column| {
            let mut values = rows.iter().filter(|row| !column.is_missing(**row));
            let first = values.next().map(|row| column.value(*row));
            values.any(|row| Some(column.value(*row)) != first)
        };
        let found = others.find(|(_, column)| differs(column));
        let found = found.map(|(field, _)| field.name.clone());
        found.or_else(|| {
            // A sum that is too large is none.
            let fields = self.sheet.fields.iter().zip(&clean.columns);
            let mut amounts = fields.filter(|(field, _)| is_amount(&field.kind));
            let too_large = amounts.find(|(_, column)| sum(column, rows).is_none());
            too_large.map(|(field, _)| field.name.clone())
        })
    }

    fn refuse(&mut self, rows: &[usize], clean: &CleanSheet, title: impl Fn(&str, &str) -> Text) {
        let field = &self.sheet.fields[self.key].name;
        for row in rows {
            let id = text_at(&clean.columns[self.key], *row);
            let title = title(field, &crate::clean::text::shorten(&id));
            self.gone[*row] = true;
            let at = clean.rows[*row];
            let column = clean.sources[at.table as usize][self.key];
            self.findings.push(
                Finding::error(Code::DuplicateKey, title.clone())
                    .place(place_of(self.tables, at, column))
                    .help(text!(
                        "leave one row for each `{field}`, or say in the sheet's `duplicates` which one counts",
                        "每个 `{field}` 只保留一行，或在该表的 `duplicates` 中写明以哪一行为准"
                    )),
            );
            self.refused.push(RefusedRow {
                at,
                faults: vec![title],
            });
        }
    }

    fn end(self, clean: &mut CleanSheet) -> Into {
        let (repeated, superseded) = (self.repeated, self.superseded);
        let sheet = &self.sheet.name;
        if repeated > 0 {
            let rows = how_many(repeated, "row");
            let repeat = by_count(&repeated, "repeats", "repeat");
            self.findings.push(Finding::note(
                Code::DuplicateKey,
                text!(
                    "{rows} {repeat} an earlier row exactly: they count once",
                    "{repeated} 行与前面的行完全相同，只计一次"
                ),
            ));
        }
        if superseded > 0 {
            let (en, zh) = match self.sheet.same_key {
                SameKey::Newest(_) => ("newer", "较新"),
                _ => ("later", "后面"),
            };
            let rows = how_many(superseded, "row");
            let have = by_count(&superseded, "has", "have");
            self.findings.push(Finding::note(
                Code::DuplicateKey,
                text!(
                    "{rows} of `{sheet}` {have} the key of a {en} row, which counts",
                    "`{sheet}` 有 {superseded} 行与{zh}的行编号相同，以{zh}的行为准"
                ),
            ));
        }
        if !self.sums.is_empty() {
            let added: usize = self.sums.iter().map(|(_, rows)| rows.len()).sum();
            let count = self.sums.len();
            self.findings.push(Finding::note(
                Code::DuplicateKey,
                text!(
                    "{added} rows of `{sheet}` are added up into {count}, one for each key",
                    "`{sheet}` 有 {added} 行按编号相加为 {count} 行"
                ),
            ));
            let sums: HashMap<usize, &[usize]> = self
                .sums
                .iter()
                .map(|(row, rows)| (*row, &rows[..]))
                .collect();
            for (field, column) in self.sheet.fields.iter().zip(&mut clean.columns) {
                *column = added_up(column, &sums, is_amount(&field.kind));
            }
        }
        clean.keep(|row| !self.gone[row]);
        clean.refused.extend(self.refused);
        self.into
    }
}

/// Whether rows can be added up in a field of this kind.
const fn is_amount(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Number | FieldKind::Money(_))
}

/// The date of a row, in seconds; none comes before all.
fn moment(column: &Column, row: usize) -> i64 {
    match column.value(row) {
        Value::Date(date) => i64::from(date.days()) * 86_400,
        Value::DateTime(moment) => moment.seconds(),
        _ => i64::MIN,
    }
}

/// The sum of an amount over rows; a missing one is nothing, and all missing ones are missing. `None` if it is too
/// large.
fn sum(column: &Column, rows: &[usize]) -> Option<Value> {
    let mut all: Option<Decimal> = None;
    for row in rows {
        if let Value::Number(number) = column.value(*row) {
            all = Some(match all {
                None => number,
                Some(sum) => sum.checked_add(number)?,
            });
        }
    }
    Some(all.map_or(Value::Missing, Value::Number))
}

/// The column with the sums where rows are added up; of other values the one that is there.
fn added_up(column: &Column, sums: &HashMap<usize, &[usize]>, is_amount: bool) -> Column {
    let mut built = ColumnBuilder::like(column);
    for row in 0..column.len() {
        let value = match sums.get(&row) {
            None => column.value(row),
            Some(rows) if is_amount => sum(column, rows).unwrap_or(Value::Missing),
            Some(rows) => rows
                .iter()
                .map(|row| column.value(*row))
                .find(|value| *value != Value::Missing)
                .unwrap_or(Value::Missing),
        };
        built.push(&value);
    }
    built.finish()
}

#[cfg(test)]
mod tests {
    use crate::book::tests::table;
    use crate::book::{Inputs, assemble};
    use crate::diagnostic::Code;
    use crate::table::{Date, Value};

    /// `id x` of each customer, and how many rows are refused.
    fn customers(rule: &str, rows: &str) -> (Vec<String>, usize) {
        let scheme = format!(
            "[sheets.customers]\nkey = \"id\"\nallow_bad = \"100%\"\n{rule}\nfields = [{{ name = \"x\", type = \
             \"number\" }}, {{ name = \"day\", type = \"date\" }}]\n"
        );
        let (scheme, findings) = crate::scheme::validate(&scheme);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let inputs = Inputs {
            customers: vec![table("c.csv", &format!("id,x,day\n{rows}"))],
            ..Inputs::default()
        };
        let book = assemble(
            scheme.into(),
            inputs,
            Date::parse_iso("2024-03-31").unwrap(),
        );
        let refusals = book.findings.iter().filter(|finding| finding.is_error());
        assert!(
            refusals
                .clone()
                .all(|finding| matches!(finding.code, Code::DuplicateKey | Code::BadCell))
        );
        let columns = &book.customers.as_ref().unwrap().columns;
        let shown = |row: usize| match columns[0].value(row) {
            Value::Number(number) => number.to_string(),
            _ => "-".into(),
        };
        let ids = book.roster.ids.iter().enumerate();
        let of = ids
            .map(|(row, id)| format!("{id} {}", shown(row)))
            .collect();
        (of, book.roster.refused.len())
    }

    #[test]
    fn the_sheet_says_which_row_of_a_key_counts() {
        let rows = "1,10,2024-02-01\n1,20,2024-01-01\n2,5,2024-01-01\n2,5,2024-01-01\n3,1,\n";
        for (rule, expected, refused) in [
            ("", &["2 5", "3 1"][..], 1),
            ("duplicates = \"equal\"", &["2 5", "3 1"], 1),
            ("duplicates = \"error\"", &["3 1"], 2),
            ("duplicates = \"last\"", &["1 20", "2 5", "3 1"], 0),
            (
                "duplicates = \"newest\"\nnewest_by = \"day\"",
                &["1 10", "2 5", "3 1"],
                0,
            ),
            // The days of 1 differ, and days are not added up.
            ("duplicates = \"sum\"", &["2 10", "3 1"], 1),
        ] {
            let (of, count) = customers(rule, rows);
            assert_eq!(
                (of, count),
                (expected.iter().map(ToString::to_string).collect(), refused),
                "{rule}"
            );
        }
    }

    #[test]
    fn a_row_that_cannot_be_used_takes_the_others_of_its_key_with_it() {
        let rows = "1,60,2024-01-01\n1,7O,2024-02-01\n1,80,2024-03-01\n2,60,\n2,60,\n";
        let newest = "duplicates = \"newest\"\nnewest_by = \"day\"";
        for rule in ["", "duplicates = \"last\"", newest, "duplicates = \"sum\""] {
            let (of, refused) = customers(rule, rows);
            let expected = if rule.contains("sum") {
                "2 120"
            } else {
                "2 60"
            };
            // The three rows of 1 are one customer, who is refused.
            assert_eq!((of, refused), (vec![expected.to_owned()], 1), "{rule}");
        }
    }

    #[test]
    fn a_missing_value_is_no_obstacle_to_a_sum_and_no_date_is_the_oldest() {
        let rows = "1,10,\n1,20,2024-01-01\n1,,\n2,,\n2,,\n";
        let (of, _) = customers("duplicates = \"sum\"", rows);
        assert_eq!(of, ["1 30", "2 -"]);
        let (of, _) = customers("duplicates = \"newest\"\nnewest_by = \"day\"", rows);
        assert_eq!(of, ["1 20", "2 -"]);
    }
}
