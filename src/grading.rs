//! The whole pure path: what is known on a date → every customer's grade, type, tags and strategy.
//!
//! No I/O, no clock, no printing: the clock is the book's as-of date, and what there is to say comes back as findings.

use crate::assess::{Assessment, Choice, Facts, assess};
use crate::book::{Book, Earlier};
use crate::classify::{self, Classification};
use crate::decide::{Decided, Decision, decide};
use crate::diagnostic::Finding;
use crate::metrics::{self, MetricColumn};
use crate::scheme::model::{Scheme, SlotKind};
use crate::table::column::{MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, Date, TextColumn};
use std::sync::Arc;

/// One grading: everything that was worked out for every customer.
#[derive(Clone, Debug)]
pub struct Grading {
    /// The scheme.
    pub scheme: Arc<Scheme>,
    /// What was known.
    pub book: Book,
    /// All columns by slot.
    pub facts: Facts,
    /// Bands, points and the grade that the values give.
    pub assessment: Assessment,
    /// The grade that counts, and what happened to it.
    pub decided: Vec<Decided>,
    /// Types, reviews and strategies.
    pub classification: Classification,
    /// What was found in data and on the way.
    pub findings: Vec<Finding>,
}

/// Grades all customers of a book.
pub fn grade(scheme: Arc<Scheme>, mut book: Book) -> Grading {
    let mut findings = std::mem::take(&mut book.findings);
    let mut facts = Facts::new(&scheme, book.roster.ids.clone(), book.as_of);
    fill_given(&scheme, &book, &mut facts);
    let first_seen = first_seen(&scheme, &book);
    let metrics = metrics::compute(&scheme, &book, &first_seen, &mut findings);
    for (metric, column) in scheme.metrics.iter().zip(metrics) {
        match column {
            MetricColumn::Value(column) => facts.set(metric.slot, column),
            MetricColumn::Series(series) => facts.set_series(metric.slot, series),
        }
    }
    let assessment = assess(&scheme, &mut facts, &mut findings);
    // What holds a grade is decided on the grade that the values give; what comes after sees the one that counts.
    set_grades(&scheme, &assessment.grades, &mut facts);
    let holding = classify::holding_reviews(&scheme, &mut facts, &mut findings);
    let held = classify::held(&holding, book.roster.len());
    let rated = !scheme.grades.is_empty();
    let none = Earlier::default();
    let decided: Vec<Decided> = assessment
        .grades
        .iter()
        .enumerate()
        .map(|(row, values)| {
            let earlier = book
                .customers
                .as_ref()
                .map_or(&none, |customers| &customers.earlier[row]);
            decide(rated, *values, earlier, held[row], book.as_of)
        })
        .collect();
    let counting: Vec<Choice> = decided
        .iter()
        .map(|decided| decided.grade.map_or(Choice::NoneHolds, Choice::Is))
        .collect();
    set_grades(&scheme, &counting, &mut facts);
    let types = classify::types(&scheme, &mut facts, &mut findings);
    classify::tags(&scheme, &mut facts, &mut findings);
    let reviews = classify::reviews(&scheme, holding, &mut facts, &mut findings);
    let strategies = classify::strategies(&scheme, &mut facts, &mut findings);
    let classification = Classification {
        types,
        strategies,
        reviews,
    };
    Grading {
        scheme,
        book,
        facts,
        assessment,
        decided,
        classification,
        findings,
    }
}

/// Fills the column of `grade`.
fn set_grades(scheme: &Scheme, grades: &[Choice], facts: &mut Facts) {
    if let Some(slot) = scheme.slot_of(SlotKind::Grade) {
        facts.set(slot, classify::named(grades, grade_names(scheme)));
    }
}

fn grade_names(scheme: &Scheme) -> Vec<Arc<str>> {
    let names = scheme.grades.iter().map(|grade| grade.name.clone());
    names.collect()
}

/// Fills the columns that need no work: fields, lookups, keys and what was before.
fn fill_given(scheme: &Scheme, book: &Book, facts: &mut Facts) {
    for (index, entry) in scheme.slots.entries.iter().enumerate() {
        let slot = crate::expr::Slot(index as u32);
        let column = match entry.kind {
            SlotKind::Field(field) => book
                .customers
                .as_ref()
                .map(|customers| customers.columns[field].clone()),
            SlotKind::LookupField(lookup, field) => book
                .lookups
                .get(lookup)
                .map(|rows| rows.columns[field].clone()),
            SlotKind::Id => Some(Column::Text(TextColumn {
                codes: (0..book.roster.len() as u32).collect(),
                dictionary: Arc::new(book.roster.ids.clone()),
            })),
            SlotKind::PreviousGrade => {
                Some(before(book, grade_names(scheme), |earlier| earlier.grade))
            }
            SlotKind::PreviousType => {
                let names = scheme.types.iter().map(|rule| rule.name.clone()).collect();
                Some(before(book, names, |earlier| earlier.kind))
            }
            _ => None,
        };
        if let Some(column) = column {
            facts.set(slot, column);
        }
    }
}

/// The names of what was before; '' where there is none.
fn before(book: &Book, mut names: Vec<Arc<str>>, of: impl Fn(&Earlier) -> Option<usize>) -> Column {
    let none = names.len();
    names.push("".into());
    let codes = match &book.customers {
        Some(customers) => customers
            .earlier
            .iter()
            .map(|earlier| of(earlier).unwrap_or(none) as u32)
            .collect(),
        None => vec![none as u32; book.roster.len()],
    };
    Column::Text(TextColumn {
        codes,
        dictionary: Arc::new(names),
    })
}

/// For each customer the day since which no rows mean zero: the earliest of the first event, `first_seen` and
/// `previous_date`.
fn first_seen(scheme: &Scheme, book: &Book) -> Vec<i32> {
    let mut first = metrics::first_events(book);
    let mut earlier = |row: usize, day: i32| {
        if day != MISSING_DATE && (first[row] == MISSING_DATE || day < first[row]) {
            first[row] = day;
        }
    };
    if let (Some(rule), Some(rows)) = (&scheme.customers, &book.customers) {
        if let Some(field) = rule.first_seen {
            for row in 0..book.roster.len() {
                let day = metrics::day_at(&rows.columns[field], row);
                earlier(row, day.map_or(MISSING_DATE, Date::days));
            }
        }
        for (row, before) in rows.earlier.iter().enumerate() {
            earlier(row, before.since.map_or(MISSING_DATE, Date::days));
        }
    }
    // Unknown: later than any period, so that nothing is taken for zero.
    first
        .into_iter()
        .map(|day| if day == MISSING_DATE { i32::MAX } else { day })
        .collect()
}

impl Grading {
    /// How many customers there are, refused rows left out.
    pub fn len(&self) -> usize {
        self.decided.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.decided.is_empty()
    }

    /// What a customer was before.
    pub fn earlier(&self, row: usize) -> Earlier {
        self.book
            .customers
            .as_ref()
            .map_or_else(Earlier::default, |customers| customers.earlier[row])
    }

    /// Steps since the run before: 1 is one grade up; `None` where there is none to compare with.
    pub fn steps(&self, row: usize) -> Option<i32> {
        let now = self.decided[row].grade? as i32;
        Some(self.earlier(row).grade? as i32 - now)
    }

    /// The name of a customer's grade.
    pub fn grade_name(&self, row: usize) -> Option<&Arc<str>> {
        self.decided[row]
            .grade
            .map(|grade| &self.scheme.grades[grade as usize].name)
    }

    /// The name of a customer's type.
    pub fn type_name(&self, row: usize) -> Option<&Arc<str>> {
        self.classification.types[row]
            .index()
            .map(|index| &self.scheme.types[index].name)
    }

    /// The tags of a customer, in the order of the scheme, each once.
    pub fn tags(&self, row: usize) -> Vec<Arc<str>> {
        let mut tags: Vec<Arc<str>> = vec![];
        for tag in &self.scheme.tags {
            if let Column::Text(texts) = self.facts.get(tag.slot) {
                let text = match texts.codes[row] {
                    MISSING_TEXT => continue,
                    code => texts.dictionary[code as usize].clone(),
                };
                if !text.is_empty() && !tags.contains(&text) {
                    tags.push(text);
                }
            }
        }
        tags
    }

    /// The review rules for which a customer waits, by their place in the scheme.
    pub fn reviews(&self, row: usize) -> impl Iterator<Item = usize> {
        let queues = self.classification.reviews.iter().enumerate();
        queues
            .filter(move |(_, queue)| queue.binary_search(&(row as u32)).is_ok())
            .map(|(index, _)| index)
    }

    /// How many customers a decision has.
    pub fn count(&self, decision: Decision) -> usize {
        match decision {
            Decision::Refused => self.book.roster.refused.len(),
            _ => self
                .decided
                .iter()
                .filter(|decided| decided.decision == decision)
                .count(),
        }
    }
}
