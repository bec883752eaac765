//! What a check of scheme and data found, to be handed to those who mend it: the same findings as one JSON document, as a
//! line each, as a list, and (in [`super::workbook`]) as a workbook. Complete: nothing is cut off.

use super::listing::{ListCell, ListColumn};
use super::summary::{finding_json, severity_key, shown_by};
use super::table::{ColumnKind, ColumnRole, OutCell};
use crate::diagnostic::render::{due, grouped, owners};
use crate::diagnostic::{At, Finding, Lang, Severity, Text};
use crate::table::Date;
use crate::words::Word;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::Arc;

/// Everything that was found, and in what.
pub struct Problems<'a> {
    /// The language of people.
    pub lang: Lang,
    /// The scheme's name and version.
    pub scheme: (&'a str, &'a str),
    /// The text of the scheme, into which places of its own point.
    pub scheme_text: &'a str,
    /// The as-of date.
    pub as_of: Date,
    /// The files that were read, with their rows.
    pub files: &'a [(String, usize)],
    /// The findings in the order in which they were found.
    pub findings: &'a [Finding],
}

/// Findings that say the same of different places.
pub struct Group<'a> {
    /// They, in order.
    pub findings: Vec<&'a Finding>,
}

impl<'a> Problems<'a> {
    /// The findings by what they say, the worst first.
    pub fn groups(&self) -> Vec<Group<'a>> {
        let groups = grouped(self.findings).into_iter();
        let mut groups: Vec<Group<'a>> = groups.map(|findings| Group { findings }).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.findings[0].severity));
        groups
    }

    /// Where a finding is: a cell as Excel names it, or a line of the scheme.
    pub fn place(&self, at: &At) -> String {
        place(at, self.scheme_text, self.lang)
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let of = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(of).count()
    }

    /// Writes one document.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let groups: Vec<Value> = self.groups().iter().map(Group::json).collect();
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|(file, rows)| json!({ "file": file, "rows": rows }))
            .collect();
        let document = json!({
            "scheme": { "name": self.scheme.0, "version": self.scheme.1 },
            "as_of": self.as_of.to_string(),
            "files": files,
            "errors": self.count(Severity::Error),
            "warnings": self.count(Severity::Warning),
            "notes": self.count(Severity::Note),
            "groups": groups,
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }

    /// Writes a line for each finding.
    pub fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for finding in self.findings {
            writeln!(out, "{}", finding_json(finding))?;
        }
        Ok(())
    }

    /// The columns of the list of all findings.
    pub fn columns() -> Vec<ListColumn> {
        let text = |key, word: Word, role| {
            let heading = Text {
                en: word.get(Lang::En).to_owned(),
                zh: word.get(Lang::Zh).to_owned(),
            };
            let kind = if word == Word::FixBy {
                ColumnKind::Date
            } else {
                ColumnKind::Text
            };
            ListColumn::new(key, heading, kind, role)
        };
        vec![
            text("severity", Word::Severity, ColumnRole::Key),
            text("problem", Word::Problem, ColumnRole::Name),
            text("place", Word::Place, ColumnRole::Input),
            text("value", Word::CellValue, ColumnRole::Input),
            text("key", Word::RowKey, ColumnRole::Input),
            text("field", Word::Field, ColumnRole::Input),
            text("sheet", Word::OfSheet, ColumnRole::Input),
            text("owner", Word::Owner, ColumnRole::Input),
            text("due", Word::FixBy, ColumnRole::Input),
            text("help", Word::Help, ColumnRole::Input),
            text("check", Word::Check, ColumnRole::Input),
            text("code", Word::Code, ColumnRole::Input),
        ]
    }

    /// A row for each finding.
    pub fn rows(&self) -> Vec<Vec<ListCell>> {
        self.findings
            .iter()
            .map(|finding| self.row(finding))
            .collect()
    }

    fn row(&self, finding: &Finding) -> Vec<ListCell> {
        let about = finding.about.as_deref();
        let of = |pick: fn(&crate::diagnostic::About) -> Option<Arc<str>>| {
            ListCell::maybe(about.and_then(pick).map(|text| text.to_string()))
        };
        let due = about.and_then(|about| about.due);
        let word = Word::severity(finding.severity);
        vec![
            ListCell::Word(
                severity_key(finding.severity),
                Text {
                    en: word.get(Lang::En).to_owned(),
                    zh: word.get(Lang::Zh).to_owned(),
                },
            ),
            ListCell::text(said(finding, self.lang)),
            ListCell::text(self.place(&finding.at)),
            ListCell::maybe(finding.cell.as_ref().map(|(_, value)| value.clone())),
            of(|about| about.key.clone()),
            of(|about| about.field.clone()),
            of(|about| Some(about.sheet.clone())),
            of(|about| about.owner.clone()),
            ListCell::Value(due.map_or(OutCell::Blank, OutCell::Date)),
            ListCell::maybe(
                finding
                    .help
                    .as_ref()
                    .map(|help| help.get(self.lang).to_owned()),
            ),
            of(|about| about.check.clone()),
            ListCell::text(finding.code.word()),
        ]
    }
}

impl Group<'_> {
    /// What all of them say.
    pub fn title(&self) -> &Text {
        let first = self.findings[0];
        match &first.cell {
            Some((all, _)) if self.findings.len() > 1 => all,
            _ => &first.title,
        }
    }

    /// Who is to see to them: how many each, in the order in which they come.
    pub fn owners(&self) -> Vec<(Arc<str>, usize)> {
        owners(&self.findings)
    }

    /// The first day on which one of them is due.
    pub fn due(&self) -> Option<Date> {
        due(&self.findings)
    }

    fn json(&self) -> Value {
        let first = self.findings[0];
        let about = first.about.as_deref();
        let owners: Vec<Value> = self
            .owners()
            .iter()
            .map(|(owner, count)| json!({ "owner": owner, "count": count }))
            .collect();
        let each: Vec<Value> = self.findings.iter().map(|finding| each(finding)).collect();
        let (title, help) = (self.title(), &first.help);
        json!({
            "severity": severity_key(first.severity),
            "code": first.code.word(),
            "sheet": about.map(|about| &about.sheet),
            "field": about.and_then(|about| about.field.as_ref()),
            "check": about.and_then(|about| about.check.as_ref()),
            "title": { "en": title.en, "zh": title.zh },
            "help": help.as_ref().map(|help| json!({ "en": help.en, "zh": help.zh })),
            "count": self.findings.len(),
            "owners": owners,
            "due": self.due().map(|day| day.to_string()),
            "findings": each,
        })
    }
}

/// One finding of a group: what is its own.
fn each(finding: &Finding) -> Value {
    let about = finding.about.as_deref();
    let notes: Vec<Value> = finding
        .notes
        .iter()
        .map(|note| json!({ "en": note.en, "zh": note.zh }))
        .collect();
    let mut data = json!({
        "place": match &finding.at {
            At::Data(place) => Value::from(place.to_string()),
            At::Span(span) => json!({ "start": span.start, "end": span.end }),
            At::Nowhere => Value::Null,
        },
        "value": finding.cell.as_ref().map(|(_, value)| value),
        "key": about.and_then(|about| about.key.as_ref()),
        "owner": about.and_then(|about| about.owner.as_ref()),
        "due": about.and_then(|about| about.due).map(|day| day.to_string()),
        "notes": notes,
    });
    for (key, value) in shown_by(finding) {
        data[key] = value;
    }
    data
}

/// What a finding says, with what shows it.
pub fn said(finding: &Finding, lang: Lang) -> String {
    let mut text = finding.title.get(lang).to_owned();
    for more in finding.label.iter().chain(&finding.notes) {
        text.push('\n');
        text.push_str(more.get(lang));
    }
    text
}

/// Where it is: a cell as Excel names it, or a line of the scheme.
pub fn place(at: &At, scheme_text: &str, lang: Lang) -> String {
    match at {
        At::Nowhere => String::new(),
        At::Data(place) => place.to_string(),
        At::Span(span) => {
            let before = scheme_text.bytes().take(span.start);
            let line = before.filter(|byte| *byte == b'\n').count() + 1;
            match lang {
                Lang::En => format!("scheme, line {line}"),
                Lang::Zh => format!("方案第 {line} 行"),
            }
        }
    }
}
