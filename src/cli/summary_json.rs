//! `--summary-json`: the figures of a call as one JSON document, beside its outputs. A command that has none refuses the
//! option: who asks for a file waits for it.

use super::files::{Files, Reader, to_stdout};
use super::output::{Output, Target, files_of, named_twice};
use super::{Global, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::text;
use std::io::{self, Write};
use std::path::Path;

/// All files that the call writes, and the figures in no place that an output has.
pub fn files_beside<'a>(outputs: &'a [Output], global: &'a Global) -> Result<Vec<&'a Path>, Stop> {
    let mut files = files_of(outputs);
    if let Some(path) = &global.summary_json {
        let target = Target::of(path);
        if outputs.iter().any(|output| output.target.is(&target)) {
            return Err(named_twice(&path.display().to_string()));
        }
        if target != Target::Stdout {
            files.push(path);
        }
    }
    Ok(files)
}

/// Writes the figures, if they go to a file, among the files of the call, which appear together; not in a dry run. It is
/// the first that is written: where it cannot be, nothing has been shown yet.
pub fn put(
    global: &Global,
    files: &mut Files,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Stop> {
    match global.summary_json.as_deref().map(Target::of) {
        Some(Target::File(path)) if !global.dry_run => files.write(&path, |out| write(out)),
        _ => Ok(()),
    }
}

/// Shows the figures, if they go to standard output, where no output goes then.
pub fn show(
    global: &Global,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Reader, Stop> {
    match global.summary_json.as_deref().map(Target::of) {
        Some(Target::Stdout) => Reader::of(to_stdout(write)),
        _ => Ok(Reader::Stayed),
    }
}

/// What a command without figures says of the option.
pub fn refuse(global: &Global) -> Result<(), Stop> {
    if global.summary_json.is_none() {
        return Ok(());
    }
    let finding = Finding::error(
        Code::Usage,
        text!(
            "this command has no figures for `--summary-json`",
            "该命令没有可写入 `--summary-json` 的汇总"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "`grade`, `import`, `check`, `diff` and `simulate` write them; others with `--format json`, where they have it",
        "`grade`、`import`、`check`、`diff`、`simulate` 会写；其他命令若有 JSON 格式，请用 `--format json`"
    ))))
}
