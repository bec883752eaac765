//! Keeps hostile and broken files from doing harm.
//!
//! ```text
//! limits    the file's size           → how far reading it may go
//! parts     a zip file                → its kind; whether checksums hold and sizes are in bounds
//! process   a workbook's bytes        → what a reader in another process says of it
//! serve     standard input            → standard output: that process
//! frames    what a reader says        ↔ bytes on the pipe
//! ```
//!
//! A library's panic becomes a fault here; what cannot be caught (an allocation that fails, a stack that overflows, a
//! loop) happens in the other process.

mod frames;
mod limits;
mod parts;
mod process;
mod serve;

pub(super) use limits::Limits;
pub use limits::{DEFAULT_MEMORY, Guard};
pub(super) use parts::{
    Kind, Parts, check_parts, check_some, damaged, declares_too_many, kind_of_part, kind_of_zip,
};
pub(super) use process::read_apart;
pub use serve::{CHILD, serve};

use super::listener::Fault;
use crate::text;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a foreign reader whose panics are caught, so that a panic hook can be silent.
pub fn is_reading_guarded() -> bool {
    GUARDED.get()
}

/// Runs a foreign reader. A panic in it is a broken file.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let before = GUARDED.replace(true);
    // What `read` leaves behind is dropped with the panic; nothing of it is used again.
    let result = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
    result.unwrap_or_else(|_| Err(Fault::Broken(text!("unexpected content", "内容异常"))))
}
