//! Encodings, delimiters, lines, header rows and footers of text files.

use super::*;

#[test]
fn all_encodings_of_one_table_read_the_same() {
    let mut count = 0;
    for entry in std::fs::read_dir(path("encodings")).unwrap() {
        let name = format!("encodings/{}", entry.unwrap().file_name().to_string_lossy());
        if !name.contains(".csv") {
            continue;
        }
        let table = table(&name);
        assert_eq!(
            headers(&table),
            ["première", "second", "troisième"],
            "{name}"
        );
        // The UTF-16 and UTF-32 files have a third line of characters outside the others' reach.
        assert_eq!(
            texts(&table)[0],
            ["Quatrième", "cinquième", "sixième"],
            "{name}"
        );
        assert_eq!(
            table
                .encoding
                .unwrap()
                .to_lowercase()
                .replace(['-', '_'], "")
                .replace("windows", "win"),
            {
                let kind = name.split('.').nth(1).unwrap();
                kind.trim_end_matches("bom").to_owned()
            }
        );
        count += 1;
    }
    assert_eq!(count, 11);
}

#[test]
fn the_edge_cases_of_csv_spectrum_read_as_its_answers_say() {
    let mut count = 0;
    for entry in std::fs::read_dir(path("csv-spectrum/csvs")).unwrap() {
        let file = entry.unwrap().file_name().to_string_lossy().into_owned();
        let table = table(&format!("csv-spectrum/csvs/{file}"));
        let mut rows: Vec<serde_json::Value> = texts(&table)
            .into_iter()
            .map(|row| {
                headers(&table)
                    .iter()
                    .map(ToString::to_string)
                    .zip(row.into_iter().map(serde_json::Value::from))
                    .collect()
            })
            .collect();
        let answer = path("csv-spectrum/json").join(file.replace(".csv", ".json"));
        let answer = std::fs::read_to_string(answer).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let mut expected = answer.as_array().cloned().unwrap_or_else(|| vec![answer]);
        if file == "location_coordinates.csv" {
            // The answer has another number than the file.
            expected[0]["Contact Phone Number"] = "2095257564".into();
        }
        // The answers were written with one kind of line end.
        if file.ends_with("_crlf.csv") {
            rows = serde_json::from_str(
                &serde_json::to_string(&rows)
                    .unwrap()
                    .replace("\\r\\n", "\\n"),
            )
            .unwrap();
            expected = serde_json::from_str(
                &serde_json::to_string(&expected)
                    .unwrap()
                    .replace("\\r\\n", "\\n"),
            )
            .unwrap();
        }
        assert_eq!(rows, expected, "{file}");
        count += 1;
    }
    assert_eq!(count, 12);
}

#[test]
fn eastern_encodings_are_told_apart() {
    for (name, encoding, cell) in [
        ("gb18030.csv", "gb18030", "北京𠮷野家快餐"),
        ("big5.csv", "Big5", "鴻海精密工業"),
        ("sjis.csv", "Shift_JIS", "ソニーグループ"),
    ] {
        let table = table(name);
        assert_eq!(table.encoding, Some(encoding), "{name}");
        assert_eq!(texts(&table)[1][1], cell, "{name}");
        assert_eq!(
            notes(&table),
            [format!("{name} read-as: read as {encoding}")]
        );
    }
}

#[test]
fn the_user_may_name_the_encoding() {
    let options = |label: &str| Options {
        encoding: Some(label.into()),
        ..Options::default()
    };
    let big5 = read_with("big5.csv", &[], &options("big5")).unwrap();
    assert_eq!(texts(&big5[0])[1][1], "鴻海精密工業");
    let unknown = read_with("big5.csv", &[], &options("klingon")).unwrap_err();
    assert_eq!(unknown[0].code, Code::Usage);
    let wrong = read_with("gb18030.csv", &[], &options("utf-8")).unwrap_err();
    assert_eq!(
        (wrong[0].code, wrong[0].title.en.as_str()),
        (Code::BadEncoding, "line 1 has bytes that are not UTF-8")
    );
}

#[test]
fn bytes_that_are_no_text_are_an_error_with_their_line() {
    for (name, title) in [
        (
            "broken.gb18030.csv",
            "line 3 has bytes that are not gb18030",
        ),
        ("broken.utf8.csv", "line 3 has bytes that are not UTF-8"),
    ] {
        let error = error(name);
        assert_eq!(
            (error.code, error.title.en.as_str()),
            (Code::BadEncoding, title)
        );
    }
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    let cr = table("cr.csv");
    assert_eq!(texts(&cr), [["1", "a\rb"], ["2", "c"], ["3", "d"]]);
    assert_eq!(numbers(&cr), [2, 4, 6]);
    assert_eq!(
        notes(&cr),
        ["cr.csv:5 skipped-rows: 1 blank row was skipped"]
    );
    let crlf = table("csv-spectrum/csvs/newlines_crlf.csv");
    assert_eq!(
        numbers(&crlf),
        [2, 3, 5],
        "a record starts where its first line does"
    );
}

#[test]
fn delimiters_and_hints_are_found() {
    let tabs = table("tabs.utf16.tsv");
    assert_eq!(
        (tabs.delimiter, tabs.encoding),
        (Some('\t'), Some("UTF-16LE"))
    );
    assert_eq!(texts(&tabs), [["0001", "天方,机械"]]);
    let chinese = table("chinese-comma.csv");
    assert_eq!(chinese.delimiter, Some('，'));
    assert_eq!(texts(&chinese), [["01", "甲，乙", "x,y"], ["02", "丙", ""]]);
    let hinted = table("sep.csv");
    assert_eq!(
        (texts(&hinted), numbers(&hinted)),
        (vec![vec!["1".to_owned(), "a,b".to_owned()]], vec![3])
    );
    assert_eq!(texts(&table("nul.csv")), [["1", "a\0b"], ["2", "c"]]);
    assert_eq!(texts(&table("customers.csv.gz")), [["001", "天方"]]);
}

#[test]
fn ragged_rows_titles_and_footers_of_a_text_file_are_told() {
    let table = table("ragged.csv");
    assert_eq!(
        (table.header_row, table.unit_line.as_deref()),
        (3, Some("元"))
    );
    assert_eq!(headers(&table), ["客户编号", "客户名称", "金额", ""]);
    assert_eq!(numbers(&table), [4, 5, 6, 7, 9]);
    assert_eq!(texts(&table)[1], ["2", "乙", "2", "3"]);
    assert_eq!(
        table.broken,
        [BrokenRow {
            index: 2,
            row_number: 6,
            fault: RowFault::Fields {
                found: 2,
                expected: 3
            }
        }]
    );
    assert_eq!(
        notes(&table),
        [
            "ragged.csv:3 read-as: the header is row 3; 2 rows above it are titles",
            "ragged.csv:8 skipped-rows: 1 blank row was skipped",
            "ragged.csv:10 skipped-rows: 1 row of totals, signatures or notes was skipped",
        ]
    );
}

#[test]
fn the_header_row_is_found_named_or_refused() {
    let known = [customers()];
    let plain = Options::default();
    let two = "客户编号,客户名称\n客户编号,年采购额\n1,甲\n".as_bytes();
    let tie = read_bytes(two, &known, &plain).unwrap_err();
    assert_eq!(
        (tie[0].code, tie[0].title.en.as_str()),
        (Code::NoHeader, "rows 1 and 2 could both be the header")
    );
    let named = read_bytes(
        two,
        &known,
        &Options {
            header_row: Some(2),
            ..plain.clone()
        },
    )
    .unwrap();
    assert_eq!(
        (headers(&named[0]), numbers(&named[0])),
        (vec!["客户编号", "年采购额"], vec![3])
    );
    let beyond = read_bytes(
        two,
        &known,
        &Options {
            header_row: Some(9),
            ..plain.clone()
        },
    )
    .unwrap_err();
    assert_eq!(beyond[0].code, Code::NoHeader);
    let paged = "客户编号,客户名称\n1,甲\n客户编号,客户名称\n2,乙\n".as_bytes();
    let paged = read_bytes(paged, &known, &plain).unwrap();
    assert_eq!(
        numbers(&paged[0]),
        [2, 4],
        "a header that is printed on each page is no data"
    );
    let unmatched = read_bytes("客户编码,客户名称\n1,甲\n".as_bytes(), &known, &plain).unwrap_err();
    assert_eq!(unmatched[0].code, Code::UnmatchedFile);
    let said: Vec<&str> = unmatched[0]
        .notes
        .iter()
        .map(|note| note.en.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "headers found: `客户编码`, `客户名称`",
            "sheet `customers` needs `客户编号`; the nearest header is `客户编码`"
        ]
    );
}

#[test]
fn a_key_that_is_a_name_keeps_customers_called_total() {
    let mut known = customers();
    known.key = vec!["客户名称".into()];
    let bytes = "客户名称,年采购额\n合计贸易公司,1\nTotal Energies,2\n,3\n合计,6\n".as_bytes();
    let table = read_bytes(bytes, &[known], &Options::default())
        .unwrap()
        .remove(0);
    assert_eq!(numbers(&table), [2, 3, 4]);
}

#[test]
fn headers_confirm_an_encoding() {
    // A single header of the scheme is enough, even where the content would not read like Chinese.
    let mut bytes = encoding_rs::GB18030.encode("id,客户名称\n").0.into_owned();
    bytes.extend_from_slice(b"1,\x81\x40\x81\x41\x81\x42\n");
    let table = read_bytes(&bytes, &[customers()], &Options::default())
        .unwrap()
        .remove(0);
    assert_eq!(table.encoding, Some("gb18030"));
    // Western text in a scheme with Chinese headers stays Western.
    let table = read_bytes(
        b"id,ville\n1,Orl\xE9ans\n2,Besan\xE7on\n",
        &[customers()],
        &Options::default(),
    )
    .unwrap()
    .remove(0);
    assert_eq!(table.encoding, Some("windows-1252"));
}

#[test]
fn an_acceptance_case_reads() {
    // Headers and first rows as in the case purchase-value: GB18030, leading zeros, amounts as people write them.
    let text = "客户编号,客户名称,所属行业,企业规模,购买金额(元)\n000000,华宏机械0000股份有限公司,服务业,小型企业,1000000\n\
                000001,天方机械0001有限责任公司,制造业,中型企业,\"500,000\"\n000003,远信食品0003有限公司,零售业,中型企业,¥ ９９００００\n";
    let bytes = encoding_rs::GB18030.encode(text).0;
    let table = read_bytes(&bytes, &[], &Options::default())
        .unwrap()
        .remove(0);
    assert_eq!(table.encoding, Some("gb18030"));
    assert_eq!(
        texts(&table)[1],
        [
            "000001",
            "天方机械0001有限责任公司",
            "制造业",
            "中型企业",
            "500,000"
        ]
    );
    assert_eq!(table.headers[4].unit.as_deref(), Some("元"));
}

#[test]
fn a_table_in_two_units_is_refused() {
    let first = |text: &str| read_bytes(text.as_bytes(), &[], &Options::default());
    for (text, title) in [
        (
            "编号,名称,金额（万元）\n1,甲,5\n编号,名称,金额（元）\n2,乙,60000\n",
            "the header is repeated with another unit: `金额（元）` below `金额（万元）`",
        ),
        (
            "编号,名称,金额\n1,甲,5\n编号,名称,金额（元）\n2,乙,60000\n",
            "the header is repeated with another unit: `金额（元）` below `金额`",
        ),
        (
            "单位：万元,,\n编号,名称,金额\n1,甲,5\n,,\n单位：元,,\n编号,名称,金额\n2,乙,60000\n",
            "`单位：元` stands below a header in `万元`",
        ),
        (
            "编号,名称,金额\n1,甲,5\n,,单位：元\n2,乙,60000\n",
            "`单位：元` stands below a header without a unit",
        ),
    ] {
        let error = first(text).unwrap_err().remove(0);
        assert_eq!(
            (error.code, error.title.en.as_str()),
            (Code::UnitConflict, title)
        );
    }
    // The same unit again is said again.
    for text in [
        "编号,名称,金额（万元）\n1,甲,5\n编号,名称,金额(萬元)\n2,乙,6\n",
        "单位：万元,,\n编号,名称,金额\n1,甲,5\n,,\n单位：万元,,\n编号,名称,金额（万元）\n2,乙,6\n",
    ] {
        let table = first(text).unwrap().remove(0);
        assert_eq!(texts(&table), [["1", "甲", "5"], ["2", "乙", "6"]]);
    }
}

#[test]
fn a_page_that_is_cut_off_is_damaged() {
    let page = "<table><tr><td>编号<td>名称</tr><tr><td>1<td>甲</tr>";
    let read = |text: &str| read_bytes(text.as_bytes(), &[], &Options::default());
    let error = read(page).unwrap_err().remove(0);
    assert!(
        error
            .title
            .en
            .ends_with("is damaged: it ends within a table"),
        "{error:?}"
    );
    let help = error.help.as_ref().unwrap();
    assert!(help.en.contains("download it again"), "{help:?}");
    for end in ["</table>", "</body></html>", "</html>"] {
        assert_eq!(
            texts(&read(&format!("{page}{end}")).unwrap()[0]),
            [["1", "甲"]]
        );
    }
}
