//! The ledger as reviewing sees it: where customers stand by the newest run, what people said of them, and what is to be
//! written about it, in one transaction.

use super::desk::Desk;
use crate::cli::as_of::as_of;
use crate::cli::ledger;
use crate::cli::rules::{self, Rules};
use crate::cli::{Global, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Ledger, Snapshot, Who, Writer};
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::path::PathBuf;

/// The scheme, the ledger, and who is at work on what date.
pub struct Room {
    ledger: Ledger,
    /// What does not change while the ledger does.
    about: About,
}

/// Who is at work, by what scheme, on what date.
pub struct About {
    /// The scheme.
    pub rules: Rules,
    /// The file of the scheme.
    rules_file: PathBuf,
    /// The ledger's file.
    ledger: PathBuf,
    /// The date: what expired before it counts no more.
    pub as_of: Date,
    /// The date if it was given: what is set or ended counts from it on. Else it counts from the next run on, whatever
    /// its date.
    pub from: Option<Date>,
    /// Who is at work, and when.
    pub who: Who,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

impl Room {
    /// Opens it.
    pub fn open(global: &Global) -> Result<Self, Stop> {
        let rules = rules::load(global)?;
        let date = as_of(global)?;
        let ledger = ledger::open(global)?;
        Ok(Self {
            about: About {
                rules,
                rules_file: rules::path(global),
                ledger: ledger.path().to_path_buf(),
                as_of: date,
                from: global.as_of.as_ref().map(|_| date),
                who: ledger::who(global),
                dry_run: global.dry_run,
            },
            ledger,
        })
    }

    /// The scheme.
    pub fn scheme(&self) -> &Scheme {
        &self.about.rules.scheme
    }

    /// The date.
    pub const fn as_of(&self) -> Date {
        self.about.as_of
    }

    /// The ledger, held still, and who is at work on it.
    pub fn books(&mut self) -> Result<(Snapshot<'_>, &About), Stop> {
        let about = &self.about;
        let books = self.ledger.snapshot().map_err(|error| about.stop(&error))?;
        Ok((books, about))
    }

    /// The ledger to write to, and who is at work on it.
    pub fn writer(&mut self) -> Result<(Writer<'_>, &About), Stop> {
        let about = &self.about;
        let writer = self.ledger.write(&about.who);
        Ok((writer.map_err(|error| about.stop(&error))?, about))
    }

    /// The ledger, to read in.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The files that are read beside those that are named.
    pub fn files(&self) -> Vec<PathBuf> {
        vec![self.about.rules_file.clone(), self.about.ledger.clone()]
    }

    /// Sits down to work. Nobody else writes meanwhile, and what is not committed is not written. A dry run looks only.
    pub fn desk(&mut self) -> Result<(&About, Desk<'_>), Stop> {
        let desk = Desk::open(&mut self.ledger, &self.about, !self.about.dry_run)?;
        Ok((&self.about, desk))
    }

    /// Sits down to look.
    pub fn look(&mut self) -> Result<(&About, Desk<'_>), Stop> {
        let desk = Desk::open(&mut self.ledger, &self.about, false)?;
        Ok((&self.about, desk))
    }
}

impl About {
    /// What a trouble of the ledger is to the user.
    pub fn stop(&self, error: &regrade::ledger::Error) -> Stop {
        ledger::trouble(&self.ledger, error)
    }
}

/// A day of an option.
pub fn date(written: &str, option: &str) -> Result<Date, Stop> {
    Date::parse_iso(written).ok_or_else(|| {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`{option} {written}` is no date",
                "`{option} {written}` 不是日期"
            ),
        );
        Stop::usage(finding.help(text!("write it as 2024-03-31", "请写成 2024-03-31 的形式")))
    })
}
