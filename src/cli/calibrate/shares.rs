//! `--shares 'A=10%,B=30%'`: of which level which share is wanted.

use crate::cli::Stop;
use regrade::calibrate::{Ladder, Level, NoThreshold};
use regrade::diagnostic::{Code, Finding};
use regrade::table::Decimal;
use regrade::text;

/// The wanted shares of the first levels of a list.
#[derive(Debug)]
pub struct Shares(Vec<Decimal>);

impl Shares {
    /// Reads them: from the best level on, in any order.
    pub fn parse(written: &str, ladder: &Ladder) -> Result<Self, Stop> {
        let mut shares: Vec<Option<Decimal>> = vec![None; ladder.levels.len()];
        for item in written.split([',', '，']).map(str::trim) {
            let Some((name, share)) = item.rsplit_once(['=', '＝']) else {
                return Err(unreadable(item));
            };
            let name = name.trim();
            let mut levels = ladder.levels.iter();
            let Some(place) = levels.position(|level| *level.name == *name) else {
                return Err(unknown(name, ladder));
            };
            let share = percent(share.trim(), "--shares")?;
            if shares[place].replace(share).is_some() {
                return Err(usage(
                    text!("`{name}` has two shares", "`{name}` 写了两次占比"),
                    text!("leave one of them out", "请去掉其中一个"),
                ));
            }
        }
        let last = shares.iter().rposition(Option::is_some).unwrap_or(0);
        let mut first = vec![];
        for (place, share) in shares.into_iter().take(last + 1).enumerate() {
            let Some(share) = share else {
                let (name, below) = (&ladder.levels[place].name, &ladder.levels[last].name);
                return Err(usage(
                    text!(
                        "`{name}` is better than `{below}`, and has no share",
                        "`{name}` 高于 `{below}`，却没有写占比"
                    ),
                    text!(
                        "say what share it is to have too: `{name}=10%`",
                        "请也写出它的占比：`{name}=10%`"
                    ),
                ));
            };
            first.push(share);
        }
        let shares = Self(first);
        let sum = shares.sums().pop().unwrap_or_default();
        if sum > Decimal::ONE {
            let sum = shown(sum);
            return Err(usage(
                text!("the shares add up to {sum}", "占比合计为 {sum}"),
                text!(
                    "they are of all customers who have a value: 100% at most",
                    "占比以全部有数值的客户为分母，合计最多 100%"
                ),
            ));
        }
        Ok(shares)
    }

    /// Of how many levels.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// That of a level.
    pub fn of(&self, level: usize) -> Option<Decimal> {
        self.0.get(level).copied()
    }

    /// Of each level those above it included.
    pub fn sums(&self) -> Vec<Decimal> {
        let mut sum = Decimal::ZERO;
        let shares = self.0.iter();
        shares
            .map(|share| {
                sum = sum.checked_add(*share).unwrap_or(sum);
                sum
            })
            .collect()
    }
}

/// A share above nothing, as per cent: `10%`.
pub fn percent(written: &str, option: &str) -> Result<Decimal, Stop> {
    let number = written.strip_suffix(['%', '％']).map(str::trim);
    let share = number.and_then(Decimal::parse);
    let share = share.and_then(|share| share.checked_div(Decimal::HUNDRED));
    let is_share = |share: &Decimal| *share > Decimal::ZERO && *share <= Decimal::ONE;
    let zero_is_one = |share: &Decimal| option == "--tolerance" && *share == Decimal::ZERO;
    share
        .filter(|share| is_share(share) || zero_is_one(share))
        .ok_or_else(|| {
            usage(
                text!(
                    "`{written}` of `{option}` is no share",
                    "`{option}` 中的 `{written}` 不是占比"
                ),
                text!(
                    "write it as per cent, above 0% and up to 100%: `10%`",
                    "请写成百分数，大于 0%、不超过 100%：`10%`"
                ),
            )
        })
}

/// A share as per cent.
pub fn shown(share: Decimal) -> String {
    let hundredfold = share.checked_mul(Decimal::HUNDRED).unwrap_or_default();
    format!("{hundredfold}%")
}

/// A level whose condition has no number to choose.
pub fn no_threshold(name: &str, when: Option<&str>, why: NoThreshold) -> Stop {
    match why {
        NoThreshold::Otherwise => usage(
            text!(
                "`{name}` takes everybody who is left: there is no number to choose",
                "`{name}` 收下其余的客户，没有可选的分界"
            ),
            text!(
                "leave it out of `--shares`; the share above it decides",
                "请不要写进 `--shares`；它的占比由上面各档决定"
            ),
        ),
        NoThreshold::Ranked => usage(
            text!(
                "`{name}` goes by rank, and has its share in the scheme",
                "`{name}` 按名次评定，占比已写在方案中"
            ),
            text!("change its `top` instead", "请直接改它的 `top`"),
        ),
        NoThreshold::NotOneNumber => {
            let when = when.unwrap_or_default();
            usage(
                text!(
                    "the condition of `{name}` does not compare one value with one number: `{when}`",
                    "`{name}` 的条件不是一个值与一个数的比较：`{when}`"
                ),
                text!(
                    "say what is to be compared instead, with `--value score` or another number",
                    "请用 `--value score` 或别的数值指定改为比较什么"
                ),
            )
        }
    }
}

/// Two levels that are cut by different things.
pub fn not_the_same(first: &Level, other: &Level) -> Stop {
    let when = |level: &Level| {
        let when = level.when.as_ref();
        when.map(|when| when.text.to_string()).unwrap_or_default()
    };
    let (name, other_name) = (&first.name, &other.name);
    let (one, another) = (when(first), when(other));
    usage(
        text!(
            "`{name}` and `{other_name}` are not cut by the same value: `{one}`, `{another}`",
            "`{name}` 和 `{other_name}` 比较的不是同一个值：`{one}`、`{another}`"
        ),
        text!(
            "say what is to be compared at all levels, with `--value score` or another number",
            "请用 `--value score` 或别的数值指定各档统一比较什么"
        ),
    )
}

fn unreadable(item: &str) -> Stop {
    usage(
        text!(
            "`{item}` of `--shares` names no level and share",
            "`--shares` 中的 `{item}` 没有写明档次和占比"
        ),
        text!(
            "write `--shares 'A=10%,B=30%'`",
            "请写 `--shares 'A=10%,B=30%'`"
        ),
    )
}

fn unknown(name: &str, ladder: &Ladder) -> Stop {
    let known = ladder.levels.iter().map(|level| &*level.name);
    let regrade::diagnostic::Text { en, zh } = regrade::diagnostic::listed(known);
    let finding = Finding::error(
        Code::UnknownName,
        text!("there is no level `{name}`", "没有档次 `{name}`"),
    );
    Stop::usage(finding.help(text!("name one of {en}", "可以写 {zh}")))
}

fn usage(title: regrade::diagnostic::Text, help: regrade::diagnostic::Text) -> Stop {
    Stop::usage(Finding::error(Code::Usage, title).help(help))
}
