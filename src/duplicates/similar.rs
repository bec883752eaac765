//! How far apart two short texts are, in whole numbers.

/// Texts are compared up to here; what is longer and the same so far is the same enough.
const LONGEST: usize = 64;

/// The characters of a text, up to [`LONGEST`].
#[derive(Clone, Copy)]
pub struct Letters {
    chars: [char; LONGEST],
    len: usize,
}

impl Letters {
    /// Those of `text`.
    pub fn of(text: &str) -> Self {
        let mut letters = Self {
            chars: ['\0'; LONGEST],
            len: 0,
        };
        for c in text.chars().take(LONGEST) {
            letters.chars[letters.len] = c;
            letters.len += 1;
        }
        letters
    }

    /// As a slice.
    pub fn as_slice(&self) -> &[char] {
        &self.chars[..self.len]
    }
}

/// How many insertions, deletions, substitutions and exchanges of neighbours make `b` of `a` (optimal string
/// alignment), if not more than `most`; else `None`.
pub fn edits(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // What both begin and end with needs no edit.
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    if a.is_empty() || b.is_empty() {
        let count = a.len().max(b.len());
        return (count <= most).then_some(count);
    }
    let mut rows = [[0usize; LONGEST + 1]; 3];
    for (column, cell) in rows[0].iter_mut().enumerate() {
        *cell = column;
    }
    for (i, x) in a.iter().enumerate() {
        let (before, last, now) = ((i + 2) % 3, i % 3, (i + 1) % 3);
        rows[now][0] = i + 1;
        let mut least = i + 1;
        for (j, y) in b.iter().enumerate() {
            let mut cost = (rows[last][j] + usize::from(x != y))
                .min(rows[last][j + 1] + 1)
                .min(rows[now][j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(rows[before][j - 1] + 1);
            }
            rows[now][j + 1] = cost;
            least = least.min(cost);
        }
        // An exchange reaches back two rows, so that one more than the least may still come down.
        if least > most + 1 {
            return None;
        }
    }
    let count = rows[a.len() % 3][b.len()];
    (count <= most).then_some(count)
}

/// The similarity of Jaro and Winkler in thousandths, rounded: 1000 for equal texts, 0 for texts without a common
/// letter. A common start counts for up to four letters (Winkler 1990).
pub fn jaro_winkler(a: &[char], b: &[char]) -> u32 {
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = 0u64;
    let mut matched = [(0usize, '\0'); LONGEST];
    let mut count = 0;
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(reach);
        let to = (i + reach + 1).min(b.len());
        let found = (from..to).find(|j| taken & (1 << j) == 0 && b[*j] == *x);
        if let Some(j) = found {
            taken |= 1 << j;
            matched[count] = (i, *x);
            count += 1;
        }
    }
    if count == 0 {
        return 0;
    }
    let in_b = (0..b.len()).filter(|j| taken & (1 << j) != 0);
    let turned = in_b
        .zip(&matched[..count])
        .filter(|(j, (_, x))| b[*j] != *x)
        .count();
    let (m, la, lb) = (count as u64, a.len() as u64, b.len() as u64);
    // Thirds of m/la + m/lb + (m - t)/m, where t is half the turned letters, in billionths.
    let billion = 1_000_000_000;
    let jaro =
        (m * billion / la + m * billion / lb + (2 * m - turned as u64) * billion / (2 * m)) / 3;
    let start = a.iter().zip(b).take(4).take_while(|(a, b)| a == b).count() as u64;
    ((jaro + start * (billion - jaro) / 10 + 500_000) / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("ca", "ac", 1),
            ("ca", "abc", 3),
            ("19081209", "19082109", 1),
            ("华为技术", "华为枝术", 1),
            ("abcdef", "badcfe", 3),
        ] {
            let (a, b) = (chars(a), chars(b));
            assert_eq!(edits(&a, &b, 8), Some(expected), "{a:?} {b:?}");
            if expected > 0 {
                assert_eq!(edits(&a, &b, expected - 1), None, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn jaro_winkler_is_as_published() {
        // Winkler (1990) and the tables of the U.S. Census Bureau: three places.
        for (a, b, expected) in [
            ("martha", "marhta", 961),
            ("dixon", "dicksonx", 813),
            ("jones", "johnson", 832),
            ("dwayne", "duane", 840),
            ("abc", "xyz", 0),
            ("shackleford", "shackelford", 982),
        ] {
            assert_eq!(jaro_winkler(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn distances_are_the_same_both_ways(a in "[a-d]{0,9}", b in "[a-d]{0,9}") {
            let (a, b) = (chars(&a), chars(&b));
            prop_assert_eq!(edits(&a, &b, 9), edits(&b, &a, 9));
            prop_assert_eq!(edits(&a, &b, 9) == Some(0), a == b);
            // A bound only leaves out, it never changes a count.
            for most in 0..4 {
                prop_assert_eq!(edits(&a, &b, most), edits(&a, &b, 9).filter(|n| *n <= most));
            }
        }

        #[test]
        fn likeness_is_at_most_a_thousand(a in "[a-d]{1,9}", b in "[a-d]{1,9}") {
            let (a, b) = (chars(&a), chars(&b));
            let likeness = jaro_winkler(&a, &b);
            prop_assert!(likeness <= 1000);
            prop_assert_eq!(likeness >= 1000, a == b);
        }
    }
}
