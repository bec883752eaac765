//! The condition of a check: over each row of a sheet, or over figures of the whole file; `before(…)` is the same in the
//! last import.
//!
//! Which of the two it is follows from the condition: what has `sum(x)`, `count()` and the like in it is about the whole
//! file, as in SQL.

use super::aggregate::{Aggregate, AggregateFunction};
use super::{Binder, Inside, bind};
use crate::diagnostic::{Code, Finding};
use crate::expr::ast::{Ast, Expr, ExprKind};
use crate::expr::bound::Bound;
use crate::expr::parser;
use crate::expr::types::{Base, Resolution, Scope, Slot, Symbol, Type};
use crate::text;
use std::ops::Range;

/// The function that looks at the last import.
const BEFORE: &str = "before";
/// Stands where a lookup's name would, and cannot be typed there: the name is that of the last import, or of a figure.
const OF_BEFORE: &str = "before()";
const OF_FIGURE: &str = "figure()";

/// What a check's condition means.
#[derive(Clone, Debug, PartialEq)]
pub enum Checked {
    /// A condition over each row. Slots from the number of fields on are the fields in the last import.
    EachRow {
        /// The condition.
        bound: Bound,
        /// Whether it looks at the last import.
        reads_before: bool,
    },
    /// A condition over figures: slot `i` is figure `i`.
    WholeFile {
        /// The condition.
        bound: Bound,
        /// The figures.
        figures: Vec<FileFigure>,
    },
}

/// A figure of the whole file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFigure {
    /// How it is worked out.
    pub aggregate: Aggregate,
    /// As written.
    pub text: String,
    /// Whether it is that of the last import.
    pub is_before: bool,
}

/// Parses and binds the condition of a check over `fields`, of which there are `count`.
pub fn check(text: &str, fields: &dyn Scope, count: usize) -> Result<Checked, Vec<Finding>> {
    let Ast { mut root } = parser::parse(text)?;
    let mut taken = Taken {
        text,
        fields,
        figures: vec![],
        findings: vec![],
        reads_before: false,
        is_whole: has_aggregate(&root),
    };
    taken.rewrite(&mut root, false);
    if !taken.findings.is_empty() {
        return Err(taken.findings);
    }
    let Taken {
        figures,
        reads_before,
        is_whole,
        ..
    } = taken;
    let scope = CheckScope {
        fields,
        offset: count as u32,
        figures: is_whole.then_some(&figures[..]),
    };
    let bound = condition(&Ast { root }, &scope)?;
    Ok(if is_whole {
        Checked::WholeFile { bound, figures }
    } else {
        Checked::EachRow {
            bound,
            reads_before,
        }
    })
}

fn condition(ast: &Ast, scope: &dyn Scope) -> Result<Bound, Vec<Finding>> {
    let bound = bind(ast, scope, &mut vec![])?;
    if matches!(bound.ty.base, Base::Bool) {
        return Ok(bound);
    }
    let finding = Finding::error(
        Code::WrongResult,
        text!(
            "this is a value, and a condition is needed",
            "这是一个值，而这里应为条件"
        ),
    );
    Err(vec![finding.at(bound.span).help(text!(
        "compare it with something, as in `x >= 100`",
        "要与某个值比较，例如 `x >= 100`"
    ))])
}

/// The aggregate that a function's name means; `first`, `last` and the like go by customer and date, which a file as a
/// whole does not have.
fn aggregate_named(function: &str) -> Option<AggregateFunction> {
    let found = AggregateFunction::ALL
        .iter()
        .find(|(name, _)| *name == function);
    found.map(|(_, which)| *which)
}

const fn is_of_file(function: AggregateFunction) -> bool {
    use AggregateFunction as F;
    matches!(
        function,
        F::Sum | F::Count | F::CountDistinct | F::Min | F::Max | F::Mean | F::Median
    )
}

fn has_aggregate(expr: &Expr) -> bool {
    let here = match &expr.kind {
        ExprKind::Call { function, .. } => aggregate_named(function).is_some(),
        _ => false,
    };
    here || expr.kind.children().into_iter().any(has_aggregate)
}

/// What is taken out of a tree before it is bound.
struct Taken<'a> {
    text: &'a str,
    fields: &'a dyn Scope,
    figures: Vec<FileFigure>,
    findings: Vec<Finding>,
    reads_before: bool,
    is_whole: bool,
}

impl Taken<'_> {
    /// Puts names in the place of aggregates and of what stands in `before(…)`.
    fn rewrite(&mut self, expr: &mut Expr, in_before: bool) {
        let span = expr.span.clone();
        match &mut expr.kind {
            ExprKind::Call {
                function,
                arguments,
                ..
            } if function == BEFORE => {
                let [inner] = &mut arguments[..] else {
                    self.fail(
                        &span,
                        text!("`before` takes one argument", "`before` 须有一个参数"),
                    );
                    return;
                };
                if in_before {
                    self.fail(
                        &span,
                        text!(
                            "`before` stands in another `before`",
                            "`before` 不能再套 `before`"
                        ),
                    );
                    return;
                }
                self.rewrite(inner, true);
                self.reads_before = true;
                *expr = inner.clone();
            }
            ExprKind::Call { function, .. } if aggregate_named(function).is_some() => {
                let name = self.figure(expr, in_before);
                if let Some(name) = name {
                    expr.kind = name;
                }
            }
            ExprKind::Name { sheet, .. } if in_before && !self.is_whole => {
                *sheet = Some(OF_BEFORE.to_owned());
            }
            kind => {
                for child in kind.children_mut() {
                    self.rewrite(child, in_before);
                }
            }
        }
    }

    /// The name of the figure that an aggregate is.
    fn figure(&mut self, call: &Expr, is_before: bool) -> Option<ExprKind> {
        let ExprKind::Call {
            function,
            arguments,
            ..
        } = &call.kind
        else {
            return None;
        };
        let which = aggregate_named(function)?;
        if !is_of_file(which) {
            self.fail(
                &call.span,
                text!(
                    "`{function}` goes by customer and date, which a file as a whole does not have",
                    "`{function}` 按客户和日期取值，不能用于整份文件"
                ),
            );
            return None;
        }
        if let Some(inner) = arguments.iter().find_map(find_before) {
            self.fail(
                &inner,
                text!(
                    "`before` stands around the whole figure",
                    "`before` 要写在汇总函数外面"
                ),
            );
            return None;
        }
        let mut binder = Binder {
            scope: self.fields,
            populations: &mut vec![],
            findings: vec![],
            inside: Inside::Nothing,
        };
        let aggregate = binder.aggregate(call);
        self.findings.append(&mut binder.findings);
        self.figures.push(FileFigure {
            aggregate: aggregate?,
            text: self.text[call.span.clone()].trim().to_owned(),
            is_before,
        });
        Some(ExprKind::Name {
            sheet: Some(OF_FIGURE.to_owned()),
            name: (self.figures.len() - 1).to_string(),
        })
    }

    fn fail(&mut self, span: &Range<usize>, title: crate::diagnostic::Text) {
        self.findings.push(
            Finding::error(Code::BadArguments, title)
                .at(span.clone())
                .help(text!(
                    "write `before(x)` for the row's value in the last import, `before(count())` or `before(sum(x))` \
                     for a figure of it",
                    "上次导入中同一行的值写 `before(x)`，整份文件的写 `before(count())`、`before(sum(x))`"
                )),
        );
    }
}

fn find_before(expr: &Expr) -> Option<Range<usize>> {
    match &expr.kind {
        ExprKind::Call { function, .. } if function == BEFORE => Some(expr.span.clone()),
        kind => kind.children().into_iter().find_map(find_before),
    }
}

/// The names of a check: the fields now and before, or the figures.
struct CheckScope<'a> {
    fields: &'a dyn Scope,
    /// Where the slots of the last import begin.
    offset: u32,
    figures: Option<&'a [FileFigure]>,
}

impl Scope for CheckScope<'_> {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        match (self.figures, sheet) {
            (None, Some(OF_BEFORE)) => match self.fields.resolve(None, name) {
                Resolution::Found(symbol) => Resolution::Found(Symbol {
                    slot: Slot(symbol.slot.0 + self.offset),
                    ty: symbol.ty,
                }),
                other => other,
            },
            (None, sheet) => self.fields.resolve(sheet, name),
            (Some(figures), Some(OF_FIGURE)) => {
                let index: Option<usize> = name.parse().ok();
                let figure = index.and_then(|index| Some((index, figures.get(index)?)));
                figure.map_or(Resolution::Unknown, |(index, figure)| {
                    Resolution::Found(Symbol {
                        slot: Slot(index as u32),
                        ty: Type {
                            domain: None,
                            ..figure.aggregate.ty.clone()
                        },
                    })
                })
            }
            (Some(_), sheet) => match self.fields.resolve(sheet, name) {
                Resolution::Found(_) => Resolution::NotHere(text!(
                    "`{name}` has a value in each row; beside a figure of the whole file write `sum({name})`, \
                     `max({name})` and the like",
                    "`{name}` 每行一个值；和整份文件的汇总在一起时，请写 `sum({name})`、`max({name})` 等"
                )),
                other => other,
            },
        }
    }

    fn names(&self) -> Vec<String> {
        self.fields.names()
    }
}
