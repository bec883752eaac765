//! Sheets and their fields.

use super::duplicates::SameKey;
use super::{Check, Expression, Mask, Span, Template};
use crate::clean::{DateOrder, Pattern};
use crate::table::{Date, Decimal, Unit};
use std::sync::Arc;

/// A field of a sheet.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the field, apart from the others"
)]
pub struct Field {
    /// Its name in expressions.
    pub name: Arc<str>,
    /// How its cells are read.
    pub kind: FieldKind,
    /// Other headers it may stand under.
    pub headers: Vec<String>,
    /// Whether the column must exist and a blank cell is a finding.
    pub required: bool,
    /// The least value.
    pub min: Option<Decimal>,
    /// The greatest value.
    pub max: Option<Decimal>,
    /// The possible texts of a choice, in order; empty for all.
    pub choices: Vec<Arc<str>>,
    /// Spellings and what they mean, in order.
    pub map: Vec<(Arc<str>, Arc<str>)>,
    /// Places that cells are rounded to (0 to 6).
    pub scale: Option<u32>,
    /// Whether blank cells take the value above (merged cells).
    pub fill_down: bool,
    /// Day-month order of the column, where the scheme says it.
    pub date_order: Option<DateOrder>,
    /// How roles that do not see it whole see it.
    pub mask: Option<Mask>,
    /// What its values may be, beside `min` and `max`.
    pub limits: Limits,
    /// How old a date may be.
    pub stale_after: Option<Span>,
    /// Whether the values of most rows may change by a power of ten from one import to the next.
    pub may_jump: bool,
    /// Who is to see to its findings.
    pub care: Care,
    /// Whether anything asks for its values; else a column of ids or texts says of each row only whether it has one.
    pub is_asked: bool,
}

/// What the values of a field may be. Judged when the column is read; a missing value is outside of nothing.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The first day that a date may be.
    pub first: Option<DayLimit>,
    /// The last one.
    pub last: Option<DayLimit>,
    /// What the whole text must be like.
    pub pattern: Option<Pattern>,
    /// Whether no two rows of a file may have the same value.
    pub unique: bool,
    /// Whether a value outside the limits (choices apart) is used nevertheless, with a warning; else its row is refused.
    pub warns: bool,
}

/// A day that a date is held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayLimit {
    /// This day.
    Day(Date),
    /// The date as of which the file was brought in.
    AsOf,
}

impl DayLimit {
    /// The day, for a file that was brought in as of `as_of`.
    pub const fn day(self, as_of: Date) -> Date {
        match self {
            Self::Day(day) => day,
            Self::AsOf => as_of,
        }
    }
}

/// Who is to see to findings, and how soon.
#[derive(Clone, Debug, Default)]
pub struct Care {
    /// Who: a text with fields of the sheet in braces. A slot is the place of a field.
    pub owner: Option<Template>,
    /// How many working days there are for it.
    pub due_days: Option<i64>,
}

impl Field {
    /// A field that says nothing but its name and type.
    pub fn new(name: &str, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            headers: vec![],
            required: false,
            min: None,
            max: None,
            choices: vec![],
            map: vec![],
            scale: None,
            fill_down: false,
            date_order: None,
            mask: None,
            limits: Limits::default(),
            stale_after: None,
            may_jump: false,
            care: Care::default(),
            is_asked: true,
        }
    }
}

/// How the cells of a field are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// An identifier: text, always.
    Id,
    /// Text.
    Text,
    /// A number.
    Number,
    /// Money in this unit.
    Money(Option<Unit>),
    /// A share: 20% is 0.2.
    Percent,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// Yes or no.
    Bool,
    /// One of several texts.
    Choice,
    /// Several texts in a cell.
    Choices,
}

/// What every kind of sheet has.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name in the scheme: `customers`, `orders`.
    pub name: Arc<str>,
    /// Its fields, including those that only `key`, `customer`, `date` and `id` name.
    pub fields: Vec<Field>,
    /// The condition under which a row counts, over the sheet's own fields: slot `i` is field `i`.
    pub rows: Option<Expression>,
    /// The share of bad rows up to which the others are used.
    pub allow_bad: Decimal,
    /// How long a file may be in force without being brought in or confirmed again.
    pub stale_after: Option<Span>,
    /// What must hold for its rows and files.
    pub checks: Vec<Check>,
    /// What becomes of the rows of one file that have the same key.
    pub same_key: SameKey,
    /// Whether the scheme says so itself.
    pub says_same_key: bool,
}

/// The customers' sheet.
#[derive(Clone, Debug)]
pub struct Customers {
    /// Fields and rows.
    pub sheet: Sheet,
    /// The field that is the key.
    pub key: usize,
    /// The field that is the customer's name.
    pub name: Option<usize>,
    /// The field with the grade before the first run.
    pub previous_grade: Option<usize>,
    /// The field with the date of that grade.
    pub previous_date: Option<usize>,
    /// The field that says since when the customer is known, if before the first event.
    pub first_seen: Option<usize>,
}

/// A sheet with many rows a customer.
#[derive(Clone, Debug)]
pub struct EventSheet {
    /// Fields and rows.
    pub sheet: Sheet,
    /// The field with the customer's key.
    pub customer: usize,
    /// The field with the event's date (a date or a datetime).
    pub date: usize,
    /// The field that identifies a row, if there is one.
    pub id: Option<usize>,
    /// Spans of days that the files are said to cover, whatever their rows: first and last day of each.
    pub coverage: Vec<(Date, Date)>,
    /// Where people suggest another grade or type for the customer.
    pub proposal: Option<ProposalRule>,
}

/// The fields of an event sheet with what somebody suggests: nothing until a reviewer accepts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProposalRule {
    /// The field that names a grade or a type, alone or in a sentence.
    pub level: usize,
    /// The field that says why.
    pub reason: Option<usize>,
    /// The field that says who.
    pub by: Option<usize>,
}

/// A table that says which customer an id of another system is.
#[derive(Clone, Debug)]
pub struct Crosswalk {
    /// Fields and rows.
    pub sheet: Sheet,
    /// The source whose files have ids of their own.
    pub source: Arc<str>,
    /// The field with that id; it stands under the same header in the source's files.
    pub key: usize,
    /// The field with the customer's key.
    pub customer: usize,
}

/// A table linked to a field of the customers.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Fields and rows.
    pub sheet: Sheet,
    /// The field that is the key.
    pub key: usize,
    /// The field of the customers' sheet that is looked up.
    pub on: usize,
}
