//! Names and values as people read them: `年采购额 100.01 万元`.

use crate::classify::plain_text;
use crate::diagnostic::Lang;
use crate::expr::{Measure, Slot};
use crate::scheme::model::{FieldKind, Scheme, Sight, SlotEntry, SlotKind};
use crate::table::{Column, Decimal, Value};
use crate::words::{Word, estimate_mark};
use std::fmt::Write;
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
    let mut text = String::new();
    Worded::new(scheme, slot, lang).write(value, &mut text);
    text
}

/// A column in words: what does not depend on the customer is worked out once.
#[derive(Clone, Debug)]
pub(super) struct Worded<'a> {
    /// Where the column is.
    pub slot: Slot,
    /// How it is called.
    pub name: Arc<str>,
    entry: &'a SlotEntry,
    is_percent: bool,
    /// What stands behind an amount of money.
    unit: Option<String>,
    pub lang: Lang,
}

impl<'a> Worded<'a> {
    pub fn new(scheme: &'a Scheme, slot: Slot, lang: Lang) -> Self {
        let entry = &scheme.slots.entries[slot.0 as usize];
        Self {
            slot,
            name: name_of(scheme, slot, lang),
            entry,
            is_percent: is_percent(scheme, entry.kind),
            unit: match &entry.ty.measure {
                Measure::Money(Some(unit)) => Some(format!(" {unit}")),
                _ => None,
            },
            lang,
        }
    }

    /// Whether nobody is told a value.
    pub fn is_hidden(&self) -> bool {
        self.entry.sight == Sight::Hidden
    }

    /// Whether it has a value for each period.
    pub fn is_series(&self) -> bool {
        self.entry.ty.series
    }

    /// Appends [`value_text`].
    pub fn write(&self, value: &Value, out: &mut String) {
        match value {
            _ if self.is_hidden() => out.push_str(Word::Withheld.get(self.lang)),
            Value::Missing => out.push_str(Word::Missing.get(self.lang)),
            Value::Text(text) => self.text(text, out),
            value => {
                self.certain(value, out);
                self.mark(out);
            }
        }
    }

    /// The same of an entry of a column.
    pub fn write_entry(&self, column: &Column, row: usize, out: &mut String) {
        match column {
            _ if self.is_hidden() => self.write(&Value::Missing, out),
            // Not as a value: that would count the holders of the text.
            Column::Text(texts) => match texts.get(row) {
                Some(text) => self.text(text, out),
                None => self.write(&Value::Missing, out),
            },
            column => self.write(&column.value(row), out),
        }
    }

    fn text(&self, text: &str, out: &mut String) {
        out.push_str(match text {
            "" => Word::Nothing.get(self.lang),
            text => text,
        });
        self.mark(out);
    }

    fn mark(&self, out: &mut String) {
        if self.entry.is_estimate {
            out.push_str(estimate_mark(self.lang));
        }
    }

    /// A value that is there and no text.
    fn certain(&self, value: &Value, out: &mut String) {
        match value {
            Value::Number(number) if self.is_percent => {
                match number.checked_mul(Decimal::HUNDRED) {
                    Some(percent) => out.extend([percent.digits().as_str(), "%"]),
                    None => out.push_str(number.digits().as_str()),
                }
            }
            Value::Number(number) => {
                out.push_str(number.digits().as_str());
                out.push_str(self.unit.as_deref().unwrap_or_default());
            }
            Value::Date(date) => {
                // Writing to memory cannot fail.
                let _ = write!(out, "{date}");
            }
            other => out.push_str(&plain_text(other, self.lang).unwrap_or_default()),
        }
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
