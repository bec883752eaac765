//! Values and ranges of variables in words.

use super::regions::{Region, is_ordered};
use super::shape::{ONE, narrow};
use super::values::{Stands, value};
use super::variables::{Kind, Variable};
use super::{Judged, world::told::Told};
use crate::diagnostic::Text;
use crate::expr::{Base, Measure};
use crate::table::{Decimal, Value};
use crate::text;

/// The ranges that a region stands for, each with the value of a customer in it.
pub fn ranges(region: &Region, judged: &Judged<'_>, value: impl Fn(usize) -> Value) -> Text {
    let parts = told(region, judged)
        .into_iter()
        .map(|index| range(&judged.grid.told[index], &region[index], &value(index)));
    listed(&["; ", "；"], parts)
}

/// One customer, told by some things.
pub fn row_text(row: usize, judged: &Judged<'_>, told: &[usize]) -> Text {
    let parts = told.iter().map(|index| {
        equals(
            &judged.grid.told[*index].variable,
            &judged.value(row, *index),
        )
    });
    listed(&[", ", "，"], parts)
}

/// The bounds of a variable, if it is compared with anything at or beyond one: `score` is between 20 and 100.
pub fn bounds(variable: &Variable) -> Option<Text> {
    let Kind::Ordered(shape) = &variable.kind else {
        return None;
    };
    let (first, last) = (variable.thresholds.first(), variable.thresholds.last());
    let is_met = |bound: Option<i64>, threshold: Option<&i64>, is_beyond: fn(i64, i64) -> bool| {
        bound
            .zip(threshold)
            .is_some_and(|(bound, threshold)| is_beyond(*threshold, bound))
    };
    // What no comparison comes to is no reason.
    if !is_met(shape.least, first, |threshold, least| threshold <= least)
        && !is_met(shape.greatest, last, |threshold, greatest| {
            threshold >= greatest
        })
    {
        return None;
    }
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

/// What a region does not leave free. A rank has its own words, said once for the whole list.
pub fn told(region: &Region, judged: &Judged<'_>) -> Vec<usize> {
    (0..region.len())
        .filter(|index| judged.grid.told[*index].variable.kind != Kind::Best)
        .filter(|index| !judged.grid.is_free(region, *index))
        .collect()
}

pub fn listed(signs: &[&str; 2], parts: impl Iterator<Item = Text>) -> Text {
    let parts: Vec<Text> = parts.collect();
    let joined =
        |part: fn(&Text) -> &str, sign: &str| parts.iter().map(part).collect::<Vec<_>>().join(sign);
    Text {
        en: joined(|text| &text.en, signs[0]),
        zh: joined(|text| &text.zh, signs[1]),
    }
}

/// What a variable is: `x = 5`.
pub fn equals(variable: &Variable, value: &Value) -> Text {
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

fn range(told: &Told, choices: &[usize], such: &Value) -> Text {
    let (variable, samples) = (&told.variable, &told.samples);
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
    // Of whole numbers and days, the first and the last that are in are told; beyond 64 bits there is none.
    let steps = i128::from(step);
    let inside = |key: i128| narrow(key).map(|key| (key, true));
    let low = match first.stands {
        Stands::Between(Some(low), _) if step > 0 => {
            inside((i128::from(low).div_euclid(steps) + 1) * steps)
        }
        Stands::Between(low, _) => low.map(|low| (low, false)),
        Stands::At(at) => Some((at, true)),
        _ => None,
    };
    let high = match last.stands {
        Stands::Between(_, Some(high)) if step > 0 => {
            inside((i128::from(high) - 1).div_euclid(steps) * steps)
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
    let such = shown(variable, such).en;
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
pub fn shown(variable: &Variable, value: &Value) -> Text {
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
