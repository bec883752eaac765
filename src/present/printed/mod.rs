//! The scheme as people print it and sign it: dimensions with their indicators, weights, rules, labels and points, then
//! grades, types, movement, tags, and what the figures mean. Rules stand as the scheme writes them.

mod movement;

use crate::diagnostic::Lang;
use crate::explain::rule_text;
use crate::scheme::Scheme;
use crate::scheme::model::{
    Band, Dimension, DimensionRule, Expression, IndicatorRule, MetricSource, Span, WindowSpan,
};
use crate::table::{Decimal, PeriodKind};
use crate::words::{Word, estimate_mark, how_many};
use movement::movement;

/// A part of the printed scheme: a table under a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// Its headings.
    pub headings: Vec<&'static str>,
    /// Which of the six columns of the sheet each heading takes, the first and the last.
    pub spans: Vec<(u16, u16)>,
    /// Its rows. A cell that is `None` belongs to the one above it.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether the first column names the grades in order, which have colours.
    pub is_grades: bool,
    /// What is to be said below it, a line each.
    pub notes: Vec<String>,
}

/// The whole scheme, as whoever reads it may read it.
pub fn printed(scheme: &Scheme, lang: Lang) -> Vec<Part> {
    let parts = [
        dimensions(scheme, lang),
        grades(scheme, lang),
        types(scheme, lang),
        movement(scheme, scheme.grade_movement.as_ref(), false, lang),
        movement(scheme, scheme.type_movement.as_ref(), true, lang),
        tags(scheme, lang),
        reviews(scheme, lang),
        figures(scheme, lang),
    ];
    parts
        .into_iter()
        .filter(|part| !part.rows.is_empty())
        .collect()
}

type Row = Vec<Option<String>>;

fn part(title: Word, headings: &[(Word, u16, u16)], rows: Vec<Row>, lang: Lang) -> Part {
    Part {
        title: title.get(lang),
        headings: headings.iter().map(|(word, ..)| word.get(lang)).collect(),
        spans: headings
            .iter()
            .map(|(_, first, last)| (*first, *last))
            .collect(),
        rows,
        is_grades: false,
        notes: vec![],
    }
}

fn when(rule: Option<&Expression>, lang: Lang) -> String {
    match rule {
        Some(rule) => one_line(&rule.text),
        None => Word::Otherwise.get(lang).to_owned(),
    }
}

/// A rule that the scheme writes on several lines, on one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(value: Option<Decimal>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn dimensions(scheme: &Scheme, lang: Lang) -> Part {
    let mut rows = vec![];
    for dimension in &scheme.dimensions {
        dimension_rows(dimension, lang, &mut rows);
    }
    let has_indicators = scheme
        .dimensions
        .iter()
        .any(|dimension| matches!(dimension.rule, DimensionRule::Indicators { .. }));
    let headings = if has_indicators {
        vec![
            (Word::Dimension, 0, 0),
            (Word::Indicator, 1, 1),
            (Word::Weight, 2, 2),
            (Word::Rule, 3, 3),
            (Word::BandLabel, 4, 4),
            (Word::Points, 5, 5),
        ]
    } else {
        for row in &mut rows {
            row.remove(1);
        }
        vec![
            (Word::Dimension, 0, 1),
            (Word::Weight, 2, 2),
            (Word::Rule, 3, 3),
            (Word::BandLabel, 4, 4),
            (Word::Points, 5, 5),
        ]
    };
    part(Word::Dimension, &headings, rows, lang)
}

/// The rows of a dimension: name, indicator, weight, rule, label, points.
fn dimension_rows(dimension: &Dimension, lang: Lang, rows: &mut Vec<Row>) {
    let first = rows.len();
    let bands_rows = |bands: &[Band], indicator: &str, weight: &str, rows: &mut Vec<Row>| {
        for (index, band) in bands.iter().enumerate() {
            let head = |text: &str| (index == 0).then(|| text.to_owned());
            rows.push(vec![
                None,
                head(indicator),
                head(weight),
                Some(when(band.when.as_ref(), lang)),
                Some(band.label.as_deref().unwrap_or_default().to_owned()),
                Some(number(band.points)),
            ]);
        }
    };
    let of_points = |points: &Expression, indicator: &str, weight: &str| {
        let rule = one_line(&points.text);
        let rule = match lang {
            Lang::Zh => format!("分数 = {rule}"),
            Lang::En => format!("points = {rule}"),
        };
        vec![
            None,
            Some(indicator.to_owned()),
            Some(weight.to_owned()),
            Some(rule),
            Some(String::new()),
            Some(String::new()),
        ]
    };
    let weight = number(dimension.weight);
    match &dimension.rule {
        DimensionRule::Bands(bands) => bands_rows(bands, "", &weight, rows),
        DimensionRule::Points { points, bands, .. } => {
            rows.push(of_points(points, "", &weight));
            bands_rows(bands, "", &weight, rows);
        }
        DimensionRule::Indicators {
            indicators, bands, ..
        } => {
            for indicator in indicators {
                let share = indicator.weight.to_string();
                match &indicator.rule {
                    IndicatorRule::Points(points) => {
                        rows.push(of_points(points, &indicator.name, &share));
                    }
                    IndicatorRule::Bands(bands) => {
                        bands_rows(bands, &indicator.name, &share, rows);
                    }
                }
            }
            let all = match lang {
                Lang::Zh => "按各指标加权",
                Lang::En => "all indicators weighted",
            };
            bands_rows(bands, all, &weight, rows);
        }
    }
    if let Some(row) = rows.get_mut(first) {
        row[0] = Some(dimension.name.to_string());
    }
}

fn grades(scheme: &Scheme, lang: Lang) -> Part {
    let keeps = scheme.grades.iter().any(|grade| grade.keep.is_some());
    let rows = scheme.grades.iter().map(|grade| {
        let rule = rule_text(&grade.rule, lang);
        let rule = when(rule.as_deref(), lang);
        let mut row = vec![Some(grade.name.to_string()), Some(rule)];
        if keeps {
            let keep = grade.keep.as_ref();
            row.push(Some(
                keep.map_or_else(String::new, |keep| when(Some(keep), lang)),
            ));
        }
        row
    });
    let rows = rows.collect();
    let grades = if keeps {
        part(
            Word::GradeRules,
            &[
                (Word::Grade, 0, 0),
                (Word::Rule, 1, 3),
                (Word::KeepRule, 4, 5),
            ],
            rows,
            lang,
        )
    } else {
        part(
            Word::GradeRules,
            &[(Word::Grade, 0, 0), (Word::Rule, 1, 5)],
            rows,
            lang,
        )
    };
    Part {
        is_grades: true,
        ..grades
    }
}

fn types(scheme: &Scheme, lang: Lang) -> Part {
    let rows = scheme.types.iter().map(|rule| {
        let when = when(rule.when.as_ref(), lang);
        vec![Some(rule.name.to_string()), Some(when)]
    });
    let headings = [(Word::Type, 0, 0), (Word::Rule, 1, 5)];
    part(Word::TypeRules, &headings, rows.collect(), lang)
}

fn tags(scheme: &Scheme, lang: Lang) -> Part {
    let rows = scheme.tags.iter().map(|tag| {
        let rule = tag.when.as_ref();
        let everybody = match lang {
            Lang::Zh => "所有客户",
            Lang::En => "everybody",
        };
        let rule = rule.map_or_else(|| everybody.to_owned(), |rule| when(Some(rule), lang));
        vec![Some(tag.name.text.to_string()), Some(rule)]
    });
    let headings = [(Word::Tags, 0, 1), (Word::Rule, 2, 5)];
    part(Word::TagRules, &headings, rows.collect(), lang)
}

fn reviews(scheme: &Scheme, lang: Lang) -> Part {
    let rows = scheme.reviews.iter().map(|review| {
        let owner = review.owner.as_ref();
        vec![
            Some(review.name.to_string()),
            Some(when(Some(&review.when), lang)),
            Some(owner.map_or_else(String::new, |owner| owner.text.to_string())),
            Some(
                review
                    .due_days
                    .map_or_else(String::new, |days| days.to_string()),
            ),
        ]
    });
    let headings = [
        (Word::Reviews, 0, 0),
        (Word::Rule, 1, 3),
        (Word::Owner, 4, 4),
        (Word::WithinDays, 5, 5),
    ];
    part(Word::ReviewRules, &headings, rows.collect(), lang)
}

/// What the names mean that rules use.
fn figures(scheme: &Scheme, lang: Lang) -> Part {
    let metrics = scheme.metrics.iter().map(|metric| {
        let from = match (metric.from, lang) {
            (MetricSource::Events(sheet), _) => scheme.events[sheet].sheet.name.to_string(),
            (MetricSource::History(_), Lang::Zh) => "客户表各期".to_owned(),
            (MetricSource::History(_), Lang::En) => "the customers' sheets".to_owned(),
        };
        let mut text = match lang {
            Lang::Zh => format!("{from} 的 {}", one_line(&metric.text)),
            Lang::En => format!("{} of {from}", one_line(&metric.text)),
        };
        if let Some(filter) = &metric.filter {
            let rule = when(Some(filter), lang);
            text += &match lang {
                Lang::Zh => format!("，仅 {rule}"),
                Lang::En => format!(", where {rule}"),
            };
        }
        text += &window_text(&metric.window.span, lang);
        if let Some(ahead) = metric.ahead {
            text += &ahead_text(ahead, lang);
        }
        if metric.estimate().is_some() {
            text += estimate_mark(lang);
        }
        if let Some(per) = metric.per {
            text += per_text(per, lang);
        }
        vec![Some(metric.name.to_string()), Some(text)]
    });
    let values = scheme.values.iter().map(|value| {
        vec![
            Some(value.name.to_string()),
            Some(when(Some(&value.is), lang)),
        ]
    });
    let headings = [(Word::FigureName, 0, 1), (Word::HowWorkedOut, 2, 5)];
    part(
        Word::Figures,
        &headings,
        metrics.chain(values).collect(),
        lang,
    )
}

fn window_text(window: &WindowSpan, lang: Lang) -> String {
    match (window, lang) {
        (WindowSpan::All, _) => String::new(),
        (WindowSpan::Within(Span::Months(months)), Lang::Zh) => format!("，近 {months} 个月"),
        (WindowSpan::Within(Span::Months(months)), Lang::En) => {
            format!(", last {}", how_many(*months, "month"))
        }
        (WindowSpan::Within(Span::Days(days)), Lang::Zh) => format!("，近 {days} 天"),
        (WindowSpan::Within(Span::Days(days)), Lang::En) => {
            format!(", last {}", how_many(*days, "day"))
        }
        (WindowSpan::Calendar(kind), Lang::Zh) => match kind {
            PeriodKind::Month => "，本月".to_owned(),
            PeriodKind::Quarter => "，本季度".to_owned(),
            PeriodKind::HalfYear => "，本半年".to_owned(),
            PeriodKind::Year => "，本年".to_owned(),
        },
        (WindowSpan::Calendar(kind), Lang::En) => match kind {
            PeriodKind::Month => ", this month".to_owned(),
            PeriodKind::Quarter => ", this quarter".to_owned(),
            PeriodKind::HalfYear => ", this half-year".to_owned(),
            PeriodKind::Year => ", this year".to_owned(),
        },
        (WindowSpan::Anniversary(_), Lang::Zh) => "，自最近一个周年日起".to_owned(),
        (WindowSpan::Anniversary(_), Lang::En) => ", since the last anniversary".to_owned(),
    }
}

fn ahead_text(ahead: Span, lang: Lang) -> String {
    match (ahead, lang) {
        (Span::Months(months), Lang::Zh) => format!("，今后 {months} 个月"),
        (Span::Months(months), Lang::En) => format!(", next {}", how_many(months, "month")),
        (Span::Days(days), Lang::Zh) => format!("，今后 {days} 天"),
        (Span::Days(days), Lang::En) => format!(", next {}", how_many(days, "day")),
    }
}

const fn per_text(per: PeriodKind, lang: Lang) -> &'static str {
    match (per, lang) {
        (PeriodKind::Month, Lang::Zh) => "，按月",
        (PeriodKind::Quarter, Lang::Zh) => "，按季度",
        (PeriodKind::HalfYear, Lang::Zh) => "，按半年",
        (PeriodKind::Year, Lang::Zh) => "，按年",
        (PeriodKind::Month, Lang::En) => ", each month",
        (PeriodKind::Quarter, Lang::En) => ", each quarter",
        (PeriodKind::HalfYear, Lang::En) => ", each half-year",
        (PeriodKind::Year, Lang::En) => ", each year",
    }
}
