//! `regrade calibrate`: proposes thresholds for wanted shares, as numbers that a person would choose, and writes a scheme
//! with them to look at. The scheme itself is not touched, and nothing is recorded.

mod cut;
mod shares;
mod write;

use super::as_of::as_of;
use super::grade_files::grade_files;
use super::output::{files_of, keep_inputs};
use super::recorded::Known;
use super::rules::{self, Rules};
use super::{Exit, Global, Reading, Screen, Stop, import, inputs, ledger};
use regrade::book;
use regrade::calibrate::{Ladder, Proposal, Step, Threshold, propose};
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::expr;
use regrade::grading::Grading;
use regrade::ledger::Ledger;
use regrade::report::calibration::{Calibrated, Calibration, report};
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
    // The name under which everybody else's `--by` is known; nothing is recorded here.
    #[arg(
        id = "by",
        long = "by",
        value_name = "EXPRESSION",
        allow_hyphen_values = true
    )]
    by: Option<String>,
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
    reading: Reading,
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

    let data = Data::open(args, global)?;
    let mut before = data.grade(&rules, args, global, screen)?;
    let value = value_text(args, &rules.scheme, &thresholds[0]);
    let values = values(&mut before, &thresholds[0]);
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
    let after = data.grade(&proposed, args, global, screen)?;

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
        of: data.name(&before),
        list: match &args.dimension {
            Some(name) => name.clone(),
            None => text!("the grades", "等级").get(lang).to_owned(),
        },
        value,
        tolerance,
        levels,
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

/// What is graded.
enum Data {
    Run(Box<(Ledger, Known)>),
    Files,
}

impl Data {
    fn open(args: &Args, global: &Global) -> Result<Self, Stop> {
        if !args.files.is_empty() {
            let reads_stdin = |file: &String| file == "-" || file.ends_with("=-");
            return if args.files.iter().any(reads_stdin) {
                Err(read_once())
            } else {
                Ok(Self::Files)
            };
        }
        let ledger = ledger::open(global)?;
        let known = Known::find(&ledger, &args.run)?;
        Ok(Self::Run(Box::new((ledger, known))))
    }

    fn grade(
        &self,
        rules: &Rules,
        args: &Args,
        global: &Global,
        screen: &Screen,
    ) -> Result<Grading, Stop> {
        let mut rules = rules::from_text(rules.name.clone(), rules.text.clone(), &[])?;
        match self {
            Self::Files => {
                let covers = import::spans(&args.covers)?;
                for event in &mut rules.scheme.events {
                    event.coverage.extend(&covers);
                }
                let as_of = as_of(global)?;
                let graded = grade_files(&args.files, None, rules, &args.reading, as_of, screen)?;
                Ok(graded.grading)
            }
            Self::Run(run) => {
                let (ledger, known) = &**run;
                let grading = known.by(ledger, rules)?;
                if grading.findings.iter().any(book::is_refusal) {
                    return Err(Stop::refused(grading.findings));
                }
                Ok(grading)
            }
        }
    }

    fn name(&self, grading: &Grading) -> String {
        let as_of = grading.book.as_of;
        match self {
            Self::Files => as_of.to_string(),
            Self::Run(run) => format!("{as_of} {}", run.1.run.short_id()),
        }
    }
}

/// The values of the customers who have one.
fn values(grading: &mut Grading, threshold: &Threshold) -> Vec<i64> {
    let scheme = grading.scheme.clone();
    let expression = Expression {
        text: "".into(),
        bound: threshold.value.clone(),
    };
    let facts = &mut grading.facts;
    match facts.evaluate(&scheme, &expression, "calibrate", &mut vec![]) {
        Column::Number(values) => values
            .into_iter()
            .filter(|value| *value != MISSING)
            .collect(),
        _ => vec![],
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

/// How many customers have each level by the values alone, and how many none.
fn counts(args: &Args, ladder: &Ladder, grading: &Grading) -> (Vec<usize>, usize) {
    let assessment = &grading.assessment;
    let choices = match &args.dimension {
        Some(name) => {
            let mut dimensions = grading.scheme.dimensions.iter();
            let place = dimensions.position(|known| *known.name == **name);
            place.map_or(&[][..], |place| &assessment.dimensions[place].bands)
        }
        None => &assessment.grades,
    };
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
    if let Some(by) = &args.by {
        return by.clone();
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
            "Nobody comes to `{name}` any more, and {count} do now: `--shares` does not name it, and the levels above take              everybody who met its condition.",
            "`{name}` 不再有客户，现在有 {count} 位：`--shares` 没有写它，满足它的条件的客户都进了更高的档次。"
        )
    };
    emptied.map(note).collect()
}

fn read_once() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "standard input can be read once, and the data is graded twice",
            "标准输入只能读一次，而数据要评两遍"
        ),
    );
    Stop::usage(finding.help(text!(
        "write it into a file first, and name the file",
        "请先写入文件，再给出文件名"
    )))
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
        "`regrade explain` says what is missing; or compare another number with `--by`",
        "用 `regrade explain` 看缺什么；或用 `--by` 比较别的数"
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
