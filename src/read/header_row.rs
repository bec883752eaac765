//! Which row is the header: people put titles, dates and units above it.
//!
//! With a scheme the row that has most of its headers; without, the first row that is as wide as the table and reads
//! like headers. A row that the user names is taken as it is.

use super::assemble::{HeadRow, Held};
use super::header::{Header, unit_word};
use super::{KnownSheet, Options};
use crate::diagnostic::{Code, Finding};
use crate::table::{Decimal, Unit, simplified};
use crate::text;
use std::collections::BTreeSet;

/// How many rows that are not blank are looked at.
pub(super) const ROWS_LOOKED_AT: usize = 30;

/// A header that the scheme knows counts this much, a result column of regrade counts 1.
pub(super) const KNOWN_HEADER: usize = 4;

/// The headers of a known sheet in the form in which they are compared.
pub(super) struct Lexicon {
    pub(super) key: BTreeSet<String>,
    pub(super) headers: BTreeSet<String>,
    pub(super) results: BTreeSet<String>,
}

impl Lexicon {
    pub(super) fn of(known: &KnownSheet) -> Self {
        let folded = |names: &[String]| -> BTreeSet<String> {
            names
                .iter()
                .map(|name| super::fold_header(name))
                .filter(|name| !name.is_empty())
                .collect()
        };
        let mut headers = folded(&known.headers);
        let key = folded(&known.key);
        headers.extend(key.iter().cloned());
        Self {
            key,
            headers,
            results: folded(&known.results),
        }
    }

    /// How much a row with these folded texts looks like this sheet's header, and whether the key is in it.
    pub(super) fn score(&self, folded: &BTreeSet<String>) -> (usize, bool) {
        let found = folded.intersection(&self.headers).count();
        let results = folded
            .difference(&self.headers)
            .filter(|text| self.results.contains(*text))
            .count();
        (
            found * KNOWN_HEADER + results,
            folded.iter().any(|text| self.key.contains(text)),
        )
    }
}

/// The index in `head` of the header row; `None` if no row can be it because there are none.
pub(super) fn choose(
    head: &[HeadRow],
    lexicon: &[Lexicon],
    options: &Options,
) -> Result<Option<usize>, Vec<Finding>> {
    if let Some(wanted) = options.header_row {
        let index = head
            .iter()
            .position(|row| row.number == wanted && !row.is_blank());
        return index.map(Some).ok_or_else(|| {
            let title = text!(
                "row {wanted}, the header's, is blank or does not exist",
                "指定的表头第 {wanted} 行为空或不存在"
            );
            vec![Finding::error(Code::NoHeader, title)]
        });
    }
    let head = &head[..head.len().min(ROWS_LOOKED_AT)];
    let scores: Vec<(usize, bool)> = head.iter().map(|row| best_score(row, lexicon)).collect();
    let best = scores.iter().copied().max().unwrap_or_default();
    if best.0 == 0 {
        return Ok(by_shape(head));
    }
    let mut winners = (0..head.len()).filter(|index| scores[*index] == best);
    let first = winners.next().unwrap_or_default();
    // A header that is printed again on each page is no rival.
    match winners.find(|index| texts(&head[*index]) != texts(&head[first])) {
        None => Ok(Some(first)),
        // Without a key it is no sheet of the scheme, whichever row it is.
        Some(_) if !best.1 => Ok(Some(first)),
        Some(second) => {
            let (a, b) = (head[first].number, head[second].number);
            let title = text!(
                "rows {a} and {b} could both be the header",
                "第 {a} 行和第 {b} 行都可能是表头"
            );
            let help = text!(
                "say which: `--header-row {a}`",
                "请指明：`--header-row {a}`"
            );
            Err(vec![Finding::error(Code::NoHeader, title).help(help)])
        }
    }
}

fn best_score(row: &HeadRow, lexicon: &[Lexicon]) -> (usize, bool) {
    let folded: BTreeSet<String> = row
        .cells
        .iter()
        .filter_map(Held::text)
        .map(super::fold_header)
        .filter(|text| !text.is_empty())
        .collect();
    lexicon
        .iter()
        .map(|lexicon| lexicon.score(&folded))
        .max()
        .unwrap_or_default()
}

fn texts(row: &HeadRow) -> Vec<String> {
    row.cells
        .iter()
        .map(|cell| Header::new(&cell.shown()).folded)
        .collect()
}

/// Without known headers: titles are narrower than the table, and data rows are not mostly words.
fn by_shape(head: &[HeadRow]) -> Option<usize> {
    let filled: Vec<usize> = head
        .iter()
        .map(|row| row.cells.iter().filter(|cell| !cell.is_blank()).count())
        .collect();
    let usual = filled
        .iter()
        .filter(|count| **count > 1)
        .max_by_key(|count| {
            (
                filled.iter().filter(|other| other == count).count(),
                **count,
            )
        })
        .copied()
        .unwrap_or(1);
    let words = |row: &HeadRow| {
        row.cells
            .iter()
            .filter_map(Held::text)
            .filter(|text| is_word(text))
            .count()
    };
    let find = |fits: &dyn Fn(usize) -> bool| (0..head.len()).find(|index| fits(*index));
    let worded = |index: usize| words(&head[index]) * 2 > filled[index];
    find(&|index| filled[index] >= usual && worded(index))
        .or_else(|| find(&|index| filled[index] * 2 >= usual && worded(index)))
        .or_else(|| find(&|index| filled[index] >= usual))
        .or_else(|| find(&|index| filled[index] > 0))
}

/// Text that is not a number or a date.
pub(super) fn is_word(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && Decimal::parse(text).is_none()
        && text
            .chars()
            .any(|c| !c.is_ascii_digit() && !c.is_ascii_punctuation() && !c.is_whitespace())
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// The unit that a line above the header gives: `单位：万元`, also beside or within a title. A line such as
/// `填报单位：某某公司` names an organisation and gives none.
pub(super) fn unit_line(above: &[HeadRow]) -> Option<String> {
    above
        .iter()
        .flat_map(|row| &row.cells)
        .filter_map(Held::text)
        .find_map(unit_in)
}

/// The unit that a text gives in this way.
pub(super) fn unit_in(written: &str) -> Option<String> {
    let text: String = written.chars().map(simplified).collect();
    for (at, word) in text.match_indices("单位") {
        let before =
            text[..at].trim_end_matches(|c: char| c.is_whitespace() || "([（【".contains(c));
        // A title may end before it: 客户明细表（单位：万元）, 2024年3月 单位：万元.
        let stands_alone = before.len() < at
            || before.is_empty()
            || before.ends_with(['，', '、', '；', '。', ',', ';']);
        let of_money = ["金额", "货币", "计量", "币种及", "数据"]
            .iter()
            .any(|kind| before.ends_with(kind));
        let Some(rest) = text[at + word.len()..]
            .trim_start()
            .strip_prefix(['：', ':'])
        else {
            continue;
        };
        let unit: String = rest
            .trim_start()
            .chars()
            .take_while(|c| {
                !c.is_whitespace()
                    && !matches!(c, ')' | '）' | ']' | '】' | '，' | ',' | '；' | ';' | '。')
            })
            .collect();
        let unit = unit_word(&unit);
        if (stands_alone || of_money) && Unit::is_well_known(unit) {
            return Some(unit.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::unit_in;

    #[test]
    fn a_unit_line_is_read_and_an_organisation_is_not() {
        for (text, unit) in [
            ("单位：万元", Some("万元")),
            ("单位:元", Some("元")),
            ("（单位：人民币万元）", Some("万元")),
            ("客户采购明细表（单位：亿元）", Some("亿元")),
            ("金额单位：元", Some("元")),
            ("2024年3月  单位： 万元 ", Some("万元")),
            ("單位：萬元", Some("万元")),
            ("填报单位：华东分公司", None),
            ("填报单位：万元", None),
            ("单位：吨", None),
            ("单位名称", None),
        ] {
            assert_eq!(unit_in(text).as_deref(), unit, "{text}");
        }
    }
}
