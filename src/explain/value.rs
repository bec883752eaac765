//! Names and values as people read them: `年采购额 100.01 万元`.

use crate::classify::plain_text;
use crate::diagnostic::Lang;
use crate::expr::{Measure, Slot};
use crate::scheme::model::{FieldKind, Scheme, Sight, SlotEntry, SlotKind};
use crate::table::{Decimal, Value};
use crate::words::{Word, estimate_mark};
use std::sync::Arc;

/// How a column is called: its name, or the word for what the language itself names.
pub fn name_of(scheme: &Scheme, slot: Slot, lang: Lang) -> Arc<str> {
    let entry = &scheme.slots.entries[slot.0 as usize];
    match entry.kind {
        SlotKind::Score => Word::Score.get(lang).into(),
        SlotKind::Grade => Word::Grade.get(lang).into(),
        SlotKind::Type => Word::Type.get(lang).into(),
        SlotKind::PreviousGrade => Word::Previous.get(lang).into(),
        SlotKind::PreviousType => Word::PreviousType.get(lang).into(),
        SlotKind::Points(_) | SlotKind::OwnPoints(_) => match lang {
            Lang::Zh => format!("{}的分数", entry.name).into(),
            Lang::En => format!("points of {}", entry.name).into(),
        },
        _ => entry.name.clone(),
    }
}

/// A value of a column with its unit, and the word for an estimate if it is one; the word for missing if it is.
pub fn value_text(scheme: &Scheme, slot: Slot, value: &Value, lang: Lang) -> String {
    let entry = &scheme.slots.entries[slot.0 as usize];
    if entry.sight == Sight::Hidden {
        return Word::Withheld.get(lang).to_owned();
    }
    let text = certain_text(scheme, entry, value, lang);
    if entry.is_estimate && *value != Value::Missing {
        return text + estimate_mark(lang);
    }
    text
}

fn certain_text(scheme: &Scheme, entry: &SlotEntry, value: &Value, lang: Lang) -> String {
    match value {
        Value::Missing => Word::Missing.get(lang).to_owned(),
        Value::Number(number) if is_percent(scheme, entry.kind) => {
            match number.checked_mul(Decimal::HUNDRED) {
                Some(percent) => format!("{percent}%"),
                None => number.to_string(),
            }
        }
        Value::Number(number) => match &entry.ty.measure {
            Measure::Money(Some(unit)) => format!("{number} {unit}"),
            _ => number.to_string(),
        },
        Value::Text(text) if text.is_empty() => Word::Nothing.get(lang).to_owned(),
        other => plain_text(other, lang).unwrap_or_default(),
    }
}

/// Whether a slot is a field of shares, which people read as per cent.
pub fn is_percent(scheme: &Scheme, kind: SlotKind) -> bool {
    let field = match kind {
        SlotKind::Field(field) => scheme
            .customers
            .as_ref()
            .map(|customers| &customers.sheet.fields[field]),
        SlotKind::LookupField(lookup, field) => Some(&scheme.lookups[lookup].sheet.fields[field]),
        _ => None,
    };
    field.is_some_and(|field| field.kind == FieldKind::Percent)
}
