//! Conditions of a scheme in the words of a customer: `streak(月消费额 >= 8万) >= 3` is `月消费额连续三个月达到 8 万元`.
//!
//! What has no words of its own here is said as the scheme writes it: less than well, but true.

use crate::diagnostic::Lang;
use crate::explain::movement::{Count, counts};
use crate::explain::{name_of, value_text};
use crate::expr::{Bound, Comparison, Measure, Node, SeriesFunction, Slot};
use crate::scheme::Scheme;
use crate::table::{Decimal, Period, PeriodKind, Unit, Value};
use crate::words::by_count;

/// What a condition asks for, its parts one by one: `得分达到 80`.
pub fn wanted(scheme: &Scheme, when: &Bound, text: &str, lang: Lang) -> Vec<String> {
    parts(when)
        .map(|part| match counts(part).first() {
            Some(count) => counted(scheme, count, true, text, lang),
            None => compared(scheme, part, lang).unwrap_or_else(|| written(text, part)),
        })
        .collect()
}

/// What must all hold for a condition to hold.
pub fn parts(when: &Bound) -> impl Iterator<Item = &Bound> {
    match &when.node {
        Node::And(parts) => parts.iter(),
        _ => std::slice::from_ref(when).iter(),
    }
}

/// A part of a condition as the scheme writes it.
pub fn written(text: &str, part: &Bound) -> String {
    text.get(part.span.clone()).unwrap_or(text).to_owned()
}

/// `连续三个月达到 8 万元`; with the name of the series before it if it is not said already.
pub fn counted(scheme: &Scheme, count: &Count<'_>, named: bool, text: &str, lang: Lang) -> String {
    let kind = count
        .argument
        .slots()
        .first()
        .and_then(|slot| period_of(scheme, *slot))
        .unwrap_or(scheme.period);
    let many = many(count.needed, kind, lang);
    let what = match count.function {
        SeriesFunction::Rising => pick(lang, "上升", "rising").to_owned(),
        SeriesFunction::Falling => pick(lang, "下降", "falling").to_owned(),
        _ => against(scheme, count.argument, lang)
            .map_or_else(|| written(text, count.argument), |(_, what)| what),
    };
    let slots = count.argument.slots();
    let name = slots.first().filter(|_| named);
    let name = name.map(|slot| name_of(scheme, *slot, lang));
    match (lang, name) {
        (Lang::Zh, Some(name)) => format!("{name}连续{many}{what}"),
        (Lang::Zh, None) => format!("连续{many}{what}"),
        (Lang::En, Some(name)) => format!("{name} {what} for {many} in a row"),
        (Lang::En, None) => format!("{what} for {many} in a row"),
    }
}

/// `得分达到 80`, for a comparison of a name with a value; `None` for anything else.
pub fn compared(scheme: &Scheme, part: &Bound, lang: Lang) -> Option<String> {
    let (slot, what) = against(scheme, part, lang)?;
    let name = name_of(scheme, slot, lang);
    Some(match lang {
        Lang::Zh => format!("{name}{what}"),
        Lang::En => format!("{name} {what}"),
    })
}

/// The name that a comparison is about, and what is asked of it: `达到 8 万元`.
pub fn against(scheme: &Scheme, part: &Bound, lang: Lang) -> Option<(Slot, String)> {
    let Node::Compare(comparison, left, right) = &part.node else {
        return None;
    };
    let sides = slot_of(left).zip(literal(right));
    let (slot, value, comparison) = if let Some(((slot, scale), value)) = sides {
        (slot, descaled(value, scale)?, *comparison)
    } else {
        let (slot, scale) = slot_of(right)?;
        (slot, descaled(literal(left)?, scale)?, turned(*comparison))
    };
    let value = amount(scheme, slot, &value, lang);
    let word = match comparison {
        Comparison::Equal => pick(lang, "为", "is"),
        Comparison::NotEqual => pick(lang, "不为", "is not"),
        Comparison::Less => pick(lang, "低于", "below"),
        Comparison::LessEqual => pick(lang, "不超过", "at most"),
        Comparison::Greater => pick(lang, "超过", "above"),
        Comparison::GreaterEqual => pick(lang, "达到", "at least"),
    };
    Some((slot, format!("{word} {value}")))
}

/// A name, and by how much its value is multiplied before it is compared.
fn slot_of(side: &Bound) -> Option<(Slot, i64)> {
    match &side.node {
        Node::Slot(slot) => Some((*slot, 1)),
        Node::Rescale(inner, scale) => match &inner.node {
            Node::Slot(slot) => Some((*slot, *scale)),
            _ => None,
        },
        _ => None,
    }
}

fn literal(side: &Bound) -> Option<&Value> {
    match &side.node {
        Node::Literal(value) => Some(value),
        _ => None,
    }
}

fn descaled(value: &Value, scale: i64) -> Option<Value> {
    match value {
        Value::Number(number) if scale != 1 => {
            let scale = Decimal::from_int(scale)?;
            number.checked_div(scale).map(Value::Number)
        }
        value => Some(value.clone()),
    }
}

const fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        same => same,
    }
}

/// A value as a customer reads it: `82000` 元 is `8.2 万元` in Chinese, and nothing is rounded.
pub fn amount(scheme: &Scheme, slot: Slot, value: &Value, lang: Lang) -> String {
    let entry = &scheme.slots.entries[slot.0 as usize];
    if let (Value::Number(number), Measure::Money(Some(unit)), Lang::Zh) =
        (value, &entry.ty.measure, lang)
        && *unit == Unit::yuan()
    {
        for (scale, word) in [(100_000_000, "亿元"), (10_000, "万元")] {
            let large = Unit {
                scale,
                ..Unit::yuan()
            };
            let least = Decimal::from_int(scale).unwrap_or_default();
            if number.abs() >= least
                && unit.converts_exactly(*number, &large)
                && let Some(converted) = unit.convert(*number, &large)
            {
                return format!("{converted} {word}");
            }
        }
    }
    value_text(scheme, slot, value, lang)
}

/// A period as a customer reads it: `4月`, with its year where that is another than `year`.
pub fn period(period: Period, year: i32, lang: Lang) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Some(start) = period.start() else {
        return period.to_string();
    };
    let (of, month, _) = start.ymd();
    let months = period.kind.months() as u32;
    let place = (month - 1) / months + 1;
    let short = match (period.kind, lang) {
        (PeriodKind::Month, Lang::Zh) => format!("{month}月"),
        (PeriodKind::Month, Lang::En) => MONTHS[(month as usize - 1) % 12].to_owned(),
        (PeriodKind::Quarter, Lang::Zh) => format!("第{}季度", numeral(place as usize)),
        (PeriodKind::Quarter, Lang::En) => format!("Q{place}"),
        (PeriodKind::HalfYear, Lang::Zh) => pick(lang, "上半年", "").to_owned(),
        (PeriodKind::HalfYear, Lang::En) => format!("H{place}"),
        (PeriodKind::Year, Lang::Zh) => return format!("{of}年"),
        (PeriodKind::Year, Lang::En) => return of.to_string(),
    };
    let short = if (period.kind, lang, place) == (PeriodKind::HalfYear, Lang::Zh, 2) {
        "下半年".to_owned()
    } else {
        short
    };
    match lang {
        _ if of == year => short,
        Lang::Zh => format!("{of}年{short}"),
        Lang::En => format!("{short} {of}"),
    }
}

/// `三个月`, `three months`.
fn many(count: usize, kind: PeriodKind, lang: Lang) -> String {
    const ENGLISH: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    match lang {
        Lang::Zh => {
            let number = if count == 2 {
                "两".to_owned()
            } else {
                numeral(count)
            };
            let unit = match kind {
                PeriodKind::Month => "个月",
                PeriodKind::Quarter => "个季度",
                PeriodKind::HalfYear => "个半年",
                PeriodKind::Year => "年",
            };
            format!("{number}{unit}")
        }
        Lang::En => {
            let number = ENGLISH
                .get(count)
                .map_or_else(|| count.to_string(), |&word| word.to_owned());
            let unit = match kind {
                PeriodKind::Month => "month",
                PeriodKind::Quarter => "quarter",
                PeriodKind::HalfYear => "half-year",
                PeriodKind::Year => "year",
            };
            let ending = by_count(&count, "", "s");
            format!("{number} {unit}{ending}")
        }
    }
}

/// A count as Chinese writes it in a sentence.
fn numeral(count: usize) -> String {
    const CHINESE: [&str; 13] = [
        "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
    ];
    CHINESE
        .get(count)
        .map_or_else(|| format!(" {count} "), |&word| word.to_owned())
}

/// The period of a series.
pub fn period_of(scheme: &Scheme, slot: Slot) -> Option<PeriodKind> {
    match scheme.slots.entries[slot.0 as usize].kind {
        crate::scheme::model::SlotKind::Metric(metric) => scheme.metrics[metric].per,
        _ => None,
    }
}

/// One of two words.
pub const fn pick(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
