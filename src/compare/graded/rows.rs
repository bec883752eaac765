//! The rows of a graded file as a side of a comparison.

use super::{Graded, On, Wanted, decision, main_of, present_name};
use crate::clean::escape::without_escape;
use crate::clean::text::{is_blank, parse_id, shorten, shown, trim};
use crate::compare::{Customer, Snapshot, plain};
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding};
use crate::parallel;
use crate::table::column::MISSING_TEXT;
use crate::table::{Cell, Column, Decimal, Place, TextColumn, TextInterner, Value};
use crate::text;
use foldhash::HashSet;
use std::sync::Arc;

impl Graded {
    /// The rows as a side of a comparison; notes are appended to `findings`.
    pub fn snapshot(
        &self,
        key: usize,
        wanted: &Wanted<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Snapshot, Vec<Finding>> {
        let level = self.level(wanted).map_err(|finding| vec![finding])?;
        let amount = match wanted.amount {
            Some(header) => Some(
                self.named(header, "--amount")
                    .map_err(|finding| vec![finding])?,
            ),
            None => None,
        };
        let name = self.name(wanted, key);
        let own = self.own.clone().unwrap_or_default();
        let mut rows: Vec<(usize, usize)> = vec![];
        let mut customers: Vec<Customer> = vec![];
        let mut without_key = vec![];
        let mut errors = vec![];
        for (at, table) in self.tables.iter().enumerate() {
            for row in 0..table.rows.len() {
                let place = || table.origin.cell(table.rows.row_number(row), key as u32);
                let id: Arc<str> = match parse_id(self.cell(at, row, key)) {
                    Ok(Some(id)) => (*id).into(),
                    Ok(None) => {
                        without_key.push(place());
                        continue;
                    }
                    Err(fault) => {
                        let offending = shown(self.cell(at, row, key));
                        let header = &table.headers[key].text;
                        errors.push(fault.finding(&offending, header, place()));
                        continue;
                    }
                };
                let written = |column: Option<usize>| {
                    let text = shown(self.cell(at, row, column?));
                    Some(trim(&text))
                        .filter(|text| !text.is_empty())
                        .map(Arc::from)
                };
                let amount = amount.and_then(|column| {
                    let text = shown(self.cell(at, row, column));
                    match plain(&Value::Text(text.as_str().into())) {
                        Some(Value::Number(number)) => Some(number),
                        _ if is_blank(&text) => None,
                        _ => {
                            let place =
                                table.origin.cell(table.rows.row_number(row), column as u32);
                            findings.push(no_amount(&text, &table.headers[column].text, place));
                            None
                        }
                    }
                });
                rows.push((at, row));
                customers.push(Customer {
                    id,
                    name: written(name),
                    level: written(Some(level)).map(|level| present_name(wanted, level)),
                    decision: written(own.change).and_then(|word| decision(&word)),
                    amount,
                    reason: written(own.reasons).map(|reasons| main_of(&reasons)),
                });
            }
        }
        findings.extend(left_out(&without_key));
        drop_refused_twins(&mut customers, &mut rows);
        let place = |index: usize| {
            let (at, row) = rows[index];
            let table = &self.tables[at];
            Some(table.origin.cell(table.rows.row_number(row), key as u32))
        };
        let mut snapshot = match Snapshot::new(customers, place) {
            Ok(snapshot) if errors.is_empty() => snapshot,
            Ok(_) => return Err(errors),
            Err(found) => {
                errors.extend(found);
                return Err(errors);
            }
        };
        let shown = self.values(key, level, name);
        snapshot.values = parallel::each(parallel::cores(), shown.len(), |at| {
            let name = self.headers()[shown[at]].text.as_str();
            (name.into(), self.column(shown[at], &rows))
        });
        snapshot.levels = order(wanted);
        Ok(snapshot)
    }

    /// A cell; the escape of a text file is not part of the text.
    fn cell(&self, table: usize, row: usize, column: usize) -> Cell<'_> {
        let table = &self.tables[table];
        without_escape(table, table.rows.cell(row, column))
    }

    /// A column as its cells are shown.
    fn column(&self, column: usize, rows: &[(usize, usize)]) -> Column {
        let mut interner = TextInterner::default();
        let codes = rows.iter().map(|(at, row)| {
            let text = exactly(self.cell(*at, *row, column));
            let text = trim(&text);
            if text.is_empty() {
                MISSING_TEXT
            } else {
                interner.code(text)
            }
        });
        let codes = codes.collect();
        Column::Text(TextColumn {
            codes,
            dictionary: interner.into_dictionary(),
        })
    }
}

/// The order of the levels: as the user says, else as the scheme has it. Types are ordered only where they move, and
/// labels of dimensions are not.
fn order(wanted: &Wanted<'_>) -> Vec<Arc<str>> {
    match (wanted.scheme, &wanted.on) {
        _ if !wanted.levels.is_empty() => wanted.levels.clone(),
        (Some(scheme), On::Grade) => scheme
            .grades
            .iter()
            .map(|grade| grade.name.clone())
            .collect(),
        (Some(scheme), On::Type) if scheme.type_movement.is_some() => {
            scheme.types.iter().map(|rule| rule.name.clone()).collect()
        }
        _ => vec![],
    }
}

/// A refused row whose key another row has is no customer of its own.
fn drop_refused_twins(customers: &mut Vec<Customer>, rows: &mut Vec<(usize, usize)>) {
    let is_refused = |customer: &Customer| customer.decision == Some(Decision::Refused);
    if !customers.iter().any(is_refused) {
        return;
    }
    let good = customers.iter().filter(|customer| !is_refused(customer));
    let mut known: HashSet<Arc<str>> = good.map(|customer| customer.id.clone()).collect();
    let stays: Vec<bool> = customers
        .iter()
        .map(|customer| !is_refused(customer) || known.insert(customer.id.clone()))
        .collect();
    let mut at = stays.iter();
    customers.retain(|_| at.next() == Some(&true));
    let mut at = stays.iter();
    rows.retain(|_| at.next() == Some(&true));
}

fn left_out(places: &[Place]) -> Option<Finding> {
    let (first, count) = (places.first()?, places.len());
    Some(
        Finding::warning(
            Code::MissingKeyCell,
            text!(
                "rows without a key are left out: {count}",
                "没有编号的行未参加比较：{count} 行"
            ),
        )
        .place(first.clone()),
    )
}

/// A cell as it is shown, but never two that differ as one: a share with more places than are shown keeps its digits.
fn exactly(cell: Cell<'_>) -> String {
    match cell {
        Cell::Percent(value)
            if Decimal::from_f64(value)
                .is_none_or(|number| number.to_f64().to_bits() != value.to_bits()) =>
        {
            value.to_string()
        }
        cell => shown(cell),
    }
}

/// A cell of the amounts that is no number as it is written.
fn no_amount(written: &str, header: &str, place: Place) -> Finding {
    let offending = shorten(written.trim());
    Finding::warning(
        Code::BadCell,
        text!(
            "`{header}`: `{offending}` is no plain number; it is left out of the sums",
            "`{header}`：`{offending}` 不是纯数字，未计入合计"
        ),
    )
    .place(place)
    .cell(
        text!(
            "`{header}` is no plain number in these rows; they are left out of the sums",
            "这些行的 `{header}` 不是纯数字，未计入合计"
        ),
        offending,
    )
    .help(text!(
        "write amounts as plain numbers in the unit of the header, such as 1200 or 1,200.50",
        "请以列名中的单位写成纯数字，如 1200 或 1,200.50"
    ))
}
