//! What a run carries for each customer from one moment to the next.

use super::Past;
use crate::book::{Book, Earlier, Numbered};
use crate::decide::{Ladder, Place, Rung, Standing, Step};
use crate::diagnostic::{Code, Finding};
use crate::scheme::model::Scheme;
use crate::table::{Date, Period};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// A customer on the way through the periods.
#[derive(Clone, Debug)]
pub struct Person {
    /// Which periods are decided.
    pub start: Start,
    /// What the customer was before this run.
    pub before: Earlier,
    /// On the ladder of grades.
    pub grade: Track,
    /// On the ladder of types, if anything was ever said of it: where there are no types that is no small part of all.
    kind: Option<Box<Track>>,
}

/// Where nobody has been yet.
static NOWHERE: Track = Track {
    place: Place {
        level: None,
        moved: None,
        demoted: None,
        at_risk: None,
        counts_after: None,
    },
    effective: None,
    since: None,
    overridden: None,
    was_overridden: false,
    last: None,
    moves: vec![],
};

/// Which periods are decided for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// All there are.
    First,
    /// Those that end after this day.
    After(Date),
    /// The same, where the customers' sheet says what the grade was on that day. What it does not say, a type that no rule
    /// moves and what people had set, is worked out as of that day, as a run of then would have found it.
    Since(Date),
    /// The last one only: the grade before has no date.
    Last,
}

/// A customer on one ladder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// Where the rules left the customer.
    pub place: Place,
    /// The level that counts, overrides applied.
    pub effective: Option<u32>,
    /// Since when it does.
    pub since: Option<Date>,
    /// The override that makes it so, by its place in [`Past::overrides`], if the rules alone would give another level.
    pub overridden: Option<u32>,
    /// Whether an override made the level of the run before so.
    pub was_overridden: bool,
    /// What the last moment did; `None` where none was decided.
    pub last: Option<Step>,
    /// The moves of this run, oldest first.
    pub moves: Vec<Move>,
}

/// A move at a period end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The last day of the period.
    pub end: Date,
    /// The level that it led to.
    pub to: u32,
    /// From where, and why.
    pub step: Step,
    /// The day after which the periods end that the rule's counts looked at.
    pub counts_after: Option<Date>,
}

/// All customers of a run: those of its book first, by their numbers there, then the others that were known.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The customers.
    pub persons: Vec<Person>,
    /// Their keys.
    pub ids: Arc<Vec<Arc<str>>>,
    /// Their names.
    pub names: Arc<Vec<Option<Arc<str>>>>,
    pub(super) by_id: Numbered,
    /// The day up to which nothing is decided for those who are new: the last period end of the run before, or what
    /// comes before all that is known. The same for everybody, so that nobody's grade depends on who else is there.
    pub(super) decided: Option<Date>,
}

impl People {
    /// Everybody, where the run before or the customers' sheet left them. `first` is the first day of which anything is
    /// known.
    pub fn new(
        scheme: &Scheme,
        book: &Book,
        past: &Past,
        first: Option<Date>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let roster = &book.roster;
        let known: HashMap<&str, usize> = past
            .customers
            .iter()
            .enumerate()
            .map(|(index, known)| (&*known.id, index))
            .collect();
        let decided = match past.as_of {
            Some(day) => Period::last_closed(scheme.period, day).end(),
            // A customers' sheet of now alone says nothing of any period but the last.
            None => first
                .or_else(|| Period::last_closed(scheme.period, book.as_of).start())
                .and_then(|day| day.add_days(-1)),
        };
        let names = Names::new(scheme);
        let mut unknown = vec![];
        let mut people = Self {
            persons: Vec::with_capacity(roster.len()),
            ids: roster.ids.clone(),
            names: roster.names.clone(),
            by_id: roster.numbered().clone(),
            decided,
        };
        for (row, id) in roster.ids.iter().enumerate() {
            let sheet = book
                .customers
                .as_ref()
                .map_or_else(Earlier::default, |customers| customers.earlier[row]);
            people.persons.push(match known.get(&**id) {
                Some(index) => {
                    let standing = &past.customers[*index].standing;
                    Person::after(standing, decided, &names, &mut unknown)
                }
                None => Person::from_sheet(sheet, decided),
            });
        }
        for known in &past.customers {
            if roster.by_id().contains_key(&known.id) {
                continue;
            }
            people.add(
                known.id.clone(),
                known.name.clone(),
                Person::after(&known.standing, decided, &names, &mut unknown),
            );
        }
        unknown.sort_unstable();
        unknown.dedup();
        findings.extend(unknown.into_iter().map(|level| {
            Finding::warning(
                Code::UnknownPrevious,
                text!(
                    "`{level}` of the run before is no grade or type of this scheme; its customers count as new",
                    "上一批次的 `{level}` 不是本方案的等级或类型，相应客户按新客户处理"
                ),
            )
            .help(text!(
                "name it in `was` of the grade that it is now",
                "请在它现在对应的等级中写 `was`"
            ))
        }));
        people
    }

    /// Their numbers by key.
    pub fn by_id(&self) -> &Arc<HashMap<Arc<str>, u32>> {
        self.by_id.of(&self.ids)
    }

    /// The numbers of a book's customers; one who was never met before joins.
    pub fn numbers(&mut self, book: &Book) -> Vec<u32> {
        let decided = self.decided;
        let roster = &book.roster;
        (0..roster.len())
            .map(|row| {
                // The book that they were made from has them in this order.
                let is_same = |id: &Arc<str>| Arc::ptr_eq(id, &roster.ids[row]);
                if self.ids.get(row).is_some_and(is_same) {
                    return row as u32;
                }
                if let Some(number) = self.by_id().get(&roster.ids[row]) {
                    return *number;
                }
                let sheet = book
                    .customers
                    .as_ref()
                    .map_or_else(Earlier::default, |customers| customers.earlier[row]);
                self.add(
                    roster.ids[row].clone(),
                    roster.names[row].clone(),
                    Person::from_sheet(sheet, decided),
                )
            })
            .collect()
    }

    /// Gives each customer another key.
    pub fn rename(&mut self, other: impl FnMut(&mut Arc<str>)) {
        Arc::make_mut(&mut self.ids).iter_mut().for_each(other);
        self.by_id = Numbered::default();
    }

    fn add(&mut self, id: Arc<str>, name: Option<Arc<str>>, person: Person) -> u32 {
        let number = self.persons.len() as u32;
        self.by_id.push(&id, number);
        Arc::make_mut(&mut self.ids).push(id);
        Arc::make_mut(&mut self.names).push(name);
        self.persons.push(person);
        number
    }
}

impl Person {
    /// Where the run before left the customer. `decided` is as for [`Self::from_sheet`].
    fn after(
        standing: &Standing,
        decided: Option<Date>,
        names: &Names<'_>,
        unknown: &mut Vec<Arc<str>>,
    ) -> Self {
        let mut level = |name: &Option<Arc<str>>, of: &HashMap<&str, u32>| {
            let name = name.as_ref()?;
            let level = of.get(&**name).copied();
            if level.is_none() {
                unknown.push(name.clone());
            }
            level
        };
        let mut track = |rung: &Rung, effective: &Option<Arc<str>>, of: &HashMap<&str, u32>| {
            let place = Place {
                level: level(&rung.level, of),
                moved: rung.moved,
                demoted: rung.demoted,
                at_risk: rung.at_risk,
                counts_after: rung.counts_after,
            };
            Track {
                place,
                effective: level(effective, of),
                was_overridden: rung.level != *effective,
                ..Track::default()
            }
        };
        let mut grade = track(&standing.grade, &standing.effective_grade, &names.grades);
        let kind = track(&standing.kind, &standing.effective_kind, &names.types);
        grade.since = standing.since;
        let has_level = grade.effective.or(kind.effective).is_some();
        let start = match standing.decided {
            Some(day) => Start::After(day),
            // A graded file may say no date.
            None if has_level => Start::Last,
            None => decided.map_or(Start::First, Start::After),
        };
        Self {
            start,
            before: Earlier {
                grade: grade.effective.map(|level| level as usize),
                since: standing.since,
                kind: kind.effective.map(|level| level as usize),
            },
            grade,
            kind: kept(kind),
        }
    }

    /// A customer without an earlier run, as the sheet says. `decided` is the last period end that a run before decided.
    fn from_sheet(sheet: Earlier, decided: Option<Date>) -> Self {
        let track = |level: Option<usize>, since: Option<Date>| {
            let level = level.map(|level| level as u32);
            Track {
                place: Place {
                    level,
                    moved: since,
                    demoted: None,
                    at_risk: None,
                    counts_after: since,
                },
                effective: level,
                since,
                ..Track::default()
            }
        };
        let since = sheet.since.filter(|_| sheet.grade.is_some());
        let start = match (sheet.grade.or(sheet.kind), since) {
            (Some(_), Some(since)) => Start::Since(since),
            (Some(_), None) => Start::Last,
            (None, _) => decided.map_or(Start::First, Start::After),
        };
        Self {
            start,
            before: sheet,
            grade: track(sheet.grade, since),
            kind: kept(track(sheet.kind, since)),
        }
    }

    /// On the ladder of types.
    pub fn kind(&self) -> &Track {
        self.kind.as_deref().unwrap_or(&NOWHERE)
    }

    /// On a ladder, to be moved there.
    pub(super) fn on(&mut self, ladder: Ladder) -> &mut Track {
        match ladder {
            Ladder::Grade => &mut self.grade,
            Ladder::Type => self.kind.get_or_insert_default(),
        }
    }

    /// Whether a ladder begins on this day, which decides nothing itself: a type that the sheet does not say is what the
    /// values give, and what people had set counts.
    pub fn begins_on(&self, end: Date, ladder: Ladder, is_moved: bool) -> bool {
        let is_unsaid = ladder == Ladder::Type && self.kind().effective.is_none();
        self.start == Start::Since(end) && (is_moved || is_unsaid)
    }

    /// Whether a period end is to be decided.
    pub fn is_open(&self, end: Date, is_last: bool) -> bool {
        match self.start {
            Start::First => true,
            Start::After(day) | Start::Since(day) => end > day,
            Start::Last => is_last,
        }
    }
}

/// A track, if it has been anywhere.
fn kept(track: Track) -> Option<Box<Track>> {
    (track != NOWHERE).then(|| Box::new(track))
}

/// The levels of both ladders by name, those of earlier schemes too.
struct Names<'a> {
    grades: HashMap<&'a str, u32>,
    types: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn new(scheme: &'a Scheme) -> Self {
        let mut grades = HashMap::default();
        for (level, grade) in scheme.grades.iter().enumerate() {
            for name in std::iter::once(&grade.name).chain(&grade.was) {
                grades.insert(&**name, level as u32);
            }
        }
        let types = scheme.types.iter().enumerate();
        Self {
            grades,
            types: types
                .map(|(level, rule)| (&*rule.name, level as u32))
                .collect(),
        }
    }
}
