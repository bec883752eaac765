//! Repair workbooks that `review` is given, and what is said of what became of them.

use super::output::{keep_unread, pages, write};
use super::{Repairs, open, said_open};
use crate::cli::output::Output;
use crate::cli::review::Room;
use crate::cli::{Exit, Global, Screen, Stop, restate};
use regrade::diagnostic::{Finding, Lang, Text};
use regrade::read::Table;
use regrade::repair::Taken;
use regrade::text;

/// Reads the pages back into the ledger. The rows of their imports that wait still are written anew into `outputs`.
pub fn read_back(
    tables: Vec<Table>,
    outputs: &[Output],
    room: &mut Room,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let lang = global.lang.map_or(room.scheme().language, Lang::from);
    let as_of = room.as_of();
    let mut repairs = Repairs::of(tables, global);
    let (writer, about) = room.writer()?;
    let scheme = &about.rules.scheme;
    let stop = |error| about.stop(&error);
    repairs.apply(&writer, scheme, as_of)?;
    let mut findings = repairs.findings().to_vec();
    findings
        .extend(restate::restated(&writer, &about.rules, &[], repairs.mended(), as_of)?.findings());
    screen.run_findings(&findings);
    let mut open = open(&writer, scheme).map_err(stop)?;
    let waiting = said_open(&open, as_of);
    if !outputs.is_empty() && !global.dry_run {
        keep_unread(outputs, &writer, scheme, &[])?;
        open.retain(|one| repairs.imports().contains(&one.import.id));
        let pages = pages(&writer, scheme, &open).map_err(stop)?;
        // A full disk is to show now, before the workbook appears.
        writer.flush().map_err(stop)?;
        write(outputs, scheme, lang, as_of, pages)?;
    }
    if !global.dry_run {
        writer.commit().map_err(stop)?;
    }
    screen.say(&said_taken(repairs.taken(), global.dry_run));
    if let Some(waiting) = waiting {
        screen.say(&waiting);
    }
    Ok(exit(repairs.findings()))
}

/// 1 where something kept a row from being mended.
pub fn exit(findings: &[Finding]) -> Exit {
    if findings.iter().any(Finding::is_error) {
        Exit::Findings
    } else {
        Exit::Done
    }
}

/// How many rows came to what, in one line.
pub fn said_taken(taken: Taken, dry_run: bool) -> Text {
    let Taken {
        mended,
        left_out,
        disputed,
        repeated,
    } = taken;
    let (en, zh) = if dry_run {
        ("would be ", "（试运行，未写入）")
    } else {
        ("", "")
    };
    text!(
        "rows {en}mended: {mended} · left out: {left_out} · disputed: {disputed} · known already: {repeated}",
        "修正 {mended} 行 · 作废 {left_out} 行 · 意见不一 {disputed} 行 · 已有 {repeated} 行{zh}"
    )
}
