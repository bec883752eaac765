//! What people set, suggested and have not looked at yet, as lines of a list.

use regrade::decide::Override;
use regrade::ledger::{Error, Ledger, RunNumber, State};
use regrade::present::reviews::{Item, Line};
use regrade::review;
use regrade::table::Date;
use std::sync::Arc;

/// Everything there is: what counts, what is disputed, what waits and what was suggested.
pub fn all(ledger: &Ledger, as_of: Date) -> Result<Vec<Line>, Error> {
    let mut lines = vec![];
    for stored in ledger.overrides()? {
        let expired = stored.set.until.is_some_and(|until| until < as_of);
        if stored.ended.is_none() && !expired {
            lines.push(of_override(&stored.set, Item::Override));
        }
    }
    for stored in ledger.corrections()? {
        if stored.state == review::State::Disputed {
            lines.push(of_override(&stored.set, Item::Disputed));
        }
    }
    let runs = ledger.runs()?;
    let since = |number: RunNumber| {
        let run = runs.iter().find(|run| run.number == number);
        run.map(|run| run.as_of)
    };
    for mark in ledger.marks(true)? {
        lines.push(Line {
            item: Item::Review,
            number: mark.id,
            customer: mark.mark.customer,
            subject: None,
            level: None,
            hold: None,
            rule: Some(mark.mark.rule),
            by: mark.mark.owner,
            reason: None,
            since: since(mark.first_run),
            until: None,
            due: mark.mark.due,
        });
    }
    for proposal in ledger.proposals(Some(State::Pending))? {
        let proposed = proposal.proposed;
        lines.push(Line {
            item: Item::Proposal,
            number: proposal.id,
            customer: proposed.customer,
            subject: Some(proposed.subject),
            level: Some(proposed.level),
            hold: None,
            rule: None,
            by: filled(proposed.by),
            reason: filled(proposed.reason),
            since: Some(proposed.date),
            until: None,
            due: None,
        });
    }
    Ok(lines)
}

/// A text that says something.
fn filled(text: Arc<str>) -> Option<Arc<str>> {
    (!text.is_empty()).then_some(text)
}

/// An override as a line.
pub fn of_override(set: &Override, item: Item) -> Line {
    Line {
        item,
        number: set.id,
        customer: set.customer.clone(),
        subject: Some(set.subject),
        level: Some(set.level.clone()),
        hold: Some(set.hold),
        rule: None,
        by: Some(set.by.clone()),
        reason: Some(set.reason.clone()),
        since: set.from,
        until: set.until,
        due: set.review_on,
    }
}
