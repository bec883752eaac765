//! The reasons for which a text file is not read block by block.

use crate::diagnostic::Text;
use crate::text;

/// Why a text file is not read block by block, or not in the way that was tried. Nothing is wrong with it: it is opened as
/// any other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// Standard input, a worksheet of a workbook, no file, or one that cannot be read.
    Input,
    /// It is no text file, or none that is read.
    Format,
    /// It is named, or UTF-16, or something in it is not as its start says.
    Encoding,
    /// Its head does not show where the header is, or what stands between the fields: very long records or titles.
    Head,
    /// A column without a header stands between others: whether it is blank all the way, and parts two tables, all rows
    /// tell.
    NamelessColumn,
    /// It is not plain from its first line on: another encoding than UTF-8, titles, a header of two rows or with nameless
    /// columns, a single column, or how it is read is worth a note.
    NotPlain,
    /// A line ends in a carriage return alone.
    LineEnd,
    /// A quote is open where none may be; or, of a plain file, at the end of a line.
    Quote,
    /// A line is too long to be one.
    Long,
    /// Blank rows with rows below them, a note, another unit, a second table, cells beyond the header: what they are the
    /// rows before and after them tell.
    Gap,
    /// A line of a plain file with more or fewer fields than the header, blank lines too; or something in it that only
    /// reading record by record tells.
    Fields,
    /// A line of a plain file with nothing in the first cell, or perhaps nothing in any other: a title, a note, a unit.
    Blank,
    /// A total, a signature or a note among the lines of a plain file; or the header again.
    Aside,
    /// Somebody wrote to the file while it was read.
    Changed,
}

impl Unfit {
    /// The reason, as part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Input => text!("it is no file, or cannot be read", "不是文件，或无法读取"),
            Self::Format => text!("it is no plain text file", "不是普通文本文件"),
            Self::Encoding => text!(
                "the encoding is named, is UTF-16, or is not the same all through",
                "编码由选项指定、是 UTF-16，或前后不一致"
            ),
            Self::Head => text!(
                "the start of the file does not show its columns",
                "从文件开头看不出有哪些列"
            ),
            Self::NamelessColumn => text!(
                "a column between others has no heading",
                "中间有一列没有列名"
            ),
            Self::NotPlain => text!(
                "it does not begin with a plain header in UTF-8",
                "开头不是 UTF-8 的普通列名行"
            ),
            Self::LineEnd => text!(
                "a line ends in a carriage return alone",
                "有一行只以回车符结尾"
            ),
            Self::Quote => text!("a quote is open where none may be", "引号不成对"),
            Self::Long => text!("a line is too long", "有一行过长"),
            Self::Gap => text!(
                "there are blank rows, notes or a second table between the rows",
                "数据行之间有空行、说明或另一张表"
            ),
            Self::Fields => text!(
                "a line has more or fewer fields than the header",
                "有一行的字段数与列名行不同"
            ),
            Self::Blank => text!(
                "a line begins with an empty field",
                "有一行的第一个字段为空"
            ),
            Self::Aside => text!(
                "there is a total, a note or another header among the rows",
                "数据行之间有合计、说明或另一行列名"
            ),
            Self::Changed => text!(
                "somebody wrote to the file while it was read",
                "读取时有人改动了文件"
            ),
        }
    }
}
