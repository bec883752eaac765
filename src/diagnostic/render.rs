//! Findings as people read them: `annotate-snippets` for texts with carets (right under Chinese text too), one line
//! and its places for data.

use super::{About, At, Finding, Lang, Severity};
use crate::table::Date;
use crate::words::how_many;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// How many places of one kind of finding are listed before the rest is only counted.
pub const PLACES_SHOWN: usize = 10;

/// The text that spans point into, and its name.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file's name as the user gave it.
    pub name: &'a str,
    /// Its whole text.
    pub text: &'a str,
}

/// Renders findings in order: those about the scheme one by one, those about data grouped by what they say.
/// `styled` gives terminal colours; `all` lists every place.
pub fn render(
    findings: &[Finding],
    source: Option<Source<'_>>,
    lang: Lang,
    styled: bool,
    all: bool,
) -> String {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for group in grouped(findings) {
        let first = group[0];
        let level = match first.severity {
            Severity::Error => Level::ERROR.with_name(word(lang, "error", "错误")),
            Severity::Warning => Level::WARNING.with_name(word(lang, "warning", "警告")),
            Severity::Note => note(lang),
        };
        // What several cells have in common is said once, and each cell's own text stands beside its place.
        let title = match &first.cell {
            Some((all, _)) if group.len() > 1 => all.get(lang),
            _ => first.title.get(lang),
        };
        let head = level.clone().primary_title(title).id(first.code.word());
        let mut elements: Vec<Element<'_>> = vec![];
        match (&first.at, source) {
            (At::Span(span), Some(source)) => {
                let clamp = |span: &std::ops::Range<usize>| {
                    let end = span.end.min(source.text.len());
                    span.start.min(end)..end
                };
                let label = first.label.as_ref().map(|label| label.get(lang));
                let mut snippet = Snippet::source(source.text)
                    .path(source.name)
                    .annotation(AnnotationKind::Primary.span(clamp(span)).label(label));
                for (span, text) in &first.related {
                    snippet = snippet.annotation(
                        AnnotationKind::Context
                            .span(clamp(span))
                            .label(text.get(lang)),
                    );
                }
                elements.push(snippet.into());
            }
            (At::Data(_), _) => {
                let shown = if all {
                    group.len()
                } else {
                    group.len().min(PLACES_SHOWN)
                };
                for finding in &group[..shown] {
                    if let At::Data(place) = &finding.at {
                        let line = match &finding.cell {
                            // One alone has its text in the title as a rule.
                            Some((_, offending))
                                if !offending.is_empty()
                                    && (group.len() > 1 || !title.contains(&**offending)) =>
                            {
                                format!("{place}  `{offending}`")
                            }
                            _ => place.to_string(),
                        };
                        elements.push(Origin::path(line).into());
                    }
                }
                if group.len() > shown {
                    let rest = group.len() - shown;
                    let more = match lang {
                        Lang::En => {
                            format!("and {} (`-v` lists them all)", how_many(rest, "more place"))
                        }
                        Lang::Zh => format!("另有 {rest} 处（`-v` 列出全部）"),
                    };
                    elements.push(note(lang).message(more).into());
                }
            }
            _ => {}
        }
        for text in &first.notes {
            elements.push(note(lang).message(text.get(lang)).into());
        }
        if let Some(whose) = whose(&group, lang) {
            elements.push(note(lang).message(whose).into());
        }
        if let Some(help) = &first.help {
            elements.push(
                Level::HELP
                    .with_name(word(lang, "help", "建议"))
                    .message(help.get(lang))
                    .into(),
            );
        }
        let _ = writeln!(out, "{}", renderer.render(&[head.elements(elements)]));
    }
    out
}

/// Whose the findings of a group are, and until when; nothing where nobody is named.
fn whose(group: &[&Finding], lang: Lang) -> Option<String> {
    let counted = owners(group);
    let owners = match &counted[..] {
        [(one, _)] if group.len() == 1 => one.to_string(),
        _ => owners_text(&counted, lang),
    };
    match (owners.is_empty(), due(group), lang) {
        (true, None, _) => None,
        (false, None, Lang::En) => Some(format!("for {owners}")),
        (false, None, Lang::Zh) => Some(format!("负责人：{owners}")),
        (true, Some(day), Lang::En) => Some(format!("due {day}")),
        (true, Some(day), Lang::Zh) => Some(format!("处理期限 {day}")),
        (false, Some(day), Lang::En) => Some(format!("for {owners}; due {day}")),
        (false, Some(day), Lang::Zh) => Some(format!("负责人：{owners}；处理期限 {day}")),
    }
}

/// Who is to see to findings: how many each, in the order in which they come.
pub fn owners(findings: &[&Finding]) -> Vec<(Arc<str>, usize)> {
    let mut owners: Vec<(Arc<str>, usize)> = vec![];
    let mut known: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for owner in abouts(findings).filter_map(|about| about.owner.clone()) {
        let place = *known.entry(owner.clone()).or_insert_with(|| {
            owners.push((owner, 0));
            owners.len() - 1
        });
        owners[place].1 += 1;
    }
    owners
}

/// Owners as people list them: each with how many are theirs.
pub fn owners_text(owners: &[(Arc<str>, usize)], lang: Lang) -> String {
    let list: Vec<String> = owners
        .iter()
        .map(|(owner, count)| match lang {
            Lang::En => format!("{owner} ({count})"),
            Lang::Zh => format!("{owner}（{count}）"),
        })
        .collect();
    list.join(match lang {
        Lang::En => ", ",
        Lang::Zh => "、",
    })
}

/// The first day on which one of the findings is due.
pub fn due(findings: &[&Finding]) -> Option<Date> {
    abouts(findings).filter_map(|about| about.due).min()
}

fn abouts<'a>(findings: &[&'a Finding]) -> impl Iterator<Item = &'a About> {
    let abouts = findings.iter();
    abouts.filter_map(|finding| finding.about.as_deref())
}

/// Findings that say the same about data stand together, at the place of the first of them.
pub fn grouped(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = vec![];
    let mut known: BTreeMap<(super::Code, &str), usize> = BTreeMap::new();
    for finding in findings {
        if matches!(finding.at, At::Data(_)) {
            let title = finding.cell.as_ref().map_or(&finding.title, |(all, _)| all);
            let key = (finding.code, title.en.as_str());
            if let Some(index) = known.get(&key) {
                groups[*index].push(finding);
                continue;
            }
            known.insert(key, groups.len());
        }
        groups.push(vec![finding]);
    }
    groups
}

/// How a note begins.
fn note(lang: Lang) -> Level<'static> {
    Level::NOTE.with_name(word(lang, "note", "说明"))
}

const fn word(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
