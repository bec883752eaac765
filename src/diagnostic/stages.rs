//! The order in which findings about a table are made: stage after stage, in each of them row after row.
//!
//! A table that is read in parts has the findings of the whole when each stage has those of all parts, one part after
//! another.

use super::Finding;

/// Where each stage of a list of findings ends.
#[derive(Clone, Debug, Default)]
pub struct Stages {
    ends: Vec<(usize, Kind)>,
    /// Whether rows decided together how any of them is read.
    needs_all: bool,
}

/// What the findings of a stage are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The table as its header shows it: every part has the same.
    Header,
    /// Rows: every part has its own.
    Rows,
    /// All rows together: a part cannot say it.
    Whole,
}

impl Stages {
    /// What was found up to now, and in no stage yet, is a stage.
    pub fn end(&mut self, findings: &[Finding], kind: Kind) {
        self.ends.push((findings.len(), kind));
    }

    /// All rows together decided how any of them is read.
    pub fn need_all(&mut self) {
        self.needs_all = true;
    }

    /// Whether a part might read its rows otherwise than the whole does.
    pub const fn needs_all(&self) -> bool {
        self.needs_all
    }

    /// The stages of findings that come after these; there are `before` of these.
    pub fn append(&mut self, before: usize, later: &Self) {
        self.needs_all |= later.needs_all;
        let ends = later.ends.iter();
        self.ends
            .extend(ends.map(|(end, kind)| (before + end, *kind)));
    }

    /// Splits findings into their stages; what is behind the last one comes back by itself.
    pub fn split(&self, mut findings: Vec<Finding>) -> (Vec<(Kind, Vec<Finding>)>, Vec<Finding>) {
        let last = self.ends.last().map_or(0, |(end, _)| *end);
        let rest = findings.split_off(last.min(findings.len()));
        let mut stages: Vec<(Kind, Vec<Finding>)> = vec![];
        let mut findings = findings.into_iter();
        let mut from = 0;
        for (end, kind) in &self.ends {
            stages.push((*kind, findings.by_ref().take(end - from).collect()));
            from = *end;
        }
        (stages, rest)
    }
}
