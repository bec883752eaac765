//! Which worksheets of a workbook are read, and which of them become tables.

use super::assemble::Candidate;
use super::guard::guarded;
use super::header_row::KNOWN_HEADER;
use super::{Source, Table, encoding, header};
use crate::diagnostic::{Code, Finding, Severity};
use crate::text;
use std::collections::BTreeSet;

/// What a worksheet gives: a table, nothing where it has no cells, or what is wrong with it.
pub(super) type Sheet = Result<Option<Candidate>, Vec<Finding>>;

/// The tables of a file that is one text: in the encoding that it has or else says (`declared`), its worksheets as
/// `sheets` finds them.
pub(super) fn of_text<'s>(
    bytes: &[u8],
    declared: Option<&str>,
    source: &'s Source<'_>,
    sheets: impl FnOnce(&str, &'s Source<'_>) -> Result<Vec<Sheet>, Vec<Finding>>,
) -> Result<Vec<Table>, Vec<Finding>> {
    let decoded = encoding::decode_declared(bytes, declared, source)?;
    let size = decoded.text.len() as u64;
    let sheets = guarded(|| Ok(sheets(&decoded.text, source)));
    let sheets = sheets.unwrap_or_else(|fault| Err(fault.findings(source)))?;
    (source.progress)(size, size);
    let mut tables = tables(sheets, source)?;
    decoded.said_of(&mut tables, source);
    Ok(tables)
}

/// The places of the worksheets that are to be read among those that there are.
pub(super) fn wanted(
    names: &[String],
    source: &Source<'_>,
) -> Result<BTreeSet<usize>, Vec<Finding>> {
    let Some(wanted) = source.worksheet else {
        return Ok((0..names.len()).collect());
    };
    let exact = names.iter().position(|name| *name == wanted);
    let like = || names.iter().position(|name| name.trim() == wanted.trim());
    exact
        .or_else(like)
        .map(|index| BTreeSet::from([index]))
        .ok_or_else(|| {
            let title = text!("there is no worksheet `{wanted}`", "没有工作表 `{wanted}`");
            let note = text!("worksheets: {}", "工作表：{}", quoted(names));
            vec![Finding::error(Code::Usage, title).with_note(note)]
        })
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The tables of a workbook from what its worksheets gave: the matching ones or, without a scheme, all.
///
/// A worksheet without a clear header is an error, unless another one is what the scheme wants.
pub(super) fn tables(
    candidates: Vec<Sheet>,
    source: &Source<'_>,
) -> Result<Vec<Table>, Vec<Finding>> {
    let (mut taken, mut left, mut errors) = (vec![], vec![], vec![]);
    for candidate in candidates {
        match candidate {
            Ok(Some(Candidate { table, matched })) if matched || source.known.is_empty() => {
                taken.push(table);
            }
            Ok(Some(Candidate { table, .. })) => left.push(table),
            Ok(None) => {}
            Err(findings)
                if findings
                    .iter()
                    .all(|finding| finding.code == Code::NoHeader) =>
            {
                errors.extend(findings);
            }
            Err(findings) => return Err(findings),
        }
    }
    leave_lists_of_columns(&mut taken, &mut left, source);
    let Some(first) = taken.first_mut() else {
        if errors.is_empty() && left.is_empty() {
            let error = Finding::error(
                Code::BadFormat,
                text!("the workbook has no data", "工作簿没有数据"),
            );
            errors.push(error.help(text!(
                "open it in Excel or WPS and see that its worksheets have cells",
                "请用 Excel 或 WPS 打开，确认工作表中有内容"
            )));
        } else if errors.is_empty() {
            errors.push(header::unmatched(&left.iter().collect::<Vec<_>>(), source));
        }
        return Err(errors);
    };
    for table in left {
        let place = table.origin.place();
        let worksheet = table.origin.worksheet.unwrap_or_default();
        let title = text!(
            "worksheet `{worksheet}` is not used",
            "工作表 `{worksheet}` 未使用"
        );
        first
            .notes
            .push(Finding::note(Code::UnmatchedFile, title).place(place));
    }
    first
        .notes
        .extend(errors.into_iter().map(|finding| Finding {
            severity: Severity::Warning,
            ..finding
        }));
    Ok(taken)
}

/// Moves worksheets that have nothing of a sheet but its key to `left`, where another worksheet has more of that sheet:
/// a list of columns with what they mean (regrade's own workbooks have one) names the key, and is no table of customers.
fn leave_lists_of_columns(taken: &mut Vec<Table>, left: &mut Vec<Table>, source: &Source<'_>) {
    let fits: Vec<Vec<(usize, bool)>> = taken
        .iter()
        .map(|table| {
            let headers: BTreeSet<String> = table
                .headers
                .iter()
                .map(|header| header.folded.clone())
                .collect();
            let lexicons = source.lexicon.iter();
            lexicons.map(|lexicon| lexicon.score(&headers)).collect()
        })
        .collect();
    let has_only_a_key =
        |fit: &[(usize, bool)]| fit.iter().all(|(score, _)| *score <= KNOWN_HEADER);
    // Of each sheet, whether some worksheet has more than its key.
    let has_more: Vec<bool> = (0..source.lexicon.len())
        .map(|sheet| {
            let mut fits = fits.iter().map(|fit| fit[sheet]);
            fits.any(|(score, key)| key && score > KNOWN_HEADER)
        })
        .collect();
    let is_list = |fit: &Vec<(usize, bool)>| {
        let mut pairs = fit.iter().zip(&has_more);
        has_only_a_key(fit) && pairs.any(|((_, key), more)| *key && *more)
    };
    let mut lists = fits.iter().map(is_list);
    let tables = std::mem::take(taken);
    for table in tables {
        if lists.next() == Some(true) {
            left.push(table);
        } else {
            taken.push(table);
        }
    }
}
