//! What a table is to the ledger: new, known already, or older than what it has.

use super::import::Wanted;
use regrade::book::{SheetKind, source_of};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Import, content_hash};
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

/// A table with what decides about it.
pub struct Candidate {
    /// The sheet of the scheme.
    pub sheet: Arc<str>,
    /// Whether it is of events.
    pub is_events: bool,
    /// Where it comes from.
    pub source: Arc<str>,
    /// The table.
    pub table: Table,
    /// What it is said to cover, if it is of events.
    pub covers: Vec<(Date, Date)>,
    hash: OnceLock<String>,
}

impl Candidate {
    /// The hash of its content. It takes a while to find, so it is asked for only where the number of rows leaves a doubt.
    pub fn hash(&self) -> &str {
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

/// The tables of a call in the order in which they are taken in; `known` are the imports of the ledger.
pub fn candidates(
    scheme: &Scheme,
    tables: Vec<(Arc<str>, Table)>,
    wanted: &Wanted,
    known: &[Import],
) -> Vec<Candidate> {
    let sources = sources(&tables, wanted.source.as_deref(), known);
    let candidates = tables
        .into_iter()
        .zip(sources)
        .map(|((sheet, table), source)| {
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

/// Of which source each table of a call is: `wanted`, or what its file is called; `known` are the imports of the ledger.
pub fn sources(
    tables: &[(Arc<str>, Table)],
    wanted: Option<&str>,
    known: &[Import],
) -> Vec<String> {
    let source = |(sheet, table): &(Arc<str>, Table)| {
        let file = || source_of(&table.origin.file);
        let source = wanted.map_or_else(file, str::to_owned);
        let Some(worksheet) = &table.origin.worksheet else {
            return source;
        };
        // Several worksheets of one file for one sheet are sources of their own: none of them is the newer of the others.
        let same = tables
            .iter()
            .filter(|(other, of)| other == sheet && of.origin.file == table.origin.file);
        let shared = same.count() > 1;
        // A worksheet stays of the source that it was of, however many there are in the file this time.
        let own = format!("{source}/{worksheet}");
        let has = |source: &str| {
            known.iter().any(|import| {
                import.sheet == *sheet
                    && *import.filing.source == *source
                    && import.origin.worksheet.as_ref() == Some(worksheet)
            })
        };
        if has(&own) || shared && !has(&source) {
            own
        } else {
            source
        }
    };
    tables.iter().map(source).collect()
}

/// A file of events without ids whose very rows another source has brought in, in this call (`before`) or an earlier one:
/// taken for more, they would count twice.
pub fn known_elsewhere(
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
pub fn judge(
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
