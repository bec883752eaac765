//! A scheme as it is meant: every name resolved, every expression bound, every figure exact.
//!
//! [`super::validate`] makes it from what was written; everything after that trusts it.

mod asked;
mod bounds;
mod checks;
mod duplicates;
mod movement;
mod notify;
mod report;
mod result_column;
mod results;
mod roles;
mod sheets;
mod tasks;
mod values;

pub use crate::clean::DateOrder;
pub use asked::{Asked, limits};
pub use bounds::{MetricBound, MetricOrder, MetricPick};
pub use checks::{Allow, Check, Figure, That};
pub use duplicates::{Duplicates, IdentityField, IdentityKind, SameKey, Take};
pub use movement::{Aim, Movement, MovementRule};
pub use notify::{Consent, Notify, Occasion};
pub use report::{Potential, Reporting, Surveys, Tickets};
pub use result_column::ResultColumn;
pub use results::{
    Grade, GradeRule, Output, OutputColumn, Review, Shown, Strategy, Tag, Task, TaskRule, Template,
    TemplatePart, Ties, Top, TopSize, TypeRule, unlike_all,
};
pub use roles::{Mask, Preset, Role, Sight};
pub use sheets::{
    Care, Crosswalk, Customers, DayLimit, EventSheet, Field, FieldKind, Limits, Lookup,
    ProposalRule, Sheet,
};
pub use tasks::{FollowUpRule, Tasks};
pub use values::{
    Band, Dimension, DimensionRule, Gaps, Indicator, IndicatorRule, Metric, MetricSource, Span,
    Temporary, ValueRule, Window, WindowSpan,
};

use crate::assess::Grids;
use crate::diagnostic::Lang;
use crate::expr::{Bound, PopulationSpec, Slot, Type};
use crate::table::PeriodKind;
use crate::words::estimate_mark;
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
    /// Crosswalks in the order of the scheme.
    pub crosswalks: Vec<Crosswalk>,
    /// How customers are told apart, where the scheme says it.
    pub duplicates: Option<Duplicates>,
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
    /// Where follow-ups stand and which days people work on.
    pub tasks: Tasks,
    /// What the output shows.
    pub output: Output,
    /// What reports are told.
    pub report: Reporting,
    /// How customers move on the ladder of grades; `None`: every run takes what the values give.
    pub grade_movement: Option<Movement>,
    /// How customers move on the ladder of types.
    pub type_movement: Option<Movement>,
    /// Who the people are and what they may.
    pub roles: Vec<Role>,
    /// What customers are told, where the scheme says it.
    pub notify: Option<Notify>,
    /// Where the columns of all names are.
    pub slots: Slots,
    /// All population figures that expressions use, by the index that their nodes name.
    pub populations: Vec<PopulationSpec>,
    /// What is known of its lists of conditions once they have been asked for many customers.
    pub grids: Grids,
}

impl Scheme {
    /// All its sheets: the customers', then events, lookups and crosswalks.
    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        let customers = self.customers.iter().map(|sheet| &sheet.sheet);
        let events = self.events.iter().map(|sheet| &sheet.sheet);
        let lookups = self.lookups.iter().map(|sheet| &sheet.sheet);
        let crosswalks = self.crosswalks.iter().map(|sheet| &sheet.sheet);
        customers.chain(events).chain(lookups).chain(crosswalks)
    }

    /// Says in the headings of columns that hold estimates that they do, but for those that somebody has named.
    pub fn mark_estimates(&self, columns: &mut [OutputColumn]) {
        for column in columns {
            if let OutputColumn::Computed {
                heading,
                show: Shown::Expression(expression),
            } = column
                && self.slots.estimates(&expression.bound)
                && **heading == *expression.text.trim_matches('"')
            {
                *heading = format!("{heading}{}", estimate_mark(self.language)).into();
            }
        }
    }

    /// Whether what a run gives depends on the period ends before: grades or types move by rules, or types read what
    /// was before.
    pub fn has_history(&self) -> bool {
        self.grade_movement.is_some() || self.type_movement.is_some() || self.types_read_before()
    }

    /// Whether types read what was before.
    pub fn types_read_before(&self) -> bool {
        let reads_before = |when: &Expression| {
            let slots = when.bound.slots();
            slots.iter().any(|slot| {
                let kind = self.slots.entries[slot.0 as usize].kind;
                matches!(kind, SlotKind::PreviousType | SlotKind::PreviousGrade)
            })
        };
        let mut conditions = self.types.iter().filter_map(|rule| rule.when.as_ref());
        conditions.any(reads_before)
    }
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
    /// Whether an expression of the scheme names it. Those that a call brings along are not counted.
    pub is_read: bool,
    /// Whether it is estimated, or worked out of what is: every output says so.
    pub is_estimate: bool,
    /// How it is seen: in the scheme of a grading that a role sees ([`crate::roles`]) not always as it is.
    pub sight: Sight,
}

impl Slots {
    /// How a column is seen.
    pub fn sight(&self, slot: Slot) -> Sight {
        self.entries[slot.0 as usize].sight
    }

    /// How the column of this kind is seen; as it is, if there is none.
    pub fn sight_of(&self, kind: SlotKind) -> Sight {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.kind == kind);
        entry.map_or(Sight::Open, |entry| entry.sight)
    }

    /// Whether an expression gives an estimate, because it reads one.
    pub fn estimates(&self, bound: &Bound) -> bool {
        let slots = bound.slots();
        slots
            .iter()
            .any(|slot| self.entries[slot.0 as usize].is_estimate)
    }

    /// Whether a role does not see what an expression gives, because it reads a column that the role does not see as it
    /// is. Labels, grades and types are seen whatever they are made of.
    pub fn withholds(&self, bound: &Bound) -> bool {
        let slots = bound.slots();
        slots.iter().any(|slot| self.sight(*slot) != Sight::Open)
    }
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

/// A bound expression with the text it was written as.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written, for reasons and explanations.
    pub text: Arc<str>,
    /// As meant.
    pub bound: Bound,
}

impl Expression {
    /// A part of the text as written; `None` where a role does not see the text.
    pub fn part(&self, span: std::ops::Range<usize>) -> Option<&str> {
        // The whole of what is meant stands on as many bytes as were written, or fewer.
        let is_whole = self.bound.span.end <= self.text.len();
        self.text.get(span).filter(|_| is_whole)
    }
}
