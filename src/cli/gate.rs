//! `--fail-on 'downgraded > 0.05'`: a condition on the run as a whole, decided before anything is written.
//!
//! The names are shares of the customers of the run before (of this run where there is none before), for `diff` of those
//! of the old side; `count(name)` is how many customers.

use super::{Exit, Stop};
use regrade::compare::{self, Class, Comparison};
use regrade::decide::Decision;
use regrade::diagnostic::{Code, Finding, Text, listed, nearest};
use regrade::expr::{self, Base, FieldFrame, Resolution, Scope, Slot, Symbol, Type};
use regrade::grading::Grading;
use regrade::table::{Column, Date, Decimal, Truth};
use regrade::text;

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
        let bound = expr::condition(&plain, &Names, &mut vec![]).map_err(stop)?;
        Ok(Self {
            text: text.to_owned(),
            bound,
        })
    }

    /// The figures that it names, by their place in [`NAMES`], each once.
    fn named(&self) -> impl Iterator<Item = usize> {
        let slots = self.bound.slots();
        (0..NAMES.len()).filter(move |index| {
            let is_it = |slot: &Slot| slot.0 as usize % NAMES.len() == *index;
            slots.iter().any(is_it)
        })
    }

    /// Whether these figures hit the gate; unknown where it divides by zero or the like.
    pub fn judge(&self, figures: &Figures) -> Truth {
        let columns = figures.columns();
        let frame = FieldFrame::new(&columns, 1, figures.as_of);
        match self.bound.eval(&frame).column {
            Column::Bool(truths) => truths.first().copied().unwrap_or(Truth::Unknown),
            _ => Truth::Unknown,
        }
    }
}

/// The names of gates.
struct Names;

impl Scope for Names {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let count = name
            .strip_prefix("count_")
            .and_then(|name| name.strip_suffix('_'));
        let found = NAMES
            .iter()
            .position(|known| *known == count.unwrap_or(name))
            .filter(|_| sheet.is_none());
        let Some(index) = found else {
            return match nearest(name, NAMES) {
                Some(_) => Resolution::Unknown,
                None => Resolution::NotHere(figures_there_are()),
            };
        };
        let slot = if count.is_some() {
            index + NAMES.len()
        } else {
            index
        };
        Resolution::Found(Symbol {
            slot: Slot(slot as u32),
            ty: Type::of(Base::Number),
        })
    }

    fn names(&self) -> Vec<String> {
        NAMES.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// What a gate can be about, for a name that is nothing like it.
fn figures_there_are() -> Text {
    let Text { en, zh } = listed(NAMES);
    text!(
        "a gate is about shares of the customers: {en}; `count(downgraded)` is how many",
        "门槛条件可用各类客户的占比：{zh}；`count(downgraded)` 表示人数"
    )
}

/// What gates are judged on.
pub struct Figures {
    /// How many customers, in the order of [`NAMES`].
    counts: [usize; NAMES.len()],
    /// What the shares are of.
    all: usize,
    as_of: Date,
}

impl Figures {
    /// Of a run beside the one before it: the figures that `diff` of the two has, but that one who had no grade before
    /// and has one now is new here.
    pub fn of_grading(grading: &Grading) -> Self {
        let since = compare::since_before(grading, None);
        let rated = !grading.scheme.grades.is_empty();
        let counts = NAMES.map(|name| match name {
            "moved" => since.moved(),
            "unrated" if rated => grading.count(Decision::Unrated),
            // Rows without a key that can be read are in no comparison.
            "refused" => grading.count(Decision::Refused),
            name => Class::parse(name).map_or(0, |class| since.count(class)),
        });
        // Who had no grade was a customer of the run before as well; a customers' sheet does not say who that was.
        let customers = grading.past.customers.iter();
        let before = match grading.past.as_of {
            Some(_) => customers.filter(|known| !known.absent).count(),
            None => since.old,
        };
        let all = if before > 0 {
            before
        } else {
            grading.len() + grading.book.roster.refused.len()
        };
        let as_of = grading.book.as_of;
        Self { counts, all, as_of }
    }

    /// Of two sides that are compared. One who had no level and has one now has not moved.
    pub fn of_comparison(comparison: &Comparison, as_of: Date) -> Self {
        let counts = NAMES.map(|name| match name {
            "moved" => comparison.moved(),
            name => Class::parse(name).map_or(0, |class| comparison.count(class)),
        });
        let all = if comparison.old > 0 {
            comparison.old
        } else {
            comparison.new
        };
        Self { counts, all, as_of }
    }

    /// A row of a sheet whose fields they are, in the order of the slots.
    fn columns(&self) -> Vec<Column> {
        let all = Decimal::from_count(self.all);
        let share = |count: usize| Decimal::from_count(count).checked_div(all);
        let shares = self
            .counts
            .iter()
            .map(|count| share(*count).unwrap_or_default());
        let figures = shares.chain(self.counts.iter().map(|count| Decimal::from_count(*count)));
        figures
            .map(|figure| Column::Number(vec![figure.millionths()]))
            .collect()
    }
}

/// What is to be said of the gates that do not let the result through. One that cannot be worked out does not: it
/// cannot say that all is well.
pub fn hits(gates: &[Gate], figures: &Figures) -> Vec<Finding> {
    let hit = |gate: &Gate| {
        let condition = &gate.text;
        let title = match gate.judge(figures) {
            Truth::False => return None,
            Truth::True => text!(
                "the gate `{condition}` is hit: nothing is written",
                "触发了关卡 `{condition}`：未写入任何结果"
            ),
            Truth::Unknown => text!(
                "the gate `{condition}` cannot be worked out, because it divides by zero: nothing is written",
                "关卡 `{condition}` 的除数为零，无法判断：未写入任何结果"
            ),
        };
        let figures = gate
            .named()
            .map(|index| (NAMES[index], figures.counts[index], figures.all));
        let note = figures
            .map(|(name, count, all)| text!("{name} {count} of {all}", "{name} {count}/{all}"));
        let finding = Finding::error(Code::GateHit, title);
        Some(note.fold(finding, Finding::with_note))
    };
    gates.iter().filter_map(hit).collect()
}
