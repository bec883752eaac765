//! Distances in words: `年采购额 再增 12.4 万元 → A`.

use super::{About, Change, Reach, Way, Why};
use crate::diagnostic::Lang;
use crate::explain::{name_of, value_text};
use crate::expr::{Base, Slot};
use crate::scheme::model::Scheme;
use crate::table::{Decimal, Value};

/// One change: by how much, to what, and the grade or type that it gives.
pub fn change_text(
    scheme: &Scheme,
    about: About,
    slot: Slot,
    change: &Change,
    lang: Lang,
) -> String {
    let to = value_text(scheme, slot, &change.to, lang);
    let grade = level_text(scheme, about, change.grade, lang);
    let by = change.by.map(|by| by_text(scheme, slot, by, lang));
    let is_day = matches!(change.to, Value::Date(_) | Value::DateTime(_));
    match (change.way, by, lang) {
        (Way::More, Some(by), Lang::Zh) if is_day => format!("推后 {by}（到 {to}）→ {grade}"),
        (Way::Less, Some(by), Lang::Zh) if is_day => format!("提前 {by}（到 {to}）→ {grade}"),
        (Way::More, Some(by), Lang::Zh) => format!("再增 {by}（到 {to}）→ {grade}"),
        (Way::Less, Some(by), Lang::Zh) => format!("减少 {by}（到 {to}）→ {grade}"),
        (Way::More, Some(by), Lang::En) if is_day => format!("{by} later ({to}) → {grade}"),
        (Way::Less, Some(by), Lang::En) if is_day => format!("{by} earlier ({to}) → {grade}"),
        (Way::More, Some(by), Lang::En) => format!("{by} more ({to}) → {grade}"),
        (Way::Less, Some(by), Lang::En) => format!("{by} less ({to}) → {grade}"),
        (Way::Unnamed, _, Lang::Zh) => format!("改为方案未提到的内容 → {grade}"),
        (Way::Unnamed, _, Lang::En) => format!("a text that the scheme does not name → {grade}"),
        (_, _, Lang::Zh) => format!("改为 {to} → {grade}"),
        (_, _, Lang::En) => format!("{to} instead → {grade}"),
    }
}

/// The grade that a change gives.
pub fn grade_text(scheme: &Scheme, grade: Option<u32>, lang: Lang) -> String {
    level_text(scheme, About::Grade, grade, lang)
}

/// The grade or type that a change gives.
fn level_text(scheme: &Scheme, about: About, level: Option<u32>, lang: Lang) -> String {
    match (level, about, lang) {
        (Some(grade), About::Grade, _) => scheme.grades[grade as usize].name.to_string(),
        (Some(kind), About::Type, _) => scheme.types[kind as usize].name.to_string(),
        (None, About::Grade, Lang::Zh) => "无等级".to_owned(),
        (None, About::Grade, Lang::En) => "no grade".to_owned(),
        (None, About::Type, Lang::Zh) => "无类型".to_owned(),
        (None, About::Type, Lang::En) => "no type".to_owned(),
    }
}

/// By how much: with the unit of the value, in percentage points for shares, in days for days.
fn by_text(scheme: &Scheme, slot: Slot, by: Decimal, lang: Lang) -> String {
    let entry = &scheme.slots.entries[slot.0 as usize];
    match (entry.ty.base, lang) {
        (Base::Date, Lang::Zh) => format!("{by} 天"),
        (Base::Date, Lang::En) if by == Decimal::ONE => "1 day".to_owned(),
        (Base::Date, Lang::En) => format!("{by} days"),
        (Base::DateTime, _) => time_text(by, lang),
        _ => match (crate::explain::is_percent(scheme, entry.kind), lang) {
            (true, Lang::Zh) => format!("{} 个百分点", percent(by)),
            (true, Lang::En) => format!("{} percentage points", percent(by)),
            (false, _) => value_text(scheme, slot, &Value::Number(by), lang),
        },
    }
}

/// So many seconds in the units in which people tell a time: days, hours, minutes and seconds, those that are not 0.
fn time_text(seconds: Decimal, lang: Lang) -> String {
    let seconds = seconds.trunc();
    let units = [
        (seconds / 86_400, "天", "day"),
        (seconds / 3_600 % 24, "小时", "hour"),
        (seconds / 60 % 60, "分钟", "minute"),
        (seconds % 60, "秒", "second"),
    ];
    let told = units.into_iter().filter(|(count, ..)| *count != 0);
    let told: Vec<String> = told
        .map(|(count, zh, en)| match lang {
            Lang::Zh => format!("{count} {zh}"),
            Lang::En if count == 1 => format!("{count} {en}"),
            Lang::En => format!("{count} {en}s"),
        })
        .collect();
    told.join(" ")
}

fn percent(by: Decimal) -> Decimal {
    by.checked_mul(Decimal::HUNDRED).unwrap_or(by)
}

/// Why nothing is said of a value.
pub const fn why_text(why: Why, lang: Lang) -> &'static str {
    match (why, lang) {
        (Why::Missing, Lang::Zh) => "缺失",
        (Why::Missing, Lang::En) => "missing",
        (Why::Periods, Lang::Zh) => "每期一个值，未求解",
        (Why::Periods, Lang::En) => "a value for each period: not worked out",
        (Why::Metrics, Lang::Zh) => "指标也由它算出，未求解",
        (Why::Metrics, Lang::En) => "metrics are made of it too: not worked out",
        (Why::Others, Lang::Zh) => "其他客户的名次也随之变动，未求解",
        (Why::Others, Lang::En) => "what others are ranked by changes with it: not worked out",
        (Why::Texts, Lang::Zh) => "按文字排名，未求解",
        (Why::Texts, Lang::En) => "texts are ranked: not worked out",
        (Why::Unnamed, Lang::Zh) => "方案未提到的内容未求解",
        (Why::Unnamed, Lang::En) => "texts that the scheme does not name: not worked out",
        (Why::Withheld, Lang::Zh) => "与不可见的客户一起排名，保密",
        (Why::Withheld, Lang::En) => "ranked among customers not shown here: withheld",
        (Why::TooMany, Lang::Zh) => "可能的取值太多，未求解",
        (Why::TooMany, Lang::En) => "too many values are possible: not worked out",
    }
}

/// What there is to say of one value: its name, what it is, and each change.
pub fn reach_text(scheme: &Scheme, about: About, reach: &Reach, lang: Lang) -> String {
    let name = name_of(scheme, reach.slot, lang);
    let head = match (reach.why, lang) {
        (Some(Why::Missing | Why::Periods), Lang::Zh) => format!("{name}："),
        (Some(Why::Missing | Why::Periods), Lang::En) => format!("{name}: "),
        (_, Lang::Zh) => {
            let now = value_text(scheme, reach.slot, &reach.now, lang);
            format!("{name}（现 {now}）：")
        }
        (_, Lang::En) => {
            let now = value_text(scheme, reach.slot, &reach.now, lang);
            format!("{name} (now {now}): ")
        }
    };
    let changes = reach.changes.iter();
    let changes = changes.map(|change| change_text(scheme, about, reach.slot, change, lang));
    let changes: Vec<String> = changes.collect();
    let tail = match (reach.why, lang) {
        (Some(why), Lang::Zh) if !changes.is_empty() => {
            format!("{}；其余：{}", changes.join("；"), why_text(why, lang))
        }
        (Some(why), Lang::En) if !changes.is_empty() => {
            format!("{}; else: {}", changes.join("; "), why_text(why, lang))
        }
        (Some(why), _) => why_text(why, lang).to_owned(),
        (None, _) if changes.is_empty() => match (about, lang) {
            (About::Grade, Lang::Zh) => "单独变动不改变等级",
            (About::Grade, Lang::En) => "no other value changes the grade",
            (About::Type, Lang::Zh) => "单独变动不改变类型",
            (About::Type, Lang::En) => "no other value changes the type",
        }
        .to_owned(),
        (None, Lang::Zh) => changes.join("；"),
        (None, Lang::En) => changes.join("; "),
    };
    format!("{head}{tail}")
}

/// A line for each value.
pub fn texts(scheme: &Scheme, about: About, reaches: &[Reach], lang: Lang) -> Vec<String> {
    let reaches = reaches.iter();
    reaches
        .map(|reach| reach_text(scheme, about, reach, lang))
        .collect()
}
