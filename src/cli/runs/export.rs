//! Runs as a tidy table: a row for each customer and run, written as it is read, because a ledger may hold more rows than
//! memory.

use super::again::Again;
use super::{both, columns, decision};
use crate::cli::audit::{self, Exported};
use crate::cli::named::run_named;
use crate::cli::output::{Output, Target, files_of};
use crate::cli::{Exit, Format, Global, Screen, Stop, changed, ledger, list, output};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, Run, RunRow};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::present::{csv, json};
use regrade::scheme::model::Sight;
use regrade::text;
use regrade::words::Word;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

/// How many rows are written at a time.
const CHUNK: usize = 4096;

/// Arguments of `runs export`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The runs, as for `show`; all of them if none is named.
    #[arg(value_name = "RUN")]
    pub(super) runs: Vec<String>,
    /// Only customers for whom this holds in the run.
    #[arg(long = "where", value_name = "CONDITION")]
    pub(super) condition: Option<String>,
    /// Only customers whose grade, type or tags are others than in the run before it, and new ones.
    #[arg(long)]
    pub(super) changed: bool,
    /// What to show of one run, as for `grade`: 'name = expression', separated by commas.
    #[arg(long, value_name = "LIST")]
    pub(super) columns: Option<String>,
}

/// What is exported.
struct Export<'a> {
    ledger: &'a Ledger,
    runs: Vec<Selected>,
    dimensions: Vec<String>,
    lang: Lang,
}

/// Exports them.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if args.columns.is_some() {
        return columns::run(args, global, screen);
    }
    let outputs = targets(global)?;
    let path = ledger::path(global);
    output::keep_inputs(&files_of(&outputs), std::slice::from_ref(&path))?;
    let trouble = |error| ledger::trouble(&path, &error);
    let mut ledger = ledger::open(global)?;
    let snapshot = ledger.snapshot().map_err(trouble)?;
    let runs = selected(&snapshot, args, global, screen)?;
    let export = Export::new(&snapshot, runs, list::lang(global)).map_err(trouble)?;
    // What the ledger says while an output is written is not the output's fault.
    let failed: RefCell<Option<Error>> = RefCell::new(None);
    let written = list::each(&outputs, |output, _, out| {
        export.write(output, out).map_err(|stopped| match stopped {
            Stopped::Output(error) => error,
            Stopped::Ledger(error) => {
                failed.replace(Some(error));
                io::Error::other("the ledger cannot be read")
            }
        })
    });
    if let Some(error) = failed.take() {
        return Err(trouble(error));
    }
    // Who has read the first lines has them.
    if !matches!(written, Ok(()) | Err(Stop::ClosedPipe)) {
        return written.map(|()| Exit::Done);
    }
    let exported: Vec<_> = export.runs.iter().map(Selected::exported).collect();
    audit::after_all(global, &outputs, &exported, screen);
    written.map(|()| Exit::Done)
}

/// The runs that are named, all of them if none is, in the order of their dates.
fn named(ledger: &Ledger, args: &Args) -> Result<Vec<Run>, Error> {
    let mut runs: Vec<Run> = if args.runs.is_empty() {
        ledger.runs()?
    } else {
        let runs = args.runs.iter().map(|name| run_named(ledger, name));
        runs.collect::<Result<_, _>>()?
    };
    runs.sort_by_key(|run| (run.as_of, run.number));
    runs.dedup_by_key(|run| run.number);
    Ok(runs)
}

/// The rows of the runs that are asked for. Which customers a condition finds, and what a role sees, is found by grading
/// the run again.
fn selected(
    ledger: &Ledger,
    args: &Args,
    global: &Global,
    screen: &Screen,
) -> Result<Vec<Selected>, Stop> {
    let trouble = |error| ledger::trouble(ledger.path(), &error);
    let mut selected = vec![];
    for run in named(ledger, args).map_err(trouble)? {
        let asked = args.condition.is_some() || global.role.is_some();
        let rows = if asked {
            let again = Again::new(ledger, &run.id, args, global, screen)?;
            let ids = again.ids();
            match again.viewer {
                // What a run recorded in words may quote anything: a role gets what it sees of the run, graded again.
                Some(_) => Rows::Seen(Box::new(again.grading), ids),
                None => Rows::Some(ids),
            }
        } else if args.changed {
            let changed = changed::changed_in(ledger, run.number, run.previous, None);
            Rows::Some(changed.map_err(trouble)?)
        } else {
            Rows::All
        };
        selected.push(Selected { run, rows });
    }
    Ok(selected)
}

/// A run with the rows of it that are exported.
struct Selected {
    run: Run,
    rows: Rows,
}

enum Rows {
    All,
    /// Those of these customers.
    Some(HashSet<Arc<str>>),
    /// Those of these customers, as a role sees them.
    Seen(Box<Grading>, HashSet<Arc<str>>),
}

impl Selected {
    /// What of the run is taken out.
    fn exported(&self) -> Exported<'_> {
        let (rows, role) = match &self.rows {
            Rows::All => (self.run.customers, None),
            Rows::Some(ids) => (ids.len(), None),
            Rows::Seen(seen, ids) => (ids.len(), seen.role.as_deref()),
        };
        Exported {
            command: "runs export",
            run: Some(&self.run.id),
            rows,
            role,
        }
    }

    /// Calls `take` with each row.
    fn each(&self, ledger: &Ledger, lang: Lang, mut take: impl FnMut(RunRow)) -> Result<(), Error> {
        match &self.rows {
            Rows::All => ledger.each_run_row(self.run.number, take),
            Rows::Some(ids) => ledger.each_run_row(self.run.number, |row| {
                if ids.contains(&row.customer) {
                    take(row);
                }
            }),
            Rows::Seen(seen, ids) => {
                let rows = regrade::ledger::rows(seen, lang);
                rows.filter(|row| ids.contains(&row.customer))
                    .for_each(&mut take);
                Ok(())
            }
        }
    }
}

fn targets(global: &Global) -> Result<Vec<Output>, Stop> {
    let outputs = output::outputs(global, global.format)?;
    let is_streamed =
        |output: &Output| matches!(output.format, Format::Csv | Format::Tsv | Format::Jsonl);
    // Without a word about the format a terminal gets what a pipe would.
    let plain = |mut output: Output| {
        if global.format.is_none() && output.target == Target::Stdout {
            output.format = Format::Csv;
        }
        output
    };
    let outputs: Vec<Output> = outputs.into_iter().map(plain).collect();
    if outputs.iter().all(is_streamed) {
        return Ok(outputs);
    }
    let finding = Finding::error(
        Code::Usage,
        text!(
            "runs are exported as csv, tsv or jsonl",
            "批次只能导出为 csv、tsv 或 jsonl"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "end the output in .csv, .tsv or .jsonl, or give `--format`",
        "请以 .csv、.tsv 或 .jsonl 结尾，或指定 `--format`"
    ))))
}

/// Why an output is not whole.
enum Stopped {
    Output(io::Error),
    Ledger(Error),
}

impl<'a> Export<'a> {
    fn new(ledger: &'a Ledger, runs: Vec<Selected>, lang: Lang) -> Result<Self, Error> {
        let mut dimensions: Vec<String> = vec![];
        for Selected { run, rows } in &runs {
            let is_seen = |name: &str| match rows {
                Rows::Seen(seen, _) => seen
                    .scheme
                    .dimensions
                    .iter()
                    .filter(|dimension| {
                        seen.scheme.slots.sight(dimension.label_slot) == Sight::Open
                    })
                    .any(|dimension| *dimension.name == *name),
                _ => true,
            };
            for name in ledger.run_dimensions(run.number)? {
                if is_seen(&name) && !dimensions.contains(&name) {
                    dimensions.push(name);
                }
            }
        }
        Ok(Self {
            ledger,
            runs,
            dimensions,
            lang,
        })
    }

    fn write(&self, output: &Output, out: &mut dyn Write) -> Result<(), Stopped> {
        let columns = self.columns();
        let mut listing = if list::is_keyed(output) {
            Listing::keyed(&columns, vec![])
        } else {
            Listing::new(self.lang, &columns, vec![])
        };
        let mut heading = vec![];
        render(output, &listing, &mut heading).map_err(Stopped::Output)?;
        let bom = output.format == Format::Csv && output.target != Target::Stdout;
        if bom && self.lang == Lang::Zh {
            out.write_all("\u{FEFF}".as_bytes())
                .map_err(Stopped::Output)?;
        }
        out.write_all(&heading).map_err(Stopped::Output)?;
        let mut flush = |rows: Vec<Vec<ListCell>>| -> io::Result<()> {
            let mut text = vec![];
            listing.replace_rows(rows);
            render(output, &listing, &mut text)?;
            out.write_all(&text[heading.len()..])
        };
        for selected in &self.runs {
            let mut rows = vec![];
            let mut failed = None;
            selected
                .each(self.ledger, self.lang, |row| {
                    rows.push(self.row(&selected.run, &row, list::is_keyed(output)));
                    if rows.len() == CHUNK && failed.is_none() {
                        failed = flush(std::mem::take(&mut rows)).err();
                    }
                })
                .map_err(Stopped::Ledger)?;
            failed
                .map_or_else(|| flush(rows), Err)
                .map_err(Stopped::Output)?;
        }
        Ok(())
    }

    fn columns(&self) -> Vec<ListColumn> {
        use ColumnKind::{Date, Id, Text};
        let column = ListColumn::new;
        let number = ColumnKind::Number { places: 6 };
        let role = ColumnRole::Computed;
        let mut columns = vec![
            column("run", text!("Run", "批次"), Id, role),
            column("as_of", text!("As of", "评级日"), Date, role),
            column("id", text!("Customer", "客户编号"), Id, role),
            column("name", text!("Name", "客户名称"), Text, role),
            column("grade", both(Word::Grade), Text, role),
            column("previous", both(Word::Previous), Text, role),
            column("decision", both(Word::Change), Text, role),
            column("since", both(Word::Since), Date, role),
            column("score", both(Word::Score), number, role),
            column("type", both(Word::Type), Text, role),
            column("previous_type", both(Word::PreviousType), Text, role),
            column(
                "rule_grade",
                text!("Grade by rules", "规则等级"),
                Text,
                role,
            ),
            column("rule_type", text!("Type by rules", "规则类型"), Text, role),
            column("tags", both(Word::Tags), Text, role),
            column("reasons", both(Word::Reasons), Text, role),
            column("next", both(Word::Next), Text, role),
        ];
        columns.extend(self.dimensions.iter().map(|name| ListColumn {
            key: Cow::Owned(name.clone()),
            heading: text!("{name}", "{name}"),
            kind: Text,
            role,
        }));
        columns
    }

    fn row(&self, run: &Run, row: &RunRow, keyed: bool) -> Vec<ListCell> {
        let standing = &row.standing;
        let listed = |texts: Vec<&str>| {
            let separator = match self.lang {
                Lang::En => "; ",
                Lang::Zh => "；",
            };
            ListCell::maybe((!texts.is_empty()).then(|| texts.join(separator)))
        };
        let mut cells = vec![
            super::id(&run.id, keyed),
            ListCell::Value(OutCell::Date(run.as_of)),
            ListCell::text(&*row.customer),
            ListCell::maybe(row.name.as_deref()),
            ListCell::maybe(standing.effective_grade.as_deref()),
            ListCell::maybe(row.previous_grade.as_deref()),
            decision(row.decision),
            ListCell::Value(standing.since.map_or(OutCell::Blank, OutCell::Date)),
            ListCell::Value(row.score.map_or(OutCell::Blank, OutCell::Number)),
            ListCell::maybe(standing.effective_kind.as_deref()),
            ListCell::maybe(row.previous_type.as_deref()),
            ListCell::maybe(standing.grade.level.as_deref()),
            ListCell::maybe(standing.kind.level.as_deref()),
            listed(row.tags.iter().map(|tag| &**tag).collect()),
            listed(row.reasons.iter().map(String::as_str).collect()),
            ListCell::maybe(row.next.as_deref()),
        ];
        cells.extend(self.dimensions.iter().map(|name| {
            let label = row
                .labels
                .iter()
                .find(|(dimension, _)| **dimension == **name);
            ListCell::maybe(label.map(|(_, label)| &**label))
        }));
        cells
    }
}

fn render(output: &Output, listing: &Listing, out: &mut Vec<u8>) -> io::Result<()> {
    match output.format {
        Format::Jsonl => json::write_lines(listing, out),
        Format::Tsv => csv::write(listing, b'\t', false, true, out),
        _ => csv::write(listing, b',', false, true, out),
    }
}
