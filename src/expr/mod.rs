//! The condition language. Text becomes a tree ([`parse`]), a tree becomes a meaning ([`bind`]), a meaning becomes a
//! column ([`Bound::eval`]): three steps with three kinds of error. What an aggregate gives of some rows is here too
//! ([`RowColumns`]); which rows those are, others say. Everything that is ever judged or worked out by a
//! scheme's expressions is evaluated here and nowhere else.
//!
//! Absent: files, the clock (`as_of` comes with the [`Frame`]), and any knowledge of a scheme beyond a [`Scope`].

mod ast;
mod bind;
mod bound;
mod causes;
mod eval;
mod frame;
mod functions;
mod lexer;
mod literal;
mod parser;
mod print;
mod threshold;
mod types;

#[cfg(test)]
mod tests;

pub use ast::{Arithmetic, Ast, Comparison, Expr, ExprKind, Form, Negation, Number, Spot};
pub use bind::{
    Aggregate, AggregateFunction, Checked, Estimate, FileFigure, aggregate, bind, check,
};
pub use bound::{Bound, Node, PopulationSpec};
pub use eval::{Evaluated, Fault, FaultKind, NO_ROW, OfRows, RowColumns, over_rows};
pub(crate) use frame::NO_SERIES;
pub use frame::{FieldFrame, Frame, SeriesColumn};
pub use functions::{FUNCTIONS, Function, PopulationFunction, Scalar, SeriesFunction};
pub(crate) use lexer::fold;
pub use parser::parse;
pub use threshold::Threshold;
pub use types::{Base, Domain, Measure, Resolution, Scope, Slot, Symbol, Type};

use crate::diagnostic::{Code, Finding};
use crate::text;

/// Whether two texts are the same words of the language, as they are written, whatever space stands between them.
pub fn same_words(one: &str, other: &str) -> bool {
    let (words, others) = (lexer::lex(one), lexer::lex(other));
    if !words.findings.is_empty() || !others.findings.is_empty() {
        return false;
    }
    let words = words.tokens.iter().map(|word| &one[word.span.clone()]);
    let others = others.tokens.iter().map(|word| &other[word.span.clone()]);
    words.eq(others)
}

/// Parses and binds a condition.
pub fn condition(
    text: &str,
    scope: &dyn Scope,
    populations: &mut Vec<PopulationSpec>,
) -> Result<Bound, Vec<Finding>> {
    let mut bound = any(text, scope, populations)?;
    match bound.ty.base {
        Base::Bool => Ok(bound),
        Base::Null => {
            bound.ty.base = Base::Bool;
            Ok(bound)
        }
        _ => Err(vec![
            Finding::error(
                Code::WrongResult,
                text!(
                    "this is a value, and a condition is needed",
                    "这是一个值，而这里应为条件"
                ),
            )
            .at(bound.span)
            .help(text!(
                "compare it with something, as in `x >= 100`",
                "要与某个值比较，例如 `x >= 100`"
            )),
        ]),
    }
}

/// Parses and binds a number; money is one.
pub fn number(
    text: &str,
    scope: &dyn Scope,
    populations: &mut Vec<PopulationSpec>,
) -> Result<Bound, Vec<Finding>> {
    let mut bound = any(text, scope, populations)?;
    match bound.ty.base {
        Base::Number => Ok(bound),
        Base::Null => {
            bound.ty.base = Base::Number;
            Ok(bound)
        }
        base => {
            let finding = Finding::error(
                Code::WrongResult,
                text!("a number is needed here", "这里应为数字"),
            );
            let help = match base {
                Base::Bool => text!(
                    "write `case when x then 1 else 0 end`",
                    "写作 `case when x then 1 else 0 end`"
                ),
                Base::Text => text!(
                    "the points of a dimension are `points(dimension)`",
                    "维度的分数写作 `points(维度)`"
                ),
                _ => text!(
                    "days since a date are `days(x)`",
                    "距某日的天数写作 `days(x)`"
                ),
            };
            Err(vec![finding.at(bound.span).help(help)])
        }
    }
}

/// Parses and binds an expression of any type but a series. What is made of bare literals only is a plain number once
/// it has a name.
pub fn any(
    text: &str,
    scope: &dyn Scope,
    populations: &mut Vec<PopulationSpec>,
) -> Result<Bound, Vec<Finding>> {
    let known = populations.len();
    let mut bound = bind(&parse(text)?, scope, populations)?;
    if bound.ty.series {
        populations.truncate(known);
        return Err(vec![
            Finding::error(
                Code::SeriesMisuse,
                text!("a series is no single value", "序列不是单个值"),
            )
            .at(bound.span)
            .help(text!(
                "take one value of it: `latest(x)`, `average(x, 3)`, `streak(x > 0)`",
                "取其中一个值：`latest(x)`、`average(x, 3)`、`streak(x > 0)`"
            )),
        ]);
    }
    if matches!(bound.ty.measure, Measure::Bare | Measure::BareSum) {
        bound.ty.measure = Measure::Plain;
    }
    Ok(bound)
}
