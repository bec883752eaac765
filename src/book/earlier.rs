//! Recognises the columns that regrade itself wrote into a sheet: next month they are replaced, not doubled, and the
//! grade in them is the previous one.

use crate::clean::sheet::field_headers;
use crate::diagnostic::Lang;
use crate::present::words::Word;
use crate::read::{Header, fold_header};
use crate::scheme::model::{OutputColumn, ResultColumn, Scheme, Shown};
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
    /// Those that people fill in the workbook: 复核等级 and its like.
    pub review: Vec<usize>,
}

/// The headings that regrade writes in either language, fixed ones only.
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

/// What the strategy and the reviewers' columns of the workbook are called.
const WORKBOOK: [Word; 11] = [
    Word::Service,
    Word::Resources,
    Word::Benefits,
    Word::OwnerLevel,
    Word::RespondWithin,
    Word::Goal,
    Word::ReviewGrade,
    Word::ReviewType,
    Word::ReviewComment,
    Word::Reviewer,
    Word::Remark,
];

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
    let any = |word: Word| find(word.get(Lang::Zh)).or_else(|| find(word.get(Lang::En)));
    let ours = any(Word::Change).is_some()
        && any(Word::Reasons).is_some()
        && (any(Word::Grade).is_some() || any(Word::Type).is_some() || scheme.grades.is_empty());
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
        columns.extend(
            RESULTS
                .iter()
                .chain(&WORKBOOK)
                .filter_map(|word| any(*word)),
        );
        columns.extend(
            scheme
                .dimensions
                .iter()
                .filter_map(|dimension| find(&dimension.name)),
        );
    }
    if by_output {
        columns.extend(asked.iter().filter_map(|heading| find(heading)));
    }
    columns.sort_unstable();
    columns.dedup();
    let review = [
        Word::ReviewGrade,
        Word::ReviewType,
        Word::ReviewComment,
        Word::Reviewer,
        Word::Remark,
    ];
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
        review: if ours {
            review.iter().filter_map(|word| any(*word)).collect()
        } else {
            vec![]
        },
        columns,
    })
}
