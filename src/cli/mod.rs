//! The commands: one file each, with its help, its arguments and its run.

mod as_of;
mod audit;
mod backtest;
mod backup;
mod beside;
pub mod bug;
mod calibrate;
mod candidate;
mod changed;
mod check;
mod columns;
mod completions;
mod diff;
mod duplicates;
mod exit;
mod explain;
mod files;
mod gate;
mod grade;
mod grade_files;
mod import;
mod init;
mod inputs;
mod inspect;
mod intake;
mod last_import;
mod last_runs;
mod late;
mod ledger;
mod ledger_run;
mod linting;
mod list;
mod man;
mod matching;
mod movers;
mod named;
mod notify;
mod output;
mod password;
mod people;
mod reading;
mod recorded;
mod repair;
mod report;
mod restate;
mod review;
mod role;
mod rules;
mod runs;
mod screen;
mod shifts;
mod side;
mod simulate;
mod stayers;
mod stock;
mod summary_json;
mod tasks;
mod trial;
pub mod words;
mod write;

pub use exit::{Exit, Stop};
pub use screen::Screen;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use reading::Reading;
use std::path::{Path, PathBuf};

/// Grades customers from the sheets that people already have, and says why.
#[derive(Parser, Debug)]
#[command(
    name = "regrade",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// The scheme; without it `REGRADE_RULES`, else rules.toml in this folder.
    #[arg(short, long, global = true, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// The ledger; without it `REGRADE_LEDGER`, else regrade.db beside the scheme.
    #[arg(long, global = true, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// How many seconds to wait for another command that writes to the ledger.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30)]
    pub lock_wait: u64,
    /// The date to grade as of: 2024-03-31, today or prev-month-end; without it today.
    #[arg(long, global = true, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Where to write; `-` is standard output. May be given more than once.
    #[arg(short, long, global = true, value_name = "PATH")]
    pub output: Vec<String>,
    /// The format, if the output's ending does not say it.
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Say nothing when all is well.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: every place of every finding, and why a file is not graded bit by bit.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorWhen,
    /// The language of messages and outputs.
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<LangArg>,
    /// See only what this role may.
    #[arg(long, global = true, value_name = "NAME")]
    pub role: Option<String>,
    /// The file with the key of the role's pseudonyms; without it the role's `key_file`.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "REGRADE_ROLE_KEY",
        hide_env_values = true
    )]
    pub role_key: Option<PathBuf>,
    /// Work everything out and write nothing.
    #[arg(short = 'n', long, global = true)]
    pub dry_run: bool,
    /// Write the figures of the call as JSON: of grade, import, check, diff and simulate.
    #[arg(long, global = true, value_name = "FILE")]
    pub summary_json: Option<PathBuf>,
    /// A file whose first line is the password behind which workbooks are written.
    #[arg(long, global = true, value_name = "FILE")]
    pub encrypt_password_file: Option<PathBuf>,
    /// Who does it; without it `REGRADE_BY`, else the login.
    // Not read by the parser: `report` has a `--by` of its own, which would get the variable's value.
    #[arg(long, global = true, value_name = "NAME")]
    pub by: Option<String>,
    /// Change one value of the scheme for this call: grades.A.when='score >= 75'.
    #[arg(long, global = true, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Write a commented rules.toml and a workbook to fill in; from a template, if you like.
    Init(init::Args),
    /// Show how a file is read: encoding, sheet, header row, columns, types, units.
    Inspect(inspect::Args),
    /// Lint a scheme; with files, check the data too.
    Check(check::Args),
    /// Read sheets into the ledger, cleaned and checked.
    Import(import::Args),
    /// Grade customers from files, from standard input or from the ledger.
    Grade(grade::Args),
    /// Who moved up or down between two runs or graded files, and why.
    Diff(diff::Args),
    /// Another scheme on the same data: who would move, and what that takes and brings; several, or a grid.
    Simulate(simulate::Args),
    /// The past graded again by a candidate scheme: moves, and how well grades tell what came after.
    Backtest(backtest::Args),
    /// Thresholds for wanted shares, as round numbers: a scheme to look at.
    Calibrate(calibrate::Args),
    /// Why a customer has this grade.
    Explain(explain::Args),
    /// What people say about grades: read reviewers' columns back, set and clear overrides, settle reviews.
    Review(review::Args),
    /// What the customers are like: composition, contribution, movement, trend, churn, behaviour, strategies.
    Report(report::Args),
    /// The follow-ups that the strategies call for: a list, or a calendar for each owner.
    Tasks(tasks::Args),
    /// Messages to customers whose grade changed, or to a segment; each once.
    Notify(notify::Args),
    /// The runs of the ledger: list and show them, a customer's history, export; forget a customer.
    Runs(runs::Args),
    /// Copy the ledger while it is in use; restore a copy.
    Backup(backup::Args),
    /// Print completions for a shell.
    Completions(completions::Args),
    /// Print the manual page.
    Man(man::Args),
}

impl Command {
    /// What the command is called, if it shows data as it is: it does not run for a role. A command is for roles when it
    /// takes what it writes of customers from [`regrade::roles`], and not before.
    const fn shows_all(&self) -> Option<&'static str> {
        match self {
            // These write nothing of customers.
            Self::Init(_) | Self::Completions(_) | Self::Man(_)
            // And these what the role sees.
            | Self::Grade(_)
            | Self::Diff(_)
            | Self::Simulate(_)
            | Self::Explain(_)
            | Self::Report(_)
            | Self::Tasks(_)
            | Self::Notify(_) => None,
            Self::Runs(args) => args.shows_all(),
            Self::Inspect(_) => Some("inspect"),
            Self::Check(_) => Some("check"),
            Self::Import(_) => Some("import"),
            Self::Review(args) => args.shows_all(),
            Self::Backup(_) => Some("backup"),
            Self::Backtest(_) => Some("backtest"),
            Self::Calibrate(_) => Some("calibrate"),
        }
    }
}

/// The formats of outputs.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for the terminal.
    Table,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// One JSON document.
    Json,
    /// An Excel workbook.
    Xlsx,
    /// A page.
    Html,
    /// A Markdown table.
    Md,
    /// A calendar, of tasks only.
    Ics,
}

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A language.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LangArg {
    /// English.
    En,
    /// Chinese.
    Zh,
}

impl From<LangArg> for regrade::diagnostic::Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::En => Self::En,
            LangArg::Zh => Self::Zh,
        }
    }
}

/// Runs the command.
pub fn run(cli: &Cli, screen: &Screen) -> Result<Exit, Stop> {
    password::refuse_without_workbook(&cli.global)?;
    keep_own(&cli.global, cli.command.password_file())?;
    if !cli.command.has_figures() {
        summary_json::refuse(&cli.global)?;
    }
    if let Some(command) = cli.command.shows_all() {
        role::refuse(&cli.global, command)?;
    }
    let ended = cli.command.run(&cli.global, screen);
    match cli.global.role {
        Some(_) => ended.map_err(role::without_quotes),
        None => ended,
    }
}

impl Command {
    /// Whether it writes `--summary-json`.
    const fn has_figures(&self) -> bool {
        matches!(
            self,
            Self::Check(_) | Self::Import(_) | Self::Grade(_) | Self::Diff(_) | Self::Simulate(_)
        )
    }

    /// The file with the password of the workbooks that it reads.
    fn password_file(&self) -> Option<&Path> {
        let reading = match self {
            Self::Inspect(args) => &args.reading,
            Self::Check(args) => &args.reading,
            Self::Import(args) => &args.reading,
            Self::Grade(args) => &args.reading,
            Self::Diff(args) => &args.reading,
            Self::Simulate(args) => &args.reading,
            Self::Backtest(args) => &args.reading,
            Self::Calibrate(args) => &args.reading,
            Self::Explain(args) => &args.reading,
            Self::Review(args) => args.reading(),
            Self::Report(args) => &args.reading,
            Self::Tasks(args) => &args.reading,
            Self::Init(_)
            | Self::Notify(_)
            | Self::Runs(_)
            | Self::Backup(_)
            | Self::Completions(_)
            | Self::Man(_) => return None,
        };
        reading.password_file.as_deref()
    }

    fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
        match self {
            Self::Init(args) => init::run(args, global, screen),
            Self::Inspect(args) => inspect::run(args, global, screen),
            Self::Check(args) => check::run(args, global, screen),
            Self::Import(args) => import::run(args, global, screen),
            Self::Grade(args) => grade::run(args, global, screen),
            Self::Diff(args) => diff::run(args, global, screen),
            Self::Simulate(args) => simulate::run(args, global, screen),
            Self::Backtest(args) => backtest::run(args, global, screen),
            Self::Calibrate(args) => calibrate::run(args, global, screen),
            Self::Explain(args) => explain::run(args, global, screen),
            Self::Review(args) => review::run(args, global, screen),
            Self::Report(args) => report::run(args, global, screen),
            Self::Tasks(args) => tasks::run(args, global, screen),
            Self::Notify(args) => notify::run(args, global, screen),
            Self::Runs(args) => runs::run(args, global, screen),
            Self::Backup(args) => backup::run(args, global, screen),
            Self::Completions(args) => completions::run(args),
            Self::Man(args) => man::run(args),
        }
    }
}

/// No output of any command goes where the scheme, the ledger, a password or a key is.
fn keep_own(global: &Global, password_file: Option<&Path>) -> Result<(), Stop> {
    let ledger = ledger::path(global);
    let with = |ending: &&str| {
        let mut name = ledger.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let ledgers = ["", "-wal", "-shm", "-journal"].iter().map(with);
    let ledgers: Vec<PathBuf> = ledgers.collect();
    let files = [
        global.role_key.as_deref(),
        global.encrypt_password_file.as_deref(),
        password_file,
    ];
    let files = files.into_iter().flatten().map(Path::to_path_buf);
    let read: Vec<PathBuf> = files
        .chain([rules::path(global)])
        .chain(ledgers.iter().cloned())
        .collect();
    let written = output::named(global);
    output::keep_inputs(&written, &read)?;
    output::keep_ledger(&written, &ledgers)
}
