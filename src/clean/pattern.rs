//! What a text must be like: a regular expression that the whole text has to match.
//!
//! The only place that knows `regex`, whose expressions take time in proportion to the text, whatever they say.

use regex::Regex;
use std::sync::Arc;

/// A regular expression for whole texts.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Arc<str>,
    regex: Regex,
}

impl Pattern {
    /// Reads a regular expression; what is wrong with it in the words of the library.
    pub fn new(text: &str) -> Result<Self, String> {
        // Read by itself first, so that brackets that do not match are not mended by those around it.
        Regex::new(text).map_err(|error| one_line(&error))?;
        let regex = Regex::new(&format!("^(?:{text})$")).map_err(|error| one_line(&error))?;
        Ok(Self {
            text: text.into(),
            regex,
        })
    }

    /// Whether the whole of `text` is like it.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The last line of the library's message, which says what is wrong; those before draw it.
fn one_line(error: &regex::Error) -> String {
    let message = error.to_string();
    let last = message.lines().last().unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_is_judged() {
        let phone = Pattern::new(r"1[3-9]\d{9}").unwrap();
        for (text, fits) in [
            ("13800138000", true),
            ("138001380001", false),
            ("电话13800138000", false),
            ("13800138000\n", false),
            ("", false),
        ] {
            assert_eq!(phone.matches(text), fits, "{text:?}");
        }
        let either = Pattern::new("甲|乙丙").unwrap();
        assert!(either.matches("甲") && either.matches("乙丙") && !either.matches("甲丙"));
        assert!(Pattern::new(r"\p{Han}+").unwrap().matches("客户"));
    }

    #[test]
    fn a_wrong_expression_says_what_is_wrong() {
        for wrong in ["(", "a)|(b", "[", "*", "(?P<x", "a{99999999}"] {
            let error = Pattern::new(wrong).unwrap_err();
            assert!(
                !error.is_empty() && !error.contains('\n'),
                "{wrong}: {error}"
            );
        }
    }
}
