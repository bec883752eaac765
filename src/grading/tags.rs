//! The tags of customers.

use super::Grading;
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, TextColumn};
use std::sync::Arc;

/// Of more combinations of tags than these the texts are made customer by customer.
const MOST_COMBINATIONS: usize = 1 << 16;

impl Grading {
    /// The tags of a customer, in the order of the scheme, each once.
    pub fn tags(&self, row: usize) -> Vec<Arc<str>> {
        let mut tags: Vec<Arc<str>> = vec![];
        for tag in &self.scheme.tags {
            if let Column::Text(texts) = self.facts.get(tag.slot)
                && let Some(text) = texts.get(row)
                && !text.is_empty()
                && !tags.contains(text)
            {
                tags.push(text.clone());
            }
        }
        tags
    }

    /// The tags of a customer in one text; none without a tag.
    pub fn joined_tags(&self, row: usize, separator: &str) -> Option<String> {
        let tags = self.tags(row);
        let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
        (!tags.is_empty()).then(|| tags.join(separator))
    }

    /// The same for all customers, each text made once; `None` where there may be too many of them.
    pub fn all_joined_tags(&self, separator: &str) -> Option<TextColumn> {
        let tags = self.scheme.tags.iter();
        let tags = tags.filter_map(|tag| match self.facts.get(tag.slot) {
            Column::Text(texts) => Some(texts),
            _ => None,
        });
        let tags: Vec<&TextColumn> = tags.collect();
        let mut combinations = 1_usize;
        let mut places = vec![0_u32; self.len()];
        for texts in tags {
            let missing = texts.dictionary.len();
            for (place, code) in places.iter_mut().zip(&texts.codes) {
                *place += (combinations * missing.min(*code as usize)) as u32;
            }
            combinations = combinations.checked_mul(missing + 1)?;
            if combinations > MOST_COMBINATIONS {
                return None;
            }
        }
        let mut dictionary: Vec<Arc<str>> = vec![];
        let mut codes: Vec<Option<u32>> = vec![None; combinations];
        let mut code_of = |(row, place): (usize, u32)| {
            *codes[place as usize].get_or_insert_with(|| {
                let Some(text) = self.joined_tags(row, separator) else {
                    return MISSING_TEXT;
                };
                dictionary.push(text.into());
                dictionary.len() as u32 - 1
            })
        };
        Some(TextColumn {
            codes: places.into_iter().enumerate().map(&mut code_of).collect(),
            dictionary: Arc::new(dictionary),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::book::Inputs;
    use crate::grading::{Grading, Past, grade};
    use crate::read::{Input, Options, open};
    use crate::table::Date;
    use std::fmt::Write as _;
    use std::sync::Arc;

    const SCHEME: &str = r#"
[sheets.customers]
key = "编号"
fields = [
  { name = "区域", type = "text" },
  { name = "行业", type = "text" },
  { name = "额", type = "number" },
]
[[grades]]
name = "A"
[[tags]]
name = "{区域}"
[[tags]]
name = "{行业}"
when = "额 >= 5"
[[tags]]
name = "大"
when = "额 >= 7"
[[tags]]
name = "{区域}的{行业}"
[[tags]]
name = "第{额}"
when = "额 < 2"
"#;

    /// 100 customers, of whom some miss each value, and some have one text in both columns.
    fn grading() -> Grading {
        let mut sheet = String::from("编号,区域,行业,额\n");
        for row in 0..100 {
            let region = ["华东", "华南", "", "甲"][row % 4];
            let trade = ["甲", "乙", ""][row % 3];
            let amount = if row % 5 == 0 {
                String::new()
            } else {
                (row % 9).to_string()
            };
            let _ = writeln!(sheet, "{row},{region},{trade},{amount}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("客户.csv");
        std::fs::write(&path, sheet).unwrap();
        let input = Input::File {
            name: "客户.csv".into(),
            path,
            worksheet: None,
        };
        let tables = open(&input, &[], &Options::default(), &|_, _| {});
        let (scheme, findings) = crate::scheme::validate(SCHEME);
        let scheme = Arc::new(scheme.unwrap_or_else(|| panic!("{findings:?}")));
        let mut inputs = Inputs::empty(&scheme);
        inputs.customers = tables.unwrap();
        grade(
            scheme,
            inputs,
            Date::parse_iso("2024-03-31").unwrap(),
            Past::default(),
        )
    }

    #[test]
    fn tags_made_once_are_those_of_each_customer() {
        let grading = grading();
        let all = grading.all_joined_tags("|").unwrap();
        for row in 0..100 {
            let own = grading.joined_tags(row, "|");
            assert_eq!(all.get(row).map(|text| &**text), own.as_deref(), "{row}");
        }
        let text = |row: usize| grading.joined_tags(row, "|").unwrap_or_default();
        assert_eq!(text(1), "华南|华南的乙|第1");
        assert_eq!(text(8), "华东|大", "a tag with a missing value is none");
        assert_eq!(text(51), "甲|甲的甲", "region and trade are one tag");
    }
}
