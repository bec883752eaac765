//! Customers' sheets and orders as a ledger would file them, and runs over what had come in by their date.

use regrade::book::{self, Filing, Filings, Inputs};
use regrade::decide::{Decided, Decision, Override, Why};
use regrade::diagnostic::Finding;
use regrade::grading::{self, Grading, Past};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::scheme::{self, model::Scheme};
use regrade::table::{Date, Period, PeriodKind};
use std::fmt::Write as _;
use std::sync::Arc;

/// The columns of the customers' sheet of all tests.
pub const CUSTOMER: [&str; 5] = ["id", "v", "was", "since", "met"];
const ORDER: [&str; 4] = ["who", "day", "amount", "no"];

/// A scheme, and the files with the dates on which they came in.
#[derive(Clone)]
pub struct World {
    pub scheme: Arc<Scheme>,
    sheets: Vec<(Filing, Table)>,
    orders: Vec<(Filing, Table)>,
    pub overrides: Vec<Override>,
    /// Whether a ledger keeps the files; else a command names them.
    pub filed: bool,
}

/// An order: customer, day, amount.
pub type Order = (String, Date, i64);

impl World {
    pub fn new(scheme: &str) -> Result<Self, Vec<Finding>> {
        let (valid, findings) = scheme::validate(scheme);
        Ok(Self {
            scheme: Arc::new(valid.ok_or(findings)?),
            sheets: vec![],
            orders: vec![],
            overrides: vec![],
            filed: true,
        })
    }

    /// A customers' sheet that came in on a day; its text starts with the header.
    pub fn sheet(&mut self, day: Date, text: &str) {
        let order = self.sheets.len() as u64;
        let filing = Filing::named("customers", day, order);
        self.sheets.push((filing, table(text, &CUSTOMER)));
    }

    /// A file with orders that came in on a day. It covers `covers`, and what its rows span.
    pub fn orders(&mut self, day: Date, covers: Option<(Date, Date)>, orders: &[Order]) {
        let number = self.orders.len() as u64;
        let mut text = format!("{}\n", ORDER.join(","));
        for (index, (who, day, amount)) in orders.iter().enumerate() {
            let _ = writeln!(text, "{who},{day},{amount},{number}-{index}");
        }
        let mut filing = Filing::named("orders", day, number);
        filing.covers = covers.into_iter().collect();
        self.orders.push((filing, table(&text, &ORDER)));
    }

    /// A run over what had come in by its date.
    pub fn run(&self, as_of: Date, past: Past) -> Grading {
        let known = |files: &[(Filing, Table)]| -> (Vec<Filing>, Vec<Table>) {
            let known = files.iter().filter(|(filing, _)| filing.as_of <= as_of);
            known.cloned().unzip()
        };
        let (customers_filed, customers) = known(&self.sheets);
        let (events_filed, events) = known(&self.orders);
        let filings = Filings {
            customers: customers_filed,
            events: vec![events_filed],
            ..Filings::default()
        };
        let inputs = Inputs {
            customers,
            events: vec![events],
            filings: if self.filed {
                filings
            } else {
                Filings::default()
            },
            ..Inputs::default()
        };
        let grading = grading::grade(self.scheme.clone(), inputs, as_of, past);
        let refusals: Vec<_> = grading
            .findings
            .iter()
            .filter(|finding| book::is_refusal(finding))
            .collect();
        assert!(refusals.is_empty(), "{refusals:#?}");
        grading
    }

    /// What a run begins with after another one; before the first nobody is known.
    pub fn past(&self, before: Option<&Grading>) -> Past {
        Past {
            as_of: before.map(|grading| grading.book.as_of),
            customers: before.map(Grading::standings).unwrap_or_default(),
            overrides: self.overrides.clone(),
            settled: vec![],
        }
    }

    /// Runs on these dates one after another; the last one.
    pub fn runs(&self, dates: &[Date]) -> Grading {
        let mut last = None;
        for date in dates {
            last = Some(self.run(*date, self.past(last.as_ref())));
        }
        last.unwrap()
    }
}

/// A table of a text, read as a file of the sheet that has these headers, the key first.
fn table(text: &str, headers: &[&str]) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.csv");
    std::fs::write(&path, text).unwrap();
    let known = KnownSheet {
        name: "sheet".into(),
        key: vec![headers[0].to_owned()],
        required: vec![],
        headers: headers.iter().map(|&header| header.to_owned()).collect(),
        results: vec![],
    };
    let input = Input::File {
        path,
        name: "sheet.csv".to_owned(),
        worksheet: None,
    };
    let tables = read::open(&input, &[known], &Options::default(), &|_, _| {});
    tables.unwrap().remove(0)
}

/// The last day of a month that is `later` months after the one of `first`.
pub fn month_end(first: Date, later: usize) -> Date {
    Period::of(PeriodKind::Month, first)
        .back(-(later as i32))
        .end()
        .unwrap()
}

/// The name of what happened to a customer at the last period end, as the cases write it.
pub fn why(scheme: &Scheme, of_type: bool, why: Option<Why>) -> String {
    let movement = if of_type {
        &scheme.type_movement
    } else {
        &scheme.grade_movement
    };
    let rule = |index: u32| {
        movement.as_ref().unwrap().rules[index as usize]
            .name
            .clone()
    };
    match why {
        None => "nothing".to_owned(),
        Some(Why::Unrated) => "unrated".to_owned(),
        Some(Why::First) => "first".to_owned(),
        Some(Why::OnHold) => "on_hold".to_owned(),
        Some(Why::NotEligible) => "not_eligible".to_owned(),
        Some(Why::TooSoon(day)) => format!("too_soon:{day}"),
        Some(Why::Rule(index)) => format!("rule:{}", rule(index)),
        Some(Why::Followed) => "followed".to_owned(),
        Some(Why::Conflict(up, down)) => format!("conflict:{}/{}", rule(up), rule(down)),
        Some(Why::AtRisk(by, day)) => {
            let by = by.map_or_else(|| "values".into(), rule);
            format!("at_risk:{by}/{day}")
        }
        Some(Why::NoRule) => "no_rule".to_owned(),
        Some(Why::Unknown) => "unknown".to_owned(),
    }
}

/// What a run says of one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub grade: Option<String>,
    pub kind: Option<String>,
    pub since: Option<Date>,
    pub decision: Decision,
}

/// What a run says of a customer by key; `None` if it does not know it.
pub fn said(grading: &Grading, id: &str) -> Option<Said> {
    if let Some(row) = grading.book.roster.by_id().get(id) {
        let row = *row as usize;
        let Decided {
            since, decision, ..
        } = grading.decided[row];
        return Some(Said {
            grade: grading.grade_name(row).map(ToString::to_string),
            kind: grading.type_name(row).map(ToString::to_string),
            since,
            decision,
        });
    }
    let entries = grading.entries();
    let mut kept = entries
        .into_iter()
        .filter_map(|entry| grading.kept(entry))
        .filter(|kept| kept.id == Some(id));
    let kept = kept.next()?;
    let scheme = &grading.scheme;
    Some(Said {
        grade: kept
            .before
            .grade
            .map(|at| scheme.grades[at].name.to_string()),
        kind: kept.before.kind.map(|at| scheme.types[at].name.to_string()),
        since: kept.before.since,
        decision: kept.decision,
    })
}
