//! Weights that are no shares, and temporary dimensions that nobody approved.

use crate::diagnostic::{Code, Finding, Text};
use crate::scheme::model::{DimensionRule, Scheme};
use crate::table::Decimal;
use crate::text;
use std::ops::Range;
use std::sync::Arc;

/// A name with its weight and place.
type Part<'a> = (&'a Arc<str>, Decimal, &'a Range<usize>);

/// The findings about figures.
pub fn lint(scheme: &Scheme) -> Vec<Finding> {
    let dimensions: Vec<Part<'_>> = scheme
        .dimensions
        .iter()
        .filter_map(|dimension| Some((&dimension.name, dimension.weight?, &dimension.span)))
        .collect();
    let mut findings: Vec<Finding> = weights(&text!("dimensions", "各维度"), &dimensions)
        .into_iter()
        .collect();
    for dimension in &scheme.dimensions {
        let name = &dimension.name;
        if let DimensionRule::Indicators { indicators, .. } = &dimension.rule {
            let parts: Vec<Part<'_>> = indicators
                .iter()
                .map(|indicator| (&indicator.name, indicator.weight, &indicator.span))
                .collect();
            findings.extend(weights(
                &text!("indicators of `{name}`", "`{name}` 各指标"),
                &parts,
            ));
        }
        // Whether it is in force depends on the as-of date, which grading knows.
        if dimension
            .temporary
            .as_ref()
            .is_some_and(|temporary| temporary.approved_by.is_none())
        {
            findings.push(
                Finding::warning(
                    Code::TemporaryInactive,
                    text!(
                        "temporary dimension `{name}` does not count: nobody approved it",
                        "临时维度 `{name}` 不计分：未经批准"
                    ),
                )
                .at(dimension.span.clone())
                .help(text!(
                    "say who did: `approved_by = \"…\"`",
                    "请写明批准人：`approved_by = \"…\"`"
                )),
            );
        }
    }
    findings
}

fn weights(what: &Text, parts: &[Part<'_>]) -> Option<Finding> {
    let (_, _, first) = parts.first()?;
    let sum = parts
        .iter()
        .try_fold(Decimal::ZERO, |sum, (_, weight, _)| {
            sum.checked_add(*weight)
        })?;
    if sum == Decimal::HUNDRED || sum == Decimal::ZERO {
        return None;
    }
    let share = |weight: Decimal| {
        Some(
            weight
                .checked_mul(Decimal::HUNDRED)?
                .checked_div(sum)?
                .round(2),
        )
    };
    let each: Vec<Text> = parts
        .iter()
        .filter_map(|(name, weight, _)| {
            let share = share(*weight)?;
            Some(text!(
                "`{name}` {weight} of {sum} = {share}%",
                "`{name}` {weight} / {sum} = {share}%"
            ))
        })
        .collect();
    let joined =
        |part: fn(&Text) -> &str, sign: &str| each.iter().map(part).collect::<Vec<_>>().join(sign);
    let finding = Finding::warning(
        Code::Weights,
        Text {
            en: format!("weights of {} add up to {sum}, not to 100", what.en),
            zh: format!("{}的权重合计 {sum}，不是 100", what.zh),
        },
    )
    .at((*first).clone())
    .with_note(Text {
        en: joined(|text| &text.en, ", "),
        zh: joined(|text| &text.zh, "，"),
    });
    Some(finding.help(text!(
        "make them add up to 100, so that each weight is its share",
        "调整到合计 100，每个权重就是它的占比"
    )))
}
