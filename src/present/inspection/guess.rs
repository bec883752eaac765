//! What the columns of a table seem to hold: for people who look at a file, and for the starter of a scheme.
//!
//! Takes a table; gives for each column the type of field that reads its cells, and the findings that such a field will
//! make: cells of another kind, ids that lost digits, dates of which day and month cannot be told apart.

use super::cut;
use crate::clean::fault::CellFault;
use crate::clean::sheet::shown;
use crate::clean::{CellRule, ColumnFault, DateForm, DateOrder, read_column};
use crate::diagnostic::{Code, Finding};
use crate::read::{Format, Header, Table};
use crate::scheme::model::FieldKind;
use crate::table::{Cell, Column, Unit};
use crate::text;
use foldhash::HashMap;

/// What a column seems to hold.
#[derive(Clone, Debug)]
pub struct ColumnGuess {
    /// The type of field; `None` where all cells are blank.
    pub kind: Option<FieldKind>,
    /// How many cells are blank.
    pub blanks: usize,
    /// The first texts that differ.
    pub examples: Vec<String>,
    /// Why no field can read the column as it is, without being told more.
    pub undecided: Option<Undecided>,
    /// Rows (from 0) with a text that an earlier row has, and that row; for texts and ids.
    pub repeated: Vec<(u32, u32)>,
    /// The order of day and month that the column itself shows.
    pub order: Option<DateOrder>,
    /// Cells that a field of this type cannot read, by row.
    faults: Vec<(u32, CellFault)>,
}

/// What the scheme has to say of a column of dates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Undecided {
    /// Whether the day or the month comes first.
    Order(ColumnFault),
    /// In which order days, months and years of two digits stand.
    TwoDigits,
}

/// Headers whose column is an id, whatever its cells look like.
const IDS: [&str; 15] = [
    "编号", "编码", "代码", "账号", "帐号", "卡号", "单号", "证号", "工号", "手机", "电话",
    "phone", "mobile", "code", "id",
];

/// Headers whose column is money.
const MONEY: [&str; 22] = [
    "额", "金", "价", "款", "费", "收入", "成本", "营收", "利润", "预算", "货值", "amount",
    "price", "revenue", "sales", "cost", "fee", "budget", "payment", "profit", "spend", "monetary",
];

/// One cell in so many may be of another kind.
const ONE_IN: usize = 20;

/// The guesses of all columns.
pub fn guesses(table: &Table) -> Vec<ColumnGuess> {
    let headers = table.headers.iter().enumerate();
    headers
        .map(|(index, header)| guess(table, index, header))
        .collect()
}

/// The unit of a column of money, from its header or from a line above the table.
pub fn unit_of(table: &Table, header: &Header) -> Option<Unit> {
    let own = header.unit.as_deref().and_then(Unit::parse);
    own.or_else(|| table.unit_line.as_deref().and_then(Unit::parse))
}

/// Whether the header says %.
pub fn says_percent(header: &Header) -> bool {
    header
        .unit
        .as_deref()
        .is_some_and(|unit| unit == "%" || unit == "％")
}

pub(super) fn has_word(header: &Header, words: &[&str]) -> bool {
    words.iter().any(|word| {
        if word.is_ascii() {
            // `id` is a word of `customer_id` and none of `paid`.
            header
                .text
                .to_lowercase()
                .split(|c: char| !c.is_ascii_alphabetic())
                .any(|part| part == *word)
        } else {
            header.folded.contains(word)
        }
    })
}

fn guess(table: &Table, index: usize, header: &Header) -> ColumnGuess {
    let count = table.rows.len();
    let cells = || (0..count).map(|row| table.rows.cell(row, index));
    let (blanks, examples) = examples(cells());
    let mut guess = ColumnGuess {
        kind: None,
        blanks,
        examples,
        undecided: None,
        repeated: vec![],
        order: None,
        faults: vec![],
    };
    if blanks == count {
        return guess;
    }
    let rule = |kind| CellRule {
        header_percent: says_percent(header),
        escaped: table.format == Format::Text,
        serials_from_1904: table.serials_from_1904,
        ..CellRule::new("", kind)
    };
    let kind = kind_of(table, index, header, &rule, &mut guess);
    let read = read_column(&table.rows, index, &rule(kind.clone()));
    if guess.undecided.is_none() {
        guess.faults = read.faults;
    }
    if matches!(kind, FieldKind::Date | FieldKind::DateTime) {
        let form = DateForm::decide(cells(), None, false);
        guess.order = form.ok().and_then(DateForm::order);
    }
    if let Column::Text(texts) = &read.column {
        guess.repeated = repeated(&texts.codes);
    }
    guess.kind = Some(kind);
    guess
}

fn examples<'a>(cells: impl Iterator<Item = Cell<'a>>) -> (usize, Vec<String>) {
    let mut examples: Vec<String> = vec![];
    let mut blanks = 0;
    for cell in cells {
        // Most cells are looked at for being blank only.
        let text = match cell {
            Cell::Text(text) if examples.len() == 3 && !text.trim().is_empty() => continue,
            cell => shown(cell).trim().replace('\n', " "),
        };
        if text.is_empty() {
            blanks += 1;
        } else if examples.len() < 3 && !examples.contains(&text) {
            examples.push(cut(&text, 20));
        }
    }
    (blanks, examples)
}

/// The first type of field that reads every cell or, if there is none, nearly every one.
fn kind_of(
    table: &Table,
    index: usize,
    header: &Header,
    rule: &dyn Fn(FieldKind) -> CellRule,
    guess: &mut ColumnGuess,
) -> FieldKind {
    let cells = || (0..table.rows.len()).map(|row| table.rows.cell(row, index));
    if is_id(header, &cells()) {
        return FieldKind::Id;
    }
    let percent_signs = cells().any(|cell| match cell {
        Cell::Percent(_) => true,
        Cell::Text(text) => text.trim_end().ends_with(['%', '％']),
        _ => false,
    });
    // A group's unit, 采购（万元）, is that of its amounts and not of its rates.
    let own_unit = Header::new(&header.text).unit;
    let is_money = own_unit.as_deref().is_some_and(Unit::is_well_known)
        || has_word(header, &MONEY) && !says_percent(header);
    let dated = looks_dated(cells());
    let mut kinds = vec![];
    if percent_signs || says_percent(header) {
        kinds.push(FieldKind::Percent);
    } else if is_money {
        kinds.push(FieldKind::Money(None));
    }
    if !dated {
        kinds.push(FieldKind::Number);
    }
    kinds.extend([
        FieldKind::Date,
        FieldKind::Money(None),
        FieldKind::DateTime,
        FieldKind::Bool,
    ]);
    let filled = table.rows.len() - guess.blanks;
    let mut nearly = None;
    for kind in kinds {
        let is_date = kind == FieldKind::Date;
        let read = read_column(&table.rows, index, &rule(kind.clone()));
        if is_date && let Some(fault) = read.column_fault {
            guess.undecided = Some(Undecided::Order(fault));
            return kind;
        }
        let short = |(_, fault): &(u32, CellFault)| *fault == CellFault::TwoDigitYear;
        if is_date && !read.faults.is_empty() && read.faults.iter().all(short) {
            guess.undecided = Some(Undecided::TwoDigits);
            return kind;
        }
        let has_values = (0..read.column.len()).any(|row| !read.column.is_missing(row));
        if !has_values {
            continue;
        }
        if read.faults.is_empty() && !(is_date && has_times(cells())) {
            return kind;
        }
        let faults = read.faults.len();
        if faults * ONE_IN <= filled && nearly.as_ref().is_none_or(|(fewest, _)| faults < *fewest) {
            nearly = Some((faults, kind));
        }
    }
    nearly.map_or(FieldKind::Text, |(_, kind)| kind)
}

/// Whether the cells say a time of day, which a date would drop.
fn has_times<'a>(mut cells: impl Iterator<Item = Cell<'a>>) -> bool {
    cells.any(|cell| match cell {
        Cell::Date(serial) => serial.fract() != 0.0,
        Cell::Text(text) => text.contains(':'),
        _ => false,
    })
}

/// Ids are what would not survive as a number, and what its header calls one.
fn is_id<'a>(header: &Header, cells: &(impl Iterator<Item = Cell<'a>> + Clone)) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let would_not_survive = |cell| match cell {
        Cell::Text(text) => {
            let text = text.trim();
            digits(text) && (text.len() > 1 && text.starts_with('0') || text.len() >= 11)
        }
        Cell::Number(value) => value.fract() == 0.0 && value.abs() >= 1e15,
        _ => false,
    };
    let may_be = |cell| {
        matches!(cell, Cell::Blank | Cell::Text(_))
            || matches!(cell, Cell::Number(value) if value.fract() == 0.0)
    };
    cells.clone().any(would_not_survive) || has_word(header, &IDS) && cells.clone().all(may_be)
}

/// Eight digits that are dates read as numbers too; all of them being days of a plausible year decides.
fn looks_dated<'a>(cells: impl Iterator<Item = Cell<'a>>) -> bool {
    let mut any = false;
    for cell in cells {
        match cell {
            Cell::Blank => {}
            Cell::Date(_) => any = true,
            Cell::Text(text)
                if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                any = true;
            }
            _ => return false,
        }
    }
    any
}

fn repeated(codes: &[u32]) -> Vec<(u32, u32)> {
    let mut first: HashMap<u32, u32> = HashMap::default();
    let mut repeated = vec![];
    for (row, code) in codes.iter().enumerate() {
        if *code == crate::table::column::MISSING_TEXT {
            continue;
        }
        let row = row as u32;
        let earlier = *first.entry(*code).or_insert(row);
        if earlier != row {
            repeated.push((row, earlier));
        }
    }
    repeated
}

impl ColumnGuess {
    /// The rows (from 0) that a field of this type refuses.
    pub fn refused(&self) -> impl Iterator<Item = u32> + '_ {
        self.faults.iter().map(|(row, _)| *row)
    }

    fn order_shown(&self, name: &str) -> Option<Finding> {
        let title = match self.order? {
            DateOrder::Dmy => text!(
                "the dates of `{name}` are day/month/year",
                "`{name}` 的日期按“日/月/年”读取"
            ),
            DateOrder::Mdy => text!(
                "the dates of `{name}` are month/day/year",
                "`{name}` 的日期按“月/日/年”读取"
            ),
            DateOrder::Ymd => return None,
        };
        Some(Finding::note(Code::ReadAs, title))
    }

    /// What a field of this type will say of the column.
    pub fn findings(&self, table: &Table, column: usize) -> Vec<Finding> {
        let name = match table.headers[column].text.as_str() {
            "" => crate::table::place::column_letters(column as u32),
            text => text.to_owned(),
        };
        let header = || table.origin.cell(table.header_row, column as u32);
        let mut findings = vec![];
        match &self.undecided {
            Some(Undecided::Order(fault)) => {
                let order = Finding::warning(fault.code(), fault.text(&name));
                findings.push(order.place(header()));
            }
            Some(Undecided::TwoDigits) => {
                let title = text!(
                    "the dates of `{name}` have years of two digits, so that their order must be said",
                    "`{name}` 的日期年份只有两位，须说明年月日的次序"
                );
                findings.push(Finding::warning(Code::AmbiguousDates, title).place(header()));
            }
            None => findings.extend(
                self.order_shown(&name)
                    .map(|finding| finding.place(header())),
            ),
        }
        // An id that most rows repeat has many rows a customer; one that fewer repeat may have slips in it.
        if self.kind == Some(FieldKind::Id) && self.repeated.len() * 2 <= table.rows.len() {
            let title = text!(
                "rows repeat a `{name}` of an earlier row",
                "`{name}` 与前面的行重复"
            );
            findings.extend(self.repeated.iter().map(|(row, _)| {
                let number = table.rows.row_number(*row as usize);
                let place = table.origin.cell(number, column as u32);
                Finding::warning(Code::DuplicateKey, title.clone()).place(place)
            }));
        }
        findings.extend(self.faults.iter().map(|(row, fault)| {
            let offending = shown(table.rows.cell(*row as usize, column));
            let place = table
                .origin
                .cell(table.rows.row_number(*row as usize), column as u32);
            Finding::warning(fault.code(), fault.text(&offending, &name))
                .place(place)
                .cell(fault.text("…", &name), offending)
        }));
        findings
    }
}
