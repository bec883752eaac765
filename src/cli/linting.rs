//! The lint of a scheme, worked out beside what a command does with it.

use super::rules::Rules;
use regrade::table::Date;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

/// As much as the main thread has: conditions are gone through part by part.
const STACK: usize = 8 << 20;

/// A lint that goes on.
pub struct Linting {
    thread: Mutex<Option<JoinHandle<usize>>>,
    warnings: OnceLock<usize>,
}

impl Linting {
    /// Begins with the lint of a scheme.
    pub fn begin(rules: &Rules, as_of: Date) -> io::Result<Arc<Self>> {
        let rules = rules.clone();
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn(move || rules.warnings(as_of))?;
        Ok(Arc::new(Self {
            thread: Mutex::new(Some(thread)),
            warnings: OnceLock::new(),
        }))
    }

    /// One that is done.
    pub fn done(warnings: usize) -> Arc<Self> {
        Arc::new(Self {
            thread: Mutex::new(None),
            warnings: OnceLock::from(warnings),
        })
    }

    /// How many warnings there are. Waits for the lint; where it panicked, so does this.
    pub fn warnings(&self) -> usize {
        *self.warnings.get_or_init(|| {
            let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            let joined = thread.take().map(JoinHandle::join);
            joined.map_or(0, |joined| {
                joined.unwrap_or_else(|panic| resume_unwind(panic))
            })
        })
    }
}
