//! Texts that Excel takes: names of sheets, and cells that are not too long.

use std::borrow::Cow;

/// The most UTF-16 units of a cell.
const CELL: usize = 32_767;
/// The most UTF-16 units of a sheet's name.
const NAME: usize = 31;

/// A text that fits a cell: cut with `…` where it is too long, and with lines that end as Excel ends them (a carriage
/// return would show as `_x000D_` in other programs).
pub fn cell(text: &str) -> Cow<'_, str> {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    // A UTF-16 unit is never more than a byte of UTF-8, so nearly every text ends here.
    if text.len() <= CELL || text.encode_utf16().count() <= CELL {
        return text;
    }
    Cow::Owned(format!("{}…", first_units(&text, CELL - 1)))
}

/// A heading on one line: a table's heading may not be longer than 255 characters (some are left for a number that makes
/// it unique), and Excel repairs a file in which a line break or another control character stands in one.
pub fn heading(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    first_units(&line, 240).to_owned()
}

/// As much of a text as `units` UTF-16 units hold.
fn first_units(text: &str, units: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > units {
            return &text[..at];
        }
    }
    text
}

/// The names of the workbook's sheets, no two alike but for case.
#[derive(Default)]
pub struct SheetNames {
    taken: Vec<String>,
}

impl SheetNames {
    /// `wanted` as Excel takes it, for the `number`th sheet of that name (from 1): at most 31 characters, none of
    /// `[]:*?/\`, no quote at an end, and not a name that there is already.
    pub fn take(&mut self, wanted: &str, mut number: usize) -> String {
        let plain: String = wanted
            .chars()
            .map(|c| {
                if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        let plain = match plain.trim_matches(|c: char| c == '\'' || c.is_whitespace()) {
            "" => "Sheet",
            plain => plain,
        };
        loop {
            let suffix = if number > 1 {
                format!(" ({number})")
            } else {
                String::new()
            };
            let cut = first_units(plain, NAME - suffix.len());
            let name = format!(
                "{}{suffix}",
                cut.trim_end_matches(|c: char| c == '\'' || c.is_whitespace())
            );
            let folded = name.to_lowercase();
            // Excel keeps "History" for itself.
            if folded != "history" && !self.taken.contains(&folded) {
                self.taken.push(folded);
                return name;
            }
            number = number.max(1) + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_what_excel_takes() {
        let mut names = SheetNames::default();
        for (wanted, number, expected) in [
            ("评级明细", 1, "评级明细"),
            ("评级明细", 2, "评级明细 (2)"),
            ("a/b:c", 1, "a b c"),
            ("A B C", 1, "A B C (2)"),
            ("'quoted'", 1, "quoted"),
            ("", 1, "Sheet"),
            ("History", 1, "History (2)"),
            (
                "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三",
                2,
                "一二三四五六七八九十一二三四五六七八九十一二三四五六七 (2)",
            ),
        ] {
            let name = names.take(wanted, number);
            assert_eq!(name, expected);
            assert!(name.encode_utf16().count() <= NAME);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cell("short"), "short");
        let exact = "长".repeat(CELL);
        assert_eq!(cell(&exact), exact);
        for long in ["长".repeat(CELL + 1), "😀".repeat(CELL)] {
            let cut = cell(&long);
            assert!(cut.ends_with('…') && cut.encode_utf16().count() <= CELL);
        }
        assert_eq!(heading("a\r\nb"), "a  b");
    }
}
