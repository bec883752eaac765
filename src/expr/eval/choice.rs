//! Choosing one of several values in each row: `case`, `coalesce`, `least`, `greatest`, `clamp`.

use super::compare::order;
use super::number::within_limit;
use super::{Fault, Operand, Rows};
use crate::expr::bound::Bound;
use crate::expr::functions::Scalar;
use crate::expr::types::Base;
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, ColumnBuilder, Decimal, TextColumn, TextInterner, Truth, Value};

/// Which of several operands a row takes.
type Choice = Option<u32>;

impl<'f> Rows<'f> {
    /// The first arm that holds. One before it that is unknown makes the result missing.
    pub(super) fn case(
        &self,
        base: Base,
        arms: &[(Bound, Bound)],
        otherwise: Option<&Bound>,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        let mut open = vec![true; self.len];
        let mut choice: Vec<Choice> = vec![None; self.len];
        for (arm, (condition, _)) in arms.iter().enumerate() {
            let mut own = vec![];
            let condition = self.eval(condition, &mut own);
            own.retain(|fault| open[fault.row as usize]);
            faults.append(&mut own);
            for row in 0..self.len {
                if open[row] {
                    match condition.truth(row) {
                        Truth::True => (open[row], choice[row]) = (false, Some(arm as u32)),
                        Truth::Unknown => open[row] = false,
                        Truth::False => {}
                    }
                }
            }
        }
        if otherwise.is_some() {
            for (choice, open) in choice.iter_mut().zip(&open) {
                if *open {
                    *choice = Some(arms.len() as u32);
                }
            }
        }
        let results = arms.iter().map(|(_, result)| result).chain(otherwise);
        let operands: Vec<_> = results
            .enumerate()
            .map(|(arm, result)| {
                let mut own = vec![];
                let operand = self.eval(result, &mut own);
                own.retain(|fault| choice[fault.row as usize] == Some(arm as u32));
                faults.append(&mut own);
                operand
            })
            .collect();
        self.chosen(base, &choice, &operands)
    }

    /// The entry of the chosen operand in each row.
    fn chosen(&self, base: Base, choice: &[Choice], operands: &[Operand<'f>]) -> Operand<'f> {
        let key = |row: usize| choice[row].and_then(|chosen| operands[chosen as usize].key(row));
        let rows = 0..self.len;
        Operand::owned(match base {
            Base::Number => Column::Number(rows.map(|row| key(row).unwrap_or(MISSING)).collect()),
            Base::DateTime => {
                Column::DateTime(rows.map(|row| key(row).unwrap_or(MISSING)).collect())
            }
            Base::Date => Column::Date(
                rows.map(|row| key(row).map_or(MISSING_DATE, |day| day as i32))
                    .collect(),
            ),
            Base::Bool => Column::Bool(
                rows.map(|row| {
                    choice[row].map_or(Truth::Unknown, |c| operands[c as usize].truth(row))
                })
                .collect(),
            ),
            Base::Text | Base::Null => Column::Text(self.chosen_texts(choice, operands)),
            Base::List => {
                let mut builder = ColumnBuilder::like(&super::missing(Base::List, 0));
                for row in rows {
                    builder.push(
                        &match choice[row].map(|chosen| &operands[chosen as usize]) {
                            Some(Operand::Column(column)) => column.value(row),
                            Some(Operand::Constant(value)) => value.clone(),
                            None => Value::Missing,
                        },
                    );
                }
                builder.finish()
            }
        })
    }

    /// Texts of several dictionaries under one; each text is looked up once.
    fn chosen_texts(&self, choice: &[Choice], operands: &[Operand<'f>]) -> TextColumn {
        let mut interner = TextInterner::default();
        let mut codes: Vec<Vec<u32>> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Column(column) => match &**column {
                    Column::Text(texts) => vec![MISSING_TEXT; texts.dictionary.len()],
                    _ => vec![],
                },
                Operand::Constant(_) => vec![MISSING_TEXT],
            })
            .collect();
        let mut code_of = |row: usize| {
            let chosen = choice[row]? as usize;
            let operand = &operands[chosen];
            let text = operand.text(row)?;
            let own = match operand {
                Operand::Column(column) => match &**column {
                    Column::Text(texts) => texts.codes[row] as usize,
                    _ => return None,
                },
                Operand::Constant(_) => 0,
            };
            let code = &mut codes[chosen][own];
            if *code == MISSING_TEXT {
                *code = interner.code(text);
            }
            Some(*code)
        };
        let codes = (0..self.len)
            .map(|row| code_of(row).unwrap_or(MISSING_TEXT))
            .collect();
        TextColumn {
            codes,
            dictionary: interner.into_dictionary(),
        }
    }

    pub(super) fn scalar(
        &self,
        function: Scalar,
        bound: &Bound,
        arguments: &[Bound],
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        if function == Scalar::Coalesce {
            return self.coalesce(bound.ty.base, arguments, faults);
        }
        let operands: Vec<_> = arguments
            .iter()
            .map(|argument| self.eval(argument, faults))
            .collect();
        match (function, &operands[..]) {
            (Scalar::Years | Scalar::Months | Scalar::Days | Scalar::Hours, [from, to]) => {
                self.between_dates(function, from, to, faults)
            }
            (Scalar::Abs, [x]) => {
                self.each_number(x, faults, |x| within_limit(i128::from(x).abs()))
            }
            (Scalar::Round, [x, places]) => {
                let places = (places.key(0).unwrap_or(0) / 1_000_000) as u32;
                self.each_number(x, faults, |x| {
                    let rounded = Decimal::from_millionths(x).map(|x| x.round(places).millionths());
                    Ok(rounded.unwrap_or(x))
                })
            }
            (Scalar::Contains, [list, item]) if arguments[0].ty.base == Base::List => {
                self.list_has(list, item)
            }
            (Scalar::Contains, [text, part]) => {
                self.text_pair(text, part, |text, part| text.contains(part))
            }
            (Scalar::StartsWith, [text, part]) => {
                self.text_pair(text, part, |text, part| text.starts_with(part))
            }
            (Scalar::Length, [text]) => self.length(text),
            (Scalar::Clamp, [x, low, high]) => {
                let choice: Vec<Choice> = (0..self.len)
                    .map(|row| {
                        let above_high = order(x, row, high, row)?.is_gt();
                        let below_low = order(x, row, low, row)?.is_lt();
                        let crossed = order(low, row, high, row)?.is_gt();
                        let raised = if below_low {
                            (1, crossed)
                        } else {
                            (0, above_high)
                        };
                        Some(if raised.1 { 2 } else { raised.0 })
                    })
                    .collect();
                self.chosen(bound.ty.base, &choice, &operands)
            }
            (_, operands) => {
                let wanted = if function == Scalar::Least {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Greater
                };
                let choice: Vec<Choice> = (0..self.len)
                    .map(|row| {
                        let mut best = 0;
                        for (index, operand) in operands.iter().enumerate() {
                            if order(operand, row, &operands[best], row)? == wanted {
                                best = index;
                            }
                        }
                        Some(best as u32)
                    })
                    .collect();
                self.chosen(bound.ty.base, &choice, operands)
            }
        }
    }

    /// The first that is not missing. A fault of one that is looked at is a finding, though another stands in.
    fn coalesce(&self, base: Base, arguments: &[Bound], faults: &mut Vec<Fault>) -> Operand<'f> {
        let mut choice: Vec<Choice> = vec![None; self.len];
        let mut operands = vec![];
        for (index, argument) in arguments.iter().enumerate() {
            let mut own = vec![];
            let operand = self.eval(argument, &mut own);
            own.retain(|fault| choice[fault.row as usize].is_none());
            faults.append(&mut own);
            for (row, choice) in choice.iter_mut().enumerate() {
                if choice.is_none() && !operand.is_missing(row) {
                    *choice = Some(index as u32);
                }
            }
            operands.push(operand);
        }
        self.chosen(base, &choice, &operands)
    }
}
