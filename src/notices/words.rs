//! What a template may say of a customer: the fixed names, and every name of the scheme.

use super::reason::{next, reason};
use super::{Case, Plan, Words};
use crate::diagnostic::Lang;
use crate::explain::movement::Ladder;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::{Occasion, SlotKind};
use crate::table::Value;
use crate::words::Word;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The names that every template has.
const ALWAYS: [&str; 10] = [
    "id", "name", "as_of", "benefits", "service", "next", "sender", "address", "scheme", "values",
];
/// Those of a move.
const OF_MOVES: [&str; 6] = ["what", "old", "new", "since", "reason", "periods"];
/// Those of a campaign.
const OF_CAMPAIGNS: [&str; 1] = ["campaign"];

/// What of the words is told beside the text too.
pub struct Told {
    pub reason: Option<String>,
    pub benefits: Vec<String>,
    pub next: Option<String>,
}

/// All names that templates for an occasion may use.
pub fn names(scheme: &Scheme, occasion: Occasion) -> Vec<Arc<str>> {
    let own: &[&str] = match occasion {
        Occasion::Campaign => &OF_CAMPAIGNS,
        _ => &OF_MOVES,
    };
    let fixed = ALWAYS.iter().chain(own).map(|name| Arc::from(*name));
    fixed
        .chain(named(scheme).map(|(_, name)| name.clone()))
        .collect()
}

/// The columns that have a name of their own.
fn named(scheme: &Scheme) -> impl Iterator<Item = (Slot, &Arc<str>)> {
    let entries = scheme.slots.entries.iter().enumerate();
    entries
        .filter(|(_, entry)| {
            !matches!(
                entry.kind,
                SlotKind::Points(_) | SlotKind::OwnPoints(_) | SlotKind::Tag(_)
            )
        })
        .map(|(index, entry)| (Slot(index as u32), &entry.name))
}

/// The words for one customer.
pub fn words(
    grading: &Grading,
    plan: &Plan<'_>,
    case: &Case,
    address: Option<&str>,
) -> (Words, Told) {
    let row = case.row as usize;
    let scheme = &grading.scheme;
    let lang = plan.lang;
    let mut words = Words::new();
    let mut values = Map::new();
    for (slot, name) in named(scheme) {
        let value = shown(grading, slot, row, lang);
        values.insert(name.to_string(), value.clone());
        words.insert(name.clone(), value);
    }
    let strategy = grading.classification.strategies[row]
        .index()
        .map(|index| &scheme.strategies[index]);
    let benefits = strategy.map_or_else(Vec::new, |strategy| strategy.benefits.clone());
    let why = case.why.as_ref();
    let why = why.map(|why| reason(grading, row, case.ladder, why, lang));
    let (why, periods) = why.unzip();
    let next = next(grading, row, case.ladder, lang);
    let roster = &grading.book.roster;
    let name = roster.names[row].as_ref().unwrap_or(&roster.ids[row]);
    let mut put = |key: &str, value: Json| words.insert(key.into(), value);
    put("id", json!(&*roster.ids[row]));
    put("name", json!(&**name));
    put("as_of", json!(grading.book.as_of.to_string()));
    put("benefits", json!(benefits));
    put("service", json!(strategy.and_then(|s| s.service.as_ref())));
    put("next", json!(next));
    put("sender", json!(plan.sender.as_deref()));
    put("address", json!(address));
    put("scheme", json!(scheme.name));
    put("values", Json::Object(values));
    if case.occasion == Occasion::Campaign {
        put("campaign", json!(plan.campaign));
    } else {
        let what = match (case.ladder, lang) {
            (Ladder::Grade, Lang::Zh) => "等级",
            (Ladder::Grade, Lang::En) => "grade",
            (Ladder::Type, Lang::Zh) => "类型",
            (Ladder::Type, Lang::En) => "type",
        };
        put("what", json!(what));
        put("old", json!(case.old.as_deref()));
        put("new", json!(case.new.as_deref()));
        let since = case.since.unwrap_or(grading.book.as_of);
        put("since", json!(since.to_string()));
        put("reason", json!(why));
        put("periods", json!(periods.unwrap_or_default()));
    }
    let told = Told {
        reason: why.filter(|why| !why.is_empty()),
        benefits,
        next,
    };
    (words, told)
}

/// A value as a customer reads it; of a series the last one. Missing is nothing.
fn shown(grading: &Grading, slot: Slot, row: usize, lang: Lang) -> Json {
    let value = match grading.facts.get_series(slot) {
        None => grading.facts.get(slot).value(row),
        Some(series) => match series.periods.checked_sub(1) {
            Some(last) => series.values.value(row * series.periods + last),
            None => Value::Missing,
        },
    };
    match value {
        Value::Missing => Json::Null,
        Value::Text(text) => json!(&*text),
        Value::Bool(truth) => json!(Word::truth(truth).get(lang)),
        value => json!(super::phrase::amount(&grading.scheme, slot, &value, lang)),
    }
}
