//! `regrade runs verify`: whether somebody edited a workbook that regrade wrote.

use crate::cli::files::{Files, to_stdout};
use crate::cli::output::{Target, files_of, keep_inputs, outputs};
use crate::cli::password::in_file;
use crate::cli::{Exit, Format, Global, Screen, Stop, inputs};
use regrade::compare::{self, Edits, Fingerprint, Verdict, is_for_people};
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::present::workbook;
use regrade::read::{self, Input};
use regrade::table::Origin;
use regrade::text;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// The most rows that are named.
const MOST_ROWS: usize = 20;

/// Arguments of `runs verify`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The workbook that regrade wrote.
    #[arg(value_name = "FILE")]
    file: String,
    /// A file whose first line is the password of encrypted workbooks.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let file = args.file.as_str();
    let is_json = matches!(global.format, Some(Format::Json | Format::Jsonl));
    if !is_json && !matches!(global.format, None | Some(Format::Table)) {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`verify` answers in text or jsonl",
                "`verify` 只输出文本或 jsonl"
            ),
        );
        return Err(Stop::usage(finding));
    }
    let targets = outputs(global, global.format.or(Some(Format::Table)))?;
    let input = inputs::input(file);
    if let Input::File { path, .. } = &input {
        keep_inputs(&files_of(&targets), std::slice::from_ref(path))?;
    }
    let options = read::Options {
        password: args.password_file.as_deref().map(in_file).transpose()?,
        guard: crate::cli::reading::guard(None),
        ..read::Options::default()
    };
    let about = read::properties(&input, options.password.as_ref());
    let sheets = about.list(workbook::SHEETS);
    let sums = about.get(workbook::SUMS).unwrap_or_default();
    let written = Fingerprint::parse(about.list(workbook::HEADINGS), &sums);
    let cells = read::cells(&input, &sheets, &options).map_err(Stop::refused)?;
    let (verdict, filled) = match written.filter(|_| !sheets.is_empty()) {
        Some(written) => {
            let sheets: Vec<_> = sheets.into_iter().zip(cells).collect();
            compare::verify(&written, &sheets)
        }
        None => (Verdict::NoHash, vec![]),
    };
    let run = about.get(workbook::RUN);
    let line = if is_json {
        record(file, &verdict, &filled, run.as_deref()) + "\n"
    } else {
        said(file, &verdict, run.as_deref())
            .map_or_else(String::new, |text| format!("{}\n", text.get(screen.lang)))
    };
    let mut files = Files::default();
    for output in &targets {
        match &output.target {
            Target::Stdout => to_stdout(|out| out.write_all(line.as_bytes()))?,
            Target::File(path) => {
                files.write(path, |out| Write::write_all(out, line.as_bytes()))?;
            }
        }
    }
    files.commit()?;
    if let Some(filled) = told_filled(&filled) {
        screen.say(&filled);
    }
    match finding(file, &verdict) {
        None => Ok(Exit::Done),
        Some(finding) => {
            screen.findings(&[finding], None);
            Ok(Exit::Findings)
        }
    }
}

/// What is said of a workbook that is as it was.
fn said(file: &str, verdict: &Verdict, run: Option<&str>) -> Option<Text> {
    let mut unedited = text!(
        "the graded sheet of `{file}` is as regrade wrote it",
        "`{file}` 的评级明细与 regrade 写出时一致"
    );
    if let Some(run) = run {
        let run = run.get(..8).unwrap_or(run);
        unedited.en += &format!(", of the run {run}");
        unedited.zh += &format!("，批次 {run}");
    }
    (*verdict == Verdict::Unedited).then_some(unedited)
}

/// The columns in which people wrote something.
fn told_filled(filled: &[String]) -> Option<Text> {
    let (meant, new): (Vec<&String>, Vec<&String>) =
        filled.iter().partition(|heading| is_for_people(heading));
    let list = |headings: &[&String]| listed(headings.iter().map(|heading| heading.as_str()));
    let mut told = vec![];
    if !meant.is_empty() {
        let Text { en, zh } = list(&meant);
        told.push((
            format!("filled by people: {en}"),
            format!("已由人填写：{zh}"),
        ));
    }
    if !new.is_empty() {
        let Text { en, zh } = list(&new);
        told.push((
            format!("columns that were added: {en}"),
            format!("新增的列：{zh}"),
        ));
    }
    let (en, zh): (Vec<String>, Vec<String>) = told.into_iter().unzip();
    (!en.is_empty()).then(|| Text {
        en: en.join("; "),
        zh: zh.join("；"),
    })
}

fn finding(file: &str, verdict: &Verdict) -> Option<Finding> {
    let edits = match verdict {
        Verdict::Unedited => return None,
        Verdict::NoHash => {
            let finding = Finding::error(
                Code::NoHash,
                text!(
                    "`{file}` does not say what was written into it",
                    "`{file}` 中没有写出时的校验信息"
                ),
            );
            return Some(finding.help(text!(
                "verify a workbook that `regrade grade -o FILE.xlsx` wrote, before it is converted",
                "请检查由 `regrade grade -o 文件.xlsx` 写出、未经转换的工作簿"
            )));
        }
        Verdict::Edited(edits) => edits,
    };
    let title = text!("`{file}` was edited", "`{file}` 被改动过");
    let mut finding = Finding::error(Code::Edited, title);
    if let [(sheet, row)] = &edits.places[..] {
        let origin = Origin {
            file: file.into(),
            worksheet: Some(sheet.as_str().into()),
        };
        finding = finding.place(origin.row(*row));
    }
    Some(notes(edits).into_iter().fold(finding, Finding::with_note))
}

/// What was edited, in sentences.
fn notes(edits: &Edits) -> Vec<Text> {
    let mut notes = vec![];
    let mut note = |names: &[String], en: &str, zh: &str| {
        if !names.is_empty() {
            let names = listed(names.iter().map(String::as_str));
            notes.push(Text {
                en: format!("{en}: {}", names.en),
                zh: format!("{zh}：{}", names.zh),
            });
        }
    };
    note(&edits.sheets, "worksheets that are gone", "缺少工作表");
    note(&edits.gone, "columns that are gone", "缺少列");
    note(&edits.columns, "columns with other cells", "内容有变的列");
    if let Some((was, is)) = edits.rows {
        notes.push(text!(
            "rows were added, taken out or given another key: {was} were written, {is} are there",
            "有行被增加、删除或改了编号：写出 {was} 行，现有 {is} 行"
        ));
    }
    if edits.places.len() > 1 {
        let rows = edits
            .places
            .iter()
            .take(MOST_ROWS)
            .map(|(_, row)| row.to_string());
        let list = rows.collect::<Vec<_>>().join(", ");
        let more = edits.places.len().saturating_sub(MOST_ROWS);
        notes.push(match more {
            0 => text!("among the rows {list}", "在这些行中：{list}"),
            more => text!(
                "among the rows {list} and {more} more",
                "在这些行中：{list}，另有 {more} 行"
            ),
        });
    }
    notes
}

/// The verdict for programs.
fn record(file: &str, verdict: &Verdict, filled: &[String], run: Option<&str>) -> String {
    let (word, edits) = match verdict {
        Verdict::Unedited => ("unedited", Edits::default()),
        Verdict::Edited(edits) => ("edited", edits.clone()),
        Verdict::NoHash => ("no_hash", Edits::default()),
    };
    let rows: Vec<_> = edits
        .places
        .iter()
        .map(|(sheet, row)| json!({"sheet": sheet, "row": row}))
        .collect();
    json!({
        "file": file,
        "run": run,
        "verdict": word,
        "sheets_gone": edits.sheets,
        "columns_gone": edits.gone,
        "columns": edits.columns,
        "rows": rows,
        "count": edits.rows.map(|(was, is)| json!({"written": was, "found": is})),
        "filled": filled,
    })
    .to_string()
}
