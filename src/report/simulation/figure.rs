//! What a grid shows in each cell.

use super::super::Kind;
use super::super::cells::{ratio, said};
use super::Head;
use super::effects::period;
use super::schemes::share;
use super::side::Side;
use super::tables::Sides;
use crate::diagnostic::{Code, Finding, Text, listed};
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

/// One figure of a scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Figure {
    /// How many move against the present scheme.
    #[default]
    Moved,
    /// How many come up.
    Upgraded,
    /// How many come down.
    Downgraded,
    /// How many have no level.
    Unrated,
    /// How many customers a level has.
    Count(Arc<str>),
    /// What share of all customers.
    Share(Arc<str>),
    /// What share of all revenue.
    Revenue(Arc<str>),
    /// The hours that the strategies take.
    Hours,
    /// What they cost.
    Cost,
}

impl Figure {
    /// Reads `--figure`: a word, or `share(A)`, `count(A)`, `revenue(A)` of a level that any of the schemes has.
    pub fn parse(written: &str, sides: &[Side]) -> Result<Self, Finding> {
        let levels = &Sides::levels_of(sides)[..];
        let plain = written.trim().replace('（', "(").replace('）', ")");
        let says = |which: fn(&Side) -> bool| sides.iter().any(which);
        let figure = match &*plain {
            "moved" => Some(Self::Moved),
            "upgraded" => Some(Self::Upgraded),
            "downgraded" => Some(Self::Downgraded),
            "unrated" => Some(Self::Unrated),
            "hours" if says(|side| side.says.0) => Some(Self::Hours),
            "cost" if says(|side| side.says.1) => Some(Self::Cost),
            _ => None,
        };
        let of_level = || {
            let (word, rest) = plain.split_once('(')?;
            let name = rest.strip_suffix(')')?.trim();
            let level = levels.iter().find(|level| ***level == *name)?.clone();
            match word.trim() {
                "count" => Some(Self::Count(level)),
                "share" => Some(Self::Share(level)),
                "revenue" if says(|side| side.revenue().is_some()) => Some(Self::Revenue(level)),
                _ => None,
            }
        };
        figure.or_else(of_level).ok_or_else(|| {
            let mut known: Vec<String> = ["moved", "upgraded", "downgraded", "unrated"]
                .map(str::to_owned)
                .into();
            for level in levels {
                known.push(format!("share({level})"));
            }
            if let Some(level) = levels.first() {
                known.push(format!("count({level})"));
                if says(|side| side.revenue().is_some()) {
                    known.push(format!("revenue({level})"));
                }
            }
            if says(|side| side.says.0) {
                known.push("hours".to_owned());
            }
            if says(|side| side.says.1) {
                known.push("cost".to_owned());
            }
            let Text { en, zh } = listed(known.iter().map(|word| &**word));
            Finding::error(
                Code::BadGrid,
                text!(
                    "`--figure {written}` is no figure of these schemes",
                    "`--figure {written}` 不是这些方案的指标"
                ),
            )
            .help(text!("write one of {en}", "可以写 {zh}"))
        })
    }

    /// What it is called.
    pub fn name(&self, head: &Head) -> String {
        let lang = head.lang;
        let period = period(head.period);
        let (en, zh) = (period.en, period.zh);
        said(
            lang,
            match self {
                Self::Moved => text!("customers who move", "变动客户数"),
                Self::Upgraded => text!("customers who come up", "升级客户数"),
                Self::Downgraded => text!("customers who come down", "降级客户数"),
                Self::Unrated => text!("customers without a level", "没有评出的客户数"),
                Self::Count(level) => text!("customers of {level}", "{level} 客户数"),
                Self::Share(level) => text!("share of customers of {level}", "{level} 客户占比"),
                Self::Revenue(level) => text!("share of revenue of {level}", "{level} 收入占比"),
                Self::Hours => text!("hours a {en}", "每{zh}工时"),
                Self::Cost => text!("cost a {en}", "每{zh}费用"),
            },
        )
    }

    /// The same as a heading.
    pub fn title(&self, head: &Head) -> String {
        let name = self.name(head);
        let mut characters = name.chars();
        match characters.next() {
            Some(first) => first.to_uppercase().chain(characters).collect(),
            None => name,
        }
    }

    /// How it is written.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Moved | Self::Upgraded | Self::Downgraded | Self::Unrated | Self::Count(_) => {
                Kind::Count
            }
            Self::Share(_) | Self::Revenue(_) => Kind::Share,
            Self::Hours | Self::Cost => Kind::Number,
        }
    }

    /// What it is for a scheme.
    pub fn of(&self, side: &Side) -> Option<Decimal> {
        let moves = || side.moves.unwrap_or_default();
        let count = |count: usize| Some(Decimal::from_count(count));
        match self {
            Self::Moved => count(moves().moved),
            Self::Upgraded => count(moves().upgraded),
            Self::Downgraded => count(moves().downgraded),
            Self::Unrated => count(side.level(None)?.count),
            Self::Count(name) => count(side.level(Some(name))?.count),
            Self::Share(name) => {
                share(side.level(Some(name))?.count, side.customers()).and_then(Decimal::from_wide)
            }
            Self::Revenue(name) => {
                let all = side.revenue().filter(|all| all.total > 0)?;
                ratio(side.level(Some(name))?.revenue.as_ref()?.total, all.total)
            }
            Self::Hours => Decimal::from_wide(side.hours()),
            Self::Cost => Decimal::from_wide(side.cost()),
        }
    }
}
