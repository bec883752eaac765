//! What is done with a grading: its gates, its outputs, and what there is to say of it.

use super::Args;
use crate::cli::beside::LastRuns;
use crate::cli::changed::{self, Tags};
use crate::cli::gate::{self, Figures, Gate};
use crate::cli::grade_files::Graded;
use crate::cli::linting::Linting;
use crate::cli::output::Output;
use crate::cli::write::{Shown, write_all};
use crate::cli::{Exit, Format, Global, Screen, Stop};
use regrade::decide::Decision;
use regrade::diagnostic::{Finding, Lang, Severity};
use regrade::grading::{Grading, SeenAs};
use regrade::present::seen::Seen;
use regrade::present::summary::{self, Summary};
use regrade::report::{self, Judged, Promising};
use regrade::roles::{self, Viewer};
use regrade::scheme::model::{Expression, OutputColumn};
use std::sync::Arc;

/// What is to be done with a grading.
pub(super) struct Task<'a> {
    pub(super) args: &'a Args,
    pub(super) outputs: Vec<Output>,
    pub(super) gates: Vec<Gate>,
    /// The lint of the scheme.
    pub(super) lint: Arc<Linting>,
    /// Who the outputs are for, if not for somebody who may see everything.
    pub(super) viewer: Option<Viewer>,
    pub(super) wanted: Option<Expression>,
    pub(super) columns: Option<Vec<OutputColumn>>,
}

/// Whether one of the outputs is a page.
fn has_page(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| output.format == Format::Html)
}

/// What is done when so many rows are written for somebody, and before they appear.
type Record<'a> = dyn Fn(usize, Option<&SeenAs>) -> Result<(), Stop> + 'a;

/// What outputs tell beside the grading, as far as there are such outputs.
#[derive(Default)]
pub(super) struct Alongside {
    /// The tags of the run before.
    pub(super) tags: Option<Tags>,
    /// The last runs that the ledger has.
    pub(super) last: Option<LastRuns>,
    /// What a page says of strategies and the like.
    pub(super) judged: Option<(Judged, Vec<Finding>)>,
    /// Whom a workbook lists as promising.
    pub(super) promising: Option<(Promising, Vec<Finding>)>,
}

/// How a grading ended.
pub(super) struct Finished {
    pub(super) exit: Exit,
    /// Whether no gate stopped it: its outputs are written.
    pub(super) passed: bool,
}

impl Task<'_> {
    /// Whether an output shows the runs before. To a role none does: what was recorded then was written for those who
    /// see everything.
    pub(super) fn shows_runs(&self, global: &Global) -> bool {
        let is_book = |output: &Output| output.format == Format::Xlsx;
        let is_whole = !self.args.plain && self.viewer.is_none();
        is_whole && !global.dry_run && self.outputs.iter().any(is_book)
    }

    /// What a page tells beside the grades, if there is to be one.
    pub(super) fn judge(&self, graded: &mut Graded) -> Option<(Judged, Vec<Finding>)> {
        has_page(&self.outputs).then(|| report::judge(&mut graded.grading))
    }

    /// Who is promising, if a workbook is to list them. What there is to say of that a page has said with all the rest.
    pub(super) fn promising(
        &self,
        graded: &mut Graded,
        judged: Option<&(Judged, Vec<Finding>)>,
    ) -> Option<(Promising, Vec<Finding>)> {
        let is_book = |output: &Output| output.format == Format::Xlsx;
        if self.args.plain || !self.outputs.iter().any(is_book) {
            return None;
        }
        if let Some((judged, _)) = judged {
            return Some((judged.potential.clone()?, vec![]));
        }
        let mut found = vec![];
        let promising = report::promising(&mut graded.grading, &mut found)?;
        Some((promising, found))
    }

    /// Judges the gates, writes the outputs and says what there is to say. `record` is called with how many rows were
    /// written for whom, when all outputs are written and none has appeared yet.
    pub(super) fn finish(
        &self,
        graded: &Graded,
        alongside: Alongside,
        global: &Global,
        screen: &Screen,
        record: &Record<'_>,
    ) -> Result<Finished, Stop> {
        let all = &graded.grading;
        let seen = self.viewer.as_ref().map(|viewer| viewer.see(all));
        let grading = seen.as_ref().unwrap_or(all);
        let lang = global.lang.map_or(grading.scheme.language, Lang::from);
        let mut findings = graded.loaded.findings.clone();
        findings.extend(all.findings.iter().cloned());
        let (mut judged, mut promising) = (alongside.judged, alongside.promising);
        let is_sound = findings
            .iter()
            .all(|finding| finding.severity == Severity::Note);
        if let Some(viewer) = &self.viewer {
            if let Some((judged, found)) = &mut judged {
                *judged = judged.of_rows(&viewer.rows(all));
                findings.append(found);
            }
            if let Some((promising, found)) = &mut promising {
                *promising = promising.of_rows(&viewer.rows(all));
                findings.append(found);
            }
            findings = roles::withheld(&findings);
            findings.extend(roles::unique(grading));
        }
        let mut entries = grading.entries_where(self.wanted.as_ref(), &mut findings);
        if self.args.changed {
            let viewer = self.viewer.as_ref();
            let changed = changed::changed(all, alongside.tags.as_ref(), viewer);
            changed::keep(&mut entries, grading, &changed, viewer);
        }
        let rows = entries.len();
        let mut shown = Shown {
            seen: Seen { entries },
            columns: self.columns.clone(),
            lang,
            bom: self.args.bom.as_deref(),
            run: graded.run.as_deref(),
            last: alongside.last,
            plain: self.args.plain,
            promising: None,
            page: None,
        };
        findings.extend(regrade::explain::unrated(grading));
        if let Some((promising, found)) = promising {
            findings.extend(found);
            shown.promising = Some(promising);
        }
        if let Some((judged, found)) = judged {
            findings.extend(found);
            let page = crate::cli::report::of_grading(grading, &judged, &shown, &findings);
            shown.page = Some(page);
        }
        let summary = summary(graded, grading, lang, &findings);
        // To compare with the run before takes memory for every customer.
        let hit = if self.gates.is_empty() {
            vec![]
        } else {
            gate::hits(&self.gates, &Figures::of_grading(all))
        };
        screen.run_findings(&findings);
        if !hit.is_empty() {
            screen.findings(&hit, None);
            return Ok(Finished {
                exit: Exit::Findings,
                passed: false,
            });
        }
        if !global.dry_run {
            match write_all(
                &self.outputs,
                grading,
                &shown,
                &summary,
                global,
                screen,
                &|| record(rows, grading.role.as_deref()),
            ) {
                // A reader who has seen enough is no reason to go without the files and the run.
                Err(Stop::ClosedPipe) => {}
                other => other?,
            }
        }
        screen.say(&summary::line(&summary));
        let warned = !is_sound
            || findings
                .iter()
                .any(|finding| finding.severity > Severity::Note);
        Ok(Finished {
            exit: self.exit(all, warned),
            passed: true,
        })
    }

    /// How a run ends that no gate stopped; `warned` says whether there was a warning.
    fn exit(&self, all: &Grading, warned: bool) -> Exit {
        let unsound = || {
            warned
                || self.lint.warnings() > 0
                || all.count(Decision::Unrated) > 0
                || all.count(Decision::Refused) > 0
        };
        if self.args.strict && unsound() {
            Exit::Findings
        } else {
            Exit::Done
        }
    }
}

/// The figures of the run, of what is shown of it.
pub(in crate::cli) fn summary(
    graded: &Graded,
    shown: &Grading,
    lang: Lang,
    findings: &[Finding],
) -> Summary {
    let (_, text) = &graded.scheme;
    let mut summary = summary::summarise(
        shown,
        lang,
        text,
        graded.loaded.files.clone(),
        findings.to_vec(),
    );
    if shown.role.is_some() {
        // It may name values of columns that the role does not see; its hash is there.
        summary.scheme_text.clear();
    }
    summary
}
