//! Weights that are no shares, and temporary dimensions that nobody approved.

use crate::diagnostic::{Code, Finding, Text};
use crate::scheme::model::{Dimension, DimensionRule, Scheme};
use crate::table::{Date, Decimal};
use crate::text;
use std::ops::Range;
use std::sync::Arc;

/// A name with its weight and place.
type Part<'a> = (&'a Arc<str>, Decimal, &'a Range<usize>);

/// The findings about figures.
pub fn lint(scheme: &Scheme, as_of: Date) -> Vec<Finding> {
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
        findings.extend(out_of_force(dimension, as_of));
    }
    findings
}

/// A temporary dimension that never counts, or no longer.
fn out_of_force(dimension: &Dimension, as_of: Date) -> Option<Finding> {
    let (name, temporary) = (&dimension.name, dimension.temporary.as_ref()?);
    let ended = temporary.until.filter(|until| *until < as_of);
    let (title, help) = match (&temporary.approved_by, ended) {
        (None, _) => (
            text!(
                "temporary dimension `{name}` does not count: nobody approved it",
                "临时维度 `{name}` 不计分：未经批准"
            ),
            text!(
                "say who did: `approved_by = \"…\"`",
                "请写明批准人：`approved_by = \"…\"`"
            ),
        ),
        (Some(_), Some(until)) => (
            text!(
                "temporary dimension `{name}` does not count as of {as_of}: it ended on {until}",
                "临时维度 `{name}` 在 {as_of} 不计分：已于 {until} 到期"
            ),
            text!(
                "take it out, or have it approved for longer: `until`",
                "请删去它，或经批准后延长 `until`"
            ),
        ),
        _ => return None,
    };
    Some(
        Finding::warning(Code::TemporaryInactive, title)
            .at(dimension.span.clone())
            .help(help),
    )
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
