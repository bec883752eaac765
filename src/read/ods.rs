//! `OpenDocument` spreadsheets, read as a stream of tags.
//!
//! Not through calamine: it lays every repeated cell out in memory (a few bytes can ask for 17 thousand million cells)
//! and gives neither per-cent formats nor formulas without a value. A run of blank cells or rows costs nothing here,
//! and a run of others is bounded as in every workbook.
//!
//! Takes the file's bytes; gives its tables. The format is ODF 1.3 part 3; error cells are LibreOffice's extension.

use super::assemble::Candidate;
use super::excel::serial_of_iso;
use super::format::encrypted;
use super::guard::guarded;
use super::sheet_rows::{MOST_COLUMNS, MOST_ROWS, SheetRows, Value, tables, wanted};
use super::{Format, Source, Table};
use crate::diagnostic::Finding;
use crate::table::{Cell, CellError};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;

/// No content part is inflated further.
const MOST_INFLATED: u64 = 4 << 30;

/// Reads the tables of an ods file.
pub(super) fn read(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    guarded(source, || {
        let broken = |why: &dyn std::fmt::Display| source.broken(&why.to_string());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        let mut manifest = String::new();
        if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
            // A manifest that does not read says nothing about encryption; the content will show what is wrong.
            let _ = part.take(1 << 20).read_to_string(&mut manifest);
        }
        if manifest.contains("encryption-data") {
            return Err(encrypted());
        }
        let names = {
            let part = archive
                .by_name("content.xml")
                .map_err(|error| broken(&error))?;
            Content::new(part.take(MOST_INFLATED), source).table_names()?
        };
        let wanted = wanted(&names, source)?;
        let part = archive
            .by_name("content.xml")
            .map_err(|error| broken(&error))?;
        let sheets =
            Content::new(part.take(MOST_INFLATED), source).tables(&wanted, bytes.len() as u64)?;
        (source.progress)(bytes.len() as u64, bytes.len() as u64);
        tables(sheets, source)
    })
}

/// The tags of `content.xml`.
struct Content<'a, R: BufRead> {
    xml: Reader<R>,
    source: &'a Source<'a>,
    buffer: Vec<u8>,
}

type Sheets = Vec<Result<Option<Candidate>, Vec<Finding>>>;

/// What one tag meant.
enum Tag {
    Open(BytesStart<'static>),
    Close(String),
    Text(String),
    End,
}

impl<'a, R: Read> Content<'a, BufReader<R>> {
    fn new(part: R, source: &'a Source<'a>) -> Self {
        let mut xml = Reader::from_reader(BufReader::with_capacity(1 << 16, part));
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            source,
            buffer: vec![],
        }
    }

    fn next(&mut self) -> Result<Tag, Vec<Finding>> {
        loop {
            self.buffer.clear();
            let event = self
                .xml
                .read_event_into(&mut self.buffer)
                .map_err(|error| self.source.broken(&error.to_string()))?;
            return Ok(match event {
                Event::Start(tag) => Tag::Open(tag.into_owned()),
                Event::End(tag) => Tag::Close(tag.name().0.to_owned()),
                Event::Text(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => Tag::Text(resolve(&entity)),
                Event::Eof => Tag::End,
                _ => continue,
            });
        }
    }

    fn table_names(mut self) -> Result<Vec<String>, Vec<Finding>> {
        let (mut names, mut depth) = (vec![], 0_u32);
        loop {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == "table:table" => {
                    depth += 1;
                    if depth == 1 {
                        names.push(attribute(&tag, "table:name").unwrap_or_default());
                    }
                }
                Tag::Close(name) if name == "table:table" => depth = depth.saturating_sub(1),
                Tag::End => return Ok(names),
                _ => {}
            }
        }
    }

    fn tables(mut self, wanted: &[String], size: u64) -> Result<Sheets, Vec<Finding>> {
        let mut sheets: Sheets = vec![];
        let mut from_1904 = false;
        loop {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == "table:null-date" => {
                    from_1904 =
                        attribute(&tag, "table:date-value").as_deref() == Some("1904-01-01");
                }
                Tag::Open(tag) if tag.name().0 == "table:table" => {
                    let name = attribute(&tag, "table:name").unwrap_or_default();
                    let mut rows = SheetRows::new(self.source, &name, Format::Ods, size);
                    rows.count_from_1904(from_1904);
                    let skip = !wanted.contains(&name);
                    self.table(&mut rows, skip)?;
                    if !skip {
                        sheets.push(rows.finish());
                    }
                }
                Tag::End => return Ok(sheets),
                _ => {}
            }
        }
    }

    fn table(&mut self, rows: &mut SheetRows<'_, '_>, skip: bool) -> Result<(), Vec<Finding>> {
        let mut row = 0_u32;
        loop {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == "table:table-row" => {
                    let repeats = repeats(&tag, "table:number-rows-repeated");
                    let cells = self.row()?;
                    let repeats = repeats.min(MOST_ROWS.saturating_sub(row));
                    if !cells.is_empty() && !skip {
                        rows.has_room(cells.len() as u64 * u64::from(repeats))?;
                        for repeat in 0..repeats {
                            if !rows.wants_more() {
                                break;
                            }
                            for (column, value) in &cells {
                                rows.add(row + repeat, *column, copy(value))?;
                            }
                        }
                    }
                    row += repeats;
                }
                Tag::Close(name) if name == "table:table" => return Ok(()),
                Tag::End => return Err(self.source.broken("it ends within a table")),
                _ => {}
            }
        }
    }

    /// The cells of a row that are not blank.
    fn row(&mut self) -> Result<Vec<(u32, Value<'static>)>, Vec<Finding>> {
        let (mut cells, mut column) = (vec![], 0_u32);
        loop {
            match self.next()? {
                Tag::Open(tag)
                    if matches!(
                        tag.name().0,
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    let repeats = repeats(&tag, "table:number-columns-repeated")
                        .min(MOST_COLUMNS.saturating_sub(column));
                    let text = self.cell_text(tag.name().0)?;
                    if let Some(value) = cell_value(&tag, text) {
                        cells.extend(
                            (column..column + repeats).map(|column| (column, copy(&value))),
                        );
                    }
                    column += repeats;
                }
                Tag::Close(name) if name == "table:table-row" => return Ok(cells),
                Tag::End => return Err(self.source.broken("it ends within a row")),
                _ => {}
            }
        }
    }

    /// The text that a cell shows, up to its closing tag: paragraphs are lines; notes, drawings and tables within the
    /// cell are no part of it.
    fn cell_text(&mut self, cell: &str) -> Result<String, Vec<Finding>> {
        let (mut text, mut paragraphs, mut within) = (String::new(), 0_u32, false);
        loop {
            match self.next()? {
                Tag::Open(tag) => match tag.name().0 {
                    "text:p" | "text:h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        within = true;
                    }
                    "text:s" => {
                        let count = attribute(&tag, "text:c")
                            .and_then(|count| count.parse::<usize>().ok())
                            .unwrap_or(1);
                        text.extend(std::iter::repeat_n(' ', count.min(1024)));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    name @ ("office:annotation" | "draw:frame" | "draw:custom-shape"
                    | "draw:control" | "table:table") => {
                        let name = name.to_owned();
                        self.skip(&name)?;
                    }
                    _ => {}
                },
                Tag::Close(name) if name == cell => return Ok(text),
                Tag::Close(name) if name == "text:p" || name == "text:h" => within = false,
                Tag::Text(part) if within => text.push_str(&part),
                Tag::End => return Err(self.source.broken("it ends within a cell")),
                _ => {}
            }
        }
    }

    /// Goes to the end of the element `name`, which may have others of its name in it.
    fn skip(&mut self, name: &str) -> Result<(), Vec<Finding>> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == name => depth += 1,
                Tag::Close(closed) if closed == name => depth -= 1,
                Tag::End => return Err(self.source.broken("it ends within a cell")),
                _ => {}
            }
        }
        Ok(())
    }
}

fn copy(value: &Value<'static>) -> Value<'static> {
    match value {
        Value::Shared(text) => Value::Shared(text),
        Value::Own(text) => Value::Own(text.clone()),
        Value::Plain(cell) => Value::Plain(*cell),
    }
}

pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    attribute
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> u32 {
    // A count beyond all counts is cut to the worksheet's size by the caller.
    attribute(tag, name)
        .map_or(1, |count| count.parse().unwrap_or(u32::MAX))
        .max(1)
}

pub(super) fn resolve(entity: &BytesRef<'_>) -> String {
    match entity.resolve_char_ref() {
        Ok(Some(c)) => c.to_string(),
        _ => match &**entity {
            "amp" => "&".into(),
            "lt" => "<".into(),
            "gt" => ">".into(),
            "quot" => "\"".into(),
            "apos" => "'".into(),
            other => format!("&{other};"),
        },
    }
}

/// The value of a cell that shows `text`.
fn cell_value(tag: &BytesStart<'_>, text: String) -> Option<Value<'static>> {
    let plain = |cell| Some(Value::Plain(cell));
    if attribute(tag, "calcext:value-type").as_deref() == Some("error") {
        return plain(Cell::Error(error_of(&text)));
    }
    let number = || {
        attribute(tag, "office:value")
            .and_then(|value| value.parse::<f64>().ok())
            .filter(|value| value.is_finite())
    };
    match attribute(tag, "office:value-type").as_deref() {
        Some("float" | "currency") => {
            plain(number().map_or(Cell::Error(CellError::Num), Cell::Number))
        }
        Some("percentage") => plain(number().map_or(Cell::Error(CellError::Num), Cell::Percent)),
        Some("date") => match attribute(tag, "office:date-value")
            .as_deref()
            .and_then(serial_of_iso)
        {
            Some(serial) => plain(Cell::Date(serial)),
            None => Some(Value::Own(text)),
        },
        Some("boolean") => plain(Cell::Bool(
            attribute(tag, "office:boolean-value").as_deref() == Some("true"),
        )),
        Some("string") => Some(Value::Own(
            attribute(tag, "office:string-value").unwrap_or(text),
        )),
        None if attribute(tag, "table:formula").is_some() && text.is_empty() => {
            plain(Cell::Error(CellError::Unsaved))
        }
        None if text.is_empty() => None,
        // A time of day, a duration, or what an older program wrote: as shown.
        _ => Some(Value::Own(text)),
    }
}

fn error_of(text: &str) -> CellError {
    match text.trim() {
        "#DIV/0!" => CellError::Div0,
        "#N/A" => CellError::NotAvailable,
        "#NAME?" => CellError::Name,
        "#NULL!" => CellError::Null,
        "#NUM!" => CellError::Num,
        "#REF!" => CellError::Ref,
        "#VALUE!" => CellError::Value,
        _ => CellError::Other,
    }
}
