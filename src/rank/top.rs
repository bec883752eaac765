//! Places by several keys compared in turn, for grades that take the best so many.

use super::groups::key_of;
use crate::table::Column;
use crate::table::column::{MISSING_TEXT, Value};
use std::cmp::Ordering;

/// Where a customer stands among those of its group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// How many are strictly better.
    pub better: u64,
    /// How many are equal or better, itself included.
    pub at_least: u64,
    /// How many there are.
    pub of: u64,
}

/// The keys of all rows, each brought to whole numbers of which more is better.
#[derive(Clone, Debug)]
pub struct TopKeys {
    /// For each key of the list, one entry a row.
    keys: Vec<Vec<Option<i64>>>,
    /// A number for each row's group.
    groups: Option<Vec<Option<i64>>>,
}

/// What each row of `column` counts as: numbers, days, moments and truth values as they are, texts by code point.
/// Lists have no order.
fn ordered(column: &Column) -> Vec<Option<i64>> {
    let Column::Text(texts) = column else {
        return (0..column.len()).map(|row| key_of(column, row)).collect();
    };
    let mut by_text: Vec<usize> = (0..texts.dictionary.len()).collect();
    by_text.sort_unstable_by(|a, b| texts.dictionary[*a].cmp(&texts.dictionary[*b]));
    let mut position = vec![0i64; by_text.len()];
    for (place, code) in by_text.into_iter().enumerate() {
        position[code] = place as i64;
    }
    let of_code = |code: &u32| (*code != MISSING_TEXT).then(|| position[*code as usize]);
    texts.codes.iter().map(of_code).collect()
}

/// The order of two lists of keys of the same columns, better first, as [`TopKeys::compare`] has it.
pub fn better_first(a: &[Value], b: &[Value]) -> Ordering {
    let of_key = |(a, b): (&Value, &Value)| match (b, a) {
        (Value::Number(b), Value::Number(a)) => b.cmp(a),
        (Value::Date(b), Value::Date(a)) => b.cmp(a),
        (Value::DateTime(b), Value::DateTime(a)) => b.cmp(a),
        (Value::Bool(b), Value::Bool(a)) => b.cmp(a),
        (Value::Text(b), Value::Text(a)) => b.cmp(a),
        // Who has a place has all keys, and lists have no order.
        _ => Ordering::Equal,
    };
    let mut keys = a.iter().zip(b).map(of_key);
    keys.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

impl TopKeys {
    /// Lists of keys, compared in turn; rows of equal `within` are ranked among each other.
    pub fn new(keys: &[Column], within: Option<&Column>) -> Self {
        Self {
            keys: keys.iter().map(ordered).collect(),
            groups: within.map(ordered),
        }
    }

    fn group(&self, row: usize) -> Option<i64> {
        self.groups.as_ref().map_or(Some(0), |groups| groups[row])
    }

    /// The order of two rows by their keys alone, better first.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        self.keys
            .iter()
            .map(|key| key[b].cmp(&key[a]))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The place of every row; `None` where a key or the group is missing. Equal lists share a place.
    pub fn places(&self) -> Vec<Option<Place>> {
        let rows = self.keys.first().map_or(0, Vec::len);
        let mut places = vec![None; rows];
        let mut order: Vec<u32> = (0..rows as u32)
            .filter(|row| {
                let row = *row as usize;
                self.group(row).is_some() && self.keys.iter().all(|key| key[row].is_some())
            })
            .collect();
        order.sort_unstable_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            self.group(a)
                .cmp(&self.group(b))
                .then_with(|| self.compare(a, b))
        });
        for members in order.chunk_by(|a, b| self.group(*a as usize) == self.group(*b as usize)) {
            let mut better = 0;
            for equals in members.chunk_by(|a, b| self.compare(*a as usize, *b as usize).is_eq()) {
                let at_least = better + equals.len() as u64;
                for row in equals {
                    places[*row as usize] = Some(Place {
                        better,
                        at_least,
                        of: members.len() as u64,
                    });
                }
                better = at_least;
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TextColumn;
    use crate::table::column::MISSING;
    use std::sync::Arc;

    fn texts(values: &[Option<&str>]) -> Column {
        let dictionary: Vec<Arc<str>> =
            values.iter().rev().flatten().map(|t| (*t).into()).collect();
        let code = |text: &str| dictionary.iter().position(|known| **known == *text);
        let codes = values
            .iter()
            .map(|text| text.and_then(code).map_or(MISSING_TEXT, |code| code as u32))
            .collect();
        Column::Text(TextColumn {
            codes,
            dictionary: Arc::new(dictionary),
        })
    }

    fn shown(places: Vec<Option<Place>>) -> Vec<String> {
        let show = |place: Place| format!("{}-{}/{}", place.better, place.at_least, place.of);
        places
            .into_iter()
            .map(|place| place.map_or("none".into(), show))
            .collect()
    }

    #[test]
    fn compares_lists_in_turn_and_shares_places() {
        let first = Column::Number(vec![5, 9, 5, 9, MISSING, 5]);
        let second = Column::Date(vec![1, 1, 2, 1, 7, 1]);
        let places = TopKeys::new(&[first.clone(), second], None).places();
        assert_eq!(
            shown(places),
            ["3-5/5", "0-2/5", "2-3/5", "0-2/5", "none", "3-5/5"]
        );
        let places = TopKeys::new(&[first], None).places();
        assert_eq!(
            shown(places),
            ["2-5/5", "0-2/5", "2-5/5", "0-2/5", "none", "2-5/5"]
        );
    }

    #[test]
    fn groups_are_ranked_each_for_themselves() {
        let key = Column::Number(vec![1, 2, 3, 4]);
        let within = texts(&[Some("东"), Some("西"), Some("东"), None]);
        let places = TopKeys::new(&[key], Some(&within)).places();
        assert_eq!(shown(places), ["1-2/2", "0-1/1", "0-1/2", "none"]);
    }

    #[test]
    fn texts_rank_by_code_point() {
        let key = texts(&[Some("b"), Some("a"), Some("中"), Some("B")]);
        assert_eq!(
            shown(TopKeys::new(std::slice::from_ref(&key), None).places()),
            ["1-2/4", "2-3/4", "0-1/4", "3-4/4"]
        );
        let order = TopKeys::new(&[key], None);
        assert_eq!((0..4).max_by(|a, b| order.compare(*a, *b)), Some(3));
    }
}
