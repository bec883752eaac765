//! How far a customer is from other grades, in an explanation: as text for people and as JSON for programs.

use super::explanation::{number, value_json};
use crate::diagnostic::Lang;
use crate::explain;
use crate::explain::distance::{self, About, Reach, Shifted, Way};
use crate::grading::Grading;
use crate::scheme::model::SlotKind;
use crate::table::Decimal;
use crate::words::Word;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

/// How far a customer is from other grades, and from other types.
#[derive(Clone, Debug, Default)]
pub struct Distances {
    /// From other grades.
    pub grades: Told,
    /// From other types.
    pub types: Told,
    /// By how much all values shift if that was asked, and what that does to the grade, if that is for this reader.
    pub shift: Option<(Decimal, Option<Vec<Shifted>>)>,
}

/// The nearest changes, for those who may be told.
#[derive(Clone, Debug, Default)]
pub enum Told {
    /// There is nothing to tell: a scheme without grades, or types.
    #[default]
    None,
    /// What the grade or the type is made of is not all for this reader.
    Withheld,
    /// For each value the nearest changes.
    Told(Vec<Reach>),
}

/// How far the customer is from other grades and types, a line for each value.
pub(super) fn lines(grading: &Grading, distances: &Distances, lang: Lang, out: &mut String) {
    let grades = grades_heading(grading, lang);
    told(grading, About::Grade, &grades, &distances.grades, lang, out);
    if let Some((by, shifted)) = &distances.shift {
        let text = match shifted {
            Some(shifted) => shift_text(grading, *by, shifted, lang),
            None => format!("±{}% {}", percent(*by), Word::Withheld.get(lang)),
        };
        let _ = writeln!(out, "\n{text}");
    }
    let types = match (grading.scheme.type_movement.is_some(), lang) {
        (false, Lang::En) => "What would change the type (each value alone, all else as it is)",
        (false, Lang::Zh) => "怎样会变类型（只变一个值，其他都不变）",
        (true, Lang::En) => {
            "What would change the type that the values give (each value alone, all else as it is)"
        }
        (true, Lang::Zh) => "怎样会改变当期数值对应的类型（只变一个值，其他都不变）",
    };
    told(grading, About::Type, types, &distances.types, lang, out);
}

/// What is told of grades, or types, under its heading.
fn told(grading: &Grading, about: About, heading: &str, told: &Told, lang: Lang, out: &mut String) {
    match told {
        Told::None => {}
        Told::Withheld => {
            let _ = writeln!(out, "\n{heading}: {}", Word::Withheld.get(lang));
        }
        Told::Told(reaches) => {
            if !reaches.is_empty() {
                let _ = writeln!(out, "\n{heading}:");
            }
            for line in distance::texts(&grading.scheme, about, reaches, lang) {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
}

fn grades_heading(grading: &Grading, lang: Lang) -> String {
    let scheme = &grading.scheme;
    let heading = match (scheme.grade_movement.is_some(), lang) {
        (false, Lang::En) => "What would change the grade (each value alone, all else as it is)",
        (false, Lang::Zh) => "怎样会变等级（只变一个值，其他都不变）",
        (true, Lang::En) => {
            "What would change the grade that the values give (each value alone, all else as it is)"
        }
        (true, Lang::Zh) => "怎样会改变当期数值对应的等级（只变一个值，其他都不变）",
    };
    // What a customer keeps in spite of its values is for the rules of movement to say.
    let keeps =
        scheme.grade_movement.is_some() && scheme.grades.iter().any(|grade| grade.keep.is_some());
    match (keeps, lang) {
        (false, _) => heading.to_owned(),
        (true, Lang::En) => format!("{heading}; `keep` is left out"),
        (true, Lang::Zh) => format!("{heading}；未计保级条件 keep"),
    }
}

fn percent(by: Decimal) -> Decimal {
    by.checked_mul(Decimal::HUNDRED).unwrap_or(by)
}

/// Whether the grade stands where each value is somewhat more or less.
fn shift_text(grading: &Grading, by: Decimal, shifted: &[Shifted], lang: Lang) -> String {
    let scheme = &grading.scheme;
    let percent = percent(by);
    let items = shifted.iter().filter_map(|shifted| {
        let (slot, to) = (shifted.slot?, shifted.to.as_ref()?);
        let name = explain::name_of(scheme, slot, lang);
        let to = explain::value_text(scheme, slot, to, lang);
        let grade = distance::grade_text(scheme, shifted.grade, lang);
        Some(format!("{name} {to} → {grade}"))
    });
    let items: Vec<String> = items.collect();
    match (items.is_empty(), lang) {
        (true, Lang::Zh) => format!("任何一个值增减 {percent}%，等级不变"),
        (true, Lang::En) => format!("the grade stands if any value is {percent}% more or less"),
        (false, Lang::Zh) => format!("增减 {percent}% 会变等级：{}", items.join("；")),
        (false, Lang::En) => {
            let items = items.join("; ");
            format!("{percent}% more or less changes the grade: {items}")
        }
    }
}

/// Each value with its distances, those of grades before those of types.
pub(super) fn json(grading: &Grading, row: usize, distances: &Distances, lang: Lang) -> Value {
    let all = [
        (About::Grade, &distances.grades),
        (About::Type, &distances.types),
    ];
    let mut items = vec![];
    let mut is_told = false;
    for (about, told) in all {
        if let Told::Told(reaches) = told {
            is_told = true;
            items.extend(reaches_json(grading, about, row, reaches, lang));
        }
    }
    if is_told { items.into() } else { Value::Null }
}

fn reaches_json(
    grading: &Grading,
    about: About,
    row: usize,
    reaches: &[Reach],
    lang: Lang,
) -> Vec<Value> {
    let scheme = &grading.scheme;
    let (of, level): (_, &dyn Fn(u32) -> Arc<str>) = match about {
        About::Grade => ("grade", &|grade| scheme.grades[grade as usize].name.clone()),
        About::Type => ("type", &|kind| scheme.types[kind as usize].name.clone()),
    };
    let is_ordered = about == About::Grade || scheme.type_movement.is_some();
    let reach = |reach: &Reach| {
        let changes = reach.changes.iter().map(|change| {
            let way = match change.way {
                Way::More => "more",
                Way::Less => "less",
                Way::Other => "other",
                Way::Unnamed => "unnamed",
            };
            json!({
                "way": way,
                "to": value_json(&change.to),
                "by": number(change.by),
                of: change.grade.map(level),
                "better": is_ordered.then_some(change.better),
                "text": distance::change_text(scheme, about, reach.slot, change, lang),
            })
        });
        let kind = scheme.slots.entries[reach.slot.0 as usize].kind;
        let cell = match kind {
            SlotKind::Field(field) => explain::field_cell(grading, field, row),
            SlotKind::LookupField(lookup, field) => {
                explain::lookup_cell(grading, lookup, field, row)
            }
            _ => None,
        };
        json!({
            "of": of,
            "name": explain::name_of(scheme, reach.slot, lang),
            "place": cell.map(|cell| cell.to_string()),
            "now": value_json(&reach.now),
            "step": number(reach.step),
            "changes": changes.collect::<Vec<_>>(),
            "why": reach.why.map(|why| distance::why_text(why, lang)),
        })
    };
    reaches.iter().map(reach).collect()
}

/// Whether the grade stands where each value is somewhat more or less.
pub(super) fn shifts_json(grading: &Grading, distances: &Distances, lang: Lang) -> Value {
    let Some((by, Some(shifted))) = &distances.shift else {
        return Value::Null;
    };
    let scheme = &grading.scheme;
    let changes = shifted.iter().map(|shifted| {
        json!({
            "name": shifted.slot.map(|slot| explain::name_of(scheme, slot, lang)),
            "to": shifted.to.as_ref().map(value_json),
            "grade": shifted.grade.map(|grade| scheme.grades[grade as usize].name.clone()),
        })
    });
    let changes: Vec<Value> = changes.collect();
    json!({ "by": number(Some(*by)), "stands": changes.is_empty(), "changes": changes })
}
