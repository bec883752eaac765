//! Values and ranges of variables in words.

use super::cells::Cells;
use super::regions::{Region, is_free, is_ordered};
use super::shape::ONE;
use super::values::{Stands, value};
use super::variables::{Kind, Variable};
use crate::diagnostic::Text;
use crate::expr::{Base, Measure};
use crate::table::{Decimal, Value};
use crate::text;

/// The values of the variables that a region does not leave free: `年采购额 = 50 万元, 区域 = '华东'`.
pub fn witness(region: &Region, variables: &[Variable], cells: &Cells) -> Text {
    let told = told(region, variables, cells);
    listed(
        &[", ", "，"],
        told.map(|index| {
            equals(
                &variables[index],
                &cells.samples[index][region[index][0]].value,
            )
        }),
    )
}

/// The ranges that a region stands for, each with a value out of it.
pub fn ranges(region: &Region, variables: &[Variable], cells: &Cells) -> Text {
    let told = told(region, variables, cells);
    listed(
        &["; ", "；"],
        told.map(|index| range(&variables[index], index, &region[index], cells)),
    )
}

/// One row, told by those variables that `wanted` wants.
pub fn row_text(
    row: usize,
    variables: &[Variable],
    cells: &Cells,
    wanted: impl Fn(usize) -> bool,
) -> Text {
    let told = (0..variables.len()).filter(|index| wanted(*index));
    listed(
        &[", ", "，"],
        told.map(|index| {
            equals(
                &variables[index],
                &cells.samples[index][cells.choice(row, index)].value,
            )
        }),
    )
}

/// The bounds of a variable, if it has any: `score` is between 20 and 100.
pub fn bounds(variable: &Variable) -> Option<Text> {
    let Kind::Ordered(shape) = &variable.kind else {
        return None;
    };
    let Text { en, zh } = &variable.name;
    let shown = |key: i64| value(variable.ty.base, key).map(|value| shown(variable, &value));
    let (least, greatest) = (shape.least.and_then(shown), shape.greatest.and_then(shown));
    Some(match (least, greatest) {
        (Some(Text { en: only, .. }), Some(_)) if shape.least == shape.greatest => Text {
            en: format!("{en} is always {only}"),
            zh: format!("{zh} 总是 {only}"),
        },
        (Some(Text { en: least, .. }), Some(Text { en: greatest, .. })) => Text {
            en: format!("{en} lies between {least} and {greatest}"),
            zh: format!("{zh} 在 {least} 和 {greatest} 之间"),
        },
        (Some(Text { en: least, .. }), None) => Text {
            en: format!("{en} is never below {least}"),
            zh: format!("{zh} 不会小于 {least}"),
        },
        (None, Some(Text { en: greatest, .. })) => Text {
            en: format!("{en} is never above {greatest}"),
            zh: format!("{zh} 不会大于 {greatest}"),
        },
        (None, None) => return None,
    })
}

fn told<'a>(
    region: &'a Region,
    variables: &'a [Variable],
    cells: &'a Cells,
) -> impl Iterator<Item = usize> + 'a {
    // A rank has its own words, said once for the whole list.
    (0..variables.len())
        .filter(|index| variables[*index].kind != Kind::Best && !is_free(region, *index, cells))
}

fn listed(signs: &[&str; 2], parts: impl Iterator<Item = Text>) -> Text {
    let parts: Vec<Text> = parts.collect();
    let joined =
        |part: fn(&Text) -> &str, sign: &str| parts.iter().map(part).collect::<Vec<_>>().join(sign);
    Text {
        en: joined(|text| &text.en, signs[0]),
        zh: joined(|text| &text.zh, signs[1]),
    }
}

fn equals(variable: &Variable, value: &Value) -> Text {
    let Text { en, zh } = &variable.name;
    match (&variable.kind, value) {
        (_, Value::Missing) => Text {
            en: format!("{en} missing"),
            zh: format!("{zh} 缺失"),
        },
        (Kind::Truth | Kind::Best, value) => {
            if *value == Value::Bool(true) {
                Text {
                    en: format!("{en} true"),
                    zh: format!("{zh} 成立"),
                }
            } else {
                Text {
                    en: format!("{en} false"),
                    zh: format!("{zh} 不成立"),
                }
            }
        }
        (
            Kind::Pair {
                ordered,
                sides: [left, right],
            },
            value,
        ) => {
            let sign = match value {
                Value::Number(Decimal::ZERO) => "=",
                Value::Number(number) if *ordered && *number < Decimal::ZERO => "<",
                _ if *ordered => ">",
                _ => "<>",
            };
            text!("{left} {sign} {right}", "{left} {sign} {right}")
        }
        (_, value) => {
            let shown = shown(variable, value);
            Text {
                en: format!("{en} = {}", shown.en),
                zh: format!("{zh} = {}", shown.zh),
            }
        }
    }
}

fn range(variable: &Variable, index: usize, choices: &[usize], cells: &Cells) -> Text {
    let samples = &cells.samples[index];
    let (first, last) = (&samples[choices[0]], &samples[choices[choices.len() - 1]]);
    if !is_ordered(variable) {
        let each: Vec<Text> = choices
            .iter()
            .map(|choice| equals(variable, &samples[*choice].value))
            .collect();
        let joined = |part: fn(&Text) -> &str, sign: &str| {
            each.iter().map(part).collect::<Vec<_>>().join(sign)
        };
        return Text {
            en: joined(|text| &text.en, " or "),
            zh: joined(|text| &text.zh, " 或 "),
        };
    }
    let step = match &variable.kind {
        _ if variable.ty.base == Base::Date => 1,
        Kind::Ordered(shape) if shape.step >= ONE => shape.step,
        _ => 0,
    };
    // Of whole numbers and days, the first and the last that are in are told.
    let low = match first.stands {
        Stands::Between(Some(low), _) if step > 0 => {
            Some((low.div_euclid(step) * step + step, true))
        }
        Stands::Between(low, _) => low.map(|low| (low, false)),
        Stands::At(at) => Some((at, true)),
        _ => None,
    };
    let high = match last.stands {
        Stands::Between(_, Some(high)) if step > 0 => {
            Some(((high - 1).div_euclid(step) * step, true))
        }
        Stands::Between(_, high) => high.map(|high| (high, false)),
        Stands::At(at) => Some((at, true)),
        _ => None,
    };
    let word = |end: Option<(i64, bool)>| {
        end.and_then(|(key, inside)| {
            Some((shown(variable, &value(variable.ty.base, key)?).en, inside))
        })
    };
    let Text { en, zh } = &variable.name;
    let such = shown(variable, &first.value).en;
    let (words_en, words_zh) = match (word(low), word(high)) {
        (Some((low, true)), Some((high, true))) if low == high => {
            return Text {
                en: format!("{en} = {low}"),
                zh: format!("{zh} = {low}"),
            };
        }
        (Some((low, true)), Some((high, true))) => (
            format!("from {low} to {high}"),
            format!("从 {low} 到 {high}"),
        ),
        (Some((low, low_in)), Some((high, high_in))) => (
            format!(
                "{} {low} and {} {high}",
                least_word(low_in).0,
                most_word(high_in).0
            ),
            format!(
                "{} {low}、{} {high}",
                least_word(low_in).1,
                most_word(high_in).1
            ),
        ),
        (Some((low, inside)), None) => {
            let (en, zh) = least_word(inside);
            (format!("{en} {low}"), format!("{zh} {low}"))
        }
        (None, Some((high, inside))) => {
            let (en, zh) = most_word(inside);
            (format!("{en} {high}"), format!("{zh} {high}"))
        }
        (None, None) => return equals(variable, &first.value),
    };
    Text {
        en: format!("{en} {words_en}, such as {such}"),
        zh: format!("{zh} {words_zh}，例如 {such}"),
    }
}

const fn least_word(inside: bool) -> (&'static str, &'static str) {
    if inside {
        ("at least", "不小于")
    } else {
        ("above", "大于")
    }
}

const fn most_word(inside: bool) -> (&'static str, &'static str) {
    if inside {
        ("at most", "不大于")
    } else {
        ("below", "小于")
    }
}

/// A value with its unit.
fn shown(variable: &Variable, value: &Value) -> Text {
    let plain = match (value, &variable.ty.measure) {
        (Value::Number(number), _) if variable.percent => number
            .checked_mul(Decimal::HUNDRED)
            .map_or_else(|| number.to_string(), |percent| format!("{percent}%")),
        (Value::Number(number), Measure::Money(Some(unit))) => format!("{number} {unit}"),
        (Value::Number(number), _) => number.to_string(),
        (Value::Date(date), _) => date.to_string(),
        (Value::DateTime(moment), _) => moment.to_string(),
        (Value::Text(text), _) if **text == *"\u{1}" => return text!("anything else", "其他内容"),
        (Value::Text(text), _) => format!("'{text}'"),
        (Value::Bool(_) | Value::List(_) | Value::Missing, _) => return text!("present", "有值"),
    };
    text!("{plain}", "{plain}")
}
