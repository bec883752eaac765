//! What is cut: the levels of a list, and the value that their conditions compare with a number.

use super::Args;
use super::shares::{self, Shares};
use crate::cli::{Exit, Stop};
use regrade::calibrate::{Ladder, NoThreshold, Threshold};
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::expr;
use regrade::scheme::model::Expression;
use regrade::scheme::{AllNames, Scheme};
use regrade::text;

/// The levels that are to be cut: the grades, or the bands of a dimension.
pub fn ladder(args: &Args, scheme: &Scheme) -> Result<Ladder, Stop> {
    let found = match &args.dimension {
        Some(name) => Ladder::bands(scheme, name).ok_or_else(|| {
            let known = scheme.dimensions.iter().map(|known| &*known.name);
            let known: Vec<&str> = known.collect();
            let Text { en, zh } = listed(known.iter().copied());
            let finding = Finding::error(
                Code::UnknownName,
                text!(
                    "the scheme has no dimension `{name}`",
                    "方案中没有维度 `{name}`"
                ),
            );
            Stop::usage(if known.is_empty() {
                finding
            } else {
                finding.help(text!("name one of {en}", "可以写 {zh}"))
            })
        })?,
        None => Ladder::grades(scheme),
    };
    if found.levels.is_empty() {
        let finding = Finding::error(
            Code::Usage,
            text!("there are no levels to cut", "没有可以分的档次"),
        );
        return Err(Stop::usage(finding.help(text!(
            "calibrate the grades, or with `--dimension` the bands of a dimension",
            "可以校准等级，或用 `--dimension` 校准某个维度的各档"
        ))));
    }
    Ok(found)
}

/// What is compared at each level that is to be cut: everywhere the same value, the same way.
pub fn thresholds(
    args: &Args,
    scheme: &Scheme,
    ladder: &Ladder,
    shares: &Shares,
) -> Result<Vec<Threshold>, Stop> {
    if let Some(value) = &args.value {
        let value = expression(scheme, value)?;
        let levels = ladder.levels[..shares.len()].iter();
        return levels
            .map(|level| match level.threshold() {
                Err(why @ (NoThreshold::Otherwise | NoThreshold::Ranked)) => {
                    Err(shares::no_threshold(&level.name, None, why))
                }
                _ => Ok(Threshold::at_least(&value)),
            })
            .collect();
    }
    let mut found: Vec<Threshold> = vec![];
    for level in &ladder.levels[..shares.len()] {
        let when = level.when.as_ref().map(|when| &*when.text);
        let threshold = level.threshold();
        let threshold = threshold.map_err(|why| shares::no_threshold(&level.name, when, why))?;
        if let Some(first) = found.first() {
            let is_same =
                first.value == threshold.value && first.is_upward() == threshold.is_upward();
            if !is_same {
                let first = &ladder.levels[0];
                return Err(shares::not_the_same(first, level));
            }
        }
        found.push(threshold);
    }
    Ok(found)
}

/// The number of `--value`.
fn expression(scheme: &Scheme, written: &str) -> Result<Expression, Stop> {
    let stop = |findings| Stop::Findings {
        findings,
        source: Some(("--value".to_owned(), written.to_owned())),
        exit: Exit::Usage,
    };
    let mut populations = vec![];
    let bound = expr::number(written, &AllNames::new(scheme), &mut populations).map_err(stop)?;
    let finding = if !populations.is_empty() {
        Finding::error(
            Code::PopulationMisuse,
            text!(
                "`--value` cannot hold a figure of the population",
                "`--value` 中不能直接用全体客户的统计函数"
            ),
        )
        .at(bound.span)
        .help(text!(
            "give it a name under [[values]]",
            "请先在 [[values]] 中给它取名"
        ))
    } else if bound.is_constant() {
        Finding::error(
            Code::WrongResult,
            text!("this is the same for everybody", "这对所有客户都一样"),
        )
        .at(bound.span)
        .help(text!(
            "name a field, metric or value, or `score`",
            "请写字段、指标、值或 `score`"
        ))
    } else {
        return Ok(Expression {
            text: written.into(),
            bound,
        });
    };
    Err(stop(vec![finding]))
}
