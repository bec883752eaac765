//! Why an event sheet is read whole: the one list of the reasons.

use crate::diagnostic::Text;
use crate::read::blocks::Unfit;
use crate::text;

/// Why an event sheet is read whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whole {
    /// Its rows have an id by which they are known again, people propose levels in it, or the scheme has checks of it or
    /// crosswalks.
    Rows,
    /// Which of its rows count depends on their customer's key.
    Condition,
    /// A field takes more than its own cells to read, has no column or two, or its header has something to say.
    Field,
    /// Something is to be said of cells or rows in many of its pieces, or of the file as a whole because of them.
    Said,
    /// Of a row it is not known whether it counts.
    Unknown,
    /// There are several files: whether rows stand in two of them is seen only where both are there.
    Files,
    /// It is so small that it is read whole as fast.
    Small,
    /// The call limits the memory that reading takes, which only the reader of whole files counts.
    Memory,
    /// The file is not read piece by piece.
    File(Unfit),
}

impl Whole {
    /// The reason, as part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Rows => text!(
                "its rows have an id, checks, proposals or a crosswalk",
                "其行有编号、检查、建议等级或对照表"
            ),
            Self::Condition => text!(
                "its `rows` depends on the customer's key",
                "它的 `rows` 取决于客户编号"
            ),
            Self::Field => text!(
                "the cells or the header of a field cannot be read by themselves",
                "有字段不能只凭自己的单元格或列名读取"
            ),
            Self::Said => text!(
                "there is something to say all through the file, or of the file as a whole",
                "文件多处有问题，或有问题针对整个文件"
            ),
            Self::Unknown => text!(
                "of a row it is unknown whether it counts",
                "有一行无法判断是否计入"
            ),
            Self::Files => text!("the sheet has several files", "该表有多个文件"),
            Self::Small => text!("it is small", "文件不大"),
            Self::Memory => text!(
                "`--read-memory` limits the memory of reading",
                "`--read-memory` 限制了读取所用内存"
            ),
            Self::File(unfit) => unfit.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_said_in_its_own_words() {
        let reasons = [
            Whole::Rows,
            Whole::Condition,
            Whole::Field,
            Whole::Said,
            Whole::Unknown,
            Whole::Files,
            Whole::Small,
            Whole::Memory,
            Whole::File(Unfit::Quote),
        ];
        let texts = reasons.map(Whole::text);
        for (at, text) in texts.iter().enumerate() {
            assert!(!text.en.is_empty() && !text.zh.is_empty());
            assert!(
                texts[..at]
                    .iter()
                    .all(|other| other.en != text.en && other.zh != text.zh)
            );
        }
    }
}
