//! Who stands elsewhere at the last period end.

use super::super::cells::said;
use super::super::matrix::Migration;
use super::super::{Block, Section};
use super::{Backtest, colour};
use crate::compare;
use crate::text;
use crate::words::{by_count, how_many};

/// The section.
pub(super) fn section(made: &Backtest<'_>) -> Section {
    let lang = made.lang;
    let end = made.ends().len() - 1;
    let as_of = made.ends()[end];
    let mut before = made.present.snapshot(end);
    before.rename(made.renamed);
    let comparison = compare::compare(&before, &made.candidate.snapshot(end));
    let both = comparison.moves.iter();
    let both = both.filter(|found| found.there == (true, true));
    let all = both.clone().count();
    let elsewhere = both.filter(|found| found.old != found.new).count();
    let mut section = Section::new(
        "difference",
        said(lang, text!("The two schemes at the end", "期末两方案对照")),
    );
    let customers = how_many(all, "customer");
    let have = by_count(&elsewhere, "has", "have");
    section.notes.push(said(
        lang,
        text!(
            "At the end, on {as_of}, {elsewhere} of {customers} {have} another grade by the candidate.",
            "{as_of} 时，{all} 位客户中有 {elsewhere} 位按候选方案等级不同。"
        ),
    ));
    let levels = comparison.levels.iter();
    let migration = Migration {
        lang,
        matrix: &comparison.matrix,
        corner: said(lang, text!("Present ↓ candidate →", "现行 ↓ 候选 →")),
        grades: levels.map(|level| colour(made, level)).collect(),
    };
    section.blocks.push(Block::Table(migration.counts()));
    let [candidate, present] = made.side_words();
    section.blocks.push(Block::Chart(migration.flows(
        said(
            lang,
            text!(
                "From the present scheme to the candidate",
                "从现行方案到候选方案"
            ),
        ),
        said(
            lang,
            text!(
                "Which grade by the present scheme and which by the candidate on {as_of}: {elsewhere} customers differ",
                "{as_of} 时现行方案与候选方案的等级对照：{elsewhere} 位客户不同"
            ),
        ),
        (&present, &candidate),
    )));
    section
}
