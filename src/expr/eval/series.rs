//! Functions over the closed periods of a series. Periods that are passed over are taken out first, in every series
//! of the argument, so that the rest never sees them.

use super::compare::order;
use super::number::{quotient, within_limit};
use super::{Fault, Operand, Rows};
use crate::expr::bound::{Bound, Node};
use crate::expr::functions::SeriesFunction;
use crate::expr::types::Base;
use crate::table::decimal::divide_half_away;
use crate::table::{Decimal, Truth};
use std::cmp::Ordering;
use std::rc::Rc;

impl<'f> Rows<'f> {
    pub(super) fn series(
        &self,
        function: SeriesFunction,
        argument: &Bound,
        count: usize,
        base: Base,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        use SeriesFunction as F;
        let (kept, ends) = self.kept_periods(argument);
        let kept: Rc<[usize]> = kept.into();
        let periods = kept.len();
        let inner = Rows {
            frame: self.frame,
            len: self.len * periods,
            kept: Some(kept),
        };
        let mut own = vec![];
        let values = inner.eval(argument, &mut own);
        // The index of the value `back` periods before the last.
        let before = |row: usize, back: usize| {
            let place = periods.checked_sub(back + 1)?;
            Some(row * periods + place)
        };
        // How many of the last periods counts look at.
        let counted_periods = |row: usize| {
            let after = self.frame.counts_after(row);
            periods - ends.partition_point(|end| *end <= after)
        };
        let run = |row: usize, wanted: Ordering| {
            let rises = |back: &usize| {
                let (Some(now), Some(then)) = (before(row, *back), before(row, back + 1)) else {
                    return false;
                };
                order(&values, now, &values, then) == Some(wanted)
            };
            (0..counted_periods(row)).take_while(rises).count()
        };
        let streak = |row: usize| {
            let holds =
                |back: &usize| before(row, *back).is_some_and(|at| values.truth(at) == Truth::True);
            (0..counted_periods(row)).take_while(holds).count()
        };
        // How many of the last periods are looked at: a fault in an older one cannot matter.
        let looked = |row: usize| match function {
            F::Latest => 1,
            F::Change | F::Growth => 2,
            F::Previous => count + 1,
            F::Average | F::Total => count,
            F::Streak => streak(row) + 1,
            F::Rising => run(row, Ordering::Greater) + 2,
            F::Falling => run(row, Ordering::Less) + 2,
            F::Longest => counted_periods(row),
        };
        for Fault { row: at, kind } in own {
            let (row, period) = (at as usize / periods, at as usize % periods);
            if periods - period <= looked(row) {
                faults.push(Fault {
                    row: row as u32,
                    kind,
                });
            }
        }
        let sum = |row: usize| {
            let known = (0..count).map(|back| before(row, back).and_then(|at| values.key(at)));
            known.map(|key| key.map(i128::from)).sum::<Option<i128>>()
        };
        let counted = |count: usize| Some(Ok(Decimal::from_count(count).millionths()));
        match function {
            F::Latest => self.picked(values, base, |row| before(row, 0)),
            F::Previous => self.picked(values, base, |row| before(row, count)),
            F::Change | F::Growth => self.each_row(faults, |row| {
                let now = i128::from(values.key(before(row, 0)?)?);
                let then = i128::from(values.key(before(row, 1)?)?);
                Some(if function == F::Change {
                    within_limit(now - then)
                } else {
                    quotient(now - then, then)
                })
            }),
            F::Total => self.each_row(faults, |row| sum(row).map(within_limit)),
            F::Average => self.each_row(faults, |row| {
                sum(row).map(|sum| within_limit(divide_half_away(sum, count as i128)))
            }),
            F::Streak => self.each_row(faults, |row| counted(streak(row))),
            F::Longest => self.each_row(faults, |row| {
                let (mut longest, mut now) = (0, 0);
                for at in (row + 1) * periods - counted_periods(row)..(row + 1) * periods {
                    now = if values.truth(at) == Truth::True {
                        now + 1
                    } else {
                        0
                    };
                    longest = longest.max(now);
                }
                counted(longest)
            }),
            F::Rising => self.each_row(faults, |row| counted(run(row, Ordering::Greater))),
            F::Falling => self.each_row(faults, |row| counted(run(row, Ordering::Less))),
        }
    }

    /// The periods that no series of `argument` passes over, and their last days.
    fn kept_periods(&self, argument: &Bound) -> (Vec<usize>, Vec<i32>) {
        let mut kept: Option<Vec<bool>> = None;
        let mut ends: &[i32] = &[];
        argument.walk(&mut |part| {
            if let Node::Slot(slot) = part.node
                && part.ty.series
            {
                let series = self.frame.series(slot);
                ends = &series.ends;
                let kept = kept.get_or_insert_with(|| vec![true; series.periods]);
                for (kept, skipped) in kept.iter_mut().zip(&series.skipped) {
                    *kept &= !skipped;
                }
            }
        });
        let kept = kept.unwrap_or_default();
        let kept: Vec<usize> = (0..kept.len()).filter(|period| kept[*period]).collect();
        let ends = kept
            .iter()
            .map(|period| ends.get(*period).copied().unwrap_or(i32::MAX));
        let ends = ends.collect();
        (kept, ends)
    }

    fn picked(
        &self,
        values: Operand<'f>,
        base: Base,
        at: impl Fn(usize) -> Option<usize>,
    ) -> Operand<'f> {
        match values {
            constant @ Operand::Constant(_) => {
                if self.len > 0 && at(0).is_none() {
                    return Operand::owned(super::missing(base, self.len));
                }
                constant
            }
            Operand::Column(column) => {
                let rows: Vec<Option<u32>> = (0..self.len)
                    .map(|row| at(row).map(|at| at as u32))
                    .collect();
                Operand::owned(column.gather(&rows))
            }
        }
    }
}
