//! The workbook that `init` writes: a sheet for each sheet of the scheme, with its headers, notes on what goes below,
//! and drop-downs where the scheme knows the choices.

use super::WorkbookError;
use super::formats::{Formats, Look, Shade};
use super::text::SheetNames;
use crate::diagnostic::Lang;
use crate::present::shown::width;
use crate::scheme::Scheme;
use crate::scheme::model::{DayLimit, Field, FieldKind, Sheet};
use crate::words::Word;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime,
    Note, Workbook, Worksheet,
};
use std::io::{Seek, Write};

/// Rows that are ready to be filled: formats and drop-downs reach so far.
const READY: u32 = 2_000;

/// Writes the workbook to fill in.
pub fn write<W: Write + Seek + Send>(scheme: &Scheme, out: W) -> Result<(), WorkbookError> {
    let mut book = Workbook::new();
    // A fixed date, so that the same scheme gives the same bytes.
    let created = ExcelDateTime::from_ymd(2024, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut names = SheetNames::default();
    let mut formats = Formats::new(&[], false);
    let customers = scheme.customers.iter().map(|customers| &customers.sheet);
    let events = scheme.events.iter().map(|event| &event.sheet);
    let lookups = scheme.lookups.iter().map(|lookup| &lookup.sheet);
    for sheet in customers.chain(events).chain(lookups) {
        let name = match (&*sheet.name, scheme.language) {
            ("customers", Lang::Zh) => "客户",
            (name, _) => name,
        };
        let worksheet = book.add_worksheet();
        worksheet.set_name(names.take(name, 1))?;
        fill(worksheet, sheet, scheme.language, &mut formats)?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

fn fill(
    worksheet: &mut Worksheet,
    sheet: &Sheet,
    lang: Lang,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let heading = formats.section();
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.set_row_height_pixels(0, 24)?;
    for (index, field) in sheet.fields.iter().enumerate() {
        let column = index as u16;
        let title = header_of(field);
        worksheet.write_string_with_format(0, column, &title, &heading)?;
        worksheet.insert_note(
            0,
            column,
            &Note::new(note(field, lang)).add_author_prefix(false),
        )?;
        let look = look_of(&field.kind);
        worksheet.set_column_width(column, (width(&title) + 6).clamp(12, 40) as f64)?;
        worksheet.set_column_format(column, formats.cell(Shade::Plain, look))?;
        if let Some(validation) = validation(field, lang)? {
            worksheet.add_data_validation(1, column, READY, column, &validation)?;
        }
    }
    Ok(())
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
