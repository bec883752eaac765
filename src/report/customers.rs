//! The customers one by one, for the formats in which a table can be searched.

use super::cells::said;
use super::contribution::kind;
use super::material::{Amount, Material};
use super::{Cell, Column, Kind, Row, Table};
use crate::diagnostic::{Lang, Text};
use crate::scheme::model::Dimension;
use crate::table::Column as Values;
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// How many customers are listed at most: a page with more opens slowly everywhere.
pub const MOST_LISTED: usize = 20_000;

/// Which customers are listed, and what their list is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listed {
    /// All of them.
    All,
    /// There are too many: those whose grade is not what it was.
    Moved,
    /// Even those are too many.
    Nobody,
}

impl Listed {
    /// Of so many customers, of whom so many moved, where `most` can be listed.
    pub fn of(all: usize, moved: impl FnOnce() -> usize, most: usize) -> Self {
        if all <= most {
            Self::All
        } else if moved() <= most {
            Self::Moved
        } else {
            Self::Nobody
        }
    }

    /// The heading, which says who is missing, and by `elsewhere` where they are all listed. `all` is how many there are,
    /// `of` what they are graded by.
    pub fn title(self, all: &str, of: Word, elsewhere: &Text, lang: Lang) -> String {
        let of = of.get(lang).to_lowercase();
        let (en, zh) = (&elsewhere.en, &elsewhere.zh);
        let title = match self {
            Self::All => text!("Customers", "客户清单"),
            Self::Moved => text!(
                "Customers whose {of} changed (of {all}; {en})",
                "{of}有变动的客户（共 {all} 位；{zh}）"
            ),
            Self::Nobody => text!(
                "Customers (all {all} are too many to list; {en})",
                "客户清单（共 {all} 位，无法逐一列出；{zh}）"
            ),
        };
        said(lang, title)
    }
}

/// The customers of the report whose level is not what it was.
fn moved(material: &Material<'_>) -> Vec<u32> {
    let grading = material.grading;
    let rows = material.scope.rows().iter().copied();
    rows.filter(|row| {
        let (row, before) = (*row as usize, grading.earlier(*row as usize));
        if grading.scheme.grades.is_empty() {
            before.kind != grading.classification.types[row].index()
        } else {
            before.grade != grading.decided[row].grade.map(|grade| grade as usize)
        }
    })
    .collect()
}

/// The table: key, name, grade, movement, score, type, revenue and labels; of `most` customers at most.
pub(super) fn table(material: &Material<'_>, most: usize) -> Table {
    let lang = material.lang;
    let grading = material.grading;
    let scheme = &grading.scheme;
    let scope = &material.scope;
    let may = scope.names();
    let has_names = grading.book.roster.names.iter().any(Option::is_some);
    let amount = scope.amount();
    let score = scheme.score_slot().filter(|slot| scope.shows(*slot));
    let score = score.and_then(|slot| Amount::of(grading, slot));
    let dimensions: Vec<&Dimension> = scheme
        .dimensions
        .iter()
        .filter(|dimension| scope.shows(dimension.label_slot))
        .collect();
    let mut columns = vec![];
    let mut add = |is_there: bool, key: String, heading: String, kind| {
        if is_there {
            columns.push(Column::new(key, heading, kind));
        }
    };
    let word = |word: Word| word.get(lang).to_owned();
    let key = scheme.customers.as_ref();
    let key = key.map(|customers| customers.sheet.fields[customers.key].name.to_string());
    let key = key.unwrap_or_else(|| word(Word::Customer));
    let rated = !scheme.grades.is_empty();
    let typed = !scheme.types.is_empty();
    add(may.id, "id".into(), key, Kind::Text);
    let is_named = may.name && has_names;
    add(
        is_named,
        "name".into(),
        word(Word::CustomerName),
        Kind::Text,
    );
    add(rated, "grade".into(), word(Word::Grade), Kind::Text);
    add(rated, "previous".into(), word(Word::Previous), Kind::Text);
    add(rated, "decision".into(), word(Word::Change), Kind::Text);
    add(
        score.is_some(),
        "score".into(),
        word(Word::Score),
        Kind::Number,
    );
    add(typed, "type".into(), word(Word::Type), Kind::Text);
    if let Some(amount) = &amount {
        add(true, "amount".into(), amount.heading.clone(), kind(amount));
    }
    for dimension in &dimensions {
        let key = format!("dimension.{}", dimension.name);
        add(true, key, dimension.name.to_string(), Kind::Text);
    }
    let count = scope.rows().len();
    let (listed, rows) = match Listed::of(count, || moved(material).len(), most) {
        Listed::All => (Listed::All, scope.rows().to_vec()),
        Listed::Moved => (Listed::Moved, moved(material)),
        Listed::Nobody => (Listed::Nobody, vec![]),
    };
    let of = if rated { Word::Grade } else { Word::Type };
    let elsewhere = text!(
        "`regrade grade` lists them all",
        "全部名单可用 `regrade grade` 输出"
    );
    let title = listed.title(&count.to_string(), of, &elsewhere, lang);
    let mut table = Table::new("customers", columns).titled(title);
    let text =
        |text: Option<&Arc<str>>| text.map_or(Cell::Missing, |text| Cell::Text(text.clone()));
    for row in rows.into_iter().map(|row| row as usize) {
        let mut cells = vec![];
        let mut put = |is_there: bool, cell: &dyn Fn() -> Cell| {
            if is_there {
                cells.push(cell());
            }
        };
        put(may.id, &|| text(scope.id(row)));
        put(is_named, &|| text(scope.name(row)));
        put(rated, &|| text(grading.grade_name(row)));
        put(rated, &|| {
            let before = grading.earlier(row).grade;
            text(before.map(|grade| &scheme.grades[grade].name))
        });
        put(rated, &|| decision(material, row, lang));
        let number = |amount: &Option<Amount<'_>>| {
            let value = amount.as_ref().and_then(|amount| amount.at(row as u32));
            Cell::number(value.and_then(crate::table::Decimal::from_millionths))
        };
        put(score.is_some(), &|| number(&score));
        put(typed, &|| text(grading.type_name(row)));
        put(amount.is_some(), &|| number(&amount));
        for dimension in &dimensions {
            put(true, &|| match grading.facts.get(dimension.label_slot) {
                Values::Text(labels) => text(labels.get(row)),
                _ => Cell::Missing,
            });
        }
        let grade = grading.decided[row].grade.map(|grade| grade as usize);
        table.rows.push(Row::new(cells).of_grade(grade));
    }
    table
}

fn decision(material: &Material<'_>, row: usize, lang: Lang) -> Cell {
    Cell::text(material.grading.decided[row].decision.word(lang))
}
