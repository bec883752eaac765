//! STUB until the ledger's own file comes.

use super::{Exit, Global, Stop};
use regrade::ledger::{Error, Ledger, Who};
use std::path::PathBuf;
use std::time::Duration;

/// The file.
pub fn path(global: &Global) -> PathBuf {
    let named = std::env::var_os("REGRADE_LEDGER").filter(|name| !name.is_empty());
    let named = global.ledger.clone().or_else(|| named.map(PathBuf::from));
    named.unwrap_or_else(|| super::rules::path(global).with_file_name("regrade.db"))
}

/// Opens it.
pub fn open(global: &Global) -> Result<Ledger, Stop> {
    let path = path(global);
    Ledger::open(&path, Duration::from_secs(10))
        .map_err(|error| trouble(&error, &path.display().to_string()))
}

/// Who.
pub fn who(global: &Global) -> Who {
    Who {
        by: global.by.clone().unwrap_or_else(|| "login".into()),
        at: "2024-04-01T00:00:00Z".into(),
    }
}

/// What the user is told.
pub fn trouble(error: &Error, ledger: &str) -> Stop {
    let exit = match error {
        Error::Run(_) => Exit::Usage,
        _ => Exit::Trouble,
    };
    Stop::Findings {
        findings: vec![error.finding(ledger)],
        source: None,
        exit,
    }
}
