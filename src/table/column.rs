//! Columns of typed values, one entry a row, where any entry may be missing.
//!
//! A missing entry is a value that no real one has (the least integer), so that a column is one plain vector.

use super::date::{Date, DateTime};
use super::decimal::Decimal;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The missing entry of 64-bit columns. No decimal and no moment is this.
pub const MISSING: i64 = i64::MIN;
/// The missing entry of date columns.
pub const MISSING_DATE: i32 = i32::MIN;
/// The missing entry of text columns.
pub const MISSING_TEXT: u32 = u32::MAX;

/// A value of the three-valued logic of SQL.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Truth {
    /// It does not hold.
    False,
    /// Not known, because a value is missing.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// The truth of a value; everything but a known truth value is unknown.
    pub const fn from_value(value: &Value) -> Self {
        match value {
            Value::Bool(true) => Self::True,
            Value::Bool(false) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// Both hold: the lesser of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one holds: the greater of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A column of values of one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Millionths (see [`Decimal`]) or [`MISSING`]. Money is in the unit that its type says.
    Number(Vec<i64>),
    /// Days since 1970-01-01 or [`MISSING_DATE`].
    Date(Vec<i32>),
    /// Seconds since 1970-01-01 00:00 or [`MISSING`].
    DateTime(Vec<i64>),
    /// Truth values; missing is [`Truth::Unknown`].
    Bool(Vec<Truth>),
    /// Texts.
    Text(TextColumn),
    /// Lists of texts (several choices in a cell).
    List(ListColumn),
}

/// Texts as codes into a dictionary, so that a text is compared once for each distinct value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextColumn {
    /// An index into `dictionary` for each row, or [`MISSING_TEXT`].
    pub codes: Vec<u32>,
    /// The distinct texts, in no order that means anything.
    pub dictionary: Arc<Vec<Arc<str>>>,
}

/// Lists of texts; a missing list is `None`, which is not an empty one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListColumn {
    /// For each row the indices into `dictionary`.
    pub rows: Vec<Option<Arc<[u32]>>>,
    /// The distinct texts.
    pub dictionary: Arc<Vec<Arc<str>>>,
}

/// A single value, for literals, explanations and outputs.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// There is none.
    Missing,
    /// A number, or money in the unit that its type says.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(DateTime),
    /// A truth value that is known.
    Bool(bool),
    /// A text.
    Text(Arc<str>),
    /// Several texts.
    List(Vec<Arc<str>>),
}

impl Column {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(values) | Self::DateTime(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Text(texts) => texts.codes.len(),
            Self::List(lists) => lists.rows.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the entry of `row` is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Number(values) | Self::DateTime(values) => values[row] == MISSING,
            Self::Date(values) => values[row] == MISSING_DATE,
            Self::Bool(values) => values[row] == Truth::Unknown,
            Self::Text(texts) => texts.codes[row] == MISSING_TEXT,
            Self::List(lists) => lists.rows[row].is_none(),
        }
    }

    /// Whether any entry is missing.
    pub fn has_missing(&self) -> bool {
        match self {
            Self::Number(values) | Self::DateTime(values) => values.contains(&MISSING),
            Self::Date(values) => values.contains(&MISSING_DATE),
            Self::Bool(values) => values.contains(&Truth::Unknown),
            Self::Text(texts) => texts.codes.contains(&MISSING_TEXT),
            Self::List(lists) => lists.rows.contains(&None),
        }
    }

    /// The entry of `row`.
    pub fn value(&self, row: usize) -> Value {
        if self.is_missing(row) {
            return Value::Missing;
        }
        match self {
            Self::Number(values) => {
                Decimal::from_millionths(values[row]).map_or(Value::Missing, Value::Number)
            }
            Self::DateTime(values) => {
                DateTime::from_seconds(values[row]).map_or(Value::Missing, Value::DateTime)
            }
            Self::Date(values) => Date::from_days(values[row]).map_or(Value::Missing, Value::Date),
            Self::Bool(values) => Value::Bool(values[row] == Truth::True),
            Self::Text(texts) => Value::Text(texts.dictionary[texts.codes[row] as usize].clone()),
            Self::List(lists) => Value::List(
                lists.rows[row]
                    .iter()
                    .flat_map(|codes| {
                        codes
                            .iter()
                            .map(|code| lists.dictionary[*code as usize].clone())
                    })
                    .collect(),
            ),
        }
    }

    /// The number of `row`; `None` where it is missing, and of a column of anything else.
    pub fn number_at(&self, row: usize) -> Option<Decimal> {
        match self {
            Self::Number(values) if values[row] != MISSING => Decimal::from_millionths(values[row]),
            _ => None,
        }
    }

    /// The day of `row`, of a moment the day that it is on; `None` where it is missing, and of a column of anything else.
    pub fn day_at(&self, row: usize) -> Option<Date> {
        match self {
            Self::Date(days) => Date::from_days(days[row]),
            Self::DateTime(seconds) => DateTime::from_seconds(seconds[row]).map(DateTime::date),
            _ => None,
        }
    }

    /// The rows `rows` of this column, in that order; `None` gives a missing entry.
    #[must_use]
    pub fn gather(&self, rows: &[Option<u32>]) -> Self {
        fn pick<T: Clone>(values: &[T], rows: &[Option<u32>], missing: &T) -> Vec<T> {
            rows.iter()
                .map(|row| row.map_or_else(|| missing.clone(), |row| values[row as usize].clone()))
                .collect()
        }
        match self {
            Self::Number(values) => Self::Number(pick(values, rows, &MISSING)),
            Self::DateTime(values) => Self::DateTime(pick(values, rows, &MISSING)),
            Self::Date(values) => Self::Date(pick(values, rows, &MISSING_DATE)),
            Self::Bool(values) => Self::Bool(pick(values, rows, &Truth::Unknown)),
            Self::Text(texts) => Self::Text(TextColumn {
                codes: pick(&texts.codes, rows, &MISSING_TEXT),
                dictionary: texts.dictionary.clone(),
            }),
            Self::List(lists) => Self::List(ListColumn {
                rows: pick(&lists.rows, rows, &None),
                dictionary: lists.dictionary.clone(),
            }),
        }
    }
}

impl TextColumn {
    /// The text of `row`; `None` if missing.
    pub fn get(&self, row: usize) -> Option<&Arc<str>> {
        match self.codes[row] {
            MISSING_TEXT => None,
            code => self.dictionary.get(code as usize),
        }
    }

    /// A column that holds `text` in each of `len` rows.
    pub fn repeat(text: Arc<str>, len: usize) -> Self {
        Self {
            codes: vec![0; len],
            dictionary: Arc::new(vec![text]),
        }
    }
}

/// Gives each distinct text a code, in order of first sight.
#[derive(Clone, Debug, Default)]
pub struct TextInterner {
    /// The codes, by the hashes of their texts. The hash stands beside the code: other texts differ in it, and to grow
    /// nobody looks at all the texts again, which lie everywhere in memory.
    codes: HashTable<(u32, u32)>,
    hasher: RandomState,
    dictionary: Vec<Arc<str>>,
}

/// The half of a hash that is kept, as a whole one.
fn whole(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl TextInterner {
    /// An interner with room for `texts` distinct texts, where almost all of a column's are.
    pub fn with_capacity(texts: usize) -> Self {
        Self {
            codes: HashTable::with_capacity(texts),
            hasher: RandomState::default(),
            dictionary: Vec::with_capacity(texts),
        }
    }

    /// The code of `text`, new or known.
    pub fn code(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text) as u32;
        let dictionary = &self.dictionary;
        let is_it =
            |(other, code): &(u32, u32)| *other == hash && *dictionary[*code as usize] == *text;
        match self
            .codes
            .entry(whole(hash), is_it, |(hash, _)| whole(*hash))
        {
            Entry::Occupied(known) => known.get().1,
            Entry::Vacant(new) => {
                let code = dictionary.len() as u32;
                new.insert((hash, code));
                self.dictionary.push(text.into());
                code
            }
        }
    }

    /// The code of `text` if it has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text) as u32;
        let is_it = |(other, code): &(u32, u32)| {
            *other == hash && *self.dictionary[*code as usize] == *text
        };
        self.codes.find(whole(hash), is_it).map(|(_, code)| *code)
    }

    /// The text of a code that this interner gave.
    pub fn text(&self, code: u32) -> &Arc<str> {
        &self.dictionary[code as usize]
    }

    /// How many distinct texts there are.
    pub fn len(&self) -> usize {
        self.dictionary.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.dictionary.is_empty()
    }

    /// The texts by code.
    pub fn into_dictionary(self) -> Arc<Vec<Arc<str>>> {
        Arc::new(self.dictionary)
    }
}

/// Collects the entries of a column whose type is known.
#[derive(Clone, Debug)]
pub struct ColumnBuilder {
    column: Column,
    texts: TextInterner,
}

impl ColumnBuilder {
    /// A builder for columns of the kind of `column`.
    pub fn like(column: &Column) -> Self {
        Self {
            column: match column {
                Column::Number(_) => Column::Number(vec![]),
                Column::Date(_) => Column::Date(vec![]),
                Column::DateTime(_) => Column::DateTime(vec![]),
                Column::Bool(_) => Column::Bool(vec![]),
                Column::Text(_) => Column::Text(TextColumn::default()),
                Column::List(_) => Column::List(ListColumn::default()),
            },
            texts: TextInterner::default(),
        }
    }

    /// Appends an entry. A value of another type than the column's is a mistake of the caller and becomes missing.
    pub fn push(&mut self, value: &Value) {
        match (&mut self.column, value) {
            (Column::Number(values), Value::Number(number)) => values.push(number.millionths()),
            (Column::DateTime(values), Value::DateTime(moment)) => values.push(moment.seconds()),
            (Column::Number(values) | Column::DateTime(values), _) => values.push(MISSING),
            (Column::Date(values), Value::Date(date)) => values.push(date.days()),
            (Column::Date(values), _) => values.push(MISSING_DATE),
            (Column::Bool(values), Value::Bool(truth)) => values.push(Truth::from(*truth)),
            (Column::Bool(values), _) => values.push(Truth::Unknown),
            (Column::Text(texts), Value::Text(text)) => texts.codes.push(self.texts.code(text)),
            (Column::Text(texts), _) => texts.codes.push(MISSING_TEXT),
            (Column::List(lists), Value::List(items)) => {
                let codes = items.iter().map(|item| self.texts.code(item)).collect();
                lists.rows.push(Some(codes));
            }
            (Column::List(lists), _) => lists.rows.push(None),
        }
    }

    /// Appends a text without making a [`Value`] of it first.
    pub fn push_text(&mut self, text: &str) {
        if let Column::Text(texts) = &mut self.column {
            texts.codes.push(self.texts.code(text));
        } else {
            self.push(&Value::Missing);
        }
    }

    /// The column.
    pub fn finish(self) -> Column {
        let Self { mut column, texts } = self;
        match &mut column {
            Column::Text(column) => column.dictionary = texts.into_dictionary(),
            Column::List(column) => column.dictionary = texts.into_dictionary(),
            _ => {}
        }
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_code_as_more_come() {
        for mut texts in [TextInterner::default(), TextInterner::with_capacity(20_000)] {
            for _ in 0..2 {
                for number in 0..20_000 {
                    assert_eq!(texts.code(&format!("客户{number}")), number);
                }
            }
            assert_eq!(texts.len(), 20_000);
            assert_eq!(texts.find("客户19999"), Some(19_999));
            assert_eq!(texts.find("客户20000"), None);
            assert_eq!(&**texts.text(7), "客户7");
            assert_eq!(&*texts.into_dictionary()[19_999], "客户19999");
        }
    }
}
