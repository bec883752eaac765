//! One table before it goes into a ledger: whose its rows are, which of them cannot be used, what it covers.

use super::changes::row_key;
use super::quarantine::{Quarantined, quarantined};
use super::{
    Filing, Inputs, SheetKind, check_bad_rows, credit_codes, crosswalk, days, events, same_key,
};
use crate::checks::{self, Last};
use crate::clean::absent::absent_columns;
use crate::clean::column::read_id;
use crate::clean::sheet::{CleanSheet, column_of, shown};
use crate::clean::whose::Whose;
use crate::clean::{CellRule, read_column};
use crate::diagnostic::{At, Code, Finding};
use crate::read::Table;
use crate::scheme::model::{FieldKind, Scheme, Sheet};
use crate::table::{Column, Date, RawRows, TextColumn};
use std::borrow::Cow;
use std::sync::Arc;

/// A table for a sheet of the scheme, with the customers' keys in it.
pub struct Arrival<'a> {
    scheme: &'a Scheme,
    kind: SheetKind,
    rule: &'a Sheet,
    /// The fields that must be there in every row.
    keys: Vec<usize>,
    table: Cow<'a, Table>,
    /// Where it comes from, and as of which date.
    source: Arc<str>,
    as_of: Date,
    /// What it is compared with.
    before: Option<Before<'a>>,
    findings: Vec<Finding>,
}

/// What was imported before.
struct Before<'a> {
    table: Table,
    as_of: Date,
    /// Whether it is of another source: other customers may be in it, but the same units.
    is_elsewhere: bool,
    /// The fields whose values are true though most of them jump.
    accepted: &'a [String],
}

/// What there is to know of a table before it is taken in.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// How many rows cannot be used.
    pub refused: usize,
    /// Which they are, and why.
    pub quarantined: Vec<Quarantined>,
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
        let rule = kind.sheet(scheme)?;
        let keys = match kind {
            SheetKind::Customers => vec![scheme.customers.as_ref()?.key],
            SheetKind::Events(index) => {
                let event = &scheme.events[index];
                vec![event.customer, event.date]
            }
            SheetKind::Lookup(index) => vec![scheme.lookups[index].key],
            SheetKind::Crosswalk(index) => {
                let crosswalk = &scheme.crosswalks[index];
                vec![crosswalk.key, crosswalk.customer]
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
            source: filing.source.clone(),
            as_of: filing.as_of,
            before: None,
            findings,
        })
    }

    /// The same, to be compared with the last import of its source; with that of another source only for slips of
    /// units. Of the fields in `accepted` somebody has said that their values are true though most of them jump.
    #[must_use]
    pub fn after(
        mut self,
        before: Option<(Table, Filing)>,
        crosswalks: &Inputs,
        accepted: &'a [String],
    ) -> Self {
        self.before = before.map(|(table, filing)| {
            // What there was to say of it was said then.
            let said = &mut vec![];
            let table = mapped(self.scheme, self.kind, &table, &filing, crosswalks, said);
            Before {
                table: table.into_owned(),
                as_of: filing.as_of,
                is_elsewhere: filing.source != self.source,
                accepted,
            }
        });
        self
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

    /// The day of each row of an event sheet; of other sheets none. All rows together show in which order day and month
    /// are written.
    pub fn days(&self) -> Vec<Option<Date>> {
        let SheetKind::Events(_) = self.kind else {
            return vec![];
        };
        let Some((column, rule)) = column_of(self.rule, &self.table, self.keys[1]) else {
            return vec![];
        };
        let days = days::days_of(&read_column(&self.table.rows, column, &rule).column);
        days.into_iter().map(Date::from_days).collect()
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
        let dates = [self.as_of];
        let mut clean = checks::read(rule, tables, &[0], keys, &dates);
        findings.append(&mut clean.findings);
        let whose = Whose {
            sheet: rule,
            tables,
            sources: &clean.sources,
            key: keys.first().copied(),
            as_of: &dates,
        };
        let (columns, rows) = (&clean.columns, &clean.rows);
        findings.extend(checks::stale_dates(&whose, columns, rows, self.as_of));
        findings.extend(self.changes(&clean));
        let customers = scheme.customers.as_ref();
        let before = customers.map(|rule| [rule.previous_grade, rule.previous_date]);
        let before = before.unwrap_or_default();
        findings.extend(absent_columns(rule, tables.first(), &clean, |field| {
            !keys.contains(&field) && !before.contains(&Some(field))
        }));
        if let (SheetKind::Customers, Some(customers)) = (kind, customers) {
            same_key::settle(rule, customers.key, tables, &mut clean, &mut findings);
            findings.extend(credit_codes::check(scheme, tables, &clean));
        }
        check_bad_rows(rule, &clean, &mut findings);
        let quarantined = quarantined(&clean, &self.table, &findings);
        let mut span = None;
        if let SheetKind::Events(_) = kind {
            let days = days::days_of(&clean.columns[keys[1]]);
            let days = days.into_iter().filter_map(Date::from_days);
            span = days.fold(None, |span: Option<(Date, Date)>, day| {
                Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
            });
        }
        Intake {
            refused: clean.refused.len(),
            quarantined,
            span,
            findings,
        }
    }
}

impl Arrival<'_> {
    /// What there is to say of the changes since the last import. `clean` is what was read of the table.
    fn changes(&self, clean: &CleanSheet) -> Vec<Finding> {
        let Some(before) = &self.before else {
            return vec![];
        };
        let last = |tables, clean, as_of| Last {
            sheet: self.rule,
            key: self.keys[0],
            row_key: row_key(self.scheme, self.kind),
            tables,
            table: 0,
            clean,
            as_of,
        };
        let tables = std::slice::from_ref(&before.table);
        let (then, now) = ([before.as_of], [self.as_of]);
        let earlier = checks::read(self.rule, tables, &[0], &self.keys, &then);
        let earlier = last(tables, &earlier, &then);
        let now = last(std::slice::from_ref(&*self.table), clean, &now);
        if before.is_elsewhere {
            return checks::slips(&now, &earlier, before.accepted);
        }
        checks::since(&now, &earlier, before.accepted)
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
    let has_customers = matches!(kind, SheetKind::Customers | SheetKind::Events(_));
    let (true, Some(sheet)) = (has_own_ids && has_customers, kind.sheet(scheme)) else {
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
    let nobody = std::collections::BTreeMap::new();
    events::read(rule, &tables, &filings, true, &nobody, as_of, &mut findings);
    findings.retain(|finding| {
        let is_new = matches!(&finding.at, At::Data(place) if place.origin == new);
        finding.code == Code::DuplicateKey && is_new
    });
    findings
}
