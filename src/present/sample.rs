//! A small table in memory for the tests of the renderers, with the kinds of names, numbers and sentences that real
//! ones have.

use super::summary::{Share, Summary};
use super::table::*;
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding, Lang};
use crate::present::marks::decision_mark;
use crate::table::{Date, Decimal, Origin};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// A table in memory.
#[derive(Clone)]
pub struct Sample {
    lang: Lang,
    columns: Vec<TableColumn>,
    rows: Vec<Vec<OutCell<'static>>>,
    marks: Vec<RowMark>,
    grades: Vec<GradeStyle>,
    types: Vec<Arc<str>>,
}

/// A decimal.
pub fn d(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

impl Sample {
    /// Nothing yet.
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            columns: vec![],
            rows: vec![],
            marks: vec![],
            grades: vec![],
            types: vec![],
        }
    }

    /// With another column.
    pub fn column(mut self, heading: &str, kind: ColumnKind, role: ColumnRole) -> Self {
        self.columns.push(TableColumn {
            heading: heading.into(),
            kind,
            role,
        });
        self
    }

    /// With another row, of the first grade if there is one.
    pub fn row(mut self, cells: Vec<OutCell<'static>>) -> Self {
        self.rows.push(cells);
        let grade = (!self.grades.is_empty()).then_some(0);
        self.marks.push(RowMark {
            grade,
            decision: Decision::Initial,
            steps: None,
        });
        self
    }

    /// With these grades.
    pub fn grades(mut self, names: &[&str]) -> Self {
        let style = |name: &&str| GradeStyle {
            name: (*name).into(),
            color: None,
        };
        self.grades = names.iter().map(style).collect();
        self
    }

    /// With these types.
    pub fn types(mut self, names: &[&str]) -> Self {
        self.types = names.iter().map(|name| (*name).into()).collect();
        self
    }

    /// `n` customers as a company has them.
    pub fn customers(lang: Lang, n: usize) -> Self {
        let zh = lang == Lang::Zh;
        let pick = |en: &'static str, other: &'static str| if zh { other } else { en };
        let word = |word: Word| word.get(lang);
        let grades: &[&str] = if zh {
            &["A级", "B级", "C级", "D级"]
        } else {
            &["A", "B", "C", "D"]
        };
        let types: &[&str] = if zh {
            &["战略型", "潜力型", "优化型"]
        } else {
            &["strategic", "promising", "tail"]
        };
        let mut sample = Self::new(lang)
            .grades(grades)
            .types(types)
            .column(
                pick("Customer no.", "客户编号"),
                ColumnKind::Id,
                ColumnRole::Key,
            )
            .column(
                pick("Customer", "客户名称"),
                ColumnKind::Text,
                ColumnRole::Name,
            )
            .column(word(Word::Grade), ColumnKind::Text, ColumnRole::Grade)
            .column(word(Word::Change), ColumnKind::Text, ColumnRole::Decision)
            .column(word(Word::Previous), ColumnKind::Text, ColumnRole::Previous)
            .column(word(Word::Since), ColumnKind::Date, ColumnRole::Since)
            .column(
                word(Word::Score),
                ColumnKind::Number { places: 1 },
                ColumnRole::Score,
            )
            .column(word(Word::Reasons), ColumnKind::Text, ColumnRole::Reasons)
            .column(word(Word::Next), ColumnKind::Text, ColumnRole::Next)
            .column(
                pick("Sales (CNY 10k)", "销售额(万元)"),
                ColumnKind::Number { places: 2 },
                ColumnRole::Input,
            )
            .column(
                pick("Margin", "毛利率"),
                ColumnKind::Percent { places: 1 },
                ColumnRole::Input,
            )
            .column(
                pick("Last order", "最近下单"),
                ColumnKind::Date,
                ColumnRole::Input,
            )
            .column(
                pick("Key account", "大客户"),
                ColumnKind::Bool,
                ColumnRole::Input,
            )
            .column(pick("Phone", "联系电话"), ColumnKind::Id, ColumnRole::Input)
            .column(pick("Value", "价值"), ColumnKind::Text, ColumnRole::Label)
            .column(word(Word::Type), ColumnKind::Text, ColumnRole::Type)
            .column(word(Word::Tags), ColumnKind::Text, ColumnRole::Tags)
            .column(word(Word::Service), ColumnKind::Text, ColumnRole::Strategy);
        for review in [
            ReviewColumn::Grade,
            ReviewColumn::Type,
            ReviewColumn::Comment,
            ReviewColumn::Reviewer,
            ReviewColumn::Remark,
        ] {
            let heading = review.word().get(lang);
            sample = sample.column(heading, ColumnKind::Text, ColumnRole::Review(review));
        }
        for row in 0..n {
            sample.add_customer(row);
        }
        sample
    }

    /// Row `row` of [`Sample::customers`].
    fn add_customer(&mut self, row: usize) {
        const CITIES: [(&str, &str); 6] = [
            (
                "Shanghai Huadong Trading Co., Ltd.",
                "上海华东国际贸易有限公司",
            ),
            (
                "Shenzhen Xinhai Electronics",
                "深圳市鑫海电子科技股份有限公司",
            ),
            ("Beijing Zhongke", "北京中科"),
            ("Guangzhou Lingnan Foods", "广州岭南食品（集团）有限公司"),
            ("Chengdu Shu", "成都蜀道物流有限责任公司"),
            ("O'Brien & Sons", "奥布莱恩父子（中国）"),
        ];
        let zh = self.lang == Lang::Zh;
        let pick = |en: &str, other: &str| if zh { other.to_owned() } else { en.to_owned() };
        let text = |text: String| OutCell::Text(text.into());
        let (decision, steps) = match row % 11 {
            0 => (Decision::Initial, None),
            1 | 7 => (Decision::Promoted, Some(1)),
            2 => (Decision::Demoted, Some(-2)),
            5 => (Decision::Overridden, Some(1)),
            6 => (Decision::Unrated, None),
            8 => (Decision::AtRisk, Some(0)),
            9 if row % 2 == 1 => (Decision::Refused, None),
            _ => (Decision::Held, Some(0)),
        };
        let grade = (decision != Decision::Unrated).then_some(row * 7 / 3 % self.grades.len());
        let mark = RowMark {
            grade,
            decision,
            steps,
        };
        let name = |index: usize| text(self.grades[index].name.to_string());
        let (en, other) = CITIES[row % CITIES.len()];
        let score = Decimal::from_millionths((row as i64 * 7_919_000) % 100_000_000).unwrap();
        let day = Date::new(2024, 3, 31)
            .unwrap()
            .add_days(-(row as i32 * 13 % 700))
            .unwrap();
        let sales =
            Decimal::from_millionths((row as i64 * 123_456_789_000) % 900_000_000_000).unwrap();
        let reason = if row.is_multiple_of(4) {
            pick(
                "sales 86.5 is at least 80 (Value: high, 40 points); last order 12 days ago is within 30 (Activity: \
                 active, 25 points); margin 31.2% is above the median of its region",
                "销售额 86.5 万元 ≥ 80（价值：高，40 分）；最近下单距今 12 天 ≤ 30（活跃度：活跃，25 分）；毛利率 31.2% 高于本区域中位数",
            )
        } else {
            pick(
                "sales 12.3 is below 20 (Value: low, 5 points)",
                "销售额 12.3 万元 < 20（价值：低，5 分）",
            )
        };
        let cells = vec![
            text(format!("{:06}", 1000 + row)),
            text(pick(en, other)),
            grade.map_or(OutCell::Blank, name),
            text(decision_mark(&mark, self.lang)),
            if row.is_multiple_of(11) {
                OutCell::Blank
            } else {
                name((row * 7 / 3 + 1) % self.grades.len())
            },
            OutCell::Date(day),
            if grade.is_some() {
                OutCell::Number(score.round(1))
            } else {
                OutCell::Blank
            },
            text(reason),
            text(pick(
                "8.5 points more: sales from 80",
                "还差 8.5 分：销售额达到 80 万元",
            )),
            OutCell::Number(sales),
            OutCell::Number(Decimal::from_millionths(row as i64 * 7_000 % 700_000).unwrap()),
            OutCell::Date(day),
            OutCell::Bool(row.is_multiple_of(3)),
            text(format!("138{:08}", row * 9973 % 100_000_000)),
            text(if row.is_multiple_of(2) {
                pick("high", "高")
            } else {
                pick("low", "低")
            }),
            text(self.types[row % self.types.len()].to_string()),
            text(if row.is_multiple_of(3) {
                pick("key; overdue", "重点客户、账期预警")
            } else {
                String::new()
            }),
            text(pick("visit every month", "每月上门拜访")),
            OutCell::Blank,
            OutCell::Blank,
            OutCell::Blank,
            OutCell::Blank,
            OutCell::Blank,
        ];
        self.rows.push(cells);
        self.marks.push(mark);
    }

    /// The figures of it.
    pub fn summary(&self) -> Summary {
        let zh = self.lang == Lang::Zh;
        let pick = |en: &str, other: &str| if zh { other.to_owned() } else { en.to_owned() };
        let n = self.rows.len();
        let share = |name: &str, count: usize, cutoff: Option<&str>| {
            let part = Decimal::from_count(count).checked_div(Decimal::from_count(n.max(1)));
            Share {
                name: name.into(),
                count,
                share: part.unwrap_or_default(),
                amount: Decimal::from_count(count * 1234).checked_mul(d("1.25")),
                amount_share: part,
                cutoff: cutoff.map(str::to_owned),
            }
        };
        let graded = |index: usize| {
            self.marks
                .iter()
                .filter(|mark| mark.grade == Some(index))
                .count()
        };
        let decided = |decision: Decision| {
            self.marks
                .iter()
                .filter(|mark| mark.decision == decision)
                .count()
        };
        let origin = Origin {
            file: pick("customers.xlsx", "客户.xlsx").into(),
            worksheet: Some("Sheet1".into()),
        };
        Summary {
            lang: self.lang,
            scheme: (pick("B2B customer grading", "B2B 客户分级方案"), "2024.1".into()),
            scheme_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            scheme_text: "[scheme]\nname = \"B2B 客户分级方案\"\n\n[[dimensions.价值]]\n  when = \"销售额 >= 80\"\n  \
                          label = \"高\"\n  points = 40\n"
                .into(),
            as_of: Date::new(2024, 3, 31).unwrap(),
            version: "0.1.0",
            inputs: vec![(pick("customers.xlsx", "客户.xlsx"), n), (pick("orders.csv", "订单.csv"), 18_234)],
            customers: n,
            decisions: Decision::ALL
                .into_iter()
                .map(|decision| (decision, decided(decision)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            grades: (0..self.grades.len())
                .map(|index| share(&self.grades[index].name, graded(index), Some("得分 80")))
                .collect(),
            types: self.types.iter().map(|name| share(name, n / 3, None)).collect(),
            dimensions: vec![
                (
                    pick("Value", "价值").into(),
                    vec![share(&pick("high", "高"), n / 2, None), share(&pick("low", "低"), n - n / 2, None)],
                ),
                (pick("Activity", "活跃度").into(), vec![share(&pick("active", "活跃"), n / 4, None)]),
            ],
            tags: vec![share(&pick("key", "重点客户"), n / 3, None), share(&pick("overdue", "账期预警"), n / 7, None)],
            amount: Some(pick("Sales (CNY 10k)", "销售额(万元)")),
            unrated: decided(Decision::Unrated),
            refused: decided(Decision::Refused),
            reviews: vec![(pick("demoted two steps", "连降两级").into(), decided(Decision::Demoted))],
            estimates: vec![],
            findings: vec![
                Finding::error(Code::BadCell, text!("`abc` is not a number", "`abc` 不是数字"))
                    .place(origin.cell(213, 5))
                    .help(text!("correct the cell, or leave it empty", "请更正该单元格，或留空")),
                Finding::warning(
                    Code::Gap,
                    text!("no band of `Value` covers 20 to 80", "维度 `价值` 没有覆盖 20 到 80 的档"),
                )
                .at(70..80)
                .with_note(text!("for example 50", "例如 50")),
                Finding::note(Code::SkippedRows, text!("skipped 1 total row", "跳过 1 行合计")).place(origin.row(502)),
            ],
        }
    }
}

impl ResultTable for Sample {
    fn lang(&self) -> Lang {
        self.lang
    }
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }
    fn len(&self) -> usize {
        self.rows.len()
    }
    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        self.rows[row][column].clone()
    }
    fn mark(&self, row: usize) -> RowMark {
        self.marks[row]
    }
    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }
    fn types(&self) -> &[Arc<str>] {
        &self.types
    }
}
