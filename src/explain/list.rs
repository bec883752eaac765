//! Rules as a scheme has them, with what each of their conditions reads: worked out once, before any customer is looked
//! at.

use super::{Outcome, RuleStep};
use crate::assess::Choice;
use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::scheme::model::{Band, Expression, Grade, GradeRule, Ties, TopSize, TypeRule};
use crate::table::Decimal;
use std::borrow::Cow;
use std::sync::Arc;

/// An expression and the columns that it reads, each once.
#[derive(Clone, Debug)]
pub(super) struct WithSlots<'a> {
    pub expression: Cow<'a, Expression>,
    pub slots: Vec<Slot>,
}

impl<'a> WithSlots<'a> {
    pub fn new(expression: Cow<'a, Expression>) -> Self {
        let slots = expression.bound.slots();
        Self { expression, slots }
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.expression.text
    }
}

/// The entries of a list, of which the first that holds is chosen.
#[derive(Clone, Debug)]
pub(super) struct List<'a> {
    /// What each is called, and its condition; `None` is "otherwise".
    entries: Vec<(&'a str, Option<WithSlots<'a>>)>,
    /// What all of them read, each once.
    all: Vec<Slot>,
}

impl<'a> List<'a> {
    /// Of bands, which are called as their labels.
    pub fn of_bands(bands: &'a [Band]) -> Self {
        let bands = bands.iter();
        Self::new(bands.map(|band| {
            let label = band.label.as_deref().unwrap_or_default();
            (label, band.when.as_ref().map(Cow::Borrowed))
        }))
    }

    pub fn of_grades(grades: &'a [Grade], lang: Lang) -> Self {
        let grades = grades.iter();
        Self::new(grades.map(|grade| (&*grade.name, rule_text(&grade.rule, lang))))
    }

    pub fn of_types(types: &'a [TypeRule]) -> Self {
        let types = types.iter();
        Self::new(types.map(|rule| (&*rule.name, rule.when.as_ref().map(Cow::Borrowed))))
    }

    fn new(entries: impl Iterator<Item = (&'a str, Option<Cow<'a, Expression>>)>) -> Self {
        let entries: Vec<_> = entries
            .map(|(name, when)| (name, when.map(WithSlots::new)))
            .collect();
        let mut all = vec![];
        for slot in entries
            .iter()
            .flat_map(|(_, when)| when)
            .flat_map(|when| &when.slots)
        {
            if !all.contains(slot) {
                all.push(*slot);
            }
        }
        Self { entries, all }
    }

    /// Why an entry was chosen for a customer; `missing` says which values are, where it is unknown whether this entry
    /// holds.
    pub fn step(
        &self,
        choice: Choice,
        missing: impl FnOnce(usize, Option<&Expression>) -> Vec<Arc<str>>,
    ) -> RuleStep<'_> {
        match choice {
            Choice::Is(index) => {
                let (name, when) = &self.entries[index as usize];
                RuleStep {
                    outcome: Outcome::Holds(Cow::Borrowed(name)),
                    condition: when.as_ref().map(WithSlots::text),
                    // "Otherwise" is explained by the values that the entries before it read.
                    reads: when.as_ref().map_or(&self.all, |when| &when.slots),
                }
            }
            Choice::NoneHolds => RuleStep {
                outcome: Outcome::NoneHolds,
                condition: None,
                reads: &self.all,
            },
            Choice::Unknown(index) => {
                let when = self.entries[index as usize].1.as_ref();
                let expression = when.map(|when| &*when.expression);
                RuleStep {
                    outcome: Outcome::Missing(missing(index as usize, expression)),
                    condition: when.map(WithSlots::text),
                    reads: when.map_or(&[], |when| &when.slots),
                }
            }
        }
    }
}

/// The rule of a grade as something people read, with the expression that its values come from.
pub fn rule_text(rule: &GradeRule, lang: Lang) -> Option<Cow<'_, Expression>> {
    match rule {
        GradeRule::When(when) => when.as_ref().map(Cow::Borrowed),
        GradeRule::Top(top) => {
            let by: Vec<&str> = top.by.iter().map(|by| &*by.text).collect();
            let size = match top.size {
                TopSize::Share(share) => {
                    format!(
                        "{}%",
                        share.checked_mul(Decimal::HUNDRED).unwrap_or_default()
                    )
                }
                TopSize::Count(count) => count.to_string(),
            };
            let ties = match (top.ties, lang) {
                (Ties::Up, _) => "",
                (Ties::Down, Lang::Zh) => "，并列不入",
                (Ties::Down, Lang::En) => ", ties out",
            };
            let text = match lang {
                Lang::Zh => format!("按 {} 排名前 {size}{ties}", by.join("、")),
                Lang::En => format!("top {size} by {}{ties}", by.join(", ")),
            };
            let bound = top.by.first()?.bound.clone();
            Some(Cow::Owned(Expression {
                text: text.into(),
                bound,
            }))
        }
    }
}
