//! `regrade calibrate`: proposes thresholds for wanted shares, as numbers that a person would choose, and writes a scheme
//! with them to look at. The scheme itself is not touched, and nothing is recorded.

mod cut;
mod shares;
mod write;

use super::output::{files_of, keep_inputs};
use super::rules;
use super::trial::{Asked, Data};
use super::{Exit, Global, Reading, Screen, Stop, inputs};
use regrade::assess::Choice;
use regrade::calibrate::{Ladder, Proposal, Step, Threshold, propose};
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::expr;
use regrade::grading::Grading;
use regrade::report::calibration::{Calibrated, Calibration, Spread, report};
use regrade::report::is_percent;
use regrade::scheme::model::Expression;
use regrade::scheme::{Scheme, set};
use regrade::table::column::MISSING;
use regrade::table::{Column, Decimal};
use regrade::text;
use shares::{Shares, percent};

/// Arguments of `calibrate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files of the scheme's sheets; without any the data of a run of the ledger.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The wanted shares, from the best: 'A=10%,B=30%'.
    #[arg(long, value_name = "LEVEL=SHARE,…")]
    shares: String,
    /// The number to compare, instead of what the conditions compare.
    #[arg(long, value_name = "EXPRESSION", allow_hyphen_values = true)]
    value: Option<String>,
    /// The bands of this dimension instead of the grades.
    #[arg(long, value_name = "NAME")]
    dimension: Option<String>,
    /// How far the share of a level together with those above it may be off, in percentage points.
    #[arg(long, value_name = "SHARE", default_value = "1%")]
    tolerance: String,
    /// The run of the ledger: @latest, @previous, @2024-03, an id or a graded workbook of it.
    #[arg(long, value_name = "RUN", default_value = "@latest")]
    run: String,
    /// A span that event files cover, whatever their rows, as for `grade`.
    #[arg(long, value_name = "SPAN", requires = "files")]
    covers: Vec<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let (schemes, outputs) = write::outputs(global)?;
    let rules = rules::load(global)?;
    let mut read = inputs::paths(&rules.scheme, &args.files)?;
    read.push(rules::path(global));
    let mut written = files_of(&outputs);
    written.extend(schemes.iter().map(std::path::PathBuf::as_path));
    keep_inputs(&written, &read)?;
    let tolerance = percent(&args.tolerance, "--tolerance")?;
    let ladder = cut::ladder(args, &rules.scheme)?;
    let shares = Shares::parse(&args.shares, &ladder)?;
    let thresholds = cut::thresholds(args, &rules.scheme, &ladder, &shares)?;

    let asked = Asked {
        files: &args.files,
        previous: None,
        covers: &args.covers,
        reading: &args.reading,
        run: &args.run,
    };
    let data = Data::of(asked, global, screen)?;
    let ready = data.ready(&rules)?;
    let mut before = ready.grade(&rules.scheme)?;
    let value = value_text(args, &rules.scheme, &thresholds[0]);
    let along = along(&mut before, &thresholds[0]);
    let known = along.iter().copied();
    let values: Vec<i64> = known.filter(|value| *value != MISSING).collect();
    if values.is_empty() {
        return Err(no_values(&value));
    }
    let proposals = proposals(&values, &shares, &thresholds, tolerance);
    let mut changed = rules.text.clone();
    let mut changes = vec![];
    let mut conditions = vec![];
    for (level, (threshold, proposal)) in thresholds.iter().zip(&proposals).enumerate() {
        let Some(proposal) = proposal else {
            let name = &ladder.levels[level].name;
            let above = proposals[..level].iter().flatten().last();
            return Err(if above.is_some_and(|above| above.count == values.len()) {
                nobody_left(name)
            } else {
                no_number(name)
            });
        };
        let Some(condition) = threshold.with(proposal.number) else {
            return Err(no_number(&ladder.levels[level].name));
        };
        let assignment = format!("{}={condition}", ladder.path_of(level));
        changed = set::set(&changed, &assignment).map_err(Stop::usage)?;
        changes.push(assignment);
        conditions.push(condition);
    }
    let name = rules.name.clone();
    let proposed = rules::from_text(name, changed.clone(), &[])?;
    let (after, found) = ready.grade_or_read(&proposed, &data)?;

    let lang = global.lang.map_or(rules.scheme.language, Lang::from);
    let levels = levels(args, &ladder, &shares, conditions, [&before, &after]);
    let mut notes = notes(
        args,
        &rules.scheme,
        &ladder,
        (&shares, values.len()),
        &proposals,
    );
    notes.extend(emptied(&levels));
    let made = Calibration {
        lang,
        scheme: rules.scheme.name.clone(),
        of: data_name(&data),
        list: match &args.dimension {
            Some(name) => name.clone(),
            None => text!("the grades", "等级").get(lang).to_owned(),
        },
        value,
        tolerance,
        levels,
        spread: spread(
            args,
            &ladder,
            (&thresholds, &proposals),
            &along,
            [&before, &after],
        ),
        without: [&before, &after].map(|grading| counts(args, &ladder, grading).1),
        grades: if args.dimension.is_none() {
            let grades = rules.scheme.grades.iter();
            grades
                .map(|grade| (grade.name.clone(), grade.color))
                .collect()
        } else {
            vec![]
        },
        notes,
        writes: !schemes.is_empty(),
        command: write::simulate(args, global, &schemes, &changes),
        set: changes
            .iter()
            .map(|change| format!("--set {}", write::quoted(change)))
            .collect(),
    };
    let report = report(&made);
    screen.run_findings(&found);
    if !global.dry_run {
        write::write_all(&schemes, &changed, &outputs, &report, screen)?;
    }
    let is_seen = |output: &super::output::Output| output.target == super::output::Target::Stdout;
    if global.dry_run || !outputs.iter().any(is_seen) {
        let (title, command) = (&report.title, &made.command);
        screen.say(&text!(
            "{title}; who would move: `{command}`",
            "{title}；看谁会变动：`{command}`"
        ));
    }
    Ok(Exit::Done)
}

/// What the data is called: the date, and the run if it is one.
fn data_name(data: &Data<'_>) -> String {
    let as_of = data.as_of;
    match &data.recorded {
        None => as_of.to_string(),
        Some(recorded) => format!("{as_of} {}", recorded.known.run.short_id()),
    }
}

/// The value of every customer, in millionths; [`MISSING`] of those who have none.
fn along(grading: &mut Grading, threshold: &Threshold) -> Vec<i64> {
    let scheme = grading.scheme.clone();
    let expression = Expression {
        text: "".into(),
        bound: threshold.value.clone(),
    };
    let facts = &mut grading.facts;
    match facts.evaluate(&scheme, &expression, "calibrate", &mut vec![]) {
        Column::Number(values) => values,
        _ => vec![],
    }
}

/// How the customers lie along the value, with the thresholds of now and the proposed ones.
fn spread(
    args: &Args,
    ladder: &Ladder,
    (thresholds, proposals): (&[Threshold], &[Option<Proposal>]),
    along: &[i64],
    gradings: [&Grading; 2],
) -> Spread {
    let [before, after] = gradings.map(|grading| choices(args, grading));
    let customers = along.iter().zip(before.iter().zip(after));
    let customers = customers.filter(|(value, _)| **value != MISSING);
    let compared = &thresholds[0].value;
    let scheme = &gradings[0].scheme;
    let now = ladder
        .levels
        .iter()
        .enumerate()
        .filter_map(|(place, level)| {
            let threshold = expr::Threshold::of(&level.when.as_ref()?.bound)?;
            let is_along = args.value.is_none() && threshold.value == compared;
            Some((threshold.number().filter(|_| is_along)?, place))
        });
    let proposed = proposals.iter().enumerate();
    let proposed = proposed.filter_map(|(place, found)| Some((found.as_ref()?.number, place)));
    Spread {
        customers: customers
            .map(|(value, (before, after))| (*value, [before.index(), after.index()]))
            .collect(),
        cuts: [now.collect(), proposed.collect()],
        is_upward: thresholds[0].is_upward(),
        is_percent: match compared.node {
            expr::Node::Slot(slot) => is_percent(scheme, slot),
            _ => false,
        },
    }
}

fn proposals(
    values: &[i64],
    shares: &Shares,
    thresholds: &[Threshold],
    tolerance: Decimal,
) -> Vec<Option<Proposal>> {
    let steps: Vec<Step> = thresholds
        .iter()
        .zip(shares.sums())
        .map(|(threshold, share)| Step {
            share,
            takes_equal: threshold.takes_equal(),
            finest: threshold.finest(),
        })
        .collect();
    propose(values, &steps, tolerance, thresholds[0].is_upward())
}

/// The level of each customer by the values alone.
fn choices<'a>(args: &Args, grading: &'a Grading) -> &'a [Choice] {
    let assessment = &grading.assessment;
    match &args.dimension {
        Some(name) => {
            let mut dimensions = grading.scheme.dimensions.iter();
            let place = dimensions.position(|known| *known.name == **name);
            place.map_or(&[][..], |place| &assessment.dimensions[place].bands)
        }
        None => &assessment.grades,
    }
}

/// How many customers have each level by the values alone, and how many none.
fn counts(args: &Args, ladder: &Ladder, grading: &Grading) -> (Vec<usize>, usize) {
    let choices = choices(args, grading);
    let mut counts = vec![0; ladder.levels.len()];
    let mut without = 0;
    for choice in choices {
        match choice.index() {
            Some(level) => counts[level] += 1,
            None => without += 1,
        }
    }
    (counts, without)
}

fn levels(
    args: &Args,
    ladder: &Ladder,
    shares: &Shares,
    conditions: Vec<String>,
    gradings: [&Grading; 2],
) -> Vec<Calibrated> {
    let [before, after] = gradings.map(|grading| counts(args, ladder, grading).0);
    let mut conditions = conditions.into_iter();
    let levels = ladder.levels.iter().enumerate();
    levels
        .map(|(place, level)| Calibrated {
            name: level.name.clone(),
            before: level.when.as_ref().map(|when| when.text.to_string()),
            after: conditions.next(),
            wanted: shares.of(place),
            counts: [before[place], after[place]],
        })
        .collect()
}

/// What is compared, in words.
fn value_text(args: &Args, scheme: &Scheme, threshold: &Threshold) -> String {
    if let Some(value) = &args.value {
        return value.clone();
    }
    let slots = threshold.value.slots();
    match (&threshold.value.node, slots.first()) {
        (expr::Node::Slot(slot), _) => scheme.slots.entries[slot.0 as usize].name.to_string(),
        _ => threshold.with(Decimal::ZERO).unwrap_or_default(),
    }
}

/// What is to be known of the proposal beside its figures.
fn notes(
    args: &Args,
    scheme: &Scheme,
    ladder: &Ladder,
    (shares, all): (&Shares, usize),
    proposals: &[Option<Proposal>],
) -> Vec<Text> {
    let mut notes = vec![];
    for (place, sum) in shares.sums().into_iter().enumerate() {
        let Some(Some(proposal)) = proposals.get(place) else {
            continue;
        };
        let name = &ladder.levels[place].name;
        if let Some((below, above)) = proposal.beside {
            let share = |count: Option<usize>| {
                let count = Decimal::from_count(count?);
                let share = count.checked_div(Decimal::from_count(all))?;
                Some(shares::shown(share.round(4)))
            };
            let (wanted, below, above) = (shares::shown(sum), share(below), share(above));
            let none = || "–".to_owned();
            let (below, above) = (below.unwrap_or_else(none), above.unwrap_or_else(none));
            notes.push(text!(
                "`{name}`: no number gives {wanted} of the customers up to here, because some have the same value; the \
                 nearest shares are {below} and {above}.",
                "`{name}`：因为有客户数值相同，没有一个数能使到此为止的客户正好占 {wanted}；最接近的是 {below} 和 {above}。"
            ));
        }
        if let Some(keep) = &ladder.levels[place].keep {
            let keep = &keep.text;
            notes.push(text!(
                "`{name}` is kept while `{keep}` holds, which stays as it is written.",
                "`{name}` 的保级条件 `{keep}` 不改，仍按原文。"
            ));
        }
    }
    if args.dimension.is_none() && scheme.grade_movement.is_some() {
        notes.push(text!(
            "`[[movement]]` says who moves: the shares are of the grades that the values give, which is what a customer \
             begins with.",
            "升降由 `[[movement]]` 决定：这里的占比是由数值得出的等级，也就是客户首次的等级。"
        ));
    }
    notes
}

/// Levels without a wanted share that some customers have now, and by the proposal none.
fn emptied(levels: &[Calibrated]) -> Vec<Text> {
    let emptied = levels
        .iter()
        .filter(|level| level.wanted.is_none() && level.counts[0] > 0 && level.counts[1] == 0);
    let note = |level: &Calibrated| {
        let (name, count) = (&level.name, level.counts[0]);
        text!(
            "Nobody comes to `{name}` any more, and {count} do now: `--shares` does not name it, and the levels above take \
             everybody who met its condition.",
            "`{name}` 不再有客户，现在有 {count} 位：`--shares` 没有写它，满足它的条件的客户都进了更高的档次。"
        )
    };
    emptied.map(note).collect()
}

fn no_values(value: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "no customer has a value of `{value}`",
            "没有客户有 `{value}` 的数值"
        ),
    );
    Stop::usage(finding.help(text!(
        "`regrade explain` says what is missing; or compare another number with `--value`",
        "用 `regrade explain` 看缺什么；或用 `--value` 比较别的数"
    )))
}

fn nobody_left(level: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "nobody is left for `{level}`: all customers who have a value are in a level above",
            "`{level}` 已经没有客户可分：有数值的客户都在更高的档次里"
        ),
    );
    Stop::usage(finding.help(text!(
        "ask for smaller shares above it",
        "请减小它上面各档的占比"
    )))
}

fn no_number(level: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "there is no number to write for `{level}`: the one that gives its share is too large or too small",
            "`{level}` 没有可写的数：能使占比达到目标的数太大或太小"
        ),
    );
    Stop::usage(finding.help(text!(
        "write its condition in a larger unit, or ask for another share",
        "请在条件中用大一些的单位，或改占比"
    )))
}
