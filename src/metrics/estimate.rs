//! Metrics that estimate: from the rows of all customers, by way of [`crate::predict`], to one value for each.
//!
//! All estimates of one sheet and one `where` rest on one fit, so that revenue is orders times value. Where the data does
//! not carry a model the metric is missing for everybody, and a finding says why.

use super::{MetricColumn, argument, counted, report};
use crate::book::{Book, EventRows};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Bound, Estimate};
use crate::predict::{Asked, BuyingFit, Outlook, Purchases, Refusal, SpendingFit, Spent, Trial};
use crate::scheme::model::{Metric, Scheme, Span};
use crate::table::column::MISSING;
use crate::table::{Column, Date, Decimal};
use crate::text;
use crate::words::how_many;
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
    /// What customers spend, for each amount that a metric asks for.
    pub spending: Vec<FitOfAmount>,
}

/// What was fitted to one amount.
#[derive(Clone, Debug)]
pub struct FitOfAmount {
    /// The amount as the first of the metrics writes it.
    pub written: Arc<str>,
    /// What it is.
    amount: Bound,
    /// What customers spend.
    pub fit: Result<SpendingFit, Refusal>,
}

impl Fit {
    /// What customers spend, of the amount that a metric asks for; `None` for a metric without an amount.
    pub fn spending_of(&self, metric: &Metric) -> Option<&FitOfAmount> {
        self.spending.get(self.place_of(metric)?)
    }

    fn place_of(&self, metric: &Metric) -> Option<usize> {
        let amount = metric.value.argument.as_ref()?;
        self.spending
            .iter()
            .position(|known| known.amount == *amount)
    }
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
        let counts = |row: usize| counted.as_ref().is_none_or(|counted| counted[row]);
        let untold = |row: usize| counts(row) && is_new(row);
        let values = argument(metric, sheet, book, &untold, findings);
        let values = values.as_deref();
        let missing = |row: usize| values.is_some_and(|values| values.is_missing(row));
        let tables = &book.inputs.events[sheet];
        report::missing(rule, metric, tables, events, &untold, &missing, findings);
        let filter = metric.filter.as_ref().map(|filter| &filter.bound);
        let mut known = self.known.iter().zip(&self.fits);
        let found =
            known.position(|(known, fit)| fit.sheet == sheet && known.filter.as_ref() == filter);
        let at = found.unwrap_or_else(|| {
            let days = purchase_days(book, events, &counts);
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
        let amounts = metric.value.argument.as_ref().zip(values);
        let spending = amounts.map(|(amount, values)| {
            let rows = Rows {
                events,
                counts: &counts,
                amounts: values,
            };
            fit.spend(metric, amount, known, &rows)
        });
        let column = fit.estimates(metric, estimate, known, spending, book);
        match column {
            Ok(estimates) => {
                findings.extend(not_positive(metric, known, spending, book));
                let mut overflows = vec![];
                let values = estimates
                    .into_iter()
                    .enumerate()
                    .map(|(customer, estimate)| match estimate {
                        Estimated::None => MISSING,
                        Estimated::TooLarge => {
                            overflows.push(customer);
                            MISSING
                        }
                        Estimated::Value(value) => value.millionths(),
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

/// What is estimated of one customer.
enum Estimated {
    /// Nothing: there is no purchase, or what was spent does not fit the model.
    None,
    /// More than an exact number holds.
    TooLarge,
    Value(Decimal),
}

/// The rows of an event sheet, which of them count, and their amounts.
struct Rows<'a> {
    events: &'a EventRows,
    counts: &'a dyn Fn(usize) -> bool,
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
    fn spend(
        &mut self,
        metric: &Metric,
        amount: &Bound,
        known: &mut Known,
        rows: &Rows<'_>,
    ) -> usize {
        if let Some(at) = self.place_of(metric) {
            return at;
        }
        let spent = spent(&known.days, rows);
        let fitted = spent.iter().flatten().filter(|own| own.sum > 0).copied();
        self.spending.push(FitOfAmount {
            written: metric.argument.clone(),
            amount: amount.clone(),
            fit: SpendingFit::new(fitted.collect()),
        });
        known.spent.push(spent);
        known.spent.len() - 1
    }

    /// The estimate of every customer.
    fn estimates(
        &self,
        metric: &Metric,
        estimate: Estimate,
        known: &Known,
        spending: Option<usize>,
        book: &Book,
    ) -> Result<Vec<Estimated>, Refusal> {
        let as_of = book.as_of.days();
        let end = metric
            .ahead
            .map(|span: Span| span.ahead_of(book.as_of).days());
        let ahead = end.map_or(0, |end| (end - as_of) as u32);
        let asked = self.asked(estimate, spending)?;
        let mut outlook = asked.map(|asked| Outlook::new(asked, ahead));
        let mut of = |customer: usize| {
            let own = Purchases::until(known.days.of(customer), as_of);
            let (Some(outlook), Some(own)) = (&mut outlook, own) else {
                return Estimated::None;
            };
            let spent = spending.and_then(|at| known.spent[at][customer]);
            if spent.is_some_and(|spent| spent.sum <= 0) {
                return Estimated::None;
            }
            outlook
                .of(own, spent)
                .map_or(Estimated::TooLarge, Estimated::Value)
        };
        Ok((0..book.roster.len()).map(&mut of).collect())
    }

    /// The models that an estimate asks for; `None` where one of them was not fitted.
    fn asked(
        &self,
        estimate: Estimate,
        spending: Option<usize>,
    ) -> Result<Option<Asked<'_>>, Refusal> {
        let buying = || {
            let fit = self.buying.as_ref().map(Result::as_ref);
            fit.transpose().map_err(|refusal| *refusal)
        };
        let spending = || {
            let fit = spending.map(|at| self.spending[at].fit.as_ref());
            fit.transpose().map_err(|refusal| *refusal)
        };
        Ok(match estimate {
            Estimate::Orders => buying()?.map(Asked::Orders),
            Estimate::Active => buying()?.map(Asked::Active),
            Estimate::Value => spending()?.map(Asked::Value),
            Estimate::Revenue => buying()?
                .zip(spending()?)
                .map(|(buying, spending)| Asked::Revenue(buying, spending)),
        })
    }
}

fn purchase_days(book: &Book, events: &EventRows, counts: &dyn Fn(usize) -> bool) -> Days {
    let customers = book.roster.len();
    let mut days: Vec<i32> = vec![];
    let mut starts = Vec::with_capacity(customers + 1);
    let mut own: Vec<i32> = vec![];
    for customer in 0..customers {
        starts.push(days.len() as u32);
        let rows = events.rows_of(customer).map(|row| row as usize);
        own.clear();
        own.extend(rows.filter(|row| counts(*row)).map(|row| events.days[row]));
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
            let row = row as usize;
            let (day, amount) = (rows.events.days[row], amounts[row]);
            if (rows.counts)(row) && day > first && amount != MISSING {
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
    let customers = how_many(count, "customer");
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
