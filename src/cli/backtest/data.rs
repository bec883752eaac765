//! What a backtest grades: the ledger with all that it knows now, or event files.

use super::Args;
use crate::cli::as_of::as_of;
use crate::cli::people::People;
use crate::cli::rules::Rules;
use crate::cli::stock::{Left, Make, stock};
use crate::cli::{Global, Screen, Stop, inputs, ledger};
use regrade::backtest::of_events;
use regrade::book::{self, Inputs};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{Grading, grade};
use regrade::ledger::{Error, Ledger};
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;

/// Where the data is.
pub enum Data {
    /// In a ledger.
    Ledger(Ledger),
    /// In files, read for each of the two schemes.
    Files(Files),
}

/// Event files.
pub struct Files {
    /// The text of each scheme with what was read for it.
    read: Vec<(String, Inputs)>,
    /// The date on which they were taken from where they come.
    as_of: Date,
    findings: Vec<Finding>,
}

impl Data {
    /// The ledger, or files that are yet to be read.
    pub fn open(args: &Args, global: &Global) -> Result<Self, Stop> {
        if args.files.is_empty() {
            return ledger::open(global).map(Self::Ledger);
        }
        Ok(Self::Files(Files {
            read: vec![],
            as_of: as_of(global)?,
            findings: vec![],
        }))
    }

    /// Reads the files, for each scheme by itself: both may know other sheets and fields of them.
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
        let reads_stdin = |file: &String| file == "-" || file.ends_with("=-");
        if args.files.iter().any(reads_stdin) {
            return Err(read_once());
        }
        let options = args.reading.options()?;
        for rules in sides {
            if rules.scheme.customers.is_some() {
                return Err(no_sheets_of_then(&rules.name));
            }
            let (inputs, loaded) = inputs::load_all(&rules.scheme, &args.files, &options, screen)?;
            files.read.push((rules.text.clone(), inputs));
            files.findings = loaded.findings;
        }
        Ok(())
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
        let (inputs, past) = match self {
            Self::Ledger(ledger) => {
                let stock = stock(ledger, make(rules, &rules.scheme, end, left))?;
                (stock.inputs, stock.past)
            }
            Self::Files(files) => {
                let mut inputs = files.inputs(rules);
                let past = left.map(Left::past).unwrap_or_default();
                let known = past.customers.iter().map(|known| known.id.clone());
                inputs.known = known.collect();
                (inputs, past)
            }
        };
        let grading = grade(Arc::new(rules.scheme.clone()), inputs, end, past);
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
            Self::Files(files) => Ok(files.inputs(rules)),
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
    fn inputs(&self, rules: &Rules) -> Inputs {
        let mut read = self.read.iter();
        let found = read.find(|(text, _)| *text == rules.text);
        found.map(|(_, inputs)| inputs.clone()).unwrap_or_default()
    }

    fn days(&self, rules: &Rules) -> Days {
        let scheme = Arc::new(rules.scheme.clone());
        let book = book::assemble(scheme, self.inputs(rules), self.as_of);
        let firsts = book.events.iter();
        Days {
            first: firsts.filter_map(|rows| rows.coverage.first_date()).min(),
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

/// Two schemes read the same files, and standard input is gone when the first has read it.
fn read_once() -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "standard input can be read once, and two schemes read the data",
            "标准输入只能读一次，而两个方案都要读数据"
        ),
    );
    Stop::usage(finding.help(text!(
        "write it into a file first, and name the file",
        "请先写入文件，再给出文件名"
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
