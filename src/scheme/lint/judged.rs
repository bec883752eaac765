//! A list whose conditions have been evaluated for every sort of customer that a scheme tells apart.

use super::lists::{Entry, List, Rule};
use super::regions::{Grid, Region};
use super::world::states::Wanted;
use super::world::told::{choice, values_of};
use super::world::{Open, States, TooMany, Tried};
use super::{is_for_all, variables};
use crate::assess::{Choice, choose};
use crate::diagnostic::Text;
use crate::expr::{Bound, Slot};
use crate::scheme::model::Expression;
use crate::table::{Column, Date, Truth, Value};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// A list whose conditions have been evaluated for every sort of customer.
pub struct Judged<'a> {
    /// What an entry is called.
    pub what: &'a Text,
    /// The entries up to and with the one that is for everybody left.
    pub entries: &'a [Entry<'a>],
    /// For each entry its condition over the things told; `None` for the one for everybody left.
    pub conditions: &'a [Option<Bound>],
    /// The same as opened.
    pub opened: &'a [Option<&'a Bound>],
    /// The scheme as it was opened.
    pub open: &'a Open<'a>,
    /// The sorts of customers.
    pub states: &'a States,
    /// They by what the conditions read.
    pub grid: Grid<'a>,
    /// For each thing told its values.
    pub values: &'a [Vec<Value>],
    /// For each entry what it comes to for each sort, once that was asked: most entries are reached, and of those nothing
    /// else is to be said.
    pub truths: Vec<OnceCell<Vec<Truth>>>,
    /// For each sort the first entry that holds, or that is unknown and stops the search.
    pub choices: &'a [Choice],
    /// What customers show of parts that are not seen through, where there are some in the list.
    pub shown: Option<Shown<'a>>,
}

/// The same list as customers show it who are tried.
pub struct Shown<'a> {
    /// Which values stand for parts that they show.
    pub tried: &'a Tried<'a>,
    /// The customers; `None` where they are too many.
    pub by: Option<&'a Judged<'a>>,
}

impl Judged<'_> {
    /// What an entry comes to for each sort.
    pub fn truths(&self, entry: usize) -> &[Truth] {
        self.truths[entry].get_or_init(|| judge(self.opened[entry], self.states))
    }

    /// The first entry that holds for a sort, or that is unknown and stops the search.
    pub fn decided_by(&self, row: usize) -> Option<usize> {
        match self.choices[row] {
            Choice::Is(entry) | Choice::Unknown(entry) => Some(entry as usize),
            Choice::NoneHolds => None,
        }
    }

    /// Whether customers show that every entry is reached.
    pub fn is_all_shown(&self) -> bool {
        let by = self.shown.as_ref().and_then(|shown| shown.by);
        by.is_some_and(|by| (0..self.entries.len()).all(|entry| by.is_reached(entry)))
    }

    /// Whether an entry is the first that holds for somebody; where it is of use behind others too, whether it holds.
    pub fn is_reached(&self, entry: usize) -> bool {
        let mut choices = self.choices.iter();
        choices.any(|choice| choice.index() == Some(entry))
            || !self.entries[entry].exclusive && self.truths(entry).contains(&Truth::True)
    }

    /// Of some things told the values from outside that stand for parts which customers can show.
    pub fn wholes(&self, told: &[usize]) -> Vec<Slot> {
        let outside = told
            .iter()
            .flat_map(|index| &self.grid.told[*index].reads.outside);
        let shown = self.shown.as_ref();
        let mut wholes = shown.map_or(vec![], |shown| shown.tried.wholes_in(outside));
        wholes.sort_unstable();
        wholes.dedup();
        wholes
    }

    /// A customer of those that are tried who is in a region of this one, and in no entry.
    pub fn shown_in(&self, region: &Region) -> Option<(&Judged<'_>, usize)> {
        let by = self.shown.as_ref()?.by?;
        let is_in = |row: &usize| {
            let told = self.grid.told.iter().zip(region).enumerate();
            let mut told = told.map(|(index, (told, samples))| {
                let own = choice(&told.samples, &by.value(*row, index)) as usize;
                samples.binary_search(&own).is_ok()
            });
            by.choices[*row] == Choice::NoneHolds && by.is_known(*row) && told.all(|is_in| is_in)
        };
        let row = (0..by.choices.len()).find(is_in)?;
        Some((by, row))
    }

    /// Whether everything that is told of a customer is there, or could not be there without rows of events.
    pub fn is_known(&self, row: usize) -> bool {
        self.grid.missing(row).all(|told| {
            let outside = &self.grid.told[told].reads.outside;
            let scheme = self.open.original;
            self.states.has_no_rows(scheme, row, outside)
        })
    }

    /// What a customer has of a thing told.
    pub fn value(&self, row: usize, told: usize) -> Value {
        self.values[told][row].clone()
    }
}

/// All sorts of customers that a list tells apart, and what it makes of them.
pub struct Sorts<'a> {
    /// Its conditions over the things told.
    pub conditions: Vec<Option<Bound>>,
    /// The same as opened.
    pub opened: Vec<Option<&'a Bound>>,
    /// The customers.
    pub states: States,
    /// So many of the things told of them are the list's own.
    pub own: usize,
    /// For each of those their values.
    pub values: Vec<Vec<Value>>,
    /// For each of them the first entry that holds.
    pub choices: Vec<Choice>,
}

impl<'a> Sorts<'a> {
    /// Those of the first `count` entries of a list in an opened scheme, where it is `opened`. `None` where a value has no
    /// possible one, such as a `case` of nothing but `null`: there is nobody to say anything about.
    pub fn new(
        open: &Open<'_>,
        list: &List<'_>,
        opened: &List<'a>,
        count: usize,
        as_of: Date,
    ) -> Result<Option<Self>, TooMany> {
        let entries = &list.entries[..count];
        let (variables, conditions) = variables(open, entries);
        let own = variables.len();
        let judges: Vec<Option<&'a Expression>> = opened.entries[..count]
            .iter()
            .zip(entries)
            .map(|(opened, entry)| match opened.rule {
                _ if is_for_all(&entry.rule) => None,
                Rule::When(when) => Some(when),
                Rule::Best(_) | Rule::Otherwise => None,
            })
            .collect();
        let opened: Vec<Option<&Bound>> = judges
            .iter()
            .map(|judge| judge.map(|when| &when.bound))
            .collect();
        let wanted = Wanted {
            variables,
            conditions: opened.iter().copied().flatten().collect(),
            dimensions: BTreeSet::new(),
            without: None,
        };
        let mut states = States::new(open, wanted, as_of)?;
        let rows = states.customers.len();
        if rows == 0 {
            return Ok(None);
        }
        let choices = choose(&open.scheme, &judges, "", &mut states.facts, &mut vec![]);
        let values = states.told[..own]
            .iter()
            .map(|told| values_of(told, &states.facts, rows))
            .collect();
        Ok(Some(Self {
            conditions,
            opened,
            states,
            own,
            values,
            choices,
        }))
    }

    /// They as they are judged.
    pub fn judged<'j>(
        &'j self,
        open: &'j Open<'j>,
        list: &'j List<'j>,
        shown: Option<Shown<'j>>,
    ) -> Judged<'j> {
        let count = self.conditions.len();
        Judged {
            what: &list.what,
            entries: &list.entries[..count],
            conditions: &self.conditions,
            opened: &self.opened,
            open,
            states: &self.states,
            grid: Grid::new(&self.states.told[..self.own], &self.states.choices),
            values: &self.values,
            truths: vec![OnceCell::new(); count],
            choices: &self.choices,
            shown,
        }
    }
}

/// What a condition of the opened scheme comes to for each customer; nothing is otherwise, which always holds.
pub fn judge(condition: Option<&Bound>, states: &States) -> Vec<Truth> {
    let len = states.customers.len();
    match condition.map(|condition| condition.eval(&states.facts).column) {
        Some(Column::Bool(truths)) => truths,
        Some(_) => vec![Truth::Unknown; len],
        None => vec![Truth::True; len],
    }
}
