//! Values that no entry of a list covers.

use super::certainty::{Certainty, certainty};
use super::customers::{customer, described};
use super::regions::Region;
use super::shape::ONE;
use super::values::Stands;
use super::variables::Kind;
use super::words::{ranges, row_text, told};
use super::{Judged, undecided};
use crate::assess::Choice;
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::Base;
use crate::text;

/// How many gaps of a list are told.
const TOLD: usize = 3;
/// How many are looked at, to find some that are certain.
const TRIED: usize = 60;

/// A gap that is told.
struct Gap<'j> {
    region: Region,
    /// A customer who is in it, and whose they are.
    row: usize,
    of: &'j Judged<'j>,
    /// Whether its values may never meet, because they are results that come from the same values.
    may_not_meet: bool,
}

/// The finding of all gaps of a list, if there are some.
pub fn gap(judged: &Judged<'_>) -> Option<Finding> {
    let (found, more, open) = find(judged);
    let Some(first) = found.first() else {
        return open.map(|region| not_decided(judged, &region));
    };
    let Text {
        en: what,
        zh: what_zh,
    } = judged.what;
    let shown = row_text(first.row, first.of, &told(&first.region, judged));
    let by_rank = judged
        .grid
        .told
        .iter()
        .any(|told| told.variable.kind == Kind::Best);
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
        let Text { en, zh } = ranges(&gap.region, judged, |told| gap.of.value(gap.row, told));
        if !en.is_empty() {
            finding = finding.with_note(Text {
                en: format!("not covered: {en}"),
                zh: format!("未覆盖：{zh}"),
            });
        }
        finding.witnesses.push(customer(gap.of, gap.row));
    }
    if more {
        finding = finding.with_note(text!("and more", "还有其他"));
    }
    if let Some(such) = described(first.of, first.row, &told(&first.region, judged)) {
        finding = finding.with_note(such);
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

/// Values that may be a gap, or may never meet.
fn not_decided(judged: &Judged<'_>, region: &Region) -> Finding {
    let Text { en, zh } = judged.what;
    let what = Text {
        en: format!("whether every customer has a {en} was not decided"),
        zh: format!("未能判定是否每位客户都有{zh}"),
    };
    undecided(judged, Code::Gap, what, &told(region, judged)).help(text!(
        "add a last one without `when` for the rest, if there may be some",
        "如果可能有剩下的客户，最后加一条不写 `when` 的收下"
    ))
}

/// The gaps that are told, whether there are more, and one that may be none.
fn find<'j>(judged: &'j Judged<'j>) -> (Vec<Gap<'j>>, bool, Option<Region>) {
    // A missing value is none of a gap: it has its own reason in the result. Those without rows lack what is made of rows
    // whatever a sheet has.
    let inside: Vec<bool> = judged
        .choices
        .iter()
        .enumerate()
        .map(|(row, choice)| *choice == Choice::NoneHolds && judged.is_known(row))
        .collect();
    let mut open = inside.clone();
    let mut found = vec![];
    let mut undecided = None;
    for _ in 0..TRIED {
        let Some(start) = open.iter().position(|open| *open) else {
            break;
        };
        let region = judged.grid.around(start, &inside);
        let rows = judged.grid.rows(&region);
        for row in &rows {
            open[*row] = false;
        }
        // Somebody who is tried shows it best, and alone shows it where parts of it are not seen through.
        let own = told(&region, judged);
        let (of, row, certain) = match judged.shown_in(&region) {
            Some((by, row)) => (by, row, certainty(by, &own)),
            None if !judged.wholes(&own).is_empty() => (judged, start, Certainty::Open),
            None => {
                let row = rows.first().copied().unwrap_or(start);
                (judged, row, certainty(judged, &own))
            }
        };
        if certain == Certainty::Open {
            undecided = undecided.or(Some(region));
            continue;
        }
        if found.len() == TOLD {
            return (found, true, undecided);
        }
        found.push(Gap {
            row,
            of,
            region,
            may_not_meet: certain == Certainty::Results,
        });
    }
    (found, false, undecided)
}

/// Whether a gap lies between two neighbouring whole numbers, where a count has none.
fn is_between_whole_numbers(judged: &Judged<'_>, region: &Region) -> bool {
    (0..region.len()).any(|variable| {
        let told = &judged.grid.told[variable];
        told.variable.ty.base == Base::Number
            && region[variable].iter().any(|choice| {
                matches!(told.samples[*choice].stands, Stands::Between(Some(low), Some(high))
                    if low % ONE == 0 && high.checked_sub(low) == Some(ONE))
            })
            && region[variable].len() == 1
    })
}
