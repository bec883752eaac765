//! The `value` of a metric: one call of an aggregate over the rows of an event sheet.

use super::words::{describe, this_is};
use super::{Binder, Inside};
use crate::diagnostic::{Code, Finding};
use crate::expr::ast::{Expr, ExprKind};
use crate::expr::bound::Bound;
use crate::expr::parser;
use crate::expr::types::{Base, Measure, Scope, Type};
use crate::text;

/// What is worked out from a customer's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFunction,
    /// Of what; `None` for `count()` and for `mean_gap()` of the sheet's own date.
    pub argument: Option<Bound>,
    /// What it gives.
    pub ty: Type,
}

/// The ways to make one value of many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AggregateFunction {
    /// The sum.
    Sum,
    /// How many rows (with an argument: rows that have it).
    Count,
    /// How many different values.
    CountDistinct,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean.
    Mean,
    /// The median.
    Median,
    /// That of the first row by date.
    First,
    /// That of the last row by date.
    Last,
    /// The value that most rows have.
    MostCommon,
    /// The mean number of days between rows.
    MeanGap,
    /// What the rows so far say of those to come.
    Estimate(Estimate),
}

/// What is estimated of a customer out of the rows of all of them ([`crate::predict`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Estimate {
    /// How many orders are to be expected.
    Orders,
    /// How likely it is that the customer is still one.
    Active,
    /// What an order is to be expected to be worth.
    Value,
    /// What the orders to be expected are worth.
    Revenue,
}

impl Estimate {
    /// Whether it is of some time to come, and so needs to be told how long.
    pub const fn looks_ahead(self) -> bool {
        matches!(self, Self::Orders | Self::Revenue)
    }

    /// Whether it is of an amount.
    pub const fn is_of_amount(self) -> bool {
        matches!(self, Self::Value | Self::Revenue)
    }
}

impl AggregateFunction {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 15] = [
        ("sum", Self::Sum),
        ("count", Self::Count),
        ("count_distinct", Self::CountDistinct),
        ("min", Self::Min),
        ("max", Self::Max),
        ("mean", Self::Mean),
        ("median", Self::Median),
        ("first", Self::First),
        ("last", Self::Last),
        ("most_common", Self::MostCommon),
        ("mean_gap", Self::MeanGap),
        ("expected_orders", Self::Estimate(Estimate::Orders)),
        ("probability_active", Self::Estimate(Estimate::Active)),
        ("expected_value", Self::Estimate(Estimate::Value)),
        ("expected_revenue", Self::Estimate(Estimate::Revenue)),
    ];

    /// As a scheme writes it.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, function)| *function == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether it goes without an argument.
    const fn needs_none(self) -> bool {
        matches!(self, Self::Count | Self::MeanGap) || self.takes_none()
    }

    /// Whether it takes no argument.
    const fn takes_none(self) -> bool {
        matches!(self, Self::Estimate(estimate) if !estimate.is_of_amount())
    }
}

/// Parses and binds the `value` of a metric over the fields of its event sheet.
pub fn aggregate(text: &str, scope: &dyn Scope) -> Result<Aggregate, Vec<Finding>> {
    let ast = parser::parse(text)?;
    let mut populations = vec![];
    let mut binder = Binder {
        scope,
        populations: &mut populations,
        findings: vec![],
        inside: Inside::Nothing,
    };
    binder.aggregate(&ast.root).ok_or(binder.findings)
}

impl Binder<'_> {
    pub(super) fn aggregate(&mut self, root: &Expr) -> Option<Aggregate> {
        let call = match &root.kind {
            ExprKind::Call {
                function,
                arguments,
                within,
                ..
            } => AggregateFunction::ALL
                .iter()
                .find(|(name, _)| name == function)
                .map(|(name, which)| (*name, *which, arguments, within)),
            _ => None,
        };
        let Some((name, function, arguments, within)) = call else {
            let names: Vec<_> = AggregateFunction::ALL
                .iter()
                .map(|(name, _)| *name)
                .collect();
            let names = names.join(" ");
            let title = text!(
                "the value of a metric is one call that makes one value of many rows",
                "指标的值须是一个汇总函数"
            );
            return self.fail(
                Finding::error(Code::WrongResult, title).at(root.span.clone()).help(text!(
                    "write one of {names}, as in `sum(x)`; what follows from it is a value in [[values]]",
                    "写 {names} 之一，例如 `sum(x)`；由它再算的写在 [[values]] 里"
                )),
            );
        };
        let wrong = |en: &str| {
            Finding::error(
                Code::BadArguments,
                crate::diagnostic::Text {
                    en: format!("`{name}` {en}"),
                    zh: format!("`{name}` 的参数不对"),
                },
            )
        };
        if let Some(within) = within {
            return self.fail(wrong("takes no `within` here").at(within.span.clone()));
        }
        if function.takes_none() && !arguments.is_empty() {
            let finding = wrong("takes no argument").at(root.span.clone());
            return self.fail(finding.help(text!("write `{name}()`", "写作 `{name}()`")));
        }
        if arguments.len() > 1 || (arguments.is_empty() && !function.needs_none()) {
            let finding = wrong("takes one argument").at(root.span.clone());
            return self.fail(finding.help(text!("write `{name}(x)`", "写作 `{name}(x)`")));
        }
        let argument = match arguments.first() {
            None => None,
            Some(argument) => Some(self.aggregated(function, argument)?),
        };
        if !self.findings.is_empty() {
            return None;
        }
        let ty = match function {
            AggregateFunction::Count
            | AggregateFunction::CountDistinct
            | AggregateFunction::MeanGap
            | AggregateFunction::Estimate(Estimate::Orders | Estimate::Active) => {
                Type::of(Base::Number)
            }
            _ => argument.as_ref().map(|argument| argument.ty.clone())?,
        };
        Some(Aggregate {
            function,
            argument,
            ty,
        })
    }

    /// The argument, of a type that the aggregate takes.
    fn aggregated(&mut self, function: AggregateFunction, argument: &Expr) -> Option<Bound> {
        use AggregateFunction as F;
        let mut bound = match function {
            F::Sum | F::Mean | F::Median | F::Estimate(_) => self.number(argument)?,
            _ => self.expr(argument)?,
        };
        if bound.ty.series {
            let title = text!("a series cannot be aggregated", "序列不能再汇总");
            return self.fail(Finding::error(Code::SeriesMisuse, title).at(bound.span));
        }
        if function == F::MeanGap {
            self.read_date(&mut bound)?;
        }
        let base = bound.ty.base;
        let fits = match function {
            F::Min | F::Max => {
                matches!(
                    base,
                    Base::Number | Base::Date | Base::DateTime | Base::Text
                )
            }
            F::MeanGap => matches!(base, Base::Date | Base::DateTime),
            F::Count => base != Base::Null,
            _ => !matches!(base, Base::List | Base::Null),
        };
        if !fits {
            let what = describe(&bound.ty);
            let name = function.name();
            let title = text!("`{name}` does not take this", "`{name}` 不能用于它");
            let finding = Finding::error(Code::BadArguments, title).at(bound.span);
            return self.fail(finding.label(this_is(&what)));
        }
        if matches!(function, F::Min | F::Max) {
            let (ty, span) = (bound.ty.clone(), argument.span.clone());
            self.check_order(&ty, std::slice::from_ref(&bound), &span)?;
        }
        if matches!(bound.ty.measure, Measure::Bare | Measure::BareSum) {
            bound.ty.measure = Measure::Plain;
        }
        Some(bound)
    }
}
