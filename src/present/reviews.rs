//! What people have set, what waits for them and what was suggested, as one table for every format.

use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::decide::{Decision, Hold, Subject};
use crate::diagnostic::Lang;
use crate::review::hold_word;
use crate::table::{Date, Decimal};
use crate::words::Word;
use std::sync::Arc;

/// What a line is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Item {
    /// An override that counts.
    Override,
    /// A correction that another one contradicts: it does not count.
    Disputed,
    /// A customer whom a rule of the scheme put before people.
    Review,
    /// A suggestion that nobody has decided on.
    Proposal,
}

/// One line. What it does not have is left blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub item: Item,
    /// The number by which commands name it.
    pub number: i64,
    /// The customer's key.
    pub customer: Arc<str>,
    /// The grade, the type or a tag.
    pub subject: Option<Subject>,
    /// What is set or suggested.
    pub level: Option<Arc<str>>,
    /// How it holds.
    pub hold: Option<Hold>,
    /// The rule that put the customer before people.
    pub rule: Option<Arc<str>>,
    /// Who set or suggested it, or who is to look at it.
    pub by: Option<Arc<str>>,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// Since when.
    pub since: Option<Date>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// When somebody is to look at it.
    pub due: Option<Date>,
}

/// The columns: heading, key in JSON, kind and role.
const COLUMNS: [(Word, &str, ColumnKind, ColumnRole); 12] = [
    (Word::Item, "item", ColumnKind::Text, ColumnRole::Decision),
    (
        Word::Number,
        "number",
        ColumnKind::Number { places: 0 },
        ColumnRole::Key,
    ),
    (Word::Customer, "customer", ColumnKind::Id, ColumnRole::Key),
    (Word::Subject, "subject", ColumnKind::Text, ColumnRole::Type),
    (Word::Level, "level", ColumnKind::Text, ColumnRole::Grade),
    (Word::Hold, "kind", ColumnKind::Text, ColumnRole::Type),
    (Word::Reviews, "rule", ColumnKind::Text, ColumnRole::Name),
    (Word::Person, "person", ColumnKind::Text, ColumnRole::Name),
    (
        Word::Reasons,
        "reason",
        ColumnKind::Text,
        ColumnRole::Reasons,
    ),
    (Word::Start, "since", ColumnKind::Date, ColumnRole::Since),
    (Word::Until, "until", ColumnKind::Date, ColumnRole::Since),
    (Word::Due, "due", ColumnKind::Date, ColumnRole::Since),
];

/// The lines as a table.
pub struct Reviews {
    lang: Lang,
    /// Whether words are the keys of JSON, which are the same in every language.
    keyed: bool,
    columns: Vec<TableColumn>,
    lines: Vec<Line>,
}

impl Reviews {
    /// The table of these lines, for people.
    pub fn new(lines: Vec<Line>, lang: Lang) -> Self {
        Self::build(lines, lang, false)
    }

    /// The same for programs: headings and words are keys, whatever the language.
    pub fn keyed(lines: Vec<Line>) -> Self {
        Self::build(lines, Lang::En, true)
    }

    fn build(lines: Vec<Line>, lang: Lang, keyed: bool) -> Self {
        let columns = COLUMNS
            .iter()
            .map(|(word, key, kind, role)| TableColumn {
                heading: if keyed {
                    (*key).into()
                } else {
                    word.get(lang).into()
                },
                kind: *kind,
                role: *role,
            })
            .collect();
        Self {
            lang,
            keyed,
            columns,
            lines,
        }
    }

    fn word(&self, key: &'static str, word: Word) -> OutCell<'_> {
        let text = if self.keyed { key } else { word.get(self.lang) };
        OutCell::Text(text.into())
    }
}

impl Item {
    const fn key(self) -> (&'static str, Word) {
        match self {
            Self::Override => ("override", Word::Override),
            Self::Disputed => ("disputed", Word::Disputed),
            Self::Review => ("review", Word::InReview),
            Self::Proposal => ("proposal", Word::Proposal),
        }
    }
}

/// The word for what something is of.
const fn subject_word(subject: Subject) -> Word {
    match subject {
        Subject::Grade => Word::Grade,
        Subject::Type => Word::Type,
        Subject::Tag => Word::Tags,
    }
}

impl ResultTable for Reviews {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        fn text(text: Option<&Arc<str>>) -> OutCell<'_> {
            text.map_or(OutCell::Blank, |text| OutCell::Text((&**text).into()))
        }
        fn day(day: Option<Date>) -> OutCell<'static> {
            day.map_or(OutCell::Blank, OutCell::Date)
        }
        let line = &self.lines[row];
        match COLUMNS[column].1 {
            "item" => {
                let (key, word) = line.item.key();
                self.word(key, word)
            }
            "number" => OutCell::Number(Decimal::from_count(line.number as usize)),
            "customer" => text(Some(&line.customer)),
            "subject" => match line.subject {
                Some(subject) => self.word(subject.key(), subject_word(subject)),
                None => OutCell::Blank,
            },
            "level" => text(line.level.as_ref()),
            "kind" => match line.hold {
                Some(hold) => self.word(hold.key(), hold_word(hold)),
                None => OutCell::Blank,
            },
            "rule" => text(line.rule.as_ref()),
            "person" => text(line.by.as_ref()),
            "reason" => text(line.reason.as_ref()),
            "since" => day(line.since),
            "until" => day(line.until),
            _ => day(line.due),
        }
    }

    fn mark(&self, _row: usize) -> RowMark {
        RowMark {
            grade: None,
            decision: Decision::Held,
            steps: None,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &[]
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::{csv, json};

    fn line() -> Line {
        Line {
            item: Item::Override,
            number: 3,
            customer: "C1".into(),
            subject: Some(Subject::Grade),
            level: Some("A".into()),
            hold: Some(Hold::Floor),
            rule: None,
            by: Some("张三".into()),
            reason: Some("重点客户".into()),
            since: Date::parse_iso("2024-03-31"),
            until: None,
            due: None,
        }
    }

    #[test]
    fn people_read_words_and_programs_keys() {
        let mut text = vec![];
        csv::write(
            &Reviews::new(vec![line()], Lang::Zh),
            b',',
            false,
            true,
            &mut text,
        )
        .unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text.replace("\r\n", "\n"),
            "项目,序号,客户,对象,级别,调整方式,复核规则,人员,原因,起始日期,有效期至,复核期限\n\
             人工调整,3,C1,等级,A,下限,,张三,重点客户,2024-03-31,,\n"
        );
        let mut text = vec![];
        json::write_lines(&Reviews::keyed(vec![line()]), &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "{\"item\": \"override\", \"number\": 3, \"customer\": \"C1\", \"subject\": \"grade\", \"level\": \"A\", \
             \"kind\": \"floor\", \"rule\": null, \"person\": \"张三\", \"reason\": \"重点客户\", \"since\": \
             \"2024-03-31\", \"until\": null, \"due\": null}\n"
        );
    }
}
