//! Counts a grading into its summary.

use super::estimates::estimates;
use super::{Share, Summary};
use crate::decide::Decision;
use crate::diagnostic::{Finding, Lang};
use crate::explain::value_text;
use crate::grading::Grading;
use crate::scheme::model::{GradeRule, Sight};
use crate::table::column::MISSING;
use crate::table::{Column, Decimal, Hash};
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
    let scheme = &grading.scheme;
    let amounts = Amounts::of(grading);
    let grades: Vec<Arc<str>> = scheme
        .grades
        .iter()
        .map(|grade| grade.name.clone())
        .collect();
    let mut grade_shares = amounts.shares(grading, &grades, |row| {
        grading.decided[row].grade.map(|grade| grade as usize)
    });
    for (share, index) in grade_shares.iter_mut().zip(0..) {
        share.cutoff = cutoff(grading, index, lang);
    }
    let types: Vec<Arc<str>> = scheme.types.iter().map(|rule| rule.name.clone()).collect();
    let dimensions = (0..scheme.dimensions.len())
        .map(|index| {
            (
                scheme.dimensions[index].name.clone(),
                labels(grading, index, &amounts),
            )
        })
        .collect();
    Summary {
        lang,
        scheme: (scheme.name.clone(), scheme.version.clone()),
        scheme_hash: Hash::of(scheme_text),
        scheme_text: scheme_text.to_owned(),
        as_of: grading.book.as_of,
        version: env!("CARGO_PKG_VERSION"),
        inputs,
        customers: grading.len() + grading.book.roster.refused.len(),
        decisions: Decision::ALL
            .into_iter()
            .map(|decision| (decision, grading.count(decision)))
            .filter(|(_, count)| *count > 0)
            .collect(),
        grades: grade_shares,
        types: amounts.shares(grading, &types, |row| {
            grading.classification.types[row].index()
        }),
        dimensions,
        tags: tags(grading, &amounts),
        amount: amounts.name.clone(),
        unrated: grading.count(Decision::Unrated),
        refused: grading.count(Decision::Refused),
        reviews: scheme
            .reviews
            .iter()
            .zip(&grading.classification.reviews)
            .map(|(review, queue)| (review.name.clone(), queue.len()))
            .collect(),
        estimates: estimates(grading, lang),
        findings,
    }
}

/// The money whose shares are told.
struct Amounts<'a> {
    name: Option<String>,
    values: Option<&'a [i64]>,
}

impl<'a> Amounts<'a> {
    fn of(grading: &'a Grading) -> Self {
        let scheme = &grading.scheme;
        // A role that does not see the amounts does not see their sums.
        let slot = scheme.amount();
        let slot = slot.filter(|slot| scheme.slots.sight(*slot) == Sight::Open);
        let Some(slot) = slot else {
            return Self {
                name: None,
                values: None,
            };
        };
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
        match grading.facts.get(slot) {
            Column::Number(values) => Self {
                name: Some(format!("{}{unit}{mark}", entry.name)),
                values: Some(values),
            },
            _ => Self {
                name: None,
                values: None,
            },
        }
    }

    /// How many customers each name has, what share of all who have one, and the same of the amount.
    fn shares(
        &self,
        grading: &Grading,
        names: &[Arc<str>],
        of: impl Fn(usize) -> Option<usize>,
    ) -> Vec<Share> {
        let mut counts = vec![(0usize, 0i128); names.len()];
        for row in 0..grading.len() {
            if let Some(index) = of(row) {
                counts[index].0 += 1;
                counts[index].1 += self.at(row);
            }
        }
        let all: usize = counts.iter().map(|(count, _)| count).sum();
        let total: i128 = counts.iter().map(|(_, sum)| sum).sum();
        names
            .iter()
            .zip(counts)
            .map(|(name, (count, sum))| Share {
                name: name.clone(),
                count,
                share: ratio(count as i128, all as i128),
                amount: self.values.and_then(|_| Decimal::from_wide(sum)),
                amount_share: self.values.filter(|_| total > 0).map(|_| ratio(sum, total)),
                cutoff: None,
            })
            .collect()
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
fn cutoff(grading: &Grading, index: usize, lang: Lang) -> Option<String> {
    let scheme = &grading.scheme;
    let GradeRule::Top(top) = &scheme.grades[index].rule else {
        return None;
    };
    let keys = &grading.assessment.cuts[index].cutoff;
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

/// The labels of a dimension, in order, each once.
fn labels(grading: &Grading, index: usize, amounts: &Amounts<'_>) -> Vec<Share> {
    let dimension = &grading.scheme.dimensions[index];
    let names = dimension.rule.labels();
    let Column::Text(labels) = grading.facts.get(dimension.label_slot) else {
        return amounts.shares(grading, &names, |_| None);
    };
    let place = |label: &Arc<str>| names.iter().position(|name| name == label);
    let places: Vec<Option<usize>> = labels.dictionary.iter().map(place).collect();
    amounts.shares(grading, &names, |row| {
        places.get(labels.codes[row] as usize).copied().flatten()
    })
}

/// All tags, the most frequent first.
fn tags(grading: &Grading, amounts: &Amounts<'_>) -> Vec<Share> {
    let mut counts: HashMap<Arc<str>, (usize, i128)> = HashMap::default();
    for tag in &grading.scheme.tags {
        let Column::Text(texts) = grading.facts.get(tag.slot) else {
            continue;
        };
        let mut by_code = vec![(0, 0); texts.dictionary.len()];
        for (row, code) in texts.codes.iter().enumerate() {
            if let Some((count, amount)) = by_code.get_mut(*code as usize) {
                *count += 1;
                *amount += amounts.at(row);
            }
        }
        for (text, (count, amount)) in texts.dictionary.iter().zip(by_code) {
            if count > 0 && !text.is_empty() {
                let all = counts.entry(text.clone()).or_default();
                all.0 += count;
                all.1 += amount;
            }
        }
    }
    let total: i128 = (0..grading.len()).map(|row| amounts.at(row)).sum();
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(name, (count, sum))| Share {
            name,
            count,
            share: ratio(count as i128, grading.len() as i128),
            amount: amounts.values.and_then(|_| Decimal::from_wide(sum)),
            amount_share: amounts
                .values
                .filter(|_| total > 0)
                .map(|_| ratio(sum, total)),
            cutoff: None,
        })
        .collect();
    shares.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    shares
}
