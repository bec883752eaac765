//! Pairs with all that a person needs to decide about them: who they are, how sure it is and why, in words.

use super::groups::{Groups, Held, Keys, Verdict, groups, keys};
use super::{Agreement, Blocking, Evidence, Pair, Search};
use crate::diagnostic::Text;
use crate::scheme::model::{Customers, Duplicates};
use crate::table::{Column, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two customers who may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The rows of the two among the customers.
    pub rows: (u32, u32),
    /// Their keys.
    pub keys: (Arc<str>, Arc<str>),
    /// How sure it is: at 0 as likely as not, and twice as likely every 10 points.
    pub points: i32,
    /// Whether they have as many points as the scheme takes for all but certain.
    pub is_strict: bool,
    /// What people have said of the pair so far; `None`: nothing.
    pub standing: Option<Held>,
    /// Why: what each field says, the weightiest first.
    pub evidence: Text,
}

/// The customers' sheet and what people have decided about it.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// The sheet of the scheme.
    pub sheet: &'a Customers,
    /// What tells customers apart.
    pub rule: &'a Duplicates,
    /// The customers' keys.
    pub ids: &'a [Arc<str>],
    /// The columns of the sheet.
    pub columns: &'a [Column],
    /// What holds of pairs of which somebody said something.
    pub standings: &'a BTreeMap<Keys, Held>,
}

impl<'a> Looked<'a> {
    fn search(&self) -> Search<'a> {
        let fields = self.rule.fields.iter();
        let columns: Vec<&Column> = fields.map(|field| &self.columns[field.field]).collect();
        Search::new(self.rule, &columns)
    }

    /// The pairs of which nobody has decided that they are two, the surest first.
    pub fn suspects(&self) -> Vec<Suspect> {
        let search = self.search();
        let decided = Decided::new(self.standings);
        let mut pairs = search.pairs(Blocking::Auto);
        pairs.retain(|pair| decided.of(&self.keys(pair)) != Some(Held::Agreed(Verdict::Keep)));
        let evidence = search.evidence(&pairs);
        pairs
            .iter()
            .zip(evidence)
            .map(|(pair, evidence)| {
                let keys = self.keys(pair);
                Suspect {
                    rows: (pair.a, pair.b),
                    points: pair.points,
                    is_strict: pair.points >= self.rule.strict,
                    standing: decided.of(&keys),
                    evidence: self.told(evidence),
                    keys,
                }
            })
            .collect()
    }

    fn keys(&self, pair: &Pair) -> (Arc<str>, Arc<str>) {
        let id = |row: u32| self.ids[row as usize].clone();
        (id(pair.a), id(pair.b))
    }

    /// What rules out that two customers are one: the one is a branch and the other is not the same branch.
    pub fn ruled_out(&self, pairs: &[Keys]) -> BTreeSet<Keys> {
        let wanted: BTreeSet<&Arc<str>> = pairs.iter().flat_map(|(one, two)| [one, two]).collect();
        let ids = self.ids.iter().enumerate();
        let rows: BTreeMap<&Arc<str>, u32> = ids
            .filter(|(_, id)| wanted.contains(id))
            .map(|(row, id)| (id, row as u32))
            .collect();
        let search = self.search();
        let is_out = |(one, two): &&Keys| match (rows.get(one), rows.get(two)) {
            (Some(a), Some(b)) => search.rules_out(*a, *b),
            _ => false,
        };
        pairs.iter().filter(is_out).cloned().collect()
    }

    /// The evidence in words: `手机 相同 +23`.
    fn told(&self, mut evidence: Vec<Evidence>) -> Text {
        evidence.sort_by_key(|one| (-one.points.abs(), one.field));
        let mut told = Text {
            en: String::new(),
            zh: String::new(),
        };
        for one in evidence {
            let field = self.rule.fields[one.field].field;
            let name = &self.sheet.sheet.fields[field].name;
            let (en, zh) = words(one.agreement);
            let points = one.points;
            if !told.en.is_empty() {
                told.en += "; ";
                told.zh += "；";
            }
            told.en += &format!("{name} {en} {points:+}");
            told.zh += &format!("{name} {zh} {points:+}");
        }
        told
    }
}

/// How a field agrees, in words.
const fn words(agreement: Option<Agreement>) -> (&'static str, &'static str) {
    match agreement {
        None => ("exchanged with another part", "与另一部分互换"),
        Some(Agreement::Same) => ("the same", "相同"),
        Some(Agreement::Near) => ("a slip apart", "仅差一处"),
        Some(Agreement::Like) => ("nearly the same", "很接近"),
        Some(Agreement::Close) => ("similar", "有些像"),
        Some(Agreement::Different) => ("different", "不同"),
        Some(Agreement::Apart | Agreement::Never) => ("of two by its words", "写明是两家"),
    }
}

/// What was decided, also by way of those who are one: who is not B is not A, if A and B are one.
struct Decided {
    groups: Groups,
    by_kept: BTreeMap<Keys, Held>,
}

impl Decided {
    fn new(standings: &BTreeMap<Keys, Held>) -> Self {
        let groups = groups(standings);
        let kept = |key: &Arc<str>| groups.kept.get(key).unwrap_or(key).clone();
        let mut by_kept = BTreeMap::new();
        for ((one, two), standing) in standings {
            let pair = keys(&kept(one), &kept(two));
            let known = by_kept.entry(pair).or_insert(*standing);
            // One who says that they are two is heard whatever is said of the others of the group.
            if *standing == Held::Agreed(Verdict::Keep) {
                *known = *standing;
            }
        }
        Self { groups, by_kept }
    }

    fn of(&self, (one, two): &(Arc<str>, Arc<str>)) -> Option<Held> {
        let kept = |key: &Arc<str>| self.groups.kept.get(key).unwrap_or(key).clone();
        self.by_kept.get(&keys(&kept(one), &kept(two))).copied()
    }
}

/// A value of a customer as it is shown beside that of the other.
pub fn shown(column: &Column, row: u32) -> String {
    match column.value(row as usize) {
        Value::Missing => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.join("、"),
    }
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// Its letter in headings.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// The heading of the key of one of the two: `客户编号 A`.
pub fn key_heading(key: &str, side: Side) -> String {
    format!("{key} {}", side.letter())
}
