//! The types of the condition language, and the names that an expression may use.

use crate::diagnostic::Text;
use crate::table::Unit;
use std::sync::Arc;

/// Where a name's column is kept: an index that the scheme gives to each field, metric, value, dimension and result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// What sort of value an expression gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Base {
    /// A truth value.
    Bool,
    /// A number or an amount of money.
    Number,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// A text.
    Text,
    /// Several texts.
    List,
    /// The literal `null`, which goes with everything.
    Null,
}

/// What a number measures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Measure {
    /// A plain number: a count, a share, points.
    Plain,
    /// Made of bare literals only (`100`, `2 * 50`): takes the unit of the money beside it.
    Bare,
    /// Made of literals with a multiplier (`100万`): a sum in 元 beside money, else a plain number.
    BareSum,
    /// Money in this unit; `None` for money fields of a scheme without a unit, which meet bare numbers only.
    Money(Option<Unit>),
}

/// The type of an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Type {
    /// The sort of value.
    pub base: Base,
    /// For numbers, what they measure; `Plain` for everything else.
    pub measure: Measure,
    /// For texts of which the possible ones are known.
    pub domain: Option<Arc<Domain>>,
    /// Whether it has one value for each closed period.
    pub series: bool,
}

impl Type {
    /// One plain value of this sort.
    pub const fn of(base: Base) -> Self {
        Self {
            base,
            measure: Measure::Plain,
            domain: None,
            series: false,
        }
    }

    /// An amount of money in `unit`.
    pub const fn money(unit: Option<Unit>) -> Self {
        Self {
            base: Base::Number,
            measure: Measure::Money(unit),
            domain: None,
            series: false,
        }
    }

    /// A text that is one of `domain`.
    pub const fn label(domain: Arc<Domain>) -> Self {
        Self {
            base: Base::Text,
            measure: Measure::Plain,
            domain: Some(domain),
            series: false,
        }
    }
}

/// What a text can be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Domain {
    /// What the texts are, for messages: labels of 价值贡献, grades, choices of 所属行业.
    pub what: Text,
    /// The possible texts, in the order of the scheme.
    pub values: Vec<Arc<str>>,
}

/// A name with its column and type.
#[derive(Clone, PartialEq, Debug)]
pub struct Symbol {
    /// Where its column is.
    pub slot: Slot,
    /// What it holds.
    pub ty: Type,
}

/// What a scope says of a name.
#[derive(Clone, PartialEq, Debug)]
pub enum Resolution {
    /// It is this.
    Found(Symbol),
    /// The name exists, but not here: why, and what to do (for the help line).
    NotHere(Text),
    /// Nothing has that name.
    Unknown,
}

/// The names that an expression may use at its place in the scheme.
pub trait Scope {
    /// Looks up `name`, or `sheet.name` if `sheet` is given.
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution;
    /// All names that would be found, for suggestions; a lookup's field as `sheet.field`.
    fn names(&self) -> Vec<String>;
    /// The column of a dimension's points, for `points(dimension)`.
    fn points(&self, _dimension: &str) -> Resolution {
        Resolution::Unknown
    }
    /// The text columns of all tags (each the rendered tag or missing), for `has_tag`; `None` where tags are not yet
    /// known.
    fn tags(&self) -> Option<&[Slot]> {
        None
    }
    /// The names of all tags as they are written, where none of them can be this text, by rule or set by a person.
    fn tags_unlike(&self, _text: &str) -> Option<Vec<Arc<str>>> {
        None
    }
    /// Whether there is a population here: false for the expressions of an event sheet.
    fn has_population(&self) -> bool {
        false
    }
}
