//! Who took out what: a line in the ledger's audit for each time that customers' rows are written for somebody.

use super::output::{Output, Target};
use super::{Format, Global, Screen, ledger};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::SeenAs;
use regrade::ledger::{Error, Ledger, Writer};
use regrade::text;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
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
    /// For which role, with what it does not see.
    pub role: Option<&'a SeenAs>,
}

/// Whether the outputs are an export: files, data for another program, or anything for a role. A table on the screen of
/// somebody who may read the ledger is none.
fn is_export(global: &Global, output: &Output) -> bool {
    let is_shown =
        output.target == Target::Stdout && matches!(output.format, Format::Table | Format::Md);
    global.role.is_some() || !is_shown
}

/// The line of one place: what of which run went there, and how.
fn line(global: &Global, exported: &Exported<'_>, place: Option<&Path>, format: &str) -> String {
    let file = place.and_then(Path::file_name);
    let names = |of: fn(&SeenAs) -> &Vec<Arc<str>>| exported.role.map(of);
    json!({
        "command": exported.command,
        "role": global.role,
        "format": format,
        "file": file.map(|name| name.to_string_lossy()),
        "rows": exported.rows,
        "hidden": names(|role| &role.hidden),
        "masked": names(|role| &role.masked),
        "pseudonyms": names(|role| &role.pseudonyms),
    })
    .to_string()
}

/// Writes the lines with a writer that is there.
pub fn with(
    writer: &Writer<'_>,
    global: &Global,
    outputs: &[Output],
    exported: &Exported<'_>,
) -> Result<(), Error> {
    let run = exported.run.unwrap_or_default();
    let mut exports = outputs.iter().filter(|output| is_export(global, output));
    exports.try_for_each(|output| {
        let place = match &output.target {
            Target::Stdout => None,
            Target::File(path) => Some(path.as_path()),
        };
        let format = format!("{:?}", output.format).to_lowercase();
        writer.exported(run, &line(global, exported, place, &format))
    })
}

/// Writes the line of a folder that got a file for each row; `format` is what the files are.
pub fn with_folder(
    writer: &Writer<'_>,
    global: &Global,
    folder: &Path,
    format: &str,
    exported: &Exported<'_>,
) -> Result<(), Error> {
    let line = line(global, exported, Some(folder), format);
    writer.exported(exported.run.unwrap_or_default(), &line)
}

/// Writes the lines after a command that only reads the ledger. Where that cannot be, because the ledger may not be
/// written or somebody else writes, what was exported stays, and it is said: nobody who may read is kept from it.
pub fn after(global: &Global, outputs: &[Output], exported: &Exported<'_>, screen: &Screen) {
    after_all(global, outputs, std::slice::from_ref(exported), screen);
}

/// The same where the outputs have the rows of several runs: a line for each of these.
pub fn after_all(global: &Global, outputs: &[Output], exported: &[Exported<'_>], screen: &Screen) {
    if global.dry_run || !outputs.iter().any(|output| is_export(global, output)) {
        return;
    }
    let wait = WAIT.min(ledger::wait(global));
    let path = ledger::path(global);
    let written = Ledger::open(&path, wait).and_then(|mut ledger| {
        let writer = ledger.write(&ledger::who(global))?;
        let mut exported = exported.iter();
        exported.try_for_each(|exported| with(&writer, global, outputs, exported))?;
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
