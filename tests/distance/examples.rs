//! The shipped examples with 500 customers each, made of the cells of their own sheets and of values at the limits.

use super::sheets::{Case, Cells, Random, Wanted, present, trials, try_all};
use regrade::assess::Choice;
use regrade::explain::distance::{Change, Nearest, Reach, Way, Why, World};
use regrade::grading::Grading;
use regrade::scheme;
use regrade::table::{Date, Decimal, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Numbers at and beside the limits of the examples, among others.
const AT_LIMITS: [&str; 36] = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "9",
    "10",
    "11",
    "14",
    "15",
    "16",
    "19",
    "20",
    "21",
    "29",
    "30",
    "31",
    "49.99",
    "50",
    "50.01",
    "79",
    "80",
    "99",
    "99.99",
    "100",
    "100.01",
    "101",
    "49999.99",
    "50000",
    "100000",
    "100000.01",
    "499999.99",
    "500000",
    "999999.99",
    "1000000",
];

fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(example)
}

/// How many customers of each example: 500, or `REGRADE_DISTANCE_CASES`.
pub fn cases() -> usize {
    let set = std::env::var("REGRADE_DISTANCE_CASES").ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(500)
}

/// A number somewhat like a cell: the same, another one at a limit, or a little more or less.
fn number(cell: &str, random: &mut Random) -> String {
    match random.below(4) {
        0 => cell.to_owned(),
        1 => format!("{}", random.below(200)),
        _ => (*random.pick(&AT_LIMITS)).to_owned(),
    }
}

/// Customers made of the cells of a sheet: each cell of any row, numbers at limits.
fn customers(sheet: &Cells, count: usize, random: &mut Random) -> Cells {
    let is_number = |column: usize| {
        let cells = sheet.rows.iter().map(|row| row[column].trim());
        let mut cells = cells.filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.parse::<f64>().is_ok())
    };
    let numbers: Vec<bool> = (0..sheet.headers.len()).map(is_number).collect();
    let row = |place: usize, random: &mut Random| {
        let cells = sheet.headers.iter().enumerate().map(|(column, header)| {
            if column == 0 {
                return format!("T{place:05}");
            }
            let cell = random.pick(&sheet.rows)[column].clone();
            // What must be so many digits stays what it is, and a score is no hundred.
            let is_bounded = ["手机", "满意度", "员工数"].contains(&header.as_str());
            if numbers[column] && !is_bounded {
                number(&cell, random)
            } else {
                cell
            }
        });
        cells.collect()
    };
    let rows = (0..count).map(|place| row(place, random)).collect();
    Cells {
        headers: sheet.headers.clone(),
        rows,
    }
}

/// Events of these customers: rows of the sheet, given to anybody.
fn events(
    sheet: &Cells,
    customer: usize,
    id: Option<usize>,
    count: usize,
    random: &mut Random,
) -> Cells {
    let row = |place: usize, random: &mut Random| {
        let mut row = random.pick(&sheet.rows).clone();
        row[customer] = format!("T{:05}", random.below(count));
        if let Some(id) = id {
            row[id] = format!("E{place:06}");
        }
        row
    };
    let rows = (0..count * 12).map(|place| row(place, random)).collect();
    Cells {
        headers: sheet.headers.clone(),
        rows,
    }
}

/// One of the examples: its sheets in the order of the scheme.
pub struct Example {
    pub name: &'static str,
    customers: &'static str,
    events: &'static [&'static str],
    lookups: &'static [&'static str],
    as_of: &'static str,
    scheme: &'static str,
}

pub const EXAMPLES: [Example; 10] = [
    Example {
        name: "purchase-value",
        customers: "customers.csv",
        events: &[],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "b2b-weighted",
        customers: "customers.csv",
        events: &[],
        lookups: &[],
        as_of: "2024-03-31",
        scheme: "rules.toml",
    },
    Example {
        name: "hotel-guests",
        customers: "customers.csv",
        events: &[],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "ecommerce-members",
        customers: "customers.csv",
        events: &[],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "abc-share",
        customers: "customers.csv",
        events: &[],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "annual-frequency",
        customers: "customers.csv",
        events: &["orders.csv"],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "monthly-consumption",
        customers: "customers.csv",
        events: &["orders.csv"],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "service",
        customers: "客户.csv",
        events: &["工单.csv", "满意度答卷.csv"],
        lookups: &[],
        as_of: "2024-12-31",
        scheme: "rules.toml",
    },
    Example {
        name: "b2b-year",
        customers: "in/2024-06/客户2024-06.csv",
        events: &[
            "in/2024-06/订单2024-06.csv",
            "in/2024-03/投诉2024-03.csv",
            "in/2024-06/跟进2024-06.csv",
        ],
        lookups: &[],
        as_of: "2024-06-30",
        scheme: "rules.toml",
    },
    Example {
        name: "reference",
        customers: "customers.csv",
        events: &["orders.csv", "visits.csv"],
        lookups: &["risk.csv"],
        as_of: "2024-12-31",
        scheme: "../../rules.example.toml",
    },
];

pub fn case(example: &Example, count: usize, seed: u64) -> Case {
    let folder = folder(example.name);
    let random = &mut Random::new(seed);
    let text = fs::read_to_string(folder.join(example.scheme)).unwrap();
    let (valid, findings) = scheme::validate(&text);
    let scheme = Arc::new(valid.unwrap_or_else(|| panic!("{findings:#?}")));
    let of_events = scheme
        .events
        .iter()
        .zip(example.events)
        .map(|(sheet, name)| {
            let fields = &sheet.sheet.fields;
            let headers = |field: usize| regrade::clean::sheet::field_headers(&fields[field]);
            let cells = Cells::read(&folder.join(name), &headers(sheet.date));
            let Some(customer) = cells.column(&headers(sheet.customer)) else {
                return Cells {
                    rows: vec![],
                    ..cells
                };
            };
            let id = sheet.id.and_then(|id| cells.column(&headers(id)));
            events(&cells, customer, id, count, random)
        });
    let events = of_events.collect();
    let rule = scheme.customers.as_ref().unwrap();
    let key = regrade::clean::sheet::field_headers(&rule.sheet.fields[rule.key]);
    let of_customers = Cells::read(&folder.join(example.customers), &key);
    let of_lookups = scheme
        .lookups
        .iter()
        .zip(example.lookups)
        .map(|(rule, name)| {
            let key = regrade::clean::sheet::field_headers(&rule.sheet.fields[rule.key]);
            Cells::read(&folder.join(name), &key)
        });
    let lookups = of_lookups.collect();
    Case {
        customers: Some(customers(&of_customers, count, random)),
        events,
        lookups,
        as_of: Date::parse_iso(example.as_of).unwrap(),
        scheme,
    }
}

/// Distances of every customer of a case, tried; how many values were.
fn tried(case: &Case) -> usize {
    let grading = case.grade();
    let world = World::new(&grading);
    let mut all = vec![];
    let nearest = Nearest::new(&grading);
    for row in 0..grading.len() {
        let reaches = world.reaches(row);
        assert_is_nearest(&grading, &nearest, row, &reaches);
        for reach in reaches {
            all.extend(trials(&grading, row, &reach));
        }
    }
    try_all(case, &grading, &world, all)
}

/// What a list tells of everybody is the nearest of what is told of each, by the smallest change as a share of the value
/// (of days as a thousandth of three years, of what has no order last of all), or why there is nothing.
pub fn assert_is_nearest(grading: &Grading, nearest: &Nearest, row: usize, reaches: &[Reach]) {
    let told = nearest.of(grading, row);
    // Who has no grade because a value is missing is not told what else might be.
    if matches!(grading.assessment.grades[row], Choice::Unknown(_)) {
        assert!(told.is_none(), "{told:?}");
        return;
    }
    // Of a value of which not all is told something nearer may be known to one of them only.
    if reaches.iter().any(|reach| reach.why == Some(Why::TooMany)) {
        return;
    }
    // Time alone makes an age, which is what most days are read for.
    let is_age = |change: &Change| {
        let is_day = matches!(change.to, Value::Date(_) | Value::DateTime(_));
        is_day && change.way == Way::Less && told.as_ref().is_none_or(|(_, told)| told != change)
    };
    let far = |reach: &Reach, change: &Change| match (&reach.now, &change.to) {
        (Value::Number(now), Value::Number(to)) => {
            let (now, to) = (i128::from(now.millionths()), i128::from(to.millionths()));
            (to - now).abs() * 1_000_000 / now.abs().max(to.abs()).max(1)
        }
        (Value::Date(now), Value::Date(to)) => {
            i128::from(now.days_to(*to)).abs() * 1_000_000 / 1_000
        }
        _ => i128::MAX,
    };
    let better = reaches.iter().flat_map(|reach| {
        let better = reach.changes.iter().filter(|change| change.better);
        better.map(move |change| (reach, change))
    });
    let expected = better
        .filter(|(_, change)| !is_age(change))
        .min_by_key(|(reach, change)| far(reach, change))
        .map(|(reach, change)| (reach.slot, change.clone()));
    if told.is_none() && expected.is_some() {
        assert_eq!(
            nearest.untold(row),
            Some((None, Why::TooMany)),
            "{expected:?}"
        );
        return;
    }
    assert_eq!(told, expected, "{reaches:#?}");
}

/// Distances of 500 customers of an example; those who stand each alone all at once, else in sheets of 25.
pub fn example(name: &str) -> usize {
    let example = EXAMPLES
        .iter()
        .find(|example| example.name == name)
        .unwrap();
    let count = cases();
    let few = case(example, 25, 1);
    let grading = few.grade();
    if few.is_each_alone(&World::new(&grading)) {
        return tried(&case(example, count, 1));
    }
    (0..count.div_ceil(25))
        .map(|part| tried(&case(example, 25, part as u64 + 1)))
        .sum()
}

/// Those grades that an example's customers have, so that a test of distances is not one of nothing.
pub fn grades(name: &str) -> usize {
    let example = EXAMPLES
        .iter()
        .find(|example| example.name == name)
        .unwrap();
    let grading = case(example, 60, 1).grade();
    let ids = grading.book.roster.ids.iter();
    let mut grades: Vec<_> = ids.map(|id| present(&grading, id)).collect();
    grades.sort_unstable();
    grades.dedup();
    grades.len()
}

/// The sums of orders, changed where they come from: the amount of an order of the year, in the orders' sheet. How many
/// customers were tried.
pub fn amounts_of_orders() -> usize {
    let example = EXAMPLES
        .iter()
        .find(|example| example.name == "annual-frequency")
        .unwrap();
    let case = case(example, cases(), 1);
    let grading = case.grade();
    let world = World::new(&grading);
    let slot = world.leaves()[0].slot;
    assert_eq!(
        &*case.scheme.slots.entries[slot.0 as usize].name,
        "近12月消费额"
    );
    let (mut named, mut nearer) = (case.clone(), case.clone());
    let mut wanted = vec![];
    for row in 0..grading.len() {
        let reaches = world.reaches(row);
        let reach = reaches.iter().find(|reach| reach.slot == slot).unwrap();
        let (Some(change), Some(step), Value::Number(now)) =
            (reach.changes.first(), reach.step, &reach.now)
        else {
            continue;
        };
        let Value::Number(to) = change.to else {
            continue;
        };
        let id = grading.book.roster.ids[row].clone();
        let by = to.checked_add(-*now).unwrap();
        let back = if by > Decimal::ZERO { -step } else { step };
        let is_of_year = |cells: &[String]| {
            cells[..].contains(&id.to_string())
                && cells.iter().any(|cell| cell.starts_with("2024-0"))
        };
        let Some(place) = case.events[0]
            .rows
            .iter()
            .position(|cells| is_of_year(cells))
        else {
            continue;
        };
        let column = case.events[0]
            .headers
            .iter()
            .position(|header| header.starts_with("金额"));
        let amount = Decimal::parse(&case.events[0].rows[place][column.unwrap()]).unwrap();
        let then = amount.checked_add(by).unwrap();
        // A refund is no order: what is counted stays what it is.
        if amount <= Decimal::ZERO || then <= Decimal::ONE {
            continue;
        }
        named.events[0].rows[place][column.unwrap()] = then.to_string();
        nearer.events[0].rows[place][column.unwrap()] = then.checked_add(back).unwrap().to_string();
        wanted.push((id, change.clone()));
    }
    let (named, nearer) = (named.grade(), nearer.grade());
    for (id, change) in &wanted {
        assert_eq!(present(&named, id), Some(change.grade), "{id} {change:?}");
        let now = present(&grading, id).unwrap();
        let wanted = if change.better {
            Wanted::NotBetterThan(now)
        } else {
            Wanted::NotWorseThan(now)
        };
        assert!(
            wanted.holds(present(&nearer, id).unwrap()),
            "{id} {change:?}"
        );
    }
    wanted.len()
}

/// How many customers of an example are told what is nearest, and how many could get a better grade by one value alone.
pub fn nearest(name: &str) -> (usize, usize) {
    let example = EXAMPLES
        .iter()
        .find(|example| example.name == name)
        .unwrap();
    let grading = case(example, cases(), 1).grade();
    let (world, nearest) = (World::new(&grading), Nearest::new(&grading));
    let rows = 0..grading.len();
    let told = rows
        .clone()
        .filter(|row| nearest.of(&grading, *row).is_some());
    let could = rows.clone().filter(|row| {
        let mut reaches = world.reaches(*row).into_iter();
        reaches.any(|reach| {
            let mut changes = reach.changes.iter();
            // How long ago something was is for time to say.
            changes.any(|change| {
                change.better && !(change.way == Way::Less && matches!(change.to, Value::Date(_)))
            })
        })
    });
    (told.count(), could.count())
}
