//! Why a cell, or a column of cells, could not be read: made where it is seen, and rendered here once, in both
//! languages, with a line that says what to do.

use super::text::shorten;
use crate::diagnostic::{Code, Finding, Text};
use crate::table::{CellError, Date, Decimal, Place};
use crate::text;
use std::sync::Arc;

/// What reading a cell gives: a value, `None` for a missing one, or why it cannot be read.
pub type Read<T> = Result<Option<T>, CellFault>;

fn finding(code: Code, title: Text, help: Option<Text>, place: Place) -> Finding {
    let finding = Finding::error(code, title).place(place);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// Why a cell could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CellFault {
    /// It is not a number in any form that is read.
    NotANumber,
    /// A number from 9 × 10^12 up.
    TooLarge,
    /// A per cent sign (or format) on money.
    PercentInMoney,
    /// A plain number with a unit of money.
    UnitOnNumber {
        /// The unit as written.
        unit: String,
    },
    /// Money in a unit that cannot be converted into the field's.
    UnknownUnit {
        /// The unit as written.
        unit: String,
        /// The unit that was expected.
        expected: String,
    },
    /// A number that the workbook formats as a date.
    DateFormat,
    /// It is not a date in any form that is read, or there is no such day.
    NotADate,
    /// A year of two digits where the scheme does not say how to read it.
    TwoDigitYear,
    /// A moment with a zone other than none.
    ZoneOffset,
    /// It is neither yes nor no.
    NotABool,
    /// It is none of the field's choices.
    NotAChoice {
        /// The part of the cell that is not.
        part: String,
        /// The choice that was probably meant.
        nearest: Option<Arc<str>>,
    },
    /// A long number whose last digits a spreadsheet has lost.
    LostDigits,
    /// An id that the workbook holds as a date.
    DateAsId,
    /// An error cell.
    ErrorCell(CellError),
    /// A formula whose result was never saved.
    Unsaved,
    /// Less than the field's `min`.
    BelowMin(Decimal),
    /// More than the field's `max`.
    AboveMax(Decimal),
    /// Before the field's `min`.
    BeforeFirst(Date),
    /// After the field's `max`.
    AfterLast(Date),
    /// It is not like the field's `pattern`.
    NotLike(Arc<str>),
    /// Another row has the same value, and the field is `unique`.
    NotUnique,
}

impl CellFault {
    /// It as a finding at `place`; the rest as in [`Self::text`].
    pub fn finding(&self, offending: &str, field: &str, place: Place) -> Finding {
        let title = self.text(offending, field);
        finding(self.code(), title, self.help(), place)
    }

    /// What an error cell is; `#N/A` is what people write for "missing".
    pub(super) const fn of_error<T>(error: CellError) -> Read<T> {
        match error {
            CellError::NotAvailable => Ok(None),
            CellError::Unsaved => Err(Self::Unsaved),
            other => Err(Self::ErrorCell(other)),
        }
    }

    /// Whether the cell can be read, and its value is outside the field's limits.
    pub const fn is_of_limits(&self) -> bool {
        matches!(
            self,
            Self::BelowMin(_)
                | Self::AboveMax(_)
                | Self::BeforeFirst(_)
                | Self::AfterLast(_)
                | Self::NotLike(_)
                | Self::NotUnique
        )
    }

    /// The code of the finding.
    pub const fn code(&self) -> Code {
        match self {
            Self::LostDigits => Code::LostDigits,
            Self::NotUnique => Code::NotUnique,
            fault if fault.is_of_limits() => Code::OutOfRange,
            Self::NotAChoice { .. } => Code::OutOfRange,
            _ => Code::BadCell,
        }
    }

    /// What is wrong, in one line. `offending` is the cell as shown ([`super::text::shown`]), `field` its field's name.
    pub fn text(&self, offending: &str, field: &str) -> Text {
        let cell = shorten(offending);
        match self {
            Self::NotANumber => {
                text!(
                    "`{cell}` in `{field}` is not a number",
                    "`{field}` 中的 `{cell}` 不是数字"
                )
            }
            Self::TooLarge => text!(
                "`{cell}` in `{field}` is too large: numbers stay below 9 × 10^12",
                "`{field}` 中的 `{cell}` 太大：数字须小于 9 万亿"
            ),
            Self::PercentInMoney => text!(
                "`{cell}` in `{field}` is a percentage, not an amount",
                "`{field}` 中的 `{cell}` 是百分数，不是金额"
            ),
            Self::UnitOnNumber { unit } => text!(
                "`{cell}` in `{field}` has the unit `{unit}`, but the field is a plain number",
                "`{field}` 中的 `{cell}` 带有单位 `{unit}`，但该字段是普通数字"
            ),
            Self::UnknownUnit { unit, expected } => text!(
                "`{cell}` in `{field}` is in `{unit}`, which cannot be converted to `{expected}`",
                "`{field}` 中的 `{cell}` 单位是 `{unit}`，无法换算成 `{expected}`"
            ),
            Self::DateFormat => text!(
                "`{cell}` in `{field}` is formatted as a date, not as a number",
                "`{field}` 中的 `{cell}` 是日期格式，不是数字"
            ),
            Self::NotADate => {
                text!(
                    "`{cell}` in `{field}` is not a date",
                    "`{field}` 中的 `{cell}` 不是有效日期"
                )
            }
            Self::TwoDigitYear => text!(
                "`{cell}` in `{field}` has a year of two digits",
                "`{field}` 中的 `{cell}` 年份只有两位"
            ),
            Self::ZoneOffset => {
                text!(
                    "`{cell}` in `{field}` has a time zone",
                    "`{field}` 中的 `{cell}` 带有时区"
                )
            }
            Self::NotABool => {
                text!(
                    "`{cell}` in `{field}` is neither yes nor no",
                    "`{field}` 中的 `{cell}` 既不是“是”也不是“否”"
                )
            }
            Self::NotAChoice { part, .. } => {
                let part = shorten(part);
                text!(
                    "`{part}` is not a choice of `{field}`",
                    "`{part}` 不是 `{field}` 的可选值"
                )
            }
            Self::LostDigits => text!(
                "`{cell}` in `{field}` was stored as a number and has lost digits",
                "`{field}` 中的 `{cell}` 被存成了数字，末尾数位已丢失"
            ),
            Self::DateAsId => text!(
                "`{cell}` in `{field}` was turned into a date by the spreadsheet",
                "`{field}` 中的 `{cell}` 已被表格软件转成日期"
            ),
            Self::ErrorCell(error) => {
                let error = error.text();
                text!(
                    "`{field}` holds the error `{error}`",
                    "`{field}` 中是错误值 `{error}`"
                )
            }
            Self::Unsaved => text!(
                "`{field}` holds a formula whose result was not saved",
                "`{field}` 中的公式没有保存计算结果"
            ),
            Self::BelowMin(min) => text!(
                "`{cell}` in `{field}` is below the minimum {min}",
                "`{field}` 中的 `{cell}` 小于最小值 {min}"
            ),
            Self::AboveMax(max) => text!(
                "`{cell}` in `{field}` is above the maximum {max}",
                "`{field}` 中的 `{cell}` 大于最大值 {max}"
            ),
            Self::BeforeFirst(first) => text!(
                "`{cell}` in `{field}` is before {first}",
                "`{field}` 中的 `{cell}` 早于 {first}"
            ),
            Self::AfterLast(last) => text!(
                "`{cell}` in `{field}` is after {last}",
                "`{field}` 中的 `{cell}` 晚于 {last}"
            ),
            Self::NotLike(pattern) => text!(
                "`{cell}` in `{field}` is not of the form `{pattern}`",
                "`{field}` 中的 `{cell}` 不符合格式 `{pattern}`"
            ),
            Self::NotUnique => text!(
                "`{cell}` in `{field}` stands in more than one row",
                "`{field}` 中的 `{cell}` 出现在不止一行"
            ),
        }
    }

    /// What to do.
    pub fn help(&self) -> Option<Text> {
        Some(match self {
            Self::NotANumber => text!(
                "write `1234.5`, `1,234.5`, `120万` or `(1,234)`; the decimal sign is a point",
                "请写成 `1234.5`、`1,234.5`、`120万` 或 `(1,234)`，小数点用 `.`"
            ),
            Self::TooLarge => text!(
                "check the number, or give the field a larger unit such as `万元`",
                "请核对数字，或为该字段改用更大的单位，如 `万元`"
            ),
            Self::PercentInMoney => text!(
                "write an amount, or give the field `type = \"percent\"`",
                "请填写金额，或把该字段设为 `type = \"percent\"`"
            ),
            Self::UnitOnNumber { .. } => text!(
                "remove the unit, or give the field `type = \"money\"`",
                "请去掉单位，或把该字段设为 `type = \"money\"`"
            ),
            Self::UnknownUnit { expected, .. } => text!(
                "write the amount in `{expected}`, or give the field another `unit`",
                "请换算成 `{expected}` 填写，或修改该字段的 `unit`"
            ),
            Self::DateFormat => text!(
                "format the cell as a number in the spreadsheet and check its value",
                "请在表格中把单元格改为数字格式，并核对数值"
            ),
            Self::NotADate => text!(
                "write year, month and day: `2024-03-05`, with a time `2024-03-05 08:30`",
                "请写全年月日，如 `2024-03-05`；带时间写成 `2024-03-05 08:30`"
            ),
            Self::TwoDigitYear => text!(
                "write the year with four digits, or give the field a `date_order` (ymd, dmy or mdy)",
                "请写四位年份，或为该字段设置 `date_order`（ymd、dmy 或 mdy）"
            ),
            Self::ZoneOffset => text!(
                "write local time without an offset: `2024-03-05 08:30:00`",
                "请写不带时区的当地时间，如 `2024-03-05 08:30:00`"
            ),
            Self::NotABool => text!(
                "write 是 or 否, yes or no, true or false, Y or N, 1 or 0",
                "请填“是”或“否”（也可用 yes/no、true/false、Y/N、1/0）"
            ),
            Self::NotAChoice {
                nearest: Some(nearest),
                ..
            } => text!(
                "did you mean `{nearest}`? a new value goes into the field's `choices` or `map`",
                "是否应为 `{nearest}`？新的取值请加入该字段的 `choices` 或 `map`"
            ),
            Self::NotAChoice { nearest: None, .. } => text!(
                "use one of the field's `choices`, or add the value to `choices` or `map`",
                "请使用该字段 `choices` 中的值，或把新值加入 `choices` 或 `map`"
            ),
            Self::LostDigits => text!(
                "the digits cannot be recovered here: export the column again, formatted as text",
                "丢失的数位无法恢复：请把该列设为文本格式后重新导出"
            ),
            Self::DateAsId => text!(
                "format the column as text in the spreadsheet and enter the id again",
                "请在表格中把该列设为文本格式，再重新填写编号"
            ),
            Self::ErrorCell(_) => text!(
                "correct the formula, or leave the cell blank if there is no value",
                "请修正公式；确实没有值的，请留空"
            ),
            Self::Unsaved => text!(
                "open the file in a spreadsheet, let it calculate and save it",
                "请用表格软件打开文件，重新计算后保存"
            ),
            Self::BelowMin(_) | Self::AboveMax(_) | Self::BeforeFirst(_) | Self::AfterLast(_) => {
                text!(
                    "correct the cell, or change the field's `min` and `max`",
                    "请改正单元格，或调整该字段的 `min`、`max`"
                )
            }
            Self::NotLike(_) => text!(
                "correct the cell, or change the field's `pattern`",
                "请改正单元格，或调整该字段的 `pattern`"
            ),
            Self::NotUnique => text!(
                "correct the rows that do not have it, or take `unique` off the field",
                "请改正填错的行，或去掉该字段的 `unique`"
            ),
        })
    }
}

/// Why a whole column could not be read. Rows are indices of cells, from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnFault {
    /// Every date fits day/month as well as month/day.
    AmbiguousDates {
        /// The first such cell.
        row: u32,
        /// What it says.
        example: String,
    },
    /// One date can only be day/month, another only month/day.
    ContradictoryDates {
        /// The first that is day/month, and what it says.
        day_first: (u32, String),
        /// The first that is month/day, and what it says.
        month_first: (u32, String),
    },
    /// The header's unit cannot be converted into the field's.
    UnknownUnit {
        /// The header's unit.
        header: String,
        /// The field's unit.
        field: String,
    },
}

impl ColumnFault {
    /// It as a finding at `place`.
    pub fn finding(&self, field: &str, place: Place) -> Finding {
        finding(self.code(), self.text(field), self.help(), place)
    }

    /// The code of the finding.
    pub const fn code(&self) -> Code {
        match self {
            Self::AmbiguousDates { .. } | Self::ContradictoryDates { .. } => Code::AmbiguousDates,
            Self::UnknownUnit { .. } => Code::UnitConflict,
        }
    }

    /// The rows that show it, from 0.
    pub fn rows(&self) -> Vec<u32> {
        match self {
            Self::AmbiguousDates { row, .. } => vec![*row],
            Self::ContradictoryDates {
                day_first,
                month_first,
            } => vec![day_first.0, month_first.0],
            Self::UnknownUnit { .. } => vec![],
        }
    }

    /// What is wrong, in one line. `field` is the field's name.
    pub fn text(&self, field: &str) -> Text {
        match self {
            Self::AmbiguousDates { example, .. } => {
                let example = shorten(example);
                text!(
                    "the dates of `{field}` may be day/month or month/day, as in `{example}`",
                    "`{field}` 的日期分不清日和月，如 `{example}`"
                )
            }
            Self::ContradictoryDates {
                day_first,
                month_first,
            } => {
                let (day, month) = (shorten(&day_first.1), shorten(&month_first.1));
                text!(
                    "the dates of `{field}` mix day/month (`{day}`) and month/day (`{month}`)",
                    "`{field}` 的日期混用了“日/月”（`{day}`）和“月/日”（`{month}`）"
                )
            }
            Self::UnknownUnit {
                header,
                field: unit,
            } => text!(
                "the header of `{field}` says `{header}`, which cannot be converted to `{unit}`",
                "`{field}` 的表头单位是 `{header}`，无法换算成 `{unit}`"
            ),
        }
    }

    /// What to do.
    pub fn help(&self) -> Option<Text> {
        Some(match self {
            Self::AmbiguousDates { .. } => text!(
                "give the field `date_order = \"dmy\"` or `date_order = \"mdy\"`",
                "请为该字段设置 `date_order = \"dmy\"`（日/月/年）或 `date_order = \"mdy\"`（月/日/年）"
            ),
            Self::ContradictoryDates { .. } => text!(
                "write the dates in one way, best as `2024-03-05`, or give the field `date_order`",
                "请统一日期写法（最好写成 `2024-03-05`），或为该字段设置 `date_order`"
            ),
            Self::UnknownUnit { .. } => text!(
                "convert the column, or change the field's `unit`",
                "请换算该列，或修改该字段的 `unit`"
            ),
        })
    }
}
