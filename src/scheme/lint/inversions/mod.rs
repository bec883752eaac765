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
use super::steps::{Level, Walks, walks};
use super::world::cells::Row;
use super::world::component::Component;
use super::world::reads::Reads;
use super::world::solve::Found;
use super::world::states::Wanted;
use super::world::{Open, States, TooMany};
use crate::assess::Choice;
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{Bound, Comparison, Node, Slot};
use crate::scheme::model::{Grade, GradeRule, Scheme};
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
        let of = Of::Points(index);
        match States::new(open, wanted, as_of) {
            Ok(states) => findings.extend(of_states(open, &states, of, &mut told, as_of)),
            Err(count) => findings.push(not_decided(open.original, of, Why::TooMany(count)).into()),
        }
    }
    if let Some(states) = grades
        && !follows_points(open)
    {
        findings.extend(of_states(open, states, Of::Grade, &mut told, as_of));
    }
    findings
}

/// Whether a rise lowers the grade nowhere but where it lowers points, which is told of them: the grade follows the
/// score alone and never falls as that rises, and no two dimensions that count read the same value. Asked only where
/// points are worked out: there are many customers then.
fn follows_points(open: &Open<'_>) -> bool {
    let Some(score) = open.scheme.score_slot().filter(|_| open.has_worked_out()) else {
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
        Err(count) => return vec![not_decided(open.original, of, Why::TooMany(count)).into()],
    };
    let outside: BTreeSet<Slot> = states.slots.iter().copied().collect();
    let hanging = meeting(open, &outside);
    let unseen = states.slots.iter().enumerate();
    let unseen = unseen.filter(|(_, slot)| open.is_unseen(**slot));
    let unseen: Vec<usize> = unseen.map(|(place, _)| place).collect();
    let mut findings = vec![];
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
    if of == Of::Grade && !unseen.is_empty() {
        open_ends.push(Why::Unseen);
    }
    for walks in all {
        if told.contains(&walks.slot) {
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
            // Nobody knows which of its values a result that is not seen through has.
            Ok(Some(fault))
                if open.is_unseen(walks.slot) || !fault.stands_without(&unseen, &walks) =>
            {
                open_ends.push(Why::Unseen);
            }
            Ok(Some(fault)) => {
                told.insert(walks.slot);
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
