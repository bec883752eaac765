//! Opens the files of a command line and puts their tables where they belong.

use super::matching::{known_sheets, missing_sheets, place};
use super::reading::Progress;
use super::{Screen, Stop};
use regrade::book::{self, Gathered, Inputs, SheetKind};
use regrade::diagnostic::{Code, Finding};
use regrade::read::blocks::{Blocks, TextFile};
use regrade::read::{self, DEFAULT_MEMORY, Input, KnownSheet, Options, Table};
use regrade::repair;
use regrade::scheme::Scheme;
use regrade::table::{Date, RawRows};
use regrade::text;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The tables of the command line in its order, and what is to be said about how they were read.
pub struct Loaded {
    /// The tables, each with the name of its sheet.
    pub tables: Vec<(Arc<str>, Table)>,
    /// Pages of repair workbooks, which are no sheets of their own.
    pub repairs: Vec<Table>,
    /// Names of the files with the rows read from each.
    pub files: Vec<(String, usize)>,
    /// Notes and warnings.
    pub findings: Vec<Finding>,
}

/// One argument: `FILE`, `SHEET=FILE`, `FILE[WORKSHEET]`, `-`.
struct Argument {
    sheet: Option<String>,
    input: Input,
    name: String,
}

/// The files that are named, without what says how they are read.
pub fn paths(scheme: &Scheme, files: &[String]) -> Result<Vec<PathBuf>, Stop> {
    let known = known_sheets(scheme);
    let mut paths = vec![];
    for file in files {
        if let Input::File { path, .. } = argument(file, &known)?.input {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Reads the files of all sheets of a scheme, and puts their tables where they belong. Where they are wanted for one call
/// and as of one date (`gather`), large files of event sheets are read piece by piece.
pub fn load_all(
    scheme: &Scheme,
    files: &[String],
    gather: Option<Date>,
    options: &Options,
    screen: &Screen,
) -> Result<(Inputs, Loaded), Stop> {
    let (mut loaded, mut gathered) = load_as(scheme, files, gather, options, screen)?;
    let sheets = |kind: usize| {
        let of_kind = |sheet: &str| SheetKind::of(scheme, sheet) == Some(SheetKind::Events(kind));
        let tables = loaded.tables.iter();
        tables.filter(|(sheet, _)| of_kind(sheet)).count()
    };
    if gathered.keys().any(|kind| sheets(*kind) > 1) {
        // Whether rows stand in two files is seen only where both are there.
        (loaded, gathered) = load_as(scheme, files, None, options, screen)?;
    }
    let mut inputs = Inputs::empty(scheme);
    for (sheet, table) in std::mem::take(&mut loaded.tables) {
        inputs.put(scheme, &sheet, table, None);
    }
    inputs.gathered = gathered;
    refuse_repairs(&loaded)?;
    let missing = missing_sheets(scheme, &inputs);
    if missing.is_empty() {
        return Ok((inputs, loaded));
    }
    let mut findings = loaded.findings;
    findings.extend(missing);
    Err(Stop::refused(findings))
}

/// Reads files for the sheets of a scheme. Faults of all files are told at once.
pub fn load(
    scheme: &Scheme,
    files: &[String],
    options: &Options,
    screen: &Screen,
) -> Result<Loaded, Stop> {
    load_as(scheme, files, None, options, screen).map(|(loaded, _)| loaded)
}

/// What event sheets say that were read piece by piece, by their places in the scheme; their tables have no rows.
type GatheredSheets = BTreeMap<usize, Gathered>;

fn load_as(
    scheme: &Scheme,
    files: &[String],
    gather: Option<Date>,
    options: &Options,
    screen: &Screen,
) -> Result<(Loaded, GatheredSheets), Stop> {
    let known = known_sheets(scheme);
    let mut gathered = GatheredSheets::new();
    let mut loaded = Loaded {
        tables: vec![],
        repairs: vec![],
        files: vec![],
        findings: vec![],
    };
    let mut errors = vec![];
    let progress = Progress::new(screen);
    for file in files {
        let argument = argument(file, &known)?;
        let wanted = wanted(&argument, &known);
        if let Some(as_of) = gather
            && let Some((sheet, table, (kind, rows))) =
                gather_rows(scheme, &argument.input, &wanted, options, as_of)
        {
            gathered.insert(kind, rows);
            loaded.put(sheet, table);
            continue;
        }
        match read::open(&argument.input, &wanted, options, &|done, all| {
            progress.show(&argument.name, done, all);
        }) {
            Ok(tables) => {
                for table in tables {
                    if repair::is_page(&table.headers) {
                        loaded.repairs.push(table);
                        continue;
                    }
                    if repair::has_lost_mark(&table.headers) {
                        errors.push(repair::lost_mark(&table));
                        continue;
                    }
                    match place(scheme, &wanted, &table) {
                        Ok(sheet) => loaded.put(sheet, table),
                        Err(finding) => errors.push(finding),
                    }
                }
            }
            Err(findings) if findings.iter().any(Finding::is_error) => errors.extend(findings),
            Err(findings) => loaded.findings.extend(findings),
        }
    }
    progress.done();
    if errors.is_empty() {
        return Ok((loaded, gathered));
    }
    let mut findings = loaded.findings;
    findings.extend(errors);
    Err(Stop::refused(findings))
}

/// Smaller files are read whole as fast.
const WORTH_GATHERING: u64 = 8 << 20;

/// How much of a file is read at once, in bytes: the caches of a core should hold it.
const PIECE: usize = 1 << 20;

/// The rows of a file of an event sheet, read piece by piece, with the sheet's name and place in the scheme and a table
/// without rows; `None` where the file is to be read whole.
fn gather_rows(
    scheme: &Scheme,
    input: &Input,
    wanted: &[KnownSheet],
    options: &Options,
    as_of: Date,
) -> Option<(Arc<str>, Table, (usize, Gathered))> {
    // Most calls have no sheet that can be gathered: then nothing is read twice.
    let mut events = scheme.events.iter();
    events.find(|rule| book::can_be_gathered(scheme, rule).is_ok())?;
    // It holds what the whole way holds, but does not count it.
    if options.guard.memory < DEFAULT_MEMORY {
        return None;
    }
    let size = |path: &Path| path.metadata().map_or(0, |about| about.len());
    if !matches!(input, Input::File { path, .. } if size(path) >= WORTH_GATHERING) {
        return None;
    }
    let file = TextFile::open(input, wanted, options).ok()?;
    if !file.head().is_plain() {
        return None;
    }
    let mut table = file.head().table();
    if repair::is_page(&table.headers) || repair::has_lost_mark(&table.headers) {
        return None;
    }
    let sheet = place(scheme, wanted, &table).ok()?;
    let Some(SheetKind::Events(kind)) = SheetKind::of(scheme, &sheet) else {
        return None;
    };
    let (rule, head) = (&scheme.events[kind], file.head());
    let blocks = Blocks::of_lines(file.rows(), head.line(), PIECE);
    let gathered = book::gather(scheme, rule, head, &blocks, as_of).ok()?;
    if !file.is_unchanged() {
        return None;
    }
    table.rows = RawRows::left_out(table.header_row + 1, gathered.rows);
    Some((sheet, table, (kind, gathered)))
}

/// Repair workbooks are read back into a ledger; they are no sheets to grade from.
pub fn refuse_repairs(loaded: &Loaded) -> Result<(), Stop> {
    let Some(page) = loaded.repairs.first() else {
        return Ok(());
    };
    let file = &page.origin.file;
    let finding = Finding::error(
        Code::UnmatchedFile,
        text!(
            "`{file}` is a repair workbook: its rows are those that could not be used",
            "`{file}` 是修正表，只有待修正的行"
        ),
    );
    Err(Stop::refused(vec![finding.help(text!(
        "read it back into the ledger first: `regrade review {file}`",
        "请先读回台账：`regrade review {file}`"
    ))]))
}

impl Loaded {
    fn put(&mut self, sheet: Arc<str>, mut table: Table) {
        self.findings.append(&mut table.notes);
        self.files
            .push((table.origin.place().to_string(), table.rows.len()));
        self.tables.push((sheet, table));
    }
}

fn argument(file: &str, known: &[KnownSheet]) -> Result<Argument, Stop> {
    let (sheet, rest) = match file.split_once('=') {
        Some((name, rest)) if known.iter().any(|known| *known.name == *name) => {
            (Some(name.to_owned()), rest)
        }
        // `orders=FILE` with a name that no sheet has is a slip, unless such a file exists.
        Some((name, _)) if !std::path::Path::new(file).exists() && !name.contains(['/', '.']) => {
            let names: Vec<&str> = known.iter().map(|known| &*known.name).collect();
            let list = names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Stop::usage(
                Finding::error(
                    Code::Usage,
                    text!(
                        "`{name}` is no sheet of the scheme",
                        "`{name}` 不是方案中的表"
                    ),
                )
                .help(text!("its sheets are {list}", "方案中的表：{list}")),
            ));
        }
        _ => (None, file),
    };
    if rest == "-" {
        return Ok(Argument {
            sheet,
            input: Input::Stdin,
            name: "-".to_owned(),
        });
    }
    Ok(Argument {
        sheet,
        input: input(rest),
        name: rest.to_owned(),
    })
}

/// A file, with the worksheet in brackets if the name with brackets is not itself a file.
pub fn input(file: &str) -> Input {
    if file == "-" {
        return Input::Stdin;
    }
    if let Some((name, worksheet)) = file
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['))
        && !std::path::Path::new(file).exists()
    {
        return Input::File {
            path: PathBuf::from(name),
            name: name.to_owned(),
            worksheet: Some(worksheet.to_owned()),
        };
    }
    Input::File {
        path: PathBuf::from(file),
        name: file.to_owned(),
        worksheet: None,
    }
}

/// A single file, if it is all there is, and no pipe.
pub struct Single {
    /// The file.
    pub input: Input,
    /// The sheets that it may be for.
    pub wanted: Vec<KnownSheet>,
}

impl Single {
    /// The one of `files`.
    pub fn of(scheme: &Scheme, files: &[String]) -> Option<Self> {
        let [file] = files else { return None };
        let known = known_sheets(scheme);
        let argument = argument(file, &known).ok()?;
        let wanted = wanted(&argument, &known);
        let is_file = matches!(&argument.input, Input::File { path, name, .. }
            if path.is_file() && !name.is_empty() && !read::is_lock_file(path));
        is_file.then_some(Self {
            input: argument.input,
            wanted,
        })
    }
}

/// The sheets that a file may be for.
fn wanted(argument: &Argument, known: &[KnownSheet]) -> Vec<KnownSheet> {
    if let Some(sheet) = &argument.sheet {
        let named = known.iter().filter(|known| *known.name == **sheet);
        named.cloned().collect()
    } else {
        // A repair workbook has the headers of the sheet that its rows are of, and one that no sheet has.
        let page = repair::known_page();
        known.iter().cloned().chain([page]).collect()
    }
}
