//! `regrade simulate`: another scheme on the same data. Nothing is recorded; it says who would move, and why.

use super::as_of::as_of;
use super::audit::Exported;
use super::diff::{classes, styles, write_all};
use super::gate::{self, Figures, Gate};
use super::grade_files::grade_files;
use super::output::{Output, Target, files_of, keep_inputs, outputs_with_page};
use super::people::People;
use super::recorded::{Known, known_names};
use super::rules::{self, Rules};
use super::stock::{Make, stock};
use super::{Exit, Format, Global, Reading, Screen, Stop, audit, import, inputs, ledger, role};
use regrade::book;
use regrade::compare::{self, Cause, On, Recorded, Renamed, Snapshot};
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::grading::{Grading, grade};
use regrade::ledger::{Error, rows};
use regrade::present::diff::{self, Diff, cuts};
use regrade::present::summary::summarise;
use regrade::roles;
use regrade::text;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `simulate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets; without any the data of a run of the ledger.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The scheme to compare with; without it the run's own, or with `--set` the scheme as it is written.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The run of the ledger: @latest, @previous, @2024-03, an id or a graded workbook of it.
    #[arg(long, value_name = "RUN", default_value = "@latest")]
    run: String,
    /// What to compare: grade, type, or the name of a dimension.
    #[arg(long, value_name = "WHAT", default_value = "grade")]
    on: String,
    /// A field, metric or value, for the sums of the matrix.
    #[arg(long, value_name = "NAME")]
    amount: Option<String>,
    /// List only these: downgraded, upgraded, changed, unrated, unchanged.
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    only: Vec<String>,
    /// Write nothing and end with 1 if this holds, such as 'downgraded > 0.05'.
    #[arg(long, value_name = "CONDITION")]
    fail_on: Vec<String>,
    /// End with 1 if anybody would move.
    #[arg(long)]
    exit_code: bool,
    /// The graded file of the run before, as for `grade`.
    #[arg(long, value_name = "FILE", requires = "files")]
    previous: Option<String>,
    /// A span that event files cover, whatever their rows, as for `grade`.
    #[arg(long, value_name = "SPAN", requires = "files")]
    covers: Vec<String>,
    #[command(flatten)]
    reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs_with_page(global, global.format)?;
    let gates = args.fail_on.iter().map(|gate| Gate::parse(gate));
    let gates = gates.collect::<Result<Vec<_>, _>>()?;
    let only = classes(&args.only)?;
    let new = rules::load(global)?;
    let mut read = inputs::paths(&new.scheme, &args.files)?;
    read.push(rules::path(global));
    read.extend(args.against.clone());
    read.extend(args.previous.as_ref().map(PathBuf::from));
    keep_inputs(&files_of(&outputs), &read)?;
    let pair = if args.files.is_empty() {
        from_ledger(args, new, global)?
    } else {
        from_files(args, new, global, screen)?
    };
    let (gated, pair) = seen(pair, global)?;
    let on = match On::parse(&args.on) {
        On::Grade if pair.new.scheme.grades.is_empty() => On::Type,
        on => on,
    };
    known_names(&pair.new.scheme, &on, args.amount.as_deref())?;
    let lang = global.lang.map_or(pair.new.scheme.language, Lang::from);
    let side = |grading: &Grading| snapshot(grading, &on, args.amount.as_deref(), lang);
    let mut old = side(&pair.old);
    old.rename(&Renamed::of(&pair.new.scheme, &on));
    let mut comparison = compare::compare(&old, &side(&pair.new));
    for found in &mut comparison.moves {
        // Nothing differs but the scheme.
        found.cause = found.is_move().then_some(Cause::Scheme);
    }
    let shares = |grading: &Grading| summarise(grading, lang, "", vec![], vec![]).grades;
    let diff = Diff {
        lang,
        names: pair.names,
        on: args.on.clone(),
        amount: args.amount.clone(),
        styles: styles(&comparison.levels, Some(&pair.new.scheme)),
        only,
        cuts: cuts(&shares(&pair.old), &shares(&pair.new)),
        comparison,
    };
    screen.run_findings(&pair.findings);
    let as_of = pair.new.book.as_of;
    let figures = match &gated {
        // A gate is about everybody, whoever sees the list.
        Some((old, new)) => {
            let mut old = side(old);
            old.rename(&Renamed::of(&pair.new.scheme, &on));
            Figures::of_comparison(&compare::compare(&old, &side(new)), as_of)
        }
        None => Figures::of_comparison(&diff.comparison, as_of),
    };
    let hit = gate::hits(&gates, &figures);
    if !hit.is_empty() {
        screen.findings(&hit, None);
        return Ok(Exit::Findings);
    }
    if !global.dry_run {
        write_all(&outputs, &diff, None, screen)?;
        // What is tried out is nobody's export, unless it is made for somebody.
        if args.files.is_empty() && global.role.is_some() {
            let exported = Exported {
                command: "simulate",
                run: None,
                rows: diff.comparison.moves.len(),
                role: pair.new.role.as_deref(),
            };
            audit::after(global, &outputs, &exported, screen);
        }
    }
    let is_seen = |output: &Output| {
        output.target == Target::Stdout && matches!(output.format, Format::Table | Format::Md)
    };
    if global.dry_run || !outputs.iter().any(is_seen) {
        screen.say(&diff::line(&diff));
    }
    let moved = diff.comparison.movers().next().is_some();
    Ok(if args.exit_code && moved {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// The same data under two schemes.
struct Pair {
    old: Grading,
    new: Grading,
    names: (String, String),
    findings: Vec<Finding>,
}

/// Both gradings as the role sees them, with those that everybody's figures come from; the pair as it is without a role.
fn seen(pair: Pair, global: &Global) -> Result<(Option<(Grading, Grading)>, Pair), Stop> {
    let (old, new) = (&pair.old.scheme, &pair.new.scheme);
    let (Some(old), Some(new)) = (role::viewer(global, old)?, role::viewer(global, new)?) else {
        return Ok((None, pair));
    };
    let seen = Pair {
        old: old.see(&pair.old),
        new: new.see(&pair.new),
        names: pair.names,
        findings: roles::withheld(&pair.findings),
    };
    Ok((Some((pair.old, pair.new)), seen))
}

fn from_files(args: &Args, new: Rules, global: &Global, screen: &Screen) -> Result<Pair, Stop> {
    let old = match (&args.against, global.set.is_empty()) {
        (Some(path), _) => rules::load_from(path, &[])?,
        (None, false) => rules::load_from(&rules::path(global), &[])?,
        (None, true) => return Err(nothing_to_compare()),
    };
    let reads_stdin = |file: &String| file == "-" || file.ends_with("=-");
    let mut files = args.files.iter().chain(&args.previous);
    if files.any(reads_stdin) {
        return Err(read_once());
    }
    let as_of = as_of(global)?;
    let covers = import::spans(&args.covers)?;
    let names = (
        name_of(&old, text!("as written", "原样")),
        name_of(&new, text!("--set", "--set")),
    );
    let grade = |mut rules: Rules| {
        for event in &mut rules.scheme.events {
            event.coverage.extend(&covers);
        }
        // Both sides read the same files, so that nothing of theirs can have slipped between them.
        let previous = args.previous.as_deref().map(|file| (file, None));
        grade_files(&args.files, previous, rules, &args.reading, as_of, screen)
    };
    let (old, new) = (grade(old)?, grade(new)?);
    let lang = global.lang.map_or(new.grading.scheme.language, Lang::from);
    let named = |(file, what): (String, Text)| format!("{file} ({})", what.get(lang));
    Ok(Pair {
        names: (named(names.0), named(names.1)),
        old: old.grading,
        new: new.grading,
        findings: new.loaded.findings,
    })
}

fn from_ledger(args: &Args, new: Rules, global: &Global) -> Result<Pair, Stop> {
    let ledger = ledger::open(global)?;
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let known = Known::find(&ledger, &args.run)?;
    let previous = match known.run.previous {
        Some(number) => ledger.run_by_number(number).map_err(trouble)?,
        None => None,
    };
    let make = |rules: &Rules| -> Result<Grading, Stop> {
        let stock = stock(
            &ledger,
            Make {
                scheme: &rules.scheme,
                text: &rules.text,
                as_of: known.run.as_of,
                previous: previous.clone(),
                left: None,
                data: Some(&known.run),
                people: People::KnownTo(&known.run),
                merges: None,
                ahead_of_time: false,
            },
        )?;
        let scheme = Arc::new(rules.scheme.clone());
        sound(grade(scheme, stock.inputs, known.run.as_of, stock.past))
    };
    let old = if let Some(path) = &args.against {
        rules::load_from(path, &[])?
    } else {
        let name = format!("{} {}", known.run.as_of, known.run.short_id());
        rules::from_text(name, known.text.clone(), &[])?
    };
    Ok(Pair {
        old: make(&old)?,
        new: make(&new)?,
        names: (old.name, new.name),
        findings: vec![],
    })
}

/// A grading of input that may be used.
fn sound(grading: Grading) -> Result<Grading, Stop> {
    if grading.findings.iter().any(book::is_refusal) {
        return Err(Stop::refused(grading.findings));
    }
    Ok(grading)
}

fn name_of(rules: &Rules, what: Text) -> (String, Text) {
    (rules.name.clone(), what)
}

/// Two schemes grade the same data, and standard input is gone when the first has read it.
fn read_once() -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!(
                "standard input can be read once, and two schemes read the data",
                "标准输入只能读一次，而两个方案都要读数据"
            ),
        )
        .help(text!(
            "write it into a file first, and name the file",
            "请先写入文件，再给出文件名"
        )),
    )
}

fn nothing_to_compare() -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!("there is no scheme to compare with", "没有可比较的方案"),
        )
        .help(text!(
            "name the present one with `--against FILE`, or change a value with `--set`",
            "用 `--against 文件` 指定现行方案，或用 `--set` 修改其中的值"
        )),
    )
}

/// A grading as a side of a comparison.
pub(super) fn snapshot(grading: &Grading, on: &On, amount: Option<&str>, lang: Lang) -> Snapshot {
    let recorded = rows(grading, lang).map(|row| Recorded {
        level: match on {
            On::Grade => row.standing.effective_grade,
            On::Type => row.standing.effective_kind,
            On::Dimension(name) => {
                let mut labels = row.labels.into_iter();
                labels
                    .find(|(known, _)| **known == **name)
                    .map(|(_, label)| label)
            }
        },
        id: row.customer,
        name: row.name,
        decision: row.decision,
        reason: row.reasons.into_iter().next().map(Arc::from),
    });
    compare::of_run(recorded.collect(), grading, on, amount)
}
