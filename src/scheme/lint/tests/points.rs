//! Points that are worked out, beside points of bands, against brute force: fields of few whole numbers, so that every
//! customer that there can be is graded by arithmetic written here.

use super::{as_of, cases};
use crate::diagnostic::{Code, Finding, Shown, Witness};
use crate::scheme::lint::{is_undecided, lint};
use crate::scheme::validate;
use crate::table::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One, in the millionths that points are in.
const ONE: i128 = 1_000_000;
/// The values that fields have.
const FIRST: i128 = -3;
const LAST: i128 = 12;

/// `p`, `q`, and whether the size is `S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Customer {
    fields: [i128; 2],
    small: bool,
}

/// Points that are worked out of one field, or of both.
#[derive(Clone, Debug)]
enum Worked {
    /// `a * f + b`.
    Line(usize, i128, i128),
    /// `clamp(a * f, 0, b)`.
    Clamp(usize, i128, i128),
    /// `least(a * f, b)`.
    Least(usize, i128, i128),
    /// `100 - a * abs(f - b)`.
    Away(usize, i128, i128),
    /// `case when f >= b then 60 else a * f end`.
    Case(usize, i128, i128),
    /// `round(f * a / 10)`.
    Round(usize, i128),
    /// `f / b * 100`.
    Share(usize, i128),
    /// `least(a * p, b * q)`.
    Both(i128, i128),
}

/// Half away from zero.
fn divided(numerator: i128, divisor: i128) -> i128 {
    let twice = 2 * numerator.abs() + divisor;
    numerator.signum() * (twice / (2 * divisor))
}

impl Worked {
    fn points(&self, Customer { fields, .. }: Customer) -> i128 {
        match *self {
            Self::Line(f, a, b) => (a * fields[f] + b) * ONE,
            Self::Clamp(f, a, b) => (a * fields[f]).clamp(0, b) * ONE,
            Self::Least(f, a, b) => (a * fields[f]).min(b) * ONE,
            Self::Away(f, a, b) => (100 - a * (fields[f] - b).abs()) * ONE,
            Self::Case(f, a, b) => ONE * if fields[f] >= b { 60 } else { a * fields[f] },
            Self::Round(f, a) => divided(fields[f] * a, 10) * ONE,
            Self::Share(f, b) => divided(fields[f] * ONE, b) * 100,
            Self::Both(a, b) => (a * fields[0]).min(b * fields[1]) * ONE,
        }
    }

    fn written(&self) -> String {
        let name = |f: usize| ["p", "q"][f];
        match *self {
            Self::Line(f, a, b) => format!("{a} * {} + {b}", name(f)),
            Self::Clamp(f, a, b) => format!("clamp({a} * {}, 0, {b})", name(f)),
            Self::Least(f, a, b) => format!("least({a} * {}, {b})", name(f)),
            Self::Away(f, a, b) => format!("100 - {a} * abs({} - {b})", name(f)),
            Self::Case(f, a, b) => {
                format!("case when {0} >= {b} then 60 else {a} * {0} end", name(f))
            }
            Self::Round(f, a) => format!("round({} * {a} / 10)", name(f)),
            Self::Share(f, b) => format!("{} / {b} * 100", name(f)),
            Self::Both(a, b) => format!("least({a} * p, {b} * q)"),
        }
    }

    /// Whether it reads a field.
    fn reads(&self, field: usize) -> bool {
        match self {
            Self::Line(f, ..)
            | Self::Clamp(f, ..)
            | Self::Least(f, ..)
            | Self::Away(f, ..)
            | Self::Case(f, ..)
            | Self::Round(f, _)
            | Self::Share(f, _) => *f == field,
            Self::Both(..) => true,
        }
    }
}

#[derive(Clone, Debug)]
enum Atom {
    Compare(usize, &'static str, i128),
    Small,
}

#[derive(Clone, Debug)]
enum Rule {
    /// All atoms have to hold; the last band is otherwise.
    Bands(Vec<(Vec<Atom>, i128)>, i128),
    /// Points with two labels: from the cut on, and the rest.
    Worked(Worked, i128),
}

#[derive(Clone, Debug)]
struct Dimension {
    weight: i128,
    rule: Rule,
}

/// The condition of a grade.
#[derive(Clone, Debug)]
struct Wish {
    score: Option<(&'static str, i128)>,
    /// Which dimension and which of its bands.
    label: Option<(usize, usize)>,
    atom: Option<Atom>,
}

#[derive(Clone, Debug)]
struct Plan {
    dimensions: Vec<Dimension>,
    grades: Vec<Wish>,
    rest: bool,
}

fn compare(value: i128, sign: &str, threshold: i128) -> bool {
    match sign {
        "<" => value < threshold,
        "<=" => value <= threshold,
        ">" => value > threshold,
        _ => value >= threshold,
    }
}

impl Atom {
    fn holds(&self, customer: Customer) -> bool {
        match self {
            Self::Compare(field, sign, at) => compare(customer.fields[*field], sign, *at),
            Self::Small => customer.small,
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Compare(field, sign, at) => format!("{} {sign} {at}", ["p", "q"][*field]),
            Self::Small => "size = 'S'".to_owned(),
        }
    }
}

impl Dimension {
    fn band(&self, customer: Customer) -> usize {
        match &self.rule {
            Rule::Bands(bands, _) => {
                let holds =
                    |(atoms, _): &(Vec<Atom>, i128)| atoms.iter().all(|atom| atom.holds(customer));
                bands.iter().position(holds).unwrap_or(bands.len())
            }
            Rule::Worked(worked, cut) => usize::from(worked.points(customer) < cut * ONE),
        }
    }

    fn points(&self, customer: Customer) -> i128 {
        match &self.rule {
            Rule::Bands(bands, rest) => {
                let band = bands.get(self.band(customer));
                band.map_or(*rest, |(_, points)| *points) * ONE
            }
            Rule::Worked(worked, _) => worked.points(customer),
        }
    }

    fn count(&self) -> usize {
        match &self.rule {
            Rule::Bands(bands, _) => bands.len() + 1,
            Rule::Worked(..) => 2,
        }
    }

    fn worked(&self) -> Option<&Worked> {
        match &self.rule {
            Rule::Bands(..) => None,
            Rule::Worked(worked, _) => Some(worked),
        }
    }
}

/// Everybody.
fn customers() -> Vec<Customer> {
    let field = || FIRST..=LAST;
    let pairs = field().flat_map(|p| field().map(move |q| [p, q]));
    let all = pairs.flat_map(|fields| [true, false].map(|small| Customer { fields, small }));
    all.collect()
}

impl Plan {
    fn score(&self, customer: Customer) -> i128 {
        let sum: i128 = self
            .dimensions
            .iter()
            .map(|d| d.weight * d.points(customer))
            .sum();
        divided(sum, self.dimensions.iter().map(|d| d.weight).sum())
    }

    fn graded(&self, customer: Customer, score: i128) -> usize {
        let holds = |wish: &Wish| {
            wish.score
                .is_none_or(|(sign, cut)| compare(score, sign, cut * ONE))
                && wish
                    .label
                    .is_none_or(|(d, band)| self.dimensions[d].band(customer) == band)
                && wish.atom.as_ref().is_none_or(|atom| atom.holds(customer))
        };
        // One more than there are is none.
        let none = self.grades.len() + usize::from(!self.rest);
        self.grades.iter().position(holds).unwrap_or(none)
    }

    fn grade(&self, customer: Customer) -> usize {
        self.graded(customer, self.score(customer))
    }

    fn reads_score(&self) -> bool {
        self.grades.iter().any(|wish| wish.score.is_some())
    }

    fn reads_label(&self, dimension: usize) -> bool {
        let mut labels = self.grades.iter().filter_map(|wish| wish.label);
        labels.any(|(known, _)| known == dimension)
    }

    /// More is better: points of a dimension, or the grade.
    fn level(&self, of: Option<usize>, customer: Customer) -> i128 {
        match of {
            Some(dimension) => self.dimensions[dimension].points(customer),
            None => -(self.grade(customer) as i128),
        }
    }

    /// Whether what a level comes from adds up or compares both fields.
    fn sums(&self, of: Option<usize>) -> bool {
        let is_both = |dimension: &Dimension| {
            dimension
                .worked()
                .is_some_and(|worked| worked.reads(0) && worked.reads(1))
        };
        if let Some(dimension) = of {
            return is_both(&self.dimensions[dimension]);
        }
        let worked = || self.dimensions.iter().filter_map(Dimension::worked);
        let in_score =
            self.reads_score() && (0..2).all(|field| worked().any(|worked| worked.reads(field)));
        let read = |d: usize| self.reads_score() || self.reads_label(d);
        let both = |d: &usize| is_both(&self.dimensions[*d]);
        in_score || (0..self.dimensions.len()).filter(both).any(read)
    }

    fn is_inverted(&self, of: Option<usize>, field: usize) -> bool {
        let walks: BTreeSet<Vec<i128>> = customers()
            .into_iter()
            .map(|other| {
                let at = |own| {
                    let mut customer = other;
                    customer.fields[field] = own;
                    self.level(of, customer)
                };
                (FIRST..=LAST).map(at).collect()
            })
            .collect();
        let gap = -(self.grades.len() as i128 + 1);
        let hole = |walk: &Vec<i128>| {
            (1..walk.len()).any(|middle| {
                // A hole that is a gap is told as a gap.
                (of.is_some() || walk[middle] != gap)
                    && walk[..middle].iter().any(|before| *before > walk[middle])
                    && walk[middle..].iter().any(|after| *after > walk[middle])
            })
        };
        let both_ways = || {
            let len = (LAST - FIRST + 1) as usize;
            let moved = |low: usize, high: usize, up: bool| {
                walks
                    .iter()
                    .any(|walk| walk[low] != walk[high] && (walk[high] > walk[low]) == up)
            };
            (0..len).any(|low| {
                (low + 1..len).any(|high| moved(low, high, true) && moved(low, high, false))
            })
        };
        walks.iter().any(hole) || !self.sums(of) && both_ways()
    }

    /// Whether other points of a dimension change a grade.
    fn has_effect(&self, dimension: usize) -> bool {
        let all = customers();
        let own = &self.dimensions[dimension];
        let points: BTreeSet<i128> = all.iter().map(|customer| own.points(*customer)).collect();
        let weights: i128 = self.dimensions.iter().map(|d| d.weight).sum();
        let sum = |customer: Customer| -> i128 {
            let parts = self
                .dimensions
                .iter()
                .map(|d| d.weight * d.points(customer));
            parts.sum()
        };
        all.iter().any(|customer| {
            let others = sum(*customer) - own.weight * own.points(*customer);
            let grades: BTreeSet<usize> = points
                .iter()
                .map(|points| divided(others + own.weight * points, weights))
                .map(|score| self.graded(*customer, score))
                .collect();
            grades.len() > 1
        })
    }

    fn written(&self) -> String {
        let mut text = format!(
            "[scheme]\nname = \"t\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n\
             {{ name = \"p\", type = \"number\", scale = 0, min = {FIRST}, max = {LAST} }},\n\
             {{ name = \"q\", type = \"number\", scale = 0, min = {FIRST}, max = {LAST} }},\n\
             {{ name = \"size\", type = \"choice\", choices = [\"S\", \"L\"] }},\n]\n"
        );
        for (index, dimension) in self.dimensions.iter().enumerate() {
            text += &format!(
                "[[dimensions]]\nname = \"d{index}\"\nweight = {}\n",
                dimension.weight
            );
            match &dimension.rule {
                Rule::Bands(bands, rest) => {
                    text += "bands = [";
                    for (band, (atoms, points)) in bands.iter().enumerate() {
                        let when: Vec<String> = atoms.iter().map(Atom::written).collect();
                        let when = when.join(" and ");
                        text += &format!(
                            "{{ label = \"d{index}b{band}\", when = \"{when}\", points = {points} }}, "
                        );
                    }
                    let last = bands.len();
                    text += &format!("{{ label = \"d{index}b{last}\", points = {rest} }}]\n");
                }
                Rule::Worked(worked, cut) => {
                    text += &format!(
                        "points = \"{}\"\nbands = [{{ label = \"d{index}b0\", when = \"points >= {cut}\" }}, \
                         {{ label = \"d{index}b1\" }}]\n",
                        worked.written()
                    );
                }
            }
        }
        for (index, wish) in self.grades.iter().enumerate() {
            let score = wish.score.map(|(sign, cut)| format!("score {sign} {cut}"));
            let label = wish.label.map(|(d, band)| format!("d{d} = 'd{d}b{band}'"));
            let atom = wish.atom.as_ref().map(Atom::written);
            let when: Vec<String> = score.into_iter().chain(label).chain(atom).collect();
            let when = when.join(" and ");
            text += &format!("[[grades]]\nname = \"g{index}\"\nwhen = \"{when}\"\n");
        }
        if self.rest {
            text += &format!("[[grades]]\nname = \"g{}\"\n", self.grades.len());
        }
        text
    }
}

fn atom() -> impl Strategy<Value = Atom> {
    let sign = prop::sample::select(vec!["<", "<=", ">", ">="]);
    prop_oneof![
        5 => (0..2usize, sign, 0..=9i128).prop_map(|(field, sign, at)| Atom::Compare(field, sign, at)),
        1 => Just(Atom::Small),
    ]
}

fn worked() -> impl Strategy<Value = Worked> {
    let factor = || prop::sample::select(vec![-7i128, 3, 5, 8, 10, 15]);
    let most = || prop::sample::select(vec![50i128, 80, 100]);
    let field = || 0..2usize;
    prop_oneof![
        (
            field(),
            factor(),
            prop::sample::select(vec![0i128, 30, 100])
        )
            .prop_map(|(f, a, b)| Worked::Line(f, a, b)),
        (field(), factor(), most()).prop_map(|(f, a, b)| Worked::Clamp(f, a, b)),
        (field(), factor(), most()).prop_map(|(f, a, b)| Worked::Least(f, a, b)),
        (field(), factor(), 2..=6i128).prop_map(|(f, a, b)| Worked::Away(f, a, b)),
        (field(), factor(), 2..=9i128).prop_map(|(f, a, b)| Worked::Case(f, a, b)),
        (field(), prop::sample::select(vec![37i128, 5, 88, -41]))
            .prop_map(|(f, a)| Worked::Round(f, a)),
        (field(), prop::sample::select(vec![3i128, 7, 12])).prop_map(|(f, b)| Worked::Share(f, b)),
        (factor(), factor()).prop_map(|(a, b)| Worked::Both(a, b)),
    ]
}

fn dimension(is_worked: bool) -> impl Strategy<Value = Dimension> {
    let points = || prop::sample::select(vec![0i128, 20, 60, 100]);
    let band = (prop::collection::vec(atom(), 1..=2), points());
    let bands = (prop::collection::vec(band, 1..=2), points());
    let bands = bands.prop_map(|(bands, rest)| Rule::Bands(bands, rest));
    let worked = (worked(), prop::sample::select(vec![20i128, 60, 99]));
    let worked = worked.prop_map(|(worked, cut)| Rule::Worked(worked, cut));
    let rule = if is_worked {
        worked.boxed()
    } else {
        bands.boxed()
    };
    (prop::sample::select(vec![10i128, 30, 60]), rule)
        .prop_map(|(weight, rule)| Dimension { weight, rule })
}

fn wish(dimensions: usize) -> impl Strategy<Value = Wish> {
    let sign = prop::sample::select(vec![">=", ">=", ">", "<"]);
    let cut = prop::sample::select(vec![-10i128, 10, 30, 50, 70, 90, 101]);
    (
        prop::option::weighted(0.7, (sign, cut)),
        prop::option::weighted(0.3, (0..dimensions, 0..2usize)),
        prop::option::weighted(0.3, atom()),
    )
        .prop_map(|(score, label, atom)| Wish {
            score: match (&label, &atom) {
                (None, None) => score.or(Some((">=", 50))),
                _ => score,
            },
            label,
            atom,
        })
}

fn plan() -> impl Strategy<Value = Plan> {
    let kinds = prop::sample::select(vec![
        vec![true],
        vec![true, false],
        vec![false, true, false],
        vec![true, true],
        vec![true, false, true],
    ]);
    kinds.prop_flat_map(|kinds| {
        let count = kinds.len();
        let dimensions: Vec<_> = kinds.into_iter().map(dimension).collect();
        (
            dimensions,
            prop::collection::vec(wish(count), 1..=3),
            any::<bool>(),
        )
            .prop_map(|(dimensions, grades, rest)| Plan {
                dimensions,
                grades,
                rest,
            })
    })
}

/// The customer that a witness describes; what it leaves out may be anything.
fn described(witness: &Witness) -> Customer {
    let value = |name: &str| {
        let mut values = witness.values.iter();
        values.find_map(|(known, shown)| (**known == *name).then_some(shown))
    };
    let number = |name: &str| match value(name) {
        Some(Shown::One(Value::Number(number))) => i128::from(number.millionths()) / ONE,
        None => 0,
        other => panic!("{other:?}"),
    };
    let small = matches!(value("size"), Some(Shown::One(Value::Text(text))) if **text == *"S");
    Customer {
        fields: [number("p"), number("q")],
        small,
    }
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

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn check_finds_what_every_customer_shows_where_points_are_worked_out(plan in plan()) {
        let source = plan.written();
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, as_of());
        // What is not decided may be missed. Nothing may be invented.
        let open: Vec<Code> = found.iter().filter(|finding| is_undecided(finding)).map(|finding| finding.code).collect();
        let is_open = |code: Code| open.contains(&code);
        let of = |code: Code| found.iter().filter(move |finding| finding.code == code && !is_undecided(finding));
        let customers = customers();

        let mut unreached = BTreeSet::new();
        for (index, dimension) in plan.dimensions.iter().enumerate() {
            let bands: BTreeSet<usize> = customers.iter().map(|customer| dimension.band(*customer)).collect();
            unreached.extend((0..dimension.count()).filter(|band| !bands.contains(band)).map(|band| format!("d{index}b{band}")));
        }
        let grades: BTreeSet<usize> = customers.iter().map(|customer| plan.grade(*customer)).collect();
        let count = plan.grades.len() + usize::from(plan.rest);
        unreached.extend((0..count).filter(|grade| !grades.contains(grade)).map(|grade| format!("g{grade}")));
        let shadowed: BTreeSet<String> = of(Code::Shadowed).map(name_in).collect();
        prop_assert!(shadowed.is_subset(&unreached), "invented: {:?} {:?}\n{}", shadowed, unreached, source);
        prop_assert!(is_open(Code::Gap) || shadowed == unreached, "missed: {:?} {:?}\n{}", shadowed, unreached, source);

        let none = plan.grades.len() + 1;
        prop_assert!(is_open(Code::Gap) || of(Code::Gap).count() == usize::from(grades.contains(&none)), "{}", source);
        for witness in of(Code::Gap).flat_map(|finding| &finding.witnesses) {
            prop_assert_eq!(plan.grade(described(witness)), none, "{:?}\n{}", witness, source);
        }
        for finding in of(Code::NoEffect) {
            let dimension = name_in(finding)[1..].parse().unwrap();
            prop_assert!(!plan.has_effect(dimension), "{:?}\n{}", finding, source);
        }

        for (field, name) in ["p", "q"].into_iter().enumerate() {
            let start = format!("a rise in {name} from");
            let told: Vec<&Finding> = of(Code::Inversion).filter(|finding| finding.title.en.starts_with(&start)).collect();
            let wrong = (0..plan.dimensions.len()).map(Some).chain([None]).any(|of| plan.is_inverted(of, field));
            prop_assert!(told.len() <= usize::from(wrong), "invented: {:#?}\n{}", told, source);
            prop_assert!(is_open(Code::Inversion) || is_open(Code::Gap) || told.len() == usize::from(wrong), "missed: {}\n{}", name, source);
            for finding in told {
                let of = finding.title.en.split("points of `d").nth(1).and_then(|rest| rest[..1].parse().ok());
                let levels: Vec<i128> = finding.witnesses.iter().map(|witness| plan.level(of, described(witness))).collect();
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
