//! Unified social credit codes that cannot be any: of a field of which the scheme says that it holds them.

use crate::clean::sheet::{CleanSheet, place_of};
use crate::clean::text::shorten;
use crate::diagnostic::{Code, Finding};
use crate::duplicates::credit_code::{folded, is_valid};
use crate::read::Table;
use crate::scheme::model::{IdentityKind, Scheme};
use crate::table::Value;
use crate::text;

/// What is to be said of the codes of the customers' sheet.
pub(super) fn check(scheme: &Scheme, tables: &[Table], clean: &CleanSheet) -> Vec<Finding> {
    let (Some(rule), Some(customers)) = (&scheme.duplicates, &scheme.customers) else {
        return vec![];
    };
    let mut findings = vec![];
    let codes = rule
        .fields
        .iter()
        .filter(|field| field.kind == IdentityKind::CreditCode);
    for field in codes.map(|field| field.field) {
        let name = &customers.sheet.fields[field].name;
        for (row, at) in clean.rows.iter().enumerate() {
            let Value::Text(written) = clean.columns[field].value(row) else {
                continue;
            };
            if is_valid(&folded(&written)) {
                continue;
            }
            let shown = shorten(&written);
            let column = clean.sources[at.table as usize][field];
            findings.push(
                Finding::warning(
                    Code::BadCreditCode,
                    text!(
                        "`{shown}` in `{name}` is no unified social credit code: its check sign does not fit",
                        "`{name}` 的 `{shown}` 不是统一社会信用代码：校验位不符"
                    ),
                )
                .place(place_of(tables, *at, column))
                .cell(
                    text!(
                        "cells of `{name}` are no unified social credit codes: their check signs do not fit",
                        "`{name}` 中有单元格不是统一社会信用代码：校验位不符"
                    ),
                    written.to_string(),
                )
                .help(text!(
                    "compare it with the licence; a code has 18 signs, and I, O, S, V and Z are none of them",
                    "请与营业执照核对；代码为 18 位，不含字母 I、O、S、V、Z"
                )),
            );
        }
    }
    findings
}
