//! `grade` of one file of rows into another, piece by piece: what [`regrade::stream`] does, between files.
//!
//! Nothing is said and no file appears before the last row is graded. A [`Reason`] against it, known beforehand or met on
//! the way, sends the call to the whole path, which begins from the start.

use super::task::Task;
use crate::cli::files::{Files, Sink, to_stdout};
use crate::cli::inputs::Single;
use crate::cli::matching::place;
use crate::cli::output::{Output, Target};
use crate::cli::rules::Rules;
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::decide::Decision;
use regrade::diagnostic::{Finding, Lang, Severity, each_once};
use regrade::parallel::cores;
use regrade::present::results::Layout;
use regrade::present::summary::{self, Of, Summary};
use regrade::present::table::ColumnKind;
use regrade::present::workbook::{InBlocks, Misfit, WorkbookOptions};
use regrade::read::blocks::{Blocks, TextFile, Unfit};
use regrade::read::{FileState, Input, Options, Table, Worksheet, worksheet};
use regrade::repair;
use regrade::scheme::Scheme;
use regrade::stream::{
    Asked, Drive, Grader, Outcome, Reason, Source, Spill, TextSink, among_everybody, block_size,
    plan,
};
use regrade::table::Date;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use tempfile::SpooledTempFile;

/// So much of what goes to standard output is held in memory until it may be shown.
const SPOOLED: usize = 1 << 20;

/// Files up to so many bytes are graded on one core.
const WORTH_SHARING: u64 = 512 << 10;

/// Grades the one file of a call; or says why it is not done so, and has shown nothing.
pub(super) fn grade(
    task: &Task<'_>,
    rules: &Rules,
    as_of: Date,
    global: &Global,
    screen: &Screen,
) -> Result<Result<Exit, Stop>, Reason> {
    let output = one_output(task, &rules.scheme, global)?;
    let is_book = output.format == Format::Xlsx && !global.dry_run;
    let layout = if is_book {
        Layout::Workbook
    } else {
        Layout::Text
    };
    plan(&rules.scheme, task.columns.as_deref(), layout)?;
    let single = Single::of(&rules.scheme, &task.args.files).ok_or(Reason::Files)?;
    let options = task.args.reading.options().map_err(|_| Reason::Files)?;
    let run = Run {
        task,
        rules,
        as_of,
        lang: global.lang.map_or(rules.scheme.language, Lang::from),
        global,
        screen,
        output,
        layout,
        single,
        options,
    };
    match TextFile::open(&run.single.input, &run.single.wanted, &run.options) {
        Ok(file) => run.text(&file),
        Err(Unfit::Format | Unfit::Input) => run.worksheet(),
        Err(unfit) => Err(unfit.into()),
    }
}

/// The one output, where it is of rows and nothing else, and of these alone.
fn one_output<'a>(
    task: &'a Task<'_>,
    scheme: &Scheme,
    global: &Global,
) -> Result<&'a Output, Reason> {
    let args = task.args;
    let alongside = args.previous.is_some() || args.changed || task.viewer.is_some();
    let told = !task.gates.is_empty() || !args.covers.is_empty() || !args.accept_jump.is_empty();
    if alongside || told {
        return Err(Reason::Alongside);
    }
    let [output] = &task.outputs[..] else {
        return Err(Reason::Outputs);
    };
    match output.format {
        Format::Csv | Format::Tsv => Ok(output),
        Format::Xlsx if output.password.is_some() => Err(Reason::Outputs),
        Format::Xlsx if task.args.plain => Ok(output),
        // Nobody sees what is not written; but who is promising is looked for, and may give something to say.
        Format::Xlsx if global.dry_run && scheme.report.potential.is_none() => Ok(output),
        Format::Xlsx => Err(Misfit::Sheets.into()),
        _ => Err(Reason::Outputs),
    }
}

/// Opens a temporary file.
fn spill() -> io::Result<Box<dyn Spill>> {
    Ok(Box::new(tempfile::tempfile()?))
}

/// What is written and has not appeared yet.
struct Pending {
    files: Files,
    /// What goes to standard output.
    spooled: Option<SpooledTempFile>,
}

impl Pending {
    /// Writes the output beside its place.
    fn write<T>(
        &mut self,
        output: &Output,
        dry_run: bool,
        grade: impl FnOnce(&mut dyn Sink) -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        if dry_run {
            return grade(&mut io::empty());
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
    output: &'a Output,
    layout: Layout,
    single: Single,
    options: Options,
}

/// What there is to say of a call whose rows are graded.
struct Told {
    summary: Summary,
    /// What there is to say of the columns.
    columns: Vec<Finding>,
    warned: bool,
}

impl Run<'_> {
    /// Grades a text file.
    fn text(&self, file: &TextFile) -> Result<Result<Exit, Stop>, Reason> {
        let head = file.head();
        self.is_of_customers(&head.table())?;
        let threads = if file.size() > WORTH_SHARING {
            cores()
        } else {
            1
        };
        let block = block_size(head, file.size(), threads);
        let rows = || file.rows();
        let grader = among_everybody(&self.grader(), head, threads, block, &rows, &spill)?;
        until_foreseen(|foreseen| {
            let blocks = Blocks::new(file.rows(), head.line(), block);
            let next = || blocks.block().map_err(Reason::from);
            let drive = Drive {
                grader: &grader,
                threads,
                spill: &spill,
            };
            let (told, shown) = self.pour(&drive, head, &head.place(), next, foreseen)?;
            if !file.is_unchanged() {
                return Err(Unfit::Changed.into());
            }
            Ok(self.finish(&told, shown))
        })
    }

    /// Grades a workbook.
    fn worksheet(&self) -> Result<Result<Exit, Stop>, Reason> {
        let Input::File {
            path,
            name,
            worksheet,
        } = &self.single.input
        else {
            return Err(Reason::Files);
        };
        let grader = self.grader();
        if grader.needs_everybody()? {
            return Err(worksheet::Unfit::Rounds.into());
        }
        let unread = |_| Reason::from(Unfit::Input);
        let mut file = File::open(path).map_err(unread)?;
        let state = FileState::of(&file).map_err(unread)?;
        let mut bytes = vec![];
        let start = worksheet::START as u64;
        (&mut file)
            .take(start)
            .read_to_end(&mut bytes)
            .map_err(unread)?;
        worksheet::may_be_read(&bytes, state.len)?;
        let too_large = Reason::from(worksheet::Unfit::TooLarge);
        let room = usize::try_from(state.len).map_err(|_| too_large)?;
        bytes.try_reserve_exact(room).map_err(|_| too_large)?;
        file.read_to_end(&mut bytes).map_err(unread)?;
        if FileState::of(&file).map_err(unread)? != state {
            return Err(Unfit::Changed.into());
        }
        let wanted = &self.single.wanted;
        let sheet = Worksheet::of(name, &bytes, worksheet.as_deref(), wanted, &self.options)?;
        self.is_of_customers(&sheet.table())?;
        let drive = Drive {
            grader: &grader,
            threads: cores(),
            spill: &spill,
        };
        until_foreseen(|foreseen| {
            let (told, shown) = sheet.read(|next| {
                let next = || Ok(next()?);
                self.pour(&drive, &sheet, &sheet.place(), next, foreseen)
            })??;
            Ok(self.finish(&told, shown))
        })
    }

    /// Whether a workbook is written.
    fn is_book(&self) -> bool {
        self.layout == Layout::Workbook
    }

    /// By what rows are graded.
    fn grader(&self) -> Grader {
        let asked = Asked {
            wanted: self.task.wanted.clone(),
            columns: self.task.columns.clone(),
        };
        let scheme = &self.rules.scheme;
        Grader::new(scheme, self.as_of, self.lang, asked, self.layout)
    }

    /// Whether a table is one of customers, and nothing else.
    fn is_of_customers(&self, table: &Table) -> Result<(), Reason> {
        let scheme = &self.rules.scheme;
        let placed = place(scheme, &self.single.wanted, table).map_err(|_| Reason::Whole)?;
        let customers = scheme.customers.as_ref();
        let is_customers = customers.is_some_and(|customers| customers.sheet.name == placed);
        let is_repair = repair::is_page(&table.headers) || repair::has_lost_mark(&table.headers);
        if is_repair || !is_customers {
            return Err(Reason::Whole);
        }
        Ok(())
    }

    /// Grades what `next` gives and writes it beside its place.
    fn pour<S: Source>(
        &self,
        drive: &Drive<'_>,
        source: &S,
        place: &str,
        next: impl FnMut() -> Result<Option<S::Piece>, Reason> + Send,
        foreseen: &mut Option<Vec<ColumnKind>>,
    ) -> Result<(Told, Pending), Reason> {
        let mut shown = Pending {
            files: Files::reproducible(),
            spooled: None,
        };
        let told = shown.write(self.output, self.global.dry_run, |out| {
            if !self.is_book() {
                let done = drive.into_text(source, next, self.text_sink(), out)?;
                return Ok(self.tell(done, place));
            }
            let book = InBlocks::new(self.book_options(), foreseen.take())?;
            let done = drive.into_book(source, next, &book)?;
            if let Err(misfit) = book.is_sound() {
                *foreseen = Some(book.kinds());
                return Err(misfit.into());
            }
            let told = self.tell(done, place);
            book.save(&told.summary, out)?;
            Ok(told)
        })?;
        Ok((told, shown))
    }

    /// How rows are written as text.
    fn text_sink(&self) -> TextSink {
        let bom = self.task.args.bom.as_deref();
        let is_csv = self.output.format == Format::Csv;
        TextSink {
            delimiter: if is_csv { b',' } else { b'\t' },
            mark: match (&self.output.target, bom) {
                (Target::File(_), None) if is_csv => None,
                _ => Some(is_csv && bom == Some("yes")),
            },
        }
    }

    /// How the workbook is written.
    fn book_options(&self) -> WorkbookOptions {
        let output = &self.rules.scheme.output;
        let folder = match &self.output.target {
            Target::File(path) => path.parent(),
            Target::Stdout => None,
        };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        WorkbookOptions {
            sheet: output.sheet.clone(),
            fill_row: output.fill_row,
            plain: true,
            run: None,
            temp_dir: folder.map(Path::to_path_buf),
        }
    }

    /// What there is to say.
    fn tell(&self, (outcome, mut findings): (Outcome, Vec<Finding>), place: &str) -> Told {
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
        let inputs = vec![(place.to_owned(), outcome.rows)];
        Told {
            summary: outcome.tally.summary(&of, inputs, findings),
            columns: outcome.columns,
            warned,
        }
    }

    /// Says what there is to say, lets the outputs appear and ends the call.
    fn finish(&self, told: &Told, shown: Pending) -> Result<Exit, Stop> {
        let summary = &told.summary;
        self.screen.run_findings(&summary.findings);
        if !self.global.dry_run {
            match self.show(shown, summary, &told.columns) {
                // A reader who has seen enough is no reason to go without the files.
                Err(Stop::ClosedPipe) => {}
                other => other?,
            }
        }
        self.screen.say(&summary::line(summary));
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
            || told.warned;
        Ok(if self.task.args.strict && unsound {
            Exit::Findings
        } else {
            Exit::Done
        })
    }

    /// Lets the outputs appear: the figures, then standard output, then the files.
    fn show(&self, shown: Pending, summary: &Summary, columns: &[Finding]) -> Result<(), Stop> {
        let Pending { mut files, spooled } = shown;
        let mut closed = false;
        let mut seen = |written| match written {
            Err(Stop::ClosedPipe) => {
                closed = true;
                Ok(())
            }
            other => other,
        };
        match self.global.summary_json.as_deref().map(Target::of) {
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

/// Grades; and once more, if the formats of a workbook's numbers turn out otherwise than the first rows showed.
fn until_foreseen<T>(
    mut grade: impl FnMut(&mut Option<Vec<ColumnKind>>) -> Result<T, Reason>,
) -> Result<T, Reason> {
    let mut foreseen = None;
    match grade(&mut foreseen) {
        Err(Reason::Workbook(Misfit::Places)) => grade(&mut foreseen),
        other => other,
    }
}
