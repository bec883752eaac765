//! `regrade review`: what people say about grades. Reads corrections back from the workbooks that regrade wrote, sets
//! and clears overrides, and works off the review queue and the proposals.

mod back;
mod by_hand;
mod desk;
mod duplicates;
mod lines;
mod list;
mod room;
mod standings;
mod verdicts;

pub use room::{Room, date};

use super::{Exit, Global, Reading, Screen, Stop, repair};
use clap::Subcommand;
use regrade::diagnostic::{Code, Finding};
use regrade::duplicates::groups::Verdict;
use regrade::text;

/// Arguments of `review`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Workbooks, or their sheets as CSV, in which people have filled their columns: graded ones, rows that wait for
    /// repair, and pairs of customers who may be one.
    #[arg(value_name = "FILE")]
    workbooks: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Set a grade, a type or a tag of a customer, or many from a sheet.
    Set(by_hand::Set),
    /// End an override, or what reviewers disagree about.
    Clear(by_hand::Clear),
    /// Confirm a customer of the review queue as graded.
    Confirm(by_hand::Confirm),
    /// List overrides, disagreements, the review queue and proposals; or the rows that wait for repair.
    List(List),
    /// Accept a proposal: it becomes an override.
    Accept(by_hand::Accept),
    /// Reject a proposal.
    Reject(by_hand::Decide),
    /// List pairs of customers who may be one, or write the workbook in which people decide about them.
    Duplicates(duplicates::Search),
    /// Say that two customers are one.
    Merge(verdicts::Two),
    /// Say that two customers are two.
    Apart(verdicts::Two),
    /// Take back what was said of two customers.
    Unmerge(verdicts::Two),
}

/// Arguments of `review list`.
#[derive(clap::Args, Debug)]
struct List {
    /// Only these; `repair` lists the rows that wait for repair, and writes them into a workbook with `-o FILE.xlsx`.
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
}

/// What is listed.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Overrides that count.
    Override,
    /// What reviewers disagree about.
    Disputed,
    /// The review queue.
    Review,
    /// Proposals that nobody has decided on.
    Proposal,
    /// Rows that could not be used and nobody has mended, the overdue ones first.
    Repair,
}

impl Args {
    /// How its files are read.
    pub const fn reading(&self) -> &Reading {
        match &self.command {
            Some(Command::Duplicates(search)) => &search.reading,
            _ => &self.reading,
        }
    }

    /// What the command is called, if it shows data as it is or changes it.
    pub const fn shows_all(&self) -> Option<&'static str> {
        match &self.command {
            Some(Command::List(List {
                kind: Some(Kind::Repair),
            })) => Some("review list --kind repair"),
            Some(Command::List(_)) => None,
            Some(Command::Duplicates(_)) => Some("review duplicates"),
            _ => Some("review"),
        }
    }
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    // The parser could see to that, and would then take `list` in `review --ledger FILE list` for a file.
    if args.command.is_some()
        && let Some(file) = args.workbooks.first()
    {
        let title = text!(
            "`{file}` stands before a command, which reads no such files",
            "`{file}` 写在子命令之前，而子命令不读取这样的文件"
        );
        let finding = Finding::error(Code::Usage, title);
        return Err(Stop::usage(finding.help(text!(
            "read files back with `regrade review FILE…` alone",
            "读回文件请只写 `regrade review 文件…`"
        ))));
    }
    match &args.command {
        None => back::run(&args.workbooks, &args.reading, global, screen),
        Some(Command::Set(set)) => match &set.from {
            Some(file) => back::from_list(file, set, global, screen),
            None => by_hand::set(set, global, screen),
        },
        Some(Command::Clear(clear)) => by_hand::clear(clear, global, screen),
        Some(Command::Confirm(confirm)) => by_hand::confirm(confirm, global, screen),
        Some(Command::List(List {
            kind: Some(Kind::Repair),
        })) => repair::list(global, screen),
        Some(Command::List(List { kind })) => list::run(*kind, global, screen),
        Some(Command::Accept(decide)) => by_hand::accept(decide, global, screen),
        Some(Command::Reject(decide)) => by_hand::reject(decide, global, screen),
        Some(Command::Duplicates(search)) => duplicates::search(search, global, screen),
        Some(Command::Merge(two)) => verdicts::say(two, Verdict::Merge, global, screen),
        Some(Command::Apart(two)) => verdicts::say(two, Verdict::Keep, global, screen),
        Some(Command::Unmerge(two)) => verdicts::unmerge(two, global, screen),
    }
}
