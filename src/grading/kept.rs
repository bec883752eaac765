//! Customers without values in this run, because their row is refused or no sheet has them: they keep what they had.

use super::Grading;
use crate::book::{Earlier, Entry};
use crate::decide::Decision;
use crate::diagnostic::{Finding, Text};
use crate::scheme::model::Expression;
use crate::table::{Column, Truth};
use crate::text;
use std::borrow::Cow;

/// A customer who keeps what was before.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    /// The key, if it can be read.
    pub id: Option<&'a str>,
    /// The name, if it can be read.
    pub name: Option<&'a str>,
    /// What is kept.
    pub before: Earlier,
    /// Refused or absent.
    pub decision: Decision,
    /// Why there are no values.
    pub why: Cow<'a, [Text]>,
}

impl Grading {
    /// What an entry keeps; `None` for a customer with values.
    pub fn kept(&self, entry: Entry) -> Option<Kept<'_>> {
        match entry {
            Entry::Customer(_) => None,
            Entry::Refused(index) => {
                let row = &self.book.roster.refused[index as usize];
                let known = row.id.as_deref().and_then(|id| self.people.by_id().get(id));
                Some(Kept {
                    id: row.id.as_deref(),
                    name: row.name.as_deref(),
                    before: known.map_or(row.before, |number| self.now(*number)),
                    decision: Decision::Refused,
                    why: Cow::Borrowed(&row.faults),
                })
            }
            Entry::Absent(index) => {
                let absent = &self.absent[index as usize];
                Some(Kept {
                    id: Some(&absent.id),
                    name: absent.name.as_deref(),
                    before: self.now(absent.number),
                    decision: Decision::Absent,
                    why: Cow::Owned(vec![text!(
                        "no sheet in force has the customer; the grade is kept",
                        "现行的客户表中没有该客户，等级保持不变"
                    )]),
                })
            }
        }
    }

    /// The customers for whom a condition holds. For whom that cannot be worked out is found, as of `name`.
    pub fn rows_where(
        &self,
        wanted: &Expression,
        name: &str,
        findings: &mut Vec<Finding>,
    ) -> Vec<u32> {
        let evaluated = wanted.bound.eval(&self.facts);
        let faults = &evaluated.faults;
        findings.extend(self.facts.not_computable(faults, wanted, name));
        let Column::Bool(truths) = evaluated.column else {
            return vec![];
        };
        let rows = truths.iter().zip(0..);
        let rows = rows.filter(|(truth, _)| **truth == Truth::True);
        rows.map(|(_, row)| row).collect()
    }

    /// The lines of the output for which `--where` holds; refused rows only without a condition, because nothing is
    /// known of them.
    pub fn entries_where(
        &self,
        wanted: Option<&Expression>,
        findings: &mut Vec<Finding>,
    ) -> Vec<Entry> {
        let all = self.entries();
        let Some(wanted) = wanted else {
            return all;
        };
        let mut holds = vec![false; self.len()];
        for row in self.rows_where(wanted, "--where", findings) {
            holds[row as usize] = true;
        }
        all.into_iter()
            .filter(|entry| matches!(entry, Entry::Customer(row) if holds[*row as usize]))
            .collect()
    }

    fn now(&self, number: u32) -> Earlier {
        self.people.persons[number as usize].now()
    }

    /// Every line of the output: customers and refused rows in the order of their sheets, then the absent.
    pub fn entries(&self) -> Vec<Entry> {
        let absent = (0..self.absent.len() as u32).map(Entry::Absent);
        self.book
            .roster
            .entries
            .iter()
            .copied()
            .chain(absent)
            .collect()
    }
}
