//! The columns that a repair workbook has beside those of the rows themselves: what is wrong, what people fill, and
//! which row of which table it is. They stand at the right end, so of two columns with one heading the last is regrade's.

use crate::diagnostic::Lang;
use crate::read::{Header, KnownSheet, fold_header};
use crate::words::Word;
use std::collections::HashMap;

/// The headings in their order, the mark of the row last.
const HEADINGS: [Word; 9] = [
    Word::Problem,
    Word::SourcePlace,
    Word::RepairOwner,
    Word::RepairDue,
    Word::RepairAction,
    Word::RepairReason,
    Word::Mender,
    Word::RepairState,
    Word::RowMark,
];

/// The columns that are read back, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Mend the row or leave it out.
    pub action: Option<usize>,
    /// Why.
    pub reason: Option<usize>,
    /// Who.
    pub by: Option<usize>,
    /// Which row it is.
    pub mark: usize,
    /// The first of regrade's own: what stands before is the row's.
    pub first: usize,
}

/// The headings of regrade's own columns, in their order.
pub fn headings(lang: Lang) -> [&'static str; 9] {
    HEADINGS.map(|word| word.get(lang))
}

fn last(headers: &[Header], word: Word) -> Option<usize> {
    let names = [Lang::Zh, Lang::En].map(|lang| fold_header(word.get(lang)));
    headers
        .iter()
        .rposition(|header| names.contains(&header.folded))
}

/// The columns that regrade wrote beside the rows.
fn own(headers: &[Header]) -> impl Iterator<Item = usize> {
    HEADINGS.into_iter().filter_map(|word| last(headers, word))
}

/// Whether a table is of a repair workbook.
pub fn is_page(headers: &[Header]) -> bool {
    last(headers, Word::RowMark).is_some()
}

/// A repair workbook as the reader is to know it.
pub fn known_page() -> KnownSheet {
    let both = |word: Word| [Lang::Zh, Lang::En].map(|lang| word.get(lang).to_owned());
    KnownSheet {
        name: "repair".into(),
        key: both(Word::RowMark).to_vec(),
        required: vec![],
        headers: HEADINGS.into_iter().flat_map(both).collect(),
        results: vec![],
    }
}

impl Columns {
    /// The columns of a page; `None` of any other table.
    pub fn of(headers: &[Header]) -> Option<Self> {
        let mark = last(headers, Word::RowMark)?;
        Some(Self {
            action: last(headers, Word::RepairAction),
            reason: last(headers, Word::RepairReason),
            by: last(headers, Word::Mender),
            mark,
            first: own(headers).min().unwrap_or(mark),
        })
    }

    /// For each column of the table that the rows are from the column of the page: the first of the same header there,
    /// the second of the second. `Err` has the headers that the page does not have.
    pub fn of_rows(page: &[Header], table: &[Header]) -> Result<Vec<usize>, Vec<String>> {
        let own: Vec<usize> = own(page).collect();
        // Of each header its columns, the first at the end.
        let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, header) in page.iter().enumerate().rev() {
            if !own.contains(&at) {
                free.entry(&header.folded).or_default().push(at);
            }
        }
        let mut columns = vec![];
        let mut missing = vec![];
        for header in table {
            match free.get_mut(&*header.folded).and_then(Vec::pop) {
                Some(at) => columns.push(at),
                None => missing.push(header.text.clone()),
            }
        }
        if missing.is_empty() {
            Ok(columns)
        } else {
            Err(missing)
        }
    }
}
