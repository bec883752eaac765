//! The fast scan of xlsx workbooks beside calamine: the same cells, whatever the workbook, or a reason for not scanning it.

mod cells;
mod generated;
mod reasons;

use super::super::guard::{Limits, check_parts, kind_of_zip};
use super::super::listener::{Fault, Listener};
use super::super::sheet_scan::{self, NotPlain};
use super::super::xlsx;
use super::*;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;

/// What a listener heard, numbers bit by bit. Blank cells and empty texts are the same to every listener: nothing.
#[derive(Debug, PartialEq)]
enum Heard {
    From1904,
    Worksheets(Vec<String>),
    Begin(usize),
    Text(u32, u32, String),
    Number(u32, u32, &'static str, u64),
    End,
}

#[derive(Default)]
struct Recorder(Vec<Heard>);

impl Listener for Recorder {
    fn counts_from_1904(&mut self) -> Result<(), Fault> {
        self.0.push(Heard::From1904);
        Ok(())
    }

    fn worksheets(&mut self, names: &[String]) -> Result<Vec<usize>, Fault> {
        self.0.push(Heard::Worksheets(names.to_vec()));
        Ok((0..names.len()).collect())
    }

    fn begin(&mut self, index: usize) -> Result<(), Fault> {
        self.0.push(Heard::Begin(index));
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<ControlFlow<()>, Fault> {
        let (kind, bits) = match cell {
            Cell::Blank | Cell::Text("") => return Ok(ControlFlow::Continue(())),
            Cell::Text(text) => {
                self.0.push(Heard::Text(row, column, text.to_owned()));
                return Ok(ControlFlow::Continue(()));
            }
            Cell::Number(value) => ("number", value.to_bits()),
            Cell::Percent(value) => ("percent", value.to_bits()),
            Cell::Date(value) => ("date", value.to_bits()),
            Cell::Bool(value) => ("bool", value.into()),
            Cell::Error(error) => (error.text(), 0),
        };
        self.0.push(Heard::Number(row, column, kind, bits));
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.0.push(Heard::End);
        Ok(())
    }
}

/// What calamine reads.
fn by_calamine(bytes: &[u8]) -> Result<Vec<Heard>, Fault> {
    let parts = check_parts(bytes, &Limits::of(&Guard::default(), bytes.len() as u64))?;
    let mut recorder = Recorder::default();
    crate::read::guard::guarded(|| xlsx::read(bytes, parts, &mut recorder)).map(|()| recorder.0)
}

/// Reads a workbook in both ways and compares them; the reason if it is not plain.
fn compare(bytes: &[u8], whose: &str) -> Option<NotPlain> {
    let mut recorder = Recorder::default();
    match sheet_scan::read(bytes, &mut recorder).unwrap() {
        Ok(()) => {
            let expected = by_calamine(bytes);
            let expected =
                expected.unwrap_or_else(|fault| panic!("{whose}: calamine refuses it: {fault:?}"));
            let differs = expected
                .iter()
                .zip(&recorder.0)
                .find(|(one, other)| one != other);
            assert!(
                differs.is_none(),
                "{whose}: calamine and the scan: {differs:?}"
            );
            assert_eq!(expected.len(), recorder.0.len(), "{whose}");
            None
        }
        Err(reason) => Some(reason),
    }
}

/// A workbook of these parts.
struct Book {
    sheets: Vec<String>,
    texts: Option<String>,
    styles: String,
    /// What `workbookPr` says.
    properties: &'static str,
}

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

impl Book {
    fn bytes(&self) -> Vec<u8> {
        self.bytes_with("", b"")
    }

    /// The same with other bytes in the part of this name.
    fn bytes_with(&self, other: &str, bytes: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
        let options = zip::write::SimpleFileOptions::default();
        let mut part = |name: &str, xml: &str| {
            writer.start_file(name, options).unwrap();
            let bytes = if name == other { bytes } else { xml.as_bytes() };
            writer.write_all(bytes).unwrap();
        };
        let related = |id: &str, kind: &str, target: &str| {
            format!(
                "<Relationship Id=\"{id}\" Type=\"{RELATIONSHIPS}/{kind}\" Target=\"{target}\"/>"
            )
        };
        let all = |related: String| format!("<Relationships>{related}</Relationships>");
        part(
            "_rels/.rels",
            &all(related("rId1", "officeDocument", "xl/workbook.xml")),
        );
        let numbers = 1..=self.sheets.len();
        let sheets = numbers
            .clone()
            .map(|n| format!("<sheet name=\"表{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"));
        let (properties, sheets) = (self.properties, sheets.collect::<String>());
        part(
            "xl/workbook.xml",
            &format!("<workbook>{properties}<sheets>{sheets}</sheets></workbook>"),
        );
        let sheets = numbers.map(|n| {
            related(
                &format!("rId{n}"),
                "worksheet",
                &format!("worksheets/sheet{n}.xml"),
            )
        });
        part("xl/_rels/workbook.xml.rels", &all(sheets.collect()));
        part("xl/styles.xml", &self.styles);
        if let Some(texts) = &self.texts {
            part("xl/sharedStrings.xml", texts);
        }
        for (index, sheet) in self.sheets.iter().enumerate() {
            part(&format!("xl/worksheets/sheet{}.xml", index + 1), sheet);
        }
        writer.finish().unwrap().into_inner()
    }
}

/// All files below a folder with this ending.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
}

#[test]
fn every_workbook_in_reach_has_the_same_cells_in_both_ways() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![];
    for folder in ["tests", "examples"] {
        for ending in ["xlsx", "xlsm"] {
            files(&root.join(folder), ending, &mut found);
        }
    }
    assert!(found.len() > 40, "{}", found.len());
    let mut reasons = vec![];
    for path in &found {
        let bytes = std::fs::read(path).unwrap();
        // Those with a password, of another format, or damaged are refused before anybody scans them.
        let is_xlsx = kind_of_zip(&bytes).is_ok_and(|format| format == Format::Xlsx);
        if !is_xlsx
            || check_parts(&bytes, &Limits::of(&Guard::default(), bytes.len() as u64)).is_err()
        {
            continue;
        }
        let name = path.strip_prefix(root).unwrap().to_string_lossy();
        reasons.extend(compare(&bytes, &name).map(|reason| format!("{name}: {reason:?}")));
    }
    assert_eq!(reasons, Vec::<String>::new());
}
