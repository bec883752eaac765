//! The least value of a smooth function: the one door to the optimiser.
//!
//! It starts where it is told, walks by gradients alone, and asks neither clock nor chance. Besides the four operations
//! and comparisons the optimiser uses two functions of the standard library: `sqrt`, which IEEE 754 rounds correctly
//! everywhere, and `powi(2)`. Of `powi` the library promises no bits; a square is one multiplication however it is
//! compiled, which is rounded once, so that the steps are the same on every machine we know. Were one of them to differ
//! in the last bit, the search would still end where the gradient is shorter than [`FLAT`], and such places differ far
//! behind the four digits to which estimates are rounded: only one that stands on the edge between two could change.

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::BFGS;
use std::cell::{Cell, RefCell};

/// The most steps: a function that is fit for it takes some dozens.
const MOST_STEPS: u64 = 500;
/// The most places that are looked at: on a slope without an end the search along a line has none either.
const MOST_LOOKS: u32 = 2_000;
/// How flat the function is where it ends: the length of its gradient.
const FLAT: f64 = 1e-7;
/// How flat it must be at least for the place to be believed, where the optimiser stopped for want of progress.
const FLAT_ENOUGH: f64 = 1e-6;

/// A function of several numbers with its gradient.
pub trait Smooth {
    /// The value, and how it changes with each number.
    fn at(&self, place: &[f64]) -> (f64, Vec<f64>);
}

/// Where a search starts or has ended: the place, and what is known there of how the gradient changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The place.
    pub place: Vec<f64>,
    /// The inverse of the matrix of second derivatives, as far as it is known.
    inverse: Vec<Vec<f64>>,
}

impl Point {
    /// A place of which nothing is known.
    pub fn at(place: &[f64]) -> Self {
        let count = place.len();
        let unit = |row: usize| {
            let row = (0..count).map(|column| f64::from(u8::from(row == column)));
            row.collect()
        };
        Self {
            place: place.to_vec(),
            inverse: (0..count).map(unit).collect(),
        }
    }
}

/// The least value near `start`; `None` where the search does not come to an end.
pub fn least<F: Smooth>(function: &F, start: Point) -> Option<Point> {
    let flattest = RefCell::new(None);
    let problem = Remembered {
        function,
        last: RefCell::new(None),
        flattest: &flattest,
        looks: Cell::new(0),
    };
    let known = start.inverse.clone();
    let solver = BFGS::new(MoreThuenteLineSearch::new());
    let result = Executor::new(problem, solver.with_tolerance_grad(FLAT).ok()?)
        .configure(|state| {
            let state = state.param(start.place).inv_hessian(start.inverse);
            state.max_iters(MOST_STEPS)
        })
        .timer(false)
        .run();
    let inverse = result
        .ok()
        .and_then(|mut result| result.state.take_inv_hessian());
    // However the search ended: so near to the bottom that steps are lost in rounding is an end too.
    let end: Look = flattest.into_inner()?;
    if end.slope() > FLAT_ENOUGH {
        return None;
    }
    Some(Point {
        place: end.place,
        inverse: inverse.unwrap_or(known),
    })
}

/// What was seen at a place.
#[derive(Clone)]
struct Look {
    place: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Look {
    /// The length of the gradient.
    fn slope(&self) -> f64 {
        let squares = self.gradient.iter().map(|part| part * part);
        squares.sum::<f64>().sqrt()
    }
}

/// The optimiser asks for value and gradient one after the other; they are worked out together.
struct Remembered<'a, F> {
    function: &'a F,
    last: RefCell<Option<Look>>,
    /// The place with the least slope so far.
    flattest: &'a RefCell<Option<Look>>,
    looks: Cell<u32>,
}

impl<F: Smooth> Remembered<'_, F> {
    /// An error ends the search.
    fn at(&self, place: &[f64]) -> Result<(f64, Vec<f64>), Error> {
        if let Some(last) = &*self.last.borrow()
            && last.place == place
        {
            return Ok((last.value, last.gradient.clone()));
        }
        let (value, gradient) = self.function.at(place);
        self.looks.set(self.looks.get() + 1);
        if self.looks.get() > MOST_LOOKS
            || !value.is_finite()
            || !gradient.iter().all(|part| part.is_finite())
        {
            return Err(Error::msg("no least value"));
        }
        let look = Look {
            place: place.to_vec(),
            value,
            gradient: gradient.clone(),
        };
        let mut flattest = self.flattest.borrow_mut();
        if flattest
            .as_ref()
            .is_none_or(|known| look.slope() < known.slope())
        {
            *flattest = Some(look.clone());
        }
        *self.last.borrow_mut() = Some(look);
        Ok((value, gradient))
    }
}

impl<F: Smooth> CostFunction for Remembered<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, place: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(place)?.0)
    }
}

impl<F: Smooth> Gradient for Remembered<'_, F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, place: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(place)?.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Valley;
    impl Smooth for Valley {
        /// Rosenbrock's function, whose least value is at (1, 1).
        fn at(&self, place: &[f64]) -> (f64, Vec<f64>) {
            let (x, y) = (place[0], place[1]);
            let bend = y - x * x;
            let value = (1.0 - x) * (1.0 - x) + 100.0 * bend * bend;
            (
                value,
                vec![-2.0 * (1.0 - x) - 400.0 * x * bend, 200.0 * bend],
            )
        }
    }

    struct Slope;
    impl Smooth for Slope {
        fn at(&self, place: &[f64]) -> (f64, Vec<f64>) {
            (place[0], vec![1.0])
        }
    }

    #[test]
    fn the_bottom_of_a_valley_is_found() {
        let place = least(&Valley, Point::at(&[-1.2, 1.0])).unwrap().place;
        assert!(
            (place[0] - 1.0).abs() < 1e-5 && (place[1] - 1.0).abs() < 1e-5,
            "{place:?}"
        );
    }

    #[test]
    fn a_slope_has_no_bottom() {
        assert_eq!(least(&Slope, Point::at(&[0.0])), None);
    }
}
