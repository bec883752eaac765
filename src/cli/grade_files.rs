//! Grades from files alone, on from the graded file of the run before where there is one.

use super::inputs::{self, Loaded};
use super::rules::Rules;
use super::{Reading, Screen, Stop, side};
use regrade::book::{self, Inputs, Previous};
use regrade::compare::{self, Wanted};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{self, Grading, Past};
use regrade::read::Options;
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::path::Path;
use std::sync::Arc;

/// A grading with what it was made from.
pub struct Graded {
    /// The grading.
    pub grading: Grading,
    /// The files and how they were read. Their tables are in the grading's book.
    pub loaded: Loaded,
    /// The name and the text of the scheme.
    pub scheme: (String, String),
    /// The id of the run, where a ledger records it.
    pub run: Option<String>,
}

/// Reads files and grades them; input that must not be used stops with exit code 3. `previous` is the graded file of
/// the run before, with which they are compared where there is a list of the fields whose values may jump.
pub fn grade_files(
    files: &[String],
    previous: Option<(&str, Option<&[String]>)>,
    rules: Rules,
    reading: &Reading,
    as_of: Date,
    screen: &Screen,
) -> Result<Graded, Stop> {
    let (tables, past, loaded) =
        tables_and_past(true, files, previous, &rules.scheme, reading, as_of, screen)?;
    let scheme = Arc::new(rules.scheme);
    let grading = grading::grade(scheme, tables, as_of, past);
    let grading = sound(grading, &loaded.findings)?;
    Ok(Graded {
        grading,
        loaded,
        scheme: (rules.name, rules.text),
        run: None,
    })
}

/// A grading of input that may be used, else all that was found.
pub fn sound(grading: Grading, read: &[Finding]) -> Result<Grading, Stop> {
    if grading.findings.iter().any(book::is_refusal) {
        let mut findings = read.to_vec();
        findings.extend(grading.findings);
        return Err(Stop::refused(findings));
    }
    Ok(grading)
}

/// Reads the files of a scheme's sheets, and the graded file of the run before. Large files of events are read piece by
/// piece where they are graded once (`gather`).
pub fn tables_and_past(
    gather: bool,
    files: &[String],
    previous: Option<(&str, Option<&[String]>)>,
    scheme: &Scheme,
    reading: &Reading,
    as_of: Date,
    screen: &Screen,
) -> Result<(Inputs, Past, Loaded), Stop> {
    if files.is_empty() {
        return Err(nothing_to_grade(Path::new("regrade.db")));
    }
    let options = reading.options()?;
    let (mut tables, mut loaded) =
        inputs::load_all(scheme, files, gather.then_some(as_of), &options, screen)?;
    let mut past = Past::default();
    if let Some((file, accepted)) = previous {
        if file == "-" && files.iter().any(|file| file == "-" || file.ends_with("=-")) {
            return Err(stdin_twice());
        }
        let graded = graded_before(file, scheme, &options, &mut loaded.findings)?;
        let known = known_before(scheme, &graded, &mut loaded.findings)?;
        if let Some(accepted) = accepted {
            let customers = &tables.customers;
            let changes =
                book::changes_since_graded(scheme, customers, graded.tables(), as_of, accepted);
            let is_refused = changes.iter().any(book::is_refusal);
            loaded.findings.extend(changes);
            if is_refused {
                return Err(Stop::refused(loaded.findings));
            }
        }
        past = Past::of_file(scheme, &known);
        let before = known.into_iter().map(|known| (known.id, known.earlier));
        tables.before = before.collect();
    }
    Ok((tables, past, loaded))
}

/// The graded file of the run before.
fn graded_before(
    file: &str,
    scheme: &Scheme,
    options: &Options,
    findings: &mut Vec<Finding>,
) -> Result<compare::Graded, Stop> {
    let wanted = Wanted {
        scheme: Some(scheme),
        ..Wanted::default()
    };
    side::graded(file, &wanted, options, findings).map(|(graded, _)| graded)
}

/// What it says.
fn known_before(
    scheme: &Scheme,
    graded: &compare::Graded,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Previous>, Stop> {
    book::previous(scheme, graded.tables(), findings).map_err(|errors| {
        let mut all = std::mem::take(findings);
        all.extend(errors);
        Stop::refused(all)
    })
}

fn stdin_twice() -> Stop {
    Stop::usage(Finding::error(
        Code::Usage,
        text!(
            "standard input cannot be both the sheet and the run before",
            "标准输入不能既是表格又是上期评级"
        ),
    ))
}

/// Neither files nor a ledger.
pub fn nothing_to_grade(ledger: &Path) -> Stop {
    let ledger = ledger.display();
    Stop::usage(
        Finding::error(Code::Usage, text!("no file to grade", "没有要评级的文件"))
            .help(text!(
                "name the files, or `-` for standard input: `regrade grade customers.xlsx`",
                "请给出文件，或用 `-` 表示标准输入：`regrade grade 客户.xlsx`"
            ))
            .with_note(text!(
                "there is no ledger `{ledger}` to grade from either",
                "也没有可用来评级的台账 `{ledger}`"
            )),
    )
}
