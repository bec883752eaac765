//! Columns that a sheet should have and no file does.

use super::sheet::{CleanSheet, field_headers};
use crate::diagnostic::{Code, Finding, Severity, Text};
use crate::read::Table;
use crate::scheme::model::{Field, Sheet};
use crate::{read, text};
use foldhash::HashSet;

pub(super) fn missing_column(sheet: &Sheet, field: &Field, table: &Table) -> Finding {
    let name = &field.name;
    let headers: Vec<&str> = table
        .headers
        .iter()
        .map(|header| header.text.as_str())
        .collect();
    let Text { en, zh } = crate::diagnostic::listed(headers.iter().copied());
    let finding = Finding::error(
        Code::MissingColumn,
        text!("there is no column `{name}`", "没有 `{name}` 这一列"),
    )
    .place(table.origin.row(table.header_row))
    .with_note(Text {
        en: format!("the headers are {en}"),
        zh: format!("表头有：{zh}"),
    });
    match nearest_header(sheet, field, table) {
        Some(near) => finding.help(text!(
            "if `{near}` is it, add `headers = [\"{near}\"]` to the field",
            "若 `{near}` 就是它，请给字段加上 `headers = [\"{near}\"]`"
        )),
        None => finding.help(text!(
            "add the column, or name its header in `headers` of the field",
            "请补上这一列，或在字段的 `headers` 中写明它的列名"
        )),
    }
}

/// The header that the field probably has in this table. One that another field has is not this one's, however near.
fn nearest_header<'t>(sheet: &Sheet, field: &Field, table: &'t Table) -> Option<&'t str> {
    let taken: HashSet<usize> = sheet
        .fields
        .iter()
        .flat_map(|field| read::find_columns(&table.headers, &field_headers(field)))
        .collect();
    let free = table.headers.iter().enumerate();
    let free = free.filter(|(index, _)| !taken.contains(index));
    crate::diagnostic::nearest(&field.name, free.map(|(_, header)| header.text.as_str()))
}

/// Fields that no file has a column for, though none needs one: a misspelt header would go for missing values, and
/// those for grades, with nothing to show for it. `table` is the first that was read; `expected` says of which fields this is to be said.
pub fn absent_columns(
    sheet: &Sheet,
    table: Option<&Table>,
    clean: &CleanSheet,
    expected: impl Fn(usize) -> bool,
) -> Vec<Finding> {
    let Some(table) = table else {
        return vec![];
    };
    let absent = sheet.fields.iter().enumerate().filter(|(index, field)| {
        let has = |sources: &Vec<Option<usize>>| sources[*index].is_some();
        !field.required && expected(*index) && !clean.sources.iter().any(has)
    });
    let absent = absent.map(|(_, field)| field);
    // What may be a slip is told with its remedy; the others are one fact about the file.
    let (misspelt, others): (Vec<_>, Vec<_>) =
        absent.partition(|field| nearest_header(sheet, field, table).is_some());
    let alone = misspelt.chunks(1);
    let together = (!others.is_empty()).then_some(&others[..]);
    alone
        .chain(together)
        .map(|fields| absent_for_all(sheet, fields, table))
        .collect()
}

/// The warning of fields that are missing for every row; at least one.
fn absent_for_all(sheet: &Sheet, fields: &[&Field], table: &Table) -> Finding {
    let finding = missing_column(sheet, fields[0], table);
    let names: Vec<String> = fields
        .iter()
        .map(|field| format!("`{}`", field.name))
        .collect();
    let mut finding = match &names[..] {
        [name] => Finding {
            title: text!(
                "there is no column {name}: it is missing for every row",
                "没有 {name} 这一列：所有行都按缺值处理"
            ),
            ..finding
        },
        names => Finding {
            title: Text {
                en: format!(
                    "there are no columns {}: they are missing for every row",
                    names.join(", ")
                ),
                zh: format!(
                    "没有 {} 这 {} 列：所有行都按缺值处理",
                    names.join("、"),
                    names.len()
                ),
            },
            ..finding
        }
        .help(text!(
            "add the columns, or name their headers in `headers` of the fields",
            "请补上这些列，或在各字段的 `headers` 中写明它们的列名"
        )),
    };
    finding.severity = Severity::Warning;
    finding
}
