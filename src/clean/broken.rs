//! Rows of a text file that are not as the others are: what there is to say of them.

use crate::diagnostic::{Code, Finding, Text};
use crate::read::RowFault;
use crate::text;
use crate::words::how_many;

/// The finding of a fault, which has no place yet.
pub(super) fn broken_row(fault: RowFault) -> Finding {
    let (code, title, help) = match fault {
        RowFault::Fields { found, expected } => (
            Code::RaggedRow,
            Text {
                en: format!(
                    "the row has {}, the header {expected}",
                    how_many(found, "field")
                ),
                zh: format!("该行有 {found} 个字段，表头有 {expected} 个"),
            },
            text!(
                "put fields that hold the delimiter or a quote in double quotes",
                "含分隔符或引号的字段请用双引号括起"
            ),
        ),
        RowFault::Delimiter(other) => {
            let other = if other == '\t' {
                "TAB".to_owned()
            } else {
                other.to_string()
            };
            (
                Code::RaggedRow,
                text!(
                    "the row has `{other}` between its fields, unlike the header",
                    "该行用 `{other}` 分隔字段，与表头不同"
                ),
                text!(
                    "write it with the delimiter of the other rows",
                    "请改用与其他行相同的分隔符"
                ),
            )
        }
        RowFault::StrayQuote => (
            Code::StrayQuote,
            text!(
                "the row has a quote that is not closed, or not opened",
                "该行的引号没有成对"
            ),
            text!(
                "close it, or put the field in quotes and double the one that is part of the text",
                "请补上引号；如果引号是内容，请将字段用引号括起并把它写成两个"
            ),
        ),
    };
    Finding::error(code, title).help(help)
}
