//! What one person decides about one customer: to set, clear and confirm, to accept and reject.

use super::room::{About, Room, date};
use super::standings::Standings;
use crate::cli::{Exit, Global, Screen, Stop};
use clap::{ArgGroup, Args};
use regrade::decide::{Hold, Subject};
use regrade::diagnostic::{Code, Finding, Lang, Text, listed};
use regrade::ledger::RunRow;
use regrade::review::{Correction, Named, Settled, hold_word, name_level, settle_by_hand};
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;

/// What an override is of, by its name.
#[derive(Args, Debug)]
#[group(id = "level", multiple = false)]
pub struct Level {
    /// The grade.
    #[arg(long, value_name = "GRADE", id = "to_grade")]
    grade: Option<String>,
    /// The type.
    #[arg(long = "type", value_name = "TYPE", id = "to_type")]
    kind: Option<String>,
    /// A tag.
    #[arg(long, value_name = "TAG", id = "to_tag")]
    tag: Option<String>,
}

/// How it holds.
#[derive(Args, Debug)]
#[group(id = "holding", multiple = false)]
pub struct Holding {
    /// Not below this; rules may raise it. The default for a grade above the one that the rules give.
    #[arg(long)]
    floor: bool,
    /// This and nothing else; of a tag: put it on. The default otherwise.
    #[arg(long)]
    lock: bool,
    /// Not above this; of a tag: take it off.
    #[arg(long)]
    ceiling: bool,
}

/// Arguments of `review set`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("who").args(["customer", "from"]).required(true)))]
pub struct Set {
    /// The customer's key, or the exact name.
    #[arg(value_name = "CUSTOMER", requires = "reason")]
    customer: Option<String>,
    #[command(flatten)]
    level: Level,
    #[command(flatten)]
    holding: Holding,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[command(flatten)]
    days: Days,
    /// A sheet with many of them: columns for key, grade (or type, or tag), reason, and if wanted kind, by, until and
    /// review date.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["level", "holding", "days"])]
    pub from: Option<String>,
    #[command(flatten)]
    pub reading: crate::cli::Reading,
}

/// Arguments of `review clear`.
#[derive(Args, Debug)]
pub struct Clear {
    /// The customer's key, or the exact name.
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// The override of the grade. Without any of these, what is set of the customer, if it is one thing.
    #[arg(long = "grade", id = "of_grade", group = "of")]
    grade: bool,
    /// The override of the type.
    #[arg(long = "type", id = "of_type", group = "of")]
    kind: bool,
    /// The override of this tag.
    #[arg(long = "tag", id = "of_tag", group = "of", value_name = "TAG")]
    tag: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `review confirm`.
#[derive(Args, Debug)]
pub struct Confirm {
    /// The customer's key, or the exact name.
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// The review rule; all of them if not given.
    #[arg(long, value_name = "NAME", id = "review_rule")]
    rule: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `review accept`.
#[derive(Args, Debug)]
pub struct Accept {
    #[command(flatten)]
    decide: Decide,
    #[command(flatten)]
    days: Days,
}

/// How long something counts.
#[derive(Args, Debug)]
#[group(id = "days")]
pub struct Days {
    /// The last day on which it counts.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// When somebody is to look at it again.
    #[arg(long, value_name = "DATE")]
    review_on: Option<String>,
}

/// Arguments of `review reject`.
#[derive(Args, Debug)]
#[group(id = "decide")]
pub struct Decide {
    /// The number of the proposal, as `review list` shows it.
    #[arg(value_name = "N")]
    number: i64,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Level {
    fn named(&self) -> Result<(Subject, &str), Stop> {
        match (&self.grade, &self.kind, &self.tag) {
            (Some(name), _, _) => Ok((Subject::Grade, name)),
            (_, Some(name), _) => Ok((Subject::Type, name)),
            (_, _, Some(name)) => Ok((Subject::Tag, name)),
            _ => Err(Stop::usage(
                Finding::error(
                    Code::Usage,
                    text!("nothing says what to set", "没有说明要设成什么"),
                )
                .help(text!(
                    "give `--grade`, `--type` or `--tag`",
                    "请写 `--grade`、`--type` 或 `--tag`"
                )),
            )),
        }
    }
}

impl Days {
    /// The last day, and the day of another look.
    fn read(&self) -> Result<(Option<Date>, Option<Date>), Stop> {
        let day = |written: &Option<String>, option| {
            let written = written.as_deref();
            written.map(|written| date(written, option)).transpose()
        };
        Ok((
            day(&self.until, "--until")?,
            day(&self.review_on, "--review-on")?,
        ))
    }
}

impl Holding {
    fn hold(&self) -> Option<Hold> {
        match (self.floor, self.lock, self.ceiling) {
            (true, _, _) => Some(Hold::Floor),
            (_, true, _) => Some(Hold::Lock),
            (_, _, true) => Some(Hold::Ceiling),
            _ => None,
        }
    }
}

/// `review set`.
pub fn set(args: &Set, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (subject, word) = args.level.named()?;
    let (until, review_on) = args.days.read()?;
    let reason = reason(args.reason.as_deref().unwrap_or_default())?;
    let mut room = Room::open(global)?;
    let level = match name_level(room.scheme(), subject, word) {
        Named::Level(level) => level,
        Named::Unknown(finding) => return Err(Stop::usage(*finding)),
    };
    let customer = args.customer.as_deref().unwrap_or_default();
    let (about, desk) = room.desk()?;
    let standings = desk.standings(is(customer))?;
    let correction = Correction {
        customer: standings.customer(customer)?,
        subject,
        level,
        hold: args.holding.hold(),
        reason,
        by: about.who.by.as_str().into(),
        until,
        review_on,
        place: None,
        seen: None,
    };
    let settled = settle(about, &standings, correction);
    desk.record(&standings, &settled)?;
    desk.commit()?;
    Ok(said(&settled, global, screen))
}

/// The customers that a word may mean.
fn is(written: &str) -> impl Fn(&RunRow) -> bool {
    move |row| *row.customer == *written || row.name.as_deref() == Some(written)
}

fn settle(about: &About, standings: &Standings, correction: Correction) -> Settled {
    let current = standings.current(&correction.customer);
    settle_by_hand(&about.rules.scheme, correction, about.as_of, current)
}

/// Says what was decided.
fn said(settled: &Settled, global: &Global, screen: &Screen) -> Exit {
    screen.run_findings(&settled.findings);
    for (correction, hold) in &settled.set {
        let (customer, level) = (&correction.customer, &correction.level);
        let word = hold_word(*hold);
        let (en, zh) = (word.get(Lang::En), word.get(Lang::Zh));
        say(
            global,
            screen,
            text!(
                "`{customer}`: `{level}` ({en})",
                "`{customer}`：`{level}`（{zh}）"
            ),
        );
    }
    if settled.repeated > 0 {
        screen.say(&text!("it is set already", "已经是这样设的"));
    }
    super::back::exit(&settled.findings)
}

/// Says something, and whether it was only tried.
fn say(global: &Global, screen: &Screen, mut text: Text) {
    if global.dry_run {
        text.en += " (dry run: not written)";
        text.zh += "（试运行，未写入）";
    }
    screen.say(&text);
}

/// A reason, which may not be blank.
fn reason(written: &str) -> Result<Arc<str>, Stop> {
    if regrade::clean::is_blank(written) {
        let finding = Finding::error(
            Code::UnsignedCorrection,
            text!("the reason is blank", "没有写理由"),
        );
        return Err(Stop::usage(finding.help(text!(
            "say why in `--reason`",
            "请在 `--reason` 中写明理由"
        ))));
    }
    Ok(written.trim().into())
}

/// `review clear`.
pub fn clear(args: &Clear, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let of = match (args.grade, args.kind, &args.tag) {
        (true, ..) => Some((Subject::Grade, None)),
        (_, true, _) => Some((Subject::Type, None)),
        (_, _, Some(tag)) => Some((Subject::Tag, Some(tag.as_str()))),
        _ => None,
    };
    let mut room = Room::open(global)?;
    let (_, desk) = room.desk()?;
    let desk = desk.allow(&args.customer, "ending an override")?;
    let standings = desk.standings(is(&args.customer))?;
    let customer = standings.customer(&args.customer)?;
    if of.is_none() {
        only_one(&standings, &customer)?;
    }
    let cleared = desk.clear(&standings, &customer, of, &reason)?;
    if cleared == 0 {
        let title = text!(
            "nothing is set of `{customer}` that could be ended",
            "`{customer}` 没有可结束的人工调整"
        );
        return Ok(nothing(title, screen));
    }
    desk.commit()?;
    let done = text!(
        "`{customer}`: {cleared} ended",
        "`{customer}`：结束 {cleared} 项"
    );
    say(global, screen, done);
    Ok(Exit::Done)
}

/// Stops where more than one thing could be meant.
fn only_one(standings: &Standings, customer: &str) -> Result<(), Stop> {
    let mut options: Vec<String> = vec![];
    for said in standings.open(customer) {
        let option = match said.set.subject {
            Subject::Grade => "--grade".to_owned(),
            Subject::Type => "--type".to_owned(),
            Subject::Tag => format!("--tag {}", said.set.level),
        };
        if !options.contains(&option) {
            options.push(option);
        }
    }
    if options.len() < 2 {
        return Ok(());
    }
    let Text { en, zh } = listed(options.iter().map(String::as_str));
    let finding = Finding::error(
        Code::Usage,
        text!(
            "more than one thing is set of `{customer}`",
            "`{customer}` 有不止一项人工调整"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "say which is to end: {en}",
        "请写明要结束哪一项：{zh}"
    ))))
}

/// Says that there was nothing to do, where there should have been.
fn nothing(title: Text, screen: &Screen) -> Exit {
    let finding = Finding::error(Code::ChangesNothing, title).help(text!(
        "`regrade review list` shows what there is",
        "`regrade review list` 会列出现有各项"
    ));
    screen.findings(&[finding], None);
    Exit::Findings
}

/// `review confirm`.
pub fn confirm(args: &Confirm, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let (_, desk) = room.desk()?;
    let desk = desk.allow(&args.customer, "confirming a review")?;
    let standings = desk.standings(is(&args.customer))?;
    let customer = standings.customer(&args.customer)?;
    let confirmed = desk.confirm(&customer, args.rule.as_deref(), &reason)?;
    if confirmed == 0 {
        let title = text!(
            "nobody waits for a review of `{customer}`",
            "`{customer}` 没有待复核的事项"
        );
        return Ok(nothing(title, screen));
    }
    desk.commit()?;
    let done = text!(
        "`{customer}`: {confirmed} confirmed",
        "`{customer}`：确认 {confirmed} 项"
    );
    say(global, screen, done);
    Ok(Exit::Done)
}

/// `review accept`: the proposal becomes an override by the reviewer.
pub fn accept(args: &Accept, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (until, review_on) = args.days.read()?;
    let args = &args.decide;
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let (about, desk) = room.desk()?;
    let proposal = desk.proposal(args.number)?;
    let proposed = &proposal.proposed;
    let desk = desk.allow(&proposed.customer, "accepting a proposal")?;
    let level = match name_level(&about.rules.scheme, proposed.subject, &proposed.level) {
        Named::Level(level) => level,
        Named::Unknown(finding) => return Err(Stop::usage(*finding)),
    };
    let standings = desk.standings(is(&proposed.customer))?;
    let correction = Correction {
        customer: proposed.customer.clone(),
        subject: proposed.subject,
        level,
        hold: None,
        reason: reason.clone(),
        by: about.who.by.as_str().into(),
        until,
        review_on,
        place: None,
        seen: None,
    };
    let settled = settle(about, &standings, correction);
    let recorded = desk.record(&standings, &settled)?;
    if let Some(line) = recorded.lines.first() {
        desk.decide(args.number, Some(line.number), &reason)?;
    } else if settled.repeated > 0 {
        // Somebody has set just this: the proposal is taken with that override.
        let mut open = standings.open(&proposed.customer).into_iter();
        let same = open.find(|said| said.set.subject == proposed.subject);
        desk.decide(args.number, same.map(|said| said.set.id), &reason)?;
    }
    desk.commit()?;
    Ok(said(&settled, global, screen))
}

/// `review reject`.
pub fn reject(args: &Decide, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let (_, desk) = room.desk()?;
    let proposal = desk.proposal(args.number)?;
    let desk = desk.allow(&proposal.proposed.customer, "rejecting a proposal")?;
    desk.decide(args.number, None, &reason)?;
    desk.commit()?;
    let number = args.number;
    let done = text!("proposal {number} is rejected", "已拒绝调整建议 {number}");
    say(global, screen, done);
    Ok(Exit::Done)
}
