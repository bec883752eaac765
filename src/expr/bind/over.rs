//! Functions over the periods of a series and over all customers.

use super::call::{bad_arguments, whole};
use super::words::{describe, this_is};
use super::{Binder, Binding, Inside, literal_number};
use crate::diagnostic::{Code, Finding};
use crate::expr::ast::Expr;
use crate::expr::bound::{Bound, Node, PopulationSpec};
use crate::expr::functions::{PopulationFunction, SeriesFunction};
use crate::expr::types::{Base, Measure, Type};
use crate::table::Decimal;
use crate::text;
use std::ops::Range;

/// More periods than any data has; a larger figure is a slip.
const MOST_PERIODS: usize = 10_000;

impl Binder<'_> {
    pub(super) fn series(
        &mut self,
        function: SeriesFunction,
        signature: &str,
        arguments: &[Expr],
        span: Range<usize>,
    ) -> Binding {
        use SeriesFunction as F;
        let outer = self.inside;
        self.inside = Inside::Series;
        let argument = match function {
            F::Streak | F::Longest => self.condition(&arguments[0]),
            F::Latest | F::Previous | F::Rising | F::Falling => self.expr(&arguments[0]),
            F::Change | F::Growth | F::Average | F::Total => self.number(&arguments[0]),
        };
        let count = arguments.get(1).map(|count| self.expr(count));
        self.inside = outer;
        let (argument, count) = (
            argument?,
            count.map_or(Some(None), |count| count.map(Some))?,
        );
        if !argument.ty.series {
            let what = describe(&argument.ty);
            let title = text!("a series is needed here", "这里应为序列");
            let finding = Finding::error(Code::SeriesMisuse, title).at(argument.span);
            return self.fail(finding.label(this_is(&what)).help(text!(
                "a series is a metric with `per`, or an expression over one",
                "序列是带 `per` 的指标，或由它算出的表达式"
            )));
        }
        if matches!(function, F::Rising | F::Falling) {
            let plain = Type {
                series: false,
                ..argument.ty.clone()
            };
            self.check_order(&plain, std::slice::from_ref(&argument), &span)?;
        }
        let count = match count {
            None => 1,
            Some(count) => {
                let figure = whole(&count).filter(|n| (1..=MOST_PERIODS).contains(n));
                figure.or_else(|| {
                    let title = text!(
                        "the number of periods is a whole number from 1",
                        "期数须是从 1 起的整数"
                    );
                    self.fail(bad_arguments(title, signature).at(count.span))
                })?
            }
        };
        let ty = match function {
            F::Latest | F::Previous | F::Change | F::Average | F::Total => Type {
                series: false,
                ..argument.ty.clone()
            },
            F::Growth | F::Streak | F::Longest | F::Rising | F::Falling => Type::of(Base::Number),
        };
        let argument = Box::new(argument);
        Some(Bound {
            node: Node::Series {
                function,
                argument,
                count,
            },
            ty,
            span,
        })
    }

    pub(super) fn population(
        &mut self,
        function: PopulationFunction,
        signature: &str,
        arguments: &[Expr],
        within: Option<&Expr>,
        span: Range<usize>,
    ) -> Binding {
        use PopulationFunction as F;
        let misuse = match self.inside {
            Inside::Population => Some((
                text!("population figures do not nest", "总体函数不能嵌套"),
                text!(
                    "name the inner one in [[values]]",
                    "把里面的写成 [[values]] 里的值"
                ),
            )),
            Inside::Series => Some((
                text!(
                    "population figures take no series",
                    "总体函数不能与序列混用"
                ),
                text!("name it in [[values]] first", "先写成 [[values]] 里的值"),
            )),
            Inside::Nothing if !self.scope.has_population() => Some((
                text!("there is no population here", "这里没有总体"),
                text!(
                    "expressions of an event sheet see one row; use [[values]]",
                    "流水表的表达式只看一行；请用 [[values]]"
                ),
            )),
            Inside::Nothing => None,
        };
        if let Some((title, help)) = misuse {
            let finding = Finding::error(Code::PopulationMisuse, title).at(span);
            return self.fail(finding.help(help));
        }
        let outer = self.inside;
        self.inside = Inside::Population;
        let argument = self.expr(&arguments[0]);
        let parameter = arguments.get(1).map(|parameter| self.expr(parameter));
        let group = within.map(|within| self.expr(within));
        self.inside = outer;
        let mut argument = argument?;
        let parameter = parameter.map_or(Some(None), |parameter| parameter.map(Some))?;
        let group = group.map_or(Some(None), |group| group.map(Some))?;
        if let Some(series) = [Some(&argument), group.as_ref()]
            .into_iter()
            .flatten()
            .find(|b| b.ty.series)
        {
            let title = text!("population figures take no series", "总体函数不能用于序列");
            let finding = Finding::error(Code::PopulationMisuse, title).at(series.span.clone());
            return self.fail(finding.help(text!(
                "take one value of it: `latest(x)`, `average(x, 3)`",
                "先取一个值：`latest(x)`、`average(x, 3)`"
            )));
        }
        let dated = matches!(argument.ty.base, Base::Date | Base::DateTime);
        if !(dated && matches!(function, F::Rank | F::Quantile)) {
            argument = self.as_number(argument)?;
        }
        if group
            .as_ref()
            .is_some_and(|group| group.ty.base == Base::List)
        {
            let title = text!("a list makes no groups", "列表不能用来分组");
            return self.fail(bad_arguments(title, signature).at(span));
        }
        let parameter = match (function, parameter) {
            (F::Quantile, Some(parts)) => {
                let figure = whole(&parts).filter(|parts| *parts >= 1);
                figure.map(Decimal::from_count).or_else(|| {
                    let title = text!(
                        "the number of parts is a whole number from 1",
                        "分组数须是从 1 起的整数"
                    );
                    self.fail(bad_arguments(title, signature).at(parts.span))
                })?
            }
            (F::Percentile, Some(share)) => {
                let inside = |share: &Decimal| (Decimal::ZERO..=Decimal::ONE).contains(share);
                literal_number(&share).filter(inside).or_else(|| {
                    let title = text!(
                        "the percentile is from 0 to 1, as `90%`",
                        "百分位须在 0 到 1 之间，例如 `90%`"
                    );
                    self.fail(bad_arguments(title, signature).at(share.span))
                })?
            }
            _ => Decimal::ONE,
        };
        let ty = match function {
            F::Mean | F::Median | F::Percentile => Type {
                domain: None,
                ..argument.ty.clone()
            },
            F::Rank | F::Quantile | F::Share | F::ShareAbove => Type {
                measure: Measure::Plain,
                ..Type::of(Base::Number)
            },
        };
        let mut text = arguments[0].to_string();
        if let Some(within) = within {
            text = format!("{text} within {within}");
        }
        let spec = self.spec(PopulationSpec {
            text,
            argument: argument.clone(),
            within: group.clone(),
        });
        let (argument, within) = (Box::new(argument), group.map(Box::new));
        let node = Node::Population {
            function,
            spec,
            argument,
            within,
            parameter,
        };
        Some(Bound { node, ty, span })
    }

    /// The index of a population: of one text there is only one, unless the text means other things elsewhere (the
    /// `points` of each dimension).
    fn spec(&mut self, spec: PopulationSpec) -> usize {
        let same = |known: &PopulationSpec| {
            known.text == spec.text
                && known.argument == spec.argument
                && known.within == spec.within
        };
        if let Some(index) = self.populations.iter().position(same) {
            return index;
        }
        self.populations.push(spec);
        self.populations.len() - 1
    }
}
