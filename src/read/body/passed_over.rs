//! What of the rows below the header is not in the table: counted, and told, never lost in silence.

use crate::diagnostic::{Code, Finding, Text};
use crate::read::skipped::{Blank, PLACES_KEPT, Skipped};
use crate::table::Origin;
use crate::text;
use crate::words::{by_count, how_many};

/// What was passed over, and where.
#[derive(Clone, Debug, Default)]
pub(in crate::read) struct PassedOver {
    pub(super) blank: Blank,
    pub(super) footers: Skipped,
    pub(super) repeats: Skipped,
    strays: Vec<(u32, u32)>,
    pub(super) stray_count: u64,
    /// Where another table begins below: from there on nothing is read.
    pub(super) below: Option<u32>,
    /// Rows of another table below.
    pub(super) below_count: u64,
    /// The first column of another table beside this one.
    pub(super) beside: Option<u32>,
}

impl PassedOver {
    /// A cell beyond the table.
    pub(super) fn stray(&mut self, row: u32, column: u32) {
        self.stray_count += 1;
        if self.strays.len() < PLACES_KEPT {
            self.strays.push((row, column));
        }
    }

    /// What the part of the table that comes next has passed over. A part with anything else than footers and repeated
    /// headers is not read by itself ([`super::Part::Open`]).
    pub(in crate::read) fn append(&mut self, later: &Self) {
        self.footers.append(&later.footers);
        self.repeats.append(&later.repeats);
    }

    /// What is told of it; `header_row` is that of the table.
    pub(super) fn notes(&self, header_row: u32, origin: &Origin) -> Vec<Finding> {
        let mut notes = self.other_tables(header_row, origin);
        if self.blank.count > 0 {
            let count = self.blank.count;
            let title = skipped(count, "blank row", "", &format!("{count} 个空行"));
            notes.push(Finding::note(Code::SkippedRows, title).place(origin.row(self.blank.first)));
        }
        let count = self.footers.count;
        let footers = skipped(
            count,
            "row",
            " of totals, signatures or notes",
            &format!("{count} 行合计、签字或备注"),
        );
        let count = self.repeats.count;
        let repeats = skipped(
            count,
            "repeated header row",
            "",
            &format!("{count} 个重复的表头行"),
        );
        self.footers.notes(origin, &footers, &mut notes);
        self.repeats.notes(origin, &repeats, &mut notes);
        let count = self.stray_count;
        let cells = how_many(count, "cell");
        let are = by_count(&count, "is", "are");
        let strays = text!(
            "{cells} outside the table {are} not read",
            "表格范围之外有 {count} 个单元格，未读取"
        );
        notes.extend(self.strays.iter().map(|(row, column)| {
            Finding::warning(Code::StrayCells, strays.clone()).place(origin.cell(*row, *column))
        }));
        notes
    }

    /// What is said of tables on the worksheet that are not read.
    fn other_tables(&self, header_row: u32, origin: &Origin) -> Vec<Finding> {
        let help = text!(
            "put it on a worksheet or into a file of its own; if it is the one you mean, name its header with \
             `--header-row`",
            "请把它放到单独的工作表或文件里；如果要读的是它，请用 `--header-row` 指定它的表头所在行"
        );
        let below = self.below.map(|row| {
            let count = self.below_count;
            let rows = how_many(count, "row");
            let title = text!(
                "another table begins in row {row}: its header and {rows} are not read",
                "第 {row} 行开始是另一张表：它的表头和 {count} 行未读取"
            );
            (title, origin.row(row))
        });
        let beside = self.beside.map(|column| {
            let title = text!(
                "another table stands beside this one and is not read",
                "旁边还有另一张表，未读取"
            );
            (title, origin.cell(header_row, column))
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

/// So many were skipped: what, and of what.
fn skipped<N: Copy + std::fmt::Display + PartialEq + From<u8>>(
    count: N,
    noun: &str,
    of: &str,
    zh: &str,
) -> Text {
    let were = by_count(&count, "was", "were");
    let rows = how_many(count, noun);
    text!("{rows}{of} {were} skipped", "已跳过 {zh}")
}
