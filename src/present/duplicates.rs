//! Pairs of customers who may be one, side by side: as a list for every format, and as the columns that a reviewer fills
//! and regrade reads back.

use super::listing::{ListCell, ListColumn};
use super::table::{ColumnKind, ColumnRole, OutCell};
use crate::diagnostic::{Lang, Text};
use crate::duplicates::groups::Held;
use crate::duplicates::suspects::{Looked, Side, Suspect, key_heading, shown};
use crate::table::{Date, Decimal};
use crate::words::Word;

/// The pairs with what is shown of them.
pub struct Pairs<'a> {
    /// The customers.
    pub looked: Looked<'a>,
    /// The pairs, the surest first.
    pub suspects: &'a [Suspect],
    /// The as-of date.
    pub as_of: Date,
}

/// What a column of a pair shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PairColumn {
    /// The verdict: people fill it.
    Verdict,
    /// Why: people fill it.
    Comment,
    /// Who: people fill it.
    Reviewer,
    /// The points.
    Points,
    /// Whether all but certain.
    Sure,
    /// Why they may be one.
    Evidence,
    /// The key of the first or the second.
    Key(Side),
    /// A field of the first or the second.
    Field(usize, Side),
}

impl Pairs<'_> {
    /// The columns, in order.
    pub fn columns(&self) -> Vec<PairColumn> {
        let sheet = self.looked.sheet;
        let mut columns = vec![
            PairColumn::Verdict,
            PairColumn::Comment,
            PairColumn::Reviewer,
            PairColumn::Points,
            PairColumn::Sure,
            PairColumn::Evidence,
        ];
        columns.extend(Side::BOTH.map(PairColumn::Key));
        let mut fields: Vec<usize> = sheet.name.into_iter().collect();
        for compared in &self.looked.rule.fields {
            if !fields.contains(&compared.field) && compared.field != sheet.key {
                fields.push(compared.field);
            }
        }
        for field in fields {
            columns.extend(Side::BOTH.map(|side| PairColumn::Field(field, side)));
        }
        columns
    }

    /// A column's heading.
    pub fn heading(&self, column: PairColumn, lang: Lang) -> String {
        let fields = &self.looked.sheet.sheet.fields;
        let word = match column {
            PairColumn::Verdict => Word::Verdict,
            PairColumn::Comment => Word::ReviewComment,
            PairColumn::Reviewer => Word::Reviewer,
            PairColumn::Points => Word::Points,
            PairColumn::Sure => Word::Sureness,
            PairColumn::Evidence => Word::Evidence,
            PairColumn::Key(side) => return key_heading(&fields[self.looked.sheet.key].name, side),
            PairColumn::Field(field, side) => return key_heading(&fields[field].name, side),
        };
        word.get(lang).to_owned()
    }

    /// The text of a cell; of the points their number.
    pub fn text(&self, row: usize, column: PairColumn, lang: Lang) -> String {
        let suspect = &self.suspects[row];
        let of = |side: Side| match side {
            Side::A => suspect.rows.0,
            Side::B => suspect.rows.1,
        };
        match column {
            PairColumn::Verdict => match suspect.standing {
                Some(Held::Agreed(verdict)) => verdict.word().get(lang).to_owned(),
                _ => String::new(),
            },
            PairColumn::Comment if suspect.standing == Some(Held::Disputed) => {
                Word::Disputed.get(lang).to_owned()
            }
            PairColumn::Comment | PairColumn::Reviewer => String::new(),
            PairColumn::Points => suspect.points.to_string(),
            PairColumn::Sure if suspect.is_strict => Word::Strict.get(lang).to_owned(),
            PairColumn::Sure => Word::Lax.get(lang).to_owned(),
            PairColumn::Evidence => suspect.evidence.get(lang).to_owned(),
            PairColumn::Key(Side::A) => suspect.keys.0.to_string(),
            PairColumn::Key(Side::B) => suspect.keys.1.to_string(),
            PairColumn::Field(field, side) => shown(&self.looked.columns[field], of(side)),
        }
    }

    /// The columns of the list, with their keys for programs.
    pub fn list_columns(&self) -> Vec<ListColumn> {
        let fields = &self.looked.sheet.sheet.fields;
        let column = |column: PairColumn| {
            let side = |side: Side| side.letter().to_ascii_lowercase();
            let (key, kind, role) = match column {
                PairColumn::Verdict => {
                    ("verdict".to_owned(), ColumnKind::Text, ColumnRole::Decision)
                }
                PairColumn::Comment => {
                    ("comment".to_owned(), ColumnKind::Text, ColumnRole::Reasons)
                }
                PairColumn::Reviewer => ("reviewer".to_owned(), ColumnKind::Text, ColumnRole::Name),
                PairColumn::Points => (
                    "points".to_owned(),
                    ColumnKind::Number { places: 0 },
                    ColumnRole::Score,
                ),
                PairColumn::Sure => ("sure".to_owned(), ColumnKind::Text, ColumnRole::Label),
                PairColumn::Evidence => {
                    ("evidence".to_owned(), ColumnKind::Text, ColumnRole::Reasons)
                }
                PairColumn::Key(of) => (side(of), ColumnKind::Id, ColumnRole::Key),
                PairColumn::Field(field, of) => {
                    let key = format!("{} {}", fields[field].name, side(of));
                    (key, ColumnKind::Text, ColumnRole::Input)
                }
            };
            ListColumn {
                key: key.into(),
                heading: Text {
                    en: self.heading(column, Lang::En),
                    zh: self.heading(column, Lang::Zh),
                },
                kind,
                role,
            }
        };
        self.columns().into_iter().map(column).collect()
    }

    /// The rows of the list; `keyed` ones are for programs.
    pub fn list_rows(&self, lang: Lang, keyed: bool) -> Vec<Vec<ListCell>> {
        let columns = self.columns();
        let cell = |row: usize, column: PairColumn| {
            let suspect = &self.suspects[row];
            let text = match (column, keyed) {
                (PairColumn::Points, _) => {
                    let points = Decimal::from_int(i64::from(suspect.points));
                    return ListCell::Value(points.map_or(OutCell::Blank, OutCell::Number));
                }
                (PairColumn::Verdict, true) => match suspect.standing {
                    Some(Held::Agreed(verdict)) => verdict.key().to_owned(),
                    Some(Held::Disputed) => "disputed".to_owned(),
                    None => String::new(),
                },
                (PairColumn::Sure, true) if suspect.is_strict => "strict".to_owned(),
                (PairColumn::Sure, true) => "lax".to_owned(),
                (PairColumn::Comment, true) => String::new(),
                (column, _) => self.text(row, column, lang),
            };
            ListCell::maybe((!text.is_empty()).then_some(text))
        };
        (0..self.suspects.len())
            .map(|row| columns.iter().map(|column| cell(row, *column)).collect())
            .collect()
    }
}
