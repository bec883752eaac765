//! Customers in groups that part them: everybody of a report is in exactly one, so that the rows of a table add up.

use super::material::{Amount, Material};
use super::{Cell, Column, Kind, Label, Row};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::scheme::model::Dimension;
use crate::table::{Column as Values, Decimal, Truth};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

use super::cells::said;

/// A partition of a report's customers.
pub struct Groups {
    /// Its key: `grade`, `type`, `dimension.价值贡献`.
    pub key: String,
    /// What the groups are.
    pub heading: String,
    /// The groups in order.
    pub list: Vec<Label>,
    /// Whether the last group is of those who are in none of the others.
    pub has_none: bool,
    /// For each customer of the scope, in its order, the group.
    of: Vec<u32>,
}

/// A number over some customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many have one.
    pub known: usize,
    /// How many have none.
    pub unknown: usize,
    /// The sum of those that have one, in millionths.
    pub total: i128,
}

/// Yes, no and unknown of some customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// For how many it holds.
    pub yes: usize,
    /// For how many it does not.
    pub no: usize,
    /// Of how many nobody knows.
    pub unknown: usize,
}

impl Sum {
    /// Takes a value in.
    pub fn add(&mut self, value: Option<i64>) {
        match value {
            Some(value) => {
                self.known += 1;
                self.total += i128::from(value);
            }
            None => self.unknown += 1,
        }
    }

    /// With others beside them.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            known: self.known + other.known,
            unknown: self.unknown + other.unknown,
            total: self.total + other.total,
        }
    }

    /// The sum; `None` where nobody has a value, or beyond all numbers.
    pub fn amount(&self) -> Option<Decimal> {
        Decimal::from_wide(self.total).filter(|_| self.known > 0)
    }

    /// The sum by how many have a value.
    pub fn mean(&self) -> Option<Decimal> {
        if self.known == 0 {
            return None;
        }
        let mean = crate::table::decimal::divide_half_away(self.total, self.known as i128);
        Decimal::from_wide(mean)
    }
}

impl Tally {
    /// With others beside them.
    #[must_use]
    pub const fn plus(self, other: &Self) -> Self {
        Self {
            yes: self.yes + other.yes,
            no: self.no + other.no,
            unknown: self.unknown + other.unknown,
        }
    }

    /// Takes one in.
    pub const fn add(&mut self, truth: Truth) {
        match truth {
            Truth::True => self.yes += 1,
            Truth::False => self.no += 1,
            Truth::Unknown => self.unknown += 1,
        }
    }
}

impl Groups {
    /// Groups by a place among `list`; those without one come last, as `none`, if there are any.
    pub fn new(
        key: impl Into<String>,
        heading: impl Into<String>,
        mut list: Vec<Label>,
        none: &str,
        places: impl Iterator<Item = Option<usize>>,
    ) -> Self {
        let outside = list.len();
        let of: Vec<u32> = places
            .map(|place| place.unwrap_or(outside) as u32)
            .collect();
        let has_none = of.contains(&(outside as u32));
        if has_none {
            list.push(Label::plain(none));
        }
        Self {
            key: key.into(),
            heading: heading.into(),
            list,
            has_none,
            of,
        }
    }

    /// By what customers are graded: grades, else types, else one group of everybody.
    pub fn main(material: &Material<'_>) -> Self {
        Self::by_grade(material)
            .or_else(|| Self::by_type(material))
            .unwrap_or_else(|| {
                let all = said(material.lang, text!("all customers", "全部客户"));
                let places = material.scope.rows().iter().map(|_| Some(0));
                let heading = Word::Customer.get(material.lang);
                Self::new("all", heading, vec![Label::plain(all)], "", places)
            })
    }

    /// By grade; `None` in a scheme without grades.
    pub fn by_grade(material: &Material<'_>) -> Option<Self> {
        let grading = material.grading;
        let grades = grading.scheme.grades.iter().enumerate();
        let list: Vec<Label> = grades
            .map(|(place, grade)| Label {
                text: grade.name.clone(),
                grade: Some(place),
            })
            .collect();
        let rows = material.scope.rows().iter();
        let places = rows.map(|row| {
            grading.decided[*row as usize]
                .grade
                .map(|grade| grade as usize)
        });
        let none = Decision::Unrated.word(material.lang);
        let heading = Word::Grade.get(material.lang);
        (!list.is_empty()).then(|| Self::new("grade", heading, list, none, places))
    }

    /// By type; `None` in a scheme without types.
    pub fn by_type(material: &Material<'_>) -> Option<Self> {
        let grading = material.grading;
        let types = grading.scheme.types.iter();
        let list: Vec<Label> = types.map(|rule| Label::plain(rule.name.clone())).collect();
        let rows = material.scope.rows().iter();
        let places = rows.map(|row| grading.classification.types[*row as usize].index());
        let none = said(material.lang, text!("no type", "无类型"));
        let heading = Word::Type.get(material.lang);
        (!list.is_empty()).then(|| Self::new("type", heading, list, &none, places))
    }

    /// By the label of a dimension.
    pub fn by_label(material: &Material<'_>, dimension: &Dimension) -> Self {
        let list: Vec<Arc<str>> = dimension.rule.labels();
        let column = material.grading.facts.get(dimension.label_slot);
        let rows = material.scope.rows().iter();
        let places: Vec<Option<usize>> = match column {
            Values::Text(texts) => {
                let dictionary = texts.dictionary.iter();
                let known: Vec<Option<usize>> = dictionary
                    .map(|text| list.iter().position(|label| label == text))
                    .collect();
                let place = |row: &u32| known.get(texts.codes[*row as usize] as usize).copied()?;
                rows.map(place).collect()
            }
            _ => rows.map(|_| None).collect(),
        };
        let none = said(material.lang, text!("no label", "无标签"));
        let list = list.into_iter().map(Label::plain).collect();
        let key = format!("dimension.{}", dimension.name);
        Self::new(key, &*dimension.name, list, &none, places.into_iter())
    }

    /// The group of the customer at a place of the scope.
    pub fn at(&self, place: usize) -> usize {
        self.of[place] as usize
    }

    /// The key of a group in JSON: its name, or `unrated` of those who are in none, in every language.
    pub fn key(&self, prefix: &str, group: usize) -> String {
        if self.has_none && group + 1 == self.list.len() {
            return "unrated".to_owned();
        }
        format!("{prefix}.{}", self.list[group].text)
    }

    /// How many customers each has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.list.len()];
        for group in &self.of {
            counts[*group as usize] += 1;
        }
        counts
    }

    /// How many customers there are.
    pub const fn len(&self) -> usize {
        self.of.len()
    }

    /// A number over each group.
    pub fn sums(&self, rows: &[u32], amount: &Amount<'_>) -> Vec<Sum> {
        let mut sums = vec![Sum::default(); self.list.len()];
        for (place, row) in rows.iter().enumerate() {
            sums[self.at(place)].add(amount.at(*row));
        }
        sums
    }

    /// For how many of each group something holds.
    pub fn tallies(&self, rows: &[u32], truths: &[Truth]) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.list.len()];
        for (place, row) in rows.iter().enumerate() {
            tallies[self.at(place)].add(truths[*row as usize]);
        }
        tallies
    }

    /// The column that names the groups.
    pub fn column(&self) -> Column {
        Column::new("name", &*self.heading, Kind::Text)
    }

    /// The rows of a table, each with the group's name first and its colour, and the row of all of them.
    pub fn rows(
        &self,
        lang: Lang,
        cells: impl Fn(usize) -> Vec<Cell>,
        total: Vec<Cell>,
    ) -> Vec<Row> {
        let groups = self.list.iter().enumerate();
        let rows = groups.map(|(group, label)| {
            let mut all = vec![Cell::Text(label.text.clone())];
            all.extend(cells(group));
            Row::new(all).of_grade(label.grade)
        });
        let mut rows: Vec<Row> = rows.collect();
        let mut all = vec![Cell::text(Word::Total.get(lang))];
        all.extend(total);
        rows.push(Row::total(all));
        rows
    }
}
