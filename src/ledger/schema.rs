//! The tables, version by version. A step is never changed once it is released: a new version is a new step.

use super::{Error, copy};
use rusqlite::Connection;
use std::path::Path;

/// Marks a SQLite file as a ledger of regrade: `RGRD`.
pub const APPLICATION: i32 = 0x5247_5244;

/// What makes version 1 of nothing, version 2 of version 1, and so on.
pub const STEPS: &[&str] = &[V1, V2, V3, V4, V5];

/// Dates are ISO text, moments UTC text with a `Z`, lists and objects JSON. What a column holds when it is NULL is said
/// beside it, so that the file explains itself in any SQLite tool.
const V1: &str = r##"
-- A table as it was read from a file.
CREATE TABLE import (
  id            INTEGER PRIMARY KEY,
  made_at       TEXT NOT NULL,
  made_by       TEXT NOT NULL,
  as_of         TEXT NOT NULL,
  sheet         TEXT NOT NULL,     -- its name in the scheme
  source        TEXT NOT NULL,     -- a later import of the same source replaces this one
  file          TEXT NOT NULL,     -- as the user named it
  worksheet     TEXT,              -- NULL for text files
  content_hash  TEXT NOT NULL,     -- SHA-256 of headers and cells
  row_count     INTEGER NOT NULL,  -- of the file; forgetting a customer does not change it
  refused_count INTEGER NOT NULL,
  first_date    TEXT,              -- span of the rows' dates; NULL for sheets without
  last_date     TEXT,
  covers        TEXT NOT NULL,     -- [["2024-01-01","2024-01-31"]]: spans that it is said to cover
  about         TEXT NOT NULL,     -- {"format":"text","encoding":…,"headers":[…]}: how it was read
  first_row     INTEGER NOT NULL,  -- its rows in sheet_row: first_row <= id < end_row
  end_row       INTEGER NOT NULL
) STRICT;
CREATE INDEX import_by_source ON import (sheet, source);

-- A file with the same content was brought in again.
CREATE TABLE confirmation (
  import  INTEGER NOT NULL REFERENCES import (id),
  as_of   TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  PRIMARY KEY (import, as_of)
) STRICT, WITHOUT ROWID;

-- A row as it was read. No index beside the key: rows are read by import, in order.
CREATE TABLE sheet_row (
  id       INTEGER PRIMARY KEY,
  import   INTEGER NOT NULL,
  number   INTEGER NOT NULL,  -- the row as the spreadsheet shows it; the line of a text file
  customer TEXT,              -- the customer's key; NULL where the row has none
  cells    TEXT NOT NULL      -- ["text",12.5,null,true,{"p":0.2},{"d":45382},{"e":"#N/A"}]: per cent, days since 1899-12-30, error
) STRICT;

CREATE TABLE scheme (
  hash    TEXT PRIMARY KEY,  -- SHA-256 of the text
  text    TEXT NOT NULL,
  name    TEXT NOT NULL,
  version TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One grading as of one date.
CREATE TABLE run (
  number         INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,  -- made from what the run is made from, so that the same run is one run
  scheme         TEXT NOT NULL REFERENCES scheme (hash),
  as_of          TEXT NOT NULL,
  previous       INTEGER REFERENCES run (number),
  semantics      INTEGER NOT NULL,      -- version of the rules by which schemes are read
  made_at        TEXT NOT NULL,
  made_by        TEXT NOT NULL,
  program        TEXT NOT NULL,         -- version of regrade
  customer_count INTEGER NOT NULL,      -- forgetting a customer changes neither this nor the counts
  counts         TEXT NOT NULL,         -- {"promoted":3,…}: customers by decision
  overrides      TEXT NOT NULL,         -- [1,4]: those that were live
  findings       TEXT,                  -- JSON: what the run had to say, without customers
  first_row      INTEGER NOT NULL,      -- its rows in run_customer: first_row <= id < end_row
  end_row        INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_date ON run (as_of);

-- The imports that a run is made from.
CREATE TABLE run_input (
  run       INTEGER NOT NULL REFERENCES run (number),
  import    INTEGER NOT NULL REFERENCES import (id),
  confirmed TEXT,  -- the confirmation that put it in force; NULL for the import itself
  PRIMARY KEY (run, import)
) STRICT, WITHOUT ROWID;

-- What a run says of a customer, in the order of the run.
CREATE TABLE run_customer (
  id                 INTEGER PRIMARY KEY,
  run                INTEGER NOT NULL,
  customer           TEXT NOT NULL,
  name               TEXT,
  rule_grade         TEXT,           -- what the rules give, overrides left aside
  grade              TEXT,           -- what counts
  previous_grade     TEXT,
  since              TEXT,           -- since when the grade counts
  rule_type          TEXT,
  type               TEXT,
  previous_type      TEXT,
  score              TEXT,           -- an exact decimal
  labels             TEXT NOT NULL,  -- {"dimension":"label"}
  tags               TEXT NOT NULL,  -- ["tag"]
  decision           TEXT NOT NULL,
  reasons            TEXT NOT NULL,  -- ["reason"]
  evidence           TEXT,           -- JSON
  next               TEXT,
  strategy           TEXT,           -- JSON
  decided            TEXT,           -- last period end that was decided; what follows carries movement on
  grade_moved        TEXT,
  grade_demoted      TEXT,
  grade_at_risk      TEXT,
  grade_counts_after TEXT,
  type_moved         TEXT,
  type_demoted       TEXT,
  type_at_risk       TEXT,
  type_counts_after  TEXT
) STRICT;
CREATE INDEX run_customer_by_customer ON run_customer (customer);

-- A grade, type or tag that a person set.
CREATE TABLE override (
  id           INTEGER PRIMARY KEY,
  made_at      TEXT NOT NULL,
  made_by      TEXT NOT NULL,  -- who recorded it
  customer     TEXT NOT NULL,
  subject      TEXT NOT NULL,  -- grade, type, tag
  hold         TEXT NOT NULL,  -- floor, lock, ceiling
  level        TEXT NOT NULL,
  reason       TEXT NOT NULL,
  author       TEXT NOT NULL,  -- who said so
  valid_from   TEXT,
  valid_until  TEXT,           -- the last day on which it counts
  review_on    TEXT,
  origin       TEXT,           -- the cell that it was read from
  ended_at     TEXT,
  ended_on     TEXT,           -- the first as-of date on which it no longer counts
  ended_by     TEXT,
  ended_reason TEXT
) STRICT;
CREATE INDEX override_by_customer ON override (customer);

-- What a reviewer wrote in a sheet and is no override: another one says otherwise, or it is so anyway.
CREATE TABLE correction (
  id          INTEGER PRIMARY KEY,
  made_at     TEXT NOT NULL,
  made_by     TEXT NOT NULL,  -- who read the sheet
  customer    TEXT NOT NULL,
  subject     TEXT NOT NULL,
  hold        TEXT NOT NULL,
  level       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  author      TEXT NOT NULL,  -- who wrote it
  valid_until TEXT,
  review_on   TEXT,
  origin      TEXT,           -- the cell that it was read from
  run         INTEGER NOT NULL REFERENCES run (number),  -- the newest run then
  state       TEXT NOT NULL   -- disputed, agreed, ended
) STRICT;
CREATE INDEX correction_by_customer ON correction (customer);

-- A change that somebody suggests; nothing until a reviewer accepts it.
CREATE TABLE proposal (
  id             INTEGER PRIMARY KEY,
  made_at        TEXT NOT NULL,
  made_by        TEXT NOT NULL,
  customer       TEXT NOT NULL,
  subject        TEXT NOT NULL,
  level          TEXT NOT NULL,
  reason         TEXT NOT NULL,
  author         TEXT NOT NULL,
  proposed_on    TEXT NOT NULL,
  origin         TEXT,
  state          TEXT NOT NULL,  -- pending, accepted, rejected
  decided_at     TEXT,
  decided_by     TEXT,
  decided_reason TEXT,
  override       INTEGER REFERENCES override (id),
  UNIQUE (customer, proposed_on, subject, level, author)
) STRICT;

-- A customer whose values somebody has to look at.
CREATE TABLE review_mark (
  id              INTEGER PRIMARY KEY,
  customer        TEXT NOT NULL,
  rule            TEXT NOT NULL,
  owner           TEXT,
  due             TEXT,
  first_run       INTEGER NOT NULL REFERENCES run (number),
  resolved_at     TEXT,
  resolved_by     TEXT,
  resolved_reason TEXT,
  resolved_how    TEXT  -- confirmed, corrected
) STRICT;
CREATE UNIQUE INDEX review_mark_open ON review_mark (customer, rule) WHERE resolved_at IS NULL;

-- Who did what. A line for each change.
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,  -- an import, a run or a customer; of a forgotten customer the SHA-256 of the id
  detail  TEXT
) STRICT;
"##;

/// Which runs know of what people did: those that are recorded after it, which have higher numbers. Moments would not
/// say it, for two changes in one second or where a clock was put back; for what was done before this version they are
/// all that there is. And how many customers a run moved, whoever did it.
const V2: &str = r"
ALTER TABLE override ADD COLUMN set_after INTEGER NOT NULL DEFAULT 0;  -- the newest run when it was set; 0: none yet
ALTER TABLE override ADD COLUMN ended_after INTEGER;                   -- the newest run when it was ended
ALTER TABLE review_mark ADD COLUMN resolved_after INTEGER;             -- the newest run when it was resolved
ALTER TABLE run ADD COLUMN moved_count INTEGER NOT NULL DEFAULT 0;     -- customers with another grade than before
UPDATE override SET
  set_after = (SELECT coalesce(max(number), 0) FROM run WHERE run.made_at < override.made_at),
  ended_after = iif(ended_at IS NULL, NULL,
                    (SELECT coalesce(max(number), 0) FROM run WHERE run.made_at < override.ended_at));
UPDATE review_mark SET
  resolved_after = (SELECT coalesce(max(number), 0) FROM run WHERE run.made_at < review_mark.resolved_at)
  WHERE resolved_at IS NOT NULL;
UPDATE run SET moved_count = (
  SELECT count(*) FROM run_customer of WHERE of.id >= run.first_row AND of.id < run.end_row
    AND iif(of.decision = 'classified', of.type <> of.previous_type, of.grade <> of.previous_grade));
";

/// Rows that cannot be used, and what people make of them. A row that is mended stands in `sheet_row` as it is now.
const V3: &str = r#"
-- A row that cannot be used as it came in, until somebody has mended it.
CREATE TABLE quarantine (
  row      INTEGER PRIMARY KEY,  -- its id in sheet_row
  import   INTEGER NOT NULL REFERENCES import (id),
  customer TEXT,
  faults   TEXT NOT NULL,        -- [{"column":4,"en":…,"zh":…,"help":{…}}]: what is wrong; a column from 0, or null for the row
  since    TEXT NOT NULL,        -- as of which date it came in first
  owner    TEXT,                 -- who is to mend it
  due      TEXT
) STRICT;
CREATE INDEX quarantine_by_import ON quarantine (import);

-- What somebody made of such a row.
CREATE TABLE repair (
  id              INTEGER PRIMARY KEY,
  made_at         TEXT NOT NULL,
  made_by         TEXT NOT NULL,     -- who read it
  import          INTEGER NOT NULL REFERENCES import (id),
  row             INTEGER NOT NULL,  -- its id in sheet_row
  number          INTEGER NOT NULL,
  customer        TEXT,              -- the key as mended
  customer_before TEXT,
  author          TEXT NOT NULL,     -- who mended it
  reason          TEXT,
  cells           TEXT,              -- as in sheet_row; NULL: the row is left out
  before          TEXT NOT NULL,     -- the row as it came in
  broken          TEXT,              -- [58,3,4]: line 58 has 3 fields of 4, as in `about`; NULL for a row that is whole
  origin          TEXT NOT NULL,     -- the row that it was read from
  state           TEXT NOT NULL,     -- applied, disputed, ended
  from_run        INTEGER,           -- runs after this one count with it; NULL if it was never applied
  until_run       INTEGER            -- runs after this one do not
) STRICT;
CREATE INDEX repair_by_import ON repair (import);

-- Content that an import had before its rows were mended: a file that has it is known.
CREATE TABLE former_content (
  import       INTEGER NOT NULL REFERENCES import (id),
  content_hash TEXT NOT NULL,
  PRIMARY KEY (import, content_hash)
) STRICT, WITHOUT ROWID;
"#;

/// Customers who may be the same.
const V4: &str = r"
-- What somebody says of two customers who may be one. The last word of a person counts.
CREATE TABLE duplicate (
  id           INTEGER PRIMARY KEY,
  made_at      TEXT NOT NULL,
  made_by      TEXT NOT NULL,  -- who recorded it
  customer     TEXT NOT NULL,  -- of the two keys the one that comes first
  other        TEXT NOT NULL,
  verdict      TEXT NOT NULL,  -- merge, keep, open
  author       TEXT NOT NULL,  -- who said so
  reason       TEXT,
  points       INTEGER,        -- that the pair had
  origin       TEXT,           -- the cell that it was read from
  ended_at     TEXT,           -- when it was taken back
  ended_by     TEXT,
  ended_reason TEXT
) STRICT;
CREATE INDEX duplicate_by_pair ON duplicate (customer, other);

-- Whom a run took for whom.
CREATE TABLE run_merge (
  run      INTEGER NOT NULL REFERENCES run (number),
  customer TEXT NOT NULL,
  kept     TEXT NOT NULL,  -- the customer that its rows count for
  PRIMARY KEY (run, customer)
) STRICT, WITHOUT ROWID;
";

/// What customers were told.
const V5: &str = r"
-- What a customer was told, or why not.
CREATE TABLE notice (
  id       INTEGER PRIMARY KEY,
  made_at  TEXT NOT NULL,
  made_by  TEXT NOT NULL,
  customer TEXT NOT NULL,
  subject  TEXT NOT NULL,  -- grade, type, campaign
  campaign TEXT,           -- the id of the campaign; NULL for a grade or type
  level    TEXT,           -- the grade or type that was told; NULL for a campaign
  previous TEXT,           -- the one before
  run      INTEGER NOT NULL REFERENCES run (number),  -- the run that it was told from
  state    TEXT NOT NULL,  -- told; of a campaign also held_out, unconsented, unreachable
  form     TEXT,           -- eml, text, sms, csv, …; NULL if it was not told
  template TEXT            -- SHA-256 of the template; NULL if it was not told
) STRICT;
CREATE INDEX notice_by_customer ON notice (customer);
CREATE UNIQUE INDEX notice_by_campaign ON notice (campaign, customer) WHERE campaign IS NOT NULL;
";

/// What a file is.
pub enum State {
    /// Nothing yet.
    Empty,
    /// A ledger that this program knows.
    Version(u32),
    /// A ledger of a version that it does not know.
    Newer {
        /// The file's version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// The database of another program.
    Foreign,
}

/// What the file of `connection` is, judged by its header alone.
pub fn state(connection: &Connection, steps: &[&str]) -> Result<State, Error> {
    // All of it as of one moment: another command may be making a ledger of an empty file just now.
    connection.execute_batch("SAVEPOINT state")?;
    let state = state_now(connection, steps);
    let released = connection.execute_batch("RELEASE state");
    // Some errors of the first end the savepoint too.
    let state = state?;
    released?;
    Ok(state)
}

fn state_now(connection: &Connection, steps: &[&str]) -> Result<State, Error> {
    let figure = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = figure("PRAGMA application_id")?;
    let version = figure("PRAGMA user_version")?;
    let known = steps.len() as u32;
    if application != i64::from(APPLICATION) {
        let tables = figure("SELECT count(*) FROM sqlite_schema")?;
        let is_empty = application == 0 && version == 0 && tables == 0;
        return Ok(if is_empty {
            State::Empty
        } else {
            State::Foreign
        });
    }
    Ok(match u32::try_from(version) {
        Ok(0) | Err(_) => State::Foreign,
        Ok(found) if found > known => State::Newer { found, known },
        Ok(found) => State::Version(found),
    })
}

/// Makes the tables those of the newest version, step by step, all or none. Of a ledger with content a copy of its old
/// version is left beside it first.
pub fn bring_up(connection: &Connection, path: &Path, steps: &[&str]) -> Result<(), Error> {
    if matches!(state(connection, steps)?, State::Version(version) if version as usize == steps.len())
    {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = migrate(connection, path, steps);
    connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn migrate(connection: &Connection, path: &Path, steps: &[&str]) -> Result<(), Error> {
    // Asked again under the lock: another command may have done it meanwhile.
    let done = match state(connection, steps)? {
        State::Empty => 0,
        State::Version(version) => version as usize,
        State::Newer { found, known } => return Err(Error::Newer { found, known }),
        State::Foreign => return Err(Error::foreign()),
    };
    if done > 0 && done < steps.len() {
        copy::copy(path, &copy::beside(path, &format!("v{done}.bak")))?;
    }
    for step in &steps[done..] {
        connection.execute_batch(step)?;
    }
    let version = steps.len();
    connection.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version}"
    ))?;
    Ok(())
}
