//! A fault along one value in words, with the customers who show it.

use super::Of;
use super::fault::{Fault, Pair};
use crate::diagnostic::{Code, Finding, Text, Witness};
use crate::expr::Slot;
use crate::scheme::lint::customers::{of_slots, of_values};
use crate::scheme::lint::steps::{Level, Walks, differing};
use crate::scheme::lint::values::value;
use crate::scheme::lint::variables::Variable;
use crate::scheme::lint::words::{equals, listed, shown};
use crate::scheme::lint::world::{Open, States};
use crate::scheme::lint::{Linted, Touches};
use crate::scheme::model::Scheme;
use crate::table::{Decimal, Value};
use crate::text;
use std::collections::BTreeSet;
use std::ops::Range;

/// What a rise of a value does.
fn rise(name: &Text, low: &Text, high: &Text, effect: &Text) -> Text {
    Text {
        en: format!(
            "a rise in {} from {} to {} {}",
            name.en, low.en, high.en, effect.en
        ),
        zh: format!(
            "{} 从 {} 增加到 {}，{}",
            name.zh, low.zh, high.zh, effect.zh
        ),
    }
}

/// The finding of a fault.
pub fn finding(open: &Open<'_>, states: &States, of: Of, walks: &Walks, fault: &Fault) -> Linted {
    let scheme = open.original;
    let telling = Telling {
        scheme,
        states,
        of,
        walks,
    };
    let Told {
        title,
        notes,
        witnesses,
        first,
    } = match fault {
        Fault::BothWays { lowered, raised } => telling.both_ways(lowered, raised),
        Fault::Hole(walk, places) => telling.hole(*walk, *places),
    };
    let span = place(scheme, of, walks.all[first.walk].levels[first.from]);
    let is_worked_out = matches!(of, Of::Points(dimension) if open.is_worked_out(dimension));
    let (label, help) = if is_worked_out {
        (
            text!(
                "its points fall as the value rises",
                "数值增加时，它的分数减少"
            ),
            text!(
                "let the expression only rise or only fall with the value, or give bands instead",
                "请让表达式随数值只增或只减，或改用分档"
            ),
        )
    } else {
        (
            text!(
                "this holds before the rise and not after it",
                "增加之前成立，之后不成立"
            ),
            text!(
                "open the upper bound (`x >= 5` for `x between 5 and 10`): better entries come first and take theirs",
                "去掉上限（用 `x >= 5` 代替 `x between 5 and 10`）：更好的等级在前面，会先取走它们的"
            ),
        )
    };
    let mut found = Finding::warning(Code::Inversion, title)
        .at(span)
        .label(label)
        .help(help);
    found.notes = notes;
    found.witnesses = witnesses;
    let touches = match of {
        Of::Grade => Touches::Fall {
            slot: walks.slot,
            from: walks.keys[first.from],
            to: walks.keys[first.to],
        },
        Of::Points(_) => Touches::Nobody,
    };
    Linted {
        finding: found,
        touches,
    }
}

/// What a fault along a value is told with.
struct Telling<'a> {
    scheme: &'a Scheme,
    states: &'a States,
    of: Of,
    walks: &'a Walks,
}

/// A fault in words.
struct Told {
    title: Text,
    notes: Vec<Text>,
    witnesses: Vec<Witness>,
    /// The rise that lowers.
    first: Pair,
}

impl Telling<'_> {
    /// What the value is called and what else its conditions say of it.
    fn variable(&self) -> &Variable {
        let Some(given) = self.states.given(self.walks.slot) else {
            unreachable!("walks go along values of the states")
        };
        &given.variable
    }

    /// The value at a place.
    fn value(&self, place: usize) -> Value {
        let base = self.variable().ty.base;
        value(base, self.walks.keys[place]).unwrap_or(Value::Missing)
    }

    fn customer(&self, walk: usize, place: usize) -> Witness {
        let walk = &self.walks.all[walk];
        let mut witness = of_values(self.scheme, self.states, &walk.customers[place]);
        let level = level_word(self.scheme, self.of, walk.levels[place]);
        witness.entry = Some(level.en.replace('`', "").into());
        witness
    }

    /// The title of a fault that shows where the value rises between two places.
    fn title(
        &self,
        from: usize,
        to: usize,
        of_grade: Text,
        of_points: impl Fn(&str) -> Text,
    ) -> Text {
        let variable = self.variable();
        let [low, high] = [from, to].map(|place| shown(variable, &self.value(place)));
        let effect = match self.of {
            Of::Grade => of_grade,
            Of::Points(index) => of_points(&self.scheme.dimensions[index].name),
        };
        rise(&variable.name, &low, &high, &effect)
    }

    /// The same rise lowers one customer and lifts another.
    fn both_ways(&self, lowered: &Pair, raised: &Pair) -> Told {
        let title = self.title(
            lowered.from,
            lowered.to,
            text!(
                "lowers the grade of one customer and lifts another",
                "有的客户等级反而下降，有的上升"
            ),
            |dimension| {
                text!(
                    "takes points of `{dimension}` from one customer and gives them to another",
                    "`{dimension}` 的分数有的客户反而减少，有的增加"
                )
            },
        );
        let walks = self.walks;
        let (a, b) = (&walks.all[lowered.walk], &walks.all[raised.walk]);
        let slots = &self.states.slots;
        let (one, other) = (&a.customers[lowered.from], &b.customers[raised.from]);
        let differ = differing(slots, one, other, walks.slot);
        let differ: BTreeSet<Slot> = differ.into_iter().collect();
        let told = |pair: &Pair| {
            let walk = &walks.all[pair.walk];
            let with = of_slots(self.states, &walk.customers[pair.from], &differ);
            let level = |place: usize| level_word(self.scheme, self.of, walk.levels[place]);
            let (from, to) = (level(pair.from), level(pair.to));
            Text {
                en: format!("with {}: from {} to {}", with.en, from.en, to.en),
                zh: format!("{} 时：从 {} 变为 {}", with.zh, from.zh, to.zh),
            }
        };
        let ends = |pair: &Pair| [(pair.walk, pair.from), (pair.walk, pair.to)];
        let all = [ends(lowered), ends(raised)].concat();
        Told {
            title,
            notes: vec![told(lowered), told(raised)],
            witnesses: all
                .into_iter()
                .map(|(walk, place)| self.customer(walk, place))
                .collect(),
            first: *lowered,
        }
    }

    /// A customer falls on the way up and rises again.
    fn hole(&self, walk: usize, [before, middle, after]: [usize; 3]) -> Told {
        let title = self.title(
            before,
            middle,
            text!(
                "lowers the grade, and a further one lifts it again",
                "等级反而下降，再增加又上升"
            ),
            |dimension| {
                text!(
                    "takes points of `{dimension}`, and a further one gives them back",
                    "`{dimension}` 的分数反而减少，再增加又上升"
                )
            },
        );
        let own = &self.walks.all[walk];
        let each = [before, middle, after].map(|place| {
            let is = equals(self.variable(), &self.value(place));
            let level = level_word(self.scheme, self.of, own.levels[place]);
            Text {
                en: format!("{}: {}", is.en, level.en),
                zh: format!("{}：{}", is.zh, level.zh),
            }
        });
        let mut notes = vec![listed(&[", ", "，"], each.into_iter())];
        let others = self.states.slots.iter().copied();
        let others: BTreeSet<Slot> = others.filter(|slot| *slot != self.walks.slot).collect();
        if (1..=4).contains(&others.len()) {
            let with = of_slots(self.states, &own.customers[middle], &others);
            notes.push(Text {
                en: format!("with {}", with.en),
                zh: format!("其中 {}", with.zh),
            });
        }
        Told {
            title,
            notes,
            witnesses: [before, middle, after]
                .map(|place| self.customer(walk, place))
                .to_vec(),
            first: Pair {
                walk,
                from: before,
                to: middle,
            },
        }
    }
}

fn level_word(scheme: &Scheme, of: Of, level: Level) -> Text {
    match (of, level) {
        (_, None) => text!("nothing", "无"),
        (Of::Points(_), Some(points)) => {
            let points = Decimal::from_millionths(points).unwrap_or_default();
            let noun = if points == Decimal::ONE {
                "point"
            } else {
                "points"
            };
            text!("{points} {noun}", "{points} 分")
        }
        (Of::Grade, Some(level)) => match scheme.grades.get(level.unsigned_abs() as usize) {
            Some(grade) => text!("`{}`", "`{}`", grade.name),
            None => text!("no grade", "无等级"),
        },
    }
}

/// Where what holds before the rise stands.
pub fn place(scheme: &Scheme, of: Of, level: Level) -> Range<usize> {
    match of {
        Of::Points(index) => scheme.dimensions[index].span.clone(),
        Of::Grade => {
            let index = level.map_or(0, |level| level.unsigned_abs() as usize);
            let grade = scheme.grades.get(index).or(scheme.grades.last());
            grade.map_or(0..0, |grade| grade.span.clone())
        }
    }
}
