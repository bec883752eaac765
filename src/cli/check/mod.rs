//! `regrade check`: lint a scheme; with files, check the data too; without, count the customers of the ledger.

mod stocked;

use super::as_of::as_of;
use super::candidate::sources;
use super::files::{Files, Reader, write_outputs};
use super::import::known_jumps;
use super::inputs::{self, Loaded};
use super::last_import::{is_of_change, last_import};
use super::matching;
use super::output::{Output, Target, keep_inputs, outputs};
use super::rules::{self, Rules};
use super::{Exit, Format, Global, Reading, Screen, Stop, duplicates, ledger, list, summary_json};
use regrade::book::{self, Arrival, Filing, Inputs};
use regrade::diagnostic::render::Source;
use regrade::diagnostic::{Finding, Lang, Severity, Text};
use regrade::grading::{Grading, Past, grade};
use regrade::ledger::{Import, Ledger};
use regrade::present::listing::Listing;
use regrade::present::problems::Problems;
use regrade::present::workbook;
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::scheme::lint::{self, linted, touched, windows};
use regrade::table::Date;
use regrade::text;
use regrade::words::how_many;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Arguments of `check`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets, as for `grade`; some of them will do. With `--ledger` each is compared with the
    /// last import of its source as well. Without files the customers are those of the ledger, if there is one.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The values of this field are true, though those of most customers have changed by a power of ten.
    #[arg(long, value_name = "FIELD")]
    accept_jump: Vec<String>,
    /// End with 1 if there are warnings.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let is_asked = !global.output.is_empty() || global.format.is_some();
    let targets = if is_asked {
        outputs(global, global.format)?
    } else {
        vec![]
    };
    let rules = rules::load(global)?;
    known_jumps(&rules.scheme, &args.accept_jump)?;
    let mut read = inputs::paths(&rules.scheme, &args.files)?;
    read.push(rules::path(global));
    let is_stocked = args.files.is_empty() && stocked::is_there(global);
    read.extend(is_stocked.then(|| ledger::path(global)));
    keep_inputs(&summary_json::files_beside(&targets, global)?, &read)?;
    let (as_of, (data, files, graded)) = if is_stocked {
        stocked::data(&rules, global)?
    } else {
        let as_of = as_of(global)?;
        let data = if args.files.is_empty() {
            (stocked::missing(global).into_iter().collect(), vec![], None)
        } else {
            data(args, &rules.scheme, as_of, global, screen)?
        };
        (as_of, data)
    };
    let mut found = rules.findings.clone();
    let linted = linted(&rules.scheme, &rules.text, as_of);
    found.extend(touched(linted, graded.as_ref()));
    found.extend(
        graded
            .iter()
            .flat_map(|graded| windows(&rules.scheme, &graded.book)),
    );
    let is_file = |output: &Output| output.target != Target::Stdout;
    if targets.iter().all(is_file) {
        tell(&rules, &found, &data, screen);
    }
    let worst = found.iter().chain(&data).map(|found| found.severity).max();
    // What `import` and `grade` would not take is told apart from what they would set aside.
    let refused = data.iter().any(book::is_refusal);
    found.extend(data);
    let problems = Problems {
        lang: global.lang.map_or(rules.scheme.language, Lang::from),
        scheme: (&rules.scheme.name, &rules.scheme.version),
        scheme_text: &rules.text,
        as_of,
        files: &files,
        findings: &found,
    };
    write_all(&targets, &problems, global)?;
    Ok(match worst {
        _ if refused => Exit::Refused,
        Some(Severity::Error) => Exit::Findings,
        Some(Severity::Warning) if args.strict => Exit::Findings,
        _ => Exit::Done,
    })
}

/// What there is to say of the data, which files it is from with their rows, and what the scheme makes of them: nothing where
/// some are missing or refused.
type Data = (Vec<Finding>, Vec<(String, usize)>, Option<Grading>);

/// Reads and checks the files.
fn data(
    args: &Args,
    scheme: &Scheme,
    as_of: Date,
    global: &Global,
    screen: &Screen,
) -> Result<Data, Stop> {
    let options = args.reading.options()?;
    let loaded = inputs::load(scheme, &args.files, &options, screen)?;
    inputs::refuse_repairs(&loaded)?;
    let Loaded {
        tables,
        files,
        mut findings,
        ..
    } = loaded;
    let mut sheets = Inputs::empty(scheme);
    for (sheet, table) in &tables {
        sheets.put(scheme, sheet, table.clone(), None);
    }
    let missing = matching::missing_sheets(scheme, &sheets);
    let before = Compared::new(global, scheme, as_of, &args.accept_jump)?;
    let sources = sources(&tables, None, &before.known);
    let tables = tables.iter().zip(&sources);
    if missing.is_empty() {
        let compared = tables.filter(|_| before.ledger.is_some());
        for ((sheet, table), source) in compared {
            let said = before.of(sheet, table, source, &sheets)?.into_iter();
            findings.extend(said.filter(|finding| is_of_change(scheme, finding)));
        }
        let scheme_of_book = Arc::new(scheme.clone());
        let book = book::assemble(scheme_of_book.clone(), sheets.clone(), as_of);
        let (rows, undecided) = (book.customers.as_ref(), BTreeMap::new());
        let looked =
            rows.and_then(|rows| duplicates::looked(scheme, &book.roster, rows, &undecided));
        let suspects = looked.map(|looked| looked.suspects()).unwrap_or_default();
        findings.extend(book.findings);
        findings.extend(duplicates::suspected(&suspects));
        let refused = findings.iter().any(book::is_refusal);
        let graded = (!refused).then(|| grade(scheme_of_book, sheets, as_of, Past::default()));
        return Ok((findings, files, graded));
    }
    // What stands in the files can be checked without the others; whether they fit together cannot.
    for ((sheet, table), source) in tables {
        findings.extend(before.of(sheet, table, source, &sheets)?);
    }
    findings.extend(missing.into_iter().map(|finding| {
        finding.with_severity(Severity::Note).with_note(text!(
            "only what stands in the files that are there is checked",
            "只检查已给出的文件本身"
        ))
    }));
    Ok((findings, files, None))
}

/// The ledger to compare with, if one is named.
struct Compared<'a> {
    ledger: Option<Ledger>,
    /// Its imports.
    known: Vec<Import>,
    scheme: &'a Scheme,
    as_of: Date,
    jumps: &'a [String],
}

impl<'a> Compared<'a> {
    fn new(
        global: &Global,
        scheme: &'a Scheme,
        as_of: Date,
        jumps: &'a [String],
    ) -> Result<Self, Stop> {
        let ledger = global.ledger.is_some().then(|| ledger::open(global));
        let ledger = ledger.transpose()?;
        let known = ledger.as_ref().map(|ledger| {
            let imports = ledger.imports();
            imports.map_err(|error| ledger::trouble(ledger.path(), &error))
        });
        Ok(Self {
            ledger,
            known: known.transpose()?.unwrap_or_default(),
            scheme,
            as_of,
            jumps,
        })
    }

    /// What importing a table of a source would say.
    fn of(
        &self,
        sheet: &str,
        table: &Table,
        source: &str,
        sheets: &Inputs,
    ) -> Result<Vec<Finding>, Stop> {
        let filing = Filing::named(source, self.as_of, 0);
        let before = self.last(sheet, source)?;
        let arrival = Arrival::new(self.scheme, sheet, table, &filing, sheets);
        let findings = arrival.map(|arrival| {
            let compared = arrival.after(before, sheets, self.jumps);
            compared.take_in().findings
        });
        Ok(findings.unwrap_or_default())
    }

    fn last(&self, sheet: &str, source: &str) -> Result<Option<(Table, Filing)>, Stop> {
        let Some(ledger) = &self.ledger else {
            return Ok(None);
        };
        let trouble = |error| ledger::trouble(ledger.path(), &error);
        let known = ledger.imports_of(sheet, source).map_err(trouble)?;
        last_import(ledger, self.scheme, sheet, &known, self.as_of).map_err(trouble)
    }
}

/// Says what was found on standard error.
fn tell(rules: &Rules, found: &[Finding], data: &[Finding], screen: &Screen) {
    screen.findings(
        found,
        Some(Source {
            name: &rules.name,
            text: &rules.text,
        }),
    );
    screen.findings(data, None);
    let count = |severity| {
        let all = found.iter().chain(data);
        all.filter(|finding| finding.severity == severity).count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let undecided = found
        .iter()
        .filter(|finding| lint::is_undecided(finding))
        .count();
    let name = &rules.name;
    screen.say(&match (errors, warnings) {
        (0, 0) if undecided > 0 => text!(
            "{name}: nothing found; {undecided} not decided",
            "{name}：没有发现问题；{undecided} 项未能判定"
        ),
        (0, 0) => text!("{name}: nothing found", "{name}：没有发现问题"),
        _ => Text {
            en: format!(
                "{name}: {}, {}",
                how_many(errors, "error"),
                how_many(warnings, "warning")
            ),
            zh: format!("{name}：{errors} 个错误，{warnings} 个警告"),
        },
    });
}

/// Writes the findings into every output: files first, then standard output. A dry run shows what goes there for
/// `--summary-json`, and no more.
fn write_all(targets: &[Output], problems: &Problems<'_>, global: &Global) -> Result<(), Stop> {
    let mut files = Files::default();
    summary_json::put(global, &mut files, |out| problems.write_json(out))?;
    let mut reader = Reader::Stayed;
    if !global.dry_run {
        reader = write_outputs(targets, &mut files, |output, out| match output.format {
            Format::Xlsx => out.workbook(output, |out| {
                workbook::write_problems(problems, out).map_err(io::Error::other)
            }),
            _ => out.text(|out| render(output, problems, out)),
        })?;
    }
    let shown = summary_json::show(global, |out| problems.write_json(out))?;
    let reader = reader.and(shown);
    files.commit()?;
    reader.end()
}

/// Writes the findings as text.
fn render(output: &Output, problems: &Problems<'_>, out: &mut dyn Write) -> io::Result<()> {
    match output.format {
        Format::Json => problems.write_json(out),
        Format::Jsonl => problems.write_lines(out),
        _ => {
            let listing = Listing::new(problems.lang, &Problems::columns(), problems.rows());
            list::render(output, &listing, None, out)
        }
    }
}
