//! What happened to a customer between two gradings, and why.

use crate::diagnostic::Lang;

/// What happened to a customer. Everybody has exactly one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Class {
    /// A worse level than before.
    Downgraded,
    /// A better level than before.
    Upgraded,
    /// Another level, of which nobody knows whether it is better; or a level where there was none.
    Changed,
    /// No level now, whether or not there was one.
    Unrated,
    /// Not there before.
    New,
    /// There before, and not now.
    Absent,
    /// The row is quarantined: nothing is known of the customer now.
    Refused,
    /// The same level.
    Unchanged,
}

impl Class {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Downgraded,
        Self::Upgraded,
        Self::Changed,
        Self::Unrated,
        Self::New,
        Self::Absent,
        Self::Refused,
        Self::Unchanged,
    ];

    /// The word in JSON and for options.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Downgraded => "downgraded",
            Self::Upgraded => "upgraded",
            Self::Changed => "changed",
            Self::Unrated => "unrated",
            Self::New => "new",
            Self::Absent => "absent",
            Self::Refused => "refused",
            Self::Unchanged => "unchanged",
        }
    }

    /// The word for people.
    pub const fn word(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, Self::Upgraded) => "up",
            (Lang::En, Self::Downgraded) => "down",
            (Lang::En, Self::Unchanged) => "same",
            (Lang::En, class) => class.key(),
            (Lang::Zh, Self::Downgraded) => "降级",
            (Lang::Zh, Self::Upgraded) => "升级",
            (Lang::Zh, Self::Changed) => "改变",
            (Lang::Zh, Self::Unrated) => "未评级",
            (Lang::Zh, Self::New) => "新增",
            (Lang::Zh, Self::Absent) => "缺席",
            (Lang::Zh, Self::Refused) => "数据待修正",
            (Lang::Zh, Self::Unchanged) => "不变",
        }
    }

    /// The class of a key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.key() == key)
    }
}

/// Why a customer moved, as worked out by grading again with one thing exchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Cause {
    /// The customer's own data.
    Data,
    /// The scheme.
    Scheme,
    /// Data and scheme together, and neither alone.
    Both,
    /// The data of other customers, as ranks and means do.
    OtherCustomers,
    /// A person set it.
    Override,
    /// Time went by.
    Time,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Data,
        Self::Scheme,
        Self::Both,
        Self::OtherCustomers,
        Self::Override,
        Self::Time,
    ];

    /// The word in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Scheme => "scheme",
            Self::Both => "both",
            Self::OtherCustomers => "other_customers",
            Self::Override => "override",
            Self::Time => "time",
        }
    }

    /// The word for people.
    pub const fn word(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, Self::Both) => "data and scheme",
            (Lang::En, Self::OtherCustomers) => "other customers",
            (Lang::En, cause) => cause.key(),
            (Lang::Zh, Self::Data) => "数据",
            (Lang::Zh, Self::Scheme) => "方案",
            (Lang::Zh, Self::Both) => "数据和方案",
            (Lang::Zh, Self::OtherCustomers) => "其他客户",
            (Lang::Zh, Self::Override) => "人工调整",
            (Lang::Zh, Self::Time) => "时间",
        }
    }
}
