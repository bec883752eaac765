//! The customers one by one: a table that is searched, filtered, sorted and turned by pages in the browser.
//!
//! The rows stand in the page as data, column by column: a column in which few texts come again and again holds each
//! once. They become rows of the table fifty at a time, so that tens of thousands open as fast as ten.

use super::escape;
use super::table::{Shape, shape};
use crate::diagnostic::Lang;
use crate::present::report::cell;
use crate::present::shown;
use crate::report::{Cell, Kind, Report, Table};
use crate::text;
use std::collections::BTreeMap;

/// The most choices of a filter, and the most filters.
const CHOICES: usize = 24;
const FILTERS: usize = 5;

/// One column as the page holds it.
struct Held<'a> {
    heading: &'a str,
    kind: Kind,
    shape: Shape,
    /// The distinct texts: grades best first, others as they come.
    texts: Vec<String>,
    /// For each row the place of its text.
    places: Vec<usize>,
    /// Whether its texts are grades.
    is_grade: bool,
}

impl<'a> Held<'a> {
    fn new(table: &'a Table, index: usize, report: &Report) -> Self {
        let column = &table.columns[index];
        let mut texts: Vec<String> = vec![];
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut places = Vec::with_capacity(table.rows.len());
        let names = || report.grades.iter().map(|(name, _)| name.to_string());
        let is_grade = is_grade(table, index, report);
        if is_grade {
            texts.extend(names());
            known.extend(names().enumerate().map(|(place, name)| (name, place)));
        }
        for row in &table.rows {
            let written = row
                .cells
                .get(index)
                .map_or_else(String::new, |value| written(value, column.kind));
            let place = *known.entry(written).or_insert_with_key(|text| {
                texts.push(text.clone());
                texts.len() - 1
            });
            places.push(place);
        }
        Self {
            heading: &column.heading,
            kind: column.kind,
            shape: shape(table, index),
            texts,
            places,
            is_grade,
        }
    }

    /// Whether a list of its texts is short enough to choose from, and says something.
    fn is_filter(&self) -> bool {
        let few = self.texts.len() * 2 <= self.places.len().max(4) || self.is_grade;
        self.kind == Kind::Text && few && (2..=CHOICES).contains(&self.texts.len())
    }

    /// `{"h":heading,"k":kind,"c":class,"t":[texts],"p":[places]}`; without places where every row has a text of its own.
    fn json(&self) -> String {
        let kind = match self.kind {
            Kind::Date => "date",
            kind if cell::is_numeric(kind) => "number",
            _ if self.is_grade => "grade",
            _ => "text",
        };
        let own = self.texts.len() == self.places.len()
            && self
                .places
                .iter()
                .enumerate()
                .all(|(row, place)| row == *place);
        let texts: Vec<String> = self.texts.iter().map(|text| escape::json(text)).collect();
        let mut json = format!(
            "{{\"h\":{},\"k\":\"{kind}\",\"c\":\"{}\",\"t\":[{}]",
            escape::json(self.heading),
            self.shape.class(),
            texts.join(",")
        );
        if !own {
            let places: Vec<String> = self.places.iter().map(usize::to_string).collect();
            json.push_str(&format!(",\"p\":[{}]", places.join(",")));
        }
        json.push('}');
        json
    }
}

/// A cell of one customer: a number keeps all its places, because it was compared with them.
fn written(value: &Cell, kind: Kind) -> String {
    match (value, kind) {
        (Cell::Number(value), Kind::Number) => shown::number(*value, 0),
        (value, kind) => cell::text(value, kind).into_owned(),
    }
}

/// Whether all that stands in a column are names of grades: the present ones, or those before.
fn is_grade(table: &Table, index: usize, report: &Report) -> bool {
    let mut written = table
        .rows
        .iter()
        .filter_map(|row| match row.cells.get(index) {
            Some(Cell::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        })
        .peekable();
    written.peek().is_some()
        && written.all(|text| report.grades.iter().any(|(name, _)| name == text))
}

/// What the list is called.
pub fn title(table: &Table, lang: Lang) -> String {
    let plain = || text!("Customers", "客户清单").get(lang).to_owned();
    table.title.clone().unwrap_or_else(plain)
}

/// The search, the filters, the empty table and its data.
pub fn write(table: &Table, report: &Report, html: &mut String) {
    let lang = report.lang;
    let held: Vec<Held<'_>> = (0..table.columns.len())
        .map(|index| Held::new(table, index, report))
        .collect();
    let search = text!("Search", "搜索");
    let hint = text!("name, number, reason…", "名称、编号、原因……");
    let hint = hint.get(lang);
    html.push_str(&format!(
        "<form id=\"find\" role=\"search\" class=\"find\" hidden>\n<label>{}<input id=\"search\" type=\"search\" autocomplete=\"off\" placeholder=\"{hint}\"></label>\n",
        search.get(lang)
    ));
    let filters = held
        .iter()
        .enumerate()
        .filter(|(_, column)| column.is_filter());
    for (index, column) in filters.take(FILTERS) {
        filter(index, column, lang, html);
    }
    let clear = text!("Clear", "清除");
    html.push_str(&format!(
        "<button type=\"reset\">{}</button>\n</form>\n",
        clear.get(lang)
    ));
    let missing = text!(
        "The customers are listed by a script, which this browser does not run. Everything else is complete.",
        "客户清单由脚本显示，当前浏览器未运行脚本。其余内容均完整。"
    );
    html.push_str(&format!(
        "<noscript><p>{}</p></noscript>\n",
        missing.get(lang)
    ));
    html.push_str("<p id=\"count\" class=\"count\" role=\"status\" aria-live=\"polite\"></p>\n");
    let name = escape::text(&title(table, lang));
    html.push_str(&format!(
        "<div class=\"scroll\" role=\"group\" aria-label=\"{name}\" tabindex=\"0\">\n<table id=\"customers-table\">\n<caption class=\"hidden\">{name}</caption>\n<thead><tr></tr></thead>\n<tbody></tbody>\n</table>\n</div>\n"
    ));
    pager(lang, html);
    let columns: Vec<String> = held.iter().map(Held::json).collect();
    html.push_str(&format!(
        "<script type=\"application/json\" id=\"customers-data\">{{\"lang\":\"{}\",\"rows\":{},\"grades\":{},\"words\":{},\"columns\":[\n{}]}}</script>\n",
        super::tag(lang),
        table.rows.len(),
        report.grades.len(),
        words(lang),
        columns.join(",\n")
    ));
}

/// A choice among a column's texts.
fn filter(index: usize, column: &Held<'_>, lang: Lang, html: &mut String) {
    let heading = escape::text(column.heading);
    let all = text!("all", "全部");
    html.push_str(&format!(
        "<label>{heading}<select data-column=\"{index}\"><option value=\"\">{}</option>",
        all.get(lang)
    ));
    let mut order: Vec<usize> = (0..column.texts.len()).collect();
    if !column.is_grade {
        order.sort_by(|one, other| column.texts[*one].cmp(&column.texts[*other]));
    }
    for place in order {
        let shown = match column.texts[place].as_str() {
            "" => text!("(none)", "（无）").get(lang).to_owned(),
            text => escape::text(text),
        };
        html.push_str(&format!("<option value=\"{place}\">{shown}</option>"));
    }
    html.push_str("</select></label>\n");
}

fn pager(lang: Lang, html: &mut String) {
    let name = text!("Pages of the list", "清单翻页");
    html.push_str(&format!(
        "<nav id=\"pager\" class=\"pager\" aria-label=\"{}\" hidden>\n",
        name.get(lang)
    ));
    for (step, label) in [
        ("first", text!("First", "首页")),
        ("back", text!("Back", "上一页")),
        ("on", text!("Next", "下一页")),
        ("last", text!("Last", "末页")),
    ] {
        html.push_str(&format!(
            "<button type=\"button\" data-step=\"{step}\">{}</button>\n",
            label.get(lang)
        ));
    }
    html.push_str("</nav>\n");
}

/// What the script says.
fn words(lang: Lang) -> String {
    let shown = text!(
        "customers {{from}} to {{to}} of {{count}}; {{all}} in all",
        "第 {{from}}–{{to}} 位，符合条件 {{count}} 位，共 {{all}} 位客户"
    );
    let whole = text!(
        "customers {{from}} to {{to}} of {{all}}",
        "第 {{from}}–{{to}} 位，共 {{all}} 位客户"
    );
    let none = text!(
        "no customer of {{all}} fits",
        "{{all}} 位客户中没有符合条件的"
    );
    let words = [("shown", shown), ("whole", whole), ("none", none)];
    let words: Vec<String> = words
        .iter()
        .map(|(key, word)| format!("\"{key}\":{}", escape::json(word.get(lang))))
        .collect();
    format!("{{{}}}", words.join(","))
}
