//! The least value of a smooth function: the one door to the optimiser.
//!
//! It starts where it is told, walks by gradients alone, and asks neither clock nor chance, so that the same function
//! gives the same place on every machine.

use argmin::core::TerminationReason;
use argmin::core::{CostFunction, Error, Executor, Gradient, State, TerminationStatus};
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
const FLAT_ENOUGH: f64 = 1e-5;

/// A function of several numbers with its gradient.
pub trait Smooth {
    /// The value, and how it changes with each number.
    fn at(&self, place: &[f64]) -> (f64, Vec<f64>);
}

/// The place of the least value near `start`; `None` where the search does not come to an end.
pub fn least<F: Smooth>(function: &F, start: &[f64]) -> Option<Vec<f64>> {
    let problem = Remembered {
        function,
        last: RefCell::new(None),
        looks: Cell::new(0),
    };
    let search = MoreThuenteLineSearch::new();
    let solver = BFGS::new(search).with_tolerance_grad(FLAT).ok()?;
    let count = start.len();
    let unit = |row: usize| {
        (0..count)
            .map(|column| f64::from(u8::from(row == column)))
            .collect()
    };
    let inverse: Vec<Vec<f64>> = (0..count).map(unit).collect();
    let result = Executor::new(problem, solver)
        .configure(|state| {
            let state = state.param(start.to_vec()).inv_hessian(inverse);
            state.max_iters(MOST_STEPS)
        })
        .timer(false)
        .run()
        .ok()?;
    let state = result.state;
    let TerminationStatus::Terminated(TerminationReason::SolverConverged) =
        state.get_termination_status()
    else {
        return None;
    };
    let place = state.get_best_param()?.clone();
    let (value, gradient) = function.at(&place);
    let length: f64 = gradient.iter().map(|part| part * part).sum::<f64>().sqrt();
    (value.is_finite() && length <= FLAT_ENOUGH).then_some(place)
}

/// What was seen at a place.
struct Look {
    place: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// The optimiser asks for value and gradient one after the other; they are worked out together.
struct Remembered<'a, F> {
    function: &'a F,
    last: RefCell<Option<Look>>,
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
        *self.last.borrow_mut() = Some(Look {
            place: place.to_vec(),
            value,
            gradient: gradient.clone(),
        });
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
        let place = least(&Valley, &[-1.2, 1.0]).unwrap();
        assert!(
            (place[0] - 1.0).abs() < 1e-5 && (place[1] - 1.0).abs() < 1e-5,
            "{place:?}"
        );
    }

    #[test]
    fn a_slope_has_no_bottom() {
        assert_eq!(least(&Slope, &[0.0]), None);
    }
}
