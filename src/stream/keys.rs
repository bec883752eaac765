//! Whether every customer has a key of its own, over any number of them in little memory: hashes, in partitions, which
//! go into a temporary file when they are many.

use super::Reason;
use crate::parallel::{cores, each};
use foldhash::fast::FixedState;
use std::hash::BuildHasher;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many partitions there are, by the first bits of a hash: of 10 million keys one is 300 KB.
const PARTITIONS: usize = 1 << PARTITION_BITS;
const PARTITION_BITS: u32 = 8;
/// So many hashes are held in memory: 2 MiB.
const HELD: usize = 1 << 18;

/// Fewer of them are looked at by one core.
const WORTH_SHARING: usize = 1 << 16;

/// What hashes are spilled into.
pub trait Spill: Read + Write + Seek + Send {}
impl<T: Read + Write + Seek + Send> Spill for T {}

/// Opens a temporary file.
pub type Open<'a> = &'a (dyn Fn() -> std::io::Result<Box<dyn Spill>> + Sync);

/// The hashes of the keys so far.
pub struct Keys<'a> {
    held: Vec<Vec<u64>>,
    count: usize,
    /// How many of each partition were spilled at a time.
    spilled: Vec<Vec<usize>>,
    file: Option<Box<dyn Spill>>,
    open: Open<'a>,
}

/// The hash of a key. Two keys with one hash are rare, and then the file is read whole.
pub fn hash(key: &str) -> u64 {
    FixedState::default().hash_one(key)
}

impl<'a> Keys<'a> {
    /// None yet. `open` gives a temporary file.
    pub fn new(open: Open<'a>) -> Self {
        Self {
            held: vec![vec![]; PARTITIONS],
            count: 0,
            spilled: vec![],
            file: None,
            open,
        }
    }

    /// Takes in more of them.
    pub fn add(&mut self, hashes: &[u64]) -> Result<(), Reason> {
        for hash in hashes {
            self.held[(hash >> (u64::BITS - PARTITION_BITS)) as usize].push(*hash);
        }
        self.count += hashes.len();
        if self.count < HELD {
            return Ok(());
        }
        self.spill().map_err(|_| Reason::Unwritable)
    }

    fn spill(&mut self) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.open)()?),
        };
        let mut bytes = vec![];
        for part in &self.held {
            bytes.clear();
            bytes.extend(part.iter().flat_map(|hash| hash.to_le_bytes()));
            file.write_all(&bytes)?;
        }
        self.spilled.push(self.held.iter().map(Vec::len).collect());
        self.held.iter_mut().for_each(Vec::clear);
        self.count = 0;
        Ok(())
    }

    /// Whether all of them are different.
    pub fn finish(self) -> Result<(), Reason> {
        let parts: Vec<Mutex<Vec<u64>>> = self.held.into_iter().map(Mutex::new).collect();
        let file = self.file.map(Mutex::new);
        let is_short = file.is_none() && self.count < WORTH_SHARING;
        let threads = if is_short { 1 } else { cores() };
        let judged = each(threads, PARTITIONS, |part| {
            let mut hashes = std::mem::take(&mut *locked(&parts[part]));
            if let Some(file) = &file {
                let read = of_partition(&mut **locked(file), &self.spilled, part, &mut hashes);
                read.map_err(|_| Reason::Unwritable)?;
            }
            hashes.sort_unstable();
            if hashes.windows(2).all(|pair| pair[0] != pair[1]) {
                Ok(())
            } else {
                Err(Reason::SameKey)
            }
        });
        judged.into_iter().collect()
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads what was spilled of a partition.
fn of_partition(
    file: &mut dyn Spill,
    spilled: &[Vec<usize>],
    part: usize,
    hashes: &mut Vec<u64>,
) -> std::io::Result<()> {
    let mut start = 0;
    hashes.reserve_exact(spilled.iter().map(|counts| counts[part]).sum());
    for counts in spilled {
        let before: usize = counts[..part].iter().sum();
        let at = (start + before) * size_of::<u64>();
        let mut bytes = vec![0; counts[part] * size_of::<u64>()];
        file.seek(SeekFrom::Start(at as u64))?;
        file.read_exact(&mut bytes)?;
        let (words, _) = bytes.as_chunks();
        hashes.extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        start += counts.iter().sum::<usize>();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn judged(count: u64, twice: Option<u64>) -> Result<(), Reason> {
        let open = || Ok(Box::new(Cursor::new(vec![])) as Box<dyn Spill>);
        let mut keys = Keys::new(&open);
        let hashes: Vec<u64> = (0..count).map(|key| hash(&key.to_string())).collect();
        for part in hashes.chunks(1000) {
            keys.add(part)?;
        }
        if let Some(key) = twice {
            keys.add(&[hash(&key.to_string())])?;
        }
        keys.finish()
    }

    #[test]
    fn a_key_that_comes_twice_is_found_wherever_it_was_put() {
        // The last count is spilled twice, and some are held at the end.
        for count in [1, 1000, 2 * HELD as u64 + 5000] {
            assert_eq!(judged(count, None), Ok(()), "{count}");
            for twice in [0, count / 2, count - 1] {
                let found = judged(count, Some(twice));
                assert_eq!(found, Err(Reason::SameKey), "{twice} of {count}");
            }
        }
    }
}
