//! An expression as it is meant: every name a slot, every operand of a type, every unit converted.

use super::ast::{Arithmetic, Comparison};
use super::functions::{PopulationFunction, Scalar, SeriesFunction};
use super::types::{Slot, Type};
use crate::table::{Decimal, Value};
use std::ops::Range;
use std::sync::Arc;

/// A part of an expression with its type. Two are equal if they give the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Bound {
    /// What it does.
    pub node: Node,
    /// What it gives.
    pub ty: Type,
    /// The bytes of the expression's text that it stands on.
    pub span: Range<usize>,
}

/// What a part of an expression does.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A value that is known before the first row.
    Literal(Value),
    /// The as-of date.
    AsOf,
    /// The column of a name.
    Slot(Slot),
    /// The opposite.
    Not(Box<Bound>),
    /// All hold.
    And(Vec<Bound>),
    /// At least one holds.
    Or(Vec<Bound>),
    /// With the other sign.
    Negate(Box<Bound>),
    /// `+ - * /`.
    Arithmetic(Arithmetic, Box<Bound>, Box<Bound>),
    /// Times so many: money brought to a smaller unit.
    Rescale(Box<Bound>, i64),
    /// A day as its 00:00, or a moment as its day, as the type says.
    Cast(Box<Bound>),
    /// `= <> < <= > >=`.
    Compare(Comparison, Box<Bound>, Box<Bound>),
    /// The value is missing.
    IsNull(Box<Bound>),
    /// The condition is known to be so.
    IsTruth(Box<Bound>, bool),
    /// Equal to one of these.
    In(Box<Bound>, Vec<Bound>),
    /// Like a pattern with `%` and `_`.
    Like(Box<Bound>, Arc<str>),
    /// The result of the first arm whose condition holds.
    Case(Vec<(Bound, Bound)>, Option<Box<Bound>>),
    /// A function of values.
    Scalar(Scalar, Vec<Bound>),
    /// Whether one of these columns is this text.
    HasTag(Vec<Slot>, Arc<str>),
    /// A function over periods.
    Series {
        /// Which.
        function: SeriesFunction,
        /// What is looked at in each period.
        argument: Box<Bound>,
        /// How many periods, or how many back.
        count: usize,
    },
    /// A function over customers.
    Population {
        /// Which.
        function: PopulationFunction,
        /// The index of its [`PopulationSpec`].
        spec: usize,
        /// What is compared.
        argument: Box<Bound>,
        /// The customer's group.
        within: Option<Box<Bound>>,
        /// The number of parts of `quantile`, the share of `percentile`.
        parameter: Decimal,
    },
}

/// A population that has to be prepared: the values of all customers, in groups or not.
#[derive(Clone, Debug)]
pub struct PopulationSpec {
    /// The canonical text of the argument and its group.
    pub text: String,
    /// What is compared.
    pub argument: Bound,
    /// What the groups are.
    pub within: Option<Bound>,
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node && self.ty == other.ty
    }
}

impl Bound {
    /// The direct parts, in order of appearance.
    pub fn children(&self) -> Vec<&Self> {
        match &self.node {
            Node::Literal(_) | Node::AsOf | Node::Slot(_) | Node::HasTag(..) => vec![],
            Node::Not(inner)
            | Node::Negate(inner)
            | Node::Rescale(inner, _)
            | Node::Cast(inner)
            | Node::IsNull(inner)
            | Node::IsTruth(inner, _)
            | Node::Like(inner, _) => vec![inner],
            Node::And(items) | Node::Or(items) | Node::Scalar(_, items) => items.iter().collect(),
            Node::Arithmetic(_, left, right) | Node::Compare(_, left, right) => vec![left, right],
            Node::In(operand, list) => std::iter::once(&**operand).chain(list).collect(),
            Node::Case(arms, otherwise) => arms
                .iter()
                .flat_map(|(condition, result)| [condition, result])
                .chain(otherwise.as_deref())
                .collect(),
            Node::Series { argument, .. } => vec![argument],
            Node::Population {
                argument, within, ..
            } => std::iter::once(&**argument)
                .chain(within.as_deref())
                .collect(),
        }
    }

    /// Visits the direct parts to change them, in order of appearance.
    pub fn for_each_child(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        match &mut self.node {
            Node::Literal(_) | Node::AsOf | Node::Slot(_) | Node::HasTag(..) => {}
            Node::Not(inner)
            | Node::Negate(inner)
            | Node::Rescale(inner, _)
            | Node::Cast(inner)
            | Node::IsNull(inner)
            | Node::IsTruth(inner, _)
            | Node::Like(inner, _) => visit(inner),
            Node::And(items) | Node::Or(items) | Node::Scalar(_, items) => {
                items.iter_mut().for_each(visit);
            }
            Node::Arithmetic(_, left, right) | Node::Compare(_, left, right) => {
                visit(left);
                visit(right);
            }
            Node::In(operand, list) => {
                visit(operand);
                list.iter_mut().for_each(visit);
            }
            Node::Case(arms, otherwise) => {
                for (condition, result) in arms {
                    visit(condition);
                    visit(result);
                }
                if let Some(otherwise) = otherwise {
                    visit(otherwise);
                }
            }
            Node::Series { argument, .. } => visit(argument),
            Node::Population {
                argument, within, ..
            } => {
                visit(argument);
                if let Some(within) = within {
                    visit(within);
                }
            }
        }
    }

    /// Visits this part and all below it, in order of appearance.
    pub fn walk(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    fn any(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }

    /// The slots that it reads, each once, in order of appearance; those of its population functions' arguments too.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = vec![];
        self.walk(&mut |part| {
            let read: &[Slot] = match &part.node {
                Node::Slot(slot) => std::slice::from_ref(slot),
                Node::HasTag(tags, _) => tags,
                _ => &[],
            };
            for slot in read {
                if !slots.contains(slot) {
                    slots.push(*slot);
                }
            }
        });
        slots
    }

    /// The indices of the populations that it looks into, each once, in order of appearance.
    pub fn population_ids(&self) -> Vec<usize> {
        let mut ids = vec![];
        self.walk(&mut |part| {
            if let Node::Population { spec, .. } = part.node
                && !ids.contains(&spec)
            {
                ids.push(spec);
            }
        });
        ids
    }

    /// Whether it gives the same for every row and as-of date.
    pub fn is_constant(&self) -> bool {
        !self.any(&|part| {
            matches!(
                part.node,
                Node::Slot(_) | Node::AsOf | Node::HasTag(..) | Node::Population { .. }
            )
        })
    }

    /// The value if it is a literal.
    pub fn literal(&self) -> Option<&Value> {
        match &self.node {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }
}
