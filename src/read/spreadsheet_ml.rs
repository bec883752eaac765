//! The XML of Excel 2002 and 2003 (`SpreadsheetML`), which reporting systems still write, mostly under the name `.xls`.
//!
//! Takes the file's bytes; gives its tables. Elements and attributes go by their local names, for programs disagree on
//! prefixes. The format is Microsoft's "XML Spreadsheet Reference".

use super::assemble::{Candidate, Held};
use super::listener::in_its_words;
use super::numbers::{number, serial_of_iso, shows_percent};
use super::ods::resolve;
use super::sheet_rows::{MOST_COLUMNS, MOST_ROWS, SheetRows};
use super::workbook::tell_of_hidden;
use super::worksheets::{Sheet, of_text, wanted};
use super::{Format, Source, Table};
use crate::diagnostic::Finding;
use crate::table::{Cell, CellError};
use crate::text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;

/// Reads the tables of a `SpreadsheetML` file.
pub(super) fn read(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    of_text(bytes, declared_encoding(bytes).as_deref(), source, sheets)
}

fn sheets(text: &str, source: &Source<'_>) -> Result<Vec<Sheet>, Vec<Finding>> {
    let names = Book::new(text, source).names()?;
    let wanted = wanted(&names, source)?;
    Book::new(text, source).tables(&wanted)
}

/// The encoding that the XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start: String = bytes.iter().take(200).map(|b| char::from(*b)).collect();
    let (declaration, _) = start.split_once("?>")?;
    let (_, rest) = declaration.split_once("encoding=")?;
    let quoted = |quote: char| rest.strip_prefix(quote)?.split_once(quote);
    let (label, _) = quoted('"').or_else(|| quoted('\''))?;
    Some(label.to_owned())
}

/// The elements of the file.
struct Book<'a> {
    xml: Reader<&'a [u8]>,
    source: &'a Source<'a>,
    size: u64,
    /// Styles that show per cent, by their ids.
    percent: BTreeSet<String>,
}

/// What comes next.
enum Tag {
    Open(BytesStart<'static>),
    Close(String),
    Text(String),
    End,
}

/// A cell as its element describes it.
struct CellTag {
    percent: bool,
    formula: bool,
}

impl<'a> Book<'a> {
    fn new(text: &'a str, source: &'a Source<'a>) -> Self {
        let mut xml = Reader::from_reader(text.as_bytes());
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            source,
            size: text.len() as u64,
            percent: BTreeSet::new(),
        }
    }

    fn next(&mut self) -> Result<Tag, Vec<Finding>> {
        loop {
            let event = self
                .xml
                .read_event()
                .map_err(|error| self.source.broken(&in_its_words(error)))?;
            return Ok(match event {
                Event::Start(tag) => Tag::Open(tag.into_owned()),
                Event::End(tag) => Tag::Close(local(tag.name().0).to_owned()),
                Event::Text(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => Tag::Text(resolve(&entity)),
                Event::Eof => Tag::End,
                _ => continue,
            });
        }
    }

    /// The names of the worksheets.
    fn names(mut self) -> Result<Vec<String>, Vec<Finding>> {
        let mut names = vec![];
        loop {
            match self.next()? {
                Tag::Open(tag) if local(tag.name().0) == "Worksheet" => {
                    names.push(attribute(&tag, "Name").unwrap_or_default());
                }
                Tag::End => return Ok(names),
                _ => {}
            }
        }
    }

    fn tables(mut self, wanted: &BTreeSet<usize>) -> Result<Vec<Sheet>, Vec<Finding>> {
        let mut sheets: Vec<Sheet> = vec![];
        let mut count = 0;
        let mut style = String::new();
        loop {
            match self.next()? {
                Tag::Open(tag) => match local(tag.name().0) {
                    "Style" => style = attribute(&tag, "ID").unwrap_or_default(),
                    "NumberFormat" => {
                        let format = attribute(&tag, "Format").unwrap_or_default();
                        if format == "Percent" || shows_percent(&format) {
                            self.percent.insert(style.clone());
                        }
                    }
                    "Worksheet" => {
                        let name = attribute(&tag, "Name").unwrap_or_default();
                        let mut rows =
                            SheetRows::new(self.source, &name, Format::SpreadsheetMl, self.size);
                        let skip = !wanted.contains(&count);
                        count += 1;
                        let is_hidden = self.worksheet(&mut rows, skip)?;
                        if skip {
                            continue;
                        }
                        let mut candidate = rows.finish();
                        if let Ok(Some(Candidate { table, .. })) = &mut candidate
                            && is_hidden
                            && self.source.worksheet.is_none()
                        {
                            tell_of_hidden(table);
                        }
                        sheets.push(candidate);
                    }
                    _ => {}
                },
                Tag::End => return Ok(sheets),
                _ => {}
            }
        }
    }

    /// The rows of a worksheet; and whether people do not see it, which is said behind them.
    fn worksheet(&mut self, rows: &mut SheetRows<'_>, skip: bool) -> Result<bool, Vec<Finding>> {
        let mut row = 0;
        let mut is_hidden = false;
        loop {
            match self.next()? {
                Tag::Open(tag) if local(tag.name().0) == "Row" => {
                    row = index(&tag).unwrap_or(row);
                    self.row(row, rows, skip)?;
                    // A row may stand for several that are blank.
                    let more = attribute(&tag, "Span").and_then(|span| span.parse::<u32>().ok());
                    row = row
                        .saturating_add(1)
                        .saturating_add(more.unwrap_or(0))
                        .min(MOST_ROWS);
                }
                Tag::Open(tag) if local(tag.name().0) == "WorksheetOptions" => {
                    is_hidden = self.is_hidden()?;
                }
                Tag::Close(name) if name == "Worksheet" => return Ok(is_hidden),
                Tag::End => {
                    return Err(self
                        .source
                        .broken(&text!("it ends within a worksheet", "内容在工作表中途结束")));
                }
                _ => {}
            }
        }
    }

    /// Whether the options of a worksheet hide it, be it so that only a program can show it.
    fn is_hidden(&mut self) -> Result<bool, Vec<Finding>> {
        let (mut is_hidden, mut is_said) = (false, false);
        loop {
            match self.next()? {
                Tag::Open(tag) => is_said = local(tag.name().0) == "Visible",
                Tag::Text(said) if is_said => {
                    is_hidden |= matches!(said.trim(), "SheetHidden" | "SheetVeryHidden");
                }
                Tag::Close(name) if name == "WorksheetOptions" => return Ok(is_hidden),
                Tag::Close(_) => is_said = false,
                Tag::End => {
                    return Err(self
                        .source
                        .broken(&text!("it ends within a worksheet", "内容在工作表中途结束")));
                }
                Tag::Text(_) => {}
            }
        }
    }

    fn row(&mut self, row: u32, rows: &mut SheetRows<'_>, skip: bool) -> Result<(), Vec<Finding>> {
        let mut column = 0;
        loop {
            match self.next()? {
                Tag::Open(tag) if local(tag.name().0) == "Cell" => {
                    column = index(&tag).unwrap_or(column);
                    let style = attribute(&tag, "StyleID").unwrap_or_default();
                    let cell = CellTag {
                        percent: self.percent.contains(&style),
                        formula: attribute(&tag, "Formula").is_some(),
                    };
                    let value = self.cell(&cell)?;
                    if let Some(value) = value
                        && !skip
                        && rows.wants_more()
                    {
                        rows.add(row, column, value.cell())?;
                    }
                    let across = attribute(&tag, "MergeAcross");
                    let across = across.and_then(|cells| cells.parse::<u32>().ok());
                    column = column
                        .saturating_add(1)
                        .saturating_add(across.unwrap_or(0))
                        .min(MOST_COLUMNS);
                }
                Tag::Close(name) if name == "Row" => return Ok(()),
                Tag::End => {
                    return Err(self
                        .source
                        .broken(&text!("it ends within a row", "内容在一行中途结束")));
                }
                _ => {}
            }
        }
    }

    /// The value of a cell, up to its end.
    fn cell(&mut self, cell: &CellTag) -> Result<Option<Held>, Vec<Finding>> {
        let mut value = None;
        let mut comment = false;
        loop {
            match self.next()? {
                Tag::Open(tag) if local(tag.name().0) == "Data" => {
                    let kind = attribute(&tag, "Type").unwrap_or_default();
                    let text = self.data()?;
                    if !comment {
                        value = cell.value(&kind, &text);
                    }
                }
                // A note has its text in a `Data` of its own.
                Tag::Open(tag) if local(tag.name().0) == "Comment" => comment = true,
                Tag::Close(name) if name == "Comment" => comment = false,
                Tag::Close(name) if name == "Cell" => {
                    let unsaved = cell.formula && value.is_none();
                    return Ok(if unsaved {
                        Some(Held::Other(Cell::Error(CellError::Unsaved)))
                    } else {
                        value
                    });
                }
                Tag::End => {
                    return Err(self
                        .source
                        .broken(&text!("it ends within a cell", "内容在单元格中途结束")));
                }
                _ => {}
            }
        }
    }

    /// The text of a `Data` element. Rich text has HTML elements in it, which say nothing here.
    fn data(&mut self) -> Result<String, Vec<Finding>> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Tag::Text(part) => text.push_str(&part),
                Tag::Close(name) if name == "Data" => return Ok(text),
                Tag::End => {
                    return Err(self
                        .source
                        .broken(&text!("it ends within a cell", "内容在单元格中途结束")));
                }
                _ => {}
            }
        }
    }
}

impl CellTag {
    fn value(&self, kind: &str, text: &str) -> Option<Held> {
        let plain = |cell| Some(Held::Other(cell));
        match kind {
            "Number" => match text.trim().parse::<f64>() {
                Ok(value) => plain(number(value, self.percent)),
                Err(_) => Some(Held::Text(text.into())),
            },
            "DateTime" => match serial_of_iso(text.trim()) {
                Some(serial) => plain(Cell::Date(serial)),
                None => Some(Held::Text(text.into())),
            },
            "Boolean" => plain(Cell::Bool(matches!(
                text.trim(),
                "1" | "true" | "True" | "TRUE"
            ))),
            "Error" => plain(Cell::Error(
                CellError::from_text(text.trim()).unwrap_or(CellError::Other),
            )),
            // A formula whose program wrote no result.
            _ if text.is_empty() && self.formula => plain(Cell::Error(CellError::Unsaved)),
            _ if text.is_empty() => None,
            _ => Some(Held::Text(text.into())),
        }
    }
}

/// `Row` of `ss:Row`.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    // It would compare each name with all before it.
    let attribute = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| local(attribute.key.0) == name)?;
    attribute
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// `ss:Index` counts from 1.
fn index(tag: &BytesStart<'_>) -> Option<u32> {
    attribute(tag, "Index")?.parse::<u32>().ok()?.checked_sub(1)
}
