//! Pieces of a part of the package, deflated one by one: what they give, one after the other, is the whole part deflated.

use super::LEVEL;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use tempfile::SpooledTempFile;

/// Up to how many bytes blocks wait in memory; then in a temporary file.
const IN_MEMORY: usize = 1 << 20;

/// A deflated piece.
pub struct Block {
    bytes: Vec<u8>,
    sum: Crc,
    length: u64,
}

impl Block {
    /// Deflates a piece with others behind it. It ends on a whole byte and refers to nothing before it.
    pub fn deflate(piece: &[u8]) -> io::Result<Self> {
        let mut encoder = encoder(piece)?;
        encoder.flush()?;
        let bytes = std::mem::take(encoder.get_mut());
        Ok(Self::of(piece, bytes))
    }

    /// Deflates the last piece.
    pub fn deflate_last(piece: &[u8]) -> io::Result<Self> {
        let bytes = encoder(piece)?.finish()?;
        Ok(Self::of(piece, bytes))
    }

    fn of(piece: &[u8], bytes: Vec<u8>) -> Self {
        let mut sum = Crc::new();
        sum.update(piece);
        Self {
            bytes,
            sum,
            length: piece.len() as u64,
        }
    }
}

fn encoder(piece: &[u8]) -> io::Result<DeflateEncoder<Vec<u8>>> {
    let room = Vec::with_capacity(piece.len() / 4);
    let mut encoder = DeflateEncoder::new(room, Compression::new(LEVEL.into()));
    encoder.write_all(piece)?;
    Ok(encoder)
}

/// Blocks one after the other.
pub struct Blocks {
    bytes: SpooledTempFile,
    deflated: u64,
    sum: Crc,
    length: u64,
}

impl Blocks {
    /// None yet. Those that do not fit into memory wait in a file in `folder`, the system's by default.
    pub fn new(folder: Option<&Path>) -> Self {
        Self {
            bytes: match folder {
                Some(folder) => tempfile::spooled_tempfile_in(IN_MEMORY, folder),
                None => tempfile::spooled_tempfile(IN_MEMORY),
            },
            deflated: 0,
            sum: Crc::new(),
            length: 0,
        }
    }

    /// Adds the next one.
    pub fn add(&mut self, block: &Block) -> io::Result<()> {
        self.bytes.write_all(&block.bytes)?;
        self.deflated += block.bytes.len() as u64;
        self.sum.combine(&block.sum);
        self.length += block.length;
        Ok(())
    }

    /// The whole part: `first`, the blocks, `last`.
    pub fn between(mut self, first: Block, last: Block) -> io::Result<Part<impl Read>> {
        self.bytes.rewind()?;
        let mut sum = first.sum;
        sum.combine(&self.sum);
        sum.combine(&last.sum);
        Ok(Part {
            deflated: first.bytes.len() as u64 + self.deflated + last.bytes.len() as u64,
            sum: sum.sum(),
            length: first.length + self.length + last.length,
            bytes: io::Cursor::new(first.bytes)
                .chain(self.bytes)
                .chain(io::Cursor::new(last.bytes)),
        })
    }
}

/// A part of the package, deflated.
pub struct Part<R> {
    /// Its bytes.
    pub bytes: R,
    /// How many they are.
    pub deflated: u64,
    /// The CRC-32 of what they deflate.
    pub sum: u32,
    /// How many bytes that has.
    pub length: u64,
}
