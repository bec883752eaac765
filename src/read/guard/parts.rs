//! Looks through a zip file before a library believes it: parts of one name, checksums that fail, sizes out of bounds.
//!
//! calamine 0.38 stops reading a worksheet at its last tag, so it never sees a checksum that fails, and reserves memory
//! for as many shared strings as the file declares. Both are checked here first.

use super::super::format::Format;
use super::super::listener::{Fault, in_its_words};
use super::Limits;
use crate::diagnostic::{Code, Finding, Text};
use crate::text;
use memchr::memmem::find_iter;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeSet;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// Which workbook a zip file is.
pub(in crate::read) fn kind_of_zip(bytes: &[u8]) -> Result<Format, Vec<Finding>> {
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&in_its_words(error)))?;
    // A name that is not text is none of those looked for.
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .map(|name| name.replace('\\', "/").to_lowercase())
        .collect();
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    if has("workbook.bin") {
        Ok(Format::Xlsb)
    } else if has("workbook.xml") {
        Ok(Format::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Ok(Format::Ods)
    } else if names.is_empty() {
        Err(damaged(&text!("no entries", "压缩包里没有文件")))
    } else {
        let title = text!(
            "this is a zip archive without a workbook",
            "这是不含工作簿的压缩包"
        );
        let help = text!(
            "unpack it and name the files in it",
            "请解压后指定其中的文件"
        );
        Err(vec![Finding::error(Code::BadFormat, title).help(help)])
    }
}

/// A file that is cut off or was copied badly.
pub(in crate::read) fn damaged(why: &Text) -> Vec<Finding> {
    let Text { en, zh } = why;
    let title = text!("the file is damaged: {en}", "文件已损坏：{zh}");
    let help = text!(
        "it may be cut off; copy or export it once more",
        "可能没有传完，请重新复制或导出"
    );
    vec![Finding::error(Code::BadFormat, title).help(help)]
}

/// What the check of a workbook found.
#[derive(Clone, Copy, Default)]
pub(in crate::read) struct Parts {
    /// Whether any worksheet has a formula.
    pub(in crate::read) formulas: bool,
    /// What a library will hold in memory besides the texts: everything that is read but the worksheets, inflated, in
    /// bytes.
    pub(in crate::read) held: u64,
    /// The texts that cells share, inflated, in bytes.
    pub(in crate::read) texts: u64,
    /// All of it, inflated, in bytes.
    pub(in crate::read) inflated: u64,
}

/// Inflates every part of a workbook that is going to be read, within limits, so that checksums are verified.
pub(in crate::read) fn check_parts(bytes: &[u8], limits: &Limits) -> Result<Parts, Fault> {
    check_some(bytes, limits, &|_, _| true)
}

/// The same for those that are `wanted`, by their places and kinds; the names of all are looked at.
pub(in crate::read) fn check_some(
    bytes: &[u8],
    limits: &Limits,
    wanted: &dyn Fn(usize, Kind) -> bool,
) -> Result<Parts, Fault> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| Fault::Damaged(in_its_words(error)))?;
    // The library keeps the last part of a name in silence; the check below is for names that differ in case.
    if archive.has_duplicate_names() {
        return Err(twice());
    }
    let mut parts = Parts::default();
    let mut seen = BTreeSet::new();
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut part = archive
            .by_index(index)
            .map_err(|error| Fault::Damaged(in_its_words(error)))?;
        let Ok(name) = part.name() else { continue };
        let name = plain(&name);
        if part.encrypted() {
            return Err(Fault::Encrypted);
        }
        if !seen.insert(name.clone()) {
            return Err(twice());
        }
        let kind = kind_of_part(&name);
        if !wanted(index, kind) {
            continue;
        }
        let mut scan = Scan::new(kind);
        loop {
            let count = part
                .read(&mut buffer)
                .map_err(|error| Fault::Damaged(in_its_words(error)))?;
            if count == 0 {
                break;
            }
            scan.take(&buffer[..count]);
            parts.inflated += count as u64;
            if parts.inflated > limits.inflated() {
                return Err(Fault::TooLarge);
            }
        }
        parts.formulas |= scan.formulas;
        match kind {
            Kind::Strings => parts.texts += scan.size,
            Kind::Held => parts.held += scan.size,
            Kind::Sheet | Kind::Aside => {}
        }
        drop(part);
        if kind == Kind::Strings && declares_too_many(&mut archive, index, scan.size) {
            return Err(Fault::Damaged(text!(
                "more strings declared than the file can hold",
                "声称的文本数目超出文件所能容纳"
            )));
        }
    }
    Ok(parts)
}

/// Whether the shared strings in the part at `index` say that they are more than so many bytes can hold.
pub(in crate::read) fn declares_too_many(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    size: u64,
) -> bool {
    // The shortest shared string takes more (`<si/>` in XML takes five).
    declared_strings(archive, index) > size / 4
}

fn twice() -> Fault {
    Fault::Damaged(text!("two parts of one name", "有两个同名的部分"))
}

/// What a part is for, so far as it matters here. Which one is read as what is said by other parts, so that names are
/// believed only where it does no harm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Kind {
    /// Cells, which are streamed.
    Sheet,
    /// The texts that cells share.
    Strings,
    /// Anything else that a library may read whole.
    Held,
    /// A picture or the like.
    Aside,
}

/// What the part of this name is for.
pub(in crate::read) fn kind_of_part(name: &str) -> Kind {
    let name = plain(name);
    if name.contains("worksheets/") && !name.contains("_rels/") || name == "content.xml" {
        Kind::Sheet
    } else if name.contains("sharedstrings.") {
        Kind::Strings
    } else if [".xml", ".bin", ".rels"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        Kind::Held
    } else {
        Kind::Aside
    }
}

/// A part's name as libraries compare it.
fn plain(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

/// What is looked for in a part while it is inflated.
struct Scan {
    kind: Kind,
    size: u64,
    formulas: bool,
    /// The end of the last piece, in which a tag may begin.
    tail: Vec<u8>,
}

impl Scan {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            size: 0,
            formulas: false,
            tail: vec![],
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.size += piece.len() as u64;
        if self.kind == Kind::Sheet && !self.formulas {
            let mut joined = std::mem::take(&mut self.tail);
            joined.extend_from_slice(&piece[..piece.len().min(2)]);
            self.formulas = has_formula(&joined) || has_formula(piece);
            self.tail = piece[piece.len().saturating_sub(2)..].to_vec();
        }
    }
}

/// `<f>`, `<f `, `<f/`, also with a prefix (`<x:f>`).
fn has_formula(xml: &[u8]) -> bool {
    let begins = |start: &[u8]| {
        find_iter(xml, start).any(|at| {
            matches!(
                xml.get(at + 2),
                Some(b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r')
            )
        })
    };
    begins(b"<f") || begins(b":f")
}

/// `uniqueCount="…"` of shared strings in XML; 0 without one.
fn declared_strings(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> u64 {
    let Ok(part) = archive.by_index(index) else {
        return 0;
    };
    let mut xml = Reader::from_reader(BufReader::new(part));
    xml.config_mut().expand_empty_elements = true;
    let mut buffer = vec![];
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "sst" => {
                // Whatever is between the name and its number, the largest that anybody could see in it.
                let tag: &str = &tag;
                let counts = tag.split("uniqueCount").skip(1).map(|rest| {
                    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
                    let end = rest.find(|c: char| !c.is_ascii_digit());
                    let digits = &rest[..end.unwrap_or(rest.len())];
                    digits
                        .parse()
                        .unwrap_or(if digits.is_empty() { 0 } else { u64::MAX })
                });
                return counts.max().unwrap_or(0);
            }
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}
