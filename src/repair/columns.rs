//! The columns that a repair workbook has beside those of the rows themselves: what is wrong, what people fill, and
//! which row of which table it is. They stand at the right end, so of two columns with one heading the last is regrade's.

use crate::diagnostic::Lang;
use crate::read::{Header, KnownSheet, fold_header};
use crate::words::Word;

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

/// How the headers of a page are otherwise than they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Altered {
    /// Headers of the rows are not there; `instead` is the first column that nobody knows.
    Missing {
        /// What is missing.
        missing: Vec<String>,
        /// A column of the page.
        instead: Option<usize>,
    },
    /// A column says another unit: what its cells say is not known any more.
    Unit {
        /// The column of the page.
        at: usize,
        /// Its header as it was written.
        was: String,
    },
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

/// Whether a table is a page of a repair workbook whose last column somebody took out: it has what only such a page has.
pub fn has_lost_mark(headers: &[Header]) -> bool {
    let has = |word| last(headers, word).is_some();
    !is_page(headers)
        && [Word::RepairAction, Word::RepairReason, Word::Mender]
            .into_iter()
            .all(has)
        && [Word::Problem, Word::SourcePlace].into_iter().any(has)
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

/// The same without the mark, of which [`has_lost_mark`] is to say whether it is one.
pub fn known_unmarked_page() -> KnownSheet {
    KnownSheet {
        name: "unmarked repair".into(),
        key: [Lang::Zh, Lang::En]
            .map(|lang| Word::Mender.get(lang).to_owned())
            .to_vec(),
        ..known_page()
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
    /// the second of the second.
    pub fn of_rows(page: &[Header], table: &[Header]) -> Result<Vec<usize>, Altered> {
        let mut used = vec![false; page.len()];
        for at in own(page) {
            used[at] = true;
        }
        // As the page was written: a header of two lines stands there in one.
        let written: Vec<Header> = table.iter().map(|one| Header::new(&one.text)).collect();
        let mut columns = vec![None; table.len()];
        // Those with their unit first: of two of one name each keeps its own.
        for same_unit in [true, false] {
            for (header, column) in written.iter().zip(&mut columns) {
                if column.is_none() {
                    *column = (0..page.len()).find(|at| {
                        !used[*at]
                            && page[*at].folded == header.folded
                            && (!same_unit || page[*at].unit == header.unit)
                    });
                    if let Some(at) = *column {
                        used[at] = true;
                    }
                }
            }
        }
        let of_table = || columns.iter().zip(&written);
        let missing: Vec<String> = of_table()
            .filter(|(column, _)| column.is_none())
            .map(|(_, header)| header.text.clone())
            .collect();
        if !missing.is_empty() {
            let is_new = |at: &usize| !used[*at] && !page[*at].text.is_empty();
            let instead = (0..page.len()).find(is_new);
            return Err(Altered::Missing { missing, instead });
        }
        let columns: Vec<usize> = columns.into_iter().flatten().collect();
        let mut of_table = columns.iter().zip(&written);
        match of_table.find(|(at, header)| page[**at].unit != header.unit) {
            Some((at, header)) => Err(Altered::Unit {
                at: *at,
                was: header.text.clone(),
            }),
            None => Ok(columns),
        }
    }
}
