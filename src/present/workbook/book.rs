//! A workbook in the making: the library's, and the rows of its large sheets, which are poured into it when it is saved.

use super::formats::Formats;
use super::pour::{self, Numbers, Poured, Pouring, Shape, Styles};
use super::rows::{Library, Rows};
use super::{Limits, WorkbookError, page};
use crate::compare::Fingerprint;
use crate::parallel::{cores, in_turn};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::io::{Cursor, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// From how many cells on a part may be larger than the older archive format holds, which is 4 GiB.
const LARGE: usize = 20_000_000;
/// With more grades a sheet has more formats than its row of samples has cells.
const MOST_GRADES: usize = 200;

/// How the rows of a sheet come into the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The library keeps them all: a sheet of few rows, which is a table with a height for each row; one without rows;
    /// and all sheets that are no tables, with their charts, formulas and pages.
    Held,
    /// The library writes each to a file as it comes: where there are too many grades to foresee every format.
    Streamed,
    /// They are poured in.
    Poured,
}

/// A workbook in the making.
pub struct Book {
    pub library: Workbook,
    numbers: Numbers,
    poured: Vec<Poured>,
    folder: Option<PathBuf>,
}

impl Book {
    /// An empty one; what does not fit into memory waits in `folder`, by default the system's.
    pub fn new(formats: &Formats, folder: Option<&Path>) -> Result<Self, XlsxError> {
        let mut library = Workbook::new();
        // Twenty pixels a row, and columns measured in digits of seven.
        library.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
        library.set_zip_compression_level(pour::LEVEL);
        if let Some(folder) = folder {
            library.set_tempdir(folder)?;
        }
        Ok(Self {
            library,
            numbers: Numbers::new(formats.base()),
            poured: vec![],
            folder: folder.map(Path::to_path_buf),
        })
    }

    /// How so many rows come into a sheet, which is a large one or not.
    pub fn way(rows: usize, is_large: bool, formats: &Formats, limits: Limits) -> Way {
        if rows == 0 || !is_large {
            Way::Held
        } else if formats.grades() > MOST_GRADES || !limits.pours {
            Way::Streamed
        } else {
            Way::Poured
        }
    }

    /// A new sheet, for rows that come this way.
    pub fn add(&mut self, way: Way) -> Result<&mut Worksheet, XlsxError> {
        match way {
            Way::Held | Way::Poured => Ok(self.library.add_worksheet()),
            Way::Streamed => self.library.add_worksheet_with_constant_memory(),
        }
    }

    /// Writes rows into the last sheet, below its headings.
    pub fn write(
        &mut self,
        rows: Rows<'_>,
        range: Range<usize>,
        way: Way,
        formats: &mut Formats,
        mut known: Option<&mut Fingerprint>,
    ) -> Result<(), WorkbookError> {
        if way == Way::Poured {
            return self.pour(rows, range, formats, known);
        }
        let cells = range.len().saturating_mul(rows.table.columns().len());
        if way == Way::Streamed && cells > LARGE {
            self.library.use_zip_large_file(true);
        }
        let number = self.library.worksheets().len() - 1;
        let mut cells = Library {
            sheet: self.library.worksheet_from_index(number)?,
            formats,
            is_held: way == Way::Held,
            row: 0,
        };
        for (at, row) in (1..).zip(range) {
            rows.write(row, at, &mut cells, known.as_deref_mut())?;
        }
        Ok(())
    }

    fn pour(
        &mut self,
        rows: Rows<'_>,
        range: Range<usize>,
        formats: &mut Formats,
        known: Option<&mut Fingerprint>,
    ) -> Result<(), WorkbookError> {
        let unknown = known.as_deref().map(Fingerprint::without_rows);
        let (shape, mut pouring) = self.begin(rows, formats, unknown)?;
        let size = shape.rows_of_a_block();
        let block = |index: usize| {
            let first = range.start + index * size;
            let these = first..range.end.min(first + size);
            shape.block(rows, these, (index * size) as u32 + 1)
        };
        let blocks = range.len().div_ceil(size);
        in_turn(cores(), blocks, block, |block| {
            pouring.take(&block?).map_err(WorkbookError::from)
        })?;
        if let (Some(known), Some(poured)) = (known, self.end(&shape, pouring)) {
            known.join(&poured);
        }
        Ok(())
    }

    /// Begins to pour rows into the last sheet, below its headings: what any thread makes blocks of rows with, and what
    /// takes them in their order.
    pub fn begin(
        &mut self,
        rows: Rows<'_>,
        formats: &mut Formats,
        unknown: Option<Fingerprint>,
    ) -> Result<(Shape, Pouring), WorkbookError> {
        let styles = Styles::new(rows.looks(), formats, &mut self.numbers, &mut self.library);
        let number = self.library.worksheets().len();
        let stub = self.library.worksheet_from_index(number - 1)?;
        for (column, (_, sample)) in (0..).zip(&styles.samples) {
            stub.write_blank(1, column, sample)?;
        }
        let part = format!("xl/worksheets/sheet{number}.xml");
        let columns = rows.table.columns().len();
        let folder = self.folder.as_deref();
        let pouring = Pouring::new(part, unknown.clone(), folder);
        Ok((Shape::new(styles, columns, unknown), pouring))
    }

    /// Ends it; gives by what the rows are known.
    pub fn end(&mut self, shape: &Shape, pouring: Pouring) -> Option<Fingerprint> {
        let (poured, known) = pouring.end(shape);
        self.poured.push(poured);
        known
    }

    /// Writes the whole file.
    pub fn save<W: Write + Seek + Send>(mut self, out: W) -> Result<(), WorkbookError> {
        if self.poured.is_empty() {
            self.library.save_to_writer(out)?;
            return Ok(());
        }
        let mut stub = Cursor::new(vec![]);
        self.library.save_to_writer(&mut stub)?;
        drop(self.library);
        pour::save(stub.into_inner(), self.poured, out)
    }
}
