//! How a table came in: from which source, as of which date, in which order. Which of several tables of one sheet count
//! on a date follows from that, and from nothing else.

use crate::table::Date;
use std::sync::Arc;

/// Where a file comes from, by its name: the name without folder and ending, digits and what only divides or names
/// dates, so that `订单2024-01.csv` and `订单2024-02.csv` are of one source.
pub fn source_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let mut stem = name;
    // Endings may be two: `orders.csv.gz`.
    while let Some((rest, ending)) = stem.rsplit_once('.') {
        let is_ending = !rest.is_empty()
            && ending
                .chars()
                .all(|character| character.is_ascii_alphanumeric())
            && ending
                .chars()
                .any(|character| character.is_ascii_alphabetic());
        if !is_ending {
            break;
        }
        stem = rest;
    }
    let is_divider =
        |character: char| character.is_whitespace() || "-_.()（）[]~年月日号".contains(character);
    let mut source = String::new();
    let mut after_digit = false;
    // Dividers are kept back until it is known that no digit follows them.
    let mut waiting = String::new();
    // How many characters of a word between two dates are still to be passed over.
    let mut passed = 0;
    for (at, character) in stem.char_indices() {
        if after_digit && passed == 0 {
            passed = until(&stem[at..], is_divider);
        }
        if passed > 0 {
            passed -= 1;
        } else if character.is_numeric() {
            waiting.clear();
            after_digit = true;
        } else if is_divider(character) {
            if !after_digit {
                waiting.push(character);
            }
        } else {
            if after_digit && !source.is_empty() {
                source.push('-');
            }
            source.push_str(&waiting);
            waiting.clear();
            source.push(character);
            after_digit = false;
        }
    }
    if source.is_empty() {
        return stem.to_owned();
    }
    source
}

/// How many characters a word has that says no more than that one date goes on to another, as in
/// `订单2024-01至2024-02.csv`: that file is of the same source as `订单2024-01.csv`. 0 where `rest` starts with no such word.
fn until(rest: &str, is_divider: impl Fn(char) -> bool) -> usize {
    let words = ["至", "到", "to"];
    let found = words.iter().find(|word| {
        let behind = rest.strip_prefix(**word);
        behind.is_some_and(|behind| {
            let behind = behind.trim_start_matches(&is_divider);
            behind.starts_with(char::is_numeric)
        })
    });
    found.map_or(0, |word| word.chars().count())
}

/// What is known of a table beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Where the file comes from, so that a later file of the same source replaces an earlier one.
    pub source: Arc<str>,
    /// As of which date it was brought in.
    pub as_of: Date,
    /// Later dates on which a file with the same content was brought in again.
    pub confirmed: Vec<Date>,
    /// The order in which tables came in; a later one is the newer of two as of one date.
    pub order: u64,
    /// Spans of dates that it is said to cover, whatever its rows: first and last day of each.
    pub covers: Vec<(Date, Date)>,
}

impl Filing {
    /// A table that a command names and no ledger knows: a source of its own, as of the date of the run.
    pub fn named(file: &str, as_of: Date, order: u64) -> Self {
        Self {
            source: file.into(),
            as_of,
            confirmed: vec![],
            order,
            covers: vec![],
        }
    }

    /// Since when the table is in force on `date`: its own date or the last confirmation up to then. `None` before.
    pub fn in_force(&self, date: Date) -> Option<Date> {
        let dates = std::iter::once(&self.as_of).chain(&self.confirmed);
        dates.copied().filter(|known| *known <= date).max()
    }

    /// What makes of two tables one the newer: the last date on which it came in, then the order.
    pub fn newness(&self) -> (Date, u64) {
        let last = self.confirmed.iter().copied().fold(self.as_of, Date::max);
        (last, self.order)
    }
}

/// As of which date each of `count` tables came in or was confirmed last, as seen from `date`. Tables that nobody filed
/// come in on that date.
pub(super) fn dates(filings: &[Filing], count: usize, date: Date) -> Vec<Date> {
    let dated = |index: usize| filings.get(index).and_then(|filing| filing.in_force(date));
    (0..count)
        .map(|index| dated(index).unwrap_or(date))
        .collect()
}

/// Which tables of a sheet are in force, and since when.
pub(super) struct InForce {
    /// The tables, the newest last.
    pub which: Vec<usize>,
    /// For each table of the sheet the date as of which it came in or was confirmed last.
    pub dates: Vec<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_files_name_without_digits_and_dates() {
        for (file, source) in [
            ("订单2024-01.xlsx", "订单"),
            ("in/订单2024-02.csv", "订单"),
            ("订单_20240131.csv.gz", "订单"),
            ("2024年1月订单.csv", "订单"),
            ("订单（2024年1月）.xls", "订单"),
            ("订单-华东-202401.csv", "订单-华东"),
            ("订单2024-01华北.csv", "订单-华北"),
            ("orders.2024.01.csv", "orders"),
            ("订单2024-01至2024-02.csv", "订单"),
            ("订单2024年1月到2月.csv", "订单"),
            ("orders 2024-01 to 2024-02.csv", "orders"),
            ("订单2024-01到货.csv", "订单-到货"),
            ("orders 2024-01 tokyo.csv", "orders-tokyo"),
            ("签到2024-01.csv", "签到"),
            ("crm export 12.xlsx", "crm export"),
            ("C:\\data\\客户.xlsx", "客户"),
            ("2024-01.csv", "2024-01"),
            ("-", "-"),
        ] {
            assert_eq!(source_of(file), source, "{file}");
        }
    }
}
