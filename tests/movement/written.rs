//! A case as it is written in `*.toml`: what [`cases`](super::cases) says of its keys.

use super::world::{CUSTOMER, World, month_end};
use regrade::decide::{Hold, Override, Subject};
use regrade::table::Date;
use std::collections::BTreeMap;
use toml::Table;

/// A case.
pub struct Case {
    pub says: String,
    pub from: String,
    pub orders: BTreeMap<String, String>,
    pub late: BTreeMap<String, String>,
    pub customers: Option<String>,
    pub sheets: BTreeMap<String, String>,
    pub grades: String,
    pub types: String,
    pub movement: String,
    pub metric: String,
    pub period: String,
    pub overrides: Vec<String>,
    pub expect: String,
    pub catch_up: bool,
    pub filed: bool,
    pub fault: Option<String>,
}

impl Case {
    /// A case as it is written; `given` is what the file says for all of its cases.
    pub fn read(case: &Table, given: &Table) -> Self {
        let mut case = case.clone();
        let mut take = |key: &str| case.remove(key).or_else(|| given.get(key).cloned());
        let mut text = |key: &str| Some(take(key)?.as_str().unwrap().to_owned());
        let [says, movement, types, metric, expect] =
            ["says", "movement", "types", "metric", "expect"]
                .map(|key| text(key).unwrap_or_default());
        let from = text("from").unwrap_or_else(|| "2024-01".to_owned());
        let grades = text("grades").unwrap_or_else(|| GRADES.to_owned());
        let period = text("period").unwrap_or_else(|| "month".to_owned());
        let (customers, fault) = (text("customers"), text("fault"));
        let mut texts = |key: &str| -> BTreeMap<String, String> {
            let table = take(key).map(|table| table.as_table().unwrap().clone());
            let pairs = table.into_iter().flatten();
            pairs
                .map(|(key, text)| (key, text.as_str().unwrap().to_owned()))
                .collect()
        };
        let [orders, late, sheets] = ["orders", "late", "sheets"].map(&mut texts);
        let overrides = take("overrides").map(|list| list.as_array().unwrap().clone());
        let overrides = overrides.into_iter().flatten();
        let overrides = overrides.map(|line| line.as_str().unwrap().to_owned());
        let overrides = overrides.collect();
        let mut unless = |key: &str| take(key).is_none_or(|is| is.as_bool().unwrap());
        let (catch_up, filed) = (unless("catch_up"), unless("filed"));
        assert!(case.is_empty(), "{says}: what is {case:?}?");
        Self {
            says,
            from,
            orders,
            late,
            customers,
            sheets,
            grades,
            types,
            movement,
            metric,
            period,
            overrides,
            expect,
            catch_up,
            filed,
            fault,
        }
    }
}

const GRADES: &str = r#"
[[grades]]
name = "A"
when = "v >= 80"
[[grades]]
name = "B"
when = "v >= 50"
[[grades]]
name = "C"
"#;

impl Case {
    pub fn scheme(&self) -> String {
        let Self {
            period,
            grades,
            metric,
            types,
            movement,
            ..
        } = self;
        format!(
            r#"
[scheme]
period = "{period}"
[sheets.customers]
key = "id"
previous_grade = "was"
previous_date = "since"
first_seen = "met"
allow_bad = "100%"
fields = [
  {{ name = "v", type = "number" }}, {{ name = "was", type = "text" }},
  {{ name = "since", type = "date" }}, {{ name = "met", type = "date" }},
]
[sheets.orders]
customer = "who"
date = "day"
id = "no"
fields = [{{ name = "amount", type = "number" }}]
[[metrics]]
name = "m"
from = "orders"
value = "sum(amount)"
per = "{period}"
{metric}
{grades}
{types}
{movement}
"#
        )
    }

    fn first(&self) -> Date {
        Date::parse_iso(&format!("{}-01", self.from)).unwrap()
    }

    /// Files sheets and orders, and what people set.
    pub fn file(&self, world: &mut World) {
        world.filed = self.filed;
        world.overrides = overrides(&self.overrides);
        let first = self.first();
        let lines: Vec<(&String, Vec<&str>)> = self
            .orders
            .iter()
            .map(|(who, line)| (who, line.split_whitespace().collect()))
            .collect();
        let months = lines
            .iter()
            .map(|(_, cells)| cells.len())
            .max()
            .unwrap_or(0);
        for later in 0..months {
            let end = month_end(first, later);
            let (year, month, _) = end.ymd();
            let cells: Vec<(&String, &str)> = lines
                .iter()
                .filter_map(|(who, cells)| Some((*who, *cells.get(later)?)))
                .collect();
            let has = |word| cells.iter().any(|(_, cell)| *cell == word);
            if has("x") {
                continue;
            }
            let mut orders = vec![];
            for (who, cell) in cells.iter().filter(|(_, cell)| !matches!(*cell, "." | "h")) {
                for part in cell.split('+') {
                    let (amount, day) = part.split_once('@').unwrap_or((part, "10"));
                    let day = Date::new(year, month, day.parse().unwrap()).unwrap();
                    orders.push(((*who).clone(), day, amount.parse().unwrap()));
                }
            }
            let start = Date::new(year, month, 1).unwrap();
            world.orders(end, (!has("h")).then_some((start, end)), &orders);
        }
        for (day, rows) in &self.late {
            let rows = rows.split(';').map(|row| {
                let words: Vec<&str> = row.split_whitespace().collect();
                let dated = Date::parse_iso(words[1]).unwrap();
                (words[0].to_owned(), dated, words[2].parse().unwrap())
            });
            let rows: Vec<_> = rows.collect();
            world.orders(Date::parse_iso(day).unwrap(), None, &rows);
        }
        let everybody = || {
            lines
                .iter()
                .map(|(who, _)| who.as_str())
                .collect::<Vec<_>>()
        };
        if self.sheets.is_empty() {
            let rows = self
                .customers
                .clone()
                .unwrap_or_else(|| everybody().join(";"));
            world.sheet(first, &sheet(&rows));
        }
        for (day, rows) in &self.sheets {
            world.sheet(Date::parse_iso(day).unwrap(), &sheet(rows));
        }
    }
}

/// The text of a customers' sheet; one with a header of its own is taken as it is.
fn sheet(rows: &str) -> String {
    if rows.contains('\n') {
        return rows.to_owned();
    }
    let mut text = format!("{}\n", CUSTOMER.join(","));
    for row in rows.split(';').filter(|row| !row.trim().is_empty()) {
        let mut words = row.split_whitespace();
        let id = words.next().unwrap();
        let mut cells = [id, "", "", "", ""];
        for word in words {
            let (key, value) = word.split_once('=').unwrap();
            let place = CUSTOMER.iter().position(|name| *name == key).unwrap();
            cells[place] = value;
        }
        text += &format!("{}\n", cells.join(","));
    }
    text
}

/// `K grade floor B 2024-02-01..2024-03-31`, either end left out.
fn overrides(lines: &[String]) -> Vec<Override> {
    let each = lines.iter().enumerate().map(|(index, line)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (from, until) = words
            .get(4)
            .map_or(("", ""), |w| w.split_once("..").unwrap());
        Override {
            id: index as i64 + 1,
            customer: words[0].into(),
            subject: match words[1] {
                "grade" => Subject::Grade,
                "type" => Subject::Type,
                _ => Subject::Tag,
            },
            hold: match words[2] {
                "floor" => Hold::Floor,
                "ceiling" => Hold::Ceiling,
                _ => Hold::Lock,
            },
            level: words[3].into(),
            reason: "said so".into(),
            by: "somebody".into(),
            from: Date::parse_iso(from),
            until: Date::parse_iso(until),
            review_on: None,
        }
    });
    each.collect()
}
