//! Findings as people read them: `annotate-snippets` for texts with carets (right under Chinese text too), one line
//! and its places for data.

use super::{At, Finding, Lang, Severity};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use std::collections::BTreeMap;
use std::fmt::Write;

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
                            Some((_, offending)) if group.len() > 1 => {
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
                        Lang::En => format!("and {rest} more places (`-v` lists them all)"),
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

/// Findings that say the same about data stand together, at the place of the first of them.
fn grouped(findings: &[Finding]) -> Vec<Vec<&Finding>> {
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
