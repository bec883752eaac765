//! Metrics that estimate: from the rows of all customers, by way of [`crate::predict`], to one value for each.
//!
//! All estimates of one sheet and one `where` rest on one fit, so that revenue is orders times value. Where the data does
//! not carry a model the metric is missing for everybody, and a finding says why.

use super::{MetricColumn, argument, counted, group, report};
use crate::book::{Book, EventRows};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Bound, Estimate};
use crate::predict::{BuyingFit, Purchases, Refusal, SpendingFit, Spent, Trial, rounded};
use crate::scheme::model::{Metric, Scheme, Span};
use crate::table::column::MISSING;
use crate::table::{Column, Date};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// What was fitted for the estimates of one event sheet and one `where`.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The event sheet's place in the scheme.
    pub sheet: usize,
    /// The metrics that rest on it, by their places in the scheme.
    pub metrics: Vec<usize>,
    /// How customers buy, where a metric asks for it.
    pub buying: Option<Result<BuyingFit, Refusal>>,
    /// The same held against the last third of the time.
    pub trial: Option<Result<Trial, Refusal>>,
    /// What customers spend, for each amount that a metric asks for: the amount as written, and the fit.
    pub spending: Vec<(Arc<str>, Result<SpendingFit, Refusal>)>,
}

impl Fit {
    /// What customers spend, of the amount that a metric asks for; `None` for a metric without an amount.
    pub fn spending_of(
        &self,
        metric: &Metric,
    ) -> Option<&(Arc<str>, Result<SpendingFit, Refusal>)> {
        metric.value.argument.as_ref()?;
        let amount = amount_of(metric);
        self.spending.iter().find(|(known, _)| **known == *amount)
    }
}

/// What stands between the brackets of `expected_value(金额)`, as written.
fn amount_of(metric: &Metric) -> &str {
    let written = metric.text.trim();
    let inner = written
        .split_once(['(', '（'])
        .map_or(written, |(_, inner)| inner);
    inner.strip_suffix([')', '）']).unwrap_or(inner).trim()
}

/// Works out estimates, each fit once.
#[derive(Default)]
pub(super) struct Estimator {
    pub fits: Vec<Fit>,
    known: Vec<Known>,
}

/// What one fit is made from; beside it in [`Estimator::fits`].
struct Known {
    filter: Option<Bound>,
    days: Days,
    /// For each amount in [`Fit::spending`] what each customer spent at repeat purchases.
    spent: Vec<Vec<Option<Spent>>>,
}

/// The days on which each customer bought, ascending and each once.
struct Days {
    starts: Vec<u32>,
    days: Vec<i32>,
}

impl Days {
    fn of(&self, customer: usize) -> &[i32] {
        &self.days[self.starts[customer] as usize..self.starts[customer + 1] as usize]
    }

    fn all(&self) -> impl Iterator<Item = &[i32]> + Clone {
        (0..self.starts.len() - 1).map(|customer| self.of(customer))
    }
}

impl Estimator {
    /// The column of metric `place`, which estimates out of the rows of event sheet `sheet`.
    pub fn column(
        &mut self,
        scheme: &Scheme,
        (place, estimate): (usize, Estimate),
        sheet: usize,
        book: &Book,
        findings: &mut Vec<Finding>,
    ) -> MetricColumn {
        let metric = &scheme.metrics[place];
        let (rule, events) = (&scheme.events[sheet], &book.events[sheet]);
        let counted = counted(rule, metric, book, events, findings);
        let is_new = |row: usize| book.told.is_none_or(|told| events.days[row] > told.days());
        let untold = |row: usize| counted[row] && is_new(row);
        let values = argument(metric, sheet, book, &untold, findings);
        let missing = |row: usize| values.as_ref().is_some_and(|values| values.is_missing(row));
        let tables = &book.inputs.events[sheet];
        report::missing(rule, metric, tables, events, &untold, &missing, findings);
        let filter = metric.filter.as_ref().map(|filter| &filter.bound);
        let mut known = self.known.iter().zip(&self.fits);
        let found =
            known.position(|(known, fit)| fit.sheet == sheet && known.filter.as_ref() == filter);
        let at = found.unwrap_or_else(|| {
            let days = purchase_days(book, events, &counted);
            findings.extend(quiet_end(&rule.sheet.name, &days, book.as_of));
            self.known.push(Known {
                filter: filter.cloned(),
                days,
                spent: vec![],
            });
            self.fits.push(Fit {
                sheet,
                metrics: vec![],
                buying: None,
                trial: None,
                spending: vec![],
            });
            self.fits.len() - 1
        });
        let (known, fit) = (&mut self.known[at], &mut self.fits[at]);
        fit.metrics.push(place);
        if estimate != Estimate::Value {
            fit.buy(&known.days, book);
        }
        let amount = estimate.is_of_amount().then_some(values.as_ref()).flatten();
        let spending = amount.map(|values| {
            fit.spend(
                metric,
                known,
                &Rows {
                    events,
                    count: &counted,
                    amounts: values,
                },
            )
        });
        let column = fit.estimates(metric, estimate, known, spending, book);
        match column {
            Ok(estimates) => {
                findings.extend(not_positive(metric, known, spending, book));
                let mut overflows = vec![];
                let values = estimates
                    .into_iter()
                    .enumerate()
                    .map(|(customer, estimate)| {
                        let Some(estimate) = estimate else {
                            return MISSING;
                        };
                        rounded(estimate).map_or_else(
                            || {
                                overflows.push(customer);
                                MISSING
                            },
                            crate::table::Decimal::millionths,
                        )
                    });
                let values = values.collect();
                report::overflow(metric, book, &overflows, 1, findings);
                MetricColumn::Value(Column::Number(values))
            }
            Err(refusal) => {
                findings.push(refused(metric, refusal));
                findings.extend(not_positive(metric, known, spending, book));
                MetricColumn::Value(Column::Number(vec![MISSING; book.roster.len()]))
            }
        }
    }
}

/// The rows of an event sheet, which of them count, and their amounts.
struct Rows<'a> {
    events: &'a EventRows,
    count: &'a [bool],
    amounts: &'a Column,
}

impl Fit {
    /// Fits how customers buy, if that has not been done. What was found at earlier period ends is shown nowhere, so the
    /// trial is of the newest book alone.
    fn buy(&mut self, days: &Days, book: &Book) {
        if self.buying.is_some() {
            return;
        }
        let as_of = book.as_of.days();
        let all = days.all().filter_map(|own| Purchases::until(own, as_of));
        let fit = BuyingFit::new(all.collect());
        if book.is_newest && fit.is_ok() {
            self.trial = Some(Trial::new(days.all(), as_of));
        }
        self.buying = Some(fit);
    }

    /// Fits what customers spend, if that has not been done for this amount. Gives its place in `spending`.
    fn spend(&mut self, metric: &Metric, known: &mut Known, rows: &Rows<'_>) -> usize {
        let amount = amount_of(metric);
        let mut fits = self.spending.iter();
        if let Some(at) = fits.position(|(known, _)| **known == *amount) {
            return at;
        }
        let spent = spent(&known.days, rows);
        let fitted = spent.iter().flatten().filter(|own| own.sum > 0).copied();
        self.spending
            .push((amount.into(), SpendingFit::new(fitted.collect())));
        known.spent.push(spent);
        known.spent.len() - 1
    }

    /// The estimate of every customer: none without a purchase, or where what was spent does not fit the model.
    fn estimates(
        &self,
        metric: &Metric,
        estimate: Estimate,
        known: &Known,
        spending: Option<usize>,
        book: &Book,
    ) -> Result<Vec<Option<f64>>, Refusal> {
        let buying = match (&self.buying, estimate) {
            (Some(fit), Estimate::Orders | Estimate::Active | Estimate::Revenue) => {
                Some(fit.as_ref().map_err(|refusal| *refusal)?)
            }
            _ => None,
        };
        let spending = match spending {
            Some(at) => {
                let fit = self.spending[at].1.as_ref().map_err(|refusal| *refusal)?;
                Some((fit, &known.spent[at]))
            }
            None => None,
        };
        let as_of = book.as_of.days();
        let end = metric
            .ahead
            .map(|span: Span| span.ahead_of(book.as_of).days());
        let ahead = end.map_or(0, |end| (end - as_of) as u32);
        // What does not depend on the last purchase is the same for many, and dear.
        let mut if_first: HashMap<(u32, u32), f64> = HashMap::default();
        let customers = 0..book.roster.len();
        let of = |customer: usize| {
            let own = Purchases::until(known.days.of(customer), as_of)?;
            let value = match spending {
                Some((fit, spent)) => match spent[customer] {
                    Some(spent) if spent.sum <= 0 => return None,
                    spent => Some(fit.model.expected(spent)),
                },
                None => None,
            };
            let mut orders = || {
                let model = &buying?.model;
                let key = (own.repeats, own.age);
                let of_first = || model.expected_if_first(own.repeats, own.age, ahead);
                Some(*if_first.entry(key).or_insert_with(of_first) * model.active(own))
            };
            match estimate {
                Estimate::Orders => orders(),
                Estimate::Active => Some(buying?.model.active(own)),
                Estimate::Value => value,
                Estimate::Revenue => Some(orders()? * value?),
            }
        };
        Ok(customers.map(of).collect())
    }
}

fn purchase_days(book: &Book, events: &EventRows, counted: &[bool]) -> Days {
    let customers = book.roster.len();
    let groups = group(customers, events, |row, customer| {
        counted[row].then_some(customer)
    });
    let mut days: Vec<i32> = Vec::with_capacity(groups.rows.len());
    let mut starts = Vec::with_capacity(customers + 1);
    let mut own: Vec<i32> = vec![];
    for customer in 0..customers {
        starts.push(days.len() as u32);
        let rows = groups.starts[customer] as usize..groups.starts[customer + 1] as usize;
        own.clear();
        own.extend(
            groups.rows[rows]
                .iter()
                .map(|row| events.days[*row as usize]),
        );
        own.sort_unstable();
        own.dedup();
        days.extend(&own);
    }
    starts.push(days.len() as u32);
    Days { starts, days }
}

/// What each customer spent at repeat purchases; `None` without any whose amount is known.
fn spent(days: &Days, rows: &Rows<'_>) -> Vec<Option<Spent>> {
    let Column::Number(amounts) = rows.amounts else {
        return vec![None; days.starts.len() - 1];
    };
    let all = 0..days.starts.len() - 1;
    let of = |customer: usize| {
        let first = *days.of(customer).first()?;
        let mut known: Vec<i32> = vec![];
        let mut sum: i128 = 0;
        for row in rows.events.rows_of(customer) {
            let row = *row as usize;
            let (day, amount) = (rows.events.days[row], amounts[row]);
            if rows.count[row] && day > first && amount != MISSING {
                known.push(day);
                sum += i128::from(amount);
            }
        }
        known.sort_unstable();
        known.dedup();
        let repeats = known.len() as u32;
        (repeats > 0).then_some(Spent { repeats, sum })
    };
    all.map(of).collect()
}

/// A date of grading long after the last purchase of anybody: the model would take a file that ends early for customers
/// who have left.
fn quiet_end(sheet: &str, days: &Days, as_of: Date) -> Option<Finding> {
    let first = days.all().filter_map(<[i32]>::first).min()?;
    let last = days.all().filter_map(<[i32]>::last).max()?;
    let quiet = as_of.days() - last;
    if quiet <= 7 || i64::from(quiet) * 10 <= i64::from(as_of.days() - first) {
        return None;
    }
    let last = Date::from_days(*last)?;
    Some(
        Finding::warning(
            Code::Uncovered,
            text!(
                "nobody has bought in the {quiet} days since {last} by `{sheet}`: estimates take it that customers have \
                 left",
                "按 `{sheet}`，{last} 以后 {quiet} 天没有任何人购买：估计会认为客户已经流失"
            ),
        )
        .help(text!(
            "import the newer rows, or grade as of the last day that the file covers: `--as-of {last}`",
            "请导入较新的流水，或把截止日期定在文件覆盖的最后一天：`--as-of {last}`"
        )),
    )
}

/// Customers whose repeat purchases came to nothing or less: of them the model knows nothing.
fn not_positive(
    metric: &Metric,
    known: &Known,
    spending: Option<usize>,
    book: &Book,
) -> Option<Finding> {
    let spent = &known.spent[spending?];
    let is_left_out = |own: &Option<Spent>| own.is_some_and(|own| own.sum <= 0);
    let first = spent.iter().position(is_left_out)?;
    let count = spent.iter().filter(|own| is_left_out(own)).count();
    let (name, id) = (&metric.name, &book.roster.ids[first]);
    let customers = if count == 1 {
        "1 customer".to_owned()
    } else {
        format!("{count} customers")
    };
    Some(
        Finding::warning(
            Code::NoEstimate,
            text!(
                "what {customers} paid at repeat purchases, `{id}` among them, comes to nothing or less: no `{name}`",
                "有 {count} 位客户（如 `{id}`）再次购买的金额合计不大于 0：没有 `{name}`"
            ),
        )
        .help(text!(
            "leave refunds out with `where`, as in `where = \"x > 0\"`",
            "请用 `where` 去掉退款，如 `where = \"金额 > 0\"`"
        )),
    )
}

fn refused(metric: &Metric, refusal: Refusal) -> Finding {
    let name = &metric.name;
    let crate::diagnostic::Text { en, zh } = refusal.reason();
    Finding::warning(
        Code::NoEstimate,
        text!(
            "`{name}` is missing for everybody: {en}",
            "全部客户都没有 `{name}`：{zh}"
        ),
    )
    .help(text!(
        "grade with rows of more customers or a longer time, or leave the metric out",
        "请用更多客户或更长时间的流水评级，或去掉该指标"
    ))
}
