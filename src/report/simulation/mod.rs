//! What other schemes would come to: the sections beside a list of moves, schemes side by side, and a grid of schemes.
//!
//! ```text
//! side     (Grading, what to look at, owners, tasks) → Side{levels, work by owner, moves}
//! tables   Sides → tables with a column for each scheme
//! effects  (present, new) → sections: workload, cost, revenue
//! schemes  Sides → Report
//! grid     (values, a Side for each cell, Figure) → Report
//! figure   what a grid shows in each cell
//! ```
//!
//! Every scheme was graded by the path that grades; here its results are counted and put beside each other.

mod effects;
mod figure;
mod grid;
mod schemes;
mod side;
mod tables;
#[cfg(test)]
mod tests;

pub use effects::effects;
pub use figure::Figure;
pub use grid::{Grid, grid};
pub use schemes::schemes;
pub use side::{Amount, Level, Look, Moves, Owner, Side, Work};

use super::cells::said;
use super::material::{heading, is_money};
use super::{Fact, Kind, Report};
use crate::compare::On;
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::scheme::Scheme;
use crate::table::{Date, PeriodKind};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// What a simulation is of.
pub struct Head {
    /// The language.
    pub lang: Lang,
    /// As of which date.
    pub as_of: Date,
    /// What is compared.
    pub on: On,
    /// The levels with their colours, best first; empty where nothing has a colour.
    pub grades: Vec<(Arc<str>, Option<u32>)>,
    /// What revenue is called, with its unit, and whether it is money.
    pub amount: Option<(String, bool)>,
    /// The first and the last day of the tasks that are counted.
    pub tasks: (Date, Date),
    /// The period of which hours and cost are.
    pub period: PeriodKind,
    /// Whether what is compared moves by rules from where the run before left it.
    pub moves_by_rules: bool,
    /// For whom it is, if not for somebody who may see everything.
    pub role: Option<Arc<str>>,
}

impl Head {
    /// What a figure is called, and whether it is money.
    pub fn amount_of(scheme: &Scheme, slot: Slot) -> (String, bool) {
        (heading(scheme, slot), is_money(scheme, slot))
    }

    /// What the levels are.
    fn levels(&self) -> String {
        match &self.on {
            On::Grade => Word::Grade.get(self.lang).to_owned(),
            On::Type => Word::Type.get(self.lang).to_owned(),
            On::Dimension(name) => name.clone(),
        }
    }

    /// The same within a sentence.
    fn levels_in_text(&self) -> String {
        match (&self.on, self.lang) {
            (On::Dimension(name), _) => name.clone(),
            (_, Lang::En) => self.levels().to_lowercase(),
            (_, Lang::Zh) => self.levels(),
        }
    }

    /// What those are who have no level.
    fn none(&self) -> String {
        let word = match &self.on {
            On::Grade => return Decision::Unrated.word(self.lang).to_owned(),
            On::Type => text!("no type", "无类型"),
            On::Dimension(_) => text!("no label", "无标签"),
        };
        said(self.lang, word)
    }

    /// What to know of schemes by whose rules a change takes its time.
    fn of_rules(&self) -> Option<String> {
        let note = text!(
            "It moves by rules from where the run before left it: only the periods since then are decided anew.",
            "升降级从上一批次的结果开始，按规则进行：只重新判定上一批次以后的各期。"
        );
        self.moves_by_rules.then(|| said(self.lang, note))
    }

    fn money(&self) -> Kind {
        match self.amount {
            Some((_, true)) => Kind::Money,
            _ => Kind::Number,
        }
    }

    fn report(&self, title: String, facts: Vec<Fact>) -> Report {
        Report {
            lang: self.lang,
            title,
            facts,
            grades: self.grades.clone(),
            sections: vec![],
            customers: None,
        }
    }

    /// What every such report was made from.
    fn facts(&self, customers: usize, present: &str) -> Vec<Fact> {
        let fact = |key, label, value: String| Fact {
            key,
            label: said(self.lang, label),
            value,
        };
        let mut facts = vec![
            fact("as_of", text!("As of", "评级日"), self.as_of.to_string()),
            fact(
                "present",
                text!("Present scheme", "现行方案"),
                present.to_owned(),
            ),
            fact(
                "customers",
                text!("Customers", "客户数"),
                customers.to_string(),
            ),
        ];
        let role = self.role.iter();
        facts.extend(role.map(|role| fact("role", text!("Role", "角色"), role.to_string())));
        facts
    }
}
