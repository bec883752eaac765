//! Writes an OLE container (MS-CFB, version 3): a file system in a file, with sectors in chains.
//!
//! Takes storages and streams with their names; gives the file's bytes. Nothing of the clock is in them, so equal
//! streams give equal bytes.

use std::cmp::Ordering;
use std::io::{self, Write};

const SECTOR: usize = 512;
const SMALL_SECTOR: usize = 64;
/// Streams below this size lie in small sectors.
const CUTOFF: usize = 4096;
/// How many sector numbers fill a sector.
const NUMBERS: usize = SECTOR / 4;
/// How many sectors of the table the header names itself.
const IN_HEADER: usize = 109;

const FREE: u32 = 0xFFFF_FFFF;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const OF_TABLE: u32 = 0xFFFF_FFFD;
const OF_NAMES: u32 = 0xFFFF_FFFC;
const NO_ENTRY: u32 = 0xFFFF_FFFF;

/// What is in a container.
pub(super) enum Node<'a> {
    /// A folder.
    Storage(&'a str, Vec<Node<'a>>),
    /// A file.
    Stream(&'a str, &'a [u8]),
}

impl Node<'_> {
    const fn name(&self) -> &str {
        match self {
            Self::Storage(name, _) | Self::Stream(name, _) => name,
        }
    }

    /// The order of the names in a folder: the shorter first, then by upper-case letters (2.6.4).
    fn order(&self, other: &Self) -> Ordering {
        let key = |node: &Self| {
            let name: Vec<u16> = node.name().to_uppercase().encode_utf16().collect();
            (name.len(), name)
        };
        key(self).cmp(&key(other))
    }
}

/// Writes a container with `nodes` in its root.
pub(super) fn write(nodes: Vec<Node<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let mut plan = Plan::default();
    plan.entries.push(vec![]);
    let first = plan.folder(nodes);
    let small = std::mem::take(&mut plan.small);
    let start = plan.table.chain(small.len().div_ceil(SECTOR));
    plan.entries[0] = entry(
        "Root Entry",
        Kind::Root,
        [NO_ENTRY, NO_ENTRY, first],
        start,
        small.len(),
    );
    let small_table = bytes_of(&plan.small_table.next, SECTOR);
    let small_table_start = plan.table.chain(small_table.len() / SECTOR);
    let mut directory = plan.entries.concat();
    while !directory.len().is_multiple_of(SECTOR) {
        directory.extend(entry("", Kind::Nothing, [NO_ENTRY; 3], 0, 0));
    }
    let directory_start = plan.table.chain(directory.len() / SECTOR);
    let (table, own) = plan.table.with_itself();

    out.write_all(&header(
        directory_start,
        small_table_start,
        small_table.len(),
        &own,
    ))?;
    for stream in &plan.large {
        out.write_all(stream)?;
        out.write_all(&[0; SECTOR][..stream.len().next_multiple_of(SECTOR) - stream.len()])?;
    }
    out.write_all(&small)?;
    out.write_all(&vec![0; small.len().next_multiple_of(SECTOR) - small.len()])?;
    out.write_all(&small_table)?;
    out.write_all(&directory)?;
    out.write_all(&bytes_of(&table, SECTOR))?;
    out.write_all(&own.names())
}

/// Where everything lies.
#[derive(Default)]
struct Plan<'a> {
    /// The directory.
    entries: Vec<Vec<u8>>,
    /// After each sector the next one of its chain.
    table: Table,
    /// Streams that lie in sectors, in their order.
    large: Vec<&'a [u8]>,
    /// The others, in small sectors, and the chains of these.
    small: Vec<u8>,
    small_table: Table,
}

impl<'a> Plan<'a> {
    /// Puts the nodes of a folder into the directory; gives the one that the others hang on.
    fn folder(&mut self, mut nodes: Vec<Node<'a>>) -> u32 {
        nodes.sort_by(Node::order);
        self.tree(nodes)
    }

    /// A tree of all black nodes, which is as good as a red and black one (2.6.4).
    fn tree(&mut self, mut before: Vec<Node<'a>>) -> u32 {
        let mut after = before.split_off(before.len() / 2).into_iter();
        let Some(node) = after.next() else {
            return NO_ENTRY;
        };
        let at = self.entries.len();
        self.entries.push(vec![]);
        let (left, right) = (self.tree(before), self.tree(after.collect()));
        self.entries[at] = match node {
            Node::Storage(name, nodes) => {
                let child = self.folder(nodes);
                entry(name, Kind::Storage, [left, right, child], 0, 0)
            }
            Node::Stream(name, bytes) => {
                let start = self.stream(bytes);
                entry(
                    name,
                    Kind::Stream,
                    [left, right, NO_ENTRY],
                    start,
                    bytes.len(),
                )
            }
        };
        at as u32
    }

    fn stream(&mut self, bytes: &'a [u8]) -> u32 {
        if bytes.len() >= CUTOFF {
            self.large.push(bytes);
            return self.table.chain(bytes.len().div_ceil(SECTOR));
        }
        self.small.extend(bytes);
        let count = bytes.len().div_ceil(SMALL_SECTOR);
        let end = self.small.len().next_multiple_of(SMALL_SECTOR);
        self.small.resize(end, 0);
        self.small_table.chain(count)
    }
}

/// Chains of sectors.
#[derive(Default)]
struct Table {
    next: Vec<u32>,
}

impl Table {
    /// A chain of the next `count` sectors; gives the first.
    fn chain(&mut self, count: usize) -> u32 {
        let start = self.next.len() as u32;
        if count == 0 {
            return END_OF_CHAIN;
        }
        self.next.extend(start + 1..start + count as u32);
        self.next.push(END_OF_CHAIN);
        start
    }

    /// The whole table, in which the sectors stand too that it fills itself, and which these are.
    fn with_itself(self) -> (Vec<u32>, Own) {
        let mut next = self.next;
        let first = next.len();
        let mut own = Own {
            first,
            count: 0,
            names: 0,
        };
        // Each sector more may need another one to stand in.
        while own.count * NUMBERS < first + own.count + own.names {
            own.count += 1;
            own.names = own.count.saturating_sub(IN_HEADER).div_ceil(NUMBERS - 1);
        }
        next.extend(std::iter::repeat_n(OF_TABLE, own.count));
        next.extend(std::iter::repeat_n(OF_NAMES, own.names));
        (next, own)
    }
}

/// The sectors of the table, which follow one another, and after them those that name the sectors for which the header
/// has no room.
struct Own {
    first: usize,
    count: usize,
    names: usize,
}

impl Own {
    fn numbers(&self) -> impl Iterator<Item = u32> {
        (self.first..self.first + self.count).map(|number| number as u32)
    }

    fn first_of_names(&self) -> u32 {
        if self.names == 0 {
            END_OF_CHAIN
        } else {
            (self.first + self.count) as u32
        }
    }

    /// The sectors after the table: each ends with the number of the next.
    fn names(&self) -> Vec<u8> {
        let beyond: Vec<u32> = self.numbers().skip(IN_HEADER).collect();
        let first = self.first + self.count;
        let sectors = beyond
            .chunks(NUMBERS - 1)
            .enumerate()
            .flat_map(|(at, numbers)| {
                let mut sector = numbers.to_vec();
                sector.resize(NUMBERS - 1, FREE);
                let is_last = at + 1 == self.names;
                sector.push(if is_last {
                    END_OF_CHAIN
                } else {
                    (first + at + 1) as u32
                });
                sector
            });
        bytes_of(&sectors.collect::<Vec<u32>>(), SECTOR)
    }
}

/// The bytes of numbers, filled up to whole sectors.
fn bytes_of(numbers: &[u32], sector: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    // All bits set: the number of a sector that is free.
    bytes.resize(bytes.len().next_multiple_of(sector), 0xFF);
    bytes
}

/// The header (2.2).
fn header(directory: u32, small_table: u32, small_table_size: usize, own: &Own) -> Vec<u8> {
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.extend([0; 16]);
    // Version 3.62; little-endian; sectors of 2^9 and 2^6 bytes.
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header.extend([0; 6]);
    let numbers = [
        0,
        own.count as u32,
        directory,
        0,
        CUTOFF as u32,
        small_table,
        (small_table_size / SECTOR) as u32,
        own.first_of_names(),
        own.names as u32,
    ];
    let named = own.numbers().chain(std::iter::repeat(FREE)).take(IN_HEADER);
    let numbers: Vec<u32> = numbers.into_iter().chain(named).collect();
    header.extend(bytes_of(&numbers, 4));
    header
}

#[derive(Clone, Copy)]
enum Kind {
    Nothing = 0,
    Storage = 1,
    Stream = 2,
    Root = 5,
}

/// An entry of the directory (2.6.1); `related` are its left and right neighbour and its first child.
fn entry(name: &str, kind: Kind, related: [u32; 3], start: u32, size: usize) -> Vec<u8> {
    const BLACK: u8 = 1;
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // With the NUL at its end; no name at all has none.
    let length = if name.is_empty() { 0 } else { entry.len() + 2 };
    entry.resize(64, 0);
    entry.extend((length as u16).to_le_bytes());
    entry.extend([kind as u8, BLACK]);
    entry.extend(bytes_of(&related, 4));
    // No class, no flags, and no times: they would be those of the clock.
    entry.extend([0; 16 + 4 + 8 + 8]);
    entry.extend(start.to_le_bytes());
    entry.extend((size as u64).to_le_bytes());
    entry
}
