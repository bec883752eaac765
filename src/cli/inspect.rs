//! `regrade inspect`: how a file is read, before anything is made of it.

use super::files::{Files, to_stdout};
use super::inputs;
use super::matching;
use super::output::{Target, files_of, keep_inputs, outputs};
use super::rules;
use super::{Exit, Format, Global, Reading, Screen, Stop};
use regrade::clean::sheet::field_headers;
use regrade::diagnostic::{Code, Finding, Severity};
use regrade::present::inspection::{self, Placed};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::scheme::Scheme;
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
    /// Write the files' section of a scheme, to be confirmed and put into rules.toml.
    #[arg(long)]
    starter: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
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
    let options = args.reading.options()?;
    let targets = outputs(global, Some(format))?;
    let inputs: Vec<PathBuf> = args
        .files
        .iter()
        .filter_map(|file| match inputs::input(file) {
            Input::File { path, .. } => Some(path),
            Input::Stdin => None,
        })
        .collect();
    keep_inputs(&files_of(&targets), &inputs)?;
    if args.starter && format == Format::Jsonl {
        let title = text!(
            "`--starter` writes TOML, not jsonl",
            "`--starter` 写出的是 TOML，不是 jsonl"
        );
        return Err(Stop::usage(Finding::error(Code::Usage, title)));
    }
    let scheme = Known::of(global)?;
    let mut starter = inspection::Starter::new(screen.lang);
    let mut text = vec![];
    let mut failed = vec![];
    for file in &args.files {
        match scheme.open(&inputs::input(file), &options, &mut failed) {
            Ok(tables) => {
                for table in &tables {
                    if args.starter {
                        starter.add(table);
                    } else if format == Format::Jsonl {
                        inspection::rows(table, rows, &mut text);
                    } else {
                        let placed = scheme.placed(table);
                        inspection::describe(table, placed.as_ref(), rows, screen.lang, &mut text);
                    }
                }
                if args.starter || format == Format::Jsonl {
                    let notes: Vec<Finding> =
                        tables.into_iter().flat_map(|table| table.notes).collect();
                    screen.run_findings(&notes);
                }
            }
            Err(findings) => failed.extend(findings),
        }
    }
    text.extend(starter.finish().into_bytes());
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

/// What the scheme knows of sheets, where one is named.
#[derive(Default)]
struct Known {
    scheme: Option<Scheme>,
    sheets: Vec<KnownSheet>,
}

impl Known {
    /// The scheme of `--rules`. A file is looked at before there is a scheme, so that one that only lies there says
    /// nothing.
    fn of(global: &Global) -> Result<Self, Stop> {
        if global.rules.is_none() {
            return Ok(Self::default());
        }
        let scheme = rules::load(global)?.scheme;
        Ok(Self {
            sheets: matching::known_sheets(&scheme),
            scheme: Some(scheme),
        })
    }

    /// The tables of a file as the scheme finds them. A file that is for none of its sheets is shown all the same, and
    /// what the scheme lacks in it is added to `said`.
    fn open(
        &self,
        input: &Input,
        options: &Options,
        said: &mut Vec<Finding>,
    ) -> Result<Vec<Table>, Vec<Finding>> {
        let read = |known: &[KnownSheet]| read::open(input, known, options, &|_, _| {});
        match read(&self.sheets) {
            Err(findings)
                if !self.sheets.is_empty()
                    && findings
                        .iter()
                        .all(|finding| finding.code == Code::UnmatchedFile)
                    && !matches!(input, Input::Stdin) =>
            {
                let warned = |finding| Finding {
                    severity: Severity::Warning,
                    ..finding
                };
                said.extend(findings.into_iter().map(warned));
                read(&[])
            }
            other => other,
        }
    }

    /// The sheet and the fields that a table is for.
    fn placed(&self, table: &Table) -> Option<Placed> {
        let scheme = self.scheme.as_ref()?;
        let name = matching::place(scheme, &self.sheets, table).ok()?;
        let sheet = scheme.sheets().find(|sheet| sheet.name == name)?;
        let mut fields = vec![String::new(); table.headers.len()];
        for field in &sheet.fields {
            for column in read::find_columns(&table.headers, &field_headers(field)) {
                fields[column] = field.name.to_string();
            }
        }
        let sheet = name.to_string();
        Some(Placed { sheet, fields })
    }
}
