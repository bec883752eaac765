//! Several schemes side by side, and a grid of schemes: a report, without the list of those who would move.

use super::super::output::{Output, Target, files_of, keep_inputs};
use super::super::recorded::known_names;
use super::super::report::write;
use super::super::rules::{self, Rules};
use super::super::trial::{Data, Ready, against};
use super::super::{Exit, Global, Screen, Stop};
use super::moves::OneSide;
use super::workload::{Workload, put_cuts};
use super::{Args, head, longest, named, on, present, read_places};
use regrade::compare::{self, On, Renamed, Snapshot, levels_only};
use regrade::diagnostic::{self, Code, Finding, Lang};
use regrade::grading::Grading;
use regrade::parallel;
use regrade::report::simulation::{self, Amount, Figure, Grid, Look, Moves, Side};
use regrade::report::{Axis, Report};
use regrade::roles;
use regrade::scheme::grid::GridValue;
use regrade::scheme::same;
use regrade::text;
use regrade::words::how_many;
use std::sync::Arc;

/// Runs it: with values a grid, else the schemes of `--against` and the newest.
pub fn run(
    args: &Args,
    values: &[GridValue],
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let outputs = write::outputs(global)?;
    let new = rules::load(global)?;
    let read = read_places(args, &new.scheme, global)?;
    keep_inputs(&files_of(&outputs), &read)?;
    if !values.is_empty() && args.against.len() > 1 {
        return Err(one_present());
    }
    let data = Data::of(args.data(), global, screen)?;
    let lang = global.lang.map_or(new.scheme.language, Lang::from);
    let present = present(args, global, &data)?;
    let made = if values.is_empty() {
        side_by_side(args, global, &data, present, new, lang)?
    } else {
        in_a_grid(args, global, &data, values, (&present, &new), lang)?
    };
    screen.run_findings(&diagnostic::each_once(made.findings));
    if !global.dry_run {
        write::write_all(&outputs, &made.report, screen)?;
    }
    let is_seen = |output: &Output| output.target == Target::Stdout;
    if global.dry_run || !outputs.iter().any(is_seen) {
        let (title, schemes) = (&made.report.title, made.schemes);
        let in_all = how_many(schemes, "scheme");
        screen.say(&text!("{title}: {in_all}", "{title}：{schemes} 个方案"));
    }
    Ok(Exit::Done)
}

/// Lists and gates are of one comparison.
pub fn refuse_what_is_of_moves(args: &Args, global: &Global) -> Result<(), Stop> {
    let option = if global.summary_json.is_some() {
        "--summary-json"
    } else if !args.only.is_empty() {
        "--only"
    } else if !args.fail_on.is_empty() {
        "--fail-on"
    } else if args.exit_code {
        "--exit-code"
    } else {
        return refuse_span(args);
    };
    let finding = Finding::error(
        Code::Usage,
        text!(
            "`{option}` is about those who would move, and of several schemes nobody is listed",
            "`{option}` 针对变动的客户，而几个方案一起看时不列客户"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "leave it out, or compare with one scheme",
        "请去掉它，或只与一个方案比较"
    ))))
}

/// A grid counts hours and no tasks, which are planned for a span.
fn refuse_span(args: &Args) -> Result<(), Stop> {
    if args.grid.is_empty() || args.from.is_none() && args.until.is_none() {
        return Ok(());
    }
    let finding = Finding::error(
        Code::Usage,
        text!(
            "`--from` and `--until` are the span of tasks, which a grid does not count",
            "`--from`、`--until` 是任务的期间，而网格不计任务"
        ),
    );
    Err(Stop::usage(finding.help(text!(
        "leave them out; `--figure hours` shows the work",
        "请去掉；要看工作量，请用 `--figure hours`"
    ))))
}

fn one_present() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "a grid is compared with one scheme, and `--against` names several",
            "网格只与一个方案比较，而 `--against` 写了几个"
        ),
    );
    Stop::usage(finding.help(text!(
        "name one, or none for the present scheme",
        "请只写一个；不写就是现行方案"
    )))
}

/// A report with what is to be said of making it.
struct Made {
    report: Report,
    schemes: usize,
    findings: Vec<Finding>,
}

/// The present scheme, the others of `--against`, and the newest: in this order.
fn side_by_side(
    args: &Args,
    global: &Global,
    data: &Data<'_>,
    present: Rules,
    new: Rules,
    lang: Lang,
) -> Result<Made, Stop> {
    let names = named(&present, &new, global, lang);
    let mut schemes = vec![present];
    for written in &args.against[1..] {
        schemes.push(against(written, global, data.ledger())?);
    }
    schemes.push(new);
    let mut titles: Vec<String> = schemes.iter().map(|rules| rules.name.clone()).collect();
    titles[0] = names.0;
    titles[schemes.len() - 1] = names.1;
    let newest = &schemes[schemes.len() - 1].scheme;
    let all: Vec<_> = schemes.iter().map(|rules| &rules.scheme).collect();
    let workload = Workload::of(args, global, data, newest, &all)?;
    let on = on(args, newest);
    let renamed = Renamed::of(newest, &on);
    let amount = args.amount.as_deref();
    let revenue = Amount::of(newest, amount);
    let look = Look {
        on: &on,
        amount: revenue.as_ref(),
        period: longest(all.iter().copied()),
        renamed: &renamed,
    };
    let ready = data.ready(&schemes[0])?;
    let mut findings = vec![];
    let mut before: Option<Snapshot> = None;
    let mut weighed = |place: usize, said: &mut Vec<Finding>| -> Result<(OneSide, Side), Stop> {
        let rules = &schemes[place];
        let (grading, found) = ready.grade_or_read(rules, data)?;
        said.extend(found);
        let mut one = OneSide::of(grading, &rules.name, global)?;
        known_names(&one.seen().scheme, &on, amount)?;
        let mut side = one.weighed(&titles[place], &workload, &look, said);
        put_cuts(&mut side, one.seen(), &on, &renamed, lang);
        let now = levels(&one, &on, &renamed);
        match &before {
            Some(before) => side.moves = Some(Moves::of(&compare::compare(before, &now))),
            None => before = Some(now),
        }
        Ok((one, side))
    };
    let last = schemes.len() - 1;
    let mut sides: Vec<Side> = vec![];
    for place in 0..last {
        // What is to be said of the data is said once, by the newest.
        sides.push(weighed(place, &mut vec![])?.1);
    }
    let (shown, side) = weighed(last, &mut findings)?;
    sides.push(side);
    findings.extend(workload.findings.iter().cloned());
    if global.role.is_some() {
        findings = roles::withheld(&findings);
    }
    let levels = colors(&sides);
    let head = head(shown.seen(), &look, levels, workload.span(), lang);
    Ok(Made {
        report: simulation::schemes(&head, &sides),
        schemes: sides.len(),
        findings,
    })
}

/// The new scheme with every combination of the values.
fn in_a_grid(
    args: &Args,
    global: &Global,
    data: &Data<'_>,
    values: &[GridValue],
    (present, new): (&Rules, &Rules),
    lang: Lang,
) -> Result<Made, Stop> {
    let cells = cells(values, new)?;
    let (old_name, _) = named(present, new, global, lang);
    let on = on(args, &new.scheme);
    let renamed = Renamed::of(&new.scheme, &on);
    let amount = args.amount.as_deref();
    let revenue = Amount::of(&new.scheme, amount);
    let all = cells.iter().chain([present]);
    let look = Look {
        on: &on,
        amount: revenue.as_ref(),
        period: longest(all.map(|rules| &rules.scheme)),
        renamed: &renamed,
    };
    let ready = data.ready(present)?;
    let old = OneSide::of(ready.grade(&present.scheme)?, &present.name, global)?;
    let old_side = Side::of(old_name, old.seen(), &look, None, None);
    let against = Against {
        global,
        amount,
        look: &look,
        before: levels(&old, &on, &renamed),
    };
    drop(old);
    let ready = if ready.serves(&cells[0]) {
        ready
    } else {
        drop(ready);
        data.ready(&cells[0])?
    };
    // The first by itself: what is wrong with the call is told before all the others are graded.
    let (first, side) = against.side(&cells[0], ready.grade(&cells[0].scheme)?)?;
    let sides = [old_side, side];
    let figure = match &args.figure {
        Some(written) => Figure::parse(written, &sides).map_err(Stop::usage)?,
        None => Figure::default(),
    };
    let span = (data.as_of, data.as_of);
    let head = head(first.seen(), &look, colors(&sides), span, lang);
    let mut findings = ready.found(&first.whole);
    drop(first);
    if global.role.is_some() {
        findings = roles::withheld(&findings);
    }
    let [old_side, side] = sides;
    let mut sides = vec![side];
    sides.extend(against.sides(&cells[1..], &ready, data)?);
    let is_present = |cell: &Rules| same(&cell.text, &present.text);
    let is_present: Vec<bool> = cells.iter().map(is_present).collect();
    let mut axes = values.iter().map(axis);
    let down = axes.next().unwrap_or_else(|| axis(&values[0]));
    let grid = Grid {
        down,
        across: axes.next(),
        present: &old_side,
        cells: &sides,
        is_present: &is_present,
        figure,
    };
    Ok(Made {
        report: simulation::grid(&head, &grid),
        schemes: sides.len(),
        findings,
    })
}

/// What every cell of a grid is held against: who has which level by the present scheme.
struct Against<'a> {
    global: &'a Global,
    amount: Option<&'a str>,
    look: &'a Look<'a>,
    before: Snapshot,
}

impl Against<'_> {
    /// One cell as it was graded, and its side of the report.
    fn side(&self, cell: &Rules, grading: Grading) -> Result<(OneSide, Side), Stop> {
        let one = OneSide::of(grading, &cell.name, self.global)?;
        known_names(&one.seen().scheme, self.look.on, self.amount)?;
        let mut side = Side::of("", one.seen(), self.look, None, None);
        side.name.clone_from(&cell.name);
        let now = levels(&one, self.look.on, self.look.renamed);
        side.moves = Some(Moves::of(&compare::compare(&self.before, &now)));
        Ok((one, side))
    }

    /// The sides of several cells, in their order: at once where all of them read the data alike.
    fn sides(&self, cells: &[Rules], ready: &Ready, data: &Data<'_>) -> Result<Vec<Side>, Stop> {
        if cells.iter().all(|cell| ready.serves(cell)) {
            let side = |place: usize| {
                let cell: &Rules = &cells[place];
                Ok(self.side(cell, ready.grade(&cell.scheme)?)?.1)
            };
            // Of several that fail the first is told, whichever was done first.
            let made = parallel::each(parallel::cores(), cells.len(), side);
            return made.into_iter().collect();
        }
        // What changes how the data is read is read anew, one after another.
        let side = |cell: &Rules| {
            let (grading, _) = ready.grade_or_read(cell, data)?;
            Ok(self.side(cell, grading)?.1)
        };
        cells.iter().map(side).collect()
    }
}

/// The schemes of all cells: the second value changes fastest.
fn cells(values: &[GridValue], new: &Rules) -> Result<Vec<Rules>, Stop> {
    let mut assignments: Vec<Vec<String>> = vec![vec![]];
    for value in values {
        let ways = 0..value.ways().len();
        let with = |known: &Vec<String>| {
            let known = known.clone();
            ways.clone()
                .map(move |way| [&known[..], &[value.assignment(way)]].concat())
        };
        assignments = assignments.iter().flat_map(with).collect();
    }
    let cell = |set: &Vec<String>| {
        let name = format!("{} ({})", new.name, set.join(", "));
        rules::from_text(name, new.text.clone(), set)
    };
    assignments.iter().map(cell).collect()
}

fn axis(value: &GridValue) -> Axis {
    let ways = value.ways().iter();
    Axis {
        name: value.name(),
        values: ways.map(|way| Arc::from(&**way)).collect(),
    }
}

/// Who has which level, by the names of the newest scheme.
fn levels(one: &OneSide, on: &On, renamed: &Renamed) -> Snapshot {
    let mut snapshot = levels_only(one.seen(), on);
    snapshot.rename(renamed);
    snapshot
}

/// The levels of all schemes with the colours of the newest that has them.
fn colors(sides: &[Side]) -> Vec<(Arc<str>, Option<u32>)> {
    let mut levels: Vec<(Arc<str>, Option<u32>)> = vec![];
    for level in sides.iter().rev().flat_map(|side| &side.levels) {
        if let Some(name) = &level.name
            && levels.iter().all(|(known, _)| known != name)
        {
            levels.push((name.clone(), level.color));
        }
    }
    levels
}
