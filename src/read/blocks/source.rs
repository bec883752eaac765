//! A text file that is cut into blocks where records end.

use super::head::HEADS;
use super::{Head, Unfit};
use crate::read::{FileState, Input, KnownSheet, Options, is_lock_file};
use memchr::{memchr_iter, memrchr};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A text file of which the head is read. It is opened once: what is put in its place meanwhile is another file.
pub struct TextFile {
    file: Mutex<File>,
    state: FileState,
    head: Head,
}

/// Reads what is below the header of a file. There may be several of them, each at a place of its own.
pub struct Reader<'f> {
    file: &'f Mutex<File>,
    /// Where it is, and where the file ended when it was opened: what is appended to it is not read.
    at: u64,
    end: u64,
}

impl TextFile {
    /// Opens a file and looks at its head. `known` is what a scheme knows of the headers; nothing of a file whose headers no
    /// scheme knows.
    pub fn open(input: &Input, known: &[KnownSheet], options: &Options) -> Result<Self, Unfit> {
        let Input::File {
            path,
            name,
            worksheet: None,
        } = input
        else {
            return Err(Unfit::Input);
        };
        // Looked at before it is opened: opening a pipe waits for its writer.
        let is_file = std::fs::metadata(path).is_ok_and(|about| about.is_file());
        if is_lock_file(path) || !is_file {
            return Err(Unfit::Input);
        }
        let mut file = File::open(path).map_err(|_| Unfit::Input)?;
        let state = FileState::of(&file).map_err(|_| Unfit::Input)?;
        let mut start = vec![];
        let mut head = Err(Unfit::Head);
        for size in HEADS {
            let missing = (size - start.len()) as u64;
            let read = (&mut file).take(missing).read_to_end(&mut start);
            read.map_err(|_| Unfit::Input)?;
            head = Head::of(name, &start, state.len, known, options);
            let may_show = matches!(head, Err(Unfit::Head)) && start.len() == size;
            if !may_show {
                break;
            }
        }
        let head = head?;
        Ok(Self {
            file: Mutex::new(file),
            state,
            head,
        })
    }

    /// What its head tells.
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// How many bytes it has.
    pub const fn size(&self) -> u64 {
        self.state.len
    }

    /// Whether nobody has written to the file since its head was read. Asked when all blocks are read: rows of two states
    /// of a file are no file.
    pub fn is_unchanged(&self) -> bool {
        FileState::of(&lock(&self.file)).is_ok_and(|state| state == self.state)
    }

    /// What is below the header, from its beginning.
    pub const fn rows(&self) -> Reader<'_> {
        Reader {
            file: &self.file,
            at: self.head.start as u64,
            end: self.state.len,
        }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut file = lock(self.file);
        file.seek(SeekFrom::Start(self.at))?;
        let rest = self.end.saturating_sub(self.at);
        let read = (&mut *file).take(rest).read(bytes)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Some bytes of a file that begin at a record and end behind one, as far as quotes show it.
#[derive(Debug)]
pub struct Block {
    /// They.
    pub bytes: Vec<u8>,
    /// The number of their first line.
    pub line: u32,
}

/// Where a block may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Behind any line.
    Line,
    /// Behind a line that ends outside quotes.
    Record,
}

/// Cuts what comes from a reader into blocks, of which whoever asks gets the next one.
pub struct Blocks<R>(Mutex<Rest<R>>);

/// What is not handed out yet.
struct Rest<R> {
    /// `None` at its end.
    reader: Option<R>,
    size: usize,
    end: End,
    /// What was read behind the last block.
    over: Vec<u8>,
    line: u32,
    /// What held blocks that are done.
    spare: Vec<Vec<u8>>,
}

/// A block without an end grows to so many times its size; then any line end will do. Where that is within a quoted field,
/// reading the block finds it out.
const LARGEST: usize = 8;

/// No line is longer, in bytes: a file without line ends is not held whole to find that out.
const LONGEST_LINE: usize = if cfg!(test) { 8 << 10 } else { 1 << 20 };

impl<R: Read> Blocks<R> {
    /// Of `reader`, whose first line is `line`: blocks of about `size` bytes that end where records do, which may have
    /// several lines.
    pub const fn new(reader: R, line: u32, size: usize) -> Self {
        Self::ending(reader, line, size, End::Record)
    }

    /// The same of a file in which each record is a line.
    pub const fn of_lines(reader: R, line: u32, size: usize) -> Self {
        Self::ending(reader, line, size, End::Line)
    }

    const fn ending(reader: R, line: u32, size: usize, end: End) -> Self {
        Self(Mutex::new(Rest {
            reader: Some(reader),
            size,
            end,
            over: vec![],
            line,
            spare: vec![],
        }))
    }

    /// The next block; none at the end of the file.
    pub fn block(&self) -> Result<Option<Block>, Unfit> {
        let mut rest = lock(&self.0);
        let mut bytes = rest.spare.pop().unwrap_or_default();
        Ok(rest.fill(&mut bytes)?.map(|line| Block { bytes, line }))
    }

    /// Takes back a block that is done: its room is that of one that comes later.
    pub fn done(&self, block: Block) {
        lock(&self.0).spare.push(block.bytes);
    }

    /// Fills `bytes` with the next block and gives the number of its first line; `None` at the end of the file.
    pub(super) fn fill(&self, bytes: &mut Vec<u8>) -> Result<Option<u32>, Unfit> {
        lock(&self.0).fill(bytes)
    }

    /// Nobody needs what is left.
    pub(super) fn end(&self) {
        let mut rest = lock(&self.0);
        rest.reader = None;
        rest.over.clear();
    }
}

impl<R: Read> Rest<R> {
    /// What `bytes` has from before is read over: filling room with zeros first would take nearly as long as reading.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<Option<u32>, Unfit> {
        let mut filled = self.over.len();
        bytes.resize(bytes.len().max(filled).max(self.size), 0);
        bytes[..filled].copy_from_slice(&self.over);
        self.over.clear();
        let mut wanted = self.size;
        while let Some(reader) = &mut self.reader {
            bytes.resize(bytes.len().max(wanted), 0);
            filled += match reader.read(&mut bytes[filled.min(wanted)..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Unfit::Input),
                Ok(0) if filled < wanted => {
                    self.reader = None;
                    0
                }
                Ok(read) => read,
            };
            if filled < wanted {
                continue;
            }
            let is_largest = wanted >= LARGEST * self.size;
            let any = self.end == End::Line || is_largest;
            if let Some(end) = cut(&bytes[..filled], any) {
                self.over.extend_from_slice(&bytes[end..filled]);
                filled = end;
                break;
            }
            if wanted >= LONGEST_LINE.max(LARGEST * self.size) {
                return Err(Unfit::Long);
            }
            wanted *= 2;
        }
        bytes.truncate(filled);
        if bytes.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let lines = u32::try_from(memchr_iter(b'\n', bytes).count());
        let after = lines.ok().and_then(|lines| line.checked_add(lines));
        self.line = after.ok_or(Unfit::Long)?;
        Ok(Some(line))
    }
}

/// Where a block ends: behind its last line end outside quotes, or the last of all, if any will do.
fn cut(bytes: &[u8], any: bool) -> Option<usize> {
    if any {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let mut end = bytes.len();
    let mut quotes = memchr_iter(b'"', bytes).count();
    while let Some(at) = memrchr(b'\n', &bytes[..end]) {
        // The quotes before the line end.
        quotes -= memchr_iter(b'"', &bytes[at..end]).count();
        if quotes.is_multiple_of(2) {
            return Some(at + 1);
        }
        end = at;
    }
    None
}
