//! What is to be said of the overrides that count on the as-of date: of those that do nothing, and of those that were
//! never to be there together.

use super::People;
use crate::book::Book;
use crate::clean::text::shorten;
use crate::decide::{Override, Subject};
use crate::diagnostic::{Code, Finding};
use crate::scheme::Scheme;
use crate::text;
use foldhash::{HashMap, HashSet};

/// The findings, in the order of `overrides`. `tags` are the places of those there by which a tag was put on or taken
/// off. Of customers without values nothing is said.
pub(super) fn told(
    scheme: &Scheme,
    overrides: &[Override],
    tags: &[usize],
    book: &Book,
    people: &People,
) -> Vec<Finding> {
    let tags: HashSet<usize> = tags.iter().copied().collect();
    let live = overrides.iter().enumerate();
    let live = live.filter_map(|(index, set)| {
        let row = book.roster.by_id().get(&set.customer)?;
        set.is_live(book.as_of).then_some((index, set, *row))
    });
    let mut findings = vec![];
    let mut known: Vec<(usize, &Override, u32)> = vec![];
    for (index, set, row) in live {
        if is_known(scheme, set) {
            known.push((index, set, row));
        } else {
            findings.push(unknown(set));
        }
    }
    let topic = |set: &Override| {
        let tag = (set.subject == Subject::Tag).then(|| set.level.clone());
        (set.customer.clone(), set.subject, tag)
    };
    let mut topics: HashMap<_, Vec<&Override>> = HashMap::default();
    for (_, set, _) in &known {
        topics.entry(topic(set)).or_default().push(set);
    }
    for (index, set, row) in known {
        match topics[&topic(set)][..] {
            [first, second, ..] if first == set => findings.push(two(second, first)),
            [_, _, ..] => {}
            _ => {
                let person = &people.persons[row as usize];
                let place = Some(index as u32);
                let does = match set.subject {
                    Subject::Grade => person.grade.overridden == place,
                    Subject::Type => person.kind().overridden == place,
                    Subject::Tag => tags.contains(&index),
                };
                if !does {
                    findings.push(nothing(set));
                }
            }
        }
    }
    findings
}

/// Whether the scheme has what was set.
fn is_known(scheme: &Scheme, set: &Override) -> bool {
    match set.subject {
        Subject::Grade => scheme.grades.iter().any(|grade| grade.name == set.level),
        Subject::Type => scheme.types.iter().any(|rule| rule.name == set.level),
        Subject::Tag => scheme.tags.iter().any(|tag| tag.name.can_give(&set.level)),
    }
}

const fn words(subject: Subject) -> (&'static str, &'static str, &'static str) {
    match subject {
        Subject::Grade => ("grade", "等级", "--grade"),
        Subject::Type => ("type", "类型", "--type"),
        Subject::Tag => ("tag", "标签", "--tag"),
    }
}

fn unknown(set: &Override) -> Finding {
    let (en, zh, option) = words(set.subject);
    let (customer, level) = (shorten(&set.customer), shorten(&set.level));
    Finding::warning(
        Code::UnknownLabel,
        text!(
            "the override of `{customer}` is to the {en} `{level}`, which the scheme does not have: it does nothing",
            "`{customer}` 的人工调整为{zh} `{level}`，方案中没有该{zh}，调整不起作用"
        ),
    )
    .cell(
        text!(
            "overrides are to the {en} `{level}`, which the scheme does not have: they do nothing",
            "人工调整为{zh} `{level}`，方案中没有该{zh}，调整不起作用"
        ),
        customer.clone(),
    )
    .help(text!(
        "name it in `was` of the grade that it is now, or end it: `regrade review clear {customer} {option} --reason …`",
        "请在它现在对应的等级中写 `was`，或结束调整：`regrade review clear {customer} {option} --reason …`"
    ))
}

fn two(set: &Override, other: &Override) -> Finding {
    let (en, zh, option) = words(set.subject);
    let (customer, level) = (shorten(&set.customer), shorten(&set.level));
    let (by, before) = (shorten(&set.by), shorten(&other.by));
    let earlier = shorten(&other.level);
    Finding::warning(
        Code::SecondOverride,
        text!(
            "two overrides of the {en} of `{customer}` count: `{before}` set `{earlier}`, and `{by}` over it `{level}`",
            "`{customer}` 的{zh}同时有两项人工调整：`{before}` 设为 `{earlier}`，`{by}` 在其上设为 `{level}`"
        ),
    )
    .help(text!(
        "end one of them: `regrade review clear {customer} {option} --reason …` ends both, and one can be set again",
        "请结束其中一项：`regrade review clear {customer} {option} --reason …` 会结束两项，再重新设置需要的一项"
    ))
}

fn nothing(set: &Override) -> Finding {
    let (en, zh, _) = words(set.subject);
    let (customer, level) = (shorten(&set.customer), shorten(&set.level));
    Finding::note(
        Code::ChangesNothing,
        text!(
            "the override of `{customer}` to the {en} `{level}` changes nothing now: the rules give what it allows",
            "`{customer}` 调整为{zh} `{level}` 的人工调整目前不改变结果：规则结果已与之相符"
        ),
    )
    .cell(
        text!(
            "overrides of these customers change nothing now: the rules give what they allow",
            "这些客户的人工调整目前不改变结果：规则结果已与之相符"
        ),
        customer,
    )
}
