//! Each reason for not scanning a workbook, by one that shows it; and what comes of it is what calamine makes of it.

use super::*;

/// A workbook that is scanned, in the places `@…@` of which a case puts something else.
const SHEET: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet><dimension ref=\"A1:C3\"/><sheetData>\
    <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>\
    <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>C1</t></is></c><c r=\"B2\" s=\"1\"><v>0.25</v></c></row>\
    <row r=\"3\"><c r=\"A3\" t=\"str\"><f>A2</f><v>C2</v></c><c r=\"B3\" t=\"b\"><v>1</v></c></row>\
    </sheetData></worksheet>";
const TEXTS: &str = "<sst><si><t>客户编号</t></si><si><t>增长率</t></si></sst>";
const STYLES: &str =
    "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"10\"/></cellXfs></styleSheet>";

fn book() -> Book {
    Book {
        sheets: vec![SHEET.to_owned()],
        texts: Some(TEXTS.to_owned()),
        styles: STYLES.to_owned(),
        properties: "",
    }
}

/// What is read of a workbook, whoever reads it, or what is said of it.
fn outcome(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    match read_bytes(bytes, &[], &Options::default()) {
        Ok(tables) => Ok(texts(&tables[0])),
        Err(findings) => Err(findings[0].title.en.clone()),
    }
}

#[test]
fn a_plain_workbook_is_scanned() {
    let bytes = book().bytes();
    assert_eq!(compare(&bytes, "plain"), None);
    assert_eq!(
        outcome(&bytes).unwrap(),
        [["C1", "Percent(0.25)"], ["C2", "Bool(true)"]]
    );
}

/// In which part of the workbook something else stands.
enum In {
    Sheet,
    Texts,
}
use In::{Sheet, Texts};

/// A reason, and what to put where to see it.
const CASES: [(NotPlain, In, &str, &str); 56] = [
    (NotPlain::Encoding, Sheet, "UTF-8", "GBK"),
    (
        NotPlain::Encoding,
        Texts,
        "<sst>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><sst>",
    ),
    // Comments, CDATA, instructions, document types.
    (
        NotPlain::Markup,
        Sheet,
        "<sheetData>",
        "<!-- a --><sheetData>",
    ),
    (
        NotPlain::Markup,
        Sheet,
        "<worksheet>",
        "<!DOCTYPE a><worksheet>",
    ),
    (
        NotPlain::Markup,
        Sheet,
        "<row r=\"2\">",
        "<?a b?><row r=\"2\">",
    ),
    (NotPlain::Markup, Sheet, "<v>0.25", "<v><!-- a -->0.25"),
    (NotPlain::Markup, Sheet, "C1</t>", "<![CDATA[C1]]></t>"),
    (NotPlain::Markup, Texts, "<si>", "<!-- a --><si>"),
    (NotPlain::Markup, Texts, "<t>", "<t><![CDATA[a]]>"),
    // Elements with a prefix, or that nobody knows there.
    (NotPlain::Element, Sheet, "<worksheet>", "<x:worksheet>"),
    (NotPlain::Element, Sheet, "<sheetData>", "<x:sheetData>"),
    (
        NotPlain::Element,
        Sheet,
        "<row r=\"2\">",
        "<x:row r=\"2\"></x:row><row r=\"2\">",
    ),
    (NotPlain::Element, Sheet, "<c r=\"B2\"", "<a/><c r=\"B2\""),
    (
        NotPlain::Element,
        Sheet,
        "</v></c></row><row r=\"3\">",
        "</v><v>1</v></c></row><row r=\"3\">",
    ),
    (
        NotPlain::Element,
        Sheet,
        "<f>A2</f><v>C2</v>",
        "<v>C2</v><f>A2</f>",
    ),
    (
        NotPlain::Element,
        Sheet,
        "</row></sheetData>",
        "</row><x/></sheetData>",
    ),
    (NotPlain::Element, Sheet, "</is>", "<x/></is>"),
    (NotPlain::Element, Sheet, "C1</t>", "C1</t ><t></t>"),
    (NotPlain::Element, Texts, "<sst>", "<x:sst>"),
    (NotPlain::Element, Texts, "<t>", "<x:t>a</x:t><t>"),
    (NotPlain::Element, Texts, "</sst>", "<extLst/></sst>"),
    // Attributes otherwise than in double quotes, or twice.
    (NotPlain::Attribute, Sheet, "r=\"B2\"", "r='B2'"),
    (NotPlain::Attribute, Sheet, "r=\"B2\"", "r=\"B2\" r=\"B2\""),
    (NotPlain::Attribute, Sheet, "s=\"1\"", "s=\"1\" s=\"1\""),
    (NotPlain::Attribute, Sheet, "t=\"b\"", "t=\"b\" x"),
    (NotPlain::Attribute, Sheet, "<row r=\"2\"", "<row r='2'"),
    (
        NotPlain::Attribute,
        Texts,
        "<t>",
        "<t xml:space='preserve'>",
    ),
    // Text between elements.
    (
        NotPlain::TextBetween,
        Sheet,
        "<sheetData>",
        "<sheetData>text",
    ),
    (
        NotPlain::TextBetween,
        Sheet,
        "</row><row r=\"2\">",
        "text</row><row r=\"2\">",
    ),
    (NotPlain::TextBetween, Texts, "</si>", "text</si>"),
    (
        NotPlain::Dimension,
        Sheet,
        "ref=\"A1:C3\"",
        "ref=\"A1:B2:C3\"",
    ),
    (NotPlain::Dimension, Sheet, "ref=\"A1:C3\"", "ref=\"C3:A1\""),
    (NotPlain::Dimension, Sheet, "ref=\"A1:C3\"", ""),
    // Rows and cells that do not say where they are, or say so in another way.
    (NotPlain::Place, Sheet, "<row r=\"2\">", "<row>"),
    (NotPlain::Place, Sheet, "<c r=\"B2\"", "<c"),
    (NotPlain::Place, Sheet, "r=\"B2\"", "r=\"b2\""),
    (NotPlain::Place, Sheet, "r=\"B2\"", "r=\"B1\""),
    (NotPlain::Place, Sheet, "r=\"B2\"", "r=\"XFE2\""),
    (
        NotPlain::Place,
        Sheet,
        "<row r=\"3\">",
        "<row r=\"1048577\">",
    ),
    // Rows and cells out of order.
    (
        NotPlain::Order,
        Sheet,
        "<row r=\"2\">",
        "<row r=\"3\"/><row r=\"2\">",
    ),
    (NotPlain::Order, Sheet, "r=\"A2\"", "r=\"B2\""),
    // Kinds and values that are not known.
    (NotPlain::Kind, Sheet, "t=\"b\"", "t=\"x\""),
    (
        NotPlain::Kind,
        Sheet,
        "<v>1</v></c></row></sheetData>",
        "<v>true</v></c></row></sheetData>",
    ),
    (NotPlain::Kind, Sheet, "t=\"b\"><v>1", "t=\"e\"><v>#SPILL!"),
    (
        NotPlain::Kind,
        Sheet,
        "<is><t>C1</t></is>",
        "<v>5</v><is><t>C1</t></is>",
    ),
    (NotPlain::Number, Sheet, "0.25", " 0.25"),
    (NotPlain::Number, Sheet, "0.25", "abc"),
    (NotPlain::Number, Sheet, "0.25", "1e999"),
    (NotPlain::Style, Sheet, "s=\"1\"", "s=\"x\""),
    (
        NotPlain::SharedText,
        Sheet,
        "<v>1</v></c></row><row r=\"2\">",
        "<v>2</v></c></row><row r=\"2\">",
    ),
    (NotPlain::SharedText, Sheet, "<v>0</v>", "<v>x</v>"),
    (NotPlain::Entity, Sheet, "C1", "C&nbsp;1"),
    (NotPlain::Entity, Texts, "客户编号", "客户&编号"),
    (NotPlain::Formula, Sheet, "<f>", "<f t=\"shared\">"),
    (NotPlain::CutOff, Sheet, "</sheetData></worksheet>", ""),
    (NotPlain::CutOff, Texts, "</sst>", ""),
];

#[test]
fn a_workbook_with_anything_else_is_read_by_calamine() {
    for (reason, place, plain, other) in CASES {
        let mut book = book();
        let whole = match place {
            Sheet => &mut book.sheets[0],
            Texts => book.texts.as_mut().unwrap(),
        };
        assert!(whole.contains(plain), "{plain}");
        *whole = whole.replacen(plain, other, 1);
        assert_eq!(compare(&book.bytes(), other), Some(reason), "{other}");
        is_read_by_calamine(&book.bytes(), other);
    }
}

/// What comes of a workbook that is not plain is what it is without the scan.
fn is_read_by_calamine(bytes: &[u8], whose: &str) {
    let expected = by_calamine(bytes).map(|heard| {
        let texts = heard.into_iter().filter_map(|heard| match heard {
            // Those of the header are in no row.
            Heard::Text(1.., _, text) => Some(text),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    });
    match (expected, outcome(bytes)) {
        (Ok(expected), Ok(rows)) => {
            let shown = |cell: &String| !cell.is_empty() && !cell.ends_with(')');
            let texts: Vec<String> = rows
                .into_iter()
                .flatten()
                .filter(|cell| shown(cell))
                .collect();
            assert_eq!(texts, expected, "{whose}");
        }
        (Err(_), Err(_)) => {}
        // Read by anybody, it is not what a worksheet is.
        (Ok(_), Err(title)) if title.contains("rows out of order") => {}
        (Ok(_), Err(title)) if title.contains("two values for one cell") => {}
        (Ok(_), Err(title)) if title.contains("a cell outside the worksheet") => {}
        (expected, outcome) => panic!("{whose}: {expected:?}, but {outcome:?}"),
    }
}

#[test]
fn other_parts_can_be_odd_too() {
    // Not where worksheets are: no note is found there.
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    let bytes = book().bytes();
    let mut parts = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let mut xml = String::new();
        part.read_to_string(&mut xml).unwrap();
        let name = part.name().unwrap().replace("worksheets/", "sheets/");
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive
            .write_all(xml.replace("worksheets/", "sheets/").as_bytes())
            .unwrap();
    }
    let moved = archive.finish().unwrap().into_inner();
    assert_eq!(compare(&moved, "moved"), Some(NotPlain::Workbook));
    assert_eq!(outcome(&moved), outcome(&bytes));

    // Each style would be asked for by a cell of its own.
    let mut styled = book();
    let styles = |count: usize| {
        format!(
            "<styleSheet><cellXfs>{}</cellXfs></styleSheet>",
            "<xf/>".repeat(count)
        )
    };
    styled.styles = styles(1 << 16);
    assert_eq!(
        compare(&styled.bytes(), "as many styles as there may be"),
        None
    );
    styled.styles = styles((1 << 16) + 1);
    let more = Some(NotPlain::Workbook);
    assert_eq!(compare(&styled.bytes(), "more styles"), more);

    // Nobody scans it before its checksums were looked at.
    let damaged = std::fs::read(path("checksum.xlsx")).unwrap();
    assert_eq!(compare(&damaged, "damaged"), Some(NotPlain::Inflating));

    let not_utf8 = book();
    let bytes = not_utf8.bytes_with(
        "xl/worksheets/sheet1.xml",
        b"<worksheet a=\"\xB0\"><sheetData/></worksheet>",
    );
    assert_eq!(compare(&bytes, "GBK"), Some(NotPlain::NotUtf8));
    assert!(outcome(&bytes).unwrap_err().contains("damaged"));
}

#[test]
fn a_row_without_end_is_not_waited_for() {
    let mut book = book();
    let long = format!("<row r=\"2\" a=\"{}\">", " ".repeat(17 << 20));
    book.sheets[0] = book.sheets[0].replace("<row r=\"2\">", &long);
    assert_eq!(compare(&book.bytes(), "long"), Some(NotPlain::Long));
    is_read_by_calamine(&book.bytes(), "long");
}

#[test]
fn what_is_odd_at_the_start_of_a_large_worksheet_ends_the_scan() {
    let mut book = book();
    let row = |row: u32| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>");
    let rows: String = (4..100_000).map(row).collect();
    book.sheets[0] = book.sheets[0].replace("</sheetData>", &(rows + "</sheetData>"));
    assert_eq!(compare(&book.bytes(), "large"), None);
    // The other core inflates on until nobody takes what it gives.
    book.sheets[0] = book.sheets[0].replace("<row r=\"2\">", "<row r='2'>");
    assert_eq!(compare(&book.bytes(), "large"), Some(NotPlain::Attribute));
}
