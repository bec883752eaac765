//! Counts a grading into its summary.

use super::estimates::estimates;
use super::{Share, Summary};
use crate::decide::Decision;
use crate::diagnostic::{Finding, Lang};
use crate::explain::value_text;
use crate::grading::Grading;
use crate::rank::better_first;
use crate::scheme::Scheme;
use crate::scheme::model::{GradeRule, Sight};
use crate::table::column::{MISSING, Value};
use crate::table::{Column, Date, Decimal, Hash};
use crate::words::estimate_mark;
use foldhash::HashMap;
use std::sync::Arc;

/// The summary of a grading. `scheme_text` is the scheme as it was run, `inputs` the files with their rows.
pub fn summarise(
    grading: &Grading,
    lang: Lang,
    scheme_text: &str,
    inputs: Vec<(String, usize)>,
    findings: Vec<Finding>,
) -> Summary {
    let tally = Tally::of(grading);
    let of = Of {
        scheme: &grading.scheme,
        as_of: grading.book.as_of,
        lang,
        text: scheme_text,
    };
    let mut summary = tally.summary(&of, inputs, findings);
    summary.estimates = estimates(grading, lang);
    summary
}

/// What a summary is of.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The as-of date.
    pub as_of: Date,
    /// The language.
    pub lang: Lang,
    /// The text of the scheme.
    pub text: &'a str,
}

/// How many customers there are of each sort, with the amount that is theirs: what a summary tells, as sums, so that
/// those of parts can be added up.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Customers, refused ones left out, and their amount.
    all: Count,
    decisions: Vec<usize>,
    grades: Vec<Count>,
    types: Vec<Count>,
    dimensions: Vec<Vec<Count>>,
    tags: HashMap<Arc<str>, Count>,
    reviews: Vec<usize>,
    /// For each grade by rank the keys of the last customer who has it; else none.
    cutoffs: Vec<Vec<Value>>,
    /// Whether there are amounts.
    has_amount: bool,
}

/// How many customers, and the sum of their amounts in millionths.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    customers: usize,
    amount: i128,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.customers += other.customers;
        self.amount += other.amount;
    }
}

fn add_each(all: &mut [Count], more: &[Count]) {
    for (all, more) in all.iter_mut().zip(more) {
        all.add(*more);
    }
}

impl Tally {
    /// Of a grading.
    pub fn of(grading: &Grading) -> Self {
        let scheme = &grading.scheme;
        let amounts = Amounts::of(grading);
        let grades = amounts.count(grading, scheme.grades.len(), |row| {
            grading.decided[row].grade.map(|grade| grade as usize)
        });
        let types = amounts.count(grading, scheme.types.len(), |row| {
            grading.classification.types[row].index()
        });
        let dimensions = 0..scheme.dimensions.len();
        Self {
            all: Count {
                customers: grading.len(),
                amount: (0..grading.len()).map(|row| amounts.at(row)).sum(),
            },
            decisions: Decision::ALL
                .into_iter()
                .map(|decision| grading.count(decision))
                .collect(),
            grades,
            types,
            dimensions: dimensions
                .map(|index| labels(grading, index, &amounts))
                .collect(),
            tags: tags(grading, &amounts),
            reviews: grading
                .classification
                .reviews
                .iter()
                .map(Vec::len)
                .collect(),
            cutoffs: {
                let cuts = grading.assessment.cuts.iter();
                cuts.map(|cut| cut.cutoff.clone()).collect()
            },
            has_amount: amounts.values.is_some(),
        }
    }

    /// Adds those of another part by the same scheme.
    pub fn add(&mut self, more: Self) {
        if self.decisions.is_empty() {
            *self = more;
            return;
        }
        self.all.add(more.all);
        for (all, more) in self.decisions.iter_mut().zip(&more.decisions) {
            *all += more;
        }
        add_each(&mut self.grades, &more.grades);
        add_each(&mut self.types, &more.types);
        for (all, more) in self.dimensions.iter_mut().zip(&more.dimensions) {
            add_each(all, more);
        }
        for (tag, count) in more.tags {
            self.tags.entry(tag).or_default().add(count);
        }
        for (all, more) in self.reviews.iter_mut().zip(&more.reviews) {
            *all += more;
        }
        for (last, more) in self.cutoffs.iter_mut().zip(more.cutoffs) {
            if last.is_empty() || (!more.is_empty() && better_first(last, &more).is_lt()) {
                *last = more;
            }
        }
    }

    /// How many customers a decision has.
    pub fn decided(&self, decision: Decision) -> usize {
        let place = Decision::ALL
            .into_iter()
            .position(|other| other == decision);
        place
            .and_then(|place| self.decisions.get(place).copied())
            .unwrap_or_default()
    }

    /// How many customers there are, refused ones too.
    pub fn customers(&self) -> usize {
        self.all.customers + self.decided(Decision::Refused)
    }

    /// How many different tags there are.
    pub fn tags(&self) -> usize {
        self.tags.len()
    }

    /// The figures: everything but estimates, which only all customers together tell.
    pub fn summary(
        self,
        of: &Of<'_>,
        inputs: Vec<(String, usize)>,
        findings: Vec<Finding>,
    ) -> Summary {
        let scheme = of.scheme;
        let grades: Vec<Arc<str>> = scheme
            .grades
            .iter()
            .map(|grade| grade.name.clone())
            .collect();
        let types: Vec<Arc<str>> = scheme.types.iter().map(|rule| rule.name.clone()).collect();
        let shares = |names: &[Arc<str>], counts: &[Count]| {
            let all: usize = counts.iter().map(|count| count.customers).sum();
            let total: i128 = counts.iter().map(|count| count.amount).sum();
            let share = |(name, count): (&Arc<str>, &Count)| self.share(name, *count, all, total);
            names.iter().zip(counts).map(share).collect()
        };
        let mut grades: Vec<Share> = shares(&grades, &self.grades);
        for ((share, grade), keys) in grades.iter_mut().zip(&scheme.grades).zip(&self.cutoffs) {
            share.cutoff = cutoff(scheme, &grade.rule, keys, of.lang);
        }
        let dimensions = scheme.dimensions.iter().zip(&self.dimensions);
        let mut tags: Vec<Share> = self
            .tags
            .iter()
            .map(|(name, count)| self.share(name, *count, self.all.customers, self.all.amount))
            .collect();
        tags.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        let (unrated, refused) = (
            self.decided(Decision::Unrated),
            self.decided(Decision::Refused),
        );
        Summary {
            lang: of.lang,
            scheme: (scheme.name.clone(), scheme.version.clone()),
            scheme_hash: Hash::of(of.text),
            scheme_text: of.text.to_owned(),
            as_of: of.as_of,
            version: env!("CARGO_PKG_VERSION"),
            inputs,
            customers: self.customers(),
            decisions: Decision::ALL
                .into_iter()
                .zip(self.decisions.iter().copied())
                .filter(|(_, count)| *count > 0)
                .collect(),
            grades,
            types: shares(&types, &self.types),
            dimensions: dimensions
                .map(|(dimension, counts)| {
                    (
                        dimension.name.clone(),
                        shares(&dimension.rule.labels(), counts),
                    )
                })
                .collect(),
            tags,
            amount: amount_name(scheme).filter(|_| self.has_amount),
            unrated,
            refused,
            reviews: scheme
                .reviews
                .iter()
                .zip(&self.reviews)
                .map(|(review, waiting)| (review.name.clone(), *waiting))
                .collect(),
            estimates: vec![],
            findings,
        }
    }

    /// The share of a name, of `all` customers with `total` in all.
    fn share(&self, name: &Arc<str>, count: Count, all: usize, total: i128) -> Share {
        let amount = self.has_amount.then_some(count.amount);
        Share {
            name: name.clone(),
            count: count.customers,
            share: ratio(count.customers as i128, all as i128),
            amount: amount.and_then(Decimal::from_wide),
            amount_share: amount
                .filter(|_| total > 0)
                .map(|amount| ratio(amount, total)),
            cutoff: None,
        }
    }
}

/// The money whose shares are told, as it is headed; none that a role does not see: its sums would tell of it.
fn amount_name(scheme: &Scheme) -> Option<String> {
    let slot = scheme.amount()?;
    if scheme.slots.sight(slot) != Sight::Open {
        return None;
    }
    let entry = &scheme.slots.entries[slot.0 as usize];
    let unit = match &entry.ty.measure {
        crate::expr::Measure::Money(Some(unit)) => format!("（{unit}）"),
        _ => String::new(),
    };
    let mark = if entry.is_estimate {
        estimate_mark(scheme.language)
    } else {
        ""
    };
    Some(format!("{}{unit}{mark}", entry.name))
}

/// The money of each customer.
struct Amounts<'a> {
    values: Option<&'a [i64]>,
}

impl<'a> Amounts<'a> {
    fn of(grading: &'a Grading) -> Self {
        let scheme = &grading.scheme;
        let slot = scheme.amount();
        let slot = slot.filter(|slot| scheme.slots.sight(*slot) == Sight::Open);
        let values = match slot.map(|slot| grading.facts.get(slot)) {
            Some(Column::Number(values)) => Some(&values[..]),
            _ => None,
        };
        Self { values }
    }

    /// How many customers each of `names` has.
    fn count(
        &self,
        grading: &Grading,
        names: usize,
        of: impl Fn(usize) -> Option<usize>,
    ) -> Vec<Count> {
        let mut counts = vec![Count::default(); names];
        for row in 0..grading.len() {
            if let Some(count) = of(row).and_then(|index| counts.get_mut(index)) {
                count.add(self.of_row(row));
            }
        }
        counts
    }

    fn of_row(&self, row: usize) -> Count {
        Count {
            customers: 1,
            amount: self.at(row),
        }
    }

    fn at(&self, row: usize) -> i128 {
        self.values
            .map(|values| values[row])
            .filter(|value| *value != MISSING)
            .map_or(0, i128::from)
    }
}

/// `part / whole` to six places; nought of nothing.
fn ratio(part: i128, whole: i128) -> Decimal {
    if whole == 0 {
        return Decimal::ZERO;
    }
    let millionths = crate::table::decimal::divide_half_away(part * 1_000_000, whole);
    Decimal::from_wide(millionths).unwrap_or_default()
}

/// The least keys that are in a grade by rank: `年采购额 500`.
fn cutoff(scheme: &Scheme, rule: &GradeRule, keys: &[Value], lang: Lang) -> Option<String> {
    let GradeRule::Top(top) = rule else {
        return None;
    };
    let items: Vec<String> = top
        .by
        .iter()
        .zip(keys)
        .map(|(by, key)| {
            let value = match by.bound.slots()[..] {
                [slot] => value_text(scheme, slot, key, lang),
                _ => crate::classify::plain_text(key, lang).unwrap_or_default(),
            };
            format!("{} {value}", by.text)
        })
        .collect();
    (!items.is_empty()).then(|| items.join(", "))
}

/// How many customers each label of a dimension has, in order, each once.
fn labels(grading: &Grading, index: usize, amounts: &Amounts<'_>) -> Vec<Count> {
    let dimension = &grading.scheme.dimensions[index];
    let names = dimension.rule.labels();
    let Column::Text(labels) = grading.facts.get(dimension.label_slot) else {
        return vec![Count::default(); names.len()];
    };
    let known: HashMap<&Arc<str>, usize> = names.iter().zip(0..).collect();
    let place = |label: &Arc<str>| known.get(label).copied();
    let places: Vec<Option<usize>> = labels.dictionary.iter().map(place).collect();
    amounts.count(grading, names.len(), |row| {
        places.get(labels.codes[row] as usize).copied().flatten()
    })
}

/// How many customers each tag has.
fn tags(grading: &Grading, amounts: &Amounts<'_>) -> HashMap<Arc<str>, Count> {
    let mut counts: HashMap<Arc<str>, Count> = HashMap::default();
    for tag in &grading.scheme.tags {
        let Column::Text(texts) = grading.facts.get(tag.slot) else {
            continue;
        };
        let mut by_code = vec![Count::default(); texts.dictionary.len()];
        for (row, code) in texts.codes.iter().enumerate() {
            if let Some(count) = by_code.get_mut(*code as usize) {
                count.add(amounts.of_row(row));
            }
        }
        for (text, of_code) in texts.dictionary.iter().zip(by_code) {
            if of_code.customers > 0 && !text.is_empty() {
                counts.entry(text.clone()).or_default().add(of_code);
            }
        }
    }
    counts
}
