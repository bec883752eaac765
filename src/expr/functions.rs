//! The functions of the language: names, numbers of arguments and how they are written. `docs/functions.md` says what
//! each gives.

/// What a function works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Function {
    /// The values of one customer (or one row).
    Scalar(Scalar),
    /// The periods of a series.
    Series(SeriesFunction),
    /// All customers.
    Population(PopulationFunction),
}

/// Functions of the values of one row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar {
    /// Whole years between two dates.
    Years,
    /// Whole months between two dates.
    Months,
    /// Days between two dates.
    Days,
    /// Hours between two moments.
    Hours,
    /// The first value that is not missing.
    Coalesce,
    /// The magnitude.
    Abs,
    /// Rounded to places.
    Round,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// Brought within bounds.
    Clamp,
    /// Whether a text has a part, or a list an item.
    Contains,
    /// Whether a text starts with another.
    StartsWith,
    /// How many characters.
    Length,
    /// The points of a dimension.
    Points,
    /// Whether a customer has a tag.
    HasTag,
}

/// Functions over the closed periods of a series.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeriesFunction {
    /// The last period's value.
    Latest,
    /// The value some periods before the last.
    Previous,
    /// The last against the one before, as a difference.
    Change,
    /// The last against the one before, as a share of it.
    Growth,
    /// The mean of the last periods.
    Average,
    /// The sum of the last periods.
    Total,
    /// For how many periods up to the last a condition has held.
    Streak,
    /// For how many periods in a row it held at most.
    Longest,
    /// How many rises in a row there are up to the last period.
    Rising,
    /// How many falls in a row there are up to the last period.
    Falling,
}

/// Functions over all customers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PopulationFunction {
    /// One more than the number strictly better.
    Rank,
    /// Which of equal parts the customer is in.
    Quantile,
    /// The part of the sum.
    Share,
    /// The part of the sum that those better hold.
    ShareAbove,
    /// The mean.
    Mean,
    /// The median.
    Median,
    /// A percentile.
    Percentile,
}

/// One line of the table of functions.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// As expressions write it.
    pub name: &'static str,
    /// Which it is.
    pub function: Function,
    /// The least number of arguments.
    pub least: usize,
    /// The greatest number of arguments.
    pub most: usize,
    /// With its arguments, for messages.
    pub signature: &'static str,
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

const fn entry(
    name: &'static str,
    function: Function,
    (least, most): (usize, usize),
    signature: &'static str,
) -> Entry {
    Entry {
        name,
        function,
        least,
        most,
        signature,
    }
}

/// All functions.
pub const FUNCTIONS: &[Entry] = {
    use Function::{Population, Scalar as One, Series};
    use PopulationFunction as P;
    use Scalar as S;
    use SeriesFunction as T;
    &[
        entry("years", One(S::Years), (1, 2), "years(from, to = as_of)"),
        entry("months", One(S::Months), (1, 2), "months(from, to = as_of)"),
        entry("days", One(S::Days), (1, 2), "days(from, to = as_of)"),
        entry("hours", One(S::Hours), (2, 2), "hours(from, to)"),
        entry("coalesce", One(S::Coalesce), (2, MANY), "coalesce(a, b, …)"),
        entry("abs", One(S::Abs), (1, 1), "abs(x)"),
        entry("round", One(S::Round), (1, 2), "round(x, places = 0)"),
        entry("least", One(S::Least), (2, MANY), "least(a, b, …)"),
        entry("greatest", One(S::Greatest), (2, MANY), "greatest(a, b, …)"),
        entry("clamp", One(S::Clamp), (3, 3), "clamp(x, low, high)"),
        entry("contains", One(S::Contains), (2, 2), "contains(text, part)"),
        entry(
            "starts_with",
            One(S::StartsWith),
            (2, 2),
            "starts_with(text, part)",
        ),
        entry("length", One(S::Length), (1, 1), "length(text)"),
        entry("points", One(S::Points), (1, 1), "points(dimension)"),
        entry("has_tag", One(S::HasTag), (1, 1), "has_tag('tag')"),
        entry("latest", Series(T::Latest), (1, 1), "latest(series)"),
        entry(
            "previous",
            Series(T::Previous),
            (1, 2),
            "previous(series, k = 1)",
        ),
        entry("change", Series(T::Change), (1, 1), "change(series)"),
        entry("growth", Series(T::Growth), (1, 1), "growth(series)"),
        entry("average", Series(T::Average), (2, 2), "average(series, n)"),
        entry("total", Series(T::Total), (2, 2), "total(series, n)"),
        entry("streak", Series(T::Streak), (1, 1), "streak(condition)"),
        entry("longest", Series(T::Longest), (1, 1), "longest(condition)"),
        entry("rising", Series(T::Rising), (1, 1), "rising(series)"),
        entry("falling", Series(T::Falling), (1, 1), "falling(series)"),
        entry("rank", Population(P::Rank), (1, 1), "rank(x within group)"),
        entry(
            "quantile",
            Population(P::Quantile),
            (2, 2),
            "quantile(x, n within group)",
        ),
        entry(
            "share",
            Population(P::Share),
            (1, 1),
            "share(x within group)",
        ),
        entry(
            "share_above",
            Population(P::ShareAbove),
            (1, 1),
            "share_above(x within group)",
        ),
        entry("mean", Population(P::Mean), (1, 1), "mean(x within group)"),
        entry(
            "median",
            Population(P::Median),
            (1, 1),
            "median(x within group)",
        ),
        entry(
            "percentile",
            Population(P::Percentile),
            (2, 2),
            "percentile(x, p within group)",
        ),
    ]
};

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    FUNCTIONS.iter().find(|entry| entry.name == name)
}

/// What other languages call it.
pub(super) fn foreign(name: &str) -> Option<&'static str> {
    Some(match name {
        "if" | "iif" | "ifs" | "switch" => "case when … then … else … end",
        "ifnull" | "nvl" | "isnull" | "iferror" => "coalesce(x, 0)",
        "len" | "char_length" => "length(text)",
        "avg" => "mean(x)",
        "min" => "least(a, b)",
        "max" => "greatest(a, b)",
        "datediff" | "datedif" => "days(from, to)",
        "today" | "now" | "current_date" => "as_of",
        "ntile" => "quantile(x, n)",
        "startswith" | "left" => "starts_with(text, part)",
        "find" | "search" | "instr" => "contains(text, part)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_under_its_own_name_only() {
        for entry in FUNCTIONS {
            assert_eq!(
                find(entry.name).map(|found| found.function),
                Some(entry.function)
            );
            assert!(
                entry.signature.starts_with(&format!("{}(", entry.name)),
                "{}",
                entry.name
            );
        }
    }
}
