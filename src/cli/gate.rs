//! `--fail-on 'downgraded > 0.05'`: a condition on the run as a whole, decided before anything is written.
//!
//! The names are shares of the customers of the run before (of this run where there is none before); `count(name)` is
//! how many customers.

use super::{Exit, Stop};
use regrade::book::FieldFrame;
use regrade::decide::Decision;
use regrade::diagnostic::Finding;
use regrade::expr::{self, Base, Resolution, Scope, Slot, Symbol, Type};
use regrade::grading::Grading;
use regrade::table::{Column, Decimal, Truth};

/// What a gate can name, in the order of the slots: shares first, then counts.
const NAMES: [&str; 7] = [
    "upgraded",
    "downgraded",
    "moved",
    "new",
    "absent",
    "unrated",
    "refused",
];

/// A bound gate.
pub struct Gate {
    text: String,
    bound: expr::Bound,
}

impl Gate {
    /// Reads a gate.
    pub fn parse(text: &str) -> Result<Self, Stop> {
        let stop = |findings: Vec<Finding>| Stop::Findings {
            findings,
            source: Some(("--fail-on".to_owned(), text.to_owned())),
            exit: Exit::Usage,
        };
        // `count(downgraded)` is written like a function, and is the name of a figure. The name that stands for it is as
        // long, so that carets stay under what was written.
        let mut plain = text.to_owned();
        for name in NAMES {
            plain = plain.replace(&format!("count({name})"), &format!("count_{name}_"));
        }
        let bound = expr::condition(&plain, &Figures, &mut vec![]).map_err(stop)?;
        Ok(Self {
            text: text.to_owned(),
            bound,
        })
    }

    /// Whether a run hits the gate; unknown where it divides by zero or the like.
    pub fn judge(&self, grading: &Grading) -> Truth {
        let figures = figures(grading);
        let frame = FieldFrame::new(&figures, 1, grading.book.as_of);
        match self.bound.eval(&frame).column {
            Column::Bool(truths) => truths.first().copied().unwrap_or(Truth::Unknown),
            _ => Truth::Unknown,
        }
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The names of gates.
struct Figures;

impl Scope for Figures {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let count = name
            .strip_prefix("count_")
            .and_then(|name| name.strip_suffix('_'));
        let found = NAMES
            .iter()
            .position(|known| *known == count.unwrap_or(name))
            .filter(|_| sheet.is_none());
        found.map_or(Resolution::Unknown, |index| {
            let index = if count.is_some() {
                index + NAMES.len()
            } else {
                index
            };
            Resolution::Found(Symbol {
                slot: Slot(index as u32),
                ty: Type::of(Base::Number),
            })
        })
    }

    fn names(&self) -> Vec<String> {
        NAMES.iter().map(|name| (*name).to_owned()).collect()
    }

    fn points(&self, _dimension: &str) -> Resolution {
        Resolution::Unknown
    }

    fn tags(&self) -> Option<&[Slot]> {
        None
    }

    fn has_population(&self) -> bool {
        false
    }
}

/// The figures of one run, in the order of the slots: a row of a sheet whose fields they are.
fn figures(grading: &Grading) -> Vec<Column> {
    let counts = NAMES.map(|name| match name {
        "upgraded" => grading.count(Decision::Promoted),
        "downgraded" => grading.count(Decision::Demoted),
        "moved" => grading.count(Decision::Promoted) + grading.count(Decision::Demoted),
        "new" => grading.count(Decision::Initial),
        "absent" => grading.count(Decision::Absent),
        "unrated" => grading.count(Decision::Unrated),
        _ => grading.count(Decision::Refused),
    });
    let before = (0..grading.len())
        .filter(|row| grading.earlier(*row).grade.is_some())
        .count();
    let all = if before > 0 {
        before
    } else {
        grading.len() + grading.book.roster.refused.len()
    };
    let share = |count: usize| Decimal::from_count(count).checked_div(Decimal::from_count(all));
    let shares = counts.iter().map(|count| share(*count).unwrap_or_default());
    let figures = shares.chain(counts.iter().map(|count| Decimal::from_count(*count)));
    figures
        .map(|figure| Column::Number(vec![figure.millionths()]))
        .collect()
}
