//! `regrade explain`: why a customer has this grade, down to the cells.

use super::as_of::as_of;
use super::audit::Exported;
use super::files::{Files, write_outputs};
use super::grade_files::{Graded, grade_files};
use super::inputs::Loaded;
use super::output::{files_of, keep_inputs, outputs_of};
use super::recorded::Known;
use super::{
    Exit, Format, Global, Reading, Screen, Stop, audit, inputs, ledger, role, rules, shifts,
};
use regrade::book::Entry;
use regrade::diagnostic::{Code, Finding, Lang, listed};
use regrade::explain::Explainer;
use regrade::explain::distance::{Nearest, World};
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger};
use regrade::present::distances::{Distances, Told};
use regrade::present::{explanation, kept};
use regrade::roles::Viewer;
use regrade::table::Date;
use regrade::text;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Arguments of `explain`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The customer's key, or the exact name.
    #[arg(value_name = "CUSTOMER", required_unless_present = "all")]
    customer: Option<String>,
    /// Files of the scheme's sheets, as for `grade`; without any a run of the ledger is explained.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The run of the ledger: @latest, @previous, @2024-03, an id or a graded workbook of it.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// The graded file of the run before, as for `grade`.
    #[arg(long, value_name = "FILE", requires = "files")]
    previous: Option<String>,
    /// Whether the grade stands if values are so much more or less: `2%`.
    #[arg(long, value_name = "SHARE")]
    shift: Option<String>,
    /// Of everybody: how many grades change with the shift.
    #[arg(long, requires = "shift")]
    all: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let shift = args.shift.as_deref().map(shifts::share).transpose()?;
    let mut files = args.files.clone();
    if let (Some(by), true) = (shift, args.all) {
        // Without a customer what stands in its place is a file.
        files.splice(0..0, args.customer.clone());
        return shifts::run(by, global, |written| {
            gather(args, &files, global, screen, written)
        });
    }
    let targets = outputs_of(
        global,
        &global.output,
        global.format,
        Format::Table,
        told_as,
    )?;
    let (mut graded, recorded) = gather(args, &files, global, screen, &files_of(&targets))?;
    let lang = global
        .lang
        .map_or(graded.grading.scheme.language, Lang::from);
    let viewer = match recorded {
        Some(_) => role::viewer_of_run(global, &graded.grading.scheme)?,
        None => role::viewer(global, &graded.grading.scheme)?,
    };
    let keys = viewer
        .as_ref()
        .map(|viewer| true_keys(viewer, &graded.grading));
    // Distances are among everybody, and told to those who may see all that they are made of.
    let seen = viewer.as_ref().map(|viewer| viewer.see(&graded.grading));
    let whole = seen.map(|seen| std::mem::replace(&mut graded.grading, seen));
    let all = whole.as_ref().unwrap_or(&graded.grading);
    let scheme = &graded.grading.scheme;
    let grades = (!scheme.grades.is_empty()).then(|| World::new(all).told_to(&graded.grading));
    let types = (!scheme.types.is_empty()).then(|| World::of_types(all).told_to(&graded.grading));
    let told = |world: &Option<World<'_>>, row: usize| match world {
        None => Told::None,
        Some(world) if !world.is_open(scheme) => Told::Withheld,
        Some(world) => Told::Told(world.reaches(row)),
    };
    let distances = |row: u32| {
        let id = &graded.grading.book.roster.ids[row as usize];
        let id = keys.as_ref().and_then(|keys| keys.get(id)).unwrap_or(id);
        let Some(row) = all.book.roster.by_id().get(id) else {
            return Distances::default();
        };
        let row = *row as usize;
        let open = grades.as_ref().filter(|world| world.is_open(scheme));
        let shift = shift.zip(open);
        Distances {
            grades: told(&grades, row),
            types: told(&types, row),
            shift: shift.map(|(by, world)| (by, world.shifts_of(row, by))),
        }
    };
    let nearest = Nearest::new(&graded.grading);
    let explainer = Explainer::new(&graded.grading, lang);
    let entries = find(&graded, args.customer.as_deref().unwrap_or_default())?;
    let is_asked = |format: fn(Format) -> bool| targets.iter().any(|output| format(output.format));
    let (as_text, as_data) = (
        is_asked(|format| format == Format::Table),
        is_asked(|format| format != Format::Table),
    );
    let (mut texts, mut data) = (String::new(), vec![]);
    for entry in &entries {
        let entry = *entry;
        let told = match entry {
            Entry::Customer(row) => Some((row as usize, distances(row))),
            Entry::Refused(_) | Entry::Absent(_) => None,
        };
        if as_data {
            data.push(match &told {
                Some((row, distances)) => {
                    explanation::json(&explainer, *row, (&nearest, distances))
                }
                None => kept::json(&graded.grading, entry, lang),
            });
        }
        if !as_text {
            continue;
        }
        texts += &match &told {
            Some((row, distances)) => explanation::text(&explainer, *row, (&nearest, distances)),
            None => kept::text(&graded.grading, entry, lang),
        };
        let Some(id) = id_of(&graded.grading, entry) else {
            continue;
        };
        texts += &merged_into(&graded.grading, id, lang);
        if let Some(ledger) = &recorded {
            let true_key = keys.as_ref().and_then(|keys| keys.get(id));
            let id = true_key.map_or(id, |id| &**id);
            let mut changes = history(ledger, id, graded.grading.book.as_of)?;
            if viewer
                .as_ref()
                .is_some_and(|viewer| !viewer.sees_all_columns())
            {
                // What a run recorded as its reason may quote anything.
                for change in &mut changes {
                    change.reason = None;
                }
            }
            texts += &self::told(&changes, lang);
        }
    }
    let mut files = Files::default();
    let reader = write_outputs(&targets, &mut files, |output, out| {
        let text = match output.format {
            Format::Table => texts.clone(),
            Format::Json => document(&data),
            _ => data.concat(),
        };
        out.text(|out| out.write_all(text.as_bytes()))
    })?;
    files.commit()?;
    if recorded.is_some() {
        let exported = Exported {
            command: "explain",
            run: graded.run.as_deref(),
            rows: entries.len(),
            role: graded.grading.role.as_deref(),
        };
        audit::after(global, &targets, &exported, screen);
    }
    reader.end()?;
    Ok(Exit::Done)
}

/// An explanation is text or data.
fn told_as(format: Format) -> Result<Format, Stop> {
    match format {
        Format::Table | Format::Json | Format::Jsonl => Ok(format),
        _ => Err(Stop::usage(
            Finding::error(
                Code::Usage,
                text!(
                    "an explanation is text or json",
                    "解释只能输出为文本或 json"
                ),
            )
            .help(text!(
                "use `--format table` or `--format json`, or a file that ends in `.txt`, `.json` or `.jsonl`",
                "请用 `--format table`、`--format json`，或扩展名为 `.txt`、`.json`、`.jsonl` 的文件"
            )),
        )),
    }
}

/// Explanations as one JSON document: of one customer that, of several of one name a list.
fn document(explained: &[String]) -> String {
    match explained {
        [one] => one.clone(),
        several => {
            let several: Vec<&str> = several.iter().map(|one| one.trim_end()).collect();
            format!("[{}]\n", several.join(",\n"))
        }
    }
}

/// What is explained: files graded, or a run of the ledger graded again, with that ledger.
fn gather(
    args: &Args,
    files: &[String],
    global: &Global,
    screen: &Screen,
    written: &[&Path],
) -> Result<(Graded, Option<Ledger>), Stop> {
    // Who names a ledger or a run of it means that, and is told where there is none.
    let is_named = global.ledger.is_some() || args.run.is_some();
    if files.is_empty() && (is_named || ledger::path(global).exists()) {
        keep_inputs(written, &[ledger::path(global)])?;
        let (graded, ledger) = from_ledger(args, global)?;
        return Ok((graded, Some(ledger)));
    }
    let rules = rules::load(global)?;
    let mut read = inputs::paths(&rules.scheme, files)?;
    read.push(rules::path(global));
    keep_inputs(written, &read)?;
    let (previous, as_of) = (args.previous.as_deref(), as_of(global)?);
    // Whether the values may have changed so much is asked when they are graded.
    let previous = previous.map(|file| (file, None));
    let graded = grade_files(files, previous, rules, &args.reading, as_of, screen)?;
    Ok((graded, None))
}

/// The keys of everybody by what the role knows them as.
fn true_keys(viewer: &Viewer, grading: &Grading) -> HashMap<Arc<str>, Arc<str>> {
    let ids = grading.people.ids.iter();
    ids.map(|id| (viewer.id(id), id.clone())).collect()
}

/// Another grade than in the run before.
struct Change {
    as_of: Date,
    grade: Option<Arc<str>>,
    reason: Option<String>,
}

/// Whose rows and events count as this customer's too; empty where nobody was merged into it.
fn merged_into(grading: &Grading, id: &str, lang: Lang) -> String {
    let keys = listed(explanation::merged(grading, id));
    if keys.en.is_empty() {
        return String::new();
    }
    match lang {
        Lang::Zh => format!("\n并入本客户的编号：{}\n", keys.zh),
        Lang::En => format!("\nmerged into this customer: {}\n", keys.en),
    }
}

/// The key of an entry, where it can be read.
fn id_of(grading: &Grading, entry: Entry) -> Option<&str> {
    match entry {
        Entry::Customer(row) => Some(&grading.book.roster.ids[row as usize]),
        Entry::Refused(_) | Entry::Absent(_) => grading.kept(entry)?.id,
    }
}

/// How a customer came to the grade of a run as of this date.
fn history(ledger: &Ledger, id: &str, until: Date) -> Result<Vec<Change>, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let rows = ledger.history(id).map_err(trouble)?;
    let mut changes: Vec<Change> = vec![];
    for known in rows.into_iter().filter(|row| row.as_of <= until) {
        let (as_of, row) = (known.as_of, known.row);
        let grade = row.standing.effective_grade;
        if changes.last().is_none_or(|last| last.grade != grade) {
            changes.push(Change {
                as_of: row.standing.since.unwrap_or(as_of),
                grade,
                reason: row.reasons.into_iter().next(),
            });
        }
    }
    Ok(changes)
}

/// A recorded run graded again.
fn from_ledger(args: &Args, global: &Global) -> Result<(Graded, Ledger), Stop> {
    let ledger = ledger::open(global)?;
    // `--as-of` names the run of that date.
    let name = match (&args.run, &global.as_of) {
        (Some(run), _) => run.clone(),
        (None, Some(_)) => format!("@{}", as_of(global)?),
        (None, None) => "@latest".to_owned(),
    };
    let known = Known::find(&ledger, &name)?;
    let grading = known.again(&ledger)?;
    let graded = Graded {
        grading,
        loaded: Loaded {
            tables: vec![],
            repairs: vec![],
            files: vec![],
            findings: vec![],
        },
        scheme: (known.run.short_id().to_owned(), known.text),
        run: Some(known.run.id),
    };
    Ok((graded, ledger))
}

/// Since when the customer has had which grade, the newest first.
fn told(history: &[Change], lang: Lang) -> String {
    if history.is_empty() {
        return String::new();
    }
    let mut text = match lang {
        Lang::Zh => "\n历次变动：\n".to_owned(),
        Lang::En => "\nhistory:\n".to_owned(),
    };
    for change in history.iter().rev() {
        let grade = change.grade.as_deref().unwrap_or("—");
        let since = change.as_of;
        let reason = change.reason.as_deref().unwrap_or_default();
        text += &match (lang, reason) {
            (Lang::Zh, "") => format!("  {since} 起 {grade}\n"),
            (Lang::En, "") => format!("  {grade} since {since}\n"),
            (Lang::Zh, reason) => format!("  {since} 起 {grade}：{reason}\n"),
            (Lang::En, reason) => format!("  {grade} since {since}: {reason}\n"),
        };
    }
    text
}

/// The customer with this key, else those with this name.
fn find(graded: &Graded, wanted: &str) -> Result<Vec<Entry>, Stop> {
    let roster = &graded.grading.book.roster;
    // Who was merged into another one is explained as that one; the explanation says so.
    let merged = &graded.grading.book.inputs.merged;
    let wanted = merged.get(wanted).map_or(wanted, |kept| kept);
    if let Some(row) = roster.by_id().get(wanted) {
        return Ok(vec![Entry::Customer(*row)]);
    }
    let refused = roster.refused.iter().enumerate();
    let by_key = refused
        .clone()
        .filter(|(_, row)| row.id.as_deref() == Some(wanted));
    let by_name = (0..roster.len()).filter(|row| roster.names[*row].as_deref() == Some(wanted));
    let absent = graded.grading.absent.iter().enumerate();
    let absent =
        absent.filter(|(_, row)| &*row.id == wanted || row.name.as_deref() == Some(wanted));
    let found: Vec<Entry> = by_key
        .map(|(index, _)| Entry::Refused(index as u32))
        .chain(absent.map(|(index, _)| Entry::Absent(index as u32)))
        .chain(by_name.map(|row| Entry::Customer(row as u32)))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut finding = Finding::error(
        Code::UnknownCustomerId,
        text!(
            "no customer has the key or name `{wanted}`",
            "没有编号或名称为 `{wanted}` 的客户"
        ),
    );
    // Over many customers the nearest key is no help, and looking for it takes long.
    if roster.len() <= 20_000
        && let Some(near) = regrade::diagnostic::nearest(wanted, roster.ids.iter().map(|id| &**id))
    {
        finding = finding.help(text!("did you mean `{near}`?", "是否想查 `{near}`？"));
    }
    Err(Stop::usage(finding))
}
