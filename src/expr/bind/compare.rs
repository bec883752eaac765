//! What may stand beside what: comparisons, lists, ranges and patterns.

use super::words::{date_help, describe, this_is};
use super::{Binder, Binding, measure, truth};
use crate::diagnostic::{Code, Finding, Text, nearest};
use crate::expr::ast::{Comparison, Expr};
use crate::expr::bound::{Bound, Node};
use crate::expr::literal;
use crate::expr::parser::bad_date;
use crate::expr::types::{Base, Domain, Type};
use crate::table::Value;
use crate::text;
use std::ops::Range;
use std::sync::Arc;

impl Binder<'_> {
    pub(super) fn compare(
        &mut self,
        op: Comparison,
        left: &Expr,
        right: &Expr,
        span: Range<usize>,
    ) -> Binding {
        let operands = self.exprs([left, right])?;
        self.comparison(op, operands, span)
    }

    /// `operands` are two.
    fn comparison(
        &mut self,
        op: Comparison,
        mut operands: Vec<Bound>,
        span: Range<usize>,
    ) -> Binding {
        if let Some(null) = operands
            .iter()
            .find(|operand| operand.ty.base == Base::Null)
        {
            let is = if op == Comparison::NotEqual {
                "is not null"
            } else {
                "is null"
            };
            let title = text!("nothing compares with `null`", "不能与 `null` 比较");
            let finding = Finding::error(Code::TypeMismatch, title).at(null.span.clone());
            return self.fail(finding.help(text!("write `x {is}`", "写作 `x {is}`")));
        }
        let list = operands
            .iter()
            .find(|operand| operand.ty.base == Base::List);
        if let Some(list) = list {
            let title = text!(
                "a list does not compare with `{}`",
                "列表不能用 `{}` 比较",
                op.sign()
            );
            let finding = Finding::error(Code::TypeMismatch, title).at(list.span.clone());
            return self.fail(finding.help(text!(
                "ask for an item: `contains(list, 'item')`",
                "要问是否含有某一项：`contains(列表, '项')`"
            )));
        }
        let ty = self.align(&mut operands)?;
        self.check_labels(&operands)?;
        if op.is_order() {
            self.check_order(&ty, &operands, &span)?;
        }
        let ty = truth(&operands.iter().collect::<Vec<_>>());
        let (right, left) = (operands.pop()?, operands.pop()?);
        // A literal stands on the right, where evaluation looks for it.
        let (op, left, right) = if left.literal().is_some() && right.literal().is_none() {
            (op.mirrored(), right, left)
        } else {
            (op, left, right)
        };
        Some(Bound {
            node: Node::Compare(op, Box::new(left), Box::new(right)),
            ty,
            span,
        })
    }

    /// What has no order is not compared by order.
    pub(super) fn check_order(
        &mut self,
        ty: &Type,
        operands: &[Bound],
        span: &Range<usize>,
    ) -> Binding<()> {
        if let Some(domain) = operands
            .iter()
            .find_map(|operand| operand.ty.domain.clone())
        {
            let what = &domain.what;
            let title = Text {
                en: format!("{} have no order to compare by", what.en),
                zh: format!("{}没有大小之分", what.zh),
            };
            return self.fail(
                Finding::error(Code::UnorderedLabels, title)
                    .at(span.clone())
                    .help(text!(
                        "name those that are meant: `x in ('…', '…')`",
                        "列出所指的几个：`x in ('…', '…')`"
                    )),
            );
        }
        if ty.base == Base::Bool || ty.base == Base::List {
            let what = describe(ty);
            let title = Text {
                en: format!("{} has no order to compare by", what.en),
                zh: format!("{}没有大小之分", what.zh),
            };
            return self.fail(Finding::error(Code::TypeMismatch, title).at(span.clone()));
        }
        Some(())
    }

    /// Every literal must be one of the labels that it is compared with.
    pub(super) fn check_labels(&mut self, operands: &[Bound]) -> Binding<()> {
        let Some(domain) = operands
            .iter()
            .find_map(|operand| operand.ty.domain.clone())
        else {
            return Some(());
        };
        let mut fits = Some(());
        for operand in operands {
            if let Some(Value::Text(content)) = operand.literal()
                && !domain.values.is_empty()
                && !domain.values.contains(content)
            {
                fits = self.fail(unknown_label(&domain, content, operand.span.clone()));
            }
        }
        fits
    }

    /// Brings operands that stand for the same thing to one type, which is given back: texts beside dates become
    /// dates, days beside moments moments, sums are converted, `null` goes with everything.
    pub(super) fn align(&mut self, operands: &mut [Bound]) -> Binding<Type> {
        let dated = |base| matches!(base, Base::Date | Base::DateTime);
        if operands.iter().any(|operand| dated(operand.ty.base)) {
            for operand in operands.iter_mut() {
                self.read_date(operand)?;
            }
        }
        let has = |base| {
            operands
                .iter()
                .any(|operand: &Bound| operand.ty.base == base)
        };
        if has(Base::DateTime) {
            for operand in operands
                .iter_mut()
                .filter(|operand| operand.ty.base == Base::Date)
            {
                cast(operand, Base::DateTime);
            }
        }
        // What the others are held against: a column rather than a literal.
        let lead = operands
            .iter()
            .find(|operand| operand.ty.base != Base::Null && operand.literal().is_none())
            .or_else(|| {
                operands
                    .iter()
                    .find(|operand| operand.ty.base != Base::Null)
            });
        let Some(lead) = lead.cloned() else {
            return Some(Type::of(Base::Null));
        };
        let base = lead.ty.base;
        let odd = operands
            .iter()
            .find(|o| o.ty.base != Base::Null && o.ty.base != base);
        if let Some(odd) = odd {
            return self.fail(mismatch(&lead, odd));
        }
        for operand in operands
            .iter_mut()
            .filter(|operand| operand.ty.base == Base::Null)
        {
            // Of a number `null` is as good as any, so it is no hindrance to units.
            operand.ty = Type {
                base,
                ..operand.ty.clone()
            };
            if base == Base::Number {
                operand.ty.measure = crate::expr::types::Measure::Bare;
            }
        }
        let mut ty = Type::of(base);
        if base == Base::Number {
            match measure::unify(&mut operands.iter_mut().collect::<Vec<_>>()) {
                Ok(measure) => ty.measure = measure,
                Err(finding) => return self.fail(*finding),
            }
        }
        ty.series = operands.iter().any(|operand| operand.ty.series);
        let same = |operand: &Bound| {
            operand.ty.domain == lead.ty.domain || operand.literal() == Some(&Value::Missing)
        };
        if operands.iter().all(same) {
            ty.domain.clone_from(&lead.ty.domain);
        }
        Some(ty)
    }

    /// Makes a date of a text literal.
    pub(super) fn read_date(&mut self, operand: &mut Bound) -> Binding<()> {
        let Some(Value::Text(content)) = operand.literal() else {
            return Some(());
        };
        let (value, base) = match (literal::date(content), literal::moment(content)) {
            (Some(date), _) => (Value::Date(date), Base::Date),
            (None, Some(moment)) => (Value::DateTime(moment), Base::DateTime),
            (None, None) => {
                let finding = bad_date(content, operand.span.clone());
                return self.fail(finding);
            }
        };
        (operand.node, operand.ty) = (Node::Literal(value), Type::of(base));
        Some(())
    }

    pub(super) fn membership(
        &mut self,
        operand: &Expr,
        list: &[Expr],
        span: Range<usize>,
    ) -> Binding {
        let mut operands = self.exprs(std::iter::once(operand).chain(list))?;
        if let Some(null) = operands
            .iter()
            .find(|operand| operand.ty.base == Base::Null)
        {
            let title = text!("nothing compares with `null`", "不能与 `null` 比较");
            let finding = Finding::error(Code::TypeMismatch, title).at(null.span.clone());
            return self.fail(finding.help(text!(
                "write `x is null or x in (…)`",
                "写作 `x is null or x in (…)`"
            )));
        }
        if operands[0].ty.base == Base::List {
            let title = text!("a list is not in a list", "列表不能用 `in`");
            let finding = Finding::error(Code::TypeMismatch, title).at(operands[0].span.clone());
            return self.fail(finding.help(text!(
                "ask for an item: `contains(list, 'item')`",
                "要问是否含有某一项：`contains(列表, '项')`"
            )));
        }
        self.align(&mut operands)?;
        self.check_labels(&operands)?;
        let ty = truth(&operands.iter().collect::<Vec<_>>());
        let list = operands.split_off(1);
        Some(Bound {
            node: Node::In(Box::new(operands.pop()?), list),
            ty,
            span,
        })
    }

    /// `x between low and high` is `x >= low and x <= high`.
    pub(super) fn between(
        &mut self,
        operand: &Expr,
        low: &Expr,
        high: &Expr,
        span: Range<usize>,
    ) -> Binding {
        let mut operands = self.exprs([operand, low, high])?;
        let (high, low, operand) = (operands.pop()?, operands.pop()?, operands.pop()?);
        let bounds = [
            self.comparison(
                Comparison::GreaterEqual,
                vec![operand.clone(), low],
                span.clone(),
            ),
            self.comparison(Comparison::LessEqual, vec![operand, high], span.clone()),
        ];
        let bounds = bounds.into_iter().collect::<Option<Vec<_>>>()?;
        let ty = truth(&bounds.iter().collect::<Vec<_>>());
        Some(Bound {
            node: Node::And(bounds),
            ty,
            span,
        })
    }

    pub(super) fn like(&mut self, operand: &Expr, pattern: &Expr, span: Range<usize>) -> Binding {
        let mut operands = self.exprs([operand, pattern])?;
        let (pattern, operand) = (operands.pop()?, operands.pop()?);
        let operand = self.as_text(operand)?;
        let Some(Value::Text(content)) = pattern.literal() else {
            let title = text!("a pattern is a text in quotes", "模式须是引号里的文本");
            let finding = Finding::error(Code::TypeMismatch, title).at(pattern.span);
            return self.fail(finding.help(text!(
                "write `x like '%part%'`; `%` stands for any text, `_` for one character",
                "写作 `x like '%部分%'`；`%` 代表任意文本，`_` 代表一个字"
            )));
        };
        let (content, ty) = (content.clone(), truth(&[&operand]));
        Some(Bound {
            node: Node::Like(Box::new(operand), content),
            ty,
            span,
        })
    }

    /// A part that must be a text.
    pub(super) fn as_text(&mut self, mut bound: Bound) -> Binding {
        match bound.ty.base {
            Base::Text => Some(bound),
            Base::Null => {
                bound.ty = Type::of(Base::Text);
                Some(bound)
            }
            _ => {
                let what = describe(&bound.ty);
                let title = text!("a text is needed here", "这里应为文本");
                let finding = Finding::error(Code::TypeMismatch, title).at(bound.span);
                self.fail(finding.label(this_is(&what)))
            }
        }
    }
}

/// A day as its 00:00, or a moment as its day.
pub(super) fn cast(operand: &mut Bound, base: Base) {
    let ty = Type {
        base,
        ..operand.ty.clone()
    };
    let span = operand.span.clone();
    let inner = operand.clone();
    *operand = super::folded(Bound {
        node: Node::Cast(Box::new(inner)),
        ty,
        span,
    });
}

fn unknown_label(domain: &Domain, content: &Arc<str>, span: Range<usize>) -> Finding {
    let what = &domain.what;
    let title = Text {
        en: format!("`{content}` is none of {}", what.en),
        zh: format!("`{content}` 不是{}之一", what.zh),
    };
    let quoted: Vec<String> = domain
        .values
        .iter()
        .map(|value| format!("'{value}'"))
        .collect();
    let finding = Finding::error(Code::UnknownLabel, title)
        .at(span)
        .with_note(text!("there are {}", "有 {}", quoted.join(", ")));
    match nearest(content, domain.values.iter().map(|value| &**value)) {
        Some(near) => finding.help(text!("did you mean `'{near}'`?", "是否想写 `'{near}'`？")),
        None => finding.help(text!("write one of these", "请写其中之一")),
    }
}

/// Two that do not go together, and how to say what was probably meant.
fn mismatch(lead: &Bound, odd: &Bound) -> Finding {
    let (one, other) = (describe(&lead.ty), describe(&odd.ty));
    let title = Text {
        en: format!("{} and {} do not go together", one.en, other.en),
        zh: format!("{}与{}不能放在一起", one.zh, other.zh),
    };
    let finding = Finding::error(Code::TypeMismatch, title)
        .at(odd.span.clone())
        .label(this_is(&other))
        .related(lead.span.clone(), this_is(&one));
    let help = match (lead.ty.base, odd.ty.base, odd.literal()) {
        (Base::Number, Base::Text, Some(Value::Text(content))) => text!(
            "a number stands without quotes: `{content}`",
            "数字不加引号：`{content}`"
        ),
        (Base::Text, Base::Number, Some(Value::Number(number))) => text!(
            "a text stands in single quotes: `'{number}'`",
            "文本要加单引号：`'{number}'`"
        ),
        (Base::Bool, _, _) => text!(
            "a condition stands by itself: `x` or `not x`",
            "条件可以单独写：`x` 或 `not x`"
        ),
        (Base::Date | Base::DateTime, Base::Number, _)
        | (Base::Number, Base::Date | Base::DateTime, _) => date_help(),
        (Base::Text, Base::Date | Base::DateTime, _) => {
            text!("give the field the type `date`", "把字段的类型设为 `date`")
        }
        _ => text!("compare things of one type", "只能比较同一类型的值"),
    };
    finding.help(help)
}
