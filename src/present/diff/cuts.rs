//! What the grades of two schemes come to: how many customers, what share, and the value of the last one who is in.

use crate::compare::Renamed;
use crate::diagnostic::{Lang, Text};
use crate::present::listing::{ListCell, ListColumn, Listing};
use crate::present::summary::Share;
use crate::present::table::{ColumnKind, ColumnRole, OutCell};
use crate::text;
use serde_json::{Number, Value, json};
use std::sync::Arc;

/// A grade in both schemes; `None` where one does not have it.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Its name.
    pub level: Arc<str>,
    /// In the present scheme.
    pub old: Option<Share>,
    /// In the other one.
    pub new: Option<Share>,
}

/// The grades of two schemes side by side: those of the new one in its order, then those that only the old one has.
/// Grades of the old one go by the name that they have in the new one.
pub fn cuts(old: Vec<Share>, new: &[Share], renamed: &Renamed) -> Vec<Cut> {
    let old = by_new_names(old, renamed);
    let old = &old[..];
    let find = |side: &[Share], name: &Arc<str>| side.iter().find(|s| s.name == *name).cloned();
    let both = new.iter().map(|share| Cut {
        level: share.name.clone(),
        old: find(old, &share.name),
        new: Some(share.clone()),
    });
    let gone = old.iter().filter(|share| find(new, &share.name).is_none());
    let gone = gone.map(|share| Cut {
        level: share.name.clone(),
        old: Some(share.clone()),
        new: None,
    });
    both.chain(gone).collect()
}

/// Several grades that have become one count as one, which begins where the lowest of them did.
fn by_new_names(old: Vec<Share>, renamed: &Renamed) -> Vec<Share> {
    let mut shares: Vec<Share> = vec![];
    for mut share in old {
        share.name = renamed.name(share.name);
        match shares.iter_mut().find(|known| known.name == share.name) {
            Some(known) => {
                known.count += share.count;
                known.share = known.share.checked_add(share.share).unwrap_or(known.share);
                known.cutoff = share.cutoff;
            }
            None => shares.push(share),
        }
    }
    shares
}

/// They as a table.
pub(super) fn table(cuts: &[Cut], lang: Lang) -> Listing {
    let sides = [
        ("old", text!("present", "现行方案")),
        ("new", text!("candidate", "候选方案")),
    ];
    let mut columns = vec![ListColumn::new(
        "level",
        text!("Level", "等级"),
        ColumnKind::Text,
        ColumnRole::Key,
    )];
    for (_, side) in &sides {
        for (what, kind) in [
            (
                text!("customers", "客户数"),
                ColumnKind::Number { places: 0 },
            ),
            (text!("share", "占比"), ColumnKind::Percent { places: 1 }),
            (text!("cut-off", "分界"), ColumnKind::Text),
        ] {
            let heading = Text {
                en: format!("{}: {}", side.en, what.en),
                zh: format!("{}{}", side.zh, what.zh),
            };
            columns.push(ListColumn::new("", heading, kind, ColumnRole::Computed));
        }
    }
    let rows = cuts.iter().map(|cut| {
        let mut cells = vec![ListCell::text(cut.level.to_string())];
        for share in [&cut.old, &cut.new] {
            match share {
                Some(share) => cells.extend([
                    ListCell::count(share.count),
                    ListCell::Value(OutCell::Number(share.share.round(3))),
                    ListCell::maybe(share.cutoff.as_deref()),
                ]),
                None => cells.extend([const { ListCell::Value(OutCell::Blank) }; 3]),
            }
        }
        cells
    });
    Listing::new(lang, &columns, rows.collect())
}

/// They as data.
pub(super) fn json(cuts: &[Cut]) -> Value {
    let side = |share: &Option<Share>| {
        share.as_ref().map(|share| {
            let digits = share.share.to_string().parse::<Number>().ok();
            json!({"count": share.count, "share": digits, "cutoff": share.cutoff})
        })
    };
    cuts.iter()
        .map(|cut| json!({"level": cut.level, "old": side(&cut.old), "new": side(&cut.new)}))
        .collect()
}
