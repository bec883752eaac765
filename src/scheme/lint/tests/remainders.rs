//! Sums of whole numbers against brute force: which remainders they leave, and where no number lies between two turns.
//! Every customer that there can be is looked at by arithmetic written here.

use super::{as_of, cases, told};
use crate::diagnostic::{Code, Finding, Shown, Witness};
use crate::scheme::lint::{is_undecided, lint};
use crate::scheme::validate;
use crate::table::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

const NAMES: [&str; 3] = ["p", "q", "r"];

/// `p`, `q` and `r`; of plans over two fields the last one is what it is least.
type Customer = [i64; 3];

/// `a * p + b * q + c * r`, held against a number.
#[derive(Clone, Debug)]
struct Atom {
    factors: [i64; 3],
    sign: &'static str,
    at: i64,
}

/// All have to hold.
type Condition = Vec<Atom>;

#[derive(Clone, Debug)]
struct Plan {
    /// How many fields there are: two or three.
    fields: usize,
    /// The least and the greatest value of the fields.
    ends: (i64, i64),
    /// Grades without a last one for the rest.
    grades: Vec<Condition>,
}

impl Atom {
    fn holds(&self, customer: Customer) -> bool {
        let sum: i64 = self.factors.iter().zip(customer).map(|(a, x)| a * x).sum();
        match self.sign {
            "=" => sum == self.at,
            "<" => sum < self.at,
            "<=" => sum <= self.at,
            ">" => sum > self.at,
            _ => sum >= self.at,
        }
    }

    fn written(&self) -> String {
        let named = self.factors.iter().zip(NAMES);
        let terms = named.filter(|(factor, _)| **factor != 0);
        let terms: Vec<String> = terms
            .map(|(factor, name)| format!("({factor}) * {name}"))
            .collect();
        format!("{} {} {}", terms.join(" + "), self.sign, self.at)
    }
}

impl Plan {
    fn customers(&self) -> Vec<Customer> {
        let (first, last) = self.ends;
        let third = if self.fields == 3 { last } else { first };
        let field = || first..=last;
        let pairs = field().flat_map(|p| field().map(move |q| [p, q]));
        pairs
            .flat_map(|[p, q]| (first..=third).map(move |r| [p, q, r]))
            .collect()
    }

    fn grade(&self, customer: Customer) -> Option<usize> {
        let holds = |grade: &Condition| grade.iter().all(|atom| atom.holds(customer));
        self.grades.iter().position(holds)
    }

    fn written(&self) -> String {
        let (first, last) = self.ends;
        let mut text =
            "[scheme]\nname = \"t\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n".to_owned();
        for name in &NAMES[..self.fields] {
            text += &format!(
                "{{ name = \"{name}\", type = \"number\", scale = 0, min = {first}, max = {last}, required = true }},\n"
            );
        }
        text += "]\n";
        for (index, grade) in self.grades.iter().enumerate() {
            let when: Vec<String> = grade.iter().map(Atom::written).collect();
            let when = when.join(" and ");
            text += &format!("[[grades]]\nname = \"g{index}\"\nwhen = \"{when}\"\n");
        }
        text
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let factor = || prop::sample::select(vec![0i64, 0, 1, 1, -1, 2, 3, -5, 7]);
    let factors = [factor(), factor(), factor()];
    let sign = prop::sample::select(vec!["=", "=", "<", "<=", ">", ">="]);
    let atom = (factors, sign, -12..=30i64)
        .prop_map(|(factors, sign, at)| Atom { factors, sign, at })
        .boxed();
    let fields = prop::sample::select(vec![2usize, 2, 3]);
    fields.prop_flat_map(move |fields| {
        let of_fields = move |mut atom: Atom| {
            atom.factors[fields..].fill(0);
            if atom.factors == [0; 3] {
                atom.factors[0] = 1;
            }
            atom
        };
        let ends = if fields == 2 {
            vec![(-3i64, 12i64), (0, 40), (1, 90)]
        } else {
            vec![(0, 12), (-4, 9), (1, 25)]
        };
        let condition = prop::collection::vec(atom.clone().prop_map(of_fields), 1..=3);
        let grades = prop::collection::vec(condition, 1..=3);
        (prop::sample::select(ends), grades).prop_map(move |(ends, grades)| Plan {
            fields,
            ends,
            grades,
        })
    })
}

/// The customer that a witness describes; what it leaves out may be anything that there is.
fn described(plan: &Plan, witness: &Witness) -> Customer {
    NAMES.map(|name| {
        let mut values = witness.values.iter();
        match values.find(|(known, _)| **known == *name) {
            Some((_, Shown::One(Value::Number(number)))) => number.trunc(),
            None => plan.ends.0,
            other => panic!("{other:?}"),
        }
    })
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn check_finds_what_sums_of_whole_numbers_leave_out_and_invents_nothing(plan in plan()) {
        let source = plan.written();
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, as_of());
        let customers = plan.customers();
        let reached: BTreeSet<Option<usize>> = customers.iter().map(|customer| plan.grade(*customer)).collect();
        let unreached: BTreeSet<String> =
            (0..plan.grades.len()).filter(|grade| !reached.contains(&Some(*grade))).map(|grade| format!("`g{grade}`")).collect();
        let is_open = |code: Code| found.iter().any(|finding| finding.code == code && is_undecided(finding));
        let told: Vec<&Finding> = found.iter().filter(|finding| !is_undecided(finding)).collect();
        let named = |finding: &&Finding| finding.title.en.split(' ').next().unwrap_or_default().trim_end_matches(':').to_owned();
        let shadowed: BTreeSet<String> =
            told.iter().copied().filter(|finding| finding.code == Code::Shadowed).map(|finding| named(&finding)).collect();
        prop_assert!(shadowed.is_subset(&unreached), "invented: {:?} {:?}\n{}", shadowed, unreached, source);
        // Only a third field leaves something undecided: more remainders than are followed, or more customers.
        let may_be_open = plan.fields == 3 && is_open(Code::Gap);
        prop_assert!(may_be_open || shadowed == unreached, "missed: {:?} {:#?}\n{}", unreached, found, source);
        let gaps: Vec<&&Finding> = told.iter().filter(|finding| finding.code == Code::Gap).collect();
        let has_gap = reached.contains(&None);
        prop_assert!(gaps.is_empty() || has_gap, "invented: {:?}\n{}", gaps, source);
        prop_assert!(may_be_open || !gaps.is_empty() || !has_gap, "missed: {:#?}\n{}", found, source);
        for witness in gaps.iter().flat_map(|finding| &finding.witnesses) {
            let customer = described(&plan, witness);
            let (first, last) = plan.ends;
            prop_assert!(customer.iter().all(|own| (first..=last).contains(own)), "{:?}\n{}", witness, source);
            prop_assert_eq!(plan.grade(customer), None, "{:?}\n{}", witness, source);
        }
    }
}

/// Of two grades of everybody the first has this condition: whether it is told as never reached.
fn is_never_reached(when: &str) -> bool {
    let field = |name: &str| {
        format!("{{ name = \"{name}\", type = \"number\", scale = 0, min = 0, max = 60 }}")
    };
    let source = format!(
        "[scheme]\nname = \"t\"\n[sheets.customers]\nkey = \"id\"\nfields = [{}, {}]\n\
         [[grades]]\nname = \"A\"\nwhen = \"{when}\"\n[[grades]]\nname = \"B\"\n",
        field("p"),
        field("q")
    );
    let told = told(&super::linted(&source));
    assert!(
        !told.contains("not decided") && !told.contains("too many"),
        "{when}\n{told}"
    );
    told.contains("`A` is never reached")
}

#[test]
fn remainders_decide_whether_a_condition_ever_holds() {
    let all = || (0..=60).flat_map(|p: i64| (0..=60).map(move |q: i64| (p, q)));
    for (a, b) in [(1, -10), (10, -1), (3, -7), (6, -9), (4, 6), (-20, 23)] {
        for at in -3..=3 {
            let is_reached = all().any(|(p, q)| a * p + b * q == at && p + q > 2);
            let when = format!("({a}) * p + ({b}) * q = {at} and p + q > 2");
            assert_eq!(is_never_reached(&when), !is_reached, "{when}");
        }
    }
    // No whole number lies between 10 q + 3 and 10 q + 4; one lies between 3 q / 7 and 3 q / 7 + 1/2 for some.
    assert!(is_never_reached("p > 10 * q + 3 and p < 10 * q + 4"));
    let is_reached = all().any(|(p, q)| 14 * p > 6 * q && 14 * p < 6 * q + 7);
    assert_eq!(
        is_never_reached("14 * p > 6 * q and 14 * p < 6 * q + 7"),
        !is_reached
    );
}
