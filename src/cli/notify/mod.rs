//! `regrade notify`: messages to customers whose grade or type changed, or to a segment; each once.
//!
//! `cases` says who is to be told what, `plan` how, `output` writes it. The messages are written first, under names that
//! follow from what they are about, and the ledger keeps that they were as the last thing: killed at any moment, the next
//! call writes the same files again and tells nobody twice.

mod cases;
mod output;
mod plan;
mod said;

use super::as_of::as_of;
use super::audit::{self, Exported};
use super::files::Reader;
use super::output::keep_inputs;
use super::recorded::{Known, known_names};
use super::{Exit, Global, Screen, Stop, columns, ledger, role, rules};
use output::Outputs;
use regrade::compare::On;
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::explain::movement::Ladder;
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, NewNotice, NoticeOf, NoticeState, Run};
use regrade::notices::{Composed, Form, Notice, compose, is_held_out};
use regrade::scheme::model::Occasion;
use regrade::table::Decimal;
use regrade::text;
use said::{Mode, Said};
use std::collections::BTreeSet;
use std::ops::Deref;

/// Arguments of `notify`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run before and the run after (@previous @latest), or only the run after; without any the newest run against
    /// the one before.
    #[arg(value_name = "RUN", num_args = 0..=2)]
    between: Vec<String>,
    /// What moved: grade or type.
    #[arg(long = "on", value_name = "WHAT", default_value = "grade", value_parser = ["grade", "type"])]
    moved: String,
    /// Tell only these: upgraded, downgraded, changed, new; without it all but new.
    #[arg(
        long = "only",
        value_name = "CLASS",
        value_delimiter = ',',
        conflicts_with = "campaign"
    )]
    occasions: Vec<String>,
    /// The id of a campaign: everybody for whom `--where` holds is told, once.
    #[arg(long, value_name = "ID", requires = "template")]
    campaign: Option<String>,
    /// Only customers for whom this holds.
    #[arg(long = "where", value_name = "CONDITION")]
    segment: Option<String>,
    /// The template, instead of those of the scheme.
    #[arg(long, value_name = "FILE")]
    template: Option<std::path::PathBuf>,
    /// What messages are written as: eml, text or sms; without it eml.
    #[arg(long = "as", value_name = "FORM", default_value = "eml", value_parser = ["eml", "text", "sms"])]
    form: String,
    /// The share of the campaign's customers who are not told, so that it can be seen what the campaign does: 10%.
    #[arg(long, value_name = "SHARE", requires = "campaign")]
    holdout: Option<String>,
    /// Write messages once more that were written before; nothing is recorded twice.
    #[arg(long = "again")]
    once_more: bool,
}

/// A ledger that is read, or written to as well.
enum Open<'a> {
    Read(&'a Ledger),
    Write(regrade::ledger::Writer<'a>),
}

impl Deref for Open<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        match self {
            Self::Read(ledger) => ledger,
            Self::Write(writer) => writer,
        }
    }
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let form = match args.form.as_str() {
        "sms" => Form::Sms,
        "text" => Form::Text,
        _ => Form::Mail,
    };
    let holdout = args.holdout.as_deref().map(share).transpose()?;
    let campaign = args.campaign.as_deref().map(campaign_id).transpose()?;
    let outputs = Outputs::of(global)?;
    let mut read = vec![rules::path(global), ledger::path(global)];
    read.extend(args.template.clone());
    keep_inputs(&outputs.files(), &read)?;
    let path = ledger::path(global);
    let trouble = |error: Error| ledger::trouble(&path, &error);
    let who = ledger::who(global);
    let mut opened = ledger::open(global)?;
    // Two calls at one time would tell everybody twice: who writes messages holds the ledger until they are written.
    let records = outputs.is_named && !global.dry_run;
    let ledger = if records {
        Open::Write(opened.write(&who).map_err(trouble)?)
    } else {
        Open::Read(&opened)
    };
    let (old, new) = runs(&ledger, args, global)?;
    let on = if args.moved == "type" {
        On::Type
    } else {
        On::Grade
    };
    known_names(&new.scheme, &on, None)?;
    let grading = seen(new.again(&ledger)?, &new, global)?;
    let condition = args.segment.as_deref();
    let condition = condition
        .map(|written| columns::condition(&new.scheme, written))
        .transpose()?;
    let rows = condition.map(|wanted| cases::rows(&grading, &wanted, screen));
    let mut found = if let Some(id) = campaign {
        cases::of_campaign(&ledger, &grading, rows, id)
    } else {
        let ladder = match on {
            On::Type => Ladder::Type,
            _ => Ladder::Grade,
        };
        let only = occasions(&args.occasions)?;
        let between = (old.as_ref(), &new);
        cases::of_moves(&ledger, between, &grading, ladder, &only, rows.as_ref())
    }
    .map_err(trouble)?;
    if args.once_more {
        found.cases.append(&mut found.again);
        found.cases.sort_by_key(|case| case.row);
    }
    let plan = plan::plan(&ledger, &new, &grading, args, form, &outputs, global)?;
    let mut composed = compose(&grading, &plan.plan, std::mem::take(&mut found.cases))
        .map_err(|(occasion, finding)| plan.stop(occasion, finding))?;
    let held = hold_out(&mut composed, campaign, holdout, &found.told);
    screen.run_findings(&composed.findings);
    let kept = keep(&grading, &composed, &held, campaign, form, &found.told);
    let exported = Exported {
        command: "notify",
        run: Some(&new.run.id),
        rows: composed.notices.len(),
        role: grading.role.as_deref(),
    };
    let mut reader = Reader::Stayed;
    if !composed.notices.is_empty() || !outputs.is_named {
        let messages = output::Messages {
            notices: &composed.notices,
            grading: &grading,
            form,
            lang: plan.plan.lang,
            from: plan.from.as_ref(),
            campaign,
        };
        if !global.dry_run {
            let prepared = outputs.prepare(&messages)?;
            if let Open::Write(writer) = &ledger {
                outputs
                    .audit(writer, global, form, &exported)
                    .map_err(trouble)?;
                tell(writer, &new.run, campaign, &kept).map_err(trouble)?;
            }
            reader = prepared.reader;
            prepared.files.commit()?;
        }
    } else if let Open::Write(writer) = &ledger {
        tell(writer, &new.run, campaign, &kept).map_err(trouble)?;
    }
    if let Open::Write(writer) = ledger {
        writer.commit().map_err(trouble)?;
    } else {
        audit::after(global, &outputs.tables, &exported, screen);
    }
    let said = Said {
        grading: &grading,
        composed: &composed,
        before: if args.once_more { 0 } else { found.told.len() },
        held: held.len(),
        asked: plan.plan.permission.is_some(),
        form,
        mode: match (records, global.dry_run) {
            (true, _) => Mode::Written,
            (false, true) => Mode::Dry,
            (false, false) => Mode::Shown,
        },
        is_first: campaign.is_none()
            && old.is_none()
            && !args.occasions.iter().any(|only| only == "new"),
    };
    for line in said.lines(screen.lang) {
        screen.say(&line);
    }
    reader.end().map(|()| Exit::Done)
}

/// What the role that writes may see. A message says what it knows of a customer, so that a role from which something is
/// hidden writes none; one that sees some customers writes to these.
fn seen(grading: Grading, new: &Known, global: &Global) -> Result<Grading, Stop> {
    let Some(viewer) = role::viewer_of_run(global, &new.scheme)? else {
        return Ok(grading);
    };
    if viewer.sees_all_columns() {
        return Ok(viewer.see(&grading));
    }
    let name = viewer.name();
    let finding = Finding::error(
        Code::NotForRole,
        text!(
            "the role `{name}` does not see everything of its customers, and messages tell them what is known",
            "角色 `{name}` 看不到客户的全部内容，而通知会写明这些内容"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "let somebody write them from whom nothing is hidden or masked",
        "请由没有隐藏列和脱敏列的人来写"
    ))))
}

/// The run before, if there is one, and the run after.
fn runs(ledger: &Ledger, args: &Args, global: &Global) -> Result<(Option<Known>, Known), Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let before = |new: &Known| -> Result<Option<Known>, Stop> {
        let before = ledger.run_before(new.run.as_of).map_err(trouble)?;
        before.map(|run| Known::find(ledger, &run.id)).transpose()
    };
    match &args.between[..] {
        [old, new, ..] => Ok((Some(Known::find(ledger, old)?), Known::find(ledger, new)?)),
        [new] => {
            let new = Known::find(ledger, new)?;
            Ok((before(&new)?, new))
        }
        [] => {
            let name = match &global.as_of {
                Some(_) => format!("@{}", as_of(global)?),
                None => "@latest".to_owned(),
            };
            let new = Known::find(ledger, &name)?;
            Ok((before(&new)?, new))
        }
    }
}

/// The occasions that `--only` names.
fn occasions(written: &[String]) -> Result<Vec<Occasion>, Stop> {
    if written.is_empty() {
        return Ok(vec![
            Occasion::Upgraded,
            Occasion::Downgraded,
            Occasion::Changed,
        ]);
    }
    let one = |word: &String| {
        let word = word.trim();
        let mut known = Occasion::MOVES.into_iter();
        known
            .find(|occasion| occasion.key() == word)
            .ok_or_else(|| {
                let Text { en, zh } = listed(Occasion::MOVES.map(Occasion::key));
                let finding = Finding::error(
                    Code::Usage,
                    text!(
                        "`--only {word}` is nothing that customers are told of",
                        "`--only {word}` 不是可通知的变动类别"
                    ),
                );
                Stop::usage(finding.help(text!("write {en}", "可以写 {zh}")))
            })
    };
    written.iter().map(one).collect()
}

/// The id of a campaign: something to name it by.
fn campaign_id(written: &str) -> Result<&str, Stop> {
    let id = written.trim();
    if id.is_empty() || id.len() > 200 || id.contains(char::is_control) {
        return Err(Stop::usage(
            Finding::error(
                Code::Usage,
                text!(
                    "`--campaign {id}` is no id",
                    "`--campaign {id}` 不能作活动编号"
                ),
            )
            .help(text!(
                "write a short name such as `2024-autumn`: whoever is told once is not told again under it",
                "请写一个简短的名称，如 `2024-秋季`：同一编号下每位客户只通知一次"
            )),
        ));
    }
    Ok(id)
}

/// `10%` or `0.1`.
fn share(written: &str) -> Result<Decimal, Stop> {
    let percent = written.trim().strip_suffix(['%', '％']);
    let number = match percent {
        Some(number) => {
            Decimal::parse(number.trim()).and_then(|number| number.checked_div(Decimal::HUNDRED))
        }
        None => Decimal::parse(written.trim()),
    };
    let one = Decimal::from_int(1).unwrap_or_default();
    number
        .filter(|share| *share >= Decimal::ZERO && *share < one)
        .ok_or_else(|| {
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "`--holdout {written}` is no share",
                    "`--holdout {written}` 不是比例"
                ),
            );
            Stop::usage(finding.help(text!("write `10%` or `0.1`", "请写 `10%` 或 `0.1`")))
        })
}

/// Takes out of a campaign whom the draw leaves untold: of those who would be told, so that they differ from those who
/// are in nothing but the draw. Gives their rows.
fn hold_out(
    composed: &mut Composed,
    campaign: Option<&str>,
    share: Option<Decimal>,
    told: &BTreeSet<u32>,
) -> Vec<u32> {
    let (Some(campaign), Some(share)) = (campaign, share) else {
        return vec![];
    };
    // Who was told before is told, whatever the share is now.
    let is_held = |notice: &mut Notice| {
        !told.contains(&notice.case.row) && is_held_out(campaign, &notice.customer, share)
    };
    let held = composed.notices.extract_if(.., is_held);
    held.map(|notice| notice.case.row).collect()
}

/// What the ledger is to keep.
fn keep(
    grading: &Grading,
    composed: &Composed,
    held: &[u32],
    campaign: Option<&str>,
    form: Form,
    before: &BTreeSet<u32>,
) -> Vec<NewNotice> {
    let id = |row: u32| grading.book.roster.ids[row as usize].clone();
    let not = |row: u32, campaign: &str, state| NewNotice {
        customer: id(row),
        of: NoticeOf::Campaign(campaign.into()),
        state,
        form: None,
        template: None,
    };
    let told = composed
        .notices
        .iter()
        .filter(|notice| !before.contains(&notice.case.row));
    let mut kept: Vec<NewNotice> = told
        .map(|notice| NewNotice {
            customer: notice.customer.clone(),
            of: match (campaign, &notice.case.new) {
                (None, Some(level)) => NoticeOf::Move {
                    subject: notice.case.ladder.subject(),
                    level: level.clone(),
                    previous: notice.case.old.clone(),
                },
                (campaign, _) => NoticeOf::Campaign(campaign.unwrap_or_default().into()),
            },
            state: NoticeState::Told,
            form: Some(form.key()),
            template: Some(notice.template.clone()),
        })
        .collect();
    // Of a campaign the others are kept too: they are whom those told are held against.
    if let Some(campaign) = campaign {
        let held = held.iter().map(|row| (*row, NoticeState::HeldOut));
        let unconsented = composed.unconsented.iter();
        let unconsented = unconsented.map(|(row, _)| (*row, NoticeState::Unconsented));
        let unreachable = composed.unreachable.iter();
        let unreachable = unreachable.map(|row| (*row, NoticeState::Unreachable));
        let others = held.chain(unconsented).chain(unreachable);
        kept.extend(others.map(|(row, state)| not(row, campaign, state)));
    }
    kept
}

/// Puts down who was told.
fn tell(
    writer: &regrade::ledger::Writer<'_>,
    run: &Run,
    campaign: Option<&str>,
    kept: &[NewNotice],
) -> Result<(), Error> {
    let what = campaign.map_or_else(|| run.id.clone(), |id| format!("campaign {id}"));
    writer.tell(run.number, &what, kept)?;
    // A full disk is to show now, before any message appears.
    writer.flush()
}
