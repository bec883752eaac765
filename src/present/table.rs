//! The table that every format shows: headings, kinds of columns, cells and what marks a row. The renderers read this
//! and nothing else, so that a column is worked out in one place.

use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::table::{Date, DateTime, Decimal};
use crate::words::Word;
use std::borrow::Cow;
use std::sync::Arc;

/// A heading with what stands below it.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    /// The heading as shown.
    pub heading: Arc<str>,
    /// What kind of values, for formats, widths and alignment.
    pub kind: ColumnKind,
    /// What it is to the reader, for colours and order.
    pub role: ColumnRole,
}

/// What kind of values a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Identifiers: text, even if they look like numbers.
    Id,
    /// Text.
    Text,
    /// Numbers; the places that the column needs (0 to 6) so that nothing shown differs from what was compared.
    Number {
        /// Decimal places.
        places: u32,
    },
    /// Shares, shown as per cent; places after the per cent point.
    Percent {
        /// Decimal places of the percentage.
        places: u32,
    },
    /// Days.
    Date,
    /// Moments.
    DateTime,
    /// Yes and no.
    Bool,
}

/// What a column is to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnRole {
    /// The customer's key.
    Key,
    /// The customer's name.
    Name,
    /// A column of the input, as it was.
    Input,
    /// The grade: coloured.
    Grade,
    /// The grade of the run before.
    Previous,
    /// What happened to it.
    Decision,
    /// Since when.
    Since,
    /// The score.
    Score,
    /// The type.
    Type,
    /// A dimension's label.
    Label,
    /// The tags.
    Tags,
    /// The reasons.
    Reasons,
    /// What the next grade needs.
    Next,
    /// How many levels somebody moved.
    Steps,
    /// Another computed column.
    Computed,
    /// A computed column of estimates.
    Estimate,
    /// What the strategy gives (workbook only).
    Strategy,
    /// A column that people fill (workbook only).
    Review(ReviewColumn),
}

/// The columns of the workbook that people fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewColumn {
    /// 复核等级: a drop-down of the grades.
    Grade,
    /// 复核类型: a drop-down of the types.
    Type,
    /// 复核意见.
    Comment,
    /// 复核人.
    Reviewer,
    /// 备注.
    Remark,
}

impl ReviewColumn {
    /// Its heading.
    pub const fn word(self) -> Word {
        match self {
            Self::Grade => Word::ReviewGrade,
            Self::Type => Word::ReviewType,
            Self::Comment => Word::ReviewComment,
            Self::Reviewer => Word::Reviewer,
            Self::Remark => Word::Remark,
        }
    }
}

impl ColumnKind {
    /// Whether its values are numbers that a column shows with so many places.
    pub const fn has_places(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Percent { .. })
    }
}

/// One cell of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum OutCell<'a> {
    /// Nothing.
    Blank,
    /// Text.
    Text(Cow<'a, str>),
    /// An exact number. In a `Percent` column it is the fraction: 0.2 is 20%.
    Number(Decimal),
    /// A number of the input that no field reads, as the workbook had it.
    Float(f64),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(DateTime),
    /// A truth value.
    Bool(bool),
}

/// What marks a row beyond its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMark {
    /// The grade's place in [`ResultTable::grades`]; `None` without a grade.
    pub grade: Option<usize>,
    /// What happened.
    pub decision: Decision,
    /// Steps since the run before: 1 is one grade up, -2 two down; 0 for the same, `None` where there is none to
    /// compare with.
    pub steps: Option<i32>,
}

/// A grade or type as renderers need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeStyle {
    /// Its name.
    pub name: Arc<str>,
    /// Its own fill colour as RGB, if the scheme gives one.
    pub color: Option<u32>,
}

/// Cells as they stood in a text file.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// How many they are.
    pub cells: usize,
    /// They, and what stands between them.
    pub record: &'a str,
    /// Whether it is known that none of them needs an escape or has one.
    pub is_unsigned: bool,
}

/// The rows and columns to show.
pub trait ResultTable {
    /// The language of headings and words.
    fn lang(&self) -> Lang;
    /// The columns in order.
    fn columns(&self) -> &[TableColumn];
    /// How many rows.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The cell of row `row` and column `column`, both from 0.
    fn cell(&self, row: usize, column: usize) -> OutCell<'_>;
    /// Appends the text of a cell to `out`, where it is worked out for each row: one place for it serves all rows. `false`:
    /// it is not, and [`Self::cell`] has it.
    fn write_text(&self, _row: usize, _column: usize, _out: &mut String) -> bool {
        false
    }
    /// The first cells of row `row` as they stood in the text file that they come from, which has `delimiter` between its
    /// cells; `None` where they did not stand so, or in quotes where they need none.
    fn written(&self, _row: usize, _delimiter: u8) -> Option<Written<'_>> {
        None
    }
    /// What marks row `row`.
    fn mark(&self, row: usize) -> RowMark;
    /// Whether headings may be broken into two lines where the table is too wide otherwise.
    fn folds_headings(&self) -> bool {
        false
    }
    /// How many characters the widest number of a column takes, where the table knows it without working out every cell.
    fn widest_number(&self, _column: usize) -> Option<usize> {
        None
    }
    /// The kind of a column of which the numbers have so many places.
    fn kind_with(&self, column: usize, places: u32) -> ColumnKind {
        match self.columns()[column].kind {
            ColumnKind::Number { .. } => ColumnKind::Number { places },
            ColumnKind::Percent { .. } => ColumnKind::Percent {
                places: places.saturating_sub(2),
            },
            other => other,
        }
    }
    /// The grades of the scheme, best first.
    fn grades(&self) -> &[GradeStyle];
    /// The names of the types of the scheme.
    fn types(&self) -> &[Arc<str>];
}
