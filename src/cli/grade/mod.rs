//! `regrade grade`: grade customers from files, from standard input or from the ledger.

mod streamed;
mod task;

pub(super) use task::summary;

use super::as_of::as_of;
use super::audit::{self, Exported};
use super::beside::LastRuns;
use super::gate::Gate;
use super::grade_files::{Graded, grade_files, nothing_to_grade};
use super::ledger_run::{from_ledger, record};
use super::linting::Linting;
use super::output::{Output, keep_inputs, outputs_with_page};
use super::rules::{self, Rules};
use super::{Exit, Global, Reading, Screen, Stop};
use super::{changed, columns, import, inputs, ledger, role, summary_json};
use regrade::diagnostic::{Code, Finding, Text};
use regrade::read::Input;
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;
use task::{Alongside, Task};

/// Arguments of `grade`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets; `SHEET=FILE` says which, `FILE[WORKSHEET]` a worksheet, `-` is standard input.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
    /// The graded file of the run before, where no ledger knows it: what the customers were, and since when.
    #[arg(long, value_name = "FILE")]
    pub(super) previous: Option<String>,
    /// Show only customers for whom this holds.
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// Show only customers whose grade, type or tags are others than in the run before, and new ones.
    #[arg(long)]
    pub(super) changed: bool,
    /// What to show: 'name = expression', separated by commas; `*` is the input's columns.
    #[arg(long, value_name = "LIST")]
    columns: Option<String>,
    /// Write nothing and end with 1 if this holds of the run, such as 'downgraded > 0.05'.
    #[arg(long, value_name = "CONDITION")]
    fail_on: Vec<String>,
    /// End with 1 if there are unrated customers, refused rows or warnings.
    #[arg(long)]
    pub(super) strict: bool,
    /// A span that event files cover, whatever their rows: 2024-04, 2024-Q1, 2024-01..2024-06.
    #[arg(long, value_name = "SPAN")]
    pub(super) covers: Vec<String>,
    /// The values of this field are true, though those of most customers have changed by a power of ten since the run
    /// before (`--previous`) or the last import.
    #[arg(long, value_name = "FIELD")]
    pub(super) accept_jump: Vec<String>,
    /// Workbooks with one sheet, the customers: however many they are, memory does not grow with the sheets.
    #[arg(long)]
    pub(super) plain: bool,
    /// Whether CSV files begin with a byte order mark, so that Excel shows Chinese.
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub(super) bom: Option<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs_with_page(global, global.format)?;
    let gates = args.fail_on.iter().map(|gate| Gate::parse(gate));
    let gates = gates.collect::<Result<Vec<_>, _>>()?;
    let rules = rules::load(global)?;
    check_places(&outputs, args, global, &rules)?;
    let as_of = as_of(global)?;
    let lint = lint(args, &rules, as_of, screen);
    let viewer = role::viewer(global, &rules.scheme)?;
    let scheme = viewer
        .as_ref()
        .map_or(&rules.scheme, |viewer| &**viewer.scheme());
    let wanted = args.condition.as_deref();
    let wanted = wanted.map(|text| columns::condition(scheme, text));
    let columns = args.columns.as_deref();
    let columns = columns.map(|text| columns::columns(scheme, text));
    let task = Task {
        args,
        outputs,
        gates,
        lint,
        wanted: wanted.transpose()?,
        columns: columns.transpose()?,
        viewer,
    };
    if args.files.is_empty() && !args.covers.is_empty() {
        return Err(covers_without_files());
    }
    if !args.files.is_empty() && global.ledger.is_none() {
        return from_files(&task, rules, as_of, global, screen);
    }
    if args.previous.is_some() {
        return Err(previous_and_ledger());
    }
    on_from_ledger(&task, rules, as_of, global, screen)
}

/// Grades from files alone: block by block where that is known to give the same, else from all rows.
fn from_files(
    task: &Task<'_>,
    mut rules: Rules,
    as_of: Date,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let args = task.args;
    match streamed::grade(task, &rules, as_of, global, screen) {
        Ok(streamed) => return streamed,
        // Why sheets of events are read whole is said where they are read.
        Err(reason) if screen.verbose && rules.scheme.customers.is_some() => {
            let Text { en, zh } = reason.text();
            screen.say(&text!(
                "all rows are held in memory: {en}",
                "全部数据行都读入内存：{zh}"
            ));
        }
        Err(_) => {}
    }
    let covers = import::spans(&args.covers)?;
    for event in &mut rules.scheme.events {
        event.coverage.extend(&covers);
    }
    import::known_jumps(&rules.scheme, &args.accept_jump)?;
    let before = args.previous.as_deref();
    let before = before.map(|file| (file, Some(&args.accept_jump[..])));
    let mut graded = grade_files(&args.files, before, rules, &args.reading, as_of, screen)?;
    let judged = task.judge(&mut graded);
    let alongside = Alongside {
        promising: task.promising(&mut graded, judged.as_ref()),
        judged,
        ..Alongside::default()
    };
    let finished = task.finish(&graded, alongside, global, screen, &|_, _| Ok(()))?;
    leave(graded);
    Ok(finished.exit)
}

/// Grades on from the runs of a ledger, which records this one: from its sheets, or from files beside it.
fn on_from_ledger(
    task: &Task<'_>,
    rules: Rules,
    as_of: Date,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let args = task.args;
    let (_room, mut ledger) = if args.files.is_empty() {
        let path = ledger::path(global);
        if global.ledger.is_none() && !path.exists() {
            return Err(nothing_to_grade(&path));
        }
        (None, ledger::open(global)?)
    } else {
        ledger::create_or_open(global)?
    };
    let path = ledger.path().to_path_buf();
    let trouble = |error| ledger::trouble(&path, &error);
    let writer = ledger.write(&ledger::who(global)).map_err(trouble)?;
    let (mut graded, head) = from_ledger(&writer, args, rules, as_of, screen)?;
    let tags = args
        .changed
        .then(|| changed::tags_of(&writer, head.previous).map_err(trouble))
        .transpose()?;
    let last = task
        .shows_runs(global)
        .then(|| LastRuns::of(&writer, &graded.grading))
        .transpose()?;
    let judged = task.judge(&mut graded);
    let alongside = Alongside {
        tags,
        last,
        promising: task.promising(&mut graded, judged.as_ref()),
        judged,
    };
    let finished = task.finish(&graded, alongside, global, screen, &|rows, role| {
        let exported = Exported {
            command: "grade",
            run: Some(&head.id),
            rows,
            role,
        };
        record(&writer, &graded.grading, &head)
            .and_then(|()| audit::with(&writer, global, &task.outputs, &exported))
            .map_err(trouble)
    })?;
    let open = super::repair::open(&writer, &graded.grading.scheme).map_err(trouble)?;
    if let Some(waiting) = super::repair::said_open(&open, as_of) {
        screen.say(&waiting);
    }
    // The ledger commits last: what outputs there are now are those of a run that is whole or will be made again.
    if finished.passed && !global.dry_run {
        writer.commit().map_err(trouble)?;
    }
    leave(graded);
    Ok(finished.exit)
}

/// The lint of the scheme, which goes on meanwhile. How many warnings it has is said before all else. Where nobody is to
/// hear of them there is none.
fn lint(args: &Args, rules: &Rules, as_of: Date, screen: &Screen) -> Arc<Linting> {
    if screen.quiet && !args.strict {
        return Linting::done(0);
    }
    let begun = Linting::begin(rules, as_of);
    // Without another thread it is done here.
    let linting = begun.unwrap_or_else(|_| Linting::done(rules.warnings(as_of)));
    let (said, name) = (linting.clone(), rules.name.clone());
    screen.first(move || {
        let lint = said.warnings();
        (lint > 0).then(|| {
            text!(
                "warnings in {name}: {lint} (`regrade check -r {name}` shows them)",
                "{name} 有 {lint} 个警告：用 `regrade check -r {name}` 查看"
            )
        })
    });
    linting
}

/// The command ends here: to give back what is known of a million customers text by text would only take time. A grading
/// is memory and nothing else; what else there is, open files and temporary ones, ends as usual.
fn leave(graded: Graded) {
    std::mem::forget(graded.grading);
}

/// No two outputs in one place, and none where something is read.
fn check_places(
    outputs: &[Output],
    args: &Args,
    global: &Global,
    rules: &Rules,
) -> Result<(), Stop> {
    let written = summary_json::files_beside(outputs, global)?;
    let mut read = inputs::paths(&rules.scheme, &args.files)?;
    read.push(rules::path(global));
    if let Some(Input::File { path, .. }) = args.previous.as_deref().map(inputs::input) {
        read.push(path);
    }
    keep_inputs(&written, &read)
}

/// What files cover is said where they are.
fn covers_without_files() -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!(
                "`--covers` is said of files, and there are none",
                "`--covers` 说明的是文件，而这里没有文件"
            ),
        )
        .help(text!(
            "say it when they are imported: `regrade import --covers 2024-04 FILE`",
            "请在导入时说明：`regrade import --covers 2024-04 文件`"
        )),
    )
}

/// A ledger knows the run before by itself.
fn previous_and_ledger() -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!(
                "`--previous` does not go with the ledger, which knows the run before",
                "`--previous` 不能与台账同用：台账自有上一批次"
            ),
        )
        .help(text!(
            "leave it out, or grade from files alone: `regrade grade FILE --previous FILE`",
            "请去掉它，或只用文件评级：`regrade grade 文件 --previous 上期评级文件`"
        )),
    )
}
