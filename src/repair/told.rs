//! What is said about mended rows: where, who, and what to do.

use super::columns::Altered;
use super::lines::Line;
use super::said::{Known, Statement};
use crate::clean::text::{shorten, shown};
use crate::diagnostic::{Code, Finding, Lang, Text, listed};
use crate::read::Table;
use crate::table::{Place, RawRows};
use crate::text;
use crate::words::Word;

pub(super) fn no_mark(place: Place) -> Finding {
    Finding::error(
        Code::UnknownRow,
        text!(
            "the row does not say which row it is",
            "该行没有修正标识，不知道对应哪一行"
        ),
    )
    .place(place)
    .help(text!(
        "a repair workbook mends rows that are there; new rows go into the file that they belong to",
        "修正表只用来修正已有的行；新增的行请写进原来的文件再导入"
    ))
}

pub(super) fn bad_mark(place: Place, written: &str) -> Finding {
    let written = shorten(written);
    Finding::error(
        Code::UnknownRow,
        text!(
            "`{written}` names no row",
            "`{written}` 不是有效的修正标识"
        ),
    )
    .place(place)
    .help(text!(
        "copy the mark from the workbook as it was written; `regrade review list --kind repair -o FILE.xlsx` writes it anew",
        "请从原修正表复制该标识；`regrade review list --kind repair -o 文件.xlsx` 可重新写出修正表"
    ))
}

/// Rows of a table that nothing knows: `place` is the first of them.
pub fn unknown_rows(place: Place, count: usize) -> Finding {
    Finding::error(
        Code::UnknownRow,
        text!(
            "rows of a file that the ledger does not have: {count}",
            "有 {count} 行所属的文件不在台账中"
        ),
    )
    .place(place)
    .help(text!(
        "read it back together with that file: `regrade import FILE REPAIRED.xlsx`; or name the ledger with `--ledger`",
        "请与原文件一起导入：`regrade import 原文件 修正表.xlsx`；若是别的台账，请用 `--ledger` 指定"
    ))
}

pub(super) fn unknown_wish(place: Place, word: &str) -> Finding {
    let word = shorten(word);
    Finding::error(
        Code::UnknownLabel,
        text!(
            "`{word}` does not say what to do with the row",
            "`{word}` 没有说明如何处理该行"
        ),
    )
    .place(place)
    .help(text!(
        "write `mend` or `leave out`, or nothing",
        "请填 `修正` 或 `作废`，或留空"
    ))
}

pub(super) fn no_reason(place: Place) -> Finding {
    Finding::error(
        Code::UnsignedCorrection,
        text!(
            "the row is to be left out, and nothing says why",
            "该行要作废，但没有写说明"
        ),
    )
    .place(place)
    .help(text!("fill the column `Why`", "请填写 `修正说明`"))
}

/// A page whose headers are not those that were written.
pub(super) fn altered(page: &Table, altered: &Altered) -> Finding {
    let cell = |at: usize| page.origin.cell(page.header_row, at as u32);
    match altered {
        Altered::Missing { missing, instead } => {
            let Text { en, zh } = listed(missing.iter().map(String::as_str));
            let place = instead.map_or_else(|| page.origin.row(page.header_row), cell);
            Finding::error(
                Code::MissingColumn,
                text!(
                    "the sheet lacks columns of the rows: {en}",
                    "该工作表缺少原有的列：{zh}"
                ),
            )
            .place(place)
            .help(text!(
                "put them back as they were; no row of the sheet was mended",
                "请恢复这些列；此工作表的行均未采用"
            ))
        }
        Altered::Unit { at, was } => {
            let (now, was) = (shorten(&page.headers[*at].text), shorten(was));
            Finding::error(
                Code::UnitConflict,
                text!(
                    "the header is `{now}` now; the rows were written under `{was}`",
                    "列名现为 `{now}`，写出时是 `{was}`，单位不同"
                ),
            )
            .place(cell(*at))
            .help(text!(
                "put the header back, then write the values in its unit or with their unit in the cell: `8万`; no row of the sheet was mended",
                "请恢复列名，再按原单位填写，或在单元格内写明单位，如 `8万`；此工作表的行均未采用"
            ))
        }
    }
}

/// A page of a repair workbook of which nobody can say any more which rows it is of.
pub fn lost_mark(page: &Table) -> Finding {
    let column = (page.headers.len() as u32).saturating_sub(1);
    let heading = |lang| Word::RowMark.get(lang);
    let (en, zh) = (heading(Lang::En), heading(Lang::Zh));
    Finding::error(
        Code::UnknownRow,
        text!(
            "this is a repair workbook without its last column `{en}`: nothing says which rows it is of",
            "这是修正表，但最后一列 `{zh}` 已不在，不知道对应哪些行"
        ),
    )
    .place(page.origin.cell(page.header_row, column))
    .help(text!(
        "write the workbook anew under another name and mend the rows there: `regrade review list --kind repair -o FILE.xlsx`",
        "请换个文件名重新写出修正表，在其中修正：`regrade review list --kind repair -o 文件.xlsx`"
    ))
}

/// A row that the ledger does not have any more.
pub fn no_longer_there(line: &Line) -> Finding {
    Finding::warning(
        Code::UnknownRow,
        text!("the row is not in the ledger any more", "台账中已没有该行"),
    )
    .place(line.place.clone())
    .help(text!(
        "it was left out, or its customer was forgotten",
        "该行已作废，或其客户已被删除"
    ))
}

pub(super) fn nothing_changed(line: &Line) -> Finding {
    Finding::error(
        Code::StillBad,
        text!(
            "the row is said to be mended, and no cell of it was changed",
            "该行标为修正，但没有改动任何单元格"
        ),
    )
    .place(line.place.clone())
    .help(text!(
        "change the marked cells, or leave the row out with a reason",
        "请改正标色的单元格；确实无用的行请选作废并写说明"
    ))
}

pub(super) fn is_good(line: &Line) -> Finding {
    Finding::warning(
        Code::UnknownRow,
        text!(
            "the row does not wait for repair: what was changed in it is not taken",
            "该行不在待修正之列，改动不予采用"
        ),
    )
    .place(line.place.clone())
    .help(text!(
        "other corrections go into the file that the row is from",
        "其他更正请写进原来的文件再导入"
    ))
}

/// A row for which a newer file stands.
pub fn replaced(place: &Place) -> Finding {
    Finding::warning(
        Code::RowReplaced,
        text!(
            "a newer file stands for the row: what was changed in it is not taken",
            "该行所属的文件已被更新的文件取代，改动不予采用"
        ),
    )
    .place(place.clone())
    .help(text!(
        "if the newer file has the same fault, mend it there: `regrade review list --kind repair`",
        "若新文件有同样的问题，请在新的修正表中修正：`regrade review list --kind repair`"
    ))
}

pub(super) fn has_ended(said: &Statement) -> Finding {
    let by = shorten(&said.author);
    Finding::note(
        Code::ChangesNothing,
        text!(
            "what `{by}` made of the row was read before, and something else has been decided since",
            "`{by}` 对该行的修正此前已读取，之后另有决定"
        ),
    )
    .place(said.place.clone())
}

pub(super) fn says_otherwise(said: &Statement, known: &Known) -> Finding {
    let (by, before) = (shorten(&said.author), shorten(&known.author));
    Finding::note(
        Code::AlreadyMended,
        text!(
            "what `{by}` makes of the row replaces what `{before}` made of it before",
            "该行改用 `{by}` 的修正，`{before}` 此前的修正不再有效"
        ),
    )
    .place(said.place.clone())
}

pub(super) fn counted_already(said: &Statement, known: &Known) -> Finding {
    let (by, before) = (shorten(&said.author), shorten(&known.author));
    Finding::error(
        Code::AlreadyMended,
        text!(
            "`{before}` mended the row otherwise, and a run has counted with it: what `{by}` says is not taken",
            "`{before}` 此前已另作修正，且已用于评级；`{by}` 的修正不予采用"
        ),
    )
    .place(said.place.clone())
    .help(text!(
        "if the row is wrong as it is, correct the file that it is from and import it again",
        "若现在的内容有误，请改正原来的文件后重新导入"
    ))
}

/// Two or more people make different things of one row.
pub(super) fn disagreement(said: &[&Statement], known: &[&Known]) -> Finding {
    let place = said.first().map(|said| said.place.clone());
    let number = said.first().map_or(0, |said| said.number);
    let mut finding = Finding::error(
        Code::Disagreement,
        text!(
            "people mend row {number} differently: none of it is taken",
            "原第 {number} 行的修正不一致，均不采用"
        ),
    );
    if let Some(place) = place {
        finding = finding.place(place);
    }
    for one in said {
        let (by, place) = (shorten(&one.author), &one.place);
        let Text { en, zh } = what(&one.before, one.cells.as_ref());
        finding = finding.with_note(text!("`{by}`: {en} ({place})", "`{by}`：{zh}（{place}）"));
    }
    let others = known
        .iter()
        .filter(|one| !said.iter().any(|said| said.author == one.author));
    for one in others {
        let by = shorten(&one.author);
        let Text { en, zh } = what(&one.before, one.cells.as_ref());
        finding = finding.with_note(text!("`{by}` before: {en}", "`{by}` 此前：{zh}"));
    }
    finding.help(text!(
        "let them agree and read the files again, or decide in a new workbook: `regrade review list --kind repair -o FILE.xlsx`",
        "请统一后再读一次，或在新的修正表中决定：`regrade review list --kind repair -o 文件.xlsx`"
    ))
}

/// What somebody made of a row that others mend differently.
pub fn dispute(known: &Known) -> Text {
    let by = shorten(&known.author);
    let Text { en, zh } = what(&known.before, known.cells.as_ref());
    text!("`{by}`: {en}", "`{by}`：{zh}")
}

/// What somebody made of a row, in a line.
fn what(before: &RawRows, cells: Option<&RawRows>) -> Text {
    const CELLS: usize = 3;
    let Some(cells) = cells else {
        return text!("left out", "作废");
    };
    let changed = (0..cells.width())
        .filter(|column| cells.cell(0, *column) != before.cell(0, *column))
        .map(|column| {
            let (was, now) = (shown(before.cell(0, column)), shown(cells.cell(0, column)));
            format!("`{}` → `{}`", shorten(&was), shorten(&now))
        });
    let mut changed: Vec<String> = changed.collect();
    if changed.len() > CELLS {
        changed.truncate(CELLS);
        changed.push("…".to_owned());
    }
    Text {
        en: changed.join(", "),
        zh: changed.join("，"),
    }
}
