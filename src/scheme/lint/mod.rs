//! What is probably not meant in a scheme that is valid: values that no entry of a list covers, entries that are never
//! reached, weights that are no shares, temporary dimensions that do not count.
//!
//! Conditions can only tell finitely many sorts of customers apart. One of each sort is made ([`world`]) and graded by the
//! path that grades; then nobody and somebody earlier are read off what it came to ([`gaps`], [`shadows`]), and so is
//! what a rise in one value does to the grade ([`inversions`]), which dimensions change nothing ([`effect`]) and which
//! rules of movement meet ([`rules`]).
//!
//! What cannot be seen through (a rank, a pattern, a product of two values) is varied as if it were a value of its own.
//! Then more customers are made than there can be: an entry that none of them reaches is never reached all the same,
//! but a gap may be none. What was not decided is said ([`certainty`]).

mod certainty;
mod customers;
mod day;
mod effect;
mod figures;
mod gaps;
mod inversions;
mod judged;
mod lists;
mod names;
mod regions;
mod rewrite;
mod roots;
mod rules;
mod shadows;
pub(crate) mod shape;
mod steps;
mod touched;
mod values;
mod variables;
mod windows;
mod words;
mod world;

#[cfg(test)]
mod tests;

pub use touched::{Linted, Touches, touched};
pub use windows::windows;

use super::model::{Scheme, TopSize};
use crate::diagnostic::{At, Code, Finding, Severity, Text};
use crate::expr::{Bound, Node, Slot};
use crate::table::{Date, Decimal, Value};
use crate::text;
use judged::{Judged, Shown, Sorts, judge};
use lists::{Entry, List, Of, Rule};
use rewrite::Collector;
use std::collections::BTreeSet;
use variables::{Kind, Variable};
use world::told::part_of;
use world::{MOST, Open, States, TooMany, Tried};

/// Lints a scheme as of a date. The spans of the findings point into `source`, the text that the scheme was read from.
pub fn lint(scheme: &Scheme, source: &str, as_of: Date) -> Vec<Finding> {
    touched(linted(scheme, source, as_of), None)
}

/// The same, with how the customers are told whom each finding is about ([`touched`]).
pub fn linted(scheme: &Scheme, source: &str, as_of: Date) -> Vec<Linted> {
    let scheme = &day::on_the_day(scheme, as_of);
    let figures = figures::lint(scheme, as_of).into_iter();
    let mut found: Vec<Linted> = figures.map(Linted::from).collect();
    let open = Open::new(scheme, as_of);
    let (all, is_whole) = of_opened(&open, as_of, is_all_reached(&open, as_of));
    found.extend(if is_whole || !open.has_worked_out() {
        all
    } else {
        // Rather any points that there may be than nothing said of a list.
        of_opened(&Open::coarse(scheme, as_of), as_of, false).0
    });
    found.sort_by_key(|linted| match &linted.finding.at {
        At::Span(span) => span.start,
        _ => usize::MAX,
    });
    // A scheme that was changed after it was read has other places: better none than a wrong one.
    for Linted { finding, .. } in &mut found {
        if matches!(&finding.at, At::Span(span) if source.get(span.clone()).is_none()) {
            finding.at = At::Nowhere;
            finding.related.clear();
        }
    }
    found
}

/// Whether customers show that every entry of every list is reached, where not all of a scheme is seen through.
fn is_all_reached(open: &Open<'_>, as_of: Date) -> bool {
    if !open.has_unseen() {
        return false;
    }
    let tried = Open::following_leaps(open.original, as_of);
    if tried.results.len() == open.results.len() {
        return false;
    }
    let (found, is_whole) = of_opened(&tried, as_of, false);
    is_whole
        && found.iter().all(|Linted { finding, .. }| {
            finding.code != Code::Shadowed && !(finding.code == Code::Gap && is_undecided(finding))
        })
}

/// What is found in an opened scheme, and whether no list has too many sorts of customers to be looked at. If one has, and
/// points are worked out, it is not looked further: all is to be decided with coarser points.
/// `is_reached`: every entry of every list is known to be reached, though not all is seen through.
fn of_opened(open: &Open<'_>, as_of: Date, is_reached: bool) -> (Vec<Linted>, bool) {
    let mut found = vec![];
    let mut is_whole = true;
    let opened = lists::lists(&open.scheme);
    let tried = Tried::beside(open);
    let of_tried = tried.as_ref().map(|tried| lists::lists(&tried.open.scheme));
    let mut grades = None;
    for (index, list) in lists::lists(open.original).iter().enumerate() {
        let tried = tried.as_ref().zip(of_tried.as_ref());
        let tried = tried.map(|(tried, lists)| (tried, &lists[index]));
        let opened = (open, &opened[index]);
        match of_list(opened, tried, list, as_of, is_reached, &mut found) {
            Ok(states) if list.of == Of::Grades => grades = states,
            Ok(_) => {}
            Err(too_many) => {
                found.push(self::too_many(list, too_many).into());
                is_whole = false;
            }
        }
    }
    if !is_whole && open.has_worked_out() {
        return (found, false);
    }
    found.extend(inversions::inversions(
        open,
        tried.as_ref(),
        grades.as_ref(),
        as_of,
    ));
    let without_effect = effect::without_effect(open, as_of).into_iter();
    found.extend(without_effect.map(Linted::from));
    found.extend(rules::rules(open, as_of));
    (found, is_whole)
}

/// Whether a finding says that something was not decided: of gaps, conflicts and inversions notes say nothing else.
pub fn is_undecided(finding: &Finding) -> bool {
    finding.severity == Severity::Note
        && matches!(finding.code, Code::Gap | Code::Conflict | Code::Inversion)
}

fn of_list(
    opened: (&Open<'_>, &List<'_>),
    tried: Option<(&Tried<'_>, &List<'_>)>,
    list: &List<'_>,
    as_of: Date,
    is_reached: bool,
    found: &mut Vec<Linted>,
) -> Result<Option<States>, TooMany> {
    let last = list
        .entries
        .iter()
        .position(|entry| is_for_all(&entry.rule));
    let count = last.map_or(list.entries.len(), |last| last + 1);
    if let Some(last) = last {
        found.extend(shadows::behind_all(
            &list.entries[last],
            &list.entries[last + 1..],
        ));
    }
    let (open, of_open) = opened;
    let Some(sorts) = Sorts::new(open, list, of_open, count, as_of)? else {
        return Ok(None);
    };
    // Where everything of the list is seen through nobody has to be tried.
    let tried = tried.filter(|(tried, _)| {
        let told = sorts.states.told[..sorts.own].iter();
        let outside = told.flat_map(|told| &told.reads.outside);
        !tried.wholes_in(outside).is_empty()
    });
    let of_tried = tried.and_then(|(tried, of_tried)| {
        Sorts::new(&tried.open, list, of_tried, count, as_of).ok()?
    });
    let by = tried.zip(of_tried.as_ref());
    let by = by.map(|((tried, _), sorts)| sorts.judged(&tried.open, list, None));
    let shown = tried.map(|(tried, _)| Shown {
        tried,
        by: by.as_ref(),
    });
    let judged = sorts.judged(open, list, shown);
    found.extend(shadows::shadows(&judged));
    let is_closed = list.complete && last.is_none();
    let gap = is_closed.then(|| gaps::gap(&judged)).flatten();
    let is_reached = is_reached || judged.is_all_shown();
    if !is_reached && !gap.as_ref().is_some_and(is_undecided) {
        found.extend(unseen(&judged).map(Linted::from));
    }
    found.extend(gap.map(|finding| Linted {
        touches: match list.of {
            _ if finding.severity == Severity::Note => Touches::Nobody,
            Of::Dimension(index) => Touches::NoBand(index),
            Of::Grades => Touches::NoGrade,
            Of::Types => Touches::NoType,
            Of::Indicator | Of::Strategies => Touches::Nobody,
        },
        finding,
    }));
    Ok(Some(sorts.states))
}

/// What the conditions of some entries read, with where that is read in the opened scheme, and the conditions over it.
fn variables(
    open: &Open<'_>,
    entries: &[Entry<'_>],
) -> (Vec<(Variable, Bound)>, Vec<Option<Bound>>) {
    let mut collector = Collector::new(open.original);
    let mut ranks = vec![];
    let conditions: Vec<Option<Bound>> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| match entry.rule {
            _ if is_for_all(&entry.rule) => None,
            Rule::When(when) => Some(collector.condition(when)),
            Rule::Best(_) => {
                ranks.push((collector.variables.len(), open.ranks[&index]));
                Some(collector.best(entry.name.clone()))
            }
            Rule::Otherwise => None,
        })
        .collect();
    let variables = collector.variables.into_iter().enumerate();
    let variables = variables.map(|(index, variable)| {
        let rank = ranks.iter().find(|(place, _)| *place == index);
        let part = part_of(open, &variable, rank.map(|(_, slot)| *slot));
        (variable, part)
    });
    (variables.collect(), conditions)
}

/// Whether an entry takes everybody that those before it leave.
fn is_for_all(rule: &Rule<'_>) -> bool {
    match rule {
        Rule::When(_) => false,
        Rule::Best(top) => matches!(top.size, TopSize::Share(share) if share >= Decimal::ONE),
        Rule::Otherwise => true,
    }
}

/// The scores or points that there are at all, if they are few: `score is one of 20, 52, 68, 100`.
fn attainable(judged: &Judged<'_>, told: usize) -> Option<Text> {
    let it = &judged.grid.told[told];
    let is_result =
        |bound: &Bound| matches!(bound.node, Node::Slot(slot) if judged.open.few.contains(&slot));
    if !matches!(it.variable.kind, Kind::Ordered(_)) || !is_result(&it.part) {
        return None;
    }
    let known: BTreeSet<Decimal> = judged.values[told]
        .iter()
        .filter_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    if known.is_empty() || known.len() > 12 {
        return None;
    }
    let all: Vec<String> = known.iter().map(Decimal::to_string).collect();
    let Text { en, zh } = &it.variable.name;
    Some(Text {
        en: format!("{en} is one of {}", all.join(", ")),
        zh: format!("{zh} 只会是 {}", all.join("、")),
    })
}

/// A note where points are not seen through: what is reached with any points need not be reached with those that there
/// are.
fn unseen(judged: &Judged<'_>) -> Option<Finding> {
    let told = judged.grid.told.iter().enumerate();
    let is_unseen = |slot: &Slot| judged.open.is_unseen(*slot);
    let told = told.filter(|(_, told)| told.reads.outside.iter().any(is_unseen));
    let told: Vec<usize> = told.map(|(index, _)| index).collect();
    let Text { en, zh } = judged.what;
    let what = Text {
        en: format!("whether every {en} is reached was not decided"),
        zh: format!("未能判定是否每个{zh}都有客户"),
    };
    (!told.is_empty()).then(|| undecided(judged, Code::Gap, what, &told))
}

/// A note that something was not decided, because what is told may hang together.
fn undecided(judged: &Judged<'_>, code: Code, title: Text, told: &[usize]) -> Finding {
    let outside = told
        .iter()
        .flat_map(|index| judged.grid.told[*index].reads.outside.iter().copied());
    let outside: BTreeSet<Slot> = outside.collect();
    let mut meeting = certainty::meeting(judged.open, &outside);
    let unseen = outside.iter().filter(|slot| judged.open.is_unseen(**slot));
    let mut unseen: Vec<Slot> = unseen.copied().collect();
    if meeting.is_empty() && unseen.is_empty() {
        unseen = judged.wholes(told);
    }
    let is_unseen = !unseen.is_empty();
    if is_unseen {
        meeting = unseen;
    }
    let names = meeting.iter().filter_map(|slot| {
        let given = judged.states.given(*slot)?;
        let Text { en, zh } = &given.variable.name;
        Some(text!("`{en}`", "`{zh}`"))
    });
    let names = words::listed(&[", ", "、"], names);
    let last = judged.entries.last().map(|entry| entry.span.clone());
    let Text { en, zh } = names;
    let finding = Finding::note(code, title).with_note(if is_unseen {
        text!(
            "{en}: which of them there are was not decided",
            "{zh}：会有哪些值，未能判定"
        )
    } else {
        text!(
            "{en} come from the same values: whether they meet was not decided",
            "{zh} 来自相同的值：是否会同时出现，未能判定"
        )
    });
    match last {
        Some(span) => finding.at(span),
        None => finding,
    }
}

fn too_many(list: &List<'_>, TooMany(count): TooMany) -> Finding {
    let Text { en, zh } = &list.what;
    let title = Text {
        en: format!("no {en} was checked for gaps and for being reached: too many combinations"),
        zh: format!("未检查{zh}的空档和可达性：组合太多"),
    };
    Finding::note(Code::Gap, title)
        .at(list.entries[0].span.clone())
        .with_note(if count == usize::MAX {
            text!("at most {MOST} are looked at", "最多检查 {MOST} 种")
        } else {
            text!(
                "there are {count}, at most {MOST} are looked at",
                "共有 {count} 种，最多检查 {MOST} 种"
            )
        })
}
