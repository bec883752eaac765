//! The columns of all names of a scheme, a row a customer, as they are filled one after another.

use super::Among;
use crate::clean::text::shorten;
use crate::diagnostic::{Code, Finding, Text, listed};
use crate::expr::{Bound, Fault, FaultKind, Frame, NO_SERIES, SeriesColumn, Slot};
use crate::rank::{Cut, Everybody, Population, Populations};
use crate::scheme::model::{Expression, Scheme};
use crate::table::{Column, Date};
use crate::text;
use std::fmt;
use std::sync::Arc;

/// The columns of a run by slot.
#[derive(Clone, Debug)]
pub struct Facts {
    len: usize,
    as_of: Date,
    columns: Vec<Column>,
    series: Vec<Option<SeriesColumn>>,
    /// The figures of the population, as they are needed; those of everybody where only some are here.
    everybody: Everybody,
    ids: Arc<Vec<Arc<str>>>,
    /// The day after which periods end that counts of periods look at, for each customer; empty: all periods.
    counts_after: Vec<i32>,
    /// What conditions are evaluated on where the columns above are what a role sees.
    truth: Option<Arc<Truth>>,
    /// Where the rows are customers with other values: who they are, and whom each of them stands among.
    instead: Option<Instead>,
}

/// Customers with other values, each for itself among everybody else as they are.
#[derive(Clone, Debug)]
struct Instead {
    among: Arc<Among>,
    /// Who each row is.
    rows: Vec<u32>,
    /// How much of each of them became too large to be a number.
    overflown: Vec<u32>,
}

/// The columns as they are, behind those that a role sees.
struct Truth {
    columns: Vec<Column>,
    series: Vec<Option<SeriesColumn>>,
}

/// Nothing of it is for anybody to see, nor for what prints values to find out what is wrong.
impl fmt::Debug for Truth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Truth")
    }
}

impl Facts {
    /// No columns yet, for these customers.
    pub fn new(scheme: &Scheme, ids: impl Into<Arc<Vec<Arc<str>>>>, as_of: Date) -> Self {
        let ids = ids.into();
        let slots = scheme.slots.entries.len();
        Self {
            len: ids.len(),
            as_of,
            columns: vec![Column::Bool(vec![]); slots],
            series: vec![None; slots],
            everybody: Everybody::default(),
            ids,
            counts_after: vec![],
            truth: None,
            instead: None,
        }
    }

    /// What a role sees of these: the customers `rows`, called `ids`, with the columns and series that `show` makes of
    /// theirs. Conditions are evaluated on the columns as they are; only [`Self::get`] and [`Self::get_series`] give
    /// what is seen, and nothing else of them is to be written.
    #[must_use]
    pub fn seen(
        &self,
        rows: &[u32],
        ids: Vec<Arc<str>>,
        mut show: impl FnMut(Slot, &Column) -> Column,
    ) -> Self {
        let some: Vec<Option<u32>> = rows.iter().copied().map(Some).collect();
        let gather = |column: &Column| {
            if column.is_empty() {
                // A slot that nothing has filled.
                column.clone()
            } else {
                column.gather(&some)
            }
        };
        let columns: Vec<Column> = self.columns.iter().map(gather).collect();
        let series: Vec<Option<SeriesColumn>> = self
            .series
            .iter()
            .map(|series| series.as_ref().map(|series| series.of(rows)))
            .collect();
        let mut shown_columns = Vec::with_capacity(columns.len());
        let mut shown_series = Vec::with_capacity(series.len());
        for (index, column) in columns.iter().enumerate() {
            let slot = Slot(index as u32);
            shown_columns.push(show(slot, column));
            shown_series.push(series[index].as_ref().map(|series| SeriesColumn {
                values: show(slot, &series.values),
                ..series.clone()
            }));
        }
        let after = |row: &u32| self.counts_after.get(*row as usize).copied();
        let counts_after = rows.iter().filter_map(after).collect();
        Self {
            len: rows.len(),
            as_of: self.as_of,
            columns: shown_columns,
            series: shown_series,
            everybody: self.everybody.clone(),
            ids: Arc::new(ids),
            counts_after,
            truth: Some(Arc::new(Truth { columns, series })),
            instead: None,
        }
    }

    /// The customers `rows`, of whom one may be there several times, to be given other values: each row stands for itself
    /// among everybody else as they are. Nothing is worked out yet.
    #[must_use]
    pub fn instead(&self, rows: Vec<u32>, among: &Arc<Among>) -> Self {
        let places: Vec<Option<u32>> = rows.iter().copied().map(Some).collect();
        let (columns, series) = match &self.truth {
            Some(truth) => (&truth.columns, &truth.series),
            None => (&self.columns, &self.series),
        };
        let gather = |column: &Column| {
            if column.is_empty() {
                // A slot that nothing has filled.
                column.clone()
            } else {
                column.gather(&places)
            }
        };
        let series = series.iter();
        Self {
            len: rows.len(),
            as_of: self.as_of,
            columns: columns.iter().map(gather).collect(),
            series: series
                .map(|series| series.as_ref().map(|series| series.of(&rows)))
                .collect(),
            everybody: Everybody::default(),
            ids: Arc::new(
                rows.iter()
                    .map(|row| self.ids[*row as usize].clone())
                    .collect(),
            ),
            counts_after: vec![],
            truth: None,
            instead: Some(Instead {
                among: among.clone(),
                overflown: vec![0; rows.len()],
                rows,
            }),
        }
    }

    /// The same customers before anything of the population is worked out, to be given other values.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self {
            everybody: Everybody::default(),
            counts_after: vec![],
            ..self.clone()
        }
    }

    /// Everybody, and who the rows are, where these are customers with other values.
    pub(super) fn among(&self) -> Option<(&Among, &[u32])> {
        let instead = self.instead.as_ref()?;
        Some((&instead.among, &instead.rows))
    }

    /// How much became too large to be a number, for a customer with another value.
    pub fn overflown(&self, row: usize) -> u32 {
        let instead = self.instead.as_ref();
        instead.map_or(0, |instead| instead.overflown[row])
    }

    /// Something becomes too large to be a number, for a customer.
    pub(super) fn overflow(&mut self, row: usize) {
        if let Some(instead) = &mut self.instead {
            instead.overflown[row] += 1;
        }
    }

    /// For each customer the day (since 1970-01-01) after which periods end that counts of periods (`streak` and the
    /// like) look at; none given: at all of them.
    pub fn count_after(&mut self, days: Vec<i32>) {
        self.counts_after = days;
    }

    /// These customers are some of all, of whom this is known.
    pub fn stand_among(&mut self, everybody: Everybody) {
        self.everybody = everybody;
    }

    /// Who is in a grade by rank, where that is known of everybody and these are some of them.
    pub(super) fn cut(&self, grade: usize) -> Option<&Cut> {
        self.everybody.cut(grade)
    }

    /// Fills a column.
    pub fn set(&mut self, slot: Slot, column: Column) {
        self.columns[slot.0 as usize] = column;
    }

    /// Fills a series.
    pub fn set_series(&mut self, slot: Slot, series: SeriesColumn) {
        self.series[slot.0 as usize] = Some(series);
    }

    /// A column that was filled.
    pub fn get(&self, slot: Slot) -> &Column {
        &self.columns[slot.0 as usize]
    }

    /// A series that was filled.
    pub fn get_series(&self, slot: Slot) -> Option<&SeriesColumn> {
        self.series[slot.0 as usize].as_ref()
    }

    /// Evaluates an expression for all customers, the figures of the population that it needs first. What cannot be
    /// worked out is a finding that names the customers and `name`.
    pub fn evaluate(
        &mut self,
        scheme: &Scheme,
        expression: &Expression,
        name: &str,
        findings: &mut Vec<Finding>,
    ) -> Column {
        self.evaluate_where(scheme, expression, name, |_| true, findings)
    }

    /// The same where only some customers, those for whom `matters`, have anything from it: for the others an earlier
    /// entry of a list holds, and what cannot be worked out for them changes nothing.
    pub fn evaluate_where(
        &mut self,
        scheme: &Scheme,
        expression: &Expression,
        name: &str,
        matters: impl Fn(u32) -> bool,
        findings: &mut Vec<Finding>,
    ) -> Column {
        self.look_up(scheme, &expression.bound);
        let mut evaluated = expression.bound.eval(self);
        evaluated.faults.retain(|fault| matters(fault.row));
        for fault in &evaluated.faults {
            if fault.kind == FaultKind::Overflow {
                self.overflow(fault.row as usize);
            }
        }
        findings.extend(self.not_computable(&evaluated.faults, expression, name));
        evaluated.column
    }

    /// Prepares the figures of the population that a condition needs.
    pub fn look_up(&mut self, scheme: &Scheme, condition: &Bound) {
        for id in condition.population_ids() {
            if self.everybody.populations.get(id).is_none() {
                let spec = &scheme.populations[id];
                let keys = spec.argument.eval(self).column;
                let groups = spec.within.as_ref().map(|within| within.eval(self).column);
                let population = match self.among() {
                    Some((among, rows)) => {
                        among.population_instead(id, rows, &keys, groups.as_ref())
                    }
                    None => Population::build(&keys, groups.as_ref()),
                };
                self.everybody.populations.set(id, population);
            }
        }
    }

    /// What is to be said of customers for whom an expression cannot be worked out: of all of them at once, because a
    /// field that is often 0 would fill the screen.
    pub fn not_computable(
        &self,
        faults: &[Fault],
        expression: &Expression,
        name: &str,
    ) -> Vec<Finding> {
        let condition = &expression.text;
        let kinds = [FaultKind::DivisionByZero, FaultKind::Overflow];
        let found = kinds.into_iter().filter_map(|kind| {
            let rows: Vec<usize> = faults
                .iter()
                .filter(|fault| fault.kind == kind)
                .map(|fault| fault.row as usize)
                .collect();
            let first = shorten(&self.ids[*rows.first()?]);
            let count = rows.len();
            let who = match count {
                1 => text!("customer `{first}`", "客户 `{first}`"),
                _ => text!("{count} customers", "{count} 位客户"),
            };
            let Text { en, zh } = who;
            let title = match kind {
                FaultKind::DivisionByZero => text!(
                    "`{name}` of {en} divides by zero (`{condition}`): it counts as missing",
                    "{zh}的 `{name}` 除数为零（`{condition}`），按缺失处理"
                ),
                FaultKind::Overflow => text!(
                    "`{name}` of {en} is 9,000,000,000,000 or more (`{condition}`): it counts as missing",
                    "{zh}的 `{name}` 达到或超过 9 万亿（`{condition}`），按缺失处理"
                ),
            };
            let finding = Finding::warning(Code::NotComputable, title);
            if count == 1 {
                return Some(finding);
            }
            let Text { en, zh } = listed(rows.iter().map(|row| &*self.ids[*row]));
            Some(finding.with_note(Text {
                en: format!("they are {en}"),
                zh: format!("这些客户：{zh}"),
            }))
        });
        found.collect()
    }
}

impl Frame for Facts {
    fn len(&self) -> usize {
        self.len
    }

    fn as_of(&self) -> Date {
        self.as_of
    }

    fn column(&self, slot: Slot) -> &Column {
        match &self.truth {
            Some(truth) => &truth.columns[slot.0 as usize],
            None => self.get(slot),
        }
    }

    fn series(&self, slot: Slot) -> &SeriesColumn {
        let series = match &self.truth {
            Some(truth) => truth.series[slot.0 as usize].as_ref(),
            None => self.get_series(slot),
        };
        series.unwrap_or(&NO_SERIES)
    }

    fn counts_after(&self, row: usize) -> i32 {
        self.counts_after.get(row).copied().unwrap_or(i32::MIN)
    }

    fn populations(&self) -> &Populations {
        &self.everybody.populations
    }
}
