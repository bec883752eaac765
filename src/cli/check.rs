//! `regrade check`: lint a scheme; with files, check the data too.

use super::grade::as_of;
use super::inputs;
use super::output::{Files, Output, Target, files_of, keep_inputs, outputs, to_stdout};
use super::rules::{self, Rules};
use super::{Exit, Format, Global, Reading, Screen, Stop, duplicates};
use regrade::book;
use regrade::diagnostic::render::Source;
use regrade::diagnostic::{Code, Finding, Severity, Text};
use regrade::present::summary::finding_json;
use regrade::scheme::lint::lint;
use regrade::text;

/// Arguments of `check`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets, as for `grade`.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// End with 1 if there are warnings.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let targets = outputs(&global.output, global.format)?;
    let lines = matches!(global.format, Some(Format::Json | Format::Jsonl));
    let is_json = |output: &Output| {
        output.target == Target::Stdout || matches!(output.format, Format::Json | Format::Jsonl)
    };
    if !global.output.is_empty() && !targets.iter().all(is_json)
        || global.format.is_some() && !lines
    {
        let finding = Finding::error(
            Code::Usage,
            text!("findings are written as jsonl", "检查结果只能输出为 jsonl"),
        );
        return Err(Stop::usage(finding.help(text!(
            "end the output in .jsonl, or use `--format jsonl`",
            "请以 .jsonl 结尾，或用 `--format jsonl`"
        ))));
    }
    let rules = rules::load(global)?;
    let mut read = inputs::paths(&rules.scheme, &args.files)?;
    read.push(rules::path(global));
    keep_inputs(&files_of(&targets), &read)?;
    let mut found = rules.findings.clone();
    found.extend(lint(&rules.scheme, &rules.text));
    let mut data = vec![];
    let mut refused = false;
    if !args.files.is_empty() {
        let options = inputs::options(&args.reading)?;
        let (tables, loaded) = inputs::load_all(&rules.scheme, &args.files, &options, screen)?;
        let scheme = std::sync::Arc::new(rules.scheme.clone());
        let book = book::assemble(scheme, tables, as_of(global)?);
        refused = book.findings.iter().any(book::is_refusal);
        let nobody = std::collections::BTreeMap::new();
        let looked = book
            .customers
            .as_ref()
            .and_then(|rows| duplicates::looked(&rules.scheme, &book.roster, rows, &nobody));
        let suspects = looked.map(|looked| looked.suspects()).unwrap_or_default();
        data.extend(loaded.findings);
        data.extend(book.findings);
        data.extend(duplicates::suspected(&suspects));
    }
    report(&rules, &found, &data, global, screen)?;
    let worst = found
        .iter()
        .chain(&data)
        .map(|finding| finding.severity)
        .max();
    Ok(match worst {
        _ if refused => Exit::Refused,
        Some(Severity::Error) => Exit::Findings,
        Some(Severity::Warning) if args.strict => Exit::Findings,
        _ => Exit::Done,
    })
}

fn report(
    rules: &Rules,
    found: &[Finding],
    data: &[Finding],
    global: &Global,
    screen: &Screen,
) -> Result<(), Stop> {
    if matches!(global.format, Some(Format::Json | Format::Jsonl)) || !global.output.is_empty() {
        let mut lines = String::new();
        for finding in found.iter().chain(data) {
            lines += &format!("{}\n", finding_json(finding));
        }
        let mut files = Files::default();
        for output in outputs(&global.output, global.format)? {
            match output.target {
                Target::Stdout => to_stdout(|out| out.write_all(lines.as_bytes()))?,
                Target::File(path) => files.write(&path, |out| {
                    std::io::Write::write_all(out, lines.as_bytes())
                })?,
            }
        }
        return files.commit();
    }
    screen.findings(
        found,
        Some(Source {
            name: &rules.name,
            text: &rules.text,
        }),
    );
    screen.findings(data, None);
    let count = |severity| {
        found
            .iter()
            .chain(data)
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let name = &rules.name;
    screen.say(&match (errors, warnings) {
        (0, 0) => text!("{name}: nothing found", "{name}：没有发现问题"),
        _ => Text {
            en: format!(
                "{name}: {errors} error{}, {warnings} warning{}",
                plural(errors),
                plural(warnings)
            ),
            zh: format!("{name}：{errors} 个错误，{warnings} 个警告"),
        },
    });
    Ok(())
}

/// The ending of an English noun after a count.
const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
