//! The codes of all findings. A code never changes its meaning; `tests/errors` has a rendered sample of each.

/// Declares the codes with the word that is printed and matched by programs.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of finding it is.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that is printed in brackets after the severity.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

codes! {
    // The scheme as TOML.
    /// The file is not TOML.
    TomlSyntax = "toml-syntax",
    /// A key that means nothing here.
    UnknownKey = "unknown-key",
    /// A value of another type than the key takes.
    WrongType = "wrong-type",
    /// A key that must be there is not.
    MissingKey = "missing-key",
    /// A value outside what the key takes.
    BadValue = "bad-value",
    /// Two keys that exclude each other, or a key that needs another.
    KeyConflict = "key-conflict",
    /// Two things of one name.
    DuplicateName = "duplicate-name",
    /// A name that the language itself uses, or a dimension with the heading of a result.
    ReservedName = "reserved-name",
    /// A part of the language that this version does not run yet.
    NotYet = "not-yet",
    /// `--set` names nothing in the scheme, or its value is not one.
    BadSet = "bad-set",
    /// `--grid` writes no value several ways, or too many, or `--figure` names none of its figures.
    BadGrid = "bad-grid",

    // The condition language: reading.
    /// A character or text that starts no word of the language.
    BadToken = "bad-token",
    /// The words are in an order that means nothing.
    Syntax = "syntax",
    /// `100 <= x < 200`.
    ChainedComparison = "chained-comparison",
    /// A number or date literal that is none.
    BadLiteral = "bad-literal",
    /// Nested too deep, or too long.
    TooComplex = "too-complex",

    // The condition language: binding.
    /// A name that nothing has.
    UnknownName = "unknown-name",
    /// A function that does not exist.
    UnknownFunction = "unknown-function",
    /// A function with too many or too few arguments, or the wrong kind of them.
    BadArguments = "bad-arguments",
    /// Operands of types that do not go together.
    TypeMismatch = "type-mismatch",
    /// Money against a plain number, another currency, or money without a unit against a sum.
    UnitMismatch = "unit-mismatch",
    /// A text that is none of the labels, grades, types or choices it is compared with.
    UnknownLabel = "unknown-label",
    /// `<` on labels and grades.
    UnorderedLabels = "unordered-labels",
    /// A series where one value is needed, or one value where a series is needed.
    SeriesMisuse = "series-misuse",
    /// A population function inside another, over a series, or where there is no population.
    PopulationMisuse = "population-misuse",
    /// Of one thing another type is wanted: a condition, a number, a text.
    WrongResult = "wrong-result",

    // Tasks.
    /// Tasks that nobody is to do.
    NoOwner = "no-owner",

    // The scheme as a whole.
    /// A weight, a period or a similar figure that cannot be.
    BadFigure = "bad-figure",
    /// A temporary dimension that does not count: not approved, or not in force.
    TemporaryInactive = "temporary-inactive",
    /// A value that no band, grade or type covers.
    Gap = "gap",
    /// A band, grade or type that an earlier one covers.
    Shadowed = "shadowed",
    /// Weights that do not add up to 100.
    Weights = "weights",
    /// A rise in a value that lowers the grade of some, though it lifts others or a further rise lifts it again.
    Inversion = "inversion",
    /// A weighted dimension that never changes a grade.
    NoEffect = "no-effect",
    /// A promotion and a demotion that hold together.
    Conflict = "conflict",
    /// A window or a count of periods that goes further back than the data.
    ShortCoverage = "short-coverage",

    // Customers who may be one.
    /// Customers who may be one and of whom nobody has decided.
    SuspectedDuplicates = "suspected-duplicates",
    /// A unified social credit code that cannot be one.
    BadCreditCode = "bad-credit-code",
    /// Two are said to be two, and are one by way of others.
    Contradiction = "contradiction",
    /// A branch is never its head office.
    Branch = "branch",

    // Files.
    /// A file that cannot be opened or read.
    Unreadable = "unreadable",
    /// A file in a format or shape that regrade does not read.
    BadFormat = "bad-format",
    /// Bytes that are not text in the encoding of the file.
    BadEncoding = "bad-encoding",
    /// How the file was read, where it was not the plain way.
    ReadAs = "read-as",
    /// A file larger than the limits.
    TooLarge = "too-large",
    /// No header row, or two rows that could be it.
    NoHeader = "no-header",
    /// A required column that the file does not have.
    MissingColumn = "missing-column",
    /// Two columns with one header.
    DuplicateColumn = "duplicate-column",
    /// A file that matches no sheet of the scheme, or more than one.
    UnmatchedFile = "unmatched-file",
    /// A sheet of the scheme without a file.
    MissingSheet = "missing-sheet",
    /// A result column whose name an input column has already.
    RenamedColumn = "renamed-column",
    /// Columns of an earlier result that were recognised and replaced.
    ReplacedColumns = "replaced-columns",

    /// A file with the content of an older import.
    OldContent = "old-content",
    /// Rows of a period that a run has closed already.
    LateRows = "late-rows",
    /// A customer whom a recorded run would grade otherwise by what is known now.
    Restated = "restated",

    // Rows and cells.
    /// Rows that are not data: blank, totals, signatures, notes.
    SkippedRows = "skipped-rows",
    /// A row with more or fewer fields than the header.
    RaggedRow = "ragged-row",
    /// A row of a text file with a quote that is not closed, or not opened.
    StrayQuote = "stray-quote",
    /// Cells outside the table.
    StrayCells = "stray-cells",
    /// Another table on the same worksheet, which is not read.
    SecondTable = "second-table",
    /// A cell that cannot be read as its field's type.
    BadCell = "bad-cell",
    /// A long number whose last digits a spreadsheet has lost.
    LostDigits = "lost-digits",
    /// A cell whose unit contradicts header or field.
    UnitConflict = "unit-conflict",
    /// Dates of which day and month cannot be told apart.
    AmbiguousDates = "ambiguous-dates",
    /// A value outside the field's limits or choices.
    OutOfRange = "out-of-range",
    /// A value that more than one row has and only one may have.
    NotUnique = "not-unique",
    /// A check of the scheme that does not hold for a row.
    CheckFailed = "check-failed",
    /// A check of the scheme that does not hold for a file as a whole.
    FileCheckFailed = "file-check-failed",
    /// A date, or a file, that nobody has confirmed for longer than the scheme allows.
    Stale = "stale",
    /// Most values of a column changed by a power of ten since the last import.
    UnitSlip = "unit-slip",
    /// A required cell that is blank.
    BlankRequired = "blank-required",
    /// A row without a key.
    MissingKeyCell = "missing-key-cell",
    /// A key that more than one row has.
    DuplicateKey = "duplicate-key",
    /// Two files that say different things of one customer.
    SourcesDiffer = "sources-differ",
    /// An event row of a customer that the customers' sheet does not have.
    UnknownCustomer = "unknown-customer",
    /// A key of a lookup sheet that has no row there.
    UnmatchedLookup = "unmatched-lookup",
    /// Rows dated after the as-of date.
    FutureRows = "future-rows",
    /// An event row whose needed value is missing.
    MissingEventValue = "missing-event-value",
    /// A previous grade or type that the scheme does not know.
    UnknownPrevious = "unknown-previous",
    /// A sheet of which no row counts.
    NoRows = "no-rows",
    /// A file that is given twice, or rows that stand in two files.
    RepeatedRows = "repeated-rows",
    /// More bad rows than the scheme allows.
    TooManyBadRows = "too-many-bad-rows",

    // Grading.
    /// An expression that cannot be worked out for a row: division by zero, overflow.
    NotComputable = "not-computable",
    /// A tag, rule or filter that is unknown for a row because a value is missing.
    UnknownCondition = "unknown-condition",
    /// Customers of whom nothing can be estimated, or all of them: the data does not carry the model.
    NoEstimate = "no-estimate",
    /// Periods that no file covers.
    Uncovered = "uncovered",
    /// Customers without a grade.
    Unrated = "unrated",
    /// A customer that the data does not have.
    UnknownCustomerId = "unknown-customer-id",
    /// A gate such as `--fail-on` was hit.
    GateHit = "gate-hit",

    // Reviewing.
    /// A correction without an author or a reason.
    UnsignedCorrection = "unsigned-correction",
    /// People want different things of one customer.
    Disagreement = "disagreement",
    /// A correction to what is so already.
    ChangesNothing = "changes-nothing",
    /// An override that neither expires nor is looked at again.
    OpenEnded = "open-ended",
    /// A second override of what is overridden already.
    SecondOverride = "second-override",
    /// A person whose role may not correct.
    NotAllowed = "not-allowed",
    /// A proposal that names no grade or type, or more than one.
    UnclearProposal = "unclear-proposal",

    // Repairing.
    /// Rows that cannot be used wait until somebody mends them.
    WaitingRows = "waiting-rows",
    /// A mended row that cannot be used still.
    StillBad = "still-bad",
    /// A row of a repair workbook that nothing knows.
    UnknownRow = "unknown-row",
    /// A mended row for which a newer file stands.
    RowReplaced = "row-replaced",
    /// A row that somebody else has mended before.
    AlreadyMended = "already-mended",

    // The ledger.
    /// There is no ledger at the path.
    NoLedger = "no-ledger",
    /// Another regrade is writing to the ledger.
    LedgerBusy = "ledger-busy",
    /// A file that is no ledger of regrade.
    NotALedger = "not-a-ledger",
    /// A ledger that a newer regrade wrote.
    NewerLedger = "newer-ledger",
    /// A ledger whose file is broken.
    DamagedLedger = "damaged-ledger",
    /// A full disk, a read-only folder and the like.
    LedgerTrouble = "ledger-trouble",
    /// A run that is not in the ledger, or a name that could be more than one.
    UnknownRun = "unknown-run",
    // Roles.
    /// Findings that a role is not told, because they quote the data.
    Withheld = "withheld",
    /// Rows of which something is masked and that can be told apart nevertheless.
    StillUnique = "still-unique",
    /// Something that a role does not see, or a command that cannot leave out what it does not see.
    NotForRole = "not-for-role",
    /// Rows were written, and the ledger's audit does not have it.
    NotAudited = "not-audited",
    /// The file with the key of pseudonyms is not there, or is no key.
    RoleKey = "role-key",

    // Workbooks that come back.
    /// Somebody edited what regrade wrote.
    Edited = "edited",
    /// A file that does not say what was written into it.
    NoHash = "no-hash",

    // Telling customers.
    /// A template of a message that cannot be read.
    BadTemplate = "bad-template",
    /// A customer who is to be told something and has no address that can be used.
    NoAddress = "no-address",

    // Use.
    /// An option or argument that cannot be.
    Usage = "usage",
    /// A file that cannot be written.
    Unwritable = "unwritable",
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_unique() {
        let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
