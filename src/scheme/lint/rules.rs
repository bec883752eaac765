//! Rules of movement that meet: a promotion and a demotion that hold together, for one customer on one level.

use super::certainty::meeting;
use super::customers::{made, of_slots};
use super::rewrite::Collector;
use super::variables::Variable;
use super::world::reads::Reads;
use super::world::states::Wanted;
use super::world::told::part_of;
use super::world::{Open, States, Tried};
use super::{Linted, Touches};
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{Bound, Node, Slot};
use crate::scheme::model::{Expression, MovementRule, SlotKind};
use crate::table::{Column, Date, Truth, Value};
use crate::text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The findings of both ladders.
pub fn rules(open: &Open<'_>, as_of: Date) -> Vec<Linted> {
    let scheme = open.original;
    let grades: Vec<Arc<str>> = scheme
        .grades
        .iter()
        .map(|grade| grade.name.clone())
        .collect();
    let types: Vec<Arc<str>> = scheme.types.iter().map(|rule| rule.name.clone()).collect();
    let ladders = [
        (&scheme.grade_movement, grades, SlotKind::Grade),
        (&scheme.type_movement, types, SlotKind::Type),
    ];
    let mut findings = vec![];
    for (movement, levels, kind) in &ladders {
        let Some(movement) = movement else {
            continue;
        };
        for (index, rule) in movement.rules.iter().enumerate() {
            for other in &movement.rules[..index] {
                findings.extend(pair(open, other, rule, levels, *kind, as_of));
            }
        }
    }
    findings
}

/// Which way a rule leads from a level; `None` if nowhere.
fn leads_up(rule: &MovementRule, level: u32, count: usize) -> Option<bool> {
    rule.target(level, count).map(|target| target < level)
}

/// Two rules that lead apart from some levels, and the customers that they tell apart.
struct Meeting<'a> {
    rules: [&'a MovementRule; 2],
    levels: &'a [Arc<str>],
    kind: SlotKind,
    /// The levels from which they lead apart.
    meet: Vec<u32>,
}

/// For whom two conditions hold.
struct Met {
    states: States,
    /// Where customers have their own level, if the conditions read it.
    place: Option<usize>,
    /// Somebody for whom both hold.
    both: Option<usize>,
    /// Somebody for whom only the first does, and only the second.
    only: [Option<usize>; 2],
}

fn pair(
    open: &Open<'_>,
    first: &MovementRule,
    second: &MovementRule,
    levels: &[Arc<str>],
    kind: SlotKind,
    as_of: Date,
) -> Option<Linted> {
    let count = levels.len();
    let apart = |level: &u32| {
        let ways = leads_up(first, *level, count).zip(leads_up(second, *level, count));
        ways.is_some_and(|(a, b)| a != b)
    };
    let meeting = Meeting {
        rules: [first, second],
        levels,
        kind,
        meet: (0..count as u32).filter(apart).collect(),
    };
    if meeting.meet.is_empty() {
        return None;
    }
    let opened = |open: &mut Open<'_>| {
        let mut conditions = [first.when.clone(), second.when.clone()];
        for condition in &mut conditions {
            open.expression(condition);
        }
        conditions
    };
    let mut open = open.clone();
    let conditions = opened(&mut open);
    // Where parts are not seen through somebody is looked for among customers who are tried.
    let tried = Tried::beside(&open).map(|mut tried| {
        let conditions = opened(&mut tried.open);
        (tried, conditions)
    });
    meeting.judged(&open, &conditions, tried.as_ref(), as_of)
}

impl Meeting<'_> {
    /// The finding, if there is somebody for whom both hold. The conditions are opened.
    fn judged(
        &self,
        open: &Open<'_>,
        conditions: &[Expression; 2],
        tried: Option<&(Tried<'_>, [Expression; 2])>,
        as_of: Date,
    ) -> Option<Linted> {
        let [first, second] = self.rules;
        let bounds = || conditions.iter().map(|condition| &condition.bound);
        let Some(met) = self.met(open, conditions, as_of) else {
            let why = text!("too many combinations", "组合太多");
            return Some(not_decided(first, second, why).into());
        };
        let witness = met.both?;
        let (only_first, only_second, states, place) =
            (met.only[0], met.only[1], &met.states, met.place);
        let count = self.levels.len();
        let implied = implied(
            self.rules,
            [only_first.is_none(), only_second.is_none()],
            |rule| moves_nobody(rule, &self.meet, count),
        );
        if let Some((tried, conditions)) =
            tried.filter(|(tried, _)| !tried.wholes_in(&states.slots).is_empty())
        {
            let reads = Reads::of(&tried.open, conditions.iter().map(|when| &when.bound));
            let is_certain = implied.is_some() || meeting(&tried.open, &reads.outside).is_empty();
            let met = self.met(&tried.open, conditions, as_of);
            if let Some(met) = met.filter(|_| is_certain)
                && let Some(both) = met.both
            {
                return Some(self.told(&tried.open, &met.states, (both, met.place), implied));
            }
            if implied.is_none() {
                let why = text!(
                    "of the customers that were tried none shows it",
                    "试过的客户中没有能说明的"
                );
                return Some(not_decided(first, second, why).into());
            }
        }
        let hanging = meeting(open, &Reads::of(open, bounds()).outside);
        if !hanging.is_empty() && implied.is_none() {
            let names = hanging.iter().filter_map(|slot| {
                let name = &states.given(*slot)?.variable.name;
                Some(text!("`{}`", "`{}`", name.en))
            });
            let Text { en, zh } = super::words::listed(&[", ", "、"], names);
            let why = text!("{en} come from the same values", "{zh} 来自相同的值");
            return Some(not_decided(first, second, why).into());
        }
        Some(self.told(open, states, (witness, place), implied))
    }

    /// For whom of the customers whom the conditions tell apart they hold; `None` if those are too many.
    fn met(&self, open: &Open<'_>, conditions: &[Expression; 2], as_of: Date) -> Option<Met> {
        let wanted = Wanted {
            variables: self.variables(open),
            conditions: conditions
                .iter()
                .map(|condition| &condition.bound)
                .collect(),
            dimensions: BTreeSet::new(),
            without: None,
        };
        let states = States::new(open, wanted, as_of).ok()?;
        let place = self.place_of_level(open, &states);
        let holds = |bound: &Bound| match bound.eval(&states.facts).column {
            Column::Bool(truths) => truths,
            other => vec![Truth::Unknown; other.len()],
        };
        let (a, b) = (holds(&conditions[0].bound), holds(&conditions[1].bound));
        let first_of = |first: bool, second: bool| {
            let mut rows = 0..states.customers.len();
            rows.find(|row| {
                self.is_on_level(&states, place, *row)
                    && (a[*row] == Truth::True) == first
                    && (b[*row] == Truth::True) == second
            })
        };
        let both = first_of(true, true);
        let only = [first_of(true, false), first_of(false, true)];
        Some(Met {
            states,
            place,
            both,
            only,
        })
    }

    /// What the two conditions read, and where that is in the opened scheme.
    fn variables(&self, open: &Open<'_>) -> Vec<(Variable, Bound)> {
        let mut collector = Collector::new(open.original);
        for rule in self.rules {
            collector.condition(&rule.when);
        }
        let variables = collector.variables.into_iter().map(|variable| {
            let part = part_of(open, &variable, None);
            (variable, part)
        });
        variables.collect()
    }

    /// Where customers have their own level, if the conditions read it.
    fn place_of_level(&self, open: &Open<'_>, states: &States) -> Option<usize> {
        let entries = &open.original.slots.entries;
        let own = open.replaced.iter().find(|replaced| {
            matches!(replaced.part.node, Node::Slot(slot)
                if entries[slot.0 as usize].kind == self.kind)
        });
        own.and_then(|own| states.slots.iter().position(|slot| *slot == own.slot))
    }

    /// Only customers on a level from which the two lead apart.
    fn is_on_level(&self, states: &States, place: Option<usize>, row: usize) -> bool {
        match place.map(|place| &states.customers[row][place]) {
            Some(Value::Text(name)) => {
                let mut meet = self.meet.iter();
                meet.any(|level| self.levels[*level as usize] == *name)
            }
            _ => true,
        }
    }

    /// The finding, with a customer for whom both hold.
    fn told(
        &self,
        open: &Open<'_>,
        states: &States,
        (witness, place): (usize, Option<usize>),
        implied: Option<(&MovementRule, &MovementRule)>,
    ) -> Linted {
        let [first, second] = self.rules;
        let count = self.levels.len();
        let from = names_of(self.levels, &self.meet);
        let finding = match implied {
            Some((one, other)) => {
                let is_up = leads_up(one, self.meet[0], count) == Some(true);
                implies(
                    one,
                    other,
                    is_up,
                    &from,
                    moves_nobody(one, &self.meet, count),
                )
            }
            None => meets(first, second, &from),
        };
        let slots: BTreeSet<Slot> = states.slots.iter().copied().collect();
        let such = of_slots(states, &states.customers[witness], &slots);
        // The customer may stand on any of the levels, unless the conditions read it.
        let own = place.and_then(|place| match &states.customers[witness][place] {
            Value::Text(name) => Some(name.clone()),
            _ => None,
        });
        let from = own.unwrap_or_else(|| self.levels[self.meet[0] as usize].clone());
        let mut finding = finding
            .with_note(Text {
                en: format!("both hold for {}, from `{from}`", such.en),
                zh: format!("两条都成立：{}，当前为 `{from}`", such.zh),
            })
            .help(text!(
                "make the two exclude each other, such as `> 500` and `< 100` of one value",
                "让两条互斥，例如对同一个值分别写 `> 500` 和 `< 100`"
            ));
        let mut made = made(open.original, states, witness);
        made.entry = Some(from);
        finding.witnesses.push(made);
        let levels = self.meet.iter();
        Linted {
            finding,
            touches: Touches::Both {
                conditions: self.rules.map(|rule| rule.when.clone()),
                before: match self.kind {
                    SlotKind::Type => SlotKind::PreviousType,
                    _ => SlotKind::PreviousGrade,
                },
                levels: levels
                    .map(|level| self.levels[*level as usize].clone())
                    .collect(),
            },
        }
    }
}

/// The rule of two that never holds without the other, with the other; of both, the one that then moves nobody at all.
fn implied(
    [first, second]: [&MovementRule; 2],
    [first_implies, second_implies]: [bool; 2],
    moves_nobody: impl Fn(&MovementRule) -> bool,
) -> Option<(&MovementRule, &MovementRule)> {
    let first_one = first_implies.then_some((first, second));
    let second_one = second_implies.then_some((second, first));
    match first_one.zip(second_one) {
        Some((_, other)) if !moves_nobody(first) && moves_nobody(second) => Some(other),
        _ => first_one.or(second_one),
    }
}

/// Whether a rule that holds only together with another leads nowhere from levels other than those on which they meet.
/// A rule that leads to the level of a customer does not fire, and so does not hold up the other.
fn moves_nobody(rule: &MovementRule, meet: &[u32], count: usize) -> bool {
    (0..count as u32).all(|level| rule.target(level, count).is_none() || meet.contains(&level))
}

fn names_of(levels: &[Arc<str>], places: &[u32]) -> Text {
    let names = places.iter().map(|place| {
        let name = &levels[*place as usize];
        text!("`{name}`", "`{name}`")
    });
    super::words::listed(&[", ", "、"], names)
}

/// One rule implies the other.
fn implies(
    one: &MovementRule,
    other: &MovementRule,
    is_up: bool,
    from: &Text,
    moves_nobody: bool,
) -> Finding {
    let (name, other_name) = (&one.name, &other.name);
    let Text { en, zh } = if is_up {
        text!(
            "promotion `{name}` implies demotion `{other_name}`",
            "升级规则 `{name}` 成立时，降级规则 `{other_name}` 必然成立"
        )
    } else {
        text!(
            "demotion `{name}` implies promotion `{other_name}`",
            "降级规则 `{name}` 成立时，升级规则 `{other_name}` 必然成立"
        )
    };
    let way = if is_up { "升" } else { "降" };
    let finding = if moves_nobody {
        let title = text!("{en}: it never moves anybody", "{zh}：永远{way}不了级");
        Finding::error(Code::Conflict, title)
    } else {
        let (from_en, from_zh) = (&from.en, &from.zh);
        let title = text!(
            "{en}: from {from_en} it moves nobody",
            "{zh}：从 {from_zh} 永远{way}不了级"
        );
        Finding::warning(Code::Conflict, title)
    };
    finding
        .at(one.span.clone())
        .related(other.span.clone(), text!("this holds too", "这条也成立"))
}

/// Two rules can hold together.
fn meets(first: &MovementRule, second: &MovementRule, from: &Text) -> Finding {
    let (a, b) = (&first.name, &second.name);
    let (from_en, from_zh) = (&from.en, &from.zh);
    Finding::warning(
        Code::Conflict,
        text!(
            "`{a}` and `{b}` can hold together, and lead up and down from {from_en}: then nobody moves",
            "`{a}` 与 `{b}` 可能同时成立，从 {from_zh} 一升一降：届时不升不降"
        ),
    )
    .at(second.span.clone())
    .related(first.span.clone(), text!("and this", "以及这条"))
}

fn not_decided(first: &MovementRule, second: &MovementRule, why: Text) -> Finding {
    let (a, b) = (&first.name, &second.name);
    Finding::note(
        Code::Conflict,
        text!(
            "whether `{a}` and `{b}` can hold together was not decided",
            "未判定 `{a}` 与 `{b}` 是否可能同时成立"
        ),
    )
    .at(second.span.clone())
    .with_note(why)
}
