//! Whether somebody edited a workbook that regrade wrote, by the fingerprint that it carries.

use super::{Content, Fingerprint};
use crate::clean::text::trim;
use crate::diagnostic::Lang;
use crate::table::{Cell, RawRows};
use crate::words::Word;
use foldhash::HashSet;

/// What comes of holding a workbook against its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What regrade wrote is as it was.
    Unedited,
    /// It is not.
    Edited(Edits),
    /// The workbook carries no fingerprint: regrade did not write it, an older one did, or another program left it out.
    NoHash,
}

/// What was edited, as far as sums tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// Worksheets that are not there any more.
    pub sheets: Vec<String>,
    /// Columns that are not there any more.
    pub gone: Vec<String>,
    /// Columns in which something is not what it was.
    pub columns: Vec<String>,
    /// How many rows there were and are, where customers were added, taken out or given another key. Then nothing more
    /// can be told of rows.
    pub rows: Option<(u64, u64)>,
    /// The rows in which it is, by worksheet and number: each of them, or another one whose key falls on the same heap.
    pub places: Vec<(String, u32)>,
}

/// A worksheet with its cells, the headings first.
pub type Sheet = (String, Option<RawRows>);

/// Holds worksheets against the fingerprint that was written with them. Also gives the columns beside those that
/// regrade filled in which somebody wrote something: those for people, and new ones. They are no edits.
pub fn verify(written: &Fingerprint, sheets: &[Sheet]) -> (Verdict, Vec<String>) {
    let mut edits = Edits::default();
    let mut now = Fingerprint::new(written.headings().to_vec());
    let mut filled: Vec<String> = vec![];
    let mut heaps: Vec<(usize, &str, u32)> = vec![];
    for (name, cells) in sheets {
        let Some(cells) = cells else {
            edits.sheets.push(name.clone());
            continue;
        };
        let headings: Vec<String> = match cells.len() {
            0 => vec![],
            _ => cells.row(0).map(heading).collect(),
        };
        let find = |wanted: &String| headings.iter().position(|heading| heading == wanted);
        let places: Vec<Option<usize>> = written.headings().iter().map(find).collect();
        let gone = written.headings().iter().zip(&places);
        for (heading, _) in gone.filter(|(_, place)| place.is_none()) {
            if !edits.gone.contains(heading) {
                edits.gone.push(heading.clone());
            }
        }
        let known: HashSet<usize> = places.iter().flatten().copied().collect();
        let others = (0..headings.len()).filter(|column| !known.contains(column));
        for column in others {
            let has_text = |row: usize| !matches!(content(cells.cell(row, column)), Content::Blank);
            if (1..cells.len()).any(has_text) && !filled.contains(&headings[column]) {
                filled.push(headings[column].clone());
            }
        }
        for row in 1..cells.len() {
            let cell = |place: &Option<usize>| {
                place.map_or(Content::Blank, |column| content(cells.cell(row, column)))
            };
            let contents: Vec<Content<'_>> = places.iter().map(cell).collect();
            // A remark of somebody's below the table is a row in which regrade has nothing.
            if contents.iter().all(|cell| *cell == Content::Blank) {
                continue;
            }
            heaps.push((
                Fingerprint::heap_of(&contents[0]),
                name,
                cells.row_number(row),
            ));
            now.add(&contents);
        }
    }
    let columns = written.other_columns(&now);
    if columns.is_empty() && edits == Edits::default() && written.rows() == now.rows() {
        return (Verdict::Unedited, filled);
    }
    if columns.contains(&0) || written.rows() != now.rows() {
        edits.rows = Some((written.rows(), now.rows()));
    } else {
        let edited = heaps
            .iter()
            .filter(|(heap, ..)| written.differs_in(*heap, &now));
        edits.places = edited
            .map(|(_, name, row)| ((*name).to_owned(), *row))
            .collect();
        let columns = columns
            .iter()
            .map(|column| written.headings()[*column].clone());
        edits.columns = columns
            .filter(|heading| !edits.gone.contains(heading))
            .collect();
    }
    (Verdict::Edited(edits), filled)
}

/// Whether people are meant to fill a column.
pub fn is_for_people(heading: &str) -> bool {
    let words = [
        Word::ReviewGrade,
        Word::ReviewType,
        Word::ReviewComment,
        Word::Reviewer,
        Word::Remark,
    ];
    let is = |word: Word| {
        [Lang::Zh, Lang::En]
            .iter()
            .any(|lang| word.get(*lang) == heading)
    };
    words.into_iter().any(is)
}

fn heading(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_owned(),
        other => crate::clean::text::shown(other),
    }
}

/// What stands in a cell, however it is formatted.
fn content(cell: Cell<'_>) -> Content<'_> {
    match cell {
        Cell::Blank => Content::Blank,
        Cell::Text(text) if trim(text).is_empty() && text.len() < 2 => Content::Blank,
        Cell::Text(text) => Content::Text(text.into()),
        Cell::Number(number) | Cell::Percent(number) | Cell::Date(number) => {
            Content::Number(number)
        }
        Cell::Bool(_) | Cell::Error(_) => Content::Text(crate::clean::text::shown(cell).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: [&str; 3] = ["编号", "等级", "得分"];

    /// A worksheet of texts: the headings, then rows of cells between spaces; `_` is blank.
    fn sheet(lines: &[&str]) -> Vec<Sheet> {
        let mut raw = RawRows::new(lines[0].split(' ').count());
        for (number, line) in (1..).zip(lines) {
            let cells = line.split(' ').map(|text| match text {
                "_" => Cell::Blank,
                text => text.parse().map_or(Cell::Text(text), Cell::Number),
            });
            raw.push(number, cells);
        }
        vec![("评级明细".to_owned(), Some(raw))]
    }

    fn written() -> Fingerprint {
        let mut written = Fingerprint::new(HEADINGS.map(str::to_owned).to_vec());
        for (id, grade, score) in [("a", "A", 90.5), ("b", "B", 60.0), ("c", "C", 10.0)] {
            let text = |text: &'static str| Content::Text(text.into());
            written.add(&[text(id), text(grade), Content::Number(score)]);
        }
        written
    }

    #[test]
    fn a_table_that_was_sorted_and_filled_is_unedited() {
        let sheets = sheet(&[
            "编号 备注 得分 等级 复核意见",
            "c 看过 10 C _",
            "a _ 90.5 A _",
            "b _ 60 B _",
        ]);
        assert_eq!(
            verify(&written(), &sheets),
            (Verdict::Unedited, vec!["备注".to_owned()])
        );
    }

    #[test]
    fn an_edited_cell_is_told_by_row_and_column() {
        let sheets = sheet(&["编号 等级 得分", "a A 90.5", "b A 60", "c C 10"]);
        let edits = Edits {
            columns: vec!["等级".to_owned()],
            places: vec![("评级明细".to_owned(), 3)],
            ..Edits::default()
        };
        assert_eq!(verify(&written(), &sheets).0, Verdict::Edited(edits));
    }

    #[test]
    fn rows_columns_and_sheets_that_went_are_told() {
        let edits = |verdict: Verdict| match verdict {
            Verdict::Edited(edits) => edits,
            other => panic!("{other:?}"),
        };
        let rows = edits(
            verify(
                &written(),
                &sheet(&["编号 等级 得分", "a A 90.5", "b B 60"]),
            )
            .0,
        );
        assert_eq!((rows.rows, rows.columns.len()), (Some((3, 2)), 0));
        let key = edits(
            verify(
                &written(),
                &sheet(&["编号 等级 得分", "a A 90.5", "b B 60", "d C 10"]),
            )
            .0,
        );
        assert_eq!(key.rows, Some((3, 3)));
        let column = edits(
            verify(
                &written(),
                &sheet(&["编号 等级 分", "a A 90.5", "b B 60", "c C 10"]),
            )
            .0,
        );
        assert_eq!(column.gone, ["得分"]);
        let gone = edits(verify(&written(), &[("评级明细".to_owned(), None)]).0);
        assert_eq!(gone.sheets, ["评级明细"]);
    }
}
