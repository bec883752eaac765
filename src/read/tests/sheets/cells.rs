//! Cells and texts made up by chance: as programs write them and, where they are to be odd, as none does.

/// Chance that is the same every time.
pub(super) struct Dice {
    pub(super) state: u64,
    /// Whether anything is to be odd.
    pub(super) is_odd: bool,
}

impl Dice {
    /// A number below `below`.
    pub(super) fn roll(&mut self, below: usize) -> usize {
        // SplitMix64: each seed has a stream of its own.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) % below as u64) as usize
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    /// The same for what is odd.
    pub(super) fn odd_in(&mut self, times: usize) -> bool {
        self.once_in(times) && self.is_odd
    }

    pub(super) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    /// One of the first mostly, one of the second once in `times`.
    pub(super) fn mostly<'a>(
        &mut self,
        usual: &[&'a str],
        times: usize,
        odd: &[&'a str],
    ) -> &'a str {
        if self.odd_in(times) {
            self.one_of(odd)
        } else {
            self.one_of(usual)
        }
    }
}

/// What can be in a text, as it is written in XML.
pub(super) const PIECES: [&str; 30] = [
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
pub(super) fn item(dice: &mut Dice) -> String {
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

pub(super) fn any_number(dice: &mut Dice) -> f64 {
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
pub(super) fn cell(dice: &mut Dice, place: &str, styles: usize, shared: usize) -> String {
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
