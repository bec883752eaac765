//! Traditional Chinese characters and their simplified forms. For comparing only: what is shown stays as written, and
//! one simplified form may stand for several traditional ones.

use std::sync::LazyLock;

/// Pairs of a traditional and a simplified character, by the traditional one. The file says where they come from.
static PAIRS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let lines = include_str!("simplified.txt").lines();
    let words = lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace);
    words
        .filter_map(|pair| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        })
        .collect()
});

/// The simplified form of `c`; any other character as it is.
pub fn simplified(c: char) -> char {
    // The first traditional character of the table is 㑯 (U+346F).
    if c < '\u{3400}' {
        return c;
    }
    PAIRS
        .binary_search_by_key(&c, |(traditional, _)| *traditional)
        .map_or(c, |index| PAIRS[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_characters_become_simplified_ones() {
        let simple = |text: &str| text.chars().map(simplified).collect::<String>();
        assert_eq!(simple("客戶編號"), "客户编号");
        assert_eq!(simple("採購額（萬元）"), "采购额（万元）");
        assert_eq!(simple("臺灣電腦有限公司"), "台湾电脑有限公司");
        assert_eq!(simple("客户编号 Ab1"), "客户编号 Ab1");
    }

    #[test]
    fn the_table_is_in_order_and_takes_one_step() {
        assert!(PAIRS.len() > 3000);
        assert!(PAIRS.is_sorted_by(|a, b| a.0 < b.0));
        for (traditional, simple) in PAIRS.iter() {
            assert_ne!(traditional, simple);
        }
    }
}
