//! What became of each customer's grade between the run before and this one.

mod decided;
mod ladder;
mod overrides;
mod standing;

pub use decided::{Decided, KeptBy, compare};
pub use ladder::{Judged, Place, Step, Why, comes_on, may_move_on, step};
pub use overrides::{Applied, Hold, Override, Subject, apply};
pub use standing::{Rung, Standing};

use crate::diagnostic::Lang;

/// What a run decided for a customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// A first grade.
    Initial,
    /// A better grade than before.
    Promoted,
    /// A worse grade than before.
    Demoted,
    /// The same grade as before.
    Held,
    /// A demotion is due but not yet.
    AtRisk,
    /// A person set it.
    Overridden,
    /// No grade, because a value is missing.
    Unrated,
    /// Known before, and not in the newest sheet.
    Absent,
    /// The row is quarantined; the grade it had stays.
    Refused,
    /// The scheme has no grades.
    Classified,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Initial,
        Self::Promoted,
        Self::Demoted,
        Self::Held,
        Self::AtRisk,
        Self::Overridden,
        Self::Unrated,
        Self::Absent,
        Self::Refused,
        Self::Classified,
    ];

    /// The word in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Promoted => "promoted",
            Self::Demoted => "demoted",
            Self::Held => "held",
            Self::AtRisk => "at_risk",
            Self::Overridden => "overridden",
            Self::Unrated => "unrated",
            Self::Absent => "absent",
            Self::Refused => "refused",
            Self::Classified => "classified",
        }
    }

    /// The word for people.
    pub const fn word(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Initial) => "首次评级",
            (Lang::Zh, Self::Promoted) => "升级",
            (Lang::Zh, Self::Demoted) => "降级",
            (Lang::Zh, Self::Held) => "不变",
            (Lang::Zh, Self::AtRisk) => "预警",
            (Lang::Zh, Self::Overridden) => "人工调整",
            (Lang::Zh, Self::Unrated) => "未评级",
            (Lang::Zh, Self::Absent) => "缺席",
            (Lang::Zh, Self::Refused) => "数据待修正",
            (Lang::Zh, Self::Classified) => "已分类",
            (Lang::En, Self::Initial) => "new",
            (Lang::En, Self::AtRisk) => "at risk",
            (Lang::En, decision) => decision.key(),
        }
    }
}
