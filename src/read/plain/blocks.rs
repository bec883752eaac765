//! Blocks of whole lines, handed out in turn to whoever asks.

use super::Odd;
use super::fields::Splitter;
use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// How much is read at once; no line is longer. Two of them for each core lie well in its cache.
pub(super) const BLOCK: usize = if cfg!(test) { 1 << 10 } else { 512 << 10 };

/// The file, and how far it is read: blocks are taken from it by one at a time.
pub(super) struct Line(Mutex<Rest>);

struct Rest {
    /// `None` at its end.
    file: Option<File>,
    /// What was read behind the last whole line.
    over: Vec<u8>,
    /// How many rows were handed out.
    rows: u32,
}

impl Line {
    pub(super) const fn new(file: File) -> Self {
        Self(Mutex::new(Rest {
            file: Some(file),
            over: vec![],
            rows: 0,
        }))
    }

    /// Nobody needs what is left.
    pub(super) fn end(&self) {
        self.lock().file = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `bytes` with the next lines, the last of them with its end; gives how many rows are before them.
    fn take(&self, bytes: &mut Vec<u8>) -> Result<Option<u32>, Odd> {
        let mut rest = self.lock();
        bytes.clear();
        let Some(file) = &rest.file else {
            return Ok(None);
        };
        bytes.extend_from_slice(&rest.over);
        let room = (BLOCK - bytes.len().min(BLOCK)) as u64;
        let read = file.take(room).read_to_end(bytes);
        if read.map_err(|_| Odd::Changed)? as u64 == room {
            let end = memrchr(b'\n', bytes).ok_or(Odd::Long)? + 1;
            rest.over.clear();
            rest.over.extend_from_slice(&bytes[end..]);
            bytes.truncate(end);
        } else {
            rest.file = None;
            if bytes.last().is_some_and(|byte| *byte != b'\n') {
                bytes.push(b'\n');
            }
        }
        let before = rest.rows;
        let lines = u32::try_from(memchr_iter(b'\n', bytes).count());
        let rows = lines.ok().and_then(|lines| before.checked_add(lines));
        rest.rows = rows.ok_or(Odd::Long)?;
        Ok((!bytes.is_empty()).then_some(before))
    }
}

/// Takes blocks, one after the other.
pub struct Blocks<'p> {
    line: &'p Line,
    splitter: &'p Splitter,
    bytes: Vec<u8>,
}

impl<'p> Blocks<'p> {
    pub(super) const fn new(line: &'p Line, splitter: &'p Splitter) -> Self {
        Self {
            line,
            splitter,
            bytes: vec![],
        }
    }

    /// The next block that nobody else has; `None` at the end of the file.
    pub fn take(&mut self) -> Result<Option<Block<'_>>, Odd> {
        let Some(first) = self.line.take(&mut self.bytes)? else {
            return Ok(None);
        };
        let text = simdutf8::basic::from_utf8(&self.bytes).map_err(|_| Odd::Encoding)?;
        Ok(Some(Block {
            first,
            text,
            splitter: self.splitter,
        }))
    }
}

/// Some lines of a file, each a row.
pub struct Block<'b> {
    first: u32,
    text: &'b str,
    splitter: &'b Splitter,
}

impl<'b> Block<'b> {
    /// The lines, without what ends them, each with how many rows of the file are before it. They are not looked at.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &'b str)> {
        let mut rest = self.text;
        let lines = std::iter::from_fn(move || {
            let end = memchr(b'\n', rest.as_bytes())?;
            let line = &rest[..end];
            rest = &rest[end + 1..];
            Some(line.strip_suffix('\r').unwrap_or(line))
        });
        (self.first..).zip(lines)
    }

    /// The cells in `wanted` columns of each row; or the first thing that is not as in a plain file.
    pub fn rows(
        &self,
        wanted: &[usize],
        mut take: impl FnMut(u32, &[Cow<'b, str>]),
    ) -> Result<(), Odd> {
        let bytes = self.text.as_bytes();
        let crs = memchr_iter(b'\r', bytes).count();
        if crs > 0 && memchr::memmem::find_iter(bytes, b"\r\n").count() != crs {
            return Err(Odd::CarriageReturn);
        }
        let mut cells = vec![];
        for (row, line) in self.lines() {
            self.splitter.row(line, wanted, &mut cells)?;
            take(row, &cells);
        }
        Ok(())
    }
}
