//! What people wrote into the sheet of pairs that may be one customer: verdicts, each with who said it and where.

use crate::clean::sheet::shown;
use crate::clean::text::{is_blank, shorten};
use crate::diagnostic::{Code, Finding, Lang};
use crate::duplicates::groups::{Said, Verdict, keys};
use crate::duplicates::suspects::{Side, key_heading};
use crate::read::{Table, find_columns};
use crate::scheme::Scheme;
use crate::table::{Cell, Place};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// A verdict that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadVerdict {
    /// What was said of whom, and by whom.
    pub said: Said,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// The points that the sheet shows.
    pub points: Option<i64>,
    /// Where it stands.
    pub place: Place,
}

/// The columns of one table.
struct Columns {
    verdict: usize,
    keys: [usize; 2],
    comment: Option<usize>,
    reviewer: Option<usize>,
    points: Option<usize>,
}

/// The headings by which a sheet of pairs is known: those of the two keys.
pub fn pair_headings(scheme: &Scheme) -> Option<[Vec<String>; 2]> {
    let customers = scheme.customers.as_ref()?;
    let key = &customers.sheet.fields[customers.key].name;
    Some(Side::BOTH.map(|side| vec![key_heading(key, side)]))
}

fn columns(scheme: &Scheme, table: &Table) -> Option<Columns> {
    let find = |names: &[String]| find_columns(&table.headers, names).first().copied();
    let word = |word: Word| find(&[Lang::Zh, Lang::En].map(|lang| word.get(lang).to_owned()));
    let [one, two] = pair_headings(scheme)?;
    Some(Columns {
        verdict: word(Word::Verdict)?,
        keys: [find(&one)?, find(&two)?],
        comment: word(Word::ReviewComment),
        reviewer: word(Word::Reviewer),
        points: word(Word::Points),
    })
}

/// Whether a table is a sheet of pairs.
pub fn is_of_pairs(scheme: &Scheme, table: &Table) -> bool {
    columns(scheme, table).is_some()
}

/// Reads the verdicts of a sheet of pairs. Where it does not say who, it is `by`. A row without a verdict says nothing.
pub fn verdicts(
    scheme: &Scheme,
    table: &Table,
    by: Option<&Arc<str>>,
    findings: &mut Vec<Finding>,
) -> Vec<ReadVerdict> {
    let Some(columns) = columns(scheme, table) else {
        return vec![];
    };
    let mut read = vec![];
    for row in 0..table.rows.len() {
        let text = |column: usize| -> Option<Arc<str>> {
            let written = shown(table.rows.cell(row, column));
            let written = written.trim();
            (!is_blank(written)).then(|| written.into())
        };
        let place = |column: usize| table.origin.cell(table.rows.row_number(row), column as u32);
        let Some(written) = text(columns.verdict) else {
            continue;
        };
        let Some(verdict) = verdict_of(&written) else {
            findings.push(not_a_verdict(&written).place(place(columns.verdict)));
            continue;
        };
        let [Some(one), Some(two)] = columns.keys.map(text) else {
            let finding = Finding::error(
                Code::MissingKeyCell,
                text!(
                    "the row does not say which two customers",
                    "该行没有写明是哪两个客户"
                ),
            );
            findings.push(finding.place(table.origin.row(table.rows.row_number(row))));
            continue;
        };
        let reviewer = columns.reviewer.and_then(text);
        let Some(by) = reviewer.or_else(|| by.cloned()) else {
            findings.push(
                Finding::error(
                    Code::UnsignedCorrection,
                    text!(
                        "the verdict on `{one}` and `{two}` does not say whose it is: it does not count",
                        "对 `{one}` 与 `{two}` 的判断缺少复核人，不予采用"
                    ),
                )
                .place(place(columns.verdict))
                .help(text!(
                    "fill `Reviewer` in that row, or say who with `--by`, and read it again",
                    "请在该行填写 `复核人`，或用 `--by` 写明，再读一次"
                )),
            );
            continue;
        };
        let points = columns
            .points
            .and_then(|column| match table.rows.cell(row, column) {
                Cell::Number(points) => Some(points as i64),
                other => shown(other).trim().parse().ok(),
            });
        read.push(ReadVerdict {
            said: Said {
                pair: keys(&one, &two),
                verdict,
                by,
            },
            reason: columns.comment.and_then(text),
            points,
            place: place(columns.verdict),
        });
    }
    read
}

/// The verdict that a word of either language means.
pub fn verdict_of(written: &str) -> Option<Verdict> {
    Verdict::ALL.into_iter().find(|verdict| {
        let word = verdict.word();
        let mut words = [Lang::Zh, Lang::En].map(|lang| word.get(lang)).into_iter();
        words.any(|word| word.eq_ignore_ascii_case(written)) || verdict.key() == written
    })
}

fn not_a_verdict(written: &str) -> Finding {
    let written = shorten(written);
    let list = |lang| {
        let words = Verdict::ALL.map(|verdict| format!("`{}`", verdict.word().get(lang)));
        words.join(if lang == Lang::Zh { "、" } else { ", " })
    };
    let (en, zh) = (list(Lang::En), list(Lang::Zh));
    Finding::error(
        Code::BadValue,
        text!("`{written}` is no verdict", "`{written}` 不是判断"),
    )
    .help(text!("write one of {en}", "请填 {zh}"))
}
