//! Parts that are not seen through, products and the like, beside sums and quotients, against brute force: two fields of
//! few whole numbers, so that every customer that there can be is looked at by arithmetic written here.

use super::{as_of, cases, linted, told};
use crate::diagnostic::{Code, Finding, Shown, Witness};
use crate::scheme::lint::{is_undecided, lint};
use crate::scheme::validate;
use crate::table::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

const ONE: i128 = 1_000_000;

/// `p` and `q`.
type Customer = [i128; 2];

/// What is compared.
#[derive(Clone, Debug)]
enum Part {
    Field(usize),
    /// `p * q`.
    Product,
    /// `p * p - q`.
    Square,
    /// `p / (q * q + 1)`.
    Quotient,
    /// `round(p * a / 10) * q`.
    Rounded(i128),
    /// `p / q`, 0 where there is none.
    Guarded,
    /// `p - a * q`, which is seen through.
    Sum(i128),
}

#[derive(Clone, Debug)]
struct Atom {
    part: Part,
    sign: &'static str,
    at: i128,
}

/// All have to hold.
type Condition = Vec<Atom>;

#[derive(Clone, Debug)]
struct Plan {
    /// The least and the greatest value of the fields.
    ends: (i128, i128),
    /// Bands with points, and the points of the rest, if there is one.
    bands: Vec<(Condition, i128)>,
    rest: Option<i128>,
    /// Grades without a last one for the rest.
    grades: Vec<Condition>,
}

/// Half away from zero.
fn divided(numerator: i128, divisor: i128) -> i128 {
    let half = 2 * numerator.abs() + divisor.abs();
    numerator.signum() * divisor.signum() * (half / (2 * divisor.abs()))
}

impl Part {
    fn value(&self, [p, q]: Customer) -> i128 {
        match self {
            Self::Field(field) => [p, q][*field] * ONE,
            Self::Product => p * q * ONE,
            Self::Square => (p * p - q) * ONE,
            Self::Quotient => divided(p * ONE, q * q + 1),
            Self::Rounded(a) => divided(p * a, 10) * q * ONE,
            Self::Guarded if q == 0 => 0,
            Self::Guarded => divided(p * ONE, q),
            Self::Sum(a) => (p - a * q) * ONE,
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Field(field) => ["p", "q"][*field].to_owned(),
            Self::Product => "p * q".to_owned(),
            Self::Square => "p * p - q".to_owned(),
            Self::Quotient => "p / (q * q + 1)".to_owned(),
            Self::Rounded(a) => format!("round(p * {a} / 10) * q"),
            Self::Guarded => "case when q = 0 then 0 else p / q end".to_owned(),
            Self::Sum(a) => format!("p - {a} * q"),
        }
    }
}

impl Atom {
    /// Whether it holds both fields against each other. `p / q < 0` asks for the sign of each by itself.
    const fn reads_both(&self) -> bool {
        match self.part {
            Part::Field(_) => false,
            Part::Guarded => self.at != 0,
            _ => true,
        }
    }
}

fn holds(condition: &Condition, customer: Customer) -> bool {
    condition.iter().all(|Atom { part, sign, at }| {
        let (value, at) = (part.value(customer), at * ONE);
        match *sign {
            "=" => value == at,
            "<" => value < at,
            "<=" => value <= at,
            ">" => value > at,
            _ => value >= at,
        }
    })
}

fn written(condition: &Condition) -> String {
    let atom = |Atom { part, sign, at }: &Atom| format!("({}) {sign} {at}", part.written());
    condition.iter().map(atom).collect::<Vec<_>>().join(" and ")
}

impl Plan {
    fn customers(&self) -> Vec<Customer> {
        let field = || self.ends.0..=self.ends.1;
        field().flat_map(|p| field().map(move |q| [p, q])).collect()
    }

    fn band(&self, customer: Customer) -> Option<usize> {
        let mut bands = self.bands.iter();
        let found = bands.position(|(condition, _)| holds(condition, customer));
        found.or(self.rest.map(|_| self.bands.len()))
    }

    fn grade(&self, customer: Customer) -> Option<usize> {
        self.grades.iter().position(|grade| holds(grade, customer))
    }

    /// More is better: the points of the dimension, or the grade; nothing where there is none.
    fn level(&self, of_grade: bool, customer: Customer) -> Option<i128> {
        if of_grade {
            let none = self.grades.len();
            return Some(-(self.grade(customer).unwrap_or(none) as i128));
        }
        let band = self.band(customer)?;
        self.bands
            .get(band)
            .map_or(self.rest, |(_, points)| Some(*points))
    }

    fn reads_both(&self, of_grade: bool) -> bool {
        let atoms: Vec<&Atom> = if of_grade {
            self.grades.iter().flatten().collect()
        } else {
            self.bands
                .iter()
                .flat_map(|(condition, _)| condition)
                .collect()
        };
        atoms.iter().any(|atom| atom.reads_both())
    }

    fn walks(&self, of_grade: bool, field: usize) -> BTreeSet<Vec<Option<i128>>> {
        let (first, last) = self.ends;
        let walk = |other: i128| {
            let at = |own| {
                let customer = if field == 0 {
                    [own, other]
                } else {
                    [other, own]
                };
                self.level(of_grade, customer)
            };
            (first..=last).map(at).collect()
        };
        (first..=last).map(walk).collect()
    }

    fn is_inverted(&self, of_grade: bool, field: usize) -> bool {
        let walks = self.walks(of_grade, field);
        let gap = of_grade.then(|| -(self.grades.len() as i128));
        let hole = |walk: &Vec<Option<i128>>| {
            (1..walk.len()).any(|middle| {
                let own = walk[middle];
                let better =
                    |other: &Option<i128>| own.zip(*other).is_some_and(|(own, other)| other > own);
                // A hole that is a gap is told as a gap.
                (!of_grade || own != gap)
                    && walk[..middle].iter().any(better)
                    && walk[middle..].iter().any(better)
            })
        };
        let len = (self.ends.1 - self.ends.0 + 1) as usize;
        let moved = |low: usize, high: usize, up: bool| {
            walks.iter().any(|walk| {
                let ends = walk[low].zip(walk[high]);
                ends.is_some_and(|(low, high)| low != high && (high > low) == up)
            })
        };
        let both_ways = || {
            (0..len).any(|low| {
                (low + 1..len).any(|high| moved(low, high, true) && moved(low, high, false))
            })
        };
        walks.iter().any(hole) || !self.reads_both(of_grade) && both_ways()
    }

    fn written(&self) -> String {
        let (first, last) = self.ends;
        let mut text = format!(
            "[scheme]\nname = \"t\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n\
             {{ name = \"p\", type = \"number\", scale = 0, min = {first}, max = {last} }},\n\
             {{ name = \"q\", type = \"number\", scale = 0, min = {first}, max = {last} }},\n]\n\
             [[dimensions]]\nname = \"d\"\nweight = 100\nbands = ["
        );
        for (index, (when, points)) in self.bands.iter().enumerate() {
            let when = written(when);
            text += &format!("{{ label = \"b{index}\", when = \"{when}\", points = {points} }}, ");
        }
        if let Some(points) = self.rest {
            let index = self.bands.len();
            text += &format!("{{ label = \"b{index}\", points = {points} }}");
        }
        text += "]\n";
        for (index, grade) in self.grades.iter().enumerate() {
            let when = written(grade);
            text += &format!("[[grades]]\nname = \"g{index}\"\nwhen = \"{when}\"\n");
        }
        text
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let part = prop_oneof![
        3 => (0..2usize).prop_map(Part::Field),
        3 => Just(Part::Product),
        1 => Just(Part::Square),
        1 => Just(Part::Quotient),
        1 => prop::sample::select(vec![37i128, 5, -12]).prop_map(Part::Rounded),
        1 => Just(Part::Guarded),
        1 => prop::sample::select(vec![10i128, 3, -2]).prop_map(Part::Sum),
    ];
    let sign = prop::sample::select(vec!["=", "<", "<=", ">", ">=", ">="]);
    let at = prop::sample::select(vec![-20i128, -3, 0, 1, 2, 4, 7, 10, 15, 40]);
    let atom = (part, sign, at).prop_map(|(part, sign, at)| Atom { part, sign, at });
    prop::collection::vec(atom, 1..=3)
}

fn plan() -> impl Strategy<Value = Plan> {
    let ends = prop::sample::select(vec![(-3i128, 12i128), (0, 5), (-40, 60), (1, 90)]);
    let points = || prop::sample::select(vec![0i128, 40, 100]);
    (
        ends,
        prop::collection::vec((condition(), points()), 1..=3),
        prop::option::of(points()),
        prop::collection::vec(condition(), 0..=3),
    )
        .prop_map(|(ends, bands, rest, grades)| Plan {
            ends,
            bands,
            rest,
            grades,
        })
}

/// The customer that a witness describes; what it leaves out may be anything that there is.
fn described(plan: &Plan, witness: &Witness) -> Customer {
    let number = |name: &str| {
        let mut values = witness.values.iter();
        match values.find(|(known, _)| **known == *name) {
            Some((_, Shown::One(Value::Number(number)))) => i128::from(number.millionths()) / ONE,
            None => plan.ends.0,
            other => panic!("{other:?}"),
        }
    };
    let customer = [number("p"), number("q")];
    let (first, last) = plan.ends;
    assert!(
        customer.iter().all(|own| (first..=last).contains(own)),
        "{witness:?}"
    );
    customer
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn check_shows_what_it_finds_of_parts_that_are_not_seen_through(plan in plan()) {
        let source = plan.written();
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, as_of());
        let customers = plan.customers();
        let (undecided, told): (Vec<&Finding>, Vec<&Finding>) = found.iter().partition(|finding| is_undecided(finding));
        let is_open = |code: Code, name: &str| {
            let is_of = |title: &str| title.contains(name) || title.contains("too many combinations");
            undecided.iter().any(|finding| finding.code == code && is_of(&finding.title.en))
        };

        let mut unreached: BTreeSet<String> = BTreeSet::new();
        let bands: BTreeSet<Option<usize>> = customers.iter().map(|customer| plan.band(*customer)).collect();
        let count = plan.bands.len() + usize::from(plan.rest.is_some());
        unreached.extend((0..count).filter(|band| !bands.contains(&Some(*band))).map(|band| format!("`b{band}`")));
        let grades: BTreeSet<Option<usize>> = customers.iter().map(|customer| plan.grade(*customer)).collect();
        let count = plan.grades.len();
        unreached.extend((0..count).filter(|grade| !grades.contains(&Some(*grade))).map(|grade| format!("`g{grade}`")));
        let named = |finding: &&&Finding| finding.title.en.split(' ').next().unwrap_or_default().trim_end_matches(':').to_owned();
        let shadowed: BTreeSet<String> =
            told.iter().filter(|finding| finding.code == Code::Shadowed).map(|finding| named(&finding)).collect();
        prop_assert!(shadowed.is_subset(&unreached), "invented: {:?} {:?}\n{}", shadowed, unreached, source);
        for name in unreached.difference(&shadowed) {
            prop_assert!(is_open(Code::Gap, name), "missed: {} {:#?}\n{}", name, found, source);
        }

        for (what, has_gap) in [("band", bands.contains(&None)), ("grade", count > 0 && grades.contains(&None))] {
            let gaps: Vec<&&Finding> = told
                .iter()
                .filter(|finding| finding.code == Code::Gap && finding.title.en.starts_with(&format!("no {what}")))
                .collect();
            prop_assert!(gaps.is_empty() || has_gap, "invented: {:?}\n{}", gaps, source);
            prop_assert!(
                !gaps.is_empty() || !has_gap || is_open(Code::Gap, &format!("has a {what}")),
                "missed: {} {:#?}\n{}", what, found, source
            );
            for witness in gaps.iter().flat_map(|finding| &finding.witnesses) {
                let customer = described(&plan, witness);
                let none = if what == "band" { plan.band(customer) } else { plan.grade(customer) };
                prop_assert_eq!(none, None, "{:?}\n{}", witness, source);
            }
        }

        for (field, name) in ["p", "q"].into_iter().enumerate() {
            let start = format!("a rise in {name} from");
            let told: Vec<&&Finding> =
                told.iter().filter(|finding| finding.code == Code::Inversion && finding.title.en.starts_with(&start)).collect();
            let wrong = [false, true].into_iter().any(|of_grade| plan.is_inverted(of_grade, field));
            prop_assert!(told.len() <= usize::from(wrong), "invented: {:#?}\n{}", told, source);
            prop_assert!(is_open(Code::Inversion, "") || told.len() == usize::from(wrong), "missed: {}\n{:#?}\n{}", name, found, source);
            for finding in told {
                let of_grade = !finding.title.en.contains("points of");
                let levels: Vec<Option<i128>> =
                    finding.witnesses.iter().map(|witness| plan.level(of_grade, described(&plan, witness))).collect();
                let shows = match levels[..] {
                    [a, b, c, d] => b < a && d > c,
                    [a, b, c] => b < a && b < c,
                    _ => false,
                };
                prop_assert!(shows && !levels.contains(&None), "{:?} {:#?}\n{}", levels, finding, source);
            }
        }
    }
}

/// A scheme with one list, graded by fields of whole numbers.
fn graded(fields: &[&str], when: &str) -> String {
    let typed = |field: &&str| format!("{{ type = \"number\", scale = 0, {field} }}");
    let fields = fields.iter().map(typed).collect::<Vec<_>>().join(",\n");
    format!(
        "[scheme]\nname = \"t\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n{fields}]\n\
         [[grades]]\nname = \"A\"\nwhen = \"{when}\"\n[[grades]]\nname = \"B\"\n"
    )
}

#[test]
fn a_value_that_cannot_vary_is_tried_as_it_is() {
    let fields = ["name = \"x\", min = 5, max = 5, required = true"];
    let found = told(&linted(&graded(&fields, "x * x >= 20")));
    // 25 is: nobody is left for B.
    assert!(found.contains("`B` is never reached"), "{found}");
}

#[test]
fn a_value_that_nobody_can_have_is_no_fault_of_the_scheme() {
    let none = "name = \"x\", min = 0.2, max = 0.8, required = true";
    linted(&graded(&[none, "name = \"y\""], "x * y >= 20"));
}

#[test]
fn whole_numbers_have_places_between_which_there_are_none() {
    let fields = ["name = \"n\", min = 0", "name = \"m\", min = 0"];
    for when in [
        "n / m >= 2",
        "m > 0 and n > 5 * m",
        "m > 3 and n - 5 * m > 0",
        "m > 3 and n / m > 5",
    ] {
        // (21, 4) is in all of them, (0, 4) in none.
        let found = told(&linted(&graded(&fields, when)));
        assert!(!found.contains("never"), "{when}\n{found}");
    }
}
