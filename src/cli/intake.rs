//! Takes tables into the ledger. Nothing is committed here.

use super::candidate::{Candidate, Outcome, candidates, judge, known_elsewhere};
use super::import::Wanted;
use super::last_import::{is_of_change, last_import};
use super::repair::{Incoming, Repairs};
use super::{Stop, ledger};
use regrade::book::{Arrival, Filing, Inputs, Intake, SheetKind, changed_events, is_refusal};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Contents, Error, Import, ImportId, NewImport, Writer};
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::panic::resume_unwind;
use std::sync::Arc;

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
                    let mut tables = overlapping(writer, sheet, span, import).map_err(trouble)?;
                    let filing = Filing {
                        order: u64::MAX,
                        ..filing.clone()
                    };
                    tables.push((filing, table.clone()));
                    findings.extend(changed_events(scheme, event, tables));
                }
                refusals.extend(intake.findings.iter().filter(|f| is_refusal(f)).cloned());
                if mended.is_some() {
                    // Rows were mended by themselves; only the file as it came was held against the one before.
                    let of_change = |finding: &&Finding| is_of_change(scheme, finding);
                    let said = came_in.findings.iter().filter(of_change);
                    let said: Vec<Finding> = said.cloned().collect();
                    findings.extend(said.iter().cloned());
                    refusals.extend(said.into_iter().filter(is_refusal));
                }
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

/// The imports of an event sheet that have rows of a span of days, all but `new`.
fn overlapping(
    writer: &Writer<'_>,
    sheet: &str,
    (first, last): (Date, Date),
    new: ImportId,
) -> Result<Vec<(Filing, Table)>, Error> {
    let mut imports = writer.imports()?;
    imports.retain(|import| {
        let overlaps = |(from, to): (Date, Date)| from <= last && first <= to;
        import.id != new && *import.sheet == *sheet && import.span.is_some_and(overlaps)
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

/// Writes the rows of a table while other threads clean, check and hash them. Whatever they find, nothing is committed
/// here.
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
        let checking = scope.spawn(|| arrival.take_in());
        let hashing = scope.spawn(|| candidate.hash());
        let owners = arrival.owners();
        let mut intake = None;
        let import = writer.add_import(table, &about, owners.each(), || {
            let found = checking.join().unwrap_or_else(|panic| resume_unwind(panic));
            let hash = hashing.join().unwrap_or_else(|panic| resume_unwind(panic));
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
