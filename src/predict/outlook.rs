//! What fitted models say of customers one after the other, as exact numbers.

use super::{Buying, BuyingFit, Purchases, Spending, SpendingFit, Spent, rounded};
use crate::table::Decimal;
use foldhash::HashMap;

/// What is asked, with the models that answer it.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// How many purchases are to be expected.
    Orders(&'a BuyingFit),
    /// How likely it is that the customer has not left.
    Active(&'a BuyingFit),
    /// How much a purchase is to be expected to be.
    Value(&'a SpendingFit),
    /// How much all purchases to be expected come to.
    Revenue(&'a BuyingFit, &'a SpendingFit),
}

/// Estimates of customers.
pub struct Outlook<'a>(Models<'a>);

enum Models<'a> {
    Orders(Orders<'a>),
    Active(&'a Buying),
    Value(&'a Spending),
    Revenue(Orders<'a>, &'a Spending),
}

impl<'a> Outlook<'a> {
    /// Of the next `ahead` days, where what is asked looks ahead.
    pub fn new(asked: Asked<'a>, ahead: u32) -> Self {
        let orders = |fit: &'a BuyingFit| Orders::new(&fit.model, ahead);
        Self(match asked {
            Asked::Orders(fit) => Models::Orders(orders(fit)),
            Asked::Active(fit) => Models::Active(&fit.model),
            Asked::Value(fit) => Models::Value(&fit.model),
            Asked::Revenue(buying, spending) => Models::Revenue(orders(buying), &spending.model),
        })
    }

    /// The estimate of a customer with these purchases, who spent that at the repeated ones (`None` without any); `None`
    /// where it is too large for an exact number.
    pub fn of(&mut self, own: Purchases, spent: Option<Spent>) -> Option<Decimal> {
        rounded(match &mut self.0 {
            Models::Orders(orders) => orders.of(own),
            Models::Active(buying) => buying.active(own),
            Models::Value(spending) => spending.expected(spent),
            // Rounded once, behind the product.
            Models::Revenue(orders, spending) => orders.of(own) * spending.expected(spent),
        })
    }
}

/// How many purchases are to be expected of customers in the next days.
pub(super) struct Orders<'a> {
    model: &'a Buying,
    /// In days.
    ahead: u32,
    /// By repeats and age. What does not depend on the last purchase is the same for many, and dear.
    if_first: HashMap<(u32, u32), f64>,
}

impl<'a> Orders<'a> {
    pub(super) fn new(model: &'a Buying, ahead: u32) -> Self {
        Self {
            model,
            ahead,
            if_first: HashMap::default(),
        }
    }

    /// Of one customer.
    pub(super) fn of(&mut self, own: Purchases) -> f64 {
        let (model, ahead) = (self.model, self.ahead);
        let of_first = || model.expected_if_first(own.repeats, own.age, ahead);
        let if_first = self.if_first.entry((own.repeats, own.age));
        *if_first.or_insert_with(of_first) * model.active(own)
    }
}
