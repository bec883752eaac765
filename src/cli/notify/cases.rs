//! Who is to be told what: those who moved between two runs, or a segment; without those who were told before.

use crate::cli::recorded::Known;
use crate::cli::{Screen, columns};
use regrade::compare::{On, Renamed, levels};
use regrade::decide::Decision;
use regrade::explain::movement::Ladder;
use regrade::grading::Grading;
use regrade::ledger::{Error, HistoryRow, Ledger, NoticeState, RunRow};
use regrade::notices::{Case, Evidence, Why};
use regrade::scheme::model::{Expression, Occasion};
use regrade::table::{Date, Decimal, Period, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who is to be told, and who was before.
#[derive(Default)]
pub struct Found {
    /// Those to be told, in the order of the run.
    pub cases: Vec<Case>,
    /// Those who were told of the same before, to be told once more if that is wanted.
    pub again: Vec<Case>,
    /// The rows of those who were told before.
    pub told: BTreeSet<u32>,
}

/// The rows for which `--where` holds.
pub fn rows(grading: &Grading, wanted: &Expression, screen: &Screen) -> BTreeSet<u32> {
    let mut faults = vec![];
    let rows = columns::rows_for(grading, wanted, &mut faults);
    screen.run_findings(&faults);
    rows.into_iter().collect()
}

/// Everybody of a segment whom the campaign has not told, and has not held out, before.
pub fn of_campaign(
    ledger: &Ledger,
    grading: &Grading,
    rows: Option<BTreeSet<u32>>,
    campaign: &str,
) -> Result<Found, Error> {
    let known: BTreeMap<Arc<str>, NoticeState> = ledger
        .campaign(campaign)?
        .into_iter()
        .map(|known| (known.customer, known.state))
        .collect();
    let all = || (0..grading.len() as u32).collect();
    let mut found = Found::default();
    for row in rows.unwrap_or_else(all) {
        let case = Case {
            row,
            occasion: Occasion::Campaign,
            ladder: Ladder::Grade,
            old: None,
            new: None,
            since: None,
            why: None,
        };
        match known.get(&grading.book.roster.ids[row as usize]) {
            Some(NoticeState::Told) => {
                found.told.insert(row);
                found.again.push(case);
            }
            // A draw is drawn once.
            Some(NoticeState::HeldOut) => {}
            _ => found.cases.push(case),
        }
    }
    Ok(found)
}

/// Everybody who has another grade (or type) in the new run than in the old one, and was not told so before.
///
/// One who was absent in the old run comes from the level that was kept: it is the last that the customer heard of.
pub fn of_moves(
    ledger: &Ledger,
    (old, new): (Option<&Known>, &Known),
    grading: &Grading,
    ladder: Ladder,
    only: &[Occasion],
    rows: Option<&BTreeSet<u32>>,
) -> Result<Found, Error> {
    let on = match ladder {
        Ladder::Grade => On::Grade,
        Ladder::Type => On::Type,
    };
    let renamed = Renamed::of(&new.scheme, &on);
    let order = levels(&new.scheme, &on);
    let mut before: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    if let Some(old) = old {
        ledger.each_run_row(old.run.number, |row| {
            if let Some(level) = level(&row, ladder) {
                before.insert(row.customer.clone(), renamed.name(level.clone()));
            }
        })?;
    }
    let mut told: BTreeMap<Arc<str>, Vec<(Arc<str>, Date)>> = BTreeMap::new();
    for known in ledger.told_levels(ladder.subject())? {
        let of = told.entry(known.customer).or_default();
        of.push((renamed.name(known.level), known.as_of));
    }
    let mut news: Vec<RunRow> = vec![];
    ledger.each_run_row(new.run.number, |row| {
        let is_there = !matches!(row.decision, Decision::Absent | Decision::Refused);
        let moved = before.get(&row.customer) != level(&row, ladder);
        if is_there && moved && level(&row, ladder).is_some() {
            news.push(row);
        }
    })?;
    let mut found = Found::default();
    for row in &news {
        let Some(place) = grading.book.roster.by_id().get(&row.customer).copied() else {
            continue;
        };
        let Some(now) = level(row, ladder).cloned() else {
            continue;
        };
        let was = before.get(&row.customer).cloned();
        let occasion = occasion(&order, was.as_ref(), &now);
        let is_wanted = rows.is_none_or(|rows| rows.contains(&place));
        if !only.contains(&occasion) || !is_wanted {
            continue;
        }
        let history = ledger.history(&row.customer)?;
        let since = match ladder {
            Ladder::Grade => row.standing.since,
            Ladder::Type => None,
        };
        let last = old.map(|old| old.run.as_of);
        let case = Case {
            row: place,
            occasion,
            ladder,
            old: was,
            new: Some(now.clone()),
            since,
            why: Some(why(row, &history, ladder, &now, (last, new.run.as_of))),
        };
        let told = told.get(&row.customer).into_iter().flatten();
        let mut same = told.filter(|(level, _)| *level == now);
        if same.any(|(_, day)| is_one_stay(&history, ladder, &renamed, &now, *day, new.run.as_of)) {
            found.told.insert(place);
            found.again.push(case);
        } else {
            found.cases.push(case);
        }
    }
    Ok(found)
}

/// The grade or type that counts in a row.
fn level(row: &RunRow, ladder: Ladder) -> Option<&Arc<str>> {
    match ladder {
        Ladder::Grade => row.standing.effective_grade.as_ref(),
        Ladder::Type => row.standing.effective_kind.as_ref(),
    }
}

fn occasion(order: &[Arc<str>], was: Option<&Arc<str>>, now: &Arc<str>) -> Occasion {
    let Some(was) = was else {
        return Occasion::New;
    };
    let place = |level: &Arc<str>| order.iter().position(|known| known == level);
    match (place(was), place(now)) {
        (Some(was), Some(now)) if now < was => Occasion::Upgraded,
        (Some(was), Some(now)) if now > was => Occasion::Downgraded,
        _ => Occasion::Changed,
    }
}

/// Whether a customer has had the level in every run from one day to another: then it is the level that was told, however
/// often these days were graded since.
fn is_one_stay(
    history: &[HistoryRow],
    ladder: Ladder,
    renamed: &Renamed,
    now: &Arc<str>,
    one: Date,
    other: Date,
) -> bool {
    let days = one.min(other)..=one.max(other);
    let between = history.iter().filter(|known| days.contains(&known.as_of));
    between
        .map(|known| level(&known.row, ladder).cloned())
        .all(|level| level.map(|level| renamed.name(level)).as_ref() == Some(now))
}

/// Why a customer has the level: a person's word, the rule that last moved it there, or its values.
fn why(
    row: &RunRow,
    history: &[HistoryRow],
    ladder: Ladder,
    now: &Arc<str>,
    (old, new): (Option<Date>, Date),
) -> Why {
    let by_rules = match ladder {
        Ladder::Grade => &row.standing.grade.level,
        Ladder::Type => &row.standing.kind.level,
    };
    if by_rules.is_some() && by_rules.as_ref() != Some(now) {
        return Why::Reviewed;
    }
    let earlier = history.iter().rev().filter(|known| known.as_of < new);
    let earlier = earlier.map(|known| (known.as_of, &known.row));
    for (day, row) in std::iter::once((new, row)).chain(earlier) {
        let Some(moved) = last_move(row, ladder) else {
            continue;
        };
        if moved.0 != **now {
            break;
        }
        // The rules had moved it before, and something held that off.
        let was_held = old.is_some_and(|old| day <= old);
        return moved.1.map_or(Why::Values, |evidence| {
            Why::Rule(Evidence {
                was_held,
                ..evidence
            })
        });
    }
    Why::Values
}

/// The last move of a row on a ladder: to which level, and by which rule, as the run put it down.
fn last_move(row: &RunRow, ladder: Ladder) -> Option<(String, Option<Evidence>)> {
    let all: Json = serde_json::from_str(row.evidence.as_deref()?).ok()?;
    let of = ladder.subject().key();
    let moves = all.as_array()?.iter().rev();
    let mut moves = moves.filter(|item| item["of"] == of && item["from"] != item["to"]);
    let item = moves.find(|item| item["to"].is_string())?;
    Some((item["to"].as_str()?.to_owned(), evidence(item)))
}

fn evidence(item: &Json) -> Option<Evidence> {
    let periods = item["periods"].as_array()?.iter().filter_map(|of| {
        let of = of.as_object()?;
        let period = Period::parse(of.get("period")?.as_str()?)?;
        let values = of.iter().filter(|(name, _)| *name != "period");
        let values = values.map(|(name, value)| (Arc::from(name.as_str()), plain(value)));
        Some((period, values.collect()))
    });
    Some(Evidence {
        rule: item["rule"].as_str()?.into(),
        when: item["when"].as_str()?.into(),
        on: Date::parse_iso(item["on"].as_str()?)?,
        periods: periods.collect(),
        was_held: false,
    })
}

/// A value as the ledger has it.
fn plain(value: &Json) -> Value {
    match value {
        Json::Number(number) => {
            Decimal::parse(&number.to_string()).map_or(Value::Missing, Value::Number)
        }
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Bool(truth) => Value::Bool(*truth),
        _ => Value::Missing,
    }
}
