//! How many customers have no grade, and which missing values are behind it: said once for each cause.

use super::causes::missing_for_grade;
use crate::assess::Choice;
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding, Lang, Text};
use crate::grading::Grading;
use crate::text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why customers are unrated, and how many: the names of the values that are missing, or nothing where all are known and
/// no grade takes the customer. Of these customers only.
pub fn unrated_by_cause(
    grading: &Grading,
    rows: impl IntoIterator<Item = usize>,
) -> Vec<(Option<Text>, usize)> {
    let causes = causes(grading, rows).into_iter();
    causes
        .map(|(cause, (count, _))| (cause.map(|[zh, en]| Text { en, zh }), count))
        .collect()
}

/// The causes, with the number of customers and the first of them.
type ByCause = BTreeMap<Option<[String; 2]>, (usize, usize)>;

/// Why customers are unrated: for each cause how many there are, and the key of the first of them. Those of parts can be
/// put together.
#[derive(Clone, Debug, Default)]
pub struct Causes(BTreeMap<Option<[String; 2]>, (usize, Arc<str>)>);

fn causes(grading: &Grading, rows: impl IntoIterator<Item = usize>) -> ByCause {
    let mut causes = ByCause::new();
    for row in rows {
        if grading.decided[row].decision == Decision::Unrated {
            let count = causes.entry(cause(grading, row)).or_insert((0, row));
            count.0 += 1;
        }
    }
    causes
}

impl Causes {
    /// Of all customers of a grading.
    pub fn of(grading: &Grading) -> Self {
        let causes = causes(grading, 0..grading.len()).into_iter();
        let ids = &grading.book.roster.ids;
        Self(
            causes
                .map(|(cause, (count, first))| (cause, (count, ids[first].clone())))
                .collect(),
        )
    }

    /// Takes in those of the customers that come next.
    pub fn append(&mut self, later: Self) {
        for (cause, (count, first)) in later.0 {
            self.0.entry(cause).or_insert((0, first)).0 += count;
        }
    }

    /// A warning for each cause.
    pub fn findings(self) -> Vec<Finding> {
        let causes = self.0.into_iter();
        causes
            .map(|(cause, (count, first))| {
                let id = crate::clean::text::shorten(&first);
                let who = if count == 1 {
                    "customer is"
                } else {
                    "customers are"
                };
                let title = match cause {
                    Some([zh, en]) => {
                        text!(
                            "{count} {who} unrated: no value of {en}",
                            "{count} 位客户未评级：缺少 {zh}"
                        )
                    }
                    None => text!(
                        "{count} {who} unrated: no grade's condition holds",
                        "{count} 位客户未评级：没有等级的条件成立"
                    ),
                };
                Finding::warning(Code::Unrated, title).help(text!(
                    "`regrade explain {id} …` shows the first",
                    "用 `regrade explain {id} …` 查看第一位"
                ))
            })
            .collect()
    }
}

/// A warning for each cause why customers are unrated.
pub fn unrated(grading: &Grading) -> Vec<Finding> {
    Causes::of(grading).findings()
}

/// The names of the values that are missing, in backticks and in both languages, because the score has a name in each;
/// `None` if all are known and no grade takes the customer.
fn cause(grading: &Grading, row: usize) -> Option<[String; 2]> {
    let Choice::Unknown(index) = grading.assessment.grades[row] else {
        return None;
    };
    Some([Lang::Zh, Lang::En].map(|lang| {
        let names = missing_for_grade(grading, index as usize, row, lang);
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    }))
}
