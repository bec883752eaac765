//! `OpenDocument` spreadsheets, read as a stream of tags.
//!
//! Not through calamine: it lays every repeated cell out in memory (a few bytes can ask for 17 thousand million cells)
//! and gives neither per-cent formats nor formulas without a value. A run of blank cells or rows costs nothing here,
//! and a run of others ends where the listener has had enough.
//!
//! Takes the file's bytes; says what is in it. The format is ODF 1.3 part 3; error cells are LibreOffice's extension.

use super::listener::{Fault, Listener};
use super::numbers::serial_of_iso;
use super::sheet_rows::{MOST_COLUMNS, MOST_ROWS};
use crate::table::{Cell, CellError};
use crate::text;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::ops::{ControlFlow, Range};
use zip::ZipArchive;

/// No cell's text is longer, in bytes (Excel and LibreOffice hold far less): one tag can ask for a thousand spaces.
const LONGEST_TEXT: usize = 16 << 20;

/// No row is repeated to more cells than this, though a few bytes can ask for it.
const MOST_REPEATED: u64 = 30_000_000;

/// Reads an ods file whose parts were checked.
pub(super) fn read(bytes: &[u8], listener: &mut dyn Listener) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::broken)?;
    let mut manifest = String::new();
    if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
        // A manifest that does not read says nothing about encryption; the content will show what is wrong.
        let _ = part.take(1 << 20).read_to_string(&mut manifest);
    }
    if manifest.contains("encryption-data") {
        return Err(Fault::Encrypted);
    }
    let (names, hidden) = {
        let part = archive.by_name("content.xml").map_err(Fault::broken)?;
        Content::new(part).table_names()?
    };
    for name in &hidden {
        listener.hidden(name)?;
    }
    let wanted = listener.worksheets(&names)?;
    let part = archive.by_name("content.xml").map_err(Fault::broken)?;
    Content::new(part).tables(&wanted, listener)
}

/// The tags of `content.xml`.
struct Content<R: BufRead> {
    xml: Reader<R>,
    buffer: Vec<u8>,
}

/// What one tag meant.
enum Tag {
    Open(BytesStart<'static>),
    Close(String),
    Text(String),
    End,
}

impl<R: Read> Content<BufReader<R>> {
    fn new(part: R) -> Self {
        let mut xml = Reader::from_reader(BufReader::with_capacity(1 << 16, part));
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            buffer: vec![],
        }
    }

    fn next(&mut self) -> Result<Tag, Fault> {
        loop {
            self.buffer.clear();
            let event = self
                .xml
                .read_event_into(&mut self.buffer)
                .map_err(Fault::broken)?;
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

    /// The names of the worksheets, and those of them that people do not see.
    fn table_names(mut self) -> Result<(Vec<String>, Vec<String>), Fault> {
        let (mut names, mut hidden, mut depth) = (vec![], vec![], 0_u32);
        let (mut style, mut hiding) = (None, BTreeSet::new());
        loop {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == "style:style" => {
                    style = attribute(&tag, "style:name");
                }
                Tag::Open(tag)
                    if tag.name().0 == "style:table-properties"
                        && attribute(&tag, "table:display").as_deref() == Some("false") =>
                {
                    hiding.extend(style.take());
                }
                Tag::Open(tag) if tag.name().0 == "table:table" => {
                    depth += 1;
                    if depth == 1 {
                        let name = attribute(&tag, "table:name").unwrap_or_default();
                        let style = attribute(&tag, "table:style-name");
                        if style.is_some_and(|style| hiding.contains(&style)) {
                            hidden.push(name.clone());
                        }
                        names.push(name);
                    }
                }
                Tag::Close(name) if name == "table:table" => depth = depth.saturating_sub(1),
                Tag::End => return Ok((names, hidden)),
                _ => {}
            }
        }
    }

    fn tables(mut self, wanted: &[usize], listener: &mut dyn Listener) -> Result<(), Fault> {
        for index in 0.. {
            let is_wanted = wanted.binary_search(&index).is_ok();
            loop {
                match self.next()? {
                    Tag::Open(tag) if tag.name().0 == "table:table" => break,
                    Tag::Open(tag)
                        if tag.name().0 == "table:null-date"
                            && attribute(&tag, "table:date-value").as_deref()
                                == Some("1904-01-01") =>
                    {
                        listener.counts_from_1904()?;
                    }
                    Tag::End => return Ok(()),
                    _ => {}
                }
            }
            if is_wanted {
                listener.begin(index)?;
                self.table(Some(listener))?;
                listener.end()?;
            } else {
                self.table(None)?;
            }
        }
        Ok(())
    }

    /// Goes to the end of a table and says its cells, as long as the listener wants them.
    fn table(&mut self, mut listener: Option<&mut dyn Listener>) -> Result<(), Fault> {
        let mut row = 0_u32;
        loop {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == "table:table-row" => {
                    let repeats = repeats(&tag, "table:number-rows-repeated");
                    let cells = self.row()?;
                    let repeats = repeats.min(MOST_ROWS.saturating_sub(row));
                    let width: u64 = cells.iter().map(|(columns, _)| columns.len() as u64).sum();
                    if listener.is_some() && width * u64::from(repeats) > MOST_REPEATED {
                        return Err(Fault::TooLarge);
                    }
                    let rows = if cells.is_empty() {
                        0..0
                    } else {
                        row..row + repeats
                    };
                    for row in rows {
                        let Some(hears) = &mut listener else { break };
                        if say(row, &cells, *hears)?.is_break() {
                            listener = None;
                        }
                    }
                    row += repeats;
                }
                Tag::Close(name) if name == "table:table" => return Ok(()),
                Tag::End => {
                    return Err(Fault::Broken(text!(
                        "it ends within a table",
                        "内容在表格中途结束"
                    )));
                }
                _ => {}
            }
        }
    }

    /// The cells of a row that are not blank, each with its columns.
    fn row(&mut self) -> Result<Vec<(Range<u32>, Value)>, Fault> {
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
                        cells.push((column..column + repeats, value));
                    }
                    column += repeats;
                }
                Tag::Close(name) if name == "table:table-row" => return Ok(cells),
                Tag::End => {
                    return Err(Fault::Broken(text!(
                        "it ends within a row",
                        "内容在一行中途结束"
                    )));
                }
                _ => {}
            }
        }
    }

    /// The text that a cell shows, up to its closing tag: paragraphs are lines; notes, drawings and tables within the
    /// cell are no part of it.
    fn cell_text(&mut self, cell: &str) -> Result<String, Fault> {
        let (mut text, mut paragraphs, mut within) = (String::new(), 0_u32, false);
        loop {
            if text.len() > LONGEST_TEXT {
                return Err(Fault::TooLarge);
            }
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
                Tag::End => {
                    return Err(Fault::Broken(text!(
                        "it ends within a cell",
                        "内容在单元格中途结束"
                    )));
                }
                _ => {}
            }
        }
    }

    /// Goes to the end of the element `name`, which may have others of its name in it.
    fn skip(&mut self, name: &str) -> Result<(), Fault> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Tag::Open(tag) if tag.name().0 == name => depth += 1,
                Tag::Close(closed) if closed == name => depth -= 1,
                Tag::End => {
                    return Err(Fault::Broken(text!(
                        "it ends within a cell",
                        "内容在单元格中途结束"
                    )));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The value of a cell, which has its text.
enum Value {
    Text(String),
    Plain(Cell<'static>),
}

fn say(
    row: u32,
    cells: &[(Range<u32>, Value)],
    listener: &mut dyn Listener,
) -> Result<ControlFlow<()>, Fault> {
    for (columns, value) in cells {
        let cell = match value {
            Value::Text(text) => Cell::Text(text),
            Value::Plain(cell) => *cell,
        };
        for column in columns.clone() {
            if listener.cell(row, column, cell)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
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

/// The value of a cell that shows `text`; `None` for nothing.
fn cell_value(tag: &BytesStart<'_>, text: String) -> Option<Value> {
    value_of(tag, text).filter(|value| !matches!(value, Value::Text(text) if text.is_empty()))
}

fn value_of(tag: &BytesStart<'_>, text: String) -> Option<Value> {
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
            None => Some(Value::Text(text)),
        },
        Some("boolean") => plain(Cell::Bool(
            attribute(tag, "office:boolean-value").as_deref() == Some("true"),
        )),
        Some("string") => Some(Value::Text(
            attribute(tag, "office:string-value").unwrap_or(text),
        )),
        None if attribute(tag, "table:formula").is_some() && text.is_empty() => {
            plain(Cell::Error(CellError::Unsaved))
        }
        None if text.is_empty() => None,
        // A time of day, a duration, or what an older program wrote: as shown.
        _ => Some(Value::Text(text)),
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
