//! One table before it goes into a ledger: whose its rows are, which of them cannot be used, what it covers.

use super::{Filing, Inputs, SheetKind, check_bad_rows, crosswalk, events, merge};
use crate::clean::absent::absent_columns;
use crate::clean::column::read_id;
use crate::clean::sheet::{clean, column_of, shown};
use crate::clean::{CellRule, read_column};
use crate::diagnostic::{At, Code, Finding};
use crate::read::Table;
use crate::scheme::model::{FieldKind, Scheme, Sheet};
use crate::table::{Column, Date, RawRows, TextColumn};
use std::borrow::Cow;

/// A table for a sheet of the scheme, with the customers' keys in it.
pub struct Arrival<'a> {
    scheme: &'a Scheme,
    kind: SheetKind,
    rule: &'a Sheet,
    /// The fields that must be there in every row.
    keys: Vec<usize>,
    table: Cow<'a, Table>,
    findings: Vec<Finding>,
}

/// What there is to know of a table before it is taken in.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// How many rows cannot be used.
    pub refused: usize,
    /// First and last date of the rows of an event sheet.
    pub span: Option<(Date, Date)>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Whose the rows of a table are.
pub struct Owners<'a> {
    rows: &'a RawRows,
    keys: Keys,
}

/// How the customer of a row is found.
enum Keys {
    /// By the cell of this column.
    Cells(usize, CellRule),
    /// By an entry of this column, which takes more than its own cell to read.
    Column(usize, TextColumn),
    /// The rows are no customer's.
    Nowhere,
}

impl<'a> Arrival<'a> {
    /// A table that comes in for a sheet of the scheme; `None` if the scheme has no such sheet. Of `crosswalks`, the
    /// tables that the ledger and the call have, the crosswalks are read.
    pub fn new(
        scheme: &'a Scheme,
        sheet: &str,
        table: &'a Table,
        filing: &Filing,
        crosswalks: &Inputs,
    ) -> Option<Self> {
        let kind = SheetKind::of(scheme, sheet)?;
        let (rule, keys) = match kind {
            SheetKind::Customers => {
                let customers = scheme.customers.as_ref()?;
                (&customers.sheet, vec![customers.key])
            }
            SheetKind::Events(index) => {
                let event = &scheme.events[index];
                (&event.sheet, vec![event.customer, event.date])
            }
            SheetKind::Lookup(index) => {
                let lookup = &scheme.lookups[index];
                (&lookup.sheet, vec![lookup.key])
            }
            SheetKind::Crosswalk(index) => {
                let crosswalk = &scheme.crosswalks[index];
                (&crosswalk.sheet, vec![crosswalk.key, crosswalk.customer])
            }
        };
        let mut findings = vec![];
        let table = mapped(scheme, kind, table, filing, crosswalks, &mut findings);
        Some(Self {
            scheme,
            kind,
            rule,
            keys,
            table,
            findings,
        })
    }

    /// Whose the rows are. Of a row that cannot be used it is still known where its key can be seen: it has to be found
    /// to be forgotten.
    pub fn owners(&self) -> Owners<'_> {
        let field = match self.kind {
            SheetKind::Customers | SheetKind::Events(_) => Some(self.keys[0]),
            SheetKind::Crosswalk(_) => Some(self.keys[1]),
            SheetKind::Lookup(_) => None,
        };
        let rows = &self.table.rows;
        let keys = match field.and_then(|field| column_of(self.rule, &self.table, field)) {
            None => Keys::Nowhere,
            Some((column, rule)) if rule.kind == FieldKind::Id && !rule.fill_down => {
                Keys::Cells(column, rule)
            }
            Some((column, rule)) => match read_column(rows, column, &rule).column {
                Column::Text(keys) => Keys::Column(column, keys),
                _ => Keys::Nowhere,
            },
        };
        Owners { rows, keys }
    }

    /// Cleans and checks the table.
    pub fn take_in(&self) -> Intake {
        let Self {
            scheme,
            kind,
            rule,
            keys,
            ..
        } = self;
        let mut findings = self.findings.clone();
        let tables = std::slice::from_ref(&*self.table);
        let mut clean = clean(rule, tables, keys);
        findings.append(&mut clean.findings);
        let customers = scheme.customers.as_ref();
        let before = customers.map(|rule| [rule.previous_grade, rule.previous_date]);
        let before = before.unwrap_or_default();
        findings.extend(absent_columns(rule, tables.first(), &clean, |field| {
            !keys.contains(&field) && !before.contains(&Some(field))
        }));
        if let (SheetKind::Customers, Some(customers)) = (kind, customers) {
            merge::refuse_duplicates(customers, tables, &mut clean, &mut findings);
        }
        check_bad_rows(rule, &clean, &mut findings);
        let mut span = None;
        if let SheetKind::Events(_) = kind {
            let days = events::days_of(&clean.columns[keys[1]]);
            let days = days.into_iter().filter_map(Date::from_days);
            span = days.fold(None, |span: Option<(Date, Date)>, day| {
                Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
            });
        }
        Intake {
            refused: clean.refused.len(),
            span,
            findings,
        }
    }
}

impl Owners<'_> {
    /// The customer of each row, in order.
    pub fn each(&self) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        (0..self.rows.len()).map(|row| {
            let (column, key) = match &self.keys {
                Keys::Nowhere => return None,
                Keys::Cells(column, rule) => {
                    let key = read_id(self.rows, row, *column, rule);
                    (*column, key.ok().flatten())
                }
                Keys::Column(column, keys) => {
                    (*column, keys.get(row).map(|key| Cow::Borrowed(&**key)))
                }
            };
            key.or_else(|| {
                let written = shown(self.rows.cell(row, column));
                let id = Some(written.trim()).filter(|id| !id.is_empty());
                id.map(|id| Cow::Owned(id.to_owned()))
            })
        })
    }
}

/// The table with the customers' keys in it, where a crosswalk has them for its source.
fn mapped<'a>(
    scheme: &Scheme,
    kind: SheetKind,
    table: &'a Table,
    filing: &Filing,
    crosswalks: &Inputs,
    findings: &mut Vec<Finding>,
) -> Cow<'a, Table> {
    let has_own_ids = scheme
        .crosswalks
        .iter()
        .any(|rule| rule.source == filing.source);
    let mut inputs = Inputs::empty(scheme);
    let sheet = match kind {
        SheetKind::Customers => scheme.customers.as_ref().map(|customers| &customers.sheet),
        SheetKind::Events(index) => Some(&scheme.events[index].sheet),
        SheetKind::Lookup(_) | SheetKind::Crosswalk(_) => None,
    };
    let (true, Some(sheet)) = (has_own_ids, sheet) else {
        return Cow::Borrowed(table);
    };
    inputs.crosswalks.clone_from(&crosswalks.crosswalks);
    inputs
        .filings
        .crosswalks
        .clone_from(&crosswalks.filings.crosswalks);
    inputs.put(scheme, &sheet.name, table.clone(), Some(filing.clone()));
    crosswalk::apply(scheme, &mut inputs, filing.as_of, findings);
    let mapped = match kind {
        SheetKind::Events(index) => inputs.events[index].pop(),
        _ => inputs.customers.pop(),
    };
    mapped.map_or(Cow::Borrowed(table), Cow::Owned)
}

/// What is to be said of rows of an event sheet whose id is known with other content: the newer counts. `tables` are the
/// imports with their filings, the one that is taken in last.
pub fn changed_events(scheme: &Scheme, index: usize, tables: Vec<(Filing, Table)>) -> Vec<Finding> {
    let (filings, tables): (Vec<Filing>, Vec<Table>) = tables.into_iter().unzip();
    let (Some(new), Some(filed)) = (tables.last(), filings.last()) else {
        return vec![];
    };
    let (new, as_of) = (new.origin.clone(), filed.as_of);
    let mut findings = vec![];
    let rule = &scheme.events[index];
    events::read(rule, &tables, &filings, true, as_of, &mut findings);
    findings.retain(|finding| {
        let is_new = matches!(&finding.at, At::Data(place) if place.origin == new);
        finding.code == Code::DuplicateKey && is_new
    });
    findings
}
