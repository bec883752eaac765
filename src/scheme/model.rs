//! A scheme as it is meant: every name resolved, every expression bound, every figure exact.
//!
//! [`super::validate`] makes it from what was written; everything after that trusts it.

use crate::diagnostic::Lang;
use crate::expr::{Aggregate, Bound, PopulationSpec, Slot, Type};
use crate::table::{Date, Decimal, PeriodKind, Unit};
use std::ops::Range;
use std::sync::Arc;

/// The whole scheme.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// `[scheme] name`.
    pub name: String,
    /// `[scheme] version`.
    pub version: String,
    /// The language of outputs and reasons.
    pub language: Lang,
    /// The period of grading.
    pub period: PeriodKind,
    /// What a dimension without points does to the score.
    pub missing: MissingRule,
    /// The customers' sheet, if there is one.
    pub customers: Option<Customers>,
    /// Event sheets in the order of the scheme.
    pub events: Vec<EventSheet>,
    /// Lookup sheets in the order of the scheme.
    pub lookups: Vec<Lookup>,
    /// Metrics in order.
    pub metrics: Vec<Metric>,
    /// Values in order; a value sees those before it.
    pub values: Vec<ValueRule>,
    /// Dimensions in order.
    pub dimensions: Vec<Dimension>,
    /// Grades, best first.
    pub grades: Vec<Grade>,
    /// Types in order; the first that holds.
    pub types: Vec<TypeRule>,
    /// Tags in order.
    pub tags: Vec<Tag>,
    /// Review rules in order.
    pub reviews: Vec<Review>,
    /// Strategies in order; the first that holds.
    pub strategies: Vec<Strategy>,
    /// What the output shows.
    pub output: Output,
    /// Whether the scheme has `[[movement]]`, which this version does not run.
    pub has_movement: bool,
    /// Whether the scheme has `[[roles]]`, which this version does not run.
    pub has_roles: bool,
    /// Where the columns of all names are.
    pub slots: Slots,
    /// All population figures that expressions use, by the index that their nodes name.
    pub populations: Vec<PopulationSpec>,
}

/// `[scheme] missing`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MissingRule {
    /// A customer with an unrated weighted dimension has no score.
    Unrated,
    /// The other weights share the missing one's.
    Reweight,
}

/// The columns of everything that has a name. A slot is an index into `names`.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    /// For each slot what it holds.
    pub entries: Vec<SlotEntry>,
}

/// One column of the run.
#[derive(Clone, Debug)]
pub struct SlotEntry {
    /// The name as expressions write it (`sheet.field` for a lookup's field).
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// What fills it.
    pub kind: SlotKind,
}

/// What fills a column. Indices are positions in the lists of [`Scheme`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotKind {
    /// Field `.0` of the customers' sheet.
    Field(usize),
    /// Field `.1` of lookup sheet `.0`.
    LookupField(usize, usize),
    /// A metric.
    Metric(usize),
    /// A value.
    Value(usize),
    /// A dimension's label.
    Label(usize),
    /// A dimension's points.
    Points(usize),
    /// The points within one dimension, of its bands over `points`.
    OwnPoints(usize),
    /// The score.
    Score,
    /// The grade that counts.
    Grade,
    /// The type.
    Type,
    /// A tag, rendered.
    Tag(usize),
    /// The grade of the run before, '' if none.
    PreviousGrade,
    /// The type of the run before, '' if none.
    PreviousType,
    /// The key of the customer (a scheme without a customers' sheet).
    Id,
}

/// A field of a sheet.
#[derive(Clone, Debug)]
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
    /// How it is masked for those who may not see it whole (`phone`); used by roles.
    pub mask: Option<String>,
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

pub use crate::clean::DateOrder;

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

/// A bound expression with the text it was written as.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written, for reasons and explanations.
    pub text: Arc<str>,
    /// As meant.
    pub bound: Bound,
}

/// A value for each customer (or customer and period) from an event sheet.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name.
    pub name: Arc<str>,
    /// Where its column is.
    pub slot: Slot,
    /// Index of the event sheet in [`Scheme::events`].
    pub from: usize,
    /// What is worked out, over the event sheet's fields.
    pub value: Aggregate,
    /// `value` as written.
    pub text: Arc<str>,
    /// Which rows count.
    pub filter: Option<Expression>,
    /// Which dates count.
    pub window: Window,
    /// Present for a series: one value for each closed period of this kind.
    pub per: Option<PeriodKind>,
    /// What a series does with periods outside coverage.
    pub gaps: Gaps,
}

/// Which dates a metric takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// How far back.
    pub span: WindowSpan,
    /// How long before the as-of date it ends.
    pub ending: Span,
}

/// How far back a window goes.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowSpan {
    /// To the first row.
    All,
    /// So long.
    Within(Span),
    /// From the first day of the calendar period that the window's end falls in.
    Calendar(PeriodKind),
    /// From the last anniversary of a date field of the customers' sheet, on or before the window's end.
    Anniversary(usize),
}

/// A length of time: so many months, or so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar months.
    Months(i32),
    /// Days.
    Days(i32),
}

/// What a series does with periods outside coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// They are missing and end a run.
    End,
    /// They are passed over.
    Skip,
    /// They count as zero.
    Zero,
}

/// A value for each customer.
#[derive(Clone, Debug)]
pub struct ValueRule {
    /// Its name.
    pub name: Arc<str>,
    /// Where its column is.
    pub slot: Slot,
    /// What it is.
    pub is: Expression,
}

/// An ordered list of bands that gives a label, and points if it has a weight.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: Arc<str>,
    /// Where its label is.
    pub label_slot: Slot,
    /// Where its points are.
    pub points_slot: Slot,
    /// Its weight in the score; `None` if it only classifies.
    pub weight: Option<Decimal>,
    /// Where label and points come from.
    pub rule: DimensionRule,
    /// When it counts, if not always.
    pub temporary: Option<Temporary>,
    /// Where its name stands in the scheme's text.
    pub span: Range<usize>,
}

/// Where a dimension's label and points come from.
#[derive(Clone, Debug)]
pub enum DimensionRule {
    /// The first band that holds gives both.
    Bands(Vec<Band>),
    /// An expression gives the points, bands over `points` the label (no bands: no label).
    Points {
        /// The points.
        points: Expression,
        /// Bands over `points`.
        bands: Vec<Band>,
        /// Where the dimension's own `points` is while its bands are judged.
        own: Slot,
    },
    /// Weighted indicators give the points, bands over `points` the label.
    Indicators {
        /// The indicators.
        indicators: Vec<Indicator>,
        /// Bands over `points`.
        bands: Vec<Band>,
        /// Where the dimension's own `points` is while its bands are judged.
        own: Slot,
    },
}

/// One weighted part of a dimension.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its name.
    pub name: Arc<str>,
    /// Its weight among the dimension's indicators.
    pub weight: Decimal,
    /// Where its points come from.
    pub rule: IndicatorRule,
    /// Where its name stands in the scheme's text.
    pub span: Range<usize>,
}

/// Where an indicator's points come from.
#[derive(Clone, Debug)]
pub enum IndicatorRule {
    /// The first band that holds.
    Bands(Vec<Band>),
    /// An expression.
    Points(Expression),
}

/// One line of a dimension.
#[derive(Clone, Debug)]
pub struct Band {
    /// Its label; indicators' bands need none.
    pub label: Option<Arc<str>>,
    /// Its condition; `None` is otherwise.
    pub when: Option<Expression>,
    /// Its points.
    pub points: Option<Decimal>,
    /// Where its condition, or else the band, stands in the scheme's text.
    pub span: Range<usize>,
}

/// When a dimension counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// Who asked for it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who approved it; nobody: it does not count.
    pub approved_by: Option<String>,
    /// The first day on which it counts.
    pub from: Option<Date>,
    /// The last day on which it counts.
    pub until: Option<Date>,
}

/// One grade.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Its name.
    pub name: Arc<str>,
    /// Who gets it.
    pub rule: GradeRule,
    /// Names it had in earlier schemes.
    pub was: Vec<Arc<str>>,
    /// The fill colour of its cells as six hexadecimal digits.
    pub color: Option<String>,
    /// With movement: lost only below this.
    pub keep: Option<Expression>,
    /// Where its condition or rank, or else its name, stands in the scheme's text.
    pub span: Range<usize>,
}

/// Who gets a grade.
#[derive(Clone, Debug)]
pub enum GradeRule {
    /// Those for whom a condition holds; `None` is otherwise.
    When(Option<Expression>),
    /// The best of them.
    Top(Top),
}

/// The best of the customers by something.
#[derive(Clone, Debug)]
pub struct Top {
    /// How many, counted from the top.
    pub size: TopSize,
    /// The keys, compared in turn; more is better.
    pub by: Vec<Expression>,
    /// Whether those equal at the edge are in.
    pub ties: Ties,
    /// The groups that are ranked each for itself.
    pub within: Option<Slot>,
}

/// How many are the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopSize {
    /// A share: 0.1 is 10%.
    Share(Decimal),
    /// A number of customers.
    Count(u64),
}

/// Whether those equal at the edge of a grade are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// They are in.
    Up,
    /// They are not.
    Down,
}

/// One type.
#[derive(Clone, Debug)]
pub struct TypeRule {
    /// Its name.
    pub name: Arc<str>,
    /// Who gets it; `None` is otherwise.
    pub when: Option<Expression>,
    /// Where its condition, or else its name, stands in the scheme's text.
    pub span: Range<usize>,
}

/// One tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its text.
    pub name: Template,
    /// Where its rendered text is.
    pub slot: Slot,
    /// Who gets it; `None` is everybody for whom the template's names have values.
    pub when: Option<Expression>,
}

/// A text with names in braces.
#[derive(Clone, Debug)]
pub struct Template {
    /// As written.
    pub text: Arc<str>,
    /// Its parts in order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Plain text.
    Text(Arc<str>),
    /// The value of a name.
    Slot(Slot),
}

/// A queue for people.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its name.
    pub name: Arc<str>,
    /// Who is in it.
    pub when: Expression,
    /// Who looks at it.
    pub owner: Option<Template>,
    /// In how many days.
    pub due_days: Option<i64>,
    /// Whether the grade is held for the reviewer.
    pub hold: bool,
}

/// What a type or grade gets.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Who gets it; `None` is everybody left.
    pub when: Option<Expression>,
    /// What is done for them.
    pub service: Option<String>,
    /// What is spent on them.
    pub resources: Option<String>,
    /// What they get.
    pub benefits: Vec<String>,
    /// Who looks after them.
    pub owner_level: Option<String>,
    /// How fast they are answered, as written.
    pub respond_within: Option<String>,
    /// What is to be reached.
    pub goal: Option<String>,
    /// Whether it is reached.
    pub goal_met: Option<Expression>,
    /// Hours of work a period.
    pub hours: Option<Decimal>,
    /// Cost a period.
    pub cost: Option<Decimal>,
    /// What is to be done.
    pub tasks: Vec<Task>,
    /// Where its condition, or else its header, stands in the scheme's text.
    pub span: Range<usize>,
}

/// Something to be done for a customer.
#[derive(Clone, Debug)]
pub struct Task {
    /// What.
    pub title: String,
    /// By whom.
    pub by: Option<Template>,
    /// When.
    pub rule: TaskRule,
    /// How many days before.
    pub lead_days: i64,
}

/// When a task is due.
#[derive(Clone, Debug)]
pub enum TaskRule {
    /// At intervals.
    Every(Span),
    /// On the date of a field.
    On(Slot),
    /// While a condition holds.
    When(Expression),
}

/// What the output shows.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The name of the worksheet.
    pub sheet: Option<String>,
    /// Whether a grade colours its row and not only its cell.
    pub fill_row: bool,
    /// The columns; `None`: the input's columns, then the results.
    pub columns: Option<Vec<OutputColumn>>,
}

/// One item of `columns`.
#[derive(Clone, Debug)]
pub enum OutputColumn {
    /// `*`: the input's columns, those that an earlier run of regrade wrote left out.
    Input,
    /// An expression (or a result column) under a heading.
    Computed {
        /// The heading.
        heading: Arc<str>,
        /// What it shows.
        show: Shown,
    },
}

/// What a computed column shows.
#[derive(Clone, Debug)]
pub enum Shown {
    /// An expression.
    Expression(Expression),
    /// A result column as it is.
    Result(ResultColumn),
    /// A column of the input that no field reads, by its header.
    Header(Arc<str>),
}

/// The columns that grading adds. `words` has their headings in both languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ResultColumn {
    /// The grade.
    Grade,
    /// The grade of the run before.
    Previous,
    /// What happened to it.
    Decision,
    /// Since when it is so.
    Since,
    /// The score.
    Score,
    /// The type.
    Type,
    /// The label of dimension `.0`.
    Label(usize),
    /// The tags, joined.
    Tags,
    /// Why.
    Reasons,
    /// What the next grade needs.
    Next,
}
