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
                let parts = u64::try_from(self.parameter.trunc()).unwrap_or(1);
                count(quantile_of(figures.better(key), figures.count(), parts)?)
            }
            PopulationFunction::Share => share(figures.share(key)),
            PopulationFunction::ShareAbove => share(figures.share_above(key)),
            _ => return None,
        })
    }
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
        self.each_row(faults, |row| {
            lookup.of_key(&population.figures(group(row)?, row), keys.key(row)?)
        })
    }
}
