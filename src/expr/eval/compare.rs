//! Comparisons, each one tight loop.

use super::{MANY, Operand, PIECE, Rows, constant_truth, missing};
use crate::expr::ast::Comparison;
use crate::expr::types::Base;
use crate::parallel::{cores, fill};
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, TextColumn, Truth, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// Whether `op` holds of two that stand in this order.
pub(super) fn holds(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterEqual => order.is_ge(),
    }
}

/// How two rows compare; `None` if one is missing.
pub(super) fn order(
    left: &Operand<'_>,
    left_row: usize,
    right: &Operand<'_>,
    right_row: usize,
) -> Option<Ordering> {
    match (left.key(left_row), right.key(right_row)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => Some(left.text(left_row)?.cmp(right.text(right_row)?)),
    }
}

/// Each value against one. The comparison is chosen outside the loop, so that the loop has no branch. Of many values, as
/// those of a series, each core takes some.
fn against<T: Copy + Ord + Sync>(values: &[T], none: T, op: Comparison, bound: T) -> Vec<Truth> {
    fn each<T: Copy + Ord + Sync>(
        values: &[T],
        none: T,
        test: impl Fn(T) -> bool + Sync,
    ) -> Vec<Truth> {
        let truth = |value: T| {
            if value == none {
                Truth::Unknown
            } else {
                Truth::from(test(value))
            }
        };
        if values.len() < MANY {
            return values.iter().map(|value| truth(*value)).collect();
        }
        let mut truths = vec![Truth::Unknown; values.len()];
        fill(cores(), &mut truths, PIECE, |piece, truths| {
            for (entry, value) in truths.iter_mut().zip(&values[piece * PIECE..]) {
                *entry = truth(*value);
            }
        });
        truths
    }
    match op {
        Comparison::Equal => each(values, none, |value| value == bound),
        Comparison::NotEqual => each(values, none, |value| value != bound),
        Comparison::Less => each(values, none, |value| value < bound),
        Comparison::LessEqual => each(values, none, |value| value <= bound),
        Comparison::Greater => each(values, none, |value| value > bound),
        Comparison::GreaterEqual => each(values, none, |value| value >= bound),
    }
}

/// Each value against the one beside it.
fn beside<T: Copy + Ord>(left: &[T], right: &[T], none: T, op: Comparison) -> Vec<Truth> {
    fn each<T: Copy + Ord>(l: &[T], r: &[T], none: T, test: impl Fn(T, T) -> bool) -> Vec<Truth> {
        let truth = |(l, r): (&T, &T)| {
            if *l == none || *r == none {
                Truth::Unknown
            } else {
                Truth::from(test(*l, *r))
            }
        };
        l.iter().zip(r).map(truth).collect()
    }
    match op {
        Comparison::Equal => each(left, right, none, |l, r| l == r),
        Comparison::NotEqual => each(left, right, none, |l, r| l != r),
        Comparison::Less => each(left, right, none, |l, r| l < r),
        Comparison::LessEqual => each(left, right, none, |l, r| l <= r),
        Comparison::Greater => each(left, right, none, |l, r| l > r),
        Comparison::GreaterEqual => each(left, right, none, |l, r| l >= r),
    }
}

/// For each row what `give` says of its text, asked once for each text (or for each row, where rows are fewer).
pub(super) fn per_text<T: Copy>(texts: &TextColumn, none: T, give: impl Fn(&str) -> T) -> Vec<T> {
    if texts.dictionary.len() > texts.codes.len() {
        let of_row = |row| texts.get(row).map_or(none, |text| give(text));
        return (0..texts.codes.len()).map(of_row).collect();
    }
    let table: Vec<T> = texts.dictionary.iter().map(|text| give(text)).collect();
    // The missing code lies beyond every dictionary.
    texts
        .codes
        .iter()
        .map(|code| table.get(*code as usize).copied().unwrap_or(none))
        .collect()
}

fn text_against(texts: &TextColumn, op: Comparison, bound: &str) -> Vec<Truth> {
    if op.is_order() {
        return per_text(texts, Truth::Unknown, |text| {
            Truth::from(holds(op, text.cmp(bound)))
        });
    }
    // A literal that no row has gets a code that no row has: it is compared all the same.
    let known = texts.dictionary.iter().position(|text| **text == *bound);
    let code = known.map_or(MISSING_TEXT - 1, |code| code as u32);
    against(&texts.codes, MISSING_TEXT, op, code)
}

impl<'f> Rows<'f> {
    pub(super) fn compare(
        &self,
        op: Comparison,
        left: &Operand<'f>,
        right: &Operand<'f>,
    ) -> Operand<'f> {
        match (left, right) {
            (Operand::Constant(_), Operand::Constant(_)) => {
                let order = order(left, 0, right, 0);
                let truth = order.map_or(Truth::Unknown, |order| Truth::from(holds(op, order)));
                constant_truth(truth)
            }
            (Operand::Column(column), Operand::Constant(value)) => {
                self.with_value(op, column, value)
            }
            (Operand::Constant(value), Operand::Column(column)) => {
                self.with_value(op.mirrored(), column, value)
            }
            (Operand::Column(left_column), Operand::Column(right_column)) => {
                Operand::truths(match (&**left_column, &**right_column) {
                    (Column::Number(l), Column::Number(r))
                    | (Column::DateTime(l), Column::DateTime(r)) => beside(l, r, MISSING, op),
                    (Column::Date(l), Column::Date(r)) => beside(l, r, MISSING_DATE, op),
                    (Column::Bool(l), Column::Bool(r)) => beside(l, r, Truth::Unknown, op),
                    (Column::Text(l), Column::Text(r))
                        if Arc::ptr_eq(&l.dictionary, &r.dictionary) && !op.is_order() =>
                    {
                        beside(&l.codes, &r.codes, MISSING_TEXT, op)
                    }
                    _ => (0..self.len)
                        .map(|row| {
                            let order = order(left, row, right, row);
                            order.map_or(Truth::Unknown, |order| Truth::from(holds(op, order)))
                        })
                        .collect(),
                })
            }
        }
    }

    fn with_value(&self, op: Comparison, column: &Column, value: &Value) -> Operand<'f> {
        Operand::truths(match (column, value) {
            (Column::Number(values), Value::Number(bound)) => {
                against(values, MISSING, op, bound.millionths())
            }
            (Column::Date(days), Value::Date(bound)) => {
                against(days, MISSING_DATE, op, bound.days())
            }
            (Column::DateTime(seconds), Value::DateTime(bound)) => {
                against(seconds, MISSING, op, bound.seconds())
            }
            (Column::Bool(truths), Value::Bool(bound)) => {
                against(truths, Truth::Unknown, op, Truth::from(*bound))
            }
            (Column::Text(texts), Value::Text(bound)) => text_against(texts, op, bound),
            // Beside a missing value nothing is known; other pairs do not pass binding.
            _ => return Operand::owned(missing(Base::Bool, self.len)),
        })
    }

    /// Equal to one of `list`.
    pub(super) fn is_in(&self, operand: &Operand<'f>, list: &[Operand<'f>]) -> Operand<'f> {
        let literals: Option<Vec<&Value>> = list
            .iter()
            .map(|item| match item {
                Operand::Constant(value) => Some(value),
                Operand::Column(_) => None,
            })
            .collect();
        if let (Operand::Column(column), Some(literals)) = (operand, literals)
            && !literals.contains(&&Value::Missing)
        {
            match &**column {
                Column::Text(texts) => {
                    let wanted = |text: &str| {
                        literals
                            .iter()
                            .any(|v| matches!(v, Value::Text(item) if **item == *text))
                    };
                    let truth = |text: &str| Truth::from(wanted(text));
                    return Operand::truths(per_text(texts, Truth::Unknown, truth));
                }
                Column::Number(values) => {
                    let mut keys: Vec<i64> = literals
                        .iter()
                        .filter_map(|value| match value {
                            Value::Number(number) => Some(number.millionths()),
                            _ => None,
                        })
                        .collect();
                    keys.sort_unstable();
                    let truth = |value: &i64| match *value {
                        MISSING => Truth::Unknown,
                        value => Truth::from(keys.binary_search(&value).is_ok()),
                    };
                    return Operand::truths(values.iter().map(truth).collect());
                }
                _ => {}
            }
        }
        let mut found = Operand::Constant(Value::Bool(false));
        for item in list {
            let equal = self.compare(Comparison::Equal, operand, item);
            found = match (&found, &equal) {
                (Operand::Constant(_), _) => {
                    let known = found.truth(0);
                    self.map_truth(&equal, |truth| truth.or(known))
                }
                (_, Operand::Constant(_)) => {
                    let known = equal.truth(0);
                    self.map_truth(&found, |truth| truth.or(known))
                }
                _ => Operand::truths(
                    (0..self.len)
                        .map(|row| found.truth(row).or(equal.truth(row)))
                        .collect(),
                ),
            };
        }
        found
    }
}
