//! Columns that a sheet should have and no file does.

use super::sheet::{CleanSheet, field_headers};
use crate::diagnostic::{Code, Finding, Text};
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
    // A header that another field has is not this one's, however near.
    let taken: HashSet<usize> = sheet
        .fields
        .iter()
        .flat_map(|field| read::find_columns(&table.headers, &field_headers(field)))
        .collect();
    let free = headers.iter().enumerate();
    let free = free.filter(|(index, _)| !taken.contains(index));
    match crate::diagnostic::nearest(name, free.map(|(_, header)| *header)) {
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
    absent
        .map(|(_, field)| {
            let mut finding = missing_column(sheet, field, table);
            let name = &field.name;
            finding.severity = crate::diagnostic::Severity::Warning;
            finding.title = text!(
                "there is no column `{name}`: it is missing for every row",
                "没有 `{name}` 这一列：所有行都按缺值处理"
            );
            finding
        })
        .collect()
}
