//! What the ledger knows for a run: the tables in force and the events, what the run before left, what people set; and
//! what the run is called, which follows from all of it.

use super::people::{Decisions, People, first_day};
use super::{Exit, Stop, ledger};
use regrade::book::{Filing, Inputs, in_force, period_ends};
use regrade::decide::Standing;
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{Known, Past};
use regrade::ledger::{Error, Import, Ledger, Run, RunHead, RunInput, SchemeText};
use regrade::scheme::Scheme;
use regrade::scheme::model::MetricSource;
use regrade::table::{Date, Hash};
use regrade::text;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// The version of the semantics by which schemes are read: a run of another version is another run.
const SEMANTICS: u32 = 1;

/// What a run from the ledger is made from.
pub struct Stock {
    /// The tables.
    pub inputs: Inputs,
    /// What was before.
    pub past: Past,
    /// What is recorded of the run beside its customers.
    pub head: RunHead,
    /// The files with the rows read from each.
    pub files: Vec<(String, usize)>,
}

/// What a run is to be made from.
pub struct Make<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Its text.
    pub text: &'a str,
    /// As of which date.
    pub as_of: Date,
    /// The run that it goes on from.
    pub previous: Option<Run>,
    /// Where that run, or one that is in no ledger, is to have left everybody; `None`: where the run did.
    pub left: Option<Left>,
    /// The run whose imports it sees; `None`: all that the ledger has.
    pub data: Option<&'a Run>,
    /// What of people's decisions it has.
    pub people: People<'a>,
    /// The run whose merges of customers it has; `None`: those of `people`.
    pub merges: Option<&'a Run>,
    /// Whether tables count on the date though they came in later: to see what the time alone has done.
    pub ahead_of_time: bool,
}

/// Where a run leaves everybody.
#[derive(Clone, Debug)]
pub struct Left {
    /// The date that it is as of.
    pub as_of: Date,
    /// Whom it knows.
    pub customers: Vec<Known>,
}

impl Left {
    /// What the next run begins with.
    pub fn past(self) -> Past {
        let mut customers = self.customers;
        // Whose row was refused and who never had a run is not known yet.
        customers.retain(|known| known.standing != Standing::default());
        Past {
            as_of: Some(self.as_of),
            customers,
            ..Past::default()
        }
    }
}

impl<'a> Make<'a> {
    /// A new run of all that the ledger knows.
    pub fn new(
        ledger: &Ledger,
        scheme: &'a Scheme,
        text: &'a str,
        as_of: Date,
    ) -> Result<Self, Error> {
        Ok(Self {
            scheme,
            text,
            as_of,
            previous: ledger.run_before(as_of)?,
            left: None,
            data: None,
            people: People::Now,
            merges: None,
            ahead_of_time: false,
        })
    }
}

/// Takes from the ledger what a run is made from.
pub fn stock(ledger: &Ledger, make: Make<'_>) -> Result<Stock, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let Make {
        scheme,
        text: scheme_text,
        as_of,
        previous,
        left,
        ..
    } = make;
    let mut imports = ledger.imports().map_err(trouble)?;
    if let Some(run) = make.data {
        let inputs = ledger.run_inputs(run.number).map_err(trouble)?;
        only_of(&inputs, &mut imports);
    }
    for import in &mut imports {
        if make.ahead_of_time {
            import.filing.as_of = import.filing.as_of.min(as_of);
        }
        import.filing.confirmed.retain(|day| *day <= as_of);
    }
    let of_left = left.as_ref().map(|left| left.as_of);
    let before = of_left.or(previous.as_ref().map(|run| run.as_of));
    let used = used(scheme, &imports, as_of, before)?;
    let mut inputs = Inputs::empty(scheme);
    let mut files = vec![];
    let mut run_inputs = vec![];
    for import in &used {
        let table = match make.data {
            Some(run) => ledger.load_table_of(import.id, run.number),
            None => ledger.load_table(import.id),
        };
        let table = table.map_err(trouble)?;
        files.push((import.origin.place().to_string(), table.rows.len()));
        run_inputs.push(RunInput {
            import: import.id,
            confirmed: import.filing.confirmed.last().copied(),
        });
        inputs.put(scheme, &import.sheet, table, Some(import.filing.clone()));
    }
    let mut past = past(ledger, previous.as_ref(), left).map_err(trouble)?;
    let days = (first_day(scheme, &past, as_of), as_of);
    let mut decisions = Decisions::of(ledger, scheme, make.people, days).map_err(trouble)?;
    if let Some(run) = make.merges {
        decisions.merged = ledger.run_merges(run.number).map_err(trouble)?;
    }
    let id = run_id(
        scheme_text,
        as_of,
        previous.as_ref(),
        &used,
        &decisions.within(days),
    );
    past.overrides = decisions.overrides;
    past.settled = decisions.settled;
    let merged = decisions.merged;
    merge_past(&mut past, &merged);
    inputs.known = past
        .customers
        .iter()
        .map(|known| known.id.clone())
        .collect();
    inputs.merged.clone_from(&merged);
    let head = RunHead {
        id,
        scheme: SchemeText {
            text: scheme_text.to_owned(),
            name: scheme.name.clone(),
            version: scheme.version.clone(),
        },
        as_of,
        previous: previous.map(|run| run.number),
        semantics: SEMANTICS,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: run_inputs,
        overrides: past
            .overrides
            .iter()
            .filter(|set| set.is_live(as_of))
            .map(|set| set.id)
            .collect(),
        merged,
        findings: None,
    };
    Ok(Stock {
        inputs,
        past,
        head,
        files,
    })
}

/// The imports that a run reads: of the sheets in force those of the dates that it decides, of events all up to its date.
fn used(
    scheme: &Scheme,
    imports: &[Import],
    as_of: Date,
    before: Option<Date>,
) -> Result<Vec<Import>, Stop> {
    let wants_history = scheme
        .metrics
        .iter()
        .any(|metric| matches!(metric.from, MetricSource::History(_)));
    let first = imports.iter().map(|import| import.filing.as_of).min();
    let first = before.or(first).unwrap_or(as_of);
    let mut dates: Vec<Date> = vec![as_of];
    if scheme.has_history() {
        let periods = period_ends(scheme.period, first, as_of);
        dates.extend(periods.into_iter().filter_map(regrade::table::Period::end));
    }
    let mut used = BTreeSet::new();
    let mut missing = vec![];
    for (name, is_events, is_needed) in sheets(scheme) {
        let of_sheet: Vec<usize> = (0..imports.len())
            .filter(|index| *imports[*index].sheet == *name)
            .collect();
        if is_events {
            let counts = |index: &usize| {
                let import = &imports[*index];
                let said = import.filing.covers.iter().map(|(first, _)| *first);
                let rows = import.span.map(|(first, _)| first);
                said.chain(rows).min().is_none_or(|first| first <= as_of)
            };
            let has_any = !of_sheet.is_empty();
            let counting: Vec<usize> = of_sheet.into_iter().filter(counts).collect();
            // Where all rows come later nobody has any yet.
            if !has_any {
                missing.push(no_import(&name, None, as_of));
            }
            used.extend(counting);
            continue;
        }
        let filings: Vec<Filing> = of_sheet
            .iter()
            .map(|index| imports[*index].filing.clone())
            .collect();
        let of = |date: Date| {
            in_force(&filings, date)
                .into_iter()
                .map(|index| of_sheet[index])
        };
        if of(as_of).next().is_none() && is_needed {
            let first = filings.iter().map(|filing| filing.as_of).min();
            missing.push(no_import(&name, first, as_of));
        }
        for date in &dates {
            used.extend(of(*date));
        }
        if wants_history {
            let known = |index: &usize| imports[*index].filing.in_force(as_of).is_some();
            used.extend(of_sheet.iter().copied().filter(known));
        }
    }
    if !missing.is_empty() {
        return Err(Stop::Findings {
            findings: missing,
            source: None,
            exit: Exit::Refused,
        });
    }
    Ok(used
        .into_iter()
        .map(|index| imports[index].clone())
        .collect())
}

/// The sheets of a scheme: name, whether it is of events, whether a run needs it.
fn sheets(scheme: &Scheme) -> Vec<(String, bool, bool)> {
    let customers = scheme.customers.iter();
    let customers = customers.map(|rule| (rule.sheet.name.to_string(), false, true));
    let events = scheme.events.iter();
    let events = events.map(|rule| (rule.sheet.name.to_string(), true, true));
    let lookups = scheme.lookups.iter();
    let lookups = lookups.map(|rule| (rule.sheet.name.to_string(), false, true));
    let crosswalks = scheme.crosswalks.iter();
    let crosswalks = crosswalks.map(|rule| (rule.sheet.name.to_string(), false, false));
    customers
        .chain(events)
        .chain(lookups)
        .chain(crosswalks)
        .collect()
}

/// A sheet of which the ledger has nothing that counts on the as-of date.
fn no_import(sheet: &str, first: Option<Date>, as_of: Date) -> Finding {
    let finding = Finding::error(
        Code::MissingSheet,
        text!(
            "the ledger has nothing of sheet `{sheet}` as of {as_of}",
            "台账中没有截至 {as_of} 的表 `{sheet}`"
        ),
    );
    match first {
        Some(first) => finding.help(text!(
            "the first was imported as of {first}; say the date of a file with `import --as-of {as_of}`",
            "最早的一份是按 {first} 导入的；导入时请用 `import --as-of {as_of}` 写明文件的日期"
        )),
        None => finding.help(text!(
            "import its file: `regrade import FILE`",
            "请先导入它的文件：`regrade import 文件`"
        )),
    }
}

/// Where the run before left everybody, or is to have `left` them.
fn past(ledger: &Ledger, previous: Option<&Run>, left: Option<Left>) -> Result<Past, Error> {
    let recorded = |run: &Run| {
        Ok::<_, Error>(Left {
            as_of: run.as_of,
            customers: ledger.standings(run.number)?,
        })
    };
    let left = match (left, previous) {
        (Some(left), _) => Some(left),
        (None, Some(run)) => Some(recorded(run)?),
        (None, None) => None,
    };
    Ok(left.map(Left::past).unwrap_or_default())
}

/// What was before of customers who are one now: the standing is that of the key that is kept, else of the first of the
/// others; what people set and settled is of the one customer.
fn merge_past(past: &mut Past, merged: &BTreeMap<Arc<str>, Arc<str>>) {
    if merged.is_empty() {
        return;
    }
    let rename = |customer: &mut Arc<str>| {
        if let Some(kept) = merged.get(customer) {
            *customer = kept.clone();
        }
    };
    // Those that keep their key come first, whatever the order of the run before.
    past.customers
        .sort_by_key(|known| merged.contains_key(&known.id));
    let mut known: HashSet<Arc<str>> = HashSet::new();
    past.customers.retain_mut(|customer| {
        rename(&mut customer.id);
        known.insert(customer.id.clone())
    });
    for set in &mut past.overrides {
        rename(&mut set.customer);
    }
    for settled in &mut past.settled {
        rename(&mut settled.customer);
    }
}

/// Leaves of the imports what was there when a run was made from `inputs`; which of it counts on which date follows from
/// the dates.
fn only_of(inputs: &[RunInput], imports: &mut Vec<Import>) {
    let last = inputs.iter().map(|input| input.import).max();
    imports.retain(|import| Some(import.id) <= last);
    for import in imports {
        let of_run = inputs.iter().find(|input| input.import == import.id);
        let confirmed = of_run.and_then(|input| input.confirmed);
        let days = &mut import.filing.confirmed;
        days.retain(|day| Some(*day) <= confirmed);
    }
}

/// What a run is called: a hash of its scheme, as-of date, imports, what people decided, the run before and the
/// semantics.
fn run_id(
    scheme_text: &str,
    as_of: Date,
    previous: Option<&Run>,
    imports: &[Import],
    decisions: &Decisions,
) -> String {
    let mut hash = Hash::default();
    let mut line = |parts: &[&str]| {
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update([0xFF]);
    };
    line(&["semantics", &SEMANTICS.to_string()]);
    line(&["scheme", scheme_text]);
    line(&["as of", &as_of.to_string()]);
    line(&["previous", previous.map_or("", |run| &run.id)]);
    for import in imports {
        let filing = &import.filing;
        let days = |days: &[Date]| format!("{days:?}");
        line(&[
            "import",
            &import.sheet,
            &filing.source,
            &import.content_hash,
            &filing.as_of.to_string(),
            &days(&filing.confirmed),
            &format!("{:?}", filing.covers),
        ]);
    }
    for set in &decisions.overrides {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        line(&[
            "override",
            &set.customer,
            set.subject.key(),
            set.hold.key(),
            &set.level,
            &set.reason,
            &set.by,
            &day(set.from),
            &day(set.until),
        ]);
    }
    for settled in &decisions.settled {
        line(&["settled", &settled.customer, &settled.rule]);
    }
    for (customer, kept) in &decisions.merged {
        line(&["merged", customer, kept]);
    }
    hash.end()
}
