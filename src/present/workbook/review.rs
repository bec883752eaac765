//! The columns that people fill: drop-downs of the scheme's grades and types, and colour on what was filled. These are
//! the only cells with conditional formats.

use super::formats::{Formats, Look, Shade, look_of};
use super::text::{self, SheetNames};
use crate::present::palette::FILLED;
use crate::present::table::{ColumnRole, ResultTable, ReviewColumn};
use crate::table::place::column_letters;
use crate::words::Word;
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, Format, Formula, Worksheet, XlsxError,
};

/// The most UTF-16 units of a list that stands in the drop-down itself.
const INLINE: usize = 255;
/// With more grades than this, a filled review grade is just marked as filled.
const COLORED: usize = 16;

/// Where the drop-downs find their choices: in themselves, or, where those are too long for that, on a hidden sheet.
pub struct Lists {
    grades: Vec<String>,
    types: Vec<String>,
    sheet: Option<String>,
}

impl Lists {
    /// The choices of this table; takes a name for the hidden sheet if it needs one. A plain workbook has one sheet, so
    /// that choices which do not fit into their drop-down have none.
    pub fn new(table: &dyn ResultTable, names: &mut SheetNames, plain: bool) -> Self {
        let grades: Vec<String> = table
            .grades()
            .iter()
            .map(|grade| text::cell(&grade.name).into_owned())
            .collect();
        let types: Vec<String> = table
            .types()
            .iter()
            .map(|name| text::cell(name).into_owned())
            .collect();
        let reviewed = |wanted| {
            table
                .columns()
                .iter()
                .any(|column| column.role == ColumnRole::Review(wanted))
        };
        let long = reviewed(ReviewColumn::Grade) && !is_inline(&grades)
            || reviewed(ReviewColumn::Type) && !is_inline(&types);
        let sheet = (long && !plain).then(|| names.take(Word::SheetLists.get(table.lang()), 1));
        Self {
            grades,
            types,
            sheet,
        }
    }

    /// Whether a hidden sheet holds choices.
    pub const fn has_sheet(&self) -> bool {
        self.sheet.is_some()
    }

    /// The name of that sheet.
    pub fn name(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Writes the hidden sheet.
    pub fn write(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
        let Some(name) = &self.sheet else {
            return Ok(());
        };
        sheet.set_name(name)?.set_hidden(true);
        let format = look_of(formats.base(), Look::Id);
        for (column, choices) in (0u16..).zip([&self.grades, &self.types]) {
            sheet.set_column_width(column, 30)?;
            for (row, choice) in (0u32..).zip(choices) {
                sheet.write_string_with_format(row, column, choice, &format)?;
            }
        }
        Ok(())
    }

    /// A drop-down of the grades or types; `None` where there are none.
    fn drop_down(&self, column: ReviewColumn) -> Result<Option<DataValidation>, XlsxError> {
        let (choices, at) = match column {
            ReviewColumn::Grade => (&self.grades, 'A'),
            ReviewColumn::Type => (&self.types, 'B'),
            _ => return Ok(None),
        };
        if choices.is_empty() {
            return Ok(None);
        }
        if is_inline(choices) {
            return DataValidation::new().allow_list_strings(choices).map(Some);
        }
        let Some(sheet) = &self.sheet else {
            return Ok(None);
        };
        let quoted = sheet.replace('\'', "''");
        let range = format!("'{quoted}'!${at}$1:${at}${}", choices.len());
        Ok(Some(
            DataValidation::new().allow_list_formula(Formula::new(range)),
        ))
    }
}

/// Whether a drop-down can hold the choices itself: a comma would part one in two, and Excel trims spaces.
pub(super) fn is_inline(choices: &[String]) -> bool {
    let units: usize = choices
        .iter()
        .map(|choice| choice.encode_utf16().count() + 1)
        .sum();
    units <= INLINE + 1
        && choices
            .iter()
            .all(|choice| choice.trim() == choice && !choice.contains([',', '"', '\n', '\r']))
}

/// Adds drop-downs and conditional formats to the review columns, down to `last_row`.
pub fn add(
    sheet: &mut Worksheet,
    table: &dyn ResultTable,
    last_row: u32,
    lists: &Lists,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = table.lang();
    for (index, column) in (0u16..).zip(table.columns()) {
        let ColumnRole::Review(review) = column.role else {
            continue;
        };
        if let Some(drop_down) = lists.drop_down(review)? {
            let message = match review {
                ReviewColumn::Type => Word::ListErrorType,
                _ => Word::ListErrorGrade,
            };
            let drop_down = drop_down
                .set_error_title(Word::ListErrorTitle.get(lang))?
                .set_error_message(message.get(lang))?;
            sheet.add_data_validation(1, index, last_row, index, &drop_down)?;
        }
        let letters = column_letters(u32::from(index));
        if review == ReviewColumn::Grade && lists.grades.len() <= COLORED {
            for (grade, name) in lists.grades.iter().enumerate() {
                // Joined to a text, because a grade that is called 1 is typed as a number.
                let rule = format!("=${letters}2&\"\"=\"{}\"", name.replace('"', "\"\""));
                let format = formats.shaded(Format::new().set_bold(), Shade::Grade(grade));
                // Excel's limit for a text within a formula.
                if name.encode_utf16().count() <= 255 {
                    add_rule(sheet, index, last_row, &rule, format)?;
                }
            }
        } else {
            let format = Format::new().set_background_color(Color::RGB(FILLED));
            add_rule(
                sheet,
                index,
                last_row,
                &format!("=LEN(TRIM(${letters}2))>0"),
                format,
            )?;
        }
    }
    Ok(())
}

/// One conditional format of a column.
fn add_rule(
    sheet: &mut Worksheet,
    column: u16,
    last_row: u32,
    rule: &str,
    format: Format,
) -> Result<(), XlsxError> {
    let conditional = ConditionalFormatFormula::new()
        .set_rule(rule)
        .set_format(format);
    sheet.add_conditional_format(1, column, last_row, column, &conditional)?;
    Ok(())
}
