//! `regrade backtest`: what a candidate scheme would have done with the past, against the present one. Nothing is
//! recorded.

mod data;
mod span;
mod write;

use super::output::{files_of, keep_inputs};
use super::recorded::Known;
use super::rules::{self, Rules};
use super::stock::Left;
use super::trial::{against, nothing_to_compare, of_run};
use super::{Exit, Global, Reading, Screen, Stop, import, inputs, ledger};
use data::Data;
use foldhash::HashMap;
use regrade::backtest::{Following, Replay, Revenue, is_sum, revenue};
use regrade::compare::{On, Renamed};
use regrade::diagnostic::{self, Code, Finding, Lang, Text, listed};
use regrade::report::{self, backtest::Backtest};
use regrade::scheme::Scheme;
use regrade::scheme::model::Metric;
use regrade::table::{Date, Truth};
use regrade::text;
use regrade::words::how_many;
use span::Span;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `backtest`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of a scheme that has event sheets only; without any the data of the ledger.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The present scheme, to compare with, or @RUN for that of a run; without it that of the newest run, or with `--set`
    /// the scheme as it is written.
    #[arg(long, value_name = "FILE|@RUN")]
    against: Option<String>,
    /// The first period to grade again: 2024-01, 2024-Q1; without it the first one that the data has.
    #[arg(long, value_name = "PERIOD")]
    from: Option<String>,
    /// The last period; without it the last one that was closed when the newest data came.
    #[arg(long, value_name = "PERIOD")]
    until: Option<String>,
    /// A move the other way within so many periods takes a move back.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1200))]
    back_within: u16,
    /// How many periods after each period end are looked at for what came after.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1200))]
    ahead: u16,
    /// The metric that adds up what customers spend; without it that of `[report] amount`, or the first sum of money.
    #[arg(long, value_name = "METRIC")]
    amount: Option<String>,
    /// A span that event files cover, whatever their rows, as for `grade`.
    #[arg(long, value_name = "SPAN", requires = "files")]
    covers: Vec<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = write::outputs(global)?;
    let mut candidate = rules::load(global)?;
    let mut read = inputs::paths(&candidate.scheme, &args.files)?;
    read.push(rules::path(global));
    read.extend(args.against.as_ref().map(PathBuf::from));
    if args.files.is_empty() {
        read.push(ledger::path(global));
    }
    keep_inputs(&files_of(&outputs), &read)?;
    let mut data = Data::open(args, global)?;
    let mut present = present(args, global, &data)?;
    comparable(&candidate, &present)?;
    let covers = import::spans(&args.covers)?;
    for rules in [&mut candidate, &mut present] {
        for event in &mut rules.scheme.events {
            event.coverage.extend(&covers);
        }
    }
    data.read([&candidate, &present], args, global, screen)?;
    let span = Span::find(args, global, [&candidate, &present], &data)?;

    let metric = wanted(args, &candidate.scheme, &present.scheme)?;
    let revenue = match metric {
        Some((rules, metric)) => {
            let rules = [&candidate, &present][rules];
            Some(Revenue::of(
                &rules.scheme,
                metric,
                data.events(rules, span.known)?,
                span.known,
            ))
        }
        None => None,
    };
    let ahead = usize::from(args.ahead);
    let (mut by_candidate, _, found) = replay(&data, &candidate, &span.ends, &[])?;
    let later = match &present.scheme.report.churned {
        Some(_) => span.later(ahead),
        None => vec![],
    };
    let (mut by_present, churned, _) = replay(&data, &present, &span.ends, &later)?;
    let lang = global.lang.map_or(candidate.scheme.language, Lang::from);
    if candidate.text != present.text {
        tell_apart(&mut by_candidate, &mut by_present, lang);
    }
    let made = Backtest {
        lang,
        scheme: &candidate.scheme.name,
        period: candidate.scheme.period,
        candidate: &by_candidate,
        present: &by_present,
        renamed: &Renamed::of(&candidate.scheme, &On::Grade),
        within: usize::from(args.back_within),
        following: Following {
            ahead,
            revenue: revenue.as_ref(),
            churned: &churned,
        },
    };
    let findings = data.findings().iter().cloned().chain(found);
    screen.run_findings(&diagnostic::each_once(findings.collect()));
    let report = report::backtest::report(&made);
    if !global.dry_run {
        write::write_all(&outputs, &made, &report, screen)?;
    }
    if global.dry_run || !outputs.iter().any(write::is_seen) {
        let (title, count) = (&report.title, made.candidate.customers().len());
        let customers = how_many(count, "customer");
        screen.say(&text!("{title}: {customers}", "{title}：{count} 位客户"));
    }
    Ok(Exit::Done)
}

/// The scheme to compare with.
fn present(args: &Args, global: &Global, data: &Data) -> Result<Rules, Stop> {
    match (&args.against, data) {
        (Some(written), _) => against(written, global, data.ledger()),
        (None, Data::Ledger(ledger)) => of_run(&Known::find(ledger, "@latest")?),
        (None, Data::Files(_)) if !global.set.is_empty() => {
            rules::load_from(&rules::path(global), &[])
        }
        (None, Data::Files(_)) => Err(nothing_to_compare()),
    }
}

/// Both schemes give grades, by the same periods.
fn comparable(candidate: &Rules, present: &Rules) -> Result<(), Stop> {
    for rules in [candidate, present] {
        if rules.scheme.grades.is_empty() {
            let name = &rules.name;
            let finding = Finding::error(
                Code::Usage,
                text!("{name} gives no grades", "{name} 不评等级"),
            );
            return Err(Stop::usage(finding.help(text!(
                "a backtest follows grades; add `[[grades]]` to the scheme",
                "回测看的是等级；请在方案中写 `[[grades]]`"
            ))));
        }
    }
    let periods = [candidate, present].map(|rules| rules.scheme.period.word());
    if periods[0] == periods[1] {
        return Ok(());
    }
    let [one, other] = periods;
    let finding = Finding::error(
        Code::Usage,
        text!(
            "the candidate grades by the {one}, the present scheme by the {other}",
            "候选方案按 {one} 评级，现行方案按 {other} 评级"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "schemes of different periods have no period ends in common; change `[scheme] period` of one",
        "期间不同的方案没有共同的期末；请改其中一个的 `[scheme] period`"
    ))))
}

/// The metric that says what customers spend, and of which scheme it is: the candidate's (0) or the present one's (1).
/// The present scheme goes first, so that every candidate is measured by the same.
fn wanted<'a>(
    args: &Args,
    candidate: &'a Scheme,
    present: &'a Scheme,
) -> Result<Option<(usize, &'a Metric)>, Stop> {
    let sides = [(1, present), (0, candidate)];
    let Some(name) = &args.amount else {
        let mut found = sides.into_iter();
        return Ok(found.find_map(|(side, scheme)| Some((side, revenue(scheme)?))));
    };
    let named = sides.into_iter().find_map(|(side, scheme)| {
        let mut metrics = scheme.metrics.iter();
        let metric = metrics.find(|metric| is_sum(metric) && *metric.name == **name)?;
        Some((side, metric))
    });
    if named.is_some() {
        return Ok(named);
    }
    let sums = present.metrics.iter().filter(|metric| is_sum(metric));
    let sums: Vec<&str> = sums.map(|metric| &*metric.name).collect();
    let finding = Finding::error(
        Code::UnknownName,
        text!(
            "no metric `{name}` adds up a field of events",
            "没有对流水字段求和的指标 `{name}`"
        ),
    );
    let Text { en, zh } = listed(sums.iter().copied());
    Err(Stop::usage(if sums.is_empty() {
        finding.help(text!(
            "write one under [[metrics]]: `value = \"sum(…)\"`",
            "请在 [[metrics]] 中写一个：`value = \"sum(…)\"`"
        ))
    } else {
        finding.help(text!("name one of {en}", "可以写 {zh}"))
    }))
}

/// Who was lost at each period end.
type Churned = Vec<HashMap<Arc<str>, Truth>>;

/// Grades one period end after the other, each going on from the one before. Where `later` ends are asked for, it is
/// found out for all of them who was lost. The findings are those of the last of `ends`: they are of all the data up to it.
fn replay(
    data: &Data,
    rules: &Rules,
    ends: &[Date],
    later: &[Date],
) -> Result<(Replay, Churned, Vec<Finding>), Stop> {
    let mut replay = Replay::new(rules.name.clone(), &rules.scheme);
    let judges = rules.scheme.report.churned.is_some();
    let (mut left, mut churned, mut found) = (None, vec![], vec![]);
    for (index, end) in ends.iter().chain(later).enumerate() {
        let mut grading = data.grade(rules, *end, left.take())?;
        if index < ends.len() {
            replay.take(&grading);
            found.clone_from(&grading.findings);
        }
        left = Some(Left {
            as_of: *end,
            customers: grading.standings(),
        });
        if judges {
            let (judged, _) = report::judge(&mut grading);
            let ids = grading.book.roster.ids.iter().cloned();
            churned.push(ids.zip(judged.churned.unwrap_or_default()).collect());
        }
    }
    Ok((replay, churned, found))
}

/// Two schemes from one file are not told apart by its name.
fn tell_apart(candidate: &mut Replay, present: &mut Replay, lang: Lang) {
    if candidate.name == present.name {
        let changed = text!("with --set", "加 --set");
        let written = text!("as written", "原样");
        candidate.name = format!("{} ({})", candidate.name, changed.get(lang));
        present.name = format!("{} ({})", present.name, written.get(lang));
    }
}
