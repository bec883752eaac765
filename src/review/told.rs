//! What is said about corrections: who wants what, where it stands, and what to do.

use super::Correction;
use super::settle::Statement;
use crate::clean::text::shorten;
use crate::decide::Subject;
use crate::diagnostic::{Code, Finding, Text};
use crate::scheme::Scheme;
use crate::scheme::model::Role;
use crate::table::Date;
use crate::text;

/// The word for what a correction is of.
const fn subject_word(subject: Subject) -> (&'static str, &'static str) {
    match subject {
        Subject::Grade => ("grade", "等级"),
        Subject::Type => ("type", "类型"),
        Subject::Tag => ("tag", "标签"),
    }
}

/// The finding at the place of a correction, if it has one.
fn at(correction: &Correction, finding: Finding) -> Finding {
    match &correction.place {
        Some(place) => finding.place(place.clone()),
        None => finding,
    }
}

/// The customer beside the place of a finding that many rows have.
fn of_many(correction: &Correction, finding: Finding, all: Text) -> Finding {
    let customer = shorten(&correction.customer);
    at(correction, finding).cell(all, customer)
}

/// The words for a customer's grade (type, tag) in a command.
fn options(correction: &Correction) -> (String, &'static str) {
    let subject = match correction.subject {
        Subject::Grade => "--grade",
        Subject::Type => "--type",
        Subject::Tag => "--tag",
    };
    (shorten(&correction.customer), subject)
}

/// The role of a person whose corrections do not count; `None` if they do.
pub fn barred<'a>(scheme: &'a Scheme, by: &str) -> Option<&'a Role> {
    let mut roles = scheme.roles.iter().filter(|role| !role.review);
    roles.find(|role| role.people.iter().any(|one| **one == *by))
}

/// What is said to a person whose corrections do not count.
pub fn is_barred(by: &str, role: &Role) -> Finding {
    let (by, role) = (shorten(by), &role.name);
    let finding = Finding::error(
        Code::NotAllowed,
        text!(
            "`{by}` is in the role `{role}`, whose corrections do not count",
            "`{by}` 属于角色 `{role}`，其复核不予采用"
        ),
    );
    finding.help(text!(
        "let somebody else review it, or set `review = true` for the role",
        "请由其他人复核，或在该角色中设置 `review = true`"
    ))
}

pub(super) fn not_allowed(scheme: &Scheme, correction: &Correction) -> Option<Finding> {
    let role = barred(scheme, &correction.by)?;
    let finding = is_barred(&correction.by, role);
    let role = &role.name;
    Some(of_many(
        correction,
        finding,
        text!(
            "corrections by people of the role `{role}` do not count",
            "角色 `{role}` 的复核不予采用"
        ),
    ))
}

pub(super) fn expired(correction: &Correction, today: Date) -> Option<Finding> {
    let until = correction.until.filter(|until| *until < today)?;
    let finding = Finding::error(
        Code::OutOfRange,
        text!(
            "the correction was valid until {until}, which is before {today}",
            "该复核的有效期至 {until}，早于 {today}"
        ),
    );
    Some(at(correction, finding).help(text!("give a later day, or none", "请写更晚的日期，或不写")))
}

pub(super) fn unknown_customer(correction: &Correction) -> Finding {
    let customer = shorten(&correction.customer);
    let finding = Finding::error(
        Code::UnknownCustomerId,
        text!(
            "the newest run has no customer `{customer}`",
            "最近批次中没有客户 `{customer}`"
        ),
    );
    of_many(
        correction,
        finding,
        text!(
            "the newest run does not have these customers",
            "最近批次中没有这些客户"
        ),
    )
    .help(text!(
        "see whether the key lost its zeros or its last digits",
        "请检查客户编号是否丢了开头的零或末尾几位"
    ))
}

pub(super) fn changes_nothing(correction: &Correction) -> Finding {
    let (en, zh) = subject_word(correction.subject);
    let (customer, level) = (shorten(&correction.customer), shorten(&correction.level));
    let finding = Finding::note(
        Code::ChangesNothing,
        text!(
            "`{customer}` has the {en} `{level}` already: the correction changes nothing",
            "`{customer}` 的{zh}已是 `{level}`，该复核不改变任何结果"
        ),
    );
    of_many(
        correction,
        finding,
        text!(
            "these customers have what the corrections say already: nothing changes",
            "这些客户已是复核所填的结果，不改变任何结果"
        ),
    )
}

/// The same of an override that is set all the same.
pub(super) fn changes_nothing_yet(correction: &Correction) -> Finding {
    let (en, zh) = subject_word(correction.subject);
    let (customer, level) = (shorten(&correction.customer), shorten(&correction.level));
    let finding = Finding::note(
        Code::ChangesNothing,
        text!(
            "`{customer}` has the {en} `{level}` by the newest run: the override changes nothing for now",
            "最近批次中 `{customer}` 的{zh}就是 `{level}`，该人工调整暂不改变结果"
        ),
    );
    at(correction, finding)
}

pub(super) fn has_ended(correction: &Correction) -> Finding {
    let (customer, level) = (shorten(&correction.customer), shorten(&correction.level));
    let finding = Finding::note(
        Code::ChangesNothing,
        text!(
            "the correction of `{customer}` to `{level}` was read before and has ended since",
            "`{customer}` 改为 `{level}` 的复核已读取过，之后已结束"
        ),
    );
    of_many(
        correction,
        finding,
        text!(
            "corrections that were read before have ended since: they stay so",
            "有复核已读取过、之后已结束，不再采用"
        ),
    )
    .help(text!(
        "to set it again, give another reason, or use `regrade review set`",
        "若要重新采用，请改写理由，或用 `regrade review set`"
    ))
}

pub(super) fn open_ended(correction: &Correction) -> Finding {
    let customer = shorten(&correction.customer);
    let finding = Finding::warning(
        Code::OpenEnded,
        text!(
            "the override of `{customer}` has neither an expiry nor a review date",
            "`{customer}` 的人工调整既没有有效期，也没有复查日期"
        ),
    );
    of_many(
        correction,
        finding,
        text!(
            "overrides have neither an expiry nor a review date",
            "人工调整既没有有效期，也没有复查日期"
        ),
    )
    .help(text!(
        "give one: a column `Valid until` or `Review date` beside the reviewer's, or `--until` and `--review-on`",
        "请写明：在复核列旁加 `有效期至` 或 `复查日期` 列，或用 `--until`、`--review-on`"
    ))
}

pub(super) fn second(correction: &Correction, by: &str, level: &str) -> Finding {
    let (en, zh) = subject_word(correction.subject);
    let (customer, option) = options(correction);
    let (wanted, author) = (shorten(&correction.level), shorten(&correction.by));
    let (by, level) = (shorten(by), shorten(level));
    let finding = Finding::error(
        Code::SecondOverride,
        text!(
            "`{author}` sets the {en} of `{customer}` to `{wanted}`, which `{by}` has set to `{level}`: one at a time",
            "`{author}` 要把 `{customer}` 的{zh}改为 `{wanted}`，而 `{by}` 已设为 `{level}`，不能同时有两个"
        ),
    );
    at(correction, finding).help(text!(
        "end the other one first: `regrade review clear {customer} {option} --reason …`",
        "请先结束原来的：`regrade review clear {customer} {option} --reason …`"
    ))
}

pub(super) fn disagreement(first: &Correction, statements: &[Statement]) -> Finding {
    let (en, zh) = subject_word(first.subject);
    let (customer, option) = options(first);
    let mut finding = Finding::error(
        Code::Disagreement,
        text!(
            "reviewers disagree about the {en} of `{customer}`: none of them counts",
            "对 `{customer}` 的{zh}，复核意见不一致，均不采用"
        ),
    );
    finding = at(first, finding);
    for one in statements {
        let (by, level) = (shorten(&one.by), shorten(&one.level));
        finding = finding.with_note(match &one.place {
            Some(place) => text!(
                "`{by}` says `{level}` ({place})",
                "`{by}`：`{level}`（{place}）"
            ),
            None => text!("`{by}` said `{level}` before", "`{by}` 此前：`{level}`"),
        });
    }
    finding.help(text!(
        "let them agree and read the files again, or decide: `regrade review set {customer} {option} … --reason …`",
        "请统一意见后再读一次，或直接决定：`regrade review set {customer} {option} … --reason …`"
    ))
}
