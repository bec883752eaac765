//! Workbooks made up from a seed, in all the ways that programs write them and some that none does.

use super::*;

/// How many; `REGRADE_SHEETS=10000 cargo test --lib sheets` tries so many.
fn cases() -> u64 {
    let wanted = std::env::var("REGRADE_SHEETS").ok();
    wanted.map_or(300, |wanted| wanted.parse().unwrap())
}

/// Chance that is the same every time.
struct Dice {
    state: u64,
    /// Whether anything is to be odd.
    is_odd: bool,
}

impl Dice {
    /// A number below `below`.
    fn roll(&mut self, below: usize) -> usize {
        // SplitMix64: each seed has a stream of its own.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) % below as u64) as usize
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    /// The same for what is odd.
    fn odd_in(&mut self, times: usize) -> bool {
        self.once_in(times) && self.is_odd
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    /// One of the first mostly, one of the second once in `times`.
    fn mostly<'a>(&mut self, usual: &[&'a str], times: usize, odd: &[&'a str]) -> &'a str {
        if self.odd_in(times) {
            self.one_of(odd)
        } else {
            self.one_of(usual)
        }
    }
}

/// What can be in a text, as it is written in XML.
const PIECES: [&str; 30] = [
    "客户",
    "Müller",
    "a b",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\r",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#10;",
    "&#13;",
    "&#x4E2D;",
    "&#128516;",
    "_x000D_",
    "_x000d_",
    "_x005F_x000D_",
    "_xD83D__xDE04_",
    "_xD83D_",
    "_xDE04_",
    "_x00",
    "_",
    "x",
    "\"",
    "'",
    "\u{3000}",
    "\u{A0}",
];

/// What makes a text, or whatever it stands in, one for calamine.
const ODD_PIECES: [&str; 9] = [
    "<![CDATA[a<b]]>",
    "<!-- a -->",
    "&nbsp;",
    "&",
    "&#0;",
    "&#X41;",
    "<?pi?>",
    "<b>x</b>",
    "&#xD800;",
];

fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.roll(5) {
        text += dice.mostly(&PIECES, 400, &ODD_PIECES);
    }
    text
}

/// `<t>`, as the text of a cell or one of its runs.
fn element(dice: &mut Dice) -> String {
    let tag = dice.mostly(
        &["<t>", "<t>", "<t xml:space=\"preserve\">"],
        40,
        &[
            "<t xml:space=\"default\">",
            "<t  >",
            "<t xml:space='preserve'>",
            "<t a=\"1\" xml:space=\"preserve\">",
        ],
    );
    match dice.roll(30) {
        0 => "<t/>".to_owned(),
        1 => "<t xml:space=\"preserve\" />".to_owned(),
        _ => format!(
            "{tag}{}{}",
            text(dice),
            dice.mostly(&["</t>"], 400, &["</t >", ""])
        ),
    }
}

/// What is in `<si>` and `<is>`.
fn item(dice: &mut Dice) -> String {
    match dice.roll(8) {
        0 => String::new(),
        1 => {
            let runs = (0..dice.roll(3)).map(|_| {
                let look = dice.one_of(&[
                    "",
                    "<rPr><b/><sz val=\"11\"/><rFont val=\"宋体\"/></rPr>",
                    "<rPr/>",
                ]);
                format!("<r>{look}{}</r>", element(dice))
            });
            runs.collect()
        }
        2 => {
            let aloud = format!("<rPh sb=\"0\" eb=\"1\">{}</rPh>", element(dice));
            format!("{}{aloud}<phoneticPr fontId=\"1\"/>", element(dice))
        }
        3 => format!("\n  {}\n  {}\n", element(dice), element(dice)),
        _ => element(dice),
    }
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

fn any_number(dice: &mut Dice) -> f64 {
    let number = f64::from_bits(dice.roll(usize::MAX) as u64);
    if number.is_finite() { number } else { 0.1 }
}

/// The text of a number, now and then none.
fn number(dice: &mut Dice) -> String {
    let sign = dice.one_of(&["", "", "-"]);
    let whole = dice.roll(1_000_000);
    match dice.roll(12) {
        0 => format!("{sign}{}", any_number(dice).abs()),
        1 => format!(
            "{sign}{whole}E{}",
            dice.one_of(&["-3", "+2", "5", "-320", "300", "-12"])
        ),
        2 => format!(
            "{sign}{whole}.{:017}",
            dice.roll(usize::MAX) % 100_000_000_000_000_000
        ),
        3 => format!("{sign}{}", dice.roll(usize::MAX)),
        4..7 => format!("{sign}{whole}.{}", dice.roll(10_000)),
        _ if dice.odd_in(60) => dice
            .one_of(&["1e999", "abc", " 5", "5.", ".5", "+5", "1,5", "inf", "NaN"])
            .to_owned(),
        _ => format!("{}", dice.roll(50_000)),
    }
}

/// A cell; most of what can be odd about it is.
fn cell(dice: &mut Dice, place: &str, styles: usize, shared: usize) -> String {
    let kind = dice.mostly(
        &["", "", "n", "s", "s", "str", "inlineStr", "b", "e", "d"],
        150,
        &["is", "x", "S"],
    );
    let value = match kind {
        "s" => {
            let beyond = usize::from(dice.odd_in(60));
            dice.roll(shared + beyond).to_string()
        }
        "str" => text(dice),
        "b" => dice
            .mostly(&["0", "1"], 40, &["true", "2", " 1"])
            .to_owned(),
        "e" => dice
            .mostly(
                &[
                    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
                ],
                40,
                &["#SPILL!", "=…"],
            )
            .to_owned(),
        "d" => dice
            .one_of(&[
                "2024-03-05",
                "2024-03-05T10:30:00",
                "5.3.2024",
                "2024-03-05T10:30:00Z",
                "",
            ])
            .to_owned(),
        _ => number(dice),
    };
    let formula = match dice.roll(12) {
        0 => "<f>A1&amp;\"x\"</f>",
        1 => dice.mostly(
            &[
                "<f aca=\"false\">SUM(A1:A2)</f>",
                "<f t=\"shared\" ref=\"A1:B2\" si=\"0\">A1</f>",
                "<f t=\"shared\" si=\"0\"/>",
            ],
            20,
            &[
                "<f t=\"shared\"/>",
                "<f>&x;</f>",
                "<f t=\"shared\" si=\"0\" ref=\"B2:A1\"/>",
                "<f></f>",
            ],
        ),
        _ => "",
    };
    let value = match kind {
        "inlineStr" => match dice.roll(30) {
            0 => String::new(),
            1 if dice.is_odd => format!("<v>{value}</v>"),
            2 => "<is/>".to_owned(),
            _ => format!("<is>{}</is>", item(dice)),
        },
        _ => match dice.roll(25) {
            0 => String::new(),
            1 => "<v/>".to_owned(),
            2 => "<v></v>".to_owned(),
            3 => "<v />".to_owned(),
            4 if dice.odd_in(10) => format!("<v><!-- a -->{value}</v>"),
            5 if dice.odd_in(10) => format!("<v>{value}</v><v>1</v>"),
            6 if dice.odd_in(10) => format!("<is><t>a</t></is><v>{value}</v>"),
            7 => format!("<v xml:space=\"preserve\">{value}</v>"),
            _ => format!("<v>{value}</v>"),
        },
    };
    let place = dice
        .mostly(
            &["r=\"@\""],
            400,
            &["r='@'", "", "r=\"@\" r=\"@\"", "R=\"@\""],
        )
        .replace('@', place);
    let style = match dice.roll(4) {
        0 => format!("s=\"{}\"", dice.roll(styles + 2)),
        1 if dice.odd_in(60) => dice
            .one_of(&["s=\"x\"", "s=\"01\"", "s=\"\"", "s=\"-1\""])
            .to_owned(),
        _ => String::new(),
    };
    let kind = if kind.is_empty() {
        String::new()
    } else {
        format!("t=\"{kind}\"")
    };
    let more = dice.mostly(&["", "", "cm=\"1\""], 100, &["x", "ph='1'", "a:b=\"1\""]);
    let mut attributes = vec![place, style, kind, more.to_owned()];
    let by = dice.roll(4);
    attributes.rotate_left(by);
    attributes.retain(|attribute| !attribute.is_empty());
    let attributes = attributes.join(dice.one_of(&[" ", " ", "\n  "]));
    let space = dice.one_of(&["", "", "", "\n    "]);
    let end = dice.mostly(&["</c>"], 600, &["</c >", "</x>", "", "<extLst/></c>"]);
    if formula.is_empty() && value.is_empty() && dice.once_in(2) {
        return format!("<c {attributes}/>");
    }
    format!("<c {attributes}>{space}{formula}{space}{value}{space}{end}")
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
