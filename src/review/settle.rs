//! What becomes of corrections: which are recorded, which are known already, which contradict each other.
//!
//! The statements of all people about one grade (type, tag) of one customer are looked at together, those that the
//! ledger has and those that were just read, the last of each person. If they say one thing, it counts. If they do not,
//! nothing counts until they agree or somebody decides: who read the two copies first must not matter.

use super::told::{
    changes_nothing, changes_nothing_yet, disagreement, expired, has_ended, not_allowed,
    open_ended, second, unknown_customer,
};
use super::{Correction, Current, Said, State};
use crate::decide::{Hold, Override, Subject};
use crate::diagnostic::Finding;
use crate::scheme::Scheme;
use crate::table::{Date, Place};
use foldhash::HashMap;
use std::sync::Arc;

/// What is to be done about corrections.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// To be set, with how they hold.
    pub set: Vec<(Correction, Hold)>,
    /// What was said before and is no more what it was.
    pub ends: Vec<End>,
    /// To be remembered as disputed: they count for nothing.
    pub disputed: Vec<(Correction, Hold)>,
    /// They change nothing: the reviewer agrees with the grade. To be remembered, and enough for the review queue.
    pub agreed: Vec<(Correction, Hold)>,
    /// By people whose role may not correct.
    pub refused: Vec<Correction>,
    /// How many were read before, or say what another one says.
    pub repeated: usize,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

/// A change to something that was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Its number.
    pub id: i64,
    /// What it was.
    pub was: State,
    /// What becomes of it.
    pub becomes: State,
}

/// Works out what becomes of `corrections` on `today`; `current` says where a customer stands, `None` if there is no
/// such customer.
pub fn settle(
    scheme: &Scheme,
    corrections: Vec<Correction>,
    today: Date,
    current: impl Fn(&str) -> Option<Current>,
) -> Settled {
    let mut settled = Settled::default();
    let mut topics: Vec<Topic> = vec![];
    let mut places: HashMap<TopicKey, usize> = HashMap::default();
    for correction in corrections {
        if let Some(finding) = not_allowed(scheme, &correction) {
            settled.findings.push(finding);
            settled.refused.push(correction);
            continue;
        }
        if let Some(finding) = expired(&correction, today) {
            settled.findings.push(finding);
            continue;
        }
        let tag = (correction.subject == Subject::Tag).then(|| correction.level.clone());
        let key = (correction.customer.clone(), correction.subject, tag);
        let place = *places.entry(key).or_insert_with(|| {
            topics.push(Topic {
                corrections: vec![],
            });
            topics.len() - 1
        });
        topics[place].corrections.push(correction);
    }
    for topic in topics {
        let Some(first) = topic.corrections.first() else {
            continue;
        };
        match current(&first.customer) {
            Some(current) => topic.settle(scheme, &current, &mut settled),
            None => {
                for correction in &topic.corrections {
                    settled.findings.push(unknown_customer(correction));
                }
            }
        }
    }
    settled
}

/// The customer, what it is about and, because each tag is a topic of its own, the tag.
type TopicKey = (Arc<str>, Subject, Option<Arc<str>>);

/// What was just read about one grade, type or tag of one customer.
struct Topic {
    corrections: Vec<Correction>,
}

/// The last word of one person on a topic.
pub(super) struct Statement {
    pub(super) by: Arc<str>,
    pub(super) level: Arc<str>,
    hold: Hold,
    /// Where it stands, if it was just read.
    pub(super) place: Option<Place>,
    /// What the ledger has of this person.
    known: Option<Known>,
    /// What was just read and is to be recorded: an index into the topic's corrections.
    new: Option<usize>,
}

/// What the ledger has of a statement.
#[derive(Clone, Copy)]
struct Known {
    id: i64,
    state: State,
    /// Whether a new correction of somebody else's leaves it alone: it was set by hand, or it was at work when the
    /// sheet was written, so that the reviewer saw it. Only `review clear` ends it.
    stands: bool,
}

impl Known {
    const fn becomes(self, becomes: State) -> End {
        End {
            id: self.id,
            was: self.state,
            becomes,
        }
    }
}

impl Statement {
    /// Whether both want the same. A floor and a lock at one level are no contradiction: nobody named the way of
    /// holding, or one of them wants more of the same.
    fn agrees(&self, other: &Self) -> bool {
        self.level == other.level && (self.hold == Hold::Ceiling) == (other.hold == Hold::Ceiling)
    }

    fn is_known_as(&self, said: &Said) -> bool {
        let mut known = self.known.iter();
        known.any(|known| (known.id, known.state) == (said.set.id, said.state))
    }

    fn is(&self, state: State) -> bool {
        self.known.is_some_and(|known| known.state == state)
    }

    /// Whether this is an override that counts and stays as it is.
    fn is_live(&self) -> bool {
        self.new.is_none() && self.is(State::Live)
    }
}

impl Topic {
    fn settle(self, scheme: &Scheme, current: &Current, settled: &mut Settled) {
        let mut statements = self.known(current);
        let mut contradicts_itself = false;
        for (index, correction) in self.corrections.iter().enumerate() {
            let repeated = |is_open: bool| {
                let said = current.said.iter().filter(|said| self.is_of(&said.set));
                let mut said = said.filter(|said| (said.state != State::Ended) == is_open);
                said.find(|said| repeats(said, correction))
            };
            if let Some(said) = repeated(true).or_else(|| repeated(false)) {
                if said.state == State::Ended {
                    settled.findings.push(has_ended(correction));
                } else {
                    settled.repeated += 1;
                }
                let mut of_person = statements.iter_mut();
                if let Some(own) = of_person.find(|own| own.is_known_as(said)) {
                    own.place.clone_from(&correction.place);
                }
                continue;
            }
            let mut new = Statement {
                by: correction.by.clone(),
                level: correction.level.clone(),
                hold: correction.hold_over(scheme, current.rule(correction.subject)),
                place: correction.place.clone(),
                known: None,
                new: Some(index),
            };
            let own = statements.iter().position(|own| own.by == new.by);
            match own {
                Some(own) if statements[own].new.is_none() => {
                    new.known = statements.remove(own).known;
                    statements.push(new);
                }
                Some(own) if statements[own].agrees(&new) => settled.repeated += 1,
                Some(_) => {
                    contradicts_itself = true;
                    statements.push(new);
                }
                None => statements.push(new),
            }
        }
        let Some(first) = statements.first() else {
            return;
        };
        let is_new = statements.iter().any(|one| one.new.is_some());
        let agree = !contradicts_itself && statements.iter().all(|one| one.agrees(first));
        let standing = statements
            .iter()
            .find(|one| one.is_live() && one.known.is_some_and(|known| known.stands));
        match standing {
            _ if agree && is_new => self.agree(&statements, current, settled),
            Some(live) if is_new => {
                let others = statements.iter().filter(|one| !one.agrees(live));
                for index in others.filter_map(|one| one.new) {
                    let finding = second(&self.corrections[index], &live.by, &live.level);
                    settled.findings.push(finding);
                }
            }
            // A dispute is told each time somebody reads one of its copies.
            _ if is_new || statements.iter().any(|one| one.is(State::Disputed)) => {
                self.dispute(&statements, settled);
            }
            _ => {}
        }
    }

    /// Whether an override is of this topic.
    fn is_of(&self, set: &Override) -> bool {
        let first = &self.corrections[0];
        set.subject == first.subject && (set.subject != Subject::Tag || set.level == first.level)
    }

    /// The last word of each person that the ledger has.
    fn known(&self, current: &Current) -> Vec<Statement> {
        let effective = current.effective(self.corrections[0].subject);
        let saw_it = self.corrections.iter().all(|correction| {
            let seen = correction.seen.as_deref();
            seen.is_none() || seen == effective
        });
        let mut statements: Vec<Statement> = vec![];
        let said = current.said.iter().filter(|said| self.is_of(&said.set));
        for said in said.filter(|said| said.state != State::Ended) {
            statements.retain(|other| other.by != said.set.by);
            statements.push(Statement {
                by: said.set.by.clone(),
                level: said.set.level.clone(),
                hold: said.set.hold,
                place: None,
                known: Some(Known {
                    id: said.set.id,
                    state: said.state,
                    stands: !said.from_sheet || (!said.is_fresh && saw_it),
                }),
                new: None,
            });
        }
        statements
    }

    /// All say one thing: the first new one is set, unless it is so already.
    fn agree(&self, statements: &[Statement], current: &Current, settled: &mut Settled) {
        let mut new = statements.iter().filter_map(|one| Some((one, one.new?)));
        let (Some((one, index)), false) = (new.next(), statements.iter().any(Statement::is_live))
        else {
            settled.repeated += statements.iter().filter(|one| one.new.is_some()).count();
            return;
        };
        settled.repeated += new.count();
        let correction = self.corrections[index].clone();
        let mut was_set = false;
        for one in statements {
            let Some(known) = one.known else { continue };
            was_set |= matches!(known.state, State::Live | State::Disputed);
            if one.new.is_some() || known.state == State::Disputed {
                settled.ends.push(known.becomes(State::Ended));
            }
        }
        if correction.hold.is_none() && !was_set && is_so(&correction, one.hold, current) {
            settled.findings.push(changes_nothing(&correction));
            settled.agreed.push((correction, one.hold));
            return;
        }
        if correction.until.is_none() && correction.review_on.is_none() {
            settled.findings.push(open_ended(&correction));
        }
        settled.set.push((correction, one.hold));
    }

    /// They do not say one thing: nothing counts.
    fn dispute(&self, statements: &[Statement], settled: &mut Settled) {
        let finding = disagreement(&self.corrections[0], statements);
        settled.findings.push(finding);
        for one in statements {
            match (one.known, one.new) {
                (Some(known), Some(_)) => settled.ends.push(known.becomes(State::Ended)),
                (Some(known), None) if known.state != State::Disputed => {
                    settled.ends.push(known.becomes(State::Disputed));
                }
                _ => {}
            }
            if let Some(index) = one.new {
                let correction = self.corrections[index].clone();
                settled.disputed.push((correction, one.hold));
            }
        }
    }
}

/// What becomes of a correction that somebody gives on the command line: it decides a dispute, and is refused where
/// another override counts.
pub fn settle_by_hand(
    scheme: &Scheme,
    correction: Correction,
    today: Date,
    current: Option<Current>,
) -> Settled {
    let mut settled = Settled::default();
    if let Some(finding) = not_allowed(scheme, &correction) {
        settled.findings.push(finding);
        settled.refused.push(correction);
        return settled;
    }
    if let Some(finding) = expired(&correction, today) {
        settled.findings.push(finding);
        return settled;
    }
    let Some(current) = current else {
        settled.findings.push(unknown_customer(&correction));
        return settled;
    };
    let hold = correction.hold_over(scheme, current.rule(correction.subject));
    let topic = Topic {
        corrections: vec![correction.clone()],
    };
    let statements = topic.known(&current);
    if let Some(live) = statements.iter().find(|one| one.is_live()) {
        if live.level == correction.level && live.hold == hold {
            let known = live.known.and_then(|known| {
                let mut said = current.said.iter();
                let said = said.find(|said| live.is_known_as(said))?;
                Some((known, &said.set))
            });
            match known {
                Some((known, set)) if has_other_days(&correction, set) => {
                    settled.ends.push(known.becomes(State::Ended));
                    settled
                        .set
                        .push((with_days_of(correction.clone(), set), hold));
                }
                _ => settled.repeated = 1,
            }
        } else {
            settled
                .findings
                .push(second(&correction, &live.by, &live.level));
        }
        return settled;
    }
    let known = statements.iter().filter_map(|one| one.known);
    settled.ends = known.map(|known| known.becomes(State::Ended)).collect();
    if is_so(&correction, hold, &current) {
        // Asked for by name it is set all the same: the rules may give something else next time.
        settled.findings.push(changes_nothing_yet(&correction));
    }
    if correction.until.is_none() && correction.review_on.is_none() {
        settled.findings.push(open_ended(&correction));
    }
    settled.set.push((correction, hold));
    settled
}

/// Whether a correction names a last day or a review date that the override does not have.
fn has_other_days(correction: &Correction, set: &Override) -> bool {
    let other = |named: Option<Date>, known: Option<Date>| named.is_some() && named != known;
    other(correction.until, set.until) || other(correction.review_on, set.review_on)
}

/// The correction with the days of the override that it takes the place of, where it names none.
fn with_days_of(correction: Correction, set: &Override) -> Correction {
    Correction {
        until: correction.until.or(set.until),
        review_on: correction.review_on.or(set.review_on),
        ..correction
    }
}

/// Whether it is by the newest run as the correction wants it.
fn is_so(correction: &Correction, hold: Hold, current: &Current) -> bool {
    match correction.subject {
        Subject::Tag => current.tags.contains(&correction.level) != (hold == Hold::Ceiling),
        subject => current.effective(subject) == Some(&*correction.level),
    }
}

/// Whether a correction is this very statement, read once more. Of one that has ended the last day is another by now.
fn repeats(said: &Said, correction: &Correction) -> bool {
    let set = &said.set;
    let dated = (set.until, set.review_on) == (correction.until, correction.review_on);
    set.by == correction.by
        && set.level == correction.level
        && correction.hold.is_none_or(|hold| hold == set.hold)
        && set.reason == correction.reason
        && (dated || said.state == State::Ended)
}
