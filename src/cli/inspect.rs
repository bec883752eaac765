//! `regrade inspect`: how a file is read, before anything is made of it.

use super::inputs;
use super::output::{Files, Target, files_of, keep_inputs, outputs, to_stdout};
use super::{Exit, Format, Global, Reading, Screen, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::present::inspection;
use regrade::read::{self, Input};
use regrade::text;
use std::path::PathBuf;

/// Arguments of `inspect`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The files; `FILE[WORKSHEET]` names a worksheet, `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// How many rows to show: a number, or `all`.
    #[arg(long, value_name = "N", default_value = "5")]
    rows: String,
    #[command(flatten)]
    reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let rows = match args.rows.as_str() {
        "all" => usize::MAX,
        number => number.parse().map_err(|_| {
            Stop::usage(Finding::error(
                Code::Usage,
                text!(
                    "`--rows {number}` is neither a number nor `all`",
                    "`--rows {number}` 既不是数字也不是 `all`"
                ),
            ))
        })?,
    };
    let format = match global.format {
        None | Some(Format::Table) => Format::Table,
        Some(Format::Jsonl) => Format::Jsonl,
        Some(_) => {
            return Err(Stop::usage(
                Finding::error(
                    Code::Usage,
                    text!(
                        "`inspect` shows text or jsonl",
                        "`inspect` 只输出文本或 jsonl"
                    ),
                )
                .help(text!(
                    "use `--format table` or `--format jsonl`",
                    "请用 `--format table` 或 `--format jsonl`"
                )),
            ));
        }
    };
    let options = inputs::options(&args.reading)?;
    let targets = outputs(&global.output, Some(format))?;
    let inputs: Vec<PathBuf> = args
        .files
        .iter()
        .filter_map(|file| match inputs::input(file) {
            Input::File { path, .. } => Some(path),
            Input::Stdin => None,
        })
        .collect();
    keep_inputs(&files_of(&targets), &inputs)?;
    let mut text = vec![];
    let mut failed = vec![];
    for file in &args.files {
        match read::open(&inputs::input(file), &[], &options, &|_, _| {}) {
            Ok(tables) => {
                for table in &tables {
                    if format == Format::Jsonl {
                        inspection::rows(table, rows, &mut text);
                    } else {
                        inspection::describe(table, rows, screen.lang, &mut text);
                    }
                }
                if format == Format::Jsonl {
                    let notes: Vec<Finding> =
                        tables.into_iter().flat_map(|table| table.notes).collect();
                    screen.run_findings(&notes);
                }
            }
            Err(findings) => failed.extend(findings),
        }
    }
    let mut files = Files::default();
    for output in &targets {
        match &output.target {
            Target::Stdout => to_stdout(|out| out.write_all(&text))?,
            Target::File(path) => files.write(path, |out| std::io::Write::write_all(out, &text))?,
        }
    }
    files.commit()?;
    if failed.iter().any(Finding::is_error) {
        return Err(Stop::refused(failed));
    }
    screen.run_findings(&failed);
    Ok(Exit::Done)
}
