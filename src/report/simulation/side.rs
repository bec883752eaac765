//! What one scheme comes to on the data: customers, cost and revenue by level, work by owner, moves.

use super::super::groups::Sum;
use crate::compare::{Class, Comparison, On, Renamed, latest, places};
use crate::expr::{Measure, Slot};
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::Sight;
use crate::table::column::MISSING;
use crate::table::{Column, Decimal, PeriodKind};
use crate::tasks::Task;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Grades, types, or the labels of a dimension.
    pub on: &'a On,
    /// The figure whose sums are compared; `None` where there is no such figure.
    pub amount: Option<&'a Amount>,
    /// The period of which hours and cost are told: the longest that any of the schemes has.
    pub period: PeriodKind,
    /// The names that levels have in the newest scheme.
    pub renamed: &'a Renamed,
}

/// The figure whose sums are compared. It is chosen once, by one scheme, so that no two figures stand beside each other.
#[derive(Clone, Debug)]
pub struct Amount {
    name: Arc<str>,
    measure: Measure,
}

impl Amount {
    /// The field, metric or value of this name; without a name what the scheme calls revenue.
    pub fn of(scheme: &Scheme, named: Option<&str>) -> Option<Self> {
        let entries = &scheme.slots.entries;
        let entry = match named {
            Some(name) => entries.iter().find(|entry| *entry.name == *name)?,
            None => entries.get(scheme.amount()?.0 as usize)?,
        };
        Some(Self {
            name: entry.name.clone(),
            measure: entry.ty.measure.clone(),
        })
    }

    /// Where a scheme has it, in the same unit, and it may be seen as it is.
    pub fn slot(&self, scheme: &Scheme) -> Option<Slot> {
        let mut entries = scheme.slots.entries.iter();
        let place = entries.position(|entry| {
            entry.name == self.name
                && entry.ty.measure == self.measure
                && entry.sight == Sight::Open
        })?;
        Some(Slot(place as u32))
    }
}

/// What one scheme comes to.
#[derive(Clone, Debug)]
pub struct Side {
    /// What the scheme is called: the file, the run.
    pub name: String,
    /// The levels of the scheme in its order, and last those who have none.
    pub levels: Vec<Level>,
    /// Work by owner; those without one last.
    pub owners: BTreeMap<Owner, Work>,
    /// Whether any strategy says what it takes of a period: hours, cost.
    pub says: (bool, bool),
    /// How many of the scheme's periods there are in the one of which hours and cost are told.
    pub periods: i32,
    /// Whether tasks were counted.
    pub has_tasks: bool,
    /// What moved against the present scheme; `None` of that itself.
    pub moves: Option<Moves>,
}

/// One level of a scheme.
#[derive(Clone, Debug, Default)]
pub struct Level {
    /// Its name; `None`: those without a level.
    pub name: Option<Arc<str>>,
    /// The colour that the scheme gives it, `0xRRGGBB`.
    pub color: Option<u32>,
    /// How many customers.
    pub count: usize,
    /// What their strategies cost a period, in millionths; of those that say it.
    pub cost: i128,
    /// Their revenue; `None` where there is no such figure.
    pub revenue: Option<Sum>,
    /// What one must have for it, as it came out: `score 80`; or the condition.
    pub cut: Option<Arc<str>>,
}

/// Who does the work. Sorted by name, and nobody last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Somebody by name.
    Named(Arc<str>),
    /// Nobody whom a task names.
    Nobody,
}

/// What somebody has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Hours a period, in millionths, as the strategies say them.
    pub hours: i128,
    /// Tasks of the span.
    pub tasks: usize,
}

/// How many moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// To a better level.
    pub upgraded: usize,
    /// To a worse one.
    pub downgraded: usize,
    /// To another level, by any of the two or by none: what gates call moved.
    pub moved: usize,
    /// How many of them there were before.
    pub of: usize,
}

impl Moves {
    /// What a comparison with the present scheme comes to.
    pub fn of(comparison: &Comparison) -> Self {
        Self {
            upgraded: comparison.count(Class::Upgraded),
            downgraded: comparison.count(Class::Downgraded),
            moved: comparison.moved(),
            of: comparison.old,
        }
    }
}

impl Side {
    /// Counts a grading, as it is or as a role sees it. `owners` says who looks after each customer and `tasks` is what
    /// is to be done; without them the work is nobody's.
    pub fn of(
        name: impl Into<String>,
        grading: &Grading,
        look: &Look<'_>,
        owners: Option<&[Option<Arc<str>>]>,
        tasks: Option<&[Task]>,
    ) -> Self {
        let strategies = &grading.scheme.strategies;
        // A longer period is always a whole number of shorter ones.
        let periods = look.period.months() / grading.scheme.period.months();
        let in_all = |a_period| i128::from(periods) * wide(a_period);
        let (mut levels, places) = levels(grading, look);
        let amount = look.amount;
        let slot = amount.and_then(|amount| amount.slot(&grading.scheme));
        let amounts = slot.and_then(|slot| match latest(grading, slot) {
            Column::Number(values) => Some(values),
            _ => None,
        });
        if amounts.is_some() {
            for level in &mut levels {
                level.revenue = Some(Sum::default());
            }
        }
        let mut work: BTreeMap<Owner, Work> = BTreeMap::new();
        for (row, place) in places.into_iter().enumerate() {
            let level = &mut levels[place];
            level.count += 1;
            if let (Some(values), Some(sum)) = (&amounts, &mut level.revenue) {
                sum.add(Some(values[row]).filter(|value| *value != MISSING));
            }
            let chosen = grading.classification.strategies[row].index();
            let Some(strategy) = chosen.and_then(|place| strategies.get(place)) else {
                continue;
            };
            level.cost += in_all(strategy.cost);
            if strategy.hours.is_some() {
                let owner = owners.and_then(|owners| owners[row].clone());
                work.entry(Owner::of(owner)).or_default().hours += in_all(strategy.hours);
            }
        }
        for task in tasks.into_iter().flatten() {
            work.entry(Owner::of(task.owner.clone())).or_default().tasks += 1;
        }
        Self {
            name: name.into(),
            levels,
            owners: work,
            says: (
                strategies.iter().any(|strategy| strategy.hours.is_some()),
                strategies.iter().any(|strategy| strategy.cost.is_some()),
            ),
            periods,
            has_tasks: tasks.is_some(),
            moves: None,
        }
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.levels.iter().map(|level| level.count).sum()
    }

    /// The level of this name, or of those without one.
    pub fn level(&self, name: Option<&Arc<str>>) -> Option<&Level> {
        self.levels.iter().find(|level| level.name.as_ref() == name)
    }

    /// All hours, in millionths.
    pub fn hours(&self) -> i128 {
        self.owners.values().map(|work| work.hours).sum()
    }

    /// All cost, in millionths.
    pub fn cost(&self) -> i128 {
        self.levels.iter().map(|level| level.cost).sum()
    }

    /// All revenue.
    pub fn revenue(&self) -> Option<Sum> {
        let mut sums = self.levels.iter().filter_map(|level| level.revenue.clone());
        let first = sums.next()?;
        Some(sums.fold(first, |all, sum| all.plus(&sum)))
    }
}

impl Owner {
    fn of(name: Option<Arc<str>>) -> Self {
        name.map_or(Self::Nobody, Self::Named)
    }
}

fn wide(number: Option<Decimal>) -> i128 {
    number.map_or(0, |number| i128::from(number.millionths()))
}

/// The levels of a grading's scheme, nothing counted yet, and the place of each customer's among them.
fn levels(grading: &Grading, look: &Look<'_>) -> (Vec<Level>, Vec<usize>) {
    let scheme = &grading.scheme;
    let (names, places) = places(grading, look.on);
    let none = names.len();
    let levels = names.into_iter().enumerate().map(|(place, name)| Level {
        color: match look.on {
            On::Grade => scheme.grades[place].color,
            On::Type | On::Dimension(_) => None,
        },
        name: Some(look.renamed.name(name)),
        ..Level::default()
    });
    let levels = levels.chain([Level::default()]).collect();
    let places = places.into_iter().map(|place| place.unwrap_or(none));
    (levels, places.collect())
}
