//! One run: what it is made from, and how many customers got which decision.

use crate::cli::named::run_named;
use crate::cli::output::files_of;
use crate::cli::{Exit, Global, Stop, ledger, list, output};
use regrade::diagnostic::{Lang, Text};
use regrade::ledger::{Error, Import, Ledger, Run, RunInput};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole};
use regrade::text;
use regrade::words::how_many;
use serde_json::{Map, Value, json};

/// Arguments of `runs show`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run: its id or the beginning of it, `@latest`, `@previous`, a time such as `@2024-03`, or a graded workbook.
    #[arg(value_name = "RUN")]
    run: String,
}

/// A run with what its numbers mean.
struct Shown {
    run: Run,
    previous: Option<Run>,
    inputs: Vec<(RunInput, Import)>,
}

/// Shows it.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Stop> {
    let outputs = list::targets(global)?;
    let path = ledger::path(global);
    output::keep_inputs(&files_of(&outputs), std::slice::from_ref(&path))?;
    let trouble = |error| ledger::trouble(&path, &error);
    let mut ledger = ledger::open(global)?;
    let snapshot = ledger.snapshot().map_err(trouble)?;
    let shown = gather(&snapshot, &args.run).map_err(trouble)?;
    let lang = list::lang(global);
    list::each(&outputs, |output, width, out| {
        if list::is_keyed(output) {
            return writeln!(out, "{}", object(&shown));
        }
        let listing = Listing::new(lang, &columns(), lines(&shown, lang));
        list::render(output, &listing, width, out)
    })?;
    Ok(Exit::Done)
}

fn gather(ledger: &Ledger, selector: &str) -> Result<Shown, Error> {
    let run = run_named(ledger, selector)?;
    let previous = match run.previous {
        Some(number) => ledger.run_by_number(number)?,
        None => None,
    };
    let imports = ledger.imports()?;
    let inputs = ledger.run_inputs(run.number)?.into_iter();
    let inputs = inputs.filter_map(|input| {
        let import = imports.iter().find(|import| import.id == input.import)?;
        Some((input, import.clone()))
    });
    Ok(Shown {
        inputs: inputs.collect(),
        run,
        previous,
    })
}

fn columns() -> [ListColumn; 2] {
    let text = ColumnKind::Text;
    [
        ListColumn::new("item", text!("Item", "项目"), text, ColumnRole::Key),
        ListColumn::new("value", text!("Value", "内容"), text, ColumnRole::Name),
    ]
}

fn lines(shown: &Shown, lang: Lang) -> Vec<Vec<ListCell>> {
    let run = &shown.run;
    let mut lines: Vec<Vec<ListCell>> = vec![];
    let mut line = |item: &Text, value: String| {
        lines.push(vec![ListCell::text(item.get(lang)), ListCell::text(value)]);
    };
    line(&text!("Run", "批次"), run.id.clone());
    line(&text!("As of", "评级日"), run.as_of.to_string());
    line(
        &text!("Scheme", "方案"),
        format!("{} {}", run.scheme_name, run.scheme_version)
            .trim()
            .to_owned(),
    );
    line(&text!("Scheme's hash", "方案哈希"), run.scheme.clone());
    if let Some(previous) = &shown.previous {
        line(
            &text!("Run before", "上一批次"),
            format!("{} {}", previous.short_id(), previous.as_of),
        );
    }
    line(
        &text!("Recorded", "记录"),
        format!("{} {}", run.made_at, run.made_by),
    );
    line(
        &text!("Program", "程序"),
        text!(
            "regrade {}, semantics {}",
            "regrade {}，语义版本 {}",
            run.program,
            run.semantics
        )
        .get(lang)
        .to_owned(),
    );
    line(&text!("Customers", "客户数"), run.present().to_string());
    for (decision, count) in &run.counts {
        line(&super::decision_word(*decision), count.to_string());
    }
    for (input, import) in &shown.inputs {
        let since = input.confirmed.unwrap_or(import.filing.as_of);
        line(
            &text!("Import {}", "导入 {}", import.id.0),
            format!(
                "{} = {}, {since}, {}",
                import.sheet,
                import.origin.place(),
                match lang {
                    Lang::En => how_many(import.rows, "row"),
                    Lang::Zh => format!("{} 行", import.rows),
                }
            ),
        );
    }
    for found in findings(run) {
        let (code, count) = (found["code"].as_str().unwrap_or_default(), &found["count"]);
        line(&text!("Findings", "问题"), format!("{code} {count}"));
    }
    if !run.overrides.is_empty() {
        let numbers: Vec<String> = run.overrides.iter().map(ToString::to_string).collect();
        line(&text!("Overrides", "人工调整"), numbers.join(", "));
    }
    lines
}

fn object(shown: &Shown) -> Value {
    let run = &shown.run;
    let counts: Map<String, Value> = run
        .counts
        .iter()
        .map(|(decision, count)| (decision.key().to_owned(), json!(count)))
        .collect();
    let inputs: Vec<Value> = shown
        .inputs
        .iter()
        .map(|(input, import)| {
            json!({
                "import": import.id.0,
                "sheet": import.sheet,
                "source": import.filing.source,
                "file": import.origin.place().to_string(),
                "as_of": import.filing.as_of.to_string(),
                "confirmed": input.confirmed.map(|date| date.to_string()),
                "rows": import.rows,
                "refused": import.refused,
                "content": import.content_hash,
            })
        })
        .collect();
    json!({
        "run": run.id,
        "as_of": run.as_of.to_string(),
        "scheme": { "name": run.scheme_name, "version": run.scheme_version, "sha256": run.scheme },
        "previous": shown.previous.as_ref().map(|run| &run.id),
        "made_at": run.made_at,
        "made_by": run.made_by,
        "program": run.program,
        "semantics": run.semantics,
        "customers": run.present(),
        "counts": counts,
        "imports": inputs,
        "overrides": run.overrides,
        "findings": findings(run),
    })
}

/// What the run had to say: of each kind how many.
fn findings(run: &Run) -> Vec<Value> {
    let found = run.findings.as_deref();
    let found = found.and_then(|text| serde_json::from_str(text).ok());
    found.unwrap_or_default()
}
