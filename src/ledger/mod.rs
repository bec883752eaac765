//! The ledger: one SQLite file that remembers what was imported, every run, what people set and who did what.
//!
//! The only room that knows of SQLite. It prints nothing and asks no clock: who does something and when comes in as
//! [`Who`]. The tables are meant to be read with any SQLite tool; their columns are named in `schema`.
//!
//! ```text
//! file       a path                 → Ledger: created, checked, migrated, one writer and any number of readers
//! schema     the tables, version by version
//! content    Table                  → the hash of what it says, whatever file it came in
//! cells      a row of cells         ↔ JSON text, bit by bit
//! imports    Table, NewImport       ↔ rows, filings; `table` has how it was read
//! quarantine rows that cannot be used ↔ rows; `repairs` has what people made of them, and puts it into the imports
//! record     Grading                → what a run says of each customer; `run_rows` keeps it, `history` finds one's
//! runs       RunHead, rows          ↔ a run; `select` finds one by `@latest`, `@2024-03` or an id
//! overrides, corrections, proposals, marks, duplicates: what people set, say and decide
//! audit      each change            → a line that says who made it
//! notices    who was told what, and of a campaign who was not
//! forget     a customer's id        → nothing left of it, not even in freed pages
//! copy       backup and restore
//! sql        the product's own types ↔ columns; `error` what can go wrong
//! ```
//!
//! Everything that reads is a method of [`Ledger`], everything that changes one of [`Writer`], which reads as well. A
//! writer that is dropped without [`Writer::commit`] has changed nothing.

mod audit;
mod cells;
mod content;
mod copy;
mod corrections;
mod duplicates;
mod error;
mod file;
mod forget;
mod history;
mod imports;
mod marks;
mod notices;
mod overrides;
mod proposals;
mod quarantine;
mod record;
mod repairs;
mod run_rows;
mod runs;
mod schema;
mod select;
mod sql;
mod table;
#[cfg(test)]
mod tests;

pub use audit::{Action, AuditLine};
pub use content::{content_hash, content_mark};
pub use copy::{NotRestored, Restored};
pub use corrections::StoredCorrection;
pub use duplicates::{NewVerdict, StoredVerdict};
pub use error::Error;
pub use file::{Ledger, Snapshot, Who, Writer};
pub use forget::Forgotten;
pub use history::HistoryRow;
pub use imports::{Contents, Import, ImportId, NewImport};
pub use marks::{Mark, NewMark, Resolution};
pub use notices::{InCampaign, NewNotice, NoticeOf, NoticeState, ToldLevel};
pub use overrides::{Ended, StoredOverride};
pub use proposals::{NewProposal, Proposal, State};
pub use quarantine::{NewWaiting, Waiting};
pub use record::rows;
pub use repairs::{Amendment, NewRepair, RowChange, RowId, StoredRepair};
pub use run_rows::{RunLevel, RunRow};
pub use runs::{Recorded, Run, RunHead, RunInput, RunNumber, SchemeText};
