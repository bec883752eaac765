//! Recognises the columns that regrade itself wrote into a sheet: next month they are replaced, not doubled, and the
//! grade in them is the previous one.

use crate::clean::sheet::field_headers;
use crate::diagnostic::Lang;
use crate::read::{Header, fold_header};
use crate::scheme::model::{OutputColumn, ResultColumn, Scheme, Shown};
use crate::words::Word;
use foldhash::HashSet;

/// Columns of a table that an earlier run wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// All of them, by their place in the table.
    pub columns: Vec<usize>,
    /// The one with the grade.
    pub grade: Option<usize>,
    /// The one with the date since when.
    pub since: Option<usize>,
    /// The one with the type.
    pub kind: Option<usize>,
    /// The one that says what happened: 变动.
    pub change: Option<usize>,
    /// The one with the reasons.
    pub reasons: Option<usize>,
    /// Those that people fill in the workbook: 复核等级 and its like.
    pub review: Vec<usize>,
}

/// What the strategy's columns of the workbook are called.
const STRATEGY: [Word; 6] = [
    Word::Service,
    Word::Resources,
    Word::Benefits,
    Word::OwnerLevel,
    Word::RespondWithin,
    Word::Goal,
];

/// What the reviewers' columns of the workbook are called.
const REVIEW: [Word; 5] = [
    Word::ReviewGrade,
    Word::ReviewType,
    Word::ReviewComment,
    Word::Reviewer,
    Word::Remark,
];

/// The headings that regrade writes for a scheme into every result, fixed ones only. Others are the user's: nobody's
/// 标签 is replaced where the scheme has no tags.
fn results(scheme: &Scheme) -> Vec<Word> {
    let mut words = vec![Word::Change, Word::Reasons, Word::Next];
    if !scheme.grades.is_empty() {
        words.extend([Word::Grade, Word::Previous, Word::Since]);
    }
    if scheme.score_slot().is_some() {
        words.push(Word::Score);
    }
    if !scheme.types.is_empty() {
        words.push(Word::Type);
    }
    if !scheme.tags.is_empty() {
        words.push(Word::Tags);
    }
    words
}

/// The result columns among `headers`, if this is a sheet that regrade wrote: one with the three columns that every
/// result has (变动, 原因 and 等级 or 类型), or with all the computed columns that the scheme's `[output]` asks for.
/// A heading that a field of the scheme reads is that field's.
pub fn recognise(scheme: &Scheme, headers: &[Header]) -> Option<Recognised> {
    // The fields with what was before are fed from these very columns, so they do not keep them from being replaced.
    let own: HashSet<String> = scheme
        .customers
        .iter()
        .flat_map(|customers| {
            let before = [customers.previous_grade, customers.previous_date];
            let fields = customers.sheet.fields.iter().enumerate();
            fields
                .filter(move |(index, _)| !before.contains(&Some(*index)))
                .map(|(_, field)| field)
        })
        .flat_map(field_headers)
        .map(|name| fold_header(&name))
        .collect();
    let find = |word: &str| {
        let folded = fold_header(word);
        headers
            .iter()
            .position(|header| header.folded == folded)
            .filter(|_| !own.contains(&folded))
    };
    // Beside a column of the user's with the same name regrade gave its own a suffix, so the last suffix is its own.
    let written = |word: &str| {
        let suffixed = (2..).map_while(|number| find(&format!("{word}_{number}")));
        suffixed.last().or_else(|| find(word))
    };
    // All headings of one result are in one language; another language's words are the user's columns.
    let lang = [Lang::Zh, Lang::En].into_iter().find(|lang| {
        let has = |word: Word| written(word.get(*lang)).is_some();
        has(Word::Change)
            && has(Word::Reasons)
            && (has(Word::Grade) || has(Word::Type) || scheme.grades.is_empty())
    });
    let ours = lang.is_some();
    let any = |word: Word| lang.and_then(|lang| written(word.get(lang)));
    // Only the workbook has columns that people fill; without them 备注 and 目标 are the user's.
    let is_workbook = any(Word::ReviewComment).is_some() && any(Word::Reviewer).is_some();
    let asked: Vec<&str> = scheme
        .output
        .columns
        .iter()
        .flatten()
        .filter_map(|column| match column {
            OutputColumn::Computed {
                heading,
                show: Shown::Expression(_) | Shown::Result(_),
            } => Some(&**heading),
            _ => None,
        })
        .filter(|heading| !own.contains(&fold_header(heading)))
        .collect();
    let by_output = !asked.is_empty() && asked.iter().all(|heading| find(heading).is_some());
    if !ours && !by_output {
        return None;
    }
    let mut columns: Vec<usize> = vec![];
    if ours {
        columns.extend(results(scheme).into_iter().filter_map(any));
        if is_workbook {
            columns.extend(REVIEW.into_iter().filter_map(any));
            if !scheme.strategies.is_empty() {
                columns.extend(STRATEGY.into_iter().filter_map(any));
            }
        }
        columns.extend(
            scheme
                .dimensions
                .iter()
                .filter_map(|dimension| written(&dimension.name)),
        );
    }
    if by_output {
        columns.extend(asked.iter().filter_map(|heading| find(heading)));
    }
    columns.sort_unstable();
    columns.dedup();
    let headed = |result: ResultColumn, word: Word| {
        let asked = scheme
            .output
            .columns
            .iter()
            .flatten()
            .find_map(|column| match column {
                OutputColumn::Computed {
                    heading,
                    show: Shown::Result(shown),
                } if *shown == result => find(heading),
                _ => None,
            });
        if ours { any(word).or(asked) } else { asked }
    };
    Some(Recognised {
        grade: headed(ResultColumn::Grade, Word::Grade),
        since: headed(ResultColumn::Since, Word::Since),
        kind: headed(ResultColumn::Type, Word::Type),
        change: headed(ResultColumn::Decision, Word::Change),
        reasons: headed(ResultColumn::Reasons, Word::Reasons),
        review: if is_workbook {
            REVIEW.into_iter().filter_map(any).collect()
        } else {
            vec![]
        },
        columns,
    })
}

/// The result columns of a sheet that regrade wrote, where there is no scheme to say which are whose: a heading of a
/// result is one. `None` where 变动, 原因 and 等级 or 类型 are not all there in one language.
pub fn recognise_by_words(headers: &[Header]) -> Option<Recognised> {
    const RESULTS: [Word; 9] = [
        Word::Grade,
        Word::Previous,
        Word::Change,
        Word::Since,
        Word::Score,
        Word::Type,
        Word::Tags,
        Word::Reasons,
        Word::Next,
    ];
    [Lang::Zh, Lang::En].into_iter().find_map(|lang| {
        let find = |heading: &str| {
            let folded = fold_header(heading);
            headers.iter().position(|header| header.folded == folded)
        };
        let written = |word: Word| {
            let heading = word.get(lang);
            let suffixed = (2..).map_while(|number| find(&format!("{heading}_{number}")));
            suffixed.last().or_else(|| find(heading))
        };
        let (change, reasons) = (written(Word::Change)?, written(Word::Reasons)?);
        let (grade, kind) = (written(Word::Grade), written(Word::Type));
        grade.or(kind)?;
        let is_workbook =
            written(Word::ReviewComment).is_some() && written(Word::Reviewer).is_some();
        let filled = REVIEW.into_iter().filter(|_| is_workbook);
        let given = STRATEGY.into_iter().filter(|_| is_workbook);
        let words = RESULTS.into_iter().chain(filled.clone()).chain(given);
        let mut columns: Vec<usize> = words.filter_map(written).collect();
        columns.sort_unstable();
        Some(Recognised {
            columns,
            grade,
            since: written(Word::Since),
            kind,
            change: Some(change),
            reasons: Some(reasons),
            review: filled.filter_map(written).collect(),
        })
    })
}
