//! Customers that belong together: boxes of neighbouring values, so that a gap is said as ranges and not as a hundred
//! values.

use super::values::Stands;
use super::variables::{Kind, Variable};
use super::world::told::Told;

/// A box: for each thing told the samples that are in, in order.
pub type Region = Vec<Vec<usize>>;

/// The customers by what is told of them.
pub struct Grid<'a> {
    /// What is told of them.
    pub told: &'a [Told],
    /// For each customer and thing told which of its samples it has.
    choices: &'a [Vec<u32>],
    /// For each thing told and sample the customers that have it.
    rows: Vec<Vec<Vec<usize>>>,
}

impl<'a> Grid<'a> {
    /// The grid of the first `told.len()` things told of customers.
    pub fn new(told: &'a [Told], choices: &'a [Vec<u32>]) -> Self {
        let mut rows: Vec<Vec<Vec<usize>>> = told
            .iter()
            .map(|told| vec![vec![]; told.samples.len()])
            .collect();
        for (row, choices) in choices.iter().enumerate() {
            for (variable, rows) in rows.iter_mut().enumerate() {
                rows[choices[variable] as usize].push(row);
            }
        }
        Self {
            told,
            choices,
            rows,
        }
    }

    /// How many customers there are.
    pub const fn len(&self) -> usize {
        self.choices.len()
    }

    /// Which sample a customer has of a thing told.
    pub fn choice(&self, row: usize, variable: usize) -> usize {
        self.choices[row][variable] as usize
    }

    /// What of a customer's things told is missing.
    pub fn missing(&self, row: usize) -> impl Iterator<Item = usize> {
        (0..self.told.len()).filter(move |variable| {
            self.told[*variable].samples[self.choice(row, *variable)].stands == Stands::Missing
        })
    }

    /// The samples of a thing told that somebody has, a missing one left out.
    fn known(&self, variable: usize) -> Vec<usize> {
        let samples = &self.told[variable].samples;
        (0..samples.len())
            .filter(|choice| samples[*choice].stands != Stands::Missing)
            .filter(|choice| !self.rows[variable][*choice].is_empty())
            .collect()
    }

    /// Whether a region leaves a thing told any value that is known.
    pub fn is_free(&self, region: &Region, variable: usize) -> bool {
        let known = self.known(variable);
        known.iter().all(|choice| region[variable].contains(choice))
    }

    /// All customers of a region.
    pub fn rows(&self, region: &Region) -> Vec<usize> {
        let Some(first) = region.first() else {
            return (0..self.len()).collect();
        };
        let mut rows: Vec<usize> = first
            .iter()
            .flat_map(|choice| self.rows[0][*choice].iter().copied())
            .filter(|row| self.is_in(*row, region, None))
            .collect();
        rows.sort_unstable();
        rows
    }

    fn is_in(&self, row: usize, region: &Region, but: Option<usize>) -> bool {
        region.iter().enumerate().all(|(variable, choices)| {
            // Most boxes are one sample or all of them wide.
            let choice = self.choice(row, variable);
            Some(variable) == but || choices.binary_search(&choice).is_ok()
        })
    }

    /// The largest box around `start`, as far as one thing told after the other goes, in which all customers are
    /// `inside`.
    pub fn around(&self, start: usize, inside: &[bool]) -> Region {
        let mut region: Region = (0..self.told.len())
            .map(|variable| vec![self.choice(start, variable)])
            .collect();
        // What does not matter at all is dropped first: the fewer things a gap is told by the better.
        for variable in 0..self.told.len() {
            let mut all = self.known(variable);
            if all
                .iter()
                .all(|choice| self.fits(&region, variable, *choice, inside))
            {
                // A missing one stays in.
                all.extend(&region[variable]);
                all.sort_unstable();
                all.dedup();
                region[variable] = all;
            }
        }
        for variable in 0..self.told.len() {
            let all = self.known(variable);
            if self.is_free(&region, variable) {
                continue;
            }
            let own = region[variable][0];
            let neighbours = is_ordered(&self.told[variable].variable);
            let up = all.iter().copied().filter(|choice| *choice > own);
            let down = all.iter().rev().copied().filter(|choice| *choice < own);
            let mut grown = vec![own];
            for ways in [up.collect::<Vec<_>>(), down.collect()] {
                for choice in ways {
                    if self.fits(&region, variable, choice, inside) {
                        grown.push(choice);
                    } else if neighbours {
                        break;
                    }
                }
            }
            grown.sort_unstable();
            region[variable] = grown;
        }
        region
    }

    /// Whether the region could take in another sample of a thing told.
    fn fits(&self, region: &Region, variable: usize, choice: usize, inside: &[bool]) -> bool {
        self.rows[variable][choice]
            .iter()
            .all(|row| inside[*row] || !self.is_in(*row, region, Some(variable)))
    }
}

/// Whether the samples of a variable are ranges in order, so that neighbours are told as one.
pub fn is_ordered(variable: &Variable) -> bool {
    matches!(&variable.kind, Kind::Ordered(shape) if shape.closed.is_none())
}
