//! An expression as written: a tree without names or types looked up, and the canonical text of it.

use crate::table::{Date, DateTime, Decimal, Unit};
use std::ops::Range;

/// A whole expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Ast {
    /// Its tree.
    pub root: Expr,
}

/// A part of an expression and the bytes that it stands on. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Range<usize>,
    /// How many levels it has: 1 for a name. What recurses over trees is bounded by it.
    pub(super) height: u32,
}

/// Where something stands. Any two are equal, so that trees that say the same are.
#[derive(Clone, Debug, Default)]
pub struct Spot(pub Range<usize>);

impl PartialEq for Spot {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a part of an expression says.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text in quotes.
    Text(String),
    /// `date '2024-03-31'`.
    Date(Date),
    /// `datetime '2024-03-31 08:00'`.
    DateTime(DateTime),
    /// A name, or `sheet.field`.
    Name {
        /// The lookup sheet.
        sheet: Option<String>,
        /// The name.
        name: String,
    },
    /// `-x`.
    Negate(Box<Expr>),
    /// `not x`.
    Not(Box<Expr>),
    /// `a and b and c`.
    And(Vec<Expr>),
    /// `a or b or c`.
    Or(Vec<Expr>),
    /// `a + b`.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `a < b`.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x is null`.
    IsNull(Box<Expr>, Negation),
    /// `x is true`, `x is false`.
    IsTruth(Box<Expr>, bool, Negation),
    /// `x in (a, b)`.
    In(Box<Expr>, Vec<Expr>, Negation),
    /// `x between low and high`.
    Between(Box<Expr>, Box<Expr>, Box<Expr>, Negation),
    /// `x like pattern`.
    Like(Box<Expr>, Box<Expr>, Negation),
    /// `case when … then … else … end`: conditions with their results, and the result of `else`.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `name(arguments within group)`.
    Call {
        /// The function in lower case.
        function: String,
        /// Where its name stands.
        name_span: Spot,
        /// Its arguments.
        arguments: Vec<Expr>,
        /// The name after `within`.
        within: Option<Box<Expr>>,
    },
}

/// Whether the word `not` stands in `not in`, `not between`, `not like`, `is not`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Negation {
    /// It does not.
    Plain,
    /// It does.
    Not,
}

/// `+ - * /`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// `= <> < <= > >=`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// A number literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    /// What it is worth; for [`Form::Money`] in that unit.
    pub value: Decimal,
    /// How it was written.
    pub form: Form,
}

/// How a number was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// `100`
    Bare,
    /// `12.5%`, worth 0.125.
    Percent,
    /// `100万`, worth 1000000.
    Sum,
    /// `100万元`, worth 100 of 万元.
    Money(Unit),
}

/// How tightly a construct binds; the greater the tighter. What the parser and the printer agree on.
pub(super) mod level {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARE: u8 = 4;
    pub const ADD: u8 = 5;
    pub const MULTIPLY: u8 = 6;
    pub const NEGATE: u8 = 7;
    pub const PRIMARY: u8 = 8;
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Expr {
    /// A part that says `kind` and stands on `span`.
    pub(super) fn new(kind: ExprKind, span: Range<usize>) -> Self {
        let below = kind.children().into_iter().map(|child| child.height).max();
        Self {
            kind,
            span,
            height: below.unwrap_or(0) + 1,
        }
    }
}

impl ExprKind {
    /// The direct parts, in order of appearance, to be changed.
    pub(super) fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::DateTime(_)
            | Self::Name { .. } => vec![],
            Self::Negate(inner)
            | Self::Not(inner)
            | Self::IsNull(inner, _)
            | Self::IsTruth(inner, ..) => vec![inner],
            Self::And(items) | Self::Or(items) => items.iter_mut().collect(),
            Self::Arithmetic(_, left, right)
            | Self::Compare(_, left, right)
            | Self::Like(left, right, _) => vec![left, right],
            Self::In(operand, list, _) => std::iter::once(&mut **operand).chain(list).collect(),
            Self::Between(operand, low, high, _) => vec![operand, low, high],
            Self::Case(arms, otherwise) => arms
                .iter_mut()
                .flat_map(|(condition, result)| [condition, result])
                .chain(otherwise.as_deref_mut())
                .collect(),
            Self::Call {
                arguments, within, ..
            } => arguments.iter_mut().chain(within.as_deref_mut()).collect(),
        }
    }

    /// The direct parts, in order of appearance.
    pub(super) fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::DateTime(_)
            | Self::Name { .. } => vec![],
            Self::Negate(inner)
            | Self::Not(inner)
            | Self::IsNull(inner, _)
            | Self::IsTruth(inner, ..) => vec![inner],
            Self::And(items) | Self::Or(items) => items.iter().collect(),
            Self::Arithmetic(_, left, right)
            | Self::Compare(_, left, right)
            | Self::Like(left, right, _) => vec![left, right],
            Self::In(operand, list, _) => std::iter::once(&**operand).chain(list).collect(),
            Self::Between(operand, low, high, _) => vec![operand, low, high],
            Self::Case(arms, otherwise) => arms
                .iter()
                .flat_map(|(condition, result)| [condition, result])
                .chain(otherwise.as_deref())
                .collect(),
            Self::Call {
                arguments, within, ..
            } => arguments.iter().chain(within.as_deref()).collect(),
        }
    }

    /// How tightly it binds.
    pub(super) fn level(&self) -> u8 {
        match self {
            Self::Or(_) => level::OR,
            Self::And(_) => level::AND,
            Self::Not(_) => level::NOT,
            Self::Compare(..)
            | Self::IsNull(..)
            | Self::IsTruth(..)
            | Self::In(..)
            | Self::Between(..)
            | Self::Like(..) => level::COMPARE,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => level::ADD,
            Self::Arithmetic(..) => level::MULTIPLY,
            Self::Negate(_) => level::NEGATE,
            _ => level::PRIMARY,
        }
    }
}

impl Arithmetic {
    /// As written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Comparison {
    /// As written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    /// The one that says the same with the sides exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }

    /// Whether it asks for an order and not only for equality.
    pub const fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Number {
    /// What stands in for a number that could not be read.
    pub(super) const fn one() -> Self {
        Self {
            value: Decimal::ONE,
            form: Form::Bare,
        }
    }
}
