//! Choices: a cell that holds one of a field's texts, or several of them.
//!
//! Takes what the field lists (`choices`) and how people spell it (`map`); gives the text as the scheme writes it.

use super::fault::{CellFault, Read};
use super::text::{fold, is_blank, read_text, trim};
use crate::diagnostic::nearest;
use crate::table::Cell;
use std::borrow::Cow;
use std::sync::Arc;

/// What stands between the choices of one cell.
const SEPARATORS: [char; 11] = ['、', ',', '，', ';', '；', '/', '／', '|', '｜', '\n', '\r'];

/// The texts of a choice and their spellings.
#[derive(Clone, Copy, Debug)]
pub struct Choices<'a> {
    /// The possible texts; none: all.
    pub choices: &'a [Arc<str>],
    /// Spellings and what they mean.
    pub map: &'a [(Arc<str>, Arc<str>)],
}

impl Choices<'_> {
    /// The choice that `text` names: as written, else with widths folded.
    fn named(&self, text: &str) -> Option<&Arc<str>> {
        let by = |same: &dyn Fn(&str) -> bool| {
            let listed = self.choices.iter().find(|choice| same(choice));
            listed.or_else(|| {
                self.map
                    .iter()
                    .find(|(spelling, _)| same(spelling))
                    .map(|(_, meant)| meant)
            })
        };
        by(&|known| known == text).or_else(|| {
            let folded = fold(text);
            by(&|known| fold(known) == folded)
        })
    }

    /// The choice that a trimmed text names; any text where the field lists none.
    fn resolve(&self, text: &str) -> Result<Arc<str>, CellFault> {
        match self.named(text) {
            Some(choice) => Ok(choice.clone()),
            None if self.choices.is_empty() => Ok(text.into()),
            None => {
                let known = self
                    .choices
                    .iter()
                    .chain(self.map.iter().map(|(spelling, _)| spelling));
                let near = nearest(text, known.map(AsRef::as_ref))
                    .and_then(|near| self.named(near))
                    .cloned();
                Err(CellFault::NotAChoice {
                    part: text.to_owned(),
                    nearest: near,
                })
            }
        }
    }

    /// The text of a cell, unless it says "missing". 无 is a choice where the field lists it.
    fn text<'c>(&self, cell: Cell<'c>) -> Read<Cow<'c, str>> {
        match cell {
            Cell::Text(text) if is_blank(text) => match trim(text) {
                "" => Ok(None),
                blank => Ok(self.named(blank).is_some().then_some(Cow::Borrowed(blank))),
            },
            other => read_text(other),
        }
    }

    /// Reads one choice.
    pub fn parse_choice(&self, cell: Cell<'_>) -> Read<Arc<str>> {
        self.text(cell)?.map(|text| self.resolve(&text)).transpose()
    }

    /// Reads several choices, in the order of the cell and each once.
    pub fn parse_choices(&self, cell: Cell<'_>) -> Read<Vec<Arc<str>>> {
        let Some(text) = self.text(cell)? else {
            return Ok(None);
        };
        // A choice may have a separator in its name.
        if let Some(choice) = self.named(&text) {
            return Ok(Some(vec![choice.clone()]));
        }
        let mut chosen: Vec<Arc<str>> = vec![];
        for part in text
            .split(SEPARATORS)
            .map(trim)
            .filter(|part| !part.is_empty())
        {
            let choice = self.resolve(part)?;
            if !chosen.contains(&choice) {
                chosen.push(choice);
            }
        }
        Ok((!chosen.is_empty()).then_some(chosen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::CellError;
    use proptest::prelude::*;

    /// Runs `test` with choices `低 中 高 A/B （甲）`, and `电子制造` spelled for 高.
    fn with_choices(test: impl Fn(Choices<'_>)) {
        let choices: Vec<Arc<str>> = ["低", "中", "高", "A/B", "（甲）", "制造业"]
            .map(Into::into)
            .into();
        let map: Vec<(Arc<str>, Arc<str>)> = vec![
            ("电子制造".into(), "制造业".into()),
            ("无".into(), "低".into()),
        ];
        test(Choices {
            choices: &choices,
            map: &map,
        });
    }

    #[test]
    fn reads_one_of_the_choices() {
        with_choices(|rule| {
            for (text, expected) in [
                ("高", "高"),
                (" 高\u{3000}", "高"),
                ("A/B", "A/B"),
                ("Ａ／Ｂ", "A/B"),
                ("(甲)", "（甲）"),
                ("电子制造", "制造业"),
                ("无", "低"),
            ] {
                assert_eq!(
                    rule.parse_choice(Cell::Text(text)),
                    Ok(Some(expected.into())),
                    "{text}"
                );
            }
            for text in ["", " ", "-", "N/A", "/"] {
                assert_eq!(rule.parse_choice(Cell::Text(text)), Ok(None), "{text}");
            }
            for (text, near) in [
                ("制造", Some("制造业")),
                ("电子制", Some("制造业")),
                ("零售", None),
                ("a/b", Some("A/B")),
            ] {
                let fault = CellFault::NotAChoice {
                    part: text.to_owned(),
                    nearest: near.map(Into::into),
                };
                assert_eq!(rule.parse_choice(Cell::Text(text)), Err(fault), "{text}");
            }
            assert_eq!(
                rule.parse_choice(Cell::Text("#REF!")),
                Err(CellFault::ErrorCell(CellError::Ref)),
                "an error is no choice"
            );
        });
    }

    #[test]
    fn reads_several_choices() {
        let list = |texts: &[&str]| {
            Ok(Some(
                texts
                    .iter()
                    .map(|text| (*text).into())
                    .collect::<Vec<Arc<str>>>(),
            ))
        };
        with_choices(|rule| {
            for (text, expected) in [
                ("高、低", list(&["高", "低"])),
                ("高,中，低;高；低", list(&["高", "中", "低"])),
                ("高/低|中", list(&["高", "低", "中"])),
                ("高\n 低 \r\n", list(&["高", "低"])),
                ("A/B", list(&["A/B"])),
                ("高、、", list(&["高"])),
                ("、", Ok(None)),
                ("-", Ok(None)),
                ("高、电子制造", list(&["高", "制造业"])),
                (
                    "高、最高",
                    Err(CellFault::NotAChoice {
                        part: "最高".to_owned(),
                        nearest: Some("高".into()),
                    }),
                ),
            ] {
                assert_eq!(rule.parse_choices(Cell::Text(text)), expected, "{text}");
            }
        });
        let any = Choices {
            choices: &[],
            map: &[],
        };
        assert_eq!(
            any.parse_choices(Cell::Text("功能、价格、功能")),
            list(&["功能", "价格"])
        );
        assert_eq!(any.parse_choice(Cell::Number(3.0)), Ok(Some("3".into())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            with_choices(|rule| {
                let _ = (rule.parse_choice(Cell::Text(&text)), rule.parse_choices(Cell::Text(&text)));
            });
        }
    }
}
