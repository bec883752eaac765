//! Grades, types, tags, reviews, strategies, and what the output shows.

use super::values::Span;
use super::{Expression, ResultColumn};
use crate::expr::Slot;
use crate::table::Decimal;
use std::ops::Range;
use std::sync::Arc;

/// One grade.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Its name.
    pub name: Arc<str>,
    /// Who gets it.
    pub rule: GradeRule,
    /// Names it had in earlier schemes.
    pub was: Vec<Arc<str>>,
    /// The fill colour of its cells: red, green and blue, a byte each.
    pub color: Option<u32>,
    /// With movement: lost only below this.
    pub keep: Option<Expression>,
    /// Where its condition or rank, or else its name, stands in the scheme's text.
    pub span: Range<usize>,
}

/// Who gets a grade.
#[derive(Clone, Debug)]
pub enum GradeRule {
    /// Those for whom a condition holds; `None` is otherwise.
    When(Option<Expression>),
    /// The best of them.
    Top(Top),
}

/// The best of the customers by something.
#[derive(Clone, Debug)]
pub struct Top {
    /// How many, counted from the top.
    pub size: TopSize,
    /// The keys, compared in turn; more is better.
    pub by: Vec<Expression>,
    /// Whether those equal at the edge are in.
    pub ties: Ties,
    /// The groups that are ranked each for itself.
    pub within: Option<Slot>,
}

/// How many are the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopSize {
    /// A share: 0.1 is 10%.
    Share(Decimal),
    /// A number of customers.
    Count(u64),
}

impl TopSize {
    /// Whether one of `of` customers is among the best if `better` of them are strictly better: those who are equal to
    /// the last one who is in are in.
    pub fn takes(self, better: u64, of: u64) -> bool {
        millionths(better) < self.room(of)
    }

    /// Whether there is room for the best `count` of `of` customers.
    pub fn fits(self, count: u64, of: u64) -> bool {
        millionths(count) <= self.room(of)
    }

    /// How many customers of `of` it is, in millionths of one.
    fn room(self, of: u64) -> u128 {
        match self {
            Self::Count(count) => millionths(count),
            // Shares are between 0 and 1.
            Self::Share(share) => u128::from(share.millionths().unsigned_abs()) * u128::from(of),
        }
    }
}

fn millionths(count: u64) -> u128 {
    u128::from(count) * 1_000_000
}

/// Whether those equal at the edge of a grade are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// They are in.
    Up,
    /// They are not.
    Down,
}

/// One type.
#[derive(Clone, Debug)]
pub struct TypeRule {
    /// Its name.
    pub name: Arc<str>,
    /// Who gets it; `None` is otherwise.
    pub when: Option<Expression>,
    /// Where its condition, or else its name, stands in the scheme's text.
    pub span: Range<usize>,
}

/// One tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its text.
    pub name: Template,
    /// Where its rendered text is.
    pub slot: Slot,
    /// Who gets it; `None` is everybody for whom the template's names have values.
    pub when: Option<Expression>,
}

/// A text with names in braces.
#[derive(Clone, Debug)]
pub struct Template {
    /// As written.
    pub text: Arc<str>,
    /// Its parts in order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Plain text.
    Text(Arc<str>),
    /// The value of a name.
    Slot(Slot),
}

impl Template {
    /// Whether it has no names in braces.
    pub fn is_plain(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.all(|part| matches!(part, TemplatePart::Text(_)))
    }

    /// Whether it can give this text: its plain parts stand in it in order, the first at the beginning and the last at
    /// the end, and every name in braces gives something.
    pub fn can_give(&self, text: &str) -> bool {
        fn fits(parts: &[TemplatePart], text: &str) -> bool {
            match parts {
                [] => text.is_empty(),
                [TemplatePart::Text(plain), rest @ ..] => text
                    .strip_prefix(&**plain)
                    .is_some_and(|after| fits(rest, after)),
                [TemplatePart::Slot(_), rest @ ..] => text
                    .char_indices()
                    .map(|(start, c)| start + c.len_utf8())
                    .any(|end| fits(rest, &text[end..])),
            }
        }
        fits(&self.parts, text)
    }
}

/// The texts of all templates as they are written, where none of them can give this one.
pub fn unlike_all<'a>(
    templates: impl IntoIterator<Item = &'a Template>,
    text: &str,
) -> Option<Vec<Arc<str>>> {
    let written =
        |template: &'a Template| (!template.can_give(text)).then(|| template.text.clone());
    templates.into_iter().map(written).collect()
}

/// A queue for people.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its name.
    pub name: Arc<str>,
    /// Who is in it.
    pub when: Expression,
    /// Who looks at it.
    pub owner: Option<Template>,
    /// In how many days.
    pub due_days: Option<i64>,
    /// Whether the grade is held for the reviewer.
    pub hold: bool,
}

/// What a type or grade gets.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Who gets it; `None` is everybody left.
    pub when: Option<Expression>,
    /// What is done for them.
    pub service: Option<String>,
    /// What is spent on them.
    pub resources: Option<String>,
    /// What they get.
    pub benefits: Vec<String>,
    /// Who looks after them.
    pub owner_level: Option<String>,
    /// How fast they are answered, as written.
    pub respond_within: Option<String>,
    /// What is to be reached.
    pub goal: Option<String>,
    /// Whether it is reached.
    pub goal_met: Option<Expression>,
    /// Hours of work a period.
    pub hours: Option<Decimal>,
    /// Cost a period.
    pub cost: Option<Decimal>,
    /// What is to be done.
    pub tasks: Vec<Task>,
    /// Where its condition, or else its header, stands in the scheme's text.
    pub span: Range<usize>,
}

impl Strategy {
    /// How fast they are answered, in seconds by the clock: `2 hours` is 7,200, nights and weekends counted.
    pub fn responds_within(&self) -> Option<i64> {
        let mut words = self.respond_within.as_deref()?.split_whitespace();
        let number: i64 = words.next()?.parse().ok()?;
        let unit = words.next()?;
        let seconds = match unit.strip_suffix('s').unwrap_or(unit) {
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            "week" => 604_800,
            _ => return None,
        };
        number.checked_mul(seconds)
    }
}

/// Something to be done for a customer.
#[derive(Clone, Debug)]
pub struct Task {
    /// What.
    pub title: String,
    /// By whom.
    pub by: Option<Template>,
    /// When.
    pub rule: TaskRule,
    /// How many days before.
    pub lead_days: i64,
}

/// When a task is due.
#[derive(Clone, Debug)]
pub enum TaskRule {
    /// At intervals.
    Every(Span),
    /// On the date of a field.
    On(Slot),
    /// While a condition holds.
    When(Expression),
}

/// What the output shows.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The name of the worksheet.
    pub sheet: Option<String>,
    /// Whether a grade colours its row and not only its cell.
    pub fill_row: bool,
    /// The columns; `None`: the input's columns, then the results.
    pub columns: Option<Vec<OutputColumn>>,
}

/// One item of `columns`.
#[derive(Clone, Debug)]
pub enum OutputColumn {
    /// `*`: the input's columns, those that an earlier run of regrade wrote left out.
    Input,
    /// An expression (or a result column) under a heading.
    Computed {
        /// The heading.
        heading: Arc<str>,
        /// What it shows.
        show: Shown,
    },
}

/// What a computed column shows.
#[derive(Clone, Debug)]
pub enum Shown {
    /// An expression.
    Expression(Expression),
    /// A result column as it is.
    Result(ResultColumn),
    /// A column of the input that no field reads, by its header.
    Header(Arc<str>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_begins_within_the_size_is_taken_and_who_ends_within_it_fits() {
        // 30% of 7 customers are 2.1: three begin within them, two end within them.
        let share = TopSize::Share(Decimal::parse("0.3").unwrap());
        assert_eq!([2, 3].map(|better| share.takes(better, 7)), [true, false]);
        assert_eq!([2, 3].map(|count| share.fits(count, 7)), [true, false]);
        // Of ten they are three to the last millionth.
        assert_eq!([2, 3].map(|better| share.takes(better, 10)), [true, false]);
        assert_eq!([3, 4].map(|count| share.fits(count, 10)), [true, false]);
        let count = TopSize::Count(3);
        assert_eq!([2, 3].map(|better| count.takes(better, 7)), [true, false]);
        assert_eq!([3, 4].map(|fit| count.fits(fit, 7)), [true, false]);
        assert!(!TopSize::Share(Decimal::ZERO).takes(0, 7));
    }
}
