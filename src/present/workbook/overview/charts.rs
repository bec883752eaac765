//! Which charts the overview has, and of which rows.

use super::shares::{columns, has_amounts, has_cutoffs};
use super::{Before, LEFT};
use crate::diagnostic::Lang;
use crate::present::shown;
use crate::present::summary::{Share, Summary};
use crate::present::workbook::charts::{self, PALE, STRONG, WARM, Wanted, longest};
use crate::present::workbook::page::ROW_HEIGHT;
use crate::report::RunFigures;
use crate::table::Decimal;
use crate::words::Word;

/// What the charts are of: the grades, else the types, else the first dimension.
pub(super) struct Main<'a> {
    /// What it is called.
    of: String,
    shares: &'a [Share],
    /// How many each had before.
    before: Option<&'a [usize]>,
}

/// What the charts of this summary are of; nothing where it has no classes at all.
pub(super) fn main<'a>(summary: &'a Summary, before: &Before<'a>) -> Option<Main<'a>> {
    let lang = summary.lang;
    let word = |word: Word, shares| Main {
        of: word.get(lang).to_owned(),
        shares,
        before: before.counts,
    };
    if !summary.grades.is_empty() {
        return Some(word(Word::Grade, &summary.grades));
    }
    if !summary.types.is_empty() {
        return Some(word(Word::Type, &summary.types));
    }
    let mut dimensions = summary.dimensions.iter();
    let (name, labels) = dimensions.find(|(_, labels)| !labels.is_empty())?;
    Some(Main {
        of: name.to_string(),
        shares: labels,
        before: None,
    })
}

/// The rows that the charts take.
pub(super) fn open_rows(summary: &Summary, before: &Before<'_>) -> u32 {
    let amount = summary.amount.as_deref();
    let of_shares = main(summary, before).into_iter();
    let of_shares = of_shares.flat_map(|main| charts_of(&main, amount, 0, summary.lang));
    let of_runs = chart_of_runs(before.runs, 0, summary.lang);
    let all: Vec<Wanted> = of_shares.chain(of_runs).collect();
    match charts::height(&all) {
        0 => 0,
        height => height.div_ceil(ROW_HEIGHT) + 1,
    }
}

/// How many customers have each name now and before, and what share of customers and of the amount that is. `first` is
/// the row of the first name.
pub(super) fn charts_of(
    main: &Main<'_>,
    amount: Option<&str>,
    first: u32,
    lang: Lang,
) -> Vec<Wanted> {
    let (of, names) = (&main.of, main.shares);
    if names.is_empty() {
        return vec![];
    }
    let rows = (first, first + names.len() as u32 - 1);
    let alt = |title: &str, figure: &dyn Fn(usize, &Share) -> String| -> String {
        let items = names.iter().enumerate();
        let items = items.map(|(index, share)| format!("{} {}", share.name, figure(index, share)));
        charts::alt(title, items, lang)
    };
    let widest = longest(names.iter().map(|share| &*share.name));
    let cutoffs = has_cutoffs(names);
    let title = |word: Word| format!("{} · {of}", word.get(lang));
    let mut wanted = vec![match main.before {
        Some(counts) => {
            let both = |index: usize, share: &Share| format!("{} → {}", counts[index], share.count);
            let before = columns(amount.filter(|_| has_amounts(names)), cutoffs);
            Wanted {
                title: title(Word::CountsChart),
                alt: alt(&title(Word::CountsChart), &both),
                rows,
                names: LEFT,
                longest: widest,
                series: vec![
                    (Word::BeforeNow.get(lang).to_owned(), LEFT + before, PALE),
                    (Word::Now.get(lang).to_owned(), LEFT + 1, STRONG),
                ],
                format: "#,##0",
                in_time: false,
            }
        }
        None => Wanted {
            title: title(Word::CountsNow),
            alt: alt(&title(Word::CountsNow), &|_, share| share.count.to_string()),
            rows,
            names: LEFT,
            longest: widest,
            series: vec![(Word::CountsNow.get(lang).to_owned(), LEFT + 1, STRONG)],
            format: "#,##0",
            in_time: false,
        },
    }];
    if let Some(amount) = amount.filter(|_| names.iter().any(|share| share.amount_share.is_some()))
    {
        let percent =
            |share: Option<Decimal>| shown::percent(share.unwrap_or_default().round(3), 1);
        let both = |_: usize, share: &Share| {
            format!(
                "{} / {}",
                percent(Some(share.share)),
                percent(share.amount_share)
            )
        };
        let title = title(Word::SharesChart);
        wanted.push(Wanted {
            alt: alt(&format!("{title} ({amount})"), &both),
            title,
            rows,
            names: LEFT,
            longest: widest,
            series: vec![
                (Word::Customers.get(lang).to_owned(), LEFT + 2, PALE),
                (amount.to_owned(), LEFT + 5, STRONG),
            ],
            format: "0%",
            in_time: false,
        });
    }
    wanted
}

/// How many went up and down; nobody is known to have in the first run that there is.
fn moved(run: &RunFigures) -> (usize, usize) {
    (run.up.unwrap_or(0), run.down.unwrap_or(0))
}

/// Who moved in the last runs. `first` is the row of the oldest.
pub(super) fn chart_of_runs(runs: &[RunFigures], first: u32, lang: Lang) -> Option<Wanted> {
    // One run alone is no course of things.
    if runs.len() < 2 || runs.iter().all(|run| moved(run) == (0, 0)) {
        return None;
    }
    let known = runs.iter().filter(|run| run.up.is_some());
    let items = known.map(|run| match (moved(run), lang) {
        ((up, down), Lang::Zh) => format!("{} 升 {up} 降 {down}", run.as_of),
        ((up, down), Lang::En) => format!("{} {up} up {down} down", run.as_of),
    });
    let title = Word::RunsChart.get(lang);
    Some(Wanted {
        title: title.to_owned(),
        alt: charts::alt(title, items, lang),
        rows: (first, first + runs.len() as u32 - 1),
        names: LEFT,
        longest: 7,
        series: vec![
            (Word::Up.get(lang).to_owned(), LEFT + 2, STRONG),
            (Word::Down.get(lang).to_owned(), LEFT + 3, WARM),
        ],
        // A nought without a bar needs no figure.
        format: "0;-0;;",
        in_time: true,
    })
}
