//! What types and names are called in messages.

use crate::diagnostic::Text;
use crate::expr::print::Quoted;
use crate::expr::types::{Base, Measure, Type};
use crate::text;

/// A name as an expression writes it; `sheet.field` is two.
pub(super) fn as_written(name: &str) -> String {
    match name.split_once('.') {
        Some((sheet, field)) => format!("{}.{}", Quoted(sheet), Quoted(field)),
        None => Quoted(name).to_string(),
    }
}

pub(super) fn date_help() -> Text {
    text!(
        "there is no arithmetic on dates; write `days(from, to)`, `months(…)` or `years(…)`",
        "日期不能加减；请用 `days(起, 止)`、`months(…)` 或 `years(…)`"
    )
}

/// What a type is, for messages.
pub(super) fn describe(ty: &Type) -> Text {
    if ty.series {
        return text!("a series", "序列");
    }
    match (ty.base, &ty.measure, &ty.domain) {
        (Base::Bool, ..) => text!("a condition", "条件"),
        (Base::Number, Measure::Money(Some(unit)), _) => text!("money in {unit}", "金额（{unit}）"),
        (Base::Number, Measure::Money(None), _) => {
            text!("money without a unit", "没有单位的金额")
        }
        (Base::Number, Measure::BareSum, _) => text!("a sum", "数额"),
        (Base::Number, ..) => text!("a number", "数字"),
        (Base::Date, ..) => text!("a date", "日期"),
        (Base::DateTime, ..) => text!("a date with a time", "日期时间"),
        (Base::Text, _, Some(domain)) => {
            let what = &domain.what;
            Text {
                en: format!("one of {}", what.en),
                zh: what.zh.clone(),
            }
        }
        (Base::Text, ..) => text!("a text", "文本"),
        (Base::List, ..) => text!("a list", "列表"),
        (Base::Null, ..) => text!("`null`", "`null`"),
    }
}

pub(super) fn this_is(what: &Text) -> Text {
    Text {
        en: format!("this is {}", what.en),
        zh: format!("这是{}", what.zh),
    }
}
