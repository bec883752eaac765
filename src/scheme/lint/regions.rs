//! Rows that belong together: boxes of neighbouring combinations, so that a gap is said as ranges and not as a
//! hundred values.

use super::cells::Cells;
use super::variables::{Kind, Variable};
use crate::table::Value;
use std::ops::Range;

/// A box of combinations: for each variable the samples that are in, in order.
pub type Region = Vec<Vec<usize>>;

/// The largest box around `start`, as far as one variable after the other goes, that has only rows that are `inside`.
pub fn around(start: usize, inside: &[bool], variables: &[Variable], cells: &Cells) -> Region {
    let mut region: Region = (0..variables.len())
        .map(|variable| vec![cells.choice(start, variable)])
        .collect();
    // What does not matter at all is dropped first: the fewer variables a gap is told by the better.
    for variable in 0..variables.len() {
        let all = known(variable, cells);
        if all
            .iter()
            .all(|choice| fits(&region, variable, *choice, inside, cells))
        {
            region[variable] = all;
        }
    }
    for variable in 0..variables.len() {
        let all = known(variable, cells);
        let own = region[variable][0];
        if region[variable].len() == all.len() {
            continue;
        }
        let mut grow = |choices: Box<dyn Iterator<Item = usize>>, neighbours: bool| {
            for choice in choices.filter(|choice| all.contains(choice)) {
                if fits(&region, variable, choice, inside, cells) {
                    region[variable].push(choice);
                } else if neighbours {
                    break;
                }
            }
        };
        let neighbours = is_ordered(&variables[variable]);
        let Range { start, end } = 0..cells.samples[variable].len();
        grow(Box::new(own + 1..end), neighbours);
        grow(Box::new((start..own).rev()), neighbours);
        region[variable].sort_unstable();
    }
    region
}

/// Whether the samples of a variable are ranges in order, so that neighbours are told as one.
pub fn is_ordered(variable: &Variable) -> bool {
    matches!(&variable.kind, Kind::Ordered(shape) if shape.closed.is_none())
}

/// Whether a region leaves a variable any value that is known.
pub fn is_free(region: &Region, variable: usize, cells: &Cells) -> bool {
    region[variable].len() == known(variable, cells).len()
}

/// All rows of a region.
pub fn rows(region: &Region, cells: &Cells) -> Vec<usize> {
    let mut rows = vec![0];
    for (variable, choices) in region.iter().enumerate() {
        rows = rows
            .iter()
            .flat_map(|row| {
                choices
                    .iter()
                    .map(move |choice| cells.with(*row, variable, *choice))
            })
            .collect();
    }
    rows
}

/// The samples of a variable that are not missing.
fn known(variable: usize, cells: &Cells) -> Vec<usize> {
    let samples = &cells.samples[variable];
    (0..samples.len())
        .filter(|choice| samples[*choice].value != Value::Missing)
        .collect()
}

/// Whether the region could take in another sample of a variable.
fn fits(region: &Region, variable: usize, choice: usize, inside: &[bool], cells: &Cells) -> bool {
    let mut slice = region.clone();
    slice[variable] = vec![choice];
    rows(&slice, cells).into_iter().all(|row| inside[row])
}
