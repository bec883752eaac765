//! One piece of work on the ledger: what is read and what is written about it belong together.

use super::lines;
use super::room::About;
use super::standings::Standings;
use crate::cli::{Exit, Stop};
use regrade::decide::{Hold, Override, Subject};
use regrade::diagnostic::{Code, Finding};
use regrade::duplicates::groups::{Keys, Said, Verdict};
use regrade::ledger::{
    Error, Ledger, Mark, NewVerdict, Proposal, Resolution, RunRow, Snapshot, State as Pending,
    Writer,
};
use regrade::present::reviews::{Item, Line};
use regrade::review::{Correction, End, Settled, State, barred, is_barred};
use regrade::table::Date;
use regrade::text;
use std::ops::Deref;

/// The ledger while somebody works on it.
pub struct Desk<'a> {
    hand: Hand<'a>,
    about: &'a About,
}

/// How the ledger is held.
enum Hand<'a> {
    Writing(Writer<'a>),
    /// A dry run.
    Looking(Snapshot<'a>),
}

impl Deref for Hand<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        match self {
            Self::Writing(writer) => writer,
            Self::Looking(snapshot) => snapshot,
        }
    }
}

/// What was written about corrections.
#[derive(Default)]
pub struct Recorded {
    /// What was set.
    pub lines: Vec<Line>,
    /// How many earlier ones have ended.
    pub ended: usize,
    /// How many are kept as disputed.
    pub disputed: usize,
    /// How many reviews are settled.
    pub reviewed: usize,
}

impl<'a> Desk<'a> {
    pub(super) fn open(
        ledger: &'a mut Ledger,
        about: &'a About,
        writes: bool,
    ) -> Result<Self, Stop> {
        let hand = if writes {
            ledger.write(&about.who).map(Hand::Writing)
        } else {
            ledger.snapshot().map(Hand::Looking)
        };
        let hand = hand.map_err(|error| about.stop(&error))?;
        Ok(Self { hand, about })
    }

    /// Makes it count.
    pub fn commit(self) -> Result<(), Stop> {
        match self.hand {
            Hand::Writing(writer) => writer.commit().map_err(|error| self.about.stop(&error)),
            Hand::Looking(_) => Ok(()),
        }
    }

    /// Where customers stand by the newest run: those that are `wanted`.
    pub fn standings(&self, wanted: impl Fn(&RunRow) -> bool) -> Result<Standings, Stop> {
        Standings::read(&self.hand, self.about.as_of, wanted)
            .map_err(|error| self.about.stop(&error))
    }

    /// The ledger, to read in.
    pub fn ledger(&self) -> &Ledger {
        &self.hand
    }

    /// What counts of what people said of duplicates.
    pub fn said_of_duplicates(&self) -> Result<Vec<Said>, Stop> {
        let said = self.hand.said_of_duplicates();
        said.map_err(|error| self.about.stop(&error))
    }

    /// Keeps a verdict.
    pub fn say_of_duplicates(&self, new: &NewVerdict) -> Result<(), Stop> {
        if let Hand::Writing(writer) = &self.hand {
            let kept = writer.say_of_duplicates(new);
            kept.map_err(|error| self.about.stop(&error))?;
        }
        Ok(())
    }

    /// Keeps that somebody who may not review gave a verdict.
    pub fn refuse(&self, (one, two): &Keys, verdict: Verdict, by: &str) -> Result<(), Stop> {
        if let Hand::Writing(writer) = &self.hand {
            let verdict = verdict.key();
            let what = format!("{verdict} with {two} by {by}: their role may not review");
            let noted = writer.note_refusal(one, &what);
            noted.map_err(|error| self.about.stop(&error))?;
        }
        Ok(())
    }

    /// Takes back what was said of a pair; gives how much that was.
    pub fn take_back(&self, pair: &Keys, reason: &str) -> Result<usize, Stop> {
        match &self.hand {
            Hand::Writing(writer) => writer
                .take_back(pair, reason)
                .map_err(|error| self.about.stop(&error)),
            Hand::Looking(_) => {
                let said = self.said_of_duplicates()?;
                Ok(said.iter().filter(|said| said.pair == *pair).count())
            }
        }
    }

    /// Stops if the person at work may not decide anything. That it was tried is kept.
    pub fn allow(self, customer: &str, what: &str) -> Result<Self, Stop> {
        let about = self.about;
        let Some(role) = barred(&about.rules.scheme, &about.who.by) else {
            return Ok(self);
        };
        if let Hand::Writing(writer) = &self.hand {
            writer
                .note_refusal(customer, what)
                .map_err(|error| about.stop(&error))?;
        }
        self.commit()?;
        Err(Stop::Findings {
            findings: vec![is_barred(&about.who.by, role)],
            source: None,
            exit: Exit::Findings,
        })
    }

    /// Writes what became of corrections.
    pub fn record(&self, standings: &Standings, settled: &Settled) -> Result<Recorded, Stop> {
        self.try_record(standings, settled)
            .map_err(|error| self.about.stop(&error))
    }

    fn try_record(&self, standings: &Standings, settled: &Settled) -> Result<Recorded, Error> {
        let mut recorded = Recorded::default();
        for end in &settled.ends {
            self.end(standings, *end)?;
            recorded.ended += usize::from(end.was == State::Live);
        }
        let marks = self.hand.marks(true)?;
        for (correction, hold) in &settled.set {
            let set = correction.to_override(*hold, self.about.from);
            let id = self.set(&set, correction)?;
            recorded
                .lines
                .push(lines::of_override(&Override { id, ..set }, Item::Override));
            recorded.reviewed += self.looked_at(&marks, correction, Resolution::Corrected)?;
        }
        for (correction, hold) in &settled.disputed {
            self.keep(standings, correction, *hold, State::Disputed)?;
            recorded.disputed += 1;
        }
        for (correction, hold) in &settled.agreed {
            self.keep(standings, correction, *hold, State::Agreed)?;
            recorded.reviewed += self.looked_at(&marks, correction, Resolution::Confirmed)?;
        }
        if let Hand::Writing(writer) = &self.hand {
            for correction in &settled.refused {
                let (by, level) = (&correction.by, &correction.level);
                let subject = correction.subject.key();
                let what = format!("{subject} {level} by {by}: their role may not review");
                writer.note_refusal(&correction.customer, &what)?;
            }
        }
        Ok(recorded)
    }

    fn set(&self, set: &Override, correction: &Correction) -> Result<i64, Error> {
        let origin = correction.place.as_ref().map(ToString::to_string);
        match &self.hand {
            Hand::Writing(writer) => writer.set_override(set, origin.as_deref()),
            Hand::Looking(_) => Ok(0),
        }
    }

    fn keep(
        &self,
        standings: &Standings,
        correction: &Correction,
        hold: Hold,
        state: State,
    ) -> Result<(), Error> {
        if let Hand::Writing(writer) = &self.hand {
            let origin = correction.place.as_ref().map(ToString::to_string);
            let set = correction.to_override(hold, None);
            writer.keep_correction(&set, state, origin.as_deref(), standings.run)?;
        }
        Ok(())
    }

    /// Makes something that was said before what it is now.
    fn end(&self, standings: &Standings, end: End) -> Result<(), Error> {
        let Hand::Writing(writer) = &self.hand else {
            return Ok(());
        };
        if end.was != State::Live {
            writer.turn_correction(end.id, end.becomes)?;
            return Ok(());
        }
        let why = match end.becomes {
            State::Disputed => "another reviewer disagrees",
            _ => "the author says otherwise now",
        };
        self.end_override(end.id, why)?;
        if end.becomes == State::Disputed
            && let Some(stored) = standings.stored(end.id)
        {
            let origin = stored.origin.as_deref();
            writer.keep_correction(&stored.set, State::Disputed, origin, standings.run)?;
        }
        Ok(())
    }

    /// Ends an override from the date that was given on, else for all runs to come.
    fn end_override(&self, id: i64, why: &str) -> Result<(), Error> {
        let Hand::Writing(writer) = &self.hand else {
            return Ok(());
        };
        // The first day of the years that sheets have: no run is as of an earlier one.
        let ever = Date::new(1900, 1, 1).unwrap_or(self.about.as_of);
        writer.end_override(id, self.about.from.unwrap_or(ever), why)?;
        Ok(())
    }

    /// Settles the open reviews of a customer whose grade or type somebody has judged. A tag says nothing of the values
    /// that are to be looked at.
    fn looked_at(
        &self,
        marks: &[Mark],
        correction: &Correction,
        how: Resolution,
    ) -> Result<usize, Error> {
        if correction.subject == Subject::Tag {
            return Ok(0);
        }
        self.resolve(marks, &correction.customer, None, how, &correction.reason)
    }

    /// Settles the open reviews of a customer; gives how many there were.
    fn resolve(
        &self,
        marks: &[Mark],
        customer: &str,
        rule: Option<&str>,
        how: Resolution,
        reason: &str,
    ) -> Result<usize, Error> {
        let open = marks.iter().filter(|mark| {
            *mark.mark.customer == *customer && rule.is_none_or(|rule| *mark.mark.rule == *rule)
        });
        let mut count = 0;
        for mark in open {
            if let Hand::Writing(writer) = &self.hand {
                writer.resolve(mark.id, how, reason)?;
            }
            count += 1;
        }
        Ok(count)
    }

    /// Confirms the open reviews of a customer; gives how many there were.
    pub fn confirm(&self, customer: &str, rule: Option<&str>, reason: &str) -> Result<usize, Stop> {
        let confirm = || {
            let marks = self.hand.marks(true)?;
            self.resolve(&marks, customer, rule, Resolution::Confirmed, reason)
        };
        confirm().map_err(|error: Error| self.about.stop(&error))
    }

    /// Ends what counts and what is disputed of a customer, and gives how many that were.
    pub fn clear(
        &self,
        standings: &Standings,
        customer: &str,
        of: Option<(Subject, Option<&str>)>,
        reason: &str,
    ) -> Result<usize, Stop> {
        let said = standings
            .open(customer)
            .into_iter()
            .filter(|said| match of {
                None => true,
                Some((subject, tag)) => {
                    said.set.subject == subject && tag.is_none_or(|tag| *said.set.level == *tag)
                }
            });
        let mut count = 0;
        for said in said {
            let done = match (&self.hand, said.state) {
                (Hand::Looking(_), _) => Ok(()),
                (_, State::Live) => self.end_override(said.set.id, reason),
                (Hand::Writing(writer), _) => writer
                    .turn_correction(said.set.id, State::Ended)
                    .map(|_| ()),
            };
            done.map_err(|error| self.about.stop(&error))?;
            count += 1;
        }
        Ok(count)
    }

    /// A proposal that nobody has decided on.
    pub fn proposal(&self, number: i64) -> Result<Proposal, Stop> {
        let all = self.hand.proposals(None);
        let all = all.map_err(|error| self.about.stop(&error))?;
        let found = all.into_iter().find(|proposal| proposal.id == number);
        let why = match &found {
            Some(proposal) if proposal.state == Pending::Pending => None,
            Some(proposal) => Some(match (proposal.state, &proposal.decided) {
                (Pending::Accepted, Some((_, by, _))) => text!(
                    "proposal {number} was accepted by `{by}`",
                    "调整建议 {number} 已由 `{by}` 接受"
                ),
                (_, Some((_, by, _))) => text!(
                    "proposal {number} was rejected by `{by}`",
                    "调整建议 {number} 已由 `{by}` 拒绝"
                ),
                _ => text!("proposal {number} is decided", "调整建议 {number} 已处理"),
            }),
            None => Some(text!(
                "there is no proposal {number}",
                "没有调整建议 {number}"
            )),
        };
        match (found, why) {
            (Some(proposal), None) => Ok(proposal),
            (_, why) => {
                let title = why.unwrap_or(text!("no proposal", "没有调整建议"));
                let finding = Finding::error(Code::Usage, title);
                Err(Stop::usage(finding.help(text!(
                    "`regrade review list` shows those that wait",
                    "`regrade review list` 会列出待处理的建议"
                ))))
            }
        }
    }

    /// Takes a proposal that became the override `set`, or turns it down.
    pub fn decide(&self, number: i64, set: Option<i64>, reason: &str) -> Result<(), Stop> {
        let Hand::Writing(writer) = &self.hand else {
            return Ok(());
        };
        let done = match set {
            Some(set) => writer.accept(number, set, reason),
            None => writer.reject(number, reason),
        };
        done.map(|_| ()).map_err(|error| self.about.stop(&error))
    }
}
