//! For everybody at once: the one value whose smallest change gives a better grade, taken as a share of the larger of what
//! the value is now and what it comes to.
//!
//! Equal to the nearest of what [`World::reaches`](super::World::reaches) tells of each customer, but worked out for all
//! of them together. For each value the conditions are collected that it decides ([`switches`]), and the places at which
//! they change ([`borders`]): between two of them nothing changes, so that only the values beside them are tried, nearest
//! first, those of many customers at once ([`tries`]). Where a condition can change back and forth as a value rises,
//! customers are asked one by one, and no more than [`MOST_ALONE`] of them.

mod borders;
mod groups;
mod lines;
mod needs;
mod placed;
mod switches;
mod trend;
mod tries;

use super::leaf::{Leaf, expressions, key_at};
use super::others::Others;
use super::span::{Known, key_of};
use super::{About, Change, Way, Why, World, search};
use crate::expr::{Bound, Frame, Node, Scalar, Slot};
use crate::grading::Grading;
use crate::parallel;
use crate::scheme::model::Scheme;
use crate::table::{Column, Value};
use borders::Borders;
use groups::{Conditions, Groups};
use lines::Lines;

/// More customers than these are not asked one by one, so that a list does not wait for them; they are told so.
const MOST_ALONE: usize = 4_000;

/// So many customers are worked on together.
const TOGETHER: usize = 1_024;

/// For each customer the group, and what gives those of a group a better grade.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    groups: Vec<Option<u32>>,
    members: Vec<Member>,
    /// The first value of which nothing can be said, and why.
    untold: Option<(Slot, Why)>,
}

/// What is known of those of a group.
#[derive(Clone, Debug, Default)]
struct Member {
    better: Vec<Step>,
    /// Not all was looked at.
    left_out: bool,
}

/// A value, on which side of the present one it lies, and the grade that it gives from there on.
type Step = (Slot, Way, Value, Option<u32>);

/// How the other values of a leaf are gone through.
enum Plan<'a> {
    /// Those beside the borders, for many customers at once; or looked up.
    Borders(Borders<'a>, Option<Lines>),
    /// All there are.
    List,
    /// By a search for each customer.
    Alone,
}

impl Nearest {
    /// Nothing for anybody.
    pub fn none() -> Self {
        Self::default()
    }

    /// What is nearest for everybody of a grading, or of what a role sees of it.
    pub fn new(grading: &Grading) -> Self {
        let scheme = &*grading.scheme;
        // Sorting everybody for ranks is not worth it where nothing is to be told.
        if scheme.grades.len() < 2 || grading.is_empty() {
            return Self::none();
        }
        let world = World::new(grading).told_to(grading);
        if !world.is_open(scheme) {
            return Self::none();
        }
        let shared = Conditions::of(&world);
        let groups = match &shared {
            Some(conditions) => conditions.groups(&world),
            None => groups::each_alone(&world),
        };
        let rows = &groups.rows;
        let why = |leaf: &Leaf| leaf.why.or(world.withholds(leaf).then_some(Why::Withheld));
        let told = world.leaves.iter().filter(|leaf| why(leaf).is_none());
        let plans: Vec<(&Leaf, Plan<'_>, bool)> = told
            .map(|leaf| (leaf, plan(&world, leaf, &groups), is_age(scheme, leaf.slot)))
            .collect();
        let pieces = rows.len().div_ceil(TOGETHER);
        let piece = |index: usize| {
            let first = index * TOGETHER;
            let rows = &rows[first..rows.len().min(first + TOGETHER)];
            let mut members = vec![Member::default(); rows.len()];
            for (leaf, plan, is_age) in &plans {
                take(&world, leaf, plan, *is_age, (first, rows), &mut members);
            }
            if shared.is_none() {
                for (row, member) in rows.iter().zip(&mut members) {
                    let nearest = nearest(grading, &member.better, *row as usize);
                    member.better = nearest.cloned().into_iter().collect();
                }
            }
            members
        };
        let members = parallel::each(parallel::cores(), pieces, piece);
        let mut untold = world.leaves.iter();
        Self {
            groups: groups.of_customer,
            members: members.into_iter().flatten().collect(),
            untold: untold.find_map(|leaf| Some((leaf.slot, why(leaf)?))),
        }
    }

    fn member(&self, row: usize) -> Option<&Member> {
        self.members.get((*self.groups.get(row)?)? as usize)
    }

    /// Why a customer for whom nothing is named may have a nearest change all the same: of which value nothing can be said
    /// (of none in particular where too many customers come before it).
    pub fn untold(&self, row: usize) -> Option<(Option<Slot>, Why)> {
        let member = self.member(row)?;
        if member.left_out {
            return Some((None, Why::TooMany));
        }
        let untold = self.untold.filter(|_| member.better.is_empty());
        untold.map(|(slot, why)| (Some(slot), why))
    }

    /// The nearest of a customer: the smallest change as a share of the larger of the value now and then, whatever their
    /// signs; days count as thousandths of three years, and what has no order comes last.
    pub fn of(&self, grading: &Grading, row: usize) -> Option<(Slot, Change)> {
        let (slot, way, to, grade) = nearest(grading, &self.member(row)?.better, row)?;
        let now = key_at((&grading.facts as &dyn Frame).column(*slot), row);
        let base = grading.scheme.slots.entries[slot.0 as usize].ty.base;
        let by = now.zip(key_of(to)).filter(|_| *way != Way::Other);
        Some((
            *slot,
            Change {
                way: *way,
                to: to.clone(),
                by: by.and_then(|(now, to)| search::distance(base, now, to)),
                grade: *grade,
                better: true,
            },
        ))
    }
}

/// The one of several that is nearest for a customer. A number's change is a share of the larger of what it is and what it
/// comes to, so that from 0 there is a share too, and no share is larger than a whole unless the sign changes.
fn nearest<'a>(grading: &Grading, all: &'a [Step], row: usize) -> Option<&'a Step> {
    let frame: &dyn Frame = &grading.facts;
    let far = |slot: Slot, to: &Value| -> Option<i128> {
        let column = frame.column(slot);
        let (now, to) = (i128::from(key_at(column, row)?), i128::from(key_of(to)?));
        let whole = match column {
            Column::Number(_) => now.abs().max(to.abs()).max(1),
            Column::Date(_) => 1_000,
            _ => 1_000 * 86_400,
        };
        Some((to - now).abs() * 1_000_000 / whole)
    };
    let all = all.iter().enumerate();
    let nearest =
        all.min_by_key(|(place, (slot, _, to, _))| (far(*slot, to).unwrap_or(i128::MAX), *place));
    nearest.map(|(_, step)| step)
}

fn plan<'a>(world: &'a World<'a>, leaf: &'a Leaf, groups: &Groups) -> Plan<'a> {
    if !matches!(leaf.others, Others::Steps { .. }) {
        return Plan::List;
    }
    Borders::new(world, leaf).map_or(Plan::Alone, |borders| {
        let lines = Lines::new(world, leaf, &borders, groups);
        Plan::Borders(borders, lines)
    })
}

/// Adds what one value may be instead for better grades. `first` is the place of the first of the rows among all members.
fn take(
    world: &World<'_>,
    leaf: &Leaf,
    plan: &Plan<'_>,
    is_age: bool,
    (first, rows): (usize, &[u32]),
    members: &mut [Member],
) {
    let column = world.frame().column(leaf.slot);
    let is_there = |place: &usize| !column.is_missing(rows[*place] as usize);
    let places: Vec<usize> = (0..rows.len()).filter(is_there).collect();
    let there: Vec<u32> = places.iter().map(|place| rows[*place]).collect();
    let found: Vec<Vec<Change>> = match plan {
        Plan::Borders(borders, lines) => {
            let of = |(place, row): (&usize, &u32)| {
                let now = key_at(column, *row as usize)?;
                let member = (first + place, *row as usize);
                lines.as_ref()?.better(world, leaf, member, now)
            };
            let mut found: Vec<Option<Vec<Change>>> = places.iter().zip(&there).map(of).collect();
            let is_open = |place: &usize| found[*place].is_none();
            let open: Vec<usize> = (0..found.len()).filter(is_open).collect();
            let asked: Vec<u32> = open.iter().map(|place| there[*place]).collect();
            let others = tries::beside(world, leaf, &asked, &borders.of(&asked));
            for (place, changes) in open.into_iter().zip(others) {
                found[place] = Some(changes);
            }
            found.into_iter().map(Option::unwrap_or_default).collect()
        }
        Plan::List => tries::among(world, leaf, &there),
        Plan::Alone => places
            .iter()
            .map(|place| {
                if first + place >= MOST_ALONE {
                    members[*place].left_out = true;
                    return vec![];
                }
                let found = search::better(world, leaf, rows[*place] as usize, &Known::default());
                members[*place].left_out |= found.gave_up;
                found.changes
            })
            .collect(),
    };
    for (place, changes) in places.into_iter().zip(found) {
        // Nobody can be born earlier: time alone makes an age.
        let changes = changes
            .into_iter()
            .filter(|change| !is_age || change.way != Way::Less);
        let steps = changes.map(|change| (leaf.slot, change.way, change.to, change.grade));
        members[place].better.extend(steps);
    }
}

/// Whether a day is read for nothing but how long ago it is.
fn is_age(scheme: &Scheme, slot: Slot) -> bool {
    let is_it = |bound: &Bound| bound.node == Node::Slot(slot);
    let (mut read, mut aged) = (0, 0);
    for expression in expressions(scheme, About::Grade) {
        expression.bound.walk(&mut |part| match &part.node {
            Node::Slot(_) if is_it(part) => read += 1,
            Node::IsNull(value) if is_it(value) => aged += 1,
            Node::Scalar(Scalar::Years | Scalar::Months | Scalar::Days, arguments) => {
                let is_age =
                    matches!(&arguments[..], [from, to] if is_it(from) && to.node == Node::AsOf);
                aged += usize::from(is_age);
            }
            _ => {}
        });
    }
    aged > 0 && read == aged
}
