//! Round numbers that give wanted shares.

use crate::table::Decimal;

/// A level for which a number is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The share that is wanted of this level and those above it together: 0.4 for B, of A 10% and B 30%.
    pub share: Decimal,
    /// Whether the number itself is in.
    pub takes_equal: bool,
    /// The finest step that can be written, in millionths.
    pub finest: i128,
}

/// A number for a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The number.
    pub number: Decimal,
    /// How many are in it or above.
    pub count: usize,
    /// Where no number gives the share within the tolerance: how many would be in with the nearest one below and with the
    /// nearest one above; `None` where there is none on that side.
    pub beside: Option<(Option<usize>, Option<usize>)>,
}

/// A number for each level, best first; `values` are those of the customers who have one, in millionths. `tolerance` is
/// how far a share may be off. `is_upward`: more is better. `None` for a level below which nobody is left.
pub fn propose(
    values: &[i64],
    steps: &[Step],
    tolerance: Decimal,
    is_upward: bool,
) -> Vec<Option<Proposal>> {
    // Turned so that more is always better; what is chosen is turned back.
    let sign = if is_upward { 1 } else { -1 };
    let mut sorted: Vec<i128> = values
        .iter()
        .map(|value| sign * i128::from(*value))
        .collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let mut marks: Vec<Mark> = vec![];
    for (index, value) in sorted.iter().enumerate() {
        match marks.last_mut() {
            Some(mark) if mark.value == *value => mark.count = index + 1,
            _ => marks.push(Mark {
                value: *value,
                count: index + 1,
            }),
        }
    }
    let mut above = 0;
    let mut proposals = vec![];
    for step in steps {
        let proposal = one(&marks[above..], sorted.len(), step, tolerance);
        let proposal = proposal.map(|(proposal, taken)| {
            above += taken;
            Proposal {
                number: Decimal::from_wide(sign * i128::from(proposal.number.millionths()))
                    .unwrap_or(proposal.number),
                ..proposal
            }
        });
        proposals.push(proposal);
    }
    proposals
}

/// A value that somebody has, and how many have it or a better one.
#[derive(Clone, Copy, Debug)]
struct Mark {
    value: i128,
    count: usize,
}

/// The number of a level, and how many of `marks` (those that no level above takes, the best first) are in it.
fn one(marks: &[Mark], all: usize, step: &Step, tolerance: Decimal) -> Option<(Proposal, usize)> {
    let off = |mark: &Mark| mark.count as i128 * 1_000_000 - share(step) * all as i128;
    let most = i128::from(tolerance.millionths()) * all as i128;
    let fits: Vec<usize> = (0..marks.len())
        .filter(|place| off(&marks[*place]).abs() <= most)
        .collect();
    if let (Some(first), Some(last)) = (fits.first(), fits.last()) {
        let (number, place) = roundest(marks, (*first, *last), step)?;
        let proposal = Proposal {
            number,
            count: marks[place].count,
            beside: None,
        };
        return Some((proposal, place + 1));
    }
    let below = (0..marks.len()).rfind(|place| off(&marks[*place]) < 0);
    let over = (0..marks.len()).find(|place| off(&marks[*place]) > 0);
    let nearest = match (below, over) {
        // As near below as above: rather too few than too many.
        (Some(below), Some(over)) if -off(&marks[below]) <= off(&marks[over]) => below,
        (_, Some(over)) => over,
        (below, None) => below?,
    };
    let (number, _) = roundest(marks, (nearest, nearest), step)?;
    let count = |place: Option<usize>| place.map(|place| marks[place].count);
    let proposal = Proposal {
        number,
        count: marks[nearest].count,
        beside: Some((count(below), count(over))),
    };
    Some((proposal, nearest + 1))
}

fn share(step: &Step) -> i128 {
    i128::from(step.share.millionths())
}

/// The roundest number with which the last mark that is in is one of those from `first` to `last`, and which one it is.
/// Two multiples of a step always have one of the next coarser step between them or among them, so that there is one at
/// most.
fn roundest(
    marks: &[Mark],
    (first, last): (usize, usize),
    step: &Step,
) -> Option<(Decimal, usize)> {
    let highest = marks[first].value;
    // Below the last value any number gives everybody; as far as the values reach is far enough to find a round one.
    let lowest = marks
        .get(last + 1)
        .map_or(2 * marks[last].value - marks[0].value - 1_000_000, |next| {
            next.value
        });
    // `>=`: above the next value and up to this one. `>`: from the next value on and below this one.
    let (lowest, highest) = if step.takes_equal {
        (lowest + 1, highest)
    } else {
        (lowest, highest - 1)
    };
    let widths = widths().filter(|width| width % step.finest == 0);
    let mut multiples = widths.map(|width| highest.div_euclid(width) * width);
    let number = multiples.find(|number| *number >= lowest)?;
    let is_in = |mark: &Mark| {
        if step.takes_equal {
            mark.value >= number
        } else {
            mark.value > number
        }
    };
    let place = marks.partition_point(is_in).checked_sub(1)?;
    Some((Decimal::from_wide(number)?, place))
}

/// 5, 2.5, 2 and 1 times every power of ten, the coarsest first, in millionths.
fn widths() -> impl Iterator<Item = i128> {
    let powers = (0..=18).rev().map(|power| 10i128.pow(power));
    powers.flat_map(|power| {
        let half = (power % 10 == 0).then_some(power / 10 * 25);
        [Some(5 * power), half, Some(2 * power), Some(power)]
            .into_iter()
            .flatten()
    })
}
