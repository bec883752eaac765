//! What a reader in another process says, as bytes on a pipe. Both ends are the same program; even so nothing is
//! believed, for what is on the other end has read a hostile file.
//!
//! A frame is a byte that says what it is, and what belongs to it; numbers are little-endian, texts have their length
//! in front. Asked: the format, what is known of formulas, limits, the file. Answered: the worksheets' names; after the
//! list of those that are wanted, their cells; last the end, with a count of the cells, or a fault, its reason in both languages.

use super::super::format::Format;
use super::super::listener::{Fault, Listener};
use crate::diagnostic::Text;
use crate::table::{Cell, CellError};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

/// What both ends begin with: another version of the program may lie where this one was started from.
const HELLO: &[u8] = concat!("regrade ", env!("CARGO_PKG_VERSION"), " reads\n").as_bytes();

/// No honest workbook has more worksheets, and none a longer text in a cell (Excel: 32,767 characters).
const MOST_WORKSHEETS: u32 = 1 << 16;
const LONGEST_TEXT: u32 = 64 << 20;

const NAMES: u8 = b'N';
const FROM_1904: u8 = b'Y';
const HIDDEN: u8 = b'H';
const BEGIN: u8 = b'B';
const END: u8 = b'E';
const DONE: u8 = b'Z';
const FAULT: u8 = b'F';
/// Kinds of cells.
const TEXT: u8 = b't';
const NUMBER: u8 = b'n';
const PERCENT: u8 = b'p';
const DATE: u8 = b'd';
const BOOL: u8 = b'b';
const ERROR: u8 = b'e';

/// What the other process is asked to read.
pub(super) struct Request {
    pub(super) format: Format,
    pub(super) formulas: bool,
    /// In bytes.
    pub(super) memory: u64,
    /// Of processor time.
    pub(super) seconds: u64,
}

/// Asks for the reading of a file.
pub(super) fn ask(to: &mut impl Write, request: &Request, file: &[u8]) -> io::Result<()> {
    to.write_all(HELLO)?;
    let format = Format::ALL.iter().position(|one| *one == request.format);
    to.write_all(&[format.unwrap_or_default() as u8, request.formulas.into()])?;
    for number in [request.memory, request.seconds, file.len() as u64] {
        to.write_all(&number.to_le_bytes())?;
    }
    to.write_all(file)?;
    to.flush()
}

/// What was asked, and how many bytes of the file follow.
pub(super) fn asked(from: &mut impl Read) -> io::Result<(Request, u64)> {
    greeted(from)?;
    let [format, formulas] = bytes(from)?;
    let request = Request {
        format: *Format::ALL.get(usize::from(format)).ok_or_else(strange)?,
        formulas: formulas != 0,
        memory: u64::from_le_bytes(bytes(from)?),
        seconds: u64::from_le_bytes(bytes(from)?),
    };
    Ok((request, u64::from_le_bytes(bytes(from)?)))
}

fn greeted(from: &mut impl Read) -> io::Result<()> {
    let mut hello = [0; HELLO.len()];
    from.read_exact(&mut hello)?;
    if hello == *HELLO {
        Ok(())
    } else {
        Err(strange())
    }
}

/// The listener in the reader's process: says on what it hears.
pub(super) struct Speaker<R, W> {
    wanted: R,
    to: W,
    cells: u64,
}

impl<R: Read, W: Write> Speaker<R, W> {
    pub(super) const fn new(wanted: R, to: W) -> Self {
        Self {
            wanted,
            to,
            cells: 0,
        }
    }

    /// Says that it is there and of this version.
    pub(super) fn greet(&mut self) -> io::Result<()> {
        self.to.write_all(HELLO)
    }

    /// Says how it ended.
    pub(super) fn finish(mut self, outcome: Result<(), Fault>) -> io::Result<()> {
        let (kind, why) = match outcome {
            Ok(()) => {
                self.to.write_all(&[DONE])?;
                self.to.write_all(&self.cells.to_le_bytes())?;
                return self.to.flush();
            }
            Err(Fault::Encrypted) => (b'e', None),
            Err(Fault::TooLarge) => (b'l', None),
            Err(Fault::Memory(_)) => (b'm', None),
            Err(Fault::Damaged(why)) => (b'd', Some(why)),
            Err(Fault::Broken(why) | Fault::Crashed(why)) => (b'b', Some(why)),
            // The other end is gone or does not want more; the last one is said by nobody who was started.
            Err(Fault::Stopped | Fault::Time(_) | Fault::NotStarted(_)) => return Ok(()),
        };
        self.to.write_all(&[FAULT, kind])?;
        if let Some(Text { en, zh }) = why {
            write_text(&mut self.to, &en)?;
            write_text(&mut self.to, &zh)?;
        }
        self.to.flush()
    }

    fn frame(&mut self, frame: &[u8]) -> Result<(), Fault> {
        self.to.write_all(frame).map_err(|_| Fault::Stopped)
    }
}

impl<R: Read, W: Write> Listener for Speaker<R, W> {
    fn counts_from_1904(&mut self) -> Result<(), Fault> {
        self.frame(&[FROM_1904])
    }

    fn hidden(&mut self, name: &str) -> Result<(), Fault> {
        self.frame(&[HIDDEN])?;
        write_text(&mut self.to, name).map_err(|_| Fault::Stopped)
    }

    fn worksheets(&mut self, names: &[String]) -> Result<Vec<usize>, Fault> {
        if names.len() as u64 > u64::from(MOST_WORKSHEETS) {
            return Err(Fault::TooLarge);
        }
        let mut say = || {
            self.to.write_all(&[NAMES])?;
            self.to.write_all(&(names.len() as u32).to_le_bytes())?;
            for name in names {
                write_text(&mut self.to, name)?;
            }
            self.to.flush()?;
            let count = u32::from_le_bytes(bytes(&mut self.wanted)?);
            let indices =
                (0..count).map(|_| Ok(u32::from_le_bytes(bytes(&mut self.wanted)?) as usize));
            indices.collect::<io::Result<Vec<usize>>>()
        };
        say().map_err(|_| Fault::Stopped)
    }

    fn begin(&mut self, index: usize) -> Result<(), Fault> {
        self.frame(&[BEGIN])?;
        self.frame(&(index as u32).to_le_bytes())
    }

    fn cell(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<ControlFlow<()>, Fault> {
        let (kind, value) = match cell {
            Cell::Blank => return Ok(ControlFlow::Continue(())),
            Cell::Text(text) if text.len() > LONGEST_TEXT as usize => return Err(Fault::TooLarge),
            Cell::Text(_) => (TEXT, 0),
            Cell::Number(value) => (NUMBER, value.to_bits()),
            Cell::Percent(value) => (PERCENT, value.to_bits()),
            Cell::Date(value) => (DATE, value.to_bits()),
            Cell::Bool(value) => (BOOL, value.into()),
            Cell::Error(_) => (ERROR, 0),
        };
        self.cells += 1;
        let mut head = [0; 9];
        head[0] = kind;
        head[1..5].copy_from_slice(&row.to_le_bytes());
        head[5..9].copy_from_slice(&column.to_le_bytes());
        self.frame(&head)?;
        match cell {
            Cell::Text(text) => write_text(&mut self.to, text).map_err(|_| Fault::Stopped)?,
            Cell::Error(error) => {
                write_text(&mut self.to, error.text()).map_err(|_| Fault::Stopped)?;
            }
            _ => self.frame(&value.to_le_bytes())?,
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.frame(&[END])
    }
}

/// Repeats to `listener` what the other process says on `from`; `wanted` goes to it when it has named its worksheets.
///
/// An error is the pipe's: it closed before the end, or something else is on it.
pub(super) fn hear(
    from: &mut impl Read,
    to: &mut impl Write,
    listener: &mut dyn Listener,
) -> io::Result<Result<(), Fault>> {
    greeted(from)?;
    let mut text = String::new();
    let (mut count, mut wants_more, mut named) = (0_u64, true, false);
    loop {
        let [kind] = bytes(from)?;
        let heard = match kind {
            NAMES if !named => {
                named = true;
                let names = names(from)?;
                match listener.worksheets(&names) {
                    Ok(wanted) => {
                        to.write_all(&(wanted.len() as u32).to_le_bytes())?;
                        for index in wanted {
                            to.write_all(&(index as u32).to_le_bytes())?;
                        }
                        to.flush()?;
                        Ok(())
                    }
                    Err(fault) => Err(fault),
                }
            }
            FROM_1904 => listener.counts_from_1904(),
            HIDDEN if !named => {
                read_text(from, &mut text)?;
                listener.hidden(&text)
            }
            BEGIN => {
                wants_more = true;
                listener.begin(u32::from_le_bytes(bytes(from)?) as usize)
            }
            END => listener.end(),
            TEXT | NUMBER | PERCENT | DATE | BOOL | ERROR => {
                count += 1;
                let row = u32::from_le_bytes(bytes(from)?);
                let column = u32::from_le_bytes(bytes(from)?);
                let cell = match kind {
                    TEXT => {
                        read_text(from, &mut text)?;
                        Cell::Text(&text)
                    }
                    ERROR => {
                        read_text(from, &mut text)?;
                        Cell::Error(CellError::from_text(&text).ok_or_else(strange)?)
                    }
                    _ => plain(kind, u64::from_le_bytes(bytes(from)?)),
                };
                if wants_more {
                    listener
                        .cell(row, column, cell)
                        .map(|flow| wants_more = flow.is_continue())
                } else {
                    Ok(())
                }
            }
            DONE if u64::from_le_bytes(bytes(from)?) == count => return Ok(Ok(())),
            FAULT => {
                let [kind] = bytes(from)?;
                return Ok(Err(match kind {
                    b'e' => Fault::Encrypted,
                    b'l' => Fault::TooLarge,
                    b'm' => Fault::Memory(0),
                    b'd' => Fault::Damaged(both_languages(from)?),
                    b'b' => Fault::Broken(both_languages(from)?),
                    _ => return Err(strange()),
                }));
            }
            _ => return Err(strange()),
        };
        if let Err(fault) = heard {
            return Ok(Err(fault));
        }
    }
}

fn plain(kind: u8, bits: u64) -> Cell<'static> {
    match kind {
        PERCENT => Cell::Percent(f64::from_bits(bits)),
        DATE => Cell::Date(f64::from_bits(bits)),
        BOOL => Cell::Bool(bits != 0),
        _ => Cell::Number(f64::from_bits(bits)),
    }
}

fn both_languages(from: &mut impl Read) -> io::Result<Text> {
    let (mut en, mut zh) = (String::new(), String::new());
    read_text(from, &mut en)?;
    read_text(from, &mut zh)?;
    Ok(Text { en, zh })
}

fn names(from: &mut impl Read) -> io::Result<Vec<String>> {
    let count = u32::from_le_bytes(bytes(from)?);
    if count > MOST_WORKSHEETS {
        return Err(strange());
    }
    let mut names = vec![];
    for _ in 0..count {
        let mut name = String::new();
        read_text(from, &mut name)?;
        names.push(name);
    }
    Ok(names)
}

fn write_text(to: &mut impl Write, text: &str) -> io::Result<()> {
    // What a library says of a file may quote all of it; the texts of cells were looked at before.
    let mut end = text.len().min(LONGEST_TEXT as usize);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    to.write_all(&(end as u32).to_le_bytes())?;
    to.write_all(&text.as_bytes()[..end])
}

fn read_text(from: &mut impl Read, text: &mut String) -> io::Result<()> {
    let length = u32::from_le_bytes(bytes(from)?);
    if length > LONGEST_TEXT {
        return Err(strange());
    }
    let mut buffer = std::mem::take(text).into_bytes();
    buffer.clear();
    if length <= 1 << 16 {
        buffer.resize(length as usize, 0);
        from.read_exact(&mut buffer)?;
    } else {
        // Grows with what comes, not with what is said to come.
        from.take(length.into()).read_to_end(&mut buffer)?;
        if buffer.len() as u64 != u64::from(length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    *text = String::from_utf8(buffer).map_err(|_| strange())?;
    Ok(())
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not what was expected")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    /// Hears nothing.
    struct Deaf;

    impl Listener for Deaf {
        fn worksheets(&mut self, _: &[String]) -> Result<Vec<usize>, Fault> {
            Ok(vec![])
        }

        fn begin(&mut self, _: usize) -> Result<(), Fault> {
            Ok(())
        }

        fn cell(&mut self, _: u32, _: u32, _: Cell<'_>) -> Result<ControlFlow<()>, Fault> {
            Ok(ControlFlow::Continue(()))
        }

        fn end(&mut self) -> Result<(), Fault> {
            Ok(())
        }
    }

    #[test]
    fn a_fault_comes_over_in_both_languages() {
        let why = text!("a cell is cut off", "有单元格被截断");
        for fault in [
            Fault::Broken(why.clone()),
            Fault::Damaged(why),
            Fault::Encrypted,
            Fault::TooLarge,
        ] {
            let mut pipe = vec![];
            let mut speaker = Speaker::new(io::empty(), &mut pipe);
            speaker.greet().unwrap();
            speaker.finish(Err(fault.clone())).unwrap();
            let heard = hear(&mut pipe.as_slice(), &mut io::sink(), &mut Deaf).unwrap();
            assert_eq!(heard, Err(fault));
        }
    }
}
