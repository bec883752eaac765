//! The rows below the header: which of them are data, which are passed over, and what of them lies outside the table.

use super::assemble::{HeadRow, Held, is_blank};
use super::header::Header;
use super::header_row::Lexicon;
use super::records::Record;
use super::skipped::{Blank, PLACES_KEPT, Skipped};
use super::{BrokenRow, Format, RowFault, Source, delimiter, footer, header_row, second_table};
use crate::diagnostic::{Code, Finding};
use crate::table::{Cell, Origin, RawRows};
use crate::text;

/// A blank stretch of the header row that is longer ends the table: what is beyond it is a stray cell, not a header.
const LONGEST_GAP: usize = 50;

/// A table whose header is known.
pub(super) struct Body<'a> {
    lexicon: &'a [Lexicon],
    pub(super) header_row: u32,
    /// Whether the header is that row and the one above it.
    pub(super) two_rows: bool,
    pub(super) headers: Vec<Header>,
    /// The header's fields without the blank ones at its end.
    extent: usize,
    /// The columns that have a header or a cell.
    used: usize,
    key: Option<usize>,
    pub(super) matched: bool,
    pub(super) unit_line: Option<String>,
    titles: usize,
    pub(super) rows: RawRows,
    pub(super) broken: Vec<BrokenRow>,
    blank: Blank,
    /// Blank rows since the last row that was not; those at the end are no gap in the table.
    blank_pending: Blank,
    footers: Skipped,
    repeats: Skipped,
    strays: Vec<(u32, u32)>,
    stray_count: u64,
    /// Rows with one cell after a gap, or with a sentence: the next row shows whether they are titles of another table,
    /// notes at the end, or rows.
    held: Vec<HeadRow>,
    /// Whether any was.
    has_held: bool,
    /// Where another table begins below: from there on nothing is read.
    below: Option<u32>,
    /// Rows of another table below.
    below_count: u64,
    /// The first column of another table beside this one.
    beside: Option<u32>,
    /// The first row that says that what is below it is in another unit.
    other_unit: Option<OtherUnit>,
}

/// What is known of a table when its header is: a part of its rows can be read by it.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) header_row: u32,
    two_rows: bool,
    /// The headers, the nameless ones at the end too.
    pub(super) headers: Vec<Header>,
    /// How many there are without those.
    pub(super) extent: usize,
    /// The column of the key.
    pub(super) key: Option<usize>,
    pub(super) matched: bool,
    pub(super) unit_line: Option<String>,
    titles: usize,
}

/// What parts of a table's rows have that is told of all of them together.
#[derive(Clone, Debug, Default)]
pub(super) struct PassedOver {
    footers: Skipped,
    repeats: Skipped,
}

impl PassedOver {
    /// Those of the part that comes next.
    pub(super) fn append(&mut self, later: &Self) {
        self.footers.append(&later.footers);
        self.repeats.append(&later.repeats);
    }
}

/// What of a part of a table's rows has to do with the rows before or after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Nothing: the part is rows, one below the other.
    Rows,
    /// It ends in blank rows, behind which no row may come.
    Ends,
    /// Something that only all rows together tell.
    Open,
}

/// A row below the header that names another unit than the header: one table has one.
struct OtherUnit {
    row: u32,
    /// Its column, if it is that of a header printed again.
    column: Option<u32>,
    here: String,
    above: String,
}

/// More such rows in a row are rows.
const MOST_HELD: usize = 20;

impl<'a> Body<'a> {
    /// The table below `header`, whose texts are `headers`, with the titles `above` it.
    pub(super) fn new(
        header: &HeadRow,
        mut headers: Vec<Header>,
        above: &[HeadRow],
        format: Format,
        source: &'a Source<'a>,
    ) -> Self {
        let mut extent = 0;
        for (column, header) in headers.iter().enumerate() {
            if !header.text.is_empty()
                && (extent == 0 || column - extent <= LONGEST_GAP || format == Format::Text)
            {
                extent = column + 1;
            }
        }
        if format != Format::Text {
            headers.truncate(extent);
        }
        let key_of = |column: &usize| {
            source
                .lexicon
                .iter()
                .any(|known| known.key.contains(&headers[*column].folded))
        };
        let key = (0..headers.len()).find(key_of);
        let shape = Shape {
            header_row: header.number,
            two_rows: false,
            extent,
            key,
            matched: key.is_some(),
            unit_line: header_row::unit_line(above),
            titles: above.iter().filter(|row| !row.is_blank()).count(),
            headers,
        };
        Self::of(shape, &source.lexicon)
    }

    /// What the header says.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            header_row: self.header_row,
            two_rows: self.two_rows,
            headers: self.headers.clone(),
            extent: self.extent,
            key: self.key,
            matched: self.matched,
            unit_line: self.unit_line.clone(),
            titles: self.titles,
        }
    }

    /// A part of the rows of a table of which the header is known, none of them yet.
    pub(super) fn part(shape: &Shape, lexicon: &'a [Lexicon]) -> Self {
        Self::of(shape.clone(), lexicon)
    }

    fn of(shape: Shape, lexicon: &'a [Lexicon]) -> Self {
        Self {
            lexicon,
            header_row: shape.header_row,
            two_rows: shape.two_rows,
            extent: shape.extent,
            used: shape.extent,
            key: shape.key,
            matched: shape.matched,
            unit_line: shape.unit_line,
            titles: shape.titles,
            rows: RawRows::new(shape.headers.len()),
            headers: shape.headers,
            broken: vec![],
            blank: Blank::default(),
            blank_pending: Blank::default(),
            footers: Skipped::default(),
            repeats: Skipped::default(),
            strays: vec![],
            stray_count: 0,
            held: vec![],
            has_held: false,
            below: None,
            below_count: 0,
            beside: None,
            other_unit: None,
        }
    }

    /// How the part stands to the others.
    pub(super) fn standing(&self) -> Part {
        let is_open = self.has_held
            || self.below.is_some()
            || self.other_unit.is_some()
            || self.blank.count > 0
            || self.used > self.extent;
        if is_open {
            Part::Open
        } else if self.blank_pending.count > 0 {
            Part::Ends
        } else {
            Part::Rows
        }
    }

    /// The part is at its end: what it is told of with others.
    pub(super) fn end_of_part(&mut self) -> PassedOver {
        self.rows.narrow(self.used);
        self.headers.truncate(self.used);
        PassedOver {
            footers: std::mem::take(&mut self.footers),
            repeats: std::mem::take(&mut self.repeats),
        }
    }

    /// How the table was read of which these are all parts.
    pub(super) fn notes_of_parts(mut self, all: PassedOver, origin: &Origin) -> Vec<Finding> {
        self.footers = all.footers;
        self.repeats = all.repeats;
        self.notes(origin)
    }

    /// `count` blank rows from row `first`.
    pub(super) fn blank_rows(&mut self, first: u32, count: u32) {
        self.blank_pending.add(first, count.into());
    }

    /// The next row below the header.
    pub(super) fn row(&mut self, record: &Record<'_>, format: Format) {
        let (number, cells) = (record.line, record.cells);
        let width = self.headers.len();
        let table = if format == Format::Text {
            cells
        } else {
            self.strays_of(number, cells);
            &cells[..cells.len().min(width)]
        };
        let Some(first) = table.iter().position(|cell| !is_blank(cell)) else {
            self.blank_pending.add(number, 1);
            return;
        };
        self.look_for_unit_line(number, table, first);
        if self.is_footer(cells, first) {
            self.footers.add(number);
            return;
        }
        if self.repeats_header(cells, first) {
            self.repeats.add(number);
            if self.below.is_none() {
                self.look_for_units(number, cells);
            }
            // What stands between a gap and the header printed again is the title of a page.
            for title in std::mem::take(&mut self.held) {
                self.footers.add(title.number);
            }
            return;
        }
        if self.below.is_some() {
            self.below_count += 1;
            return;
        }
        let after_gap = self.blank_pending.count > 0 || !self.held.is_empty();
        if after_gap && self.begins_another(number, cells) {
            return;
        }
        let single = after_gap && second_table::is_single(table);
        if (single || second_table::is_note(table, self.extent)) && self.held.len() < MOST_HELD {
            self.held.push(HeadRow::of(record));
            self.has_held = true;
            return;
        }
        self.release(format);
        self.take(record, format);
    }

    /// Takes a row that is data.
    fn take(&mut self, record: &Record<'_>, format: Format) {
        let (number, cells) = (record.line, record.cells);
        let width = self.headers.len();
        let pending = std::mem::take(&mut self.blank_pending);
        if pending.count > 0 {
            self.blank.add(pending.first, pending.count);
        }
        if format == Format::Text {
            let fault = self.note_if_broken(record, width);
            if let (Some(RowFault::Delimiter(other)), [Cell::Text(line)]) = (fault, cells) {
                // Nothing of it counts, but whose row it is can be seen.
                let fields = delimiter::split(line, other);
                let cells = fields.iter().map(|field| Cell::Text(field));
                return self.rows.push(number, cells);
            }
        }
        if self.used < width
            && let Some(last) = cells.iter().take(width).rposition(|cell| !is_blank(cell))
        {
            self.used = self.used.max(last + 1);
        }
        match record.written {
            Some(written) => self.rows.push_record(number, written, cells),
            None => self.rows.push(number, cells.iter().copied()),
        }
    }

    /// The rows that were held are rows.
    fn release(&mut self, format: Format) {
        for row in std::mem::take(&mut self.held) {
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            self.take(&row.record(&cells), format);
        }
    }

    /// Whether another table begins with this row, which comes after a gap; from its title on nothing is read.
    fn begins_another(&mut self, number: u32, cells: &[Cell<'_>]) -> bool {
        let titled = !self.held.is_empty();
        if self.rows.is_empty() || !second_table::is_header(cells, &self.rows, self.lexicon, titled)
        {
            return false;
        }
        let titles = std::mem::take(&mut self.held);
        let below = titles.first().map_or(number, |title| title.number);
        self.below = Some(below);
        // What its titles say is not of this table.
        self.other_unit.take_if(|other| other.row >= below);
        true
    }

    /// The key's cell decides; the first cell that is not blank where there is no key, or no cell of it.
    fn is_footer(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let key = self
            .key
            .and_then(|key| cells.get(key))
            .filter(|cell| !is_blank(cell));
        matches!(key.unwrap_or(&cells[first]), Cell::Text(text) if footer::is_footer(text))
    }

    /// The header printed again, as on each page of a report. One cell alone may be data.
    fn repeats_header(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let same = |(column, header): (usize, &Header)| match cells.get(column) {
            Some(Cell::Text(text)) => Header::new(text).folded == header.folded,
            Some(Cell::Blank) | None => header.text.is_empty(),
            Some(_) => false,
        };
        let is_as_written = |(cell, header): (&Cell<'_>, &Header)| matches!(cell, Cell::Text(text) if text.trim() == header.text);
        // Of the first two one may have another unit.
        let mut first_two = cells[first..].iter().zip(self.headers.iter().skip(first));
        let worth_a_look = first_two.by_ref().take(2).any(is_as_written);
        self.extent > 1 && worth_a_look && self.headers.iter().enumerate().all(same)
    }

    /// Notes a header printed again with another unit.
    fn look_for_units(&mut self, row: u32, cells: &[Cell<'_>]) {
        let line = self.unit_line.as_deref();
        let other = self.headers.iter().zip(cells).enumerate();
        let mut other = other.filter_map(|(column, (header, cell))| {
            let Cell::Text(text) = cell else { return None };
            let again = Header::new(text);
            let (here, above) = (again.unit.as_deref(), header.unit.as_deref());
            (here.or(line) != above.or(line)).then(|| OtherUnit {
                row,
                column: Some(column as u32),
                here: again.text.clone(),
                above: header.text.clone(),
            })
        });
        let found = other.next();
        self.other_unit = self.other_unit.take().or(found);
    }

    /// Notes a line of its own with another unit than the table's: `单位：元` above the second part of it.
    fn look_for_unit_line(&mut self, row: u32, cells: &[Cell<'_>], first: usize) {
        let Cell::Text(text) = cells[first] else {
            return;
        };
        if self.below.is_some()
            || self.other_unit.is_some()
            || !cells[first + 1..].iter().all(is_blank)
        {
            return;
        }
        let Some(here) = header_row::unit_in(text) else {
            return;
        };
        let units = self
            .headers
            .iter()
            .filter_map(|header| header.unit.as_ref())
            .filter(|unit| *unit != "%");
        let mut units: Vec<&String> = self.unit_line.iter().chain(units).collect();
        units.dedup();
        if units != [&here] {
            let above = units.iter().map(|unit| format!("`{unit}`"));
            self.other_unit = Some(OtherUnit {
                row,
                column: None,
                here: text.trim().to_owned(),
                above: above.collect::<Vec<_>>().join(", "),
            });
        }
    }

    /// The error of a table in more than one unit; none for a table that is no sheet of the scheme.
    pub(super) fn units_differ(&self, origin: &Origin) -> Option<Finding> {
        if !self.matched && !self.lexicon.is_empty() {
            return None;
        }
        let OtherUnit {
            row,
            column,
            here,
            above,
        } = self.other_unit.as_ref()?;
        let title = if column.is_some() {
            text!(
                "the header is repeated with another unit: `{here}` below `{above}`",
                "重复的表头单位不同：上面是 `{above}`，这里是 `{here}`"
            )
        } else if above.is_empty() {
            text!(
                "`{here}` stands below a header without a unit",
                "表头没有单位，`{here}` 却写在它下面"
            )
        } else {
            text!(
                "`{here}` stands below a header in {above}",
                "上面的单位是 {above}，这里却是 `{here}`"
            )
        };
        let place = column.map_or_else(|| origin.row(*row), |column| origin.cell(*row, column));
        Some(
            Finding::error(Code::UnitConflict, title)
                .place(place)
                .help(text!(
                    "bring all rows to one unit and name it in the header, or put each part into a file of its own",
                    "请把所有行换算成同一单位并写在表头里，或把各部分放到不同的文件里"
                )),
        )
    }

    fn note_if_broken(&mut self, record: &Record<'_>, width: usize) -> Option<RowFault> {
        let cells = record.cells;
        let beyond = cells.iter().skip(width).any(|cell| !is_blank(cell));
        let expected = if beyond { width } else { self.extent };
        let fault = record.fault.or_else(|| {
            if let [Cell::Text(line)] = cells
                && let Some(other) = delimiter::other(line, expected)
            {
                return Some(RowFault::Delimiter(other));
            }
            (beyond || cells.len() < self.extent).then_some(RowFault::Fields {
                found: cells.len(),
                expected,
            })
        });
        self.broken.extend(fault.map(|fault| BrokenRow {
            index: self.rows.len(),
            row_number: record.line,
            fault,
        }));
        fault
    }

    /// Notes the cells of `row` beyond the table.
    pub(super) fn strays_of(&mut self, row: u32, cells: &[Cell<'_>]) {
        for (column, cell) in cells.iter().enumerate().skip(self.headers.len()) {
            if !is_blank(cell) {
                self.stray(row, column as u32);
            }
        }
    }

    /// Notes a cell beyond the table.
    pub(super) fn stray(&mut self, row: u32, column: u32) {
        self.stray_count += 1;
        if self.strays.len() < PLACES_KEPT {
            self.strays.push((row, column));
        }
    }

    /// The table is at its end.
    pub(super) fn finish(&mut self, format: Format) {
        // Sentences at the end are notes; what is shorter may be a row that has nothing but its key.
        let notes = self.held.iter().rev();
        let notes = notes.take_while(|row| {
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            second_table::is_note(&cells, self.extent)
        });
        let rows = self.held.len() - notes.count();
        for note in self.held.split_off(rows) {
            self.footers.add(note.number);
        }
        self.release(format);
        // Columns at the end without a header and without a cell are no columns: exports end each line with a comma.
        self.rows.narrow(self.used);
        self.rows.shrink_to_fit();
        self.headers.truncate(self.used);
        self.leave_beside();
    }

    /// Leaves a table beside this one out.
    fn leave_beside(&mut self) {
        let Some((from, end)) = second_table::beside(&self.headers, &self.rows, self.key) else {
            return;
        };
        let others = (0..self.headers.len()).filter(|column| !(from..end).contains(column));
        let first = others
            .clone()
            .find(|column| !self.headers[*column].text.is_empty());
        self.beside = first.map(|column| column as u32);
        let mut rows = RawRows::new(end);
        for row in 0..self.rows.len() {
            let cells = self.rows.row(row).take(end).enumerate();
            let cells: Vec<Cell<'_>> = cells
                .map(|(column, cell)| if column < from { Cell::Blank } else { cell })
                .collect();
            if !cells.iter().all(is_blank) {
                rows.push(self.rows.row_number(row), cells);
            }
        }
        self.rows = rows;
        self.headers.truncate(end);
        for header in &mut self.headers[..from] {
            *header = Header::new("");
        }
    }

    /// How the table was read.
    pub(super) fn notes(&self, origin: &Origin) -> Vec<Finding> {
        let mut notes = vec![];
        let (row, titles) = (self.header_row, self.titles);
        let header = match (self.two_rows, titles) {
            (false, 0) => None,
            (false, _) => Some(text!(
                "the header is row {row}; {titles} rows above it are titles",
                "表头在第 {row} 行，其上 {titles} 行是标题"
            )),
            (true, 0) => Some(text!(
                "the header is rows {} and {row}",
                "表头是第 {} 行和第 {row} 行",
                row - 1
            )),
            (true, _) => Some(text!(
                "the header is rows {} and {row}; {titles} rows above them are titles",
                "表头是第 {} 行和第 {row} 行，其上 {titles} 行是标题",
                row - 1
            )),
        };
        notes.extend(header.map(|title| Finding::note(Code::ReadAs, title).place(origin.row(row))));
        notes.extend(self.other_tables(origin));
        if self.blank.count > 0 {
            let title = text!(
                "{} blank rows were skipped",
                "已跳过 {} 个空行",
                self.blank.count
            );
            notes.push(Finding::note(Code::SkippedRows, title).place(origin.row(self.blank.first)));
        }
        let footers = text!(
            "{} rows of totals, signatures or notes were skipped",
            "已跳过 {} 行合计、签字或备注",
            self.footers.count
        );
        let repeats = text!(
            "{} repeated header rows were skipped",
            "已跳过 {} 个重复的表头行",
            self.repeats.count
        );
        self.footers.notes(origin, &footers, &mut notes);
        self.repeats.notes(origin, &repeats, &mut notes);
        let count = self.stray_count;
        let strays = text!(
            "{count} cells outside the table are not read",
            "表格范围之外有 {count} 个单元格，未读取"
        );
        notes.extend(self.strays.iter().map(|(row, column)| {
            Finding::warning(Code::StrayCells, strays.clone()).place(origin.cell(*row, *column))
        }));
        notes
    }

    /// What is said of tables on the worksheet that are not read.
    fn other_tables(&self, origin: &Origin) -> Vec<Finding> {
        let help = text!(
            "put it on a worksheet or into a file of its own; if it is the one you mean, name its header with \
             `--header-row`",
            "请把它放到单独的工作表或文件里；如果要读的是它，请用 `--header-row` 指定它的表头所在行"
        );
        let below = self.below.map(|row| {
            let count = self.below_count;
            let title = text!(
                "another table begins in row {row}: its header and {count} rows are not read",
                "第 {row} 行开始是另一张表：它的表头和 {count} 行未读取"
            );
            (title, origin.row(row))
        });
        let beside = self.beside.map(|column| {
            let title = text!(
                "another table stands beside this one and is not read",
                "旁边还有另一张表，未读取"
            );
            (title, origin.cell(self.header_row, column))
        });
        let found = below.into_iter().chain(beside);
        let finding = |(title, place)| {
            Finding::warning(Code::SecondTable, title)
                .place(place)
                .help(help.clone())
        };
        found.map(finding).collect()
    }
}
