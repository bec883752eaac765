//! Messages to customers: whose grade or type changed, or of a segment.
//!
//! Takes a [`Grading`], who is to be told what ([`Case`]) and how ([`Plan`]); gives the messages, and whom they are not
//! for and why ([`Composed`]). No I/O and no clock: the date of a message is the as-of date, and who was told before is
//! left out by the caller, who knows the ledger.
//!
//! ```text
//! phrase    a condition → the words of a customer
//! reason    what moved somebody → a sentence with months and amounts; what the next level asks for
//! words     (Grading, Case) → what a template may say
//! template  text → Template; (Template, Words) → subject and text          the only place that knows minijinja
//! builtin   the templates for those who name none
//! consent   (customer, day) → may be told, or why not
//! holdout   who of a campaign is left untold to compare
//! mail      a message → RFC 5322; `sms` its length and parts
//! ```

mod builtin;
mod consent;
mod holdout;
pub mod mail;
mod phrase;
mod reason;
pub mod sms;
pub mod template;
mod words;

pub use builtin::template as builtin_template;
pub use consent::{Permission, Refusal, field_of};
pub use holdout::is_held_out;
pub use reason::{Evidence, Why};
pub use template::{Template, Words};
pub use words::names;

use crate::book::{CustomerRows, Roster};
use crate::clean::mailbox::is_address;
use crate::diagnostic::{Code, Finding, Lang};
use crate::explain::field_cell;
use crate::explain::movement::Ladder;
use crate::grading::Grading;
use crate::scheme::model::Occasion;
use crate::table::{Date, Value};
use crate::text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a message is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// An e-mail.
    Mail,
    /// A text, for a letter.
    Text,
    /// A text message.
    Sms,
}

impl Form {
    /// The word in options, in the ledger and at the end of a file's name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mail => "eml",
            Self::Text => "text",
            Self::Sms => "sms",
        }
    }
}

/// One customer who is to be told something.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The customer's row in the grading.
    pub row: u32,
    /// Why there is a message.
    pub occasion: Occasion,
    /// What moved; of a campaign the grade.
    pub ladder: Ladder,
    /// The level before.
    pub old: Option<Arc<str>>,
    /// The level now; `None` for a campaign.
    pub new: Option<Arc<str>>,
    /// Since when.
    pub since: Option<Date>,
    /// Why the level is another; `None` for a campaign.
    pub why: Option<Why>,
}

/// How messages are made.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The language of the built-in words: reasons, what comes next.
    pub lang: Lang,
    /// What messages are written as.
    pub form: Form,
    /// The templates by occasion.
    pub templates: BTreeMap<Occasion, Template>,
    /// The id of the campaign, if it is one.
    pub campaign: Option<&'a str>,
    /// What the sender is called.
    pub sender: Option<Arc<str>>,
    /// The field with the addresses that the form needs; `None`: a form without.
    pub address: Option<usize>,
    /// Where consent stands; `None`: nobody is asked.
    pub permission: Option<Permission>,
    /// Newer sheets of customers than the grading has: what was taken back since counts.
    pub newer: Option<Newer>,
}

/// The customers' sheets that came in since the grading was made.
#[derive(Debug)]
pub struct Newer {
    /// Who is in them.
    pub roster: Roster,
    /// What they say.
    pub rows: CustomerRows,
    /// The date as of which they are in force.
    pub as_of: Date,
    /// Where they have the consent.
    pub permission: Permission,
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The customer's name.
    pub name: Option<Arc<str>>,
    /// What it is about.
    pub case: Case,
    /// Where it goes; `None` for a form without addresses.
    pub address: Option<String>,
    /// Why the level is another, in the customer's words.
    pub reason: Option<String>,
    /// What the customer's strategy gives.
    pub benefits: Vec<String>,
    /// What the next better level asks for.
    pub next: Option<String>,
    /// The subject, if the template has one.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The SHA-256 of the template.
    pub template: String,
}

/// What came of all cases.
#[derive(Debug, Default)]
pub struct Composed {
    /// The messages, in the order of the cases.
    pub notices: Vec<Notice>,
    /// The rows of those without consent, and why.
    pub unconsented: Vec<(u32, Refusal)>,
    /// The rows of those without an address that can be used.
    pub unreachable: Vec<u32>,
    /// What there is to say of addresses.
    pub findings: Vec<Finding>,
}

/// Makes the messages. What a template cannot say stops all of them: the finding points into the template of the occasion.
pub fn compose(
    grading: &Grading,
    plan: &Plan<'_>,
    cases: Vec<Case>,
) -> Result<Composed, (Occasion, Finding)> {
    let mut composed = Composed::default();
    for case in cases {
        let row = case.row as usize;
        if let Err(refusal) = permitted(grading, plan, row) {
            composed.unconsented.push((case.row, refusal));
            continue;
        }
        let address = match plan
            .address
            .map(|field| address(grading, plan.form, field, row))
        {
            None => None,
            Some(Ok(address)) => Some(address),
            Some(Err(finding)) => {
                composed.unreachable.push(case.row);
                composed.findings.push(finding);
                continue;
            }
        };
        let Some(template) = plan.templates.get(&case.occasion) else {
            continue;
        };
        let (words, told) = words::words(grading, plan, &case, address.as_deref());
        let rendered = template
            .render(&words)
            .map_err(|finding| (case.occasion, finding))?;
        let roster = &grading.book.roster;
        composed.notices.push(Notice {
            customer: roster.ids[row].clone(),
            name: roster.names[row].clone(),
            address,
            reason: told.reason,
            benefits: told.benefits,
            next: told.next,
            subject: rendered.subject,
            text: rendered.body,
            template: template.hash.clone(),
            case,
        });
    }
    Ok(composed)
}

/// Whether a customer may be told: by the sheet that the grading has, and by any newer one.
fn permitted(grading: &Grading, plan: &Plan<'_>, row: usize) -> Result<(), Refusal> {
    let Some(permission) = &plan.permission else {
        return Ok(());
    };
    let book = &grading.book;
    let rows = book.customers.as_ref().ok_or(Refusal::Missing)?;
    permission.of(rows, row, book.as_of)?;
    let Some(newer) = &plan.newer else {
        return Ok(());
    };
    // Who is not in the newest sheet has taken nothing back.
    match newer.roster.by_id().get(&book.roster.ids[row]) {
        None => Ok(()),
        Some(row) => newer.permission.of(&newer.rows, *row as usize, newer.as_of),
    }
}

/// The address of a customer, or what is wrong with it.
fn address(grading: &Grading, form: Form, field: usize, row: usize) -> Result<String, Finding> {
    let customers = grading.book.customers.as_ref();
    let value = customers.map(|customers| customers.columns[field].value(row));
    let written = match value {
        Some(Value::Text(text)) => text.trim().to_owned(),
        _ => String::new(),
    };
    let name = customers_name(grading, row);
    let (is_good, kind) = match form {
        Form::Sms => (is_number(&written), text!("telephone number", "手机号")),
        _ => (is_address(&written), text!("e-mail address", "邮箱地址")),
    };
    if is_good {
        return Ok(match form {
            Form::Sms => written.chars().filter(|c| is_of_number(*c)).collect(),
            _ => written,
        });
    }
    let (en, zh) = (&kind.en, &kind.zh);
    let finding = if written.is_empty() {
        Finding::warning(
            Code::NoAddress,
            text!(
                "{name} has no {en} and is not told",
                "{name} 没有{zh}，未通知"
            ),
        )
    } else {
        Finding::warning(
            Code::NoAddress,
            text!(
                "`{written}` of {name} is no {en}; the customer is not told",
                "{name} 的 `{written}` 不是{zh}，未通知"
            ),
        )
    };
    let finding = finding.help(text!(
        "correct it in the sheet, import it and grade that date again; then they are told",
        "请在表中改正后重新导入，并重新评级该日期；之后就会通知"
    ));
    Err(match field_cell(grading, field, row) {
        Some(place) => finding.place(place),
        None => finding,
    })
}

/// A customer for messages: the name with the key, or the key alone.
pub fn customers_name(grading: &Grading, row: usize) -> String {
    let roster = &grading.book.roster;
    match &roster.names[row] {
        Some(name) => format!("{} {name}", roster.ids[row]),
        None => roster.ids[row].to_string(),
    }
}

const fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || c == '+'
}

/// Whether a text is a telephone number: at most fifteen digits (ITU-T E.164), a plus sign before them, and what people
/// put between.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plus = text.rfind('+').is_none_or(|at| at == 0);
    let others = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    (5..=15).contains(&digits) && plus && text.chars().all(others)
}
