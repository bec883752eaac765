//! `[[movement]]`: how customers move between runs.

use super::{Validator, Want};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::{Bound, Node, SeriesFunction, Slot};
use crate::scheme::model::{Aim, Dimension, Grade, Movement, MovementRule, TypeRule, ValueRule};
use crate::scheme::written::{Keys, Written, WrittenText};
use crate::table::Decimal;
use crate::text;
use foldhash::HashSet;
use std::sync::Arc;

impl Validator<'_> {
    /// The movement of grades, and the tables that are of types.
    pub(super) fn grade_movement<'k>(
        &mut self,
        tables: Vec<Keys<'k>>,
        grades: &[Grade],
    ) -> (Option<Movement>, Vec<Keys<'k>>) {
        let names: Vec<Arc<str>> = grades.iter().map(|grade| grade.name.clone()).collect();
        let (mut of_grades, mut of_types) = (vec![], vec![]);
        for mut keys in tables {
            let words = [("grade", false), ("type", true)];
            let of_type = keys.word("of", &words, &mut self.findings);
            if of_type.unwrap_or(false) {
                of_types.push(keys);
            } else {
                of_grades.push(keys);
            }
        }
        (self.one_movement(of_grades, &names), of_types)
    }

    /// The movement of types.
    pub(super) fn type_movement(
        &mut self,
        tables: Vec<Keys<'_>>,
        types: &[TypeRule],
    ) -> Option<Movement> {
        let names: Vec<Arc<str>> = types.iter().map(|rule| rule.name.clone()).collect();
        self.one_movement(tables, &names)
    }

    fn one_movement(&mut self, tables: Vec<Keys<'_>>, names: &[Arc<str>]) -> Option<Movement> {
        let mut first = None;
        for keys in tables {
            let span = keys.span.clone();
            let movement = self.ladder(keys, names);
            if names.is_empty() {
                self.findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "there is nothing to move: the scheme has no such levels",
                            "没有可升降的等级或类型"
                        ),
                    )
                    .at(span)
                    .help(text!(
                        "add [[grades]], or [[types]] for `of = \"type\"`",
                        "请补上 [[grades]]；`of = \"type\"` 则补上 [[types]]"
                    )),
                );
            } else if first.is_some() {
                self.findings.push(
                    Finding::error(
                        Code::DuplicateName,
                        text!(
                            "a second [[movement]] of the same ladder",
                            "同一种升降规则写了两次"
                        ),
                    )
                    .at(span)
                    .help(text!(
                        "write one of grades and one of types (`of = \"type\"`), each with all its rules",
                        "等级写一个，类型写一个（`of = \"type\"`），规则都写在其中"
                    )),
                );
            } else {
                first = Some(movement);
            }
        }
        first
    }

    fn ladder(&mut self, mut keys: Keys<'_>, names: &[Arc<str>]) -> Movement {
        let findings = &mut self.findings;
        let initial = keys.text("initial", findings);
        let rearm = keys.word("rearm", &[("reset", true), ("sliding", false)], findings);
        let mut periods = |key, least| {
            let written: Option<Written<i64>> = keys.whole(key, least, findings);
            // More periods than there are months in the calendar are as good as for ever.
            written.map(|written| written.value.min(120_000) as i32)
        };
        let min_hold = periods("min_hold", 0).unwrap_or(0);
        let min_gap_down = periods("min_gap_down", 0).unwrap_or(0);
        let grace = periods("grace", 0).unwrap_or(0);
        let max_step_up = periods("max_step_up", 1).map(|steps| steps as u32);
        let max_step_down = periods("max_step_down", 1).map(|steps| steps as u32);
        let otherwise = keys.word(
            "otherwise",
            &[("hold", false), ("follow", true)],
            &mut self.findings,
        );
        let eligible = keys.text("eligible", &mut self.findings);
        let rules = keys.tables("rules", &text!("a rule", "规则"), &mut self.findings);
        keys.done(&mut self.findings);
        let initial = initial.and_then(|initial| self.known_level(&initial, names));
        let eligible = eligible.and_then(|text| self.bind(&text, None, Want::Condition));
        let rules = rules
            .into_iter()
            .filter_map(|rule| self.movement_rule(rule, names))
            .collect();
        Movement {
            initial,
            resets: rearm.unwrap_or(true),
            min_hold,
            min_gap_down,
            grace,
            max_step_up,
            max_step_down,
            rules,
            follows: otherwise.unwrap_or(false),
            eligible,
        }
    }

    fn movement_rule(&mut self, mut keys: Keys<'_>, names: &[Arc<str>]) -> Option<MovementRule> {
        let findings = &mut self.findings;
        let name = keys.required_text("name", findings);
        let when = keys.required_text("when", findings);
        let to = keys.text("to", findings);
        let step = keys.number("step", findings);
        let from = keys.texts("from", true, findings);
        let span = keys.span_of("when");
        if to.is_some() == step.is_some() {
            findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "a rule has either `to` or `step`",
                        "规则用 `to` 或 `step`，二者取一"
                    ),
                )
                .at(keys.span.clone()),
            );
        }
        let fits = |step: &Written<Decimal>| {
            let whole = step.value.trunc();
            step.value.is_whole() && whole != 0 && whole.abs() <= 1000
        };
        if let Some(step) = step.as_ref().filter(|step| !fits(step)) {
            findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "`step` is a whole number, up 1 or down -1",
                        "`step` 为整数：升为 1，降为 -1"
                    ),
                )
                .at(step.span.clone()),
            );
        }
        keys.done(findings);
        let aim = match (&to, &step) {
            (Some(to), _) => self.known_level(to, names).map(Aim::To),
            (None, Some(step)) => Some(Aim::Step(step.value.trunc() as i32)),
            (None, None) => None,
        };
        let from = from
            .iter()
            .filter_map(|name| self.known_level(name, names))
            .collect();
        let when = self.bind(&when?, None, Want::Condition)?;
        Some(MovementRule {
            name: name?.value.into(),
            when,
            aim: aim?,
            from,
            span,
        })
    }

    fn known_level(&mut self, name: &WrittenText, names: &[Arc<str>]) -> Option<u32> {
        if let Some(level) = names.iter().position(|known| **known == *name.value) {
            return Some(level as u32);
        }
        let text = &name.value;
        let mut finding = Finding::error(
            Code::UnknownLabel,
            text!("no grade or type `{text}`", "没有等级或类型 `{text}`"),
        )
        .at(name.span.clone());
        if let Some(near) = nearest(text, names.iter().map(|grade| &**grade)) {
            finding = finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
        }
        self.findings.push(finding);
        None
    }

    /// A finding for each rule that reads a count of periods through a value or a dimension: a move could not make it
    /// begin anew there.
    pub(super) fn visible_streaks(
        &mut self,
        values: &[ValueRule],
        dimensions: &[Dimension],
        movements: [&Option<Movement>; 2],
    ) {
        let mut counting: HashSet<Slot> = HashSet::default();
        let counts = |bound: &Bound, counting: &HashSet<Slot>| {
            counts_periods(bound) || bound.slots().iter().any(|slot| counting.contains(slot))
        };
        for value in values {
            if counts(&value.is.bound, &counting) {
                counting.insert(value.slot);
            }
        }
        for dimension in dimensions {
            let mut expressions = dimension.rule.expressions();
            let hidden = expressions.any(|expression| counts(&expression.bound, &counting));
            if hidden {
                counting.extend([dimension.label_slot, dimension.points_slot]);
            }
        }
        for rule in movements.into_iter().flatten().flat_map(|m| &m.rules) {
            let slots = rule.when.bound.slots();
            let Some(slot) = slots.iter().find(|slot| counting.contains(slot)) else {
                continue;
            };
            let (name, rule_name) = (self.names.entry(*slot).name.clone(), &rule.name);
            self.findings.push(
                Finding::error(
                    Code::SeriesMisuse,
                    text!(
                        "rule `{rule_name}` counts periods through `{name}`, where a move cannot make them begin anew",
                        "规则 `{rule_name}` 通过 `{name}` 数期数，升降级后无法重新计数"
                    ),
                )
                .at(rule.span.clone())
                .help(text!(
                    "write `streak(…)`, `rising(…)` and the like in the rule itself",
                    "请把 `streak(…)`、`rising(…)` 等直接写在规则里"
                )),
            );
        }
    }
}

/// Whether an expression counts periods that a move makes begin anew.
fn counts_periods(bound: &Bound) -> bool {
    use SeriesFunction::{Falling, Longest, Rising, Streak};
    let mut found = false;
    bound.walk(&mut |part| {
        if let Node::Series { function, .. } = &part.node {
            found |= matches!(function, Streak | Longest | Rising | Falling);
        }
    });
    found
}
