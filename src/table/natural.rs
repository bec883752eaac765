//! The order in which people put keys.

/// By runs of digits as numbers, then by the text: `C9` before `C10`.
pub fn natural(key: &str) -> (Vec<(String, usize, String)>, &str) {
    let mut parts = vec![];
    let mut rest = key;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (word, tail) = rest.split_at(digits);
        let end = tail
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (number, tail) = tail.split_at(end);
        let number = number.trim_start_matches('0');
        parts.push((word.to_owned(), number.len(), number.to_owned()));
        rest = tail;
    }
    (parts, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_numbers_and_keys_that_differ_never_share_a_place() {
        let order = [
            "", "7", "10", "C", "C07", "C7", "C9", "C9a", "C10", "C10-2", "D1",
        ];
        for pair in order.windows(2) {
            assert!(natural(pair[0]) < natural(pair[1]), "{pair:?}");
        }
    }
}
