//! A rise in a value that lowers the grade (or a dimension's points) where it should not.
//!
//! A value may be better the higher it is, or the lower, or best in the middle: none of that is a fault. Two things are:
//! one and the same rise (from a to b) lifts one customer and lowers another; and a customer falls on the way up and
//! rises again, so that there is a hole between two better values. Of a value of which only sums with others count
//! (`x + y between 5 and 9`) the first says nothing: the others move the places at which it turns.

use super::certainty::meeting;
use super::customers::{of_slots, of_values};
use super::steps::{Level, Walks, differing, walks};
use super::values::value;
use super::variables::Variable;
use super::words::{equals, shown};
use super::world::cells::Row;
use super::world::component::Component;
use super::world::states::Wanted;
use super::world::{Open, States, TooMany};
use super::{Linted, Touches};
use crate::assess::Choice;
use crate::diagnostic::{Code, Finding, Text, Witness};
use crate::expr::{Bound, Slot};
use crate::scheme::model::Scheme;
use crate::table::column::MISSING;
use crate::table::{Column, Date, Decimal, Value};
use crate::text;
use std::collections::BTreeSet;
use std::ops::Range;

/// More comparisons of levels than these are not made.
const MOST: usize = 20_000_000;

/// What levels are of: the grade, or the points of a dimension.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Grade,
    Points(usize),
}

impl Of {
    /// The level of those who have none.
    fn worst(self, scheme: &Scheme) -> Level {
        match self {
            Self::Grade => Some(-(scheme.grades.len() as i64)),
            Self::Points(_) => None,
        }
    }
}

/// Two customers who differ in one value: in which walk, and where on it.
#[derive(Clone, Copy)]
struct Pair {
    walk: usize,
    from: usize,
    to: usize,
}

/// A fault along one value.
enum Fault {
    /// The same rise lowers one and lifts another.
    BothWays { lowered: Pair, raised: Pair },
    /// Down and up again: a walk and three places on it.
    Hole(usize, [usize; 3]),
}

/// The findings about points, then those about the grade. `grades` are the customers that its conditions tell apart.
pub fn inversions(open: &Open<'_>, grades: Option<&States>, as_of: Date) -> Vec<Linted> {
    let mut findings = vec![];
    let mut told: BTreeSet<Slot> = BTreeSet::new();
    for (index, dimension) in open.scheme.dimensions.iter().enumerate() {
        if dimension.weight.is_none() || !open.results.contains(&dimension.points_slot) {
            continue;
        }
        let expressions = dimension.rule.expressions();
        let conditions: Vec<&Bound> = expressions.map(|expression| &expression.bound).collect();
        let wanted = Wanted {
            variables: vec![],
            conditions,
            dimensions: BTreeSet::from([index]),
            without: None,
        };
        if let Ok(states) = States::new(open, wanted, as_of) {
            findings.extend(of_states(
                open,
                &states,
                Of::Points(index),
                &mut told,
                as_of,
            ));
        }
    }
    if let Some(states) = grades {
        findings.extend(of_states(open, states, Of::Grade, &mut told, as_of));
    }
    findings
}

fn of_states(
    open: &Open<'_>,
    states: &States,
    of: Of,
    told: &mut BTreeSet<Slot>,
    as_of: Date,
) -> Vec<Linted> {
    let level = |components: &[Component], slots: &[Slot], rows: &[Row]| {
        let (facts, assessment) = States::graded(open, components, slots, rows, as_of);
        match of {
            Of::Grade => {
                let worst = of.worst(open.original);
                let level = |choice: &Choice| match choice {
                    Choice::Is(index) => Some(-i64::from(*index)),
                    Choice::NoneHolds => worst,
                    Choice::Unknown(_) => None,
                };
                assessment.grades.iter().map(level).collect()
            }
            Of::Points(dimension) => {
                match facts.get(open.scheme.dimensions[dimension].points_slot) {
                    Column::Number(points) => points
                        .iter()
                        .map(|points| Some(*points).filter(|points| *points != MISSING))
                        .collect(),
                    _ => vec![None; rows.len()],
                }
            }
        }
    };
    let all = match walks(open, states, as_of, &level) {
        Ok(all) => all,
        Err(count) => return vec![not_decided(open.original, of, count).into()],
    };
    let outside: BTreeSet<Slot> = states.slots.iter().copied().collect();
    let hanging = meeting(open, &outside);
    let mut findings = vec![];
    for walks in all {
        // What hangs together with something else cannot rise alone.
        if hanging.contains(&walks.slot) || told.contains(&walks.slot) {
            continue;
        }
        match fault(&walks, of.worst(open.original)) {
            Ok(None) => {}
            Ok(Some(fault)) => {
                told.insert(walks.slot);
                findings.push(finding(open, states, of, &walks, &fault));
            }
            Err(count) => findings.push(not_decided(open.original, of, count).into()),
        }
    }
    findings
}

/// The first fault along a value, if there is one.
fn fault(walks: &Walks, gap: Level) -> Result<Option<Fault>, TooMany> {
    let all: Vec<&[Level]> = walks.all.iter().map(|walk| &walk.levels[..]).collect();
    let all = &all[..];
    // Neighbours at which everybody has the same level are one place: its first and last.
    let mut places: Vec<(usize, usize)> = vec![];
    for at in 0..walks.keys.len() {
        match places.last_mut() {
            Some((first, last)) if all.iter().all(|levels| levels[*first] == levels[at]) => {
                *last = at;
            }
            _ => places.push((at, at)),
        }
    }
    if let Some(fault) = both_ways(walks, all, &places)? {
        return Ok(Some(fault));
    }
    let hole = all.iter().enumerate().find_map(|(walk, levels)| {
        let places = hole(levels, gap)?;
        Some(Fault::Hole(walk, places))
    });
    Ok(hole)
}

/// The nearest two places between which one walk falls and another rises.
fn both_ways(
    walks: &Walks,
    all: &[&[Level]],
    places: &[(usize, usize)],
) -> Result<Option<Fault>, TooMany> {
    // In a sum the others move the places at which a value turns: both ways is no fault there.
    if walks.is_summed {
        return Ok(None);
    }
    let turning = turning(all, places);
    let count = turning
        .len()
        .saturating_mul(places.len())
        .saturating_mul(all.len());
    if count > MOST {
        return Err(TooMany(count));
    }
    for far in 1..places.len() {
        for low in turning.iter().copied() {
            let Some(high) = places.get(low + far) else {
                break;
            };
            let (from, to) = (places[low].1, high.0);
            let moved = |up: bool| {
                (0..all.len()).filter(move |walk| match (all[*walk][from], all[*walk][to]) {
                    (Some(before), Some(after)) => (after > before) == up && after != before,
                    _ => false,
                })
            };
            if moved(false).next().is_none() || moved(true).next().is_none() {
                continue;
            }
            let lowered: Vec<usize> = moved(false).take(40).collect();
            let raised: Vec<usize> = moved(true).take(40).collect();
            // Two who are as like each other as can be show it best.
            let likest = lowered
                .iter()
                .flat_map(|down| raised.iter().map(move |up| (*down, *up)))
                .min_by_key(|(down, up)| {
                    let (a, b) = (&walks.all[*down], &walks.all[*up]);
                    let pairs = a.customers[from].iter().zip(&b.customers[from]);
                    pairs.filter(|(a, b)| a != b).count()
                });
            if let Some((down, up)) = likest {
                let pair = |walk| Pair { walk, from, to };
                return Ok(Some(Fault::BothWays {
                    lowered: pair(down),
                    raised: pair(up),
                }));
            }
        }
    }
    Ok(None)
}

/// The places after which some walk falls and some walk rises, in order: where all rise, or all fall, there are none.
fn turning(all: &[&[Level]], places: &[(usize, usize)]) -> Vec<usize> {
    let (mut falls, mut rises) = (vec![false; places.len()], vec![false; places.len()]);
    for levels in all {
        let (mut least, mut greatest): (Level, Level) = (None, None);
        for (place, (first, last)) in places.iter().enumerate().rev() {
            if let Some(own) = levels[*last] {
                falls[place] |= least.is_some_and(|least| least < own);
                rises[place] |= greatest.is_some_and(|greatest| greatest > own);
            }
            if let Some(own) = levels[*first] {
                least = Some(least.map_or(own, |least| least.min(own)));
                greatest = greatest.max(Some(own));
            }
        }
    }
    let both = |place: &usize| falls[*place] && rises[*place];
    (0..places.len()).filter(both).collect()
}

/// Three places of which the middle one is worse than both others, as near to each other as can be. One in a gap is told
/// with the gaps.
fn hole(levels: &[Level], gap: Level) -> Option<[usize; 3]> {
    let before = last_better(levels, 0..levels.len());
    let after = last_better(levels, (0..levels.len()).rev());
    let mut found: Option<[usize; 3]> = None;
    for middle in 0..levels.len() {
        if levels[middle].is_none() || levels[middle] == gap {
            continue;
        }
        if let Some((before, after)) = before[middle].zip(after[middle])
            && found.is_none_or(|[first, _, last]| after - before < last - first)
        {
            found = Some([before, middle, after]);
        }
    }
    found
}

/// For each place the last one before it, as they come, that is better.
fn last_better(levels: &[Level], order: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
    let mut found = vec![None; levels.len()];
    // Those that may be it for one of the next: each better than the one after it.
    let mut open: Vec<(i64, usize)> = vec![];
    for at in order {
        let Some(own) = levels[at] else {
            continue;
        };
        while open.last().is_some_and(|(level, _)| *level <= own) {
            open.pop();
        }
        found[at] = open.last().map(|(_, place)| *place);
        open.push((own, at));
    }
    found
}

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

fn finding(open: &Open<'_>, states: &States, of: Of, walks: &Walks, fault: &Fault) -> Linted {
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
    let mut found = Finding::warning(Code::Inversion, title)
        .at(span)
        .label(text!("this holds before the rise and not after it", "增加之前成立，之后不成立"))
        .help(text!(
            "open the upper bound (`x >= 5` for `x between 5 and 10`): better entries come first and take theirs",
            "去掉上限（用 `x >= 5` 代替 `x between 5 and 10`）：更好的等级在前面，会先取走它们的"
        ));
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
        let mut notes = vec![super::words::listed(&[", ", "，"], each.into_iter())];
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
            text!("{points} points", "{points} 分")
        }
        (Of::Grade, Some(level)) => match scheme.grades.get(level.unsigned_abs() as usize) {
            Some(grade) => text!("`{}`", "`{}`", grade.name),
            None => text!("no grade", "无等级"),
        },
    }
}

/// Where what holds before the rise stands.
fn place(scheme: &Scheme, of: Of, level: Level) -> Range<usize> {
    match of {
        Of::Points(index) => scheme.dimensions[index].span.clone(),
        Of::Grade => {
            let index = level.map_or(0, |level| level.unsigned_abs() as usize);
            let grade = scheme.grades.get(index).or(scheme.grades.last());
            grade.map_or(0..0, |grade| grade.span.clone())
        }
    }
}

fn not_decided(scheme: &Scheme, of: Of, TooMany(count): TooMany) -> Finding {
    let what = match of {
        Of::Grade => text!("the grade", "等级"),
        Of::Points(index) => {
            let name = &scheme.dimensions[index].name;
            text!("the points of `{name}`", "`{name}` 的分数")
        }
    };
    let finding = Finding::note(
        Code::Inversion,
        Text {
            en: format!(
                "whether a rise lowers {} was not decided: too many combinations",
                what.en
            ),
            zh: format!("未判定数值增加是否会降低{}：组合太多", what.zh),
        },
    )
    .at(place(scheme, of, Some(0)));
    if count == usize::MAX {
        return finding;
    }
    finding.with_note(text!("there are {count}", "共有 {count} 种"))
}
