//! `--campaign`: the run that a campaign's segment was taken from, beside the run of the report.

use super::super::recorded::Known;
use super::super::{Global, Stop, ledger, role};
use foldhash::{HashMap, HashSet};
use regrade::compare::{On, Renamed};
use regrade::decide::Decision;
use regrade::diagnostic::{Code, Finding, Lang, Text, listed, nearest};
use regrade::expr::Slot;
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, NoticeState, RunLevel};
use regrade::report::campaign::{self, Campaign, Group, Member};
use regrade::report::{Scope, Section};
use regrade::roles::Viewer;
use regrade::scheme::model::Sight;
use regrade::text;
use std::sync::Arc;

/// The section of a campaign, up to the run of the report.
pub fn section(
    ledger: &Ledger,
    id: &str,
    now: &Known,
    grading: &Grading,
    global: &Global,
    lang: Lang,
) -> Result<Section, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let told = ledger.campaign(id).map_err(trouble)?;
    // A segment that was told in several calls began with the first of their runs.
    let Some(first) = told.iter().map(|found| found.run).min() else {
        let known = ledger.campaigns().map_err(trouble)?;
        return Err(unknown(id, &known));
    };
    let Some(run) = ledger.run_by_number(first).map_err(trouble)? else {
        return Err(unknown(id, &[]));
    };
    if run.as_of > now.run.as_of {
        return Err(too_early(id, now));
    }
    let old = Known::find(ledger, &run.id)?;
    let was = old.again(ledger)?;
    let groups: HashMap<Arc<str>, Group> = told
        .into_iter()
        .map(|found| (found.customer, group(found.state)))
        .collect();
    let of_types = now.scheme.grades.is_empty();
    let on = if of_types { On::Type } else { On::Grade };
    let renamed = Renamed::of(&now.scheme, &on);
    let levels: Vec<Arc<str>> = if of_types {
        let types = now.scheme.types.iter();
        types.map(|rule| rule.name.clone()).collect()
    } else {
        let grades = now.scheme.grades.iter();
        grades.map(|grade| grade.name.clone()).collect()
    };
    let place = |found: &RunLevel| {
        let level = if of_types { &found.kind } else { &found.grade };
        let level = renamed.name(level.clone()?);
        levels.iter().position(|known| *known == level)
    };
    let is_there =
        |found: &RunLevel| !matches!(found.decision, Decision::Absent | Decision::Refused);
    let mut after: HashMap<Arc<str>, Option<usize>> = HashMap::default();
    ledger
        .each_run_level(now.run.number, |found| {
            if is_there(&found) {
                let level = place(&found);
                after.insert(found.customer, level);
            }
        })
        .map_err(trouble)?;
    let sees = Sees::of(&was, grading, global)?;
    let (scope_before, scope_after) = (Scope::whole(&was), Scope::whole(grading));
    // Amounts of two schemes are compared only where they are the same thing.
    let amounts = scope_before.amount().zip(scope_after.amount());
    let amounts = amounts
        .filter(|(one, other)| one.heading == other.heading && sees.amount((one.slot, other.slot)));
    let mut members = vec![];
    ledger
        .each_run_level(old.run.number, |found| {
            let is_gone = !after.contains_key(&found.customer);
            if !is_there(&found) || !sees.customer(&found.customer, is_gone) {
                return;
            }
            let rows = (
                was.book.roster.by_id().get(&found.customer),
                grading.book.roster.by_id().get(&found.customer),
            );
            let now = after.get(&found.customer);
            members.push(Member {
                group: groups
                    .get(&found.customer)
                    .copied()
                    .unwrap_or(Group::Others),
                before: place(&found),
                after: now.copied().flatten(),
                is_there: now.is_some(),
                amounts: amounts.as_ref().map_or((None, None), |(one, other)| {
                    (
                        rows.0.and_then(|row| one.at(*row)),
                        rows.1.and_then(|row| other.at(*row)),
                    )
                }),
            });
        })
        .map_err(trouble)?;
    let of = Campaign {
        id,
        dates: (old.run.as_of, now.run.as_of),
        levels: &levels,
        of_types,
        is_ordered: !of_types || now.scheme.type_movement.is_some(),
        amount: amounts
            .as_ref()
            .map(|(amount, _)| (amount.heading.as_str(), amount.kind())),
        members: &members,
    };
    Ok(campaign::section(&of, lang))
}

/// Whom a role sees of a campaign, and whether it sees the amount; without a role everybody and everything.
struct Sees(Option<[Side; 2]>);

/// What a role sees of a run.
struct Side {
    viewer: Viewer,
    ids: HashSet<Arc<str>>,
}

impl Sees {
    fn of(was: &Grading, now: &Grading, global: &Global) -> Result<Self, Stop> {
        let side = |grading: &Grading| -> Result<Option<Side>, Stop> {
            let viewer = role::viewer_of_run(global, &grading.scheme)?;
            Ok(viewer.map(|viewer| {
                let ids = &grading.book.roster.ids;
                let rows = viewer.rows(grading).into_iter();
                let ids = rows.map(|row| ids[row as usize].clone()).collect();
                Side { viewer, ids }
            }))
        };
        let (was, now) = (side(was)?, side(now)?);
        Ok(Self(was.zip(now).map(|(was, now)| [was, now])))
    }

    /// One whom the role saw in the run of the segment, and sees now unless nobody does.
    fn customer(&self, id: &Arc<str>, is_gone: bool) -> bool {
        let Some([was, now]) = &self.0 else {
            return true;
        };
        was.ids.contains(id) && (is_gone || now.ids.contains(id))
    }

    /// Whether the amount of both runs may be shown.
    fn amount(&self, (was, now): (Slot, Slot)) -> bool {
        let Some(sides) = &self.0 else {
            return true;
        };
        let mut shown = sides.iter().zip([was, now]);
        shown.all(|(side, slot)| side.viewer.scheme().slots.sight(slot) == Sight::Open)
    }
}

const fn group(state: NoticeState) -> Group {
    match state {
        NoticeState::Told => Group::Told,
        NoticeState::HeldOut => Group::HeldOut,
        NoticeState::Unconsented => Group::Unconsented,
        NoticeState::Unreachable => Group::Unreachable,
    }
}

fn unknown(id: &str, known: &[String]) -> Stop {
    let finding = Finding::error(
        Code::UnknownName,
        text!(
            "nobody was told of a campaign `{id}`",
            "没有编号为 `{id}` 的活动"
        ),
    );
    let names = known.iter().map(String::as_str);
    Stop::usage(match nearest(id, names.clone()) {
        Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
        None if known.is_empty() => finding.help(text!(
            "`regrade notify --campaign ID` begins one",
            "用 `regrade notify --campaign 编号` 开始一个活动"
        )),
        None => {
            let Text { en, zh } = listed(names);
            finding.help(text!("there are {en}", "已有活动：{zh}"))
        }
    })
}

fn too_early(id: &str, now: &Known) -> Stop {
    let as_of = now.run.as_of;
    let finding = Finding::error(
        Code::Usage,
        text!(
            "the run as of {as_of} comes before the campaign `{id}`",
            "批次 {as_of} 早于活动 `{id}`"
        ),
    );
    Stop::usage(finding.help(text!(
        "name a later run: `regrade report @latest --campaign {id}`",
        "请指定之后的批次：`regrade report @latest --campaign {id}`"
    )))
}
