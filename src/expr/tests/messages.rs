//! What people read when an expression is wrong: rendered, with the caret under the right word.

use super::sample::Sample;
use crate::diagnostic::render::{Source, render};
use crate::diagnostic::{At, Lang};

fn rendered(text: &str, lang: Lang) -> String {
    let findings = Sample::load().bind(text).map(|_| ()).unwrap_err();
    render(
        &findings,
        Some(Source {
            name: "scheme",
            text,
        }),
        lang,
        false,
        false,
    )
}

#[test]
fn the_caret_stands_under_the_word_behind_chinese() {
    assert_eq!(
        rendered("年采购额 >= 100 AN 重点", Lang::En),
        "error[syntax]: `AN` is not expected here\n \
         --> scheme:1:13\n  \
         |\n\
         1 | 年采购额 >= 100 AN 重点\n  \
         |                 ^^\n  \
         |\n  \
         = help: did you mean `and`?\n"
    );
    assert_eq!(
        rendered("区域 = '华东' and 年采购 > 1", Lang::Zh),
        "错误[unknown-name]: 没有名为 `年采购` 的项\n \
         --> scheme:1:15\n  \
         |\n\
         1 | 区域 = '华东' and 年采购 > 1\n  \
         |                   ^^^^^^\n  \
         |\n  \
         = 建议: 是否想写 `年采购额`？\n"
    );
}

#[test]
fn faults_have_their_code_place_and_help() {
    for (text, code, at, help) in [
        (
            "100 <= 年采购额 < 200",
            "chained-comparison",
            "100 <= 年采购额 < 200",
            "write `100 <= 年采购额 and 年采购额 < 200`",
        ),
        (
            "1 <= 投诉次数 <= 2",
            "chained-comparison",
            "1 <= 投诉次数 <= 2",
            "write `投诉次数 between 1 and 2` or `1 <= 投诉次数 and 投诉次数 <= 2`",
        ),
        ("重点 && 重点", "bad-token", "&&", "write `and`"),
        ("重点 || 重点", "bad-token", "||", "write `or`"),
        ("！重点", "bad-token", "！", "write `not`"),
        ("投诉次数 == 1", "bad-token", "==", "write `=`"),
        (
            "投诉次数 >= 1,000",
            "bad-literal",
            "1,000",
            "write `1000`; for a list of numbers put a space after the comma",
        ),
        (
            "投诉次数 >= 1且重点",
            "bad-literal",
            "1且重点",
            "put spaces around `且`: `1 且 重点`",
        ),
        ("重点 且重点", "syntax", "且重点", "put spaces around `且`"),
        (
            "投诉次数 >= $5",
            "bad-token",
            "$",
            "write the currency after the number: `100元`, `100USD`",
        ),
        ("区域 = '华东", "bad-token", "'华东", "close it with `'`"),
        (
            "case 区域 when '华东' then 1 end",
            "syntax",
            "区域",
            "write `case when x = 1 then … else … end`",
        ),
        (
            "grade = 'A'",
            "unknown-name",
            "grade",
            "grades are known later",
        ),
        (
            "区域 = 华东",
            "unknown-name",
            "华东",
            "a text goes in single quotes: `'华东'`",
        ),
        (
            "区域 = '华东' or '华南'",
            "type-mismatch",
            "'华南'",
            "compare it: `x = 'a' or x = 'b'`, or `x in ('a', 'b')`",
        ),
        ("价值 = '髙'", "unknown-label", "'髙'", "write one of these"),
        ("区域 = null", "type-mismatch", "null", "write `x is null`"),
        (
            "投诉次数 > '3'",
            "type-mismatch",
            "'3'",
            "a number stands without quotes: `3`",
        ),
        (
            "合作起始时间 > '去年'",
            "bad-literal",
            "'去年'",
            "write it like `date '2024-03-31'` or `datetime '2024-03-31 08:00'`",
        ),
        (
            "合作起始时间 + 1 > as_of",
            "type-mismatch",
            "合作起始时间",
            "there is no arithmetic on dates; write `days(from, to)`, `months(…)` or `years(…)`",
        ),
        (
            "奖金 >= 100万",
            "unit-mismatch",
            "100万",
            "give the field a unit: `unit = \"元\"` in [scheme] or in the field",
        ),
        (
            "年采购额 * 年采购额",
            "unit-mismatch",
            "年采购额 * 年采购额",
            "multiply money by a plain number",
        ),
        (
            "1 / 年采购额",
            "unit-mismatch",
            "1 / 年采购额",
            "divide money by money, or money by a number",
        ),
        (
            "年采购额(万元) > 1",
            "unknown-function",
            "年采购额",
            "did you mean `\"年采购额(万元)\"`?",
        ),
        (
            "if(重点, 1, 2)",
            "unknown-function",
            "if",
            "write `case when … then … else … end`",
        ),
        (
            "lenght(区域)",
            "unknown-function",
            "lenght",
            "did you mean `length`?",
        ),
        (
            "round(投诉次数, 7)",
            "bad-arguments",
            "7",
            "it is written `round(x, places = 0)`",
        ),
        (
            "days()",
            "bad-arguments",
            "days()",
            "it is written `days(from, to = as_of)`",
        ),
        (
            "latest(投诉次数)",
            "series-misuse",
            "投诉次数",
            "a series is a metric with `per`, or an expression over one",
        ),
        (
            "月消费额",
            "series-misuse",
            "月消费额",
            "take one value of it: `latest(x)`, `average(x, 3)`, `streak(x > 0)`",
        ),
        (
            "streak(月消费额 > mean(年采购额))",
            "population-misuse",
            "mean(年采购额)",
            "name it in [[values]] first",
        ),
        (
            "percentile(年采购额, 90)",
            "bad-arguments",
            "90",
            "it is written `percentile(x, p within group)`",
        ),
        (
            "投诉次数 > 1 in (true)",
            "chained-comparison",
            "in",
            "join them with `and`, or put the first in brackets",
        ),
        (
            "投诉次数 = not 重点",
            "syntax",
            "not",
            "put `not …` in brackets",
        ),
        (
            "(投诉次数 > 1",
            "syntax",
            "",
            "conditions are written like `x >= 10 and y = 'a'`",
        ),
        (
            "投诉次数 > 1)",
            "syntax",
            ")",
            "remove it, or open a bracket before",
        ),
        (
            "投诉次数 >",
            "syntax",
            "",
            "conditions are written like `x >= 10 and y = 'a'`",
        ),
        (
            "",
            "syntax",
            "",
            "conditions are written like `x >= 10 and y = 'a'`",
        ),
        (
            "hours(合作起始时间, as_of)",
            "bad-arguments",
            "hours(合作起始时间, as_of)",
            "write `24 * days(from, to)`",
        ),
        (
            "年采购额 > 1e3",
            "bad-literal",
            "1e3",
            "after a number stand `%`, a multiplier such as `万` or a unit such as `元`; a name that starts with a digit goes in double quotes",
        ),
    ] {
        let findings = Sample::load().bind(text).map(|_| ()).expect_err(text);
        let first = &findings[0];
        let At::Span(span) = first.at.clone() else {
            panic!("{text}: no place")
        };
        let help = (
            help,
            first.help.as_ref().map_or("", |help| help.get(Lang::En)),
        );
        assert_eq!(
            (first.code.word(), &text[span], help.1),
            (code, at, help.0),
            "{text}: {first:?}"
        );
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
    }
}

#[test]
fn all_faults_are_reported_at_once() {
    let findings = Sample::load()
        .bind("没有甲 > 1 and 区域 = 1 or 投诉次数 > 没有乙乙")
        .map(|_| ())
        .unwrap_err();
    let places: Vec<_> = findings.iter().map(|finding| finding.at.clone()).collect();
    assert_eq!(findings.len(), 3, "{places:?}");
    let findings = Sample::load()
        .bind("投诉次数 == 1,000 && 重点 AN 1")
        .map(|_| ())
        .unwrap_err();
    let words: Vec<_> = findings.iter().map(|finding| finding.code.word()).collect();
    assert_eq!(words, ["bad-token", "bad-literal", "bad-token", "syntax"]);
}
