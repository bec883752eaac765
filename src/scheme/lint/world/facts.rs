//! Made customers as the columns that are graded.

use super::cells::Row;
use super::open::Open;
use super::periods::History;
use crate::assess::Facts;
use crate::expr::{Base, SeriesColumn, Slot, Type};
use crate::scheme::model::SlotKind;
use crate::table::{Column, ColumnBuilder, Date, ListColumn, TextColumn, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// For each series of some the histories of all of them: in a customer's row stands which one is its.
pub type Histories<'h> = BTreeMap<Slot, (&'h [Slot], &'h [History])>;

/// The columns of made customers who have `rows` of the values `slots`; all other values are missing.
pub fn facts(
    open: &Open<'_>,
    slots: &[Slot],
    rows: &[Row],
    histories: &Histories<'_>,
    as_of: Date,
) -> Facts {
    // Nobody is told of one of them by name.
    let ids: Vec<Arc<str>> = vec![Arc::from(""); rows.len()];
    let mut facts = Facts::new(&open.scheme, ids, as_of);
    let nobody = vec![None; rows.len()];
    for (index, entry) in open.scheme.slots.entries.iter().enumerate() {
        let slot = Slot(index as u32);
        let from_outside = matches!(
            entry.kind,
            SlotKind::Field(_)
                | SlotKind::LookupField(..)
                | SlotKind::Metric(_)
                | SlotKind::PreviousGrade
                | SlotKind::PreviousType
                | SlotKind::Tag(_)
                | SlotKind::Id
        );
        if !from_outside {
            continue;
        }
        let place = slots.iter().position(|known| *known == slot);
        if let Some((group, histories)) = histories.get(&slot) {
            let place = place.zip(group.iter().position(|known| *known == slot));
            if let Some((place, member)) = place {
                facts.set_series(slot, series(&entry.ty, rows, place, histories, member));
            }
            continue;
        }
        let Some(place) = place else {
            facts.set(slot, empty(&entry.ty).gather(&nobody));
            continue;
        };
        let mut builder = ColumnBuilder::like(&empty(&entry.ty));
        for row in rows {
            builder.push(&row[place]);
        }
        facts.set(slot, builder.finish());
    }
    facts
}

fn series(
    ty: &Type,
    rows: &[Row],
    place: usize,
    histories: &[History],
    member: usize,
) -> SeriesColumn {
    let periods = histories.first().map_or(0, Vec::len);
    let mut builder = ColumnBuilder::like(&empty(ty));
    for row in rows {
        let history = number(&row[place]).and_then(|index| histories.get(index));
        for period in 0..periods {
            builder.push(history.map_or(&Value::Missing, |history| &history[period][member]));
        }
    }
    SeriesColumn {
        periods,
        values: builder.finish(),
        ends: (1..=periods as i32).collect(),
        skipped: vec![false; periods],
    }
}

/// Which history a customer has.
pub fn number(value: &Value) -> Option<usize> {
    match value {
        Value::Number(number) => usize::try_from(number.millionths() / super::ONE).ok(),
        _ => None,
    }
}

/// A column without rows for values of a type.
fn empty(ty: &Type) -> Column {
    match ty.base {
        Base::Bool => Column::Bool(vec![]),
        Base::Number => Column::Number(vec![]),
        Base::Date => Column::Date(vec![]),
        Base::DateTime => Column::DateTime(vec![]),
        Base::Text | Base::Null => Column::Text(TextColumn::default()),
        Base::List => Column::List(ListColumn::default()),
    }
}
