//! Values that no entry of a list covers.

use super::regions::{self, Region, is_free};
use super::shape::ONE;
use super::values::Stands;
use super::variables::Kind;
use super::words::{ranges, witness};
use super::{Judged, independent, only_results_meet};
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::Base;
use crate::text;

/// How many gaps of a list are told.
const TOLD: usize = 3;
/// How many are looked at, to find some that are certain.
const TRIED: usize = 60;

/// A gap that is told.
struct Gap {
    region: Region,
    /// Whether its values may never meet, because they are results that come from the same values.
    may_not_meet: bool,
}

/// The finding of all gaps of a list, if there are some.
pub fn gap(judged: &Judged<'_>) -> Option<Finding> {
    let (found, more) = find(judged);
    let first = found.first()?;
    let Text {
        en: what,
        zh: what_zh,
    } = judged.what;
    let shown = witness(&first.region, &judged.variables, &judged.cells);
    let by_rank = judged
        .variables
        .iter()
        .any(|variable| variable.kind == Kind::Best);
    let title = match (by_rank, shown.en.is_empty()) {
        (true, true) => Text {
            en: format!("customers outside every `top` have no {what}"),
            zh: format!("每个 `top` 之外的客户没有{what_zh}"),
        },
        (true, false) => Text {
            en: format!("customers outside every `top` have no {what}: {}", shown.en),
            zh: format!("每个 `top` 之外的客户没有{what_zh}：{}", shown.zh),
        },
        (false, true) => Text {
            en: format!("no {what} covers anybody"),
            zh: format!("没有任何客户属于任何{what_zh}"),
        },
        (false, false) => Text {
            en: format!("no {what} covers {}", shown.en),
            zh: format!("没有{what_zh}覆盖 {}", shown.zh),
        },
    };
    // The last entry is where one for the rest would follow.
    let last = judged.entries.last()?;
    let mut finding = Finding::warning(Code::Gap, title)
        .at(last.span.clone())
        .label(text!(
            "nothing takes what is left after this",
            "之后没有收下其余的"
        ));
    for gap in &found {
        let Text { en, zh } = ranges(&gap.region, &judged.variables, &judged.cells);
        if !en.is_empty() {
            finding = finding.with_note(Text {
                en: format!("not covered: {en}"),
                zh: format!("未覆盖：{zh}"),
            });
        }
    }
    if more {
        finding = finding.with_note(text!("and more", "还有其他"));
    }
    if found.iter().any(|gap| gap.may_not_meet) {
        finding = finding.with_note(text!(
            "these results come from the same values: whether they meet like this was not checked",
            "这些结果来自相同的值：是否真会同时出现，没有检查"
        ));
    }
    Some(finding.help(if by_rank {
        text!("add a last one without `top` and `when` for the rest", "最后加一级不写 `top` 和 `when`，收下其余的")
    } else if found.iter().any(|gap| is_between_whole_numbers(judged, &gap.region)) {
        text!(
            "add a last one without `when` for the rest, or close the bound; if there are whole numbers only, say \
             `scale = 0` in the field",
            "最后加一条不写 `when` 的收下其余，或把界限接上；如果只有整数，请在字段里写 `scale = 0`"
        )
    } else {
        text!(
            "add a last one without `when` for the rest, or close the bound",
            "最后加一条不写 `when` 的收下其余，或把界限接上"
        )
    }))
}

/// The gaps that are told, and whether there are more.
fn find(judged: &Judged<'_>) -> (Vec<Gap>, bool) {
    let cells = &judged.cells;
    // A missing value is none of a gap: it has its own reason in the result.
    let inside: Vec<bool> = judged
        .decided_by
        .iter()
        .enumerate()
        .map(|(row, decided_by)| decided_by.is_none() && cells.is_known(row))
        .collect();
    let mut open = inside.clone();
    let mut found = vec![];
    for _ in 0..TRIED {
        let Some(start) = open.iter().position(|open| *open) else {
            break;
        };
        let region = regions::around(start, &inside, &judged.variables, cells);
        for row in regions::rows(&region, cells) {
            open[row] = false;
        }
        let told: Vec<usize> = (0..region.len())
            .filter(|variable| !is_free(&region, *variable, cells))
            .collect();
        let certain = independent(&told, &judged.variables);
        // Values that hang together may never meet, `x` and `x / y` for one. That is left to a check that can tell.
        if !certain && !only_results_meet(&told, &judged.variables) {
            continue;
        }
        if found.len() == TOLD {
            return (found, true);
        }
        found.push(Gap {
            region,
            may_not_meet: !certain,
        });
    }
    (found, false)
}

/// Whether a gap lies between two neighbouring whole numbers, where a count has none.
fn is_between_whole_numbers(judged: &Judged<'_>, region: &Region) -> bool {
    (0..region.len()).any(|variable| {
        let samples = &judged.cells.samples[variable];
        judged.variables[variable].ty.base == Base::Number
            && region[variable].iter().any(|choice| {
                matches!(samples[*choice].stands, Stands::Between(Some(low), Some(high))
                    if low % ONE == 0 && high - low == ONE)
            })
            && region[variable].len() == 1
    })
}
