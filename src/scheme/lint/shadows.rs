//! Entries that are never reached.

use super::certainty::{Certainty, certainty};
use super::customers::{customer, described};
use super::lists::{Entry, Rule};
use super::words::{bounds, listed, row_text};
use super::{Judged, Linted, Touches, attainable, judge};
use crate::assess::Choice;
use crate::diagnostic::{Code, Finding, Severity, Text};
use crate::expr::{Bound, Node};
use crate::scheme::model::{Ties, Top, TopSize};
use crate::table::Truth;
use crate::text;
use foldhash::HashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The entries behind one that takes everybody.
pub fn behind_all(all: &Entry<'_>, behind: &[Entry<'_>]) -> Vec<Linted> {
    behind
        .iter()
        .filter(|entry| entry.exclusive)
        .map(|entry| {
            let finding = covered(entry, &[all]).help(text!(
                "move it up: the first that holds counts",
                "把它移到前面：第一个成立的算数"
            ));
            taken(entry, finding)
        })
        .collect()
}

/// The entries of a list that are never the first that holds.
///
/// This is certain even where values hang together: then there are fewer sorts of customers than were looked at.
pub fn shadows(judged: &Judged<'_>) -> Vec<Linted> {
    let reached: HashSet<usize> = judged
        .choices
        .iter()
        .filter_map(|choice| choice.index())
        .collect();
    (0..judged.entries.len())
        .filter_map(|entry| {
            if reached.contains(&entry) {
                let found = behind_a_rank(judged, entry).or_else(|| not_shown(judged, entry));
                return found.map(Linted::from);
            }
            let truths = judged.truths(entry).iter().enumerate();
            let holds: Vec<usize> = truths
                .filter(|(_, truth)| **truth == Truth::True)
                .map(|(row, _)| row)
                .collect();
            if holds.is_empty() {
                return Some(among_taken(judged, never(judged, entry)).into());
            }
            judged.entries[entry].exclusive.then(|| {
                let finding = among_taken(judged, shadowed(judged, entry, &holds));
                taken(&judged.entries[entry], finding)
            })
        })
        .collect()
}

/// A note on an entry that is reached only if parts which are not seen through come to something beside what they are
/// made of, and by nobody who was tried.
fn not_shown(judged: &Judged<'_>, entry: usize) -> Option<Finding> {
    let shown = judged.shown.as_ref()?;
    let upto: Vec<usize> = (0..=entry).collect();
    let wholes = judged.wholes(&read_by(judged, &upto));
    let is_unseen = wholes.iter().any(|slot| judged.open.is_unseen(*slot));
    // What is not known of scores is said of the whole list.
    if wholes.is_empty() || is_unseen || shown.by.is_some_and(|by| by.is_reached(entry)) {
        return None;
    }
    let names = wholes.iter().filter_map(|slot| {
        let Text { en, zh } = &judged.states.given(*slot)?.variable.name;
        Some(text!("`{en}`", "`{zh}`"))
    });
    let parts = listed(&[", ", "、"], names);
    let Text { en, zh } = &judged.entries[entry].name;
    let title = text!(
        "whether {en} is ever reached was not decided",
        "未能判定{zh}是否会有客户"
    );
    let finding = Finding::note(Code::Gap, title).at(judged.entries[entry].span.clone());
    Some(finding.with_note(Text {
        en: format!(
            "none of the customers that were tried gets there: {} can be made in many ways",
            parts.en
        ),
        zh: format!("试过的客户都到不了这里：{} 可由许多数值得出", parts.zh),
    }))
}

/// Says what the customers' sheet asks, where somebody was left out for it.
fn among_taken(judged: &Judged<'_>, finding: Finding) -> Finding {
    let told = judged.grid.told.iter();
    let outside = told.flat_map(|told| told.reads.outside.iter().copied());
    let refused = judged.states.refused(&outside.collect());
    if refused.is_empty() {
        return finding;
    }
    let texts = refused.iter().map(|text| text!("`{text}`", "`{text}`"));
    let Text { en, zh } = listed(&[", ", "、"], texts);
    finding.with_note(Text {
        en: format!("of the customers that the sheet takes: {en}"),
        zh: format!("只看客户表接收的行：{zh}"),
    })
}

/// A finding about an entry that others take from: it is about those for whom its condition holds.
fn taken(entry: &Entry<'_>, finding: Finding) -> Linted {
    let touches = match entry.rule {
        Rule::When(when) => Touches::Holds(when.clone()),
        Rule::Best(_) | Rule::Otherwise => Touches::Nobody,
    };
    Linted { finding, touches }
}

/// An entry whose condition nothing satisfies.
fn never(judged: &Judged<'_>, entry: usize) -> Finding {
    let Text { en, zh } = never_reached(&judged.entries[entry]);
    let title = Text {
        en: format!("{en}: no value satisfies its condition"),
        zh: format!("{zh}：没有值能使它的条件成立"),
    };
    let finding = found(&judged.entries[entry], title)
        .label(text!("this contradicts itself", "条件自相矛盾"));
    let failing = failing(judged, entry);
    let is_pair = failing
        .as_ref()
        .is_some_and(|failing| failing.other.is_some());
    let read = match &failing {
        Some(failing) => failing.read.clone(),
        None => read_by(judged, &[entry]),
    };
    let limits: Vec<Text> = read
        .iter()
        .filter_map(|variable| {
            let known = attainable(judged, *variable);
            // Each of two that exclude each other keeps within the bounds.
            let bounds = || bounds(&judged.grid.told[*variable].variable);
            known.or_else(|| if is_pair { None } else { bounds() })
        })
        .collect();
    let is_single = failing.is_some() && !is_pair || !has_and(judged.opened[entry]);
    let finding = match failing {
        Some(Failing { part, other, .. }) => finding.with_note(match other {
            Some(other) => text!(
                "`{part}` and `{other}` never hold together",
                "`{part}` 与 `{other}` 不会同时成立"
            ),
            None => text!("`{part}` never holds", "`{part}` 永远不成立"),
        }),
        None => finding,
    };
    let mut finding = if limits.is_empty() && !is_single {
        finding.help(text!(
            "an `and` where `or` is meant?",
            "是否应把 `and` 写成 `or`？"
        ))
    } else {
        finding
            .label(text!("this never holds", "永远不成立"))
            .help(text!(
                "correct the condition or leave it out",
                "请改正条件，或删去这一条"
            ))
    };
    finding.notes.extend(limits);
    finding
}

/// What of a condition fails: a part that never holds, or two that never hold together.
struct Failing {
    /// As it is written.
    part: Arc<str>,
    /// The other of two.
    other: Option<Arc<str>>,
    /// What they read.
    read: Vec<usize>,
}

/// The part of a condition of several that fails; nothing where it takes more than two.
fn failing(judged: &Judged<'_>, entry: usize) -> Option<Failing> {
    let Rule::When(when) = judged.entries[entry].rule else {
        return None;
    };
    let whole = judged.opened[entry]?;
    let parts = conjuncts(whole)?;
    // The two of a `between` are written as one.
    if parts.iter().all(|part| part.span == whole.span) {
        return None;
    }
    // The same parts over the things told; they have the same order.
    let told = conjuncts(judged.conditions[entry].as_ref()?)?;
    let truths: Vec<Vec<Truth>> = parts
        .iter()
        .map(|part| judge(Some(part), judged.states))
        .collect();
    let meet = |one: usize, other: usize| {
        let mut pairs = truths[one].iter().zip(&truths[other]);
        pairs.any(|pair| pair == (&Truth::True, &Truth::True))
    };
    // A part with itself is that part alone; those come first.
    let places = 0..parts.len().min(told.len());
    let single = places.clone().find(|one| !meet(*one, *one));
    let pair = || {
        let mut pairs = places.flat_map(|other| (0..other).map(move |one| (one, other)));
        pairs.find(|(one, other)| !meet(*one, *other))
    };
    let (one, other) = match single {
        Some(one) => (one, None),
        None => pair().map(|(one, other)| (one, Some(other)))?,
    };
    let written = |place: usize| when.text.get(parts[place].span.clone()).map(Arc::from);
    let mut read = vec![];
    for place in [Some(one), other].into_iter().flatten() {
        add_read(&told[place], &mut read);
    }
    Some(Failing {
        part: written(one)?,
        other: match other {
            Some(other) => Some(written(other)?),
            None => None,
        },
        read,
    })
}

/// Whether a condition is of parts that have to hold together.
fn has_and(condition: Option<&Bound>) -> bool {
    let mut has = false;
    if let Some(condition) = condition {
        condition.walk(&mut |part| has |= matches!(part.node, Node::And(_)));
    }
    has
}

fn conjuncts(bound: &Bound) -> Option<&[Bound]> {
    match &bound.node {
        Node::And(parts) => Some(parts),
        _ => None,
    }
}

/// An entry that holds only where one before it is unknown, which stops the search.
fn stopped(judged: &Judged<'_>, entry: usize, holds: &[usize]) -> Option<Finding> {
    let by: Option<BTreeSet<usize>> = holds
        .iter()
        .map(|row| {
            judged
                .decided_by(*row)
                .filter(|_| matches!(judged.choices[*row], Choice::Unknown(_)))
        })
        .collect();
    let by: Vec<&Entry<'_>> = by?.into_iter().map(|by| &judged.entries[by]).collect();
    let names = listed(&[", ", "、"], by.iter().map(|by| by.name.clone()));
    let Text { en, zh } = never_reached(&judged.entries[entry]);
    let title = Text {
        en: format!(
            "{en}: where it holds, {} before it is unknown, and the list stops there",
            names.en
        ),
        zh: format!("{zh}：它成立时，前面的{}无法判断，到此为止", names.zh),
    };
    let mut finding = found(&judged.entries[entry], title);
    for by in by {
        let label = text!("unknown there: the list stops", "此时未知，到此为止");
        finding = finding.related(by.span.clone(), label);
    }
    Some(finding.help(text!(
        "put it first: `is null` has to stand before what reads the value",
        "把它放到最前面：`is null` 要写在读取该值的条件之前"
    )))
}

/// An entry that others cover.
fn shadowed(judged: &Judged<'_>, entry: usize, holds: &[usize]) -> Finding {
    if let Some(finding) = stopped(judged, entry, holds) {
        return finding;
    }
    // One that holds wherever this one does says more than all that take something of it.
    let single = (0..entry).find(|earlier| {
        holds
            .iter()
            .all(|row| judged.truths(*earlier)[*row] == Truth::True)
    });
    let by: Vec<usize> = match single {
        Some(single) => vec![single],
        None => (0..entry)
            .filter(|earlier| {
                holds
                    .iter()
                    .any(|row| judged.decided_by(*row) == Some(*earlier))
            })
            .collect(),
    };
    let entries: Vec<&Entry<'_>> = by.iter().map(|earlier| &judged.entries[*earlier]).collect();
    let mut finding = covered(&judged.entries[entry], &entries);
    if let Some((row, read)) = witness(judged, entry, by[0], holds) {
        let Text { en, zh } = row_text(row, judged, &read);
        let name = &judged.entries[by[0]].name;
        finding = finding.with_note(Text {
            en: format!("{en} is {} already", name.en),
            zh: format!("{zh} 已经是{}", name.zh),
        });
        finding.notes.extend(described(judged, row, &read));
        finding.witnesses.push(customer(judged, row));
    }
    if judged.conditions[entry].is_none() {
        // What is left to the last entry depends on what values there are at all.
        let read = read_by(judged, &by);
        finding.notes.extend(
            read.iter()
                .filter_map(|variable| bounds(&judged.grid.told[*variable].variable)),
        );
        return finding.help(text!(
            "leave it out, if that is meant",
            "如果确实如此，可以删去它"
        ));
    }
    finding.help(text!(
        "the first that holds counts: put the narrower condition first, or correct one of the two",
        "第一个成立的算数：把较窄的条件放在前面，或改正其中一条"
    ))
}

/// A customer whom an earlier entry takes from this one, and what tells it. None if that may never meet.
fn witness(
    judged: &Judged<'_>,
    entry: usize,
    earlier: usize,
    holds: &[usize],
) -> Option<(usize, Vec<usize>)> {
    let row = *holds
        .iter()
        .find(|row| judged.choices[**row].index() == Some(earlier) && judged.is_known(**row))?;
    let mut read = read_by(judged, &[entry, earlier]);
    read.sort_unstable();
    if read.is_empty() || certainty(judged, &read) != Certainty::Certain {
        return None;
    }
    Some((row, read))
}

/// The variables that the conditions of some entries read.
fn read_by(judged: &Judged<'_>, entries: &[usize]) -> Vec<usize> {
    let mut read = vec![];
    for condition in entries
        .iter()
        .filter_map(|entry| judged.conditions[*entry].as_ref())
    {
        add_read(condition, &mut read);
    }
    read
}

fn add_read(condition: &Bound, read: &mut Vec<usize>) {
    for slot in condition.slots() {
        if !read.contains(&(slot.0 as usize)) {
            read.push(slot.0 as usize);
        }
    }
}

/// A rank behind one that takes as many or more: shares are measured from the top, not from where the last one ended.
fn behind_a_rank(judged: &Judged<'_>, entry: usize) -> Option<Finding> {
    let Rule::Best(top) = judged.entries[entry].rule else {
        return None;
    };
    let earlier = judged.entries[..entry].iter().find(
        |earlier| matches!(earlier.rule, Rule::Best(earlier) if takes_as_many(earlier, top)),
    )?;
    Some(covered(&judged.entries[entry], &[earlier]).help(text!(
        "`top` counts from the best of all: after \"10%\", \"40%\" is the next 30%",
        "`top` 从最好的一头量起：写了 \"10%\" 之后，\"40%\" 才是接下来的 30%"
    )))
}

fn takes_as_many(earlier: &Top, top: &Top) -> bool {
    let same = earlier.within == top.within
        && earlier.by.len() == top.by.len()
        && earlier
            .by
            .iter()
            .zip(&top.by)
            .all(|(a, b)| a.bound == b.bound);
    let ties = earlier.ties == Ties::Up || top.ties == Ties::Down;
    let size = match (earlier.size, top.size) {
        (TopSize::Share(earlier), TopSize::Share(size)) => size <= earlier,
        (TopSize::Count(earlier), TopSize::Count(size)) => size <= earlier,
        _ => false,
    };
    same && ties && size
}

/// What is said of an entry. One that movement leads to is reached all the same.
fn found(entry: &Entry<'_>, title: Text) -> Finding {
    let severity = if entry.led_to {
        Severity::Note
    } else {
        Severity::Warning
    };
    Finding::warning(Code::Shadowed, title)
        .with_severity(severity)
        .at(entry.span.clone())
}

/// "`A` is never reached", as far as the values go.
fn never_reached(entry: &Entry<'_>) -> Text {
    let Text { en, zh } = &entry.name;
    if entry.led_to {
        text!("the values never give {en}", "数值永远给不出 {zh}")
    } else {
        text!("{en} is never reached", "{zh} 永远轮不到")
    }
}

fn covered(entry: &Entry<'_>, by: &[&Entry<'_>]) -> Finding {
    let Text { en, zh } = never_reached(entry);
    let title = if let [by] = by {
        Text {
            en: format!("{en}: {} before it covers all of it", by.name.en),
            zh: format!("{zh}：前面的{}已全部覆盖", by.name.zh),
        }
    } else {
        let joined = |part: fn(&Text) -> &str, sign: &str| {
            by.iter()
                .map(|entry| part(&entry.name))
                .collect::<Vec<_>>()
                .join(sign)
        };
        Text {
            en: format!(
                "{en}: {} before it cover all of it together",
                joined(|t| &t.en, ", ")
            ),
            zh: format!("{zh}：前面的{}合起来已全部覆盖", joined(|t| &t.zh, "、")),
        }
    };
    let mut finding = found(entry, title);
    for entry in by {
        finding = finding.related(entry.span.clone(), text!("this takes it", "被这里拿走"));
    }
    finding
}
