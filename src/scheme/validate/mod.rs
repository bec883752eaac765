//! From what was written to what is meant: every name resolved, every expression bound, all faults collected.
//!
//! Takes the text of a scheme, gives a [`Scheme`] or none, and the findings. The parts are read in the order in which
//! they see each other: sheets → metrics → values → dimensions → score → grades → types → tags → review → strategies.

mod checks;
mod dimensions;
mod duplicates;
mod expressions;
mod fields;
mod grades;
mod metrics;
mod movement;
mod named_field;
mod notify;
mod output;
mod report;
mod roles;
mod sheets;
mod strategies;
mod tasks;

pub use fields::kind_word;
pub use output::{items, parse_columns};

use super::model::{MissingRule, ResultColumn, Scheme, SlotKind};
use super::names::{Names, RESERVED};
use super::written::{self, Keys, Written, WrittenText};
use crate::diagnostic::{Code, Finding, Lang};
use crate::expr::PopulationSpec;
use crate::expr::{Base, Slot, Type};
use crate::table::{PeriodKind, Unit};
use crate::text;

/// What an expression must give.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Condition,
    Number,
    Any,
}

/// What is known while a scheme is validated.
struct Validator<'a> {
    source: &'a str,
    findings: Vec<Finding>,
    names: Names,
    populations: Vec<PopulationSpec>,
    /// `[scheme] unit`.
    unit: Option<Unit>,
    /// The period of each series.
    series: Vec<(Slot, PeriodKind)>,
}

/// Reads the text of a scheme. The scheme is there if and only if no finding is an error.
pub fn validate(source: &str) -> (Option<Scheme>, Vec<Finding>) {
    written::parse(source, |table, findings| {
        let mut validator = Validator {
            source,
            findings: std::mem::take(findings),
            names: Names::default(),
            populations: vec![],
            unit: None,
            series: vec![],
        };
        let scheme = validator.scheme(Keys::new(table, 0..0, text!("the scheme", "方案")));
        *findings = validator.findings;
        scheme
    })
    .into_sorted()
}

/// Puts findings in the order of their places, and withholds the scheme if one of them is an error.
trait Sorted {
    fn into_sorted(self) -> (Option<Scheme>, Vec<Finding>);
}

impl Sorted for (Scheme, Vec<Finding>) {
    fn into_sorted(self) -> (Option<Scheme>, Vec<Finding>) {
        let (scheme, mut findings) = self;
        findings.sort_by_key(|finding| match &finding.at {
            crate::diagnostic::At::Span(span) => span.start,
            _ => usize::MAX,
        });
        let wrong = findings.iter().any(Finding::is_error);
        ((!wrong).then_some(scheme), findings)
    }
}

impl Validator<'_> {
    fn scheme(&mut self, mut root: Keys<'_>) -> Scheme {
        let mut findings = std::mem::take(&mut self.findings);
        let head = root.table("scheme", text!("[scheme]", "[scheme] "), &mut findings);
        let sheets = root.table("sheets", text!("[sheets]", "[sheets] "), &mut findings);
        let metrics = root.tables(
            "metrics",
            &text!("[[metrics]]", "[[metrics]] "),
            &mut findings,
        );
        let values = root.tables("values", &text!("[[values]]", "[[values]] "), &mut findings);
        let dimensions = root.tables(
            "dimensions",
            &text!("[[dimensions]]", "[[dimensions]] "),
            &mut findings,
        );
        let grades = root.tables("grades", &text!("[[grades]]", "[[grades]] "), &mut findings);
        let types = root.tables("types", &text!("[[types]]", "[[types]] "), &mut findings);
        let tags = root.tables("tags", &text!("[[tags]]", "[[tags]] "), &mut findings);
        let movement = root.tables(
            "movement",
            &text!("[[movement]]", "[[movement]] "),
            &mut findings,
        );
        let reviews = root.tables("review", &text!("[[review]]", "[[review]] "), &mut findings);
        let strategies = root.tables(
            "strategies",
            &text!("[[strategies]]", "[[strategies]] "),
            &mut findings,
        );
        let tasks = root.table("tasks", text!("[tasks]", "[tasks] "), &mut findings);
        let output = root.table("output", text!("[output]", "[output] "), &mut findings);
        let roles = root.tables("roles", &text!("[[roles]]", "[[roles]] "), &mut findings);
        let checks = root.tables("checks", &text!("[[checks]]", "[[checks]] "), &mut findings);
        let duplicates = root.table(
            "duplicates",
            text!("[duplicates]", "[duplicates] "),
            &mut findings,
        );
        let notify = root.table("notify", text!("[notify]", "[notify] "), &mut findings);
        let report = root.table("report", text!("[report]", "[report] "), &mut findings);
        root.done(&mut findings);
        self.findings = findings;

        for list in [&metrics, &values, &dimensions] {
            for keys in list {
                let mut ignored = vec![];
                let mut copy = keys.copy();
                if let Some(name) = copy.text("name", &mut ignored) {
                    self.names.announce(&name.value);
                }
            }
        }
        let (name, version, language, period, missing) = self.head(head);
        let mut sheets = self.sheets(sheets);
        self.checks(checks, &mut sheets);
        let duplicates = self.duplicates(duplicates, &sheets);
        let notify = self.notify(notify, &sheets);
        let tasks = self.tasks(tasks, &sheets);
        self.previous_names(&grades, &types);
        let metrics = self.metrics(metrics, &sheets);
        let values = self.values(values);
        let dimensions = self.dimensions(dimensions);
        if dimensions
            .iter()
            .any(|dimension| dimension.weight.is_some())
        {
            self.names
                .add("score", Type::of(Base::Number), SlotKind::Score);
        }
        let grades = self.grades(grades, &dimensions);
        let (grade_movement, later) = self.grade_movement(movement, &grades);
        let reviews_held = self.held_reviews(&reviews);
        let types = self.types(types);
        let type_movement = self.type_movement(later, &types);
        self.visible_streaks(&values, &dimensions, [&grade_movement, &type_movement]);
        let tags = self.tags(tags);
        let reviews = self.reviews(reviews, reviews_held);
        let strategies = self.strategies(strategies);
        let output = self.output(output);
        let report = self.report(report, &sheets, !grades.is_empty());
        let roles = self.roles(roles, sheets.customers.as_ref(), &sheets.events);
        let mut scheme = Scheme {
            name,
            version,
            language,
            period,
            missing,
            customers: sheets.customers,
            events: sheets.events,
            lookups: sheets.lookups,
            crosswalks: sheets.crosswalks,
            duplicates,
            metrics,
            values,
            dimensions,
            grades,
            types,
            tags,
            reviews,
            strategies,
            tasks,
            output,
            report,
            grade_movement,
            type_movement,
            roles,
            notify,
            slots: std::mem::take(&mut self.names).into_slots(),
            populations: std::mem::take(&mut self.populations),
            grids: crate::assess::Grids::default(),
        };
        if let Some(mut columns) = scheme.output.columns.take() {
            scheme.mark_estimates(&mut columns);
            scheme.output.columns = Some(columns);
        }
        scheme
    }

    fn head(&mut self, head: Option<Keys<'_>>) -> (String, String, Lang, PeriodKind, MissingRule) {
        let findings = &mut self.findings;
        let Some(mut head) = head else {
            return (
                String::new(),
                String::new(),
                Lang::En,
                PeriodKind::Month,
                MissingRule::Unrated,
            );
        };
        let name = head
            .text("name", findings)
            .map_or_else(String::new, |text| text.value);
        let version = head
            .text("version", findings)
            .map_or_else(String::new, |text| text.value);
        let language = head.word("language", &[("zh", Lang::Zh), ("en", Lang::En)], findings);
        let period = head.word("period", &PERIODS, findings);
        let missing = head.word(
            "missing",
            &[
                ("unrated", MissingRule::Unrated),
                ("reweight", MissingRule::Reweight),
            ],
            findings,
        );
        let unit = head.text("unit", findings);
        head.done(findings);
        self.unit = unit.and_then(|unit| self.money_unit(&unit));
        (
            name,
            version,
            language.unwrap_or_default(),
            period.unwrap_or(PeriodKind::Month),
            missing.unwrap_or(MissingRule::Unrated),
        )
    }

    fn money_unit(&mut self, written: &WrittenText) -> Option<Unit> {
        let unit = Unit::parse(&written.value);
        if unit.is_none() {
            let text = &written.value;
            self.findings.push(
                Finding::error(
                    Code::BadValue,
                    text!("`{text}` is no unit of money", "`{text}` 不是金额单位"),
                )
                .at(written.span.clone())
                .help(text!(
                    "write 元, 万元, 亿元 or a currency such as USD",
                    "请写 元、万元、亿元 或币种如 USD"
                )),
            );
        }
        unit
    }

    /// A finding if a name is one of the language's own or was given before.
    fn check_name(&mut self, name: &WrittenText, fresh: bool) {
        let text = &name.value;
        if RESERVED.contains(&text.as_str()) || text.starts_with("previous_") {
            self.findings.push(
                Finding::error(
                    Code::ReservedName,
                    text!(
                        "`{text}` is a name of the language itself",
                        "`{text}` 是语言自用的名称"
                    ),
                )
                .at(name.span.clone())
                .help(text!("choose another name", "请换一个名称")),
            );
        } else if !fresh {
            self.findings.push(duplicate(name));
        }
    }

    /// A finding if a dimension has the name of a result's column: its labels would stand under that heading too, and
    /// next month nobody could tell the two apart.
    fn check_heading(&mut self, name: &WrittenText) {
        let text = &name.value;
        if !ResultColumn::is_heading(text) {
            return;
        }
        self.findings.push(
            Finding::error(
                Code::ReservedName,
                text!(
                    "`{text}` is the heading of a result's column",
                    "`{text}` 是结果列的列名"
                ),
            )
            .at(name.span.clone())
            .help(text!("choose another name", "请换一个名称")),
        );
    }
}

/// The finding that a name of the common space is given twice.
fn duplicate(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::DuplicateName,
        text!("`{text}` is there already", "`{text}` 重名"),
    )
    .at(name.span.clone())
    .help(text!(
        "fields, metrics, values and dimensions share one space of names: choose another",
        "字段、指标、值、维度共用一套名称，请换一个"
    ))
}

/// The words for periods.
const PERIODS: [(&str, PeriodKind); 4] = [
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("half-year", PeriodKind::HalfYear),
    ("year", PeriodKind::Year),
];

/// Reads a length of time such as `12 months`; findings name the key.
fn span_of_time(
    written: &Written<String>,
    key: &str,
    least: i64,
    findings: &mut Vec<Finding>,
) -> Option<super::model::Span> {
    use super::model::Span;
    let mut words = written.value.split_whitespace();
    let number = words.next().and_then(|number| number.parse::<i64>().ok());
    let unit = words
        .next()
        .map(|unit| unit.strip_suffix('s').unwrap_or(unit).to_owned());
    let rest: Vec<&str> = words.collect();
    let fits = rest.is_empty() || (key == "ending" && rest == ["ago"]);
    let span = match (number, unit.as_deref()) {
        (Some(number), Some(unit)) if fits && (least..=10_000).contains(&number) => match unit {
            "day" => Some(Span::Days(number as i32)),
            "week" => Some(Span::Days(number as i32 * 7)),
            "month" => Some(Span::Months(number as i32)),
            "quarter" => Some(Span::Months(number as i32 * 3)),
            "year" => Some(Span::Months(number as i32 * 12)),
            _ => None,
        },
        _ => None,
    };
    if span.is_none() {
        let text = &written.value;
        findings.push(
            Finding::error(
                Code::BadValue,
                text!("`{text}` is no length of time", "`{text}` 不是时间长度"),
            )
            .at(written.span.clone())
            .help(text!(
                "write a whole number and days, weeks, months, quarters or years: `12 months`",
                "请写整数加 days、weeks、months、quarters 或 years，如 `12 months`"
            )),
        );
    }
    span
}
