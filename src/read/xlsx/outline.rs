//! What a workbook says of itself, without its cells and texts: calamine is asked, so that nobody else has to know how
//! worksheets are found, what styles mean and when days count from 1904.
//!
//! calamine reads the texts that cells share when it opens a workbook, as one allocation each. So it is given another
//! one, in which each worksheet and the shared texts are a few bytes that say where in the archive the true ones are.
//! That note is found by the same way as the part itself would be.

use super::super::guard::{Kind, kind_of_part};
use super::super::numbers::Shown;
use super::{is_percent, value};
use crate::table::Cell;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use std::borrow::Cow;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A workbook without its cells.
pub(in crate::read) struct Outline {
    /// The worksheets' names.
    pub(in crate::read) names: Vec<String>,
    /// Those of them that people do not see.
    pub(in crate::read) hidden: Vec<String>,
    /// Of each worksheet, the place of its part in the archive; `None` for one that calamine does not find.
    pub(in crate::read) parts: Vec<Option<usize>>,
    /// The place of the texts that cells share.
    pub(in crate::read) texts: Option<usize>,
    /// How a cell without a style shows a number.
    pub(in crate::read) unstyled: Shown,
    /// How each style shows a number.
    pub(in crate::read) shown: Vec<Shown>,
    /// Whether days count from 1904-01-01.
    pub(in crate::read) from_1904: bool,
}

/// Excel has no more than 64,000 cell formats in a workbook; each takes a cell of the worksheet that asks for them.
const MOST_STYLES: usize = 1 << 16;

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;
type Opened = Xlsx<Cursor<Vec<u8>>>;

impl Outline {
    /// Of the workbook in `archive`; `None` if calamine does not open it or a part is not where its kind is.
    pub(in crate::read) fn of(archive: &mut Archive<'_>) -> Option<Self> {
        let mut book = open(archive, "1", None)?;
        let names = worksheets(&book);
        let first: Vec<_> = names
            .iter()
            .map(|name| noted(&mut book, name, "1"))
            .collect();
        // A part that says the same with another note is no note.
        let styles = names
            .iter()
            .find_map(|name| Some(book.worksheet_cells_reader(name).ok()?.styles().len()));
        let asked = first
            .iter()
            .flatten()
            .next()
            .map(|(part, _)| (*part, styles.unwrap_or(0)));
        drop(book);
        if styles.is_some_and(|styles| styles > MOST_STYLES) {
            return None;
        }
        let mut book = open(archive, "2", asked)?;
        let second: Vec<_> = names
            .iter()
            .map(|name| noted(&mut book, name, "2"))
            .collect();
        let (mut unstyled, mut shown) = (Shown::Number, vec![]);
        if let Some(place) = first.iter().position(Option::is_some) {
            let mut kinds = kinds(&mut book, &names[place])?.into_iter();
            unstyled = kinds.next()?;
            shown = kinds.collect();
        }
        let same = first.into_iter().zip(second);
        let notes: Vec<_> = same
            .map(|(one, other)| one.filter(|_| one == other))
            .collect();
        let texts = notes
            .iter()
            .flatten()
            .map(|(_, texts)| *texts)
            .next()
            .flatten();
        Some(Self {
            from_1904: book.has_1904_epoch(),
            hidden: hidden(&book),
            parts: notes
                .iter()
                .map(|note| note.map(|(part, _)| part))
                .collect(),
            names,
            texts,
            unstyled,
            shown,
        })
    }
}

/// The names of a workbook's worksheets, in its order.
pub(super) fn worksheets<R: std::io::Read + std::io::Seek>(book: &Xlsx<R>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.map(|sheet| sheet.name.clone()).collect()
}

/// Those of them that people do not see.
pub(super) fn hidden<R: std::io::Read + std::io::Seek>(book: &Xlsx<R>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible != SheetVisible::Visible
    });
    sheets.map(|sheet| sheet.name.clone()).collect()
}

/// Opens the workbook with notes in place of its worksheets and texts. The worksheet at the place in `asked` has a number
/// in each of so many styles as well.
fn open(archive: &mut Archive<'_>, round: &str, asked: Option<(usize, usize)>) -> Option<Opened> {
    let mut writer = ZipWriter::new(Cursor::new(vec![]));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for place in 0..archive.len() {
        let part = archive.by_index(place).ok()?;
        let Ok(name) = part.name().map(Cow::into_owned) else {
            continue;
        };
        let note = match kind_of_part(&name) {
            Kind::Sheet => {
                let numbers = asked.filter(|(part, _)| *part == place);
                let styles = numbers
                    .map(|(_, styles)| numbers_in(styles))
                    .unwrap_or_default();
                format!(
                    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>{round}/{place}</v></c><c r=\"B1\" \
                     t=\"s\"><v>0</v></c></row>{styles}</sheetData></worksheet>"
                )
            }
            Kind::Strings => format!("<sst><si><t>{round}/{place}</t></si></sst>"),
            Kind::Held => {
                writer.raw_copy_file_rename(part, name).ok()?;
                continue;
            }
            Kind::Aside => continue,
        };
        drop(part);
        writer.start_file(name, stored).ok()?;
        writer.write_all(note.as_bytes()).ok()?;
    }
    let mut notes = writer.finish().ok()?;
    notes.set_position(0);
    Xlsx::new(notes).ok()
}

/// A row with the number 1 without a style and in each of the styles.
fn numbers_in(styles: usize) -> String {
    let styled = (0..styles).map(|style| format!("<c r=\"A2\" s=\"{style}\"><v>1</v></c>"));
    format!(
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c>{}</row>",
        styled.collect::<String>()
    )
}

/// The places of a worksheet's part and of the texts, by their notes.
fn noted(book: &mut Opened, name: &str, round: &str) -> Option<(usize, Option<usize>)> {
    let place = |note: &str| note.strip_prefix(round)?.strip_prefix('/')?.parse().ok();
    let mut reader = book.worksheet_cells_reader(name).ok()?;
    let part = match reader.next_cell().ok()??.get_value() {
        DataRef::String(note) => place(note)?,
        _ => return None,
    };
    let texts = match reader.next_cell() {
        Ok(Some(cell)) => match cell.get_value() {
            DataRef::SharedString(note) => Some(place(note)?),
            _ => return None,
        },
        // There are none.
        _ => None,
    };
    Some((part, texts))
}

/// How the numbers of the worksheet are shown that was asked for them.
fn kinds(book: &mut Opened, name: &str) -> Option<Vec<Shown>> {
    let mut reader = book.worksheet_cells_reader(name).ok()?;
    let percent: Vec<bool> = reader.styles().iter().map(is_percent).collect();
    let mut kinds = vec![];
    loop {
        let (cell, style) = match reader.next_cell_with_style_id() {
            Ok(Some(found)) => found,
            Ok(None) => return Some(kinds),
            // The one that asks for a text where there are none.
            Err(_) if kinds.is_empty() => continue,
            Err(_) => return None,
        };
        let kind = match value(cell.get_value(), 0.0, percent.get(style) == Some(&true)) {
            Cell::Number(_) => Shown::Number,
            Cell::Percent(_) => Shown::Percent,
            Cell::Date(_) => Shown::Date,
            _ if kinds.is_empty() => continue,
            _ => return None,
        };
        kinds.push(kind);
    }
}
