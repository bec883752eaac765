//! A plain workbook whose rows come in blocks, of tables that have some of them each: what is known of all rows only when
//! all are there is foreseen by the first ones, and looked at in each.
//!
//! How wide columns are stands before the rows, but is written when they are there. How many places a column of numbers
//! has is in the format of every cell of it: blocks are written with as many as the first block has, and should a later
//! one need more, it is known at the end with how many to begin again ([`InBlocks::kinds`]).

mod stand_ins;

use crate::diagnostic::Text;
use crate::present::summary::Summary;
use crate::present::table::{ColumnKind, OutCell, ResultTable};
use crate::present::workbook::book::{Book, Way};
use crate::present::workbook::formats::{Formats, Shade};
use crate::present::workbook::graded::{Columns, Graded, Part, shading};
use crate::present::workbook::pour::{Pouring, RowBlock, Shape};
use crate::present::workbook::review::Lists;
use crate::present::workbook::rows::Rows;
use crate::present::workbook::text::SheetNames;
use crate::present::workbook::widths::{self, Measuring};
use crate::present::workbook::{
    About, Limits, MAX_COLUMNS, WorkbookError, WorkbookOptions, graded,
};
use crate::text;
use stand_ins::{Foreseen, Frame, places, wider};
use std::io::{Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Why a workbook is not written in blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// It has more than the sheet of customers.
    Sheets,
    /// The rows are no large sheet, or too many for one; or there are too many grades to foresee every format.
    Way,
    /// There are more columns than a sheet has, or other ones in a later block, or one that is worked out beside all
    /// customers.
    Columns,
    /// A later block needs more places for its numbers than the first.
    Places,
    /// It cannot be made or written.
    Failed,
}

impl Misfit {
    /// The reason, as part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Sheets => text!(
                "the workbook has more than the customers' sheet (`--plain` has no other)",
                "工作簿除客户明细外还有其他工作表（`--plain` 只写客户明细）"
            ),
            Self::Way => text!(
                "the customers are none, or too many for one worksheet, or there are very many grades",
                "没有客户、客户多到一张工作表放不下，或等级过多"
            ),
            Self::Columns => text!(
                "the workbook has very many columns, or one that says what the next grade takes",
                "工作簿的列过多，或有一列说明升到下一等级还差什么"
            ),
            Self::Places => text!(
                "a later number of the workbook has more places",
                "工作簿靠后的数字小数位更多"
            ),
            Self::Failed => text!(
                "the workbook cannot be made piece by piece",
                "无法分段生成工作簿"
            ),
        }
    }
}

impl From<WorkbookError> for Misfit {
    fn from(_: WorkbookError) -> Self {
        Self::Failed
    }
}

impl From<rust_xlsxwriter::XlsxError> for Misfit {
    fn from(_: rust_xlsxwriter::XlsxError) -> Self {
        Self::Failed
    }
}

/// A workbook in blocks, in the making.
pub struct InBlocks {
    options: WorkbookOptions,
    limits: Limits,
    /// Of what kind the columns are, where an earlier try has shown it.
    foreseen: Option<Vec<ColumnKind>>,
    begun: OnceLock<Begun>,
    /// The kinds of all columns in all blocks so far.
    kinds: Mutex<Vec<ColumnKind>>,
    /// Whether a block needed other ones than were foreseen.
    is_void: AtomicBool,
    made: Mutex<Option<Made>>,
}

/// What is known when the first block is.
struct Begun {
    shape: Shape,
    columns: Columns,
    behind_rows: fn(usize) -> Shade,
    frame: Frame,
}

/// What blocks go into.
struct Made {
    book: Book,
    formats: Formats,
    pouring: Pouring,
    widest: Vec<usize>,
    rows: usize,
}

/// Rows as they are written.
pub struct Block {
    rows: RowBlock,
    count: usize,
    /// How wide the columns are.
    widest: Vec<usize>,
}

impl InBlocks {
    /// One with these options; `foreseen` is what [`Self::kinds`] gave in an earlier try.
    pub fn new(
        options: WorkbookOptions,
        foreseen: Option<Vec<ColumnKind>>,
    ) -> Result<Self, Misfit> {
        if !options.plain {
            return Err(Misfit::Sheets);
        }
        Ok(Self {
            options,
            limits: Limits::default(),
            foreseen,
            begun: OnceLock::new(),
            kinds: Mutex::default(),
            is_void: AtomicBool::new(false),
            made: Mutex::default(),
        })
    }

    /// Begins the workbook with the first table that has rows; `before` are how many rows are above them.
    pub fn begin(&self, table: &(dyn ResultTable + Sync), before: usize) -> Result<(), Misfit> {
        if before > 0 || table.is_empty() {
            return Ok(());
        }
        self.begin_with(table)
    }

    /// A table's rows as they are written; `before` are how many rows are above them. When the workbook is begun, blocks
    /// may be made side by side. `None`: there are no rows, or they are only looked at, because the workbook has to be
    /// begun again.
    pub fn block(
        &self,
        table: &(dyn ResultTable + Sync),
        before: usize,
    ) -> Result<Option<Block>, Misfit> {
        if table.is_empty() {
            return Ok(None);
        }
        let begun = self.begun.get().ok_or(Misfit::Failed)?;
        if before + table.len() > self.limits.rows_per_sheet {
            return Err(Misfit::Way);
        }
        if !begun.frame.is_like(table) {
            return Err(Misfit::Columns);
        }
        if self.is_void.load(Ordering::Relaxed) {
            self.note(table, &places(table), begun);
            return Ok(None);
        }
        let found = table;
        let table = Foreseen {
            table,
            columns: &begun.frame.columns,
        };
        let shading = shading(&begun.frame.columns, begun.behind_rows);
        let rows = Rows {
            table: &table,
            columns: &begun.columns,
            shading: &shading,
        };
        let count = table.len();
        let mut measuring = Measuring::new(&table, before);
        let mut places = vec![0; begun.frame.columns.len()];
        let watch = |row: usize, column: usize, cell: &OutCell<'_>| {
            if let OutCell::Number(number) = cell {
                places[column] = number.places().max(places[column]);
            }
            if measuring.looks_at(row, column) {
                measuring.look(column, cell.clone());
            }
        };
        let first = before as u32 + 1;
        let rows = begun.shape.watched_block(rows, 0..count, first, watch)?;
        self.note(found, &places, begun);
        Ok(Some(Block {
            rows,
            count,
            widest: measuring.widest,
        }))
    }

    /// Takes the next block.
    pub fn take(&self, block: Option<&Block>) -> Result<(), Misfit> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(block), Some(made)) = (block, &mut *made) {
            let taken = made.pouring.take(&block.rows);
            taken.map_err(|_| Misfit::Failed)?;
            widths::join(&mut made.widest, &block.widest);
            made.rows += block.count;
        }
        Ok(())
    }

    /// The kinds of the columns, of all rows so far.
    pub fn kinds(&self) -> Vec<ColumnKind> {
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.clone()
    }

    /// Whether all blocks could be written as it was foreseen.
    pub fn is_sound(&self) -> Result<(), Misfit> {
        if self.is_void.load(Ordering::Relaxed) {
            return Err(Misfit::Places);
        }
        Ok(())
    }

    /// Writes the workbook, when all blocks are taken.
    pub fn save<W: Write + Seek + Send>(self, summary: &Summary, out: W) -> Result<(), Misfit> {
        self.is_sound()?;
        let made = self.made.into_inner();
        let made = made.unwrap_or_else(PoisonError::into_inner);
        let (Some(mut made), Some(begun)) = (made, self.begun.into_inner()) else {
            return Err(Misfit::Way);
        };
        let frame = Frame {
            rows: made.rows,
            ..begun.frame
        };
        if Book::way(made.rows, true, &made.formats, self.limits) != Way::Poured {
            return Err(Misfit::Way);
        }
        let columns = begun.columns.of_width(&frame, &made.widest);
        let mut names = SheetNames::default();
        let name = names.take(self.options.sheet_name(frame.lang), 1);
        let lists = Lists::new(&frame, &mut names, true);
        let graded = Graded {
            table: &frame,
            columns: &columns,
            lists: &lists,
        };
        let part = Part {
            name: &name,
            rows: 0..made.rows,
            number: 0,
            is_large: true,
        };
        let sheet = made.book.library.worksheet_from_index(0)?;
        graded::head(sheet, &graded, &part, &mut made.formats)?;
        let known = made.book.end(&begun.shape, made.pouring);
        let known = known.ok_or(Misfit::Failed)?;
        let about = About {
            graded: &[name],
            aside: &[],
            levels: &frame.grades,
            known: &known,
        };
        about.write(&mut made.book, summary, &self.options);
        Ok(made.book.save(out)?)
    }

    fn begin_with(&self, table: &(dyn ResultTable + Sync)) -> Result<(), Misfit> {
        let mut columns = table.columns().to_vec();
        if columns.is_empty() || columns.len() > MAX_COLUMNS {
            return Err(Misfit::Columns);
        }
        for (index, places) in places(table).into_iter().enumerate() {
            columns[index].kind = table.kind_with(index, places);
        }
        if let Some(kinds) = &self.foreseen {
            for (column, kind) in columns.iter_mut().zip(kinds) {
                column.kind = *kind;
            }
        }
        let mut formats = Formats::new(table.grades(), self.options.fill_row);
        if Book::way(1, true, &formats, self.limits) != Way::Poured {
            return Err(Misfit::Way);
        }
        let frame = Frame {
            lang: table.lang(),
            columns,
            rows: 0,
            grades: table.grades().to_vec(),
            types: table.types().to_vec(),
        };
        let mut book = Book::new(&formats, self.options.temp_dir.as_deref())?;
        book.add(Way::Poured)?;
        let columns = Columns::unmeasured(&frame);
        let unknown = columns.fingerprint(&frame);
        let behind_rows = formats.behind_rows();
        let rows = Rows {
            table: &frame,
            columns: &columns,
            shading: &|_, _, _| Shade::Plain,
        };
        let (shape, pouring) = book.begin(rows, &mut formats, Some(unknown))?;
        let made = Made {
            book,
            formats,
            pouring,
            widest: vec![0; frame.columns.len()],
            rows: 0,
        };
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        let kinds = frame.columns.iter().map(|column| column.kind).collect();
        *self.kinds.lock().unwrap_or_else(PoisonError::into_inner) = kinds;
        // There is one first block.
        let _ = self.begun.set(Begun {
            shape,
            columns,
            behind_rows,
            frame,
        });
        Ok(())
    }

    /// Notes with how many places a block's columns of numbers are shown.
    fn note(&self, table: &dyn ResultTable, places: &[u32], begun: &Begun) {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, places) in places.iter().enumerate() {
            kinds[index] = wider(kinds[index], table.kind_with(index, *places));
            if kinds[index] != begun.frame.columns[index].kind {
                self.is_void.store(true, Ordering::Relaxed);
            }
        }
    }
}
