//! A backtest customer by customer: a line for each period end, with the grade by the candidate and by the present
//! scheme and what came after.

use super::listing::{ListCell, ListColumn, Listing};
use super::table::{ColumnKind, ColumnRole, OutCell};
use crate::backtest::{Customer, Direction, Move, Replay, Standing, moves};
use crate::diagnostic::Lang;
use crate::report::backtest::Backtest;
use crate::table::{Date, Decimal, Period, Truth};
use crate::text;
use std::borrow::Cow;

/// The list, for people.
pub fn listing(made: &Backtest<'_>) -> Listing {
    Listing::new(made.lang, &columns(made), rows(made))
}

/// The same for programs: headings and words are keys.
pub fn keyed(made: &Backtest<'_>) -> Listing {
    Listing::keyed(&columns(made), rows(made))
}

fn columns(made: &Backtest<'_>) -> Vec<ListColumn> {
    use ColumnKind::{Bool, Date, Id, Number, Text};
    let column = ListColumn::new;
    let other = ColumnRole::Computed;
    let mut columns = vec![
        column("period", text!("Period", "期间"), Text, other),
        column("as_of", text!("Period end", "期末"), Date, other),
        column("id", text!("Customer", "客户编号"), Id, ColumnRole::Key),
        column("name", text!("Name", "客户名称"), Text, ColumnRole::Name),
        column("grade", text!("Candidate", "候选等级"), Text, other),
        column(
            "decision",
            text!("Candidate's decision", "候选处理"),
            Text,
            other,
        ),
        column("move", text!("Candidate's move", "候选变动"), Text, other),
        column(
            "reversal",
            text!("Candidate's move back", "候选反复"),
            Bool,
            other,
        ),
        column("present_grade", text!("Present", "现行等级"), Text, other),
        column(
            "present_decision",
            text!("Present decision", "现行处理"),
            Text,
            other,
        ),
        column(
            "present_move",
            text!("Present move", "现行变动"),
            Text,
            other,
        ),
        column(
            "present_reversal",
            text!("Present move back", "现行反复"),
            Bool,
            other,
        ),
    ];
    if made.following.revenue.is_some() {
        let ahead = made.following.ahead;
        columns.push(ListColumn {
            key: Cow::Borrowed("revenue_after"),
            heading: if ahead == 1 {
                text!("Revenue of the period after", "其后 1 期收入")
            } else {
                text!(
                    "Revenue of the {ahead} periods after",
                    "其后 {ahead} 期收入"
                )
            },
            kind: Number { places: 6 },
            role: other,
        });
    }
    columns.push(column(
        "lost_after",
        text!("Lost after", "其后流失"),
        Bool,
        other,
    ));
    columns
}

/// A customer by one scheme, with the moves.
struct Side<'a> {
    customer: Option<&'a Customer>,
    moves: Vec<Option<Move>>,
}

impl<'a> Side<'a> {
    fn of(customer: Option<&'a Customer>, within: usize) -> Self {
        let moves = customer.map(|customer| moves(customer, within));
        Self {
            customer,
            moves: moves.unwrap_or_default(),
        }
    }

    fn standing(&self, end: usize) -> Option<Standing> {
        self.customer?.standings[end]
    }
}

fn rows<'a>(made: &Backtest<'a>) -> Vec<Vec<ListCell>> {
    let (candidate, present) = (made.candidate, made.present);
    let only_present = present.customers().iter();
    let only_present = only_present.filter(|known| candidate.customer(&known.id).is_none());
    let all: Vec<(&'a Customer, [Side<'a>; 2])> = candidate
        .customers()
        .iter()
        .chain(only_present)
        .map(|known| {
            let side = |of: &'a Replay| Side::of(of.customer(&known.id), made.within);
            (known, [side(candidate), side(present)])
        })
        .collect();
    let mut rows = vec![];
    for (end, as_of) in candidate.ends.iter().enumerate() {
        for (known, sides) in &all {
            if sides.iter().any(|side| side.standing(end).is_some()) {
                rows.push(row(made, (end, *as_of), known, sides));
            }
        }
    }
    rows
}

fn row(
    made: &Backtest<'_>,
    (end, as_of): (usize, Date),
    known: &Customer,
    sides: &[Side<'_>; 2],
) -> Vec<ListCell> {
    let period = Period::of(made.period, as_of).to_string();
    let mut cells = vec![
        ListCell::text(period),
        ListCell::Value(OutCell::Date(as_of)),
        ListCell::text(&*known.id),
        ListCell::maybe(known.name.as_deref()),
    ];
    for (side, replay) in sides.iter().zip([made.candidate, made.present]) {
        let standing = side.standing(end);
        let grade = standing.and_then(|standing| replay.grade_name(standing));
        cells.push(ListCell::maybe(grade.map(|grade| &**grade)));
        cells.push(
            standing.map_or(ListCell::Value(OutCell::Blank), |standing| {
                let decision = standing.decision;
                let (en, zh) = (decision.word(Lang::En), decision.word(Lang::Zh));
                ListCell::Word(decision.key(), text!("{en}", "{zh}"))
            }),
        );
        let found = side.moves.get(end).copied().flatten();
        cells.push(found.map_or(
            ListCell::Value(OutCell::Blank),
            |found| match found.direction {
                Direction::Up => ListCell::Word("up", text!("up", "升")),
                Direction::Down => ListCell::Word("down", text!("down", "降")),
            },
        ));
        cells.push(ListCell::Value(
            found.map_or(OutCell::Blank, |found| OutCell::Bool(found.is_reversal)),
        ));
    }
    let following = &made.following;
    let after = sides
        .iter()
        .find_map(|side| following.of_standing(end, as_of, &known.id, side.standing(end)));
    if following.revenue.is_some() {
        let spent = after.and_then(|after| Decimal::from_wide(after.revenue?));
        cells.push(ListCell::Value(
            spent.map_or(OutCell::Blank, OutCell::Number),
        ));
    }
    let lost = after.map_or(Truth::Unknown, |after| after.lost);
    cells.push(ListCell::Value(match lost {
        Truth::True => OutCell::Bool(true),
        Truth::False => OutCell::Bool(false),
        Truth::Unknown => OutCell::Blank,
    }));
    cells
}
