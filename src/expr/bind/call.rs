//! Calls: looks the function up, counts its arguments, and binds those over the values of one row.

use super::compare::cast;
use super::words::{describe, this_is};
use super::{Binder, Binding, literal_number, truth};
use crate::diagnostic::{Code, Finding, Text, nearest};
use crate::expr::ast::{Expr, ExprKind};
use crate::expr::bound::{Bound, Node};
use crate::expr::functions::{FUNCTIONS, Function, Scalar, find, foreign};
use crate::expr::print::Quoted;
use crate::expr::types::{Base, Measure, Resolution, Type};
use crate::table::{Decimal, Value};
use crate::text;
use std::ops::Range;
use std::sync::Arc;

impl Binder<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        name_span: &Range<usize>,
        arguments: &[Expr],
        within: Option<&Expr>,
        span: Range<usize>,
    ) -> Binding {
        let Some(entry) = find(name) else {
            let finding = self.unknown_function(name, arguments).at(name_span.clone());
            return self.fail(finding);
        };
        let signature = entry.signature;
        if arguments.len() < entry.least || arguments.len() > entry.most {
            let title = match arguments.len() {
                count if count < entry.least => {
                    text!("`{name}` takes more than this", "`{name}` 的参数太少")
                }
                _ => text!("`{name}` takes less than this", "`{name}` 的参数太多"),
            };
            return self.fail(bad_arguments(title, signature).at(span));
        }
        if let Some(group) = within
            && !matches!(entry.function, Function::Population(_))
        {
            let title = text!("`{name}` takes no `within`", "`{name}` 不能带 `within`");
            return self.fail(bad_arguments(title, signature).at(group.span.clone()));
        }
        match entry.function {
            Function::Scalar(function) => self.scalar(function, signature, arguments, span),
            Function::Series(function) => self.series(function, signature, arguments, span),
            Function::Population(function) => {
                self.population(function, signature, arguments, within, span)
            }
        }
    }

    fn unknown_function(&self, name: &str, arguments: &[Expr]) -> Finding {
        let title = text!("there is no function `{name}`", "没有函数 `{name}`");
        let finding = Finding::error(Code::UnknownFunction, title);
        // A header with its unit in brackets looks like a call.
        if let [
            Expr {
                kind:
                    ExprKind::Name {
                        sheet: None,
                        name: unit,
                    },
                ..
            },
        ] = arguments
        {
            let whole = format!("{name}({unit})");
            for candidate in [whole.as_str(), name] {
                if matches!(self.scope.resolve(None, candidate), Resolution::Found(_)) {
                    let candidate = Quoted(candidate);
                    return finding.help(text!(
                        "did you mean `{candidate}`?",
                        "是否想写 `{candidate}`？"
                    ));
                }
            }
        }
        if let Some(here) = foreign(name) {
            return finding.help(text!("write `{here}`", "写作 `{here}`"));
        }
        if matches!(
            name,
            "sum" | "count" | "count_distinct" | "first" | "last" | "most_common" | "mean_gap"
        ) {
            return finding.help(text!(
                "`{name}` stands alone in the `value` of a metric: [[metrics]] value = \"{name}(…)\"",
                "`{name}` 只能单独写在指标的 `value` 里：[[metrics]] value = \"{name}(…)\""
            ));
        }
        match nearest(name, FUNCTIONS.iter().map(|entry| entry.name)) {
            Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
            None => finding.help(text!(
                "names with brackets go in double quotes: `\"{name}(…)\"`",
                "含括号的名称要用双引号：`\"{name}(…)\"`"
            )),
        }
    }

    fn scalar(
        &mut self,
        function: Scalar,
        signature: &str,
        arguments: &[Expr],
        span: Range<usize>,
    ) -> Binding {
        match function {
            Scalar::Points => return self.points(&arguments[0], signature, span),
            Scalar::HasTag => return self.has_tag(&arguments[0], signature, span),
            _ => {}
        }
        let mut operands = self.exprs(arguments)?;
        let mut ty = truth(&operands.iter().collect::<Vec<_>>());
        let plain = Type {
            base: Base::Number,
            ..ty.clone()
        };
        match function {
            Scalar::Years | Scalar::Months | Scalar::Days => {
                if operands.len() == 1 {
                    let span = span.clone();
                    operands.push(Bound {
                        node: Node::AsOf,
                        ty: Type::of(Base::Date),
                        span,
                    });
                }
                for operand in &mut operands {
                    self.as_date(operand, Base::Date, signature)?;
                }
                ty = plain;
            }
            Scalar::Hours => {
                let mut timed = false;
                for operand in &mut operands {
                    timed |= matches!(operand.ty.base, Base::DateTime | Base::Text);
                    self.as_date(operand, Base::DateTime, signature)?;
                }
                if !timed {
                    let title = text!("dates have no hours", "日期没有小时");
                    let finding = Finding::error(Code::BadArguments, title).at(span);
                    return self.fail(finding.help(text!(
                        "write `24 * days(from, to)`",
                        "写作 `24 * days(起, 止)`"
                    )));
                }
                ty = plain;
            }
            Scalar::Coalesce => {
                ty = self.align(&mut operands)?;
            }
            Scalar::Least | Scalar::Greatest | Scalar::Clamp => {
                ty = self.align(&mut operands)?;
                self.check_order(&ty, &operands, &span)?;
                if function == Scalar::Clamp
                    && let (Some(low), Some(high)) =
                        (literal_number(&operands[1]), literal_number(&operands[2]))
                    && low > high
                {
                    let title = text!("the low bound is above the high one", "下限大于上限");
                    return self.fail(bad_arguments(title, signature).at(span));
                }
            }
            Scalar::Abs | Scalar::Round => {
                let places = operands.get(1).cloned();
                operands.truncate(1);
                let operand = self.as_number(operands.pop()?)?;
                ty = operand.ty.clone();
                operands.push(operand);
                if function == Scalar::Round {
                    let places = match places {
                        None => Some(0),
                        Some(places) => {
                            whole(&places).filter(|places| *places <= 6).or_else(|| {
                                let title = text!(
                                    "`round` takes a whole number of places from 0 to 6",
                                    "`round` 的位数须是 0 到 6 的整数"
                                );
                                self.fail(bad_arguments(title, signature).at(places.span.clone()))
                            })
                        }
                    }?;
                    let value = Value::Number(Decimal::from_count(places));
                    let ty = Type::of(Base::Number);
                    operands.push(Bound {
                        node: Node::Literal(value),
                        ty,
                        span: span.clone(),
                    });
                }
            }
            Scalar::Contains if operands[0].ty.base == Base::List => {
                let item = operands.pop()?;
                let item = self.as_text(item)?;
                operands.push(item);
                self.check_labels(&operands)?;
            }
            Scalar::Contains | Scalar::StartsWith | Scalar::Length => {
                let texts: Vec<_> = operands.into_iter().map(|o| self.as_text(o)).collect();
                operands = texts.into_iter().collect::<Option<_>>()?;
                if function == Scalar::Length {
                    ty = plain;
                }
            }
            Scalar::Points | Scalar::HasTag => {}
        }
        Some(Bound {
            node: Node::Scalar(function, operands),
            ty,
            span,
        })
    }

    /// Makes a day (or a moment, as `base` says) of an operand that is a date of some kind.
    fn as_date(&mut self, operand: &mut Bound, base: Base, signature: &str) -> Binding<()> {
        self.read_date(operand)?;
        match operand.ty.base {
            Base::Null => operand.ty.base = base,
            Base::Date | Base::DateTime if operand.ty.base == base => {}
            Base::Date | Base::DateTime => cast(operand, base),
            _ => {
                let what = describe(&operand.ty);
                let title = text!("a date is needed here", "这里应为日期");
                let finding = bad_arguments(title, signature).at(operand.span.clone());
                return self.fail(finding.label(this_is(&what)));
            }
        }
        Some(())
    }

    fn points(&mut self, argument: &Expr, signature: &str, span: Range<usize>) -> Binding {
        let ExprKind::Name { sheet: None, name } = &argument.kind else {
            let title = text!(
                "`points` takes the name of a dimension",
                "`points` 的参数是维度名"
            );
            return self.fail(bad_arguments(title, signature).at(argument.span.clone()));
        };
        let title = text!(
            "there is no dimension `{name}` here",
            "这里没有维度 `{name}`"
        );
        let finding = Finding::error(Code::UnknownName, title).at(argument.span.clone());
        match self.scope.points(name) {
            Resolution::Found(symbol) => Some(Bound {
                node: Node::Slot(symbol.slot),
                ty: symbol.ty,
                span,
            }),
            Resolution::NotHere(help) => self.fail(finding.help(help)),
            Resolution::Unknown => {
                let names = self.scope.names();
                let near = names.iter().map(String::as_str);
                let dimensions =
                    near.filter(|name| matches!(self.scope.points(name), Resolution::Found(_)));
                let help = nearest(name, dimensions).map_or_else(
                    || text!("name a dimension", "请写维度名"),
                    |near| {
                        let near = Quoted(near);
                        text!("did you mean `{near}`?", "是否想写 `{near}`？")
                    },
                );
                self.fail(finding.help(help))
            }
        }
    }

    fn has_tag(&mut self, argument: &Expr, signature: &str, span: Range<usize>) -> Binding {
        let ExprKind::Text(tag) = &argument.kind else {
            let title = text!(
                "`has_tag` takes a text in quotes",
                "`has_tag` 的参数是引号里的文本"
            );
            return self.fail(bad_arguments(title, signature).at(argument.span.clone()));
        };
        let Some(tags) = self.scope.tags() else {
            let title = text!("tags are not known here", "这里还不知道标签");
            return self.fail(
                Finding::error(Code::UnknownName, title)
                    .at(span)
                    .help(text!(
                        "`has_tag` works in [[review]], [[strategies]] and `--where`",
                        "`has_tag` 用于 [[review]]、[[strategies]] 和 `--where`"
                    )),
            );
        };
        let node = Node::HasTag(tags.to_vec(), tag.as_str().into());
        if let Some(names) = self.scope.tags_unlike(tag) {
            return self.fail(unknown_tag(tag, &names).at(argument.span.clone()));
        }
        Some(Bound {
            node,
            ty: Type::of(Base::Bool),
            span,
        })
    }
}

/// A tag that nobody can have.
fn unknown_tag(tag: &str, names: &[Arc<str>]) -> Finding {
    let title = text!("no tag is `{tag}`", "没有标签 `{tag}`");
    let finding = Finding::error(Code::UnknownLabel, title);
    if names.is_empty() {
        return finding.help(text!(
            "the scheme has no tags; they are written in [[tags]]",
            "该方案没有标签；标签写在 [[tags]] 中"
        ));
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let finding = finding.with_note(text!("there are {}", "有 {}", quoted.join(", ")));
    match nearest(tag, names.iter().map(|name| &**name)) {
        Some(near) => finding.help(text!("did you mean `'{near}'`?", "是否想写 `'{near}'`？")),
        None => finding.help(text!("write one of these", "请写其中之一")),
    }
}

/// Wrong arguments, and how the function is written.
pub(super) fn bad_arguments(title: Text, signature: &str) -> Finding {
    Finding::error(Code::BadArguments, title)
        .help(text!("it is written `{signature}`", "写法是 `{signature}`"))
}

/// The value of a literal that is a whole number, not negative, without multiplier or unit.
pub(super) fn whole(bound: &Bound) -> Option<usize> {
    let number = literal_number(bound)?;
    if bound.ty.measure != Measure::Bare || !number.is_whole() {
        return None;
    }
    usize::try_from(number.trunc()).ok()
}
