//! Names of fields: a header without what conditions cannot say without quotes, and the header itself as an alias where
//! the name alone does not find the column again.

use super::super::guess::ColumnGuess;
use crate::read::{self, Table};
use crate::scheme::names::RESERVED;
use std::collections::BTreeSet;

/// A field: its column, its name and what its `headers` must be, if its name alone does not find the column.
pub(super) struct Entry {
    pub(super) column: usize,
    pub(super) name: String,
    pub(super) alias: Option<String>,
}

/// The fields of the columns that a name or an alias finds again.
pub(super) fn entries(table: &Table, columns: &[ColumnGuess]) -> Vec<Entry> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut entries: Vec<Entry> = vec![];
    for (column, header) in table.headers.iter().enumerate() {
        if columns[column].kind.is_none() {
            continue;
        }
        let clean = clean_name(&header.text, header.unit.is_some());
        if clean.is_empty() {
            continue;
        }
        let reserved = |name: &str| RESERVED.contains(&name) || name.starts_with("previous_");
        let numbered = (2..).map(|number| format!("{clean}_{number}"));
        let mut names = std::iter::once(clean.clone()).chain(numbered);
        let name = names.find(|name| !reserved(name) && !taken.contains(&read::fold_header(name)));
        let Some(name) = name else { continue };
        let finds = |names: &[String]| read::find_columns(&table.headers, names) == [column];
        let alias = if finds(std::slice::from_ref(&name)) {
            None
        } else if finds(&[name.clone(), header.text.clone()]) {
            Some(header.text.clone())
        } else {
            continue;
        };
        taken.insert(read::fold_header(&name));
        entries.push(Entry {
            column,
            name,
            alias,
        });
    }
    entries
}

/// A header as a name that conditions can say without quotes, as far as that goes: without its unit, with letters,
/// digits and `_` only.
fn clean_name(header: &str, has_unit: bool) -> String {
    let header = match header.rfind(['(', '（', '[', '【', '/', '{', '〔']) {
        Some(at) if has_unit && at > 0 => &header[..at],
        _ => header,
    };
    let mut name = String::new();
    let mut gap = false;
    for c in header.chars() {
        if c.is_alphanumeric() || c == '_' {
            // Between Chinese characters a gap is no gap.
            if gap && c.is_ascii() && name.ends_with(|last: char| last.is_ascii()) {
                name.push('_');
            }
            gap = false;
            name.push(c);
        } else {
            gap = !name.is_empty();
        }
    }
    name
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            c if c.is_control() => quoted += &format!("\\u{:04X}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_names() {
        for (header, has_unit, name) in [
            ("年采购额（万元）", true, "年采购额"),
            ("annual purchase", false, "annual_purchase"),
            ("客户 名称", false, "客户名称"),
            ("是/否", false, "是否"),
            ("规模（人数）", false, "规模人数"),
            ("Amount/USD", true, "Amount"),
            ("**", false, ""),
        ] {
            assert_eq!(clean_name(header, has_unit), name, "{header}");
        }
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
    }
}
