//! Workbooks of every format, and files that are not what they seem.

use super::*;
use crate::table::CellError;

#[test]
fn a_workbook_reads_the_same_in_every_format() {
    for name in ["customers.xlsx", "customers.ods", "customers.xls"] {
        let tables = read_with(name, &[customers()], &Options::default()).unwrap();
        assert_eq!(tables.len(), 1, "{name}");
        let table = &tables[0];
        assert_eq!(table.origin.worksheet.as_deref(), Some("客户"));
        assert_eq!(table.header_row, 4);
        assert_eq!(
            headers(table),
            [
                "客户编号",
                "客户名称",
                "年采购额（万元）",
                "增长率",
                "合作起始时间"
            ]
        );
        assert_eq!(table.headers[2].unit.as_deref(), Some("万元"));
        assert_eq!(table.unit_line.as_deref(), Some("万元"));
        assert_eq!(numbers(table), [5, 6, 8], "{name}");
        let expected = [
            ("000123", "合计贸易有限公司", 120.5, 0.2, 45356.0),
            ("000124", "天方机械", 80.0, -0.05, 43890.0),
            ("000125", "海明科技", 0.0, 0.125, 36525.0),
        ];
        for (row, (id, company, amount, growth, since)) in expected.into_iter().enumerate() {
            let cells: Vec<Cell<'_>> = table.rows.row(row).collect();
            let wanted = [
                Cell::Text(id),
                Cell::Text(company),
                Cell::Number(amount),
                Cell::Percent(growth),
                Cell::Date(since),
            ];
            assert_eq!(cells, wanted, "{name}");
        }
        assert_eq!(
            notes(table),
            [
                format!(
                    "{name}[客户!4:4] read-as: the header is row 4; 2 rows above it are titles"
                ),
                format!("{name}[客户!7:7] skipped-rows: 1 blank row was skipped"),
                format!(
                    "{name}[客户!9:9] skipped-rows: 2 rows of totals, signatures or notes were skipped"
                ),
                format!(
                    "{name}[客户!10:10] skipped-rows: 2 rows of totals, signatures or notes were skipped"
                ),
                format!("{name}[概览] unmatched-file: worksheet `概览` is not used"),
            ]
        );
        assert_eq!(
            self::tables(name).len(),
            2,
            "without a scheme all worksheets are shown"
        );
    }
}

#[test]
fn dates_of_the_1904_epoch_are_converted() {
    for name in ["epoch1904.xlsx", "epoch1904.xls"] {
        assert_eq!(table(name).rows.cell(0, 1), Cell::Date(45356.0), "{name}");
    }
}

#[test]
fn formulas_have_their_saved_value_or_an_error() {
    let unsaved = table("unsaved.xlsx");
    let error = Cell::Error(CellError::Unsaved);
    assert_eq!(
        unsaved.rows.row(0).collect::<Vec<_>>(),
        [Cell::Text("x"), error, error]
    );
    for name in ["calculated.xlsx", "calculated.ods", "calculated.xls"] {
        let cells = table(name);
        let expected = [
            Cell::Text("x"),
            Cell::Number(2.0),
            Cell::Error(CellError::Div0),
        ];
        assert_eq!(cells.rows.row(0).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing_and_is_told() {
    for (name, place, sheet) in [
        ("corner.xlsx", "XFD1048576", "Sheet"),
        ("corner.ods", "XFD1048576", "Sheet"),
        ("corner.xls", "IV65536", "Sheet1"),
    ] {
        let table = table(name);
        assert_eq!(headers(&table), ["id", "a"]);
        assert_eq!(
            table.rows.row(0).collect::<Vec<_>>(),
            [Cell::Text("x"), Cell::Number(1.0)],
            "{name}"
        );
        let stray =
            format!("{name}[{sheet}!{place}] stray-cells: 1 cell outside the table is not read");
        assert_eq!(notes(&table), [stray], "{name}");
        assert_eq!(table.rows.len(), 1);
    }
}

#[test]
fn kinds_of_cells_and_headers_come_through() {
    for name in ["kinds.xlsx", "kinds.ods"] {
        let table = table(name);
        assert_eq!(headers(&table), ["客户编号", "", "有效", "备注"], "{name}");
        let rows: Vec<Vec<Cell<'_>>> = (0..2).map(|row| table.rows.row(row).collect()).collect();
        // LibreOffice saved the truth values as numbers.
        let truth = |value: bool| {
            if name == "kinds.ods" {
                Cell::Number(value.into())
            } else {
                Cell::Bool(value)
            }
        };
        assert_eq!(
            rows[0],
            [
                Cell::Text("00１"),
                Cell::Text("x"),
                truth(true),
                Cell::Text("一\n二")
            ],
            "{name}"
        );
        assert_eq!(
            rows[1],
            [Cell::Text("002"), Cell::Blank, truth(false), Cell::Blank],
            "{name}"
        );
    }
}

#[test]
fn binary_workbooks_keep_per_cent_and_dates() {
    let table = table("percent.xlsb");
    assert_eq!((table.format, table.header_row), (Format::Xlsb, 2));
    let rows: Vec<Vec<Cell<'_>>> = (0..2).map(|row| table.rows.row(row).collect()).collect();
    let error = Cell::Error(CellError::Div0);
    assert_eq!(
        rows[0],
        [
            Cell::Text("007"),
            Cell::Percent(0.2),
            Cell::Date(45356.0),
            error
        ]
    );
    assert_eq!(
        rows[1],
        [
            Cell::Text("008"),
            Cell::Number(0.5),
            Cell::Date(45357.0),
            Cell::Number(1.0)
        ]
    );
}

#[test]
fn broken_and_foreign_files_are_errors_that_say_what_they_are() {
    for (name, code, part) in [
        ("truncated.xlsx", Code::BadFormat, "damaged"),
        ("checksum.xlsx", Code::BadFormat, "damaged"),
        ("repeats.ods", Code::TooLarge, "too many cells"),
        ("page.xls", Code::BadFormat, "HTML page without a table"),
        ("empty.csv", Code::BadFormat, "empty"),
        ("missing.csv", Code::Unreadable, "no such file"),
        ("encodings", Code::Unreadable, "folder"),
    ] {
        let error = error(name);
        assert_eq!(error.code, code, "{name}: {error:?}");
        assert!(error.title.en.contains(part), "{name}: {}", error.title.en);
        assert!(
            matches!(&error.at, crate::diagnostic::At::Data(place) if &*place.origin.file == name),
            "{name}"
        );
    }
    let lock = error("~$customers.xlsx");
    assert!(!lock.is_error(), "a lock file is passed over");
}

#[test]
fn encrypted_and_foreign_workbooks_say_so() {
    let mut encrypted = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    encrypted.extend(
        "  EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    let xml = "\u{FEFF}<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet>";
    for (bytes, part) in [
        (encrypted.as_slice(), "encrypted"),
        (xml.as_bytes(), "damaged"),
        (b"MIME-Version: 1.0\r\n", "MHTML"),
        (b"ID;PWXL;N;E\r\n", "SYLK"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "PNG"),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "JPEG"),
        (b"PK\x03\x04rubbish", "damaged"),
        (b"\x1F\x8B\x08rubbish", "damaged"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rubbish", "damaged"),
        (b"\0\0\0\0", "empty"),
    ] {
        let errors = read_bytes(bytes, &[], &Options::default()).unwrap_err();
        assert!(
            errors[0].title.en.contains(part),
            "{part}: {}",
            errors[0].title.en
        );
    }
}

#[test]
fn a_worksheet_can_be_named() {
    let read = |worksheet: &str| {
        let input = Input::File {
            path: path("customers.xlsx"),
            name: "c.xlsx".into(),
            worksheet: Some(worksheet.into()),
        };
        open(&input, &[], &Options::default(), &|_, _| {})
    };
    let tables = read("客户").unwrap();
    assert_eq!(tables.len(), 1);
    let error = read("订单").unwrap_err();
    assert_eq!(error[0].notes[0].en, "worksheets: `概览`, `客户`");
}

/// Excel writes behind the rows of a worksheet whether people see it.
#[test]
fn a_hidden_worksheet_of_spreadsheet_ml_is_told() {
    let read = |options: &str, worksheet: Option<&str>| {
        let cell = |text: &str| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
        let row = |cells: [&str; 2]| format!("<Row>{}{}</Row>", cell(cells[0]), cell(cells[1]));
        let xml = format!(
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"去年\">\
             <Table>{}{}</Table>{options}</Worksheet></Workbook>",
            row(["客户编号", "客户名称"]),
            row(["001", "天方机械"]),
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), xml).unwrap();
        let input = Input::File {
            path: file.path().to_path_buf(),
            name: "c.xml".into(),
            worksheet: worksheet.map(Into::into),
        };
        let tables = open(&input, &[customers()], &Options::default(), &|_, _| {}).unwrap();
        notes(&tables[0])
            .iter()
            .any(|note| note.contains("worksheet `去年` is hidden; its 1 row"))
    };
    let options = |inner: &str| {
        format!(
            "<WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\"><Selected/>{inner}\
             <Panes><Pane><Number>3</Number></Pane></Panes></WorksheetOptions>"
        )
    };
    assert!(read(&options("<Visible>SheetHidden</Visible>"), None));
    assert!(read(&options("<Visible>SheetVeryHidden</Visible>"), None));
    assert!(!read(&options("<Visible>SheetVisible</Visible>"), None));
    assert!(!read(&options("<Note>SheetHidden</Note>"), None));
    assert!(!read("", None));
    // One that is asked for by its name is no surprise.
    assert!(!read(
        &options("<Visible>SheetHidden</Visible>"),
        Some("去年")
    ));
}

/// regrade's own workbooks explain their columns on a worksheet, which so has the key's name in a row of its own.
#[test]
fn a_list_of_columns_is_no_table_beside_one_that_has_them() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let fill = |sheet: &mut rust_xlsxwriter::Worksheet, rows: &[&[&str]]| {
        for (row, cells) in rows.iter().enumerate() {
            for (column, text) in cells.iter().enumerate() {
                sheet.write(row as u32, column as u16, *text).unwrap();
            }
        }
    };
    let data: &[&[&str]] = &[&["客户编号", "客户名称"], &["001", "天方机械"]];
    fill(book.add_worksheet().set_name("客户").unwrap(), data);
    let list: &[&[&str]] = &[
        &["各列的含义"],
        &["客户编号", "客户的唯一编号"],
        &["等级", "评定的等级"],
    ];
    fill(book.add_worksheet().set_name("说明").unwrap(), list);
    let tables = read_bytes(
        &book.save_to_buffer().unwrap(),
        &[customers()],
        &Options::default(),
    )
    .unwrap();
    let names: Vec<_> = tables
        .iter()
        .map(|table| table.origin.worksheet.as_deref())
        .collect();
    assert_eq!(names, [Some("客户")]);
    assert!(
        notes(&tables[0])
            .iter()
            .any(|note| note.contains("worksheet `说明` is not used"))
    );
    // Alone it is all there is, and is taken.
    let mut alone = rust_xlsxwriter::Workbook::new();
    fill(alone.add_worksheet(), list);
    let bytes = alone.save_to_buffer().unwrap();
    assert_eq!(
        read_bytes(&bytes, &[customers()], &Options::default())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn two_rows_with_one_number_are_damage() {
    use std::io::Write;
    let sheet = |second: u32| {
        let cell = |at: &str, text: &str| {
            format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        };
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
             <row r=\"1\">{}{}</row><row r=\"2\">{}{}</row><row r=\"{second}\">{}</row></sheetData></worksheet>",
            cell("A1", "id"),
            cell("B1", "名称"),
            // Out of order, which is no damage.
            cell("B2", "b"),
            cell("A2", "1"),
            cell(&format!("A{second}"), "2"),
        )
    };
    let workbook = |sheet: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
        let main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relation = |kind: &str, target: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"r1\" Type=\"{main}/{kind}\" Target=\"{target}\"/></Relationships>"
            )
        };
        let parts = [
            ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{main}\">\
                     <sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relation("worksheet", "worksheets/sheet1.xml"),
            ),
            ("xl/worksheets/sheet1.xml", sheet.to_owned()),
        ];
        for (name, content) in parts {
            zip.start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let read = |second| read_bytes(&workbook(&sheet(second)), &[], &Options::default());
    assert_eq!(texts(&read(3).unwrap()[0]), [["1", "b"], ["2", ""]]);
    let findings = read(2).unwrap_err();
    assert!(
        findings[0].title.en.contains("two values for one cell"),
        "{findings:?}"
    );
}

#[test]
fn a_workbook_with_a_password_is_read_with_it_and_refused_without() {
    let input = Input::File {
        path: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/guards/password.xlsx"),
        name: "password.xlsx".into(),
        worksheet: None,
    };
    let read = |password: Option<&str>| {
        let options = Options {
            password: password.map(Password::new),
            ..Options::default()
        };
        open(&input, &[], &options, &|_, _| {})
    };
    let tables = read(Some("密码 1234")).unwrap();
    assert_eq!(tables[0].rows.len(), 40);
    assert_eq!(tables[0].rows.cell(0, 0), Cell::Text("000001"));
    for (password, why) in [
        (None, "the workbook is encrypted"),
        (
            Some("密码 12345"),
            "the password does not open the workbook",
        ),
        (Some(""), "the password does not open the workbook"),
    ] {
        let findings = read(password).unwrap_err();
        assert_eq!(findings[0].code, Code::BadFormat);
        assert_eq!(findings[0].title.en, why);
    }
    assert_eq!(format!("{:?}", Password::new("geheim")), "Password(…)");
}

/// What the tables of two readers of one format say, cell by cell: regrade's own and, as an outside source, calamine.
#[test]
fn old_workbooks_read_as_calamine_reads_them() {
    use calamine::{Data, Reader, Xls};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut cells = 0;
    for name in [
        "read/customers.xls",
        "read/calculated.xls",
        "read/epoch1904.xls",
        "guards/xlwt.xls",
        "guards/libreoffice.xls",
        "guards/sheetjs.biff5.xls",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut book = Xls::new(std::io::Cursor::new(&bytes)).unwrap();
        let epoch = if book.has_1904_epoch() { 1462.0 } else { 0.0 };
        let input = Input::File {
            path: folder.join(name),
            name: name.into(),
            worksheet: None,
        };
        for table in open(&input, &[], &Options::default(), &|_, _| {}).unwrap() {
            let range = book
                .worksheet_range(table.origin.worksheet.as_deref().unwrap())
                .unwrap();
            for row in 0..table.rows.len() {
                for (column, cell) in table.rows.row(row).enumerate() {
                    let at = (table.rows.row_number(row) - 1, column as u32);
                    let same = match (range.get_value(at).unwrap_or(&Data::Empty), cell) {
                        (Data::Empty, Cell::Blank) => true,
                        (Data::String(text), cell) => {
                            cell == Cell::Text(text) || text.is_empty() && cell == Cell::Blank
                        }
                        (Data::Float(one), Cell::Number(other) | Cell::Percent(other)) => {
                            one.to_bits() == other.to_bits()
                        }
                        (Data::Int(one), Cell::Number(other) | Cell::Percent(other)) => {
                            (*one as f64).to_bits() == other.to_bits()
                        }
                        (Data::DateTime(one), Cell::Date(other)) => {
                            (one.as_f64() + epoch).to_bits() == other.to_bits()
                        }
                        (Data::Bool(one), Cell::Bool(other)) => *one == other,
                        (Data::Error(one), Cell::Error(other)) => one.to_string() == other.text(),
                        _ => false,
                    };
                    assert!(same, "{name} {at:?}: {:?} is {cell:?}", range.get_value(at));
                    cells += 1;
                }
            }
        }
    }
    assert!(cells > 600, "{cells}");
}

#[test]
fn a_formula_of_an_old_workbook_may_give_a_text_of_many_records() {
    let table = table("../guards/long.xls");
    assert_eq!(
        table.rows.row(0).collect::<Vec<_>>(),
        [Cell::Text("a"), Cell::Text(&"长x".repeat(5000))]
    );
}
