//! What the conditions of a list depend on, as variables that can be given any of their values.
//!
//! A variable is a name, or a part that is compared as a whole (`days(最近购买) <= 365`, `a / b > 2`), or a test that
//! is not looked into (`x like 'A%'`).

use super::shape::Shape;
use crate::diagnostic::Text;
use crate::expr::{Bound, Type};
use crate::table::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that conditions read.
#[derive(Clone, Debug)]
pub struct Variable {
    /// What it stands for in the scheme; nothing for a rank.
    pub stands_for: Option<Bound>,
    /// How it is called.
    pub name: Text,
    /// What its values are.
    pub kind: Kind,
    /// The type that a column of it has.
    pub ty: Type,
    /// What ordered values are compared with, in the units of columns.
    pub thresholds: BTreeSet<i64>,
    /// What texts are compared with, in order of appearance.
    pub literals: Vec<Arc<str>>,
    /// Whether a condition tells that the value is missing, so that a missing one decides something.
    pub nullable: bool,
    /// Whether its numbers are shown as per cent.
    pub percent: bool,
}

/// What the values of a variable are.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Numbers, days, moments.
    Ordered(Shape),
    /// Texts: these, or any if none are given.
    Texts(Vec<Arc<str>>),
    /// A truth value.
    Truth,
    /// How two things that are no literals compare: -1, 0 or 1, or 0 and 1 where they have no order.
    Pair {
        /// Whether they have an order.
        ordered: bool,
        /// The two as written.
        sides: [Arc<str>; 2],
    },
    /// Several texts, of which only the presence matters here.
    List,
    /// Whether a customer is among the best.
    Best,
}

impl Variable {
    /// Takes note of literals that it is compared with.
    pub fn compared_with(&mut self, literals: &[Value]) {
        for literal in literals {
            match literal {
                Value::Number(number) => _ = self.thresholds.insert(number.millionths()),
                Value::Date(date) => _ = self.thresholds.insert(i64::from(date.days())),
                Value::DateTime(moment) => _ = self.thresholds.insert(moment.seconds()),
                Value::Text(text) if !self.literals.contains(text) => {
                    self.literals.push(text.clone());
                }
                _ => {}
            }
        }
    }
}
