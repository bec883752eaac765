//! Which period ends a backtest grades again.

use super::Args;
use super::data::Data;
use crate::cli::as_of::as_of;
use crate::cli::rules::Rules;
use crate::cli::{Global, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::table::{Date, Period, PeriodKind};
use regrade::text;

/// The most period ends of one call: ten years of months.
const MOST: i32 = 120;

/// The period ends, and up to when anything is known.
#[derive(Debug)]
pub struct Span {
    /// The last day of each period, oldest first; there is at least one.
    pub ends: Vec<Date>,
    /// The last day of the last period that was closed when the newest data came in.
    pub known: Date,
    kind: PeriodKind,
}

impl Span {
    /// The span that is asked for, else all that the data has for both schemes.
    pub fn find(
        args: &Args,
        global: &Global,
        sides: [&Rules; 2],
        data: &Data,
    ) -> Result<Self, Stop> {
        let kind = sides[0].scheme.period;
        let days = [data.days(sides[0])?, data.days(sides[1])?];
        let mut newest = days[0].newest;
        // What a ledger knows on a day ends there; of files it is the day on which they were made.
        if global.as_of.is_some() {
            let as_of = as_of(global)?;
            newest = newest.map(|newest| newest.min(as_of));
        }
        let (Some(first), Some(newest)) = (days[0].first.max(days[1].first), newest) else {
            return Err(nothing());
        };
        let last = Period::last_closed(kind, newest);
        let asked = |written: &Option<String>, option: &str| {
            written
                .as_deref()
                .map(|text| period_span(text, option))
                .transpose()
        };
        let from = asked(&args.from, "--from")?;
        let until = asked(&args.until, "--until")?;
        let first = Period::of(kind, first);
        let from = from.map_or(first, |(from, _)| Period::of(kind, from));
        let until = until.map_or(last, |(_, last)| Period::of(kind, last));
        if from.index > last.index {
            return Err(not_there_yet(from, newest));
        }
        if until.index > last.index {
            return Err(not_closed(until, newest));
        }
        if from.index > until.index {
            return Err(backwards(from, until));
        }
        if from.index < first.index {
            return Err(too_early(from, first));
        }
        if until.index - from.index >= MOST {
            return Err(too_long(until.index - from.index + 1, first));
        }
        let periods = (from.index..=until.index).map(|index| Period { kind, index });
        Ok(Self {
            ends: periods.filter_map(Period::end).collect(),
            known: last.end().unwrap_or(newest),
            kind,
        })
    }

    /// The period ends after the span, so many at most, as far as they are closed.
    pub fn later(&self, count: usize) -> Vec<Date> {
        let Some(last) = self.ends.last() else {
            return vec![];
        };
        let last = Period::of(self.kind, *last);
        let later = (1..=count as i32).filter_map(|ahead| last.back(-ahead).end());
        later.take_while(|end| *end <= self.known).collect()
    }
}

fn period_span(text: &str, option: &str) -> Result<(Date, Date), Stop> {
    Period::parse_span(text).ok_or_else(|| {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`{option} {text}` is no period",
                "`{option} {text}` 不是期间"
            ),
        );
        Stop::usage(finding.help(text!(
            "write `{option} 2024-01`, `2024-Q1`, `2024` or a day",
            "请写 `{option} 2024-01`、`2024-Q1`、`2024` 或某一天"
        )))
    })
}

pub(super) fn nothing() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "there is no past to grade again: nothing has been imported",
            "没有可以重评的过去：还没有导入数据"
        ),
    );
    Stop::usage(finding.help(text!(
        "import the files of each period with its date: `regrade import --as-of 2024-01-31 …`",
        "请按日期导入各期的文件：`regrade import --as-of 2024-01-31 …`"
    )))
}

fn not_closed(until: Period, newest: Date) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "{until} is not closed yet on {newest}, which is how far the data goes",
            "数据只到 {newest}，{until} 还没有结束"
        ),
    );
    Stop::usage(finding.help(text!(
        "end earlier with `--until`, or import what has come since",
        "请用 `--until` 提前结束，或导入此后的数据"
    )))
}

fn not_there_yet(from: Period, newest: Date) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "{from} is not closed yet on {newest}, which is how far the data goes",
            "数据只到 {newest}，{from} 还没有结束"
        ),
    );
    Stop::usage(finding.help(text!(
        "begin earlier with `--from`, or import what has come since",
        "请用 `--from` 从早一些的期间开始，或导入此后的数据"
    )))
}

/// Of a sheet that a scheme needs, or of all events, there is nothing yet.
fn too_early(from: Period, first: Period) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "in {from} there is no data yet that both schemes can grade",
            "{from} 还没有两套方案都能评级的数据"
        ),
    );
    Stop::usage(finding.help(text!(
        "the first possible period is {first}: `--from {first}`",
        "最早可以从 {first} 开始：`--from {first}`"
    )))
}

fn backwards(from: Period, until: Period) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!("{from} is after {until}", "{from} 晚于 {until}"),
    );
    Stop::usage(finding.help(text!(
        "give the first period with `--from`, and the last one with `--until`",
        "请用 `--from` 写最早的一期，用 `--until` 写最后的一期"
    )))
}

fn too_long(count: i32, first: Period) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "{count} period ends are more than {MOST}",
            "{count} 个期末，超过上限 {MOST} 个"
        ),
    );
    Stop::usage(finding.help(text!(
        "each of them is graded twice: ask for a shorter span with `--from` and `--until`; the data begins with {first}",
        "每个期末都要评两遍：请用 `--from`、`--until` 缩短期间；数据从 {first} 开始"
    )))
}
