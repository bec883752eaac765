//! The ledger of a command: where it is, who writes to it, and what its trouble means for the command.

use super::{Exit, Global, Stop, rules};
use regrade::ledger::{Error, Ledger, Who};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The file: `--ledger`, else what `REGRADE_LEDGER` names, else regrade.db beside the scheme.
pub fn path(global: &Global) -> PathBuf {
    named(global).unwrap_or_else(|| {
        let rules = rules::path(global);
        let folder = rules
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("")).join("regrade.db")
    })
}

/// Whether the user says which it is, rather than that one happens to lie beside the scheme.
pub fn is_named(global: &Global) -> bool {
    named(global).is_some()
}

fn named(global: &Global) -> Option<PathBuf> {
    let variable = || std::env::var_os("REGRADE_LEDGER").filter(|name| !name.is_empty());
    let named = global.ledger.clone();
    named.or_else(|| variable().map(PathBuf::from))
}

/// How long to wait for another command that writes.
pub fn wait(global: &Global) -> Duration {
    Duration::from_secs(global.lock_wait)
}

/// Opens the ledger; there must be one.
pub fn open(global: &Global) -> Result<Ledger, Stop> {
    let path = path(global);
    Ledger::open(&path, wait(global)).map_err(|error| trouble(&path, &error))
}

/// Opens the ledger, and makes it first if there is none. A dry run that finds none makes it in a folder of its own,
/// which goes with the value.
pub fn create_or_open(global: &Global) -> Result<(Option<TempDir>, Ledger), Stop> {
    let mut path = path(global);
    let mut room = None;
    if global.dry_run && !path.exists() {
        let folder = TempDir::new();
        let folder = folder.map_err(|error| trouble(&path, &Error::from(error)))?;
        path = folder.path().join("regrade.db");
        room = Some(folder);
    }
    let ledger = Ledger::create_or_open(&path, wait(global));
    Ok((room, ledger.map_err(|error| trouble(&path, &error))?))
}

/// What a ledger's error stops the command with.
pub fn trouble(path: &Path, error: &Error) -> Stop {
    let exit = match error {
        Error::Busy => Exit::Busy,
        Error::Run(_) => Exit::Usage,
        _ => Exit::Trouble,
    };
    Stop::Findings {
        findings: vec![error.finding(&path.display().to_string())],
        source: None,
        exit,
    }
}

/// Who runs the command, and when. The clock is asked here and nowhere else; it is recorded and decides nothing.
pub fn who(global: &Global) -> Who {
    Who {
        by: by(global),
        at: chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// Who runs the command: `--by`, else `REGRADE_BY`, else the login.
pub fn by(global: &Global) -> String {
    let login = || {
        let logins = ["LOGNAME", "USER"].into_iter();
        let mut names = logins.filter_map(|name| std::env::var(name).ok());
        names.find(|name| !name.trim().is_empty())
    };
    let named = named_by(global).or_else(login);
    named.unwrap_or_else(|| "unknown".to_owned())
}

/// Who is said to run the command: `--by`, else `REGRADE_BY`.
pub fn named_by(global: &Global) -> Option<String> {
    let is_name = |name: &String| !name.trim().is_empty();
    let variable = || std::env::var("REGRADE_BY").ok();
    let named = global.by.clone().filter(is_name);
    named.or_else(|| variable().filter(is_name))
}
