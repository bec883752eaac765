//! What a backtest grades: the ledger with all that it knows now, or event files.

use super::Args;
use crate::cli::as_of::as_of;
use crate::cli::people::People;
use crate::cli::rules::Rules;
use crate::cli::stock::{Left, Make, stock};
use crate::cli::trial::refuse_stdin;
use crate::cli::{Global, Screen, Stop, inputs, ledger};
use regrade::backtest::of_events;
use regrade::book::{self, Inputs, Shelf};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{Grading, grade, grade_shelf};
use regrade::ledger::{Error, Ledger};
use regrade::scheme::{Scheme, read_alike};
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;

/// Where the data is.
pub enum Data {
    /// In a ledger.
    Ledger(Ledger),
    /// In files.
    Files(Files),
}

/// Event files, read and cleaned once for each scheme, or for both that read them alike.
pub struct Files {
    read: Vec<Read>,
    /// The date on which they were taken from where they come.
    as_of: Date,
    findings: Vec<Finding>,
}

/// Files as a scheme reads them, and all others that read them alike.
struct Read {
    scheme: Arc<Scheme>,
    text: String,
    shelf: Shelf,
    /// The tables as they were read, for what only the events are asked.
    inputs: Inputs,
}

impl Data {
    /// The ledger, or files that are yet to be read.
    pub fn open(args: &Args, global: &Global) -> Result<Self, Stop> {
        if args.files.is_empty() {
            let ledger = ledger::open(global)?;
            // Each period end reads the events of those before it, for each scheme.
            ledger.keep_events();
            return Ok(Self::Ledger(ledger));
        }
        Ok(Self::Files(Files {
            read: vec![],
            as_of: as_of(global)?,
            findings: vec![],
        }))
    }

    /// Reads the files, for each scheme by itself where they know other sheets or fields of them.
    pub fn read(
        &mut self,
        sides: [&Rules; 2],
        args: &Args,
        global: &Global,
        screen: &Screen,
    ) -> Result<(), Stop> {
        let Self::Files(files) = self else {
            return Ok(());
        };
        if global.ledger.is_some() {
            return Err(one_or_the_other());
        }
        refuse_stdin(args.files.iter().map(String::as_str))?;
        let options = args.reading.options()?;
        for rules in sides {
            if rules.scheme.customers.is_some() {
                return Err(no_sheets_of_then(&rules.name));
            }
            if files.of(rules).is_some() {
                continue;
            }
            let (inputs, loaded) =
                inputs::load_all(&rules.scheme, &args.files, None, &options, screen)?;
            let scheme = Arc::new(rules.scheme.clone());
            files.read.push(Read {
                shelf: Shelf::new(scheme.clone(), inputs.clone(), files.as_of),
                scheme,
                text: rules.text.clone(),
                inputs,
            });
            files.findings.extend(loaded.findings);
        }
        Ok(())
    }

    /// The ledger, where the data is in one.
    pub const fn ledger(&self) -> Option<&Ledger> {
        match self {
            Self::Ledger(ledger) => Some(ledger),
            Self::Files(_) => None,
        }
    }

    /// What there is to say of reading.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Ledger(_) => &[],
            Self::Files(files) => &files.findings,
        }
    }

    /// Grades a period end, on from where the one before left everybody.
    pub fn grade(&self, rules: &Rules, end: Date, left: Option<Left>) -> Result<Grading, Stop> {
        let scheme = Arc::new(rules.scheme.clone());
        let grading = match self {
            Self::Ledger(ledger) => {
                let stock = stock(ledger, make(rules, &rules.scheme, end, left))?;
                grade(scheme, stock.inputs, end, stock.past)
            }
            Self::Files(files) => {
                let past = left.map(Left::past).unwrap_or_default();
                let read = files.of(rules).ok_or_else(super::span::nothing)?;
                grade_shelf(scheme, &read.shelf, end, past)
            }
        };
        if grading.findings.iter().any(book::is_refusal) {
            return Err(Stop::refused(grading.findings));
        }
        Ok(grading)
    }

    /// The tables of the event sheets alone.
    pub fn events(&self, rules: &Rules, until: Date) -> Result<Inputs, Stop> {
        match self {
            Self::Ledger(ledger) => {
                let scheme = of_events(&rules.scheme);
                Ok(stock(ledger, make(rules, &scheme, until, None))?.inputs)
            }
            Self::Files(files) => {
                let read = files.of(rules);
                Ok(read.map(|read| read.inputs.clone()).unwrap_or_default())
            }
        }
    }

    /// The days from which on there is something of each sheet that a scheme needs, and the newest one on which data
    /// came in.
    pub fn days(&self, rules: &Rules) -> Result<Days, Stop> {
        let ledger = match self {
            Self::Files(files) => return Ok(files.days(rules)),
            Self::Ledger(ledger) => ledger,
        };
        let scheme = &rules.scheme;
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        let imports = ledger.imports().map_err(trouble)?;
        let of = |sheet: &str| {
            let of_sheet = imports.iter().filter(move |import| *import.sheet == *sheet);
            of_sheet.collect::<Vec<_>>()
        };
        let customers = scheme.customers.iter().map(|rule| &rule.sheet.name);
        let lookups = scheme.lookups.iter().map(|rule| &rule.sheet.name);
        let mut firsts: Vec<Option<Date>> = vec![];
        for sheet in customers.chain(lookups) {
            let filed = of(sheet).into_iter().map(|import| import.filing.as_of);
            firsts.push(filed.min());
        }
        if scheme.customers.is_none() {
            let events = scheme.events.iter();
            let spans = events.flat_map(|rule| of(&rule.sheet.name));
            firsts.push(spans.filter_map(|import| Some(import.span?.0)).min());
        }
        let newest = imports.iter().map(|import| import.filing.newness().0);
        Ok(Days {
            first: firsts.into_iter().flatten().max(),
            newest: newest.max(),
        })
    }
}

/// Between which days there is data.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// From when on all sheets are there; `None` without any.
    pub first: Option<Date>,
    /// As of when the newest came in.
    pub newest: Option<Date>,
}

impl Files {
    /// What was read for a scheme, or for one that reads alike.
    fn of(&self, rules: &Rules) -> Option<&Read> {
        let mut read = self.read.iter();
        read.find(|read| read_alike((&read.scheme, &read.text), (&rules.scheme, &rules.text)))
    }

    fn days(&self, rules: &Rules) -> Days {
        Days {
            first: self.of(rules).and_then(|read| read.shelf.first_day()),
            newest: Some(self.as_of),
        }
    }
}

fn make<'a>(rules: &'a Rules, scheme: &'a Scheme, as_of: Date, left: Option<Left>) -> Make<'a> {
    Make {
        scheme,
        text: &rules.text,
        as_of,
        previous: None,
        left,
        data: None,
        people: People::Now,
        merges: None,
        ahead_of_time: false,
    }
}

fn one_or_the_other() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "a backtest of files is made without a ledger",
            "用文件回测时不用台账"
        ),
    );
    Stop::usage(finding.help(text!(
        "leave `--ledger` out, or leave the files out: the ledger has them",
        "请去掉 `--ledger`，或去掉文件：台账中已经有了"
    )))
}

/// What customers are today says nothing of what they were: graded with it, the past would know its future.
fn no_sheets_of_then(scheme: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "the scheme {scheme} reads a customers' sheet, and a file of it has one state only: that of now",
            "方案 {scheme} 要读客户表，而文件里只有现在的客户表，没有当时的"
        ),
    );
    Stop::usage(finding.help(text!(
        "import each period's files into a ledger (`regrade import --as-of 2024-01-31 …`) and leave the files out here; \
         files alone will do for schemes that have event sheets only",
        "请把各期的文件导入台账（`regrade import --as-of 2024-01-31 …`），这里不写文件；只有流水表的方案才可以直接用文件"
    )))
}
