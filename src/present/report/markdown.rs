//! A report as Markdown, with GitHub's tables.

use super::plain::Plain;
use crate::diagnostic::Lang;
use crate::present::markdown::{self, inline};
use crate::report::{Block, Report};
use std::io::{self, Write};

/// Writes the report. Charts are left out: every figure of theirs stands in a table.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", inline(&report.title))?;
    let between = match report.lang {
        Lang::En => ": ",
        Lang::Zh => "：",
    };
    for fact in &report.facts {
        let (label, value) = (inline(&fact.label), inline(&fact.value));
        writeln!(out, "- {label}{between}{value}")?;
    }
    write_sections(report, out)?;
    out.flush()
}

/// Writes the sections alone.
pub fn write_sections(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for section in &report.sections {
        writeln!(out, "\n## {}", inline(&section.title))?;
        for note in &section.notes {
            // Names in backticks are code, as the author of the note meant them.
            writeln!(out, "\n{}", paragraph(note))?;
        }
        for block in &section.blocks {
            let Block::Table(table) = block else {
                continue;
            };
            if let Some(title) = &table.title {
                writeln!(out, "\n### {}", inline(title))?;
            }
            out.write_all(b"\n")?;
            markdown::write(&Plain::new(report, table), out)?;
        }
    }
    Ok(())
}

/// A note: what stands in backticks stays code, the rest is escaped.
fn paragraph(note: &str) -> String {
    let mut parts = note.split('`');
    let mut text = inline(parts.next().unwrap_or_default());
    let rest: Vec<&str> = parts.collect();
    for pair in rest.chunks(2) {
        match pair {
            [code, after] => {
                let code = code.replace(['\n', '\r'], " ");
                text.push_str(&format!("`{code}`{}", inline(after)));
            }
            // A backtick without another one is a character.
            alone => text.push_str(&format!("\\`{}", inline(&alone.concat()))),
        }
    }
    text
}
