//! How fast an xlsx workbook is read, by the fast scan and by calamine, over 50,000 rows of 14 columns.
//!
//! `cargo bench --bench sheets`

use divan::{Bencher, black_box};
use regrade::read::{self, Input, Options, Table};
use rust_xlsxwriter::{Format, Workbook};
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;
use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const ROWS: u32 = 50_000;

fn main() {
    divan::main();
}

/// A workbook as exports are: texts, half of them in many cells, dates, numbers, blanks.
static PLAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet();
    let text = |row: u32, column: u16| match column {
        0 => format!("C{row:07}"),
        1 => format!("上海某某贸易有限公司{row}"),
        _ => format!("类别{}", row % (u32::from(column) * 7)),
    };
    for column in 0..14 {
        sheet
            .write_string(0, column, format!("列{column}"))
            .expect("a cell");
        for row in 1..=ROWS {
            let written = match column {
                7 => sheet.write_number_with_format(
                    row,
                    column,
                    f64::from(40_000 + row % 5_000),
                    &date,
                ),
                8..=12 => sheet.write_number(row, column, f64::from(row % 16_000) / 100.0),
                13 if !row.is_multiple_of(8) => continue,
                _ => sheet.write_string(row, column, text(row, column)),
            };
            written.expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
});

/// Writes a workbook; `odd` puts a comment into its worksheet, which is one for calamine.
fn file(odd: bool) -> NamedTempFile {
    let mut parts = ZipArchive::new(Cursor::new(PLAIN.as_slice())).expect("an archive");
    let mut file = NamedTempFile::new().expect("a place for the file");
    let mut writer = ZipWriter::new(&mut file);
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut xml = String::new();
        part.read_to_string(&mut xml).expect("XML");
        if odd && name.contains("worksheets/sheet") {
            xml = xml.replace("<sheetData>", "<!-- odd --><sheetData>");
        }
        writer
            .start_file(name, SimpleFileOptions::default())
            .expect("a part");
        writer.write_all(xml.as_bytes()).expect("room for the file");
    }
    writer.finish().expect("an archive");
    file
}

fn read_file(file: &NamedTempFile) -> Table {
    let input = Input::File {
        path: file.path().to_path_buf(),
        name: "客户.xlsx".to_owned(),
        worksheet: None,
    };
    let tables = read::open(&input, &[], &Options::default(), &|_, _| {});
    tables.expect("a table").remove(0)
}

#[divan::bench(sample_count = 10)]
fn scanned(bencher: Bencher) {
    let file = file(false);
    bencher.bench_local(|| black_box(read_file(&file)));
}

#[divan::bench(sample_count = 10)]
fn by_calamine(bencher: Bencher) {
    let file = file(true);
    bencher.bench_local(|| black_box(read_file(&file)));
}
