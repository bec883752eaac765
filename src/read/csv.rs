//! Text files: fields between delimiters, quoted where they must be. The only room that knows the `csv` crate.
//!
//! Takes bytes; gives one table. The text is decoded once and read in place; row numbers are the lines on which the
//! records start, whatever the line ends are.

use super::assemble::{Assembler, Candidate};
use super::delimiter::{Quotes, Sniffed, ends_within_quotes, sniff};
use super::{Format, Source, Table, count_of, encoding, header};
use crate::diagnostic::{Code, Finding};
use crate::table::Cell;
use crate::text;
use csv::{ByteRecord, ReaderBuilder};

/// No record is longer: a quote that nobody closed would take the rest of the file into one cell.
const LONGEST_RECORD: usize = 64 << 20;

/// Records between two calls of the progress function.
const PROGRESS_EVERY: u32 = 1 << 16;

/// Reads the table of a text file.
pub(super) fn read(bytes: Vec<u8>, source: &Source<'_>) -> Result<Table, Vec<Finding>> {
    if let Some(worksheet) = source.worksheet {
        let title = text!(
            "a text file has no worksheet `{worksheet}`",
            "文本文件没有工作表 `{worksheet}`"
        );
        return Err(vec![Finding::error(Code::Usage, title)]);
    }
    let decoded = encoding::decode(bytes, source)?;
    let (hint, skipped) = separator_line(&decoded.text);
    let text = &decoded.text[skipped..];
    let named = source.options.delimiter.map(char::from).or(hint);
    let sniffed = match named {
        Some(delimiter) => Sniffed {
            delimiter,
            single_column: false,
        },
        None => sniff(text, &source.lexicon),
    };
    let mut assembler = Assembler::new(source, None, Format::Text, decoded.text.len() as u64);
    let first_line = 1 + u32::from(skipped > 0);
    if sniffed.delimiter.is_ascii() {
        records(text, sniffed.delimiter, first_line, &mut assembler, source)
    } else {
        let (mapped, byte) = with_byte_delimiter(text, sniffed.delimiter);
        records(&mapped, byte, first_line, &mut assembler, source)
    }?;
    let Some(Candidate { mut table, matched }) = assembler.finish()? else {
        return Err(super::format::empty());
    };
    if !matched && !source.known.is_empty() {
        return Err(vec![header::unmatched(&[&table], source)]);
    }
    table.encoding = Some(decoded.encoding);
    table.delimiter = Some(sniffed.delimiter);
    let notes = how_it_was_read(&decoded, sniffed, &table);
    table.notes.splice(0..0, notes);
    Ok(table)
}

fn how_it_was_read(decoded: &encoding::Decoded, sniffed: Sniffed, table: &Table) -> Vec<Finding> {
    let mut notes = vec![];
    let place = || table.origin.place();
    let name = decoded.encoding;
    if decoded.guessed {
        notes.push(
            Finding::note(Code::ReadAs, text!("read as {name}", "按 {name} 编码读取"))
                .place(place())
                .help(text!(
                    "if the text is wrong, name the encoding with `--encoding`",
                    "如有乱码，请用 `--encoding` 指定编码"
                )),
        );
    } else if name != "UTF-8" {
        notes.push(
            Finding::note(Code::ReadAs, text!("read as {name}", "按 {name} 编码读取"))
                .place(place()),
        );
    }
    if sniffed.single_column {
        notes.push(
            Finding::note(Code::ReadAs, text!("read as a single column", "按单列读取"))
                .place(place())
                .help(text!(
                    "if it has more, name what is between them with `--delimiter`",
                    "如有多列，请用 `--delimiter` 指定分隔符"
                )),
        );
    }
    notes
}

/// Excel's own hint, `sep=;` on the first line: the delimiter and where the text goes on.
fn separator_line(text: &str) -> (Option<char>, usize) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..end].trim_matches('"');
    let mut rest = match line.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("sep=") => line[4..].chars(),
        _ => return (None, 0),
    };
    match (rest.next(), rest.next()) {
        (Some(delimiter), None) => {
            let line_end = if text[end..].starts_with("\r\n") {
                2
            } else {
                usize::from(end < text.len())
            };
            (Some(delimiter), end + line_end)
        }
        _ => (None, 0),
    }
}

/// The text with a control character that it does not have in place of `delimiter` outside quotes, for the `csv`
/// crate takes one byte.
fn with_byte_delimiter(text: &str, delimiter: char) -> (String, char) {
    let byte = ['\u{1F}', '\u{1E}', '\u{1D}', '\u{1C}']
        .into_iter()
        .find(|c| !text.contains(*c))
        .unwrap_or('\u{1F}');
    let mut mapped = String::with_capacity(text.len());
    let mut quotes = Quotes::new(delimiter);
    for c in text.chars() {
        quotes.step(c);
        mapped.push(if c == delimiter && !quotes.open {
            byte
        } else {
            c
        });
    }
    (mapped, byte)
}

fn records(
    text: &str,
    delimiter: char,
    first_line: u32,
    assembler: &mut Assembler<'_>,
    source: &Source<'_>,
) -> Result<(), Vec<Finding>> {
    let bytes = text.as_bytes();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .buffer_capacity(1 << 16)
        .from_reader(bytes);
    let mut lines = Lines::new(bytes, first_line);
    let mut record = ByteRecord::new();
    let (mut start, mut since_progress) = (0, 0);
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| source.broken(&error.to_string()))?
    {
        let end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        if end - start > LONGEST_RECORD
            || end >= bytes.len() && ends_within_quotes(&text[start..], delimiter)
        {
            return Err(open_quote(lines.at(start).1, source));
        }
        // The record before may have ended between a CR and its LF.
        if start > 0 && bytes[start - 1] == b'\r' && bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        // The position is before blank lines, which the `csv` crate passes over.
        let blank = bytes[start..end]
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .count();
        let (_, blank_line) = lines.at(start);
        let (_, line) = lines.at(start + blank);
        if line > blank_line {
            assembler.blank_rows(blank_line, line - blank_line);
        }
        let written = &text[start + blank..end];
        match unquoted(written, &record) {
            Some(cells) => assembler.row(line, &cells)?,
            None => assembler.row(line, &quoted(&record, source)?)?,
        }
        start = end;
        since_progress += 1;
        if since_progress == PROGRESS_EVERY {
            since_progress = 0;
            (source.progress)(start as u64, bytes.len() as u64);
        }
    }
    (source.progress)(bytes.len() as u64, bytes.len() as u64);
    Ok(())
}

/// The fields of a record without quotes, as slices of the text. They need no second check that they are UTF-8, which
/// would take as long as finding them. `None` if something was unquoted.
fn unquoted<'t>(written: &'t str, record: &ByteRecord) -> Option<Vec<Cell<'t>>> {
    let written = written.trim_end_matches(['\n', '\r']);
    if record.as_slice().len() + record.len().saturating_sub(1) != written.len() {
        return None;
    }
    // One delimiter, of one byte, stands before each field but the first.
    let mut cells = Vec::with_capacity(record.len());
    for index in 0..record.len() {
        let at = record.range(index)?;
        cells.push(cell(written.get(at.start + index..at.end + index)?));
    }
    Some(cells)
}

/// The fields of any record.
fn quoted<'r>(record: &'r ByteRecord, source: &Source<'_>) -> Result<Vec<Cell<'r>>, Vec<Finding>> {
    let fields = record.iter().map(std::str::from_utf8);
    fields
        .map(|field| field.map(cell))
        .collect::<Result<_, _>>()
        .map_err(|error| source.broken(&error.to_string()))
}

const fn cell(field: &str) -> Cell<'_> {
    if field.is_empty() {
        Cell::Blank
    } else {
        Cell::Text(field)
    }
}

fn open_quote(line: u32, source: &Source<'_>) -> Vec<Finding> {
    let title = text!(
        "a quote that is opened in line {line} is never closed",
        "第 {line} 行的引号没有闭合"
    );
    let help = text!(
        "close it, or double it if it is part of the text",
        "请补上引号；如果引号是内容，请写成两个"
    );
    vec![
        Finding::error(Code::BadFormat, title)
            .place(source.origin(None).row(line))
            .help(help),
    ]
}

/// Counts lines as records go by.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Whether a CR alone ends a line somewhere. Without one, counting LFs is enough, and many times as fast.
    lone_cr: bool,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8], line: u32) -> Self {
        // Most files have no CR at all, which `contains` finds out many times as fast.
        let lone_cr = bytes.contains(&b'\r')
            && bytes
                .iter()
                .enumerate()
                .any(|(at, byte)| *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        Self {
            bytes,
            at: 0,
            line,
            lone_cr,
        }
    }

    /// Goes on to `to` and gives it with the number of its line.
    fn at(&mut self, to: usize) -> (usize, u32) {
        let passed = &self.bytes[self.at..to];
        let ends = if self.lone_cr {
            let ends = passed.iter().enumerate().filter(|(at, byte)| {
                **byte == b'\n'
                    || **byte == b'\r' && self.bytes.get(self.at + at + 1) != Some(&b'\n')
            });
            ends.count()
        } else {
            count_of(b'\n', passed)
        };
        self.line += ends as u32;
        self.at = to;
        (to, self.line)
    }
}
