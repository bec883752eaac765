//! `regrade runs`: what the ledger knows of runs and of customers in them; and forgetting a customer.

mod again;
mod columns;
mod export;
mod forget;
mod history;
mod list;
mod show;
mod verify;

use super::{Exit, Global, Screen, Stop};
use clap::Subcommand;
use regrade::decide::Decision;
use regrade::diagnostic::{Lang, Text};
use regrade::present::listing::ListCell;
use regrade::words::Word;

/// Arguments of `runs`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the runs, the newest first.
    List,
    /// What a run is made from and how many customers it moved.
    Show(show::Args),
    /// Every change of a customer's grade and type, and what people set.
    History(history::Args),
    /// A row for each customer and run, as CSV or JSON lines.
    Export(export::Args),
    /// Say whether somebody edited a graded workbook.
    Verify(verify::Args),
    /// Forget a customer: remove all rows of them from the ledger, for good.
    Forget(forget::Args),
}

impl Args {
    /// What the command is called, if it shows data as it is.
    pub const fn shows_all(&self) -> Option<&'static str> {
        match self.command {
            Command::List | Command::Show(_) | Command::History(_) | Command::Export(_) => None,
            Command::Verify(_) => Some("runs verify"),
            Command::Forget(_) => Some("runs forget"),
        }
    }
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    match &args.command {
        Command::List => list::run(global, screen),
        Command::Show(args) => show::run(args, global),
        Command::History(args) => history::run(args, global, screen),
        Command::Export(args) => export::run(args, global, screen),
        Command::Verify(args) => verify::run(args, global, screen),
        Command::Forget(args) => forget::run(args, global, screen),
    }
}

/// A word of results in both languages.
fn both(word: Word) -> Text {
    Text {
        en: word.get(Lang::En).to_owned(),
        zh: word.get(Lang::Zh).to_owned(),
    }
}

/// A decision: for programs its key, for people the word.
fn decision(decision: Decision) -> ListCell {
    ListCell::Word(decision.key(), decision_word(decision))
}

fn decision_word(decision: Decision) -> Text {
    Text {
        en: decision.word(Lang::En).to_owned(),
        zh: decision.word(Lang::Zh).to_owned(),
    }
}

/// A run's id: whole for programs, its beginning for people.
fn id(id: &str, keyed: bool) -> ListCell {
    ListCell::text(if keyed { id } else { id.get(..8).unwrap_or(id) })
}
