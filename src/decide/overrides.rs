//! What people set: a grade, a type or a tag of a customer, with a reason.

use crate::table::Date;
use std::sync::Arc;

/// What an override is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The grade.
    Grade,
    /// The type.
    Type,
    /// A tag: a lock puts it on, a ceiling takes it off.
    Tag,
}

/// How an override holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Hold {
    /// Not below this; rules may raise it.
    Floor,
    /// This and nothing else.
    Lock,
    /// Not above this.
    Ceiling,
}

/// One override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The number it has in the ledger; 0 for one that is not kept.
    pub id: i64,
    /// The customer's key.
    pub customer: Arc<str>,
    /// What it is of.
    pub subject: Subject,
    /// How it holds.
    pub hold: Hold,
    /// The name of the grade, type or tag.
    pub level: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
    /// Who said so.
    pub by: Arc<str>,
    /// The first as-of date on which it counts; `None`: on all.
    pub from: Option<Date>,
    /// The last day on which it counts; `None`: it does not expire.
    pub until: Option<Date>,
    /// When somebody is to look at it again.
    pub review_on: Option<Date>,
}

impl Subject {
    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Grade => "grade",
            Self::Type => "type",
            Self::Tag => "tag",
        }
    }
}

impl Hold {
    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Lock => "lock",
            Self::Ceiling => "ceiling",
        }
    }
}

impl Override {
    /// Whether it counts on `date`.
    pub fn is_live(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

/// What overrides make of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The level that counts.
    pub level: Option<usize>,
    /// The override that gives it; `None` if it is what the rules give and no lock says the same.
    pub by: Option<i64>,
    /// Whether it is another level than the rules give. An override that changes nothing is reported.
    pub changes: bool,
}

/// The level that counts, of `levels` (best first), where the rules give `rule` and `live` are the overrides of this
/// customer's grade (or type) on that day.
///
/// Two at a time are refused where they are set. Should a ledger hold two all the same, each holds over what those
/// before it give, by their numbers, so that the result does not depend on the order in which they are listed. A level
/// that the scheme does not have changes nothing. Where the rules give none, because a value is missing, a floor and a
/// lock give theirs: a person said so and why. A ceiling takes nothing away there.
pub fn apply(levels: &[Arc<str>], rule: Option<usize>, live: &[&Override]) -> Applied {
    let mut ordered: Vec<&Override> = live.to_vec();
    ordered.sort_by_key(|set| set.id);
    let mut applied = Applied {
        level: rule,
        by: None,
        changes: false,
    };
    for set in ordered {
        let Some(level) = levels.iter().position(|name| *name == set.level) else {
            continue;
        };
        let gives = match (set.hold, applied.level) {
            (Hold::Lock, _) | (Hold::Floor, None) => true,
            (Hold::Floor, Some(present)) => level < present,
            (Hold::Ceiling, Some(present)) => level > present,
            (Hold::Ceiling, None) => false,
        };
        if gives {
            applied.level = Some(level);
            applied.by = Some(set.id);
        }
    }
    applied.changes = applied.level != rule;
    applied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(id: i64, hold: Hold, level: &str) -> Override {
        Override {
            id,
            customer: "C1".into(),
            subject: Subject::Grade,
            hold,
            level: level.into(),
            reason: "重点客户".into(),
            by: "张三".into(),
            from: None,
            until: None,
            review_on: None,
        }
    }

    /// What the rules give, the overrides by number, the level that counts, which override gives it.
    type Row<'a> = (
        Option<usize>,
        &'a [(i64, Hold, &'a str)],
        Option<usize>,
        Option<i64>,
    );

    #[test]
    fn floors_raise_ceilings_lower_and_locks_hold() {
        use Hold::{Ceiling, Floor, Lock};
        let levels: Vec<Arc<str>> = ["A", "B", "C"].map(Arc::from).to_vec();
        let (a, b, c) = (Some(0), Some(1), Some(2));
        let table: &[Row<'_>] = &[
            (b, &[], b, None),
            (None, &[], None, None),
            (c, &[(7, Floor, "B")], b, Some(7)),
            (b, &[(7, Floor, "B")], b, None),
            (a, &[(7, Floor, "B")], a, None),
            (None, &[(7, Floor, "B")], b, Some(7)),
            (a, &[(7, Ceiling, "B")], b, Some(7)),
            (b, &[(7, Ceiling, "B")], b, None),
            (c, &[(7, Ceiling, "B")], c, None),
            (None, &[(7, Ceiling, "B")], None, None),
            (a, &[(7, Lock, "C")], c, Some(7)),
            (c, &[(7, Lock, "C")], c, Some(7)),
            (None, &[(7, Lock, "C")], c, Some(7)),
            // A level of an earlier scheme.
            (b, &[(7, Lock, "钻石")], b, None),
            // Two, whatever the order in which they are listed: the one set last has the last word.
            (c, &[(7, Floor, "A"), (9, Ceiling, "B")], b, Some(9)),
            (c, &[(9, Ceiling, "B"), (7, Floor, "A")], b, Some(9)),
            (c, &[(7, Lock, "A"), (9, Lock, "B")], b, Some(9)),
        ];
        for (rule, overrides, level, by) in table {
            let overrides: Vec<Override> = overrides
                .iter()
                .map(|(id, hold, level)| set(*id, *hold, level))
                .collect();
            let live: Vec<&Override> = overrides.iter().collect();
            let expected = Applied {
                level: *level,
                by: *by,
                changes: level != rule,
            };
            assert_eq!(apply(&levels, *rule, &live), expected, "{rule:?} {live:?}");
        }
    }

    #[test]
    fn an_override_counts_from_its_first_to_its_last_day() {
        let day = |text| Date::parse_iso(text).unwrap();
        let mut set = set(1, Hold::Lock, "A");
        assert!(set.is_live(day("2000-01-01")));
        set.from = Some(day("2024-02-01"));
        set.until = Some(day("2024-03-31"));
        for (date, live) in [
            ("2024-01-31", false),
            ("2024-02-01", true),
            ("2024-03-31", true),
            ("2024-04-01", false),
        ] {
            assert_eq!(set.is_live(day(date)), live, "{date}");
        }
    }
}
