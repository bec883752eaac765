//! Recorded runs: found by name, graded again as they were or with one thing exchanged, and compared.

use super::named::run_named;
use super::people::{Decisions, People};
use super::stock::{Make, stock};
use super::{Exit, Stop, ledger};
use regrade::compare::{
    self, Cause, Class, Comparison, On, Outcome, RecordedCustomer, Renamed, Snapshot, Swapped,
};
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::explain::Explainer;
use regrade::grading::{Grading, grade};
use regrade::ledger::{Error, Ledger, Run};
use regrade::scheme::model::{Sight, SlotKind};
use regrade::scheme::{self, Scheme};
use regrade::text;
use std::sync::Arc;

/// A run of the ledger with the scheme that it was made by.
pub struct Known {
    /// The run.
    pub run: Run,
    /// Its scheme.
    pub scheme: Scheme,
    /// The scheme's text.
    pub text: String,
}

impl Known {
    /// The run that a name means: `@latest`, `@previous`, `@2024-03`, an id or its beginning, or a workbook of it.
    pub fn find(ledger: &Ledger, name: &str) -> Result<Self, Stop> {
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        let run = run_named(ledger, name).map_err(trouble)?;
        let text = ledger.scheme(&run.scheme).map_err(trouble)?;
        let text = text.map(|scheme| scheme.text).unwrap_or_default();
        let (scheme, findings) = scheme::validate(&text);
        match scheme {
            Some(scheme) => Ok(Self { run, scheme, text }),
            // A newer regrade may have recorded it, or an older one with other rules.
            None => Err(Stop::Findings {
                findings,
                source: Some((format!("run {}", run.short_id()), text)),
                exit: Exit::Usage,
            }),
        }
    }

    /// The run graded again as it was.
    pub fn again(&self, ledger: &Ledger) -> Result<Grading, Stop> {
        self.with(ledger, &Exchange::default())
    }

    fn with(&self, ledger: &Ledger, other: &Exchange<'_>) -> Result<Grading, Stop> {
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        let of_time = other.time.unwrap_or(self);
        let of_scheme = other.scheme.unwrap_or(self);
        let previous = match (other.after, of_time.run.previous) {
            (Some(run), _) => Some(run.run.clone()),
            (None, Some(number)) => ledger.run_by_number(number).map_err(trouble)?,
            (None, None) => None,
        };
        let as_of = of_time.run.as_of;
        let make = Make {
            scheme: &of_scheme.scheme,
            text: &of_scheme.text,
            as_of,
            previous,
            left: None,
            data: Some(&other.data.unwrap_or(self).run),
            people: match other.people {
                Some(run) => People::Held(&run.run),
                // On another date it is the date alone that is exchanged: what counted for the run still does.
                None if other.time.is_some() => People::Held(&self.run),
                None => People::KnownTo(&self.run),
            },
            // Who is whom is of the data: a merge changes what a customer has, not what people say of the grade.
            merges: Some(&other.data.unwrap_or(self).run),
            // The sheets of the new run had not come in on the old date; they are what time is told from.
            ahead_of_time: other.time.is_some(),
        };
        let stock = stock(ledger, make)?;
        let scheme = Arc::new(of_scheme.scheme.clone());
        Ok(grade(scheme, stock.inputs, as_of, stock.past))
    }

    /// The run as a side of a comparison.
    pub fn snapshot(
        &self,
        ledger: &Ledger,
        grading: &Grading,
        on: &On,
        amount: Option<&str>,
    ) -> Result<Snapshot, Stop> {
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        known_names(&self.scheme, on, amount)?;
        let mut recorded = vec![];
        let take = |row: regrade::ledger::RunRow| {
            let level = match on {
                On::Grade => row.standing.effective_grade,
                On::Type => row.standing.effective_kind,
                On::Dimension(name) => {
                    let mut labels = row.labels.into_iter();
                    let found = labels.find(|(known, _)| **known == **name);
                    found.map(|(_, label)| label)
                }
            };
            recorded.push(RecordedCustomer {
                id: row.customer,
                name: row.name,
                level,
                decision: row.decision,
                reason: row.reasons.into_iter().next().map(Arc::from),
            });
        };
        ledger
            .each_run_row(self.run.number, take)
            .map_err(trouble)?;
        Ok(compare::of_run(recorded, grading, on, amount))
    }
}

/// What is taken from another run.
#[derive(Default)]
struct Exchange<'a> {
    /// Of this run what people had decided.
    people: Option<&'a Known>,
    scheme: Option<&'a Known>,
    data: Option<&'a Known>,
    time: Option<&'a Known>,
    /// The run to go on from, over all periods since.
    after: Option<&'a Known>,
}

/// Says why everybody moved between two runs: they are graded again with one thing of the other after another.
pub fn put_causes(
    ledger: &Ledger,
    old: &Known,
    new: &Known,
    now: &Grading,
    on: &On,
    comparison: &mut Comparison,
) -> Result<(), Stop> {
    ledger.keep_events();
    let wanted = comparison.movers().map(|found| found.id.clone()).collect();
    let renamed = Renamed::of(&new.scheme, on);
    // With other runs between the two the new one is graded from the old one on, or what they left would stay whatever
    // is exchanged.
    let between = new.run.previous != Some(old.run.number) && old.run.as_of < new.run.as_of;
    let after = between.then_some(old);
    let whole;
    let now = if between {
        whole = new.with(
            ledger,
            &Exchange {
                after,
                ..Exchange::default()
            },
        )?;
        &whole
    } else {
        now
    };
    let outcome = |run: &Known, exchange: Exchange<'_>| -> Result<Option<Outcome>, Stop> {
        Ok(Some(match run.with(ledger, &exchange) {
            Ok(grading) => Outcome::of(&grading, on, &wanted, &renamed),
            // The new scheme may need a sheet that there was none of then: that exchange undoes nothing.
            Err(Stop::Findings {
                exit: Exit::Refused,
                ..
            }) => Outcome::default(),
            Err(stop) => return Err(stop),
        }))
    };
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let inputs = |run: &Run| ledger.run_inputs(run.number).map_err(trouble);
    let mut swapped = Swapped {
        is_backwards: new.run.as_of < old.run.as_of,
        ..Swapped::default()
    };
    if decided_otherwise(ledger, old, new).map_err(trouble)? {
        let exchange = Exchange {
            people: Some(old),
            after,
            ..Exchange::default()
        };
        swapped.overrides = outcome(new, exchange)?;
    }
    if old.run.scheme != new.run.scheme {
        let exchange = |scheme| Exchange {
            scheme: Some(scheme),
            ..Exchange::default()
        };
        swapped.old_scheme = outcome(
            new,
            Exchange {
                after,
                ..exchange(old)
            },
        )?;
        swapped.new_scheme = outcome(old, exchange(new))?;
    }
    let is_mended = ledger
        .is_mended_between(old.run.number, new.run.number)
        .map_err(trouble)?;
    let merges = |run: &Run| ledger.run_merges(run.number).map_err(trouble);
    let (was_merged, merged) = (merges(&old.run)?, merges(&new.run)?);
    if is_mended || was_merged != merged || inputs(&old.run)? != inputs(&new.run)? {
        let data = Some(old);
        let exchange = Exchange {
            data,
            after,
            ..Exchange::default()
        };
        swapped.data = outcome(new, exchange)?;
    }
    if old.run.as_of != new.run.as_of {
        let time = Some(old);
        let exchange = Exchange {
            time,
            ..Exchange::default()
        };
        swapped.time = outcome(new, exchange)?;
    }
    let outcome = Outcome::of(now, on, &wanted, &renamed);
    compare::put_causes(comparison, &outcome, &swapped);
    for found in &mut comparison.moves {
        if found.class == Class::Absent
            && let Some(kept) = merged.get(&found.id)
        {
            found.cause = Some(Cause::Data);
            let reason = text!("merged into `{kept}`", "已并入 `{kept}`");
            found.reason = Some(reason.get(now.scheme.language).into());
        }
    }
    // What the new run says of the last period is not why somebody moved before; and of a type the grade's is not.
    let explainer = Explainer::new(now, now.scheme.language);
    for found in comparison.moves.iter_mut().filter(|found| found.is_move()) {
        let Some(row) = now.book.roster.by_id().get(&found.id) else {
            continue;
        };
        let row = *row as usize;
        let reason = match on {
            On::Type => explainer.type_reasons(row).into_iter().next(),
            On::Grade if between => explainer.main_reason(row),
            On::Grade | On::Dimension(_) => continue,
        };
        found.reason = reason.map(Arc::from);
    }
    Ok(())
}

/// Whether people had decided something else for the new run than what counted for the old one.
fn decided_otherwise(ledger: &Ledger, old: &Known, new: &Known) -> Result<bool, Error> {
    let as_of = new.run.as_of;
    let days = (old.run.as_of.add_days(1).map(|day| day.min(as_of)), as_of);
    let of = |people| Decisions::of(ledger, &new.scheme, people, days);
    let known = of(People::KnownTo(&new.run))?.within(days);
    let held = of(People::Held(&old.run))?.within(days);
    Ok((known.overrides, known.settled) != (held.overrides, held.settled))
}

/// Whether the scheme has what is compared, and what is summed.
pub fn known_names(scheme: &Scheme, on: &On, amount: Option<&str>) -> Result<(), Stop> {
    let dimension = match on {
        On::Dimension(name) => Some(&**name),
        _ => None,
    };
    let dimensions = scheme.dimensions.iter().map(|known| &*known.name);
    let mut names = scheme.slots.entries.iter().map(|entry| &*entry.name);
    if let Some(name) = dimension.filter(|name| dimensions.clone().all(|known| known != *name)) {
        let others = ["grade", "type"].into_iter();
        return Err(unknown(name, scheme, others.chain(dimensions)));
    }
    let entries = &scheme.slots.entries;
    let mut named = entries.iter().filter(|entry| {
        let is_label = dimension == Some(&*entry.name) && matches!(entry.kind, SlotKind::Label(_));
        amount == Some(&*entry.name) || is_label
    });
    if let Some(entry) = named.find(|entry| entry.sight != Sight::Open) {
        return Err(super::columns::not_seen(&entry.name));
    }
    if let Some(name) = amount.filter(|name| names.all(|known| known != *name)) {
        let is_worth_naming = |kind: SlotKind| {
            matches!(
                kind,
                SlotKind::Field(_)
                    | SlotKind::LookupField(..)
                    | SlotKind::Metric(_)
                    | SlotKind::Value(_)
            )
        };
        let entries = scheme.slots.entries.iter();
        let named = entries.filter(|entry| is_worth_naming(entry.kind));
        return Err(unknown(name, scheme, named.map(|entry| &*entry.name)));
    }
    Ok(())
}

fn unknown<'a>(name: &str, scheme: &Scheme, known: impl Iterator<Item = &'a str>) -> Stop {
    let scheme = &scheme.name;
    let Text { en, zh } = listed(known);
    let finding = Finding::error(
        Code::UnknownName,
        text!(
            "the scheme `{scheme}` has no `{name}`",
            "方案 `{scheme}` 中没有 `{name}`"
        ),
    );
    Stop::usage(finding.help(text!("name one of {en}", "可以写 {zh}")))
}
