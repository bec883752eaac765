//! Ranges of keys: what is sorted within each is sorted as a whole, one range after the other.

/// How many ranges there are at most: 64 times fewer customers than there are fit into a cache.
pub const RANGES: usize = 64;

/// Where the keys are parted, so that each range has about as many rows as the next.
pub struct Ranges {
    /// What all keys begin with, as far as the sample shows: they differ behind it.
    common: Vec<u8>,
    /// The least place of each range but the first.
    bounds: Vec<u64>,
}

impl Ranges {
    /// Parts the keys as those of some rows are distributed. Whatever they are, the ranges are ranges; only how much
    /// each has depends on it.
    pub fn of(mut sample: Vec<String>) -> Self {
        sample.sort_unstable();
        let mut ranges = Self {
            common: vec![],
            bounds: vec![],
        };
        if let (Some(first), Some(last)) = (sample.first(), sample.last()) {
            // What the first and the last one share all between them have too.
            let pairs = first.bytes().zip(last.bytes());
            let same = pairs.take_while(|(a, b)| a == b);
            ranges.common = same.map(|(byte, _)| byte).collect();
        }
        let bounds = (1..RANGES).filter_map(|range| sample.get(range * sample.len() / RANGES));
        let mut bounds: Vec<u64> = bounds.map(|id| ranges.place(id)).collect();
        bounds.dedup();
        ranges.bounds = bounds;
        ranges
    }

    /// How many there are.
    pub fn parts(&self) -> usize {
        self.bounds.len() + 1
    }

    /// The range of a key.
    pub fn part(&self, id: &str) -> u8 {
        let place = self.place(id);
        // There are no more than 64.
        self.bounds.partition_point(|bound| *bound <= place) as u8
    }

    /// A number that is never greater than that of a key that is sorted behind. Two keys may have the same.
    pub fn place(&self, id: &str) -> u64 {
        let bytes = id.as_bytes();
        match bytes.strip_prefix(&*self.common) {
            Some(rest) => beginning(rest),
            // What does not begin so stands before all that do, or behind them.
            None if bytes < &*self.common => 0,
            None => u64::MAX,
        }
    }
}

/// The first eight bytes as a number, the first of them first; what is not there is nought.
#[inline]
fn beginning(bytes: &[u8]) -> u64 {
    if let Some(first) = bytes.first_chunk() {
        return u64::from_be_bytes(*first);
    }
    let missing = 8 * (8 - bytes.len() as u32);
    // Two words that overlap cost less than a copy of so many bytes as there are.
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let first = u64::from(u32::from_be_bytes(*first)) << 32;
        return first | u64::from(u32::from_be_bytes(*last)) << missing;
    }
    let all = bytes
        .iter()
        .fold(0, |all, byte| all << 8 | u64::from(*byte));
    all.checked_shl(missing).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_order_of_the_keys_whatever_the_sample() {
        let mut ids: Vec<String> = (0..3000).map(|n| format!("C-2024-{n}")).collect();
        ids.extend(["", "C", "C-2024-", "C-2025", "A1", "客户1", "客户12", "Ω"].map(String::from));
        ids.extend((0..300).map(|n| format!("C-2024-a-long-beginning-{n}")));
        ids.sort();
        let samples = [
            vec![],
            vec!["C-2024-5".to_owned()],
            ids[..40].to_vec(),
            ids.iter().step_by(7).cloned().collect(),
            ids.iter()
                .skip(1000)
                .step_by(3)
                .take(700)
                .cloned()
                .collect(),
        ];
        for sample in samples {
            let ranges = Ranges::of(sample);
            let parts: Vec<u8> = ids.iter().map(|id| ranges.part(id)).collect();
            assert!(parts.is_sorted());
            assert!(parts.iter().all(|part| usize::from(*part) < ranges.parts()));
            assert!(ids.is_sorted_by_key(|id| ranges.place(id)));
        }
    }

    #[test]
    fn a_beginning_is_the_first_eight_bytes() {
        let text = b"0123456789\xff";
        for (from, to) in (0..=11).flat_map(|to| (0..=to).map(move |from| (from, to))) {
            let bytes = &text[from..to];
            let mut first = [0; 8];
            for (at, byte) in first.iter_mut().zip(bytes) {
                *at = *byte;
            }
            assert_eq!(beginning(bytes), u64::from_be_bytes(first), "{from}..{to}");
        }
    }

    #[test]
    fn ranges_have_about_as_much_as_each_other() {
        let ids: Vec<String> = (0..64_000).map(|n| format!("C{n:08}")).collect();
        let ranges = Ranges::of(ids.iter().step_by(9).cloned().collect());
        assert_eq!(ranges.parts(), RANGES);
        let mut counts = vec![0; RANGES];
        for id in &ids {
            counts[usize::from(ranges.part(id))] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..1100).contains(count)),
            "{counts:?}"
        );
    }
}
