//! The customers of `docs/functions.md`: a scope and a frame read from the first tables of that page, so that the page
//! and the tests speak of the same values.

use crate::diagnostic::Finding;
use crate::expr::{
    Base, Bound, Domain, Evaluated, Frame, PopulationSpec, Resolution, Scope, SeriesColumn, Slot,
    Symbol, Type, any,
};
use crate::rank::{Population, Populations};
use crate::table::{
    Column, ColumnBuilder, Date, DateTime, Decimal, ListColumn, TextColumn, Unit, Value,
};
use crate::text;
use std::sync::Arc;

pub const PAGE: &str = include_str!("../../../docs/functions.md");

/// The cells of every table row of the page, in order; rulers are left out.
pub fn tables() -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = vec![];
    let mut inside = false;
    for line in PAGE.lines() {
        let row = line
            .trim()
            .strip_prefix('|')
            .and_then(|line| line.strip_suffix('|'));
        if let Some(row) = row {
            if !inside {
                tables.push(vec![]);
            }
            let cells: Vec<String> = row
                .replace("\\|", "\u{1}")
                .split('|')
                .map(|cell| cell.trim().trim_matches('`').replace('\u{1}', "|"))
                .collect();
            if !cells
                .iter()
                .all(|cell| cell.chars().all(|c| c == '-' || c == ':'))
            {
                tables.last_mut().unwrap().push(cells);
            }
        }
        inside = row.is_some();
    }
    tables
}

/// Names with their columns.
pub struct Sample {
    names: Vec<(String, Symbol)>,
    columns: Vec<Column>,
    series: Vec<Option<SeriesColumn>>,
    tags: Vec<Slot>,
    populations: Populations,
    customers: usize,
    pub population_here: bool,
}

fn base_type(written: &str) -> Type {
    let (kind, rest) = written.split_once(' ').unwrap_or((written, ""));
    match kind {
        "number" | "percent" => Type::of(Base::Number),
        "money" => Type::money(Unit::parse(rest)),
        "date" => Type::of(Base::Date),
        "datetime" => Type::of(Base::DateTime),
        "bool" => Type::of(Base::Bool),
        "text" | "tag" => Type::of(Base::Text),
        "list" => Type::of(Base::List),
        "label" => Type::label(Arc::new(Domain {
            what: text!("the labels of 价值", "价值的档名"),
            values: rest.split(' ').map(Into::into).collect(),
        })),
        "series" => Type {
            series: true,
            ..base_type(rest)
        },
        other => panic!("no type {other}"),
    }
}

fn value(ty: &Type, cell: &str) -> Value {
    if cell == "missing" {
        return Value::Missing;
    }
    match ty.base {
        Base::Number => Value::Number(match cell.strip_suffix('%') {
            Some(share) => Decimal::parse(share)
                .unwrap()
                .checked_div(Decimal::HUNDRED)
                .unwrap(),
            None => Decimal::parse(cell).unwrap(),
        }),
        Base::Date => Value::Date(Date::parse_iso(cell).unwrap()),
        Base::DateTime => {
            let (day, time) = cell.split_once(' ').unwrap();
            let (hour, minute) = time.split_once(':').unwrap();
            let second = hour.parse::<u32>().unwrap() * 3600 + minute.parse::<u32>().unwrap() * 60;
            Value::DateTime(DateTime::new(Date::parse_iso(day).unwrap(), second).unwrap())
        }
        Base::Bool => Value::Bool(cell == "true"),
        Base::List => Value::List(cell.split('、').map(Into::into).collect()),
        _ => Value::Text(if cell == "''" { "".into() } else { cell.into() }),
    }
}

fn empty(base: Base) -> Column {
    match base {
        Base::Number => Column::Number(vec![]),
        Base::Date => Column::Date(vec![]),
        Base::DateTime => Column::DateTime(vec![]),
        Base::Bool => Column::Bool(vec![]),
        Base::List => Column::List(ListColumn::default()),
        Base::Text | Base::Null => Column::Text(TextColumn::default()),
    }
}

impl Sample {
    pub fn load() -> Self {
        let mut sample = Self {
            names: vec![],
            columns: vec![],
            series: vec![],
            tags: vec![],
            populations: Populations::new(),
            customers: 0,
            population_here: true,
        };
        for row in &tables()[0][1..] {
            let ty = base_type(&row[1]);
            let slot = Slot(sample.columns.len() as u32);
            let mut builder = ColumnBuilder::like(&empty(ty.base));
            let (mut skipped, mut periods) = (vec![], 0);
            for cell in &row[2..] {
                if ty.series {
                    let cells: Vec<&str> = cell.split(' ').collect();
                    periods = cells.len();
                    skipped = cells.iter().map(|cell| *cell == "skip").collect();
                    for cell in cells {
                        builder.push(&value(&ty, if cell == "skip" { "missing" } else { cell }));
                    }
                } else {
                    builder.push(&value(&ty, cell));
                }
            }
            sample.customers = row.len() - 2;
            let values = builder.finish();
            if ty.series {
                sample.series.push(Some(SeriesColumn {
                    periods,
                    values,
                    ends: (1..=periods as i32).collect(),
                    skipped,
                }));
                sample.columns.push(Column::Bool(vec![]));
            } else {
                sample.series.push(None);
                sample.columns.push(values);
            }
            if row[1] == "tag" {
                sample.tags.push(slot);
            } else {
                sample.names.push((row[0].clone(), Symbol { slot, ty }));
            }
        }
        sample
    }

    pub fn slot_name(&self, slot: Slot) -> &str {
        &self
            .names
            .iter()
            .find(|(_, symbol)| symbol.slot == slot)
            .unwrap()
            .0
    }

    pub fn bind(&self, text: &str) -> Result<(Bound, Vec<PopulationSpec>), Vec<Finding>> {
        let mut specs = vec![];
        any(text, self, &mut specs).map(|bound| (bound, specs))
    }

    /// The values of all customers.
    pub fn eval(&mut self, text: &str) -> Result<Evaluated, Vec<Finding>> {
        let (bound, specs) = self.bind(text)?;
        self.populations = Populations::new();
        for (id, spec) in specs.iter().enumerate() {
            let keys = spec.argument.eval(self).column;
            let within = spec.within.as_ref().map(|within| within.eval(self).column);
            self.populations
                .set(id, Population::build(&keys, within.as_ref()));
        }
        Ok(bound.eval(self))
    }

    /// The values of all customers as the page writes them: one if all are the same.
    pub fn shown(&mut self, text: &str) -> String {
        match self.eval(text) {
            Ok(evaluated) => {
                let mut values: Vec<String> = (0..self.customers)
                    .map(|row| shown(&evaluated.column.value(row)))
                    .collect();
                for fault in &evaluated.faults {
                    values[fault.row as usize].push('!');
                }
                if values.iter().all(|value| *value == values[0]) {
                    values.truncate(1);
                }
                values.join(", ")
            }
            Err(findings) => {
                let words: Vec<_> = findings.iter().map(|f| f.code.word()).collect();
                format!("error: {}", words.join(" "))
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Missing => "missing".into(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.join("、"),
    }
}

impl Scope for Sample {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let written = sheet.map_or_else(|| name.to_owned(), |sheet| format!("{sheet}.{name}"));
        if written == "grade" {
            return Resolution::NotHere(text!("grades are known later", "等级在后面才知道"));
        }
        let found = self.names.iter().find(|(known, _)| *known == written);
        found.map_or(Resolution::Unknown, |(_, symbol)| {
            Resolution::Found(symbol.clone())
        })
    }
    fn names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }
    fn points(&self, dimension: &str) -> Resolution {
        if dimension == "价值" {
            self.resolve(None, "价值分")
        } else {
            Resolution::Unknown
        }
    }
    fn tags(&self) -> Option<&[Slot]> {
        Some(&self.tags)
    }
    fn has_population(&self) -> bool {
        self.population_here
    }
}

impl Frame for Sample {
    fn len(&self) -> usize {
        self.customers
    }
    fn as_of(&self) -> Date {
        Date::new(2024, 3, 31).unwrap()
    }
    fn column(&self, slot: Slot) -> &Column {
        &self.columns[slot.0 as usize]
    }
    fn series(&self, slot: Slot) -> &SeriesColumn {
        self.series[slot.0 as usize].as_ref().unwrap()
    }
    fn populations(&self) -> &Populations {
        &self.populations
    }
}
