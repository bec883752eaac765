//! What the values of a field may be: judged over a typed column, whatever its cells looked like.

use super::fault::CellFault;
use crate::scheme::model::Field;
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, Date, DateTime, Decimal};
use foldhash::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// The rows whose values are outside the field's limits. `as_of` is the date as of which the file came in.
pub(super) fn outside(field: &Field, column: &Column, as_of: Date) -> Vec<(u32, CellFault)> {
    let mut faults = vec![];
    match column {
        Column::Number(values) if field.min.is_some() || field.max.is_some() => {
            let least = field.min.map_or(i64::MIN, Decimal::millionths);
            let greatest = field.max.map_or(i64::MAX, Decimal::millionths);
            for (row, value) in values.iter().enumerate().filter(|(_, v)| **v != MISSING) {
                let fault = match (field.min, field.max) {
                    (Some(min), _) if *value < least => CellFault::BelowMin(min),
                    (_, Some(max)) if *value > greatest => CellFault::AboveMax(max),
                    _ => continue,
                };
                faults.push((row as u32, fault));
            }
        }
        Column::Date(days) => {
            let days = days.iter().enumerate();
            let days = days.filter(|(_, day)| **day != MISSING_DATE);
            faults = outside_days(field, as_of, days.map(|(row, day)| (row as u32, *day)));
        }
        Column::DateTime(seconds) => {
            let seconds = seconds.iter().enumerate();
            let seconds = seconds.filter(|(_, second)| **second != MISSING);
            let day = |second: i64| DateTime::from_seconds(second).map(|m| m.date().days());
            let days = seconds.filter_map(|(row, second)| Some((row as u32, day(*second)?)));
            faults = outside_days(field, as_of, days);
        }
        Column::Text(texts) => {
            let Some(pattern) = &field.limits.pattern else {
                return faults;
            };
            // Each distinct text is judged once.
            let fits: Vec<bool> = texts
                .dictionary
                .iter()
                .map(|text| pattern.matches(text))
                .collect();
            for (row, code) in texts.codes.iter().enumerate() {
                if *code != MISSING_TEXT && !fits[*code as usize] {
                    let fault = CellFault::NotLike(pattern.text().into());
                    faults.push((row as u32, fault));
                }
            }
        }
        _ => {}
    }
    faults
}

fn outside_days(
    field: &Field,
    as_of: Date,
    days: impl Iterator<Item = (u32, i32)>,
) -> Vec<(u32, CellFault)> {
    let (first, last) = (field.limits.first, field.limits.last);
    if first.is_none() && last.is_none() {
        return vec![];
    }
    let first = first.map(|limit| limit.day(as_of));
    let last = last.map(|limit| limit.day(as_of));
    days.filter_map(|(row, day)| match (first, last) {
        (Some(first), _) if day < first.days() => Some((row, CellFault::BeforeFirst(first))),
        (_, Some(last)) if day > last.days() => Some((row, CellFault::AfterLast(last))),
        _ => None,
    })
    .collect()
}

/// The rows whose value another row has as well. Rows of one key (`keys`) are one thing: what becomes of those is told of
/// the key.
pub(super) fn repeated(column: &Column, keys: Option<&Column>) -> Vec<u32> {
    let same_key = |a: u32, b: u32| match keys {
        Some(Column::Text(keys)) => {
            let (a, b) = (keys.codes[a as usize], keys.codes[b as usize]);
            a == b && a != MISSING_TEXT
        }
        _ => false,
    };
    match column {
        Column::Number(values) | Column::DateTime(values) => {
            twice(values, |value| *value == MISSING, same_key)
        }
        Column::Date(days) => twice(days, |day| *day == MISSING_DATE, same_key),
        Column::Text(texts) => twice(&texts.codes, |code| *code == MISSING_TEXT, same_key),
        Column::Bool(_) | Column::List(_) => vec![],
    }
}

fn twice<T: Copy + Eq + Hash>(
    values: &[T],
    is_missing: impl Fn(&T) -> bool,
    same_key: impl Fn(u32, u32) -> bool,
) -> Vec<u32> {
    let mut first: HashMap<T, u32> = HashMap::default();
    let mut bad = vec![false; values.len()];
    for (row, value) in values.iter().enumerate().filter(|(_, v)| !is_missing(v)) {
        let row = row as u32;
        match first.entry(*value) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(place) => {
                if !same_key(*place.get(), row) {
                    bad[*place.get() as usize] = true;
                    bad[row as usize] = true;
                }
            }
        }
    }
    (0..values.len() as u32)
        .filter(|row| bad[*row as usize])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::Pattern;
    use crate::scheme::model::{DayLimit, FieldKind};
    use crate::table::{ColumnBuilder, TextColumn, Value};

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn texts(values: &[&str]) -> Column {
        let mut column = ColumnBuilder::like(&Column::Text(TextColumn::default()));
        for value in values {
            if value.is_empty() {
                column.push(&Value::Missing);
            } else {
                column.push_text(value);
            }
        }
        column.finish()
    }

    #[test]
    fn dates_are_held_against_a_day_and_against_the_as_of_date() {
        let mut field = Field::new("签约日", FieldKind::Date);
        field.limits.first = Some(DayLimit::Day(date("2000-01-01")));
        field.limits.last = Some(DayLimit::AsOf);
        let days = ["1999-12-31", "2000-01-01", "2024-03-31", "2024-04-01"];
        let mut column: Vec<i32> = days.iter().map(|day| date(day).days()).collect();
        column.push(MISSING_DATE);
        let faults = outside(&field, &Column::Date(column.clone()), date("2024-03-31"));
        let first = CellFault::BeforeFirst(date("2000-01-01"));
        let last = CellFault::AfterLast(date("2024-03-31"));
        assert_eq!(faults, [(0, first.clone()), (3, last)]);
        let later = outside(&field, &Column::Date(column.clone()), date("2024-04-01"));
        assert_eq!(
            later,
            [(0, first.clone())],
            "measured against the as-of date"
        );
        // The last second of the as-of date is not in the future.
        let seconds = column.iter().map(|day| match *day {
            MISSING_DATE => MISSING,
            day => i64::from(day) * 86_400 + 86_399,
        });
        let moments = outside(
            &field,
            &Column::DateTime(seconds.collect()),
            date("2024-04-01"),
        );
        assert_eq!(moments, [(0, first)]);
    }

    #[test]
    fn texts_are_held_against_the_pattern_and_missing_ones_are_not() {
        let mut field = Field::new("手机", FieldKind::Text);
        field.limits.pattern = Some(Pattern::new(r"1\d{10}").unwrap());
        let column = texts(&["13800138000", "", "1380013800", "13800138000"]);
        let faults = outside(&field, &column, date("2024-03-31"));
        assert_eq!(faults, [(2, CellFault::NotLike(r"1\d{10}".into()))]);
    }

    #[test]
    fn a_value_stands_once_unless_it_is_missing_or_of_one_key() {
        let column = texts(&["甲", "", "乙", "甲", "", "乙", "甲"]);
        assert_eq!(repeated(&column, None), [0, 2, 3, 5, 6]);
        let keys = texts(&["1", "2", "3", "1", "5", "6", "7"]);
        assert_eq!(
            repeated(&column, Some(&keys)),
            [0, 2, 5, 6],
            "row 3 is row 0 again"
        );
        let numbers = Column::Number(vec![5, MISSING, 5, MISSING, 6]);
        assert_eq!(repeated(&numbers, None), [0, 2]);
    }
}
