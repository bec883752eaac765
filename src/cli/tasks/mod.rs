//! `regrade tasks`: what the strategies call for between two dates, as a list or as calendars.

mod calendars;
pub mod runs;

use super::as_of::as_of;
use super::audit::{self, Exported};
use super::files::{Files, write_outputs};
use super::grade_files::grade_files;
use super::output::{Output, Target, files_of, keep_inputs, outputs_at};
use super::review::date;
use super::{
    Exit, Format, Global, Reading, Screen, Stop, columns, inputs, ledger, list, role, rules,
};
use calendars::Folder;
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::grading::Grading;
use regrade::present::{tasks as shown, workbook};
use regrade::roles::{Told, withheld};
use regrade::scheme::model::Expression;
use regrade::table::{Date, Period, PeriodKind};
use regrade::tasks::{self, Asked, Called, State, Task, WorkingDays};
use regrade::text;
use runs::Graded;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

/// The longest span that can be asked for, in days: two years.
const LONGEST: i32 = 731;

/// Arguments of `tasks`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The span (2024-Q3, 2024-08, 2024-07-01..2024-09-30), then files of the scheme's sheets as for `grade`. Without
    /// files a run of the ledger; without a span the period after the as-of date.
    #[arg(value_name = "SPAN|FILE")]
    asked: Vec<String>,
    /// The first day, instead of a span.
    #[arg(id = "from_day", long = "from", value_name = "DATE")]
    from: Option<String>,
    /// The last day, instead of a span.
    #[arg(id = "until_day", long = "until", value_name = "DATE")]
    until: Option<String>,
    /// The run of the ledger: @latest, @previous, @2024-03, an id or a graded workbook of it.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Show only customers for whom this holds.
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// List what is done too.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (folders, lists) = calendars::split(&global.output, global.format)?;
    let outputs = if folders.is_empty() || !lists.is_empty() {
        outputs_at(global, &lists, global.format)?
    } else {
        vec![]
    };
    let (span, files) = span_and_files(args)?;
    let graded = if files.is_empty() {
        keep_inputs(&written(&outputs, &folders), &[ledger::path(global)])?;
        runs::from_ledger(args.run.as_deref(), global)?
    } else {
        from_files(&files, args, global, screen, &written(&outputs, &folders))?
    };
    let Graded {
        grading,
        called,
        told,
        follow_ups,
        mut findings,
        is_alone,
        run,
    } = graded;
    let today = grading.book.as_of;
    let (from, until) = asked_days(
        args.from.as_deref(),
        args.until.as_deref(),
        span,
        today,
        grading.scheme.period,
    )?;
    let days = WorkingDays::new(&grading.scheme.tasks);
    let asked = Asked {
        from,
        until,
        alone: is_alone,
    };
    let planned = tasks::plan(&called, &follow_ups, &days, &asked);
    let wanted = args.condition.as_deref();
    let wanted = wanted.map(|text| columns::condition(&grading.scheme, text));
    let mut faults = vec![];
    let planned = visible(
        planned,
        told.as_ref(),
        &grading,
        wanted.transpose()?.as_ref(),
        &mut faults,
    );
    if told.is_some() {
        // Whose tasks have nobody is told by name, and the role may not see who does any.
        findings = withheld(&findings);
    } else {
        findings.extend(tasks::without_owner(&planned));
    }
    findings.append(&mut faults);

    let lang = global.lang.map_or(grading.scheme.language, Lang::from);
    let mut listed = planned.clone();
    listed.retain(|task| task.state.is_open() || args.all && matches!(task.state, State::Done(_)));
    screen.run_findings(&findings);
    let mut files = Files::default();
    let mut written = outputs.clone();
    if global.dry_run {
        written.retain(|output| output.target == Target::Stdout);
    } else {
        for folder in &folders {
            folder.write(&planned, &grading, &days, lang, &mut files)?;
        }
    }
    let reader = write_outputs(&written, &mut files, |output, out| {
        if output.format == Format::Xlsx {
            return out.workbook(output, |out| write_workbook(&listed, lang, today, out));
        }
        let width = list::width_in(&out);
        out.text(|out| write_list(output, &listed, lang, width, out))
    })?;
    files.commit()?;
    if run.is_some() {
        let exported = Exported {
            command: "tasks",
            run: run.as_deref(),
            rows: listed.len(),
            role: grading.role.as_deref(),
        };
        // A calendar takes customers out as a list does.
        let calendars = folders.iter().map(Folder::output);
        let exports: Vec<Output> = outputs.iter().cloned().chain(calendars).collect();
        audit::after(global, &exports, &exported, screen);
    }
    say(&planned, (from, until), &called, screen);
    reader.end().map(|()| Exit::Done)
}

/// A list in the format of the output.
fn write_list(
    output: &Output,
    tasks: &[Task],
    lang: Lang,
    width: Option<u16>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let listing = if list::is_keyed(output) {
        shown::keyed(tasks, lang)
    } else {
        shown::listing(tasks, lang)
    };
    list::render(output, &listing, width, out)
}

fn write_workbook<W: Write + io::Seek + Send>(
    tasks: &[Task],
    lang: Lang,
    as_of: Date,
    out: W,
) -> io::Result<()> {
    let listing = shown::listing(tasks, lang);
    workbook::write_tasks(&listing, as_of, out)
        .map_err(|error| io::Error::other(error.text().get(lang).to_owned()))
}

/// A first and a last day.
type Days = (Date, Date);

/// The span, where the first argument is one, and the files.
fn span_and_files(args: &Args) -> Result<(Option<Days>, Vec<String>), Stop> {
    let mut files = args.asked.clone();
    let first = files
        .first()
        .filter(|first| !std::path::Path::new(first).exists());
    let span = first.and_then(|first| Period::parse_span(first));
    if span.is_some() {
        files.remove(0);
    }
    if span.is_some() && (args.from.is_some() || args.until.is_some()) {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "a span and `--from` or `--until` say the same thing twice",
                "期间和 `--from`、`--until` 只能写一种"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "write one of them: `2024-Q3`, or `--from 2024-07-01 --until 2024-09-30`",
            "请只写一种：`2024-Q3`，或 `--from 2024-07-01 --until 2024-09-30`"
        ))));
    }
    if !files.is_empty() && args.run.is_some() {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`--run` names a run of the ledger, and files are named too",
                "`--run` 指定的是台账中的批次，不能同时给出文件"
            ),
        );
        return Err(Stop::usage(
            finding.help(text!("leave one of them out", "请去掉其中一种")),
        ));
    }
    Ok((span, files))
}

/// The first and the last day that are asked for; without a word the period after the as-of date.
pub fn asked_days(
    from: Option<&str>,
    until: Option<&str>,
    span: Option<Days>,
    today: Date,
    period: PeriodKind,
) -> Result<Days, Stop> {
    let from = from.map(|from| date(from, "--from"));
    let until = until.map(|until| date(until, "--until"));
    let (from, until) = (from.transpose()?, until.transpose()?);
    let (from, until) = if let Some(span) = span {
        span
    } else {
        let tomorrow = today.add_days(1).unwrap_or(today);
        let from = from.unwrap_or(tomorrow);
        let period = Period::of(period, from);
        (from, until.or_else(|| period.end()).unwrap_or(from))
    };
    let days = from.days_to(until);
    let is_near = today.days_to(from) <= LONGEST;
    if is_near && (0..=LONGEST).contains(&days) {
        return Ok((from, until));
    }
    let finding = if !is_near {
        Finding::error(
            Code::Usage,
            text!(
                "{from} is more than two years after {today}, of which the tasks are",
                "{from} 比评级日 {today} 晚两年以上"
            ),
        )
        .help(text!(
            "what is called for so late nobody knows yet: ask for an earlier day",
            "那么晚的任务现在还说不准：请写早一些的日期"
        ))
    } else if days < 0 {
        Finding::error(
            Code::Usage,
            text!("{until} is before {from}", "{until} 早于 {from}"),
        )
        .help(text!(
            "give the first day first: `--from 2024-07-01 --until 2024-09-30`",
            "请把先到的日期写在 `--from`：`--from 2024-07-01 --until 2024-09-30`"
        ))
    } else {
        Finding::error(
            Code::Usage,
            text!(
                "{from} to {until} is more than two years",
                "{from} 到 {until} 超过两年"
            ),
        )
        .help(text!("ask for a shorter span", "请缩短期间"))
    };
    Err(Stop::usage(finding))
}

/// The one place that decides whose tasks are shown, and what of them.
fn visible(
    mut tasks: Vec<Task>,
    told: Option<&Told>,
    grading: &Grading,
    wanted: Option<&Expression>,
    findings: &mut Vec<Finding>,
) -> Vec<Task> {
    if let Some(told) = told {
        let seen = tasks.into_iter().filter_map(|task| told.task(task));
        tasks = seen.collect();
        // The order of what is hidden tells of it too.
        tasks.sort_by(tasks::order);
    }
    let Some(wanted) = wanted else {
        return tasks;
    };
    let ids = &grading.book.roster.ids;
    let rows = columns::rows_for(grading, wanted, findings).into_iter();
    let held: HashSet<&Arc<str>> = rows.map(|row| &ids[row as usize]).collect();
    tasks.retain(|task| held.contains(&task.customer));
    tasks
}

/// Grades files; nothing is known of what was called for before.
fn from_files(
    files: &[String],
    args: &Args,
    global: &Global,
    screen: &Screen,
    written: &[&std::path::Path],
) -> Result<Graded, Stop> {
    let rules = rules::load(global)?;
    let mut read = inputs::paths(&rules.scheme, files)?;
    read.push(rules::path(global));
    keep_inputs(written, &read)?;
    let graded = grade_files(files, None, rules, &args.reading, as_of(global)?, screen)?;
    let viewer = role::viewer(global, &graded.grading.scheme)?;
    let mut read = graded.loaded.findings;
    if viewer.is_some() {
        read = withheld(&read);
    }
    screen.run_findings(&read);
    let mut grading = graded.grading;
    let mut told = viewer.is_some().then(Told::default);
    let mut findings = vec![];
    let called = tasks::called(&mut grading, &mut findings);
    let follow_ups = tasks::follow_ups(&grading, &mut findings);
    let grading = runs::tell(viewer.as_ref(), grading, &called, told.as_mut());
    Ok(Graded {
        grading,
        called: vec![called],
        told,
        follow_ups,
        findings,
        is_alone: true,
        run: None,
    })
}

/// All that is written, to be held against what is read.
fn written<'a>(outputs: &'a [Output], folders: &'a [Folder]) -> Vec<&'a std::path::Path> {
    let folders = folders.iter().map(|folder| folder.path.as_path());
    files_of(outputs).into_iter().chain(folders).collect()
}

/// How many there are.
fn say(tasks: &[Task], (from, until): Days, called: &[Called], screen: &Screen) {
    let count =
        |wanted: fn(&State) -> bool| tasks.iter().filter(|task| wanted(&task.state)).count();
    let due = count(|state| matches!(state, State::Due));
    let overdue = count(|state| matches!(state, State::Overdue(_)));
    // Those due before are gone from the calendars too, but nobody asked about them.
    let done = tasks
        .iter()
        .filter(|task| matches!(task.state, State::Done(_)) && (from..=until).contains(&task.due));
    let done = done.count();
    screen.say(&text!(
        "tasks from {from} to {until}: {due} to do, {overdue} overdue, {done} done",
        "{from} 至 {until} 的任务：待办 {due}，逾期 {overdue}，已完成 {done}"
    ));
    let calls = called.iter().map(|run| run.calls.len()).sum::<usize>();
    if calls == 0 {
        screen.say(&text!(
            "no strategy of the scheme calls for anything; write `tasks` in `[[strategies]]`",
            "方案中没有策略要求任何任务；任务写在 `[[strategies]]` 的 `tasks` 中"
        ));
    }
}
