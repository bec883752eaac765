//! What a table's header says: the rows below it, all of them or a part, are read by it.

use super::passed_over::PassedOver;
use crate::diagnostic::{Code, Finding, Text};
use crate::read::assemble::HeadRow;
use crate::read::header::Header;
use crate::read::{Format, Source, header_row};
use crate::table::Origin;
use crate::text;
use crate::words::{by_count, how_many};

/// A blank stretch of the header row that is longer ends the table: what is beyond it is a stray cell, not a header.
const LONGEST_GAP: usize = 50;

/// What is known of a table when its header is.
#[derive(Clone, Debug)]
pub(in crate::read) struct Shape {
    pub(in crate::read) header_row: u32,
    /// Whether the header is that row and the one above it.
    pub(in crate::read) two_rows: bool,
    /// The headers, the nameless ones at the end too.
    pub(in crate::read) headers: Vec<Header>,
    /// How many there are without those.
    pub(in crate::read) extent: usize,
    /// The column of the key.
    pub(in crate::read) key: Option<usize>,
    /// Whether it is the key of a sheet of the scheme.
    pub(in crate::read) matched: bool,
    pub(in crate::read) unit_line: Option<String>,
    /// Rows above the header that are not blank.
    pub(super) titles: usize,
    /// Whether a cell stands beyond the headers, as far as the rows were read.
    pub(in crate::read) has_strays: bool,
}

impl Shape {
    /// Of the table below `header`, whose texts are `headers`, with the titles `above` it.
    pub(super) fn of(
        header: &HeadRow,
        mut headers: Vec<Header>,
        above: &[HeadRow],
        format: Format,
        source: &Source<'_>,
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
        let is_key = |header: &Header| {
            let mut sheets = source.lexicon.iter();
            sheets.any(|known| known.key.contains(&header.folded))
        };
        let key = headers.iter().position(is_key);
        Self {
            header_row: header.number,
            two_rows: false,
            extent,
            key,
            matched: key.is_some(),
            unit_line: header_row::unit_line(above),
            titles: above.iter().filter(|row| !row.is_blank()).count(),
            has_strays: false,
            headers,
        }
    }

    /// How the table was read, all its parts.
    pub(in crate::read) fn notes(&self, passed_over: &PassedOver, origin: &Origin) -> Vec<Finding> {
        let header = self.found_at();
        let header = header
            .map(|title| Finding::note(Code::ReadAs, title).place(origin.row(self.header_row)));
        let mut notes: Vec<Finding> = header.into_iter().collect();
        notes.extend(passed_over.notes(self.header_row, origin));
        notes
    }

    /// Where the header was found, if that is not the first row.
    fn found_at(&self) -> Option<Text> {
        let (row, titles) = (self.header_row, self.titles);
        let rows = how_many(titles, "row");
        let are_titles = by_count(&titles, "is a title", "are titles");
        match (self.two_rows, titles) {
            (false, 0) => None,
            (false, _) => Some(text!(
                "the header is row {row}; {rows} above it {are_titles}",
                "表头在第 {row} 行，其上 {titles} 行是标题"
            )),
            (true, 0) => Some(text!(
                "the header is rows {} and {row}",
                "表头是第 {} 行和第 {row} 行",
                row - 1
            )),
            (true, _) => Some(text!(
                "the header is rows {} and {row}; {rows} above them {are_titles}",
                "表头是第 {} 行和第 {row} 行，其上 {titles} 行是标题",
                row - 1
            )),
        }
    }
}
