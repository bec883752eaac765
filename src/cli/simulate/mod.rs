//! `regrade simulate`: other schemes on the same data. Nothing is recorded; it says who would move, and what that takes
//! and brings: of one other scheme by name, of several side by side, of a grid of schemes at a glance.

mod many;
mod moves;
mod workload;

use super::rules::{self, Rules};
use super::trial::{Asked, Data, against, nothing_to_compare, of_run};
use super::{Exit, Global, Reading, Screen, Stop, inputs};
use regrade::compare::On;
use regrade::diagnostic::{Lang, Text};
use regrade::grading::Grading;
use regrade::report::simulation::{Head, Look};
use regrade::scheme::{Scheme, grid};
use regrade::table::{Date, PeriodKind};
use regrade::text;
use std::path::PathBuf;

/// Arguments of `simulate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets; without any the data of a run of the ledger.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The scheme to compare with, or @RUN for that of a run; without it the run's own, or with `--set` the scheme as it
    /// is written. Several are put side by side, and the first is what the others are compared with.
    #[arg(long, value_name = "FILE|@RUN")]
    against: Vec<String>,
    /// The run of the ledger: @latest, @previous, @2024-03, an id or a graded workbook of it.
    #[arg(long, value_name = "RUN", default_value = "@latest")]
    run: String,
    /// Write a value of the scheme several ways, and grade by each: grades.A.when='score >= {70..90:5}', or a list {a, b,
    /// c}. Twice for a table of two values.
    #[arg(long, value_name = "PATH=VALUE")]
    grid: Vec<String>,
    /// What the grid shows: moved, upgraded, downgraded, unrated, hours, cost, share(A), count(A), revenue(A).
    #[arg(long, value_name = "FIGURE", requires = "grid")]
    figure: Option<String>,
    /// What to compare: grade, type, or the name of a dimension.
    #[arg(long, value_name = "WHAT", default_value = "grade")]
    on: String,
    /// A field, metric or value, for the sums of the matrix and the shares of revenue.
    #[arg(long, value_name = "NAME")]
    amount: Option<String>,
    /// The first day of the tasks that are counted; without it the day after the as-of date.
    #[arg(id = "from_day", long = "from", value_name = "DATE")]
    from: Option<String>,
    /// The last day of the tasks that are counted; without it the last of the period.
    #[arg(id = "until_day", long = "until", value_name = "DATE")]
    until: Option<String>,
    /// List only these: downgraded, upgraded, changed, unrated, unchanged.
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    only: Vec<String>,
    /// Write nothing and end with 1 if this holds, such as 'downgraded > 0.05'.
    #[arg(long, value_name = "CONDITION")]
    fail_on: Vec<String>,
    /// End with 1 if anybody would move.
    #[arg(long)]
    exit_code: bool,
    /// The graded file of the run before, as for `grade`.
    #[arg(long, value_name = "FILE", requires = "files")]
    previous: Option<String>,
    /// A span that event files cover, whatever their rows, as for `grade`.
    #[arg(long, value_name = "SPAN", requires = "files")]
    covers: Vec<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

impl Args {
    /// Which data is asked for.
    fn data(&self) -> Asked<'_> {
        Asked {
            files: &self.files,
            previous: self.previous.as_deref(),
            covers: &self.covers,
            reading: &self.reading,
            run: &self.run,
        }
    }
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let values = grid::values(&args.grid).map_err(Stop::usage)?;
    if values.is_empty() && args.against.len() < 2 {
        return moves::run(args, global, screen);
    }
    many::refuse_what_is_of_moves(args, global)?;
    many::run(args, &values, global, screen)
}

/// What is read, which no output may write over.
fn read_places(args: &Args, scheme: &Scheme, global: &Global) -> Result<Vec<PathBuf>, Stop> {
    let mut read = inputs::paths(scheme, &args.files)?;
    read.push(rules::path(global));
    read.extend(args.against.iter().map(PathBuf::from));
    read.extend(args.previous.as_ref().map(PathBuf::from));
    Ok(read)
}

/// The scheme that others are compared with: the first of `--against`, else the run's own, else the scheme as it is
/// written, where something of it is changed for this call.
fn present(args: &Args, global: &Global, data: &Data<'_>) -> Result<Rules, Stop> {
    match (args.against.first(), &data.recorded) {
        (Some(written), _) => against(written, global, data.ledger()),
        (None, Some(recorded)) => of_run(&recorded.known),
        (None, None) if global.set.is_empty() && args.grid.is_empty() => Err(nothing_to_compare()),
        (None, None) => rules::load_from(&rules::path(global), &[]),
    }
}

/// What schemes are called beside each other: where one file is two of them, what was done to it is said.
fn named(present: &Rules, new: &Rules, global: &Global, lang: Lang) -> (String, String) {
    let with = |rules: &Rules, what: Text| format!("{} ({})", rules.name, what.get(lang));
    let is_set = !global.set.is_empty();
    let old = if is_set && present.name == new.name {
        with(present, text!("as written", "原样"))
    } else {
        present.name.clone()
    };
    let new = if is_set {
        with(new, text!("--set", "--set"))
    } else {
        new.name.clone()
    };
    (old, new)
}

/// What is compared: the types of a scheme without grades, where nobody says otherwise.
fn on(args: &Args, scheme: &Scheme) -> On {
    match On::parse(&args.on) {
        On::Grade if scheme.grades.is_empty() => On::Type,
        on => on,
    }
}

/// What a report of the schemes is of; `seen` is the grading of the newest, as it is shown.
fn head(
    seen: &Grading,
    look: &Look<'_>,
    grades: Vec<(std::sync::Arc<str>, Option<u32>)>,
    tasks: (Date, Date),
    lang: Lang,
) -> Head {
    Head {
        lang,
        as_of: seen.book.as_of,
        on: look.on.clone(),
        grades,
        amount: look
            .amount
            .and_then(|amount| amount.slot(&seen.scheme))
            .map(|slot| Head::amount_of(&seen.scheme, slot)),
        tasks,
        period: look.period,
        moves_by_rules: match look.on {
            On::Grade => seen.scheme.grade_movement.is_some(),
            On::Type => seen.scheme.type_movement.is_some(),
            On::Dimension(_) => false,
        },
        role: seen.role.as_ref().map(|role| role.role.clone()),
    }
}

/// The longest period that any of these schemes has: hours and cost of all are told of one.
fn longest<'a>(schemes: impl Iterator<Item = &'a Scheme>) -> PeriodKind {
    let periods = schemes.map(|scheme| scheme.period);
    periods
        .max_by_key(|period| period.months())
        .unwrap_or(PeriodKind::Month)
}
