//! `regrade diff`: who moved up or down between two runs or graded files, and why.

use super::as_of::as_of;
use super::audit::Exported;
use super::files::{Files, Out, Sink, write_outputs};
use super::gate::{self, Figures, Gate};
use super::output::{Output, Target, keep_inputs, outputs_with_page};
use super::recorded;
use super::rules::{self, Rules};
use super::side::{RunSide, Side, files, fitting, is_run, side, snapshots};
use super::write::terminal_options;
use super::{
    Exit, Format, Global, Reading, Screen, Stop, audit, inputs, ledger, movers, role, screen,
    summary_json,
};
use regrade::compare::{self, Class, Comparison, On, Renamed, Snapshot, Unmoved, Wanted};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::grading::{Grading, SeenAs};
use regrade::present::diff::{self, Diff, MovesTable, Shape};
use regrade::present::report::html;
use regrade::present::table::GradeStyle;
use regrade::present::terminal::TerminalOptions;
use regrade::present::{csv, workbook};
use regrade::read::Input;
use regrade::roles::{Viewer, withheld};
use regrade::scheme::Scheme;
use regrade::text;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Arguments of `diff`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What was before: a run (@previous, @2024-03, an id) or a graded file; `FILE[WORKSHEET]` names a worksheet, `-` is
    /// standard input.
    #[arg(value_name = "OLD")]
    old: String,
    /// What came after: a run (@latest) or a graded file.
    #[arg(value_name = "NEW")]
    new: String,
    /// What to compare: grade, type, or the name of a dimension.
    #[arg(long, value_name = "WHAT", default_value = "grade")]
    on: String,
    /// The column with the customer's key.
    #[arg(long, value_name = "HEADER")]
    key: Option<String>,
    /// The column with the grade, or with what `--on` names.
    #[arg(long, value_name = "HEADER")]
    grade: Option<String>,
    /// The column with an amount, for the sums of the matrix.
    #[arg(long, value_name = "HEADER")]
    amount: Option<String>,
    /// All grades, best first: 'A,B,C'; without it their order is the scheme's.
    #[arg(long, value_name = "LIST")]
    levels: Option<String>,
    /// List only these: downgraded, upgraded, changed, unrated, new, absent, refused, unchanged.
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    only: Vec<String>,
    /// End with 1 if anybody moved.
    #[arg(long)]
    exit_code: bool,
    /// Write nothing and end with 1 if this holds, such as 'downgraded > 0.05'.
    #[arg(long, value_name = "CONDITION")]
    fail_on: Vec<String>,
    /// Whether CSV files begin with a byte order mark, so that Excel shows Chinese.
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    bom: Option<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let done = compared(args, global, screen, true)?;
    done.map_or_else(
        || compared(args, global, screen, false).map(|done| done.unwrap_or(Exit::Done)),
        Ok,
    )
}

/// Compares and writes; `is_short`: two text files by those who moved, where that can be done. `None` where it turns out
/// late that it cannot: then nothing is said or written, and both are to be read whole.
fn compared(
    args: &Args,
    global: &Global,
    screen: &Screen,
    is_short: bool,
) -> Result<Option<Exit>, Stop> {
    let outputs = outputs_with_page(global, global.format)?;
    let gates = args
        .fail_on
        .iter()
        .map(|gate| Gate::parse(gate))
        .collect::<Result<Vec<_>, _>>()?;
    let only = classes(&args.only)?;
    let as_of = as_of(global)?;
    let rules = scheme(global)?;
    check_places(&outputs, args, global)?;
    if global.role.is_some() && !(is_run(&args.old) && is_run(&args.new)) {
        return Err(role::only_runs());
    }
    let options = args.reading.options()?;
    let mut wanted = wanted(args, rules.as_ref());
    let mut findings = vec![];
    let stayed = Listed::of(&outputs, only.as_deref(), global.dry_run);
    let movers = if stayed == Listed::Held || !is_short {
        None
    } else {
        let names = (&*args.old, &*args.new);
        let lists_stayed = stayed == Listed::InTurn;
        movers::movers(names, &wanted, &options, is_named(global), lists_stayed)
    };
    let (old, new, unmoved, stayers) = match movers {
        Some(found) => {
            let (old, new) = (Side::File(found.old, vec![]), Side::File(found.new, vec![]));
            (old, new, found.unmoved, found.stayers)
        }
        None => (
            side(&args.old, &wanted, &options, false, global, &mut findings)?,
            side(&args.new, &wanted, &options, true, global, &mut findings)?,
            Unmoved::default(),
            None,
        ),
    };
    wanted.scheme = fitting(wanted.scheme, &files([&old, &new]), is_named(global));
    let (mut snapshots, runs) = snapshots(old, new, &wanted, &mut findings)?;
    if let Some(new) = &runs.1 {
        snapshots
            .0
            .rename(&Renamed::of(&new.known.scheme, &wanted.on));
    }
    let mut comparison = compare::compare_beside(&snapshots.0, &snapshots.1, &unmoved);
    let graded_by = runs
        .1
        .as_ref()
        .or(runs.0.as_ref())
        .map(|run| &run.known.scheme);
    let scheme = wanted.scheme.or(graded_by);
    if let (Some(old), Some(new)) = (&runs.0, &runs.1)
        && let Some(now) = &new.grading
    {
        let ledger = ledger::open(global)?;
        recorded::put_causes(
            &ledger,
            &old.known,
            &new.known,
            now,
            &wanted.on,
            &mut comparison,
        )?;
    }
    let language = scheme.map(|scheme| scheme.language);
    let lang = global.lang.map(Lang::from).or(language);
    let figures = Figures::of_comparison(&comparison, as_of);
    let mut seen_as = None;
    if global.role.is_some() {
        let (Some(old), Some(new)) = &runs else {
            return Err(role::only_runs());
        };
        let lang = lang.unwrap_or_else(screen::locale);
        (comparison, seen_as) = seen(global, &wanted, (old, new), &comparison, lang)?;
        findings = withheld(&findings);
    }
    let diff = Diff {
        lang: lang.unwrap_or_else(screen::locale),
        names: (args.old.clone(), args.new.clone()),
        on: args.on.clone(),
        amount: args.amount.clone(),
        styles: styles(&comparison.levels, scheme),
        only,
        cuts: vec![],
        effects: vec![],
        comparison,
    };
    let hit = gate::hits(&gates, &figures);
    let bom = args.bom.as_deref();
    let mut written = None;
    if let Some(stayers) = stayers.filter(|_| hit.is_empty() && !global.dry_run) {
        // Before anything is said: it may turn out that it is to be done anew.
        written = stayers.write_all(&outputs, &diff, bom, &wanted, global);
        if written.is_none() {
            return Ok(None);
        }
    }
    screen.run_findings(&findings);
    if !hit.is_empty() {
        screen.findings(&hit, None);
        return Ok(Some(Exit::Findings));
    }
    if !global.dry_run {
        let written = written.unwrap_or_else(|| write_all(&outputs, &diff, bom, global, screen));
        // Who has read the first lines has them, and the files are there.
        if !matches!(written, Ok(()) | Err(Stop::ClosedPipe)) {
            return written.map(|()| Some(Exit::Done));
        }
        if runs.0.is_some() || runs.1.is_some() {
            let exported = Exported {
                command: "diff",
                run: runs
                    .1
                    .as_ref()
                    .or(runs.0.as_ref())
                    .map(|run| &*run.known.run.id),
                rows: diff.comparison.moves.len(),
                role: seen_as.as_deref(),
            };
            audit::after(global, &outputs, &exported, screen);
        }
        written?;
    }
    // A reader of the table has seen the line already.
    let is_seen = |output: &Output| {
        output.target == Target::Stdout && matches!(output.format, Format::Table | Format::Md)
    };
    if global.dry_run || !outputs.iter().any(is_seen) {
        screen.say(&diff::line(&diff));
    }
    let moved = diff.comparison.movers().next().is_some();
    // It goes with the process: giving it back customer by customer would be waited for.
    std::mem::forget((snapshots, diff));
    Ok(Some(if args.exit_code && moved {
        Exit::Findings
    } else {
        Exit::Done
    }))
}

fn wanted<'a>(args: &'a Args, rules: Option<&'a Rules>) -> Wanted<'a> {
    let levels = args.levels.as_deref().unwrap_or_default();
    Wanted {
        scheme: rules.map(|rules| &rules.scheme),
        on: On::parse(&args.on),
        key: args.key.as_deref(),
        level: args.grade.as_deref(),
        amount: args.amount.as_deref(),
        levels: levels
            .split([',', '，', '、'])
            .map(str::trim)
            .filter(|level| !level.is_empty())
            .map(Arc::from)
            .collect(),
    }
}

/// How those with whom nothing happened are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// They are not.
    Never,
    /// Row by row, behind the others.
    InTurn,
    /// In a format that has to have all of them.
    Held,
}

impl Listed {
    fn of(outputs: &[Output], only: Option<&[Class]>, dry_run: bool) -> Self {
        let for_programs =
            |output: &Output| matches!(output.format, Format::Csv | Format::Tsv | Format::Jsonl);
        let is_listed = match only {
            _ if dry_run => false,
            Some(only) => only.contains(&Class::Unchanged),
            None => outputs.iter().any(for_programs),
        };
        if !is_listed {
            Self::Never
        } else if outputs.iter().all(for_programs) {
            Self::InTurn
        } else {
            Self::Held
        }
    }
}

/// Whether the user names a scheme.
fn is_named(global: &Global) -> bool {
    global.rules.is_some() || std::env::var_os("REGRADE_RULES").is_some_and(|name| !name.is_empty())
}

/// The scheme that the user names, else the one in this folder, if there is one: files can be compared without.
pub(super) fn scheme(global: &Global) -> Result<Option<Rules>, Stop> {
    if is_named(global) || rules::path(global).exists() {
        rules::load(global).map(Some)
    } else {
        Ok(None)
    }
}

pub(super) fn classes(written: &[String]) -> Result<Option<Vec<Class>>, Stop> {
    let mut classes = vec![];
    for word in written.iter().map(|word| word.trim()) {
        let by_word = |class: &Class| class.word(Lang::Zh) == word;
        let found = Class::parse(word).or_else(|| Class::ALL.into_iter().find(by_word));
        let Some(class) = found else {
            let known = Class::ALL
                .map(|class| format!("`{}`", class.key()))
                .join(", ");
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "`--only {word}` is no class",
                    "`--only {word}` 不是变动类别"
                ),
            );
            return Err(Stop::usage(
                finding.help(text!("the classes are {known}", "类别有：{known}")),
            ));
        };
        classes.push(class);
    }
    Ok((!classes.is_empty()).then_some(classes))
}

/// The levels with the colours that the scheme gives them.
pub(super) fn styles(levels: &[Arc<str>], scheme: Option<&Scheme>) -> Vec<GradeStyle> {
    let color = |level: &Arc<str>| {
        let mut grades = scheme?.grades.iter();
        grades.find(|grade| grade.name == *level)?.color
    };
    let style = |level: &Arc<str>| GradeStyle {
        name: level.clone(),
        color: color(level),
    };
    levels.iter().map(style).collect()
}

/// The comparison as a role sees it: of its customers, with what it sees of them, and what that is. Why they moved was
/// found out before.
fn seen(
    global: &Global,
    wanted: &Wanted<'_>,
    (old, new): (&RunSide, &RunSide),
    whole: &Comparison,
    lang: Lang,
) -> Result<(Comparison, Option<Arc<SeenAs>>), Stop> {
    let side = |run: &RunSide| -> Result<Option<(Viewer, Grading)>, Stop> {
        let viewer = role::viewer_of_run(global, &run.known.scheme)?;
        Ok(viewer.zip(run.grading.as_ref()).map(|(viewer, grading)| {
            let seen = viewer.see(grading);
            (viewer, seen)
        }))
    };
    let (Some((_, before)), Some((viewer, after))) = (side(old)?, side(new)?) else {
        return Err(role::only_runs());
    };
    for grading in [&before, &after] {
        recorded::known_names(&grading.scheme, &wanted.on, wanted.amount)?;
    }
    let mut before = Snapshot::of_grading(&before, &wanted.on, wanted.amount, lang);
    before.rename(&Renamed::of(&new.known.scheme, &wanted.on));
    let seen_as = after.role.clone();
    let after = Snapshot::of_grading(&after, &wanted.on, wanted.amount, lang);
    let mut comparison = compare::compare(&before, &after);
    let causes = whole
        .moves
        .iter()
        .map(|found| (viewer.id(&found.id), found.cause));
    let causes: HashMap<_, _> = causes.collect();
    // Nobody can say whose customers were those who were absent; whoever is there again is back for the role too, with the
    // level that its lists show as the one before.
    let back = whole.moves.iter().filter(|found| found.is_back());
    let back = back.map(|found| (viewer.id(&found.id), &found.old));
    let back: HashMap<_, _> = back.collect();
    for found in &mut comparison.moves {
        found.cause = causes.get(&found.id).copied().flatten();
        if found.class == Class::New
            && let Some(level) = back.get(&found.id)
        {
            found.old.clone_from(level);
        }
    }
    Ok((comparison, seen_as))
}

/// No output where something is read.
fn check_places(outputs: &[Output], args: &Args, global: &Global) -> Result<(), Stop> {
    let sides = [&args.old, &args.new].into_iter();
    let mut read: Vec<_> = sides
        .filter_map(|side| match inputs::input(side) {
            Input::File { path, .. } => Some(path),
            Input::Stdin => None,
        })
        .collect();
    if read.is_empty() {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "standard input cannot be both sides",
                "标准输入不能同时作对比的两边"
            ),
        );
        return Err(Stop::usage(finding));
    }
    read.push(rules::path(global));
    keep_inputs(&summary_json::files_beside(outputs, global)?, &read)
}

/// Writes all outputs and the figures; the files appear when all is written.
pub(super) fn write_all(
    outputs: &[Output],
    diff: &Diff,
    bom: Option<&str>,
    global: &Global,
    screen: &Screen,
) -> Result<(), Stop> {
    let mut files = Files::reproducible();
    summary_json::put(global, &mut files, |out| diff::write_summary(diff, out))?;
    let colors = terminal_options(screen.colors_stdout());
    let reader = write_outputs(outputs, &mut files, |output, out| {
        if output.format == Format::Xlsx {
            return out.workbook(output, |out| write_workbook(diff, out));
        }
        let (bom, options) = match out {
            Out::File(_) => (bom.map(|asked| asked == "yes"), &TerminalOptions::default()),
            Out::Stdout(_) => (Some(bom == Some("yes")), &colors),
        };
        out.text(|out| write_text(output.format, diff, bom, options, out))
    })?;
    let shown = summary_json::show(global, |out| diff::write_summary(diff, out))?;
    files.commit()?;
    reader.and(shown).end()
}

/// The formats that are text. Without a word about the byte order mark there is one where a character needs it.
fn write_text(
    format: Format,
    diff: &Diff,
    bom: Option<bool>,
    options: &TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let table = || MovesTable::new(diff, Shape::Text);
    match format {
        Format::Csv => {
            let table = table();
            let bom = bom.unwrap_or_else(|| csv::has_non_ascii(&table));
            csv::write(&table, b',', bom, true, out)
        }
        Format::Tsv => csv::write(&table(), b'\t', false, true, out),
        Format::Json => diff::write_json(diff, out),
        Format::Jsonl => diff::write_lines(diff, out),
        Format::Md => diff::write_markdown(diff, out),
        Format::Html => html::write(&diff::report(diff), out),
        _ => diff::write_terminal(diff, options, out),
    }
}

fn write_workbook(diff: &Diff, out: &mut dyn Sink) -> io::Result<()> {
    workbook::write_diff(diff, out)
        .map_err(|error| io::Error::other(error.text().get(diff.lang).to_owned()))
}

#[cfg(test)]
mod tests;
