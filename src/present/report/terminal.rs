//! A report on a terminal: its sections below each other, their tables as tables, their notes broken at the edge.

use super::plain::Plain;
use crate::diagnostic::Lang;
use crate::present::shown::width;
use crate::present::terminal::{self, TerminalOptions};
use crate::report::{Block, Report, Section};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How wide notes are at most: longer lines are hard to follow.
const MOST: usize = 100;

/// Writes the report. Charts are left out: every figure of theirs stands in a table.
pub fn write(report: &Report, options: &TerminalOptions, out: &mut dyn Write) -> io::Result<()> {
    let wide = options.width.map_or(MOST, usize::from).clamp(20, MOST);
    writeln!(out, "{}", clean(&report.title))?;
    let between = match report.lang {
        Lang::En => ": ",
        Lang::Zh => "：",
    };
    let facts = report.facts.iter();
    let facts = facts.map(|fact| format!("{}{between}{}", fact.label, fact.value));
    let facts = facts.collect::<Vec<_>>().join("  ");
    out.write_all(folded(&facts, "", wide).as_bytes())?;
    write_sections(report, options, out)?;
    out.flush()
}

/// Writes the sections alone, an empty line before each.
pub fn write_sections(
    report: &Report,
    options: &TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let wide = options.width.map_or(MOST, usize::from).clamp(20, MOST);
    for section in &report.sections {
        self::section(report, section, options, wide, out)?;
    }
    Ok(())
}

fn section(
    report: &Report,
    section: &Section,
    options: &TerminalOptions,
    wide: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = clean(&section.title);
    writeln!(out, "\n{title}\n{}", "═".repeat(width(&title)))?;
    for note in &section.notes {
        out.write_all(folded(note, "· ", wide).as_bytes())?;
    }
    for block in &section.blocks {
        let Block::Table(table) = block else {
            continue;
        };
        out.write_all(b"\n")?;
        if let Some(title) = &table.title {
            writeln!(out, "{}", clean(title))?;
        }
        terminal::write(&Plain::short(report, table), options, out)?;
    }
    Ok(())
}

/// A text that cannot do anything to a terminal.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A text in lines that are no wider than `wide`, the first behind a mark and the others below its text. Chinese breaks
/// between any two characters but before punctuation, other scripts at spaces.
fn folded(text: &str, mark: &str, wide: usize) -> String {
    let text = clean(text);
    let indent = " ".repeat(width(mark));
    let mut lines = mark.to_owned();
    let mut at = width(mark);
    let mut word = String::new();
    let mut put = |word: &mut String, lines: &mut String| {
        let space = width(word);
        if at + width(word.trim_end()) > wide && at > indent.len() {
            lines.truncate(lines.trim_end_matches(' ').len());
            let _ = write!(lines, "\n{indent}");
            at = indent.len();
        }
        lines.push_str(word);
        at += space;
        word.clear();
    };
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        word.push(c);
        let next = characters.peek().copied();
        let is_wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
        let may_break = c == ' '
            || next.is_none()
            || next.is_some_and(|next| {
                (is_wide(c) || is_wide(next))
                    && !"，。；：、）》？！ ".contains(next)
                    && !"（《".contains(c)
            });
        if may_break {
            put(&mut word, &mut lines);
        }
    }
    lines.truncate(lines.trim_end_matches(' ').len());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn lines_are_broken_where_people_break_them() {
        assert_eq!(folded("one two three", "· ", 9), "· one two\n  three\n");
        assert_eq!(
            folded("占比的分母，是客户。", "· ", 12),
            "· 占比的分\n  母，是客\n  户。\n"
        );
        assert_eq!(folded("averylongword x", "", 5), "averylongword\nx\n");
        assert_eq!(folded("", "· ", 9), "·\n");
    }
}
