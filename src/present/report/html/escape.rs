//! Texts as they may stand in a page. Names come from sheets that anybody may have written: none of them ends an
//! element, a script or a style, and none turns the text around it to the other direction.

use std::borrow::Cow;
use std::fmt::Write;

/// A text between tags, or as an attribute's value in double quotes.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text as a JSON string inside a `<script>`.
pub fn json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('"');
    for c in visible(text).chars() {
        match c {
            '"' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // These could end the element, or a line of the script.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1F}' => {
                let _ = write!(escaped, "\\u{:04x}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped.push('"');
    escaped
}

/// A text as a string of a style sheet.
pub fn css(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('"');
    for c in visible(text).chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ' {
            let _ = write!(escaped, "\\{:x} ", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.push('"');
    escaped
}

/// With what nobody sees, but what changes how the rest is shown, written out: `\u{202e}`.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(changes_the_rest) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if changes_the_rest(c) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and the marks that turn or isolate a direction.
fn changes_the_rest(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</script><img src=x onerror='alert(1)'>\"&\u{202E}gpj\u{2028}\u{0}";

    #[test]
    fn no_text_ends_an_element_or_a_value() {
        let shown = text(HOSTILE);
        assert!(!shown.contains(['<', '>', '"', '\'']));
        assert_eq!(
            text("a & b <c> \"d\" 'e'"),
            "a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39;"
        );
        assert_eq!(text("上海\u{202E}贸易"), "上海\\u{202e}贸易");
    }

    #[test]
    fn data_in_a_script_reads_back_and_ends_nothing() {
        let written = json(HOSTILE);
        assert!(!written.contains(['<', '>', '&', '\u{2028}']));
        let back: String = serde_json::from_str(&written).unwrap();
        assert_eq!(
            back,
            "</script><img src=x onerror='alert(1)'>\"&\\u{202e}gpj\u{2028}\\u{0}"
        );
    }

    #[test]
    fn a_string_of_a_style_sheet_stays_one() {
        assert_eq!(css("a\"b</style>"), "\"a\\22 b\\3c \\2f style\\3e \"");
        assert_eq!(css("季度 a\n"), "\"季度 a\\a \"");
    }
}
