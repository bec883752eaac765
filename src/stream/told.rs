//! Why a file was read and graded whole, in the words of those who want to know what took the memory.

use super::Reason;
use crate::diagnostic::Text;
use crate::text;

impl Reason {
    /// The reason, as part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Files => text!("not one file of customers", "输入不是单个客户文件"),
            Self::Outputs => text!(
                "the output is not one CSV or TSV file or `--plain` workbook",
                "输出不是单个 CSV、TSV 文件或 `--plain` 工作簿"
            ),
            Self::Alongside => text!(
                "the run before, a role or a check of the run looks at all customers",
                "要对照上一批次、按角色查看或核对整个批次"
            ),
            Self::OtherSheets => text!(
                "the scheme has other sheets or metrics",
                "方案还用到其他工作表或指标"
            ),
            Self::Duplicates => text!(
                "`[duplicates]` compares customers with each other",
                "`[duplicates]` 要把客户互相比较"
            ),
            Self::Population => text!(
                "a rank is by a text or by what follows from the grade",
                "有排名按文本，或按等级之后才有的内容"
            ),
            Self::Groups => text!("a rank has too many groups", "排名的分组过多"),
            Self::History => text!(
                "grades or types go on from the period before",
                "等级或类型要从上一周期延续"
            ),
            Self::Rows => text!(
                "`rows` chooses among the rows of a customer",
                "`rows` 要在同一客户的多行中选择"
            ),
            Self::Field => text!(
                "a field has `fill`, `unique` or `stale_after`",
                "有字段写了 `fill`、`unique` 或 `stale_after`"
            ),
            Self::Check => text!("a check is of the whole file", "有检查针对整个文件"),
            Self::Next => text!(
                "a column says what the next grade takes",
                "有一列说明升到下一等级还差什么"
            ),
            Self::Text(unfit) => unfit.text(),
            Self::Worksheet(unfit) => unfit.text(),
            Self::Workbook(misfit) => misfit.text(),
            Self::SameKey => text!("two rows may be of one customer", "可能有两行属于同一客户"),
            Self::Dates => text!(
                "only all dates of a column tell day from month",
                "日期的日与月要看整列才能分清"
            ),
            Self::Whole => text!(
                "something is to be said of the file as a whole",
                "有问题针对整个文件"
            ),
            Self::Counted => text!(
                "something is to be said of many customers at once",
                "有问题要把多位客户合在一起说明"
            ),
            Self::Columns => text!(
                "the columns are not the same all through the file",
                "文件前后的列不一致"
            ),
            Self::Empty => text!("there are no rows", "没有数据行"),
            Self::Tags => text!("there are too many different tags", "不同的标签过多"),
            Self::Mark => text!(
                "the first character beyond ASCII comes late in the output",
                "输出靠后才出现 ASCII 以外的字符"
            ),
            Self::Unwritable => text!(
                "the output or a temporary file cannot be written",
                "无法写入输出或临时文件"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::workbook::Misfit;
    use crate::read::blocks::Unfit;
    use crate::read::worksheet;

    /// These of a type; one that is neither here nor among those that hold reasons of their own does not compile.
    macro_rules! all {
        ($type:ty: $($one:path),+ $(; $($holds:path),+)?) => {{
            let _is_here = |one: $type| match one {
                $($one)|+ => (),
                $($($holds(_) => (),)+)?
            };
            vec![$($one),+]
        }};
    }

    fn reasons() -> Vec<Reason> {
        use worksheet::Unfit as Sheet;
        let texts = all!(
            Unfit: Unfit::Input, Unfit::Format, Unfit::Encoding, Unfit::Head, Unfit::NamelessColumn, Unfit::NotPlain,
            Unfit::LineEnd, Unfit::Quote, Unfit::Long, Unfit::Gap, Unfit::Fields, Unfit::Blank, Unfit::Aside,
            Unfit::Changed
        );
        let worksheets = all!(
            Sheet: Sheet::Format, Sheet::Worksheets, Sheet::Head, Sheet::NamelessColumn, Sheet::Gap, Sheet::TooLarge,
            Sheet::Rounds; Sheet::NotPlain
        );
        let workbooks = all!(
            Misfit: Misfit::Sheets, Misfit::Way, Misfit::Columns, Misfit::Places, Misfit::Failed
        );
        let mut all = all!(
            Reason: Reason::Files, Reason::Outputs, Reason::Alongside, Reason::OtherSheets, Reason::Duplicates,
            Reason::Population, Reason::Groups, Reason::History, Reason::Rows, Reason::Field, Reason::Check,
            Reason::Next, Reason::SameKey, Reason::Dates, Reason::Whole, Reason::Counted, Reason::Columns,
            Reason::Empty, Reason::Tags, Reason::Mark, Reason::Unwritable;
            Reason::Text, Reason::Worksheet, Reason::Workbook
        );
        all.extend(texts.into_iter().map(Reason::Text));
        all.extend(worksheets.into_iter().map(Reason::Worksheet));
        all.extend(workbooks.into_iter().map(Reason::Workbook));
        all
    }

    #[test]
    fn each_reason_has_words_of_its_own_in_both_languages() {
        let reasons = reasons();
        for (index, one) in reasons.iter().enumerate() {
            for other in &reasons[..index] {
                let (one, other) = (one.text(), other.text());
                assert!(one.en != other.en && one.zh != other.zh, "{}", one.en);
            }
        }
    }
}
