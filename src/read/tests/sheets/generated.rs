//! Workbooks made up from a seed, in all the ways that programs write them and some that none does.

use super::cells::{Dice, PIECES, any_number, cell, item};
use super::*;

/// How many; `REGRADE_SHEETS=10000 cargo test --lib sheets` tries so many.
fn cases() -> u64 {
    let wanted = std::env::var("REGRADE_SHEETS").ok();
    wanted.map_or(300, |wanted| wanted.parse().unwrap())
}

fn texts(dice: &mut Dice, count: usize) -> String {
    let head = dice.mostly(
        &[
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
            "",
            "\u{FEFF}<?xml version=\"1.0\"?>",
        ],
        60,
        &[
            "<?xml version='1.0'?>",
            "<!-- a -->",
            "<?xml version=\"1.0\" encoding=\"gbk\"?>",
        ],
    );
    let open = dice.mostly(
        &["<sst>", "<sst count=\"9\" uniqueCount=\"2\">"],
        60,
        &["<x:sst>", "<sst>x"],
    );
    let mut xml = format!("{head}{open}");
    for _ in 0..count {
        match dice.roll(20) {
            0 => xml += "<si/>",
            1 => xml += "\n<si />",
            _ => xml += &format!("<si>{}</si>", item(dice)),
        }
    }
    xml + dice.mostly(
        &["</sst>", "\n</sst>\n"],
        60,
        &["", "<extLst/></sst>", "</si></sst>"],
    )
}

fn letters(column: usize) -> String {
    let letter = |number: usize| char::from(b'A' + number as u8);
    match column {
        0..26 => letter(column).to_string(),
        26..702 => [letter(column / 26 - 1), letter(column % 26)]
            .iter()
            .collect(),
        _ => {
            let rest = column - 702;
            [
                letter(rest / 676),
                letter(rest / 26 % 26),
                letter(rest % 26),
            ]
            .iter()
            .collect()
        }
    }
}

fn sheet(dice: &mut Dice, styles: usize, shared: usize) -> String {
    let mut xml = dice
        .mostly(
            &[
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            ],
            60,
            &[
                "",
                "\u{FEFF}",
                "<!DOCTYPE x>",
                "<?xml version=\"1.0\" encoding=\"GBK\"?>",
            ],
        )
        .to_owned();
    xml += dice.mostly(
        &[
            "<worksheet xmlns:r=\"a\" mc:Ignorable=\"x\">",
            "<worksheet>",
        ],
        80,
        &["<x:worksheet>", "<worksheet>x"],
    );
    xml += dice.mostly(
        &["", "<dimension ref=\"A1:N9\"/>", "<dimension ref=\"A1\"/>"],
        60,
        &[
            "<dimension/>",
            "<dimension ref=\"\"/>",
            "<dimension ref=\"B2:A1\"/>",
            "<dimension ref=\"A1:B2:C3\"/>",
        ],
    );
    xml += dice.mostly(
        &["", "\n<sheetViews><sheetView tabSelected=\"1\"/></sheetViews><cols><col min=\"1\" max=\"2\"/></cols>\n"],
        60,
        &["<!-- a -->", "<x14ac:a/>", "text"],
    );
    if dice.once_in(20) {
        return xml + "<sheetData/></worksheet>";
    }
    xml += dice.mostly(
        &["<sheetData>"],
        80,
        &["<x:sheetData>", "<sheetData >", "<sheetData a=\"1\">"],
    );
    let mut row = 0;
    let between = dice.one_of(&["", "", "\n"]);
    for _ in 0..dice.roll(30) {
        row += match dice.roll(30) {
            0 => 1 + dice.roll(1000),
            1 if dice.odd_in(20) => 1 << 20,
            2 if dice.odd_in(40) => 0,
            _ => 1,
        };
        let place = dice.mostly(
            &["r=\"@\" spans=\"1:14\"", "r=\"@\"", "ht=\"15\" r=\"@\""],
            300,
            &["", "r='@'", "r=\"x\""],
        );
        let place = place.replace('@', &row.to_string());
        if dice.once_in(30) {
            xml += &format!("{between}<row {place}/>");
            continue;
        }
        xml += &format!("{between}<row {place}>");
        let mut column = 0;
        for _ in 0..dice.roll(12) {
            column += match dice.roll(20) {
                0 => 1 + dice.roll(900),
                1 if dice.odd_in(50) => 16_384,
                _ => 1,
            };
            let back = usize::from(dice.odd_in(400)) * 2;
            let wrong = usize::from(dice.odd_in(600));
            let place = format!(
                "{}{}",
                letters((column - 1_usize).saturating_sub(back)),
                row + wrong
            );
            xml += &(between.to_owned() + &cell(dice, &place, styles, shared));
        }
        xml += between;
        xml += dice.mostly(
            &["</row>"],
            300,
            &["</row >", "", "x</row>", "<!-- a --></row>"],
        );
    }
    xml + between
        + dice.mostly(
            &[
                "</sheetData><mergeCells/></worksheet>",
                "</sheetData></worksheet>",
            ],
            60,
            &["", "</worksheet>"],
        )
}

fn styles(dice: &mut Dice, count: usize) -> String {
    const CODES: [&str; 9] = [
        "yyyy\\-mm\\-dd",
        "0.0%",
        "[h]:mm",
        "yyyy\"年\"m\"月\"",
        "#,##0.00",
        "&quot;%&quot;0",
        "0.00E+00",
        "@",
        "[$-804]d",
    ];
    let formats = (0..CODES.len()).map(|id| {
        format!(
            "<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>",
            164 + id,
            CODES[id]
        )
    });
    let formats = formats.collect::<String>();
    let looks = (0..count).map(|_| {
        let id = dice.one_of(&[
            "0", "9", "10", "14", "22", "31", "46", "49", "164", "165", "166", "167", "168", "169",
            "172", "999",
        ]);
        format!("<xf numFmtId=\"{id}\"/>")
    });
    let looks = looks.collect::<String>();
    format!("<styleSheet><numFmts>{formats}</numFmts><cellXfs>{looks}</cellXfs></styleSheet>")
}

fn book(seed: u64) -> Book {
    let mut dice = Dice {
        state: seed,
        is_odd: seed % 2 == 1,
    };
    let dice = &mut dice;
    let (shared, styled) = (dice.roll(20) + 1, dice.roll(8));
    let has_texts = !dice.odd_in(40);
    Book {
        texts: has_texts.then(|| texts(dice, shared)),
        styles: styles(dice, styled),
        properties: dice.one_of(&[
            "",
            "<workbookPr/>",
            "<workbookPr date1904=\"1\"/>",
            "<workbookPr date1904=\"false\"/>",
        ]),
        sheets: (0..=dice.roll(3))
            .map(|_| sheet(dice, styled, shared))
            .collect(),
    }
}

#[test]
fn generated_workbooks_have_the_same_cells_in_both_ways() {
    let (mut plain, mut reasons) = (0, std::collections::BTreeMap::new());
    for seed in 0..cases() {
        match compare(&book(seed).bytes(), &format!("seed {seed}")) {
            None => plain += 1,
            Some(reason) => *reasons.entry(format!("{reason:?}")).or_insert(0) += 1,
        }
    }
    // Half of them have nothing odd, and of the others most have.
    assert!(
        plain >= cases() / 2 && plain < cases() * 3 / 4,
        "{plain} of {} are plain: {reasons:?}",
        cases()
    );
    println!("{plain} of {} are plain; not plain: {reasons:?}", cases());
}

#[test]
fn workbooks_of_our_writer_have_the_same_cells_in_both_ways() {
    use rust_xlsxwriter::{Format, Formula, Workbook};
    for seed in 0..cases() / 10 {
        let mut dice = Dice {
            state: seed,
            is_odd: false,
        };
        let mut book = Workbook::new();
        let formats = ["General", "yyyy-mm-dd", "0.00%", "[h]:mm", "#,##0.00"]
            .map(|code| Format::new().set_num_format(code));
        for _ in 0..=dice.roll(2) {
            let sheet = if dice.once_in(2) {
                book.add_worksheet_with_constant_memory().unwrap()
            } else {
                book.add_worksheet()
            };
            for row in 0..dice.roll(40) as u32 {
                for column in 0..dice.roll(9) as u16 {
                    let format = &formats[dice.roll(formats.len())];
                    let text = PIECES[dice.roll(PIECES.len())].to_owned()
                        + PIECES[dice.roll(PIECES.len())];
                    let number = any_number(&mut dice);
                    let written = match dice.roll(8) {
                        0 => sheet.write_string(row, column, text),
                        1 => sheet.write_string_with_format(row, column, text, format),
                        2 => sheet.write_number_with_format(row, column, number, format),
                        3 => sheet.write_number(row, column, dice.roll(1_000_000) as f64 / 100.0),
                        4 => sheet.write_boolean(row, column, number > 0.0),
                        5 => sheet.write_formula(
                            row,
                            column,
                            Formula::new("=A1&\"<\"").set_result(text),
                        ),
                        6 => sheet.write_blank(row, column, format),
                        _ => continue,
                    };
                    written.unwrap();
                }
            }
        }
        assert_eq!(
            compare(&book.save_to_buffer().unwrap(), &format!("seed {seed}")),
            None
        );
    }
}
