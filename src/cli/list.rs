//! Writes a plain list into the outputs of a call.

use super::files::{Files, Out, write_outputs};
use super::output::{Output, Target, fallback, outputs_of};
use super::write::terminal_options;
use super::{Format, Global, Stop};
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::ResultTable;
use regrade::present::terminal::{Colors, TerminalOptions};
use regrade::present::{csv, json, markdown, terminal};
use regrade::text;
use std::io::{self, Write};

/// The outputs of a call, of those formats that a list has.
pub fn targets(global: &Global) -> Result<Vec<Output>, Stop> {
    outputs_of(global, &global.output, global.format, fallback(), known)
}

/// The same where a list is written as a workbook too.
pub fn targets_with_workbook(global: &Global) -> Result<Vec<Output>, Stop> {
    let known = |format| match format {
        Format::Xlsx => Ok(format),
        _ => known(format),
    };
    outputs_of(global, &global.output, global.format, fallback(), known)
}

/// A list has no formats that are drawn.
fn known(format: Format) -> Result<Format, Stop> {
    let what = match format {
        Format::Xlsx => text!("as a workbook", "为工作簿"),
        Format::Html => text!("as a page", "为网页"),
        Format::Ics => text!("as a calendar", "为日历"),
        _ => return Ok(format),
    };
    let Text { en, zh } = what;
    let finding = Finding::error(
        Code::Usage,
        text!("this list is not written {en}", "此清单不能输出{zh}"),
    );
    Err(Stop::usage(finding.help(text!(
        "write .csv, .tsv, .jsonl, .json, .md or .txt",
        "请输出 .csv、.tsv、.jsonl、.json、.md 或 .txt"
    ))))
}

/// The language of a list: that of messages, because no scheme is asked.
pub fn lang(global: &Global) -> Lang {
    global.lang.map_or_else(super::screen::locale, Lang::from)
}

/// Writes the list into every output. `rows` is told whether they are for programs.
pub fn write(
    outputs: &[Output],
    lang: Lang,
    columns: &[ListColumn],
    rows: impl Fn(bool) -> Vec<Vec<ListCell>>,
) -> Result<(), Stop> {
    each(outputs, |output, width, out| {
        let listing = if is_keyed(output) {
            Listing::keyed(columns, rows(true))
        } else {
            Listing::new(lang, columns, rows(false))
        };
        render(output, &listing, width, out)
    })
}

/// Writes every output with `render`: files first, then standard output, and the files appear when all is written.
pub fn each(
    outputs: &[Output],
    render: impl Fn(&Output, Option<u16>, &mut dyn Write) -> io::Result<()>,
) -> Result<(), Stop> {
    let mut files = Files::default();
    let reader = write_outputs(outputs, &mut files, |output, out| {
        let width = width_in(&out);
        out.text(|out| render(output, width, out))
    })?;
    files.commit()?;
    reader.end()
}

/// The width of the terminal, if that is what is written to.
pub fn width_in(out: &Out<'_>) -> Option<u16> {
    match out {
        Out::File(_) => None,
        Out::Stdout(_) => terminal_options(false).width,
    }
}

/// Whether the format has keys instead of headings.
pub const fn is_keyed(output: &Output) -> bool {
    matches!(output.format, Format::Json | Format::Jsonl)
}

/// Writes a list in the format of the output.
pub fn render(
    output: &Output,
    listing: &(dyn ResultTable + Sync),
    width: Option<u16>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match output.format {
        Format::Json => json::write_table(listing, out),
        Format::Jsonl => json::write_lines(listing, out),
        Format::Md => markdown::write(listing, out),
        Format::Tsv => csv::write(listing, b'\t', false, true, out),
        Format::Table => {
            let options = TerminalOptions {
                width,
                colors: Colors::Plain,
                limit: None,
            };
            terminal::write(listing, &options, out)
        }
        _ => {
            let bom = output.target != Target::Stdout && csv::has_non_ascii(listing);
            csv::write(listing, b',', bom, true, out)
        }
    }
}
