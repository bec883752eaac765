//! What the results of a graded file say: the grades' names of today, what was decided, the main reason.

use super::{On, Wanted};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use std::sync::Arc;

/// What the scheme calls a grade now that had this name in an earlier one.
pub(in crate::compare) fn present_name(wanted: &Wanted<'_>, level: Arc<str>) -> Arc<str> {
    let grades = wanted
        .scheme
        .map(|scheme| &scheme.grades)
        .filter(|_| wanted.on == On::Grade);
    let Some(grades) = grades.filter(|grades| !grades.iter().any(|grade| grade.name == level))
    else {
        return level;
    };
    let renamed = grades.iter().find(|grade| grade.was.contains(&level));
    renamed.map_or(level, |grade| grade.name.clone())
}

/// What 变动 says, as far as it matters here: who is not in the data, and whose level a person set.
pub(in crate::compare) fn decision(word: &str) -> Option<Decision> {
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let known = [Decision::Absent, Decision::Refused, Decision::Overridden];
    known.into_iter().find(|decision| {
        [Lang::Zh, Lang::En]
            .iter()
            .any(|lang| word.starts_with(decision.word(*lang)))
    })
}

/// The main one of the reasons of a text file, which has all of them in a cell; a workbook has one.
pub(in crate::compare) fn main_of(reasons: &str) -> Arc<str> {
    let ends = ["；", "; "]
        .into_iter()
        .filter_map(|between| reasons.find(between));
    match ends.min() {
        Some(end) => reasons[..end].into(),
        None => reasons.into(),
    }
}
