//! What regrade has to say about a scheme or about data: findings with a code, a severity, a place and a way out.
//!
//! A finding is data. It is made where the fault is seen, carried through the pure core and rendered once, by the
//! binary ([`render`]). Every text exists in English and in Chinese.

mod about;
mod advice;
mod code;
pub mod render;
pub mod stages;
pub mod system;
mod witness;

pub use about::About;
pub use code::Code;
pub use stages::Stages;
pub use witness::{Shown, Witness};

use crate::table::Place;
use std::ops::Range;

/// The language of messages and of outputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// A text in both languages. Made by [`text!`](crate::text).
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Text {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Text {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A [`Text`] from two format strings, English first: `text!("no field `{name}`", "没有字段 `{name}`")`.
#[macro_export]
macro_rules! text {
    ($en:literal, $zh:literal $(, $($arg:tt)*)?) => {
        $crate::diagnostic::Text { en: format!($en $(, $($arg)*)?), zh: format!($zh $(, $($arg)*)?) }
    };
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Probably not what was meant; the result stands.
    Warning,
    /// Wrong; what it concerns is not used.
    Error,
}

/// Where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum At {
    /// Nowhere in particular.
    Nowhere,
    /// In a file of data.
    Data(Place),
    /// In the text being read (an expression or the whole scheme), as bytes.
    Span(Range<usize>),
}

/// Something wrong, or worth knowing, in a scheme or in data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What kind of finding: one word for programs and for the manual.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub at: At,
    /// What is wrong, in one line: lower case, names and offending text in backticks.
    pub title: Text,
    /// What stands under the caret.
    pub label: Option<Text>,
    /// Other places in the same text, with what is to be said there.
    pub related: Vec<(Range<usize>, Text)>,
    /// What shows it: witness values, counts.
    pub notes: Vec<Text>,
    /// What to do.
    pub help: Option<Text>,
    /// For a finding about one of many cells: what is wrong with all of them, and this cell's text.
    pub cell: Option<(Text, String)>,
    /// For a finding about a sheet: which row and field of it, and who is to see to it.
    pub about: Option<Box<About>>,
    /// Customers who show it, made for that.
    pub witnesses: Vec<Witness>,
    /// The customers of the data that it is about, where a scheme was checked with data.
    pub customers: Option<Vec<std::sync::Arc<str>>>,
}

/// They in their order, none twice: two readings of one file find the same.
pub fn each_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut told: Vec<Finding> = vec![];
    for finding in findings {
        if !told.contains(&finding) {
            told.push(finding);
        }
    }
    told
}

impl Finding {
    /// An error without a place, with what its code says is to be done.
    pub fn error(code: Code, title: Text) -> Self {
        Self {
            code,
            severity: Severity::Error,
            at: At::Nowhere,
            title,
            label: None,
            related: vec![],
            notes: vec![],
            help: code.advice(),
            cell: None,
            about: None,
            witnesses: vec![],
            customers: None,
        }
    }

    /// A warning without a place.
    pub fn warning(code: Code, title: Text) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, title)
        }
    }

    /// A note without a place.
    pub fn note(code: Code, title: Text) -> Self {
        Self {
            severity: Severity::Note,
            help: None,
            ..Self::error(code, title)
        }
    }

    /// The same at these bytes of the text being read.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.at = At::Span(span);
        self
    }

    /// The same at a place in a file of data.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.at = At::Data(place);
        self
    }

    /// The same with a text under the caret.
    #[must_use]
    pub fn label(mut self, label: Text) -> Self {
        self.label = Some(label);
        self
    }

    /// The same with another place in the same text.
    #[must_use]
    pub fn related(mut self, span: Range<usize>, text: Text) -> Self {
        self.related.push((span, text));
        self
    }

    /// The same with something that shows it.
    #[must_use]
    pub fn with_note(mut self, note: Text) -> Self {
        self.notes.push(note);
        self
    }

    /// The same with what to do, instead of what its code says.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// The same as one of many: `all` is said once for all cells that have it, each beside its own `offending` text.
    #[must_use]
    pub fn cell(mut self, all: Text, offending: String) -> Self {
        self.cell = Some((all, offending));
        self
    }

    /// The same with the row and field that it is about.
    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = Some(Box::new(about));
        self
    }

    /// The same with another severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with every span moved, as when an expression is a part of a longer text. `map` takes a span of the
    /// expression to one of the whole.
    #[must_use]
    pub fn map_spans(mut self, map: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        if let At::Span(span) = self.at {
            self.at = At::Span(map(span));
        }
        for (span, _) in &mut self.related {
            *span = map(span.clone());
        }
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many names a message lists, and how much of each, before it says that there are more: an export can have
/// thousands of columns, and a broken file a header of a megabyte.
const NAMES_LISTED: usize = 40;
const NAME_SHOWN: usize = 60;

/// Names in backticks, for a message: ``` `a`, `b` and 3 more ```.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Text {
    let mut names = names.into_iter();
    let shown: Vec<String> = names
        .by_ref()
        .take(NAMES_LISTED)
        .map(|name| match name.char_indices().nth(NAME_SHOWN) {
            Some((end, _)) => format!("`{}…`", &name[..end]),
            None => format!("`{name}`"),
        })
        .collect();
    let (shown, rest) = (shown.join(", "), names.count());
    if rest == 0 {
        Text {
            en: shown.clone(),
            zh: shown,
        }
    } else {
        Text {
            en: format!("{shown} and {rest} more"),
            zh: format!("{shown} 等，另有 {rest} 个"),
        }
    }
}

/// The name among `known` that `written` most probably means, if one is near enough.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&folded, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            // Chinese names are short: one wrong character of two is near, two of two are not.
            let longest = name.chars().count().max(written.chars().count());
            *distance * 2 <= longest.max(2) && *distance < longest
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_twice_is_told_once_in_the_order_in_which_it_was_found() {
        let found = |name: &str| Finding::error(Code::BadCell, text!("{name}", "{name}"));
        let told = each_once(vec![found("b"), found("a"), found("b"), found("a")]);
        assert_eq!(told, [found("b"), found("a")]);
    }
}
