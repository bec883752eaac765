//! The canonical text of a tree: one space where there is one, brackets only where they are needed.

use super::ast::{Ast, Expr, ExprKind, Form, Negation, Number, level};
use super::lexer::{Word, fold, is_name_part};
use crate::table::Decimal;
use std::fmt::{self, Display, Formatter};

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
                .is_some_and(|c| !fold(c).is_ascii_digit())
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
            Form::Percent => write!(f, "{}%", scaled(self.value, 4)),
            Form::Money(unit) => write!(f, "{}{unit}", self.value),
            Form::Sum => {
                let (word, zeros) = [("亿", 8), ("万", 4), ("千", 3)]
                    .into_iter()
                    .find(|(_, zeros)| {
                        let scale = 10i64.pow(*zeros);
                        self.value.millionths() % scale == 0
                            && self.value.abs().millionths() >= scale * 1_000_000
                    })
                    .unwrap_or(("百", 2));
                // The count may have more places than a number of its own could: `1.00000001百` is worth 100.000001.
                write!(f, "{}{word}", scaled(self.value, zeros + 6))
            }
        }
    }
}

/// The digits of a value with the point so many places before the last millionth: six for the value itself, four for
/// its per cent, ten for its 万. What was written may be beyond the limits of a number; what it is worth is not.
fn scaled(value: Decimal, places: u32) -> String {
    let unit = 10u64.pow(places);
    let worth = value.millionths();
    let (whole, rest) = (worth.unsigned_abs() / unit, worth.unsigned_abs() % unit);
    let sign = if worth < 0 { "-" } else { "" };
    let digits = format!("{rest:0width$}", width = places as usize);
    match digits.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{digits}"),
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
            // Apart, because two signs side by side look like a comment of SQL.
            ExprKind::Negate(inner) if matches!(inner.kind, ExprKind::Negate(_)) => {
                write!(f, "- {inner}")
            }
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
