//! `regrade import`: read sheets into the ledger, cleaned and checked.

use super::as_of::as_of;
use super::candidate::Outcome;
use super::files::Files;
use super::intake::{Taken, take_all};
use super::output::keep_inputs;
use super::repair::{Book, Open, Repairs};
use super::{
    Exit, Global, Reading, Screen, Stop, duplicates, inputs, ledger, repair, restate, rules,
    summary_json,
};
use regrade::checks;
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::scheme::Scheme;
use regrade::scheme::model::Field;
use regrade::table::{Date, Period};
use regrade::text;
use regrade::words::how_many;
use serde_json::json;

/// Arguments of `import`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets; `SHEET=FILE` says which, `FILE[WORKSHEET]` a worksheet, `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Where the files come from; without it each file's name without digits and dates.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// A span that the event files cover, whatever their rows: 2024-04, 2024-Q1, 2024-01..2024-06.
    #[arg(long, value_name = "SPAN")]
    covers: Vec<String>,
    /// Bring in again what an older import had already.
    #[arg(long)]
    again: bool,
    /// The values of this field are true, though those of most customers have changed by a power of ten.
    #[arg(long, value_name = "FIELD")]
    accept_jump: Vec<String>,
    /// End with 1 if rows are refused or there are warnings.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// How a call wants its files to be taken in.
pub struct Wanted {
    /// Where the files come from, if it says so.
    pub source: Option<String>,
    /// What event files cover.
    pub covers: Vec<(Date, Date)>,
    /// Whether older content is brought in again.
    pub again: bool,
    /// Fields whose values are true though most of them jump.
    pub jumps: Vec<String>,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let wanted = Wanted {
        source: args.source.clone(),
        covers: spans(&args.covers)?,
        again: args.again,
        jumps: args.accept_jump.clone(),
    };
    let rules = rules::load(global)?;
    known_jumps(&rules.scheme, &wanted.jumps)?;
    let as_of = as_of(global)?;
    let options = args.reading.options()?;
    let outputs = repair::target(global)?;
    keep_inputs(
        &summary_json::files_beside(&outputs, global)?,
        &inputs::paths(&rules.scheme, &args.files)?,
    )?;
    let loaded = inputs::load(&rules.scheme, &args.files, &options, screen)?;
    let (_room, mut ledger) = ledger::create_or_open(global)?;
    let path = ledger.path().to_path_buf();
    let trouble = |error| ledger::trouble(&path, &error);
    let writer = ledger.write(&ledger::who(global)).map_err(trouble)?;
    let mut findings = loaded.findings;
    let mut repairs = Repairs::of(loaded.repairs, global);
    let scheme = &rules.scheme;
    let has_mended = !repairs.is_empty();
    let taken = take_all(
        &writer,
        scheme,
        loaded.tables,
        as_of,
        &wanted,
        &mut repairs,
        &mut findings,
    );
    let book = Book {
        outputs: &outputs,
        scheme,
        lang: global.lang.map_or(scheme.language, Lang::from),
        as_of,
        dry_run: global.dry_run,
    };
    let taken = match taken {
        Ok(taken) => taken,
        // Nothing is taken in, and what has to be mended before is written all the same.
        Err(stop) => return Err(book.refused(stop, &repairs, &writer)?),
    };
    repairs.apply(&writer, scheme, as_of)?;
    let restated = restate::restated(&writer, &rules, &taken, repairs.mended(), as_of)?;
    findings.extend(restated.findings());
    findings.extend(repairs.findings().iter().cloned());
    findings.extend(duplicates::told(&writer, scheme, as_of)?);
    screen.run_findings(&findings);
    let open = repair::open(&writer, scheme).map_err(trouble)?;
    let figures = global.summary_json.is_some();
    let figures = figures.then(|| figures_of(as_of, &taken, &restated, &findings, &repairs, &open));
    let figures = figures.unwrap_or_default();
    let mut files = Files::default();
    summary_json::put(global, &mut files, |out| writeln!(out, "{figures:#}"))?;
    let reader = book.put(&mut files, &open, &repairs, &writer)?;
    let shown = summary_json::show(global, |out| writeln!(out, "{figures:#}"))?;
    files.commit()?;
    if !global.dry_run {
        writer.commit().map_err(trouble)?;
    }
    if !taken.is_empty() {
        screen.say(&told(&taken, as_of));
    }
    if has_mended {
        screen.say(&repair::said_taken(repairs.taken(), global.dry_run));
    }
    if let Some(waiting) = repair::said_open(&open, as_of) {
        screen.say(&waiting);
    }
    reader.and(shown).end()?;
    if repair::exit(repairs.findings()) != Exit::Done {
        return Ok(Exit::Findings);
    }
    let warned = findings
        .iter()
        .any(|finding| finding.severity > regrade::diagnostic::Severity::Note);
    let refused = taken.iter().any(|taken| taken.refused > 0);
    Ok(if args.strict && (warned || refused) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// `--accept-jump` names fields of the scheme.
pub fn known_jumps(scheme: &Scheme, jumps: &[String]) -> Result<(), Stop> {
    let fields: Vec<&Field> = scheme.sheets().flat_map(|sheet| &sheet.fields).collect();
    match checks::unknown_fields(jumps, &fields) {
        Some(finding) => Err(Stop::usage(finding)),
        None => Ok(()),
    }
}

/// The spans that `--covers` gives.
pub fn spans(written: &[String]) -> Result<Vec<(Date, Date)>, Stop> {
    let span = |text: &String| {
        Period::parse_span(text).ok_or_else(|| {
            Stop::usage(
                Finding::error(
                    Code::Usage,
                    text!("`{text}` is no span of periods", "`{text}` 不是期间"),
                )
                .help(text!(
                    "write `--covers 2024-04`, `2024-Q1` or `2024-01..2024-06`",
                    "请写 `--covers 2024-04`、`2024-Q1` 或 `2024-01..2024-06`"
                )),
            )
        })
    };
    written.iter().map(span).collect()
}

/// What was done, in one line.
fn told(taken: &[Taken], as_of: Date) -> Text {
    let count = |outcome: Outcome| {
        taken
            .iter()
            .filter(|taken| taken.outcome == outcome)
            .count()
    };
    let new = count(Outcome::New);
    let rows: usize = taken
        .iter()
        .filter(|taken| taken.outcome == Outcome::New)
        .map(|taken| taken.rows)
        .sum();
    let refused: usize = taken.iter().map(|taken| taken.refused).sum();
    let mut text = Text {
        en: format!(
            "imported as of {as_of}: {}, {}",
            how_many(new, "table"),
            how_many(rows, "row")
        ),
        zh: format!("已按 {as_of} 导入：{new} 张表，{rows} 行"),
    };
    for (count, en, zh) in [
        (count(Outcome::Confirmed), "confirmed", "确认未变"),
        (count(Outcome::Known), "known already", "已在台账中"),
        (count(Outcome::Skipped), "skipped", "跳过"),
    ] {
        if count > 0 {
            text.en += &format!("; {count} {en}");
            text.zh += &format!("；{zh} {count}");
        }
    }
    if refused > 0 {
        text.en += &format!("; {} refused", how_many(refused, "row"));
        text.zh += &format!("；{refused} 行待修正");
    }
    text
}

/// The figures of the call.
fn figures_of(
    as_of: Date,
    taken: &[Taken],
    restated: &restate::Restated,
    findings: &[Finding],
    repairs: &Repairs,
    open: &[Open],
) -> serde_json::Value {
    let tables: Vec<_> = taken
        .iter()
        .map(|taken| {
            json!({
                "file": taken.place,
                "sheet": taken.sheet,
                "source": taken.source,
                "outcome": taken.outcome.key(),
                "rows": taken.rows,
                "refused": taken.refused,
                "first": taken.span.map(|(first, _)| first.to_string()),
                "last": taken.span.map(|(_, last)| last.to_string()),
            })
        })
        .collect();
    let findings: Vec<serde_json::Value> = findings
        .iter()
        .map(regrade::present::summary::finding_json)
        .collect();
    let done = repairs.taken();
    let (waiting, overdue) = repair::counts(open, as_of);
    json!({
        "as_of": as_of.to_string(),
        "imports": tables,
        "restated": restated.json(),
        "repairs": {
            "mended": done.mended,
            "left_out": done.left_out,
            "disputed": done.disputed,
            "known": done.repeated,
        },
        "waiting": waiting,
        "overdue": overdue,
        "findings": findings,
    })
}
