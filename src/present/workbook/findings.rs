//! The sheet of findings: what is wrong in data and scheme, where, and what to do; a row each, to filter by.

use super::formats::{Formats, Look, look_of};
use super::{page, text};
use crate::diagnostic::{Finding, Lang};
use crate::present::palette::HEADER;
use crate::present::problems::{place, said};
use crate::present::summary::Summary;
use crate::words::{Word, how_many};
use rust_xlsxwriter::{Table, TableColumn, TableStyle, Worksheet, XlsxError};

/// The columns: heading, width.
const COLUMNS: [(Word, u16); 5] = [
    (Word::Severity, 10),
    (Word::Code, 22),
    (Word::Place, 34),
    (Word::Problem, 64),
    (Word::Help, 54),
];
/// More findings than this are counted only.
const MOST: usize = 100_000;
/// The most lines that a row shows.
const MOST_LINES: usize = 6;

/// Writes the sheet.
pub fn write(sheet: &mut Worksheet, summary: &Summary, formats: &Formats) -> Result<(), XlsxError> {
    let lang = summary.lang;
    page::set_up(sheet, lang);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height_pixels(0, page::HEADER_HEIGHT)?;
    let mut headed = vec![];
    for (index, (word, width)) in (0u16..).zip(COLUMNS) {
        sheet.set_column_width(index, f64::from(width))?;
        headed.push(
            TableColumn::new()
                .set_header(word.get(lang))
                .set_header_format(formats.heading(HEADER)),
        );
    }
    let mut rows: Vec<[String; 5]> = summary
        .findings
        .iter()
        .take(MOST)
        .map(|finding| row_of(finding, summary))
        .collect();
    if summary.findings.len() > MOST {
        let rest = summary.findings.len() - MOST;
        let more = match lang {
            Lang::En => format!("and {}", how_many(rest, "more finding")),
            Lang::Zh => format!("另有 {rest} 条未列出"),
        };
        rows.push([
            "…".to_owned(),
            String::new(),
            String::new(),
            more,
            String::new(),
        ]);
    }
    let table = Table::new()
        .set_name("Findings")
        .set_style(TableStyle::None)
        .set_columns(&headed)
        .set_alt_text(Word::SheetFindings.get(lang));
    sheet.add_table(
        0,
        0,
        rows.len().max(1) as u32,
        COLUMNS.len() as u16 - 1,
        &table,
    )?;
    let looks = [
        Look::Centred,
        Look::Text,
        Look::Wrapped,
        Look::Wrapped,
        Look::Wrapped,
    ];
    let looks = looks.map(|look| look_of(formats.bordered(), look));
    for (at, row) in (1u32..).zip(&rows) {
        let mut lines = 1;
        for (index, value) in (0u16..).zip(row) {
            let column = usize::from(index);
            sheet.write_string_with_format(at, index, text::cell(value), &looks[column])?;
            if column >= 2 {
                lines = lines.max(page::lines(value, usize::from(COLUMNS[column].1)));
            }
        }
        sheet.set_row_height_pixels(at, page::height(lines.min(MOST_LINES)))?;
    }
    Ok(())
}

/// Severity, code, place, problem with its notes, help.
fn row_of(finding: &Finding, summary: &Summary) -> [String; 5] {
    let lang = summary.lang;
    let help = finding.help.as_ref();
    [
        Word::severity(finding.severity).get(lang).to_owned(),
        finding.code.word().to_owned(),
        place(&finding.at, &summary.scheme_text, lang),
        said(finding, lang),
        help.map_or_else(String::new, |help| help.get(lang).to_owned()),
    ]
}
