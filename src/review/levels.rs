//! The grade, type or tag that a word names.

use crate::clean::text::shorten;
use crate::decide::Subject;
use crate::diagnostic::{Code, Finding, nearest};
use crate::scheme::Scheme;
use crate::text;
use std::sync::Arc;

/// What a word names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A level, by the name that the scheme has for it now.
    Level(Arc<str>),
    /// Nothing.
    Unknown(Box<Finding>),
}

/// The level of the scheme that `word` names: exactly, or by a name that a grade had in an earlier scheme.
pub fn name_level(scheme: &Scheme, subject: Subject, word: &str) -> Named {
    let found = match subject {
        Subject::Grade => {
            let mut grades = scheme.grades.iter();
            grades
                .find(|grade| *grade.name == *word)
                .or_else(|| {
                    let mut grades = scheme.grades.iter();
                    grades.find(|grade| grade.was.iter().any(|was| **was == *word))
                })
                .map(|grade| grade.name.clone())
        }
        Subject::Type => {
            let mut types = scheme.types.iter();
            types
                .find(|rule| *rule.name == *word)
                .map(|rule| rule.name.clone())
        }
        Subject::Tag => {
            let mut tags = scheme.tags.iter();
            tags.any(|tag| tag.name.can_give(word)).then(|| word.into())
        }
    };
    match found {
        Some(level) => Named::Level(level),
        None => Named::Unknown(Box::new(unknown(scheme, subject, word))),
    }
}

/// The names that the scheme has for a subject; of tags those without braces.
pub fn names(scheme: &Scheme, subject: Subject) -> Vec<Arc<str>> {
    match subject {
        Subject::Grade => scheme.grades.iter().map(|one| one.name.clone()).collect(),
        Subject::Type => scheme.types.iter().map(|one| one.name.clone()).collect(),
        Subject::Tag => {
            let tags = scheme.tags.iter().map(|tag| &tag.name);
            tags.filter(|name| name.is_plain())
                .map(|name| name.text.clone())
                .collect()
        }
    }
}

fn unknown(scheme: &Scheme, subject: Subject, word: &str) -> Finding {
    let known = names(scheme, subject);
    let shown = shorten(word);
    let (title, all) = match subject {
        Subject::Grade => (
            text!("no grade `{shown}`", "没有等级 `{shown}`"),
            text!("no grade of the scheme", "不是方案中的等级"),
        ),
        Subject::Type => (
            text!("no type `{shown}`", "没有类型 `{shown}`"),
            text!("no type of the scheme", "不是方案中的类型"),
        ),
        Subject::Tag => (
            text!("no tag `{shown}`", "没有标签 `{shown}`"),
            text!("no tag of the scheme", "不是方案中的标签"),
        ),
    };
    let finding = Finding::error(Code::UnknownLabel, title);
    let texts = || known.iter().map(|name| &**name);
    if let Some(near) = nearest(word, texts()) {
        return finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
    }
    let list = crate::diagnostic::listed(texts());
    // Without a near name of its own every such cell gets the same help, so all of them are told together.
    let finding = finding.cell(all, shown);
    if known.is_empty() {
        return finding;
    }
    let (en, zh) = (list.en, list.zh);
    finding.help(text!("the scheme has {en}", "方案中有 {zh}"))
}
