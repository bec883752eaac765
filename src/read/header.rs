//! Headers: how they are compared, which column a field has, and whether a table is a sheet of the scheme.
//!
//! People write one header in many ways (`客户编号 `, `客戶编号\n`, `年采购额（万元）`), so headers are compared exactly
//! first and in a folded form after that.

use super::header_row::Lexicon;
use super::{KnownSheet, Source, Table};
use crate::clean::escape::unescape;
use crate::diagnostic::{Code, Finding, Text, listed, nearest};
use crate::table::{Unit, simplified};
use crate::text;
use unicode_normalization::UnicodeNormalization;

/// One header of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// As written, on one line and without outer spaces. Empty where a column has none.
    pub text: String,
    /// The form in which headers are compared ([`fold_header`]).
    pub folded: String,
    /// The unit that it names in brackets at its end or after `/`: `万元`, `%`.
    pub unit: Option<String>,
}

impl Header {
    /// A header from the text of its cell.
    pub fn new(written: &str) -> Self {
        // In a CSV file that regrade wrote, `@id` and `-/+` stand escaped; a header that has the sign of itself is none.
        let text = one_line(unescape(written.trim()));
        let (folded, unit) = fold(&text);
        Self { text, folded, unit }
    }
}

impl Header {
    /// This header as a group with `column` below it, in one: `2023年` and `金额（万元）`.
    pub(super) fn followed_by(&self, column: &Self) -> Self {
        let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        let spaced = ascii(self.text.chars().next_back()) && ascii(column.text.chars().next());
        let space = if spaced { " " } else { "" };
        Self {
            text: format!("{}{space}{}", self.text, column.text),
            folded: format!("{}{}", self.folded, column.folded),
            unit: column.unit.clone().or_else(|| self.unit.clone()),
        }
    }
}

/// How a table's headers fit a sheet of the scheme.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// How many of the headers the sheet knows.
    pub found: usize,
    /// Whether a key column is among them.
    pub key: bool,
    /// The names of the required fields that have no column.
    pub missing_required: Vec<String>,
}

/// How `headers` fit the sheet `known`.
pub fn match_sheet(headers: &[Header], known: &KnownSheet) -> Match {
    let lexicon = Lexicon::of(known);
    Match {
        found: headers
            .iter()
            .filter(|header| lexicon.headers.contains(&header.folded))
            .count(),
        key: headers
            .iter()
            .any(|header| lexicon.key.contains(&header.folded)),
        missing_required: known
            .required
            .iter()
            .filter(|names| find_columns(headers, names).is_empty())
            .filter_map(|names| names.first().cloned())
            .collect(),
    }
}

/// The first column of those that [`find_columns`] finds.
pub fn find_column(headers: &[Header], names: &[String]) -> Option<usize> {
    find_columns(headers, names).first().copied()
}

/// The columns of a field with these names (its name first, then its aliases): those with exactly its name; if there
/// is none, those with exactly an alias; if there is none, those that are equal when folded. More than one column is
/// the caller's to report.
pub fn find_columns(headers: &[Header], names: &[String]) -> Vec<usize> {
    let columns = |fits: &dyn Fn(&Header) -> bool| -> Vec<usize> {
        (0..headers.len())
            .filter(|column| fits(&headers[*column]))
            .collect()
    };
    find(
        names,
        |texts| columns(&|header| texts.contains(&header.text)),
        |folded| columns(&|header| folded.contains(&header.folded)),
    )
}

/// The same, where `written` gives the columns that are headed by any of some texts, and `folded` those whose folded
/// headers are any of some.
fn find(
    names: &[String],
    written: impl Fn(&[String]) -> Vec<usize>,
    folded: impl Fn(&[String]) -> Vec<usize>,
) -> Vec<usize> {
    let (name, aliases) = names.split_at(names.len().min(1));
    for texts in [name, aliases] {
        let found = written(texts);
        if !found.is_empty() {
            return found;
        }
    }
    let names = names.iter().map(|name| fold_header(name));
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    folded(&names)
}

/// The headers of a table in the order of their texts: with hundreds of them and as many fields, looking through all of
/// them for each field would take longer than reading the rows.
pub struct SortedHeaders<'h> {
    headers: &'h [Header],
    by_text: Vec<usize>,
    by_folded: Vec<usize>,
}

impl<'h> SortedHeaders<'h> {
    /// Those of a table.
    pub fn of(headers: &'h [Header]) -> Self {
        let sorted = |text: fn(&Header) -> &str| {
            let mut columns: Vec<usize> = (0..headers.len()).collect();
            columns.sort_by_key(|column| text(&headers[*column]));
            columns
        };
        Self {
            headers,
            by_text: sorted(|header| &header.text),
            by_folded: sorted(|header| &header.folded),
        }
    }

    /// What [`find_columns`] finds among them.
    pub fn find(&self, names: &[String]) -> Vec<usize> {
        find(
            names,
            |texts| self.any(&self.by_text, texts, |header| &header.text),
            |folded| self.any(&self.by_folded, folded, |header| &header.folded),
        )
    }

    /// The columns, in order, whose headers are any of some texts.
    fn any(&self, sorted: &[usize], texts: &[String], text: fn(&Header) -> &str) -> Vec<usize> {
        let mut found = vec![];
        for wanted in texts {
            let text = |column: &usize| text(&self.headers[*column]);
            let before = sorted.partition_point(|column| text(column) < wanted.as_str());
            let rest = sorted[before..].iter();
            found.extend(rest.take_while(|column| text(column) == wanted));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The error for tables of which none is a sheet of the scheme: of the nearest, the headers found and those missing.
pub(super) fn unmatched(tables: &[&Table], source: &Source<'_>) -> Finding {
    let mut error = Finding::error(
        Code::UnmatchedFile,
        text!(
            "`{}` matches no sheet of the scheme",
            "`{}` 与方案中的任何表都不匹配",
            source.file
        ),
    );
    let fits = tables.iter().flat_map(|table| {
        source
            .known
            .iter()
            .map(move |known| (match_sheet(&table.headers, known), *table, known))
    });
    let Some((fit, table, known)) = fits.rev().max_by_key(|(fit, ..)| fit.found) else {
        return error;
    };
    error = error.place(table.origin.row(table.header_row));
    let texts = table.headers.iter().map(|header| header.text.as_str());
    let Text { en, zh } = listed(texts.filter(|text| !text.is_empty()));
    error = error.with_note(Text {
        en: format!("headers found: {en}"),
        zh: format!("找到的表头：{zh}"),
    });
    let sheet = &known.name;
    let key = known.key.first().map_or("", String::as_str);
    let mut missing = vec![key];
    missing.extend(
        fit.missing_required
            .iter()
            .map(String::as_str)
            .filter(|name| *name != key),
    );
    for name in missing.into_iter().filter(|name| !name.is_empty()) {
        let near = nearest(
            name,
            table
                .headers
                .iter()
                .map(|header| header.text.as_str())
                .filter(|text| !text.is_empty()),
        );
        error = error.with_note(match near {
            Some(near) => text!(
                "sheet `{sheet}` needs `{name}`; the nearest header is `{near}`",
                "表 `{sheet}` 需要 `{name}`；最接近的表头是 `{near}`"
            ),
            None => text!(
                "sheet `{sheet}` needs `{name}`",
                "表 `{sheet}` 需要 `{name}`"
            ),
        });
    }
    error.help(text!(
        "add the header to the field's `headers` in the scheme, or name the header's row with `--header-row`",
        "请在方案中把该表头加入字段的 `headers`，或用 `--header-row` 指定表头所在行"
    ))
}

/// The form in which headers are compared: full and half width, upper and lower case, spaces, line breaks, invisible
/// characters, traditional characters and the shape of brackets make no difference, nor does a unit at the end (`(万元)`, `[%]`, `/元`).
/// Brackets that hold something else (`(人数)`) are a part of the header.
pub fn fold_header(text: &str) -> String {
    fold(text).0
}

/// The folded form and the unit that was taken off.
fn fold(text: &str) -> (String, Option<String>) {
    let text = unescape(text.trim());
    let plain = |chars: &mut dyn Iterator<Item = char>| -> String {
        chars
            .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
            .map(|c| match c {
                '[' | '{' | '【' | '〔' | '〖' | '「' | '『' | '《' | '〈' => '(',
                ']' | '}' | '】' | '〕' | '〗' | '」' | '』' | '》' | '〉' => ')',
                c => simplified(c),
            })
            .collect()
    };
    // Nearly every text is of characters that are their own NFKC, whatever stands beside them.
    let is_composed = |c: char| c.is_ascii() || matches!(c, '\u{4E00}'..='\u{9FFF}');
    let plain = if text.chars().all(is_composed) {
        plain(&mut text.chars())
    } else {
        plain(&mut text.nfkc())
    };
    let (name, unit) = split_unit(&plain);
    (name.to_lowercase(), unit.map(str::to_owned))
}

/// Takes a unit off the end of a folded header. A header that is nothing but a unit stays.
fn split_unit(plain: &str) -> (&str, Option<&str>) {
    let bracketed = plain
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('));
    let split = match bracketed {
        Some(split) => Some(split),
        None => plain.rsplit_once('/'),
    };
    match split {
        Some((name, unit)) if !name.is_empty() && is_unit(unit_word(unit)) => {
            (name, Some(unit_word(unit)))
        }
        _ => (plain, None),
    }
}

/// `单位:万元` in a header's brackets means `万元`, and so does `人民币万元`.
pub(super) fn unit_word(text: &str) -> &str {
    let text = text
        .strip_prefix("单位")
        .map_or(text, |rest| rest.trim_start_matches([':', '：']));
    match text.strip_prefix("人民币") {
        Some(rest) if !rest.is_empty() => rest,
        _ => text,
    }
}

fn is_unit(text: &str) -> bool {
    text == "%" || Unit::is_well_known(text)
}

/// Characters that nobody sees: zero-width ones, marks of direction, the byte order mark, soft hyphens.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' | '\u{180E}')
}

/// A header on one line: Chinese words are joined without a space, as they were one word that wrapped.
fn one_line(written: &str) -> String {
    let mut line = String::with_capacity(written.len());
    for part in written.split(['\n', '\r']) {
        let part = part.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if part.is_empty() {
            continue;
        }
        let spaced = line.chars().next_back().is_some_and(|c| c.is_ascii())
            && part.starts_with(|c: char| c.is_ascii());
        if spaced {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_and_ascii_are_their_own_nfkc() {
        let all: String = ('\0'..='\u{7F}').chain('\u{4E00}'..='\u{9FFF}').collect();
        assert!(unicode_normalization::is_nfkc(&all));
        assert!(unicode_normalization::is_nfkc(
            &all.chars().rev().collect::<String>()
        ));
        assert_eq!(fold_header(" 客戶 編號"), "客户编号");
        assert_eq!(fold_header("ｉＤ［1］"), "id(1)");
    }

    #[test]
    fn the_escape_of_a_written_header_is_taken_off() {
        for (written, text) in [
            ("'@id", "@id"),
            ("'-/+", "-/+"),
            ("'tis", "'tis"),
            ("@id", "@id"),
        ] {
            assert_eq!(Header::new(written), Header::new(text), "{written}");
            assert_eq!(Header::new(written).text, text);
        }
    }

    #[test]
    fn headers_that_people_take_for_the_same_are_the_same() {
        for (written, folded, unit) in [
            ("客户编号", "客户编号", None),
            (" 客户 编号\u{A0}", "客户编号", None),
            ("客户\n编号", "客户编号", None),
            ("\u{FEFF}ＣＲＭ编号\u{200B}", "crm编号", None),
            ("年采购额（万元）", "年采购额", Some("万元")),
            ("年采购额(万元)", "年采购额", Some("万元")),
            ("年采购额【元】", "年采购额", Some("元")),
            ("年采购额[ 元 ]", "年采购额", Some("元")),
            ("年采购额（单位：亿元）", "年采购额", Some("亿元")),
            ("年采购额（人民币万元）", "年采购额", Some("万元")),
            ("年采购额/万元", "年采购额", Some("万元")),
            ("增长率（％）", "增长率", Some("%")),
            ("Amount (USD)", "amount", Some("USD")),
            ("规模（人数）", "规模(人数)", None),
            ("规模[人数]", "规模(人数)", None),
            ("客戶\n編號 ", "客户编号", None),
            ("年採購額（萬元）", "年采购额", Some("万元")),
            ("是/否", "是/否", None),
            ("（元）", "(元)", None),
            ("", "", None),
        ] {
            let header = Header::new(written);
            assert_eq!(
                (header.folded.as_str(), header.unit.as_deref()),
                (folded, unit),
                "{written:?}"
            );
        }
    }

    #[test]
    fn a_header_is_shown_on_one_line() {
        for (written, text) in [
            (" 客户\r\n编号 ", "客户编号"),
            ("Customer\nID", "Customer ID"),
            (" a b ", "a b"),
        ] {
            assert_eq!(Header::new(written).text, text);
        }
    }

    #[test]
    fn a_column_is_found_by_name_then_alias_then_folded() {
        let headers: Vec<Header> = ["手机 ", "电话", "手机", "电 话", "年采购额（万元）"]
            .map(Header::new)
            .into();
        let sorted = SortedHeaders::of(&headers);
        let find = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let found = find_columns(&headers, &names);
            assert_eq!(sorted.find(&names), found, "{names:?}");
            found
        };
        assert_eq!(
            find(&["手机", "电话"]),
            [0, 2],
            "outer spaces are no part of a header"
        );
        assert_eq!(find(&["联系方式", "电话"]), [1]);
        assert_eq!(find(&["年采购额"]), [4]);
        assert_eq!(find(&["年 采购额"]), [4]);
        assert_eq!(find(&["x", "电 话", "手机", "电话", "电话"]), [0, 1, 2, 3]);
        assert_eq!(find(&["x", "年采购额", " 手 机"]), [0, 2, 4]);
        assert_eq!(find(&["电_话"]), [] as [usize; 0]);
        assert_eq!(find(&[]), [] as [usize; 0]);
    }
}
