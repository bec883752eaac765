//! What a workbook's reader says, and who listens: worksheets, then the cells of each, then the end or a fault.
//!
//! A reader knows nothing of headers, schemes and findings, so that it can run in another process; what it says goes
//! over a pipe as it is (`guard/frames.rs`).

use super::format::encrypted;
use super::guard::damaged;
use super::{Source, assemble};
use crate::diagnostic::{Code, Finding, Text};
use crate::table::Cell;
use crate::text;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Takes what a reader finds, in this order: the worksheets' names once; then, for each that is wanted, its beginning,
/// its cells and its end.
pub(super) trait Listener {
    /// Days count from 1904-01-01 in this workbook; said before its first cell. Cells formatted as dates are converted.
    fn counts_from_1904(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// People do not see the worksheet of this name; said before all are named.
    fn hidden(&mut self, _name: &str) -> Result<(), Fault> {
        Ok(())
    }

    /// The names of all worksheets; gives the places in the list of those that are wanted.
    fn worksheets(&mut self, names: &[String]) -> Result<Vec<usize>, Fault>;

    /// The cells of the worksheet at this place of the list follow.
    fn begin(&mut self, index: usize) -> Result<(), Fault>;

    /// A cell that is not blank, by row and column from 0. Rows come in order. `Break`: no more of this worksheet.
    fn cell(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<ControlFlow<()>, Fault>;

    /// The cells of a row, by its number from 0, that are not blank: by column, none twice.
    fn row(&mut self, row: u32, cells: &[Placed<'_>]) -> Result<ControlFlow<()>, Fault> {
        for placed in cells {
            if self.cell(row, placed.column, placed.cell())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The worksheet has no more cells.
    fn end(&mut self) -> Result<(), Fault>;

    /// How many bytes of the file were read so far.
    fn progress(&mut self, _done: u64) {}
}

/// A listener to whom the whole workbook can be said once more.
pub(super) trait Patient: Listener {
    /// All that was heard is void: it comes again, from the worksheets' names on.
    fn again(&mut self);
}

/// A cell of a row and its column, from 0.
pub(super) struct Placed<'c> {
    pub(super) column: u32,
    pub(super) value: Value<'c>,
}

/// What a cell has.
pub(super) enum Value<'c> {
    Plain(Cell<'c>),
    /// A text that does not stand so in the file.
    Made(String),
}

impl Placed<'_> {
    pub(super) fn cell(&self) -> Cell<'_> {
        match &self.value {
            Value::Plain(cell) => *cell,
            Value::Made(text) => Cell::Text(text),
        }
    }
}

impl<'c> From<Cow<'c, str>> for Value<'c> {
    fn from(text: Cow<'c, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Plain(Cell::Text(text)),
            Cow::Owned(text) => Self::Made(text),
        }
    }
}

/// Why a workbook is not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not what its format says.
    Broken(Text),
    /// It is probably cut off or was copied badly.
    Damaged(Text),
    /// It needs a password.
    Encrypted,
    /// It has more in it than is held.
    TooLarge,
    /// The listener does not want more and knows why.
    Stopped,
    /// Reading it takes more memory than it may, in bytes.
    Memory(u64),
    /// Reading it takes longer than it may, in seconds.
    Time(u64),
    /// The reader's process ended otherwise than it should.
    Crashed(Text),
    /// The reader's process could not be started.
    NotStarted(String),
}

impl Fault {
    /// It is broken, says a library. Not for words of ours, which are in both languages.
    pub(super) fn broken(why: impl std::error::Error) -> Self {
        Self::Broken(in_its_words(why))
    }

    /// What there is to tell of it.
    pub(super) fn findings(self, source: &Source<'_>) -> Vec<Finding> {
        let file = &source.file;
        let allow_more = |finding: Finding| {
            let twice = source.options.guard.twice();
            vec![finding.help(text!(
                "split the file or export it as CSV; if it is sound, allow it more: `--read-memory {twice}`",
                "请拆分文件或导出为 CSV；若文件无误，可放宽限制：`--read-memory {twice}`"
            ))]
        };
        match self {
            Self::Broken(why) | Self::Crashed(why) => source.broken(&why),
            Self::Damaged(why) => damaged(&why),
            Self::Encrypted => encrypted(),
            Self::TooLarge => assemble::too_large(source, source.origin(None).place()),
            // Nobody asks for it: the listener's own findings are told.
            Self::Stopped => vec![],
            Self::Memory(most) => {
                let most = most >> 20;
                let title = text!(
                    "reading `{file}` takes more than {most} MiB of memory",
                    "读取 `{file}` 需要超过 {most} MiB 内存"
                );
                allow_more(Finding::error(Code::TooLarge, title))
            }
            Self::Time(most) => {
                let title = text!(
                    "reading `{file}` takes longer than {most} seconds",
                    "读取 `{file}` 超过 {most} 秒"
                );
                allow_more(Finding::error(Code::TooLarge, title))
            }
            Self::NotStarted(why) => {
                let title = text!(
                    "cannot start the process that reads `{file}`: {why}",
                    "无法启动读取 `{file}` 的进程：{why}"
                );
                vec![Finding::error(Code::Unreadable, title).help(text!(
                    "see that regrade's own file can be run and memory is free; or export the file as CSV",
                    "请确认 regrade 程序文件可以运行且内存充足；或将文件导出为 CSV"
                ))]
            }
        }
    }
}

/// What a library or the system says of an error, which has one language.
pub(super) fn in_its_words(error: impl std::error::Error) -> Text {
    text!("{error}", "{error}")
}
