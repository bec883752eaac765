//! Who is held out of a campaign, so that it can be seen what the campaign does: the same customers on every call and on
//! every machine, and others in every campaign.

use crate::table::{Decimal, Hash};

/// How many customers a share is counted in: a share of 12.5% is 125,000 of a million.
const WHOLE: u64 = 1_000_000;

/// Whether a customer belongs to the share of a campaign that is held out.
pub fn is_held_out(campaign: &str, customer: &str, share: Decimal) -> bool {
    let hash = Hash::of(&format!("{}:{campaign}{customer}", campaign.len()));
    let first = hash.get(..16).unwrap_or_default();
    let place = u64::from_str_radix(first, 16).unwrap_or(u64::MAX) % WHOLE;
    i64::try_from(place).is_ok_and(|place| place < share.millionths())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_held_out_each_time_and_another_one_in_another_campaign() {
        let tenth = Decimal::parse("0.1").unwrap();
        let held = |campaign: &str| -> Vec<u32> {
            let all = 0..10_000;
            all.filter(|id| is_held_out(campaign, &format!("C{id}"), tenth))
                .collect()
        };
        let (spring, autumn) = (held("spring"), held("autumn"));
        // Five standard deviations of a binomial of 10,000 and a tenth are 150.
        assert!(spring.len().abs_diff(1_000) < 150, "{}", spring.len());
        assert_eq!(spring, held("spring"));
        let both = spring.iter().filter(|id| autumn.contains(id)).count();
        assert!(both < 200, "{both} of 100 expected");
        assert!(held("spring").iter().all(|id| *id < 10_000));
        assert!((0..100).all(|id| !is_held_out("x", &id.to_string(), Decimal::ZERO)));
        let all = Decimal::parse("1").unwrap();
        assert!((0..100).all(|id| is_held_out("x", &id.to_string(), all)));
    }
}
