//! What is to be done about a finding of which nothing more particular is said: an error or a warning without a way out
//! is half a message. Codes whose findings all say it themselves have nothing here.

use super::{Code, Text};
use crate::text;

impl Code {
    /// What to do about an error or a warning of this code that does not say it itself.
    pub fn advice(self) -> Option<Text> {
        Some(match self {
            Self::BadValue | Self::WrongType | Self::BadFigure => text!(
                "write a value that the key takes; `rules.example.toml` shows every key with one",
                "请写该键可用的值；`rules.example.toml` 中每个键都有示例"
            ),
            Self::KeyConflict => text!(
                "leave out what does not go with the rest; `rules.example.toml` shows which keys go together",
                "请去掉不能并用的键；`rules.example.toml` 中有每种写法"
            ),
            Self::UnknownName => text!(
                "write a name that is there as it stands, or add what it names",
                "请照原样写已有的名称，或先加上它所指的内容"
            ),
            Self::TypeMismatch => text!(
                "both sides need one type: numbers with numbers, texts with texts, dates with dates",
                "两边的类型要一致：数对数、文本对文本、日期对日期"
            ),
            Self::Syntax => text!(
                "conditions are written like `x >= 10 and y = 'a'`",
                "条件的写法如 `x >= 10 and y = 'a'`"
            ),
            Self::TemporaryInactive => text!(
                "fill in `approved_by`, set `from` and `until` right, or take the dimension out",
                "请填写 `approved_by`、改正 `from` 和 `until`，或删去这一维度"
            ),
            Self::Unreadable => text!(
                "see that the file is there under this name and that you may read it",
                "请确认有这个文件、文件名正确，并且有读取权限"
            ),
            Self::StrayCells => text!(
                "if they belong to the table, leave no gap between it and them",
                "若属于这张表，请不要与表隔开"
            ),
            Self::UnitConflict => text!(
                "if the unit of the cell is wrong, correct it in the file",
                "若单元格的单位写错，请在文件中改正"
            ),
            Self::BlankRequired => text!(
                "fill it in; until then the value is missing, and who needs it for a grade has none",
                "请补填；在此之前该值缺失，需要它的客户不评级"
            ),
            Self::MissingKeyCell => text!(
                "fill in the key, or take the row out of the file",
                "请填写编号，或从文件中删去该行"
            ),
            Self::DuplicateKey => text!(
                "if both rows are to count, give each an id of its own; if not, take one out",
                "若两行都要计入，请各用自己的编号；否则请删去一行"
            ),
            Self::SourcesDiffer => text!(
                "correct the file that is wrong, so that both say the same",
                "请改正有误的文件，使两处一致"
            ),
            Self::UnknownCustomer => text!(
                "correct the key, or add the customer to the customers' sheet",
                "请改正编号，或在客户表中加上该客户"
            ),
            Self::MissingEventValue => text!(
                "fill in the cell, or let the scheme say what a blank counts as: `coalesce(x, 0)`",
                "请补填单元格，或在方案中说明空白算什么：`coalesce(x, 0)`"
            ),
            Self::NotComputable => text!(
                "let the scheme say what counts then: `case when y > 0 then x / y else 0 end`",
                "请在方案中说明这时算什么：`case when y > 0 then x / y else 0 end`"
            ),
            Self::UnknownCondition => text!(
                "fill in what is missing, or let the scheme say what counts then: `x is null`, `coalesce(x, 0)`",
                "请补填缺失的值，或在方案中说明这时怎样算：`x is null`、`coalesce(x, 0)`"
            ),
            Self::UnknownCustomerId => text!(
                "write the key or the name as it stands in the sheets",
                "请照表中的写法写编号或名称"
            ),
            Self::GateHit => text!(
                "see who they are and whether it is meant; to go on all the same, change `--fail-on` or leave it out",
                "请查明是哪些客户、是否应当如此；仍要继续，请改 `--fail-on` 或不写"
            ),
            Self::NotAudited => text!(
                "what was asked for is written; ask for it again if the audit is to have it",
                "要的内容已经写出；若须留下记录，请再导出一次"
            ),
            Self::Edited => text!(
                "take in what people filled in with `regrade review`, or write the file anew",
                "请用 `regrade review` 读回人工填写的内容，或重新生成文件"
            ),
            Self::Usage => text!(
                "`--help` after the command shows what it takes",
                "在命令后加 `--help`，可查看用法"
            ),
            _ => return None,
        })
    }
}
