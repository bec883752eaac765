//! The reasons for which a text file is not read block by block.

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
