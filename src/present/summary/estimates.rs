//! What each estimate rests on, in a sentence.

use crate::diagnostic::{Lang, Text};
use crate::expr::Estimate;
use crate::grading::Grading;
use crate::metrics::Fit;
use crate::predict::{BuyingFit, Refusal, SpendingFit};
use crate::scheme::model::{Metric, Sight};
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

/// The metrics that estimate, each with what it rests on. What a role does not see is not named; who sees some of the
/// customers is not told of the fit, which is of all.
pub fn estimates(grading: &Grading, lang: Lang) -> Vec<(Arc<str>, String)> {
    let scheme = &grading.scheme;
    let some_rows = grading.role.as_ref().is_some_and(|role| role.some_rows);
    let of_fit = |fit: &Fit| {
        let metrics = fit.metrics.iter().map(|place| &scheme.metrics[*place]);
        let seen = |metric: &&Metric| scheme.slots.sight(metric.slot) == Sight::Open;
        let named = metrics.filter(seen).map(|metric| {
            let Text { en, zh } = if some_rows {
                text!("a model of all customers", "全部客户的模型")
            } else {
                rests_on(fit, metric)
            };
            let (value, sheet) = (&metric.text, &scheme.events[fit.sheet].sheet.name);
            let text = text!(
                "an estimate, no fact: {value} of {sheet}; {en}",
                "估计，不是事实：{sheet} 的 {value}；{zh}"
            );
            (metric.name.clone(), text.get(lang).to_owned())
        });
        named.collect::<Vec<_>>()
    };
    grading.fits.iter().flat_map(of_fit).collect()
}

fn rests_on(fit: &Fit, metric: &Metric) -> Text {
    let estimate = metric.estimate();
    let buying = fit.buying.iter();
    let buying = buying.filter(|_| estimate != Some(Estimate::Value));
    let buying = buying.map(|fit| match fit {
        Ok(fit) => of_buying(fit),
        Err(refusal) => refused("BG/NBD", *refusal),
    });
    let spending = fit.spending_of(metric).into_iter();
    let spending = spending.map(|of| match &of.fit {
        Ok(fit) => of_spending(&of.written, fit),
        Err(refusal) => refused("Gamma-Gamma", *refusal),
    });
    let parts: Vec<Text> = buying.chain(spending).collect();
    let joined = |texts: Vec<&str>, between: &str| texts.join(between);
    Text {
        en: joined(parts.iter().map(|text| &*text.en).collect(), "; "),
        zh: joined(parts.iter().map(|text| &*text.zh).collect(), "；"),
    }
}

fn shown(value: Option<Decimal>) -> String {
    value.map_or_else(|| "—".to_owned(), |value| value.to_string())
}

fn of_buying(fit: &BuyingFit) -> Text {
    let [r, alpha, a, b] = fit.parameters().map(shown);
    let (customers, repeaters, repeats) = (fit.customers, fit.repeaters, fit.repeats);
    let expected = shown(fit.held().expected.map(|expected| expected.round(0)));
    text!(
        "BG/NBD with r {r}, alpha {alpha} weeks, a {a}, b {b} out of {customers} customers, {repeaters} of whom bought \
         again, {repeats} times where the model expects {expected}",
        "BG/NBD，r {r}，alpha {alpha} 周，a {a}，b {b}，由 {customers} 位客户得出，其中 {repeaters} 位再次购买，\
         共 {repeats} 次，模型预计 {expected} 次"
    )
}

fn of_spending(amount: &str, fit: &SpendingFit) -> Text {
    let [p, q, v] = fit.parameters().map(shown);
    let customers = fit.customers;
    text!(
        "Gamma-Gamma of {amount} with p {p}, q {q}, v {v} out of {customers} customers",
        "{amount} 的 Gamma-Gamma，p {p}，q {q}，v {v}，由 {customers} 位客户得出"
    )
}

fn refused(model: &str, refusal: Refusal) -> Text {
    let Text { en, zh } = refusal.reason();
    text!("no {model}, because {en}", "没有 {model}，因为{zh}")
}
