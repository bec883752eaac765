//! The repair workbook as a file: which rows it has, and where it goes.

use super::apply::import_of;
use super::open::Open;
use super::{Repairs, known_of, trouble};
use crate::cli::files::{Files, Reader, Sink, write_outputs};
use crate::cli::output::{Output, Target, outputs};
use crate::cli::{Format, Global, Stop};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::ledger::{Error, Ledger, Writer, content_mark};
use regrade::present::workbook::{RepairBook, WorkbookError, write_repairs};
use regrade::read::{self, Input};
use regrade::repair::{self, Line, Mark, Page, PageRow, State};
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// The outputs of a call that writes nothing but the repair workbook.
pub fn target(global: &Global) -> Result<Vec<Output>, Stop> {
    if global.output.is_empty() {
        return Ok(vec![]);
    }
    let outputs = outputs(global, global.format)?;
    if outputs.iter().any(|output| output.format != Format::Xlsx) {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "the rows that have to be mended are written as a workbook",
                "待修正的行只能输出为工作簿"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "name an .xlsx file, as in `-o repair.xlsx`",
            "请指定 .xlsx 文件，如 `-o 待修正.xlsx`"
        ))));
    }
    Ok(outputs)
}

/// The pages of what waits.
pub fn pages<'a>(
    ledger: &Ledger,
    scheme: &Scheme,
    open: impl IntoIterator<Item = &'a Open>,
) -> Result<Vec<Page>, Error> {
    open.into_iter()
        .map(|one| {
            let Open { import, rows } = one;
            let table = ledger.load_waiting(import.id)?;
            let numbers: BTreeSet<u32> = rows.iter().map(|row| row.number).collect();
            let is_open = |row: &usize| numbers.contains(&table.rows.row_number(*row));
            let table = repair::picked(&table, (0..table.rows.len()).filter(is_open));
            let known: Vec<repair::Known> =
                ledger.repairs(import.id)?.iter().map(known_of).collect();
            let (sheet, source) = (&import.sheet, &import.filing.source);
            let content = content_mark(sheet, source, &import.content_hash);
            let mut by_number: BTreeMap<u32, Vec<&repair::Known>> = BTreeMap::new();
            for one in &known {
                by_number.entry(one.number).or_default().push(one);
            }
            let rows = rows.iter().map(|row| {
                let of_row = || by_number.get(&row.number).into_iter().flatten().copied();
                let disputed = of_row().filter(|one| one.state == State::Disputed);
                PageRow {
                    mark: Mark {
                        content: content.clone(),
                        number: row.number,
                        seen: of_row().map(|one| one.id).max().unwrap_or(0),
                    },
                    faults: row.about.faults.clone(),
                    disputes: disputed.map(repair::dispute).collect(),
                    owner: row.about.owner.clone(),
                    due: row.about.due,
                }
            });
            Ok(Page {
                sheet: sheet.clone(),
                source: source.clone(),
                columns: repair::columns_of(scheme, sheet, &table),
                rows: rows.collect(),
                table,
            })
        })
        .collect()
}

/// Writes the workbook into every output; files appear when all is written.
pub fn write(
    outputs: &[Output],
    scheme: &Scheme,
    lang: Lang,
    as_of: Date,
    pages: Vec<Page>,
) -> Result<(), Stop> {
    let mut files = Files::default();
    let reader = put(&mut files, outputs, scheme, lang, as_of, pages)?;
    files.commit()?;
    reader.end()
}

/// The same among the files of a call, which appear together.
fn put(
    files: &mut Files,
    outputs: &[Output],
    scheme: &Scheme,
    lang: Lang,
    as_of: Date,
    pages: Vec<Page>,
) -> Result<Reader, Stop> {
    let book = RepairBook {
        lang,
        as_of,
        scheme: scheme.name.clone(),
        pages,
    };
    write_outputs(outputs, files, |output, out| {
        out.workbook(output, |out| save(&book, out))
    })
}

fn save(book: &RepairBook, out: &mut dyn Sink) -> io::Result<()> {
    write_repairs(book, out).map_err(|error| match error {
        WorkbookError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

/// The workbook that `import` is to write.
pub struct Book<'a> {
    /// Where it goes; nowhere if nobody asked for it.
    pub outputs: &'a [Output],
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The language of headings and reasons.
    pub lang: Lang,
    /// The date of the call.
    pub as_of: Date,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

impl Book<'_> {
    /// Writes the rows that wait of the imports that the call is about, among the files of the call.
    pub fn put(
        &self,
        files: &mut Files,
        open: &[Open],
        repairs: &Repairs,
        writer: &Writer<'_>,
    ) -> Result<Reader, Stop> {
        if self.outputs.is_empty() || self.dry_run {
            return Ok(Reader::Stayed);
        }
        let trouble = trouble(writer);
        keep_unread(self.outputs, writer, self.scheme, &[])?;
        let of_call = open
            .iter()
            .filter(|one| repairs.imports().contains(&one.import.id));
        let pages = pages(writer, self.scheme, of_call).map_err(&trouble)?;
        // A full disk is to show now, before the workbook appears.
        writer.flush().map_err(&trouble)?;
        put(
            files,
            self.outputs,
            self.scheme,
            self.lang,
            self.as_of,
            pages,
        )
    }

    /// Writes the rows that cannot be used of a call that is refused, and says where they are or how they are had.
    pub fn refused(
        &self,
        stop: Stop,
        repairs: &Repairs,
        writer: &Writer<'_>,
    ) -> Result<Stop, Stop> {
        let pages = repairs.refused();
        let Stop::Findings {
            mut findings,
            source,
            exit,
        } = stop
        else {
            return Ok(stop);
        };
        findings.extend(repairs.findings().iter().cloned());
        let rows = repairs.refused_rows();
        if rows > 0 {
            let written = !self.outputs.is_empty() && !self.dry_run;
            if written {
                keep_unread(self.outputs, writer, self.scheme, pages)?;
                let pages = pages.to_vec();
                write(self.outputs, self.scheme, self.lang, self.as_of, pages)?;
            }
            findings.push(told(rows, written));
        }
        Ok(Stop::Findings {
            findings,
            source,
            exit,
        })
    }
}

/// What is said of rows of a call that is refused.
fn told(rows: usize, written: bool) -> Finding {
    if written {
        let finding = Finding::note(
            Code::WaitingRows,
            text!(
                "rows that cannot be used, in the workbook now: {rows}; nothing was imported",
                "不能使用的 {rows} 行已写入修正表；未导入任何数据"
            ),
        );
        return finding.help(text!(
            "mend them there, then import both: `regrade import FILE REPAIRED.xlsx`",
            "在其中修正后一起导入：`regrade import 原文件 修正表.xlsx`"
        ));
    }
    let finding = Finding::note(
        Code::WaitingRows,
        text!(
            "rows that cannot be used: {rows}; nothing was imported",
            "有 {rows} 行不能使用；未导入任何数据"
        ),
    );
    finding.help(text!(
        "to mend them in a workbook, write one: `regrade import … -o repair.xlsx`",
        "可写出修正表来修正：`regrade import … -o 待修正.xlsx`"
    ))
}

/// Refuses to write over a repair workbook in which people have mended rows that nobody has read back: their work would be
/// lost. `refused` are rows of this call that are in no ledger.
pub fn keep_unread(
    outputs: &[Output],
    ledger: &Ledger,
    scheme: &Scheme,
    refused: &[Page],
) -> Result<(), Stop> {
    for output in outputs {
        let Target::File(path) = &output.target else {
            continue;
        };
        if !path.is_file() {
            continue;
        }
        let unread = unread(path, ledger, scheme, refused);
        let unread = unread.map_err(|error| crate::cli::ledger::trouble(ledger.path(), &error))?;
        if unread > 0 {
            let shown = path.display();
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "mended rows of `{shown}` that were not read back would be written over: {unread}",
                    "`{shown}` 中有 {unread} 行修正尚未读回，会被覆盖"
                ),
            );
            return Err(Stop::usage(finding.help(text!(
                "read them back first: `regrade review {shown}`; or write to another file",
                "请先读回：`regrade review {shown}`；或输出到另一个文件"
            ))));
        }
    }
    Ok(())
}

/// How many rows of a workbook say what the ledger does not know.
fn unread(path: &Path, ledger: &Ledger, scheme: &Scheme, refused: &[Page]) -> Result<usize, Error> {
    let input = Input::File {
        path: path.to_path_buf(),
        name: path.display().to_string(),
        worksheet: None,
    };
    let options = read::Options::default();
    let known = [repair::known_page(), repair::known_unmarked_page()];
    // What cannot be read as a repair workbook is none.
    let Ok(mut pages) = read::open(&input, &known, &options, &|_, _| {}) else {
        return Ok(0);
    };
    // Of a page whose headers were changed nobody can say which rows were mended: all of them may be.
    let lost = |page: &&regrade::read::Table| repair::has_lost_mark(&page.headers);
    let mut unread: usize = pages.iter().filter(lost).map(|page| page.rows.len()).sum();
    pages.retain(|page| repair::is_page(&page.headers));
    let mut of_content: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in repair::lines(&pages, &mut vec![]) {
        let content = line.mark.content.clone();
        of_content.entry(content).or_default().push(line);
    }
    let imports = ledger.imports()?;
    for (content, lines) in of_content {
        let is_of = |page: &&Page| page.rows.iter().any(|row| row.mark.content == content);
        let (table, known) = match refused.iter().find(is_of) {
            Some(page) => (page.table.clone(), vec![]),
            None => match import_of(&content, &imports, scheme) {
                Some(index) => {
                    let import = imports[index].id;
                    let known = ledger.repairs(import)?;
                    (ledger.load_waiting(import)?, known)
                }
                None => continue,
            },
        };
        let known: Vec<repair::Known> = known.iter().map(known_of).collect();
        let waiting = (0..table.rows.len()).map(|row| table.rows.row_number(row));
        let waiting = waiting.collect();
        let lines: Vec<&Line> = lines.iter().collect();
        let mut told = vec![];
        let is_altered = |code| matches!(code, Code::MissingColumn | Code::UnitConflict);
        let said = repair::said(&pages, &lines, &table, &known, &waiting, "", &mut told);
        if told.iter().any(|one| is_altered(one.code)) {
            unread += lines.len();
            continue;
        }
        let mut by_number: BTreeMap<u32, Vec<&repair::Known>> = BTreeMap::new();
        for one in &known {
            by_number.entry(one.number).or_default().push(one);
        }
        let is_new = |one: &&repair::Statement| {
            let of_row = by_number.get(&one.number).into_iter().flatten();
            of_row
                .into_iter()
                .all(|known| !one.is(known.cells.as_ref()))
        };
        unread += said.iter().filter(is_new).count();
    }
    Ok(unread)
}
