//! `regrade report`: what the customers are like, of a run, a span of runs, or files.

mod campaign;
mod of;
mod past;
mod shown;
pub mod write;

use super::as_of::as_of;
use super::audit::{self, Exported};
use super::diff::scheme;
use super::grade_files::grade_files;
use super::output::{Output, Target, files_of, keep_inputs};
use super::recorded::Known;
use super::write::{Shown, layout};
use super::{
    Exit, Format, Global, Reading, Screen, Stop, columns, import, inputs, ledger, role, rules,
};
use of::Of;
use regrade::book::Entry;
use regrade::compare;
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::explain;
use regrade::grading::{Grading, SeenAs};
use regrade::present::report::listed;
use regrade::report::{self, Before, By, Judged, Material, Report, RunFigures, Scope};
use regrade::roles::{self, Viewer};
use regrade::scheme::Scheme;
use regrade::scheme::model::{Expression, Sight};
use regrade::text;
use regrade::words::how_many;
use shown::AsShown;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `report`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A run (@latest, @2024-03, an id), a month, quarter or year of runs (2024-03, 2024-Q2, 2024), or files of the
    /// scheme's sheets as for `grade`; without any the newest run.
    #[arg(value_name = "RUN|SPAN|FILE")]
    what: Vec<String>,
    /// Count customers by these too: fields, dimensions, values, or month(x), quarter(x), year(x) of a date; several make
    /// a cross table.
    // After `report` this is what `--by` means; before it, as everywhere, who does it.
    #[arg(id = "by_field", long = "by", value_name = "FIELD[,FIELD]")]
    by: Option<String>,
    // Has the id of everybody's `--by`, so that the parser does not give the command a second option of that name.
    #[arg(id = "by", long = "who", value_name = "NAME", hide = true)]
    who: Option<String>,
    /// Only customers for whom this holds.
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// A campaign of `notify`: those told against those not, by grade, from the run of its segment to this one.
    #[arg(long = "campaign", value_name = "ID", conflicts_with = "condition")]
    of_campaign: Option<String>,
    /// The graded file of the run before, as for `grade`.
    #[arg(long, value_name = "FILE")]
    previous: Option<String>,
    /// A span that event files cover, whatever their rows, as for `grade`.
    #[arg(long, value_name = "SPAN")]
    covers: Vec<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = write::outputs(global)?;
    let of = Of::parse(&args.what, global)?;
    let lists_customers = outputs
        .iter()
        .any(|output| matches!(output.format, Format::Html | Format::Xlsx));
    let made = match &of {
        Of::Files if args.of_campaign.is_some() => {
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "who was told of a campaign is known to a ledger only",
                    "活动通知过谁只有台账知道"
                ),
            );
            return Err(Stop::usage(finding.help(text!(
                "name a run instead of files: `regrade report @latest --campaign ID`",
                "请指定批次，不要写文件：`regrade report @latest --campaign 编号`"
            ))));
        }
        Of::Files => from_files(args, global, &outputs, lists_customers, screen)?,
        of => {
            refuse_what_is_of_files(args)?;
            keep_inputs(
                &files_of(&outputs),
                &[ledger::path(global), rules::path(global)],
            )?;
            past::from_ledger(of, args, global, lists_customers)?
        }
    };
    screen.run_findings(&made.findings);
    if !global.dry_run {
        write::write_all(&outputs, &made.report, screen)?;
    }
    if let Some(run) = &made.run {
        let exported = Exported {
            command: "report",
            run: Some(run),
            rows: made.customers,
            role: made.role.as_deref(),
        };
        audit::after(global, &outputs, &exported, screen);
    }
    let is_seen = |output: &Output| output.target == Target::Stdout;
    if global.dry_run || !outputs.iter().any(is_seen) {
        let title = &made.report.title;
        let count = made.customers;
        let customers = how_many(count, "customer");
        screen.say(&text!("{title}: {customers}", "{title}：{count} 位客户"));
    }
    Ok(Exit::Done)
}

/// A report with what is to be said of making it.
struct Made {
    report: Report,
    /// How many customers it is of.
    customers: usize,
    /// The id of the run, where it is one of the ledger.
    run: Option<String>,
    /// For whom it is, if not for somebody who may see everything.
    role: Option<Arc<SeenAs>>,
    findings: Vec<Finding>,
}

/// What a report is asked for beside the run.
struct Asked {
    wanted: Option<Expression>,
    by: Vec<By>,
}

impl Asked {
    /// Bound over the names of a scheme, as a role may read it.
    fn of(args: &Args, scheme: &Scheme) -> Result<Self, Stop> {
        let condition = args.condition.as_deref();
        let wanted = condition.map(|text| columns::condition(scheme, text));
        let by = args.by.as_deref().map(|written| {
            report::parse_by(written, scheme).map_err(|findings| Stop::Findings {
                findings,
                source: Some(("--by".to_owned(), written.to_owned())),
                exit: Exit::Usage,
            })
        });
        let by = by.transpose()?.unwrap_or_default();
        // Into which group of its values a customer falls is the value.
        let mut slots = by.iter().flat_map(By::slots);
        if let Some(slot) = slots.find(|slot| scheme.slots.sight(*slot) != Sight::Open) {
            let name = &scheme.slots.entries[slot.0 as usize].name;
            return Err(columns::not_seen(name));
        }
        Ok(Self {
            wanted: wanted.transpose()?,
            by,
        })
    }
}

/// What was before a run, as it is known where the run comes from.
struct Past {
    before: Option<Before>,
    runs: Vec<RunFigures>,
    older_runs: usize,
}

/// What it is of, in which language, and how it is to be listed.
struct Heading {
    of: String,
    run: Option<String>,
    lang: Lang,
    lists_customers: bool,
}

/// Makes the report of a grading, as a viewer sees it if there is one. `read` is what was found while its files were
/// read; `past` tells what was before, once it is known which customers are seen.
fn make(
    grading: &mut Grading,
    viewer: Option<&Viewer>,
    asked: Asked,
    heading: Heading,
    read: Vec<Finding>,
    past: impl FnOnce(&AsShown<'_>, &Scope<'_>) -> Result<Past, Stop>,
) -> Result<(Made, Vec<Finding>), Stop> {
    // Who is lost is found out by what there is, not by what somebody sees of it.
    let (mut judged, mut findings) = report::judge(grading);
    let whole = &*grading;
    let mut all = read;
    all.extend(whole.findings.iter().cloned());
    let seen = viewer.map(|viewer| {
        judged = judged.of_rows(&viewer.rows(whole));
        all.append(&mut findings);
        all = roles::withheld(&all);
        let seen = viewer.see(whole);
        findings.extend(roles::unique(&seen));
        seen
    });
    let grading = seen.as_ref().unwrap_or(whole);
    let wanted = asked.wanted.as_ref();
    let rows = wanted.map(|wanted| columns::rows_for(grading, wanted, &mut findings));
    let scope = Scope::whole(grading);
    let scope = match rows {
        Some(rows) => scope.of_rows(rows),
        None => scope,
    };
    let Past {
        before,
        runs,
        older_runs,
    } = past(&AsShown::new(whole, grading, viewer), &scope)?;
    all.extend(explain::unrated(grading));
    let customers = scope.rows().len();
    let material = Material {
        grading,
        judged: &judged,
        scope,
        lang: heading.lang,
        of: heading.of,
        run: heading.run.clone(),
        before,
        runs,
        older_runs,
        by: asked.by,
        findings: &all,
        lists_customers: heading.lists_customers,
    };
    let made = Made {
        report: report::report(&material),
        customers,
        run: heading.run,
        role: grading.role.clone(),
        findings,
    };
    Ok((made, all))
}

/// The page of a grading: its report over the customers that are shown, and the list of them with what `grade` lists.
pub fn of_grading(
    grading: &Grading,
    judged: &Judged,
    shown: &Shown<'_>,
    findings: &[Finding],
) -> Report {
    let customers: Vec<u32> = shown.seen.rows().map(|row| row as u32).collect();
    let scope = Scope::whole(grading);
    let scope = if customers.len() < grading.len() {
        scope.of_rows(customers)
    } else {
        scope
    };
    let before = before_in(grading, &scope, shown.lang);
    let made = report::report(&Material {
        grading,
        judged,
        scope,
        lang: shown.lang,
        of: grading.book.as_of.to_string(),
        run: shown.run.map(str::to_owned),
        before,
        runs: vec![],
        older_runs: 0,
        by: vec![],
        findings,
        lists_customers: false,
    });
    let results = layout(grading, shown, Format::Html);
    Report {
        customers: Some(listed::table(&results)),
        ..made
    }
}

/// The report of files, without a ledger.
fn from_files(
    args: &Args,
    global: &Global,
    outputs: &[Output],
    lists_customers: bool,
    screen: &Screen,
) -> Result<Made, Stop> {
    if global.ledger.is_some() {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "a report of files is made without a ledger",
                "用文件做报告时不用台账"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "leave `--ledger` out, or import the files and name a run",
            "请去掉 `--ledger`，或先导入这些文件，再指定批次"
        ))));
    }
    let mut rules = rules::load(global)?;
    let mut read = inputs::paths(&rules.scheme, &args.what)?;
    read.push(rules::path(global));
    read.extend(args.previous.as_ref().map(PathBuf::from));
    keep_inputs(&files_of(outputs), &read)?;
    let viewer = role::viewer(global, &rules.scheme)?;
    let scheme = viewer.as_ref().map(|viewer| &**viewer.scheme());
    let asked = Asked::of(args, scheme.unwrap_or(&rules.scheme))?;
    let covers = import::spans(&args.covers)?;
    for event in &mut rules.scheme.events {
        event.coverage.extend(&covers);
    }
    let as_of = as_of(global)?;
    let previous = args.previous.as_deref().map(|file| (file, None));
    let mut graded = grade_files(&args.what, previous, rules, &args.reading, as_of, screen)?;
    let heading = Heading {
        of: as_of.to_string(),
        run: None,
        lang: global
            .lang
            .map_or(graded.grading.scheme.language, Lang::from),
        lists_customers,
    };
    let lang = heading.lang;
    let read = std::mem::take(&mut graded.loaded.findings);
    let (mut made, all) = make(
        &mut graded.grading,
        viewer.as_ref(),
        asked,
        heading,
        read,
        |shown, scope| {
            Ok(Past {
                before: before_in(shown.seen, scope, lang),
                runs: vec![],
                older_runs: 0,
            })
        },
    )?;
    // Nobody has been told of these yet.
    let judged = std::mem::replace(&mut made.findings, all);
    made.findings.extend(judged);
    Ok(made)
}

/// What the customers were before, as the grading itself knows that.
fn before_in(grading: &Grading, scope: &Scope<'_>, lang: Lang) -> Option<Before> {
    let rows = || {
        let rows = scope.rows().iter();
        rows.map(|row| Entry::Customer(*row)).collect::<Vec<_>>()
    };
    let only = (!scope.is_whole()).then(rows);
    let comparison = compare::with_before(grading, only.as_deref(), lang)?;
    Some(Before {
        comparison,
        notes: vec![],
        name: text!("the run before", "上期").get(lang).to_owned(),
    })
}

/// Options that say how files are read mean nothing where none are.
fn refuse_what_is_of_files(args: &Args) -> Result<(), Stop> {
    let option = if args.previous.is_some() {
        "--previous"
    } else if !args.covers.is_empty() {
        "--covers"
    } else {
        return Ok(());
    };
    let finding = Finding::error(
        Code::Usage,
        text!(
            "`{option}` is said of files, and there are none",
            "`{option}` 说明的是文件，而这里没有文件"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "leave it out: the ledger knows what was before and what is covered",
        "请去掉它：以前的批次和覆盖的期间，台账都知道"
    ))))
}

/// The scheme by which a run is reported: its own, with what the present one says of reports, because that says nothing
/// of grades. What does not fit is a warning, and the run's own is taken.
fn reported_by(known: &mut Known, global: &Global) -> Result<Vec<Finding>, Stop> {
    let is_of_report = |assignment: &String| assignment.trim_start().starts_with("report.");
    if let Some(other) = global.set.iter().find(|set| !is_of_report(set)) {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`--set {other}` would change what a recorded run is",
                "`--set {other}` 会改变已记录的批次"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "only values of `[report]` can be set here; `regrade simulate` shows what another scheme would give",
            "这里只能改 `[report]` 中的值；想看换方案的结果，请用 `regrade simulate`"
        ))));
    }
    let Some(rules) = scheme(global)? else {
        return Ok(vec![]);
    };
    let text = regrade::scheme::set::with_report_of(&known.text, &rules.text);
    let Some(text) = text.filter(|text| *text != known.text) else {
        return Ok(vec![]);
    };
    let (scheme, findings) = regrade::scheme::validate(&text);
    if let Some(scheme) = scheme {
        known.scheme = scheme;
        return Ok(vec![]);
    }
    let (name, run) = (&rules.name, known.run.short_id());
    let mut finding = Finding::warning(
        Code::UnknownName,
        text!(
            "`[report]` of {name} does not fit the scheme of run `{run}`: the run's own is taken",
            "{name} 的 `[report]` 与批次 `{run}` 的方案不合，改用该批次自己的"
        ),
    );
    for found in findings.iter().filter(|finding| finding.is_error()).take(1) {
        finding = finding.with_note(found.title.clone());
    }
    Ok(vec![finding])
}
