//! Binds the expressions and templates of a scheme, and puts their findings where they stand in it.

use super::super::model::{Expression, Template, TemplatePart};
use super::super::names::WithPoints;
use super::super::written;
use super::super::written::WrittenText;
use super::{Validator, Want};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Bound, Node, PopulationSpec, Resolution, Scope, Slot};
use crate::{expr, text};
use std::ops::Range;

impl Validator<'_> {
    /// The bytes of the scheme's text that `span` of the expression `text` is.
    pub(super) fn place(&self, text: &WrittenText, span: Range<usize>) -> Range<usize> {
        match written::content_start(self.source, &text.span, &text.value) {
            Some(start) => start + span.start..start + span.end,
            None => text.span.clone(),
        }
    }

    /// Binds an expression over the names so far, and over `points` where a dimension's own are given.
    pub(super) fn bind(
        &mut self,
        text: &WrittenText,
        own: Option<Slot>,
        want: Want,
    ) -> Option<Expression> {
        let around;
        let scope: &dyn Scope = match own {
            Some(own) => {
                around = WithPoints {
                    names: &self.names,
                    own,
                };
                &around
            }
            None => &self.names,
        };
        // Spans of the bound expression point into its text, which is kept without the space around it.
        let trimmed = text.value.trim();
        let lead = text.value.len() - text.value.trim_start().len();
        let bound = bind_in(trimmed, scope, want, &mut self.populations).map_err(|findings| {
            let shifted = |span: Range<usize>| span.start + lead..span.end + lead;
            findings
                .into_iter()
                .map(|finding| finding.map_spans(shifted))
                .collect()
        });
        self.take(text, bound)
    }

    /// The expression, or its findings moved to their place in the scheme.
    pub(super) fn take(
        &mut self,
        text: &WrittenText,
        bound: Result<Bound, Vec<Finding>>,
    ) -> Option<Expression> {
        match bound {
            Ok(bound) => {
                self.one_period(text, &bound);
                // One line, whatever the scheme's: it stands in reasons and cells. Bytes stay where spans expect them.
                let one_line = text.value.trim().replace(['\n', '\r', '\t'], " ");
                Some(Expression {
                    text: one_line.into(),
                    bound,
                })
            }
            Err(findings) => {
                for finding in findings {
                    if self.follows_from_another(text, &finding) {
                        continue;
                    }
                    let moved = finding.map_spans(|span| self.place(text, span));
                    self.findings.push(moved);
                }
                None
            }
        }
    }

    /// A finding if a function goes over months and quarters at once: their periods do not pair up.
    fn one_period(&mut self, text: &WrittenText, bound: &Bound) {
        let mut mixed = None;
        bound.walk(&mut |part| {
            if let Node::Series { argument, .. } = &part.node {
                let slots = argument.slots();
                let series = self.series.iter().filter(|(slot, _)| slots.contains(slot));
                let mut kinds = series.map(|(_, kind)| *kind);
                let first = kinds.next();
                let other = kinds.find(|kind| Some(*kind) != first);
                if let Some(kinds) = first.zip(other) {
                    mixed.get_or_insert((kinds, part.span.clone()));
                }
            }
        });
        if let Some(((one, other), span)) = mixed {
            let (one, other) = (one.word(), other.word());
            self.findings.push(
                Finding::error(
                    Code::SeriesMisuse,
                    text!(
                        "a series per {one} and one per {other} have no periods in common",
                        "按 {one} 的指标与按 {other} 的指标没有共同的期间"
                    ),
                )
                .at(self.place(text, span))
                .help(text!(
                    "give each a value of its own under [[values]] and combine those",
                    "请先在 [[values]] 中分别取值，再组合"
                )),
            );
        }
    }

    /// Whether a fault of types in an expression is only there because a name in it is wrong itself, and told as such.
    pub(super) fn follows_from_another(&self, text: &WrittenText, finding: &Finding) -> bool {
        let of_types = matches!(
            finding.code,
            Code::TypeMismatch
                | Code::UnitMismatch
                | Code::WrongResult
                | Code::BadArguments
                | Code::UnknownLabel
                | Code::UnorderedLabels
        );
        of_types && self.names.wrong().any(|name| text.value.contains(name))
    }

    /// A text with names of the scheme in braces.
    pub(super) fn template(&mut self, written: &WrittenText) -> Option<Template> {
        self.template_in(written, None)
    }

    /// A text with names in braces: fields of one sheet where there is a scope, else any that are known so far.
    pub(super) fn template_in(
        &mut self,
        written: &WrittenText,
        fields: Option<&dyn Scope>,
    ) -> Option<Template> {
        let mut parts = vec![];
        let mut rest = written.value.as_str();
        let mut at = 0;
        let mut fine = true;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|close| open + close) else {
                self.findings.push(
                    Finding::error(
                        Code::BadValue,
                        text!("`{{` without `}}`", "`{{` 没有对应的 `}}`"),
                    )
                    .at(self.place(written, at + open..at + open + 1)),
                );
                return None;
            };
            if open > 0 {
                parts.push(TemplatePart::Text(rest[..open].into()));
            }
            let name = rest[open + 1..close].trim();
            let (sheet, plain) = match name.split_once('.') {
                Some((sheet, field)) => (Some(sheet), field),
                None => (None, name),
            };
            let scope = fields.unwrap_or(&self.names);
            match scope.resolve(sheet, plain) {
                Resolution::Found(symbol) if !symbol.ty.series => {
                    parts.push(TemplatePart::Slot(symbol.slot));
                }
                resolution => {
                    fine = false;
                    let known = scope.names();
                    let near = crate::diagnostic::nearest(name, known.iter().map(String::as_str));
                    let help = match (resolution, near) {
                        (Resolution::NotHere(why), _) => why,
                        (_, Some(near)) => text!("did you mean `{near}`?", "是否想写 `{near}`？"),
                        _ if fields.is_some() => text!(
                            "names in braces are fields of the same sheet",
                            "花括号里写同一张表的字段"
                        ),
                        _ => text!(
                            "names in braces are fields, metrics, values, dimensions, grade, type",
                            "花括号里写字段、指标、值、维度、grade 或 type"
                        ),
                    };
                    self.findings.push(
                        Finding::error(
                            Code::UnknownName,
                            text!("no name `{name}`", "没有名称 `{name}`"),
                        )
                        .at(self.place(written, at + open + 1..at + close))
                        .help(help),
                    );
                }
            }
            at += close + 1;
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.into()));
        }
        fine.then(|| Template {
            text: written.value.as_str().into(),
            parts,
        })
    }
}

pub(super) fn bind_in(
    text: &str,
    scope: &dyn Scope,
    want: Want,
    populations: &mut Vec<PopulationSpec>,
) -> Result<Bound, Vec<Finding>> {
    match want {
        Want::Condition => expr::condition(text, scope, populations),
        Want::Number => expr::number(text, scope, populations),
        Want::Any => expr::any(text, scope, populations),
    }
}
