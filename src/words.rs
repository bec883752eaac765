//! The words of results in both languages: headings, sheets and labels. A scheme reserves the headings, a book knows them
//! again in what was written before, and outputs show them.
//!
//! An exhaustive enum instead of a file of messages: the compiler says which word has no translation.

use crate::diagnostic::{Lang, Severity};
use std::fmt::Display;

/// A count with what it counts, as English writes it: `1 row`, `2 rows`.
pub fn how_many<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = by_count(&count, "", "s");
    format!("{count} {noun}{ending}")
}

/// The form of an English word that goes with a count: `is` with 1, else `are`.
pub fn by_count<'a, N: PartialEq + From<u8>>(count: &N, one: &'a str, more: &'a str) -> &'a str {
    if *count == N::from(1) { one } else { more }
}

/// Declares the words, English first.
macro_rules! words {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        /// A word or short phrase of an output.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum Word {
            $(#[doc = $en] $name,)*
        }

        impl Word {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in `lang`.
            pub const fn get(self, lang: Lang) -> &'static str {
                match (lang, self) {
                    $((Lang::En, Self::$name) => $en, (Lang::Zh, Self::$name) => $zh,)*
                }
            }
        }
    };
}

words! {
    // Headings of results.
    Grade = "Grade", "等级";
    Previous = "Previous grade", "上期等级";
    Change = "Change", "变动";
    Since = "Grade since", "等级更新日期";
    Score = "Score", "得分";
    Type = "Type", "类型";
    Tags = "Tags", "标签";
    Reasons = "Reasons", "原因";
    Next = "To next grade", "距上一级";
    PreviousType = "Previous type", "上期类型";

    // Values that are none.
    Missing = "missing", "缺失";
    Nothing = "none", "无";
    Withheld = "(withheld)", "（保密）";

    // Headings that people fill below.
    ReviewGrade = "Review grade", "复核等级";
    ReviewType = "Review type", "复核类型";
    ReviewComment = "Review comment", "复核意见";
    Reviewer = "Reviewer", "复核人";
    Remark = "Remark", "备注";
    ReviewTag = "Review tag", "复核标签";

    // Headings that people add beside them, and those of a sheet of corrections.
    Hold = "Kind", "调整方式";
    Until = "Valid until", "有效期至";
    ReviewOn = "Review date", "复查日期";

    // Customers who may be one.
    SheetDuplicates = "Possible duplicates", "疑似重复";
    Verdict = "Verdict", "判断";
    Points = "Points", "分数";
    Sureness = "How sure", "把握";
    Evidence = "Evidence", "依据";
    Strict = "all but certain", "很有把握";
    Lax = "possible", "可能";
    VerdictMerge = "merge", "合并";
    VerdictKeep = "keep apart", "不合并";
    VerdictOpen = "undecided", "待定";

    // Headings of what people have set and what waits for them.
    Item = "Item", "项目";
    Number = "No.", "序号";
    Customer = "Customer", "客户";
    Subject = "Of", "对象";
    Level = "Level", "级别";
    Person = "Person", "人员";
    Start = "Since", "起始日期";
    Due = "Due", "复核期限";
    Disputed = "Disputed", "意见不一";
    Override = "Override", "人工调整";
    Proposal = "Proposal", "调整建议";

    // How a correction holds.
    Floor = "floor", "下限";
    Lock = "lock", "锁定";
    Ceiling = "ceiling", "上限";

    // Headings of strategies.
    Service = "Service", "服务";
    Resources = "Resources", "资源";
    Benefits = "Benefits", "权益";
    OwnerLevel = "Owner level", "负责层级";
    RespondWithin = "Respond within", "响应时间";
    Goal = "Goal", "目标";

    // Sheets.
    SheetOverview = "Overview", "概览";
    SheetGraded = "Graded", "评级明细";
    SheetFindings = "Findings", "质检";
    SheetAbout = "About", "说明";
    SheetLists = "Lists", "列表";

    SheetMoves = "Moves", "升降级";
    SheetTasks = "Tasks", "任务";
    SheetShifts = "Firmness", "等级稳固程度";
    SheetMatrix = "Migration", "迁徙矩阵";
    SheetBasis = "Basis", "评分依据";
    SheetStrategies = "Strategies", "策略与任务";
    SheetScheme = "Scheme", "方案";
    // Excel keeps "History" for itself.
    SheetHistory = "Change history", "变更历史";

    // What a grade rests on. None of these headings is a result's either.
    BandLabel = "Label", "档位";
    Weight = "Weight", "权重";
    PartOfScore = "Part of score", "计入得分";
    Rule = "Rule", "规则";
    ValuesRead = "Values", "数值";
    Otherwise = "otherwise", "其他";

    // The scheme as people print it.
    Indicator = "Indicator", "指标";
    KeepRule = "Kept while", "保级条件";
    MovementOfGrades = "Movement of grades", "等级升降规则";
    MovementOfTypes = "Movement of types", "类型升降规则";
    MoveFrom = "From", "原级";
    MoveTo = "To", "调至";
    Figures = "Values and metrics", "数值与指标口径";
    FigureName = "Name", "名称";
    HowWorkedOut = "How it is worked out", "口径";
    GradeRules = "Grades", "等级";
    TypeRules = "Types", "类型";
    TagRules = "Tags", "标签";
    ReviewRules = "Review queue", "复核规则";
    WithinDays = "Days", "天数";

    // Strategies.
    AppliesTo = "For whom", "适用客户";
    TheRest = "all others", "其余客户";
    FollowUps = "Follow-up", "跟进任务";
    TaskCustomers = "Customers with tasks", "有任务的客户数";
    Hours = "Hours each", "每户工时";
    Cost = "Cost each", "每户费用";
    AllHours = "Hours", "工时合计";
    AllCost = "Cost", "费用合计";

    // The history of those who moved.
    TimesUp = "Times up", "升级次数";
    TimesDown = "Times down", "降级次数";

    // Who moved. None of these headings is a result's, so that a list of moves is never taken for a graded sheet.
    CustomerName = "Name", "名称";
    From = "From", "变动前";
    To = "To", "变动后";
    Steps = "Steps", "级数";
    Cause = "Cause", "起因";
    ChangedValues = "Changed values", "变化的数据";
    MainReason = "Main reason", "主要原因";
    DiffTitle = "Upgrades and downgrades", "升降级对比";
    Before = "Before", "对比前";
    After = "After", "对比后";
    ByCount = "Number of customers", "客户数";
    ByShare = "Share of those who had the level", "占变动前该级客户的比例";
    ByAmount = "Amount", "金额";
    FromTo = "from ↓ to →", "前 ↓ 后 →";

    // The overview.
    Title = "Customer grading", "客户评级";
    AsOf = "As of", "截止日期";
    Scheme = "Scheme", "方案";
    SchemeVersion = "Version", "版本";
    Customers = "Customers", "客户数";
    Graded = "Graded", "已评级";
    Classified = "Classified", "已分类";
    Unrated = "Unrated", "未评级";
    Refused = "Row refused", "数据待修正";
    InReview = "To review", "待复核";
    Share = "Share", "占比";
    Amount = "Amount", "金额";
    AmountShare = "Share of amount", "金额占比";
    CutOff = "Cut-off", "入级线";
    Total = "Total", "合计";
    Grades = "Grades", "等级分布";
    Movements = "Changes", "升降级";
    Types = "Types", "类型分布";
    Dimension = "Dimension", "维度";
    TopTags = "Tags", "标签分布";
    Reviews = "Review rule", "复核规则";

    CountsChart = "Customers now and before", "本期与上期客户数";
    CountsNow = "Customers", "客户数";
    SharesChart = "Share of customers and of amount", "客户占比与金额占比";
    RunsChart = "Movement over the last runs", "近期各批次升降";
    Now = "Now", "本期";
    BeforeNow = "Before", "上期";
    CustomersBefore = "Customers before", "上期客户数";
    Difference = "Difference", "增减";
    Up = "Up", "升级";
    Down = "Down", "降级";
    NewOnes = "New", "新增";
    AbsentOnes = "Absent", "缺席";
    LastRuns = "The last runs", "近期批次";

    // Findings.
    Severity = "Severity", "级别";
    Code = "Code", "代码";
    Place = "Place", "位置";
    Problem = "Problem", "问题";
    Help = "What to do", "处理建议";
    SeverityError = "error", "错误";
    SeverityWarning = "warning", "警告";
    SeverityNote = "note", "提示";
    SheetProblems = "Problems", "问题汇总";
    SheetEachProblem = "Each finding", "问题明细";
    Count = "Count", "数量";
    OfSheet = "Sheet", "表";
    Field = "Field", "字段";
    RowKey = "Row", "编号";
    CellValue = "Value", "值";
    Owner = "Owner", "负责人";
    Potential = "Potential", "潜力名单";
    Estimates = "Estimates", "估计";
    FixBy = "Due", "处理期限";
    Check = "Check", "检查";
    NothingFound = "nothing found", "没有发现问题";

    // What explains.
    Run = "This grading", "本次评级";
    SchemeHash = "Scheme SHA-256", "方案 SHA-256";
    Program = "Made by", "生成工具";
    Inputs = "Files read", "读取的文件";
    File = "File", "文件";
    Rows = "Rows", "行数";
    Legend = "Colours and marks", "颜色与符号";
    Columns = "Columns", "列说明";
    SchemeText = "The scheme", "方案全文";
    Sheets = "Sheets", "各工作表";
    Overridden = "Set by a person", "人工调整";

    // Yes and no.
    Yes = "yes", "是";
    No = "no", "否";

    // Drop-downs.
    ListErrorTitle = "Not in the list", "不在列表中";
    ListErrorGrade = "Please choose one of the scheme's grades, or leave the cell empty.", "请从下拉列表中选择方案里的等级，或留空。";
    ListErrorType = "Please choose one of the scheme's types, or leave the cell empty.", "请从下拉列表中选择方案里的类型，或留空。";

    // The repair workbook.
    RepairTitle = "Rows to mend", "待修正的行";
    SourcePlace = "Row in the file", "原位置";
    RepairOwner = "Owner", "负责人";
    RepairDue = "Mend by", "修正期限";
    RepairAction = "To do", "处理";
    RepairReason = "Why", "修正说明";
    Mender = "Mended by", "修正人";
    RepairState = "State", "状态";
    RowMark = "Row mark (leave as is)", "修正标识（请勿改动）";
    Mend = "mend", "修正";
    LeaveOut = "leave out", "作废";
    Overdue = "overdue", "逾期";
    Waits = "waiting", "待修正";
    Source = "Source", "来源";
    SheetName = "Sheet", "表";
    WaitingRows = "Rows to mend", "待修正行";
    OverdueRows = "Overdue", "其中逾期";
    NoWaitingRows = "No row waits for repair.", "没有待修正的行。";
    HowToMend = "How to mend", "怎样修正";
    HowToCells = "Correct the coloured cells; the note on each says what is wrong with it. Other cells of the row may be corrected too.", "请改正标色的单元格，批注里写有问题和改法；同一行的其他单元格也可以一并更正。";
    HowToLeaveOut = "A row that is of no use: choose “leave out” in the column “To do” and say why. Deleting the row here changes nothing.", "确实无用的行：在“处理”列选“作废”并写明修正说明。直接删除该行不起作用。";
    HowToSign = "Write your name into the column “Mended by”. Leave the last column as it is.", "请在“修正人”列写上姓名；最后一列“修正标识”请勿改动。";
    HowToReadBack = "Save the workbook, then: regrade review FILE.xlsx", "保存后运行：regrade review 本文件.xlsx";
    ListErrorChoice = "Please choose from the list. A new choice goes into the scheme.", "请从下拉列表中选择；新的取值请先加入方案。";

    // Footers; `&P` and `&N` are Excel's codes for the page and the number of pages.
    PageFooter = "Page &P of &N", "第 &P 页，共 &N 页";
}

impl Word {
    /// Whether this is the word in one of the languages.
    pub fn is(self, text: &str) -> bool {
        self.get(Lang::Zh) == text || self.get(Lang::En) == text
    }

    /// Yes or no.
    pub const fn truth(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }

    /// How bad a finding is.
    pub const fn severity(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::SeverityError,
            Severity::Warning => Self::SeverityWarning,
            Severity::Note => Self::SeverityNote,
        }
    }
}

/// What stands behind an estimate, and behind the heading of a column of them.
pub const fn estimate_mark(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "（估计）",
        Lang::En => " (estimate)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_blank_and_drop_down_texts_fit_excel() {
        for word in Word::ALL {
            for lang in [Lang::En, Lang::Zh] {
                assert!(!word.get(lang).is_empty(), "{word:?}");
                assert!(word.get(lang).encode_utf16().count() <= 255);
            }
        }
        // Excel's limit for the title of a message.
        assert!(Word::ListErrorTitle.get(Lang::En).len() <= 32);
    }
}
