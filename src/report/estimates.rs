//! What estimates rest on: the model, its parameters, and by how much it is wrong where that can be seen.

use super::cells::said;
use super::material::Material;
use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::diagnostic::{Lang, Text};
use crate::metrics::Fit;
use crate::predict::{BuyingFit, Held, Refusal, SpendingFit, Trial};
use crate::table::{Date, Decimal};
use crate::text;

/// The section; `None` where the scheme estimates nothing that may be shown.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let shown = |fit: &Fit| {
        let metrics = fit.metrics.iter().map(|place| &scheme.metrics[*place]);
        let shown = metrics.filter(|metric| material.scope.shows(metric.slot));
        shown
            .map(|metric| format!("`{}`", metric.name))
            .collect::<Vec<_>>()
    };
    let fits = material.grading.fits.iter();
    let fits: Vec<(&Fit, Vec<String>)> = fits
        .map(|fit| (fit, shown(fit)))
        .filter(|(_, names)| !names.is_empty())
        .collect();
    if fits.is_empty() {
        return None;
    }
    let mut section = Section::new("estimates", said(lang, text!("Estimates", "估计")));
    let mut note = |text| section.notes.push(said(lang, text));
    for (fit, names) in &fits {
        let sheet = &scheme.events[fit.sheet].sheet.name;
        let (en, zh) = (names.join(", "), names.join("、"));
        note(text!(
            "{en}: estimates out of `{sheet}`, and no facts. They say what is to be expected of many customers alike, not \
             what one of them will do.",
            "{zh} 是由 `{sheet}` 得出的估计，不是事实：说的是许多相似的客户平均会怎样，不是某一位客户会怎样。"
        ));
    }
    // The figures below are of all customers.
    if !material.scope.is_whole() {
        note(text!(
            "How the models were fitted is not told here: it is about all customers.",
            "模型的拟合涉及全部客户，这里不列。"
        ));
        return Some(section);
    }
    let mut tables = Tables::new(material);
    for (fit, names) in &fits {
        let metrics = match lang {
            Lang::En => names.join(", "),
            Lang::Zh => names.join("、"),
        };
        tables.add(fit, &metrics.replace('`', ""));
    }
    section.notes.append(&mut tables.refused);
    let tables = [tables.buying, tables.spending, tables.errors];
    let tables = tables.into_iter().filter(|table| !table.rows.is_empty());
    section.blocks.extend(tables.map(Block::Table));
    Some(section)
}

/// The models, and what they expect held against what was.
struct Tables {
    lang: Lang,
    /// How customers buy: a row a fit.
    buying: Table,
    /// What they spend: a row a fit and amount.
    spending: Table,
    errors: Table,
    /// Why there is nothing, or no trial: a sentence each.
    refused: Vec<String>,
}

impl Tables {
    fn new(material: &Material<'_>) -> Self {
        let lang = material.lang;
        let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
        let metrics = || column("metrics", text!("Metrics", "指标"), Kind::Text);
        let customers = || column("customers", text!("Customers", "客户数"), Kind::Count);
        let figure = |name: &str| Column::new(name, name, Kind::Figure);
        let likelihood = || {
            column(
                "log_likelihood",
                text!("Log-likelihood", "对数似然"),
                Kind::Figure,
            )
        };
        let buying = vec![
            metrics(),
            customers(),
            column(
                "repeaters",
                text!("Bought again", "再次购买的"),
                Kind::Count,
            ),
            figure("r"),
            column("alpha", text!("alpha (weeks)", "alpha（周）"), Kind::Figure),
            figure("a"),
            figure("b"),
            likelihood(),
        ];
        let spending = vec![
            metrics(),
            column("amount", text!("Amount", "金额"), Kind::Text),
            customers(),
            figure("p"),
            figure("q"),
            figure("v"),
            likelihood(),
        ];
        let errors = vec![
            column(
                "what",
                text!("Held against what was", "与实际比较"),
                Kind::Text,
            ),
            customers(),
            column("expected", text!("Expected", "预计"), Kind::Figure),
            column("actual", text!("Actual", "实际"), Kind::Figure),
            column("difference", text!("Difference", "相差"), Kind::Share),
            column(
                "mean_error",
                text!("Mean error of a customer", "每位客户平均误差"),
                Kind::Figure,
            ),
        ];
        let titled = |key, columns, title| Table::new(key, columns).titled(said(lang, title));
        Self {
            lang,
            buying: titled(
                "buying",
                buying,
                text!("How often customers buy: BG/NBD", "多久买一次：BG/NBD"),
            ),
            spending: titled(
                "spending",
                spending,
                text!("What they spend: Gamma-Gamma", "每次花多少：Gamma-Gamma"),
            ),
            errors: titled("errors", errors, text!("Error", "误差")),
            refused: vec![],
        }
    }

    fn add(&mut self, fit: &Fit, metrics: &str) {
        match &fit.buying {
            Some(Ok(buying)) => self.buying(buying, metrics),
            Some(Err(refusal)) => self.refuse("BG/NBD", *refusal),
            None => {}
        }
        match &fit.trial {
            Some(Ok(trial)) => self.trial(trial),
            Some(Err(refusal)) => self.untried(*refusal),
            None => {}
        }
        for of in &fit.spending {
            let amount = &of.written;
            match &of.fit {
                Ok(spending) => self.spending(spending, amount, metrics),
                Err(refusal) => self.refuse(&format!("Gamma-Gamma, {amount}"), *refusal),
            }
        }
    }

    fn refuse(&mut self, model: &str, refusal: Refusal) {
        let Text { en, zh } = refusal.reason();
        let text = text!(
            "{model}: nothing is estimated, because {en}.",
            "{model}：没有估计，因为{zh}。"
        );
        self.refused.push(said(self.lang, text));
    }

    fn untried(&mut self, refusal: Refusal) {
        let Text { en, zh } = refusal.reason();
        let text = text!(
            "The model was not held against the last third of the time: in the first two thirds {en}.",
            "没有用最后三分之一的时间检验：在前三分之二的时间里，{zh}。"
        );
        self.refused.push(said(self.lang, text));
    }

    fn buying(&mut self, fit: &BuyingFit, metrics: &str) {
        let mut cells = vec![
            Cell::text(metrics),
            Cell::count(fit.customers),
            Cell::count(fit.repeaters),
        ];
        cells.extend(fit.parameters().map(Cell::number));
        cells.push(Cell::number(fit.log_likelihood()));
        self.buying.rows.push(Row::new(cells));
        self.error(
            text!(
                "repeat purchases so far, to which it was fitted",
                "至今再次购买的次数（拟合所用）"
            ),
            fit.customers,
            fit.held(),
            None,
        );
    }

    fn trial(&mut self, trial: &Trial) {
        let until = Date::from_days(trial.until).map(|day| day.to_string());
        let until = until.unwrap_or_default();
        self.error(
            text!(
                "purchases after {until}, by a fit of what was until then",
                "{until} 以后的购买次数（只用此前的数据拟合）"
            ),
            trial.customers,
            trial.held(),
            trial.mean_error(),
        );
    }

    fn spending(&mut self, fit: &SpendingFit, amount: &str, metrics: &str) {
        let mut cells = vec![
            Cell::text(metrics),
            Cell::text(amount),
            Cell::count(fit.customers),
        ];
        cells.extend(fit.parameters().map(Cell::number));
        cells.push(Cell::number(fit.log_likelihood()));
        self.spending.rows.push(Row::new(cells));
        self.error(
            text!(
                "mean {amount} of a repeat purchase, to which it was fitted",
                "再次购买时 {amount} 的平均值（拟合所用）"
            ),
            fit.customers,
            fit.held(),
            None,
        );
    }

    fn error(&mut self, what: Text, customers: usize, held: Held, mean_error: Option<Decimal>) {
        self.errors.rows.push(Row::new(vec![
            Cell::text(&said(self.lang, what)),
            Cell::count(customers),
            Cell::number(held.expected),
            Cell::number(held.actual),
            Cell::number(held.off),
            Cell::number(mean_error),
        ]));
    }
}
