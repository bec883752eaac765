//! Who moved from one period end to the next, who moved back soon after, and how long grades last.

use super::{Customer, Replay};
use crate::table::Date;

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To a better grade.
    Up,
    /// To a worse one.
    Down,
}

/// A move of a customer at a period end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Whereto.
    pub direction: Direction,
    /// Whether it takes back a move the other way that was made at most so many periods before.
    pub is_reversal: bool,
}

/// What happened at one period end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The period end.
    pub as_of: Date,
    /// How many customers there were.
    pub customers: usize,
    /// Of them those who have no grade.
    pub unrated: usize,
    /// Of them those who had a grade now and when they were last there: the others cannot have moved.
    pub compared: usize,
    /// How many had a better grade than before.
    pub up: usize,
    /// How many had a worse one.
    pub down: usize,
    /// How many were there for the first time; none at the first period end, where all are.
    pub new: usize,
    /// How many of the moves up take a move down back.
    pub up_again: usize,
    /// How many of the moves down take a move up back.
    pub down_again: usize,
}

impl Turn {
    /// How many kept their grade.
    pub const fn kept(&self) -> usize {
        self.compared - self.up - self.down
    }

    /// How many moved.
    pub const fn moved(&self) -> usize {
        self.up + self.down
    }

    /// How many moves take one back.
    pub const fn reversed(&self) -> usize {
        self.up_again + self.down_again
    }
}

/// How steady the grades of a replay are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steadiness {
    /// One for each period end.
    pub turns: Vec<Turn>,
    /// In how many periods customers had a grade, all customers together.
    pub graded: usize,
    /// How many stays in one grade these are; one that goes on before or after the span counts as it is seen.
    pub stays: usize,
}

impl Steadiness {
    /// A figure of all period ends together.
    pub fn total(&self, figure: impl Fn(&Turn) -> usize) -> usize {
        self.turns.iter().map(figure).sum()
    }
}

/// The moves of a customer, one entry for each period end. A move is another grade than the one that the customer had
/// when last there, so that who was absent is compared with the grade that was kept; one without a grade moves nowhere.
/// A move back at most `within` periods after a move the other way is a reversal.
pub fn moves(customer: &Customer, within: usize) -> Vec<Option<Move>> {
    let mut before: Option<u32> = None;
    let mut last: Option<(usize, Direction)> = None;
    let standings = customer.standings.iter().enumerate();
    let step = |(end, standing): (usize, &Option<super::Standing>)| {
        let standing = standing.filter(|standing| standing.is_present())?;
        let was = std::mem::replace(&mut before, standing.grade);
        let direction = match standing.grade?.cmp(&was?) {
            std::cmp::Ordering::Less => Direction::Up,
            std::cmp::Ordering::Greater => Direction::Down,
            std::cmp::Ordering::Equal => return None,
        };
        let is_reversal = last.is_some_and(|(at, other)| other != direction && end - at <= within);
        last = Some((end, direction));
        Some(Move {
            direction,
            is_reversal,
        })
    };
    standings.map(step).collect()
}

/// The figures of a replay; a move back counts as a reversal up to `within` periods after the move.
pub fn steadiness(replay: &Replay, within: usize) -> Steadiness {
    let turn = |as_of: &Date| Turn {
        as_of: *as_of,
        customers: 0,
        unrated: 0,
        compared: 0,
        up: 0,
        down: 0,
        new: 0,
        up_again: 0,
        down_again: 0,
    };
    let mut turns: Vec<Turn> = replay.ends.iter().map(turn).collect();
    let (mut graded, mut stays) = (0, 0);
    for customer in replay.customers() {
        let moves = moves(customer, within);
        // What the customer had when last there: nothing before the first time.
        let mut before: Option<Option<u32>> = None;
        for (end, standing) in customer.standings.iter().enumerate() {
            let Some(standing) = standing.filter(|standing| standing.is_present()) else {
                continue;
            };
            let turn = &mut turns[end];
            turn.customers += 1;
            turn.unrated += usize::from(standing.grade.is_none());
            if before.is_none() && end > 0 {
                turn.new += 1;
            }
            let was = before.flatten();
            if standing.grade.is_some() {
                graded += 1;
                turn.compared += usize::from(was.is_some());
                stays += usize::from(was != standing.grade);
            }
            match moves[end] {
                Some(found) if found.direction == Direction::Up => {
                    turn.up += 1;
                    turn.up_again += usize::from(found.is_reversal);
                }
                Some(found) => {
                    turn.down += 1;
                    turn.down_again += usize::from(found.is_reversal);
                }
                None => {}
            }
            before = Some(standing.grade);
        }
    }
    Steadiness {
        turns,
        graded,
        stays,
    }
}
