//! Reads corrections back: from the reviewers' columns of graded workbooks, or from a sheet of corrections.

use super::by_hand::Set;
use super::desk::Recorded;
use super::list;
use super::room::Room;
use super::{duplicates, verdicts};
use crate::cli::inputs;
use crate::cli::output::{Output, files_of, keep_inputs};
use crate::cli::repair::{read_back, target};
use crate::cli::{Exit, Global, Reading, Screen, Stop, ledger};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::read::{self, Input, KnownSheet, Table};
use regrade::repair;
use regrade::review::{self, Form, Read, key_headers};
use regrade::text;
use regrade::words::Word;
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Reads graded workbooks.
pub fn run(
    files: &[String],
    reading: &Reading,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    if files.is_empty() {
        let finding = Finding::error(
            Code::Usage,
            text!("no file to read back", "没有要读回的文件"),
        );
        return Err(Stop::usage(finding.help(text!(
            "name the graded workbook that reviewers filled, or see `regrade review --help`",
            "请给出复核人填过的评级工作簿，或看 `regrade review --help`"
        ))));
    }
    let rules = crate::cli::rules::load(global)?;
    let (pairs, others) = duplicates::apart(&rules.scheme, files, reading)?;
    if !pairs.is_empty() && wants_list(global) {
        return Err(no_list());
    }
    // Of files that cannot all be used none is.
    let others = if others.is_empty() {
        None
    } else {
        Some(Returned::open(&others, &Form::Graded, reading, global)?)
    };
    let mut worst = Exit::Done;
    if !pairs.is_empty() {
        worst = verdicts::back(&pairs, global, screen)?;
    }
    if let Some(others) = others
        && others.record(global, screen)? != Exit::Done
    {
        worst = Exit::Findings;
    }
    Ok(worst)
}

/// Reads a sheet of corrections.
pub fn from_list(file: &str, set: &Set, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let form = Form::List {
        by: ledger::named_by(global).map(Into::into),
        reason: set.reason.as_deref().map(Into::into),
    };
    Returned::open(&[file.to_owned()], &form, &set.reading, global)?.record(global, screen)
}

/// Files that came back and can be used, before anything is written of them.
struct Returned {
    room: Room,
    /// The pages of repair workbooks.
    pages: Vec<Table>,
    /// What the others say; `None` where there are none.
    read: Option<Read>,
    /// Where what was read is listed; nowhere if nobody asked for it.
    outputs: Vec<Output>,
}

impl Returned {
    /// Reads files, and stops if one of them cannot be used or the person at work may not decide anything.
    fn open(
        files: &[String],
        form: &Form,
        reading: &Reading,
        global: &Global,
    ) -> Result<Self, Stop> {
        let mut room = Room::open(global)?;
        let paths: Vec<PathBuf> = files
            .iter()
            .filter_map(|file| match inputs::input(file) {
                Input::File { path, .. } => Some(path),
                Input::Stdin => None,
            })
            .chain(room.files())
            .collect();
        let (pages, tables): (Vec<Table>, Vec<Table>) = load(&room, files, form, reading)?
            .into_iter()
            .partition(|table| repair::is_page(&table.headers));
        let only_repairs = tables.is_empty() && !pages.is_empty();
        let outputs = if only_repairs {
            target(global)?
        } else if !wants_list(global) {
            vec![]
        } else if pages.is_empty() {
            list::targets(global)?
        } else {
            return Err(both_kinds());
        };
        keep_inputs(&files_of(&outputs), &paths)?;
        let mut read = None;
        if !only_repairs {
            let found = review::read(room.scheme(), &tables, form);
            let without = without_columns(&tables, &found, form);
            if !without.is_empty() {
                return Err(Stop::refused(without));
            }
            let (_, desk) = room.desk()?;
            desk.allow("", "reading corrections back")?;
            read = Some(found);
        }
        Ok(Self {
            room,
            pages,
            read,
            outputs,
        })
    }

    /// Writes what the files say, and tells what was not taken.
    fn record(mut self, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
        let (room, outputs) = (&mut self.room, &self.outputs);
        let mut mended = Exit::Done;
        if !self.pages.is_empty() {
            mended = read_back(self.pages, outputs, room, global, screen)?;
        }
        let Some(read) = self.read else {
            return Ok(mended);
        };
        let lang = global.lang.map_or(room.scheme().language, Lang::from);
        let (about, desk) = room.desk()?;
        let scheme = &about.rules.scheme;
        let wanted: HashSet<Arc<str>> = read
            .corrections
            .iter()
            .map(|correction| correction.customer.clone())
            .collect();
        let standings = desk.standings(|row| wanted.contains(&row.customer))?;
        let mut settled = review::settle(scheme, read.corrections, about.as_of, |customer| {
            standings.current(customer)
        });
        settled.findings.splice(0..0, read.findings);
        let recorded = desk.record(&standings, &settled)?;
        screen.run_findings(&settled.findings);
        list::write(outputs, &recorded.lines, lang)?;
        desk.commit()?;
        say(&recorded, settled.repeated, global.dry_run, screen);
        Ok(match exit(&settled.findings) {
            Exit::Done => mended,
            other => other,
        })
    }
}

/// Whether somebody asks for a list of what was read.
fn wants_list(global: &Global) -> bool {
    !global.output.is_empty() || global.format.is_some()
}

/// Verdicts have no list of their own.
fn no_list() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "what is read back of pairs of customers cannot be listed with `-o` or `--format`",
            "读回的重复客户判断不能用 `-o` 或 `--format` 列出"
        ),
    );
    Stop::usage(finding.help(text!(
        "read them back without; `regrade review duplicates -o FILE` writes the pairs that are open then",
        "请不带该选项读回；之后可用 `regrade review duplicates -o 文件` 写出仍待判断的各对客户"
    )))
}

/// One output cannot show corrections and rows that wait.
fn both_kinds() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "graded workbooks and repair workbooks cannot be listed in one output",
            "评级工作簿与修正表不能输出到同一个文件"
        ),
    );
    Stop::usage(finding.help(text!(
        "read them back one after the other, or without `-o`",
        "请分两次读回，或不写 `-o`"
    )))
}

/// 1 where something kept a correction from being applied.
pub fn exit(findings: &[Finding]) -> Exit {
    if findings.iter().any(Finding::is_error) {
        Exit::Findings
    } else {
        Exit::Done
    }
}

fn say(recorded: &Recorded, repeated: usize, dry_run: bool, screen: &Screen) {
    let (set, ended) = (recorded.lines.len(), recorded.ended);
    let (reviewed, disputed) = (recorded.reviewed, recorded.disputed);
    let (en, zh) = if dry_run {
        ("would be ", "（试运行，未写入）")
    } else {
        ("", "")
    };
    screen.say(&text!(
        "corrections {en}set: {set} · ended: {ended} · disputed: {disputed} · known already: {repeated} · reviews \
         settled: {reviewed}",
        "复核采用 {set} 项 · 结束 {ended} 项 · 意见不一 {disputed} 项 · 已有 {repeated} 项 · 了结待复核 {reviewed} 项{zh}"
    ));
}

/// The tables of all files that have the customers' key. Faults of all files are told at once.
fn load(room: &Room, files: &[String], form: &Form, reading: &Reading) -> Result<Vec<Table>, Stop> {
    let options = reading.options()?;
    let both = |words: &[Word]| -> Vec<String> {
        let words = words.iter();
        words
            .flat_map(|word| [word.get(Lang::Zh).to_owned(), word.get(Lang::En).to_owned()])
            .collect()
    };
    let reviewers = both(&[
        Word::ReviewGrade,
        Word::ReviewType,
        Word::ReviewTag,
        Word::ReviewComment,
        Word::Reviewer,
        Word::Until,
        Word::ReviewOn,
    ]);
    let mut headers = key_headers(room.scheme());
    headers.extend(reviewers);
    if *form != Form::Graded {
        headers.extend(both(&[
            Word::Grade,
            Word::Type,
            Word::Tags,
            Word::Hold,
            Word::Person,
        ]));
        let plain = [
            "grade", "type", "tag", "reason", "by", "until", "原因", "理由",
        ];
        headers.extend(plain.map(String::from));
    }
    let known = KnownSheet {
        name: "review".into(),
        key: key_headers(room.scheme()),
        required: vec![],
        headers,
        results: both(&[Word::Grade, Word::Change, Word::Reasons]),
    };
    let mut tables = vec![];
    let mut errors = vec![];
    for file in files {
        match read::open(
            &inputs::input(file),
            &[known.clone(), repair::known_page()],
            &options,
            &|_, _| {},
        ) {
            Ok(found) => {
                let lost = |table: &&Table| repair::has_lost_mark(&table.headers);
                errors.extend(found.iter().filter(lost).map(repair::lost_mark));
                tables.extend(found);
            }
            Err(findings) => errors.extend(findings),
        }
    }
    if errors.iter().any(Finding::is_error) {
        return Err(Stop::refused(errors));
    }
    Ok(tables)
}

/// The files of which no table has a column for corrections.
fn without_columns(tables: &[Table], read: &Read, form: &Form) -> Vec<Finding> {
    // A table with a column for corrections and none for the key has its own finding.
    if read
        .findings
        .iter()
        .any(|finding| finding.code == Code::MissingColumn)
    {
        return read.findings.clone();
    }
    let files: BTreeSet<&str> = tables.iter().map(|table| &*table.origin.file).collect();
    let used: BTreeSet<&str> = read
        .used
        .iter()
        .map(|index| &*tables[*index].origin.file)
        .collect();
    files
        .difference(&used)
        .map(|file| {
            Finding::error(
                Code::MissingColumn,
                text!(
                    "`{file}` has no column for corrections",
                    "`{file}` 中没有填写复核的列"
                ),
            )
            .help(match form {
                Form::Graded => text!(
                    "reviewers fill `Review grade`, `Review comment` and `Reviewer` of the graded workbook; a sheet \
                     of corrections is read with `regrade review set --from FILE`",
                    "复核人填写评级工作簿的 `复核等级`、`复核意见`、`复核人`；调整清单请用 `regrade review set --from 文件` \
                     读取"
                ),
                Form::List { .. } => text!(
                    "it needs a column `grade`, `type` or `tag` beside the key; the grades of a result are no \
                     corrections",
                    "除客户编号外，还需要 `等级`、`类型` 或 `标签` 列；评级结果中的等级不是调整"
                ),
            })
        })
        .collect()
}
