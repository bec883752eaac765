//! The sides of a comparison: what an argument of `diff` names, a graded file or a run.

use super::recorded::Known;
use super::{Global, Stop, inputs, ledger};
use regrade::compare::{self, Graded, On, Snapshot, Wanted};
use regrade::diagnostic::Finding;
use regrade::grading::Grading;
use regrade::present::workbook;
use regrade::read::{self, Input, Options, Table};
use regrade::scheme::Scheme;
use std::path::Path;
use std::sync::Arc;

/// One side of the comparison.
pub enum Side {
    /// A run of a ledger.
    Run(Box<RunSide>),
    /// A file, with the order of its grades as it says itself.
    File(Graded, Vec<Arc<str>>),
}

/// A run of a ledger, graded again.
pub struct RunSide {
    /// The run.
    pub known: Known,
    /// What it comes to; kept of the new side, for the causes, and of both for a role.
    pub grading: Option<Grading>,
    snapshot: Snapshot,
}

/// The old side's and the new side's.
pub type Sides<T> = (T, T);

/// What an argument names. This is the one place that tells runs from files.
pub fn side(
    argument: &str,
    wanted: &Wanted<'_>,
    options: &Options,
    is_new: bool,
    global: &Global,
    findings: &mut Vec<Finding>,
) -> Result<Side, Stop> {
    if is_run(argument) {
        let ledger = ledger::open(global)?;
        let known = Known::find(&ledger, argument)?;
        let grading = known.again(&ledger)?;
        let snapshot = known.snapshot(&ledger, &grading, &wanted.on, wanted.amount)?;
        return Ok(Side::Run(Box::new(RunSide {
            known,
            grading: (is_new || global.role.is_some()).then_some(grading),
            snapshot,
        })));
    }
    let (file, levels) = graded(argument, wanted, options, findings)?;
    Ok(Side::File(file, levels))
}

/// A graded file, with the order of its grades as it says itself.
pub fn graded(
    argument: &str,
    wanted: &Wanted<'_>,
    options: &Options,
    findings: &mut Vec<Finding>,
) -> Result<(Graded, Vec<Arc<str>>), Stop> {
    let input = inputs::input(argument);
    let about = read::properties(&input, options.password.as_ref());
    let sheets = about.list(workbook::SHEETS);
    let levels = about.list(workbook::LEVELS);
    let tables = open(&input, &sheets, options)?;
    let file = Graded::pick(tables, &sheets, wanted).map_err(Stop::refused)?;
    findings.extend(file.notes());
    Ok((file, levels.into_iter().map(Arc::from).collect()))
}

/// Whether an argument names a run: `@latest`, `@2024-03`, or an id where there is no such file.
pub fn is_run(argument: &str) -> bool {
    let is_id = argument.len() >= 4 && argument.bytes().all(|byte| byte.is_ascii_hexdigit());
    (argument.starts_with('@') || is_id) && !Path::new(argument).exists()
}

/// The scheme, if it says something of these files: a rules.toml that lies in the folder by chance says nothing about
/// files that do not have its key.
pub fn fitting<'a>(
    scheme: Option<&'a Scheme>,
    files: &[&Graded],
    is_named: bool,
) -> Option<&'a Scheme> {
    scheme.filter(|scheme| is_named || files.iter().all(|file| file.has_key_of(scheme)))
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

/// The files among the sides.
pub fn files(sides: [&Side; 2]) -> Vec<&Graded> {
    let files = sides.into_iter().filter_map(|side| match side {
        Side::File(file, _) => Some(file),
        Side::Run(_) => None,
    });
    files.collect()
}

/// Both sides, with the keys by which their customers are known.
pub fn snapshots(
    old: Side,
    new: Side,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(Sides<Snapshot>, Sides<Option<RunSide>>), Stop> {
    let files = files([&old, &new]);
    let keys = if files.is_empty() {
        vec![]
    } else {
        compare::keys(&files, wanted).map_err(Stop::refused)?
    };
    let mut keys = keys.into_iter();
    let mut errors = vec![];
    let mut made = [old, new].into_iter().map(|side| match side {
        Side::Run(mut run) => (std::mem::take(&mut run.snapshot), Some(*run)),
        Side::File(file, levels) => {
            let mut wanted = wanted.clone();
            if wanted.levels.is_empty() && wanted.scheme.is_none() && wanted.on == On::Grade {
                wanted.levels = levels;
            }
            let snapshot = file.snapshot(keys.next().unwrap_or_default(), &wanted, findings);
            let snapshot = snapshot.unwrap_or_else(|found| {
                errors.extend(found);
                Snapshot::default()
            });
            (snapshot, None)
        }
    });
    let (old, old_run) = made.next().unwrap_or_default();
    let (new, new_run) = made.next().unwrap_or_default();
    drop(made);
    if errors.is_empty() {
        Ok(((old, new), (old_run, new_run)))
    } else {
        Err(Stop::refused(errors))
    }
}
