//! A report as one page: a single file that asks for nothing, not even a font, and reads well on a screen, in the dark,
//! on paper and aloud.
//!
//! Its style and script are files of their own here and stand in the page whole; the content policy knows them by their
//! hashes and allows nothing else.

mod chart;
mod customers;
mod escape;
mod policy;
mod table;
#[cfg(test)]
mod tests;

use super::colors::Colors;
use crate::diagnostic::Lang;
use crate::present::palette;
use crate::present::table::GradeStyle;
use crate::report::{Block, Report, Section};
use crate::text;
use std::fmt::Write as _;
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut html = String::new();
    let style = format!("{STYLE}{}", own_style(report));
    head(report, &style, &mut html);
    let lang = report.lang;
    let skip = text!("Skip to the report", "跳到正文");
    let dark = text!("Light or dark", "切换深浅色");
    let title = escape::text(&report.title);
    let _ = write!(
        html,
        "<body>\n<a class=\"skip\" href=\"#main\">{}</a>\n<header>\n<h1>{title}</h1>\n<button id=\"theme\" type=\"button\" hidden>{}</button>\n",
        skip.get(lang),
        dark.get(lang)
    );
    facts(report, &mut html);
    html.push_str("</header>\n<div class=\"page\">\n");
    contents(report, &mut html);
    html.push_str("<main id=\"main\" tabindex=\"-1\">\n");
    let colors = Colors::of(report);
    for section in &report.sections {
        write_section(section, report, &colors, &mut html);
        out.write_all(html.as_bytes())?;
        html.clear();
    }
    if let Some(table) = &report.customers {
        let heading = escape::text(&customers::title(table, lang));
        let _ = write!(
            html,
            "<section id=\"customers\" aria-labelledby=\"customers-h\">\n<h2 id=\"customers-h\">{heading}</h2>\n"
        );
        customers::write(table, report, &mut html);
        html.push_str("</section>\n");
    }
    let _ = write!(
        html,
        "</main>\n</div>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    );
    out.write_all(html.as_bytes())?;
    out.flush()
}

/// A language as HTML names it.
const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    }
}

fn head(report: &Report, style: &str, html: &mut String) {
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"regrade {}\">\n<title>{}</title>\n<style>{style}</style>\n</head>\n",
        tag(report.lang),
        policy::of(style, SCRIPT),
        env!("CARGO_PKG_VERSION"),
        escape::text(&report.title)
    );
}

/// What the style sheet cannot know: the colours of this report's grades, and what stands at the edge of each sheet of
/// paper.
fn own_style(report: &Report) -> String {
    let grades: Vec<GradeStyle> = report
        .grades
        .iter()
        .map(|(name, color)| GradeStyle {
            name: name.clone(),
            color: *color,
        })
        .collect();
    let mut style = String::new();
    for (index, swatch) in palette::of_grades(&grades).iter().enumerate() {
        let _ = writeln!(
            style,
            ".g{index}{{background:#{:06x};color:#{:06x}}}",
            swatch.fill, swatch.text
        );
    }
    let _ = writeln!(
        style,
        "@page{{@top-left{{content:{}}}}}",
        escape::css(&report.title)
    );
    style
}

fn facts(report: &Report, html: &mut String) {
    if report.facts.is_empty() {
        return;
    }
    html.push_str("<dl class=\"facts\">\n");
    for fact in &report.facts {
        let (label, value) = (escape::text(&fact.label), escape::text(&fact.value));
        let _ = writeln!(html, "<div><dt>{label}</dt><dd>{value}</dd></div>");
    }
    html.push_str("</dl>\n");
}

fn contents(report: &Report, html: &mut String) {
    let name = text!("Contents", "目录");
    let _ = write!(
        html,
        "<nav class=\"contents\" aria-label=\"{}\">\n<ol>\n",
        name.get(report.lang)
    );
    for section in &report.sections {
        let title = escape::text(&section.title);
        let _ = writeln!(html, "<li><a href=\"#{}\">{title}</a></li>", section.key);
    }
    if let Some(table) = &report.customers {
        let title = escape::text(&customers::title(table, report.lang));
        let _ = writeln!(html, "<li><a href=\"#customers\">{title}</a></li>");
    }
    html.push_str("</ol>\n</nav>\n");
}

fn write_section(section: &Section, report: &Report, colors: &Colors, html: &mut String) {
    let (key, title) = (section.key, escape::text(&section.title));
    let _ = write!(
        html,
        "<section id=\"{key}\" aria-labelledby=\"{key}-h\">\n<h2 id=\"{key}-h\">{title}</h2>\n"
    );
    for note in &section.notes {
        let _ = writeln!(html, "<p class=\"note\">{}</p>", escape::text(note));
    }
    for (index, block) in section.blocks.iter().enumerate() {
        match block {
            Block::Table(table) => table::write(table, &section.title, report, html),
            Block::Chart(chart) => {
                let id = format!("{key}-{index}");
                html.push_str(&chart::figure(chart, &id, 3, colors, report.lang));
            }
        }
    }
    html.push_str("</section>\n");
}
