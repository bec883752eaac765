//! What there is: overrides, disagreements, the review queue and proposals, in any format.

use super::Kind;
use super::room::Room;
pub use crate::cli::list::targets;
use crate::cli::output::{Files, Output, Target, files_of, keep_inputs, to_stdout};
use crate::cli::write::terminal_width;
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::diagnostic::Lang;
use regrade::present::reviews::{Item, Line, Reviews};
use regrade::present::table::ResultTable;
use regrade::present::terminal::{Colors, TerminalOptions};
use regrade::present::{csv, json, markdown, terminal};
use regrade::text;
use std::io::{self, Write};

/// Lists everything, or all of one kind.
pub fn run(kind: Option<Kind>, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = targets(global)?;
    let mut room = Room::open(global)?;
    keep_inputs(&files_of(&outputs), &room.files())?;
    let lang = global.lang.map_or(room.scheme().language, Lang::from);
    let (_, desk) = room.look()?;
    let mut lines = desk.lines()?;
    lines.retain(|line| kind.is_none_or(|kind| item(kind) == Some(line.item)));
    write(&outputs, &lines, lang)?;
    let count = lines.len();
    screen.say(&text!("listed: {count}", "共 {count} 项"));
    Ok(Exit::Done)
}

/// The lines of a kind. Rows that wait for repair are no lines of reviews.
const fn item(kind: Kind) -> Option<Item> {
    match kind {
        Kind::Override => Some(Item::Override),
        Kind::Disputed => Some(Item::Disputed),
        Kind::Review => Some(Item::Review),
        Kind::Proposal => Some(Item::Proposal),
        Kind::Repair => None,
    }
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
