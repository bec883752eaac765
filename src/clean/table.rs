//! One table of a sheet: columns matched, cells read and held against their fields' limits, bad rows found, and whose
//! they are.
//!
//! A step of [`super::sheet::clean`], which brings the tables of a sheet together.

use super::absent::missing_column;
use super::broken::broken_row;
use super::column::read_column;
use super::fault::CellFault;
use super::limits;
use super::sheet::{CleanSheet, RowRef, empty_column, field_headers, rule_of, set_apart, shown};
use super::whose::{Whose, as_text};
use crate::diagnostic::stages::Kind;
use crate::diagnostic::{About, Code, Finding, Severity, Stages, Text};
use crate::parallel::{cores, each};
use crate::read::{SortedHeaders, Table};
use crate::scheme::model::{Field, Sheet};
use crate::table::{Column, Date, Place};
use crate::text;
use foldhash::HashSet;

/// One table to be read.
pub(super) struct Task<'a> {
    pub sheet: &'a Sheet,
    pub tables: &'a [Table],
    pub index: usize,
    pub keys: &'a [usize],
    pub as_of: &'a [Date],
}

/// What is found in one table, until it is known whose its rows are.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    stages: Stages,
    /// For each finding about a row which row, and which field of it.
    rows: Vec<(usize, u32, Option<usize>)>,
    /// Why rows are not used: the row, the field's place, and what is wrong.
    faults: Vec<(u32, usize, Text)>,
}

impl Found {
    /// A finding about a row.
    fn push(&mut self, row: u32, field: Option<usize>, finding: Finding) {
        // What is wrong with the row as a whole comes after what is wrong with its cells.
        if finding.is_error() {
            let order = field.unwrap_or(usize::MAX);
            self.faults.push((row, order, finding.title.clone()));
        }
        self.rows.push((self.findings.len(), row, field));
        self.findings.push(finding);
    }

    /// What was found up to now is a stage.
    fn end(&mut self, kind: Kind) {
        self.stages.end(&self.findings, kind);
    }

    /// What was found after it.
    fn append(&mut self, mut later: Self) {
        let before = self.findings.len();
        self.stages.append(before, &later.stages);
        let rows = later.rows.into_iter();
        self.rows
            .extend(rows.map(|(finding, row, field)| (before + finding, row, field)));
        self.findings.append(&mut later.findings);
        self.faults.append(&mut later.faults);
    }
}

/// What one field of a table comes to.
struct FieldRead {
    /// The column of the table that it was read from.
    source: Option<usize>,
    column: Column,
    found: Found,
}

/// From so many rows on the fields of a table are read by all cores.
const WORTH_SHARING: usize = 1 << 12;

impl Task<'_> {
    fn table(&self) -> &Table {
        &self.tables[self.index]
    }

    /// The typed columns of the table's good rows; everything else goes into `clean`.
    pub(super) fn clean(&self, clean: &mut CleanSheet) -> Vec<Column> {
        let count = self.table().rows.len();
        let threads = if count < WORTH_SHARING { 1 } else { cores() };
        let headers = SortedHeaders::of(&self.table().headers);
        let fields = each(threads, self.sheet.fields.len(), |field| {
            self.field(field, &headers)
        });
        let mut found = Found::default();
        let mut sources = vec![];
        let mut columns = vec![];
        for field in fields {
            sources.push(field.source);
            columns.push(field.column);
            found.append(field.found);
        }
        self.repeated(&columns, &sources, &mut found);
        self.whole_rows(&columns, &sources, &mut found);
        clean.sources[self.index] = sources;
        self.name_owners(&columns, &clean.sources, &mut found);
        clean.stages.append(clean.findings.len(), &found.stages);
        clean.findings.append(&mut found.findings);
        set_apart(self.index, count, found.faults, columns, clean)
    }

    /// Finds the column of a field and reads it.
    fn field(&self, position: usize, headers: &SortedHeaders<'_>) -> FieldRead {
        let (sheet, table) = (self.sheet, self.table());
        let field = &sheet.fields[position];
        let mut found = Found::default();
        let source = self.column_of(field, headers, &mut found.findings);
        let column = if let Some(column) = source {
            self.read(position, column, &mut found)
        } else {
            if field.required || self.keys.contains(&position) {
                found.findings.push(missing_column(sheet, field, table));
            }
            empty_column(&field.kind, table.rows.len())
        };
        found.end(if source.is_some() {
            Kind::Rows
        } else {
            Kind::Header
        });
        FieldRead {
            source,
            column,
            found,
        }
    }

    /// The column of the table that a field is read from.
    fn column_of(
        &self,
        field: &Field,
        headers: &SortedHeaders<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let table = self.table();
        let matches = headers.find(&field_headers(field));
        if let [first, second, ..] = matches[..] {
            let name = &field.name;
            let [one, other] = [first, second].map(|at| &table.headers[at].text);
            let title = if one == other {
                text!("two columns could be `{name}`", "有两列都可能是 `{name}`")
            } else {
                text!(
                    "two columns could be `{name}`: `{one}` and `{other}`",
                    "有两列都可能是 `{name}`：`{one}` 和 `{other}`"
                )
            };
            findings.push(
                Finding::error(Code::DuplicateColumn, title)
                    .place(table.origin.cell(table.header_row, first as u32))
                    .place(table.origin.cell(table.header_row, second as u32))
                    .help(text!(
                        "rename one of them, or name the right header in `headers` of the field",
                        "请改其中一列的列名，或在字段的 `headers` 中写明"
                    )),
            );
        }
        matches.first().copied()
    }

    /// Reads a field from its column, with a finding for each cell that cannot be read.
    fn read(&self, position: usize, column: usize, found: &mut Found) -> Column {
        let table = self.table();
        let field = &self.sheet.fields[position];
        let name = &field.name;
        let rule = rule_of(field, &table.headers[column], table, &mut found.findings);
        let read = read_column(&table.rows, column, &rule);
        if read.decided_together {
            found.stages.need_all();
        }
        found.end(Kind::Header);
        if let Some(fault) = &read.column_fault {
            let place = table.origin.cell(table.header_row, column as u32);
            found.findings.push(fault.finding(name, place));
        }
        found.end(Kind::Whole);
        for (row, fault) in &read.faults {
            let finding = self.of_cell(*row, position, column, fault);
            found.push(*row, Some(position), finding);
        }
        found.end(Kind::Rows);
        if let Some(as_of) = self.as_of.get(self.index) {
            let outside = limits::outside(field, &read.column, *as_of);
            self.limits(position, column, outside, found);
        }
        found.end(Kind::Rows);
        for row in &read.unit_conflicts {
            let offending = shown(table.rows.cell(*row as usize, column));
            let finding = Finding::warning(
                Code::UnitConflict,
                text!(
                    "`{offending}` in `{name}` has another unit than its column; the cell's own counts",
                    "`{name}` 的 `{offending}` 与列的单位不同，以单元格为准"
                ),
            )
            .place(self.cell(*row, column))
            .cell(
                text!(
                    "cells of `{name}` have another unit than their column; the cell's own counts",
                    "`{name}` 中有单元格的单位与列不同，以单元格为准"
                ),
                offending,
            );
            found.push(*row, Some(position), finding);
        }
        found.end(Kind::Rows);
        if field.required && !self.keys.contains(&position) {
            let faulty: HashSet<u32> = read.faults.iter().map(|(row, _)| *row).collect();
            let blank = (0..table.rows.len() as u32)
                .filter(|row| read.column.is_missing(*row as usize) && !faulty.contains(row));
            for row in blank {
                let finding = Finding::warning(
                    Code::BlankRequired,
                    text!("`{name}` is blank and required", "必填的 `{name}` 为空"),
                )
                .place(self.cell(row, column));
                found.push(row, Some(position), finding);
            }
        }
        read.column
    }

    /// Values that can be read and are outside what the field says.
    fn limits(
        &self,
        position: usize,
        column: usize,
        outside: Vec<(u32, CellFault)>,
        found: &mut Found,
    ) {
        for (row, fault) in outside {
            let mut finding = self.of_cell(row, position, column, &fault);
            if self.sheet.fields[position].limits.warns {
                finding = finding.with_severity(Severity::Warning);
            }
            found.push(row, Some(position), finding);
        }
    }

    /// Values that more than one row has and only one may have.
    fn repeated(&self, columns: &[Column], sources: &[Option<usize>], found: &mut Found) {
        // Rows of one key are one thing where the key is the row's own, which an event's customer is not.
        let own_key = match self.keys {
            [key] => Some(&columns[*key]),
            _ => None,
        };
        for (position, field) in self.sheet.fields.iter().enumerate() {
            if let (true, Some(column)) = (field.limits.unique, sources[position]) {
                let rows = limits::repeated(&columns[position], own_key).into_iter();
                let faults = rows.map(|row| (row, CellFault::NotUnique)).collect();
                self.limits(position, column, faults, found);
            }
        }
    }

    /// What is wrong with rows as such: more or fewer fields than the header, no key.
    fn whole_rows(&self, columns: &[Column], sources: &[Option<usize>], found: &mut Found) {
        let table = self.table();
        found.end(Kind::Whole);
        for broken in &table.broken {
            let finding = broken_row(broken.fault);
            let place = table.origin.row(broken.row_number);
            found.push(broken.index as u32, None, finding.place(place));
        }
        found.end(Kind::Rows);
        for key in self.keys {
            let Some(source) = sources[*key] else {
                continue;
            };
            // Of a key that cannot be read it is said already, and the cells of a broken row may stand under the wrong
            // headers; other faults of a row are no reason to keep quiet of it.
            let told = |field: &Option<usize>| field.is_none_or(|field| field == *key);
            let unread: HashSet<u32> = found
                .rows
                .iter()
                .filter(|(finding, _, field)| found.findings[*finding].is_error() && told(field))
                .map(|(_, row, _)| *row)
                .collect();
            for row in (0..table.rows.len() as u32).filter(|row| !unread.contains(row)) {
                if columns[*key].is_missing(row as usize) {
                    let name = &self.sheet.fields[*key].name;
                    let finding = Finding::error(
                        Code::MissingKeyCell,
                        text!("the row has no `{name}`", "该行没有 `{name}`"),
                    )
                    .place(self.cell(row, source));
                    found.push(row, Some(*key), finding);
                }
            }
            found.end(Kind::Rows);
        }
    }

    /// Says of every finding about a row whose it is. What is wrong with the row as a whole is for who sees to its key.
    fn name_owners(&self, columns: &[Column], sources: &[Vec<Option<usize>>], found: &mut Found) {
        let whose = Whose {
            sheet: self.sheet,
            tables: self.tables,
            sources,
            key: self.keys.first().copied(),
            as_of: self.as_of,
        };
        for (finding, row, field) in &found.rows {
            let at = RowRef {
                table: self.index as u32,
                row: *row,
            };
            let known = |field: usize| as_text(&columns[field].value(*row as usize));
            let about = field.or(whose.key).map(|field| &self.sheet.fields[field]);
            let Some(care) = about.map(|field| &field.care) else {
                continue;
            };
            let about = whose.row(at, care, &known);
            found.findings[*finding].about = Some(Box::new(About {
                field: field.map(|field| self.sheet.fields[field].name.clone()),
                ..about
            }));
        }
    }

    /// The finding about one cell.
    fn of_cell(&self, row: u32, position: usize, column: usize, fault: &CellFault) -> Finding {
        let name = &self.sheet.fields[position].name;
        let offending = shown(self.table().rows.cell(row as usize, column));
        let all = fault.text("…", name);
        fault
            .finding(&offending, name, self.cell(row, column))
            .cell(all, offending)
    }

    fn cell(&self, row: u32, column: usize) -> Place {
        let table = self.table();
        table
            .origin
            .cell(table.rows.row_number(row as usize), column as u32)
    }
}
