//! Rows that are not data: totals, signatures, notes. They stand at the end of people's tables, and sometimes of each
//! page within.
//!
//! Conservative: a cell must be such a word, perhaps with something in brackets or a colon behind it, or the number of a
//! page. A customer whose name contains 合计 stays.

use crate::table::simplified;
use unicode_normalization::UnicodeNormalization;

/// Words that make a footer when the cell has nothing else, brackets (合计（万元）) or a colon after them.
const WORDS: [&str; 31] = [
    "合计",
    "小计",
    "总计",
    "共计",
    "累计",
    "总合计",
    "合计金额",
    "本页合计",
    "本页小计",
    "本月合计",
    "本年累计",
    "审核",
    "复核",
    "制表",
    "备注",
    "注",
    "说明",
    "填表说明",
    "数据来源",
    "打印时间",
    "导出时间",
    "制单",
    "批准",
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
    "preparedby",
    "note",
    "notes",
];

/// Words that begin a footer whatever follows: no customer's name or id begins so.
const BEGINNINGS: [&str; 10] = [
    "制表人",
    "审核人",
    "复核人",
    "填表人",
    "填报人",
    "制单人",
    "制表日期",
    "填表日期",
    "打印日期",
    "导出日期",
];

/// The longest cell that is looked at; a footer's word stands at its start.
const LONGEST: usize = 400;

/// Whether a row that begins with `cell` is a total, a signature or a note.
pub(super) fn is_footer(cell: &str) -> bool {
    let first = cell.as_bytes().first();
    if first.is_some_and(|byte| byte.is_ascii_graphic() && !may_begin(char::from(*byte))) {
        return false;
    }
    let cell = cell.trim();
    // Nearly all cells end here: the first character of no footer.
    if cell.len() > LONGEST || !cell.chars().next().is_some_and(may_begin) {
        return false;
    }
    let plain: String = cell
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .map(simplified)
        .flat_map(char::to_lowercase)
        .collect();
    let word = plain.split(':').next().unwrap_or_default();
    WORDS.contains(&without_brackets(word))
        || is_page_number(&plain)
        || is_count(&plain)
        || BEGINNINGS
            .iter()
            .any(|beginning| plain.starts_with(beginning))
}

/// Units and currencies that stand in brackets behind such a word.
const UNITS: [&str; 13] = [
    "元",
    "千元",
    "万元",
    "百万元",
    "亿元",
    "万",
    "亿",
    "人民币",
    "美元",
    "rmb",
    "cny",
    "usd",
    "含税",
];

/// The word before a unit or a count that stands in brackets at its end: 总计（万元）, 合计（12家）. 总计（上海） may be a name.
fn without_brackets(word: &str) -> &str {
    let parts = word.split_once('(');
    match parts.and_then(|(before, behind)| Some((before, behind.strip_suffix(')')?))) {
        Some((before, inner)) if UNITS.contains(&inner) || is_number_of(inner) => before,
        _ => word,
    }
}

/// Whether it says which page this is: 第1页, 第1页共3页, 第 1 页/共 3 页, page 1 of 3.
fn is_page_number(plain: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let english = plain
        .strip_prefix("page")
        .is_some_and(|rest| match rest.split_once("of") {
            Some((page, pages)) => number(page) && number(pages),
            None => number(rest),
        });
    english
        || plain
            .strip_prefix('第')
            .and_then(|rest| rest.split_once('页'))
            .is_some_and(|(page, rest)| {
                let rest = rest.trim_start_matches(['/', ',', '，', '、']);
                number(page)
                    && (rest.is_empty()
                        || rest
                            .strip_prefix('共')
                            .and_then(|rest| rest.strip_suffix('页'))
                            .is_some_and(number))
            })
}

/// Whether it says how many rows there are: 共 20 条记录.
fn is_count(plain: &str) -> bool {
    plain.strip_prefix('共').is_some_and(is_number_of)
}

/// Whether it is a number of rows or of customers: 20条记录, 12家.
fn is_number_of(plain: &str) -> bool {
    let counted = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    counted.len() < plain.len()
        && [
            "条",
            "条记录",
            "条数据",
            "行",
            "页",
            "家",
            "户",
            "位",
            "笔",
            "个客户",
            "家客户",
            "位客户",
        ]
        .contains(&counted.trim_end_matches('。'))
}

fn may_begin(c: char) -> bool {
    matches!(
        simplified(c),
        '合' | '小'
            | '总'
            | '共'
            | '累'
            | '本'
            | '审'
            | '复'
            | '制'
            | '备'
            | '注'
            | '说'
            | '填'
            | '数'
            | '打'
            | '导'
            | '批'
            | '第'
            | 't'
            | 'T'
            | 'ｔ'
            | 'Ｔ'
            | 'g'
            | 'G'
            | 'ｇ'
            | 'Ｇ'
            | 's'
            | 'S'
            | 'ｓ'
            | 'Ｓ'
            | 'p'
            | 'P'
            | 'n'
            | 'N'
    )
}

#[cfg(test)]
mod tests {
    use super::is_footer;

    #[test]
    fn footers_are_told_from_customers() {
        for cell in [
            "合计",
            "合 计",
            "合计：",
            " 总　计 ",
            "小计: 12 家",
            "Total",
            "TOTAL:",
            "Grand total",
            "Subtotal",
            "制表人：张三",
            "制表人 张三",
            "审核人",
            "制表日期：2024-03-31",
            "填表人：",
            "备注：以上数据未经审计",
            "注：单位为万元",
            "审核：",
            "合計",
            "總　計：",
            "製表人：張三",
            "備註：",
            "总计（万元）",
            "合计(12 家)：",
            "合计金额",
            "Total (USD)",
            "第 1 页 共 3 页",
            "第1页",
            "第１页，共３页",
            "第 1 頁 / 共 3 頁",
            "Page 2 of 3",
            "Page 2",
            "共 20 条记录",
            "共3家",
        ] {
            assert!(is_footer(cell), "{cell}");
        }
        for cell in [
            "合计贸易有限公司",
            "上海合计科技",
            "总计划部",
            "小计算机公司",
            "Total Energies",
            "TotalEnergies SE",
            "备注本公司",
            "注册会计师事务所",
            "制表公司",
            "审核中心",
            "C001",
            "",
            "Sumitomo",
            "Notes and Co",
            "总计（上海）科技",
            "合计()()",
            "第一页文化传播",
            "共3家政服务",
            "共家",
            "第1页书店",
            "第1页共3页书店",
            "Page One",
            "Page 2 of Three",
            "Page 1 Books",
        ] {
            assert!(!is_footer(cell), "{cell}");
        }
    }
}
