//! Units: brings operands that stand beside each other to one measure, exactly, or says why they do not go together.

use super::literal_number;
use super::words::{describe, this_is};
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::ast::Arithmetic;
use crate::expr::bound::{Bound, Node};
use crate::expr::types::{Measure, Type};
use crate::table::{Unit, Value};
use crate::text;
use std::ops::Range;

/// Brings `operands`, all numbers, to one measure, which is given back. A literal is converted where that loses
/// nothing; everything else is brought to the smallest unit, so that nothing is ever rounded.
pub(super) fn unify(operands: &mut [&mut Bound]) -> Result<Measure, Box<Finding>> {
    if !operands
        .iter()
        .any(|operand| matches!(operand.ty.measure, Measure::Money(_)))
    {
        let has = |measure: &Measure| {
            operands
                .iter()
                .any(|operand| operand.ty.measure == *measure)
        };
        let measure = if has(&Measure::Plain) {
            Measure::Plain
        } else if has(&Measure::BareSum) {
            Measure::BareSum
        } else {
            Measure::Bare
        };
        for operand in operands {
            operand.ty.measure = measure.clone();
        }
        return Ok(measure);
    }
    let money = operands
        .iter()
        .find(|operand| matches!(operand.ty.measure, Measure::Money(_)));
    let Some((money_span, money_ty)) = money.map(|money| (money.span.clone(), money.ty.clone()))
    else {
        return Ok(Measure::Plain);
    };
    for operand in operands.iter() {
        if let Some(help) = clash(&money_ty, &operand.ty) {
            return Err(Box::new(
                mismatch(&money_ty, money_span, operand).help(help),
            ));
        }
    }
    if money_ty.measure == Measure::Money(None) {
        for operand in operands {
            operand.ty.measure = Measure::Money(None);
        }
        return Ok(Measure::Money(None));
    }
    let own = |operand: &Bound| match &operand.ty.measure {
        Measure::Money(Some(unit)) => Some(unit.clone()),
        Measure::BareSum => Some(Unit::yuan()),
        _ => None,
    };
    // The units of columns; those of literals only where there is no column.
    let of = |literals: bool| -> Vec<Unit> {
        let some = operands
            .iter()
            .filter(|operand| operand.literal().is_some() == literals);
        some.filter_map(|operand| own(operand)).collect()
    };
    let units = Some(of(false))
        .filter(|units| !units.is_empty())
        .unwrap_or_else(|| of(true));
    let smallest = |units: &[Unit]| units.iter().min_by_key(|unit| unit.scale).cloned();
    let Some(mut target) = smallest(&units) else {
        return Ok(Measure::Money(None));
    };
    for operand in operands.iter() {
        if let (Some(number), Some(unit)) = (literal_number(operand), own(operand))
            && !unit.converts_exactly(number, &target)
            && unit.scale < target.scale
        {
            target = unit;
        }
    }
    for operand in operands {
        let unit = match own(operand) {
            Some(unit) => unit,
            None if units.iter().any(|unit| unit.scale != units[0].scale) => {
                let [a, b] = [&units[0], &units[units.len() - 1]];
                return Err(unit_fault(
                    operand.span.clone(),
                    text!(
                        "a number without a unit between money in {a} and in {b}",
                        "没有单位的数字旁边既有{a}又有{b}"
                    ),
                    text!("write the unit: `100{a}`", "写明单位：`100{a}`"),
                ));
            }
            None => units[0].clone(),
        };
        rescale(operand, &unit, &target);
        operand.ty.measure = Measure::Money(Some(target.clone()));
    }
    Ok(Measure::Money(Some(target)))
}

/// Brings `operand`, which is in `from`, to `to`.
fn rescale(operand: &mut Bound, from: &Unit, to: &Unit) {
    if from.scale == to.scale {
        return;
    }
    if let Some(number) = literal_number(operand)
        && from.converts_exactly(number, to)
        && let Some(converted) = from.convert(number, to)
    {
        operand.node = Node::Literal(Value::Number(converted));
        return;
    }
    // Only literals are brought to a larger unit, and scales are powers of ten, so this is whole.
    let factor = (from.scale / to.scale).max(1);
    let inner = operand.clone();
    operand.node = Node::Rescale(Box::new(inner), factor);
}

/// Why these cannot stand beside each other, if `money` is money: what to do about it.
fn clash(money: &Type, other: &Type) -> Option<Text> {
    let give_unit = || {
        text!(
            "give the field a unit: `unit = \"元\"` in [scheme] or in the field",
            "给字段写上单位：在 [scheme] 或字段里写 `unit = \"元\"`"
        )
    };
    match (&money.measure, &other.measure) {
        (Measure::Money(_), Measure::Plain) => Some(text!(
            "compare money with money; a bare number such as `100` takes its unit, a share such as `20%` does not",
            "金额只能与金额比较；`100` 这样的数字按其单位理解，`20%` 这样的比例则不行"
        )),
        (Measure::Money(None), Measure::Money(Some(_)) | Measure::BareSum)
        | (Measure::Money(Some(_)), Measure::Money(None)) => Some(give_unit()),
        (Measure::Money(Some(a)), Measure::Money(Some(b))) if a.currency != b.currency => {
            Some(text!(
                "there is no rate of exchange; bring both to one currency first",
                "没有汇率；请先换成同一种货币"
            ))
        }
        (Measure::Money(Some(unit)), Measure::BareSum)
            if unit.currency != Unit::yuan().currency =>
        {
            let currency = &unit.currency;
            Some(text!(
                "a sum without a currency is in 元; write it with its currency: `100万{currency}`",
                "没有写货币的数额按元计算；请写明货币：`100万{currency}`"
            ))
        }
        _ => None,
    }
}

fn mismatch(money: &Type, span: Range<usize>, other: &Bound) -> Finding {
    let (money, odd) = (describe(money), describe(&other.ty));
    Finding::error(
        Code::UnitMismatch,
        Text {
            en: format!("{} and {} do not go together", money.en, odd.en),
            zh: format!("{}与{}不能放在一起", money.zh, odd.zh),
        },
    )
    .at(other.span.clone())
    .label(this_is(&odd))
    .related(span, this_is(&money))
}

/// Amounts that mean nothing together.
fn unit_fault(span: Range<usize>, title: Text, help: Text) -> Box<Finding> {
    Box::new(
        Finding::error(Code::UnitMismatch, title)
            .at(span)
            .help(help),
    )
}

/// The measure of `left op right`, both numbers, after bringing them to one where that is needed.
pub(super) fn arithmetic(
    op: Arithmetic,
    left: &mut Bound,
    right: &mut Bound,
) -> Result<Measure, Box<Finding>> {
    use Measure::{Bare, BareSum, Money, Plain};
    // What counts as an amount beside money: a sum does, a bare number is a factor.
    let amount = |measure: &Measure| matches!(measure, Money(_) | BareSum);
    let money = |measure: &Measure| matches!(measure, Money(_));
    let (a, b) = (left.ty.measure.clone(), right.ty.measure.clone());
    match op {
        Arithmetic::Add | Arithmetic::Subtract => unify(&mut [left, right]),
        Arithmetic::Multiply if (money(&a) && amount(&b)) || (money(&b) && amount(&a)) => {
            Err(unit_fault(
                left.span.start..right.span.end,
                text!("money times money means nothing", "金额乘金额没有意义"),
                text!("multiply money by a plain number", "金额要乘以普通数字"),
            ))
        }
        Arithmetic::Multiply if money(&a) => Ok(a),
        Arithmetic::Multiply if money(&b) => Ok(b),
        Arithmetic::Divide if (money(&a) && amount(&b)) || (money(&b) && amount(&a)) => {
            unify(&mut [left, right]).map(|_| Plain)
        }
        Arithmetic::Divide if money(&a) => Ok(a),
        Arithmetic::Divide if money(&b) => Err(unit_fault(
            left.span.start..right.span.end,
            text!(
                "a number divided by money means nothing",
                "数字除以金额没有意义"
            ),
            text!(
                "divide money by money, or money by a number",
                "用金额除以金额，或金额除以数字"
            ),
        )),
        Arithmetic::Divide if b == BareSum => Ok(Plain),
        Arithmetic::Multiply | Arithmetic::Divide => Ok(match (a, b) {
            (Plain, _) | (_, Plain) => Plain,
            (BareSum, _) | (_, BareSum) => BareSum,
            _ => Bare,
        }),
    }
}
