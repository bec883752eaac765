//! Raw cells: what a file has, before anybody decides what it means.

/// One cell as read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Nothing there.
    Blank,
    /// Text as written. Every cell of a text file is one.
    Text(&'a str),
    /// A number that a workbook holds as such.
    Number(f64),
    /// A number that the workbook formats as per cent: 0.2 is shown as 20%.
    Percent(f64),
    /// A date or moment: days since 1899-12-30 (the 1904 epoch is converted by the reader), with the time as fraction.
    Date(f64),
    /// A truth value.
    Bool(bool),
    /// An error cell, or a formula without a saved value.
    Error(CellError),
}

/// Why a workbook's cell has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellError {
    /// `#DIV/0!`
    Div0,
    /// `#N/A`, which people write for "missing".
    NotAvailable,
    /// `#NAME?`
    Name,
    /// `#NULL!`
    Null,
    /// `#NUM!`
    Num,
    /// `#REF!`
    Ref,
    /// `#VALUE!`
    Value,
    /// `#GETTING_DATA` and newer ones.
    Other,
    /// A formula whose result was never saved.
    Unsaved,
}

impl CellError {
    /// All of them, in the order of their discriminants.
    pub(super) const ALL: [Self; 9] = [
        Self::Div0,
        Self::NotAvailable,
        Self::Name,
        Self::Null,
        Self::Num,
        Self::Ref,
        Self::Value,
        Self::Other,
        Self::Unsaved,
    ];

    /// The one that a spreadsheet shows so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.text() == text)
    }

    /// As the spreadsheet shows it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Div0 => "#DIV/0!",
            Self::NotAvailable => "#N/A",
            Self::Name => "#NAME?",
            Self::Null => "#NULL!",
            Self::Num => "#NUM!",
            Self::Ref => "#REF!",
            Self::Value => "#VALUE!",
            Self::Other => "#ERROR!",
            Self::Unsaved => "=…",
        }
    }
}
