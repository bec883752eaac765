//! How far the count of a rule has come, and in which periods it would make the rule fire.

use super::next::{Count, count, counts, parts};
use super::so_far::{self, SoFar};
use super::{CountingAfter, last_end};
use crate::diagnostic::Lang;
use crate::expr::SeriesFunction;
use crate::grading::Grading;
use crate::scheme::model::MovementRule;
use crate::table::{Date, Period, PeriodKind, Value};
use crate::words::by_count;

/// How far the count of a rule that is furthest from firing has come.
pub(super) struct Progress<'a> {
    grading: &'a Grading,
    row: usize,
    /// Only periods that end after this day count.
    after: Option<Date>,
    count: Count<'a>,
    pub have: usize,
}

impl<'a> Progress<'a> {
    pub fn of(
        grading: &'a Grading,
        rule: &'a MovementRule,
        row: usize,
        after: Option<Date>,
    ) -> Option<Self> {
        let frame = CountingAfter {
            facts: &grading.facts,
            after,
        };
        let progress = counts(&rule.when.bound).into_iter().map(|count| {
            let have = match count.call.eval_at(&frame, row) {
                Value::Number(number) => number.trunc().max(0) as usize,
                _ => 0,
            };
            Self {
                grading,
                row,
                after,
                count,
                have,
            }
        });
        progress.max_by_key(|progress| progress.count.needed.saturating_sub(progress.have))
    }

    /// `comes` says at which period end a customer moves for whom the rule fires from a period end on.
    pub fn text(
        &self,
        rule: &MovementRule,
        to: &str,
        up: bool,
        comes: impl Fn(Date) -> Date,
        lang: Lang,
    ) -> String {
        let (have, needed) = (self.have.min(self.count.needed), self.count.needed);
        let kind = self.grading.scheme.period;
        let last = Period::of(kind, last_end(self.grading));
        let left = (needed - have).max(1) as i32;
        let (first, fires) = (last.back(-1), last.back(-left));
        let end = fires
            .end()
            .map_or(fires, |end| Period::of(kind, comes(end)));
        let when = if first == end {
            first.to_string()
        } else {
            match lang {
                Lang::Zh => format!("{first} 至 {end}"),
                Lang::En => format!("{first} to {end}"),
            }
        };
        let span = self.count.argument.span.clone();
        let argument = rule.when.part(span).unwrap_or(&rule.when.text);
        let what = match (self.count.function, lang) {
            (SeriesFunction::Rising, Lang::Zh) => format!("{argument} 上升"),
            (SeriesFunction::Rising, Lang::En) => format!("a rise of `{argument}`"),
            (SeriesFunction::Falling, Lang::Zh) => format!("{argument} 下降"),
            (SeriesFunction::Falling, Lang::En) => format!("a fall of `{argument}`"),
            (_, Lang::Zh) => argument.to_owned(),
            (_, Lang::En) => format!("`{argument}`"),
        };
        // What else the rule asks for and does not hold now.
        let frame = CountingAfter {
            facts: &self.grading.facts,
            after: self.after,
        };
        let lacks = parts(&rule.when.bound)
            .filter(|part| count(part).is_none())
            .filter(|part| part.eval_at(&frame, self.row) != Value::Bool(true))
            .filter_map(|part| rule.when.part(part.span.clone()));
        let lacks: String = lacks
            .map(|lack| match lang {
                Lang::Zh => format!("，且 {lack}"),
                Lang::En => format!(" and `{lack}`"),
            })
            .collect();
        let what = format!("{what}{lacks}");
        let unit = unit(kind, needed, lang);
        let so_far = so_far::text(self.grading, &self.so_far(), lang);
        match (lang, up) {
            (Lang::Zh, true) => {
                format!("{have}/{needed} {unit}；{when} {what} 则升为 {to}{so_far}")
            }
            (Lang::Zh, false) => {
                format!("{have}/{needed} {unit}；{when} {what} 则降为 {to}{so_far}")
            }
            (Lang::En, true) => {
                format!("{have} of {needed} {unit}; {what} in {when} promotes to {to}{so_far}")
            }
            (Lang::En, false) => {
                format!("{have} of {needed} {unit}; {what} in {when} demotes to {to}{so_far}")
            }
        }
    }

    /// How far the open period has come.
    pub fn so_far(&self) -> Vec<SoFar> {
        let Count {
            function, argument, ..
        } = self.count;
        so_far::counted(self.grading, self.row, function, argument)
    }
}

/// The word for several periods.
fn unit(kind: PeriodKind, needed: usize, lang: Lang) -> &'static str {
    match (lang, kind) {
        (Lang::Zh, PeriodKind::Month) => "个月",
        (Lang::Zh, PeriodKind::Quarter) => "个季度",
        (Lang::Zh, PeriodKind::HalfYear) => "个半年",
        (Lang::Zh, PeriodKind::Year) => "年",
        (Lang::En, PeriodKind::Month) => by_count(&needed, "month", "months"),
        (Lang::En, PeriodKind::Quarter) => by_count(&needed, "quarter", "quarters"),
        (Lang::En, PeriodKind::HalfYear) => by_count(&needed, "half-year", "half-years"),
        (Lang::En, PeriodKind::Year) => by_count(&needed, "year", "years"),
    }
}
