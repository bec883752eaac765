//! What is told of made customers: the parts that conditions compare, with the values that they are told apart by.

use super::open::Open;
use super::reads::Reads;
use crate::assess::Facts;
use crate::expr::{Bound, Node, Slot};
use crate::scheme::lint::rewrite::Collector;
use crate::scheme::lint::values::{Sample, Stands, key};
use crate::scheme::lint::variables::{Kind, Variable};
use crate::scheme::model::GradeRule;
use crate::table::{Decimal, Value};

/// Something that is told of customers, and where it is read in the opened scheme.
#[derive(Clone, Debug)]
pub struct Told {
    /// What is told.
    pub variable: Variable,
    /// The values that are told apart.
    pub samples: Vec<Sample>,
    /// The same thing in the opened scheme.
    pub part: Bound,
    /// What it comes from.
    pub reads: Reads,
}

/// What is told with its samples: what was wanted, and what grades and types read where they are read.
pub fn all_told(open: &Open<'_>, wanted: Vec<(Variable, Bound)>, reads: &Reads) -> Vec<Told> {
    let mut all = wanted;
    let mut collector = Collector::new(open.original);
    let mut parts = vec![];
    if reads.grade {
        for (index, grade) in open.original.grades.iter().enumerate() {
            match &grade.rule {
                GradeRule::When(Some(when)) => _ = collector.condition(when),
                GradeRule::When(None) => {}
                GradeRule::Top(_) => {
                    let bound = collector.best(crate::text!("{}", "{}", grade.name));
                    if let Node::Slot(slot) = bound.node {
                        parts.push((slot.0 as usize, open.ranks[&index]));
                    }
                }
            }
        }
    }
    if reads.of_type {
        for when in open
            .original
            .types
            .iter()
            .filter_map(|rule| rule.when.as_ref())
        {
            collector.condition(when);
        }
    }
    for (index, variable) in collector.variables.into_iter().enumerate() {
        let best = parts.iter().find(|(place, _)| *place == index);
        let part = part_of(open, &variable, best.map(|(_, slot)| *slot));
        let known = all
            .iter_mut()
            .find(|(known, own)| own.node == part.node && known.kind == variable.kind);
        match known {
            Some((known, _)) => {
                known.thresholds.extend(variable.thresholds);
                known.nullable |= variable.nullable;
                for literal in variable.literals {
                    if !known.literals.contains(&literal) {
                        known.literals.push(literal);
                    }
                }
            }
            None => all.push((variable, part)),
        }
    }
    all.into_iter()
        .map(|(variable, part)| Told {
            samples: with_missing(variable.samples()),
            reads: Reads::of(open, [&part]),
            variable,
            part,
        })
        .collect()
}

/// A result that is missing is told apart too.
fn with_missing(mut samples: Vec<Sample>) -> Vec<Sample> {
    if !samples
        .iter()
        .any(|sample| sample.stands == Stands::Missing)
    {
        samples.push(Sample {
            value: Value::Missing,
            stands: Stands::Missing,
        });
    }
    samples
}

/// Where a variable of the original scheme is read in the opened one.
pub fn part_of(open: &Open<'_>, variable: &Variable, rank: Option<Slot>) -> Bound {
    if let Some(slot) = rank {
        return Bound {
            node: Node::Slot(slot),
            ty: variable.ty.clone(),
            span: 0..0,
        };
    }
    let Some(part) = &variable.stands_for else {
        unreachable!("only a rank stands for nothing of the scheme")
    };
    if let (Kind::Pair { .. }, Node::Compare(_, left, right)) = (&variable.kind, &part.node)
        && let Some(pair) = open.known_pair(left, right)
    {
        return pair;
    }
    open.known(part)
}

/// The values that a thing told has for all customers.
pub fn values_of(told: &Told, facts: &Facts, len: usize) -> Vec<Value> {
    let column = told.part.eval(facts).column;
    let Kind::Pair { .. } = told.variable.kind else {
        return (0..len).map(|row| column.value(row)).collect();
    };
    let Node::Compare(op, left, right) = &told.part.node else {
        return (0..len).map(|row| column.value(row)).collect();
    };
    let turned = Bound {
        node: Node::Compare(*op, right.clone(), left.clone()),
        ..told.part.clone()
    };
    let more = turned.eval(facts).column;
    let sign = |row| match (column.value(row), more.value(row)) {
        (Value::Bool(true), _) => Decimal::from_int(-1).map_or(Value::Missing, Value::Number),
        (_, Value::Bool(true)) => Value::Number(Decimal::ONE),
        (Value::Bool(false), Value::Bool(false)) => Value::Number(Decimal::ZERO),
        _ => Value::Missing,
    };
    (0..len).map(sign).collect()
}

/// Which sample a value is one of.
pub fn choice(samples: &[Sample], value: &Value) -> u32 {
    let missing = || {
        let missing = samples.iter().position(|s| s.stands == Stands::Missing);
        missing.unwrap_or(0)
    };
    let found = match (value, key(value)) {
        (Value::Missing, _) => Some(missing()),
        (_, Some(at)) => {
            let place = samples.binary_search_by(|sample| match sample.stands {
                Stands::At(own) => own.cmp(&at),
                Stands::Between(low, high) => {
                    if low.is_some_and(|low| low >= at) {
                        std::cmp::Ordering::Greater
                    } else if high.is_some_and(|high| high <= at) {
                        std::cmp::Ordering::Less
                    } else {
                        std::cmp::Ordering::Equal
                    }
                }
                Stands::Alone => key(&sample.value).cmp(&Some(at)),
                Stands::AnyOther | Stands::Missing => std::cmp::Ordering::Greater,
            });
            place.ok()
        }
        (Value::List(_), _) => Some(0),
        _ => samples
            .iter()
            .position(|sample| sample.value == *value)
            .or_else(|| samples.iter().position(|s| s.stands == Stands::AnyOther)),
    };
    found.unwrap_or_else(missing) as u32
}
