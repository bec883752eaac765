//! What a calibration writes: the report, and the scheme with the proposed thresholds.

use super::Args;
use crate::cli::files::{Files, unwritable, write_outputs};
use crate::cli::output::{Output, named_twice, outputs_of, place};
use crate::cli::{Format, Global, Reading, Screen, Stop, ledger, report, rules};
use regrade::diagnostic::{Code, Finding};
use regrade::report::Report;
use regrade::text;
use std::io;
use std::path::{Path, PathBuf};

/// The schemes that are to be written, and where the report goes: without a word to standard output.
pub fn outputs(global: &Global) -> Result<(Vec<PathBuf>, Vec<Output>), Stop> {
    let is_scheme = |path: &&String| {
        let ending = Path::new(path.as_str()).extension();
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    };
    let (schemes, others): (Vec<&String>, Vec<&String>) = global.output.iter().partition(is_scheme);
    let mut paths: Vec<PathBuf> = vec![];
    for written in schemes {
        let path = PathBuf::from(written);
        if paths.iter().any(|known| place(known) == place(&path)) {
            return Err(named_twice(written));
        }
        paths.push(path);
    }
    let others: Vec<String> = others.into_iter().cloned().collect();
    let outputs = outputs_of(
        global,
        &others,
        global.format,
        Format::Table,
        report::write::known,
    )?;
    Ok((paths, outputs))
}

/// Writes schemes and reports; the files appear when all is written.
pub fn write_all(
    schemes: &[PathBuf],
    text: &str,
    outputs: &[Output],
    report: &Report,
    screen: &Screen,
) -> Result<(), Stop> {
    let mut files = Files::default();
    for path in schemes {
        keep(path, text)?;
        files.write(path, |out| io::Write::write_all(out, text.as_bytes()))?;
    }
    let reader = write_outputs(outputs, &mut files, |output, out| {
        report::write::one(output, report, screen, out)
    })?;
    files.commit()?;
    reader.end()
}

/// A scheme is written by people: another one that is there already is not replaced.
fn keep(path: &Path, text: &str) -> Result<(), Stop> {
    let found = match std::fs::read(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(path, &error)),
    };
    if found == text.as_bytes() || found.is_empty() {
        return Ok(());
    }
    let shown = path.display();
    let finding = Finding::error(
        Code::Unwritable,
        text!(
            "`{shown}` is there already, with another content",
            "`{shown}` 已经存在，内容不同"
        ),
    );
    Err(Stop::Findings {
        findings: vec![finding.help(text!(
            "schemes are not replaced: choose another name, or remove it first",
            "不会替换已有的方案：请换个文件名，或先删除它"
        ))],
        source: None,
        exit: crate::cli::Exit::Trouble,
    })
}

/// The command that says who would move.
pub fn simulate(args: &Args, global: &Global, schemes: &[PathBuf], changes: &[String]) -> String {
    let mut words = vec!["regrade simulate".to_owned()];
    words.extend(args.files.iter().map(|file| quoted(file)));
    let own = rules::path(global);
    let own = quoted(&own.display().to_string());
    if let Some(scheme) = schemes.first() {
        let scheme = quoted(&scheme.display().to_string());
        words.push(format!("--rules {scheme} --against {own}"));
    } else {
        if global.rules.is_some() {
            words.push(format!("--rules {own}"));
        }
        let changed = global.set.iter().chain(changes);
        words.extend(changed.map(|set| format!("--set {}", quoted(set))));
    }
    if args.files.is_empty() {
        if global.ledger.is_some() || !schemes.is_empty() {
            let ledger = ledger::path(global).display().to_string();
            words.push(format!("--ledger {}", quoted(&ledger)));
        }
        if args.run != "@latest" {
            words.push(format!("--run {}", quoted(&args.run)));
        }
    } else {
        let spans = args.covers.iter();
        words.extend(spans.map(|span| format!("--covers {}", quoted(span))));
        if let Some(as_of) = &global.as_of {
            words.push(format!("--as-of {}", quoted(as_of)));
        }
        words.extend(reading(&args.reading));
    }
    words.join(" ")
}

/// How the files are read, as options.
fn reading(reading: &Reading) -> impl Iterator<Item = String> {
    let password_file = reading.password_file.as_ref();
    let options = [
        ("--encoding", reading.encoding.clone()),
        (
            "--header-row",
            reading.header_row.map(|row| row.to_string()),
        ),
        ("--delimiter", reading.delimiter.map(String::from)),
        (
            "--password-file",
            password_file.map(|path| path.display().to_string()),
        ),
    ];
    options
        .into_iter()
        .filter_map(|(option, value)| Some(format!("{option} {}", quoted(&value?))))
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@:,+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
