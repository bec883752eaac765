//! The whole pure path: what is known, and what was before → every customer's grade, type, tags and strategy.
//!
//! Where grades or types move by rules, the path is walked once for each period end since the run before, as of its
//! last day, and then as of the as-of date; else only that. No I/O, no clock, no printing: the clock is the as-of date,
//! and what there is to say comes back as findings.

mod absent;
mod climb;
mod earlier;
mod given;
mod kept;
mod moment;
mod overrides;
mod past;
mod person;
mod ranking;
mod some;
mod standing;
mod tags;

pub use absent::Absent;
pub use kept::Kept;
pub use past::{Known, Past, Settled};
pub use person::{Move, People, Person, Start, Track};
pub use ranking::{Ranking, ranking};
pub use some::Members;

use crate::assess::{Assessment, Facts};
use crate::book::{Book, Earlier, Inputs, Shelf, period_ends};
use crate::classify::Classification;
use crate::decide::{Decided, Decision, Override};
use crate::diagnostic::Finding;
use crate::metrics::Fit;
use crate::rank::Everybody;
use crate::scheme::model::Scheme;
use crate::table::{Date, Period};
use earlier::EarlierFindings;
use foldhash::HashSet;
use moment::{Moment, When};
use std::sync::Arc;

/// One grading: everything that was worked out for every customer.
#[derive(Clone, Debug)]
pub struct Grading {
    /// The scheme.
    pub scheme: Arc<Scheme>,
    /// What was known.
    pub book: Book,
    /// All columns by slot.
    pub facts: Facts,
    /// What estimates rest on, of all customers.
    pub fits: Vec<Fit>,
    /// Bands, points and the grade that the values give.
    pub assessment: Assessment,
    /// The grade that counts, and what happened to it.
    pub decided: Vec<Decided>,
    /// Types, reviews and strategies.
    pub classification: Classification,
    /// Customers with the overrides, by their places in [`Past::overrides`], that put a tag on or took one off.
    pub tagged: Vec<(u32, u32)>,
    /// Everybody whom this run knows: the book's customers by their numbers, then the others.
    pub people: People,
    /// Customers who are known and not in the newest sheet of their source.
    pub absent: Vec<Absent>,
    /// What was before.
    pub past: Past,
    /// What was found in data and on the way.
    pub findings: Vec<Finding>,
    /// Who sees it, where it is not everything: made by [`crate::roles`], which leaves here what that role may see.
    pub role: Option<Arc<SeenAs>>,
}

/// What a role sees of a grading, for those who write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenAs {
    /// The role's name.
    pub role: Arc<str>,
    /// Whether it sees some of the customers only.
    pub some_rows: bool,
    /// The columns that it does not see, in the order of the scheme.
    pub hidden: Vec<Arc<str>>,
    /// The columns that it sees masked.
    pub masked: Vec<Arc<str>>,
    /// The columns that it sees as pseudonyms.
    pub pseudonyms: Vec<Arc<str>>,
}

/// Grades all customers as of a date.
pub fn grade(scheme: Arc<Scheme>, inputs: Inputs, as_of: Date, past: Past) -> Grading {
    let shelf = Shelf::new(scheme.clone(), inputs, as_of);
    grade_shelf(scheme, &shelf, as_of, past)
}

/// Grades all customers of what stands on a shelf.
pub fn grade_shelf(scheme: Arc<Scheme>, shelf: &Shelf, as_of: Date, past: Past) -> Grading {
    walk(scheme, shelf, as_of, past, &Everybody::default())
}

/// Grades customers who are some of all, of whom this is known.
pub fn grade_some(
    scheme: Arc<Scheme>,
    inputs: Inputs,
    as_of: Date,
    everybody: &Everybody,
) -> Grading {
    let shelf = Shelf::new(scheme.clone(), inputs, as_of);
    walk(scheme, &shelf, as_of, Past::default(), everybody)
}

/// The whole path.
fn walk(
    scheme: Arc<Scheme>,
    shelf: &Shelf,
    as_of: Date,
    past: Past,
    everybody: &Everybody,
) -> Grading {
    let mut newest = shelf.newest(as_of);
    newest.told = past.as_of;
    let mut findings = std::mem::take(&mut newest.findings);
    let mut people = People::new(&scheme, &newest, &past, shelf.first_day(), &mut findings);
    let moves = scheme.has_history();
    let ends: Vec<Date> = if moves {
        open_ends(&scheme, shelf, &people, &past, &newest)
    } else {
        vec![]
    };
    let mut earlier = EarlierFindings::default();
    for (index, end) in ends.iter().enumerate() {
        let is_last = index + 1 == ends.len();
        if *end == as_of {
            break;
        }
        let book = shelf.at(*end, is_last, &newest);
        let when = When::PeriodEnd { is_last };
        let mut found = vec![];
        let mut moment = Moment::new(
            &scheme,
            book,
            &past,
            when,
            everybody,
            &mut people,
            &mut found,
        );
        moment.decide(&mut people);
        earlier.add(*end, found);
    }
    let when = if moves && ends.last() == Some(&as_of) {
        When::PeriodEnd { is_last: true }
    } else if moves {
        When::Between
    } else {
        When::NoPeriods
    };
    let mut moment = Moment::new(
        &scheme,
        newest,
        &past,
        when,
        everybody,
        &mut people,
        &mut findings,
    );
    moment.decide(&mut people);
    let shown = moment.show(&people);
    let told = earlier.told(&findings);
    findings.extend(told);
    let absent = absent::absent(&shown.book, &people);
    Grading {
        scheme,
        book: shown.book,
        facts: shown.facts,
        fits: shown.fits,
        assessment: shown.assessment,
        decided: shown.decided,
        classification: shown.classification,
        tagged: shown.tagged,
        people,
        absent,
        past,
        findings,
        role: None,
    }
}

/// The last days of the periods that are to be decided for anybody: those who are there now, and those who have come and
/// gone since the run before.
fn open_ends(
    scheme: &Scheme,
    shelf: &Shelf,
    people: &People,
    past: &Past,
    newest: &Book,
) -> Vec<Date> {
    let as_of = newest.as_of;
    let reads_before = scheme.types_read_before();
    let set: HashSet<&str> = past.overrides.iter().map(|set| &*set.customer).collect();
    let first =
        people
            .persons
            .iter()
            .zip(people.ids.iter())
            .filter_map(|(person, id)| match person.start {
                Start::First => shelf.first_day(),
                Start::Since(day) if reads_before || set.contains(&**id) => Some(day),
                Start::After(day) | Start::Since(day) => day.add_days(1),
                Start::Last => None,
            });
    let closed = |day| Period::last_closed(scheme.period, day).end();
    let others = match past.as_of {
        _ if !shelf.has_earlier_sheets() => None,
        Some(before) => closed(before).and_then(|day| day.add_days(1)),
        None => shelf.first_day_of_any(newest),
    };
    let first = first.chain(others).chain(closed(as_of));
    let periods = period_ends(scheme.period, first.min().unwrap_or(as_of), as_of);
    periods.into_iter().filter_map(Period::end).collect()
}

impl Grading {
    /// How many customers there are, refused rows left out.
    pub fn len(&self) -> usize {
        self.decided.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.decided.is_empty()
    }

    /// What a customer was before.
    pub fn earlier(&self, row: usize) -> Earlier {
        self.people.persons[row].before
    }

    /// Steps since the run before: 1 is one grade up; `None` where there is none to compare with.
    pub fn steps(&self, row: usize) -> Option<i32> {
        let now = self.decided[row].grade? as i32;
        Some(self.earlier(row).grade? as i32 - now)
    }

    /// The name of a customer's grade.
    pub fn grade_name(&self, row: usize) -> Option<&Arc<str>> {
        self.decided[row]
            .grade
            .map(|grade| &self.scheme.grades[grade as usize].name)
    }

    /// The name of a customer's type.
    pub fn type_name(&self, row: usize) -> Option<&Arc<str>> {
        self.classification.types[row]
            .index()
            .map(|index| &self.scheme.types[index].name)
    }

    /// The review rules for which a customer waits, by their place in the scheme.
    pub fn reviews(&self, row: usize) -> impl Iterator<Item = usize> {
        let queues = self.classification.reviews.iter().enumerate();
        queues
            .filter(move |(_, queue)| queue.binary_search(&(row as u32)).is_ok())
            .map(|(index, _)| index)
    }

    /// The overrides that put a tag on a customer or took one off.
    pub fn tags_set(&self, row: usize) -> impl Iterator<Item = &Override> {
        let row = row as u32;
        let first = self.tagged.partition_point(|(tagged, _)| *tagged < row);
        let of_row = self.tagged[first..].iter();
        let of_row = of_row.take_while(move |(tagged, _)| *tagged == row);
        of_row.map(|(_, place)| &self.past.overrides[*place as usize])
    }

    /// How many customers a decision has.
    pub fn count(&self, decision: Decision) -> usize {
        match decision {
            Decision::Refused => self.book.roster.refused.len(),
            Decision::Absent => self.absent.len(),
            _ => self
                .decided
                .iter()
                .filter(|decided| decided.decision == decision)
                .count(),
        }
    }
}
