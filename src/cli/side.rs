//! The sides of a comparison: what an argument of `diff` names, a graded file or a run.

use super::{Stop, inputs};
use regrade::compare::{self, Graded, On, Snapshot, Wanted};
use regrade::diagnostic::{Code, Finding};
use regrade::present::workbook;
use regrade::read::{self, Input, Options, Table};
use regrade::text;
use std::path::Path;
use std::sync::Arc;

/// One side of the comparison.
pub enum Side {
    /// A run of a ledger.
    Run(Snapshot),
    /// A file, with the order of its grades as it says itself.
    File(Graded, Vec<Arc<str>>),
}

/// What an argument names. This is the one place that tells runs from files.
pub fn side(
    argument: &str,
    wanted: &Wanted<'_>,
    options: &Options,
    findings: &mut Vec<Finding>,
) -> Result<Side, Stop> {
    if is_run(argument) {
        return run_of(argument).map(Side::Run);
    }
    let input = inputs::input(argument);
    let about = read::properties(&input);
    let sheets = about.list(workbook::SHEETS);
    let levels = about.list(workbook::LEVELS);
    let tables = open(&input, &sheets, options)?;
    let file = Graded::pick(tables, &sheets, wanted).map_err(Stop::refused)?;
    findings.extend(file.notes());
    Ok(Side::File(
        file,
        levels.into_iter().map(Arc::from).collect(),
    ))
}

/// Whether an argument names a run: `@latest`, `@2024-03`, or an id where there is no such file.
fn is_run(argument: &str) -> bool {
    let is_id = argument.len() >= 4 && argument.bytes().all(|byte| byte.is_ascii_hexdigit());
    (argument.starts_with('@') || is_id) && !Path::new(argument).exists()
}

/// A run of the ledger.
fn run_of(argument: &str) -> Result<Snapshot, Stop> {
    let finding = Finding::error(
        Code::NotYet,
        text!(
            "`{argument}` names a run; this version compares files only",
            "`{argument}` 是批次名；此版本只能比较文件"
        ),
    );
    Err(Stop::usage(
        finding.help(text!("name two graded files", "请给出两个评级文件")),
    ))
}

/// The tables of a file. A workbook that regrade wrote says itself which of its worksheets count.
fn open(input: &Input, sheets: &[String], options: &Options) -> Result<Vec<Table>, Stop> {
    let whole = |input: &Input| read::open(input, &[], options, &|_, _| {});
    let asked = matches!(
        input,
        Input::File {
            worksheet: Some(_),
            ..
        }
    );
    if let (Input::File { path, name, .. }, false) = (input, asked || sheets.is_empty()) {
        let tables: Result<Vec<Vec<Table>>, _> = sheets
            .iter()
            .map(|sheet| {
                whole(&Input::File {
                    path: path.clone(),
                    name: name.clone(),
                    worksheet: Some(sheet.clone()),
                })
            })
            .collect();
        // Somebody may have given a worksheet another name; then it is found by its headers.
        if let Ok(tables) = tables {
            return Ok(tables.into_iter().flatten().collect());
        }
    }
    whole(input).map_err(Stop::refused)
}

/// Both sides, with the keys by which their customers are known.
pub fn snapshots(
    old: Side,
    new: Side,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(Snapshot, Snapshot), Stop> {
    let files: Vec<&Graded> = [&old, &new]
        .into_iter()
        .filter_map(|side| match side {
            Side::File(file, _) => Some(file),
            Side::Run(_) => None,
        })
        .collect();
    let keys = if files.is_empty() {
        vec![]
    } else {
        compare::keys(&files, wanted).map_err(Stop::refused)?
    };
    let mut keys = keys.into_iter();
    let mut errors = vec![];
    let mut made = [old, new].into_iter().map(|side| match side {
        Side::Run(snapshot) => snapshot,
        Side::File(file, levels) => {
            let mut wanted = wanted.clone();
            if wanted.levels.is_empty() && wanted.scheme.is_none() && wanted.on == On::Grade {
                wanted.levels = levels;
            }
            let snapshot = file.snapshot(keys.next().unwrap_or_default(), &wanted, findings);
            snapshot.unwrap_or_else(|found| {
                errors.extend(found);
                Snapshot::default()
            })
        }
    });
    let both = (
        made.next().unwrap_or_default(),
        made.next().unwrap_or_default(),
    );
    drop(made);
    if errors.is_empty() {
        Ok(both)
    } else {
        Err(Stop::refused(errors))
    }
}
