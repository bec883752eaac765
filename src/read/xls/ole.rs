//! The container of old workbooks: a file system in a file, with sectors in chains (MS-CFB).
//!
//! Takes the file's bytes; gives one of its streams. A chain that goes round in circles, or out of the file, is damage:
//! no chain has more links than there are sectors.

use crate::read::listener::Fault;
use crate::read::numbers::{u16_at, u32_at};
use crate::text;

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// Sector numbers from here on mean something else.
const NO_SECTOR: u32 = 0xFFFF_FFFA;
const ENTRY: usize = 128;

/// An opened container.
pub(in crate::read) struct Ole<'b> {
    bytes: &'b [u8],
    /// The size of a sector and of a small sector, in bytes.
    sector: usize,
    small: usize,
    /// Streams shorter than this lie in small sectors.
    cutoff: u64,
    /// After each sector the next one of its chain.
    next: Vec<u32>,
    next_small: Vec<u32>,
    entries: Vec<Entry>,
    /// The root entry's stream, in which the small sectors lie.
    small_sectors: Vec<u8>,
}

/// A stream or folder.
struct Entry {
    name: String,
    kind: u8,
    start: u32,
    size: u64,
    /// Its left and right neighbour and its first child.
    related: [u32; 3],
}

impl<'b> Ole<'b> {
    /// Reads the tables of the container.
    pub(in crate::read) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let shift = |at| u16_at(bytes, at).filter(|shift| (6..=16).contains(shift));
        let (Some(sector), Some(small)) = (shift(0x1E), shift(0x20)) else {
            return Err(Fault::Broken(text!(
                "its container has no valid header",
                "文件容器的头部无效"
            )));
        };
        let mut ole = Self {
            bytes,
            sector: 1 << sector,
            small: 1 << small,
            cutoff: u32_at(bytes, 0x38).unwrap_or_default().into(),
            next: vec![],
            next_small: vec![],
            entries: vec![],
            small_sectors: vec![],
        };
        ole.read_chains()?;
        let start = u32_at(bytes, 0x3C).unwrap_or(END_OF_CHAIN);
        ole.next_small = numbers(&ole.chain(start, u64::MAX)?);
        let directory = ole.chain(u32_at(bytes, 0x30).unwrap_or(END_OF_CHAIN), u64::MAX)?;
        ole.entries = directory.chunks_exact(ENTRY).map(Entry::of).collect();
        if let Some(root) = ole.entries.first() {
            ole.small_sectors = ole.chain(root.start, root.size)?;
        }
        Ok(ole)
    }

    /// The table of chains lies in sectors itself: the header names the first 109 of them, sectors of names the others.
    fn read_chains(&mut self) -> Result<(), Fault> {
        let all = self.count();
        let mut table: Vec<u32> = numbers(self.bytes.get(0x4C..0x200).unwrap_or_default());
        let mut more = u32_at(self.bytes, 0x44).unwrap_or(END_OF_CHAIN);
        let mut seen = 0;
        while more < NO_SECTOR {
            let mut names = numbers(self.sector(more)?);
            more = names.pop().unwrap_or(END_OF_CHAIN);
            table.append(&mut names);
            seen += 1;
            if seen > all {
                return Err(circles());
            }
        }
        for number in table.into_iter().filter(|number| *number < NO_SECTOR) {
            let part = numbers(self.sector(number)?);
            self.next.extend(part);
            if self.next.len() >= all {
                break;
            }
        }
        Ok(())
    }

    /// How many sectors the file has at most.
    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.sector)
    }

    /// The bytes of a sector; the last one of a file may be cut off.
    fn sector(&self, number: u32) -> Result<&'b [u8], Fault> {
        let at = (number as usize + 1) * self.sector;
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty());
        let rest =
            rest.ok_or_else(|| Fault::Damaged(text!("a part of it is missing", "缺少一部分内容")))?;
        Ok(&rest[..rest.len().min(self.sector)])
    }

    /// The sectors of a chain one after another, as far as `size` bytes.
    fn chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Fault> {
        follow(&self.next, (start, size), self.count(), |number| {
            self.sector(number)
        })
    }

    /// The same of a chain of small sectors.
    fn small_chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Fault> {
        let count = self.small_sectors.len().div_ceil(self.small);
        follow(&self.next_small, (start, size), count, |number| {
            let mut sectors = self.small_sectors.chunks(self.small);
            sectors.nth(number as usize).ok_or_else(circles)
        })
    }

    /// A stream that is not in a folder, by one of its names.
    pub(in crate::read) fn stream(&self, names: &[&str]) -> Result<Option<Vec<u8>>, Fault> {
        let find = |name: &&str| {
            let fits = |entry: &&Entry| entry.kind == 2 && entry.name.eq_ignore_ascii_case(name);
            self.at_the_root().find(fits)
        };
        let Some(entry) = names.iter().find_map(find) else {
            return Ok(None);
        };
        if entry.size >= self.cutoff {
            return self.chain(entry.start, entry.size).map(Some);
        }
        self.small_chain(entry.start, entry.size).map(Some)
    }

    /// The entries below the root: an object that is embedded in the workbook may have a workbook's stream too.
    fn at_the_root(&self) -> impl Iterator<Item = &Entry> {
        let mut seen = vec![false; self.entries.len()];
        let mut waiting: Vec<u32> = self
            .entries
            .first()
            .map(|root| root.related[2])
            .into_iter()
            .collect();
        std::iter::from_fn(move || {
            loop {
                let number = waiting.pop()? as usize;
                let (Some(entry), Some(seen)) = (self.entries.get(number), seen.get_mut(number))
                else {
                    continue;
                };
                if !std::mem::replace(seen, true) {
                    waiting.extend(&entry.related[..2]);
                    return Some(entry);
                }
            }
        })
    }
}

/// The sectors of a chain one after another: `next` are the links, of which it has at most `most`.
fn follow<'b>(
    next: &[u32],
    (start, size): (u32, u64),
    most: usize,
    sector: impl Fn(u32) -> Result<&'b [u8], Fault>,
) -> Result<Vec<u8>, Fault> {
    let (mut stream, mut number, mut links) = (vec![], start, 0);
    while number < NO_SECTOR && (stream.len() as u64) < size {
        links += 1;
        if links > most {
            return Err(circles());
        }
        stream.extend_from_slice(sector(number)?);
        number = *next.get(number as usize).ok_or_else(circles)?;
    }
    stream.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(stream)
}

impl Entry {
    fn of(bytes: &[u8]) -> Self {
        let number = |at| u32_at(bytes, at).unwrap_or(NO_SECTOR);
        let length = usize::from(u16_at(bytes, 64).unwrap_or_default()).min(64);
        let units = bytes[..length]
            .chunks_exact(2)
            .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        Self {
            name: char::decode_utf16(units)
                .map(|c| c.unwrap_or('\u{FFFD}'))
                .filter(|c| *c != '\0')
                .collect(),
            kind: bytes[66],
            start: number(116),
            // The upper half is only for containers of 4 GiB and more, which no workbook is.
            size: number(120).into(),
            related: [number(68), number(72), number(76)],
        }
    }
}

fn circles() -> Fault {
    Fault::Broken(text!(
        "the parts of its container are not in order",
        "文件容器各部分的次序不对"
    ))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let numbers = bytes.chunks_exact(4);
    numbers
        .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect()
}
