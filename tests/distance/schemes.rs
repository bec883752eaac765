//! Random schemes: values, dimensions with points, weights, cuts, ranks, means and quantiles over a few small fields, so
//! that every value that a field may have can be tried.

use super::examples::assert_is_nearest;
use super::sheets::{Case, Cells, Random, Trial, Wanted, changed, present, trials, try_all};
use regrade::explain::distance::{Nearest, Reach, Way, World};
use regrade::grading::Grading;
use regrade::scheme;
use regrade::scheme::model::SlotKind;
use regrade::table::{Date, Decimal, Value};
use std::fmt::Write as _;
use std::sync::Arc;

/// The greatest value of the small number fields.
const MOST: i64 = 16;

/// What the field without limits holds and is compared with, up to the last numbers that there are.
const FAR: &[&str] = &[
    "0",
    "8999999999999.999999",
    "-8999999999999.999999",
    "-8999999999999.000001",
    "4500000000000.5",
    "8000000000000",
];

/// A condition on the fields, and values before it.
fn condition(random: &mut Random, values: &[String]) -> String {
    let number = values[random.below(values.len())].clone();
    let limit = random.below(MOST as usize + 2);
    let op = *random.pick(&[">=", ">", "<", "<=", ">=", ">"]);
    if number == "w" {
        return format!("w {op} {}", random.pick(FAR));
    }
    match random.below(12) {
        0 => format!("t = '{}'", random.pick(&["x", "y", "z"])),
        1 => format!("t in ('x', '{}')", random.pick(&["y", "z"])),
        2 => "k".to_owned(),
        3 => format!("{number} between {} and {}", limit / 2, limit),
        4 => format!("{number} {op} {limit} and {}", condition(random, values)),
        5 => format!("{number} {op} {limit} or t = 'x'"),
        6 => format!("not ({number} {op} {limit})"),
        7 => format!("{number} {op} b"),
        8 => format!("years(d) >= {}", random.below(6)),
        9 => format!("d {op} '202{}-06-15'", random.below(4)),
        _ => format!("{number} {op} {limit}"),
    }
}

/// An expression of numbers.
fn expression(random: &mut Random, values: &[String], ranks: bool) -> String {
    let one = values[random.below(values.len())].clone();
    let two = values[random.below(values.len())].clone();
    let number = random.below(6) + 1;
    let count = if ranks { 22 } else { 14 };
    match random.below(count) {
        0 => format!("{one} + {two}"),
        1 => format!("{one} * {number} - {two}"),
        2 => format!("abs({one} - {number})"),
        3 => format!("{one} / ({two} + 1)"),
        4 => format!("case when t = 'x' then {one} else {two} end"),
        5 => format!("greatest({one}, {number})"),
        6 => format!("least({one}, {two} + {number})"),
        7 => format!("round({one} / 3, 0)"),
        8 => format!("clamp({one}, {number}, 9)"),
        9 => format!("case when {one} > {number} then {two} when k then {one} else 4 end"),
        10 => format!("months(d) / {number}"),
        11 => format!("{one} / {two}"),
        12 => format!("coalesce({one} / {two}, {number})"),
        13 => format!("{one} * {two}"),
        14 => format!("rank({one})"),
        15 => format!("quantile({one}, 4) * 3"),
        16 => format!("{one} - mean({one})"),
        17 => format!("{one} - percentile({one}, 0.7) + {number}"),
        18 => format!("{one} - median({one} within t)"),
        19 => format!("share({one}) * 50"),
        20 => format!("share_above({one}) * 10"),
        _ => format!("{two} - mean({one})"),
    }
}

/// A scheme of a random sort, and customers for it.
pub fn case(seed: u64) -> Case {
    let random = &mut Random::new(seed + 1);
    let ranks = seed.is_multiple_of(3);
    let mut text = format!(
        "[sheets.customers]\nkey = \"id\"\nfields = [\n\
         {{ name = \"a\", type = \"number\", min = 0, max = {MOST} }},\n\
         {{ name = \"b\", type = \"money\", min = 0, max = {MOST} }},\n\
         {{ name = \"p\", type = \"percent\", min = 0, max = 1, scale = 1 }},\n\
         {{ name = \"d\", type = \"date\", min = 2020-01-01, max = 2024-12-31 }},\n\
         {{ name = \"t\", type = \"choice\", choices = [\"x\", \"y\", \"z\"] }},\n\
         {{ name = \"k\", type = \"bool\" }},\n\
         {{ name = \"w\", type = \"number\" }}]\n"
    );
    let mut values: Vec<String> = ["a", "n", "q"].map(str::to_owned).to_vec();
    // Money meets numbers that are written only: it comes in as a number by division.
    text +=
        "[[values]]\nname = \"n\"\nis = \"b / 1元\"\n[[values]]\nname = \"q\"\nis = \"p * 10\"\n";
    text = text.replace(
        "is = \"b / 1元\"",
        "is = \"case when b >= 12 then 12 when b >= 7 then 8 when b > 3 then 5 else 2 end\"",
    );
    // Of some the nearest value may lie anywhere among all numbers.
    if seed % 4 == 1 {
        values.push("w".to_owned());
    }
    for place in 0..random.below(4) {
        let is = expression(random, &values, ranks);
        let _ = writeln!(text, "[[values]]\nname = \"v{place}\"\nis = \"{is}\"");
        values.push(format!("v{place}"));
    }
    let of_fields = values.clone();
    let dimensions = random.below(4);
    for place in 0..dimensions {
        let weight = random.below(5) * 10 + 10;
        let _ = writeln!(
            text,
            "[[dimensions]]\nname = \"D{place}\"\nweight = {weight}"
        );
        if random.below(4) == 0 {
            let points = expression(random, &of_fields, ranks);
            let _ = writeln!(text, "points = \"{points}\"");
        } else {
            text += "bands = [\n";
            for band in 0..=random.below(3) {
                let when = condition(random, &of_fields)
                    .replace("< b", "< n")
                    .replace("> b", "> n")
                    .replace("= b", "= n");
                let points = random.below(11) * 10;
                let _ = writeln!(
                    text,
                    "{{ label = \"L{band}\", when = \"{when}\", points = {points} }},"
                );
            }
            let _ = writeln!(
                text,
                "{{ label = \"L\", points = {} }}]",
                random.below(11) * 10
            );
        }
        values.push(format!("points(D{place})"));
    }
    if dimensions > 0 {
        values.push("score".to_owned());
    }
    let last = values.last().unwrap().clone();
    for grade in ["A", "B", "C"] {
        let _ = writeln!(text, "[[grades]]\nname = \"{grade}\"");
        let share = (3 - grade.as_bytes()[0] as usize % 3) * 20;
        if ranks && random.below(2) == 0 {
            let ties = *random.pick(&["up", "down"]);
            let by = random.pick(&of_fields).clone();
            let by = if random.below(2) == 0 {
                last.clone()
            } else {
                by
            };
            let within = *random.pick(&["", "", "within = \"t\"\n"]);
            let _ = write!(
                text,
                "top = \"{share}%\"\nby = \"{by}\"\nties = \"{ties}\"\n{within}"
            );
        } else if last == "score" && random.below(3) > 0 {
            let cut = 75 - 25 * (grade.as_bytes()[0] - b'A');
            let _ = writeln!(text, "when = \"score >= {cut}\"");
        } else {
            let when = condition(random, &values)
                .replace("< b", "< n")
                .replace("> b", "> n")
                .replace("= b", "= n");
            let _ = writeln!(text, "when = \"{when}\"");
        }
    }
    if random.below(3) > 0 {
        text += "[[grades]]\nname = \"D\"\n";
    }
    let (valid, findings) = scheme::validate(&text);
    let scheme = valid.unwrap_or_else(|| panic!("{text}\n{findings:#?}"));
    let row = |place: usize| {
        let number = |random: &mut Random| random.below(MOST as usize + 1).to_string();
        let day = Date::parse_iso("2020-01-01")
            .unwrap()
            .add_days(random.below(1800) as i32);
        let cells = vec![
            format!("C{place}"),
            number(random),
            number(random),
            format!("{}%", random.below(11) * 10),
            day.unwrap().to_string(),
            (*random.pick(&["x", "y", "z"])).to_owned(),
            (*random.pick(&["是", "否"])).to_owned(),
            (*random.pick(FAR)).to_owned(),
        ];
        // Some are missing.
        let cells = cells.into_iter().enumerate();
        cells
            .map(|(column, cell)| {
                if column > 0 && random.below(25) == 0 {
                    String::new()
                } else {
                    cell
                }
            })
            .collect()
    };
    let rows: Vec<Vec<String>> = (0..18).map(row).collect();
    let headers = ["id", "a", "b", "p", "d", "t", "k", "w"].map(str::to_owned);
    Case {
        scheme: Arc::new(scheme),
        customers: Some(Cells {
            headers: headers.to_vec(),
            rows,
        }),
        events: vec![],
        lookups: vec![],
        as_of: Date::parse_iso("2024-12-31").unwrap(),
    }
}

/// The values that a field may have: all of a small one.
fn grid(kind: SlotKind, now: &Value) -> Vec<Value> {
    let SlotKind::Field(field) = kind else {
        return vec![];
    };
    let number = |key: i64| Value::Number(Decimal::from_millionths(key).unwrap());
    match (field, now) {
        (_, Value::Number(now)) if *now <= Decimal::ONE && field == 2 => {
            (0..=10).map(|tenth| number(tenth * 100_000)).collect()
        }
        (0, Value::Number(_)) => (0..=MOST).map(|whole| number(whole * 1_000_000)).collect(),
        (1, Value::Number(_)) => (0..=MOST * 4).map(|part| number(part * 250_000)).collect(),
        (3, Value::Date(_)) => {
            let first = Date::parse_iso("2020-01-01").unwrap();
            let last = Date::parse_iso("2024-12-31").unwrap();
            (0..=first.days_to(last))
                .step_by(1)
                .filter_map(|days| first.add_days(days))
                .map(Value::Date)
                .collect()
        }
        _ => vec![],
    }
}

fn is_nearer(value: &Value, than: &Value, now: &Value, way: Way) -> bool {
    let key = |value: &Value| match value {
        Value::Number(number) => number.millionths(),
        Value::Date(date) => i64::from(date.days()),
        _ => 0,
    };
    let (value, than, now) = (key(value), key(than), key(now));
    match way {
        Way::More => value > now && value < than,
        Way::Less => value < now && value > than,
        Way::Other | Way::Unnamed => false,
    }
}

/// Whether any value of the grid that lies nearer than what was found (or any at all, where nothing was) changes the
/// grade likewise.
fn nothing_was_missed(
    case: &Case,
    grading: &Grading,
    world: &World<'_>,
    row: usize,
    reach: &Reach,
    most_days: usize,
) -> usize {
    let id = grading.book.roster.ids[row].clone();
    let now = present(grading, &id).unwrap();
    let kind = case.scheme.slots.entries[reach.slot.0 as usize].kind;
    let mut values = grid(kind, &reach.now);
    if values.len() > 100 {
        // Of days those that lie next, and some of all.
        let near = |value: &Value| match (value, &reach.now) {
            (Value::Date(day), Value::Date(now)) => {
                let days = day.days_to(*now).unsigned_abs() as usize;
                days < 8 || days.is_multiple_of(1800 / most_days)
            }
            _ => true,
        };
        values.retain(near);
    }
    let rank = |grade: Option<u32>| grade.unwrap_or(u32::MAX);
    let mut tried = 0;
    for value in values.into_iter().filter(|value| *value != reach.now) {
        let trial = Trial {
            id: id.clone(),
            slot: reach.slot,
            value: value.clone(),
            wanted: Wanted::Is(None),
        };
        let grade = world.regraded(vec![(reach.slot, changed(grading, &trial))])[row];
        tried += 1;
        if grade == now {
            continue;
        }
        let better = rank(grade) < rank(now);
        for way in [Way::More, Way::Less] {
            let found = reach
                .changes
                .iter()
                .find(|change| change.way == way && change.better == better);
            let far = match way {
                Way::More => Value::Number(Decimal::from_int(1_000_000).unwrap()),
                _ => Value::Number(Decimal::from_int(-1_000_000).unwrap()),
            };
            let far = match (&value, way) {
                (Value::Date(_), Way::More) => Value::Date(Date::parse_iso("9999-12-31").unwrap()),
                (Value::Date(_), _) => Value::Date(Date::parse_iso("0001-01-01").unwrap()),
                _ => far,
            };
            let than = found.map_or(far, |change| change.to.clone());
            let name = &case.scheme.slots.entries[reach.slot.0 as usize].name;
            assert!(
                !is_nearer(&value, &than, &reach.now, way),
                "{name} of {id}: {value:?} is nearer than {than:?} and gives {grade:?} instead of {now:?}: {reach:?}"
            );
        }
    }
    tried
}

/// How many values were tried of a scheme, how many of all values of a field, and how many values were given up.
pub fn tried(seed: u64) -> (usize, usize, usize) {
    let case = case(seed);
    let grading = case.grade();
    let world = World::new(&grading);
    let nearest = Nearest::new(&grading);
    let (mut all, mut missed, mut undecided) = (vec![], 0, 0);
    for row in (seed as usize % 3..grading.len()).step_by(3) {
        let reaches = world.reaches(row);
        assert_is_nearest(&grading, &nearest, row, &reaches);
        for reach in reaches {
            if reach.why.is_some() {
                let is_missing = reach.now == Value::Missing;
                undecided += usize::from(!is_missing);
                continue;
            }
            missed += nothing_was_missed(&case, &grading, &world, row, &reach, 40);
            all.extend(trials(&grading, row, &reach));
        }
    }
    (try_all(&case, &grading, &world, all), missed, undecided)
}
