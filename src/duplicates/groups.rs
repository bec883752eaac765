//! What people decided about pairs, put together: who is whom, and where decisions contradict each other.

use crate::table::natural;
use crate::words::Word;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What somebody says of two customers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Verdict {
    /// They are one (合并).
    Merge,
    /// They are two (不合并).
    Keep,
    /// Not decided yet (待定).
    Open,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Merge, Self::Keep, Self::Open];

    /// The word in ledgers and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Keep => "keep",
            Self::Open => "open",
        }
    }

    /// The word for people.
    pub const fn word(self) -> Word {
        match self {
            Self::Merge => Word::VerdictMerge,
            Self::Keep => Word::VerdictKeep,
            Self::Open => Word::VerdictOpen,
        }
    }
}

/// A pair of customers' keys, the lower text first.
pub type Keys = (Arc<str>, Arc<str>);

/// The pair of two keys in whichever order.
pub fn keys(one: &Arc<str>, two: &Arc<str>) -> Keys {
    if one <= two {
        (one.clone(), two.clone())
    } else {
        (two.clone(), one.clone())
    }
}

/// Somebody's verdict on a pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The pair.
    pub pair: Keys,
    /// What was said.
    pub verdict: Verdict,
    /// By whom.
    pub by: Arc<str>,
}

/// What holds of a pair after all that was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// Everybody who said something says so.
    Agreed(Verdict),
    /// One says they are one, another that they are two: neither counts.
    Disputed,
}

/// What holds of each pair of which somebody said something, in the order of the pairs. `said` is in the order of
/// time; the last word of each person counts, and one who leaves it open does not stand against the others.
pub fn standings(said: &[Said]) -> BTreeMap<Keys, Held> {
    let mut last: BTreeMap<&Keys, BTreeMap<&str, Verdict>> = BTreeMap::new();
    for one in said {
        let of_pair = last.entry(&one.pair).or_default();
        of_pair.insert(&one.by, one.verdict);
    }
    last.into_iter()
        .map(|(pair, verdicts)| {
            let decided: BTreeSet<Verdict> = verdicts
                .into_values()
                .filter(|verdict| *verdict != Verdict::Open)
                .collect();
            let mut decided = decided.into_iter();
            let standing = match (decided.next(), decided.next()) {
                (None, _) => Held::Agreed(Verdict::Open),
                (Some(verdict), None) => Held::Agreed(verdict),
                _ => Held::Disputed,
            };
            (pair.clone(), standing)
        })
        .collect()
}

/// Who is whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// For each key that is another's now that other one: the one that is kept.
    pub kept: BTreeMap<Arc<str>, Arc<str>>,
    /// Pairs that are said to be two and are one by way of others. None of the group counts.
    pub contradictions: Vec<Contradiction>,
}

/// Two who are said to be two, and are one by way of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The two.
    pub pair: Keys,
    /// The way from one to the other, both included: each step is two who are said to be one.
    pub way: Vec<Arc<str>>,
}

/// Puts decisions together: who is one with somebody is one with all that this one is one with. Of a group the key that
/// comes first stays, by the numbers in it: 9 before 10.
pub fn groups(standings: &BTreeMap<Keys, Held>) -> Groups {
    let mut beside: BTreeMap<&Arc<str>, BTreeSet<&Arc<str>>> = BTreeMap::new();
    for ((one, two), standing) in standings {
        if *standing == Held::Agreed(Verdict::Merge) {
            beside.entry(one).or_default().insert(two);
            beside.entry(two).or_default().insert(one);
        }
    }
    let mut contradictions = vec![];
    let mut spoilt: BTreeSet<&Arc<str>> = BTreeSet::new();
    for ((one, two), standing) in standings {
        if *standing == Held::Agreed(Verdict::Merge) || *standing == Held::Agreed(Verdict::Open) {
            continue;
        }
        if let Some(way) = way(&beside, one, two) {
            spoilt.insert(one);
            contradictions.push(Contradiction {
                pair: (one.clone(), two.clone()),
                way: way.into_iter().cloned().collect(),
            });
        }
    }
    let mut kept = BTreeMap::new();
    let mut seen: BTreeSet<&Arc<str>> = BTreeSet::new();
    for start in beside.keys() {
        if seen.contains(start) {
            continue;
        }
        let group = reached(&beside, start);
        seen.extend(&group);
        if group.iter().any(|key| spoilt.contains(key)) {
            continue;
        }
        let Some(first) = group.iter().min_by_key(|key| natural(key)) else {
            continue;
        };
        for key in group.iter().filter(|key| *key != first) {
            kept.insert((**key).clone(), (**first).clone());
        }
    }
    Groups {
        kept,
        contradictions,
    }
}

type Beside<'a> = BTreeMap<&'a Arc<str>, BTreeSet<&'a Arc<str>>>;

fn reached<'a>(beside: &Beside<'a>, start: &'a Arc<str>) -> BTreeSet<&'a Arc<str>> {
    let mut group = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(key) = open.pop() {
        for next in beside.get(key).into_iter().flatten() {
            if group.insert(next) {
                open.push(next);
            }
        }
    }
    group
}

/// The shortest way from one to the other; `None` if there is none.
fn way<'a>(beside: &Beside<'a>, from: &'a Arc<str>, to: &'a Arc<str>) -> Option<Vec<&'a Arc<str>>> {
    let mut before: BTreeMap<&Arc<str>, &Arc<str>> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([from]);
    while let Some(key) = open.pop_front() {
        if key == to {
            let mut way = vec![key];
            while let Some(last) = way.last().and_then(|key| before.get(key)) {
                way.push(last);
            }
            way.reverse();
            return Some(way);
        }
        for next in beside.get(key).into_iter().flatten() {
            if *next != from && !before.contains_key(next) {
                before.insert(next, key);
                open.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(one: &str, two: &str, verdict: Verdict, by: &str) -> Said {
        Said {
            pair: keys(&one.into(), &two.into()),
            verdict,
            by: by.into(),
        }
    }

    fn kept(said: &[Said]) -> Vec<String> {
        let groups = groups(&standings(said));
        let of = |(key, kept): (&Arc<str>, &Arc<str>)| format!("{key}→{kept}");
        groups.kept.iter().map(of).collect()
    }

    use Verdict::{Keep, Merge, Open};

    #[test]
    fn who_is_one_with_one_is_one_with_all() {
        let decided = [
            said("C10", "C9", Merge, "a"),
            said("C10", "C11", Merge, "b"),
            said("x", "y", Merge, "a"),
            said("p", "q", Keep, "a"),
            said("r", "s", Open, "a"),
        ];
        assert_eq!(kept(&decided), ["C10→C9", "C11→C9", "y→x"]);
    }

    #[test]
    fn the_last_word_of_a_person_counts_and_two_people_can_disagree() {
        let changed = [said("1", "2", Merge, "a"), said("2", "1", Keep, "a")];
        assert!(kept(&changed).is_empty());
        let disputed = [said("1", "2", Merge, "a"), said("1", "2", Keep, "b")];
        assert!(kept(&disputed).is_empty());
        let standing = standings(&disputed);
        assert_eq!(standing.values().next(), Some(&Held::Disputed));
        // Who leaves it open does not stand against it.
        let open = [said("1", "2", Merge, "a"), said("1", "2", Open, "b")];
        assert_eq!(kept(&open), ["2→1"]);
    }

    #[test]
    fn a_group_that_contradicts_itself_is_left_alone() {
        let decided = [
            said("a", "b", Merge, "x"),
            said("b", "c", Merge, "x"),
            said("a", "c", Keep, "x"),
            said("m", "n", Merge, "x"),
        ];
        let groups = groups(&standings(&decided));
        assert_eq!(groups.kept.len(), 1);
        assert_eq!(groups.contradictions.len(), 1);
        let way: Vec<&str> = groups.contradictions[0]
            .way
            .iter()
            .map(|key| &**key)
            .collect();
        assert_eq!(way, ["a", "b", "c"]);
    }
}
