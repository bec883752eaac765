//! Units of money: 元, 万元, 亿元 and whatever currency a scheme names.

use super::decimal::Decimal;
use std::fmt;
use std::sync::Arc;

/// A currency at a scale: `万元` is 元 at 10,000, `USD` is USD at 1.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Unit {
    /// The currency without its scale: `元`, `美元`, `USD`.
    pub currency: Arc<str>,
    /// What one unit is worth in the currency: 1, 10, 100, 1,000, 10,000 … 100,000,000.
    pub scale: i64,
}

/// Multipliers as people write them before a currency or alone, longest first; of one worth, the one that is shown
/// first.
const MULTIPLIERS: [(&str, i64); 15] = [
    ("百万", 1_000_000),
    ("千万", 10_000_000),
    ("十万", 100_000),
    ("百亿", 10_000_000_000),
    ("十亿", 1_000_000_000),
    ("亿", 100_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百萬", 1_000_000),
    ("千萬", 10_000_000),
    ("百億", 10_000_000_000),
    ("十億", 1_000_000_000),
    ("億", 100_000_000),
    ("萬", 10_000),
    ("百", 100),
];

/// Spellings of 元.
const YUAN: [&str; 8] = ["元", "人民币", "圆", "RMB", "CNY", "¥", "￥", "元人民币"];

impl Unit {
    /// Reads a unit as a scheme, a header or a cell names it: `元`, `万元`, `万` (of 元), `RMB`, `k USD` is not one.
    /// `None` for an empty text and for one with digits or more than 8 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scale, currency) = split_multiplier(text);
        if currency.chars().count() > 8
            || currency
                .chars()
                .any(|c| !c.is_alphabetic() && !matches!(c, '$' | '€' | '£' | '¥' | '￥'))
            || (currency.is_empty() && scale == 1)
        {
            return None;
        }
        let currency =
            if currency.is_empty() || YUAN.iter().any(|yuan| yuan.eq_ignore_ascii_case(currency)) {
                "元"
            } else {
                currency
            };
        Some(Self {
            currency: currency.into(),
            scale,
        })
    }

    /// 元 at scale 1.
    pub fn yuan() -> Self {
        Self {
            currency: "元".into(),
            scale: 1,
        }
    }

    /// Whether this text names a unit that is known to everybody here, as opposed to any short word: a multiplier,
    /// 元, or a well-known currency. Used where a bracket in a header may hold something else.
    pub fn is_well_known(text: &str) -> bool {
        let (_, currency) = split_multiplier(text.trim());
        currency.is_empty() && !text.trim().is_empty()
            || YUAN.iter().any(|yuan| yuan.eq_ignore_ascii_case(currency))
            || [
                "美元", "欧元", "日元", "港元", "港币", "英镑", "USD", "EUR", "JPY", "HKD", "GBP",
                "TWD", "$", "€", "£",
            ]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(currency))
    }

    /// `amount` of this unit in `other`; `None` if the currencies differ or the result is too large. Rounded to six
    /// places where `other` is the larger unit.
    pub fn convert(&self, amount: Decimal, other: &Self) -> Option<Decimal> {
        if self.currency != other.currency {
            return None;
        }
        let wide = i128::from(amount.millionths()) * i128::from(self.scale);
        Decimal::from_wide(super::decimal::divide_half_away(
            wide,
            i128::from(other.scale),
        ))
    }

    /// Whether `amount` of this unit is a whole number of millionths in `other`, so that converting loses nothing.
    pub fn converts_exactly(&self, amount: Decimal, other: &Self) -> bool {
        self.currency == other.currency
            && i128::from(amount.millionths()) * i128::from(self.scale) % i128::from(other.scale)
                == 0
    }
}

/// The multiplier that `text` begins with (1 if none) and what follows it.
pub fn split_multiplier(text: &str) -> (i64, &str) {
    for (word, scale) in MULTIPLIERS {
        if let Some(rest) = text.strip_prefix(word) {
            return (scale, rest);
        }
    }
    (1, text)
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = MULTIPLIERS
            .iter()
            .find(|(_, scale)| *scale == self.scale)
            .map_or("", |(word, _)| word);
        write!(f, "{word}{}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_units_as_people_write_them() {
        for (text, expected) in [
            ("元", Some(("元", 1))),
            ("万元", Some(("元", 10_000))),
            ("万", Some(("元", 10_000))),
            ("亿元", Some(("元", 100_000_000))),
            ("百万元", Some(("元", 1_000_000))),
            ("RMB", Some(("元", 1))),
            ("rmb", Some(("元", 1))),
            ("万美元", Some(("美元", 10_000))),
            ("USD", Some(("USD", 1))),
            ("", None),
            ("12", None),
        ] {
            let unit = Unit::parse(text);
            assert_eq!(
                unit.as_ref().map(|u| (&*u.currency, u.scale)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn converts_between_scales_exactly() {
        let (yuan, wan) = (Unit::yuan(), Unit::parse("万元").unwrap());
        let d = |text| Decimal::parse(text).unwrap();
        assert_eq!(yuan.convert(d("1000000"), &wan), Some(d("100")));
        assert_eq!(wan.convert(d("99.995"), &yuan), Some(d("999950")));
        assert!(!yuan.converts_exactly(d("0.001"), &wan));
        assert_eq!(wan.convert(d("1"), &Unit::parse("USD").unwrap()), None);
    }
}
