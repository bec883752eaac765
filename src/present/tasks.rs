//! Tasks as a list: who is to do what for whom, when, and why.

use super::listing::{ListCell, ListColumn, Listing};
use super::table::{ColumnKind, ColumnRole, OutCell};
use crate::diagnostic::{Lang, Text};
use crate::scheme::model::Span;
use crate::table::Decimal;
use crate::tasks::{State, Task, Why, WhyRule};
use crate::text;

/// The place of the column with the day on which a task was done.
const DONE: usize = 9;

/// The tasks as a table, with headings and words in `lang`. Where none is done there is no column for the day.
pub fn listing(tasks: &[Task], lang: Lang) -> Listing {
    let has_done = tasks
        .iter()
        .any(|task| matches!(task.state, State::Done(_)));
    let mut columns = columns().to_vec();
    let mut rows: Vec<Vec<ListCell>> = tasks.iter().map(|task| row(task, lang)).collect();
    if !has_done {
        columns.remove(DONE);
        for row in &mut rows {
            row.remove(DONE);
        }
    }
    Listing::new(lang, &columns, rows)
}

/// The same for programs: headings and words are keys. What calls for a task is said in `lang`, the scheme's language.
pub fn keyed(tasks: &[Task], lang: Lang) -> Listing {
    let rows = tasks.iter().map(|task| row(task, lang));
    Listing::keyed(&columns(), rows.collect())
}

fn columns() -> [ListColumn; 11] {
    use ColumnKind::{Date, Id, Number, Text};
    let column = ListColumn::new;
    let days = Number { places: 0 };
    [
        column("id", text!("Customer", "客户编号"), Id, ColumnRole::Key),
        column("name", text!("Name", "客户名称"), Text, ColumnRole::Name),
        column("task", text!("Task", "任务"), Text, ColumnRole::Type),
        column("owner", text!("Owner", "负责人"), Text, ColumnRole::Score),
        column("due", text!("Due", "到期日"), Date, ColumnRole::Decision),
        column("state", text!("State", "状态"), Text, ColumnRole::Previous),
        column(
            "days_overdue",
            text!("Days overdue", "逾期天数"),
            days,
            ColumnRole::Tags,
        ),
        column(
            "start",
            text!("Begin", "开始日"),
            Date,
            ColumnRole::Computed,
        ),
        column(
            "last_follow_up",
            text!("Last follow-up", "上次跟进"),
            Date,
            ColumnRole::Computed,
        ),
        column("done", text!("Done", "完成日"), Date, ColumnRole::Since),
        column("why", text!("Why", "依据"), Text, ColumnRole::Reasons),
    ]
}

fn row(task: &Task, lang: Lang) -> Vec<ListCell> {
    let day = |day: Option<crate::table::Date>| {
        ListCell::Value(day.map_or(OutCell::Blank, OutCell::Date))
    };
    let (overdue, done) = match task.state {
        State::Overdue(days) => (Decimal::from_int(days.into()), None),
        State::Done(day) => (None, Some(day)),
        State::Due | State::Dropped => (None, None),
    };
    vec![
        ListCell::text(&*task.customer),
        ListCell::maybe(task.name.as_deref()),
        ListCell::text(&*task.title),
        ListCell::maybe(task.owner.as_deref()),
        day(Some(task.due)),
        ListCell::Word(task.state.key(), state(task.state)),
        ListCell::Value(overdue.map_or(OutCell::Blank, OutCell::Number)),
        day(Some(task.start)),
        day(task.last),
        day(done),
        ListCell::text(why(&task.why, lang)),
    ]
}

/// A state in a word, with a sign before what needs an eye.
pub fn state(state: State) -> Text {
    match state {
        State::Due => text!("to do", "待办"),
        State::Overdue(_) => text!("！overdue", "！逾期"),
        State::Done(_) => text!("done", "已完成"),
        State::Dropped => text!("dropped", "已取消"),
    }
}

/// What calls for a task: the strategy's condition, then what the task goes by.
pub fn why(why: &Why, lang: Lang) -> String {
    let rule = match &why.rule {
        WhyRule::Every(span) => every(*span).get(lang).to_owned(),
        WhyRule::On(field, day) => format!("{field} {day}"),
        WhyRule::When(condition) => condition.to_string(),
    };
    match (&why.strategy, lang) {
        (None, _) => rule,
        (Some(strategy), Lang::En) => format!("{strategy}; {rule}"),
        (Some(strategy), Lang::Zh) => format!("{strategy}；{rule}"),
    }
}

/// An interval in words, in the largest unit of which it is whole. A task of every day is one of every working day, because
/// no task is due on another.
pub fn every(span: Span) -> Text {
    match span {
        Span::Months(1) => text!("every month", "每月"),
        Span::Months(3) => text!("every quarter", "每季度"),
        Span::Months(6) => text!("every half-year", "每半年"),
        Span::Months(12) => text!("every year", "每年"),
        Span::Months(months) if months % 12 == 0 => {
            let years = months / 12;
            text!("every {years} years", "每 {years} 年")
        }
        Span::Months(months) => text!("every {months} months", "每 {months} 个月"),
        Span::Days(1) => text!("every working day", "每个工作日"),
        Span::Days(7) => text!("every week", "每周"),
        Span::Days(days) if days % 7 == 0 => {
            let weeks = days / 7;
            text!("every {weeks} weeks", "每 {weeks} 周")
        }
        Span::Days(days) => text!("every {days} days", "每 {days} 天"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_told_in_the_largest_whole_unit() {
        for (span, zh, en) in [
            (Span::Months(1), "每月", "every month"),
            (Span::Months(2), "每 2 个月", "every 2 months"),
            (Span::Months(3), "每季度", "every quarter"),
            (Span::Months(6), "每半年", "every half-year"),
            (Span::Months(9), "每 9 个月", "every 9 months"),
            (Span::Months(12), "每年", "every year"),
            (Span::Months(24), "每 2 年", "every 2 years"),
            (Span::Days(1), "每个工作日", "every working day"),
            (Span::Days(7), "每周", "every week"),
            (Span::Days(14), "每 2 周", "every 2 weeks"),
            (Span::Days(10), "每 10 天", "every 10 days"),
        ] {
            let told = every(span);
            assert_eq!((told.get(Lang::Zh), told.get(Lang::En)), (zh, en));
        }
    }
}
