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

    const REASONS: [Reason; 47] = [
        Reason::Worksheet(worksheet::Unfit::Format),
        Reason::Worksheet(worksheet::Unfit::Worksheets),
        Reason::Worksheet(worksheet::Unfit::Head),
        Reason::Worksheet(worksheet::Unfit::NamelessColumn),
        Reason::Worksheet(worksheet::Unfit::Gap),
        Reason::Worksheet(worksheet::Unfit::TooLarge),
        Reason::Worksheet(worksheet::Unfit::Rounds),
        Reason::Workbook(Misfit::Sheets),
        Reason::Workbook(Misfit::Way),
        Reason::Workbook(Misfit::Columns),
        Reason::Workbook(Misfit::Places),
        Reason::Workbook(Misfit::Failed),
        Reason::Files,
        Reason::Outputs,
        Reason::Alongside,
        Reason::OtherSheets,
        Reason::Duplicates,
        Reason::Population,
        Reason::Groups,
        Reason::History,
        Reason::Rows,
        Reason::Field,
        Reason::Check,
        Reason::Next,
        Reason::Text(Unfit::Format),
        Reason::Text(Unfit::Encoding),
        Reason::Text(Unfit::Head),
        Reason::Text(Unfit::NamelessColumn),
        Reason::Text(Unfit::LineEnd),
        Reason::Text(Unfit::Quote),
        Reason::Text(Unfit::Gap),
        Reason::SameKey,
        Reason::Dates,
        Reason::Whole,
        Reason::Counted,
        Reason::Columns,
        Reason::Empty,
        Reason::Tags,
        Reason::Mark,
        Reason::Text(Unfit::Input),
        Reason::Text(Unfit::NotPlain),
        Reason::Text(Unfit::Long),
        Reason::Text(Unfit::Fields),
        Reason::Text(Unfit::Blank),
        Reason::Text(Unfit::Aside),
        Reason::Text(Unfit::Changed),
        Reason::Unwritable,
    ];

    #[test]
    fn each_reason_has_words_of_its_own_in_both_languages() {
        for (index, one) in REASONS.iter().enumerate() {
            for other in &REASONS[..index] {
                let (one, other) = (one.text(), other.text());
                assert!(one.en != other.en && one.zh != other.zh, "{}", one.en);
            }
        }
    }
}
