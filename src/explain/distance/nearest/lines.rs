//! What the other values of a leaf give, worked out once for all customers who are alike but for that leaf.
//!
//! Where grades are made of conditions on single values ([`super::groups`]) and a value is held against the same limits for
//! everybody, what another value gives depends on which of the conditions on the *other* values hold. With thousands of
//! bands nearly every customer is in a group of its own; how many are unlike in the other values stays small.

use super::super::others::Others;
use super::super::search::is_better;
use super::super::{Change, Leaf, Outcome, Way, World};
use super::borders::{Borders, column, value};
use super::groups::Groups;
use crate::parallel;
use foldhash::HashMap;

/// More values than so many for each customer are not tried beforehand.
const MOST_TRIED: usize = 16;

/// Beside a border: the places from there on, or up to there, in order, with what they give.
type Line = Vec<(i64, Outcome)>;

/// For each customer the line it is on, and for each line what other values give.
pub(super) struct Lines {
    /// The line of each member; `None` for those who stand alone.
    of_member: Vec<Option<u32>>,
    /// The first places above borders, and the last ones below.
    tried: Vec<[Line; 2]>,
    step: i64,
}

impl Lines {
    /// The lines of a leaf; `None` where borders differ from customer to customer, and where nobody is like another.
    pub fn new(
        world: &World<'_>,
        leaf: &Leaf,
        borders: &Borders<'_>,
        groups: &Groups,
    ) -> Option<Self> {
        let Others::Steps {
            least,
            greatest,
            step,
        } = leaf.others
        else {
            return None;
        };
        let fixed = borders.same_for_all()?;
        let mut known: HashMap<Vec<u16>, u32> = HashMap::default();
        let mut examples: Vec<u32> = vec![];
        let mut of_member = vec![];
        for (row, marks) in groups.rows.iter().zip(&groups.marks) {
            of_member.push(marks.as_ref().map(|marks| {
                let others = marks.iter().zip(&groups.owners);
                let others = others.filter(|(_, owner)| **owner != leaf.slot);
                let next = examples.len() as u32;
                let line = *known
                    .entry(others.map(|(mark, _)| *mark).collect())
                    .or_insert(next);
                if line == next {
                    examples.push(*row);
                }
                line
            }));
        }
        // Each line is tried at all places; who is asked alone is tried at the nearest ones.
        if examples.len() * fixed.len() * 2 > groups.rows.len() * MOST_TRIED {
            return None;
        }
        let ends = -(-least).div_euclid(step)..=greatest.div_euclid(step);
        let sides = [0, 1].map(|before| {
            let places = fixed.iter().map(|place| place - before);
            places
                .filter(|place| ends.contains(place))
                .collect::<Vec<i64>>()
        });
        let line = |index: usize| {
            [&sides[0], &sides[1]].map(|places| {
                let rows = vec![examples[index]; places.len()];
                let outcomes = world.tried(leaf, &rows, column(world, leaf, step, places));
                places.iter().copied().zip(outcomes).collect()
            })
        };
        Some(Self {
            of_member,
            tried: parallel::each(parallel::cores(), examples.len(), line),
            step,
        })
    }

    /// The nearest values above and below `now` that give a member a better grade; `None` where it has to be asked alone.
    pub fn better(
        &self,
        world: &World<'_>,
        leaf: &Leaf,
        (member, row): (usize, usize),
        now: i64,
    ) -> Option<Vec<Change>> {
        // Between two steps it is neither of its neighbours.
        if now % self.step != 0 {
            return None;
        }
        let now = now / self.step;
        let [above, below] = &self.tried[self.of_member[member]? as usize];
        let present = world.present(row);
        let is_wanted =
            |(_, outcome): &&(i64, Outcome)| outcome.counts() && is_better(outcome.grade, present);
        let more = above[above.partition_point(|(place, _)| *place <= now)..].iter();
        let less = below[..below.partition_point(|(place, _)| *place < now)]
            .iter()
            .rev();
        let change = |way: Way, (place, outcome): &(i64, Outcome)| Change {
            way,
            to: value(world, leaf, self.step, *place),
            by: None,
            grade: outcome.grade,
            better: true,
        };
        let mut more = more.filter(is_wanted).map(|found| change(Way::More, found));
        let mut less = less.filter(is_wanted).map(|found| change(Way::Less, found));
        Some(more.next().into_iter().chain(less.next()).collect())
    }
}
