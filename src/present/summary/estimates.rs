//! What each estimate rests on, in a sentence.

use crate::diagnostic::{Lang, Text};
use crate::grading::Grading;
use crate::metrics::Fit;
use crate::predict::{Refusal, figure};
use crate::scheme::model::{Metric, Sight};
use crate::text;
use std::sync::Arc;

/// The metrics that estimate, each with what it rests on. What a role does not see is not named; who sees some of the
/// customers is not told of the fit, which is of all.
pub fn estimates(grading: &Grading, lang: Lang) -> Vec<(Arc<str>, String)> {
    let scheme = &grading.scheme;
    let some_rows = grading.role.as_ref().is_some_and(|role| role.some_rows);
    let of_fit = |fit: &Fit| {
        let text = if some_rows {
            text!("a model of all customers", "全部客户的模型")
        } else {
            rests_on(fit)
        };
        let metrics = fit.metrics.iter().map(|place| &scheme.metrics[*place]);
        let seen = |metric: &&Metric| scheme.slots.sight(metric.slot) == Sight::Open;
        let named = metrics.filter(seen).map(|metric| {
            let (name, sheet) = (&metric.text, &scheme.events[fit.sheet].sheet.name);
            let Text { en, zh } = &text;
            let text = text!(
                "an estimate, no fact: {name} of {sheet}; {en}",
                "估计，不是事实：{sheet} 的 {name}；{zh}"
            );
            (metric.name.clone(), text.get(lang).to_owned())
        });
        named.collect::<Vec<_>>()
    };
    grading.fits.iter().flat_map(of_fit).collect()
}

fn rests_on(fit: &Fit) -> Text {
    let mut parts: Vec<Text> = vec![];
    match &fit.buying {
        Some(Ok(fit)) => {
            let (model, shown) = (&fit.model, |value| {
                figure(value).map_or_else(|| "—".to_owned(), |value| value.to_string())
            });
            let (r, alpha, a, b) = (
                shown(model.r),
                shown(model.alpha),
                shown(model.a),
                shown(model.b),
            );
            let (customers, repeaters, repeats) = (fit.customers, fit.repeaters, fit.repeats);
            let expected = fit.expected.round();
            parts.push(text!(
                "BG/NBD with r {r}, alpha {alpha} weeks, a {a}, b {b} out of {customers} customers, {repeaters} of whom \
                 bought again, {repeats} times where the model expects {expected}",
                "BG/NBD，r {r}，alpha {alpha} 周，a {a}，b {b}，由 {customers} 位客户得出，其中 {repeaters} 位再次购买，\
                 共 {repeats} 次，模型预计 {expected} 次"
            ));
        }
        Some(Err(refusal)) => parts.push(refused("BG/NBD", *refusal)),
        None => {}
    }
    for (amount, spending) in &fit.spending {
        parts.push(match spending {
            Ok(fit) => {
                let (model, customers) = (&fit.model, fit.customers);
                let shown =
                    |value| figure(value).map_or_else(|| "—".to_owned(), |value| value.to_string());
                let (p, q, v) = (shown(model.p), shown(model.q), shown(model.v));
                text!(
                    "Gamma-Gamma of {amount} with p {p}, q {q}, v {v} out of {customers} customers",
                    "{amount} 的 Gamma-Gamma，p {p}，q {q}，v {v}，由 {customers} 位客户得出"
                )
            }
            Err(refusal) => refused("Gamma-Gamma", *refusal),
        });
    }
    let joined = |texts: Vec<&str>, between: &str| texts.join(between);
    Text {
        en: joined(parts.iter().map(|text| &*text.en).collect(), "; "),
        zh: joined(parts.iter().map(|text| &*text.zh).collect(), "；"),
    }
}

fn refused(model: &str, refusal: Refusal) -> Text {
    let Text { en, zh } = refusal.reason();
    text!("no {model}, because {en}", "没有 {model}，因为{zh}")
}
