//! A report in the formats that were asked for.

use super::super::files::{Files, Out, Sink, write_outputs};
use super::super::output::{Output, outputs_of};
use super::super::write::terminal_options;
use super::super::{Format, Global, Screen, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::present::report::{html, json, markdown, terminal};
use regrade::present::terminal::TerminalOptions;
use regrade::present::workbook;
use regrade::report::Report;
use regrade::text;
use std::io::{self, Write};

/// Where the report goes: without a word text to standard output, whoever reads it.
pub fn outputs(global: &Global) -> Result<Vec<Output>, Stop> {
    outputs_of(global, &global.output, global.format, Format::Table, known)
}

/// The formats that a report has.
pub fn known(format: Format) -> Result<Format, Stop> {
    match format {
        Format::Table | Format::Md | Format::Json | Format::Html | Format::Xlsx => Ok(format),
        Format::Csv | Format::Tsv | Format::Jsonl | Format::Ics => {
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "a report has many tables: it is a page, a workbook, Markdown, JSON or text",
                    "报告有许多张表，只能输出为网页、工作簿、Markdown、JSON 或文本"
                ),
            );
            Err(Stop::usage(finding.help(text!(
                "write to .html, .xlsx, .md, .json or .txt; `regrade grade` writes lists of customers",
                "请输出到 .html、.xlsx、.md、.json 或 .txt；客户清单由 `regrade grade` 输出"
            ))))
        }
    }
}

/// Writes all outputs; the files appear when all is written.
pub fn write_all(outputs: &[Output], report: &Report, screen: &Screen) -> Result<(), Stop> {
    let mut files = Files::default();
    let reader = write_outputs(outputs, &mut files, |output, out| {
        one(output, report, screen, out)
    })?;
    files.commit()?;
    reader.end()
}

/// Writes a report into one output.
pub fn one(output: &Output, report: &Report, screen: &Screen, out: Out<'_>) -> io::Result<()> {
    if output.format == Format::Xlsx {
        return out.workbook(output, |out| write_workbook(report, out));
    }
    let options = match out {
        Out::File(_) => TerminalOptions::default(),
        Out::Stdout(_) => terminal_options(screen.colors_stdout()),
    };
    out.text(|out| write(output.format, report, &options, out))
}

fn write(
    format: Format,
    report: &Report,
    options: &TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Html => html::write(report, out),
        Format::Json => json::write(report, out),
        Format::Md => markdown::write(report, out),
        _ => terminal::write(report, options, out),
    }
}

fn write_workbook(report: &Report, out: &mut dyn Sink) -> io::Result<()> {
    workbook::write_report(report, out)
        .map_err(|error| io::Error::other(error.text().get(report.lang).to_owned()))
}
