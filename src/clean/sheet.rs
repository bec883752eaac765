//! One sheet of the scheme from the tables that were read for it: columns matched, cells typed, bad rows set apart.
//!
//! Takes a [`Sheet`] and its [`Table`]s, gives a [`CleanSheet`]: the typed columns of the good rows, the refused rows
//! with their findings, and where every row came from.

use super::column::CellRule;
use super::table::Task;
pub use super::text::shown;
use crate::diagnostic::{Code, Finding, Stages, Text};
use crate::read::{self, Header, Table};
use crate::scheme::model::{Field, FieldKind, Sheet};
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, ColumnBuilder, Date, Place, TextColumn, Unit};
use crate::text;
use std::ops::Range;
use std::sync::Arc;

/// Where a row stands: which of the sheet's tables, and which row of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct RowRef {
    /// Index of the table.
    pub table: u32,
    /// Row of the table, from 0.
    pub row: u32,
}

/// A row that is not used, because something in it cannot be read or its key is missing or not its own.
#[derive(Clone, Debug)]
pub struct RefusedRow {
    /// Where it stands.
    pub at: RowRef,
    /// What is wrong with it, in the order of the columns.
    pub faults: Vec<Text>,
}

/// The typed rows of a sheet.
#[derive(Clone, Debug)]
pub struct CleanSheet {
    /// For each field of the scheme its column over the good rows.
    pub columns: Vec<Column>,
    /// Where each good row stands.
    pub rows: Vec<RowRef>,
    /// The rows that are not used, in file order.
    pub refused: Vec<RefusedRow>,
    /// For each table and field the column of the table that the field was read from.
    pub sources: Vec<Vec<Option<usize>>>,
    /// Everything found, rows and columns.
    pub findings: Vec<Finding>,
    /// In which stages.
    pub stages: Stages,
}

impl CleanSheet {
    /// Leaves the good rows that `wanted` wants.
    pub fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        let rows: Vec<Option<u32>> = (0..self.rows.len())
            .filter(|row| wanted(*row))
            .map(|row| Some(row as u32))
            .collect();
        if rows.len() == self.rows.len() {
            return;
        }
        let columns = self.columns.iter();
        self.columns = columns.map(|column| column.gather(&rows)).collect();
        let kept = rows.iter().flatten();
        self.rows = kept.map(|row| self.rows[*row as usize]).collect();
    }

    /// Each table that has good rows, and which they are: the rows of a table lie together.
    pub fn by_table(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let mut start = 0;
        let parts = self.rows.chunk_by(|row, next| row.table == next.table);
        parts.map(move |rows| {
            let part = start..start + rows.len();
            start = part.end;
            (rows[0].table as usize, part)
        })
    }
}

/// The names that a field's column may have: its own, then the others.
pub fn field_headers(field: &Field) -> Vec<String> {
    std::iter::once(field.name.to_string())
        .chain(field.headers.iter().cloned())
        .collect()
}

/// Reads the sheet's fields from all its tables. `keys` are the fields that must be there in every row, the first of them
/// the one by which a row is known; `as_of` says for each table as of which date it came in.
pub fn clean(sheet: &Sheet, tables: &[Table], keys: &[usize], as_of: &[Date]) -> CleanSheet {
    let all: Vec<usize> = (0..tables.len()).collect();
    clean_some(sheet, tables, &all, keys, as_of)
}

/// Reads the sheet's fields from those of its tables that `which` names, in that order; otherwise as [`clean`].
pub fn clean_some(
    sheet: &Sheet,
    tables: &[Table],
    which: &[usize],
    keys: &[usize],
    as_of: &[Date],
) -> CleanSheet {
    let mut clean = CleanSheet {
        columns: vec![],
        rows: vec![],
        refused: vec![],
        sources: vec![vec![None; sheet.fields.len()]; tables.len()],
        findings: vec![],
        stages: Stages::default(),
    };
    let mut parts: Vec<Vec<Column>> = vec![];
    for index in which {
        let task = Task {
            sheet,
            tables,
            index: *index,
            keys,
            as_of,
        };
        parts.push(task.clean(&mut clean));
    }
    clean.columns = (0..sheet.fields.len())
        .map(|field| {
            if parts.is_empty() {
                // No table is in force: still a column of its type, whatever reads it.
                return empty_column(&sheet.fields[field].kind, 0);
            }
            concatenate(
                parts
                    .iter_mut()
                    .map(|columns| std::mem::replace(&mut columns[field], Column::Bool(vec![]))),
            )
        })
        .collect();
    clean
}

/// The column of a table that a field is read from, and how; `None` if the table has none.
pub fn column_of(sheet: &Sheet, table: &Table, field: usize) -> Option<(usize, CellRule)> {
    let field = &sheet.fields[field];
    let names = field_headers(field);
    let column = read::find_columns(&table.headers, &names)
        .first()
        .copied()?;
    let rule = rule_of(field, &table.headers[column], table, &mut vec![]);
    Some((column, rule))
}

/// Splits the rows of a table into good and refused ones.
pub(super) fn set_apart(
    index: usize,
    count: usize,
    mut faults: Vec<(u32, usize, Text)>,
    columns: Vec<Column>,
    clean: &mut CleanSheet,
) -> Vec<Column> {
    let table = index as u32;
    if faults.is_empty() {
        clean
            .rows
            .extend((0..count as u32).map(|row| RowRef { table, row }));
        return columns;
    }
    faults.sort_by_key(|(row, order, _)| (*row, *order));
    let mut refused: Vec<RefusedRow> = vec![];
    for (row, _, fault) in faults {
        match refused.last_mut() {
            Some(last) if last.at.row == row => last.faults.push(fault),
            _ => refused.push(RefusedRow {
                at: RowRef { table, row },
                faults: vec![fault],
            }),
        }
    }
    let mut bad = vec![false; count];
    for row in &refused {
        bad[row.at.row as usize] = true;
    }
    let good: Vec<Option<u32>> = (0..count as u32)
        .filter(|row| !bad[*row as usize])
        .map(Some)
        .collect();
    clean
        .rows
        .extend(good.iter().flatten().map(|row| RowRef { table, row: *row }));
    clean.refused.extend(refused);
    columns.iter().map(|column| column.gather(&good)).collect()
}

/// How the cells of a field are read under this header.
pub(super) fn rule_of(
    field: &Field,
    header: &Header,
    table: &Table,
    findings: &mut Vec<Finding>,
) -> CellRule {
    let percent = header
        .unit
        .as_deref()
        .is_some_and(|unit| matches!(unit, "%" | "％"));
    let is_money = matches!(field.kind, FieldKind::Money(_));
    let line_unit = table.unit_line.as_deref().and_then(Unit::parse);
    let line_unit = line_unit.filter(|_| is_money);
    let own_unit = header.unit.as_deref().filter(|_| !percent);
    let own_unit = own_unit.and_then(Unit::parse).filter(|_| is_money);
    let field_unit = match &field.kind {
        FieldKind::Money(unit) => unit.as_ref(),
        _ => None,
    };
    let name = &field.name;
    let mut conflict = |title| {
        let place = table.origin.row(table.header_row);
        findings.push(
            Finding::warning(Code::UnitConflict, title)
                .place(place)
                .help(text!(
                    "let the file and the scheme name one unit",
                    "请让文件与方案写同一个单位"
                )),
        );
    };
    match (&own_unit, &line_unit, field_unit) {
        (Some(own), Some(line), _) if own != line => conflict(text!(
            "`{name}` is in {own} by its header and in {line} by the line above the table; the header counts",
            "`{name}` 表头单位为{own}，表上方写的单位为{line}；以表头为准"
        )),
        (None, Some(line), Some(field)) if line != field => conflict(text!(
            "`{name}` is in {line} by the line above the table and in {field} by the scheme; the line counts, and the \
             cells are converted",
            "`{name}` 表上方写的单位为{line}，方案单位为{field}；以表上方为准并换算"
        )),
        _ => {}
    }
    if let (Some(own), Some(field)) = (&own_unit, field_unit)
        && own != field
    {
        conflict(text!(
            "`{name}` is in {own} by its header and in {field} by the scheme; the header counts, and the cells are \
             converted",
            "`{name}` 表头单位为{own}，方案单位为{field}；以表头为准并换算"
        ));
    }
    CellRule {
        field: field.name.clone(),
        kind: field.kind.clone(),
        header_unit: own_unit.or(line_unit),
        header_percent: percent,
        scale: field.scale,
        date_order: field.date_order,
        two_digit_years: field.date_order.is_some(),
        serials_from_1904: table.serials_from_1904,
        escaped: table.format == read::Format::Text,
        choices: field.choices.clone(),
        map: field.map.clone(),
        fill_down: field.fill_down,
        is_asked: field.is_asked,
    }
}

/// A column of `count` missing entries for a kind of field.
pub fn empty_column(kind: &FieldKind, count: usize) -> Column {
    let nothing = vec![None; count];
    match kind {
        FieldKind::Id | FieldKind::Text | FieldKind::Choice => Column::Text(TextColumn {
            codes: vec![MISSING_TEXT; count],
            dictionary: Arc::default(),
        }),
        FieldKind::Number | FieldKind::Money(_) | FieldKind::Percent => {
            Column::Number(vec![]).gather(&nothing)
        }
        FieldKind::Date => Column::Date(vec![]).gather(&nothing),
        FieldKind::DateTime => Column::DateTime(vec![]).gather(&nothing),
        FieldKind::Bool => Column::Bool(vec![]).gather(&nothing),
        FieldKind::Choices => Column::List(crate::table::ListColumn {
            rows: vec![None; count],
            ..Default::default()
        }),
    }
}

/// The columns one after another. All are of one kind, because they are of one field.
pub fn concatenate(columns: impl Iterator<Item = Column>) -> Column {
    let mut columns: Vec<Column> = columns.collect();
    if columns.len() == 1 {
        return columns.swap_remove(0);
    }
    let Some(first) = columns.first() else {
        return Column::Bool(vec![]);
    };
    let mut all = ColumnBuilder::like(first);
    for column in &columns {
        for row in 0..column.len() {
            all.push(&column.value(row));
        }
    }
    all.finish()
}

/// The place of a field of a row.
pub fn place_of(tables: &[Table], at: RowRef, column: Option<usize>) -> Place {
    let table = &tables[at.table as usize];
    let row = table.rows.row_number(at.row as usize);
    match column {
        Some(column) => table.origin.cell(row, column as u32),
        None => table.origin.row(row),
    }
}

/// The entry of a column as text, for keys and names; empty if missing.
pub fn text_at(column: &Column, row: usize) -> Arc<str> {
    match column {
        Column::Text(texts) => texts.get(row).cloned().unwrap_or_default(),
        _ => Arc::default(),
    }
}
