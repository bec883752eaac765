//! The streams that say what the other streams of the container are (MS-OFFCRYPTO, 2.1 and 2.2): that `EncryptedPackage`
//! went through encryption. They are the same for every workbook, and Excel wants them.

use super::container::Node;

/// The streams, by what they say.
pub(super) struct Spaces {
    version: Vec<u8>,
    map: Vec<u8>,
    space: Vec<u8>,
    transform: Vec<u8>,
}

impl Spaces {
    /// Those of a package that is encrypted and nothing else.
    pub(super) fn new() -> Self {
        let version = [text("Microsoft.Container.DataSpaces"), versions()].concat();
        let entry = [
            numbers(&[1, 0]),
            text("EncryptedPackage"),
            text("StrongEncryptionDataSpace"),
        ]
        .concat();
        // The length of the header, the number of entries, and the length of the entry with itself.
        let map = [numbers(&[8, 1, 4 + entry.len() as u32]), entry].concat();
        let space = [numbers(&[8, 1]), text("StrongEncryptionTransform")].concat();
        let id = text("{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}");
        let transform = [
            numbers(&[8 + id.len() as u32, 1]),
            id,
            text("Microsoft.Container.EncryptionTransform"),
            versions(),
            // No name, block size and mode of a cipher: the agile way says them in `EncryptionInfo`.
            numbers(&[0, 0, 0, 4]),
        ]
        .concat();
        Self {
            version,
            map,
            space,
            transform,
        }
    }

    /// Their folder.
    pub(super) fn node(&self) -> Node<'_> {
        let primary = Node::Stream("\u{6}Primary", &self.transform);
        let transform = Node::Storage("StrongEncryptionTransform", vec![primary]);
        let space = Node::Stream("StrongEncryptionDataSpace", &self.space);
        Node::Storage(
            "\u{6}DataSpaces",
            vec![
                Node::Stream("Version", &self.version),
                Node::Stream("DataSpaceMap", &self.map),
                Node::Storage("DataSpaceInfo", vec![space]),
                Node::Storage("TransformInfo", vec![transform]),
            ],
        )
    }
}

/// A text in UTF-16 with its length in bytes before it, filled up to four bytes (2.1.2).
fn text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = numbers(&[units.len() as u32]);
    bytes.extend(units);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// Who may read, change and has written it: version 1.0 each.
fn versions() -> Vec<u8> {
    numbers(&[1, 1, 1])
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}
