//! Who took out what: a line in the ledger's audit for each time that customers' rows are written for somebody.

use super::output::{Output, Target};
use super::{Format, Global, Screen, ledger};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::SeenAs;
use regrade::ledger::{Error, Ledger, Writer};
use regrade::text;
use serde_json::json;
use std::time::Duration;

/// How long a command that has written its outputs waits for a ledger that somebody writes to.
const WAIT: Duration = Duration::from_secs(2);

/// What was taken out.
pub struct Exported<'a> {
    /// By which command.
    pub command: &'static str,
    /// Of which run.
    pub run: Option<&'a str>,
    /// How many rows.
    pub rows: usize,
    /// For which role, with what it does not see; the name alone is known where the rows are those of several gradings.
    pub role: Option<&'a SeenAs>,
}

/// Whether the outputs are an export: files, data for another program, or anything for a role. A table on the screen of
/// somebody who may read the ledger is none.
fn is_export(global: &Global, output: &Output) -> bool {
    let is_shown =
        output.target == Target::Stdout && matches!(output.format, Format::Table | Format::Md);
    global.role.is_some() || !is_shown
}

/// The lines of the outputs: what of which run, and how.
fn lines(global: &Global, outputs: &[Output], exported: &Exported<'_>) -> Vec<String> {
    let outputs = outputs.iter().filter(|output| is_export(global, output));
    let line = |output: &Output| {
        let file = match &output.target {
            Target::Stdout => None,
            Target::File(path) => path.file_name().map(|name| name.to_string_lossy()),
        };
        let names = |of: fn(&SeenAs) -> &Vec<std::sync::Arc<str>>| exported.role.map(of);
        json!({
            "command": exported.command,
            "role": global.role,
            "format": format!("{:?}", output.format).to_lowercase(),
            "file": file,
            "rows": exported.rows,
            "hidden": names(|role| &role.hidden),
            "masked": names(|role| &role.masked),
            "pseudonyms": names(|role| &role.pseudonyms),
        })
        .to_string()
    };
    outputs.map(line).collect()
}

/// Writes the lines with a writer that is there.
pub fn with(
    writer: &Writer<'_>,
    global: &Global,
    outputs: &[Output],
    exported: &Exported<'_>,
) -> Result<(), Error> {
    let run = exported.run.unwrap_or_default();
    let lines = lines(global, outputs, exported);
    let mut lines = lines.iter();
    lines.try_for_each(|line| writer.exported(run, line))
}

/// Writes the lines after a command that only reads the ledger. Where that cannot be, because the ledger may not be
/// written or somebody else writes, what was exported stays, and it is said: nobody who may read is kept from it.
pub fn after(global: &Global, outputs: &[Output], exported: &Exported<'_>, screen: &Screen) {
    if global.dry_run || !outputs.iter().any(|output| is_export(global, output)) {
        return;
    }
    let wait = WAIT.min(ledger::wait(global));
    let path = ledger::path(global);
    let written = Ledger::open(&path, wait).and_then(|mut ledger| {
        let writer = ledger.write(&ledger::who(global))?;
        with(&writer, global, outputs, exported)?;
        writer.commit()
    });
    if let Err(error) = written {
        let shown = path.display().to_string();
        let why = error.finding(&shown).title;
        let finding = Finding::warning(
            Code::NotAudited,
            text!(
                "this export is not in the audit of `{shown}`",
                "本次导出未能记入台账 `{shown}` 的操作记录"
            ),
        );
        screen.run_findings(&[finding.with_note(why)]);
    }
}
