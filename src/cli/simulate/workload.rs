//! What a scheme comes to, with the work that it makes: the tasks of a span as `tasks` lists them.

use super::super::tasks::{asked_days, runs::called_before};
use super::super::trial::Data;
use super::super::{Global, Stop};
use super::Args;
use regrade::compare::{On, Renamed};
use regrade::diagnostic::{Finding, Lang};
use regrade::grading::Grading;
use regrade::present::summary::summarise;
use regrade::report::simulation::{Look, Side};
use regrade::roles::{Told, Viewer};
use regrade::scheme::Scheme;
use regrade::scheme::model::GradeRule;
use regrade::table::Date;
use regrade::tasks::{self, Asked, Called, Task, WorkingDays};
use std::sync::Arc;

/// What the runs before called for, and which tasks are asked for.
pub struct Workload {
    before: Vec<Called>,
    /// What a role is told of them.
    told: Option<Told>,
    asked: Asked,
    /// What is to be said of the runs before.
    pub findings: Vec<Finding>,
}

impl Workload {
    /// For schemes of which the newest is `scheme`. The runs before are asked where any of `schemes` has tasks.
    pub fn of(
        args: &Args,
        global: &Global,
        data: &Data<'_>,
        scheme: &Scheme,
        schemes: &[&Scheme],
    ) -> Result<Self, Stop> {
        let (from, until) = (args.from.as_deref(), args.until.as_deref());
        let (from, until) = asked_days(from, until, None, data.as_of, scheme.period)?;
        let mut told = global.role.is_some().then(Told::default);
        let (before, findings) = match &data.recorded {
            Some(recorded) if schemes.iter().any(|scheme| has_tasks(scheme)) => {
                let (ledger, known) = (&recorded.ledger, &recorded.known);
                let period = known.scheme.period;
                called_before(ledger, &known.run, period, global, told.as_mut())?
            }
            _ => (vec![], vec![]),
        };
        Ok(Self {
            before,
            told,
            asked: Asked {
                from,
                until,
                alone: data.recorded.is_none(),
            },
            findings,
        })
    }

    /// The span of the tasks.
    pub const fn span(&self) -> (Date, Date) {
        (self.asked.from, self.asked.until)
    }

    /// What is to be done by a grading, as a role is told it; `None` in a scheme without tasks.
    fn tasks(
        &self,
        whole: &mut Grading,
        seen: Option<(&Viewer, &Grading)>,
        findings: &mut Vec<Finding>,
    ) -> Option<Vec<Task>> {
        if !has_tasks(&whole.scheme) && self.before.iter().all(|run| run.calls.is_empty()) {
            return None;
        }
        let called = tasks::called(whole, findings);
        let follow_ups = tasks::follow_ups(whole, findings);
        let mut told = self.told.clone();
        if let (Some((viewer, seen)), Some(told)) = (seen, &mut told) {
            told.add(viewer, whole, seen, &called);
        }
        let mut runs = self.before.clone();
        runs.push(called);
        let days = WorkingDays::new(&whole.scheme.tasks);
        let planned = tasks::plan(&runs, &follow_ups, &days, &self.asked);
        let told_of = |task| match &told {
            Some(told) => told.task(task),
            None => Some(task),
        };
        let open = planned.into_iter().filter(|task| task.state.is_open());
        Some(open.filter_map(told_of).collect())
    }

    /// What a scheme comes to, with its work. `seen` is what a role sees of the grading.
    pub fn side(
        &self,
        name: &str,
        whole: &mut Grading,
        seen: Option<(&Viewer, &mut Grading)>,
        look: &Look<'_>,
        findings: &mut Vec<Finding>,
    ) -> Side {
        match seen {
            None => {
                let planned = self.tasks(whole, None, findings);
                let owners = tasks::owners(whole);
                Side::of(name, whole, look, Some(&owners), planned.as_deref())
            }
            Some((viewer, seen)) => {
                let planned = self.tasks(whole, Some((viewer, seen)), findings);
                let owners = tasks::owners(seen);
                Side::of(name, seen, look, Some(&owners), planned.as_deref())
            }
        }
    }
}

fn has_tasks(scheme: &Scheme) -> bool {
    let mut strategies = scheme.strategies.iter();
    strategies.any(|strategy| !strategy.tasks.is_empty())
}

/// Says of each grade what one must have for it: of a rank the value of the last one who is in, else the condition.
pub fn put_cuts(side: &mut Side, grading: &Grading, on: &On, renamed: &Renamed, lang: Lang) {
    if *on != On::Grade {
        return;
    }
    let shares = summarise(grading, lang, "", vec![], vec![]).grades;
    for (grade, share) in grading.scheme.grades.iter().zip(shares) {
        let name = renamed.name(grade.name.clone());
        let condition = match &grade.rule {
            GradeRule::When(when) => when.as_ref().map(|when| when.text.clone()),
            GradeRule::Top(_) => None,
        };
        let mut levels = side.levels.iter_mut();
        if let Some(level) = levels.find(|level| level.name.as_ref() == Some(&name)) {
            level.cut = share.cutoff.map(Arc::from).or(condition);
        }
    }
}
