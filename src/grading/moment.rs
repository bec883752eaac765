//! One moment of the path: everything worked out as of one date, then where it leaves every customer on both ladders.

use super::given::{fill, first_seen, grade_names, set_grades, type_names};
use super::person::{Person, Start, Track};
use super::{Past, People, overrides};
use crate::assess::{Assessment, Choice, Facts, assess};
use crate::book::Book;
use crate::classify::{self, Classification};
use crate::decide::{Decided, KeptBy, Ladder, compare};
use crate::diagnostic::Finding;
use crate::metrics::{self, Fit, MetricColumn};
use crate::rank::Everybody;
use crate::scheme::model::Scheme;
use foldhash::HashSet;

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
    pub(super) scheme: &'a Scheme,
    pub(super) past: &'a Past,
    pub(super) when: When,
    pub(super) book: Book,
    pub(super) facts: Facts,
    fits: Vec<Fit>,
    assessment: Assessment,
    /// The type that the values give, for each customer.
    kinds: Vec<Choice>,
    /// For each customer of the book the number among [`People`].
    pub(super) numbers: Vec<u32>,
    /// For each review rule that holds the grade, who waits.
    holding: Vec<Option<Vec<u32>>>,
    pub(super) held: Vec<bool>,
    pub(super) findings: &'a mut Vec<Finding>,
}

/// What a moment shows of its customers.
pub struct Shown {
    /// What was known.
    pub book: Book,
    /// All columns by slot.
    pub facts: Facts,
    /// What estimates rest on.
    pub fits: Vec<Fit>,
    /// Bands, points and the grade that the values give.
    pub assessment: Assessment,
    /// The grade that counts.
    pub decided: Vec<Decided>,
    /// Types, reviews and strategies.
    pub classification: Classification,
    /// Customers with the overrides of tags that changed something.
    pub tagged: Vec<(u32, u32)>,
}

impl<'a> Moment<'a> {
    /// Works out all values as of the book's date, with what was before as it stands now; `everybody` is as for
    /// [`Facts::stand_among`].
    pub fn new(
        scheme: &'a Scheme,
        book: Book,
        past: &'a Past,
        when: When,
        everybody: &Everybody,
        people: &mut People,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        let numbers = people.numbers(&book);
        let mut facts = Facts::new(scheme, book.roster.ids.clone(), book.as_of);
        facts.stand_among(everybody.clone());
        let now = |number: &u32| people.persons[*number as usize].now();
        fill(scheme, &book, &numbers.iter().map(now), &mut facts);
        let first_seen = first_seen(&book);
        // What metrics say of rows and coverage holds for every moment, and the newest book has it all.
        let mut of_earlier = vec![];
        let of_rows = if book.is_newest {
            &mut *findings
        } else {
            &mut of_earlier
        };
        let (metrics, fits) = metrics::compute(scheme, &book, &first_seen, of_rows);
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
            fits,
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
        let tags = classify::set_tags(
            scheme,
            &mut self.facts,
            &self.book.roster,
            &self.past.overrides,
            self.book.as_of,
        );
        let sets = &self.past.overrides;
        findings.extend(overrides::told(scheme, sets, &tags, &self.book, people));
        let roster = &self.book.roster;
        let tagged = tags.into_iter().filter_map(|place| {
            let row = roster.by_id().get(&sets[place].customer)?;
            Some((*row, place as u32))
        });
        let mut tagged: Vec<(u32, u32)> = tagged.collect();
        tagged.sort_unstable();
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
            tagged,
            book: self.book,
            facts: self.facts,
            fits: self.fits,
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
            let track = people.persons[*number as usize].kind();
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

/// The customers whose wait for a review rule somebody has ended: rule and row.
fn settled_rows(scheme: &Scheme, past: &Past, book: &Book) -> HashSet<(usize, u32)> {
    let place = |settled: &super::Settled| {
        let rule = scheme
            .reviews
            .iter()
            .position(|review| review.name == settled.rule)?;
        Some((rule, *book.roster.by_id().get(&settled.customer)?))
    };
    past.settled.iter().filter_map(place).collect()
}
