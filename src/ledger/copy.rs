//! Copies of a ledger: whole or not at all, while others write; and the way back.

use super::file::Who;
use super::schema::{self, STEPS, State};
use super::{Action, Error, Ledger};
use crate::temporary::temporary;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a restored ledger has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the ledger that was there is now; `None` if there was none.
    pub aside: Option<PathBuf>,
}

/// Why no copy was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRestored {
    /// What went wrong.
    pub error: Error,
    /// Whether with the copy; if not, with the ledger.
    pub is_of_copy: bool,
}

impl From<Error> for NotRestored {
    fn from(error: Error) -> Self {
        Self {
            error,
            is_of_copy: false,
        }
    }
}

/// `regrade.db.v1.bak` beside `regrade.db`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    with_suffix(path, &format!(".{ending}"))
}

/// Copies the ledger at `from`, as it is for a reader now, into the file `to`: for its owner alone, in one file, checked
/// before it takes the place of what was there.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    copy_of(&source, to)
}

fn copy_of(source: &Connection, to: &Path) -> Result<(), Error> {
    let folder = folder_of(to);
    let temporary = temporary(folder, None)?;
    let mut target = Connection::open(temporary.path())?;
    all_pages(source, &mut target)?;
    // The log belongs to a ledger in use; a copy is one file.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    check(&target)?;
    target.close().map_err(|(_, error)| error)?;
    temporary.as_file().sync_all()?;
    temporary.persist(to).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// All pages in one step: the copy is of one moment, and nobody who writes is waited for or disturbed.
fn all_pages(source: &Connection, target: &mut Connection) -> Result<(), Error> {
    let wait: i64 = source.query_row("PRAGMA busy_timeout", [], |row| row.get(0))?;
    let end = Instant::now() + Duration::from_millis(wait as u64);
    let backup = Backup::new(source, target)?;
    loop {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            _ if Instant::now() >= end => return Err(Error::Busy),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn check(connection: &Connection) -> Result<(), Error> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged(found))
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A name is durable when its folder is.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

impl Ledger {
    /// Copies the ledger into the file `to`, whole or not at all, while others read and write. The copy is as of one
    /// moment.
    pub fn backup(&self, to: &Path) -> Result<(), Error> {
        copy_of(&self.connection, to)
    }

    /// Whether the file at `path` is a ledger, of whatever version. It is not changed.
    pub fn is_one(path: &Path) -> bool {
        let state = Self::connect(path, Duration::ZERO)
            .and_then(|ledger| schema::state(&ledger.connection, STEPS));
        matches!(state, Ok(State::Version(_) | State::Newer { .. }))
    }

    /// Makes the copy `from` the ledger at `path`. The copy is checked first; the ledger that is there goes aside into
    /// `aside` unless it is broken beyond reading, in which case the very file does. Between the two nobody writes.
    pub fn restore(
        path: &Path,
        from: &Path,
        aside: &Path,
        wait: Duration,
        who: &Who,
    ) -> Result<Restored, NotRestored> {
        // A copy of the copy, so that opening it leaves nothing beside the user's file.
        let checked = temporary(folder_of(path), None).map_err(Error::from)?;
        copy_checked(from, checked.path()).map_err(|error| NotRestored {
            error,
            is_of_copy: true,
        })?;
        let source = Self::connect(checked.path(), wait)?;
        let there = match Self::connect(path, wait).and_then(Self::whole) {
            Ok(ledger) => Some(ledger),
            Err(Error::NotFound) => None,
            Err(Error::Damaged(_) | Error::NotALedger(_))
                if path.is_file() && !is_foreign(path) =>
            {
                move_aside(path, aside)?;
                return Ok(Self::put(&source, path, Some(aside), wait, who)?);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(mut ledger) = there else {
            return Ok(Self::put(&source, path, None, wait, who)?);
        };
        replace(&source.connection, &mut ledger, aside)?;
        drop(ledger);
        Self::note_restored(path, wait, who)?;
        Ok(Restored {
            aside: Some(aside.to_path_buf()),
        })
    }

    fn put(
        source: &Self,
        path: &Path,
        aside: Option<&Path>,
        wait: Duration,
        who: &Who,
    ) -> Result<Restored, Error> {
        source.backup(path)?;
        Self::note_restored(path, wait, who)?;
        Ok(Restored {
            aside: aside.map(Path::to_path_buf),
        })
    }

    fn note_restored(path: &Path, wait: Duration, who: &Who) -> Result<(), Error> {
        let mut ledger = Self::open(path, wait)?;
        let writer = ledger.write(who)?;
        writer.note(Action::Restore, "ledger", None)?;
        writer.commit()
    }

    /// The ledger, if it is one that can be read through.
    fn whole(self) -> Result<Self, Error> {
        match schema::state(&self.connection, STEPS)? {
            State::Empty => Err(Error::NotFound),
            State::Foreign => Err(Error::foreign()),
            // A newer one is a ledger all the same, and goes aside whole.
            State::Version(_) | State::Newer { .. } => check(&self.connection).map(|()| self),
        }
    }
}

/// A sound database that another program wrote: it is not regrade's to move.
fn is_foreign(path: &Path) -> bool {
    let state = Ledger::connect(path, Duration::ZERO)
        .and_then(|ledger| schema::state(&ledger.connection, STEPS));
    matches!(state, Ok(State::Foreign))
}

/// Copies the user's file, without touching it, to `to`, and sees that it is a ledger, of a known version, and whole.
fn copy_checked(from: &Path, to: &Path) -> Result<(), Error> {
    match from.metadata() {
        Ok(about) if about.is_file() => {}
        Ok(_) => {
            return Err(Error::NotALedger(crate::text!(
                "it is no file",
                "它不是文件"
            )));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    }
    // A ledger that was copied while in use may have its last changes in the log beside it.
    let log = with_suffix(from, "-wal");
    if log.metadata().is_ok_and(|about| about.len() > 0) {
        copy(from, to)?;
    } else {
        std::io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
    }
    let copied = Ledger::connect(to, Duration::ZERO)?;
    let connection = &copied.connection;
    match schema::state(connection, STEPS)? {
        State::Empty | State::Foreign => return Err(Error::foreign()),
        State::Newer { found, known } => return Err(Error::Newer { found, known }),
        State::Version(_) => {}
    }
    let faults = copied.integrity_check()?;
    match faults.into_iter().next() {
        None => Ok(()),
        Some(fault) => Err(Error::Damaged(fault)),
    }
}

/// Puts the pages of `source` into the ledger, under the lock that keeps other writers out, and a copy of what was there
/// into `aside`.
fn replace(source: &Connection, ledger: &mut Ledger, aside: &Path) -> Result<(), Error> {
    let path = ledger.path.clone();
    let backup = Backup::new(source, &mut ledger.connection)?;
    // The first page takes the lock; nothing counts before the last. Dropped before that, all is as it was.
    match backup.step(1)? {
        StepResult::More => {}
        StepResult::Done => return Ok(()),
        _ => return Err(Error::Busy),
    }
    copy(&path, aside)?;
    match backup.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(Error::Busy),
    }
}

/// Moves a file that cannot be read, with what SQLite keeps beside it.
fn move_aside(path: &Path, aside: &Path) -> Result<(), Error> {
    std::fs::rename(path, aside)?;
    for ending in ["-wal", "-shm"] {
        match std::fs::rename(with_suffix(path, ending), with_suffix(aside, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    sync_folder(folder_of(path));
    Ok(())
}

fn with_suffix(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(ending);
    path.with_file_name(name)
}
