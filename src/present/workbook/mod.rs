//! The graded workbook: an overview, the table of customers, the findings and what explains it all.
//!
//! This is the only place that knows `rust_xlsxwriter`. The same inputs give the same bytes: the library dates the parts
//! of the archive alike, and the document is dated by the as-of date.

mod about;
mod beside;
pub mod blank;
mod book;
mod charts;
mod compared;
mod duplicates;
mod error;
mod findings;
mod formats;
mod graded;
mod in_blocks;
mod list;
mod matrix;
mod moves;
mod overview;
mod page;
mod paper;
mod pour;
mod printed;
mod problems;
mod repair;
mod repair_rows;
mod report;
mod review;
mod rows;
mod shifts;
mod tasks;
#[cfg(test)]
mod tests;
mod text;
mod widths;

pub use compared::write_diff;
pub use duplicates::write_duplicates;
pub use error::WorkbookError;
pub use in_blocks::{Block, InBlocks, Misfit};
pub use problems::write_problems;
pub use repair::{RepairBook, write_repairs};
pub use report::write_report;
pub use shifts::write_shifts;
pub use tasks::write_tasks;

use super::basis::Basis;
use super::diff::Diff;
use super::history::HistoryTable;
use super::potential::PotentialTable;
use super::printed::Part;
use super::strategies::StrategyRow;
use super::summary::Summary;
use super::table::{GradeStyle, ResultTable};
use crate::compare::Fingerprint;
use crate::diagnostic::Lang;
use crate::report::RunFigures;
use crate::text;
use crate::words::Word;
use book::Book;
use formats::Formats;
use review::Lists;
use rust_xlsxwriter::{DocProperties, Worksheet, XlsxError};
use std::io::{Seek, Write};
use std::path::PathBuf;
use text::SheetNames;

/// The property with the names of the worksheets that hold the results.
pub const SHEETS: &str = "regrade.sheets";
/// The property with the names of those that only show them in other ways, and are never read as data.
pub const ASIDE: &str = crate::read::ASIDE;
/// The property with the grades, best first.
pub const LEVELS: &str = "regrade.levels";

/// The property with the run's id in the ledger.
pub const RUN: &str = "regrade.run";

/// The property with the hash of the results.
pub const CONTENT: &str = "regrade.content";
/// The property with the headings of the columns that regrade filled.
pub const HEADINGS: &str = "regrade.headings";
/// The property with the sums by which an edit is found.
pub const SUMS: &str = "regrade.sums";

/// Data rows of one sheet: Excel's 1,048,576 rows without the header.
const ROWS_PER_SHEET: usize = 1_048_575;
/// From how many rows on the rows go to a temporary file instead of memory.
const ROWS_IN_MEMORY: usize = 50_000;
/// Columns of a sheet.
const MAX_COLUMNS: usize = 16_384;

/// What a caller may choose.
#[derive(Clone, Debug, Default)]
pub struct WorkbookOptions {
    /// The name of the sheet with the customers; its usual name by default. Made a name that Excel takes.
    pub sheet: Option<String>,
    /// Colours the whole row as its grade, not only the grade's cell.
    pub fill_row: bool,
    /// One sheet only, with the customers, written row by row: memory does not grow with them.
    pub plain: bool,
    /// The run in the ledger.
    pub run: Option<String>,
    /// Where a large sheet's rows wait; the system's folder for temporary files by default.
    pub temp_dir: Option<PathBuf>,
}

impl WorkbookOptions {
    /// The name that the sheet with the customers is to have.
    fn sheet_name(&self, lang: Lang) -> &str {
        let usual = Word::SheetGraded.get(lang);
        self.sheet.as_deref().unwrap_or(usual)
    }
}

/// What a workbook tells beside the table of customers. All of it is made of what its reader may see.
#[derive(Default)]
pub struct Beside<'a> {
    /// How many customers had each grade (without grades, each type) in the run before, if there is one.
    pub before: Option<Vec<usize>>,
    /// The figures of the last runs, oldest first, this one last; blank without a ledger.
    pub runs: Vec<RunFigures>,
    /// Who moved since the run before, if there is one.
    pub moves: Option<Diff>,
    /// What grades rest on.
    pub basis: Option<Basis<'a>>,
    /// Who is promising, where the scheme asks for the list.
    pub potential: Option<PotentialTable>,
    /// What the strategies give.
    pub strategies: Vec<StrategyRow>,
    /// The scheme as people print it.
    pub scheme: Vec<Part>,
    /// The last runs of those who moved, where there is a ledger.
    pub history: Option<HistoryTable<'a>>,
}

/// Writes the workbook to `out`, from its present position on.
pub fn write<W: Write + Seek + Send>(
    table: &(dyn ResultTable + Sync),
    summary: &Summary,
    beside: &Beside<'_>,
    out: W,
    options: &WorkbookOptions,
) -> Result<(), WorkbookError> {
    write_limited(table, summary, beside, out, options, Limits::default())
}

/// Where a sheet ends and where memory does; smaller in tests.
#[derive(Clone, Copy)]
struct Limits {
    rows_per_sheet: usize,
    rows_in_memory: usize,
    /// Whether the rows of large sheets are poured.
    pours: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows_per_sheet: ROWS_PER_SHEET,
            rows_in_memory: ROWS_IN_MEMORY,
            pours: true,
        }
    }
}

fn write_limited<W: Write + Seek + Send>(
    table: &(dyn ResultTable + Sync),
    summary: &Summary,
    beside: &Beside<'_>,
    out: W,
    options: &WorkbookOptions,
    limits: Limits,
) -> Result<(), WorkbookError> {
    if table.columns().len() > MAX_COLUMNS {
        return Err(WorkbookError::TooManyColumns(table.columns().len()));
    }
    let lang = table.lang();
    let mut formats = Formats::new(table.grades(), options.fill_row);
    let mut book = Book::new(&formats, options.temp_dir.as_deref())?;

    let mut names = SheetNames::default();
    // The reader's own name for the table comes first, so that it is the others that give way.
    let wanted = options.sheet_name(lang);
    let sheets = table.len().div_ceil(limits.rows_per_sheet).max(1);
    let graded: Vec<String> = (1..=sheets)
        .map(|number| names.take(wanted, number))
        .collect();

    let mut aside = Aside::default();
    if !options.plain {
        let sheet = aside.add(&mut book, &mut names, Word::SheetOverview, lang)?;
        sheet.set_active(true);
        let before = overview::Before {
            counts: beside.before.as_deref(),
            runs: &beside.runs,
        };
        overview::write(sheet, &aside.names[0], summary, &before, &formats)?;
    }
    let lists = Lists::new(table, &mut names, options.plain);
    let columns = graded::Columns::new(table);
    let mut fingerprint = columns.fingerprint(table);
    let customers = graded::Graded {
        table,
        columns: &columns,
        lists: &lists,
    };
    for (number, name) in graded.iter().enumerate() {
        let first = number * limits.rows_per_sheet;
        let part = graded::Part {
            name,
            rows: first..table.len().min(first + limits.rows_per_sheet),
            number,
            is_large: options.plain || table.len() > limits.rows_in_memory,
        };
        let known = &mut fingerprint;
        graded::add(&mut book, &customers, part, &mut formats, known, limits)?;
    }
    if !options.plain {
        let mut room = Room {
            book: &mut book,
            names: &mut names,
            formats: &mut formats,
            limits,
        };
        room.add_others(table, summary, beside, &graded, &mut aside)?;
        if lists.has_sheet() {
            lists.write(book.library.add_worksheet(), &formats)?;
            aside.names.extend(lists.name().map(str::to_owned));
        }
    }
    let about = About {
        graded: &graded,
        aside: &aside.names,
        levels: table.grades(),
        known: &fingerprint,
    };
    about.write(&mut book, summary, options);
    book.save(out)
}

/// What a workbook's properties say of its sheets.
struct About<'a> {
    /// The names of those with the customers.
    graded: &'a [String],
    /// The names of the others.
    aside: &'a [String],
    levels: &'a [GradeStyle],
    /// By what the rows will be known.
    known: &'a Fingerprint,
}

impl About<'_> {
    fn write(&self, book: &mut Book, summary: &Summary, options: &WorkbookOptions) {
        let levels: Vec<&str> = self.levels.iter().map(|grade| &*grade.name).collect();
        let about = [
            (SHEETS, json(self.graded)),
            (ASIDE, json(self.aside)),
            (LEVELS, json(&levels)),
            (CONTENT, self.known.content()),
            (HEADINGS, json(self.known.headings())),
            (SUMS, self.known.sums()),
        ];
        let run = options.run.iter().map(|run| (RUN, run.clone()));
        let properties =
            about
                .into_iter()
                .chain(run)
                .fold(properties(summary), |all, (name, text)| {
                    let pieces = crate::read::in_pieces(name, &text).into_iter();
                    pieces.fold(all, |all, (name, piece)| {
                        all.set_custom_property(name, piece)
                    })
                });
        book.library.set_properties(&properties);
    }
}

/// The names of the sheets that only show the results in other ways, with what each of them is.
#[derive(Default)]
struct Aside {
    names: Vec<String>,
    about: Vec<(String, Word)>,
}

impl Aside {
    /// A new sheet of this name.
    fn add<'b>(
        &mut self,
        book: &'b mut Book,
        names: &mut SheetNames,
        word: Word,
        lang: Lang,
    ) -> Result<&'b mut Worksheet, XlsxError> {
        let name = names.take(word.get(lang), 1);
        let sheet = book.library.add_worksheet();
        sheet.set_name(&name)?;
        self.keep(vec![name], word);
        Ok(sheet)
    }

    /// Notes sheets that are there.
    fn keep(&mut self, names: Vec<String>, word: Word) {
        self.about
            .extend(names.first().map(|first| (first.clone(), word)));
        self.names.extend(names);
    }
}

/// Where the other sheets go.
struct Room<'b> {
    book: &'b mut Book,
    names: &'b mut SheetNames,
    formats: &'b mut Formats,
    limits: Limits,
}

impl Room<'_> {
    /// Adds all sheets behind the customers', in their order.
    fn add_others(
        &mut self,
        table: &dyn ResultTable,
        summary: &Summary,
        beside: &Beside<'_>,
        graded: &[String],
        aside: &mut Aside,
    ) -> Result<(), WorkbookError> {
        let lang = table.lang();
        if let Some(diff) = &beside.moves {
            let added = moves::add(self.book, diff, self.names, self.formats, self.limits)?;
            aside.keep(added, Word::SheetMoves);
            let sheet = aside.add(self.book, self.names, Word::SheetMatrix, lang)?;
            matrix::write(sheet, diff, self.formats)?;
        }
        if let Some(basis) = &beside.basis {
            let added = beside::basis(self.book, basis, self.names, self.formats, self.limits)?;
            aside.keep(added, Word::SheetBasis);
        }
        if let Some(table) = &beside.potential {
            let added = beside::potential(self.book, table, self.names, self.formats, self.limits)?;
            aside.keep(added, Word::Potential);
        }
        if !beside.strategies.is_empty() {
            let sheet = aside.add(self.book, self.names, Word::SheetStrategies, lang)?;
            printed::write_strategies(sheet, &beside.strategies, lang, self.formats)?;
        }
        if !beside.scheme.is_empty() {
            let sheet = aside.add(self.book, self.names, Word::SheetScheme, lang)?;
            printed::write(sheet, summary, &beside.scheme, self.formats)?;
        }
        if let Some(history) = &beside.history {
            let added = beside::history(self.book, history, self.names, self.formats, self.limits)?;
            aside.keep(added, Word::SheetHistory);
        }
        if !summary.findings.is_empty() {
            let sheet = aside.add(self.book, self.names, Word::SheetFindings, lang)?;
            findings::write(sheet, summary, self.formats)?;
        }
        let sheet = aside.add(self.book, self.names, Word::SheetAbout, lang)?;
        let sheets = about::Sheets {
            graded: &graded[0],
            others: &aside.about,
            basis: beside
                .basis
                .as_ref()
                .map(|basis| (basis.only_moved, basis.customers())),
        };
        about::write(sheet, table, summary, &sheets, self.formats)?;
        Ok(())
    }
}

/// A list of texts as JSON, which no text can break.
fn json<T: AsRef<str>>(texts: &[T]) -> String {
    let texts = texts
        .iter()
        .map(|text| serde_json::Value::from(text.as_ref()));
    serde_json::Value::Array(texts.collect()).to_string()
}

/// Who made it, from what, as of when.
fn properties(summary: &Summary) -> DocProperties {
    page::properties(&summary.scheme.0, summary.as_of)
        .set_custom_property("regrade.scheme", summary.scheme_hash.as_str())
        .set_custom_property("regrade.as_of", summary.as_of.to_string())
}
