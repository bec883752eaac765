//! Why a customer moved and what the next level asks for, in words that a customer understands: which months and which
//! amounts decided.

use super::phrase::{amount, compared, counted, parts, period, period_of, pick, wanted, written};
use crate::diagnostic::Lang;
use crate::explain::movement::{Ladder, counts};
use crate::explain::{Explainer, Input, Outcome, RuleStep, Source, name_of};
use crate::expr::{Bound, Slot};
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::{GradeRule, MovementRule};
use crate::table::{Date, Period, Value};
use std::sync::Arc;

/// How many periods of a series are told where no rule says how many it counts: three rises take four.
const RECENT: usize = 4;

/// Why a customer has the new level.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// A rule moved it.
    Rule(Evidence),
    /// A person set it. What the person wrote is for the house and not for the customer.
    Reviewed,
    /// The values are such.
    Values,
}

/// What a rule saw of a period: the values by name.
pub type OfPeriod = (Period, Vec<(Arc<str>, Value)>);

/// What a rule of movement went by.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The rule's name.
    pub rule: Arc<str>,
    /// Its condition as it was written then.
    pub when: Arc<str>,
    /// At which period end it moved the customer.
    pub on: Date,
    /// For each period that it counted the values by name, oldest first.
    pub periods: Vec<OfPeriod>,
    /// Whether a person's word held the move off until now.
    pub was_held: bool,
}

/// Why a customer moved, in one sentence, and the periods of it one by one.
pub fn reason(
    grading: &Grading,
    row: usize,
    ladder: Ladder,
    why: &Why,
    lang: Lang,
) -> (String, Vec<String>) {
    match why {
        Why::Rule(evidence) => by_rule(grading, row, ladder, evidence, lang),
        Why::Reviewed => {
            let text = pick(lang, "经人工复核调整", "set after a review by our staff");
            (text.to_owned(), vec![])
        }
        Why::Values => (by_values(grading, row, ladder, lang), vec![]),
    }
}

fn by_rule(
    grading: &Grading,
    row: usize,
    ladder: Ladder,
    evidence: &Evidence,
    lang: Lang,
) -> (String, Vec<String>) {
    let scheme = &grading.scheme;
    let year = grading.book.as_of.ymd().0;
    let listed = |slot: Option<Slot>, name: &str| -> Vec<String> {
        let of_name = evidence.periods.iter().filter_map(|(of, values)| {
            let (_, value) = values.iter().find(|(known, _)| **known == *name)?;
            let value = slot.map_or_else(
                || crate::classify::plain_text(value, lang).unwrap_or_default(),
                |slot| amount(scheme, slot, value, lang),
            );
            Some(format!("{} {value}", period(*of, year, lang)))
        });
        of_name.collect()
    };
    let mut sentences: Vec<String> = vec![];
    if evidence.was_held {
        let held = pick(
            lang,
            "此前的人工调整已结束",
            "an earlier adjustment by our staff has ended",
        );
        sentences.push(held.to_owned());
    }
    let mut periods = vec![];
    let between = pick(lang, "、", ", ");
    let mut said: Vec<Arc<str>> = vec![];
    let rule = rule_of(grading, ladder, evidence);
    let mut asked: Vec<&Bound> = rule
        .iter()
        .flat_map(|rule| parts(&rule.when.bound))
        .collect();
    // Months and amounts come before what else there is.
    asked.sort_by_key(|part| counts(part).is_empty());
    for part in asked {
        let text = &evidence.when;
        let Some(count) = counts(part).into_iter().next() else {
            let is_now = is_last_end(grading, evidence.on);
            sentences.push(plain_part(grading, row, part, text, is_now, lang));
            continue;
        };
        let what = counted(scheme, &count, false, text, lang);
        // Of several series in one count each is listed.
        let slots = count.argument.slots();
        let mut lists = vec![];
        for slot in slots {
            let name = &scheme.slots.entries[slot.0 as usize].name;
            let list = listed(Some(slot), name);
            if !list.is_empty() {
                let of = pick(lang, "：", ": ");
                lists.push(format!("{name}{of}{}", list.join(between)));
                periods.extend(list);
            }
            said.push(name.clone());
        }
        let join = pick(lang, "，", ", ");
        lists.push(what);
        sentences.push(lists.join(join));
    }
    // What the rule of then went by and the one of now does not.
    let names = evidence.periods.iter().flat_map(|(_, values)| values);
    let mut others: Vec<Arc<str>> = vec![];
    for (name, _) in names {
        if !said.contains(name) && !others.contains(name) {
            others.push(name.clone());
        }
    }
    for name in others {
        let slot = scheme
            .slots
            .entries
            .iter()
            .position(|entry| entry.name == name);
        let list = listed(slot.map(|slot| Slot(slot as u32)), &name);
        let of = pick(lang, "：", ": ");
        sentences.push(format!("{name}{of}{}", list.join(between)));
        periods.extend(list);
    }
    (sentences.join(pick(lang, "；", "; ")), periods)
}

/// The rule of the scheme that moved a customer, if it still says the same.
fn rule_of<'a>(
    grading: &'a Grading,
    ladder: Ladder,
    evidence: &Evidence,
) -> Option<&'a MovementRule> {
    let rules = &ladder.movement(grading)?.rules;
    rules
        .iter()
        .find(|rule| rule.name == evidence.rule && rule.when.text == evidence.when)
}

/// Whether a day is the last period end that the grading decided: what the columns hold is as of that.
fn is_last_end(grading: &Grading, on: Date) -> bool {
    Period::last_closed(grading.scheme.period, grading.book.as_of).end() == Some(on)
}

/// A part of a rule that counts no periods: with the value, where it is the one that the rule saw.
fn plain_part(
    grading: &Grading,
    row: usize,
    part: &Bound,
    text: &str,
    is_now: bool,
    lang: Lang,
) -> String {
    let scheme = &grading.scheme;
    let slots = part.slots();
    let value = match slots[..] {
        [slot] if is_now && grading.facts.get_series(slot).is_none() => {
            Some((slot, grading.facts.get(slot).value(row)))
        }
        _ => None,
    };
    match (compared(scheme, part, lang), value) {
        (Some(_), Some((slot, value))) => {
            let name = name_of(scheme, slot, lang);
            let value = amount(scheme, slot, &value, lang);
            let wanted = super::phrase::against(scheme, part, lang);
            let wanted = wanted.map(|(_, wanted)| wanted).unwrap_or_default();
            match lang {
                Lang::Zh => format!("{name} {value}，{wanted}"),
                Lang::En => format!("{name} {value}, {wanted}"),
            }
        }
        (Some(compared), None) => compared,
        (None, _) => written(text, part),
    }
}

/// The values that the level follows from: `年采购额 105 万元、合作稳定性 稳定`.
fn by_values(grading: &Grading, row: usize, ladder: Ladder, lang: Lang) -> String {
    let explainer = Explainer::new(grading, lang);
    let step = match ladder {
        Ladder::Grade => explainer.grade(row),
        Ladder::Type => explainer.kind(row),
    };
    let Some(RuleStep {
        outcome: Outcome::Holds(_),
        reads,
        ..
    }) = step
    else {
        return pick(lang, "按最新数据评定", "by the newest figures").to_owned();
    };
    let inputs = explainer.inputs(reads, row);
    let inputs = inputs
        .iter()
        .filter(|input| !matches!(input.source, Source::Earlier));
    let scheme = &grading.scheme;
    let said = |input: &Input| {
        let mut entries = scheme.slots.entries.iter();
        let slot = entries.position(|entry| entry.name == input.name);
        let slot = slot.map(|slot| Slot(slot as u32));
        let recent = slot.and_then(|slot| recent(grading, slot, row, lang));
        match (recent, slot, lang) {
            (Some(recent), _, Lang::Zh) => format!("{}：{recent}", input.name),
            (Some(recent), _, Lang::En) => format!("{}: {recent}", input.name),
            (None, Some(slot), _) => {
                let value = amount(scheme, slot, &input.value, lang);
                format!("{} {value}", input.name)
            }
            (None, None, _) => format!("{} {}", input.name, input.text),
        }
    };
    let values: Vec<String> = inputs.map(said).collect();
    values.join(pick(lang, "；", "; "))
}

/// The last periods of a series: `3月 5.5 万元、4月 6 万元`; `None` for a column of one value.
fn recent(grading: &Grading, slot: Slot, row: usize, lang: Lang) -> Option<String> {
    let series = grading.facts.get_series(slot)?;
    let kind = period_of(&grading.scheme, slot)?;
    let year = grading.book.as_of.ymd().0;
    let there = (0..series.periods).filter(|index| !series.skipped[*index]);
    let there: Vec<usize> = there.collect();
    let shown = there[there.len().saturating_sub(RECENT)..].iter();
    let shown = shown.filter_map(|index| {
        let day = Date::from_days(series.ends[*index])?;
        let value = series.values.value(row * series.periods + index);
        let value = amount(&grading.scheme, slot, &value, lang);
        Some(format!(
            "{} {value}",
            period(Period::of(kind, day), year, lang)
        ))
    });
    let shown: Vec<String> = shown.collect();
    Some(shown.join(pick(lang, "、", ", ")))
}

/// What the next better level asks for; `None` where there is none, or nothing is asked that could be said.
pub fn next(grading: &Grading, row: usize, ladder: Ladder, lang: Lang) -> Option<String> {
    let scheme = &grading.scheme;
    let level = match ladder {
        Ladder::Grade => grading.decided[row].grade,
        Ladder::Type => grading.classification.types[row]
            .index()
            .map(|level| level as u32),
    }?;
    let better = |to: Arc<str>, asks: Vec<String>| {
        let asks = asks.join(pick(lang, "，且", " and "));
        match lang {
            Lang::Zh => format!("{asks}，即可升为 {to}"),
            Lang::En => format!("{to} asks for {asks}"),
        }
    };
    if let Some(movement) = ladder.movement(grading) {
        let levels = ladder.levels(grading);
        for rule in &movement.rules {
            let target = rule.target(level, levels).filter(|target| *target < level);
            if let Some(target) = target {
                let to = ladder.name(grading, movement.capped(level, target));
                let asks = wanted(scheme, &rule.when.bound, &rule.when.text, lang);
                return Some(better(to, asks));
            }
        }
        if !movement.follows {
            return None;
        }
    }
    next_grade(scheme, ladder, level).map(|(to, when)| {
        let asks = wanted(scheme, &when.bound, &when.text, lang);
        better(to, asks)
    })
}

/// The better grade beside a grade, and its condition.
fn next_grade(
    scheme: &Scheme,
    ladder: Ladder,
    level: u32,
) -> Option<(Arc<str>, &crate::scheme::model::Expression)> {
    if ladder == Ladder::Type {
        return None;
    }
    let better = &scheme.grades[level.checked_sub(1)? as usize];
    match &better.rule {
        GradeRule::When(Some(when)) => Some((better.name.clone(), when)),
        _ => None,
    }
}
