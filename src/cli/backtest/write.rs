//! A backtest in the formats that were asked for: the report, or the list of customers and period ends.

use crate::cli::files::{Files, write_outputs};
use crate::cli::output::{Output, Target, outputs_of};
use crate::cli::{Format, Global, Screen, Stop, list, report};
use regrade::diagnostic::{Code, Finding};
use regrade::present::backtest as listed;
use regrade::report::{Report, backtest::Backtest};
use regrade::text;

/// Where it goes: without a word the report as text to standard output.
pub fn outputs(global: &Global) -> Result<Vec<Output>, Stop> {
    outputs_of(global, &global.output, global.format, Format::Table, known)
}

fn known(format: Format) -> Result<Format, Stop> {
    if format != Format::Ics {
        return Ok(format);
    }
    let finding = Finding::error(
        Code::Usage,
        text!("a backtest is no calendar", "回测不能输出为日历"),
    );
    Err(Stop::usage(finding.help(text!(
        "write the report to .html, .xlsx, .md, .json or .txt, the list of customers to .csv, .tsv or .jsonl",
        "报告请输出到 .html、.xlsx、.md、.json 或 .txt，客户清单请输出到 .csv、.tsv 或 .jsonl"
    ))))
}

/// Whether the output is the list of customers.
const fn is_list(output: &Output) -> bool {
    matches!(output.format, Format::Csv | Format::Tsv | Format::Jsonl)
}

/// Whether what is written tells a reader what it is of.
pub fn is_seen(output: &Output) -> bool {
    output.target == Target::Stdout && !is_list(output)
}

/// Writes all outputs; the files appear when all is written.
pub fn write_all(
    outputs: &[Output],
    made: &Backtest<'_>,
    report: &Report,
    screen: &Screen,
) -> Result<(), Stop> {
    let mut files = Files::default();
    let reader = write_outputs(outputs, &mut files, |output, out| {
        if !is_list(output) {
            return report::write::one(output, report, screen, out);
        }
        let width = list::width_in(&out);
        let listing = listed::List::new(made, list::is_keyed(output));
        out.text(|out| list::render(output, &listing, width, out))
    })?;
    files.commit()?;
    reader.end()
}
