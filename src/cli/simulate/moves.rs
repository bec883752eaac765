//! One other scheme: who would move, from where to where, and what that takes and brings.

use super::super::audit::{self, Exported};
use super::super::diff::{classes, styles, write_all};
use super::super::gate::{self, Figures, Gate};
use super::super::output::{Output, Target, keep_inputs, outputs_with_page};
use super::super::recorded::known_names;
use super::super::rules::{self, Rules};
use super::super::trial::Data;
use super::super::{Exit, Format, Global, Screen, Stop, role, summary_json};
use super::workload::Workload;
use super::{Args, head, longest, named, on, present, read_places};
use regrade::compare::{self, Cause, Comparison, On, Renamed, Snapshot};
use regrade::diagnostic::{self, Finding, Lang};
use regrade::explain::Explainer;
use regrade::grading::Grading;
use regrade::present::diff::{self, Diff, cuts};
use regrade::present::summary::{Share, summarise};
use regrade::report::simulation::{Amount, Look, Side, effects};
use regrade::roles::{self, Viewer};
use regrade::text;
use std::sync::Arc;

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs_with_page(global, global.format)?;
    let gates = args.fail_on.iter().map(|gate| Gate::parse(gate));
    let gates = gates.collect::<Result<Vec<_>, _>>()?;
    let only = classes(&args.only)?;
    let new = rules::load(global)?;
    let read = read_places(args, &new.scheme, global)?;
    keep_inputs(&summary_json::files_beside(&outputs, global)?, &read)?;
    let data = Data::of(args.data(), global, screen)?;
    let old = present(args, global, &data)?;
    let lang = global.lang.map_or(new.scheme.language, Lang::from);
    let names = named(&old, &new, global, lang);
    let workload = Workload::of(
        args,
        global,
        &data,
        &new.scheme,
        &[&old.scheme, &new.scheme],
    )?;

    let (mut old_side, mut new_side, mut findings) = both(&old, &new, &data, global)?;
    let on = on(args, &new_side.seen().scheme);
    let amount = args.amount.as_deref();
    known_names(&new_side.seen().scheme, &on, amount)?;
    let renamed = Renamed::of(&new.scheme, &on);
    let revenue = Amount::of(&new.scheme, amount);
    let look = Look {
        on: &on,
        amount: revenue.as_ref(),
        period: longest([&old.scheme, &new.scheme].into_iter()),
        renamed: &renamed,
    };
    let compared = |old: &Grading, new: &Grading| {
        let mut old = Snapshot::of_grading(old, &on, amount, lang);
        old.rename(&renamed);
        compare::compare(&old, &Snapshot::of_grading(new, &on, amount, lang))
    };
    let mut comparison = compared(old_side.seen(), new_side.seen());
    for found in &mut comparison.moves {
        // Nothing differs but the scheme.
        found.cause = found.is_move().then_some(Cause::Scheme);
    }
    if on == On::Type {
        put_type_reasons(&mut comparison, new_side.seen(), lang);
    }
    let styles = styles(&comparison.levels, Some(&new.scheme));
    let is_list =
        |output: &Output| matches!(output.format, Format::Csv | Format::Tsv | Format::Jsonl);
    let mut sections = vec![];
    if !outputs.iter().all(is_list) {
        let grades = styles.iter().filter(|_| comparison.is_ordered);
        let grades = grades.map(|style| (style.name.clone(), style.color));
        let grades = grades.collect();
        let head = head(new_side.seen(), &look, grades, workload.span(), lang);
        // What the present scheme cannot judge was said when it graded.
        let old = old_side.weighed(&names.0, &workload, &look, &mut vec![]);
        let new = new_side.weighed(&names.1, &workload, &look, &mut findings);
        findings.extend(workload.findings.iter().cloned());
        sections = effects(&head, old, new);
    }
    if global.role.is_some() {
        findings = roles::withheld(&findings);
    }
    let diff = Diff {
        lang,
        names,
        on: args.on.clone(),
        amount: args.amount.clone(),
        styles,
        only,
        cuts: cuts(
            shares(old_side.seen(), &on, lang),
            &shares(new_side.seen(), &on, lang),
            &renamed,
        ),
        effects: sections,
        comparison,
    };
    screen.run_findings(&diagnostic::each_once(findings));
    // A gate is about everybody, whoever sees the list.
    let whole = || compared(&old_side.whole, &new_side.whole);
    let whole = global.role.is_some().then(whole);
    let figures = Figures::of_comparison(whole.as_ref().unwrap_or(&diff.comparison), data.as_of);
    let hit = gate::hits(&gates, &figures);
    if !hit.is_empty() {
        screen.findings(&hit, None);
        return Ok(Exit::Findings);
    }
    write(&outputs, &diff, &new_side, args, global, screen)?;
    let moved = diff.comparison.movers().next().is_some();
    Ok(if args.exit_code && moved {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// The data graded by the present scheme and by the new one, with what is to be said of it.
fn both(
    old: &Rules,
    new: &Rules,
    data: &Data<'_>,
    global: &Global,
) -> Result<(OneSide, OneSide, Vec<Finding>), Stop> {
    let mut ready = data.ready(old)?;
    let old_side = OneSide::of(ready.grade(&old.scheme)?, &old.name, global)?;
    if !ready.serves(new) {
        drop(ready);
        ready = data.ready(new)?;
    }
    let grading = ready.grade(&new.scheme)?;
    let found = ready.found(&grading);
    Ok((old_side, OneSide::of(grading, &new.name, global)?, found))
}

/// Says why customers have another type: what is recorded first is why they have their grade.
fn put_type_reasons(comparison: &mut Comparison, new: &Grading, lang: Lang) {
    let by_id = new.book.roster.by_id();
    let explainer = Explainer::new(new, lang);
    for found in comparison.moves.iter_mut().filter(|found| found.is_move()) {
        if let Some(row) = by_id.get(&found.id) {
            let reasons = explainer.type_reasons(*row as usize);
            found.reason = reasons.into_iter().next().map(Arc::from);
        }
    }
}

/// How many customers each level has.
fn shares(grading: &Grading, on: &On, lang: Lang) -> Vec<Share> {
    let summary = summarise(grading, lang, "", vec![], vec![]);
    match on {
        On::Grade => summary.grades,
        On::Type => summary.types,
        On::Dimension(name) => {
            let mut dimensions = summary.dimensions.into_iter();
            let found = dimensions.find(|(known, _)| **known == **name);
            found.map_or_else(Vec::new, |(_, labels)| labels)
        }
    }
}

fn write(
    outputs: &[Output],
    diff: &Diff,
    new: &OneSide,
    args: &Args,
    global: &Global,
    screen: &Screen,
) -> Result<(), Stop> {
    if !global.dry_run {
        write_all(outputs, diff, None, global, screen)?;
        // What is tried out is nobody's export, unless it is made for somebody.
        if args.files.is_empty() && global.role.is_some() {
            let exported = Exported {
                command: "simulate",
                run: None,
                rows: diff.comparison.moves.len(),
                role: new.seen().role.as_deref(),
            };
            audit::after(global, outputs, &exported, screen);
        }
    }
    let is_seen = |output: &Output| {
        output.target == Target::Stdout && matches!(output.format, Format::Table | Format::Md)
    };
    if global.dry_run || !outputs.iter().any(is_seen) {
        screen.say(&diff::line(diff));
    }
    Ok(())
}

/// Says which of the schemes a role cannot be found in.
fn of_scheme(stop: Stop, name: &str) -> Stop {
    let Stop::Findings {
        findings,
        source,
        exit,
    } = stop
    else {
        return stop;
    };
    let note = || text!("this is about the scheme {name}", "这里说的是方案 {name}");
    let findings = findings.into_iter();
    Stop::Findings {
        findings: findings.map(|finding| finding.with_note(note())).collect(),
        source,
        exit,
    }
}

/// The data under one scheme, as it is and as a role sees it.
pub(super) struct OneSide {
    pub whole: Grading,
    pub role: Option<(Viewer, Grading)>,
}

impl OneSide {
    /// With what the role of the call, if there is one, sees of it.
    /// `name` is what the scheme is called.
    pub fn of(whole: Grading, name: &str, global: &Global) -> Result<Self, Stop> {
        let viewer = role::viewer(global, &whole.scheme).map_err(|stop| of_scheme(stop, name))?;
        let role = viewer.map(|viewer| {
            let seen = viewer.see(&whole);
            (viewer, seen)
        });
        Ok(Self { whole, role })
    }

    /// What is shown of it.
    pub const fn seen(&self) -> &Grading {
        match &self.role {
            Some((_, seen)) => seen,
            None => &self.whole,
        }
    }

    /// What it comes to, with its work.
    pub fn weighed(
        &mut self,
        name: &str,
        workload: &Workload,
        look: &Look<'_>,
        findings: &mut Vec<Finding>,
    ) -> Side {
        let seen = self.role.as_mut().map(|(viewer, seen)| (&*viewer, seen));
        workload.side(name, &mut self.whole, seen, look, findings)
    }
}
