//! `regrade grade`: grade customers from files, from standard input or from the ledger.

use super::as_of::as_of;
use super::audit::{self, Exported};
use super::beside::LastRuns;
use super::changed::{self, Tags};
use super::gate::{self, Figures, Gate};
use super::grade_files::{Graded, grade_files, nothing_to_grade};
use super::import;
use super::inputs::{self};
use super::ledger_run::{from_ledger, record};
use super::linting::Linting;
use super::output::{Output, Target, files_of, keep_inputs, named_twice, outputs_with_page};
use super::rules::{self, Rules};
use super::write::{Shown, write_all};
use super::{Exit, Format, Global, Reading, Screen, Stop, columns, ledger, role, streamed};
use regrade::decide::Decision;
use regrade::diagnostic::{Code, Finding, Lang, Severity, Text};
use regrade::grading::{Grading, SeenAs};
use regrade::present::seen::Seen;
use regrade::present::summary::Summary;
use regrade::read::Input;
use regrade::report::{self, Judged, Promising};
use regrade::roles::{self, Viewer};
use regrade::scheme::model::{Expression, OutputColumn};
use regrade::table::Date;
use regrade::text;
use std::path::Path;
use std::sync::Arc;

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
    let gates = args
        .fail_on
        .iter()
        .map(|gate| Gate::parse(gate))
        .collect::<Result<Vec<_>, _>>()?;
    let rules = rules::load(global)?;
    check_places(&outputs, args, global, &rules)?;
    let lint = lint(args, &rules, as_of(global)?, screen);
    let viewer = role::viewer(global, &rules.scheme)?;
    let scheme = viewer
        .as_ref()
        .map_or(&rules.scheme, |viewer| &**viewer.scheme());
    let wanted = args
        .condition
        .as_deref()
        .map(|text| columns::condition(scheme, text))
        .transpose()?;
    let columns = args
        .columns
        .as_deref()
        .map(|text| columns::columns(scheme, text))
        .transpose()?;
    if args.files.is_empty() && !args.covers.is_empty() {
        return Err(Stop::usage(
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
        ));
    }
    let as_of = as_of(global)?;
    let task = Task {
        args,
        outputs,
        gates,
        lint,
        viewer,
        wanted,
        columns,
    };
    if !args.files.is_empty() && global.ledger.is_none() {
        match streamed::grade(&task, &rules, as_of, global, screen) {
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
        let previous = args.previous.as_deref();
        let mut rules = rules;
        let covers = import::spans(&args.covers)?;
        for event in &mut rules.scheme.events {
            event.coverage.extend(&covers);
        }
        import::known_jumps(&rules.scheme, &args.accept_jump)?;
        let before = previous.map(|file| (file, Some(&args.accept_jump[..])));
        let mut graded = grade_files(&args.files, before, rules, &args.reading, as_of, screen)?;
        let judged = task.judge(&mut graded);
        let alongside = Alongside {
            promising: task.promising(&mut graded, judged.as_ref()),
            judged,
            ..Alongside::default()
        };
        let finished = task.finish(&graded, alongside, global, screen, &|_, _| Ok(()))?;
        leave(graded);
        return Ok(finished.exit);
    }
    if args.previous.is_some() {
        return Err(previous_and_ledger());
    }
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

/// What is to be done with a grading.
pub(super) struct Task<'a> {
    pub(super) args: &'a Args,
    pub(super) outputs: Vec<Output>,
    pub(super) gates: Vec<Gate>,
    /// The lint of the scheme.
    pub(super) lint: Arc<Linting>,
    /// Who the outputs are for, if not for somebody who may see everything.
    pub(super) viewer: Option<Viewer>,
    pub(super) wanted: Option<Expression>,
    pub(super) columns: Option<Vec<OutputColumn>>,
}

/// Whether one of the outputs is a page.
fn has_page(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| output.format == Format::Html)
}

/// What is done when so many rows are written for somebody, and before they appear.
type Record<'a> = dyn Fn(usize, Option<&SeenAs>) -> Result<(), Stop> + 'a;

/// What outputs tell beside the grading, as far as there are such outputs.
#[derive(Default)]
struct Alongside {
    /// The tags of the run before.
    tags: Option<Tags>,
    /// The last runs that the ledger has.
    last: Option<LastRuns>,
    /// What a page says of strategies and the like.
    judged: Option<(Judged, Vec<Finding>)>,
    /// Whom a workbook lists as promising.
    promising: Option<(Promising, Vec<Finding>)>,
}

/// How a grading ended.
struct Finished {
    exit: Exit,
    /// Whether no gate stopped it: its outputs are written.
    passed: bool,
}

impl Task<'_> {
    /// Whether an output shows the runs before. To a role none does: what was recorded then was written for those who
    /// see everything.
    fn shows_runs(&self, global: &Global) -> bool {
        let is_book = |output: &Output| output.format == Format::Xlsx;
        let is_whole = !self.args.plain && self.viewer.is_none();
        is_whole && !global.dry_run && self.outputs.iter().any(is_book)
    }

    /// What a page tells beside the grades, if there is to be one.
    fn judge(&self, graded: &mut Graded) -> Option<(Judged, Vec<Finding>)> {
        has_page(&self.outputs).then(|| report::judge(&mut graded.grading))
    }

    /// Who is promising, if a workbook is to list them. What there is to say of that a page has said with all the rest.
    fn promising(
        &self,
        graded: &mut Graded,
        judged: Option<&(Judged, Vec<Finding>)>,
    ) -> Option<(Promising, Vec<Finding>)> {
        let is_book = |output: &Output| output.format == Format::Xlsx;
        if self.args.plain || !self.outputs.iter().any(is_book) {
            return None;
        }
        if let Some((judged, _)) = judged {
            return Some((judged.potential.clone()?, vec![]));
        }
        let mut found = vec![];
        let promising = report::promising(&mut graded.grading, &mut found)?;
        Some((promising, found))
    }

    /// Judges the gates, writes the outputs and says what there is to say. `record` is called with how many rows were
    /// written for whom, when all outputs are written and none has appeared yet.
    fn finish(
        &self,
        graded: &Graded,
        alongside: Alongside,
        global: &Global,
        screen: &Screen,
        record: &Record<'_>,
    ) -> Result<Finished, Stop> {
        let all = &graded.grading;
        let seen = self.viewer.as_ref().map(|viewer| viewer.see(all));
        let grading = seen.as_ref().unwrap_or(all);
        let lang = global.lang.map_or(grading.scheme.language, Lang::from);
        let mut findings = graded.loaded.findings.clone();
        findings.extend(all.findings.iter().cloned());
        let (mut judged, mut promising) = (alongside.judged, alongside.promising);
        let is_sound = findings
            .iter()
            .all(|finding| finding.severity == Severity::Note);
        if let Some(viewer) = &self.viewer {
            if let Some((judged, found)) = &mut judged {
                *judged = judged.of_rows(&viewer.rows(all));
                findings.append(found);
            }
            if let Some((promising, found)) = &mut promising {
                *promising = promising.of_rows(&viewer.rows(all));
                findings.append(found);
            }
            findings = roles::withheld(&findings);
            findings.extend(roles::unique(grading));
        }
        let mut entries = grading.entries_where(self.wanted.as_ref(), &mut findings);
        if self.args.changed {
            let viewer = self.viewer.as_ref();
            let changed = changed::changed(all, alongside.tags.as_ref(), viewer);
            changed::keep(&mut entries, grading, &changed, viewer);
        }
        let rows = entries.len();
        let mut shown = Shown {
            seen: Seen { entries },
            columns: self.columns.clone(),
            lang,
            bom: self.args.bom.as_deref(),
            run: graded.run.as_deref(),
            last: alongside.last,
            plain: self.args.plain,
            promising: None,
            page: None,
        };
        findings.extend(regrade::explain::unrated(grading));
        if let Some((promising, found)) = promising {
            findings.extend(found);
            shown.promising = Some(promising);
        }
        if let Some((judged, found)) = judged {
            findings.extend(found);
            let page = super::report::of_grading(grading, &judged, &shown, &findings);
            shown.page = Some(page);
        }
        let summary = summary(graded, grading, lang, &findings);
        // To compare with the run before takes memory for every customer.
        let hit = if self.gates.is_empty() {
            vec![]
        } else {
            gate::hits(&self.gates, &Figures::of_grading(all))
        };
        screen.run_findings(&findings);
        if !hit.is_empty() {
            screen.findings(&hit, None);
            return Ok(Finished {
                exit: Exit::Findings,
                passed: false,
            });
        }
        let mut exit = Exit::Done;
        if !global.dry_run {
            match write_all(
                &self.outputs,
                grading,
                &shown,
                &summary,
                global,
                screen,
                &|| record(rows, grading.role.as_deref()),
            ) {
                // A reader who has seen enough is no reason to go without the files and the run.
                Err(Stop::ClosedPipe) => {}
                other => other?,
            }
        }
        screen.say(&regrade::present::summary::line(&summary));
        let warned = !is_sound
            || findings
                .iter()
                .any(|finding| finding.severity > Severity::Note);
        let unsound = self.args.strict && self.lint.warnings() > 0
            || all.count(Decision::Unrated) > 0
            || all.count(Decision::Refused) > 0
            || warned;
        if self.args.strict && unsound {
            exit = Exit::Findings;
        }
        Ok(Finished { exit, passed: true })
    }
}

/// No two outputs in one place, and none where something is read.
fn check_places(
    outputs: &[Output],
    args: &Args,
    global: &Global,
    rules: &Rules,
) -> Result<(), Stop> {
    let mut written = files_of(outputs);
    if let Some(path) = &global.summary_json {
        let target = summary_target(path);
        if outputs.iter().any(|output| output.target.is(&target)) {
            return Err(named_twice(&path.display().to_string()));
        }
        if target != Target::Stdout {
            written.push(path);
        }
    }
    let mut read = inputs::paths(&rules.scheme, &args.files)?;
    read.push(rules::path(global));
    if let Some(Input::File { path, .. }) = args.previous.as_deref().map(inputs::input) {
        read.push(path);
    }
    keep_inputs(&written, &read)
}

pub(super) fn summary_target(path: &Path) -> Target {
    if path == Path::new("-") {
        Target::Stdout
    } else {
        Target::File(path.to_path_buf())
    }
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

/// The figures of the run, of what is shown of it.
pub(super) fn summary(
    graded: &Graded,
    shown: &Grading,
    lang: Lang,
    findings: &[Finding],
) -> Summary {
    let (_, text) = &graded.scheme;
    let mut summary = regrade::present::summary::summarise(
        shown,
        lang,
        text,
        graded.loaded.files.clone(),
        findings.to_vec(),
    );
    if shown.role.is_some() {
        // It may name values of columns that the role does not see; its hash is there.
        summary.scheme_text.clear();
    }
    summary
}
