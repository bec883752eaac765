//! All runs, the newest first.

use crate::cli::output::files_of;
use crate::cli::{Exit, Global, Screen, Stop, ledger, list, output};
use regrade::ledger::Run;
use regrade::present::listing::{ListCell, ListColumn};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::text;

/// Lists them.
pub fn run(global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = list::targets(global)?;
    let path = ledger::path(global);
    output::keep_inputs(&files_of(&outputs), std::slice::from_ref(&path))?;
    let runs = ledger::open(global)?
        .runs()
        .map_err(|error| ledger::trouble(&path, &error))?;
    list::write(&outputs, list::lang(global), &columns(), |keyed| {
        runs.iter().map(|run| row(run, keyed)).collect()
    })?;
    if runs.is_empty() {
        screen.say(&text!("the ledger has no runs yet", "台账中还没有任何批次"));
    }
    Ok(Exit::Done)
}

fn columns() -> [ListColumn; 8] {
    use ColumnKind::{Date, Id, Number, Text};
    let number = Number { places: 0 };
    let column = ListColumn::new;
    [
        column("run", text!("Run", "批次"), Id, ColumnRole::Key),
        column("as_of", text!("As of", "评级日"), Date, ColumnRole::Key),
        column("scheme", text!("Scheme", "方案"), Text, ColumnRole::Type),
        column(
            "version",
            text!("Version", "版本"),
            Text,
            ColumnRole::Computed,
        ),
        column(
            "made_at",
            text!("Recorded", "记录时间"),
            Id,
            ColumnRole::Since,
        ),
        column("made_by", text!("By", "操作人"), Text, ColumnRole::Name),
        column(
            "customers",
            text!("Customers", "客户数"),
            number,
            ColumnRole::Score,
        ),
        column(
            "moved",
            text!("Moved", "升降人数"),
            number,
            ColumnRole::Score,
        ),
    ]
}

fn row(run: &Run, keyed: bool) -> Vec<ListCell> {
    vec![
        super::id(&run.id, keyed),
        ListCell::Value(OutCell::Date(run.as_of)),
        ListCell::text(run.scheme_name.clone()),
        ListCell::text(run.scheme_version.clone()),
        ListCell::text(run.made_at.clone()),
        ListCell::text(run.made_by.clone()),
        ListCell::count(run.present()),
        ListCell::count(run.moved),
    ]
}
