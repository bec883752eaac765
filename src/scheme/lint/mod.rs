//! What is probably not meant in a scheme that is valid: values that no entry of a list covers, entries that are never
//! reached, weights that are no shares, temporary dimensions that do not count.
//!
//! The conditions of a list can only tell finitely many sorts of customers apart. One of each sort is made
//! ([`values`]) out of what the conditions read ([`variables`], [`rewrite`]), every condition is evaluated for all of them by the
//! evaluator that grades ([`cells`]), and what nobody or somebody earlier got is said with its values ([`gaps`],
//! [`shadows`]).
//!
//! Variables are varied independently of each other. Where they hang together in truth, there are fewer customers than
//! were made: an entry that none of them reaches is never reached all the same, but a gap may be none, and is only
//! said where its variables share no source.

mod cells;
mod figures;
mod gaps;
mod lists;
mod names;
mod regions;
mod rewrite;
mod roots;
mod shadows;
mod shape;
mod values;
mod variables;
mod words;

#[cfg(test)]
mod tests;

use super::model::{Scheme, TopSize};
use crate::diagnostic::{At, Code, Finding, Text};
use crate::expr::Bound;
use crate::table::{Decimal, Truth};
use crate::text;
use cells::{Cells, MOST};
use lists::{Entry, List, Rule};
use rewrite::Collector;
use variables::Variable;

/// Lints a scheme. The spans of the findings point into `source`, the text that the scheme was read from.
pub fn lint(scheme: &Scheme, source: &str) -> Vec<Finding> {
    let mut findings = figures::lint(scheme);
    for list in lists::lists(scheme) {
        of_list(scheme, &list, &mut findings);
    }
    findings.sort_by_key(|finding| match &finding.at {
        At::Span(span) => span.start,
        _ => usize::MAX,
    });
    // A scheme that was changed after it was read has other places: better none than a wrong one.
    for finding in &mut findings {
        if matches!(&finding.at, At::Span(span) if source.get(span.clone()).is_none()) {
            finding.at = At::Nowhere;
            finding.related.clear();
        }
    }
    findings
}

/// A list whose conditions have been evaluated for every sort of customer.
struct Judged<'a> {
    /// What an entry is called.
    what: &'a Text,
    /// The entries up to and with the one that is for everybody left.
    entries: &'a [Entry<'a>],
    /// For each entry its condition over the variables; `None` for the one for everybody left.
    conditions: Vec<Option<Bound>>,
    /// What the conditions read.
    variables: Vec<Variable>,
    /// The sorts of customers.
    cells: Cells,
    /// For each entry what it comes to for each sort.
    truths: Vec<Vec<Truth>>,
    /// For each sort the first entry that holds, or that is unknown and stops the search.
    decided_by: Vec<Option<usize>>,
}

fn of_list(scheme: &Scheme, list: &List<'_>, findings: &mut Vec<Finding>) {
    let last = list
        .entries
        .iter()
        .position(|entry| is_for_all(&entry.rule));
    let entries = &list.entries[..last.map_or(list.entries.len(), |last| last + 1)];
    if let Some(last) = last {
        findings.extend(shadows::behind_all(
            &list.entries[last],
            &list.entries[last + 1..],
        ));
    }
    let mut collector = Collector::new(scheme);
    let conditions: Vec<Option<Bound>> = entries
        .iter()
        .map(|entry| match entry.rule {
            _ if is_for_all(&entry.rule) => None,
            Rule::When(when) => Some(collector.condition(when)),
            Rule::Best(_) => Some(collector.best(entry.name.clone())),
            Rule::Otherwise => None,
        })
        .collect();
    let variables = collector.variables;
    let cells = match Cells::new(&variables) {
        Ok(cells) => cells,
        Err(count) => {
            findings.push(too_many(list, count));
            return;
        }
    };
    let truths: Vec<Vec<Truth>> = conditions
        .iter()
        .map(|condition| cells.judge(condition.as_ref()))
        .collect();
    let rows = truths.first().map_or(0, Vec::len);
    // A variable without any value, such as a `case` of nothing but `null`: there is nobody to say anything about.
    if rows == 0 {
        return;
    }
    let decided_by = (0..rows)
        .map(|row| truths.iter().position(|truths| truths[row] != Truth::False))
        .collect();
    let judged = Judged {
        what: &list.what,
        entries,
        conditions,
        variables,
        cells,
        truths,
        decided_by,
    };
    findings.extend(shadows::shadows(&judged));
    if list.complete && last.is_none() {
        findings.extend(gaps::gap(&judged));
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

/// Whether the values of these variables can be chosen independently of each other.
fn independent(told: &[usize], variables: &[Variable]) -> bool {
    pairs(told).all(|(a, b)| variables[a].roots.is_disjoint(&variables[b].roots))
}

/// Whether those that hang together are results of grading itself.
fn only_results_meet(told: &[usize], variables: &[Variable]) -> bool {
    pairs(told)
        .filter(|(a, b)| !variables[*a].roots.is_disjoint(&variables[*b].roots))
        .all(|(a, b)| variables[a].is_result && variables[b].is_result)
}

fn pairs(told: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    told.iter()
        .enumerate()
        .flat_map(|(index, a)| told[index + 1..].iter().map(|b| (*a, *b)))
}

fn too_many(list: &List<'_>, count: usize) -> Finding {
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
