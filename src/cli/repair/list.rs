//! `review list --kind repair`: the rows that wait, the overdue ones first, and the workbook to mend them in.

use super::open::{Open, open};
use super::output::{keep_unread, pages, write};
use crate::cli::list::{is_keyed, render};
use crate::cli::output::{Files, Output, Target, files_of, keep_inputs, outputs, to_stdout};
use crate::cli::review::Room;
use crate::cli::write::terminal_options;
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::diagnostic::{Lang, Text};
use regrade::ledger::{Import, Waiting};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::table::Date;
use regrade::text;
use regrade::words::Word;
use std::borrow::Cow;

/// Runs it.
pub fn run(global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs(&global.output, global.format)?;
    let mut room = Room::open(global)?;
    keep_inputs(&files_of(&outputs), &room.files())?;
    let lang = global.lang.map_or(room.scheme().language, Lang::from);
    let as_of = room.as_of();
    let (ledger, about) = room.books()?;
    let scheme = &about.rules.scheme;
    let stop = |error| about.stop(&error);
    let open = open(&ledger, scheme).map_err(stop)?;
    let (books, lists): (Vec<Output>, Vec<Output>) = outputs
        .into_iter()
        .partition(|output| output.format == Format::Xlsx);
    write_lists(&lists, &open, lang, as_of)?;
    if !books.is_empty() && !global.dry_run {
        keep_unread(&books, &ledger, scheme, &[])?;
        let pages = pages(&ledger, scheme, &open).map_err(stop)?;
        write(&books, scheme, lang, as_of, pages)?;
    }
    let count: usize = open.iter().map(|one| one.rows.len()).sum();
    let late = lines(&open, as_of)
        .iter()
        .filter(|line| line.is_overdue)
        .count();
    screen.say(&text!(
        "rows waiting for repair: {count}, overdue: {late}",
        "待修正的行：{count}，其中逾期：{late}"
    ));
    Ok(Exit::Done)
}

/// A row that waits.
struct Line<'a> {
    import: &'a Import,
    row: &'a Waiting,
    is_overdue: bool,
}

/// The rows in the order in which they are wanted: the overdue ones first, the longest overdue before the others.
fn lines(open: &[Open], on: Date) -> Vec<Line<'_>> {
    let rows = open
        .iter()
        .flat_map(|one| one.rows.iter().map(move |row| (&one.import, row)));
    let mut lines: Vec<Line<'_>> = rows
        .map(|(import, row)| Line {
            import,
            row,
            is_overdue: row.about.due.is_some_and(|due| due < on),
        })
        .collect();
    lines.sort_by_key(|line| {
        let about = &line.row.about;
        let due = about.due.map_or((true, 0), |due| (false, due.days()));
        (!line.is_overdue, due, about.since, about.row)
    });
    lines
}

fn write_lists(outputs: &[Output], open: &[Open], lang: Lang, on: Date) -> Result<(), Stop> {
    if outputs.is_empty() {
        return Ok(());
    }
    let lines = lines(open, on);
    let columns = columns();
    let listing = |output: &Output| {
        let keyed = is_keyed(output);
        // Programs read messages in one language.
        let rows = |lang| lines.iter().map(|line| cells(line, lang)).collect();
        if keyed {
            Listing::keyed(&columns, rows(Lang::En))
        } else {
            Listing::new(lang, &columns, rows(lang))
        }
    };
    let mut files = Files::default();
    for output in outputs {
        if let Target::File(path) = &output.target {
            let listing = listing(output);
            files.write(path, |out| render(output, &listing, None, &mut &mut *out))?;
        }
    }
    for output in outputs {
        if output.target == Target::Stdout {
            let listing = listing(output);
            to_stdout(|out| render(output, &listing, terminal_options(false).width, out))?;
        }
    }
    files.commit()
}

fn columns() -> Vec<ListColumn> {
    let column = |key: &'static str, word: Word, kind, role| ListColumn {
        key: Cow::Borrowed(key),
        heading: Text {
            en: word.get(Lang::En).to_owned(),
            zh: word.get(Lang::Zh).to_owned(),
        },
        kind,
        role,
    };
    use ColumnKind::{Date, Id, Text as Words};
    vec![
        column("state", Word::RepairState, Words, ColumnRole::Decision),
        column("sheet", Word::SheetName, Words, ColumnRole::Type),
        column("source", Word::Source, Words, ColumnRole::Type),
        column("place", Word::Place, Words, ColumnRole::Key),
        column("customer", Word::Customer, Id, ColumnRole::Key),
        column("problem", Word::Problem, Words, ColumnRole::Reasons),
        column("since", Word::Start, Date, ColumnRole::Since),
        column("owner", Word::RepairOwner, Words, ColumnRole::Name),
        column("due", Word::RepairDue, Date, ColumnRole::Since),
    ]
}

fn cells(line: &Line<'_>, lang: Lang) -> Vec<ListCell> {
    let text = |text: &str| {
        ListCell::Value(if text.is_empty() {
            OutCell::Blank
        } else {
            OutCell::Text(text.to_owned().into())
        })
    };
    let day = |day: Option<Date>| ListCell::Value(day.map_or(OutCell::Blank, OutCell::Date));
    let about = &line.row.about;
    let (key, word) = if line.is_overdue {
        ("overdue", Word::Overdue)
    } else {
        ("waiting", Word::Waits)
    };
    let problems: Vec<&str> = about
        .faults
        .iter()
        .map(|fault| fault.title.get(lang))
        .collect();
    let column = about.faults.iter().find_map(|fault| fault.column);
    let origin = &line.import.origin;
    let place = match column {
        Some(column) => origin.cell(line.row.number, column),
        None => origin.row(line.row.number),
    };
    vec![
        ListCell::Word(
            key,
            Text {
                en: word.get(Lang::En).to_owned(),
                zh: word.get(Lang::Zh).to_owned(),
            },
        ),
        text(&line.import.sheet),
        text(&line.import.filing.source),
        text(&place.to_string()),
        text(about.customer.as_deref().unwrap_or_default()),
        text(&problems.join(match lang {
            Lang::En => "; ",
            Lang::Zh => "；",
        })),
        day(Some(about.since)),
        text(about.owner.as_deref().unwrap_or_default()),
        day(about.due),
    ]
}
