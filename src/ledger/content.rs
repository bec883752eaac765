//! What a table says, as a hash: the same for two files with the same headers and cells, whatever they are called.

use crate::read::Table;
use crate::table::Cell;
use sha2::{Digest, Sha256};

/// How much is gathered before it is hashed: cells are a few bytes each.
const CHUNK: usize = 1 << 16;

/// The SHA-256, hexadecimal, of a table's headers, unit line and cells. Not of the file's name, format or encoding, nor
/// of the numbers of its rows: a blank line more makes no other content.
pub fn content_hash(table: &Table) -> String {
    let mut content = Content::default();
    content.count(table.headers.len());
    for header in &table.headers {
        content.text(&header.text);
    }
    content.text(table.unit_line.as_deref().unwrap_or_default());
    if table.serials_from_1904 {
        content.text("1904");
    }
    content.count(table.rows.len());
    for row in 0..table.rows.len() {
        for cell in table.rows.row(row) {
            content.cell(cell);
        }
    }
    // A broken row is refused, one with the same cells that is not broken is graded.
    content.count(table.broken.len());
    for broken in &table.broken {
        content.count(broken.index);
    }
    content.end()
}

/// The SHA-256 of a text, hexadecimal.
pub(super) fn text_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex += &format!("{byte:02x}");
    }
    hex
}

#[derive(Default)]
struct Content {
    hash: Sha256,
    gathered: Vec<u8>,
}

impl Content {
    fn count(&mut self, count: usize) {
        self.gathered
            .extend_from_slice(&(count as u64).to_le_bytes());
    }

    /// A text with its length before it, so that no two lists of texts look the same.
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.gathered.extend_from_slice(text.as_bytes());
    }

    fn cell(&mut self, cell: Cell<'_>) {
        let (tag, bits) = match cell {
            Cell::Blank => (0, None),
            Cell::Text(text) => {
                self.gathered.push(1);
                self.text(text);
                return self.pass_on();
            }
            Cell::Number(value) => (2, Some(value.to_bits())),
            Cell::Percent(value) => (3, Some(value.to_bits())),
            Cell::Date(value) => (4, Some(value.to_bits())),
            Cell::Bool(false) => (5, None),
            Cell::Bool(true) => (6, None),
            Cell::Error(error) => {
                self.gathered.push(7);
                self.text(error.text());
                return self.pass_on();
            }
        };
        self.gathered.push(tag);
        if let Some(bits) = bits {
            self.gathered.extend_from_slice(&bits.to_le_bytes());
        }
        self.pass_on();
    }

    fn pass_on(&mut self) {
        if self.gathered.len() >= CHUNK {
            self.hash.update(&self.gathered);
            self.gathered.clear();
        }
    }

    fn end(mut self) -> String {
        self.hash.update(&self.gathered);
        hex(&self.hash.finalize())
    }
}
