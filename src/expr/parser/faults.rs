//! What is said when the words are in no order that means something.

use super::{DEEPEST, Parser};
use crate::diagnostic::{Code, Finding, Text, nearest};
use crate::expr::lexer::{Sign, TokenKind};
use crate::text;
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn expected(&self, title: Text) -> Box<Finding> {
        let label = match self.peek() {
            TokenKind::End => text!("the expression ends here", "表达式到此为止"),
            _ => text!("found this", "这里是别的"),
        };
        Box::new(
            Finding::error(Code::Syntax, title)
                .at(self.span())
                .label(label),
        )
    }

    /// Nothing that could be a value, where one must stand.
    pub(super) fn no_operand(&self, found: &TokenKind, span: Range<usize>) -> Box<Finding> {
        let written = &self.text[span.clone()];
        Box::new(if *found == TokenKind::End {
            let title = text!("the expression ends too early", "表达式不完整");
            Finding::error(Code::Syntax, title)
                .at(span)
                .label(text!("a name or value is missing", "缺少名称或值"))
        } else {
            let title = text!("`{written}` cannot stand here", "`{written}` 不能放在这里");
            let label = text!("a name or value is expected", "这里应为名称或值");
            let finding = Finding::error(Code::Syntax, title).at(span).label(label);
            if matches!(found, TokenKind::Word(_)) {
                finding.help(text!(
                    "a name that is a word of the language goes in double quotes: `\"{written}\"`",
                    "名称若与语言的词相同，用双引号：`\"{written}\"`"
                ))
            } else {
                finding
            }
        })
    }

    /// Something behind an expression that could have ended.
    pub(super) fn stray(&self) -> Box<Finding> {
        let span = self.span();
        let written = &self.text[span.clone()];
        let finding = Finding::error(
            Code::Syntax,
            text!("`{written}` is not expected here", "这里不应有 `{written}`"),
        )
        .at(span);
        let words = ["and", "or", "in", "between", "like", "is", "not"];
        let joined = written.chars().next().filter(|c| matches!(c, '且' | '或'));
        let help = match self.peek() {
            TokenKind::Name(_) if joined.is_some() => {
                let word = joined.unwrap_or('且');
                text!("put spaces around `{word}`", "`{word}` 两边要有空格")
            }
            TokenKind::Name(name) => match nearest(name, words) {
                Some(word) => text!("did you mean `{word}`?", "是否想写 `{word}`？"),
                None => text!(
                    "join conditions with `and` or `or`; a name with spaces goes in double quotes",
                    "条件用 `and` 或 `or` 连接；含空格的名称要用双引号"
                ),
            },
            TokenKind::Sign(Sign::Close) => {
                text!(
                    "remove it, or open a bracket before",
                    "删去它，或在前面加左括号"
                )
            }
            TokenKind::Sign(Sign::Comma) => text!(
                "commas stand in lists and calls only; conditions are joined with `and` or `or`",
                "逗号只用于列表和函数；条件用 `and` 或 `or` 连接"
            ),
            _ => text!(
                "join conditions with `and` or `or`",
                "条件用 `and` 或 `or` 连接"
            ),
        };
        Box::new(finding.help(help))
    }
}

pub(super) fn too_complex_help() -> Text {
    text!(
        "name parts of it in [[values]]",
        "把其中的部分写成 [[values]] 里的值"
    )
}

pub(super) fn chained(span: Range<usize>) -> Finding {
    let title = text!("comparisons cannot be chained", "比较不能连写");
    Finding::error(Code::ChainedComparison, title).at(span)
}

pub(super) fn too_deep(span: Range<usize>) -> Box<Finding> {
    let title = text!(
        "nested deeper than {DEEPEST} levels",
        "嵌套超过 {DEEPEST} 层"
    );
    Box::new(
        Finding::error(Code::TooComplex, title)
            .at(span)
            .help(too_complex_help()),
    )
}

/// A text that should be a date and is none.
pub(in crate::expr) fn bad_date(content: &str, span: Range<usize>) -> Finding {
    Finding::error(
        Code::BadLiteral,
        text!("`{content}` is not a date", "`{content}` 不是日期"),
    )
    .at(span)
    .help(text!(
        "write it like `date '2024-03-31'` or `datetime '2024-03-31 08:00'`",
        "写作 `date '2024-03-31'` 或 `datetime '2024-03-31 08:00'`"
    ))
}
