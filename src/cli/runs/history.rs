//! The history of one customer: a row for each change of grade or type, and for each override that was set or ended.

use super::both;
use crate::cli::audit::{self, Exported};
use crate::cli::output::files_of;
use crate::cli::recorded::Known;
use crate::cli::{Exit, Global, Screen, Stop, ledger, list, output, role};
use regrade::decide::{Hold, Subject};
use regrade::diagnostic::{Code, Finding, Text};
use regrade::grading::SeenAs;
use regrade::ledger::{HistoryRow, Ledger, StoredOverride};
use regrade::present::listing::{ListCell, ListColumn};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::table::Date;
use regrade::text;
use regrade::words::Word;
use serde_json::Value;
use std::sync::Arc;

/// Arguments of `runs history`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The customer's key.
    #[arg(value_name = "CUSTOMER")]
    who: String,
}

/// One change.
struct Change {
    date: Date,
    /// On one day people come first: what they set moves the grade.
    order: u8,
    cells: Vec<ListCell>,
}

/// Lists it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = list::targets(global)?;
    let path = ledger::path(global);
    output::keep_inputs(&files_of(&outputs), std::slice::from_ref(&path))?;
    let trouble = |error| ledger::trouble(&path, &error);
    let mut ledger = ledger::open(global)?;
    let snapshot = ledger.snapshot().map_err(trouble)?;
    let lang = list::lang(global);
    let role = who_is(global, &snapshot, &args.who)?;
    let who = role.as_ref().map_or(&*args.who, |role| &*role.who);
    let mut history = snapshot.history(who).map_err(trouble)?;
    let mut overrides = snapshot.overrides_of(who).map_err(trouble)?;
    if role.as_ref().is_some_and(|role| !role.sees_all) {
        // Reasons, evidence and what people wrote may quote anything.
        for known in &mut history {
            known.row.reasons.clear();
            known.row.evidence = None;
        }
        for stored in &mut overrides {
            stored.set.reason = "".into();
            stored.origin = None;
            if let Some(ended) = &mut stored.ended {
                ended.reason = String::new();
            }
        }
        overrides.retain(|stored| stored.set.subject != Subject::Tag);
    }
    if history.is_empty() && overrides.is_empty() {
        return Err(unknown(&args.who));
    }
    let written = list::write(&outputs, lang, &columns(), |keyed| {
        let changes = changes(&history, &overrides, keyed);
        changes.into_iter().map(|change| change.cells).collect()
    });
    // Who has read the first lines has them.
    if !matches!(written, Ok(()) | Err(Stop::ClosedPipe)) {
        return written.map(|()| Exit::Done);
    }
    drop(snapshot);
    let exported = Exported {
        command: "runs history",
        run: None,
        rows: 1,
        role: role.as_ref().and_then(|role| role.seen_as.as_deref()),
    };
    audit::after(global, &outputs, &exported, screen);
    written.map(|()| Exit::Done)
}

/// The customer for whose history a role asks.
struct Asked {
    /// Its key.
    who: Arc<str>,
    /// Whether the role sees every column of it.
    sees_all: bool,
    /// What the role sees.
    seen_as: Option<Arc<SeenAs>>,
}

/// Whose history a role asks for, by the key that it knows the customer by: one whom it sees in the newest run. `None`
/// without a role.
fn who_is(global: &Global, ledger: &Ledger, who: &str) -> Result<Option<Asked>, Stop> {
    if global.role.is_none() {
        return Ok(None);
    }
    let known = Known::find(ledger, "@latest")?;
    let Some(viewer) = role::viewer_of_run(global, &known.scheme)? else {
        return Ok(None);
    };
    let grading = known.again(ledger)?;
    let seen = viewer.see(&grading);
    let is_seen = seen.people.by_id().contains_key(who);
    let mut ids = grading.people.ids.iter();
    match ids.find(|id| is_seen && *viewer.id(id) == *who) {
        Some(id) => Ok(Some(Asked {
            who: id.clone(),
            sees_all: viewer.sees_all_columns(),
            seen_as: seen.role,
        })),
        None => Err(unknown(who)),
    }
}

/// The ledger knows no such customer.
pub fn unknown(customer: &str) -> Stop {
    Stop::usage(
        Finding::error(
            Code::UnknownCustomerId,
            text!(
                "the ledger has no customer with the key `{customer}`",
                "台账中没有编号为 `{customer}` 的客户"
            ),
        )
        .help(text!(
            "write the key as the sheet has it, with its zeros",
            "请按表中的写法给出编号，包括前面的零"
        )),
    )
}

fn columns() -> [ListColumn; 9] {
    use ColumnKind::{Date, Id, Text};
    let column = ListColumn::new;
    [
        column("date", text!("Date", "日期"), Date, ColumnRole::Key),
        column("subject", text!("What", "项目"), Text, ColumnRole::Type),
        column("from", text!("From", "原"), Text, ColumnRole::Previous),
        column("to", text!("To", "现"), Text, ColumnRole::Grade),
        column("decision", both(Word::Change), Text, ColumnRole::Type),
        column("reason", both(Word::Reasons), Text, ColumnRole::Reasons),
        column(
            "evidence",
            text!("Evidence", "依据"),
            Text,
            ColumnRole::Next,
        ),
        column("run", text!("Run", "批次"), Id, ColumnRole::Computed),
        column("by", text!("By", "操作人"), Text, ColumnRole::Name),
    ]
}

/// The changes in their order.
fn changes(history: &[HistoryRow], overrides: &[StoredOverride], keyed: bool) -> Vec<Change> {
    let mut changes: Vec<Change> = overrides.iter().flat_map(of_override).collect();
    changes.extend(moves(history, Subject::Grade, keyed));
    changes.extend(moves(history, Subject::Type, keyed));
    changes.sort_by_key(|change| (change.date, change.order));
    changes
}

fn subject(subject: Subject) -> ListCell {
    let word = match subject {
        Subject::Grade => Word::Grade,
        Subject::Type => Word::Type,
        Subject::Tag => Word::Tags,
    };
    ListCell::Word(subject.key(), both(word))
}

/// The runs in which the grade or the type became another.
fn moves(history: &[HistoryRow], of: Subject, keyed: bool) -> Vec<Change> {
    let level = |row: &HistoryRow| {
        let standing = &row.row.standing;
        match of {
            Subject::Grade => standing.effective_grade.clone(),
            _ => standing.effective_kind.clone(),
        }
    };
    let mut before = None;
    let mut changes = vec![];
    for row in history {
        let now = level(row);
        if now == before {
            continue;
        }
        let decision = match of {
            Subject::Grade => super::decision(row.row.decision),
            _ => ListCell::Value(OutCell::Blank),
        };
        // The first reason says why the grade is this one; the others say how the values come about, in `export`.
        let reason = match of {
            Subject::Grade => row.row.reasons.first().cloned(),
            _ => type_reason(row),
        };
        changes.push(Change {
            date: row.as_of,
            order: if of == Subject::Grade { 2 } else { 3 },
            cells: vec![
                ListCell::Value(OutCell::Date(row.as_of)),
                subject(of),
                ListCell::maybe(before.as_deref()),
                ListCell::maybe(now.as_deref()),
                decision,
                ListCell::maybe(reason),
                ListCell::maybe(evidence(row, of)),
                super::id(&row.run_id, keyed),
                ListCell::text(row.made_by.clone()),
            ],
        });
        before = now;
    }
    changes
}

/// Why the type became another, which the evidence says, because among the reasons of a run the grade's come first.
fn type_reason(row: &HistoryRow) -> Option<String> {
    let all: Value = serde_json::from_str(row.row.evidence.as_deref()?).ok()?;
    let mut of_type = all.as_array()?.iter().filter(|one| one["of"] == "type");
    let reason = of_type.find_map(|one| one["reason"].as_str());
    reason.map(str::to_owned)
}

/// The periods and values that moved the customer on this ladder: `rule: 2024-01 采购额=600, 2024-02 采购额=700`.
fn evidence(row: &HistoryRow, of: Subject) -> Option<String> {
    let all: Value = serde_json::from_str(row.row.evidence.as_deref()?).ok()?;
    let shown: Vec<String> = all
        .as_array()?
        .iter()
        .filter(|evidence| evidence["of"] == of.key())
        .map(|evidence| {
            let periods = evidence["periods"].as_array();
            let periods: Vec<String> = periods.into_iter().flatten().map(period).collect();
            match evidence["rule"].as_str() {
                Some(rule) => format!("{rule}: {}", periods.join(", ")),
                None => periods.join(", "),
            }
        })
        .filter(|shown| !shown.is_empty())
        .collect();
    (!shown.is_empty()).then(|| shown.join("; "))
}

fn period(period: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "?".to_owned(),
        other => other.to_string(),
    };
    let values = period.as_object().into_iter().flatten();
    let words: Vec<String> = values
        .map(|(name, value)| match name.as_str() {
            "period" => plain(value),
            name => format!("{name}={}", plain(value)),
        })
        .collect();
    words.join(" ")
}

/// An override was set, and ended.
fn of_override(stored: &StoredOverride) -> Vec<Change> {
    let set = &stored.set;
    let recorded = stored.made_at.get(..10).and_then(Date::parse_iso);
    let change = |date: Date, order: u8, from: bool, what: ListCell, reason: &str, by: &str| {
        let level = ListCell::text(&*set.level);
        let blank = ListCell::Value(OutCell::Blank);
        let (from, to) = if from { (level, blank) } else { (blank, level) };
        Change {
            date,
            order,
            cells: vec![
                ListCell::Value(OutCell::Date(date)),
                subject(set.subject),
                from,
                to,
                what,
                ListCell::maybe(Some(reason).filter(|reason| !reason.is_empty())),
                ListCell::maybe(stored.origin.as_deref()),
                ListCell::Value(OutCell::Blank),
                ListCell::text(by),
            ],
        }
    };
    let mut changes = vec![];
    if let Some(date) = set.from.or(recorded) {
        let (key, word) = hold(set.hold);
        let what = ListCell::Word(key, word);
        changes.push(change(date, 0, false, what, &set.reason, &set.by));
    }
    if let Some(ended) = &stored.ended {
        let word = text!("override ended", "调整已结束");
        let what = ListCell::Word("override_ended", word);
        changes.push(change(ended.on, 1, true, what, &ended.reason, &ended.by));
    }
    changes
}

fn hold(hold: Hold) -> (&'static str, Text) {
    match hold {
        Hold::Floor => ("floor", text!("set: not below", "调整：不低于")),
        Hold::Lock => ("lock", text!("set: locked", "调整：锁定")),
        Hold::Ceiling => ("ceiling", text!("set: not above", "调整：不高于")),
    }
}
