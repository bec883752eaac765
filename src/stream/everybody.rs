//! What ranks and figures of the population need of all customers: which of it can be found before the rows are graded,
//! in how many rounds over the file, and the finding of it.
//!
//! A round reads the file once and keeps of each customer the keys alone. Ranks of what is ranked itself take a round
//! more: points by `quantile(…)`, grades by the score.

use super::Reason;
use crate::assess::{Facts, is_in};
use crate::expr::{Base, Bound, Frame, Slot};
use crate::rank::{AllKeys, Cut, Everybody};
use crate::scheme::model::{GradeRule, Scheme, SlotKind, Top};
use crate::table::Column;
use std::sync::Arc;

/// So many groups are told apart.
const MOST_GROUPS: usize = 1 << 14;

/// What one round finds.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// The populations, by their index.
    populations: Vec<usize>,
    /// The grades by rank, by their places; those ranked by the same together.
    grades: Vec<Vec<usize>>,
}

/// The rounds that a scheme takes; the reason where they do not tell all.
pub(super) fn rounds(scheme: &Scheme) -> Result<Vec<Round>, Reason> {
    let depths = Depths::of(scheme);
    let mut rounds: Vec<Round> = vec![];
    let round_at = |rounds: &mut Vec<Round>, depth: usize| {
        rounds.resize_with(rounds.len().max(depth + 1), Round::default);
    };
    for id in 0..scheme.populations.len() {
        let depth = depths.population(id).ok_or(Reason::Population)?;
        round_at(&mut rounds, depth);
        rounds[depth].populations.push(id);
    }
    for (index, grade) in scheme.grades.iter().enumerate() {
        let GradeRule::Top(top) = &grade.rule else {
            continue;
        };
        // Texts are ranked by their place among all others.
        if top.by.iter().any(|by| by.bound.ty.base == Base::Text) {
            return Err(Reason::Population);
        }
        let by = top.by.iter().map(|by| depths.bound(&by.bound));
        let within = top.within.map_or(Some(0), |slot| depths.slot(slot));
        let depth = deepest(by.chain([within])).ok_or(Reason::Population)?;
        round_at(&mut rounds, depth);
        let alike = |grades: &&mut Vec<usize>| is_alike(top_of(scheme, grades[0]), Some(top));
        match rounds[depth].grades.iter_mut().find(alike) {
            Some(grades) => grades.push(index),
            None => rounds[depth].grades.push(vec![index]),
        }
    }
    Ok(rounds)
}

/// What is known of everybody before the first round: of grades by rank nothing, which the customers at hand cannot say.
pub(super) fn unknown(scheme: &Scheme) -> Everybody {
    let grades = 0..scheme.grades.len();
    let of_grade = |grade| top_of(scheme, grade).map(|_| Arc::new(Cut::default()));
    Everybody {
        cuts: grades.map(of_grade).collect(),
        ..Everybody::default()
    }
}

fn top_of(scheme: &Scheme, grade: usize) -> Option<&Top> {
    match &scheme.grades[grade].rule {
        GradeRule::Top(top) => Some(top),
        GradeRule::When(_) => None,
    }
}

/// Whether two grades rank by the same keys in the same groups.
fn is_alike(one: Option<&Top>, other: Option<&Top>) -> bool {
    let keys = |top: &Top| -> Vec<Bound> { top.by.iter().map(|by| by.bound.clone()).collect() };
    one.map(keys) == other.map(keys)
        && one.and_then(|top| top.within) == other.and_then(|top| top.within)
}

/// The greatest of them; `None` where one is none.
fn deepest(mut depths: impl Iterator<Item = Option<usize>>) -> Option<usize> {
    depths.try_fold(0, |deepest, depth| Some(deepest.max(depth?)))
}

/// After how many rounds the columns of a scheme are known, by slot; `None` for those that are of no use to a round,
/// because they follow from the grade.
struct Depths<'a> {
    scheme: &'a Scheme,
    slots: Vec<Option<usize>>,
}

impl<'a> Depths<'a> {
    fn of(scheme: &'a Scheme) -> Self {
        let mut depths = Self {
            scheme,
            slots: vec![],
        };
        // Each part of a scheme reads those before it only.
        for entry in &scheme.slots.entries {
            let depth = match entry.kind {
                SlotKind::Field(_)
                | SlotKind::Id
                | SlotKind::PreviousGrade
                | SlotKind::PreviousType => Some(0),
                SlotKind::Value(index) => depths.bound(&scheme.values[index].is.bound),
                SlotKind::Label(index) | SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
                    depths.dimension(index)
                }
                SlotKind::Score => {
                    let all = 0..scheme.dimensions.len();
                    deepest(all.map(|index| depths.dimension(index)))
                }
                SlotKind::LookupField(..)
                | SlotKind::Metric(_)
                | SlotKind::Grade
                | SlotKind::Type
                | SlotKind::Tag(_) => None,
            };
            depths.slots.push(depth);
        }
        depths
    }

    fn slot(&self, slot: Slot) -> Option<usize> {
        self.slots.get(slot.0 as usize).copied().flatten()
    }

    fn bound(&self, bound: &Bound) -> Option<usize> {
        self.bound_beside(bound, None)
    }

    /// The same of all that it reads but for `own`.
    fn bound_beside(&self, bound: &Bound, own: Option<Slot>) -> Option<usize> {
        let slots = bound.slots().into_iter();
        let slots = slots.filter(|slot| Some(*slot) != own);
        let slots = slots.map(|slot| self.slot(slot));
        let ids = bound.population_ids().into_iter();
        deepest(slots.chain(ids.map(|id| Some(self.population(id)? + 1))))
    }

    /// The round that finds a population.
    fn population(&self, id: usize) -> Option<usize> {
        let spec = &self.scheme.populations[id];
        let parts = std::iter::once(&spec.argument).chain(&spec.within);
        deepest(parts.map(|part| self.bound(part)))
    }

    fn dimension(&self, index: usize) -> Option<usize> {
        let rule = &self.scheme.dimensions[index].rule;
        // The dimension's own points follow from the other parts.
        let parts = rule.expressions();
        deepest(parts.map(|part| self.bound_beside(&part.bound, rule.own())))
    }
}

/// What some customers have of what a round is after: for each of it the keys and the groups.
#[derive(Debug)]
pub(super) struct Measured(Vec<(Vec<Column>, Option<Column>)>);

impl Round {
    /// What these customers have.
    pub(super) fn measure(&self, scheme: &Scheme, facts: &Facts) -> Measured {
        let populations = self.populations.iter().map(|id| {
            let spec = &scheme.populations[*id];
            let within = spec.within.as_ref().map(|within| within.eval(facts).column);
            (vec![spec.argument.eval(facts).column], within)
        });
        let tops = self.grades.iter();
        let tops = tops.filter_map(|grades| top_of(scheme, grades[0]));
        let grades = tops.map(|top| {
            let keys = top.by.iter().map(|by| by.bound.eval(facts).column);
            let frame: &dyn Frame = facts;
            let within = top.within.map(|slot| frame.column(slot).clone());
            (keys.collect(), within)
        });
        Measured(populations.chain(grades).collect())
    }
}

/// The keys of all customers, round by round.
pub(super) struct Gathering<'a> {
    scheme: &'a Scheme,
    round: &'a Round,
    /// One for each population and each list of grades, as in [`Measured`].
    gathered: Vec<AllKeys>,
}

impl<'a> Gathering<'a> {
    /// Of nobody yet.
    pub(super) fn new(scheme: &'a Scheme, round: &'a Round) -> Self {
        let populations = round.populations.iter();
        let populations = populations.map(|id| (1, scheme.populations[*id].within.is_some()));
        let tops = round.grades.iter();
        let tops = tops.filter_map(|grades| top_of(scheme, grades[0]));
        let grades = tops.map(|top| (top.by.len(), top.within.is_some()));
        let new = |(width, grouped)| AllKeys::new(width, grouped);
        Self {
            scheme,
            round,
            gathered: populations.chain(grades).map(new).collect(),
        }
    }

    /// Takes in more customers.
    pub(super) fn add(&mut self, Measured(more): &Measured) -> Result<(), Reason> {
        for (gathered, (keys, within)) in self.gathered.iter_mut().zip(more) {
            gathered.add(keys, within.as_ref());
            if gathered.groups() > MOST_GROUPS {
                return Err(Reason::Groups);
            }
        }
        Ok(())
    }

    /// Everybody is in: says what is known of them.
    pub(super) fn tell(self, everybody: &mut Everybody) {
        let mut gathered = self.gathered.into_iter();
        for (id, gathered) in self.round.populations.iter().zip(gathered.by_ref()) {
            everybody.populations.set(*id, gathered.population());
        }
        for (grades, gathered) in self.round.grades.iter().zip(gathered) {
            for grade in grades {
                let cut = |top: &Top| gathered.cut(|place| is_in(top, place));
                everybody.cuts[*grade] = top_of(self.scheme, *grade).map(|top| Arc::new(cut(top)));
            }
        }
    }
}
