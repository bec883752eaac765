//! Text files: from bytes to a table.
//!
//! The text is decoded once and read in place; row numbers are the lines on which the records start, whatever the line
//! ends are.

use super::assemble::{Assembler, Candidate};
use super::delimiter::{Sniffed, sniff};
use super::records::{self, Piece};
use super::{Format, Source, Table, encoding, header};
use crate::diagnostic::{Code, Finding};
use crate::table::Origin;
use crate::text;

/// Records between two calls of the progress function.
const PROGRESS_EVERY: u32 = 1 << 16;

/// Reads the table of a text file.
pub(super) fn read(bytes: &[u8], source: &Source<'_>) -> Result<Table, Vec<Finding>> {
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
    let sniffed = named.map_or_else(|| sniff(text, &source.lexicon), Sniffed::named);
    let mut assembler = Assembler::new(source, None, Format::Text, decoded.text.len() as u64);
    let first_line = 1 + u32::from(skipped > 0);
    assemble(text, sniffed.delimiter, first_line, &mut assembler, source)?;
    let Some(Candidate { mut table, matched }) = assembler.finish()? else {
        return Err(super::format::empty());
    };
    if !matched && !source.known.is_empty() {
        return Err(vec![header::unmatched(&[&table], source)]);
    }
    table.delimiter = Some(sniffed.delimiter);
    if sniffed.single_column {
        let note = single_column(&table.origin);
        table.notes.insert(0, note);
    }
    decoded.said_of(std::slice::from_mut(&mut table), source);
    Ok(table)
}

/// What is said of a text that nothing splits.
pub(super) fn single_column(origin: &Origin) -> Finding {
    let title = text!("read as a single column", "按单列读取");
    let note = Finding::note(Code::ReadAs, title).place(origin.place());
    note.help(text!(
        "if it has more, name what is between them with `--delimiter`",
        "如有多列，请用 `--delimiter` 指定分隔符"
    ))
}

/// Excel's own hint, `sep=;` on the first line: the delimiter and where the text goes on.
pub(super) fn separator_line(text: &str) -> (Option<char>, usize) {
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

fn assemble(
    text: &str,
    delimiter: char,
    first_line: u32,
    assembler: &mut Assembler<'_>,
    source: &Source<'_>,
) -> Result<(), Vec<Finding>> {
    let mut since_progress = 0;
    let read = records::each(text, delimiter, first_line, |piece| match piece {
        Piece::Blank { first, count } => {
            assembler.blank_rows(first, count);
            Ok(())
        }
        Piece::Record(record) => {
            since_progress += 1;
            if since_progress == PROGRESS_EVERY {
                since_progress = 0;
                (source.progress)(record.end as u64, text.len() as u64);
            }
            assembler.record(&record)
        }
    });
    (source.progress)(text.len() as u64, text.len() as u64);
    read
}
