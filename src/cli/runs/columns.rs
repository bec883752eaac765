//! `runs export RUN --columns …`: chosen columns of one recorded run, in every format that `grade` writes.

use super::again::Again;
use super::export::Args;
use crate::cli::audit::{self, Exported};
use crate::cli::grade_files::Graded;
use crate::cli::inputs::Loaded;
use crate::cli::output::{files_of, keep_inputs, outputs};
use crate::cli::write::{Shown, write_all};
use crate::cli::{Exit, Global, Screen, Stop, columns, grade, ledger};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::present::seen::Seen;
use regrade::text;

/// Exports it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs(global, global.format)?;
    let path = ledger::path(global);
    keep_inputs(&files_of(&outputs), std::slice::from_ref(&path))?;
    let [name] = &args.runs[..] else {
        return Err(one_run());
    };
    let ledger = ledger::open(global)?;
    let again = Again::new(&ledger, name, args, global, screen)?;
    let grading = again.grading;
    let asked = args.columns.as_deref();
    let asked = asked.map(|text| columns::columns(&grading.scheme, text));
    let lang = global.lang.map_or(grading.scheme.language, Lang::from);
    let rows = again.entries.len();
    let run = again.known.run.id.clone();
    let shown = Shown {
        seen: Seen {
            entries: again.entries,
        },
        columns: asked.transpose()?,
        lang,
        bom: None,
        run: Some(&run),
        last: None,
        plain: false,
        promising: None,
        page: None,
    };
    let graded = Graded {
        loaded: Loaded {
            tables: vec![],
            repairs: vec![],
            files: vec![],
            findings: vec![],
        },
        scheme: (again.known.run.short_id().to_owned(), again.known.text),
        run: Some(run.clone()),
        grading,
    };
    let summary = grade::summary(&graded, &graded.grading, lang, &[]);
    if !global.dry_run {
        let grading = &graded.grading;
        write_all(&outputs, grading, &shown, &summary, global, screen, &|| {
            Ok(())
        })?;
        let exported = Exported {
            command: "runs export",
            run: Some(&run),
            rows,
            role: grading.role.as_deref(),
        };
        audit::after(global, &outputs, &exported, screen);
    }
    Ok(Exit::Done)
}

/// Columns are of one scheme, and so of one run.
fn one_run() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!("`--columns` is of one run", "`--columns` 只能用于一个批次"),
    );
    Stop::usage(finding.help(text!(
        "name it: `regrade runs export @latest --columns …`",
        "请指定批次：`regrade runs export @latest --columns …`"
    )))
}
