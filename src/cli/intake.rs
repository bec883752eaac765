//! Takes tables into the ledger: which are new, which confirm what it has, which are old. Nothing is committed here.

use super::import::Wanted;
use super::last_import::last_import;
use super::repair::{Incoming, Repairs};
use super::{Stop, ledger};
use regrade::book::{
    Arrival, Filing, Inputs, Intake, SheetKind, changed_events, is_refusal, source_of,
};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Contents, Error, Import, ImportId, NewImport, Writer, content_hash};
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::sync::{Arc, OnceLock};

/// What became of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is in the ledger now.
    New,
    /// The newest import of its source has this content: it is confirmed as of the date.
    Confirmed,
    /// That is so already, as of this very date.
    Known,
    /// An older import has this content, and there is newer.
    Skipped,
}

impl Outcome {
    /// The word in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Confirmed => "confirmed",
            Self::Known => "known",
            Self::Skipped => "skipped",
        }
    }
}

/// A table that was taken in, or not.
pub struct Taken {
    /// The sheet of the scheme.
    pub sheet: Arc<str>,
    /// Where it comes from.
    pub source: Arc<str>,
    /// The file.
    pub place: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How many rows it has.
    pub rows: usize,
    /// How many of them cannot be used.
    pub refused: usize,
    /// First and last date of the rows of an event sheet.
    pub span: Option<(Date, Date)>,
}

/// A table with what decides about it.
struct Candidate {
    sheet: Arc<str>,
    is_events: bool,
    source: Arc<str>,
    table: Table,
    /// What it is said to cover, if it is of events.
    covers: Vec<(Date, Date)>,
    hash: OnceLock<String>,
}

impl Candidate {
    /// The hash of its content. It takes a while to find, so it is asked for only where the number of rows leaves a doubt.
    fn hash(&self) -> &str {
        self.hash.get_or_init(|| content_hash(&self.table))
    }

    /// Whether an import has its content.
    fn is_content_of(&self, import: &Import) -> bool {
        // Of an import that was mended rows may have been left out.
        let may_be = import.rows == self.table.rows.len() || !import.former.is_empty();
        may_be && import.has_content(self.hash())
    }

    /// Whether another has its content.
    fn has_content_of(&self, other: &Self) -> bool {
        self.table.rows.len() == other.table.rows.len() && self.hash() == other.hash()
    }
}

/// Takes tables into the ledger in their order. A table that must not be used stops the call with exit code 3.
pub fn take_all(
    writer: &Writer<'_>,
    scheme: &Scheme,
    tables: Vec<(Arc<str>, Table)>,
    as_of: Date,
    wanted: &Wanted,
    repairs: &mut Repairs,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Taken>, Stop> {
    let trouble = |error: Error| ledger::trouble(writer.path(), &error);
    let imports = writer.imports().map_err(trouble)?;
    let candidates = candidates(scheme, tables, wanted, &imports);
    let mut crosswalks = crosswalks(writer, scheme, as_of)?;
    for candidate in &candidates {
        if let Some(SheetKind::Crosswalk(_)) = SheetKind::of(scheme, &candidate.sheet) {
            let filing = Filing::named(&candidate.source, as_of, u64::MAX);
            crosswalks.put(
                scheme,
                &candidate.sheet,
                candidate.table.clone(),
                Some(filing),
            );
        }
    }
    let mut taken = vec![];
    let mut refusals = vec![];
    for (index, candidate) in candidates.iter().enumerate() {
        let known = writer
            .imports_of(&candidate.sheet, &candidate.source)
            .map_err(trouble)?;
        let place = candidate.table.origin.place();
        let before = &candidates[..index];
        if let Some(finding) = known_elsewhere(scheme, candidate, before, &imports, wanted) {
            refusals.push(finding.place(place));
            continue;
        }
        let outcome = match judge(candidate, &candidates[index + 1..], &known, as_of, wanted) {
            Ok(outcome) => outcome,
            Err(finding) => {
                refusals.push(finding.place(place));
                continue;
            }
        };
        let mut one = Taken {
            sheet: candidate.sheet.clone(),
            source: candidate.source.clone(),
            place: place.to_string(),
            outcome,
            rows: candidate.table.rows.len(),
            refused: 0,
            span: None,
        };
        match outcome {
            Outcome::New => {
                let filing = Filing::named(&candidate.source, as_of, index as u64);
                let (sheet, table) = (&candidate.sheet, &candidate.table);
                let before = last_import(writer, scheme, sheet, &known, as_of).map_err(trouble)?;
                let Some(arrival) = Arrival::new(scheme, sheet, table, &filing, &crosswalks) else {
                    continue;
                };
                let arrival = arrival.after(before, &crosswalks, &wanted.jumps);
                let incoming = Incoming {
                    scheme,
                    sheet,
                    source: &candidate.source,
                    filing: &filing,
                    crosswalks: &crosswalks,
                };
                // A table that people have mended already is judged as they mended it.
                let mended = repairs.mend(&incoming, table, || candidate.hash());
                let (import, came_in) = add(writer, candidate, &arrival, as_of).map_err(trouble)?;
                let (table, intake) = mended.as_ref().map_or((table, &came_in), |mended| {
                    (&mended.table, &mended.judged.intake)
                });
                one.refused = intake.refused;
                one.span = intake.span;
                findings.extend(intake.findings.iter().cloned());
                findings.extend(empty(scheme, candidate));
                if let (Some(SheetKind::Events(event)), Some(span)) =
                    (SheetKind::of(scheme, sheet), intake.span)
                    && scheme.events[event].id.is_some()
                {
                    let mut tables = overlapping(writer, sheet, span).map_err(trouble)?;
                    if !tables.is_empty() {
                        let filing = Filing {
                            order: u64::MAX,
                            ..filing.clone()
                        };
                        tables.push((filing, table.clone()));
                        findings.extend(changed_events(scheme, event, tables));
                    }
                }
                refusals.extend(intake.findings.iter().filter(|f| is_refusal(f)).cloned());
                repairs.refuse(&incoming, table, candidate.hash(), intake);
                let came_in = (&candidate.table, &came_in);
                let (mended, replaced) = (mended.as_ref(), known.first());
                repairs
                    .put(writer, import, &incoming, came_in, mended, replaced)
                    .map_err(trouble)?;
            }
            Outcome::Confirmed => {
                if let Some(newest) = known.first() {
                    repairs.about(newest.id);
                    writer.confirm(newest.id, as_of).map_err(trouble)?;
                    one.span = newest.span;
                }
            }
            Outcome::Known => {
                if let Some(newest) = known.first() {
                    repairs.about(newest.id);
                }
            }
            Outcome::Skipped => findings.push(
                Finding::note(
                    Code::OldContent,
                    text!(
                        "this content of `{}` was imported before, and there is newer: skipped",
                        "`{}` 的这份内容以前导入过，现有更新的内容：已跳过",
                        candidate.source
                    ),
                )
                .place(place),
            ),
        }
        taken.push(one);
    }
    if refusals.is_empty() {
        return Ok(taken);
    }
    let mut all = std::mem::take(findings);
    all.extend(
        refusals
            .into_iter()
            .filter(|finding| finding.code == Code::OldContent),
    );
    Err(Stop::refused(all))
}

/// The imports of an event sheet that have rows of a span of days.
fn overlapping(
    writer: &Writer<'_>,
    sheet: &str,
    (first, last): (Date, Date),
) -> Result<Vec<(Filing, Table)>, Error> {
    let mut imports = writer.imports()?;
    imports.retain(|import| {
        let overlaps = |(from, to): (Date, Date)| from <= last && first <= to;
        *import.sheet == *sheet && import.span.is_some_and(overlaps)
    });
    let load = |import: Import| Ok((import.filing, writer.load_table(import.id)?));
    imports.into_iter().map(load).collect()
}

/// A file with a header only says nothing by itself.
fn empty(scheme: &Scheme, candidate: &Candidate) -> Option<Finding> {
    let table = &candidate.table;
    if !table.rows.is_empty() || !candidate.covers.is_empty() {
        return None;
    }
    let name = &candidate.sheet;
    let finding = Finding::warning(
        Code::NoRows,
        text!(
            "the file has no row of `{name}`",
            "该文件没有 `{name}` 的任何一行"
        ),
    )
    .place(table.origin.place());
    Some(match SheetKind::of(scheme, name) {
        Some(SheetKind::Events(_)) => finding.help(text!(
            "it covers no period; if nothing has happened in one, say which: `--covers 2024-04`",
            "它不覆盖任何期间；若某期间确实没有记录，请写明：`--covers 2024-04`"
        )),
        Some(SheetKind::Customers) => finding.help(text!(
            "everybody of this source is absent from now on; see whether the export is complete",
            "该来源的客户从现在起全部缺席；请检查导出是否完整"
        )),
        _ => finding.help(text!(
            "see whether the export is complete",
            "请检查导出是否完整"
        )),
    })
}

/// `known` are the imports of the ledger.
fn candidates(
    scheme: &Scheme,
    tables: Vec<(Arc<str>, Table)>,
    wanted: &Wanted,
    known: &[Import],
) -> Vec<Candidate> {
    // Several worksheets of one file for one sheet are sources of their own: none of them is the newer of the others.
    let shared: Vec<bool> = tables
        .iter()
        .map(|(sheet, table)| {
            let same = tables
                .iter()
                .filter(|(other, of)| other == sheet && of.origin.file == table.origin.file);
            same.count() > 1
        })
        .collect();
    let candidates = tables
        .into_iter()
        .zip(shared)
        .map(|((sheet, table), shared)| {
            let file = || source_of(&table.origin.file);
            let mut source = wanted.source.clone().unwrap_or_else(file);
            if let Some(worksheet) = &table.origin.worksheet {
                // A worksheet stays of the source that it was of, however many there are in the file this time.
                let own = format!("{source}/{worksheet}");
                let has = |source: &str| {
                    known.iter().any(|import| {
                        *import.sheet == *sheet
                            && *import.filing.source == *source
                            && import.origin.worksheet.as_ref() == Some(worksheet)
                    })
                };
                if has(&own) || shared && !has(&source) {
                    source = own;
                }
            }
            let is_events = is_events(scheme, &sheet);
            Candidate {
                is_events,
                covers: if is_events {
                    wanted.covers.clone()
                } else {
                    vec![]
                },
                sheet,
                source: source.into(),
                table,
                hash: OnceLock::new(),
            }
        });
    // Crosswalks first: what they map comes after.
    let mut candidates: Vec<Candidate> = candidates.collect();
    candidates.sort_by_key(|candidate| {
        let kind = SheetKind::of(scheme, &candidate.sheet);
        !matches!(kind, Some(SheetKind::Crosswalk(_)))
    });
    candidates
}

/// A file of events without ids whose very rows another source has brought in, in this call (`before`) or an earlier one:
/// taken for more, they would count twice.
fn known_elsewhere(
    scheme: &Scheme,
    candidate: &Candidate,
    before: &[Candidate],
    imports: &[Import],
    wanted: &Wanted,
) -> Option<Finding> {
    let Some(SheetKind::Events(index)) = SheetKind::of(scheme, &candidate.sheet) else {
        return None;
    };
    let may_repeat = wanted.again || wanted.source.is_some() || candidate.table.rows.is_empty();
    if may_repeat || scheme.events[index].id.is_some() {
        return None;
    }
    let same =
        |import: &&Import| import.sheet == candidate.sheet && candidate.is_content_of(import);
    let mut known = imports.iter().filter(same);
    // Who said `--again` once need not say it with every repetition.
    if known
        .clone()
        .any(|import| import.filing.source == candidate.source)
    {
        return None;
    }
    let earlier = before.iter().find(|other| {
        other.sheet == candidate.sheet
            && other.source != candidate.source
            && other.has_content_of(candidate)
    });
    let earlier = earlier.map(|other| (&other.source, other.table.origin.place()));
    let import = known
        .next()
        .map(|import| (&import.filing.source, import.origin.place()));
    let (source, file) = import.or(earlier)?;
    Some(
        Finding::error(
            Code::OldContent,
            text!(
                "the file has the very rows of {file}, which came from the source `{source}`: they would count twice",
                "该文件与来源 `{source}` 的 {file} 内容完全相同，会被重复计入"
            ),
        )
        .help(text!(
            "if it is the same file, say `--source {source}`; if these are other events, say `--again`",
            "若是同一份文件，请加 `--source {source}`；若确是另外的流水，请加 `--again`"
        )),
    )
}

/// What becomes of a table; `later` are those of the call that come after it, `known` the imports of its source, the
/// newest first.
fn judge(
    candidate: &Candidate,
    later: &[Candidate],
    known: &[Import],
    as_of: Date,
    wanted: &Wanted,
) -> Result<Outcome, Finding> {
    let Some(newest) = known.first() else {
        return Ok(Outcome::New);
    };
    let of_source =
        |other: &&Candidate| other.sheet == candidate.sheet && other.source == candidate.source;
    let is_superseded = later
        .iter()
        .filter(of_source)
        .any(|other| !other.has_content_of(candidate));
    let is_same = |import: &&Import| candidate.is_content_of(import);
    // What a file is said to cover is content too: two months without orders are two files with the same rows, none.
    let is_said = |import: &&Import| {
        let spans = &import.filing.covers;
        candidate.covers.iter().all(|span| spans.contains(span))
    };
    let has_it = known.iter().any(|import| is_same(&import));
    if has_it && !known.iter().filter(is_same).any(|import| is_said(&import)) {
        return Ok(Outcome::New);
    }
    if is_same(&newest) && is_said(&newest) {
        let filing = &newest.filing;
        let is_known = filing.as_of == as_of || filing.confirmed.contains(&as_of);
        return Ok(match (is_known, is_superseded) {
            (true, _) => Outcome::Known,
            // A later file of the call is the one in force; this one says nothing about the date.
            (false, true) => Outcome::Skipped,
            (false, false) => Outcome::Confirmed,
        });
    }
    // Two exports without a row are no content that could be old.
    if candidate.is_events && candidate.table.rows.is_empty() {
        let mut said = known.iter().filter(is_said);
        let is_known = said.any(|import| import.rows == 0);
        return Ok(if is_known {
            Outcome::Known
        } else {
            Outcome::New
        });
    }
    if !has_it || wanted.again {
        return Ok(Outcome::New);
    }
    let is_newer_known = newest.filing.newness().0 >= as_of;
    if is_superseded || is_newer_known {
        return Ok(Outcome::Skipped);
    }
    let source = &candidate.source;
    Err(Finding::error(
        Code::OldContent,
        text!(
            "the file has the content of an earlier import of `{source}`, and a newer one has been imported since",
            "该文件与 `{source}` 较早的一次导入内容相同，而此后已有更新的内容"
        ),
    )
    .help(text!(
        "if it is to count again as of {as_of}, say so with `--again`",
        "若确要它自 {as_of} 起重新生效，请加 `--again`"
    )))
}

fn is_events(scheme: &Scheme, sheet: &str) -> bool {
    matches!(SheetKind::of(scheme, sheet), Some(SheetKind::Events(_)))
}

/// Writes the rows of a table while another thread cleans and checks them. Whatever that finds, nothing is committed here.
fn add(
    writer: &Writer<'_>,
    candidate: &Candidate,
    arrival: &Arrival<'_>,
    as_of: Date,
) -> Result<(ImportId, Intake), Error> {
    let about = NewImport {
        as_of,
        sheet: candidate.sheet.clone(),
        source: candidate.source.clone(),
        covers: candidate.covers.clone(),
    };
    std::thread::scope(|scope| {
        let table = &candidate.table;
        let checking = scope.spawn(|| (arrival.take_in(), candidate.hash()));
        let owners = arrival.owners();
        let mut intake = None;
        let import = writer.add_import(table, &about, owners.each(), || {
            let (found, hash) = checking
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let contents = Contents {
                hash: hash.to_owned(),
                refused: found.refused,
                span: found.span,
            };
            intake = Some(found);
            contents
        })?;
        Ok((import, intake.unwrap_or_default()))
    })
}

/// The crosswalks that the ledger has in force.
pub(super) fn crosswalks(
    writer: &Writer<'_>,
    scheme: &Scheme,
    as_of: Date,
) -> Result<Inputs, Stop> {
    let trouble = |error: Error| ledger::trouble(writer.path(), &error);
    let mut inputs = Inputs::empty(scheme);
    if scheme.crosswalks.is_empty() {
        return Ok(inputs);
    }
    for import in writer.imports().map_err(trouble)? {
        let kind = SheetKind::of(scheme, &import.sheet);
        if matches!(kind, Some(SheetKind::Crosswalk(_))) && import.filing.as_of <= as_of {
            let table = writer.load_table(import.id).map_err(trouble)?;
            inputs.put(scheme, &import.sheet, table, Some(import.filing.clone()));
        }
    }
    Ok(inputs)
}
