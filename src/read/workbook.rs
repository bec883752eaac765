//! Workbooks of all formats: decides where one is read, and makes tables of what its reader says.
//!
//! xlsx is scanned in this process or, where it is not as programs write it, streamed by calamine as long as little of it
//! is held in memory; everything else is read in a process of its own, if there is a program to run as one.

use super::assemble::Candidate;
use super::format::Content;
use super::guard::{Parts, check_parts, guarded, read_apart};
use super::listener::{Fault, Listener, Patient, Placed};
use super::properties::{ASIDE, properties_of};
use super::sheet_rows::{MOST_COLUMNS, SheetRows};
use super::worksheets::{tables, wanted};
use super::{Format, Source, Table, assemble, ods, sheet_scan, xls, xlsb, xlsx};
use crate::diagnostic::{Code, Finding};
use crate::table::{Cell, RawRows};
use crate::text;
use crate::words::how_many;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Reads the tables of a workbook.
pub(super) fn read(content: &Content, source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    let mut collector = Collector {
        source,
        format: content.format,
        size: content.bytes.len() as u64,
        aside: if content.format == Format::Xlsx
            && !source.known.is_empty()
            && source.worksheet.is_none()
        {
            // A list of those who moved has keys and grades too, and is no second customers' sheet.
            let aside = properties_of(&content.bytes).list(ASIDE);
            aside.into_iter().collect()
        } else {
            BTreeSet::new()
        },
        names: vec![],
        hidden: BTreeSet::new(),
        from_1904: false,
        rows: None,
        candidates: vec![],
        refused: None,
    };
    let outcome = listen(content, source, &mut collector);
    (source.progress)(collector.size, collector.size);
    match (collector.refused, outcome) {
        (Some(findings), _) => Err(findings),
        (None, Err(fault)) => Err(fault.findings(source)),
        (None, Ok(())) => tables(collector.candidates, source),
    }
}

/// The cells of worksheets as they stand there: of each, those of the first row, then the others, as far as the first
/// row goes to the right; `None` for a worksheet that is not there.
pub(super) fn cells(
    content: &Content,
    worksheets: &[String],
    source: &Source<'_>,
) -> Result<Vec<Option<RawRows>>, Vec<Finding>> {
    let mut plain = Plain {
        worksheets,
        found: vec![None; worksheets.len()],
        places: vec![],
        current: 0,
        row: (0, vec![]),
        most: source.limits.table(),
    };
    listen(content, source, &mut plain).map_err(|fault| fault.findings(source))?;
    Ok(plain.found)
}

/// Has a workbook read, here or in another process.
fn listen(content: &Content, source: &Source<'_>, listener: &mut dyn Patient) -> Result<(), Fault> {
    let limits = &source.limits;
    let mut parts = if content.format == Format::Xls {
        Parts::default()
    } else {
        check_parts(&content.bytes, limits)?
    };
    if content.format == Format::Xlsx
        && parts.held <= limits.held()
        && parts.texts <= limits.table()
    {
        if guarded(|| sheet_scan::read(&content.bytes, listener))?.is_ok() {
            return Ok(());
        }
        listener.again();
    }
    // A library holds them, too, and not in one text.
    parts.held += parts.texts;
    let streams = content.format == Format::Xlsx && parts.held <= limits.held();
    match &source.options.guard.process {
        Some(program) if !streams => read_apart(
            program,
            (content.format, &content.bytes),
            parts,
            limits,
            listener,
        ),
        // What a library makes of it is several times as large.
        None if parts.held > 4 * limits.held() => Err(Fault::TooLarge),
        _ => guarded(|| read_here(content.format, &content.bytes, parts, listener)),
    }
}

/// Reads a workbook whose parts were checked, in this process.
pub(super) fn read_here(
    format: Format,
    bytes: &[u8],
    parts: Parts,
    listener: &mut dyn Listener,
) -> Result<(), Fault> {
    match format {
        Format::Xlsx => xlsx::read(bytes, parts, listener),
        Format::Xlsb => xlsb::read(bytes, listener),
        Format::Xls => xls::read(bytes, listener),
        Format::Ods => ods::read(bytes, listener),
        Format::Text | Format::Html | Format::SpreadsheetMl => {
            Err(Fault::Broken(text!("it is no workbook", "不是工作簿")))
        }
    }
}

/// Makes tables of what it hears.
struct Collector<'a> {
    source: &'a Source<'a>,
    format: Format,
    size: u64,
    /// Worksheets that hold no data.
    aside: BTreeSet<String>,
    names: Vec<String>,
    /// Worksheets that people do not see.
    hidden: BTreeSet<String>,
    from_1904: bool,
    rows: Option<SheetRows<'a>>,
    candidates: Vec<Result<Option<Candidate>, Vec<Finding>>>,
    refused: Option<Vec<Finding>>,
}

impl<'a> Collector<'a> {
    /// Has the rows of the worksheet take something.
    fn take(
        &mut self,
        add: impl FnOnce(&mut SheetRows<'a>) -> Result<(), Vec<Finding>>,
    ) -> Result<ControlFlow<()>, Fault> {
        let Some(rows) = &mut self.rows else {
            return Ok(ControlFlow::Break(()));
        };
        if let Err(findings) = add(rows) {
            self.rows = None;
            // Without a clear header it may be a worksheet that nobody wants; anything else is about the whole file.
            if findings
                .iter()
                .any(|finding| finding.code != Code::NoHeader)
            {
                self.refused = Some(findings);
                return Err(Fault::Stopped);
            }
            self.candidates.push(Err(findings));
            return Ok(ControlFlow::Break(()));
        }
        Ok(if rows.wants_more() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    }
}

impl Listener for Collector<'_> {
    fn counts_from_1904(&mut self) -> Result<(), Fault> {
        self.from_1904 = true;
        Ok(())
    }

    fn hidden(&mut self, name: &str) -> Result<(), Fault> {
        // One that is asked for by its name is no surprise.
        if self.source.worksheet.is_none() {
            self.hidden.insert(name.to_owned());
        }
        Ok(())
    }

    fn worksheets(&mut self, names: &[String]) -> Result<Vec<usize>, Fault> {
        names.clone_into(&mut self.names);
        if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
            // A reader that finds worksheets by their names would give one of them twice and the other never.
            return Err(Fault::Broken(text!(
                "two worksheets of one name",
                "有两张同名的工作表"
            )));
        }
        match wanted(names, self.source) {
            Ok(indices) => Ok(indices
                .into_iter()
                .filter(|index| !self.aside.contains(&names[*index]))
                .collect()),
            Err(findings) => {
                self.refused = Some(findings);
                Err(Fault::Stopped)
            }
        }
    }

    fn begin(&mut self, index: usize) -> Result<(), Fault> {
        let name = self.names.get(index);
        let name = name.ok_or_else(|| {
            Fault::Broken(text!(
                "a worksheet that it does not name",
                "有一张未列出名称的工作表"
            ))
        })?;
        let mut rows = SheetRows::new(self.source, name, self.format, self.size);
        rows.count_from_1904(self.from_1904);
        self.rows = Some(rows);
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<ControlFlow<()>, Fault> {
        self.take(|rows| rows.add(row, column, cell))
    }

    fn row(&mut self, row: u32, cells: &[Placed<'_>]) -> Result<ControlFlow<()>, Fault> {
        self.take(|rows| rows.add_row(row, cells))
    }

    fn end(&mut self) -> Result<(), Fault> {
        if let Some(rows) = self.rows.take() {
            let mut candidate = rows.finish();
            if let Ok(Some(Candidate { table, .. })) = &mut candidate {
                let worksheet = table.origin.worksheet.as_deref();
                if worksheet.is_some_and(|worksheet| self.hidden.contains(worksheet)) {
                    tell_of_hidden(table);
                }
            }
            self.candidates.push(candidate);
        }
        Ok(())
    }

    fn progress(&mut self, done: u64) {
        (self.source.progress)(done, self.size);
    }
}

impl Patient for Collector<'_> {
    fn again(&mut self) {
        self.from_1904 = false;
        self.hidden.clear();
        self.rows = None;
        self.candidates.clear();
    }
}

/// Says so if the rows of a table come from a worksheet that nobody sees who opens the workbook: last year's, perhaps.
pub(super) fn tell_of_hidden(table: &mut Table) {
    let Some(worksheet) = table.origin.worksheet.as_deref() else {
        return;
    };
    if table.rows.is_empty() {
        return;
    }
    let count = table.rows.len();
    let rows = how_many(count, "row");
    let title = text!(
        "worksheet `{worksheet}` is hidden; its {rows} are read all the same",
        "工作表 `{worksheet}` 是隐藏的，其中的 {count} 行也已读取"
    );
    let finding = Finding::warning(Code::ReadAs, title).place(table.origin.place());
    table.notes.push(finding.help(text!(
        "if they are not to count, delete the worksheet, or name the one to read: `FILE[WORKSHEET]`",
        "如果不应计入，请删除该工作表，或指定要读的工作表：`文件[工作表]`"
    )));
}

/// Keeps cells as they stand.
struct Plain<'a> {
    worksheets: &'a [String],
    found: Vec<Option<RawRows>>,
    /// For each worksheet of the workbook its place in `worksheets`.
    places: Vec<Option<usize>>,
    current: usize,
    /// The row that is being collected, from 0, and its cells by column.
    row: (u32, Vec<(u32, assemble::Held)>),
    most: u64,
}

impl Plain<'_> {
    fn flush(&mut self) -> Result<(), Fault> {
        let (row, cells) = &mut self.row;
        if cells.is_empty() {
            return Ok(());
        }
        let width = cells.iter().map(|(column, _)| *column as usize + 1).max();
        let raw =
            self.found[self.current].get_or_insert_with(|| RawRows::new(width.unwrap_or_default()));
        if raw.width() == 0 {
            *raw = RawRows::new(width.unwrap_or_default());
        }
        let mut line = vec![Cell::Blank; raw.width()];
        for (column, cell) in cells.iter() {
            if let Some(place) = line.get_mut(*column as usize) {
                *place = cell.cell();
            }
        }
        raw.push(*row + 1, line);
        if raw.memory() > self.most {
            return Err(Fault::TooLarge);
        }
        cells.clear();
        Ok(())
    }
}

impl Patient for Plain<'_> {
    fn again(&mut self) {
        self.found = vec![None; self.worksheets.len()];
        self.row.1.clear();
    }
}

impl Listener for Plain<'_> {
    fn worksheets(&mut self, names: &[String]) -> Result<Vec<usize>, Fault> {
        let place = |name: &String| self.worksheets.iter().position(|wanted| wanted == name);
        self.places = names.iter().map(place).collect();
        Ok((0..names.len())
            .filter(|index| self.places[*index].is_some())
            .collect())
    }

    fn begin(&mut self, index: usize) -> Result<(), Fault> {
        let place = self.places.get(index).copied().flatten();
        self.current = place.ok_or_else(|| {
            Fault::Broken(text!(
                "a worksheet that nobody wants",
                "有一张不需要的工作表"
            ))
        })?;
        self.found[self.current] = Some(RawRows::default());
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<ControlFlow<()>, Fault> {
        if row != self.row.0 {
            self.flush()?;
            self.row.0 = row;
        }
        // A person who shows a number in another way has not changed it.
        let held = assemble::Held::of(match cell {
            Cell::Percent(value) => Cell::Number(value),
            cell => cell,
        });
        if !held.is_blank() && column < MOST_COLUMNS {
            self.row.1.push((column, held));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.flush()
    }
}
