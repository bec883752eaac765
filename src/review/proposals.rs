//! What follow-up sheets suggest: another grade or type for a customer. A proposal is nothing until a reviewer accepts
//! it.

use super::levels::names;
use crate::book::Book;
use crate::clean::sheet::{place_of, text_at};
use crate::clean::text::{shorten, trim};
use crate::decide::Subject;
use crate::diagnostic::{Code, Finding, Text, listed};
use crate::scheme::Scheme;
use crate::scheme::model::ProposalRule;
use crate::table::{Date, Place};
use crate::text;
use std::sync::Arc;

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The customer's key.
    pub customer: Arc<str>,
    /// When it was made.
    pub date: Date,
    /// What it is of.
    pub subject: Subject,
    /// The grade or type that is suggested.
    pub level: Arc<str>,
    /// Why, if the sheet says it.
    pub reason: Option<Arc<str>>,
    /// Who suggests it, if the sheet says it.
    pub by: Option<Arc<str>>,
    /// As it stands there.
    pub text: Arc<str>,
    /// Where it stands.
    pub place: Place,
}

/// What people write who suggest nothing.
const NOTHING: [&str; 10] = [
    "维持",
    "维持不变",
    "维持现状",
    "不变",
    "保持不变",
    "不调整",
    "无需调整",
    "no change",
    "unchanged",
    "keep",
];

/// Words by which a text speaks against the level that it names. Whole phrases, because 未来, 不断 and 非常 do not.
const AGAINST: [&str; 20] = [
    "不建议",
    "不宜",
    "不要",
    "不应",
    "不能",
    "不必",
    "不予",
    "不作",
    "不再",
    "不符",
    "不升",
    "不降",
    "不调",
    "不够",
    "勿",
    "无需",
    "暂缓",
    "取消",
    "未达",
    "未能",
];
const AGAINST_WORDS: [&str; 5] = ["not", "no", "never", "don't", "against"];

/// The proposals of all event sheets that count on the book's date, in the order of the sheets and their rows. What is
/// unclear is told of rows after `told`, the date of the run before: that has told of the others.
pub fn proposals(
    scheme: &Scheme,
    book: &Book,
    told: Option<Date>,
) -> (Vec<Proposal>, Vec<Finding>) {
    let mut found = vec![];
    let mut findings = vec![];
    let sheets = scheme
        .events
        .iter()
        .zip(&book.events)
        .zip(&book.inputs.events);
    for ((sheet, rows), tables) in sheets {
        let Some(rule) = sheet.proposal else { continue };
        let ProposalRule { level, reason, by } = rule;
        let text = |field: usize, row: usize| {
            let text = text_at(&rows.clean.columns[field], row);
            (!text.is_empty()).then_some(text)
        };
        for row in 0..rows.clean.rows.len() {
            let Some(written) = text(level, row) else {
                continue;
            };
            let at = rows.clean.rows[row];
            let column = rows.clean.sources[at.table as usize][level];
            let place = place_of(tables, at, column);
            match understand(scheme, &written) {
                Ok(None) => {}
                Ok(Some((subject, name))) => {
                    let Some(date) = Date::from_days(rows.days[row]) else {
                        continue;
                    };
                    found.push(Proposal {
                        customer: book.roster.ids[rows.customer_of(row)].clone(),
                        date,
                        subject,
                        level: name,
                        reason: reason.and_then(|field| text(field, row)),
                        by: by.and_then(|field| text(field, row)),
                        text: written,
                        place,
                    });
                }
                Err(_) if told.is_some_and(|told| rows.days[row] <= told.days()) => {}
                Err(why) => {
                    let field = &sheet.sheet.fields[level].name;
                    findings.push(unclear(scheme, field, &written, why).place(place));
                }
            }
        }
    }
    (found, findings)
}

/// Why a text is no proposal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unclear {
    /// It names no level.
    None,
    /// It names several.
    Several,
    /// It speaks against what it names.
    Against,
}

/// The one grade or type that a text names; `None` if it says that nothing is to change.
pub(super) fn understand(
    scheme: &Scheme,
    written: &str,
) -> Result<Option<(Subject, Arc<str>)>, Unclear> {
    let written = trim(written);
    let known: Vec<(Subject, Arc<str>)> = [Subject::Grade, Subject::Type]
        .into_iter()
        .flat_map(|subject| {
            names(scheme, subject)
                .into_iter()
                .map(move |name| (subject, name))
        })
        .collect();
    let exact: Vec<&(Subject, Arc<str>)> = known
        .iter()
        .filter(|(_, name)| **name == *written)
        .collect();
    match exact[..] {
        [one] => return Ok(Some(one.clone())),
        [_, _, ..] => return Err(Unclear::Several),
        [] => {}
    }
    let plain = written
        .trim_end_matches(['。', '.', '！', '!'])
        .to_lowercase();
    if NOTHING.contains(&plain.as_str()) {
        return Ok(None);
    }
    let named: Vec<(Subject, Arc<str>, usize)> = known
        .iter()
        .flat_map(|(subject, name)| {
            places(written, name)
                .into_iter()
                .map(move |at| (*subject, name.clone(), at))
        })
        .collect();
    // 战略 within 战略型 is not named by it.
    let covered = |at: usize, name: &str| {
        named.iter().any(|(_, other, from)| {
            other.len() > name.len() && *from <= at && at + name.len() <= from + other.len()
        })
    };
    let mut levels: Vec<(Subject, Arc<str>)> = vec![];
    for (subject, name, at) in &named {
        let level = (*subject, name.clone());
        if !covered(*at, name) && !levels.contains(&level) {
            levels.push(level);
        }
    }
    match &levels[..] {
        [] => Err(Unclear::None),
        [one] if speaks_against(written, &one.1) => Err(Unclear::Against),
        [one] => Ok(Some(one.clone())),
        _ => Err(Unclear::Several),
    }
}

/// Where a name stands in a text. A name of Latin letters or digits is a word of its own: A is not named by VIPA.
fn places(text: &str, name: &str) -> Vec<usize> {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            !(is_word(before) && is_word(name.chars().next())
                || is_word(after) && is_word(name.chars().next_back()))
        })
        .map(|(at, _)| at)
        .collect()
}

/// Whether the words around the name say that it is not to be: 不建议升为 A.
fn speaks_against(text: &str, name: &str) -> bool {
    let around = text.replace(name, " ").to_lowercase();
    AGAINST.iter().any(|phrase| around.contains(phrase))
        || ["非", "不是"]
            .iter()
            .any(|sign| text.contains(&format!("{sign}{name}")))
        || around
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '\''))
            .any(|word| AGAINST_WORDS.contains(&word))
}

fn unclear(scheme: &Scheme, field: &str, written: &str, why: Unclear) -> Finding {
    let shown = shorten(written);
    let (en, zh) = match why {
        Unclear::None => ("names no grade or type", "没有写明等级或类型"),
        Unclear::Several => (
            "names more than one grade or type",
            "写了不止一个等级或类型",
        ),
        Unclear::Against => (
            "names a grade or type and may speak against it",
            "写了等级或类型，但可能是否定的意思",
        ),
    };
    let all = [Subject::Grade, Subject::Type]
        .map(|subject| names(scheme, subject))
        .concat();
    let Text {
        en: names_en,
        zh: names_zh,
    } = listed(all.iter().map(|name| &**name));
    Finding::warning(
        Code::UnclearProposal,
        text!(
            "`{shown}` in `{field}` {en}: it is no proposal",
            "`{field}` 中的 `{shown}` {zh}，不作为调整建议"
        ),
    )
    .cell(
        text!(
            "cells of `{field}` {en}: they are no proposals",
            "`{field}` 中有内容{zh}，不作为调整建议"
        ),
        shown,
    )
    .help(text!(
        "write one of {names_en}, or leave the cell empty",
        "请写 {names_zh} 之一，或留空"
    ))
}
