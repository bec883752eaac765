//! What the rows of a table are judged by, always all of them together: whether a key is twice, and in which order day and
//! month stand, only they show.

use crate::book::{Arrival, Filing, Inputs, Intake};
use crate::read::Table;
use crate::scheme::Scheme;
use crate::table::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What rows are judged by.
pub struct Bench<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The sheet that the table is of.
    pub sheet: &'a str,
    /// How the table came in.
    pub filing: &'a Filing,
    /// The crosswalks that are known.
    pub crosswalks: &'a Inputs,
    /// Whether a newer file stands for the table's rows of a day; `None` where there is none.
    pub is_replaced: Option<&'a dyn Fn(Date) -> bool>,
}

/// What there is to know of a table.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// What was found.
    pub intake: Intake,
    /// For each row the customer's key.
    pub customers: Vec<Option<Arc<str>>>,
}

impl Bench<'_> {
    /// The numbers of the rows of a table that cannot be used.
    pub fn waiting(&self, table: &Table) -> BTreeSet<u32> {
        let refused = self.judge(table).intake.quarantined;
        refused.into_iter().map(|row| row.number).collect()
    }

    /// Cleans a table, and finds whose its rows are.
    pub fn judge(&self, table: &Table) -> Judged {
        self.arrival(table)
            .map_or_else(Judged::default, |arrival| Judged {
                intake: arrival.take_in(),
                customers: customers_of(&arrival),
            })
    }

    /// Whose the rows of a table are.
    pub fn customers(&self, table: &Table) -> Vec<Option<Arc<str>>> {
        let arrival = self.arrival(table);
        arrival.as_ref().map_or_else(Vec::new, customers_of)
    }

    /// The numbers of the rows of a table for which a newer file stands.
    pub(super) fn replaced(&self, table: &Table) -> BTreeSet<u32> {
        let Some(is_replaced) = self.is_replaced else {
            return BTreeSet::new();
        };
        let days = self.days(table);
        days.filter_map(|(number, day)| is_replaced(day).then_some(number))
            .collect()
    }

    /// First and last day of some rows of a table, by their numbers.
    pub(super) fn span(&self, table: &Table, numbers: &BTreeSet<u32>) -> Option<(Date, Date)> {
        if numbers.is_empty() {
            return None;
        }
        let days = self.days(table);
        let days = days.filter(|(number, _)| numbers.contains(number));
        days.fold(None, |span: Option<(Date, Date)>, (_, day)| {
            Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        })
    }

    /// The days of the rows of a table by their numbers, where the sheet has dates.
    fn days(&self, table: &Table) -> impl Iterator<Item = (u32, Date)> {
        let days = self.arrival(table).map_or_else(Vec::new, |it| it.days());
        let days = days.into_iter().enumerate();
        days.filter_map(|(row, day)| Some((table.rows.row_number(row), day?)))
    }

    fn arrival<'t>(&'t self, table: &'t Table) -> Option<Arrival<'t>> {
        Arrival::new(self.scheme, self.sheet, table, self.filing, self.crosswalks)
    }
}

fn customers_of(arrival: &Arrival<'_>) -> Vec<Option<Arc<str>>> {
    let owners = arrival.owners();
    let customers = owners.each().map(|key| key.map(Arc::from));
    customers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Format, Header};
    use crate::table::{Cell, Origin, RawRows};

    const SCHEME: &str = r#"
[sheets.customers]
key = "id"
[sheets.orders]
customer = "id"
date = "day"
[[grades]]
name = "A"
"#;

    fn orders(days: &[&str]) -> Table {
        let mut rows = RawRows::new(2);
        for (number, day) in (2..).zip(days) {
            rows.push(number, [Cell::Text("C1"), Cell::Text(day)]);
        }
        Table {
            origin: Origin {
                file: "orders.csv".into(),
                worksheet: None,
            },
            format: Format::Text,
            encoding: Some("UTF-8"),
            delimiter: Some(','),
            header_row: 1,
            headers: ["id", "day"].map(Header::new).to_vec(),
            unit_line: None,
            serials_from_1904: false,
            rows,
            broken: vec![],
            notes: vec![],
        }
    }

    #[test]
    fn the_other_rows_show_which_day_a_row_is_of() {
        let scheme = crate::scheme::validate(SCHEME).0.unwrap();
        let date = |text| Date::parse_iso(text).unwrap();
        let third_of_april = date("2024-04-03");
        let bench = Bench {
            scheme: &scheme,
            sheet: "orders",
            filing: &Filing::named("orders", date("2024-04-30"), 0),
            crosswalks: &Inputs::empty(&scheme),
            is_replaced: Some(&|day| day == third_of_april),
        };
        let rows = BTreeSet::from([3]);
        for (other, replaced, day) in [
            ("13/04/2024", vec![3], "2024-04-03"),
            ("04/13/2024", vec![], "2024-03-04"),
        ] {
            let table = orders(&[other, "03/04/2024"]);
            assert_eq!(bench.replaced(&table), BTreeSet::from_iter(replaced));
            assert_eq!(bench.span(&table, &rows), Some((date(day), date(day))));
        }
        // By itself nobody knows.
        assert_eq!(bench.span(&orders(&["", "03/04/2024"]), &rows), None);
    }
}
