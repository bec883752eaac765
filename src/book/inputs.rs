//! The tables that were read for each sheet of a scheme, and how they came in.

use super::{Earlier, Filing};
use crate::read::Table;
use crate::scheme::model::{Scheme, Sheet};
use foldhash::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables that were read for each sheet of a scheme.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// For the customers' sheet.
    pub customers: Vec<Table>,
    /// For each event sheet, in the order of the scheme.
    pub events: Vec<Vec<Table>>,
    /// For each lookup sheet, in the order of the scheme.
    pub lookups: Vec<Vec<Table>>,
    /// For each crosswalk, in the order of the scheme.
    pub crosswalks: Vec<Vec<Table>>,
    /// How the tables came in; empty if a command named them and no ledger knows them.
    pub filings: Filings,
    /// Customers whom a run before knew: nothing is to be said of their events where no sheet has them.
    pub known: Vec<Arc<str>>,
    /// Customers of whom people said that they are one: for each key that is another's now the one that is kept.
    pub merged: BTreeMap<Arc<str>, Arc<str>>,
    /// What customers were before by a graded file; for them it goes before what their sheet says.
    pub before: HashMap<Arc<str>, Earlier>,
}

/// How the tables of [`Inputs`] came in, each beside its table.
#[derive(Clone, Debug, Default)]
pub struct Filings {
    /// The customers' sheets.
    pub customers: Vec<Filing>,
    /// For each event sheet.
    pub events: Vec<Vec<Filing>>,
    /// For each lookup sheet.
    pub lookups: Vec<Vec<Filing>>,
    /// For each crosswalk.
    pub crosswalks: Vec<Vec<Filing>>,
}

/// What a sheet of a scheme is, with its place among its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SheetKind {
    /// The customers.
    Customers,
    /// An event sheet.
    Events(usize),
    /// A lookup.
    Lookup(usize),
    /// A crosswalk.
    Crosswalk(usize),
}

impl SheetKind {
    /// The sheet of this name; `None` if the scheme has none.
    pub fn of(scheme: &Scheme, name: &str) -> Option<Self> {
        let customers = scheme.customers.as_ref();
        if customers.is_some_and(|customers| *customers.sheet.name == *name) {
            return Some(Self::Customers);
        }
        let mut events = scheme.events.iter();
        let mut lookups = scheme.lookups.iter();
        let mut crosswalks = scheme.crosswalks.iter();
        let event = events.position(|event| *event.sheet.name == *name);
        let lookup = lookups.position(|lookup| *lookup.sheet.name == *name);
        let crosswalk = crosswalks.position(|crosswalk| *crosswalk.sheet.name == *name);
        event
            .map(Self::Events)
            .or(lookup.map(Self::Lookup))
            .or(crosswalk.map(Self::Crosswalk))
    }

    /// The rule by which its tables are read; `None` if the scheme has no such sheet.
    pub fn sheet(self, scheme: &Scheme) -> Option<&Sheet> {
        match self {
            Self::Customers => scheme.customers.as_ref().map(|rule| &rule.sheet),
            Self::Events(index) => scheme.events.get(index).map(|rule| &rule.sheet),
            Self::Lookup(index) => scheme.lookups.get(index).map(|rule| &rule.sheet),
            Self::Crosswalk(index) => scheme.crosswalks.get(index).map(|rule| &rule.sheet),
        }
    }
}

impl Inputs {
    /// The customer that a key stands for: its own, or the one that it was merged into.
    pub(super) fn one(&self, id: Arc<str>) -> Arc<str> {
        self.merged.get(&id).cloned().unwrap_or(id)
    }

    /// No tables yet for the sheets of a scheme.
    pub fn empty(scheme: &Scheme) -> Self {
        let (events, lookups) = (scheme.events.len(), scheme.lookups.len());
        let crosswalks = scheme.crosswalks.len();
        Self {
            customers: vec![],
            events: vec![vec![]; events],
            lookups: vec![vec![]; lookups],
            crosswalks: vec![vec![]; crosswalks],
            filings: Filings {
                customers: vec![],
                events: vec![vec![]; events],
                lookups: vec![vec![]; lookups],
                crosswalks: vec![vec![]; crosswalks],
            },
            known: vec![],
            merged: BTreeMap::new(),
            before: HashMap::default(),
        }
    }

    /// Takes a table in for a sheet of the scheme; `filing` is how it came in, if a ledger knows it. A table for a sheet
    /// that the scheme does not have is left out.
    pub fn put(&mut self, scheme: &Scheme, sheet: &str, table: Table, filing: Option<Filing>) {
        let filings = &mut self.filings;
        let (tables, filed) = match SheetKind::of(scheme, sheet) {
            Some(SheetKind::Customers) => (&mut self.customers, &mut filings.customers),
            Some(SheetKind::Events(index)) => (&mut self.events[index], &mut filings.events[index]),
            Some(SheetKind::Lookup(index)) => {
                (&mut self.lookups[index], &mut filings.lookups[index])
            }
            Some(SheetKind::Crosswalk(index)) => {
                (&mut self.crosswalks[index], &mut filings.crosswalks[index])
            }
            None => return,
        };
        tables.push(table);
        filed.extend(filing);
    }
}

impl Filings {
    /// Whether no ledger knows the tables.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
            && self.events.iter().all(Vec::is_empty)
            && self.lookups.iter().all(Vec::is_empty)
    }
}
