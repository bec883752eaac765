//! Excel's workbooks of 1993 to 2003 (BIFF 5 and 8).
//!
//! Not through calamine: 0.38 lays a worksheet out by its used extent (400 MB for a cell in the last corner), believes
//! counts, follows chains that go round in circles, and gives no per-cent formats.
//!
//! Takes the file's bytes; says what is in it. Records and fields have their names from MS-XLS.

pub(super) mod ole;
mod sheet;
mod text;

use super::listener::{Fault, Listener};
use super::numbers::{EPOCH_1904, Shown, built_in, shown_by, u16_at, u32_at};
use super::shared_texts::SharedTexts;
use crate::text;
use ole::Ole;
use sheet::Sheet;
use std::collections::BTreeMap;
use text::{Alphabet, shared_texts};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const STRING: u16 = 0x0207;

/// Reads an xls workbook.
pub(super) fn read(bytes: &[u8], listener: &mut dyn Listener) -> Result<(), Fault> {
    let ole = Ole::open(bytes)?;
    let Some(stream) = ole.stream(&["Workbook", "Book"])? else {
        return Err(Fault::Broken(text!(
            "it has no workbook in it",
            "其中没有工作簿"
        )));
    };
    // Programs that calculate describe the documents that they save; libraries that only write do neither.
    let calculated = ole.stream(&["\u{5}SummaryInformation"])?.is_some();
    drop(ole);
    let book = Book::read(&stream)?;
    let names: Vec<String> = book.sheets.iter().map(|(name, _)| name.clone()).collect();
    if book.epoch > 0.0 {
        listener.counts_from_1904()?;
    }
    for name in &book.hidden {
        listener.hidden(name)?;
    }
    for index in listener.worksheets(&names)? {
        let Some((_, start)) = book.sheets.get(index) else {
            continue;
        };
        let cells = stream.get(*start..).ok_or_else(cut_off)?;
        listener.begin(index)?;
        let sheet = Sheet {
            book: &book,
            calculated,
        };
        sheet.read(cells, listener)?;
        listener.end()?;
    }
    Ok(())
}

fn cut_off() -> Fault {
    Fault::Damaged(text!("the workbook is cut off", "工作簿被截断"))
}

/// The records of a stream: a type, a length, the data. They end where the stream ends or is cut off.
#[derive(Clone)]
struct Records<'b> {
    stream: &'b [u8],
    at: usize,
}

impl<'b> Records<'b> {
    const fn of(stream: &'b [u8]) -> Self {
        Self { stream, at: 0 }
    }

    /// The data of the next record, if that is what the one before goes on in.
    fn continued(&mut self) -> Option<&'b [u8]> {
        let mut next = self.clone();
        let (kind, data) = next.next()?;
        (kind == CONTINUE).then(|| {
            *self = next;
            data
        })
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let data = self.stream.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some((kind, data))
    }
}

/// What stands before the worksheets and is for all of them.
struct Book {
    /// Names of the worksheets, and where they start in the stream.
    sheets: Vec<(String, usize)>,
    /// The names of those that people do not see.
    hidden: Vec<String>,
    alphabet: Alphabet,
    shared: SharedTexts,
    /// How each cell style shows numbers.
    shown: Vec<Shown>,
    /// What is added to dates.
    epoch: f64,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Self, Fault> {
        let mut records = Records::of(stream);
        let alphabet = match records.next() {
            Some((BOF, data)) => match u16_at(data, 0) {
                Some(0x0600) => Alphabet {
                    wide: true,
                    page: 1200,
                },
                Some(0x0500) => Alphabet {
                    wide: false,
                    page: 1252,
                },
                _ => {
                    return Err(Fault::Broken(text!(
                        "it is of Excel 4 or earlier",
                        "是 Excel 4 或更早的格式"
                    )));
                }
            },
            _ => {
                return Err(Fault::Broken(text!(
                    "it does not begin as a workbook",
                    "开头不是工作簿"
                )));
            }
        };
        let mut book = Self {
            sheets: vec![],
            hidden: vec![],
            alphabet,
            shared: SharedTexts::default(),
            shown: vec![],
            epoch: 0.0,
        };
        let (mut formats, mut styles) = (BTreeMap::new(), vec![]);
        loop {
            let Some((kind, data)) = records.next() else {
                return Err(cut_off());
            };
            match kind {
                EOF => break,
                // FilePass
                0x002F => return Err(Fault::Encrypted),
                // CodePage
                0x0042 => book.alphabet.page = u16_at(data, 0).unwrap_or(1252),
                // Date1904
                0x0022 if u16_at(data, 0) == Some(1) => book.epoch = EPOCH_1904,
                // Format
                0x041E => {
                    let width = 1 + usize::from(book.alphabet.wide);
                    let code = data
                        .get(2..)
                        .and_then(|data| book.alphabet.text(data, width));
                    if let (Some(id), Some(code)) = (u16_at(data, 0), code) {
                        formats.insert(id, shown_by(&code));
                    }
                }
                // XF
                0x00E0 => styles.push(u16_at(data, 2).unwrap_or_default()),
                // BoundSheet8: a worksheet is of type 0.
                0x0085 if data.get(5) == Some(&0) => {
                    let start = u32_at(data, 0).ok_or_else(cut_off)? as usize;
                    let name = book.alphabet.text(&data[6..], 1).ok_or_else(cut_off)?;
                    let name = name.replace('\0', "");
                    // Hidden, or so that only a program can show it.
                    if data[4] & 3 != 0 {
                        book.hidden.push(name.clone());
                    }
                    book.sheets.push((name, start));
                }
                // SST
                0x00FC => {
                    book.shared = shared_texts(data, &mut records).ok_or_else(|| {
                        Fault::Broken(text!("its shared texts are cut off", "共用文本被截断"))
                    })?;
                }
                _ => {}
            }
        }
        let shown = |id: &u16| formats.get(id).copied().unwrap_or_else(|| built_in(*id));
        book.shown = styles.iter().map(shown).collect();
        Ok(book)
    }
}
