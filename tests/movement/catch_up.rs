//! Monthly runs equal one catch-up run, for rows that came in time and one scheme.

use super::schemes::{CUSTOMERS_SHEET, LEVELS, OF_ORDERS, TYPES, scheme};
use super::world::{Order, World, month_end, said};
use proptest::prelude::*;
use proptest::sample::select;
use regrade::decide::{Decision, Hold, Override, Subject};
use regrade::grading::{Grading, Known};
use regrade::table::{Date, Period};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const CUSTOMERS: usize = 4;
const AMOUNTS: [i64; 8] = [0, 50, 99, 100, 150, 300, 501, 600];

/// What happened in a month.
#[derive(Clone, Debug)]
struct Month {
    covered: bool,
    /// For each customer what it ordered, if anything.
    orders: Vec<Option<i64>>,
    /// For each customer the cell `v` of the sheet that came in at the month's end; `None`: the sheet does not have it.
    sheet: Option<Vec<Option<&'static str>>>,
}

/// What does not change from month to month.
#[derive(Clone, Debug)]
struct Story {
    scheme: String,
    months: Vec<Month>,
    /// For each customer the cells `was,since,met`.
    given: Vec<&'static str>,
    overrides: Vec<(usize, bool, Hold, usize, usize, usize)>,
    /// In which months somebody runs who runs whenever there is something to decide; the first has the first sheet.
    all: Vec<usize>,
    /// In which months somebody else runs.
    some: Vec<usize>,
    /// Whether also runs are made in the middle of months.
    between: bool,
    /// Whether there is no customers' sheet.
    sheetless: bool,
}

fn month() -> impl Strategy<Value = Month> {
    let order = prop::option::weighted(0.75, select(AMOUNTS.to_vec()));
    let cell = select(vec!["", "5", "35", "55", "65", "75", "90", "90", "65", "?"]);
    let row = prop::option::weighted(0.85, cell);
    (
        prop::bool::weighted(0.85),
        prop::collection::vec(order, CUSTOMERS),
        prop::option::weighted(0.6, prop::collection::vec(row, CUSTOMERS)),
    )
        .prop_map(|(covered, orders, sheet)| Month {
            covered,
            orders,
            sheet,
        })
}

fn story() -> impl Strategy<Value = Story> {
    let hold = select(vec![Hold::Floor, Hold::Lock, Hold::Ceiling]);
    let set = (
        0..CUSTOMERS,
        any::<bool>(),
        hold,
        0..3usize,
        0..10usize,
        0..10usize,
    );
    let given = select(vec![
        ",,",
        ",,",
        ",,2023-12-05",
        "B,2024-01-31,",
        "C,2023-11-15,",
    ]);
    (
        scheme(),
        prop::collection::vec(month(), 6..13),
        prop::collection::vec(given, CUSTOMERS),
        prop::collection::vec(set, 0..2),
        prop::collection::vec(prop::bool::weighted(0.35), 13),
        any::<bool>(),
        prop::bool::weighted(0.25),
    )
        .prop_map(
            |((scheme, period, moves), mut months, given, overrides, runs, between, sheetless)| {
                // A sheet that comes in within a period is that of the period before, if a run is made then, but not
                // afterwards; so sheets come at the ends of periods.
                for (index, month) in months.iter_mut().enumerate() {
                    if (index + 1) % period != 0 {
                        month.sheet = None;
                    }
                }
                if months.iter().all(|month| month.sheet.is_none()) {
                    months[period - 1].sheet = Some(vec![Some("65"); CUSTOMERS]);
                }
                let begins = |month: &Month| {
                    if sheetless {
                        month.covered && month.orders.iter().any(Option::is_some)
                    } else {
                        month.sheet.is_some()
                    }
                };
                let last = months.len() - 1;
                let first = months.iter().position(begins).unwrap_or(last);
                let scheme = if sheetless {
                    scheme
                        .replace(CUSTOMERS_SHEET, "")
                        .replacen("[[grades]]\n", OF_ORDERS, 1)
                } else {
                    scheme
                };
                // Without rules every run takes what the values give, on any day; so does one with an override.
                let free = moves && overrides.is_empty();
                let mut all: Vec<usize> = (first..months.len())
                    .filter(|month| free || (month + 1) % period == 0)
                    .collect();
                if all.is_empty() {
                    all.push(first);
                }
                let last = all.last().copied();
                let some = all.iter().copied();
                let some = some
                    .filter(|month| runs[*month] || Some(*month) == last)
                    .collect();
                let between = between && free;
                Story {
                    scheme,
                    months,
                    given,
                    overrides,
                    all,
                    some,
                    between,
                    sheetless,
                }
            },
        )
}

impl Story {
    fn world(&self) -> World {
        let mut world = World::new(&self.scheme)
            .unwrap_or_else(|findings| panic!("{findings:#?}\n{}", self.scheme));
        for (index, month) in self.months.iter().enumerate() {
            let end = end(index);
            let (year, number, _) = end.ymd();
            let day = Date::new(year, number, 10 + index as u32).unwrap();
            let start = Date::new(year, number, 1).unwrap();
            let orders: Vec<Order> = month
                .orders
                .iter()
                .enumerate()
                .filter_map(|(who, amount)| Some((format!("c{who}"), day, (*amount)?)))
                .collect();
            if month.covered {
                world.orders(end, Some((start, end)), &orders);
            }
            if let Some(rows) = month.sheet.as_ref().filter(|_| !self.sheetless) {
                let mut text = "id,v,was,since,met\n".to_owned();
                for (who, cell) in rows.iter().enumerate() {
                    if let Some(cell) = cell {
                        let _ = writeln!(text, "c{who},{cell},{}", self.given[who]);
                    }
                }
                world.sheet(end, &text);
            }
        }
        let sets = self.overrides.iter().enumerate();
        world.overrides = sets
            .map(
                |(index, (who, of_type, hold, level, from, until))| Override {
                    id: index as i64 + 1,
                    customer: format!("c{who}").into(),
                    subject: if *of_type {
                        Subject::Type
                    } else {
                        Subject::Grade
                    },
                    hold: *hold,
                    level: (if *of_type { TYPES } else { LEVELS })[*level].into(),
                    reason: "said so".into(),
                    by: "somebody".into(),
                    from: Some(end(*from)),
                    until: Some(end(*until)),
                    review_on: None,
                },
            )
            .collect();
        world
    }

    /// The dates of the runs, every month's or only some.
    fn dates(&self, every: bool) -> Vec<Date> {
        let months = if every { &self.all } else { &self.some };
        let last = months.last();
        let dates = months.iter().flat_map(|month| {
            let end = end(*month);
            let between = every && self.between && Some(month) != last;
            let later = end.add_days(13).filter(|_| between);
            std::iter::once(end).chain(later)
        });
        dates.collect()
    }
}

fn end(month: usize) -> Date {
    month_end(Date::new(2024, 1, 1).unwrap(), month)
}

/// Everything that the next run begins with, and that people see.
fn left(grading: &Grading) -> BTreeMap<String, String> {
    let standings = grading.standings().into_iter();
    standings
        .map(
            |Known {
                 id, mut standing, ..
             }| {
                let said = said(grading, &id).unwrap();
                if said.decision == Decision::Refused {
                    // How long its period stays open says nothing before it is mended.
                    standing.decided = None;
                }
                let said = (said.grade, said.kind, said.since);
                (id.to_string(), format!("{standing:?} {said:?}"))
            },
        )
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(96, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn monthly_runs_equal_one_catch_up_run(story in story()) {
        let world = story.world();
        let monthly = world.runs(&story.dates(true));
        let skipping = world.runs(&story.dates(false));
        prop_assert_eq!(left(&monthly), left(&skipping), "months were skipped");
        let once = world.runs(&[*story.dates(true).last().unwrap()]);
        prop_assert_eq!(left(&monthly), left(&once), "at once");
        let closed = Period::last_closed(world.scheme.period, once.book.as_of);
        prop_assert!(once.standings().iter().all(|known| known.standing.decided <= closed.end()));
    }
}
