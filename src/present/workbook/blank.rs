//! The workbook that `init` writes: a sheet for each sheet of the scheme, with its headers, notes on what goes below,
//! and drop-downs where the scheme knows the choices; with rows in it, if there are some to try.

use super::WorkbookError;
use super::formats::{Formats, Look, Shade};
use super::page;
use super::rows::serial;
use super::text::{self, SheetNames};
use crate::diagnostic::Lang;
use crate::present::shown::width;
use crate::scheme::Scheme;
use crate::scheme::model::{DayLimit, Field, FieldKind, Sheet};
use crate::table::Value;
use crate::words::Word;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime,
    Format, IgnoreError, Note, Workbook, Worksheet, XlsxError,
};
use std::io::{Seek, Write};
use std::sync::Arc;

/// Rows that are ready to be filled: formats and drop-downs reach so far.
const READY: u32 = 2_000;

/// The narrowest and the widest column, in characters.
const NARROWEST: usize = 12;
const WIDEST: usize = 40;

/// Rows to stand below the headers of a sheet, so that there is something to try.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The sheet's name in the scheme.
    pub sheet: Arc<str>,
    /// For each row a value for each field of the sheet, in the order that they have there.
    pub rows: Vec<Vec<Value>>,
}

/// The name of a sheet's worksheet, and of the workbook after its first one.
pub fn name_of(sheet: &str, lang: Lang) -> &str {
    match (sheet, lang) {
        ("customers", Lang::Zh) => "客户",
        ("orders", Lang::Zh) => "订单",
        ("tickets", Lang::Zh) => "工单",
        ("surveys", Lang::Zh) => "答卷",
        (name, _) => name,
    }
}

/// A sheet with the order in which its fields stand: first those by which a row is known.
struct Page<'a> {
    sheet: &'a Sheet,
    order: Vec<usize>,
    /// The field with the grade before, whose values are those of the scheme's grades.
    graded: Option<usize>,
}

impl<'a> Page<'a> {
    fn new(sheet: &'a Sheet, first: &[Option<usize>], graded: Option<usize>) -> Self {
        let mut order: Vec<usize> = first.iter().flatten().copied().collect();
        for field in 0..sheet.fields.len() {
            if !order.contains(&field) {
                order.push(field);
            }
        }
        Self {
            sheet,
            order,
            graded,
        }
    }

    /// All sheets of a scheme that people fill.
    fn of(scheme: &'a Scheme) -> Vec<Self> {
        let customers = scheme.customers.iter().map(|customers| {
            let first = [Some(customers.key), customers.name];
            Self::new(&customers.sheet, &first, customers.previous_grade)
        });
        let events = scheme.events.iter().map(|event| {
            let first = [event.id, Some(event.customer), Some(event.date)];
            Self::new(&event.sheet, &first, None)
        });
        let lookups = scheme
            .lookups
            .iter()
            .map(|lookup| Self::new(&lookup.sheet, &[Some(lookup.key)], None));
        customers.chain(events).chain(lookups).collect()
    }

    /// The fields in the order in which they stand, each with its place in the scheme.
    fn fields(&self, scheme: &Scheme) -> Vec<(usize, Field)> {
        let field = |index: usize| {
            let mut field = self.sheet.fields[index].clone();
            if self.graded == Some(index) && !scheme.grades.is_empty() {
                field.kind = FieldKind::Choice;
                field.choices = scheme
                    .grades
                    .iter()
                    .map(|grade| grade.name.clone())
                    .collect();
            }
            (index, field)
        };
        self.order.iter().copied().map(field).collect()
    }
}

/// Writes the workbook to fill in, with these rows in it already.
pub fn write<W: Write + Seek + Send>(
    scheme: &Scheme,
    rows: &[Rows],
    out: W,
) -> Result<(), WorkbookError> {
    let mut book = Workbook::new();
    // A fixed date, so that the same scheme gives the same bytes.
    let created = ExcelDateTime::from_ymd(2024, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut names = SheetNames::default();
    let mut formats = Formats::new(&[], false);
    for page in Page::of(scheme) {
        let worksheet = book.add_worksheet();
        let name = name_of(&page.sheet.name, scheme.language);
        worksheet.set_name(names.take(name, 1))?;
        let own = rows.iter().filter(|rows| rows.sheet == page.sheet.name);
        let own: Vec<&Vec<Value>> = own.flat_map(|rows| &rows.rows).collect();
        fill(worksheet, &page, scheme, &own, &mut formats)?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

fn fill(
    worksheet: &mut Worksheet,
    page: &Page<'_>,
    scheme: &Scheme,
    rows: &[&Vec<Value>],
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let lang = scheme.language;
    let heading = formats.section();
    page::set_up(worksheet, lang);
    worksheet.set_repeat_rows(0, 0)?;
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.set_row_height_pixels(0, 24)?;
    let ready = READY.max(rows.len() as u32);
    let last = page.order.len().saturating_sub(1) as u16;
    worksheet.ignore_error_range(1, 0, ready, last, IgnoreError::NumberStoredAsText)?;
    for (column, (index, field)) in (0u16..).zip(page.fields(scheme)) {
        let title = header_of(&field);
        worksheet.write_string_with_format(0, column, &title, &heading)?;
        worksheet.insert_note(
            0,
            column,
            &Note::new(note(&field, lang)).add_author_prefix(false),
        )?;
        let format = formats.cell(Shade::Plain, look_of(&field.kind));
        worksheet.set_column_format(column, format)?;
        let mut widest = width(&title) + 3;
        for (row, values) in (1..).zip(rows) {
            let value = values.get(index).unwrap_or(&Value::Missing);
            widest = widest.max(write_value(worksheet, (row, column), value, format, lang)?);
        }
        worksheet.set_column_width(column, (widest + 3).clamp(NARROWEST, WIDEST) as f64)?;
        if let Some(validation) = validation(&field, lang)? {
            worksheet.add_data_validation(1, column, ready, column, &validation)?;
        }
    }
    Ok(())
}

/// Writes a value as its column shows it; gives how wide that is, in characters.
fn write_value(
    worksheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    format: &Format,
    lang: Lang,
) -> Result<usize, XlsxError> {
    let mut text = |text: &str| {
        worksheet.write_string_with_format(row, column, text::cell(text), format)?;
        Ok(width(text))
    };
    let (number, shown) = match value {
        Value::Missing => return Ok(0),
        Value::Text(value) => return text(value),
        Value::List(values) => {
            return text(&values.join(if lang == Lang::Zh { "、" } else { ", " }));
        }
        Value::Bool(value) => return text(Word::truth(*value).get(lang)),
        // With the signs that a format may add.
        Value::Number(value) => (value.to_f64(), value.to_string().len() + 4),
        Value::Date(date) => match serial(i64::from(date.days())) {
            Some(days) => (days, 10),
            None => return text(&date.to_string()),
        },
        Value::DateTime(moment) => match serial(i64::from(moment.date().days())) {
            Some(days) => (days + f64::from(moment.second_of_day()) / 86_400.0, 19),
            None => return text(&moment.to_string()),
        },
    };
    worksheet.write_number_with_format(row, column, number, format)?;
    Ok(shown)
}

/// The field's name, with the unit that bare numbers below it have.
fn header_of(field: &Field) -> String {
    match &field.kind {
        FieldKind::Money(Some(unit)) => format!("{}({unit})", field.name),
        _ => field.name.to_string(),
    }
}

fn look_of(kind: &FieldKind) -> Look {
    match kind {
        FieldKind::Id => Look::Id,
        FieldKind::Number => Look::General,
        FieldKind::Money(_) => Look::Number(2),
        FieldKind::Percent => Look::Percent(1),
        FieldKind::Date => Look::Date,
        FieldKind::DateTime => Look::DateTime,
        FieldKind::Bool | FieldKind::Choice | FieldKind::Choices | FieldKind::Text => Look::Text,
    }
}

/// What goes below a header, for the person who fills it.
fn note(field: &Field, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let mut lines: Vec<String> = vec![];
    lines.push(
        match (&field.kind, zh) {
            (FieldKind::Id, true) => "编号，按文本保存",
            (FieldKind::Id, false) => "an id, kept as text",
            (FieldKind::Text, true) => "文本",
            (FieldKind::Text, false) => "text",
            (FieldKind::Number, true) => "数字",
            (FieldKind::Number, false) => "a number",
            (FieldKind::Money(_), true) => "金额",
            (FieldKind::Money(_), false) => "an amount of money",
            (FieldKind::Percent, true) => "百分比，如 20%",
            (FieldKind::Percent, false) => "a share such as 20%",
            (FieldKind::Date, true) => "日期，如 2024-03-31",
            (FieldKind::Date, false) => "a date such as 2024-03-31",
            (FieldKind::DateTime, true) => "时间，如 2024-03-31 08:30",
            (FieldKind::DateTime, false) => "a moment such as 2024-03-31 08:30",
            (FieldKind::Bool, true) => "是 或 否",
            (FieldKind::Bool, false) => "yes or no",
            (FieldKind::Choice, true) => "从下拉列表中选",
            (FieldKind::Choice, false) => "one of the list",
            (FieldKind::Choices, true) => "可填多项，用、分隔",
            (FieldKind::Choices, false) => "several, separated by commas",
        }
        .to_owned(),
    );
    if !field.choices.is_empty() {
        lines.push(field.choices.join(if zh { "、" } else { ", " }));
    }
    if let Some(min) = field.min {
        lines.push(if zh {
            format!("不小于 {min}")
        } else {
            format!("{min} or more")
        });
    }
    if let Some(max) = field.max {
        lines.push(if zh {
            format!("不大于 {max}")
        } else {
            format!("{max} or less")
        });
    }
    let day = |limit: DayLimit| match limit {
        DayLimit::Day(day) => day.to_string(),
        DayLimit::AsOf if zh => "截止日期".to_owned(),
        DayLimit::AsOf => "the as-of date".to_owned(),
    };
    let limits = &field.limits;
    let said = [
        limits
            .first
            .map(|first| ("不早于", "not before", day(first))),
        limits.last.map(|last| ("不晚于", "not after", day(last))),
        limits
            .pattern
            .as_ref()
            .map(|pattern| ("格式", "of the form", pattern.text().to_owned())),
    ];
    for (chinese, english, value) in said.into_iter().flatten() {
        lines.push(format!("{} {value}", if zh { chinese } else { english }));
    }
    if limits.unique {
        lines.push(if zh { "不能重复" } else { "no value twice" }.to_owned());
    }
    if field.required {
        lines.push(if zh { "必填" } else { "required" }.to_owned());
    }
    lines.join("\n")
}

/// A drop-down for what the scheme knows, a limit for numbers; none for texts.
fn validation(field: &Field, lang: Lang) -> Result<Option<DataValidation>, WorkbookError> {
    let list = |items: &[&str]| DataValidation::new().allow_list_strings(items);
    let validation = match &field.kind {
        FieldKind::Choice if !field.choices.is_empty() => {
            let items: Vec<&str> = field.choices.iter().map(|choice| &**choice).collect();
            // Excel holds no longer list in a cell's rule; the note above the column names the choices all the same.
            if items.join(",").encode_utf16().count() > 255
                || items.iter().any(|item| item.contains(','))
            {
                return Ok(None);
            }
            list(&items)?
        }
        FieldKind::Bool => list(&[Word::Yes.get(lang), Word::No.get(lang)])?,
        FieldKind::Number | FieldKind::Money(_) => match (field.min, field.max) {
            (Some(min), Some(max)) => DataValidation::new()
                .allow_decimal_number(DataValidationRule::Between(min.to_f64(), max.to_f64())),
            (Some(min), None) => DataValidation::new()
                .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(min.to_f64())),
            (None, Some(max)) => DataValidation::new()
                .allow_decimal_number(DataValidationRule::LessThanOrEqualTo(max.to_f64())),
            (None, None) => return Ok(None),
        },
        _ => return Ok(None),
    };
    // Amounts such as `120万` are texts that regrade reads, so limits warn and do not forbid.
    let style = if matches!(field.kind, FieldKind::Number | FieldKind::Money(_)) {
        DataValidationErrorStyle::Warning
    } else {
        DataValidationErrorStyle::Stop
    };
    let (title, message) = match lang {
        Lang::Zh => ("请检查", note(field, lang)),
        Lang::En => ("Please check", note(field, lang)),
    };
    let message: String = message.chars().take(200).collect();
    Ok(Some(
        validation
            .set_error_style(style)
            .set_error_title(title)?
            .set_error_message(message)?,
    ))
}
