//! How far a customer is from other grades, in an explanation: as text for people and as JSON for programs.

use super::explanation::{number, value_json};
use crate::diagnostic::Lang;
use crate::explain;
use crate::explain::distance::{self, Reach, Shifted, Way};
use crate::grading::Grading;
use crate::scheme::model::SlotKind;
use crate::table::Decimal;
use crate::words::Word;
use serde_json::{Value, json};
use std::fmt::Write;

/// How far a customer is from other grades, for those who may be told.
#[derive(Clone, Debug)]
pub enum Distances {
    /// There is nothing to tell: a scheme without grades.
    None,
    /// What the grade is made of is not all for this reader.
    Withheld,
    /// For each value the nearest changes; by how much all values shift if that was asked, and what that does, if that is
    /// for this reader.
    Told(Vec<Reach>, Option<(Decimal, Option<Vec<Shifted>>)>),
}

/// How far the customer is from other grades, a line for each value.
pub(super) fn lines(grading: &Grading, distances: &Distances, lang: Lang, out: &mut String) {
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
    let heading = match (keeps, lang) {
        (false, _) => heading.to_owned(),
        (true, Lang::En) => format!("{heading}; `keep` is left out"),
        (true, Lang::Zh) => format!("{heading}；未计保级条件 keep"),
    };
    match distances {
        Distances::None => {}
        Distances::Withheld => {
            let _ = writeln!(out, "\n{heading}: {}", Word::Withheld.get(lang));
        }
        Distances::Told(reaches, shifts) => {
            if !reaches.is_empty() {
                let _ = writeln!(out, "\n{heading}:");
            }
            for line in distance::texts(scheme, reaches, lang) {
                let _ = writeln!(out, "  {line}");
            }
            if let Some((by, shifted)) = shifts {
                let text = match shifted {
                    Some(shifted) => shift_text(grading, *by, shifted, lang),
                    None => format!("±{}% {}", percent(*by), Word::Withheld.get(lang)),
                };
                let _ = writeln!(out, "\n{text}");
            }
        }
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

/// Each value with its distances.
pub(super) fn json(grading: &Grading, row: usize, distances: &Distances, lang: Lang) -> Value {
    let Distances::Told(reaches, _) = distances else {
        return Value::Null;
    };
    let scheme = &grading.scheme;
    let grade = |grade: Option<u32>| grade.map(|grade| scheme.grades[grade as usize].name.clone());
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
                "grade": grade(change.grade),
                "better": change.better,
                "text": distance::change_text(scheme, reach.slot, change, lang),
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
    let Distances::Told(_, Some((by, Some(shifted)))) = distances else {
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
