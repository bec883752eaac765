//! Files made to take more than they should: hours, all memory that there is, or the whole program with them.

use super::super::xls::ole::Ole;
use super::*;

const SECTOR: usize = 1 << 16;
/// Of a chain.
const END: u32 = 0xFFFF_FFFE;
const NONE: u32 = u32::MAX;

/// A container of sectors of 64 KiB: the links, whose sector the header names five times; the directory; the links of
/// small sectors; a sector of data, in which the small sectors are too.
struct Container {
    links: [u32; 4],
    small_links: [u32; 2],
    /// Streams shorter than this are in small sectors.
    cutoff: u32,
    start: u32,
    size: u32,
}

impl Container {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; SECTOR * 5];
        let mut put = |at: usize, numbers: &[u32]| {
            for (index, number) in numbers.iter().enumerate() {
                bytes[at + index * 4..][..4].copy_from_slice(&number.to_le_bytes());
            }
        };
        // Sizes of sectors and small sectors, as powers of two.
        put(0x1E, &[16 + (6 << 16)]);
        put(0x30, &[1]);
        put(0x38, &[self.cutoff, 2, 1, END, 0]);
        put(0x4C, &[NONE; 109]);
        put(0x4C, &[0; 5]);
        put(SECTOR, &vec![NONE; SECTOR / 4]);
        put(SECTOR, &self.links);
        put(SECTOR * 3, &self.small_links);
        // Of an entry: its name's length and its kind, its neighbours and child, its start and size.
        let (root, entry) = (SECTOR * 2, SECTOR * 2 + 128);
        put(root + 64, &[5 << 16, NONE, NONE, 1]);
        put(root + 116, &[3, SECTOR as u32]);
        put(entry + 64, &[18 + (2 << 16), NONE, NONE, NONE]);
        put(entry + 116, &[self.start, self.size]);
        for (index, unit) in "Workbook".encode_utf16().enumerate() {
            bytes[entry + index * 2..][..2].copy_from_slice(&unit.to_le_bytes());
        }
        bytes
    }

    /// The size of the workbook's stream; nothing if the container is refused.
    fn read(&self) -> Option<usize> {
        let bytes = self.bytes();
        let ole = Ole::open(&bytes).ok()?;
        Some(ole.stream(&["Workbook"]).ok()??.len())
    }
}

/// A circle gave a stream as long as the links that the file had, each of a sector: 5 GB from 300 KB.
#[test]
fn a_chain_that_goes_round_has_no_more_links_than_there_are_sectors() {
    let sound = || Container {
        links: [0xFFFF_FFFD, END, END, END],
        small_links: [1, END],
        cutoff: 4096,
        start: 3,
        size: 60_000,
    };
    assert_eq!(sound().read(), Some(60_000));
    let small = Container {
        start: 0,
        size: 100,
        ..sound()
    };
    assert_eq!(small.read(), Some(100));
    let round = Container {
        links: [0xFFFF_FFFD, END, END, 3],
        size: 1 << 20,
        ..sound()
    };
    assert_eq!(round.read(), None);
    let small_round = Container {
        small_links: [1, 0],
        cutoff: u32::MAX,
        start: 0,
        size: 1 << 20,
        ..sound()
    };
    assert_eq!(small_round.read(), None);
    let directory_round = Container {
        links: [0xFFFF_FFFD, 1, END, END],
        ..sound()
    };
    assert_eq!(directory_round.read(), None);
}

/// The first table of a file.
fn read(file: &str) -> Table {
    let mut tables = read_bytes(file.as_bytes(), &[], &Options::default()).unwrap();
    tables.remove(0)
}

const SPREADSHEET_ML: &str = "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";

/// A row of `SpreadsheetML`.
fn row(cells: [&str; 2]) -> String {
    let cell = |text| format!("<Cell><Data Type=\"String\">{text}</Data></Cell>");
    format!("<Row>{}</Row>", cells.map(cell).concat())
}

#[test]
fn a_declared_encoding_without_quotes_is_none() {
    let rows = row(["id", "name"]) + &row(["C1", "@"]);
    let sheet = format!("{SPREADSHEET_ML}<Worksheet><Table>{rows}</Table></Worksheet></Workbook>");
    let (before, after) = sheet.split_once('@').unwrap();
    let read_quoted = |quote: &[u8]| {
        let bytes = [
            b"<?xml version=\"1.0\" encoding=",
            quote,
            b"GBK",
            quote,
            b"?>\n",
            before.as_bytes(),
            // `客户` in GBK.
            b"\xBF\xCD\xBB\xA7",
            after.as_bytes(),
        ]
        .concat();
        let table = read_bytes(&bytes, &[], &Options::default())
            .unwrap()
            .remove(0);
        (texts(&table), notes(&table), table.notes[0].help.is_some())
    };
    for quote in [b"\"", b"'"] {
        let (texts, notes, is_guess) = read_quoted(quote);
        assert_eq!(texts, [["C1", "客户"]]);
        assert_eq!(notes, ["x.csv read-as: read as GBK"]);
        assert!(!is_guess);
    }
    // As a character, each of these bytes takes two.
    for quote in [&b"\xE9"[..], b"\xB5", b""] {
        let (texts, _, is_guess) = read_quoted(quote);
        assert_eq!(texts.len(), 1);
        assert!(is_guess);
    }
}

#[test]
fn a_page_of_tables_without_end_is_read_once() {
    let empty = "<table></table>".repeat(300_000);
    let page = format!("<html>{empty}<table><tr><td>id<td>name<tr><td>C1<td>a</table>");
    let table = read(&page);
    assert_eq!(texts(&table), [["C1", "a"]]);
    assert_eq!(
        table.origin.worksheet.as_deref(),
        Some("table 300001"),
        "all are counted"
    );
}

#[test]
fn a_wide_cell_costs_the_rows_below_it_nothing() {
    // A row as wide as a worksheet, of which only the last column goes on to be free.
    let wide = "<td colspan=1000 rowspan=60000>".repeat(16) + "<td colspan=383 rowspan=60000><td>";
    for rows in ["<tr><td>x", "<tr>"] {
        let rows = rows.repeat(if rows == "<tr>" { 1_000_000 } else { 50_000 });
        let page = format!("<table><tr><td>id<td>name<tr><td>C1<td>a<tr>{wide}{rows}</table>");
        let table = read(&page);
        assert_eq!(texts(&table)[0], ["C1", "a"]);
    }
}

#[test]
fn a_cell_of_empty_lines_is_read_once() {
    let lines = "<br><p>&nbsp;".repeat(200_000);
    let page = format!("<table><tr><td>id<td>name<tr><td>C1<td>{lines}a<p>b</table>");
    let table = read(&page);
    assert!(texts(&table)[0][1].ends_with("a\nb"));
}

#[test]
fn an_element_of_attributes_without_end_is_read_once() {
    let attributes = (0..100_000).fold(String::new(), |all, n| all + &format!(" a{n}=\"\""));
    let rows =
        row(["id", "name"]) + &row(["C1", "a"]).replace("<Row", &format!("<Row{attributes}"));
    let many = "<Worksheet/>".repeat(100_000);
    let page = format!(
        "<?xml version=\"1.0\"?>{SPREADSHEET_ML}{many}<Worksheet><Table>{rows}</Table></Worksheet></Workbook>"
    );
    let table = read(&page);
    assert_eq!(texts(&table), [["C1", "a"]]);
}
