//! Which other texts a value may take: those that the scheme itself names. What stands in the rows of other customers is
//! theirs and no suggestion to anybody.

use super::About;
use super::leaf::{Leaf, expressions, kind};
use super::others::{Rest, field_of};
use crate::clean::sheet::text_at;
use crate::expr::{Bound, Comparison, Node, Scalar, Slot};
use crate::grading::Grading;
use crate::scheme::model::{Asked, Expression, Field, MetricSource, Scheme, SlotKind};
use crate::table::Value;
use std::sync::Arc;

/// So many keys of a lookup are tried.
const MOST_KEYS: usize = 200;

/// The texts that may stand there instead, and what else may, that the scheme does not name.
pub(super) fn texts(grading: &Grading, leaf: &Leaf) -> (Vec<Arc<str>>, Rest) {
    let scheme = &*grading.scheme;
    let field = field_of(scheme, leaf.slot).or_else(|| source_of(scheme, leaf.slot));
    if let Some(field) = field.filter(|field| !field.choices.is_empty()) {
        return (field.choices.clone(), Rest::Nothing);
    }
    let (mut named, by_name) = named(scheme, leaf.slot, leaf.about);
    // The rows of a lookup belong to the scheme and to no customer.
    for lookup in &leaf.chooses {
        let keys = scheme.lookups[*lookup].key;
        let keys = &grading.book.lookups[*lookup].clean.columns[keys];
        let mut keys: Vec<Arc<str>> = (0..keys.len()).map(|row| text_at(keys, row)).collect();
        keys.sort_unstable();
        named.extend(keys.into_iter().take(MOST_KEYS));
    }
    let pattern = field.and_then(|field| field.limits.pattern.as_ref());
    let mut texts: Vec<Arc<str>> = vec![];
    for text in named {
        let fits = !text.is_empty() && pattern.is_none_or(|pattern| pattern.matches(&text));
        if fits && !texts.contains(&text) {
            texts.push(text);
        }
    }
    let rest = match (by_name && pattern.is_none(), &leaf.chooses[..]) {
        // Without a row in the lookup it is nothing that people would write.
        (_, [_, ..]) => Rest::Nothing,
        (true, []) => Rest::Same,
        (false, []) => Rest::Open,
    };
    (texts, rest)
}

/// The items that a list may have: its choices, else those that the scheme names.
pub(super) fn items(scheme: &Scheme, leaf: &Leaf) -> Vec<Arc<str>> {
    match field_of(scheme, leaf.slot) {
        Some(field) if !field.choices.is_empty() => field.choices.clone(),
        _ => named(scheme, leaf.slot, leaf.about).0,
    }
}

/// The field of events that a metric takes its text or its day from.
pub(super) fn source_of(scheme: &Scheme, slot: Slot) -> Option<&Field> {
    let SlotKind::Metric(metric) = kind(scheme, slot) else {
        return None;
    };
    let metric = &scheme.metrics[metric];
    let MetricSource::Events(sheet) = metric.from else {
        return None;
    };
    match metric.value.argument.as_ref()?.node {
        Node::Slot(field) => scheme.events[sheet].sheet.fields.get(field.0 as usize),
        _ => None,
    }
}

/// The texts that conditions hold a column against, in their order, and whether they do nothing else with it, so that all
/// other texts give the same.
fn named(scheme: &Scheme, slot: Slot, about: About) -> (Vec<Arc<str>>, bool) {
    let mut named = Named::default();
    for expression in expressions(scheme, about) {
        named.take(expression, slot);
    }
    if let SlotKind::Field(field) = kind(scheme, slot) {
        let asked = Asked::all(scheme);
        for expression in asked.iter().flat_map(Asked::conditions) {
            named.take(expression, Slot(field as u32));
        }
    }
    let is_ranked_within = scheme.grades.iter().any(|grade| {
        let crate::scheme::model::GradeRule::Top(top) = &grade.rule else {
            return false;
        };
        top.within == Some(slot)
    });
    (named.texts, named.read == named.held && !is_ranked_within)
}

#[derive(Default)]
struct Named {
    texts: Vec<Arc<str>>,
    /// How often the column is read, and how often only to be held against texts.
    read: usize,
    held: usize,
}

impl Named {
    fn take(&mut self, expression: &Expression, slot: Slot) {
        expression.bound.walk(&mut |part| self.part(part, slot));
    }

    fn part(&mut self, part: &Bound, slot: Slot) {
        let is_it = |part: &Bound| part.node == Node::Slot(slot);
        match &part.node {
            Node::Slot(read) if *read == slot => self.read += 1,
            Node::Compare(Comparison::Equal | Comparison::NotEqual, left, right) => {
                for (value, text) in [(left, right), (right, left)] {
                    if is_it(value) {
                        self.held += usize::from(self.name(text));
                    }
                }
            }
            Node::In(value, list) if is_it(value) => {
                let named = list.iter().filter(|text| self.name(text)).count();
                self.held += usize::from(named == list.len());
            }
            Node::IsNull(value) if is_it(value) => self.held += 1,
            Node::Scalar(Scalar::Contains | Scalar::StartsWith, arguments) => {
                if let [value, text] = &arguments[..]
                    && is_it(value)
                {
                    self.name(text);
                }
            }
            _ => {}
        }
    }

    /// Takes in a text, if it is one.
    fn name(&mut self, text: &Bound) -> bool {
        let Some(Value::Text(text)) = text.literal() else {
            return false;
        };
        self.texts.push(text.clone());
        true
    }
}
