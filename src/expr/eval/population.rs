//! Population figures, looked up in what was prepared before the first row.

use super::number::within_limit;
use super::{Fault, FaultKind, Operand, Rows, missing};
use crate::expr::bound::Bound;
use crate::expr::functions::PopulationFunction;
use crate::expr::types::Base;
use crate::rank::{Figures, quantile_of};
use crate::table::{Decimal, Value};

/// What is looked up.
pub(super) struct Lookup {
    pub function: PopulationFunction,
    pub spec: usize,
    pub parameter: Decimal,
}

impl Lookup {
    /// What a group has as a whole.
    fn of_group(&self, figures: &Figures<'_>) -> Option<Decimal> {
        match self.function {
            PopulationFunction::Mean => figures.mean(),
            PopulationFunction::Median => figures.median(),
            _ => figures.percentile(self.parameter),
        }
    }

    /// How many parts a quantile has.
    fn parts(&self) -> u64 {
        u64::try_from(self.parameter.trunc()).unwrap_or(1)
    }

    /// What one customer has.
    fn of_key(&self, figures: &Figures<'_>, key: i64) -> Option<Result<i64, FaultKind>> {
        let count = |count: u64| within_limit(i128::from(count) * 1_000_000);
        let share = |share: Option<Decimal>| {
            let none = || match figures.total() {
                0 => FaultKind::DivisionByZero,
                _ => FaultKind::Overflow,
            };
            share.map(Decimal::millionths).ok_or_else(none)
        };
        Some(match self.function {
            PopulationFunction::Rank => count(figures.better(key) as u64 + 1),
            PopulationFunction::Quantile => {
                let parts = self.parts();
                count(quantile_of(figures.better(key), figures.count(), parts)?)
            }
            PopulationFunction::Share => share(figures.share(key)),
            PopulationFunction::ShareAbove => share(figures.share_above(key)),
            _ => return None,
        })
    }
}

/// Of so few parts it is faster to see which a key has passed than to look it up among all keys.
const FEW: u64 = 16;

/// The least key of each part but the first, least first, as far as a part has any; `None` if nobody is there.
fn steps(figures: &Figures<'_>, parts: u64) -> Option<Vec<i64>> {
    let keys = figures.keys();
    let part = |key: i64| quantile_of(figures.better(key), keys.len(), parts);
    part(0)?;
    let least = |wanted: u64| {
        let place = keys.partition_point(|key| part(*key) < Some(wanted));
        keys.get(place).copied()
    };
    Some((2..=parts).filter_map(least).collect())
}

impl<'f> Rows<'f> {
    pub(super) fn population(
        &self,
        lookup: &Lookup,
        argument: &Bound,
        within: Option<&Bound>,
        base: Base,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        use PopulationFunction as F;
        let Some(population) = self.frame.populations().get(lookup.spec) else {
            return Operand::owned(missing(base, self.len));
        };
        let whole = matches!(lookup.function, F::Mean | F::Median | F::Percentile);
        let is_same = population.is_same_for_all();
        if whole
            && is_same
            && let Some(everybody) = population.everybody()
        {
            let figure = lookup.of_group(&population.figures(everybody, 0));
            return Operand::Constant(figure.map_or(Value::Missing, Value::Number));
        }
        let groups = within.map(|within| {
            let within_base = within.ty.base;
            let column = self.eval(within, faults).into_column(within_base, self.len);
            population.groups(&column)
        });
        let group = |row: usize| match &groups {
            Some(groups) => groups[row],
            None => population.everybody(),
        };
        if whole {
            return self.each_row(faults, |row| {
                lookup
                    .of_group(&population.figures(group(row)?, row))
                    .map(|figure| Ok(figure.millionths()))
            });
        }
        let keys = self.eval(argument, faults);
        if lookup.function == F::Quantile
            && lookup.parts() <= FEW
            && is_same
            && let Some(everybody) = population.everybody()
        {
            let steps = steps(&population.figures(everybody, 0), lookup.parts());
            return self.each_row(faults, |row| {
                let key = keys.key(row)?;
                let passed = steps.as_ref()?.iter().filter(|step| **step <= key).count();
                Some(within_limit((passed as i128 + 1) * 1_000_000))
            });
        }
        self.each_row(faults, |row| {
            lookup.of_key(&population.figures(group(row)?, row), keys.key(row)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Population;
    use crate::table::Column;
    use crate::table::column::MISSING;
    use proptest::prelude::*;

    #[test]
    fn nobody_is_in_no_part() {
        let population = Population::build(&Column::Number(vec![MISSING]), None);
        let all = population.everybody().unwrap();
        assert_eq!(steps(&population.figures(all, 0), 5), None);
    }

    proptest! {
        /// Also of keys that nobody has.
        #[test]
        fn the_steps_passed_tell_the_part(
            keys in prop::collection::vec(-20i64..20, 1..60),
            parts in 1..=FEW,
            asked in prop::collection::vec(-25i64..25, 1..9),
        ) {
            let population = Population::build(&Column::Number(keys.clone()), None);
            let all = population.everybody().unwrap();
            let steps = steps(&population.figures(all, 0), parts).unwrap();
            for key in asked {
                let better = keys.iter().filter(|other| **other > key).count();
                let passed = steps.iter().filter(|step| **step <= key).count();
                prop_assert_eq!(Some(passed as u64 + 1), quantile_of(better, keys.len(), parts));
            }
        }
    }
}
