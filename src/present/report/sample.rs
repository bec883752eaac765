//! A report for tests: every kind of block, in both languages, with names that mean harm.

use crate::diagnostic::Lang;
use crate::report::{
    Axis, Block, Cell, Chart, Column, Fact, Flows, Heat, Histogram, Kind, Label, Plot, Report, Row,
    Section, Series, Table,
};
use crate::table::{Date, Decimal};

/// A name that would end a script, an attribute and a style, and turn the text behind it.
pub const HOSTILE: &str = "</script></style><img src=x onerror=\"alert(1)\">'\u{202E}&amp;";

/// Of the language, the word for it.
fn word(lang: Lang, en: &str, zh: &str) -> String {
    match lang {
        Lang::En => en.to_owned(),
        Lang::Zh => zh.to_owned(),
    }
}

pub fn d(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

pub fn label(text: &str, grade: Option<usize>) -> Label {
    Label {
        text: text.into(),
        grade,
    }
}

fn column(key: &str, heading: String, kind: Kind) -> Column {
    Column::new(key, heading, kind)
}

fn text(value: &str) -> Cell {
    Cell::Text(value.into())
}

fn number(value: &str) -> Cell {
    Cell::Number(d(value))
}

fn row(grade: Option<usize>, cells: Vec<Cell>) -> Row {
    Row {
        cells,
        is_total: false,
        grade,
    }
}

fn values(values: &[&str]) -> Vec<Option<Decimal>> {
    values
        .iter()
        .map(|value| (!value.is_empty()).then(|| d(value)))
        .collect()
}

const GRADES: [&str; 4] = ["A", "B", "C", "D"];

/// The sample with this many customers.
pub fn report(lang: Lang, customers: usize) -> Report {
    Report {
        lang,
        title: word(lang, "Dealers: 2024-03-31", "经销商评级：2024-03-31"),
        facts: vec![
            Fact {
                key: "scheme",
                label: word(lang, "Scheme", "方案"),
                value: word(lang, "Dealers, version 2024.1", "经销商评级，版本 2024.1"),
            },
            Fact {
                key: "as_of",
                label: word(lang, "As of", "评级日期"),
                value: "2024-03-31".into(),
            },
            Fact {
                key: "source",
                label: word(lang, "Source", "来源"),
                value: HOSTILE.into(),
            },
        ],
        grades: GRADES.iter().map(|name| ((*name).into(), None)).collect(),
        sections: vec![composition(lang), scores(lang), movement(lang), trend(lang)],
        customers: Some(list(lang, customers)),
    }
}

fn composition(lang: Lang) -> Section {
    let heading = |en, zh| word(lang, en, zh);
    let rows = [
        ("A", "12", "0.06", "6120400.5"),
        ("B", "58", "0.29", "4011200"),
        ("C", "88", "0.44", "1899000.25"),
        ("D", "42", "0.21", "302118"),
    ];
    let mut table = Table {
        key: "grades".into(),
        title: None,
        columns: vec![
            column("grade", heading("Grade", "等级"), Kind::Text),
            column("customers", heading("Customers", "客户数"), Kind::Count),
            column("share", heading("Share", "占比"), Kind::Share),
            column(
                "amount",
                heading("Amount (CNY)", "年采购额（元）"),
                Kind::Money,
            ),
            column("change", heading("Change", "变化"), Kind::Delta),
        ],
        rows: rows
            .iter()
            .enumerate()
            .map(|(grade, (name, count, share, amount))| {
                let cells = vec![
                    text(name),
                    number(count),
                    number(share),
                    number(amount),
                    number("3"),
                ];
                row(Some(grade), cells)
            })
            .collect(),
    };
    table.rows.push(Row {
        cells: vec![
            text(&heading("Total", "合计")),
            number("200"),
            number("1"),
            number("12332718.75"),
            Cell::Missing,
        ],
        is_total: true,
        grade: None,
    });
    let categories = |labels: &[&str]| -> Vec<Label> {
        labels
            .iter()
            .enumerate()
            .map(|(grade, name)| label(name, Some(grade)))
            .collect()
    };
    Section {
        key: "composition",
        title: heading("Composition", "客户构成"),
        notes: vec![heading(
            "All 200 customers of the book.",
            "全部 200 位客户，按评级日期的等级统计。",
        )],
        blocks: vec![
            Block::Chart(Chart::Bars(Plot {
                title: heading("Customers by grade", "各等级客户数"),
                alt: heading("Most customers are C.", "C 级最多，88 位；A 级 12 位。"),
                kind: Kind::Count,
                categories: categories(&GRADES),
                series: vec![Series {
                    label: label(&heading("Customers", "客户数"), None),
                    values: values(&["12", "58", "88", "42"]),
                }],
            })),
            Block::Chart(Chart::Stack(Plot {
                title: heading(
                    "Share of customers and of the amount",
                    "客户占比与采购额占比",
                ),
                alt: heading(
                    "6% of the customers bring half.",
                    "6% 的客户带来约一半采购额。",
                ),
                kind: Kind::Share,
                categories: vec![
                    label(&heading("Customers", "客户"), None),
                    label(&heading("Amount", "采购额"), None),
                ],
                series: GRADES
                    .iter()
                    .zip([
                        ["0.06", "0.496"],
                        ["0.29", "0.325"],
                        ["0.44", "0.154"],
                        ["0.21", "0.025"],
                    ])
                    .enumerate()
                    .map(|(grade, (name, shares))| Series {
                        label: label(name, Some(grade)),
                        values: values(&shares),
                    })
                    .collect(),
            })),
            Block::Table(table),
        ],
    }
}

fn scores(lang: Lang) -> Section {
    let heading = |en, zh| word(lang, en, zh);
    let thresholds = |first: i64| -> Vec<std::sync::Arc<str>> {
        let values = (0..4).map(|step| (first + 5 * step).to_string().into());
        values.collect()
    };
    Section {
        key: "scores",
        title: heading("Scores", "得分分布"),
        notes: vec![],
        blocks: vec![
            Block::Chart(Chart::Histogram(Histogram {
                title: heading("Customers by score", "按得分的客户数"),
                alt: heading("Most score 50 to 60.", "50 至 60 分最多。"),
                value: heading("score", "得分"),
                kind: Kind::Figure,
                bounds: (0..=8)
                    .map(|step| d(&(20 + 10 * step).to_string()))
                    .collect(),
                series: [
                    ["", "", "", "", "", "", "5", "7"],
                    ["", "", "", "", "18", "30", "10", ""],
                    ["", "", "12", "74", "2", "", "", ""],
                    ["25", "17", "", "", "", "", "", ""],
                ]
                .iter()
                .enumerate()
                .map(|(grade, counts)| Series {
                    label: label(GRADES[grade], Some(grade)),
                    values: values(counts),
                })
                .collect(),
                cuts: vec![
                    (d("85"), label("A", Some(0))),
                    (d("62.5"), label("B", Some(1))),
                    (d("40"), label("C", Some(2))),
                ],
            })),
            Block::Chart(Chart::Heat(Heat {
                title: heading("Customers in A", "A 级客户数"),
                alt: heading("The lower both are, the more.", "两个门槛越低，A 级越多。"),
                kind: Kind::Count,
                across: Axis {
                    name: "grades.A.when".into(),
                    values: thresholds(75),
                },
                down: Axis {
                    name: heading("weights.value", "weights.价值贡献"),
                    values: thresholds(50),
                },
                values: vec![
                    values(&["31", "24", "17", "9"]),
                    values(&["29", "22", "12", "8"]),
                    values(&["28", "21", "11", ""]),
                    values(&["26", "20", "10", "0"]),
                ],
                present: Some((1, 2)),
            })),
        ],
    }
}

fn movement(lang: Lang) -> Section {
    let heading = |en, zh| word(lang, en, zh);
    let levels = |extra: Label| -> Vec<Label> {
        let grades = GRADES.iter().enumerate();
        grades
            .map(|(grade, name)| label(name, Some(grade)))
            .chain([extra])
            .collect()
    };
    Section {
        key: "movement",
        title: heading("Movement", "等级迁徙"),
        notes: vec![],
        blocks: vec![Block::Chart(Chart::Flows(Flows {
            title: heading("From grade to grade", "等级迁徙"),
            alt: heading("Fourteen went up, nine down.", "14 位升级，9 位降级。"),
            before: "2023-12-31".into(),
            after: "2024-03-31".into(),
            from: levels(label(&heading("new", "新增客户"), None)),
            to: levels(label(&heading("absent", "缺席"), None)),
            counts: flows(),
        }))],
    }
}

/// How many went from each level to each.
pub fn flows() -> Vec<Vec<u64>> {
    vec![
        vec![9, 2, 0, 0, 0],
        vec![3, 48, 4, 0, 1],
        vec![0, 7, 76, 3, 2],
        vec![0, 0, 4, 36, 4],
        vec![0, 1, 4, 3, 0],
    ]
}

fn trend(lang: Lang) -> Section {
    let heading = |en, zh| word(lang, en, zh);
    let months: Vec<Label> = (1..=12)
        .map(|month| label(&format!("2023-{month:02}"), None))
        .collect();
    Section {
        key: "trend",
        title: heading("Trend", "趋势"),
        notes: vec![],
        blocks: vec![
            Block::Chart(Chart::Lines(Plot {
                title: heading("Customers over time", "各等级客户数走势"),
                alt: heading("A grows slowly.", "A 级缓慢增加。"),
                kind: Kind::Count,
                categories: months.clone(),
                series: vec![
                    Series {
                        label: label("A", Some(0)),
                        values: values(&[
                            "8", "8", "9", "9", "", "10", "10", "11", "11", "11", "12", "12",
                        ]),
                    },
                    Series {
                        label: label("B", Some(1)),
                        values: values(&[
                            "50", "51", "53", "52", "54", "55", "55", "57", "58", "57", "58", "58",
                        ]),
                    },
                ],
            })),
            Block::Chart(Chart::Bars(Plot {
                title: heading("Net change", "净变化与新增"),
                alt: heading("Mostly up.", "多数月份为正。"),
                kind: Kind::Delta,
                categories: vec![
                    label(
                        &heading(
                            "East China, key accounts and chains",
                            "华东区重点客户与连锁渠道",
                        ),
                        None,
                    ),
                    label(&heading("North", "华北区"), None),
                    label(HOSTILE, None),
                ],
                series: vec![
                    Series {
                        label: label(&heading("net", "净变化"), None),
                        values: values(&["12", "-5", "3"]),
                    },
                    Series {
                        label: label(&heading("new", "新增"), None),
                        values: values(&["4", "0", ""]),
                    },
                ],
            })),
        ],
    }
}

fn list(lang: Lang, customers: usize) -> Table {
    let heading = |en, zh| word(lang, en, zh);
    let types = [
        heading("key account", "重点客户"),
        heading("chain", "连锁渠道"),
        heading("retail", "零售门店"),
    ];
    Table {
        key: "customers".into(),
        title: None,
        columns: vec![
            column("id", heading("Customer id", "客户编号"), Kind::Text),
            column("name", heading("Name", "客户名称"), Kind::Text),
            column("grade", heading("Grade", "等级"), Kind::Text),
            column("type", heading("Type", "类型"), Kind::Text),
            column(
                "amount",
                heading("Amount (CNY)", "年采购额（元）"),
                Kind::Money,
            ),
            column("last", heading("Last order", "最近下单"), Kind::Date),
            column("reasons", heading("Reasons", "原因"), Kind::Text),
        ],
        rows: (0..customers)
            .map(|index| {
                let grade = (index * 7) % 5;
                let grade = (grade < 4).then_some(grade);
                let name = match index {
                    3 => HOSTILE.to_owned(),
                    index => heading("Company ", "上海贸易有限公司") + &index.to_string(),
                };
                let day = Date::new(2024, 1 + (index % 3) as u32, 1 + (index % 28) as u32);
                row(
                    grade,
                    vec![
                        text(&format!("C{index:05}")),
                        text(&name),
                        grade.map_or(Cell::Missing, |grade| text(GRADES[grade])),
                        text(&types[index % 3]),
                        number(&format!("{}.5", index * 137 % 100_000)),
                        day.map_or(Cell::Missing, Cell::Date),
                        text(&heading(
                            "orders in 90 days: 4; score 82.5",
                            "近 90 天下单 4 次；得分 82.5，达到 B 级的 80 分",
                        )),
                    ],
                )
            })
            .collect(),
    }
}
