//! A backtest customer by customer: a line for each period end, with the grade by the candidate and by the present
//! scheme and what came after.

use super::listing::{ListCell, ListColumn, Listing};
use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::backtest::{After, Customer, Direction, Move, Replay, Standing, moves};
use crate::diagnostic::Lang;
use crate::report::backtest::Backtest;
use crate::table::{Decimal, Period, Truth};
use crate::text;
use std::borrow::Cow;
use std::sync::Arc;

/// The list: its cells are worked out when they are asked for, because it has a line for everybody and every period end.
pub struct List<'a> {
    made: &'a Backtest<'a>,
    /// The columns, without a row.
    head: Listing,
    people: Vec<Person<'a>>,
    /// For each line the period end and the customer, by their places.
    lines: Vec<(u32, u32)>,
}

impl<'a> List<'a> {
    /// For people, or for programs (`is_keyed`): then headings and words are keys.
    pub fn new(made: &'a Backtest<'a>, is_keyed: bool) -> Self {
        let (candidate, present) = (made.candidate, made.present);
        let only_present = present.customers().iter();
        let only_present = only_present.filter(|known| candidate.customer(&known.id).is_none());
        let all = candidate.customers().iter().chain(only_present);
        let person = |known: &'a Customer| Person {
            known,
            sides: [candidate, present]
                .map(|replay| Side::of(replay, replay.customer(&known.id), made.within)),
        };
        let people: Vec<Person<'a>> = all.map(person).collect();
        let mut lines = vec![];
        for end in 0..candidate.ends.len() {
            for (place, person) in (0u32..).zip(&people) {
                if person.sides.iter().any(|side| side.standing(end).is_some()) {
                    lines.push((end as u32, place));
                }
            }
        }
        let columns = columns(made);
        Self {
            made,
            head: if is_keyed {
                Listing::keyed(&columns, vec![])
            } else {
                Listing::new(made.lang, &columns, vec![])
            },
            people,
            lines,
        }
    }

    fn value(&self, line: usize, column: usize) -> ListCell {
        let (end, place) = self.lines[line];
        let (end, person) = (end as usize, &self.people[place as usize]);
        let as_of = self.made.candidate.ends[end];
        match column {
            0 => ListCell::text(Period::of(self.made.period, as_of).to_string()),
            1 => ListCell::Value(OutCell::Date(as_of)),
            2 => ListCell::text(&*person.known.id),
            3 => ListCell::maybe(person.known.name.as_deref()),
            4..=7 => person.sides[0].value(end, column - 4),
            8..=11 => person.sides[1].value(end, column - 8),
            12 if self.made.following.revenue.is_some() => {
                let after = self.after(end, person);
                let spent = after.and_then(|after| Decimal::from_wide(after.revenue?));
                ListCell::Value(spent.map_or(OutCell::Blank, OutCell::Number))
            }
            _ => {
                let after = self.after(end, person);
                ListCell::Value(match after.map(|after| after.lost) {
                    Some(Truth::True) => OutCell::Bool(true),
                    Some(Truth::False) => OutCell::Bool(false),
                    Some(Truth::Unknown) | None => OutCell::Blank,
                })
            }
        }
    }

    /// What came after a period end.
    fn after(&self, end: usize, person: &Person<'_>) -> Option<After> {
        let (made, id) = (self.made, &person.known.id);
        let as_of = made.candidate.ends[end];
        let mut sides = person.sides.iter();
        sides.find_map(|side| {
            made.following
                .of_standing(end, as_of, id, side.standing(end))
        })
    }
}

impl ResultTable for List<'_> {
    fn lang(&self) -> Lang {
        self.head.lang()
    }

    fn columns(&self) -> &[TableColumn] {
        self.head.columns()
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        self.head.shown(self.value(row, column))
    }

    fn mark(&self, row: usize) -> RowMark {
        self.head.mark(row)
    }

    fn grades(&self) -> &[GradeStyle] {
        self.head.grades()
    }

    fn types(&self) -> &[Arc<str>] {
        self.head.types()
    }
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

/// A customer by both schemes: the candidate, then the present one.
struct Person<'a> {
    known: &'a Customer,
    sides: [Side<'a>; 2],
}

/// A customer by one scheme, with the moves.
struct Side<'a> {
    replay: &'a Replay,
    customer: Option<&'a Customer>,
    moves: Vec<Option<Move>>,
}

impl<'a> Side<'a> {
    fn of(replay: &'a Replay, customer: Option<&'a Customer>, within: usize) -> Self {
        let moves = customer.map(|customer| moves(customer, within));
        Self {
            replay,
            customer,
            moves: moves.unwrap_or_default(),
        }
    }

    fn standing(&self, end: usize) -> Option<Standing> {
        self.customer?.standings[end]
    }

    /// One of its four columns: grade, decision, move, whether it takes one back.
    fn value(&self, end: usize, column: usize) -> ListCell {
        let found = self.moves.get(end).copied().flatten();
        let value = match column {
            0 => {
                let standing = self.standing(end);
                let grade = standing.and_then(|standing| self.replay.grade_name(standing));
                return ListCell::maybe(grade.map(|grade| &**grade));
            }
            1 => self.standing(end).map(|standing| {
                let decision = standing.decision;
                let (en, zh) = (decision.word(Lang::En), decision.word(Lang::Zh));
                ListCell::Word(decision.key(), text!("{en}", "{zh}"))
            }),
            2 => found.map(|found| match found.direction {
                Direction::Up => ListCell::Word("up", text!("up", "升")),
                Direction::Down => ListCell::Word("down", text!("down", "降")),
            }),
            _ => found.map(|found| ListCell::Value(OutCell::Bool(found.is_reversal))),
        };
        value.unwrap_or(ListCell::Value(OutCell::Blank))
    }
}
