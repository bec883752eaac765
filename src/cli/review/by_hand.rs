//! What one person decides about one customer: to set, clear and confirm, to accept and reject.

use super::room::{Room, date};
use crate::cli::{Exit, Global, Screen, Stop};
use clap::{ArgGroup, Args};
use regrade::decide::{Hold, Subject};
use regrade::diagnostic::{Code, Finding};
use regrade::review::{Correction, Named, Settled, name_level, settle_by_hand};
use regrade::text;
use std::sync::Arc;

/// What an override is of, by its name.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub struct Level {
    /// The grade.
    #[arg(long, value_name = "GRADE")]
    grade: Option<String>,
    /// The type.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// A tag.
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

/// How it holds.
#[derive(Args, Debug)]
#[group(multiple = false)]
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
    /// The last day on which it counts.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// When somebody is to look at it again.
    #[arg(long, value_name = "DATE")]
    review_on: Option<String>,
    /// A sheet with many of them: columns for key, grade (or type, or tag), reason, and if wanted kind, by, until and
    /// review date.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["level", "Holding", "until", "review_on"])]
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
    /// The override of the grade; the default if there is only one.
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
    #[arg(long, value_name = "NAME", id = "rule")]
    rule: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `review accept` and `review reject`.
#[derive(Args, Debug)]
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
    let day = |written: &Option<String>, option| {
        let written = written.as_deref();
        written.map(|written| date(written, option)).transpose()
    };
    let until = day(&args.until, "--until")?;
    let review_on = day(&args.review_on, "--review-on")?;
    let mut room = Room::open(global)?;
    let level = match name_level(room.scheme(), subject, word) {
        Named::Level(level) => level,
        Named::Unknown(finding) => return Err(Stop::usage(*finding)),
    };
    let standings = room.standings()?;
    let customer = standings.customer(args.customer.as_deref().unwrap_or_default())?;
    let correction = Correction {
        customer: customer.clone(),
        subject,
        level,
        hold: args.holding.hold(),
        reason: reason(args.reason.as_deref().unwrap_or_default())?,
        by: room.by(),
        until,
        review_on,
        place: None,
        seen: None,
    };
    let current = standings.current(&customer);
    let settled = settle_by_hand(room.scheme(), correction, room.as_of(), current);
    finish(&mut room, &standings, &settled, global, screen)
}

/// Records what was decided and says so.
fn finish(
    room: &mut Room,
    standings: &super::room::Standings,
    settled: &Settled,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    room.record(standings, settled, false)?;
    screen.run_findings(&settled.findings);
    for (correction, hold) in &settled.set {
        let (customer, level) = (&correction.customer, &correction.level);
        let word = regrade::review::hold_word(*hold).get(screen.lang);
        let dry = dry(global);
        screen.say(&text!(
            "`{customer}`: `{level}` ({word}){}",
            "`{customer}`：`{level}`（{word}）{}",
            dry.get(screen.lang)
        ));
    }
    if settled.repeated > 0 {
        screen.say(&text!("it is so already", "已经如此"));
    }
    Ok(super::back::exit(&settled.findings))
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

fn dry(global: &Global) -> regrade::diagnostic::Text {
    if global.dry_run {
        text!(" (not written: dry run)", "（试运行，未写入）")
    } else {
        text!("", "")
    }
}

/// `review clear`.
pub fn clear(args: &Clear, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let standings = room.standings()?;
    let customer = standings.customer(&args.customer)?;
    let of = match (args.grade, args.kind, &args.tag) {
        (true, ..) => Some((Subject::Grade, None)),
        (_, true, _) => Some((Subject::Type, None)),
        (_, _, Some(tag)) => Some((Subject::Tag, Some(tag.as_str()))),
        _ => None,
    };
    let cleared = room.clear(&standings, &customer, of, &reason)?;
    let dry = dry(global);
    screen.say(&text!(
        "`{customer}`: {cleared} ended{}",
        "`{customer}`：结束 {cleared} 项{}",
        dry.get(screen.lang)
    ));
    Ok(Exit::Done)
}

/// `review confirm`.
pub fn confirm(args: &Confirm, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let standings = room.standings()?;
    let customer = standings.customer(&args.customer)?;
    let confirmed = room.confirm(&customer, args.rule.as_deref(), &reason)?;
    let dry = dry(global);
    screen.say(&text!(
        "`{customer}`: {confirmed} confirmed{}",
        "`{customer}`：确认 {confirmed} 项{}",
        dry.get(screen.lang)
    ));
    Ok(Exit::Done)
}

/// `review accept`: the proposal becomes an override.
pub fn accept(args: &Decide, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    let standings = room.standings()?;
    let settled = room.accept(&standings, args.number, &reason)?;
    finish_said(&settled, global, screen)
}

fn finish_said(settled: &Settled, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    screen.run_findings(&settled.findings);
    for (correction, hold) in &settled.set {
        said(correction, *hold, global, screen);
    }
    Ok(super::back::exit(&settled.findings))
}

/// `review reject`.
pub fn reject(args: &Decide, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let reason = reason(&args.reason)?;
    let mut room = Room::open(global)?;
    room.reject(args.number, &reason)?;
    let (number, dry) = (args.number, dry(global));
    screen.say(&text!(
        "proposal {number} is rejected{}",
        "已拒绝调整建议 {number}{}",
        dry.get(screen.lang)
    ));
    Ok(Exit::Done)
}
