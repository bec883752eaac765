//! Whole schemes against brute force: weighted dimensions, a sum of two fields, labels in types, cuts of the score.
//! Every customer of a grid is graded by comparisons written here; what check finds is what the grid shows.

use super::{as_of, cases, with_fields};
use crate::diagnostic::{Code, Finding, Shown, Witness};
use crate::scheme::lint::lint;
use crate::scheme::validate;
use crate::table::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The grid is of quarters: a triangle between three lines at whole numbers has a point in it. Values are in millionths.
const FIRST: i64 = -20;
const LAST: i64 = 48;
const QUARTER: i64 = 250_000;

/// The values of the grid.
fn grid() -> impl Iterator<Item = i64> + Clone {
    (FIRST..=LAST).map(|quarter| quarter * QUARTER)
}

/// A customer: `x`, `y`, and whether the size is `S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Customer {
    x: i64,
    y: i64,
    small: bool,
}

#[derive(Clone, Debug)]
enum Atom {
    /// Which of `x`, `y`, `s`; the sign; the threshold.
    Compare(usize, &'static str, i64),
    Small,
}

type Condition = Vec<Vec<Atom>>;

#[derive(Clone, Debug)]
struct Dimension {
    weight: i64,
    /// Conditions with points; the last band is otherwise.
    bands: Vec<(Condition, i64)>,
    rest: i64,
}

/// The condition of a grade or type: labels and the score.
#[derive(Clone, Debug)]
struct Wish {
    score: Option<(&'static str, i64)>,
    /// Which dimension and which of its bands.
    label: Option<(usize, usize)>,
    grade: Option<usize>,
}

#[derive(Clone, Debug)]
struct Plan {
    minus: bool,
    /// Which rows of the sheet count.
    rows: Option<Condition>,
    dimensions: Vec<Dimension>,
    grades: Vec<Wish>,
    grade_rest: bool,
    types: Vec<Wish>,
    type_rest: bool,
}

/// A condition, the sum called `sum`.
fn written(condition: &Condition, sum: &str) -> String {
    let atom = |atom: &Atom| match atom {
        Atom::Compare(which, sign, threshold) => {
            format!("{} {sign} {threshold}", ["x", "y", sum][*which])
        }
        Atom::Small => "size = 'S'".to_owned(),
    };
    let all = |atoms: &Vec<Atom>| atoms.iter().map(atom).collect::<Vec<_>>().join(" and ");
    condition.iter().map(all).collect::<Vec<_>>().join(" or ")
}

fn compare(value: i64, sign: &str, threshold: i64) -> bool {
    match sign {
        "=" => value == threshold,
        "<" => value < threshold,
        "<=" => value <= threshold,
        ">" => value > threshold,
        _ => value >= threshold,
    }
}

/// What a customer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Result {
    bands: Vec<usize>,
    grade: Option<usize>,
    of_type: Option<usize>,
}

impl Plan {
    fn holds(&self, condition: &Condition, customer: Customer) -> bool {
        let Customer { x, y, small } = customer;
        let sum = if self.minus { x - y } else { x + y };
        condition.iter().any(|atoms| {
            atoms.iter().all(|atom| match atom {
                Atom::Compare(which, sign, threshold) => {
                    compare([x, y, sum][*which], sign, threshold * 1_000_000)
                }
                Atom::Small => small,
            })
        })
    }

    /// Whether the sheet takes a customer's row.
    fn takes(&self, customer: Customer) -> bool {
        self.rows
            .as_ref()
            .is_none_or(|rows| self.holds(rows, customer))
    }

    fn bands(&self, customer: Customer) -> Vec<usize> {
        let band = |dimension: &Dimension| {
            let found = dimension
                .bands
                .iter()
                .position(|(condition, _)| self.holds(condition, customer));
            found.unwrap_or(dimension.bands.len())
        };
        self.dimensions.iter().map(band).collect()
    }

    fn points(&self, dimension: usize, band: usize) -> i64 {
        let dimension = &self.dimensions[dimension];
        dimension
            .bands
            .get(band)
            .map_or(dimension.rest, |(_, points)| *points)
    }

    /// The score in parts of the sum of weights: no rounding is needed to compare it with whole numbers.
    fn weighted(&self, bands: &[usize]) -> (i64, i64) {
        let parts = self.dimensions.iter().enumerate();
        let sum = parts.map(|(index, d)| d.weight * self.points(index, bands[index]));
        (sum.sum(), self.dimensions.iter().map(|d| d.weight).sum())
    }

    fn wish(
        wish: &Wish,
        bands: &[usize],
        (sum, weights): (i64, i64),
        grade: Option<usize>,
    ) -> bool {
        wish.score
            .is_none_or(|(sign, cut)| compare(sum, sign, cut * weights))
            && wish
                .label
                .is_none_or(|(dimension, band)| bands[dimension] == band)
            && wish.grade.is_none_or(|wanted| grade == Some(wanted))
    }

    fn grade(&self, bands: &[usize], score: (i64, i64)) -> Option<usize> {
        let found = self
            .grades
            .iter()
            .position(|wish| Self::wish(wish, bands, score, None));
        found.or(self.grade_rest.then_some(self.grades.len()))
    }

    fn result(&self, customer: Customer) -> Result {
        let bands = self.bands(customer);
        let score = self.weighted(&bands);
        let grade = self.grade(&bands, score);
        // Without a grade a condition that asks for one is unknown, and stops the search.
        let mut of_type = None;
        let mut open = true;
        for (index, wish) in self.types.iter().enumerate() {
            let rest = Wish {
                grade: None,
                ..wish.clone()
            };
            let others = Self::wish(&rest, &bands, score, grade);
            if wish.grade.is_some() && grade.is_none() && others {
                open = false;
                break;
            }
            if Self::wish(wish, &bands, score, grade) {
                of_type = Some(index);
                break;
            }
        }
        if open && of_type.is_none() && self.type_rest {
            of_type = Some(self.types.len());
        }
        Result {
            bands,
            grade,
            of_type: if open { of_type } else { Some(usize::MAX) },
        }
    }

    /// Whether what a level comes from compares the sum of two fields.
    fn sums(&self, of: Option<usize>) -> bool {
        let mut of_rows = self.rows.iter().flatten().flatten();
        if of_rows.any(|atom| matches!(atom, Atom::Compare(2, ..))) {
            return true;
        }
        let scored = self.grades.iter().any(|wish| wish.score.is_some());
        let labelled = |d: usize| {
            self.grades
                .iter()
                .any(|wish| wish.label.is_some_and(|(own, _)| own == d))
        };
        self.dimensions
            .iter()
            .enumerate()
            .any(|(index, dimension)| {
                let read = of.map_or_else(|| scored || labelled(index), |of| of == index);
                let mut atoms = dimension
                    .bands
                    .iter()
                    .flat_map(|(condition, _)| condition.iter().flatten());
                read && atoms.any(|atom| matches!(atom, Atom::Compare(2, ..)))
            })
    }

    fn written(&self) -> String {
        let mut text = format!(
            "[[values]]\nname = \"s\"\nis = \"x {} y\"\n",
            if self.minus { "-" } else { "+" }
        );
        let condition = |condition: &Condition| written(condition, "s");
        for (index, dimension) in self.dimensions.iter().enumerate() {
            text += &format!(
                "[[dimensions]]\nname = \"d{index}\"\nweight = {}\nbands = [",
                dimension.weight
            );
            for (band, (when, points)) in dimension.bands.iter().enumerate() {
                text += &format!(
                    "{{ label = \"d{index}b{band}\", when = \"{}\", points = {points} }}, ",
                    condition(when)
                );
            }
            let rest = dimension.bands.len();
            text += &format!(
                "{{ label = \"d{index}b{rest}\", points = {} }}]\n",
                dimension.rest
            );
        }
        let wish = |wish: &Wish| {
            let score = wish.score.map(|(sign, cut)| format!("score {sign} {cut}"));
            let label = wish.label.map(|(d, band)| format!("d{d} = 'd{d}b{band}'"));
            let grade = wish.grade.map(|grade| format!("grade = 'g{grade}'"));
            // What can be unknown stands last, as in the hand-written order.
            score
                .into_iter()
                .chain(label)
                .chain(grade)
                .collect::<Vec<_>>()
                .join(" and ")
        };
        for (kind, short, wishes, rest) in [
            ("grades", "g", &self.grades, self.grade_rest),
            ("types", "t", &self.types, self.type_rest),
        ] {
            for (index, each) in wishes.iter().enumerate() {
                text += &format!(
                    "[[{kind}]]\nname = \"{short}{index}\"\nwhen = \"{}\"\n",
                    wish(each)
                );
            }
            if rest {
                text += &format!("[[{kind}]]\nname = \"{short}{}\"\n", wishes.len());
            }
        }
        text
    }
}

fn atoms() -> impl Strategy<Value = Atom> {
    let sign = prop::sample::select(vec!["=", "<", "<=", ">", ">="]);
    prop_oneof![
        6 => (0..3usize, sign, 1..=4i64).prop_map(|(which, sign, at)| Atom::Compare(which, sign, at)),
        1 => Just(Atom::Small),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    prop::collection::vec(prop::collection::vec(atoms(), 1..=2), 1..=2)
}

fn dimension() -> impl Strategy<Value = Dimension> {
    let condition = condition();
    let points = || prop::sample::select(vec![0i64, 20, 60, 100]);
    (
        prop::sample::select(vec![10i64, 30, 60]),
        prop::collection::vec((condition, points()), 1..=2),
        points(),
    )
        .prop_map(|(weight, bands, rest)| Dimension {
            weight,
            bands,
            rest,
        })
}

fn wish(dimensions: usize, with_grade: usize) -> impl Strategy<Value = Wish> {
    let sign = prop::sample::select(vec![">=", ">=", ">", "<"]);
    let score = prop::option::weighted(
        0.6,
        (sign, prop::sample::select(vec![10i64, 30, 50, 70, 90, 101])),
    );
    let label = prop::option::weighted(0.5, (0..dimensions, 0..2usize));
    let grade = prop::option::weighted(0.4, 0..with_grade.max(1));
    let grade = grade.prop_map(move |grade| grade.filter(|_| with_grade > 0));
    (score, label, grade).prop_map(|(score, label, grade)| {
        let nothing = score.is_none() && label.is_none() && grade.is_none();
        Wish {
            score: if nothing { Some((">=", 50)) } else { score },
            label,
            grade,
        }
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    (1..=2usize, 1..=3usize).prop_flat_map(|(dimensions, grades)| {
        (
            (any::<bool>(), prop::option::weighted(0.4, condition())),
            prop::collection::vec(dimension(), dimensions),
            prop::collection::vec(wish(dimensions, 0), grades),
            any::<bool>(),
            prop::collection::vec(wish(dimensions, grades), 0..=2),
            any::<bool>(),
        )
            .prop_map(
                |((minus, rows), dimensions, grades, grade_rest, types, type_rest)| Plan {
                    minus,
                    rows,
                    dimensions,
                    grades,
                    grade_rest,
                    type_rest: type_rest && !types.is_empty(),
                    types,
                },
            )
    })
}

/// The customers of the grid whose rows the sheet takes.
fn customers(plan: &Plan) -> Vec<Customer> {
    grid()
        .flat_map(|x| grid().flat_map(move |y| [true, false].map(|small| Customer { x, y, small })))
        .filter(|customer| plan.takes(*customer))
        .collect()
}

/// The customer that a witness describes; what it leaves out may be anything.
fn described(witness: &Witness) -> Customer {
    let value = |name: &str| {
        witness
            .values
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, shown)| shown.clone())
    };
    let number = |name: &str| match value(name) {
        Some(Shown::One(Value::Number(number))) => number.millionths(),
        None => 0,
        other => panic!("{other:?}"),
    };
    let small = matches!(value("size"), Some(Shown::One(Value::Text(text))) if *text == *"S");
    Customer {
        x: number("x"),
        y: number("y"),
        small,
    }
}

/// The names of what is never reached, and of what has a gap.
fn shown_by_grid(plan: &Plan, results: &[Result]) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut unreached = BTreeSet::new();
    let mut gaps = BTreeSet::new();
    for (index, dimension) in plan.dimensions.iter().enumerate() {
        for band in 0..=dimension.bands.len() {
            if !results.iter().any(|result| result.bands[index] == band) {
                unreached.insert(format!("d{index}b{band}"));
            }
        }
    }
    for grade in 0..plan.grades.len() + usize::from(plan.grade_rest) {
        if !results.iter().any(|result| result.grade == Some(grade)) {
            unreached.insert(format!("g{grade}"));
        }
    }
    for of_type in 0..plan.types.len() + usize::from(plan.type_rest) {
        if !results.iter().any(|result| result.of_type == Some(of_type)) {
            unreached.insert(format!("t{of_type}"));
        }
    }
    if results.iter().any(|result| result.grade.is_none()) {
        gaps.insert("grade".to_owned());
    }
    // Who has no grade is told of there, and not once more by what the grade decides.
    let by_grade = plan.types.iter().any(|wish| wish.grade.is_some());
    let is_gap =
        |result: &Result| result.of_type.is_none() && (!by_grade || result.grade.is_some());
    if !plan.types.is_empty() && results.iter().any(is_gap) {
        gaps.insert("type".to_owned());
    }
    (unreached, gaps)
}

fn name_in(finding: &Finding) -> String {
    finding
        .title
        .en
        .split('`')
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}

/// A level of a customer: better is more; points of a dimension, or the grade.
fn level(plan: &Plan, of: Option<usize>, customer: Customer) -> i64 {
    let bands = plan.bands(customer);
    if let Some(dimension) = of {
        return plan.points(dimension, bands[dimension]);
    }
    let grade = plan.grade(&bands, plan.weighted(&bands));
    -(grade.unwrap_or(plan.grades.len() + 1) as i64)
}

/// Whether a rise in `x` (or `y`) lowers a level where it should not, by the definition of `docs/lint.md`.
fn is_inverted(plan: &Plan, of: Option<usize>, along_x: bool) -> bool {
    let walks: BTreeSet<Vec<Option<i64>>> = grid()
        .flat_map(|other| [true, false].map(|small| (other, small)))
        .map(|(other, small)| {
            let at = |own| {
                if along_x {
                    Customer {
                        x: own,
                        y: other,
                        small,
                    }
                } else {
                    Customer {
                        x: other,
                        y: own,
                        small,
                    }
                }
            };
            let own = |own| {
                let customer = at(own);
                plan.takes(customer).then(|| level(plan, of, customer))
            };
            grid().map(own).collect()
        })
        .collect();
    let hole = |walk: &Vec<Option<i64>>| {
        // A hole that is a gap is told as a gap.
        let gap = Some(-(plan.grades.len() as i64 + 1));
        (1..walk.len()).any(|middle| {
            walk[middle].is_some()
                && (of.is_some() || walk[middle] != gap)
                && walk[..middle].iter().any(|before| *before > walk[middle])
                && walk[middle..].iter().any(|after| *after > walk[middle])
        })
    };
    if walks.iter().any(hole) {
        return true;
    }
    if plan.sums(of) {
        return false;
    }
    let mut columns: Vec<Vec<Option<i64>>> = (0..=(LAST - FIRST) as usize)
        .map(|at| walks.iter().map(|walk| walk[at]).collect())
        .collect();
    columns.dedup();
    (0..columns.len()).any(|low| {
        (low + 1..columns.len()).any(|high| {
            let pairs = || {
                let pairs = columns[low].iter().zip(&columns[high]);
                pairs.filter_map(|(a, b)| a.zip(*b))
            };
            pairs().any(|(a, b)| a < b) && pairs().any(|(a, b)| a > b)
        })
    })
}

/// Whether other points of a dimension change a grade.
fn has_effect(plan: &Plan, dimension: usize, results: &[Result]) -> bool {
    let points: BTreeSet<i64> = results
        .iter()
        .map(|result| plan.points(dimension, result.bands[dimension]))
        .collect();
    let bands: BTreeSet<&Vec<usize>> = results.iter().map(|result| &result.bands).collect();
    bands.into_iter().any(|bands| {
        let (sum, weights) = plan.weighted(bands);
        let weight = plan.dimensions[dimension].weight;
        let own = weight * plan.points(dimension, bands[dimension]);
        let grades: BTreeSet<Option<usize>> = points
            .iter()
            .map(|points| plan.grade(bands, (sum - own + weight * points, weights)))
            .collect();
        grades.len() > 1
    })
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn check_finds_what_the_grid_shows_and_nothing_else(plan in plan()) {
        let mut source = with_fields(&plan.written());
        if let Some(rows) = &plan.rows {
            let rows = written(rows, if plan.minus { "(x - y)" } else { "(x + y)" });
            source = source.replacen("key = \"id\"\n", &format!("key = \"id\"\nrows = \"{rows}\"\n"), 1);
        }
        let customers = customers(&plan);
        // Nobody has nothing wrong.
        prop_assume!(!customers.is_empty());
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, as_of());
        let of = |code: Code| found.iter().filter(move |finding| finding.code == code);
        prop_assert!(found.iter().all(|finding| finding.severity == crate::diagnostic::Severity::Warning),
            "undecided: {:#?}\n{}", found, source);
        let results: Vec<Result> = customers.into_iter().map(|customer| plan.result(customer)).collect();
        for witness in found.iter().flat_map(|finding| &finding.witnesses) {
            // What the sheet asks of one of its values holds for all that it reads.
            let names = |atom: &Atom| match atom {
                Atom::Compare(0, ..) => vec!["x"],
                Atom::Compare(1, ..) => vec!["y"],
                Atom::Compare(..) => vec!["x", "y"],
                Atom::Small => vec!["size"],
            };
            let read: Vec<&str> = plan.rows.iter().flatten().flatten().flat_map(names).collect();
            let is_varied = witness.values.iter().any(|(name, _)| read.contains(&&**name));
            prop_assert!(!is_varied || plan.takes(described(witness)), "refused: {:?}\n{}", witness, source);
        }
        let (unreached, gaps) = shown_by_grid(&plan, &results);

        let shadowed: BTreeSet<String> = of(Code::Shadowed).map(name_in).collect();
        prop_assert_eq!(&shadowed, &unreached, "{}", source);
        for witness in of(Code::Shadowed).flat_map(|finding| &finding.witnesses) {
            // Somebody earlier has the customer, and is named.
            let result = plan.result(described(witness));
            let entry = witness.entry.as_deref().unwrap_or_default();
            let is = |prefix: &str, index: Option<usize>| index.is_some_and(|index| entry == format!("{prefix}{index}"));
            let band = result.bands.iter().enumerate().any(|(d, band)| entry == format!("d{d}b{band}"));
            prop_assert!(band || is("g", result.grade) || is("t", result.of_type), "{:?}\n{}", witness, source);
        }

        let told: BTreeSet<String> =
            of(Code::Gap).map(|finding| finding.title.en.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
        prop_assert_eq!(&told, &gaps, "{}", source);
        for finding in of(Code::Gap) {
            prop_assert!(!finding.witnesses.is_empty());
            for witness in &finding.witnesses {
                let result = plan.result(described(witness));
                let none = if finding.title.en.starts_with("no grade") { result.grade } else { result.of_type };
                prop_assert_eq!(none, None, "{:?}\n{}", witness, source);
            }
        }

        let weightless: BTreeSet<String> = of(Code::NoEffect).map(name_in).collect();
        let reads_score = plan.grades.iter().any(|wish| wish.score.is_some());
        let read: BTreeSet<usize> = plan.grades.iter().filter_map(|wish| wish.label).map(|(d, _)| d).collect();
        let expected: BTreeSet<String> = (0..plan.dimensions.len())
            .filter(|d| plan.dimensions.len() > 1 && reads_score && !read.contains(d) && !has_effect(&plan, *d, &results))
            .map(|d| format!("d{d}"))
            .collect();
        // Where none has an effect the cuts are out of reach: grades are told of, and not dimensions.
        let expected = if expected.len() < plan.dimensions.len() { expected } else { BTreeSet::new() };
        prop_assert_eq!(&weightless, &expected, "{}", source);

        // Of one value one inversion is told: that of points, or else that of the grade.
        for (along_x, name) in [(true, "x"), (false, "y")] {
            let start = format!("a rise in {name} from");
            let told: Vec<&Finding> = of(Code::Inversion).filter(|finding| finding.title.en.starts_with(&start)).collect();
            let wrong = (0..plan.dimensions.len()).map(Some).chain([None]).any(|of| is_inverted(&plan, of, along_x));
            prop_assert_eq!(told.len(), usize::from(wrong), "{} {}\n{:#?}", name, source, told);
            for finding in told {
                let of = finding.title.en.split("points of `d").nth(1).and_then(|rest| rest[..1].parse().ok());
                let levels: Vec<i64> =
                    finding.witnesses.iter().map(|witness| level(&plan, of, described(witness))).collect();
                let shows = match levels[..] {
                    [a, b, c, d] => b < a && d > c,
                    [a, b, c] => b < a && b < c,
                    _ => false,
                };
                prop_assert!(shows, "{:?} {:#?}\n{}", levels, finding, source);
            }
        }
    }
}
