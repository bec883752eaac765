//! The sheet that explains: which scheme on which files as of when, what colours, marks and columns mean, and the whole
//! scheme.

use super::formats::{Formats, Look, Shade, look_of};
use super::page::{self, Page};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::present::basis::MOST;
use crate::present::marks::decision_word;
use crate::present::shown;
use crate::present::summary::Summary;
use crate::present::table::{ColumnKind, ColumnRole, ResultTable, ReviewColumn};
use crate::words::Word;
use rust_xlsxwriter::{Worksheet, XlsxError};

/// Widths of the columns: margin, label, value.
const WIDTHS: [u16; 3] = [2, 30, 110];
/// The widest that names make theirs.
const WIDEST: usize = 80;
/// The first column beside the margin.
const LEFT: u16 = 1;

/// The other sheets of the workbook.
pub struct Sheets<'a> {
    /// The name of the one with the customers.
    pub graded: &'a str,
    /// The others: name, and what each is.
    pub others: &'a [(String, Word)],
    /// Whether what grades rest on is told of those only who moved, and of how many customers it is told.
    pub basis: Option<(bool, usize)>,
}

/// Writes the sheet.
pub fn write(
    sheet: &mut Worksheet,
    table: &dyn ResultTable,
    summary: &Summary,
    sheets: &Sheets<'_>,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let lang = summary.lang;
    // The names of files and columns are never cut.
    let names = summary.inputs.iter().map(|(file, _)| file.as_str());
    let names = names.chain(table.columns().iter().map(|column| &*column.heading));
    let longest = names.map(shown::width).max().unwrap_or(0).min(WIDEST) as u16;
    let mut widths = WIDTHS;
    widths[1] = widths[1].max(longest + 3);
    let mut page = Page::new(sheet, formats, lang, &widths)?;
    page.title(LEFT, Word::SheetAbout.get(lang))?;

    page.part(LEFT, Word::Run.get(lang))?;
    page.labelled(LEFT, Word::Scheme.get(lang), &summary.scheme.0)?;
    page.labelled(LEFT, Word::SchemeVersion.get(lang), &summary.scheme.1)?;
    page.labelled(LEFT, Word::SchemeHash.get(lang), &summary.scheme_hash)?;
    page.labelled(LEFT, Word::AsOf.get(lang), &summary.as_of.to_string())?;
    page.labelled(
        LEFT,
        Word::Program.get(lang),
        &format!("regrade {}", summary.version),
    )?;

    if !summary.inputs.is_empty() {
        page.part(LEFT, Word::Inputs.get(lang))?;
        page.headings(
            LEFT,
            &[
                (Word::File.get(lang), Look::Text),
                (Word::Rows.get(lang), Look::Text),
            ],
        )?;
        let name = look_of(page.formats.bordered(), Look::Wrapped);
        let rows = look_of(
            look_of(page.formats.bordered(), Look::Number(0)),
            Look::Text,
        );
        for (file, count) in &summary.inputs {
            page.text(LEFT, file, &name)?;
            page.count(LEFT + 1, *count, &rows)?;
            let lines = page::lines(file, usize::from(widths[1]) - 3);
            page.row_height(page.row, page::height(lines))?;
            page.row += 1;
        }
    }
    list_sheets(&mut page, sheets)?;
    legend(&mut page, table)?;
    columns(&mut page, table)?;

    estimates(&mut page, summary)?;

    if !summary.scheme_text.is_empty() {
        page.part(LEFT, Word::SchemeText.get(lang))?;
        let line = look_of(page.formats.base(), Look::Id);
        for text in summary.scheme_text.lines() {
            // A tab shows as nothing in a cell.
            page.text(LEFT, &text.replace('\t', "    "), &line)?;
            page.row += 1;
        }
    }
    page.end(widths.len())
}

/// What each sheet is for.
fn list_sheets(page: &mut Page<'_>, sheets: &Sheets<'_>) -> Result<(), XlsxError> {
    let lang = page.lang;
    page.part(LEFT, Word::Sheets.get(lang))?;
    let (name, text) = (
        look_of(page.formats.bordered(), Look::Text),
        look_of(page.formats.bordered(), Look::Wrapped),
    );
    let (first, rest) = match sheets.others.split_first() {
        Some((first, rest)) => (Some(first), rest),
        None => (None, &[][..]),
    };
    let graded = (sheets.graded.to_owned(), Word::SheetGraded);
    let all = first
        .into_iter()
        .chain(std::iter::once(&graded))
        .chain(rest);
    for (sheet, word) in all.filter(|(_, word)| *word != Word::SheetAbout) {
        let mut meaning = meaning_of_sheet(*word, lang).to_owned();
        if let (Word::SheetBasis, Some((true, customers))) = (word, sheets.basis) {
            meaning += &match lang {
                Lang::Zh => format!("；客户数超过 {MOST}，只列有变动的 {customers} 位"),
                Lang::En => {
                    format!("; with more than {MOST} customers, only the {customers} who moved")
                }
            };
        }
        page.text(LEFT, sheet, &name)?;
        page.text(LEFT + 1, &meaning, &text)?;
        page.row += 1;
    }
    Ok(())
}

/// What a sheet shows, in a sentence.
const fn meaning_of_sheet(sheet: Word, lang: Lang) -> &'static str {
    let (en, zh) = match sheet {
        Word::SheetOverview => (
            "totals, shares and charts of this grading",
            "本次评级的合计、占比与图表",
        ),
        Word::SheetGraded => (
            "a row for each customer; the last columns are to be filled and can be read back",
            "每位客户一行；最后几列供复核人填写，可读回",
        ),
        Word::SheetMoves => (
            "who moved since the run before, and why",
            "与上一批次相比有变动的客户及原因",
        ),
        Word::SheetMatrix => (
            "from which level to which, by customers and shares",
            "从哪一级到哪一级，按客户数与占比",
        ),
        Word::SheetBasis => (
            "what each grade rests on: the rule that decided, the values that it read, the cells that they came from",
            "每个等级的依据：起作用的规则、读取的数值、数值所在的单元格",
        ),
        Word::Potential => (
            "who is below the top grade and promising, and what is missing to the next one",
            "等级不在最高、有潜力的客户，以及距上一级还差什么",
        ),
        Word::SheetStrategies => (
            "what is done for whom, and how many customers that is",
            "对哪些客户做什么，各有多少客户",
        ),
        Word::SheetScheme => (
            "the scheme to print: dimensions, weights, rules, grades, movement",
            "可打印的方案：维度、权重、规则、等级与升降规则",
        ),
        Word::SheetHistory => (
            "the last runs of those who moved",
            "有变动客户的近期各批次等级",
        ),
        Word::SheetFindings => (
            "what is wrong in data and scheme, where, and what to do",
            "数据与方案中的问题、位置和处理建议",
        ),
        _ => ("", ""),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The colours of grades and what other colours and signs mean.
fn legend(page: &mut Page<'_>, table: &dyn ResultTable) -> Result<(), XlsxError> {
    let lang = page.lang;
    page.part(LEFT, Word::Legend.get(lang))?;
    let text = look_of(page.formats.bordered(), Look::Text);
    let best_first = |index: usize, count: usize| match (lang, index) {
        (Lang::En, 0) => "the best grade".to_owned(),
        (Lang::Zh, 0) => "最高等级".to_owned(),
        (Lang::En, index) => format!("grade {} of {count}", index + 1),
        (Lang::Zh, index) => format!("第 {} 级，共 {count} 级", index + 1),
    };
    let grades = table.grades();
    for (index, grade) in grades.iter().enumerate() {
        let look = look_of(page.formats.bordered(), Look::Centred);
        let filled = page.formats.shaded(look, Shade::Grade(index));
        page.text(LEFT, &grade.name, &filled)?;
        page.text(LEFT + 1, &best_first(index, grades.len()), &text)?;
        page.row += 1;
    }
    let zh_en = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let shades = [
        (
            Shade::Hatched,
            Word::Unrated.get(lang),
            zh_en("缺少数据，没有等级", "no grade, because data is missing"),
        ),
        (
            Shade::Overridden,
            Word::Overridden.get(lang),
            zh_en(
                "等级由人工设定，见原因",
                "a person set the grade; the reasons say why",
            ),
        ),
        (
            Shade::Input,
            zh_en("待填写", "to fill"),
            zh_en(
                "供复核人填写；填好后可由 regrade 读回",
                "for reviewers; regrade reads it back",
            ),
        ),
    ];
    for (shade, name, meaning) in shades {
        let format = page
            .formats
            .shaded(look_of(page.formats.bordered(), Look::Centred), shade);
        page.text(LEFT, name, &format)?;
        page.text(LEFT + 1, meaning, &text)?;
        page.row += 1;
    }
    let sign = look_of(page.formats.bordered(), Look::Centred);
    for decision in Decision::ALL {
        page.text(LEFT, &decision_word(decision, lang), &sign)?;
        page.text(LEFT + 1, meaning_of(decision, lang), &text)?;
        page.row += 1;
    }
    Ok(())
}

/// What each column of the table means.
fn columns(page: &mut Page<'_>, table: &dyn ResultTable) -> Result<(), XlsxError> {
    let lang = page.lang;
    page.part(LEFT, Word::Columns.get(lang))?;
    let (name, text) = (
        look_of(page.formats.bordered(), Look::Text),
        look_of(page.formats.bordered(), Look::Wrapped),
    );
    for column in table.columns() {
        let meaning = meaning_of_role(column.role, column.kind, lang);
        page.text(LEFT, &column.heading, &name)?;
        page.text(LEFT + 1, meaning, &text)?;
        let lines = page::lines(meaning, usize::from(WIDTHS[2]));
        page.row_height(page.row, page::height(lines))?;
        page.row += 1;
    }
    Ok(())
}

/// Which metrics are estimates, and what they rest on.
fn estimates(page: &mut Page<'_>, summary: &Summary) -> Result<(), XlsxError> {
    if summary.estimates.is_empty() {
        return Ok(());
    }
    page.part(LEFT, Word::Estimates.get(summary.lang))?;
    let (name, text) = (
        look_of(page.formats.bordered(), Look::Text),
        look_of(page.formats.bordered(), Look::Wrapped),
    );
    for (metric, rests_on) in &summary.estimates {
        page.text(LEFT, metric, &name)?;
        page.text(LEFT + 1, rests_on, &text)?;
        let lines = page::lines(rests_on, usize::from(WIDTHS[2]));
        page.sheet
            .set_row_height_pixels(page.row, page::height(lines))?;
        page.row += 1;
    }
    Ok(())
}

/// What a decision means, in a sentence.
const fn meaning_of(decision: Decision, lang: Lang) -> &'static str {
    match (decision, lang) {
        (Decision::Initial, Lang::En) => "graded for the first time",
        (Decision::Initial, Lang::Zh) => "首次评级",
        (Decision::Promoted, Lang::En) => "a better grade than before, with the number of steps",
        (Decision::Promoted, Lang::Zh) => "等级高于上期，数字为级数",
        (Decision::Demoted, Lang::En) => "a worse grade than before, with the number of steps",
        (Decision::Demoted, Lang::Zh) => "等级低于上期，数字为级数",
        (Decision::Held, Lang::En) => "the same grade as before",
        (Decision::Held, Lang::Zh) => "等级与上期相同",
        (Decision::AtRisk, Lang::En) => {
            "the values call for a worse grade, which the rules do not give yet"
        }
        (Decision::AtRisk, Lang::Zh) => "指标已不达标，按规则暂未降级",
        (Decision::Overridden, Lang::En) => "a person set the grade",
        (Decision::Overridden, Lang::Zh) => "等级由人工设定",
        (Decision::Unrated, Lang::En) => {
            "no grade, because a value that the scheme needs is missing"
        }
        (Decision::Unrated, Lang::Zh) => "缺少方案所需的数据，没有等级",
        (Decision::Absent, Lang::En) => "known before, and not in the newest data",
        (Decision::Absent, Lang::Zh) => "以前有记录，本期数据中没有",
        (Decision::Refused, Lang::En) => {
            "the row has an error and is kept out; the grade of before stays"
        }
        (Decision::Refused, Lang::Zh) => "该行数据有错误，已隔离，沿用上期等级",
        (Decision::Classified, Lang::En) => "the scheme gives types and no grades",
        (Decision::Classified, Lang::Zh) => "方案只分类型，不分等级",
    }
}

/// What a column means, in a sentence.
const fn meaning_of_role(role: ColumnRole, kind: ColumnKind, lang: Lang) -> &'static str {
    let (en, zh) = match role {
        ColumnRole::Key => ("the customer's key", "客户的唯一编号"),
        ColumnRole::Name => ("the customer's name", "客户名称"),
        ColumnRole::Input => match kind {
            ColumnKind::Number { .. } | ColumnKind::Percent { .. } => (
                "of the input, in the unit of the heading",
                "来自输入表，单位见列名",
            ),
            _ => ("of the input, as it was", "来自输入表，原样保留"),
        },
        ColumnRole::Grade => ("the grade that counts", "本期生效的等级"),
        ColumnRole::Previous => ("the grade of the run before", "上一批次的等级"),
        ColumnRole::Decision => (
            "what happened to the grade since the run before",
            "等级相对上期的变化",
        ),
        ColumnRole::Since => (
            "the as-of date of the last change of the grade",
            "等级最近一次变化的截止日期",
        ),
        ColumnRole::Score => (
            "the weighted points of all dimensions",
            "各维度加权得分之和",
        ),
        ColumnRole::Type => (
            "the type, by the rules of the scheme",
            "按方案规则划分的类型",
        ),
        ColumnRole::Label => ("the label of this dimension", "该维度的档位"),
        ColumnRole::Tags => (
            "the tags, by the rules of the scheme",
            "按方案规则打上的标签",
        ),
        ColumnRole::Reasons => ("why the customer has this grade", "得到该等级的原因"),
        ColumnRole::Next => ("what the next better grade needs", "升到上一级还差什么"),
        ColumnRole::Steps => ("how many levels up or down", "升降的级数"),
        ColumnRole::Computed => ("worked out by the scheme", "由方案计算得出"),
        ColumnRole::Estimate => (
            "an estimate: what a model expects of the customer after all customers' purchases so far, and no fact",
            "估计：模型根据全部客户以往的购买推算，不是事实",
        ),
        ColumnRole::Strategy => (
            "what the strategy gives this customer",
            "策略给予该客户的内容",
        ),
        ColumnRole::Review(ReviewColumn::Grade) => (
            "to fill: the grade that the reviewer wants, from the list",
            "待填写：复核后的等级，从下拉列表选择",
        ),
        ColumnRole::Review(ReviewColumn::Type) => (
            "to fill: the type that the reviewer wants, from the list",
            "待填写：复核后的类型，从下拉列表选择",
        ),
        ColumnRole::Review(ReviewColumn::Comment) => ("to fill: why", "待填写：复核意见及理由"),
        ColumnRole::Review(ReviewColumn::Reviewer) => {
            ("to fill: who reviewed it", "待填写：复核人姓名")
        }
        ColumnRole::Review(ReviewColumn::Remark) => ("to fill: anything else", "待填写：其他说明"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
