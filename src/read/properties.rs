//! The custom properties of a workbook: what regrade writes into it about itself.
//!
//! Excel holds a text of at most 255 characters in a property, so that a longer one stands in several:
//! `regrade.sheets.1`, `regrade.sheets.2`. Both directions of that are here.

use super::Input;
use super::format::OLE;
use super::ods::{attribute, resolve};
use super::password::unlock;
use crate::encryption::Password;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use zip::ZipArchive;

/// The property in which regrade names the worksheets of a workbook that hold no data: they show the results in other
/// ways, and some of them have a column of keys.
pub const ASIDE: &str = "regrade.aside";

/// The part of the archive that holds them.
const PART: &str = "docProps/custom.xml";
/// No honest list of properties is larger.
const MOST_INFLATED: u64 = 4 << 20;
/// The most UTF-16 units of one property; Excel takes 255.
const PIECE: usize = 240;

/// The custom properties of a workbook, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

impl Properties {
    /// The text of a property, put together where it stands in several.
    pub fn get(&self, name: &str) -> Option<String> {
        let find = |name: &str| {
            let mut properties = self.0.iter();
            properties
                .find(|(known, _)| known == name)
                .map(|(_, text)| text)
        };
        if let Some(text) = find(name) {
            return Some(text.clone());
        }
        let pieces = (1..).map_while(|number| find(&format!("{name}.{number}")));
        pieces.cloned().reduce(|text, piece| text + &piece)
    }

    /// A list of texts that was written as JSON; empty where there is none.
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// A property in as many as it needs.
pub fn in_pieces(name: &str, text: &str) -> Vec<(String, String)> {
    if text.encode_utf16().count() <= PIECE {
        return vec![(name.to_owned(), text.to_owned())];
    }
    let (mut pieces, mut units) = (vec![String::new()], 0);
    for c in text.chars() {
        if units + c.len_utf16() > PIECE {
            pieces.push(String::new());
            units = 0;
        }
        units += c.len_utf16();
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    let numbered = (1..).zip(pieces);
    numbered
        .map(|(number, piece)| (format!("{name}.{number}"), piece))
        .collect()
}

/// The properties of a workbook, an encrypted one with its password; none of anything else, or of a file that cannot be
/// read, which is told where it is read for its cells.
pub fn properties(input: &Input, password: Option<&Password>) -> Properties {
    let Input::File { path, .. } = input else {
        return Properties::default();
    };
    let is_file = path.metadata().is_ok_and(|about| about.is_file());
    let file = is_file.then(|| File::open(path).ok()).flatten();
    let Some(mut file) = file.map(BufReader::new) else {
        return Properties::default();
    };
    let Some(password) = password.filter(|_| begins_as_container(&mut file)) else {
        return from(file);
    };
    let mut container = vec![];
    let read = file.read_to_end(&mut container);
    let workbook = read.ok().and_then(|_| unlock(&container, password).ok());
    workbook.map_or_else(Properties::default, |workbook| from(Cursor::new(workbook)))
}

fn begins_as_container(file: &mut impl BufRead) -> bool {
    file.fill_buf().is_ok_and(|bytes| bytes.starts_with(OLE))
}

/// The properties of a workbook in memory.
pub(super) fn properties_of(bytes: &[u8]) -> Properties {
    from(Cursor::new(bytes))
}

fn from(archive: impl Read + Seek) -> Properties {
    let Ok(mut archive) = ZipArchive::new(archive) else {
        return Properties::default();
    };
    let Ok(part) = archive.by_name(PART) else {
        return Properties::default();
    };
    let mut xml = String::new();
    match part.take(MOST_INFLATED).read_to_string(&mut xml) {
        Ok(_) => parse(&xml),
        Err(_) => Properties::default(),
    }
}

fn parse(xml: &str) -> Properties {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<(String, String)> = vec![];
    let mut inside = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "property" => {
                let name = attribute(&tag, "name").unwrap_or_default();
                found.push((name, String::new()));
            }
            // The value is in an element of its own, whose name is its type.
            Ok(Event::Start(_)) => inside = !found.is_empty(),
            Ok(Event::End(_)) => inside = false,
            Ok(Event::Text(text)) if inside => {
                if let Some((_, value)) = found.last_mut() {
                    value.push_str(&text.xml10_content());
                }
            }
            Ok(Event::GeneralRef(entity)) if inside => {
                if let Some((_, value)) = found.last_mut() {
                    value.push_str(&resolve(&entity));
                }
            }
            Ok(Event::Eof) | Err(_) => return Properties(found),
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_put_together_again() {
        let long = "甲a😀".repeat(200);
        let pieces = in_pieces("p", &long);
        assert!(pieces.len() > 2);
        assert!(
            pieces
                .iter()
                .all(|(_, piece)| piece.encode_utf16().count() <= PIECE)
        );
        assert_eq!(Properties(pieces).get("p"), Some(long));
        assert_eq!(
            Properties(in_pieces("p", "short")).get("p").as_deref(),
            Some("short")
        );
        assert_eq!(Properties(vec![]).get("p"), None);
    }

    #[test]
    fn reads_what_office_programs_write() {
        let xml = r#"<?xml version="1.0"?><Properties xmlns:vt="x"><property fmtid="{1}" pid="2" name="regrade.sheets">
            <vt:lpwstr>["评级 &amp; 明细"]</vt:lpwstr></property><property name="n"><vt:i4>7</vt:i4></property></Properties>"#;
        let properties = parse(xml);
        assert_eq!(properties.get("n").as_deref(), Some("7"));
        assert_eq!(properties.list("regrade.sheets"), ["评级 & 明细"]);
        assert!(parse("<a").get("n").is_none());
    }
}
