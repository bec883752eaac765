//! Why a workbook is not read by the fast scan.

/// What was met that only a whole reader of XML and workbooks understands, or finds wrong: the workbook is read by
/// calamine instead, from the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotPlain {
    /// calamine does not open the workbook, or a wanted worksheet's part is not where worksheets are.
    Workbook,
    /// A part cannot be inflated, which the check before should have found.
    Inflating,
    /// A part says that it is in another encoding than UTF-8.
    Encoding,
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A comment, CDATA, an instruction or a document type.
    Markup,
    /// An element that does not belong where it stands, or has a prefix.
    Element,
    /// An attribute in single quotes, without quotes, or twice.
    Attribute,
    /// Text between elements.
    TextBetween,
    /// A range of used cells that is none.
    Dimension,
    /// A row or a cell that does not say where it is, or says so in another way, or is outside the worksheet.
    Place,
    /// A row or a cell that does not come after the one before it.
    Order,
    /// A kind of cell that is not known here, or a value that its kind does not have: `2` is no truth value.
    Kind,
    /// A number in other signs than those of a decimal number, or too large for one.
    Number,
    /// A style that is no number.
    Style,
    /// A text that is not among the shared ones.
    SharedText,
    /// `&` with something else than XML's five names or a character's number.
    Entity,
    /// A shared formula that does not say which, or a range that is none.
    Formula,
    /// A part that ends before its end.
    CutOff,
    /// A row or a text that goes on and on.
    Long,
}
