//! What stands in each cell.

use super::{Filling, InputColumn, Layout, Results};
use crate::book::Entry;
use crate::clean::escape::without_escape;
use crate::clean::sheet::{RowRef, shown};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::explain::Explainer;
use crate::explain::distance::Nearest;
use crate::present::marks::{decision_mark, write_decision_mark};
use crate::present::table::{OutCell, RowMark};
use crate::scheme::model::{FieldKind, ResultColumn, SameKey};
use crate::table::{Cell, Column, Date, DateTime, Decimal, Unit, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// What stands between two tags.
const TAGS: &str = "|";

impl<'a> Results<'a> {
    pub(super) fn input_cell(&self, input: &InputColumn, entry: Entry) -> OutCell<'_> {
        let book = &self.grading.book;
        let Some(customers) = &book.customers else {
            return OutCell::Blank;
        };
        let (main, more, row) = match entry {
            Entry::Customer(row) => {
                let more = customers
                    .more
                    .get(&row)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                (customers.rows[row as usize], more, Some(row as usize))
            }
            // Of a row that cannot be read nobody knows what a role would see; its key and name are known.
            Entry::Refused(_) if self.grading.role.is_some() => {
                return self.absent_cell(input, entry);
            }
            Entry::Refused(row) => (book.roster.refused[row as usize].at, &[][..], None),
            Entry::Absent(_) => return self.absent_cell(input, entry),
        };
        let rule = self.grading.scheme.customers.as_ref();
        let key = rule.map(|rule| rule.key);
        // Of a customer who is put together out of several each value has its own row; the key is that of the first.
        let together = row.filter(|row| customers.picked.contains_key(&(*row as u32)));
        let picked = together
            .and_then(|row| customers.picked.get(&(row as u32)))
            .zip(input.field.filter(|field| Some(*field) != key))
            .map(|(picked, field)| picked[field]);
        // A row of sums is nowhere in the file.
        let is_sum =
            rule.is_some_and(|rule| rule.sheet.same_key == SameKey::Sum) && !more.is_empty();
        let written = |at: RowRef| {
            let table = &book.inputs.customers[at.table as usize];
            let cell = table
                .rows
                .cell(at.row as usize, input.places[at.table as usize]?);
            match cell {
                Cell::Blank => None,
                cell => Some(without_escape(table, cell)),
            }
        };
        let others = || more.iter().rev().find_map(|at| written(*at));
        let raw = picked.and_then(written).or_else(|| written(main));
        let raw = raw.or_else(others);
        let Some(raw) = raw else {
            return OutCell::Blank;
        };
        // The row may be that of another key than the one that is kept.
        if let Some(row) = together.filter(|_| input.field.is_some() && input.field == key) {
            let id = &book.roster.ids[row];
            if shown(raw).trim() != &**id {
                return OutCell::Text(Cow::Borrowed(id));
            }
        }
        if (self.view.layout == Layout::Workbook || is_sum || !matches!(raw, Cell::Text(_)))
            && let (Some(field), Some(row)) = (input.field, row)
            && let Some(cell) = self.typed(field, row, input.unit.as_ref())
        {
            return cell;
        }
        raw_cell(raw)
    }

    /// The value that a field has, in the unit of its header; `None` where the cell is shown as it was.
    pub(super) fn typed(
        &self,
        field: usize,
        row: usize,
        unit: Option<&Unit>,
    ) -> Option<OutCell<'_>> {
        let scheme = &self.grading.scheme;
        let kind = &scheme.customers.as_ref()?.sheet.fields[field].kind;
        let column = &self.grading.book.customers.as_ref()?.columns[field];
        match (kind, column) {
            // Not as a value: that would count the holders of a text which all cores show.
            (FieldKind::Id, Column::Text(texts)) => {
                let text = texts.get(row)?;
                Some(OutCell::Text(Cow::Borrowed(text)))
            }
            (FieldKind::Money(own), _) => {
                let Value::Number(number) = column.value(row) else {
                    return None;
                };
                let shown = match (own, unit) {
                    (Some(own), Some(unit)) if own != unit => own.convert(number, unit)?,
                    _ => number,
                };
                Some(OutCell::Number(shown))
            }
            (FieldKind::Number | FieldKind::Percent | FieldKind::Date | FieldKind::DateTime, _) => {
                match (kind, column.value(row)) {
                    (FieldKind::Number | FieldKind::Percent, Value::Number(number)) => {
                        Some(OutCell::Number(number))
                    }
                    (FieldKind::Date, Value::Date(date)) => Some(OutCell::Date(date)),
                    (FieldKind::DateTime, Value::DateTime(moment)) => {
                        Some(OutCell::DateTime(moment))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn result_cell(&self, column: ResultColumn, row: usize) -> OutCell<'_> {
        let grading = self.grading;
        let scheme = &grading.scheme;
        let text = |text: Option<&'a Arc<str>>| {
            text.map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text)))
        };
        match column {
            ResultColumn::Grade => text(grading.grade_name(row)),
            ResultColumn::Previous => text(
                grading
                    .earlier(row)
                    .grade
                    .map(|grade| &scheme.grades[grade].name),
            ),
            ResultColumn::Decision | ResultColumn::Reasons => {
                let mut text = String::new();
                self.write_result(column, row, &mut text);
                match text.as_str() {
                    "" => OutCell::Blank,
                    _ => OutCell::Text(Cow::Owned(text)),
                }
            }
            ResultColumn::Since => grading.decided[row]
                .since
                .map_or(OutCell::Blank, OutCell::Date),
            ResultColumn::Score => {
                let score = self.score.map(|slot| grading.facts.get(slot));
                let score = score.and_then(|column| column.number_at(row));
                score.map_or(OutCell::Blank, OutCell::Number)
            }
            ResultColumn::Type => text(grading.type_name(row)),
            ResultColumn::Label(index) => {
                match grading.facts.get(scheme.dimensions[index].label_slot) {
                    Column::Text(labels) => text(labels.get(row)),
                    _ => OutCell::Blank,
                }
            }
            ResultColumn::Tags => {
                let all = self.tags.get_or_init(|| grading.all_joined_tags(TAGS));
                match all {
                    Some(texts) => texts
                        .get(row)
                        .map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text))),
                    None => grading
                        .joined_tags(row, TAGS)
                        .map_or(OutCell::Blank, |text| OutCell::Text(Cow::Owned(text))),
                }
            }
            ResultColumn::Next => {
                let nearest = self.nearest.get_or_init(|| Nearest::new(grading));
                let next = crate::explain::next(grading, nearest, row, self.view.lang);
                next.map_or(OutCell::Blank, |next| OutCell::Text(Cow::Owned(next)))
            }
        }
    }

    /// Appends what a result column says of a customer, where it is put together for each; whether it is.
    pub(super) fn write_result(&self, column: ResultColumn, row: usize, out: &mut String) -> bool {
        match column {
            ResultColumn::Decision => {
                write_decision_mark(&self.mark_of(row), self.view.lang, out);
            }
            ResultColumn::Reasons => self.write_reasons(row, out),
            _ => return false,
        }
        true
    }

    /// Appends the reasons of a customer, as many as the layout has room for.
    fn write_reasons(&self, row: usize, out: &mut String) {
        let explainer = self
            .explainer
            .get_or_init(|| Explainer::new(self.grading, self.view.lang));
        match self.view.layout {
            Layout::Text => explainer.write_reasons(row, self.between_reasons(), out),
            Layout::Workbook | Layout::Screen => explainer.write_main_reason(row, out),
        }
    }

    const fn between_reasons(&self) -> &'static str {
        match self.view.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        }
    }

    pub(super) fn mark_of(&self, row: usize) -> RowMark {
        let decided = &self.grading.decided[row];
        RowMark {
            grade: decided.grade.map(|grade| grade as usize),
            decision: decided.decision,
            steps: self.grading.steps(row),
        }
    }

    /// What can be told of a customer without values: what is kept, and why there are none.
    pub(super) fn kept_cell(&self, from: &Filling<'_>, entry: Entry) -> OutCell<'_> {
        let Some(kept) = self.grading.kept(entry) else {
            return OutCell::Blank;
        };
        let scheme = &self.grading.scheme;
        let text = |text: Option<&'a str>| {
            text.map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text)))
        };
        match from {
            Filling::Id => text(kept.id),
            Filling::Result(ResultColumn::Grade | ResultColumn::Previous) => {
                text(kept.before.grade.map(|grade| &*scheme.grades[grade].name))
            }
            Filling::Result(ResultColumn::Type) => {
                text(kept.before.kind.map(|kind| &*scheme.types[kind].name))
            }
            Filling::Result(ResultColumn::Decision) => {
                let mark = decision_mark(&self.kept_mark(entry), self.view.lang);
                OutCell::Text(Cow::Owned(mark))
            }
            Filling::Result(ResultColumn::Since) => {
                kept.before.since.map_or(OutCell::Blank, OutCell::Date)
            }
            Filling::Result(ResultColumn::Reasons) => joined(
                kept.why.iter().map(|why| why.get(self.view.lang)),
                self.between_reasons(),
            ),
            _ => OutCell::Blank,
        }
    }

    pub(super) fn kept_mark(&self, entry: Entry) -> RowMark {
        let kept = self.grading.kept(entry);
        RowMark {
            grade: kept.as_ref().and_then(|kept| kept.before.grade),
            decision: kept.map_or(Decision::Absent, |kept| kept.decision),
            steps: None,
        }
    }

    /// Key and name of an absent customer in the columns of the sheet that no longer has it.
    fn absent_cell(&self, input: &InputColumn, entry: Entry) -> OutCell<'_> {
        let text = |text: Option<&'a str>| {
            text.map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text)))
        };
        let (Some(rule), Some(kept)) = (&self.grading.scheme.customers, self.grading.kept(entry))
        else {
            return OutCell::Blank;
        };
        match input.field {
            Some(field) if field == rule.key => text(kept.id),
            Some(field) if Some(field) == rule.name => text(kept.name),
            _ => OutCell::Blank,
        }
    }
}

/// The entry of a column.
pub(super) fn entry_cell(column: &Column, row: usize) -> OutCell<'_> {
    match column {
        Column::Text(texts) => texts
            .get(row)
            .map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text))),
        other => value_cell(other.value(row)),
    }
}

fn value_cell(value: Value) -> OutCell<'static> {
    match value {
        Value::Missing => OutCell::Blank,
        Value::Number(number) => OutCell::Number(number),
        Value::Date(date) => OutCell::Date(date),
        Value::DateTime(moment) => OutCell::DateTime(moment),
        Value::Bool(truth) => OutCell::Bool(truth),
        Value::Text(text) => OutCell::Text(Cow::Owned(text.to_string())),
        Value::List(items) => joined(items.iter().map(|item| &**item), "、"),
    }
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>, separator: &str) -> OutCell<'static> {
    let text = texts.collect::<Vec<_>>().join(separator);
    if text.is_empty() {
        OutCell::Blank
    } else {
        OutCell::Text(Cow::Owned(text))
    }
}

/// A cell that no field reads, as the file had it.
fn raw_cell(cell: Cell<'_>) -> OutCell<'_> {
    match cell {
        Cell::Blank => OutCell::Blank,
        Cell::Text(text) => OutCell::Text(Cow::Borrowed(text)),
        Cell::Number(number) | Cell::Percent(number) => {
            Decimal::from_f64(number).map_or(OutCell::Float(number), OutCell::Number)
        }
        Cell::Date(serial) => moment(serial),
        Cell::Bool(truth) => OutCell::Bool(truth),
        Cell::Error(error) => OutCell::Text(Cow::Borrowed(error.text())),
    }
}

/// A spreadsheet's serial day as a date, or as a moment if it has a time.
pub(in crate::present) fn moment(serial: f64) -> OutCell<'static> {
    let seconds = (serial * 86_400.0).round() as i64;
    // 25,569 days lie between 1899-12-30 and 1970-01-01.
    match DateTime::from_seconds(seconds - 25_569 * 86_400) {
        Some(moment) if moment.second_of_day() == 0 => {
            Date::from_days(moment.date().days()).map_or(OutCell::Blank, OutCell::Date)
        }
        Some(moment) => OutCell::DateTime(moment),
        None => OutCell::Float(serial),
    }
}
