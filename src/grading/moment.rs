//! One moment of the path: everything worked out as of one date, then where it leaves every customer on both ladders.

use super::given::{fill, first_seen, grade_names, set_grades, type_names};
use super::person::{Move, Person, Start, Track};
use super::{Past, People};
use crate::assess::{Assessment, Choice, Facts, assess, kept};
use crate::book::{Book, Earlier};
use crate::classify::{self, Classification};
use crate::decide::{self, Decided, Judged, KeptBy, Override, Subject, Why, apply, compare};
use crate::diagnostic::Finding;
use crate::metrics::{self, MetricColumn};
use crate::scheme::model::{Movement, Scheme, SlotKind};
use crate::table::{Column, Date, Truth};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// What a moment is for the ladders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The last day of a period: rules move customers.
    PeriodEnd {
        /// Whether no later period is closed.
        is_last: bool,
    },
    /// A day between two period ends: what rules move stays where it is.
    Between,
    /// The scheme knows no periods: every run takes what the values give.
    NoPeriods,
}

/// Everything as of one date.
pub struct Moment<'a> {
    scheme: &'a Scheme,
    past: &'a Past,
    when: When,
    book: Book,
    facts: Facts,
    assessment: Assessment,
    /// The type that the values give, for each customer.
    kinds: Vec<Choice>,
    /// For each customer of the book the number among [`People`].
    numbers: Vec<u32>,
    /// For each review rule that holds the grade, who waits.
    holding: Vec<Option<Vec<u32>>>,
    held: Vec<bool>,
    findings: &'a mut Vec<Finding>,
}

/// What a moment shows of its customers.
pub struct Shown {
    /// What was known.
    pub book: Book,
    /// All columns by slot.
    pub facts: Facts,
    /// Bands, points and the grade that the values give.
    pub assessment: Assessment,
    /// The grade that counts.
    pub decided: Vec<Decided>,
    /// Types, reviews and strategies.
    pub classification: Classification,
}

/// The ladder that a step is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ladder {
    Grade,
    Type,
}

impl<'a> Moment<'a> {
    /// Works out all values as of the book's date, with what was before as it stands now.
    pub fn new(
        scheme: &'a Scheme,
        book: Book,
        past: &'a Past,
        when: When,
        people: &mut People,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        let numbers = people.numbers(&book);
        let mut facts = Facts::new(scheme, book.roster.ids.clone(), book.as_of);
        let earlier: Vec<Earlier> = numbers
            .iter()
            .map(|number| people.persons[*number as usize].now())
            .collect();
        fill(scheme, &book, &earlier, &mut facts);
        let first_seen = first_seen(&book);
        let metrics = metrics::compute(scheme, &book, &first_seen, findings);
        for (metric, column) in scheme.metrics.iter().zip(metrics) {
            match column {
                MetricColumn::Value(column) => facts.set(metric.slot, column),
                MetricColumn::Series(series) => facts.set_series(metric.slot, series),
            }
        }
        let assessment = assess(scheme, &mut facts, findings);
        // What holds a grade is decided on the grade that the values give; what comes after sees the one that counts.
        set_grades(scheme, &assessment.grades, &mut facts);
        let mut holding = classify::holding_reviews(scheme, &mut facts, findings);
        let settled = settled_rows(scheme, past, &book);
        for (index, rows) in holding.iter_mut().enumerate() {
            if let Some(rows) = rows {
                rows.retain(|row| !settled.contains(&(index, *row)));
            }
        }
        let held = classify::held(&holding, book.roster.len());
        Self {
            scheme,
            past,
            when,
            book,
            facts,
            assessment,
            kinds: vec![],
            numbers,
            holding,
            held,
            findings,
        }
    }

    /// Moves everybody who is to be moved, and says what counts for each.
    pub fn decide(&mut self, people: &mut People) {
        let open: Vec<bool> = self
            .numbers
            .iter()
            .map(|number| self.is_open(&people.persons[*number as usize]))
            .collect();
        let grades = grade_names(self.scheme);
        if !grades.is_empty() {
            let movement = self.scheme.grade_movement.as_ref();
            let values = self.assessment.grades.clone();
            self.climb(Ladder::Grade, movement, &values, &grades, &open, people);
        }
        let counting = self.effective(people, |person| &person.grade);
        set_grades(self.scheme, &counting, &mut self.facts);
        self.kinds = classify::types(self.scheme, &mut self.facts, self.findings);
        let types = type_names(self.scheme);
        if !types.is_empty() {
            let movement = self.scheme.type_movement.as_ref();
            let values = self.kinds.clone();
            self.climb(Ladder::Type, movement, &values, &types, &open, people);
        }
        if let When::PeriodEnd { .. } = self.when {
            let end = self.book.as_of;
            for (number, _) in self.numbers.iter().zip(&open).filter(|(_, open)| **open) {
                people.persons[*number as usize].start = Start::After(end);
            }
        }
    }

    fn is_open(&self, person: &Person) -> bool {
        match self.when {
            When::PeriodEnd { is_last } => person.is_open(self.book.as_of, is_last),
            When::Between | When::NoPeriods => true,
        }
    }

    /// One ladder for everybody.
    fn climb(
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
        for row in (0..open.len()).filter(|row| open[*row]) {
            let track = track_of(&mut people.persons[self.numbers[row] as usize], ladder);
            let on_hold = ladder == Ladder::Grade && self.held[row];
            let level = match (movement, &conditions) {
                (Some(movement), Some(conditions)) => {
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
                (Some(_), None) => track.place.level,
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
                    Ladder::Type => &person.kind,
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
        let subject = match ladder {
            Ladder::Grade => Subject::Grade,
            Ladder::Type => Subject::Type,
        };
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

    fn effective(&self, people: &People, track: impl Fn(&Person) -> &Track) -> Vec<Choice> {
        let of = |number: &u32| track(&people.persons[*number as usize]).effective;
        let levels = self.numbers.iter().map(of);
        levels
            .map(|level| level.map_or(Choice::NoneHolds, Choice::Is))
            .collect()
    }

    /// What is shown of the customers at the end of the path.
    pub fn show(mut self, people: &People) -> Shown {
        let scheme = self.scheme;
        let types = self.shown_types(people);
        if let Some(slot) = scheme.type_slot() {
            self.facts
                .set(slot, classify::named(&types, type_names(scheme)));
        }
        let findings = self.findings;
        classify::tags(scheme, &mut self.facts, findings);
        classify::set_tags(
            scheme,
            &mut self.facts,
            &self.book.roster,
            &self.past.overrides,
            self.book.as_of,
        );
        let settled = settled_rows(scheme, self.past, &self.book);
        let mut reviews = classify::reviews(scheme, self.holding, &mut self.facts, findings);
        for (index, queue) in reviews.iter_mut().enumerate() {
            queue.retain(|row| !settled.contains(&(index, *row)));
        }
        let strategies = classify::strategies(scheme, &mut self.facts, findings);
        let rated = !scheme.grades.is_empty();
        let decided = self
            .numbers
            .iter()
            .enumerate()
            .map(|(row, number)| {
                let person = &people.persons[*number as usize];
                let track = &person.grade;
                let before = person.before.grade.map(|grade| grade as u32);
                let kept = KeptBy {
                    overridden: track.overridden.is_some(),
                    on_hold: self.held[row],
                    at_risk: track.place.at_risk.is_some(),
                };
                Decided {
                    grade: track.effective,
                    rule_grade: track.place.level,
                    decision: compare(rated, before, track.effective, kept),
                    since: track.since,
                    on_hold: self.held[row],
                }
            })
            .collect();
        Shown {
            book: self.book,
            facts: self.facts,
            assessment: self.assessment,
            decided,
            classification: Classification {
                types,
                strategies,
                reviews,
            },
        }
    }

    /// The types that count: where rules move them, or a person set one, that; else what the values give, with the
    /// reason where they give none.
    fn shown_types(&self, people: &People) -> Vec<Choice> {
        let choose = |(row, number): (usize, &u32)| {
            let track = &people.persons[*number as usize].kind;
            match track.effective {
                Some(level) => Choice::Is(level),
                None => match self.kinds.get(row) {
                    Some(choice) if choice.index().is_none() => *choice,
                    _ => Choice::NoneHolds,
                },
            }
        };
        self.numbers.iter().enumerate().map(choose).collect()
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

fn track_of(person: &mut Person, ladder: Ladder) -> &mut Track {
    match ladder {
        Ladder::Grade => &mut person.grade,
        Ladder::Type => &mut person.kind,
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

/// The customers whose wait for a review rule somebody has ended: rule and row.
fn settled_rows(scheme: &Scheme, past: &Past, book: &Book) -> HashSet<(usize, u32)> {
    let place = |settled: &super::Settled| {
        let rule = scheme
            .reviews
            .iter()
            .position(|review| review.name == settled.rule)?;
        Some((rule, *book.roster.by_id.get(&settled.customer)?))
    };
    past.settled.iter().filter_map(place).collect()
}
