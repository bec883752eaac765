//! What there is to say of the period ends before the last: a run that catches up on many says each kind once.

use crate::diagnostic::{Finding, Text};
use crate::table::Date;
use crate::text;
use crate::words::by_count;
use foldhash::HashSet;

/// What was found at the ends of earlier periods, in order.
#[derive(Debug, Default)]
pub(super) struct EarlierFindings {
    all: Vec<(Date, Finding)>,
}

impl EarlierFindings {
    /// Takes what was found as of the last day of a period.
    pub(super) fn add(&mut self, end: Date, findings: Vec<Finding>) {
        self.all
            .extend(findings.into_iter().map(|finding| (end, finding)));
    }

    /// What is to be said beside what is found `now`: of each kind the first, and how many more there are. What is so
    /// now as well is said there.
    pub(super) fn told(mut self, now: &[Finding]) -> Vec<Finding> {
        let now: HashSet<&Text> = now.iter().map(|finding| &finding.title).collect();
        self.all
            .retain(|(_, finding)| !now.contains(&finding.title));
        let mut told: Vec<Finding> = vec![];
        while let Some((end, first)) = self.all.first().cloned() {
            let is_kind = |finding: &Finding| finding.code == first.code;
            let mut of_kind = self.all.iter().filter(|(_, finding)| is_kind(finding));
            let more = of_kind.clone().count() - 1;
            let last = of_kind.next_back().map_or(end, |(end, _)| *end);
            self.all.retain(|(_, finding)| !is_kind(finding));
            let Text { en, zh } = &first.title;
            let title = Text {
                en: format!("as of {end}: {en}"),
                zh: format!("截至 {end}：{zh}"),
            };
            let finding = Finding {
                title,
                cell: None,
                ..first
            };
            let are = by_count(&more, "is", "are");
            told.push(if more == 0 {
                finding
            } else {
                finding.with_note(text!(
                    "there {are} {more} more like it at period ends up to {last}",
                    "至 {last} 的各期末另有 {more} 项同类问题"
                ))
            });
        }
        told
    }
}
