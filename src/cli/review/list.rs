//! What there is: overrides, disagreements, the review queue and proposals, in any format.

use super::room::Room;
use super::{Kind, lines};
use crate::cli::files::{Files, to_stdout};
pub use crate::cli::list::targets;
use crate::cli::output::{Output, Target, files_of, keep_inputs};
use crate::cli::recorded::Known;
use crate::cli::write::terminal_width;
use crate::cli::{Exit, Format, Global, Screen, Stop, ledger, role};
use regrade::diagnostic::Lang;
use regrade::present::reviews::{Item, Line, Reviews};
use regrade::present::table::ResultTable;
use regrade::present::terminal::{Colors, TerminalOptions};
use regrade::present::{csv, json, markdown, terminal};
use regrade::roles::Viewer;
use regrade::text;
use regrade::words::Word;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Lists everything, or all of one kind.
pub fn run(kind: Option<Kind>, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = targets(global)?;
    let viewer = viewer(global)?;
    let mut room = Room::open(global)?;
    keep_inputs(&files_of(&outputs), &room.files())?;
    let lang = global.lang.map_or(room.scheme().language, Lang::from);
    let (about, desk) = room.look()?;
    let lines = lines::all(desk.ledger(), about.as_of);
    let mut lines = lines.map_err(|error| about.stop(&error))?;
    if let Some(viewer) = &viewer {
        lines = viewer.lines(lines, lang);
    }
    lines.retain(|line| kind.is_none_or(|kind| item(kind) == Some(line.item)));
    write(&outputs, &lines, lang)?;
    let count = lines.len();
    screen.say(&text!("listed: {count}", "共 {count} 项"));
    Ok(Exit::Done)
}

/// Whom a role sees in the newest run, and as what.
struct Sees {
    viewer: Viewer,
    /// Their keys; `None` if it sees everybody.
    ids: Option<HashSet<Arc<str>>>,
}

fn viewer(global: &Global) -> Result<Option<Sees>, Stop> {
    if global.role.is_none() {
        return Ok(None);
    }
    let ledger = ledger::open(global)?;
    let known = Known::find(&ledger, "@latest")?;
    let Some(viewer) = role::viewer_of_run(global, &known.scheme)? else {
        return Ok(None);
    };
    let ids = if viewer.sees_some_rows() {
        let grading = known.again(&ledger)?;
        let ids = &grading.book.roster.ids;
        let rows = viewer.rows(&grading).into_iter();
        Some(rows.map(|row| ids[row as usize].clone()).collect())
    } else {
        None
    };
    Ok(Some(Sees { viewer, ids }))
}

impl Sees {
    /// The lines of its customers. What people wrote, and who they are, may be what the role does not see.
    fn lines(&self, lines: Vec<Line>, lang: Lang) -> Vec<Line> {
        let withheld: Arc<str> = Word::Withheld.get(lang).into();
        let hides = !self.viewer.sees_all_columns();
        let text =
            |text: Option<Arc<str>>| text.map(|text| if hides { withheld.clone() } else { text });
        let is_seen = |line: &Line| {
            self.ids
                .as_ref()
                .is_none_or(|ids| ids.contains(&line.customer))
        };
        let lines = lines.into_iter().filter(is_seen);
        let lines = lines.map(|line| Line {
            customer: self.viewer.id(&line.customer),
            level: line
                .level
                .map(|level| self.viewer.level(line.subject, &level)),
            by: text(line.by),
            reason: text(line.reason),
            ..line
        });
        lines.collect()
    }
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
    let table: &(dyn ResultTable + Sync) = &table;
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
