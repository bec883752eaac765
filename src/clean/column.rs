//! A whole column: what decides once for all its cells is decided here, then a tight loop reads them.
//!
//! Takes the raw rows, a column's index and what its field says ([`CellRule`]); gives a typed column with a fault for
//! each cell that could not be read, whose entry is missing.

use super::choice::Choices;
use super::date::{self, DateForm, DateOrder};
use super::escape::unescape;
use super::fault::{CellFault, ColumnFault, Read};
use super::number::{NumberKind, NumberReader, NumberRule};
use super::text::{is_empty, parse_bool, parse_id, parse_text};
use crate::scheme::model::FieldKind;
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Cell, Column, ListColumn, RawRows, TextColumn, TextInterner, Truth, Unit};
use foldhash::HashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// What field and header say of a column's cells.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the column, apart from the others"
)]
pub struct CellRule {
    /// The field's name.
    pub field: Arc<str>,
    /// Its type, with the unit if it is money.
    pub kind: FieldKind,
    /// The unit of bare numbers, from the header or (for money) a line such as `单位：万元` above it.
    pub header_unit: Option<Unit>,
    /// Whether the header says %.
    pub header_percent: bool,
    /// Places that numbers are rounded to.
    pub scale: Option<u32>,
    /// The order of day and month, where the scheme says it.
    pub date_order: Option<DateOrder>,
    /// Whether years of two digits are read; they need `date_order` as well.
    pub two_digit_years: bool,
    /// Whether bare numbers in a column of dates count from 1904 and not from 1900.
    pub serials_from_1904: bool,
    /// The possible texts of a choice; none: all.
    pub choices: Vec<Arc<str>>,
    /// Spellings of texts and choices, and what they mean.
    pub map: Vec<(Arc<str>, Arc<str>)>,
    /// Whether empty cells take the value above (merged cells). A cell that says "missing" (`-`, 无) does not.
    pub fill_down: bool,
    /// Whether the cells are of a text file, in which formula-like texts are escaped (see [`super::escape::needs_escape`]).
    pub escaped: bool,
}

impl CellRule {
    /// A rule that says nothing but the field's name and type.
    pub fn new(field: impl Into<Arc<str>>, kind: FieldKind) -> Self {
        Self {
            field: field.into(),
            kind,
            header_unit: None,
            header_percent: false,
            scale: None,
            date_order: None,
            two_digit_years: false,
            serials_from_1904: false,
            choices: vec![],
            map: vec![],
            fill_down: false,
            escaped: false,
        }
    }
}

/// What reading a column gives. Rows are indices, from 0.
#[derive(Clone, Debug)]
pub struct ColumnRead {
    /// The values; entries of faulty cells are missing.
    pub column: Column,
    /// The cells that could not be read, by row.
    pub faults: Vec<(u32, CellFault)>,
    /// The cells whose unit contradicts header or field, by row. Their values follow the cell.
    pub unit_conflicts: Vec<u32>,
    /// Why nothing was read: then all entries are missing and there are no other faults.
    pub column_fault: Option<ColumnFault>,
    /// How many cells are missing without a fault.
    pub blanks: usize,
    /// Whether the cells together decided how any of them is read, as day and month of dates.
    pub decided_together: bool,
}

impl ColumnRead {
    /// A column of which nothing could be read; `column` is all missing.
    fn unread(column: Column, fault: ColumnFault) -> Self {
        Self {
            column,
            faults: vec![],
            unit_conflicts: vec![],
            column_fault: Some(fault),
            blanks: 0,
            decided_together: false,
        }
    }
}

/// Reads column `column` of `rows`.
pub fn read_column(rows: &RawRows, column: usize, rule: &CellRule) -> ColumnRead {
    let cells = Cells { rows, column, rule };
    match &rule.kind {
        FieldKind::Number => cells.numbers(NumberKind::Number),
        FieldKind::Money(_) => cells.numbers(NumberKind::Money),
        FieldKind::Percent => cells.numbers(NumberKind::Percent),
        FieldKind::Date => cells.dates(Column::Date, MISSING_DATE, date::usual_day, date::read_day),
        FieldKind::DateTime => cells.dates(
            Column::DateTime,
            MISSING,
            date::usual_second,
            date::read_second,
        ),
        FieldKind::Bool => cells
            .each(Truth::Unknown, |_, cell| {
                Ok(parse_bool(cell)?.map(Truth::from))
            })
            .read(Column::Bool),
        FieldKind::Id => cells.texts(TextInterner::with_capacity(rows.len()), |texts, cell| {
            Ok(parse_id(cell)?.map(|text| texts.code(&text)))
        }),
        // A text that the field does not map stays as it is.
        FieldKind::Text if rule.map.is_empty() => cells
            .texts(TextInterner::default(), |texts, cell| {
                Ok(parse_text(cell)?.map(|text| texts.code(&text)))
            }),
        FieldKind::Text => cells.choices(&[]),
        FieldKind::Choice => cells.choices(&rule.choices),
        FieldKind::Choices => cells.lists(),
    }
}

/// Reads a single cell of a column of ids, as [`read_column`] does where cells are not filled down.
pub fn read_id<'a>(
    rows: &'a RawRows,
    row: usize,
    column: usize,
    rule: &CellRule,
) -> Read<Cow<'a, str>> {
    parse_id(unescaped(rows.cell(row, column), rule))
}

/// A cell of text without the escape that text files have.
fn unescaped<'a>(cell: Cell<'a>, rule: &CellRule) -> Cell<'a> {
    match cell {
        Cell::Text(text) if rule.escaped => Cell::Text(unescape(text)),
        other => other,
    }
}

/// The cells of one column and what is said of them.
#[derive(Clone, Copy)]
struct Cells<'a> {
    rows: &'a RawRows,
    column: usize,
    rule: &'a CellRule,
}

/// What was read so far.
struct Entries<T> {
    values: Vec<T>,
    faults: Vec<(u32, CellFault)>,
    blanks: usize,
}

impl<T: Clone> Entries<T> {
    #[inline]
    fn push(&mut self, read: Read<T>, missing: &T) {
        let value = match read {
            Ok(Some(value)) => value,
            Ok(None) => {
                self.blanks += 1;
                missing.clone()
            }
            Err(fault) => {
                self.faults.push((self.values.len() as u32, fault));
                missing.clone()
            }
        };
        self.values.push(value);
    }

    fn read(self, column: impl FnOnce(Vec<T>) -> Column) -> ColumnRead {
        let Self {
            values,
            faults,
            blanks,
        } = self;
        ColumnRead {
            column: column(values),
            faults,
            unit_conflicts: vec![],
            column_fault: None,
            blanks,
            decided_together: false,
        }
    }
}

impl<'a> Cells<'a> {
    fn cell(self, row: usize) -> Cell<'a> {
        self.rows.cell(row, self.column)
    }

    /// Reads every cell; `read` gets its row too.
    fn each<T: Clone>(self, missing: T, read: impl FnMut(u32, Cell<'a>) -> Read<T>) -> Entries<T> {
        self.each_usual(missing, |_| None, read)
    }

    /// The same, where `usual` reads what nearly all cells are, as `read` would, and cannot fail.
    fn each_usual<T: Clone>(
        self,
        missing: T,
        usual: impl Fn(Cell<'a>) -> Option<T>,
        mut read: impl FnMut(u32, Cell<'a>) -> Read<T>,
    ) -> Entries<T> {
        let count = self.rows.len();
        let mut entries = Entries {
            values: Vec::with_capacity(count),
            faults: vec![],
            blanks: 0,
        };
        if !self.rule.fill_down {
            for row in 0..count {
                let cell = self.cell(row);
                match usual(cell) {
                    Some(value) => entries.values.push(value),
                    None => entries.push(read(row as u32, cell), &missing),
                }
            }
            return entries;
        }
        // What is above goes down as it is: the cells that a merge covers share its fault as well as its value.
        let mut above: Read<T> = Ok(None);
        for row in 0..count {
            let cell = self.cell(row);
            if !is_empty(cell) {
                above = read(row as u32, cell);
            }
            entries.push(above.clone(), &missing);
        }
        entries
    }

    fn numbers(self, kind: NumberKind) -> ColumnRead {
        let rule = self.rule;
        let field_unit = match &rule.kind {
            FieldKind::Money(unit) => unit.clone(),
            _ => None,
        };
        let reader = NumberReader::new(&NumberRule {
            kind,
            field_unit,
            header_unit: rule.header_unit.clone(),
            header_percent: rule.header_percent,
            scale: rule.scale,
        });
        if let Some((header, field)) = reader.clash() {
            let fault = ColumnFault::UnknownUnit {
                header: header.to_string(),
                field: field.to_string(),
            };
            return ColumnRead::unread(Column::Number(vec![MISSING; self.rows.len()]), fault);
        }
        let mut unit_conflicts = vec![];
        let entries = self.each_usual(MISSING, reader.usual(), |row, cell| {
            let Some((value, conflict)) = reader.read_millionths(cell)? else {
                return Ok(None);
            };
            if conflict {
                unit_conflicts.push(row);
            }
            Ok(Some(value))
        });
        ColumnRead {
            unit_conflicts,
            ..entries.read(Column::Number)
        }
    }

    /// `usual` reads what needs no form: the other cells decide it.
    fn dates<T: Clone>(
        self,
        column: fn(Vec<T>) -> Column,
        missing: T,
        usual: impl Fn(Cell<'a>) -> Option<T>,
        read: impl Fn(Cell<'a>, DateForm) -> Read<T>,
    ) -> ColumnRead {
        let rule = self.rule;
        let count = self.rows.len();
        let mut entries = Entries {
            values: vec![missing.clone(); count],
            faults: vec![],
            blanks: 0,
        };
        let mut others: Vec<u32> = vec![];
        for (row, value) in entries.values.iter_mut().enumerate() {
            match usual(self.cell(row)) {
                Some(day) => *value = day,
                None => others.push(row as u32),
            }
        }
        let cells = others.iter().map(|row| (*row, self.cell(*row as usize)));
        let form = DateForm::decide_of(cells, rule.date_order, rule.two_digit_years);
        let form = match form {
            Ok(form) => form.with_serials_from_1904(rule.serials_from_1904),
            Err(fault) => return ColumnRead::unread(column(vec![missing; count]), fault),
        };
        let decided_together = rule.date_order.is_none() && form.order().is_some();
        if rule.fill_down {
            let any = |cell| usual(cell).map_or_else(|| read(cell, form), |day| Ok(Some(day)));
            return ColumnRead {
                decided_together,
                ..self.each(missing, |_, cell| any(cell)).read(column)
            };
        }
        for row in others {
            match read(self.cell(row as usize), form) {
                Ok(Some(day)) => entries.values[row as usize] = day,
                Ok(None) => entries.blanks += 1,
                Err(fault) => entries.faults.push((row, fault)),
            }
        }
        ColumnRead {
            decided_together,
            ..entries.read(column)
        }
    }

    fn texts(
        self,
        mut texts: TextInterner,
        mut read: impl FnMut(&mut TextInterner, Cell<'a>) -> Read<u32>,
    ) -> ColumnRead {
        let entries = self.each(MISSING_TEXT, |_, cell| {
            read(&mut texts, unescaped(cell, self.rule))
        });
        entries.read(|codes| {
            Column::Text(TextColumn {
                codes,
                dictionary: texts.into_dictionary(),
            })
        })
    }

    /// Choices are few and cells are many: each distinct text is compared with the choices once.
    fn choices(self, choices: &[Arc<str>]) -> ColumnRead {
        let choices = Choices {
            choices,
            map: &self.rule.map,
        };
        let mut known: HashMap<&'a str, Read<u32>> = HashMap::default();
        self.texts(TextInterner::default(), |texts, cell| {
            let mut read = |cell| {
                Ok(choices
                    .parse_choice(cell)?
                    .map(|choice| texts.code(&choice)))
            };
            match cell {
                Cell::Text(text) => known.entry(text).or_insert_with(|| read(cell)).clone(),
                other => read(other),
            }
        })
    }

    fn lists(self) -> ColumnRead {
        let choices = Choices {
            choices: &self.rule.choices,
            map: &self.rule.map,
        };
        let mut texts = TextInterner::default();
        let mut known: HashMap<&'a str, Read<Arc<[u32]>>> = HashMap::default();
        let entries = self.each(None, |_, cell| {
            let cell = unescaped(cell, self.rule);
            let mut read = |cell| {
                let chosen = choices.parse_choices(cell)?;
                Ok(chosen.map(|chosen| {
                    chosen
                        .iter()
                        .map(|choice| texts.code(choice))
                        .collect::<Arc<[u32]>>()
                }))
            };
            let codes = match cell {
                Cell::Text(text) => known.entry(text).or_insert_with(|| read(cell)).clone(),
                other => read(other),
            };
            Ok(codes?.map(Some))
        });
        entries.read(|rows| {
            Column::List(ListColumn {
                rows,
                dictionary: texts.into_dictionary(),
            })
        })
    }
}

#[cfg(test)]
mod tests;
