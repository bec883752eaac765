//! Writes what a grading shows into each of its outputs: files first, then standard output, and the files appear when all
//! is written.

use super::beside::{LastRuns, beside};
use super::files::{Files, Sink, to_stdout};
use super::output::{Output, Target};
use super::{Exit, Format, Global, Screen, Stop};
use regrade::diagnostic::{Finding, Lang};
use regrade::grading::Grading;
use regrade::present::report::html;
use regrade::present::results::{Layout, Results, View};
use regrade::present::seen::Seen;
use regrade::present::summary::Summary;
use regrade::present::terminal::{Colors, TerminalOptions};
use regrade::present::workbook::{Beside, WorkbookOptions};
use regrade::present::{csv, json, markdown, record, terminal, workbook};
use regrade::report::{Promising, Report};
use regrade::scheme::model::OutputColumn;
use std::io;
use std::io::Write;

/// What is shown of a grading.
pub(super) struct Shown<'a> {
    /// Whose rows, and which names.
    pub seen: Seen,
    pub columns: Option<Vec<OutputColumn>>,
    pub lang: Lang,
    pub bom: Option<&'a str>,
    /// The id of the run, where a ledger records it.
    pub run: Option<&'a str>,
    /// The runs before it, where a ledger knows them and a workbook shows them.
    pub last: Option<LastRuns>,
    /// Whether a workbook has one sheet only.
    pub plain: bool,
    /// Who is promising, where a workbook lists them.
    pub promising: Option<Promising>,
    /// The page of it, where one is written.
    pub page: Option<Report>,
}

/// Writes all outputs: the files first, each beside its place, then standard output; then `record`
/// is called, and then the files appear.
pub(super) fn write_all(
    outputs: &[Output],
    grading: &Grading,
    shown: &Shown<'_>,
    summary: &Summary,
    global: &Global,
    screen: &Screen,
    record: &dyn Fn() -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut files = match shown.run {
        Some(_) => Files::default(),
        None => Files::reproducible(),
    };
    let mut told = vec![];
    for output in outputs {
        if let Target::File(path) = &output.target {
            let results = layout(grading, shown, output.format);
            stop_on_errors(&results)?;
            files.write(path, |out| {
                write_file(output, &results, grading, shown, summary, path, out)
            })?;
            told.extend(about_columns(output.format, shown, results.findings));
        }
    }
    let mut closed = false;
    match global.summary_json.as_deref().map(Target::of) {
        Some(Target::File(path)) => files.write(&path, |out| {
            regrade::present::summary::write_json(summary, out)
        })?,
        Some(Target::Stdout) => {
            match to_stdout(|out| regrade::present::summary::write_json(summary, out)) {
                Err(Stop::ClosedPipe) => closed = true,
                other => other?,
            }
        }
        None => {}
    }
    for output in outputs
        .iter()
        .filter(|output| output.target == Target::Stdout)
    {
        let results = layout(grading, shown, output.format);
        stop_on_errors(&results)?;
        let written = to_stdout(|out| {
            write_stream(
                output,
                &results,
                grading,
                shown,
                summary,
                screen.colors_stdout(),
                out,
            )
        });
        // `… -o graded.xlsx -o - | head`: that the reader has seen enough is no reason to go without the workbook.
        match written {
            Err(Stop::ClosedPipe) => closed = true,
            other => other?,
        }
        told.extend(about_columns(output.format, shown, results.findings));
    }
    let mut once: Vec<Finding> = vec![];
    for finding in told {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    screen.run_findings(&once);
    record()?;
    files.commit()?;
    if closed {
        Err(Stop::ClosedPipe)
    } else {
        Ok(())
    }
}

/// What there is to say about columns; nothing where the keys of JSON stand instead of them.
fn about_columns(format: Format, shown: &Shown<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let has_columns = shown.columns.is_some() || !matches!(format, Format::Json | Format::Jsonl);
    if has_columns { findings } else { vec![] }
}

fn stop_on_errors(results: &Results<'_>) -> Result<(), Stop> {
    if results.findings.iter().any(Finding::is_error) {
        return Err(Stop::Findings {
            findings: results.findings.clone(),
            source: None,
            exit: Exit::Usage,
        });
    }
    Ok(())
}

pub(super) fn layout<'a>(grading: &'a Grading, shown: &Shown<'_>, format: Format) -> Results<'a> {
    let layout = match format {
        Format::Xlsx => Layout::Workbook,
        Format::Table | Format::Md | Format::Html => Layout::Screen,
        _ => Layout::Text,
    };
    // The fixed keys of JSON need no columns; they are asked for only where the user names some.
    let entries = shown.seen.entries.clone();
    Results::new(
        grading,
        View {
            lang: shown.lang,
            entries,
            columns: shown.columns.clone(),
            layout,
        },
    )
}

fn write_file(
    output: &Output,
    results: &Results<'_>,
    grading: &Grading,
    shown: &Shown<'_>,
    summary: &Summary,
    path: &std::path::Path,
    out: &mut dyn Sink,
) -> io::Result<()> {
    match output.format {
        Format::Xlsx => output.workbook(out, |out| {
            write_workbook(results, grading, shown, summary, path.parent(), out)
        }),
        Format::Csv => {
            let bom = match shown.bom {
                Some(asked) => asked == "yes",
                None => csv::has_non_ascii(results),
            };
            csv::write(results, b',', bom, true, out)
        }
        Format::Table => {
            let options = TerminalOptions {
                width: None,
                colors: Colors::Plain,
                limit: None,
            };
            terminal::write(results, &options, out)
        }
        format => write_plain(format, results, grading, shown, out),
    }
}

fn write_stream(
    output: &Output,
    results: &Results<'_>,
    grading: &Grading,
    shown: &Shown<'_>,
    summary: &Summary,
    colors: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match output.format {
        Format::Xlsx => output.streamed_workbook(out, |out| {
            write_workbook(results, grading, shown, summary, None, out)
        }),
        Format::Csv => csv::write(results, b',', shown.bom == Some("yes"), true, out),
        Format::Table => terminal::write(results, &terminal_options(colors), out),
        format => write_plain(format, results, grading, shown, out),
    }
}

/// The formats that are the same in a file and on standard output.
fn write_plain(
    format: Format,
    results: &Results<'_>,
    grading: &Grading,
    shown: &Shown<'_>,
    mut out: &mut (impl Write + ?Sized),
) -> io::Result<()> {
    let out: &mut dyn Write = &mut out;
    match (format, &shown.columns) {
        (Format::Tsv, _) => csv::write(results, b'\t', false, true, out),
        (Format::Html, _) => shown
            .page
            .iter()
            .try_for_each(|page| html::write(page, out)),
        (Format::Md, _) => markdown::write(results, out),
        (Format::Json, Some(_)) => json::write_table(results, out),
        (Format::Json, None) => record::write_array(grading, &shown.seen.entries, shown.lang, out),
        (_, Some(_)) => json::write_lines(results, out),
        (_, None) => record::write_lines(grading, &shown.seen.entries, shown.lang, out),
    }
}

fn write_workbook(
    results: &Results<'_>,
    grading: &Grading,
    shown: &Shown<'_>,
    summary: &Summary,
    folder: Option<&std::path::Path>,
    out: &mut dyn Sink,
) -> io::Result<()> {
    let output = &grading.scheme.output;
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let options = WorkbookOptions {
        sheet: output.sheet.clone(),
        fill_row: output.fill_row,
        plain: shown.plain,
        run: shown.run.map(str::to_owned),
        temp_dir: folder.map(std::path::Path::to_path_buf),
    };
    let others = if shown.plain {
        Beside::default()
    } else {
        beside(grading, shown, shown.last.as_ref())
    };
    workbook::write(results, summary, &others, out, &options)
        .map_err(|error| io::Error::other(error.text().get(summary.lang).to_owned()))
}

/// How tables are fitted to the terminal that standard output is.
pub(super) fn terminal_options(colors: bool) -> TerminalOptions {
    let deep = std::env::var("COLORTERM").is_ok_and(|term| term == "truecolor" || term == "24bit");
    TerminalOptions {
        width: terminal_width(),
        colors: match (colors, deep) {
            (false, _) => Colors::Plain,
            (true, false) => Colors::Indexed,
            (true, true) => Colors::Rgb,
        },
        limit: None,
    }
}

/// How wide the terminal is.
pub(super) fn terminal_width() -> Option<u16> {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        // Some shells export 0 where there is no terminal.
        .filter(|columns| *columns > 0);
    columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0))
}
