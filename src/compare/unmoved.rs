//! Who is where they were: of a million customers that two graded files have, nearly all. They are counted level by
//! level, and only the rows of the others are compared.
//!
//! What the rows of both files tell is gathered by their keys ([`LevelsByKey`]), in parts small enough for the cache of a
//! core, and part by part those who moved are found ([`Moved`]). What is told of a row is what [`Graded::snapshot`] makes
//! of it, by the same functions.

use super::Graded;
use super::graded::{Wanted, decision, present_name};
use crate::clean::escape::unescape;
use crate::clean::text::{parse_id, trim};
use crate::decide::Decision;
use crate::parallel;
use crate::table::Cell;
use foldhash::HashMap;
use foldhash::fast::{FixedState, RandomState};
use std::borrow::Cow;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, PoisonError};

/// Customers whom both sides have with the same level, and who are in neither snapshot: how many, level by level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmoved(pub Vec<(Arc<str>, usize)>);

impl Unmoved {
    /// How many in all.
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

/// The columns of a graded file that tell whether somebody moved: the key, the level and, where regrade wrote the file,
/// what it decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelColumns {
    key: usize,
    level: usize,
    change: Option<usize>,
}

impl LevelColumns {
    /// Of a file whose key is known; `None` where its level is not certain, or sums of amounts are asked for.
    pub fn of(file: &Graded, key: usize, wanted: &Wanted<'_>) -> Option<Self> {
        let level = file.level(wanted).ok()?;
        (wanted.amount.is_none() && key != level).then(|| Self {
            key,
            level,
            change: file.change(),
        })
    }

    /// The columns, in order, with the first two of the file among them.
    pub fn columns(&self) -> Vec<usize> {
        let columns = [0, 1, self.key, self.level].into_iter();
        let mut columns: Vec<usize> = columns.chain(self.change).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// The names of the levels of both sides, each with a number.
#[derive(Debug, Default)]
pub struct Levels(Mutex<Vec<Arc<str>>>);

impl Levels {
    /// No more levels have a number; customers with others are compared.
    pub const MOST: usize = 1000;

    /// The number of a level; `None` where there are too many to be levels.
    fn number(&self, name: Arc<str>) -> Option<u16> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = names.iter().position(|known| *known == name) {
            return u16::try_from(found).ok();
        }
        let number = u16::try_from(names.len()).ok();
        let number = number.filter(|number| usize::from(*number) < Self::MOST);
        names.extend(number.map(|_| name));
        number
    }
}

/// What a row tells: whose it is, and the level.
#[derive(Clone, Debug)]
pub struct KeyedLevel<'c> {
    /// The key; `None` where there is none, or one that cannot be read.
    pub key: Option<Cow<'c, str>>,
    /// The number of the level; `None` of one without, or who is absent or refused.
    pub level: Option<u16>,
}

/// Reads what rows tell. Each thread has its own.
pub struct LevelReader<'w> {
    wanted: &'w Wanted<'w>,
    levels: &'w Levels,
    /// Where the cells are among those in [`LevelColumns::columns`].
    at: LevelColumns,
    /// Cells of levels and of decisions that were met, and what they are. They are few.
    met: (Met<Option<u16>>, Met<bool>),
}

impl<'w> LevelReader<'w> {
    /// For rows of which the cells in these columns are given.
    pub fn new(in_file: LevelColumns, wanted: &'w Wanted<'w>, levels: &'w Levels) -> Self {
        let columns = in_file.columns();
        let at = |column: usize| columns.binary_search(&column).unwrap_or_default();
        Self {
            wanted,
            levels,
            at: LevelColumns {
                key: at(in_file.key),
                level: at(in_file.level),
                change: in_file.change.map(at),
            },
            met: Default::default(),
        }
    }

    /// What a row with these cells tells.
    pub fn read<'c>(&mut self, cells: &'c [Cow<'_, str>]) -> KeyedLevel<'c> {
        let key = parse_id(Cell::Text(unescape(&cells[self.at.key])));
        let level = self.level(&cells[self.at.level]);
        let change = self.at.change.map(|change| &*cells[change]);
        let is_graded = change.is_none_or(|written| self.is_graded(written));
        KeyedLevel {
            key: key.ok().flatten(),
            level: level.filter(|_| is_graded),
        }
    }

    fn level(&mut self, written: &str) -> Option<u16> {
        if let Some(known) = self.met.0.get(written) {
            return known;
        }
        let name = Some(trim(unescape(written))).filter(|name| !name.is_empty());
        let name = name.map(|name| present_name(self.wanted, name.into()));
        let number = name.and_then(|name| self.levels.number(name));
        self.met.0.put(written, number);
        number
    }

    /// Whether what was decided is that there is a grade.
    fn is_graded(&mut self, written: &str) -> bool {
        if let Some(known) = self.met.1.get(written) {
            return known;
        }
        let decided = decision(trim(unescape(written)));
        let is_graded = decided.is_none_or(|decided| decided == Decision::Overridden);
        self.met.1.put(written, is_graded);
        is_graded
    }
}

/// How many parts the customers of a file are in: those of one part and its map lie in the cache of a core.
const PARTS: usize = 128;

/// A row of a file, and the number of the customer's level.
type Stand = (u32, Option<u16>);

/// What the rows of a file tell, by the keys of their customers.
pub struct LevelsByKey {
    short: Vec<Vec<(Short, Stand)>>,
    long: Vec<(Box<str>, Stand)>,
    /// Rows without a key.
    nameless: Vec<u32>,
}

impl Default for LevelsByKey {
    fn default() -> Self {
        Self {
            short: vec![vec![]; PARTS],
            long: vec![],
            nameless: vec![],
        }
    }
}

impl LevelsByKey {
    /// Adds what the row at this place tells.
    pub fn add(&mut self, row: u32, read: KeyedLevel<'_>) {
        let stand = (row, read.level);
        match read.key {
            None => self.nameless.push(row),
            Some(key) => match short(&key) {
                Some(key) => self.short[part_of(&key)].push((key, stand)),
                None => self.long.push((key.into(), stand)),
            },
        }
    }
}

/// The rows of two files whose customers may have moved, in no order, and how many have not, by the numbers of their
/// levels.
#[derive(Default)]
pub struct Moved {
    /// Rows of the old file.
    pub old: Vec<u32>,
    /// Rows of the new one.
    pub new: Vec<u32>,
    /// Rows of both files, the new one's first, whose customers have not moved; blank where nobody asks who they are.
    pub stayed: Vec<(u32, u32)>,
    unmoved: Vec<usize>,
}

/// Two rows of a file have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twice;

impl Moved {
    /// Finds the customers of the new file among those of the old one. Each is what several threads have gathered.
    /// `lists_stayed`: who has not moved is asked for too.
    pub fn between(
        old: &[LevelsByKey],
        new: &[LevelsByKey],
        lists_stayed: bool,
    ) -> Result<Self, Twice> {
        let pieces = parallel::each(parallel::cores(), PARTS, |part| {
            Self::among(old, new, lists_stayed, |gathered| &gathered.short[part])
        });
        let mut all = Self::among(old, new, lists_stayed, |gathered| &gathered.long)?;
        for piece in pieces {
            let piece = piece?;
            all.old.extend(piece.old);
            all.new.extend(piece.new);
            all.stayed.extend(piece.stayed);
            add(&mut all.unmoved, &piece.unmoved);
        }
        all.old.extend(old.iter().flat_map(|one| &one.nameless));
        all.new.extend(new.iter().flat_map(|one| &one.nameless));
        Ok(all)
    }

    /// The same of one part.
    fn among<K: Hash + Eq>(
        old: &[LevelsByKey],
        new: &[LevelsByKey],
        lists_stayed: bool,
        part: impl Fn(&LevelsByKey) -> &Vec<(K, Stand)>,
    ) -> Result<Self, Twice> {
        let count = old.iter().map(|gathered| part(gathered).len()).sum();
        let mut known = HashMap::with_capacity_and_hasher(count, RandomState::default());
        let rows = old.iter().flat_map(&part);
        known.extend(rows.map(|(key, stand)| (key, (*stand, false))));
        if known.len() < count {
            return Err(Twice);
        }
        let mut moved = Self::default();
        let mut unmoved = vec![0; Levels::MOST];
        for (key, (row, level)) in new.iter().flat_map(&part) {
            let Some(((before, level_before), found)) = known.get_mut(key) else {
                moved.new.push(*row);
                continue;
            };
            if std::mem::replace(found, true) {
                return Err(Twice);
            }
            match level {
                Some(level) if *level_before == Some(*level) => {
                    unmoved[usize::from(*level)] += 1;
                    moved.stayed.extend(lists_stayed.then_some((*row, *before)));
                }
                _ => {
                    moved.old.push(*before);
                    moved.new.push(*row);
                }
            }
        }
        let gone = known.into_values().filter(|(_, found)| !found);
        moved.old.extend(gone.map(|((row, _), _)| row));
        moved.unmoved = unmoved;
        Ok(moved)
    }

    /// The customers who have not moved.
    pub fn unmoved(&self, levels: Levels) -> Unmoved {
        let names = levels.0.into_inner();
        let names = names.unwrap_or_else(PoisonError::into_inner);
        let counted = names.into_iter().zip(self.unmoved.iter().copied());
        let mut counted: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
        counted.sort_unstable();
        Unmoved(counted)
    }
}

fn add(sums: &mut [usize], more: &[usize]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

/// A text of at most fifteen bytes: these in two words, and how many they are in the last byte.
type Short = [u64; 2];

fn short(text: &str) -> Option<Short> {
    let bytes = text.as_bytes();
    let len = bytes.len();
    let (one, two) = match (bytes.first_chunk(), bytes.last_chunk()) {
        _ if len > 15 => return None,
        // The last eight bytes without those that the first eight have too.
        (Some(first), Some(last)) if len > 8 => {
            let last = u64::from_le_bytes(*last);
            (u64::from_le_bytes(*first), last >> (8 * (16 - len)))
        }
        _ => (
            bytes
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            0,
        ),
    };
    Some([one, two | (len as u64) << 56])
}

fn part_of(key: &Short) -> usize {
    (FixedState::default().hash_one(key) >> 32) as usize % PARTS
}

/// What is known of texts that were met. They are few, and most are short.
#[derive(Debug, Default)]
struct Met<T> {
    short: HashMap<Short, T>,
    long: HashMap<Box<str>, T>,
}

impl<T: Copy> Met<T> {
    fn get(&self, text: &str) -> Option<T> {
        match short(text) {
            Some(text) => self.short.get(&text).copied(),
            None => self.long.get(text).copied(),
        }
    }

    fn put(&mut self, text: &str, known: T) {
        if self.short.len() + self.long.len() < Levels::MOST {
            match short(text) {
                Some(text) => self.short.insert(text, known),
                None => self.long.insert(text.into(), known),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_texts_are_told_apart(one in "[a-b客\0]{0,16}", other in "[a-b客\0]{0,16}") {
            prop_assert_eq!(short(&one).is_some(), one.len() < 16);
            if let (Some(short_one), Some(short_other)) = (short(&one), short(&other)) {
                prop_assert_eq!(short_one == short_other, one == other);
            }
        }
    }
}
