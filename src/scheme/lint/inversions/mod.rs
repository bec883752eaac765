//! A rise in a value that lowers the grade (or a dimension's points) where it should not.
//!
//! A value may be better the higher it is, or the lower, or best in the middle: none of that is a fault. Two things are:
//! one and the same rise (from a to b) lifts one customer and lowers another; and a customer falls on the way up and
//! rises again, so that there is a hole between two better values. Of a value of which only sums with others count
//! (`x + y between 5 and 9`) the first says nothing: the others move the places at which it turns.

mod fault;
mod telling;

use super::Linted;
use super::certainty::meeting;
use super::lists::{self, lists};
use super::steps::{Level, Walks, walks};
use super::world::cells::Row;
use super::world::component::Component;
use super::world::reads::Reads;
use super::world::solve::Found;
use super::world::states::Wanted;
use super::world::{Open, States, TooMany, Tried};
use crate::assess::Choice;
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{Base, Bound, Comparison, Node, Slot};
use crate::scheme::model::{DimensionRule, Grade, GradeRule, Scheme};
use crate::table::column::MISSING;
use crate::table::{Column, Date};
use crate::text;
use fault::fault;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use telling::{finding, place};

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

/// The findings about points, then those about the grade. `grades` are the customers that its conditions tell apart.
pub fn inversions(
    open: &Open<'_>,
    tried: Option<&Tried<'_>>,
    grades: Option<&States>,
    as_of: Date,
) -> Vec<Linted> {
    let mut search = Search {
        open,
        tried,
        told: BTreeSet::new(),
        as_of,
    };
    let mut findings = vec![];
    for (index, dimension) in open.scheme.dimensions.iter().enumerate() {
        if dimension.weight.is_none() {
            continue;
        }
        let of = Of::Points(index);
        if !open.results.contains(&dimension.points_slot) {
            findings.extend(search.of_unseen(index));
            continue;
        }
        match states_of(open, of, as_of) {
            Ok(states) => findings.extend(search.of_states(&states, of)),
            Err(count) => findings.push(not_decided(open.original, of, Why::TooMany(count)).into()),
        }
    }
    if let Some(states) = grades
        && !(open.has_worked_out() && follows_points(tried.map_or(open, |tried| &tried.open)))
    {
        findings.extend(search.of_states(states, Of::Grade));
    }
    findings
}

/// The customers that a level tells apart.
fn states_of(open: &Open<'_>, of: Of, as_of: Date) -> Result<States, TooMany> {
    let lists = lists(open.original);
    let (variables, conditions, dimensions) = match of {
        Of::Points(index) => {
            let expressions = open.scheme.dimensions[index].rule.expressions();
            let conditions = expressions.map(|expression| &expression.bound).collect();
            (vec![], conditions, BTreeSet::from([index]))
        }
        Of::Grade => {
            let grades = lists.iter().find(|list| list.of == lists::Of::Grades);
            let entries = grades.map_or(&[][..], |list| &list.entries);
            let when = open
                .scheme
                .grades
                .iter()
                .filter_map(|grade| match &grade.rule {
                    GradeRule::When(when) => when.as_ref(),
                    GradeRule::Top(_) => None,
                });
            let conditions: Vec<&Bound> = when.map(|when| &when.bound).collect();
            (
                super::variables(open, entries).0,
                conditions,
                BTreeSet::new(),
            )
        }
    };
    let wanted = Wanted {
        variables,
        conditions,
        dimensions,
        without: None,
    };
    States::new(open, wanted, as_of)
}

/// What customers come to.
fn levels(
    open: &Open<'_>,
    of: Of,
    as_of: Date,
) -> impl Fn(&[Component], &[Slot], &[Row]) -> Vec<Level> {
    move |components, slots, rows| {
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
    }
}

/// Whether a rise lowers the grade nowhere but where it lowers points, which is told of them: the grade follows the
/// score alone and never falls as that rises, and no two dimensions that count read the same value. Asked only where
/// points are worked out: there are many customers then.
fn follows_points(open: &Open<'_>) -> bool {
    let Some(score) = open.scheme.score_slot() else {
        return false;
    };
    // The higher the score the more of such conditions hold, and the first that holds counts.
    let rises = |grade: &Grade| match &grade.rule {
        GradeRule::When(None) => true,
        GradeRule::When(Some(when)) => match &when.bound.node {
            Node::Compare(Comparison::Greater | Comparison::GreaterEqual, left, right) => {
                left.node == Node::Slot(score) && right.literal().is_some()
            }
            _ => false,
        },
        GradeRule::Top(_) => false,
    };
    if !open.scheme.grades.iter().all(rises) {
        return false;
    }
    let mut read: BTreeSet<Slot> = BTreeSet::new();
    for (index, dimension) in open.scheme.dimensions.iter().enumerate() {
        let own = Reads::of_dimension(open, index).outside;
        if dimension.weight.is_none() {
            continue;
        }
        if !read.is_disjoint(&own) {
            return false;
        }
        read.extend(own);
    }
    true
}

/// A search for faults in one scheme.
struct Search<'s> {
    open: &'s Open<'s>,
    tried: Option<&'s Tried<'s>>,
    /// The values of which one is told: once is enough.
    told: BTreeSet<Slot>,
    as_of: Date,
}

impl Search<'_> {
    fn of_states(&mut self, states: &States, of: Of) -> Vec<Linted> {
        let (open, as_of) = (self.open, self.as_of);
        let tried = self
            .tried
            .filter(|tried| !tried.wholes_in(&states.slots).is_empty());
        let mut findings = tried.map_or(vec![], |tried| self.shown(tried, of));
        let all = match walks(open, states, as_of, &levels(open, of, as_of)) {
            Ok(all) => all,
            Err(count) => {
                findings.push(not_decided(open.original, of, Why::TooMany(count)).into());
                return findings;
            }
        };
        let outside: BTreeSet<Slot> = states.slots.iter().copied().collect();
        let hanging = meeting(open, &outside);
        // Which of their values there are beside the others is not known of these.
        let is_open = |slot: Slot| {
            open.is_unseen(slot) || tried.is_some_and(|tried| tried.wholes.contains(&slot))
        };
        // Beside sums of them not everybody is looked at who is the same but for them.
        let is_summed = states.slots.iter().any(|slot| {
            let mut components = states.components.iter();
            is_open(*slot) && components.any(|component| component.has_sums_of(*slot))
        });
        let places = states.slots.iter().enumerate();
        let places = places.filter(|(_, slot)| is_open(**slot));
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        // Why something was not decided is said once.
        let mut open_ends: Vec<Why> = vec![];
        let bends = |dimension: usize| {
            let points = open.read(open.scheme.dimensions[dimension].points_slot);
            open.solver().bends(&points, &mut Found::default()).is_ok()
        };
        let worked_out = match of {
            Of::Points(dimension) if open.is_worked_out(dimension) => Some(dimension),
            _ => None,
        };
        if worked_out.is_some_and(|dimension| !bends(dimension)) {
            open_ends.push(Why::Bends);
        }
        // What a result is made of that is not seen through moves nobody here, however it rises.
        if of == Of::Grade && states.slots.iter().any(|slot| open.is_unseen(*slot)) {
            open_ends.push(Why::Unseen);
        } else if tried.is_some_and(|tried| self.may_turn(tried, &outside)) {
            open_ends.push(Why::Hanging);
        }
        for walks in all {
            if self.told.contains(&walks.slot) {
                continue;
            }
            match fault(&walks, of.worst(open.original)) {
                // Between two places points that are worked out come to more than is looked at.
                Ok(None) if worked_out.is_some() && !walks.is_summed && !is_one_way(&walks) => {
                    open_ends.push(Why::Bends);
                }
                Ok(None) => {}
                // What hangs together with something else cannot rise alone.
                Ok(Some(_)) if hanging.contains(&walks.slot) => open_ends.push(Why::Hanging),
                Ok(Some(fault))
                    if is_open(walks.slot)
                        || is_summed
                        || !fault.stands_without(&places, &walks) =>
                {
                    // Those who are tried show what there is of it, as far as they do.
                    let is_shown = is_open(walks.slot)
                        && tried.is_some_and(|tried| self.are_told(tried, walks.slot));
                    if !is_shown {
                        open_ends.push(if tried.is_some() {
                            Why::Hanging
                        } else {
                            Why::Unseen
                        });
                    }
                }
                Ok(Some(fault)) => {
                    self.told.insert(walks.slot);
                    findings.push(finding(open, states, of, &walks, &fault));
                }
                Err(count) => open_ends.push(Why::TooMany(count)),
            }
        }
        open_ends.sort();
        open_ends.dedup();
        let open_ends = open_ends.into_iter();
        findings.extend(open_ends.map(|why| not_decided(open.original, of, why).into()));
        findings
    }

    /// Faults that customers show who are tried.
    fn shown(&mut self, tried: &Tried<'_>, of: Of) -> Vec<Linted> {
        let (open, as_of) = (&tried.open, self.as_of);
        let Ok(states) = states_of(open, of, as_of) else {
            return vec![];
        };
        let Ok(all) = walks(open, &states, as_of, &levels(open, of, as_of)) else {
            return vec![];
        };
        let hanging = meeting(open, &states.slots.iter().copied().collect());
        let mut findings = vec![];
        for walks in all {
            if self.told.contains(&walks.slot) || !hanging.is_empty() {
                continue;
            }
            if let Ok(Some(fault)) = fault(&walks, of.worst(open.original)) {
                self.told.insert(walks.slot);
                findings.push(finding(open, &states, of, &walks, &fault));
            }
        }
        findings
    }

    /// Points of which nobody sees where they turn: what customers show who are tried.
    fn of_unseen(&mut self, dimension: usize) -> Vec<Linted> {
        let Some(tried) = self.tried else {
            return vec![];
        };
        let of = Of::Points(dimension);
        let mut findings = self.shown(tried, of);
        let open = &tried.open;
        let is_one_way = |slot: &Slot| {
            let rule = &open.scheme.dimensions[dimension].rule;
            let DimensionRule::Points { points, .. } = rule else {
                return false;
            };
            open.is_one_way(&points.bound, *slot)
        };
        let reads = Reads::of_dimension(open, dimension);
        let mut left = reads
            .outside
            .iter()
            .filter(|slot| !self.told.contains(slot));
        if left.any(|slot| !is_one_way(slot)) {
            findings.push(not_decided(open.original, of, Why::Bends).into());
        }
        findings
    }

    /// Whether a fault is told along every value that a part is made of.
    fn are_told(&self, tried: &Tried<'_>, whole: Slot) -> bool {
        let known = self.open.replaced.iter().find(|known| known.slot == whole);
        known.is_some_and(|known| {
            let part = tried.open.known(&known.part);
            let outside = Reads::of(&tried.open, [&part]).outside;
            outside.is_subset(&self.told)
        })
    }

    /// Whether a rise of one value may turn a level more often than the parts do that are made of it: it moves several of
    /// them, or one that rises and falls with it.
    fn may_turn(&self, tried: &Tried<'_>, outside: &BTreeSet<Slot>) -> bool {
        let of = |slot: &Slot| {
            let known = self.open.replaced.iter().find(|known| known.slot == *slot);
            let part = known.map(|known| tried.open.known(&known.part))?;
            Some((Reads::of(&tried.open, [&part]).outside, part))
        };
        let parts: Vec<(BTreeSet<Slot>, Bound)> =
            tried.wholes_in(outside).iter().filter_map(of).collect();
        let read: BTreeSet<Slot> = parts.iter().flat_map(|(read, _)| read).copied().collect();
        let is_ordered = |slot: &&Slot| {
            let base = tried.open.scheme.slots.entries[slot.0 as usize].ty.base;
            matches!(base, Base::Number | Base::Date | Base::DateTime)
        };
        let mut left = read.iter().filter(|slot| !self.told.contains(slot));
        left.by_ref().filter(is_ordered).any(|slot| {
            let mut by = parts.iter().filter(|(read, _)| read.contains(slot));
            match (by.next(), by.next()) {
                (Some((_, part)), None) => {
                    outside.contains(slot) || !tried.open.is_one_way(part, *slot)
                }
                _ => true,
            }
        })
    }
}

/// Whether a value only ever lifts, or only ever lowers; or there is but one customer for whom it rises.
fn is_one_way(walks: &Walks) -> bool {
    let moves = |wanted: Ordering| {
        walks.all.iter().any(|walk| {
            let known: Vec<i64> = walk.levels.iter().copied().flatten().collect();
            known.windows(2).any(|pair| pair[1].cmp(&pair[0]) == wanted)
        })
    };
    walks.all.len() < 2 || !moves(Ordering::Greater) || !moves(Ordering::Less)
}

/// Why something was not decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    TooMany(TooMany),
    /// Something else is worked out from the same values.
    Hanging,
    /// How it is worked out is not seen through.
    Unseen,
    /// Where points that are worked out begin to fall is not seen.
    Bends,
}

fn not_decided(scheme: &Scheme, of: Of, why: Why) -> Finding {
    let what = match of {
        Of::Grade => text!("the grade", "等级"),
        Of::Points(index) => {
            let name = &scheme.dimensions[index].name;
            text!("the points of `{name}`", "`{name}` 的分数")
        }
    };
    let Text { en, zh } = match why {
        Why::TooMany(_) => text!("too many combinations", "组合太多"),
        Why::Hanging => text!(
            "what is worked out from the same values moves with them",
            "由同一数值算出的部分会随之变化"
        ),
        Why::Unseen => text!(
            "how the score is worked out from the values is not seen through",
            "无法看清总分如何由数值算出"
        ),
        Why::Bends => text!(
            "where its points begin to fall is not seen through",
            "无法看清它的分数从哪里开始减少"
        ),
    };
    let finding = Finding::note(
        Code::Inversion,
        Text {
            en: format!("whether a rise lowers {} was not decided: {en}", what.en),
            zh: format!("未判定数值增加是否会降低{}：{zh}", what.zh),
        },
    )
    .at(place(scheme, of, Some(0)));
    match why {
        Why::TooMany(TooMany(count)) if count < usize::MAX => {
            finding.with_note(text!("there are {count}", "共有 {count} 种"))
        }
        _ => finding,
    }
}
