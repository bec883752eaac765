//! `review list --kind repair`: the rows that wait, the overdue ones first, and the workbook to mend them in.

use super::known_of;
use super::open::{Open, counts, open};
use super::output::{keep_unread, pages, write};
use crate::cli::files::{Files, to_stdout};
use crate::cli::list::{is_keyed, render};
use crate::cli::output::{Output, Target, files_of, keep_inputs, outputs};
use crate::cli::review::Room;
use crate::cli::write::terminal_options;
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::diagnostic::{Lang, Text};
use regrade::ledger::{Error, Import, ImportId, Ledger, Waiting};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::repair::{self, State};
use regrade::table::Date;
use regrade::text;
use regrade::words::Word;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Runs it.
pub fn run(global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs(global, global.format)?;
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
    let lines = lines(&open, as_of, &disputes(&ledger, &open).map_err(stop)?);
    write_lists(&lists, &lines, lang)?;
    if !books.is_empty() && !global.dry_run {
        keep_unread(&books, &ledger, scheme, &[])?;
        let pages = pages(&ledger, scheme, &open).map_err(stop)?;
        write(&books, scheme, lang, as_of, pages)?;
    }
    let (count, late) = counts(&open, as_of);
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
    /// What people made of it who do not agree.
    disputes: Vec<Text>,
}

/// What people made of rows who do not agree, by import and number.
type Disputes = BTreeMap<(ImportId, u32), Vec<Text>>;

fn disputes(ledger: &Ledger, open: &[Open]) -> Result<Disputes, Error> {
    let mut disputes = Disputes::new();
    for one in open {
        let stored = ledger.repairs(one.import.id)?;
        for known in stored.iter().map(known_of) {
            if known.state == State::Disputed {
                let row = disputes.entry((one.import.id, known.number)).or_default();
                row.push(repair::dispute(&known));
            }
        }
    }
    Ok(disputes)
}

/// The rows in the order in which they are wanted: the overdue ones first, the longest overdue before the others.
fn lines<'a>(open: &'a [Open], on: Date, disputes: &Disputes) -> Vec<Line<'a>> {
    let rows = open
        .iter()
        .flat_map(|one| one.rows.iter().map(move |row| (&one.import, row)));
    let mut lines: Vec<Line<'a>> = rows
        .map(|(import, row)| Line {
            import,
            row,
            is_overdue: row.about.due.is_some_and(|due| due < on),
            disputes: disputes
                .get(&(import.id, row.number))
                .cloned()
                .unwrap_or_default(),
        })
        .collect();
    lines.sort_by_key(|line| {
        let about = &line.row.about;
        let due = about.due.map_or((true, 0), |due| (false, due.days()));
        (!line.is_overdue, due, about.since, about.row)
    });
    lines
}

fn write_lists(outputs: &[Output], lines: &[Line<'_>], lang: Lang) -> Result<(), Stop> {
    if outputs.is_empty() {
        return Ok(());
    }
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
    let (words, id, day) = (ColumnKind::Text, ColumnKind::Id, ColumnKind::Date);
    let column = |key: &'static str, word: Word, kind, role| ListColumn {
        key: Cow::Borrowed(key),
        heading: Text {
            en: word.get(Lang::En).to_owned(),
            zh: word.get(Lang::Zh).to_owned(),
        },
        kind,
        role,
    };
    vec![
        column("state", Word::RepairState, words, ColumnRole::Decision),
        column("sheet", Word::SheetName, words, ColumnRole::Type),
        column("source", Word::Source, words, ColumnRole::Type),
        column("place", Word::Place, words, ColumnRole::Key),
        column("customer", Word::Customer, id, ColumnRole::Key),
        column("problem", Word::Problem, words, ColumnRole::Reasons),
        column("since", Word::Start, day, ColumnRole::Since),
        column("owner", Word::RepairOwner, words, ColumnRole::Name),
        column("due", Word::RepairDue, day, ColumnRole::Since),
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
    let (key, word) = match (line.is_overdue, line.disputes.is_empty()) {
        (true, _) => ("overdue", Word::Overdue),
        (false, false) => ("disputed", Word::Disputed),
        (false, true) => ("waiting", Word::Waits),
    };
    let faults = about.faults.iter().map(|fault| &fault.title);
    let problems: Vec<&str> = line
        .disputes
        .iter()
        .chain(faults)
        .map(|title| title.get(lang))
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

#[cfg(test)]
mod tests {
    use super::*;
    use regrade::book::Filing;
    use regrade::ledger::{NewWaiting, RowId};
    use regrade::table::Origin;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn waiting(row: i64, since: &str, due: Option<&str>) -> Waiting {
        Waiting {
            import: ImportId(1),
            number: row as u32 + 1,
            cells: String::new(),
            about: NewWaiting {
                row: RowId(row),
                customer: None,
                faults: vec![],
                since: day(since),
                owner: None,
                due: due.map(day),
            },
        }
    }

    #[test]
    fn the_longest_overdue_comes_first_and_what_has_no_end_last() {
        let import = Import {
            id: ImportId(1),
            made_at: String::new(),
            made_by: String::new(),
            sheet: "customers".into(),
            origin: Origin {
                file: "客户.csv".into(),
                worksheet: None,
            },
            content_hash: String::new(),
            former: vec![],
            rows: 9,
            refused: 6,
            span: None,
            filing: Filing::named("客户", day("2024-03-31"), 1),
        };
        let rows = vec![
            waiting(1, "2024-03-31", None),
            waiting(2, "2024-02-29", None),
            waiting(3, "2024-03-31", Some("2024-04-20")),
            waiting(4, "2024-03-31", Some("2024-04-09")),
            waiting(5, "2024-01-31", Some("2024-02-05")),
            waiting(6, "2024-03-31", Some("2024-04-10")),
        ];
        let open = [Open { import, rows }];
        let lines = lines(&open, day("2024-04-10"), &Disputes::new());
        let order: Vec<i64> = lines.iter().map(|line| line.row.about.row.0).collect();
        assert_eq!(order, [5, 4, 6, 3, 2, 1]);
        let overdue: Vec<bool> = lines.iter().map(|line| line.is_overdue).collect();
        assert_eq!(overdue, [true, true, false, false, false, false]);
        assert_eq!(super::super::counts(&open, day("2024-04-10")), (6, 2));
    }
}
