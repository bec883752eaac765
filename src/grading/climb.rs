//! One ladder at one moment: what holds for each customer, where that leads, and which level counts under overrides.

use super::People;
use super::given::{set_grades, type_names};
use super::moment::{Moment, When};
use super::person::{Move, Track};
use crate::assess::{Choice, kept};
use crate::classify;
use crate::decide::{self, Judged, Ladder, Override, Why, apply};
use crate::scheme::model::{Movement, SlotKind};
use crate::table::{Column, Date, Truth};
use foldhash::HashMap;
use std::sync::Arc;

impl<'a> Moment<'a> {
    /// One ladder for everybody.
    pub(super) fn climb(
        &mut self,
        ladder: Ladder,
        movement: Option<&Movement>,
        values: &[Choice],
        levels: &[Arc<str>],
        open: &[bool],
        people: &mut People,
    ) {
        let live = self.live_overrides(ladder);
        let at_end = matches!(self.when, When::PeriodEnd { .. });
        let judging = movement.filter(|_| at_end);
        let conditions = judging.map(|movement| self.judge(ladder, movement, people));
        let end = self.book.as_of;
        let (mut keeps, mut fires) = (vec![], vec![]);
        // Of who is decided up to a later day already nothing moves now; people's word and values without rules are
        // those of the day all the same.
        let is_shown = self.book.is_newest;
        for row in 0..open.len() {
            let person = &mut people.persons[self.numbers[row] as usize];
            if !(open[row] || is_shown || person.begins_on(end, ladder, movement.is_some())) {
                continue;
            }
            let track = person.on(ladder);
            let on_hold = ladder == Ladder::Grade && self.held[row];
            let level = match (movement, &conditions) {
                (Some(movement), Some(conditions)) if open[row] => {
                    conditions.take(row, &mut keeps, &mut fires);
                    let judged = Judged {
                        values: values[row],
                        keeps: &keeps,
                        fires: &fires,
                        eligible: conditions.eligible(row),
                        on_hold,
                    };
                    let counts_after = track.place.counts_after;
                    let kind = self.scheme.period;
                    let step =
                        decide::step(movement, levels.len(), kind, end, &judged, &mut track.place);
                    track.last = Some(step);
                    if let (Why::Rule(_) | Why::Followed, Some(to)) = (step.why, track.place.level)
                    {
                        track.moves.push(Move {
                            end,
                            to,
                            step,
                            counts_after,
                        });
                    }
                    track.place.level
                }
                (Some(_), _) => track.place.level,
                (None, _) => {
                    let why = if on_hold {
                        Why::OnHold
                    } else if values[row].index().is_some() {
                        Why::Followed
                    } else {
                        Why::Unrated
                    };
                    let level = if on_hold {
                        track.place.level
                    } else {
                        values[row].index().map(|index| index as u32)
                    };
                    track.last = Some(decide::Step {
                        from: track.effective,
                        why,
                        capped: false,
                    });
                    track.place.level = level;
                    // Without rules nothing waits; what a scheme with rules left waiting is over.
                    track.place.at_risk = None;
                    level
                }
            };
            let live = live
                .get(&*self.book.roster.ids[row])
                .map(Vec::as_slice)
                .unwrap_or_default();
            settle(track, level, levels, live, end);
        }
    }

    /// The conditions of a movement for everybody.
    fn judge(&mut self, ladder: Ladder, movement: &Movement, people: &mut People) -> Conditions {
        let scheme = self.scheme;
        let tracks: Vec<&Track> = self
            .numbers
            .iter()
            .map(|number| {
                let person = &people.persons[*number as usize];
                match ladder {
                    Ladder::Grade => &person.grade,
                    Ladder::Type => person.kind(),
                }
            })
            .collect();
        let present: Vec<Choice> = tracks
            .iter()
            .map(|track| track.place.level.map_or(Choice::NoneHolds, Choice::Is))
            .collect();
        let after = tracks
            .iter()
            .map(|track| track.place.counts_after.map_or(i32::MIN, Date::days))
            .collect();
        let keeps = match ladder {
            _ if !movement.follows => vec![],
            Ladder::Grade => kept(scheme, &mut self.facts, self.findings),
            Ladder::Type => classify::type_truths(scheme, &mut self.facts, self.findings),
        };
        // In rules a level is the present one.
        let kinds = match ladder {
            Ladder::Grade => {
                set_grades(scheme, &present, &mut self.facts);
                None
            }
            Ladder::Type => scheme.slot_of(SlotKind::Type).map(|slot| {
                let kinds = self.facts.get(slot).clone();
                let names = type_names(scheme);
                self.facts.set(slot, classify::named(&present, names));
                (slot, kinds)
            }),
        };
        self.facts.count_after(after);
        let mut truths = |condition, name: &str| {
            let column = self.facts.evaluate(scheme, condition, name, self.findings);
            match column {
                Column::Bool(truths) => truths,
                other => vec![Truth::Unknown; other.len()],
            }
        };
        let eligible = movement
            .eligible
            .as_ref()
            .map(|condition| truths(condition, "eligible"));
        let fires = movement
            .rules
            .iter()
            .map(|rule| truths(&rule.when, &rule.name))
            .collect();
        self.facts.count_after(vec![]);
        if let Some((slot, kinds)) = kinds {
            self.facts.set(slot, kinds);
        }
        Conditions {
            keeps,
            fires,
            eligible,
        }
    }

    /// The overrides of a ladder that count at this moment, by customer, with their places among all.
    fn live_overrides(&self, ladder: Ladder) -> HashMap<&'a str, Vec<(u32, &'a Override)>> {
        let subject = ladder.subject();
        let mut live: HashMap<&str, Vec<(u32, &Override)>> = HashMap::default();
        for (index, set) in self.past.overrides.iter().enumerate() {
            if set.subject == subject && set.is_live(self.book.as_of) {
                live.entry(&set.customer)
                    .or_default()
                    .push((index as u32, set));
            }
        }
        live
    }
}

/// What holds of a movement for everybody.
struct Conditions {
    keeps: Vec<Vec<Truth>>,
    fires: Vec<Vec<Truth>>,
    eligible: Option<Vec<Truth>>,
}

impl Conditions {
    /// What holds for one customer.
    fn take(&self, row: usize, keeps: &mut Vec<Truth>, fires: &mut Vec<Truth>) {
        keeps.clear();
        keeps.extend(self.keeps.iter().map(|truths| truths[row]));
        fires.clear();
        fires.extend(self.fires.iter().map(|truths| truths[row]));
    }

    fn eligible(&self, row: usize) -> Truth {
        self.eligible
            .as_ref()
            .map_or(Truth::True, |truths| truths[row])
    }
}

/// The level that counts, given the one that the rules give.
fn settle(
    track: &mut Track,
    level: Option<u32>,
    levels: &[Arc<str>],
    live: &[(u32, &Override)],
    date: Date,
) {
    let (effective, by) = if live.is_empty() {
        (level, None)
    } else {
        let sets: Vec<&Override> = live.iter().map(|(_, set)| *set).collect();
        let applied = apply(levels, level.map(|level| level as usize), &sets);
        let place = live.iter().find(|(_, set)| Some(set.id) == applied.by);
        let by = place.filter(|_| applied.changes).map(|(index, _)| *index);
        (applied.level.map(|level| level as u32), by)
    };
    track.overridden = by;
    if effective != track.effective {
        track.effective = effective;
        track.since = effective.map(|_| date);
    }
}
