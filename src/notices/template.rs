//! Templates of messages. The only place that knows `minijinja`.
//!
//! A template is a text with names in `{{ … }}` and `{% … %}`. Its first line may be `Subject: …` (or `主题：…`). It sees
//! the words that it is given and nothing else: no file, no network, no clock, and it stops after so many steps. A name
//! that nothing has is an error that says where, whether or not anybody's message would have come to it.

use crate::diagnostic::{Code, Finding, Text, listed, nearest};
use crate::table::Hash;
use crate::text;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, escape_formatter};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// How many steps a message may take; one with a list of a hundred benefits takes some thousands.
const STEPS: u64 = 100_000;
/// How long a template may be, in bytes.
const LONGEST: usize = 256 << 10;
/// What the engine itself gives names to.
const OWN: [&str; 4] = ["range", "dict", "namespace", "debug"];
/// Headings of the subject's line.
const SUBJECTS: [&str; 3] = ["Subject:", "主题：", "主题:"];
const SUBJECT: &str = "subject";
const BODY: &str = "body";

/// What a template may say of a customer: texts, lists of texts, and nothing.
pub type Words = BTreeMap<Arc<str>, serde_json::Value>;

/// A template that can be rendered.
#[derive(Debug)]
pub struct Template {
    /// What it is called in messages.
    pub name: String,
    /// Its text, with line feeds alone at the ends of lines.
    pub text: String,
    /// The SHA-256 of the text.
    pub hash: String,
    engine: Environment<'static>,
    /// Where the subject and the body begin in the text.
    subject_at: Option<usize>,
    body_at: usize,
}

/// What came of a template for one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, if the template has a subject.
    pub subject: Option<String>,
    /// The text; it ends with a line feed.
    pub body: String,
}

impl Template {
    /// Reads a template. `known` are the names that it may use; findings point into [`clean`] of the text.
    pub fn new<'a>(
        name: &str,
        text: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Vec<Finding>> {
        let text = clean(text);
        if text.len() > LONGEST {
            let finding = Finding::error(
                Code::TooComplex,
                text!(
                    "a template has at most {LONGEST} bytes",
                    "模板最多 {LONGEST} 字节"
                ),
            );
            return Err(vec![finding.at(0..0)]);
        }
        let (subject, body) = parts(&text);
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_auto_escape_callback(|_| AutoEscape::None);
        engine.set_fuel(Some(STEPS));
        engine.set_debug(true);
        // A line with a condition or a loop alone leaves no blank line behind.
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        if let Ok(syntax) = syntax {
            engine.set_syntax(syntax);
        }
        // A value that is missing is written as nothing.
        engine.set_formatter(|out, state, value| {
            let nothing = Value::from("");
            escape_formatter(out, state, if value.is_none() { &nothing } else { value })
        });
        let mut template = Self {
            name: name.to_owned(),
            hash: Hash::of(&text),
            subject_at: subject.as_ref().map(|range| range.start),
            body_at: body.start,
            engine,
            text,
        };
        let known: BTreeSet<&str> = known.into_iter().collect();
        let mut findings = vec![];
        let pieces = subject.map(|range| (SUBJECT, range));
        for (piece, range) in pieces.into_iter().chain([(BODY, body)]) {
            let source = template.text[range.clone()].to_owned();
            match template.engine.add_template_owned(piece, source) {
                Ok(()) => findings.extend(template.unknown_names(piece, &range, &known)),
                Err(error) => findings.push(template.fault(&error, piece)),
            }
        }
        if findings.is_empty() {
            Ok(template)
        } else {
            Err(findings)
        }
    }

    /// Whether it has a subject.
    pub const fn has_subject(&self) -> bool {
        self.subject_at.is_some()
    }

    /// The message for one customer.
    pub fn render(&self, words: &Words) -> Result<Rendered, Finding> {
        let values = Value::from(Serde(words));
        let render = |piece: &str| {
            let template = self.engine.get_template(piece);
            template
                .and_then(|template| template.render(values.clone()))
                .map_err(|error| self.fault(&error, piece))
        };
        let subject = match self.subject_at {
            Some(_) => Some(one_line(&render(SUBJECT)?)),
            None => None,
        };
        let mut body = printable(&render(BODY)?);
        body.truncate(body.trim_end().len());
        body.push('\n');
        Ok(Rendered { subject, body })
    }

    /// A finding for each name that nothing has, wherever in the template it stands.
    fn unknown_names(
        &self,
        piece: &str,
        range: &Range<usize>,
        known: &BTreeSet<&str>,
    ) -> Vec<Finding> {
        let Ok(template) = self.engine.get_template(piece) else {
            return vec![];
        };
        let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
        let unknown = used
            .iter()
            .filter(|name| !known.contains(name.as_str()) && !OWN.contains(&name.as_str()));
        unknown
            .map(|name| {
                let finding = Finding::error(
                    Code::UnknownName,
                    text!(
                        "the template names `{name}`, which is not there",
                        "模板用了 `{name}`，没有这个名称"
                    ),
                );
                let place = place_of(&self.text[range.clone()], name);
                let place = place.map_or(range.start..range.start, |place| {
                    range.start + place.start..range.start + place.end
                });
                let finding = finding.at(place);
                if let Some(near) = nearest(name, known.iter().copied()) {
                    return finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
                }
                let Text { en, zh } = listed(known.iter().copied());
                finding.help(text!("there are {en}", "可用的名称：{zh}"))
            })
            .collect()
    }

    /// What the engine found fault with.
    fn fault(&self, error: &minijinja::Error, piece: &str) -> Finding {
        let offset = if piece == SUBJECT {
            self.subject_at.unwrap_or_default()
        } else {
            self.body_at
        };
        let span = error.range().unwrap_or_default();
        let span = offset + span.start..offset + span.end;
        let shown = self.text.get(span.clone()).unwrap_or_default();
        let said = error.detail().unwrap_or_default();
        let finding = match error.kind() {
            ErrorKind::UndefinedError => Finding::error(
                Code::UnknownName,
                text!(
                    "the template names `{shown}`, which is not there",
                    "模板用了 `{shown}`，没有这个名称"
                ),
            )
            .help(text!(
                "a name that is no word stands in `values[\"…\"]`",
                "不能直接写的名称请写成 `values[\"…\"]`"
            )),
            ErrorKind::OutOfFuel => Finding::error(
                Code::TooComplex,
                text!(
                    "the template takes more than {STEPS} steps",
                    "模板的运算超过 {STEPS} 步"
                ),
            )
            .help(text!("take the loop out", "请去掉循环")),
            ErrorKind::TemplateNotFound | ErrorKind::BadInclude => Finding::error(
                Code::BadTemplate,
                text!(
                    "a template cannot take in another file",
                    "模板不能引入其他文件"
                ),
            )
            .help(text!(
                "put the text into the template itself",
                "请把内容写进模板本身"
            )),
            ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest => {
                Finding::error(
                    Code::BadTemplate,
                    text!(
                        "templates have no such filter or function: {said}",
                        "模板没有这样的过滤器或函数：{said}"
                    ),
                )
            }
            kind => {
                let said = if said.is_empty() {
                    kind.to_string()
                } else {
                    said.to_owned()
                };
                Finding::error(
                    Code::BadTemplate,
                    text!(
                        "the template cannot be read: {said}",
                        "模板无法读取：{said}"
                    ),
                )
                .help(text!(
                    "names stand in `{{{{ … }}}}`, conditions and lists in `{{% if … %}} … {{% endif %}}` and `{{% for … in … %}} … {{% endfor %}}`",
                    "名称写在 `{{{{ … }}}}` 中，条件和列表写成 `{{% if … %}} … {{% endif %}}`、`{{% for … in … %}} … {{% endfor %}}`"
                ))
            }
        };
        finding.at(span)
    }
}

/// The text of a template as findings point into it: without byte order mark, with line feeds alone.
pub fn clean(text: &str) -> String {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    text.replace("\r\n", "\n")
}

/// Where the subject stands, if the first line is one, and the body.
fn parts(text: &str) -> (Option<Range<usize>>, Range<usize>) {
    let line = text.find('\n').unwrap_or(text.len());
    let first = &text[..line];
    let heading = SUBJECTS.into_iter().find(|heading| {
        first
            .get(..heading.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(heading))
    });
    let Some(heading) = heading else {
        return (None, 0..text.len());
    };
    let mut body = (line + 1).min(text.len());
    // The blank line between the two is no part of the body.
    if text[body..].starts_with('\n') {
        body += 1;
    }
    (Some(heading.len()..line), body..text.len())
}

/// Where a name first stands between the brackets of a template.
fn place_of(source: &str, name: &str) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(found) = source[at..].find(name) {
        let (start, end) = (at + found, at + found + name.len());
        let before = source[..start].chars().next_back();
        let after = source[end..].chars().next();
        let opened = source[..start].rfind('{');
        let closed = source[..start].rfind('}');
        let is_inside = opened > closed;
        if is_inside
            && !before.is_some_and(|c| is_part(c) || c == '.')
            && !after.is_some_and(is_part)
        {
            return Some(start..end);
        }
        at = end;
    }
    None
}

/// A text as one line: what a customer is called must not begin a new header.
pub fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A text without characters that nobody sees but line feeds and tabs.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words() -> Words {
        let mut words = Words::new();
        words.insert("name".into(), json!("明达电子"));
        words.insert("new".into(), json!("A"));
        words.insert("benefits".into(), json!(["专属客服", "账期 60 天"]));
        words.insert("next".into(), serde_json::Value::Null);
        words.insert("客户经理".into(), json!("周敏"));
        words.insert("values".into(), json!({ "年采购额(万元)": "110 万元" }));
        words
    }

    fn template(text: &str) -> Result<Template, Vec<Finding>> {
        let words = words();
        Template::new("t.txt", text, words.keys().map(|name| &**name))
    }

    #[test]
    fn names_lists_and_conditions_are_filled_in() {
        let text = "Subject: {{ name }} 升为 {{ new }}\r\n\r\n{{ 客户经理 }}：{{ benefits | join('、') }}\r\n\
                    {% if next %}下一步 {{ next }}{% endif %}{{ next }}{{ values[\"年采购额(万元)\"] }}\n\n";
        let rendered = template(text).unwrap().render(&words()).unwrap();
        assert_eq!(rendered.subject.as_deref(), Some("明达电子 升为 A"));
        assert_eq!(rendered.body, "周敏：专属客服、账期 60 天\n110 万元\n");
    }

    #[test]
    fn a_missing_name_is_told_with_its_place_even_where_nobody_comes_to_it() {
        let text = "主题：好\n\n{% if next %}{{ nane }}{% endif %}";
        let findings = template(text).unwrap_err();
        assert_eq!(findings.len(), 1);
        let finding = &findings[0];
        assert!(finding.title.en.contains("`nane`"), "{finding:?}");
        assert_eq!(finding.help.as_ref().unwrap().en, "did you mean `name`?");
        let crate::diagnostic::At::Span(span) = &finding.at else {
            panic!("no place: {finding:?}");
        };
        assert_eq!(&text[span.clone()], "nane");
    }

    #[test]
    fn a_missing_value_of_a_list_of_names_is_told_when_it_is_asked_for() {
        let made = template("{{ values.数量 }}").unwrap();
        let finding = made.render(&words()).unwrap_err();
        assert_eq!(finding.code, Code::UnknownName);
    }

    #[test]
    fn nothing_outside_can_be_read_and_no_loop_goes_on_for_ever() {
        let include = template("{% include 'rules.toml' %}").unwrap();
        assert_eq!(
            include.render(&words()).unwrap_err().code,
            Code::BadTemplate
        );
        let long = template(
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
        )
        .unwrap();
        assert_eq!(long.render(&words()).unwrap_err().code, Code::TooComplex);
    }

    #[test]
    fn syntax_errors_have_their_place() {
        let text = "第一行\n第二行 {{ name";
        let findings = template(text).unwrap_err();
        assert_eq!(findings[0].code, Code::BadTemplate);
        let crate::diagnostic::At::Span(span) = &findings[0].at else {
            panic!("no place");
        };
        assert!(span.start >= "第一行\n".len(), "{span:?}");
    }

    #[test]
    fn what_a_customer_is_called_begins_no_new_line_of_the_subject() {
        let mut words = words();
        words.insert("name".into(), json!("甲\r\nBcc: all@example.com\u{7}"));
        let rendered = template("Subject: {{ name }}\n{{ name }}")
            .unwrap()
            .render(&words)
            .unwrap();
        assert_eq!(rendered.subject.as_deref(), Some("甲 Bcc: all@example.com"));
        assert_eq!(rendered.body, "甲\nBcc: all@example.com\n");
    }
}
