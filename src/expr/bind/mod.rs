//! Names and types: takes a tree and the names of its place, gives what it means, or all that does not fit.
//!
//! Done once, before the first row. Literals are converted and folded here, so that evaluation only compares.

mod aggregate;
mod call;
mod check;
mod compare;
mod measure;
mod over;
mod words;

pub use aggregate::{Aggregate, AggregateFunction, Estimate, aggregate};
pub use check::{Checked, FileFigure, check};

use super::ast::{Arithmetic, Ast, Expr, ExprKind, Form, Negation, Number};
use super::bound::{Bound, Node, PopulationSpec};
use super::eval;
use super::types::{Base, Measure, Resolution, Scope, Type};
use crate::diagnostic::{Code, Finding, nearest};
use crate::table::{Decimal, Value};
use crate::text;
use std::ops::Range;
use words::{as_written, date_help, describe, this_is};

/// Binds `ast` to the names of `scope`. Populations that it needs are added to `populations` unless they are there.
pub fn bind(
    ast: &Ast,
    scope: &dyn Scope,
    populations: &mut Vec<PopulationSpec>,
) -> Result<Bound, Vec<Finding>> {
    let known = populations.len();
    let mut binder = Binder {
        scope,
        populations,
        findings: vec![],
        inside: Inside::Nothing,
    };
    match binder.expr(&ast.root) {
        Some(bound) if binder.findings.is_empty() => Ok(bound),
        _ => {
            let findings = binder.findings;
            populations.truncate(known);
            Err(findings)
        }
    }
}

/// What surrounds the part that is being bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Series,
    Population,
}

struct Binder<'a> {
    scope: &'a dyn Scope,
    populations: &'a mut Vec<PopulationSpec>,
    findings: Vec<Finding>,
    inside: Inside,
}

/// `None`: a fault was reported.
type Binding<T = Bound> = Option<T>;

impl Binder<'_> {
    fn fail<T>(&mut self, finding: Finding) -> Binding<T> {
        self.findings.push(finding);
        None
    }

    fn expr(&mut self, expr: &Expr) -> Binding {
        let span = expr.span.clone();
        let bound = match &expr.kind {
            ExprKind::Null => literal(Value::Missing, Type::of(Base::Null), span),
            ExprKind::Bool(value) => literal(Value::Bool(*value), Type::of(Base::Bool), span),
            ExprKind::Number(number) => number_literal(number, span),
            ExprKind::Text(content) => literal(
                Value::Text(content.as_str().into()),
                Type::of(Base::Text),
                span,
            ),
            ExprKind::Date(date) => literal(Value::Date(*date), Type::of(Base::Date), span),
            ExprKind::DateTime(moment) => {
                literal(Value::DateTime(*moment), Type::of(Base::DateTime), span)
            }
            ExprKind::Name { sheet, name } => self.name(sheet.as_deref(), name, span)?,
            ExprKind::Negate(inner) => self.negate(inner, span)?,
            ExprKind::Not(inner) => {
                let inner = self.condition(inner)?;
                let ty = truth(&[&inner]);
                Bound {
                    node: Node::Not(Box::new(inner)),
                    ty,
                    span,
                }
            }
            ExprKind::And(items) => {
                let items = self.conditions(items)?;
                let ty = truth(&items.iter().collect::<Vec<_>>());
                Bound {
                    node: Node::And(items),
                    ty,
                    span,
                }
            }
            ExprKind::Or(items) => {
                let items = self.conditions(items)?;
                let ty = truth(&items.iter().collect::<Vec<_>>());
                Bound {
                    node: Node::Or(items),
                    ty,
                    span,
                }
            }
            ExprKind::Arithmetic(op, left, right) => self.arithmetic(*op, left, right, span)?,
            ExprKind::Compare(op, left, right) => self.compare(*op, left, right, span)?,
            ExprKind::IsNull(inner, negation) => {
                let inner = self.expr(inner)?;
                let ty = truth(&[&inner]);
                negated(
                    Bound {
                        node: Node::IsNull(Box::new(inner)),
                        ty,
                        span,
                    },
                    *negation,
                )
            }
            ExprKind::IsTruth(inner, value, negation) => {
                let inner = self.condition(inner)?;
                let ty = truth(&[&inner]);
                negated(
                    Bound {
                        node: Node::IsTruth(Box::new(inner), *value),
                        ty,
                        span,
                    },
                    *negation,
                )
            }
            ExprKind::In(operand, list, negation) => {
                negated(self.membership(operand, list, span)?, *negation)
            }
            ExprKind::Between(operand, low, high, negation) => {
                negated(self.between(operand, low, high, span)?, *negation)
            }
            ExprKind::Like(operand, pattern, negation) => {
                negated(self.like(operand, pattern, span)?, *negation)
            }
            ExprKind::Case(arms, otherwise) => self.case(arms, otherwise.as_deref(), span)?,
            ExprKind::Call {
                function,
                name_span,
                arguments,
                within,
            } => self.call(function, &name_span.0, arguments, within.as_deref(), span)?,
        };
        Some(folded(bound))
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Binding<Vec<Bound>> {
        // All are bound before the first fault ends it, so that every fault is reported.
        let bound: Vec<_> = exprs.into_iter().map(|expr| self.expr(expr)).collect();
        bound.into_iter().collect()
    }

    fn conditions(&mut self, exprs: &[Expr]) -> Binding<Vec<Bound>> {
        let bound: Vec<_> = exprs.iter().map(|expr| self.condition(expr)).collect();
        bound.into_iter().collect()
    }

    /// A part that must be a condition.
    fn condition(&mut self, expr: &Expr) -> Binding {
        let mut bound = self.expr(expr)?;
        match bound.ty.base {
            Base::Bool => Some(bound),
            Base::Null => {
                bound.ty.base = Base::Bool;
                Some(bound)
            }
            base => {
                let what = describe(&bound.ty);
                let title = text!("a condition is needed here", "这里应为条件");
                let help = match base {
                    Base::Text if bound.literal().is_some() => text!(
                        "compare it: `x = 'a' or x = 'b'`, or `x in ('a', 'b')`",
                        "要写出比较：`x = '甲' or x = '乙'`，或 `x in ('甲', '乙')`"
                    ),
                    _ => text!(
                        "compare it with something, as in `x >= 100`",
                        "要与某个值比较，例如 `x >= 100`"
                    ),
                };
                let finding = Finding::error(Code::TypeMismatch, title).at(bound.span);
                self.fail(finding.label(this_is(&what)).help(help))
            }
        }
    }

    /// A part that must be a number.
    fn number(&mut self, expr: &Expr) -> Binding {
        let bound = self.expr(expr)?;
        self.as_number(bound)
    }

    fn as_number(&mut self, mut bound: Bound) -> Binding {
        match bound.ty.base {
            Base::Number => Some(bound),
            Base::Null => {
                bound.ty = Type {
                    measure: Measure::Bare,
                    ..Type::of(Base::Number)
                };
                Some(bound)
            }
            base => {
                let what = describe(&bound.ty);
                let title = text!("a number is needed here", "这里应为数字");
                let finding = Finding::error(Code::TypeMismatch, title)
                    .at(bound.span)
                    .label(this_is(&what));
                let finding = match base {
                    Base::Date | Base::DateTime => finding.help(date_help()),
                    Base::Text if bound.ty.domain.is_some() => finding.help(text!(
                        "the points of a dimension are `points(dimension)`",
                        "维度的分数写作 `points(维度)`"
                    )),
                    Base::Bool => finding.help(text!(
                        "write `case when x then 1 else 0 end`",
                        "写作 `case when x then 1 else 0 end`"
                    )),
                    _ => finding,
                };
                self.fail(finding)
            }
        }
    }

    fn name(&mut self, sheet: Option<&str>, name: &str, span: Range<usize>) -> Binding {
        if sheet.is_none() && name == "as_of" {
            return Some(Bound {
                node: Node::AsOf,
                ty: Type::of(Base::Date),
                span,
            });
        }
        match self.scope.resolve(sheet, name) {
            Resolution::Found(symbol) => Some(Bound {
                node: Node::Slot(symbol.slot),
                ty: symbol.ty,
                span,
            }),
            Resolution::NotHere(help) => {
                let title = text!("`{name}` cannot be used here", "这里不能用 `{name}`");
                self.fail(Finding::error(Code::UnknownName, title).at(span).help(help))
            }
            Resolution::Unknown => {
                let written =
                    sheet.map_or_else(|| name.to_owned(), |sheet| format!("{sheet}.{name}"));
                let title = text!("nothing is named `{written}`", "没有名为 `{written}` 的项");
                let names = self.scope.names();
                let near = nearest(&written, names.iter().map(String::as_str).chain(["as_of"]));
                let help = match near {
                    Some(near) => {
                        let near = as_written(near);
                        text!("did you mean `{near}`?", "是否想写 `{near}`？")
                    }
                    None => text!(
                        "a text goes in single quotes: `'{written}'`",
                        "若是文本，要用单引号：`'{written}'`"
                    ),
                };
                self.fail(Finding::error(Code::UnknownName, title).at(span).help(help))
            }
        }
    }

    fn negate(&mut self, inner: &Expr, span: Range<usize>) -> Binding {
        let inner = self.number(inner)?;
        let ty = Type {
            domain: None,
            ..inner.ty.clone()
        };
        Some(Bound {
            node: Node::Negate(Box::new(inner)),
            ty,
            span,
        })
    }

    fn arithmetic(
        &mut self,
        op: Arithmetic,
        left: &Expr,
        right: &Expr,
        span: Range<usize>,
    ) -> Binding {
        let (left, right) = (self.number(left), self.number(right));
        let (mut left, mut right) = (left?, right?);
        let measure = match measure::arithmetic(op, &mut left, &mut right) {
            Ok(measure) => measure,
            Err(finding) => return self.fail(*finding),
        };
        let series = left.ty.series || right.ty.series;
        let ty = Type {
            measure,
            series,
            ..Type::of(Base::Number)
        };
        Some(Bound {
            node: Node::Arithmetic(op, Box::new(left), Box::new(right)),
            ty,
            span,
        })
    }

    fn case(
        &mut self,
        arms: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        span: Range<usize>,
    ) -> Binding {
        let conditions: Vec<_> = arms
            .iter()
            .map(|(condition, _)| self.condition(condition))
            .collect();
        let results = self.exprs(arms.iter().map(|(_, result)| result).chain(otherwise));
        let conditions: Vec<Bound> = conditions.into_iter().collect::<Option<_>>()?;
        let mut results = results?;
        let mut ty = self.align(&mut results)?;
        ty.series |= conditions.iter().any(|condition| condition.ty.series);
        let otherwise = otherwise.and_then(|_| results.pop()).map(Box::new);
        let arms = conditions.into_iter().zip(results).collect();
        Some(Bound {
            node: Node::Case(arms, otherwise),
            ty,
            span,
        })
    }
}

fn literal(value: Value, ty: Type, span: Range<usize>) -> Bound {
    Bound {
        node: Node::Literal(value),
        ty,
        span,
    }
}

fn number_literal(number: &Number, span: Range<usize>) -> Bound {
    let measure = match &number.form {
        Form::Bare => Measure::Bare,
        Form::Percent => Measure::Plain,
        Form::Sum => Measure::BareSum,
        Form::Money(unit) => Measure::Money(Some(unit.clone())),
    };
    literal(
        Value::Number(number.value),
        Type {
            measure,
            ..Type::of(Base::Number)
        },
        span,
    )
}

/// The number of a literal.
fn literal_number(bound: &Bound) -> Option<Decimal> {
    match bound.literal() {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// A condition over these operands.
fn truth(operands: &[&Bound]) -> Type {
    Type {
        series: operands.iter().any(|operand| operand.ty.series),
        ..Type::of(Base::Bool)
    }
}

fn negated(bound: Bound, negation: Negation) -> Bound {
    if negation == Negation::Plain {
        return bound;
    }
    let (ty, span) = (bound.ty.clone(), bound.span.clone());
    Bound {
        node: Node::Not(Box::new(bound)),
        ty,
        span,
    }
}

/// A part that is known before the first row becomes its value, unless working it out goes wrong: that is a finding
/// of the rows.
fn folded(bound: Bound) -> Bound {
    let known = |part: &Bound| part.literal().is_some();
    if known(&bound) || !bound.children().into_iter().all(known) || !bound.is_constant() {
        return bound;
    }
    match eval::constant(&bound) {
        Some(value) => Bound {
            node: Node::Literal(value),
            ..bound
        },
        None => bound,
    }
}
