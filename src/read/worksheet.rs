//! A worksheet in parts: its first rows tell how the whole is read, then each part is read by itself, on any thread.
//!
//! What [`super::blocks`] is for text files, this is for xlsx workbooks as programs write them. Checksums and limits are
//! looked at on the way instead of beforehand, so that nothing is inflated twice. Where something is not as it must be
//! ([`Unfit`]) the workbook is read whole, which is always right.

use super::blocks::Skips;
use super::body::{Body, Part, Shape};
use super::guard::{Kind, Limits, check_some, declares_too_many, guarded};
use super::header_row::Lexicon;
use super::listener::Fault;
use super::properties::{ASIDE, properties_of};
use super::sheet_rows::{SheetRows, side_by_side};
use super::sheet_scan::{NotPlain, Opened, Piece};
use super::worksheets::wanted;
use super::{Format, KnownSheet, Options, Source, Table, format};
use crate::diagnostic::{Finding, Text};
use crate::table::Origin;
use crate::text;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::ControlFlow;
use zip::ZipArchive;

/// How many bytes of its start tell whether a file may be a workbook.
pub const START: usize = 4;

/// Whether a file with `size` bytes that begins with `start` ([`START`] bytes, or all of it) may be one that is read in
/// parts.
pub fn may_be_read(start: &[u8], size: u64) -> Result<(), Unfit> {
    if start != b"PK\x03\x04" {
        return Err(Unfit::Format);
    }
    if size > format::LARGEST_WORKBOOK {
        return Err(Unfit::TooLarge);
    }
    Ok(())
}

/// Why a workbook is not read in parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It is no xlsx workbook, or one that needs a password.
    Format,
    /// Something in it is not as programs write it, or damaged.
    NotPlain(NotPlain),
    /// Not one worksheet has cells, but none or several, or one that is hidden.
    Worksheets,
    /// The first rows do not show where the header is, or it is that of no sheet of the scheme.
    Head,
    /// A column without a header stands between others, or a cell beyond them: what it is all rows tell.
    NamelessColumn,
    /// Blank rows with rows below them, a note, another unit, a second table, cells beyond the header: what they are the
    /// rows before and after them tell.
    Gap,
    /// It has more in it than is held of a workbook that is read whole.
    TooLarge,
    /// Ranks are of all customers: their rows would have to be read more than once.
    Rounds,
}

impl Unfit {
    /// The reason, as part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Format => text!(
                "it is neither a plain text file nor an xlsx workbook without a password",
                "既不是普通文本文件，也不是不加密的 xlsx 工作簿"
            ),
            Self::NotPlain(_) => text!(
                "the workbook is not as programs usually write it",
                "工作簿的写法与通常程序不同"
            ),
            Self::Worksheets => text!(
                "not exactly one visible worksheet has cells",
                "有内容的可见工作表不是正好一张"
            ),
            Self::Head => text!(
                "the first rows of the worksheet do not show its columns",
                "从工作表开头几行看不出有哪些列"
            ),
            Self::NamelessColumn => text!(
                "a column of the worksheet has no heading",
                "工作表中有一列没有列名"
            ),
            Self::Gap => text!(
                "the worksheet has blank rows, notes, a second table or cells beside it between the rows",
                "工作表的数据行之间有空行、说明、另一张表或表外的单元格"
            ),
            Self::TooLarge => text!("the workbook is very large", "工作簿过大"),
            Self::Rounds => text!(
                "ranks take more than one reading of a worksheet",
                "排名需要多次读取工作表"
            ),
        }
    }
}

impl From<NotPlain> for Unfit {
    fn from(reason: NotPlain) -> Self {
        Self::NotPlain(reason)
    }
}

/// A worksheet of which the header is known.
pub struct Worksheet<'b> {
    opened: Opened<'b>,
    origin: Origin,
    lexicon: Vec<Lexicon>,
    shape: Shape,
    limits: Limits,
    /// The place of its part in the archive.
    part: usize,
    /// How many bytes the workbook's other parts have, inflated.
    others: u64,
}

/// Rows of a worksheet, as they stand in the file.
pub struct Rows(Piece);

/// What is kept of parts that were read, one after the other.
#[derive(Debug)]
pub struct Read {
    skips: Skips,
    /// The first row with cells and the one behind the last, from 0.
    cells_in: Option<(u32, u32)>,
    /// The same for all rows that the file has, cells or not.
    rows_in: Option<(u32, u32)>,
    /// Whether there are rows that count.
    has_rows: bool,
    /// Whether no row that counts may come behind.
    ends: bool,
    /// Whether the worksheet's rows are at their end.
    is_over: bool,
    cells: u64,
    /// Of all tables together, in bytes.
    memory: u64,
    /// Of the part itself, in bytes.
    inflated: u64,
}

impl<'b> Worksheet<'b> {
    /// The one worksheet with cells of the workbook `bytes`, of a file called `name`.
    pub fn of(
        name: &str,
        bytes: &'b [u8],
        worksheet: Option<&str>,
        known: &[KnownSheet],
        options: &Options,
    ) -> Result<Self, Unfit> {
        if !matches!(format::detect(bytes), Ok(Format::Xlsx)) {
            return Err(Unfit::Format);
        }
        let source = Source {
            file: name.into(),
            worksheet,
            known,
            lexicon: known.iter().map(Lexicon::of).collect(),
            options,
            limits: Limits::of(&options.guard, bytes.len() as u64),
            progress: &|_, _| {},
        };
        // A foreign reader's panic is the whole path's to tell of.
        let head = guarded(|| Ok(Head::of(bytes, &source)));
        let head = head.unwrap_or(Err(Unfit::Format))?;
        Ok(Self {
            opened: head.opened,
            origin: source.origin(Some(&head.name)),
            shape: head.shape,
            limits: source.limits,
            part: head.part,
            others: head.others,
            lexicon: source.lexicon,
        })
    }

    /// A table without rows.
    pub fn table(&self) -> Table {
        let mut body = Body::part(&self.shape, &self.lexicon);
        body.end_of_part();
        self.table_of(body)
    }

    /// Where the file is named in messages.
    pub fn place(&self) -> String {
        self.origin.place().to_string()
    }

    /// Lets `work` ask for the rows, one call at a time, until there are none.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut (dyn FnMut() -> Result<Option<Rows>, Unfit> + Send)) -> T,
    ) -> Result<T, Unfit> {
        let read = self.opened.pieces(self.part, |pieces| {
            work(&mut || {
                let piece = guarded(|| Ok(pieces()));
                Ok(piece.unwrap_or(Err(NotPlain::Inflating))?.map(Rows))
            })
        });
        read.map_err(Unfit::from)
    }

    /// The table of some rows.
    pub fn rows(&self, rows: &Rows) -> Result<(Table, Read), Unfit> {
        let mut body = Body::part(&self.shape, &self.lexicon);
        let (mut cells, mut span) = (0, None::<(u32, u32)>);
        let width = self.shape.headers.len();
        let joints = self.opened.rows(&rows.0, &mut |row, placed| {
            if row < self.shape.header_row {
                return Ok(ControlFlow::Continue(()));
            }
            let (dense, looked_at) =
                side_by_side(placed, width, |column| body.stray(row + 1, column));
            cells += looked_at.cells;
            if dense.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            let (_, next) = span.get_or_insert((row, row));
            if row > *next {
                body.blank_rows(*next + 1, row - *next);
            }
            *next = row + 1;
            body.sheet_row(row + 1, &dense);
            Ok(ControlFlow::Continue(()))
        })?;
        let ends = match body.standing() {
            Part::Rows => false,
            Part::Ends => true,
            Part::Open => return Err(Unfit::Gap),
        };
        let skips = Skips(body.end_of_part());
        let table = self.table_of(body);
        let read = Read {
            skips,
            cells_in: span,
            rows_in: joints.rows,
            has_rows: !table.rows.is_empty(),
            ends,
            is_over: joints.is_ended,
            cells,
            memory: table.rows.memory(),
            inflated: rows.0.size(),
        };
        Ok((table, read))
    }

    /// What is known before the first part.
    pub fn begin(&self) -> Read {
        let below = self.shape.header_row;
        Read {
            skips: Skips::default(),
            cells_in: Some((below, below)),
            rows_in: Some((0, 0)),
            has_rows: false,
            ends: false,
            is_over: false,
            cells: 0,
            memory: 0,
            inflated: self.others,
        }
    }

    /// Takes in the next part.
    pub fn append(&self, all: &mut Read, next: &Read) -> Result<(), Unfit> {
        if let (Some((first, end)), Some((_, last))) = (next.rows_in, &mut all.rows_in) {
            if all.is_over || first < *last {
                return Err(NotPlain::Order.into());
            }
            *last = end;
        }
        if let (Some((first, end)), Some((_, last))) = (next.cells_in, &mut all.cells_in) {
            all.ends |= first > *last;
            *last = end;
        }
        if all.ends && next.has_rows {
            return Err(Unfit::Gap);
        }
        all.ends |= next.ends;
        all.is_over |= next.is_over;
        all.skips.append(&next.skips);
        all.cells += next.cells;
        all.memory += next.memory;
        all.inflated += next.inflated;
        let limits = &self.limits;
        let is_too_large = all.cells > limits.cells()
            || all.memory > limits.table()
            || all.inflated > limits.inflated();
        if is_too_large {
            return Err(Unfit::TooLarge);
        }
        Ok(())
    }

    /// How the worksheet was read, when all its parts are.
    pub fn notes(&self, all: &Read) -> Result<Vec<Finding>, Unfit> {
        if !all.is_over {
            return Err(NotPlain::CutOff.into());
        }
        Ok(self.shape.notes(&all.skips.0, &self.origin))
    }

    fn table_of(&self, body: Body<'_>) -> Table {
        Table {
            serials_from_1904: self.opened.outline.from_1904,
            ..body.table(self.origin.clone(), Format::Xlsx)
        }
    }
}

/// What the start of a workbook tells.
struct Head<'b> {
    opened: Opened<'b>,
    name: String,
    shape: Shape,
    part: usize,
    others: u64,
}

impl<'b> Head<'b> {
    fn of(bytes: &'b [u8], source: &Source<'_>) -> Result<Self, Unfit> {
        let limits = &source.limits;
        let is_read_later = |kind| matches!(kind, Kind::Sheet | Kind::Strings);
        let checked = check_some(bytes, limits, &|_, kind| !is_read_later(kind));
        let checked = checked.map_err(|fault| unfit(&fault))?;
        if checked.held > limits.held() {
            return Err(Unfit::TooLarge);
        }
        let opened = Opened::of(bytes, limits.table())?;
        let outline = &opened.outline;
        if outline.names.iter().collect::<BTreeSet<_>>().len() < outline.names.len() {
            return Err(NotPlain::Workbook.into());
        }
        let aside = if source.worksheet.is_none() {
            properties_of(bytes).list(ASIDE)
        } else {
            vec![]
        };
        let wanted = wanted(&outline.names, source).map_err(|_| Unfit::Worksheets)?;
        let mut found = None;
        for index in wanted {
            let name = &outline.names[index];
            if aside.contains(name) {
                continue;
            }
            let part = outline.parts.get(index).copied().flatten();
            let part = part.ok_or(NotPlain::Workbook)?;
            if let Some(shape) = shape(&opened, part, name, source, checked.inflated)?
                && found.replace((part, name.clone(), shape)).is_some()
            {
                return Err(Unfit::Worksheets);
            }
        }
        let (part, name, shape) = found.ok_or(Unfit::Worksheets)?;
        if source.worksheet.is_none() && outline.hidden.contains(&name) {
            // The whole path tells of it.
            return Err(Unfit::Worksheets);
        }
        if !shape.matched {
            return Err(Unfit::Head);
        }
        let mut headers = shape.headers[..shape.extent].iter();
        if shape.has_strays || headers.any(|header| header.text.is_empty()) {
            return Err(Unfit::NamelessColumn);
        }
        // What is not read on the way may be damaged too.
        let texts = outline.texts;
        let rest = check_some(bytes, limits, &|place, kind| {
            is_read_later(kind) && place != part && Some(place) != texts
        });
        let rest = rest.map_err(|fault| unfit(&fault))?;
        if let Some(place) = texts {
            let mut archive =
                ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotPlain::Workbook)?;
            if declares_too_many(&mut archive, place, opened.texts_size) {
                return Err(NotPlain::SharedText.into());
            }
        }
        if rest.texts + opened.texts_size > limits.table() {
            return Err(Unfit::TooLarge);
        }
        Ok(Self {
            others: checked.inflated + rest.inflated + opened.texts_size,
            opened,
            name,
            shape,
            part,
        })
    }
}

fn unfit(fault: &Fault) -> Unfit {
    match fault {
        Fault::TooLarge => Unfit::TooLarge,
        _ => NotPlain::Inflating.into(),
    }
}

/// What the first rows of a worksheet tell; `None` if it has no cells. `others` is how many bytes the parts have that are
/// looked at already.
fn shape(
    opened: &Opened<'_>,
    part: usize,
    name: &str,
    source: &Source<'_>,
    others: u64,
) -> Result<Option<Shape>, Unfit> {
    let mut rows = SheetRows::new(source, name, Format::Xlsx, 0);
    let (mut has_rows, mut is_settled, mut fault) = (false, false, false);
    opened.pieces(part, |pieces| {
        let (mut is_over, mut inflated, mut last) = (false, others, 0);
        while let Some(piece) = pieces()? {
            // Rows without cells may go on for as long as somebody likes.
            inflated += piece.size();
            if inflated > source.limits.inflated() {
                return Err(Unfit::TooLarge);
            }
            let joints = opened.rows(&piece, &mut |row, cells| {
                has_rows = true;
                fault = rows.add_row(row, cells).is_err();
                is_settled = matches!(rows.shape(false), Ok(Some(_)));
                Ok(if fault || is_settled {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
            if let Some((first, end)) = joints.rows {
                if first < last {
                    return Err(NotPlain::Order.into());
                }
                last = end;
            }
            is_over |= joints.is_ended;
            if fault || is_settled || is_over {
                break;
            }
        }
        Ok(())
    })??;
    if fault {
        return Err(Unfit::Head);
    }
    if !has_rows {
        return Ok(None);
    }
    let shape = rows.shape(true).map_err(|_| Unfit::Head)?;
    shape.ok_or(Unfit::Head).map(Some)
}
