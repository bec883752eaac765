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

use super::model::{Expression, Scheme, TopSize};
use crate::assess::{Choice, choose};
use crate::diagnostic::{At, Code, Finding, Severity, Text};
use crate::expr::{Bound, Node, Slot};
use crate::table::{Column, Date, Decimal, Truth, Value};
use crate::text;
use lists::{Entry, List, Of, Rule};
use regions::Grid;
use rewrite::Collector;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use variables::{Kind, Variable};
use world::states::Wanted;
use world::told::{part_of, values_of};
use world::{MOST, Open, States, TooMany};

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
    let tried = Open::tried(open.original, as_of);
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
    let mut grades = None;
    for (list, opened) in lists::lists(open.original).iter().zip(&opened) {
        match of_list(open, list, opened, as_of, is_reached, &mut found) {
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
    found.extend(inversions::inversions(open, grades.as_ref(), as_of));
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

/// A list whose conditions have been evaluated for every sort of customer.
struct Judged<'a> {
    /// What an entry is called.
    what: &'a Text,
    /// The entries up to and with the one that is for everybody left.
    entries: &'a [Entry<'a>],
    /// For each entry its condition over the things told; `None` for the one for everybody left.
    conditions: Vec<Option<Bound>>,
    /// The same as opened.
    opened: Vec<Option<&'a Bound>>,
    /// The scheme as it was opened.
    open: &'a Open<'a>,
    /// The sorts of customers.
    states: &'a States,
    /// They by what the conditions read.
    grid: Grid<'a>,
    /// For each thing told its values.
    values: Vec<Vec<Value>>,
    /// For each entry what it comes to for each sort, once that was asked: most entries are reached, and of those nothing
    /// else is to be said.
    truths: Vec<OnceCell<Vec<Truth>>>,
    /// For each sort the first entry that holds, or that is unknown and stops the search.
    choices: Vec<Choice>,
}

impl Judged<'_> {
    /// What an entry comes to for each sort.
    fn truths(&self, entry: usize) -> &[Truth] {
        self.truths[entry].get_or_init(|| judge(self.opened[entry], self.states))
    }

    /// The first entry that holds for a sort, or that is unknown and stops the search.
    fn decided_by(&self, row: usize) -> Option<usize> {
        match self.choices[row] {
            Choice::Is(entry) | Choice::Unknown(entry) => Some(entry as usize),
            Choice::NoneHolds => None,
        }
    }

    /// What a customer has of a thing told.
    fn value(&self, row: usize, told: usize) -> Value {
        self.values[told][row].clone()
    }
}

fn of_list(
    open: &Open<'_>,
    list: &List<'_>,
    opened: &List<'_>,
    as_of: Date,
    is_reached: bool,
    found: &mut Vec<Linted>,
) -> Result<Option<States>, TooMany> {
    let last = list
        .entries
        .iter()
        .position(|entry| is_for_all(&entry.rule));
    let count = last.map_or(list.entries.len(), |last| last + 1);
    let entries = &list.entries[..count];
    if let Some(last) = last {
        found.extend(shadows::behind_all(
            &list.entries[last],
            &list.entries[last + 1..],
        ));
    }
    let (variables, conditions) = variables(open, entries);
    let own = variables.len();
    let judges: Vec<Option<&Expression>> = opened.entries[..count]
        .iter()
        .zip(entries)
        .map(|(opened, entry)| match opened.rule {
            _ if is_for_all(&entry.rule) => None,
            Rule::When(when) => Some(when),
            Rule::Best(_) | Rule::Otherwise => None,
        })
        .collect();
    let bounds: Vec<Option<&Bound>> = judges
        .iter()
        .map(|judge| judge.map(|when| &when.bound))
        .collect();
    let wanted = Wanted {
        variables,
        conditions: bounds.iter().copied().flatten().collect(),
        dimensions: BTreeSet::new(),
        without: None,
    };
    let mut states = States::new(open, wanted, as_of)?;
    let rows = states.customers.len();
    // A value without any possible one, such as a `case` of nothing but `null`: there is nobody to say anything about.
    if rows == 0 {
        return Ok(None);
    }
    let choices = choose(&open.scheme, &judges, "", &mut states.facts, &mut vec![]);
    let values = states.told[..own]
        .iter()
        .map(|told| values_of(told, &states.facts, rows))
        .collect();
    let judged = Judged {
        what: &list.what,
        entries,
        conditions,
        opened: bounds,
        open,
        states: &states,
        grid: Grid::new(&states.told[..own], &states.choices),
        values,
        truths: vec![OnceCell::new(); count],
        choices,
    };
    found.extend(shadows::shadows(&judged));
    let is_closed = list.complete && last.is_none();
    let gap = is_closed.then(|| gaps::gap(&judged)).flatten();
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
    Ok(Some(states))
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

/// What a condition of the opened scheme comes to for each customer; nothing is otherwise, which always holds.
fn judge(condition: Option<&Bound>, states: &States) -> Vec<Truth> {
    let len = states.customers.len();
    match condition.map(|condition| condition.eval(&states.facts).column) {
        Some(Column::Bool(truths)) => truths,
        Some(_) => vec![Truth::Unknown; len],
        None => vec![Truth::True; len],
    }
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
    let unseen: Vec<Slot> = unseen.copied().collect();
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
