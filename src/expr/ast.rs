//! An expression as written: a tree without names or types looked up, and the canonical text of it.

use super::lexer::{Word, is_name_part};
use crate::table::{Date, DateTime, Decimal, Unit};
use std::fmt::{self, Display, Formatter};
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

    /// Whether it is a literal, perhaps negated.
    pub fn is_literal(&self) -> bool {
        match &self.kind {
            ExprKind::Negate(inner) => matches!(inner.kind, ExprKind::Number(_)),
            kind => matches!(
                kind,
                ExprKind::Null
                    | ExprKind::Bool(_)
                    | ExprKind::Number(_)
                    | ExprKind::Text(_)
                    | ExprKind::Date(_)
                    | ExprKind::DateTime(_)
            ),
        }
    }
}

impl ExprKind {
    /// The direct parts, in order of appearance.
    fn children(&self) -> Vec<&Expr> {
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

    fn level(&self) -> u8 {
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

impl Display for Ast {
    /// The canonical text: it parses again to an equal tree.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

/// A part in brackets if it binds less tightly than `least`.
struct AtLeast<'a>(u8, &'a Expr);

impl Display for AtLeast<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1.kind.level() < self.0 {
            write!(f, "({})", self.1)
        } else {
            self.1.fmt(f)
        }
    }
}

/// A name, in double quotes where it needs them.
pub(super) struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let plain = self.0.chars().all(is_name_part)
            && self
                .0
                .chars()
                .next()
                .is_some_and(|c| !super::lexer::fold(c).is_ascii_digit())
            && Word::of(self.0).is_none();
        if plain {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Bare => self.value.fmt(f),
            // A hundred times a per cent literal is what was written, so it is within the limit.
            Form::Percent => {
                write!(
                    f,
                    "{}%",
                    self.value
                        .checked_mul(Decimal::HUNDRED)
                        .unwrap_or(self.value)
                )
            }
            Form::Money(unit) => write!(f, "{}{unit}", self.value),
            Form::Sum => {
                // Six places of a hundred are four, so the smallest multiplier always holds the value exactly.
                let (word, scale) = [("亿", 100_000_000), ("万", 10_000), ("千", 1_000)]
                    .into_iter()
                    .find(|(_, scale)| {
                        self.value.millionths() % scale == 0
                            && self.value.abs().millionths() >= scale * 1_000_000
                    })
                    .unwrap_or(("百", 100));
                let count = Decimal::from_millionths(self.value.millionths() / scale);
                write!(f, "{}{word}", count.unwrap_or_default())
            }
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let not = |negation: Negation| {
            if negation == Negation::Not {
                "not "
            } else {
                ""
            }
        };
        match &self.kind {
            ExprKind::Null => f.write_str("null"),
            ExprKind::Bool(value) => value.fmt(f),
            ExprKind::Number(number) => number.fmt(f),
            ExprKind::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            ExprKind::Date(date) => write!(f, "date '{date}'"),
            ExprKind::DateTime(moment) => write!(f, "datetime '{moment}'"),
            ExprKind::Name {
                sheet: Some(sheet),
                name,
            } => {
                write!(f, "{}.{}", Quoted(sheet), Quoted(name))
            }
            ExprKind::Name { sheet: None, name } => Quoted(name).fmt(f),
            ExprKind::Negate(inner) => write!(f, "-{}", AtLeast(level::PRIMARY, inner)),
            ExprKind::Not(inner) => write!(f, "not {}", AtLeast(level::NOT, inner)),
            ExprKind::And(items) => joined(f, items, " and ", level::NOT),
            ExprKind::Or(items) => joined(f, items, " or ", level::AND),
            ExprKind::Arithmetic(op, left, right) => {
                let own = self.kind.level();
                write!(
                    f,
                    "{} {} {}",
                    AtLeast(own, left),
                    op.sign(),
                    AtLeast(own + 1, right)
                )
            }
            ExprKind::Compare(op, left, right) => {
                write!(
                    f,
                    "{} {} {}",
                    AtLeast(level::ADD, left),
                    op.sign(),
                    AtLeast(level::ADD, right)
                )
            }
            ExprKind::IsNull(operand, negation) => {
                write!(
                    f,
                    "{} is {}null",
                    AtLeast(level::ADD, operand),
                    not(*negation)
                )
            }
            ExprKind::IsTruth(operand, value, negation) => {
                write!(
                    f,
                    "{} is {}{value}",
                    AtLeast(level::ADD, operand),
                    not(*negation)
                )
            }
            ExprKind::In(operand, list, negation) => {
                write!(f, "{} {}in (", AtLeast(level::ADD, operand), not(*negation))?;
                joined(f, list, ", ", level::OR)?;
                f.write_str(")")
            }
            ExprKind::Between(operand, low, high, negation) => write!(
                f,
                "{} {}between {} and {}",
                AtLeast(level::ADD, operand),
                not(*negation),
                AtLeast(level::ADD, low),
                AtLeast(level::ADD, high)
            ),
            ExprKind::Like(operand, pattern, negation) => write!(
                f,
                "{} {}like {}",
                AtLeast(level::ADD, operand),
                not(*negation),
                AtLeast(level::ADD, pattern)
            ),
            ExprKind::Case(arms, otherwise) => {
                f.write_str("case")?;
                for (condition, result) in arms {
                    write!(f, " when {condition} then {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, " else {otherwise}")?;
                }
                f.write_str(" end")
            }
            ExprKind::Call {
                function,
                arguments,
                within,
                ..
            } => {
                write!(f, "{function}(")?;
                joined(f, arguments, ", ", level::OR)?;
                if let Some(within) = within {
                    write!(f, " within {within}")?;
                }
                f.write_str(")")
            }
        }
    }
}

fn joined(f: &mut Formatter<'_>, items: &[Expr], separator: &str, least: u8) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        AtLeast(least, item).fmt(f)?;
    }
    Ok(())
}
