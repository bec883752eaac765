//! What there is: overrides, disagreements, the review queue and proposals, in any format.

use super::room::Room;
pub use crate::cli::list::targets;
use crate::cli::output::{Files, Output, Target, files_of, keep_inputs, to_stdout};
use crate::cli::write::terminal_width;
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::diagnostic::Lang;
use regrade::present::reviews::{Line, Reviews};
use regrade::present::table::ResultTable;
use regrade::present::terminal::{Colors, TerminalOptions};
use regrade::present::{csv, json, markdown, terminal};
use regrade::text;
use std::io::{self, Write};

/// Lists everything.
pub fn run(global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = targets(global)?;
    let mut room = Room::open(global)?;
    keep_inputs(&files_of(&outputs), &room.files())?;
    let lang = global.lang.map_or(room.scheme().language, Lang::from);
    let (_, desk) = room.look()?;
    let lines = desk.lines()?;
    write(&outputs, &lines, lang)?;
    let count = lines.len();
    screen.say(&text!("listed: {count}", "共 {count} 项"));
    Ok(Exit::Done)
}

/// Writes the lines into every output.
pub fn write(outputs: &[Output], lines: &[Line], lang: Lang) -> Result<(), Stop> {
    let mut files = Files::default();
    for output in outputs {
        if let Target::File(path) = &output.target {
            files.write(path, |out| {
                render(output, lines, lang, None, &mut &mut *out)
            })?;
        }
    }
    for output in outputs {
        if output.target == Target::Stdout {
            to_stdout(|out| render(output, lines, lang, terminal_width(), out))?;
        }
    }
    files.commit()
}

fn render(
    output: &Output,
    lines: &[Line],
    lang: Lang,
    width: Option<u16>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let table = match output.format {
        Format::Json | Format::Jsonl => Reviews::keyed(lines.to_vec()),
        _ => Reviews::new(lines.to_vec(), lang),
    };
    let table: &dyn ResultTable = &table;
    match output.format {
        Format::Json => json::write_table(table, out),
        Format::Jsonl => json::write_lines(table, out),
        Format::Md => markdown::write(table, out),
        Format::Tsv => csv::write(table, b'\t', false, true, out),
        Format::Table => {
            let options = TerminalOptions {
                width,
                colors: Colors::Plain,
                limit: None,
            };
            terminal::write(table, &options, out)
        }
        _ => {
            let is_file = output.target != Target::Stdout;
            csv::write(table, b',', is_file && csv::has_non_ascii(table), true, out)
        }
    }
}
