//! The file: created for its owner alone, checked before it is touched, migrated, read by anybody, written by one.

use super::schema::{self, STEPS};
use super::{Error, ImportId};
use crate::read::Table;
use rusqlite::{Connection, OpenFlags};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No SQLite database with anything in it is smaller, in bytes.
const SMALLEST: u64 = 512;

/// How many bytes a page of a new ledger has. A million rows are imported at a time and read in order, so a page holds
/// many: with the usual 4096 bytes twenty rows filled one, and each page is written twice, into the log and the file.
pub(super) const PAGE: u32 = 16 << 10;

/// How many bytes are held for a commit.
const ROOM: usize = 32 * PAGE as usize;

/// A ledger that is open. All that reads is a method of it; [`Ledger::write`] gives what changes it.
#[derive(Debug)]
pub struct Ledger {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Tables of events by their imports, where they are kept for the next time.
    pub(super) kept: RefCell<Option<HashMap<ImportId, Table>>>,
}

/// Who changes the ledger, and when: a moment in UTC such as `2024-03-31T08:00:00Z`, because nothing here asks a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The person or the job.
    pub by: String,
    /// The moment.
    pub at: String,
}

impl Ledger {
    /// Opens the ledger at `path` and makes it first if there is none. Whoever else is writing is waited for as long as
    /// `wait`, now and with every change.
    pub fn create_or_open(path: &Path, wait: Duration) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // SQLite gives the files beside it the same mode.
            options.mode(0o600);
        }
        match options.open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        let ledger = Self::connect(path, wait)?;
        ledger.prepare(STEPS, true)?;
        Ok(ledger)
    }

    /// Opens the ledger at `path`; [`Error::NotFound`] if there is none.
    pub fn open(path: &Path, wait: Duration) -> Result<Self, Error> {
        let ledger = Self::connect(path, wait)?;
        ledger.prepare(STEPS, false)?;
        Ok(ledger)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// From now on tables of events are read once: for commands that grade one run after another, each of which reads the
    /// events of those before it again. What is mended meanwhile is not seen, so it is for those that only read.
    pub fn keep_events(&self) {
        self.kept.borrow_mut().get_or_insert_default();
    }

    /// Begins to change it. Only one writer is at work at a time: this waits for another as long as was said when the
    /// ledger was opened, and then is [`Error::Busy`]. Readers go on meanwhile and see what was there before.
    pub fn write(&mut self, who: &Who) -> Result<Writer<'_>, Error> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Writer {
            ledger: self,
            who: who.clone(),
            open: true,
            room: RefCell::new(None),
        })
    }

    /// Holds still what is read: whatever others change meanwhile is not seen through it.
    pub fn snapshot(&mut self) -> Result<Snapshot<'_>, Error> {
        // A transaction has its moment from the first thing that it reads.
        self.connection
            .execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")?;
        Ok(Snapshot(self))
    }

    /// What is wrong with the file, in the words of SQLite; nothing if it is whole.
    pub fn integrity_check(&self) -> Result<Vec<String>, Error> {
        let mut found: Vec<String> = self
            .connection
            .prepare("PRAGMA integrity_check")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        found.retain(|line| line != "ok");
        let mut dangling = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = dangling.query([])?;
        while let Some(row) = rows.next()? {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            found.push(format!(
                "a row of {table} names one of {parent} that is not there"
            ));
        }
        Ok(found)
    }

    /// A connection to a file that is there. Nothing of the file is changed by it. Nor is it opened by anything but SQLite:
    /// closing a file gives up all locks that the process has on it, those of other connections too.
    pub(super) fn connect(path: &Path, wait: Duration) -> Result<Self, Error> {
        match path.metadata() {
            Ok(about) if about.is_dir() => {
                return Err(Error::NotALedger(crate::text!(
                    "it is a folder",
                    "它是文件夹"
                )));
            }
            Ok(about) if !about.is_file() => {
                return Err(Error::NotALedger(crate::text!(
                    "it is no file",
                    "它不是文件"
                )));
            }
            // SQLite takes a file of a few bytes for an empty one, and writes over it.
            Ok(about) if (1..SMALLEST).contains(&about.len()) => {
                return Err(Error::NotALedger(crate::text!(
                    "it is no SQLite database",
                    "它不是 SQLite 数据库"
                )));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::NotFound),
            Err(error) => return Err(error.into()),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(wait)?;
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            kept: RefCell::default(),
        })
    }

    /// Checks that the file is a ledger, and makes it one of the newest version.
    pub(super) fn prepare(&self, steps: &[&str], create: bool) -> Result<(), Error> {
        let connection = &self.connection;
        match schema::state(connection, steps)? {
            schema::State::Empty if !create => return Err(Error::NotFound),
            schema::State::Foreign => return Err(Error::foreign()),
            schema::State::Newer { found, known } => return Err(Error::Newer { found, known }),
            schema::State::Empty | schema::State::Version(_) => {}
        }
        // Of a file that has pages already it changes nothing.
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.execute_batch(
            // A file from elsewhere runs nothing of its own; what is deleted leaves no bytes behind.
            "PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA cache_size = -65536;
             PRAGMA journal_size_limit = 67108864;",
        )?;
        self.write_ahead()?;
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        schema::bring_up(connection, &self.path, steps)
    }

    /// Turns on the log that lets readers go on while somebody writes. The file keeps it; SQLite does not wait for others
    /// here by itself, and two commands may make one ledger at the same time.
    fn write_ahead(&self) -> Result<(), Error> {
        let wait = self
            .connection
            .query_row("PRAGMA busy_timeout", [], |row| row.get::<_, i64>(0))?;
        let end = Instant::now() + Duration::from_millis(wait as u64);
        loop {
            let set = self
                .connection
                .query_row("PRAGMA journal_mode = WAL", [], |row| {
                    row.get::<_, String>(0)
                });
            match set.map_err(Error::from) {
                Ok(mode) if mode == "wal" => return Ok(()),
                // A file system without locks for it; what matters is that the ledger can be used.
                Ok(_) => return Ok(()),
                Err(Error::Busy) if Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// What is read holds still.
#[derive(Debug)]
pub struct Snapshot<'a>(&'a mut Ledger);

impl Deref for Snapshot<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        self.0
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let _ = self.0.connection.execute_batch("ROLLBACK");
    }
}

/// Changes that are made together or not at all.
#[derive(Debug)]
pub struct Writer<'a> {
    ledger: &'a mut Ledger,
    pub(super) who: Who,
    open: bool,
    /// Room on the disk that is held for the commit.
    room: RefCell<Option<File>>,
}

impl Writer<'_> {
    /// Sends what was changed to the disk without making it count, and holds room for what is yet to be written: a full
    /// disk shows here, while there is nothing to be taken back elsewhere.
    pub fn flush(&self) -> Result<(), Error> {
        self.connection.cache_flush()?;
        match room(&self.path) {
            Ok(room) => *self.room.borrow_mut() = Some(room),
            Err(error) if Error::is_full(&error) => return Err(Error::Full),
            // A folder in which no file can be made: the log is there already, and the commit will tell.
            Err(_) => {}
        }
        Ok(())
    }

    /// Makes the changes count.
    pub fn commit(mut self) -> Result<(), Error> {
        drop(self.room.take());
        self.connection.execute_batch("COMMIT")?;
        self.open = false;
        Ok(())
    }
}

/// A nameless file that takes as much room as a commit needs after [`Writer::flush`]: a few pages that SQLite keeps to the
/// end, and a piece of the index of its log.
fn room(ledger: &Path) -> std::io::Result<File> {
    let folder = ledger
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&vec![0; ROOM])?;
    file.sync_all()?;
    Ok(file)
}

impl Deref for Writer<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        self.ledger
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        // Where SQLite has rolled back by itself (a full disk), there is nothing left to do.
        if self.open && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
