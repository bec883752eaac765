//! The figures of one grading, for the overview sheet, the lines on standard error and `--summary-json`.

mod build;
mod estimates;
mod json;

pub use build::{Of, Tally, summarise};
pub use json::{finding as finding_json, severity_key, shown_by, write_json};

use crate::decide::Decision;
use crate::diagnostic::{Finding, Lang, Text};
use crate::table::{Date, Decimal};
use crate::words::how_many;
use std::sync::Arc;

/// The figures of one grading.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The language.
    pub lang: Lang,
    /// The scheme's name and version.
    pub scheme: (String, String),
    /// SHA-256 of the scheme's text, hexadecimal.
    pub scheme_hash: String,
    /// The whole text of the scheme, for the sheet that explains.
    pub scheme_text: String,
    /// The as-of date.
    pub as_of: Date,
    /// The version of regrade.
    pub version: &'static str,
    /// The files that were read: name, and rows that count.
    pub inputs: Vec<(String, usize)>,
    /// How many customers there are, refused ones too.
    pub customers: usize,
    /// How many each decision has, in the order of [`Decision::ALL`], zeros left out.
    pub decisions: Vec<(Decision, usize)>,
    /// For each grade, best first: its share.
    pub grades: Vec<Share>,
    /// For each type, in the order of the scheme.
    pub types: Vec<Share>,
    /// For each dimension its name and labels.
    pub dimensions: Vec<(Arc<str>, Vec<Share>)>,
    /// For each tag rule's rendered tags, most frequent first.
    pub tags: Vec<Share>,
    /// The money field that revenue shares are of (the first money field or sum metric), with its unit as shown.
    pub amount: Option<String>,
    /// Customers that nobody could grade.
    pub unrated: usize,
    /// Customers whose row is quarantined.
    pub refused: usize,
    /// Review rules with how many customers wait.
    pub reviews: Vec<(Arc<str>, usize)>,
    /// The metrics that are estimates, each with what it rests on.
    pub estimates: Vec<(Arc<str>, String)>,
    /// Findings of data and scheme.
    pub findings: Vec<Finding>,
}

/// How many customers have a grade, type or label.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Its name.
    pub name: Arc<str>,
    /// How many customers.
    pub count: usize,
    /// What share of all graded (or classified) customers; 0.25 is 25%.
    pub share: Decimal,
    /// The sum of [`Summary::amount`] of these customers; `None` without such a field.
    pub amount: Option<Decimal>,
    /// Their share of that sum.
    pub amount_share: Option<Decimal>,
    /// For a grade by rank or score: the least key that is in, as text (`score 80`).
    pub cutoff: Option<String>,
}

/// The run in one line, for standard error: `graded 120 customers as of 2024-03-31: A 20, B 60, C 37; 3 unrated`.
pub fn line(summary: &Summary) -> Text {
    let shares = if summary.grades.is_empty() {
        &summary.types
    } else {
        &summary.grades
    };
    let list = |separator: &str| {
        let items: Vec<String> = shares
            .iter()
            .map(|share| format!("{} {}", share.name, share.count))
            .collect();
        items.join(separator)
    };
    let (customers, as_of) = (summary.customers, summary.as_of);
    let (en_list, zh_list) = (list(", "), list("，"));
    let mut text = Text {
        en: format!("{} as of {as_of}", how_many(customers, "customer")),
        zh: format!("{customers} 位客户，截至 {as_of}"),
    };
    if !shares.is_empty() {
        text.en += &format!(": {en_list}");
        text.zh += &format!("：{zh_list}");
    }
    let classified: usize = summary.types.iter().map(|share| share.count).sum();
    let typeless = if summary.grades.is_empty() && !summary.types.is_empty() {
        customers - summary.refused - classified
    } else {
        0
    };
    let absent = summary
        .decisions
        .iter()
        .find(|(decision, _)| *decision == Decision::Absent)
        .map_or(0, |(_, count)| *count);
    let waiting: usize = summary.reviews.iter().map(|(_, count)| count).sum();
    for (count, en, zh) in [
        (summary.unrated, "unrated", "未评级"),
        (typeless, "without a type", "无类型"),
        (summary.refused, "refused", "数据待修正"),
        (absent, "absent", "缺席"),
        (waiting, "to review", "待复核"),
    ] {
        if count > 0 {
            text.en += &format!("; {count} {en}");
            text.zh += &format!("；{zh} {count}");
        }
    }
    text
}
