//! `grade` of one file of rows into another, chunk by chunk: what [`regrade::stream`] does, between files.
//!
//! Nothing is said and no file appears before the last row is graded. A [`Reason`] against it, known beforehand or met on
//! the way, sends the call to the whole path, which begins from the start.

use super::files::{Files, to_stdout};
use super::grade::{Task, summary_target};
use super::inputs::{Single, place};
use super::output::{Output, Target};
use super::rules::Rules;
use super::{Exit, Format, Global, Screen, Stop};
use regrade::decide::Decision;
use regrade::diagnostic::{Finding, Lang, Severity, each_once};
use regrade::parallel::cores;
use regrade::present::results::Layout;
use regrade::present::summary::{self, Of, Summary};
use regrade::read::blocks::{TextFile, Unfit};
use regrade::repair;
use regrade::stream::{Asked, BLOCK, Grader, Outcome, Reason, Spill, Text, plan};
use regrade::table::Date;
use std::io::{self, Seek, Write};
use tempfile::SpooledTempFile;

/// So much of what goes to standard output is held in memory until it may be shown.
const SPOOLED: usize = 1 << 20;

/// What chunks came to, with what there is to say of how the file was read.
type Graded = (Outcome, Vec<Finding>);

/// Grades the one file of a call; or says why it is not done so, and has shown nothing.
pub(super) fn grade(
    task: &Task<'_>,
    rules: &Rules,
    as_of: Date,
    global: &Global,
    screen: &Screen,
) -> Result<Result<Exit, Stop>, Reason> {
    let output = one_output(task)?;
    plan(&rules.scheme, task.columns.as_deref())?;
    let single = Single::of(&rules.scheme, &task.args.files).ok_or(Reason::Files)?;
    let options = task.args.reading.options().map_err(|_| Reason::Files)?;
    let file = TextFile::open(&single.input, &single.wanted, &options)?;
    let table = file.head().table();
    let is_customers = |sheet: &str| {
        let customers = rules.scheme.customers.as_ref();
        customers.is_some_and(|customers| *customers.sheet.name == *sheet)
    };
    let placed = place(&rules.scheme, &single.wanted, &table).map_err(|_| Reason::Whole)?;
    let is_repair = repair::is_page(&table.headers) || repair::has_lost_mark(&table.headers);
    if is_repair || !is_customers(&placed) {
        return Err(Reason::Whole);
    }
    let lang = global.lang.map_or(rules.scheme.language, Lang::from);
    let asked = Asked {
        wanted: task.wanted.clone(),
        columns: task.columns.clone(),
    };
    let grader = Grader::new(&rules.scheme, as_of, lang, asked, Layout::Text);
    let bom = task.args.bom.as_deref();
    let is_csv = output.format == Format::Csv;
    let text = Text {
        head: file.head(),
        grader: &grader,
        delimiter: if is_csv { b',' } else { b'\t' },
        mark: match (&output.target, bom) {
            (Target::File(_), None) if is_csv => None,
            _ => Some(is_csv && bom == Some("yes")),
        },
        block: BLOCK,
        threads: if file.size() > 2 * BLOCK as u64 {
            cores()
        } else {
            1
        },
        spill: &|| Ok(Box::new(tempfile::tempfile()?) as Box<dyn Spill>),
    };
    let mut shown = Shown {
        files: Files::reproducible(),
        spooled: None,
    };
    let graded = shown.write(output, global.dry_run, |out| {
        let graded = text.grade(|| file.rows(), out)?;
        if file.is_unchanged() {
            Ok(graded)
        } else {
            Err(Unfit::Changed.into())
        }
    })?;
    let run = Run {
        task,
        rules,
        as_of,
        lang,
        global,
        screen,
    };
    Ok(run.finish(graded, shown, file.head().place()))
}

/// The one output, where it is of rows and nothing else, and of these alone.
fn one_output<'a>(task: &'a Task<'_>) -> Result<&'a Output, Reason> {
    let args = task.args;
    let alongside = args.previous.is_some() || args.changed || task.viewer.is_some();
    let told = !task.gates.is_empty() || !args.covers.is_empty() || !args.accept_jump.is_empty();
    if alongside || told {
        return Err(Reason::Alongside);
    }
    match &task.outputs[..] {
        [output] if matches!(output.format, Format::Csv | Format::Tsv) => Ok(output),
        _ => Err(Reason::Outputs),
    }
}

/// What is written and has not appeared yet.
struct Shown {
    files: Files,
    /// What goes to standard output.
    spooled: Option<SpooledTempFile>,
}

impl Shown {
    /// Writes the output beside its place.
    fn write(
        &mut self,
        output: &Output,
        dry_run: bool,
        grade: impl FnOnce(&mut (dyn Write + Send)) -> Result<Graded, Reason>,
    ) -> Result<Graded, Reason> {
        if dry_run {
            return grade(&mut io::sink());
        }
        let Target::File(path) = &output.target else {
            let spooled = self.spooled.insert(SpooledTempFile::new(SPOOLED));
            return grade(spooled);
        };
        // Of a file that cannot be written the whole path says so, after all else that there is to say.
        let mut graded = Err(Reason::Unwritable);
        let written = self.files.write(path, |mut out| {
            graded = grade(&mut out);
            match &graded {
                Ok(_) => Ok(()),
                Err(_) => Err(io::ErrorKind::Interrupted.into()),
            }
        });
        match written {
            Err(_) if graded.is_ok() => Err(Reason::Unwritable),
            _ => graded,
        }
    }
}

/// A call whose rows are graded.
struct Run<'a> {
    task: &'a Task<'a>,
    rules: &'a Rules,
    as_of: Date,
    lang: Lang,
    global: &'a Global,
    screen: &'a Screen,
}

impl Run<'_> {
    /// Says what there is to say, lets the outputs appear and ends the call.
    fn finish(&self, graded: Graded, shown: Shown, file: String) -> Result<Exit, Stop> {
        let (outcome, mut findings) = graded;
        findings.extend(outcome.findings);
        findings.extend(outcome.unrated);
        let warned = findings
            .iter()
            .any(|finding| finding.severity > Severity::Note);
        let of = Of {
            scheme: &self.rules.scheme,
            as_of: self.as_of,
            lang: self.lang,
            text: &self.rules.text,
        };
        self.screen.run_findings(&findings);
        let inputs = vec![(file, outcome.rows)];
        let summary = outcome.tally.summary(&of, inputs, findings);
        if !self.global.dry_run {
            match self.show(shown, &summary, &outcome.columns) {
                // A reader who has seen enough is no reason to go without the files.
                Err(Stop::ClosedPipe) => {}
                other => other?,
            }
        }
        self.screen.say(&summary::line(&summary));
        let count = |decision| {
            let counts = summary.decisions.iter();
            counts
                .filter(|(known, _)| *known == decision)
                .map(|(_, count)| *count)
                .sum::<usize>()
        };
        let unsound = self.task.args.strict && self.task.lint.warnings() > 0
            || count(Decision::Unrated) > 0
            || count(Decision::Refused) > 0
            || warned;
        Ok(if self.task.args.strict && unsound {
            Exit::Findings
        } else {
            Exit::Done
        })
    }

    /// Lets the outputs appear: the figures, then standard output, then the files.
    fn show(&self, shown: Shown, summary: &Summary, columns: &[Finding]) -> Result<(), Stop> {
        let Shown { mut files, spooled } = shown;
        let mut closed = false;
        let mut seen = |written| match written {
            Err(Stop::ClosedPipe) => {
                closed = true;
                Ok(())
            }
            other => other,
        };
        match self.global.summary_json.as_deref().map(summary_target) {
            Some(Target::File(path)) => {
                files.write(&path, |out| summary::write_json(summary, out))?;
            }
            Some(Target::Stdout) => seen(to_stdout(|out| summary::write_json(summary, out)))?,
            None => {}
        }
        if let Some(mut spooled) = spooled {
            seen(to_stdout(|out| {
                spooled.rewind()?;
                io::copy(&mut spooled, out).map(drop)
            }))?;
        }
        self.screen.run_findings(&each_once(columns.to_vec()));
        files.commit()?;
        if closed {
            Err(Stop::ClosedPipe)
        } else {
            Ok(())
        }
    }
}
