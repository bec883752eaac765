//! Where the results of a call go, and in which formats.

use super::files::Sink;
use super::{Format, Global, Stop, password};
use regrade::diagnostic::{Code, Finding};
use regrade::encryption::{self, Password};
use regrade::text;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Where one output goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// An output with its format.
#[derive(Clone, Debug)]
pub struct Output {
    /// Where it goes.
    pub target: Target,
    /// What it is.
    pub format: Format,
    /// The password behind which a workbook goes.
    pub password: Option<Password>,
}

/// The outputs of a call: those named by `-o`, else standard output.
pub fn outputs(global: &Global, format: Option<Format>) -> Result<Vec<Output>, Stop> {
    outputs_at(global, &global.output, format)
}

/// The same where only some of the paths are files.
pub fn outputs_at(
    global: &Global,
    paths: &[String],
    format: Option<Format>,
) -> Result<Vec<Output>, Stop> {
    outputs_of(global, paths, format, fallback(), known)
}

/// The same of what can be a page too.
pub fn outputs_with_page(global: &Global, format: Option<Format>) -> Result<Vec<Output>, Stop> {
    let known = |format| match format {
        Format::Html => Ok(format),
        format => known(format),
    };
    outputs_of(global, &global.output, format, fallback(), known)
}

/// What standard output is if nothing is said.
pub fn fallback() -> Format {
    if io::stdout().is_terminal() {
        Format::Table
    } else {
        Format::Csv
    }
}

/// The same where standard output is written as `fallback`, if nothing else is said, and `known` says which formats
/// there are.
pub fn outputs_of(
    global: &Global,
    paths: &[String],
    format: Option<Format>,
    fallback: Format,
    known: fn(Format) -> Result<Format, Stop>,
) -> Result<Vec<Output>, Stop> {
    let password = password::to_encrypt(global)?;
    let output = |target, format| {
        let format = known(format)?;
        Ok::<_, Stop>(Output {
            target,
            format,
            password: password.clone().filter(|_| format == Format::Xlsx),
        })
    };
    if paths.is_empty() {
        let format = format.unwrap_or(fallback);
        if format == Format::Xlsx && io::stdout().is_terminal() {
            return Err(usage(text!(
                "a workbook is not for the terminal",
                "工作簿不能输出到终端"
            ))
            .into());
        }
        return all_told(vec![output(Target::Stdout, format)?], password.as_ref());
    }
    let mut outputs: Vec<Output> = vec![];
    for path in paths {
        let output = if path == "-" {
            output(Target::Stdout, format.unwrap_or(fallback))?
        } else {
            let path = PathBuf::from(path);
            let format = match (ending(&path), format) {
                (Some(ending), Some(asked)) if ending != asked && paths.len() > 1 => ending,
                (_, Some(asked)) => asked,
                (Some(ending), None) => ending,
                (None, None) => {
                    let shown = path.display();
                    return Err(usage(text!(
                        "the ending of `{shown}` names no format",
                        "`{shown}` 的扩展名不表示任何格式"
                    ))
                    .with_help(known(Format::Html).is_ok()));
                }
            };
            output(Target::File(path), format)?
        };
        if outputs.iter().any(|other| other.target.is(&output.target)) {
            return Err(named_twice(path));
        }
        outputs.push(output);
    }
    all_told(outputs, password.as_ref())
}

/// A password is for workbooks: without one among the outputs it would protect nothing.
fn all_told(outputs: Vec<Output>, password: Option<&Password>) -> Result<Vec<Output>, Stop> {
    if password.is_some() && outputs.iter().all(|output| output.password.is_none()) {
        return Err(password::nothing_to_encrypt());
    }
    Ok(outputs)
}

impl Output {
    /// Writes into `out` what `write` writes: a workbook, behind the password that the call has for it. Every workbook
    /// that a command writes goes through here.
    pub fn workbook(
        &self,
        out: &mut dyn Sink,
        write: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(password) = &self.password else {
            return write(out);
        };
        let mut memory = io::Cursor::new(vec![]);
        write(&mut memory)?;
        encryption::lock(memory.into_inner(), password, &mut { out })
    }

    /// The same for an output in which nobody can go back, as in standard output.
    pub fn streamed_workbook(
        &self,
        out: &mut dyn Write,
        write: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut memory = io::Cursor::new(vec![]);
        self.workbook(&mut memory, write)?;
        out.write_all(memory.get_ref())
    }
}

impl Target {
    /// What a path on the command line means: `-` is standard output.
    pub fn of(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Stdout
        } else {
            Self::File(path.to_path_buf())
        }
    }

    /// Whether both are one place, however they are written: `a.csv` is `./a.csv`.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => place(one) == place(other),
            (one, other) => one == other,
        }
    }
}

/// A path without links and detours, whether the file is there or not.
pub fn place(path: &Path) -> PathBuf {
    if let Ok(known) = path.canonicalize() {
        return known;
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

/// Two outputs in one place.
pub fn named_twice(path: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!("`{path}` is named twice", "`{path}` 指定了两次"),
    );
    Stop::usage(finding.help(text!(
        "give each output a name of its own",
        "请给每个输出不同的文件名"
    )))
}

/// The files among outputs.
pub fn files_of(outputs: &[Output]) -> Vec<&Path> {
    outputs
        .iter()
        .filter_map(|output| match &output.target {
            Target::File(path) => Some(path.as_path()),
            Target::Stdout => None,
        })
        .collect()
}

/// What a call writes, if it is to be files.
pub fn named(global: &Global) -> Vec<&Path> {
    let outputs = global.output.iter().map(Path::new);
    let written = outputs.chain(global.summary_json.as_deref());
    written.filter(|path| *path != Path::new("-")).collect()
}

/// Refuses to write where the ledger goes: one that is not there yet is no input, and would find something else there.
pub fn keep_ledger(outputs: &[&Path], ledgers: &[PathBuf]) -> Result<(), Stop> {
    let is_to_be = |path: &&PathBuf| !path.exists();
    let places: Vec<PathBuf> = ledgers
        .iter()
        .filter(is_to_be)
        .map(|path| place(path))
        .collect();
    match outputs
        .iter()
        .find(|output| places.contains(&place(output)))
    {
        None => Ok(()),
        Some(output) => {
            let shown = output.display();
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "`{shown}` is where the ledger goes",
                    "`{shown}` 是存放台账的位置"
                ),
            );
            Err(Stop::usage(finding.help(text!(
                "write to another file, or name another ledger with `--ledger`",
                "请输出到另一个文件，或用 `--ledger` 指定别的台账"
            ))))
        }
    }
}

/// Refuses to write over what is being read: a workbook has more worksheets than the one that is graded, and
/// `--where` leaves customers out.
pub fn keep_inputs(outputs: &[&Path], inputs: &[PathBuf]) -> Result<(), Stop> {
    // Devices and pipes are read and written without harm.
    let files: Vec<PathBuf> = inputs
        .iter()
        .filter(|input| input.is_file())
        .map(|input| place(input))
        .collect();
    match outputs.iter().find(|output| files.contains(&place(output))) {
        None => Ok(()),
        Some(output) => {
            let shown = output.display();
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "`{shown}` is an input: it would be written over",
                    "`{shown}` 是输入文件，会被覆盖"
                ),
            );
            Err(Stop::usage(
                finding.help(text!("write to another file", "请输出到另一个文件")),
            ))
        }
    }
}

/// A usage finding on its way to a [`Stop`].
struct Usage(Finding);

fn usage(title: regrade::diagnostic::Text) -> Usage {
    Usage(Finding::error(Code::Usage, title))
}

impl Usage {
    /// With the endings that there are, a page's only where one is written.
    fn with_help(self, page: bool) -> Stop {
        let page = if page { ", .html" } else { "" };
        let zh = page.replace(", ", "、");
        Stop::usage(self.0.help(text!(
            "end it in .csv, .tsv, .jsonl, .json, .xlsx{page}, .md or .txt, or give `--format`",
            "请用 .csv、.tsv、.jsonl、.json、.xlsx{zh}、.md 或 .txt 结尾，或指定 `--format`"
        )))
    }
}

impl From<Usage> for Stop {
    fn from(usage: Usage) -> Self {
        Self::usage(usage.0)
    }
}

fn known(format: Format) -> Result<Format, Stop> {
    if format == Format::Html {
        let finding = Finding::error(
            Code::NotYet,
            text!(
                "this command writes no page yet: `grade`, `report`, `diff`, `simulate`, `backtest` and `calibrate` do",
                "该命令尚不能输出网页，`grade`、`report`、`diff`、`simulate`、`backtest`、`calibrate` 可以"
            ),
        )
        .help(text!("write .xlsx or .md", "请输出 .xlsx 或 .md"));
        return Err(Stop::usage(finding));
    }
    if format == Format::Ics {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "only `regrade tasks` writes a calendar",
                "只有 `regrade tasks` 能输出日历"
            ),
        )
        .help(text!(
            "write .csv, .xlsx or .md",
            "请输出 .csv、.xlsx 或 .md"
        ));
        return Err(Stop::usage(finding));
    }
    Ok(format)
}

fn ending(path: &Path) -> Option<Format> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "csv" => Format::Csv,
        "tsv" => Format::Tsv,
        "jsonl" | "ndjson" => Format::Jsonl,
        "json" => Format::Json,
        "xlsx" => Format::Xlsx,
        "html" | "htm" => Format::Html,
        "md" => Format::Md,
        "txt" => Format::Table,
        "ics" => Format::Ics,
        _ => return None,
    })
}
