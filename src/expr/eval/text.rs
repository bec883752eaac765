//! Functions of texts, lists and tags, each asked once for each distinct text.

use super::compare::per_text;
use super::{Operand, Rows, constant_truth, missing};
use crate::expr::types::{Base, Slot};
use crate::table::column::MISSING;
use crate::table::{Column, Decimal, Truth, Value};

/// A `like` pattern: `%` is any text, `_` one character; there is no escape.
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub fn new(pattern: &str) -> Self {
        Self(pattern.chars().collect())
    }

    pub fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut own) = (0, 0);
        // Where the last `%` was, and how much of the text it has taken so far.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(own) {
                Some('%') => {
                    star = Some((own, at));
                    own += 1;
                }
                Some(c) if *c == '_' || *c == text[at] => {
                    at += 1;
                    own += 1;
                }
                _ => {
                    let Some((percent, taken)) = star else {
                        return false;
                    };
                    star = Some((percent, taken + 1));
                    at = taken + 1;
                    own = percent + 1;
                }
            }
        }
        self.0[own..].iter().all(|c| *c == '%')
    }
}

impl<'f> Rows<'f> {
    /// Whether each text passes `test`.
    pub(super) fn text_test(
        &self,
        operand: &Operand<'f>,
        test: impl Fn(&str) -> bool,
    ) -> Operand<'f> {
        match operand {
            Operand::Constant(Value::Text(text)) => constant_truth(Truth::from(test(text))),
            Operand::Constant(_) => Operand::Constant(Value::Missing),
            Operand::Column(column) => match &**column {
                Column::Text(texts) => {
                    let truth = |text: &str| Truth::from(test(text));
                    Operand::truths(per_text(texts, Truth::Unknown, truth))
                }
                _ => Operand::owned(missing(Base::Bool, self.len)),
            },
        }
    }

    /// Whether each text passes `test` with the text beside it.
    pub(super) fn text_pair(
        &self,
        operand: &Operand<'f>,
        part: &Operand<'f>,
        test: impl Fn(&str, &str) -> bool,
    ) -> Operand<'f> {
        match part {
            Operand::Constant(Value::Text(part)) => {
                self.text_test(operand, |text| test(text, part))
            }
            Operand::Constant(_) => Operand::Constant(Value::Missing),
            Operand::Column(_) => {
                let truth = |row| match (operand.text(row), part.text(row)) {
                    (Some(text), Some(part)) => Truth::from(test(text, part)),
                    _ => Truth::Unknown,
                };
                Operand::truths((0..self.len).map(truth).collect())
            }
        }
    }

    /// Whether each list has the item.
    pub(super) fn list_has(&self, list: &Operand<'f>, item: &Operand<'f>) -> Operand<'f> {
        let Operand::Column(column) = list else {
            return Operand::Constant(Value::Missing);
        };
        let Column::List(lists) = &**column else {
            return Operand::owned(missing(Base::Bool, self.len));
        };
        let code = |text: &str| lists.dictionary.iter().position(|known| **known == *text);
        let literal = match item {
            Operand::Constant(_) => item.text(0).and_then(code),
            Operand::Column(_) => None,
        };
        let truth = |row: usize| {
            let (Some(items), Some(text)) = (lists.rows[row].as_ref(), item.text(row)) else {
                return Truth::Unknown;
            };
            let code = if matches!(item, Operand::Constant(_)) {
                literal
            } else {
                code(text)
            };
            Truth::from(code.is_some_and(|code| items.contains(&(code as u32))))
        };
        Operand::truths((0..self.len).map(truth).collect())
    }

    /// How many characters each text has.
    pub(super) fn length(&self, operand: &Operand<'f>) -> Operand<'f> {
        let count = |text: &str| Decimal::from_count(text.chars().count());
        match operand {
            Operand::Constant(Value::Text(text)) => Operand::Constant(Value::Number(count(text))),
            Operand::Constant(_) => Operand::Constant(Value::Missing),
            Operand::Column(column) => match &**column {
                Column::Text(texts) => {
                    let millionths = |text: &str| count(text).millionths();
                    Operand::owned(Column::Number(per_text(texts, MISSING, millionths)))
                }
                _ => Operand::owned(missing(Base::Number, self.len)),
            },
        }
    }

    /// Whether one of the tags is `text`; a tag that is missing is not had.
    pub(super) fn has_tag(&self, tags: &[Slot], text: &str) -> Operand<'f> {
        let mut had = vec![Truth::False; self.len];
        for tag in tags {
            if let Column::Text(texts) = self.frame.column(*tag) {
                let own = per_text(texts, Truth::False, |tag| Truth::from(tag == text));
                for (had, own) in had.iter_mut().zip(own) {
                    *had = had.or(own);
                }
            }
        }
        Operand::truths(had)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mind_case_and_have_no_escape() {
        for (text, pattern, fits) in [
            ("华东大区", "华东%", true),
            ("华东大区", "%大_", true),
            ("华东", "华东%", true),
            ("华东", "华_", true),
            ("华东", "华__", false),
            ("Abc", "abc", false),
            ("aab", "%ab", true),
            ("abcabd", "%ab_", true),
            ("", "%", true),
            ("", "_", false),
            ("a%b", "a\\%b", false),
            ("mississippi", "m%iss%ip%", true),
            ("mississippi", "m%iss%ix%", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).fits(text),
                fits,
                "{text} like {pattern}"
            );
        }
    }
}
