//! Rows that came late: where what is known of an event sheet differs from what was known before.

use super::{Inputs, crosswalk, events};
use crate::scheme::model::Scheme;
use crate::table::{Column, Date};
use foldhash::HashMap;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hash, Hasher};

/// The first day, not after `last`, on which another row of an event sheet counts by the tables of `after` than by those
/// of `before`: one that is new, gone or changed. Rows that came in once more are none of these.
///
/// The tables are asked for one after the other, so that they are not held at once.
pub fn first_change<E>(
    scheme: &Scheme,
    event: usize,
    before: impl FnOnce() -> Result<Inputs, E>,
    after: impl FnOnce() -> Result<Inputs, E>,
    last: Date,
) -> Result<Option<Date>, E> {
    let mut counted: Counted = HashMap::default();
    count(scheme, event, before()?, last, -1, &mut counted);
    count(scheme, event, after()?, last, 1, &mut counted);
    let changed = counted.into_iter().filter(|(_, count)| *count != 0);
    let first = changed.map(|((day, _), _)| day).min();
    Ok(first.and_then(Date::from_days))
}

/// How often each row is there, by its day and content.
type Counted = HashMap<(i32, u64), i64>;

/// Counts the rows up to `last`, each as `by`.
fn count(
    scheme: &Scheme,
    event: usize,
    mut inputs: Inputs,
    last: Date,
    by: i64,
    counted: &mut Counted,
) {
    let nothing_to_say = &mut vec![];
    crosswalk::apply(scheme, &mut inputs, last, nothing_to_say);
    let filings = inputs.filings.events.get(event).map(Vec::as_slice);
    let source = events::read(
        &scheme.events[event],
        &inputs.events[event],
        filings.unwrap_or_default(),
        true,
        &inputs.merged,
        last,
        nothing_to_say,
    );
    for (row, day) in source.days.iter().enumerate() {
        if *day <= last.days() {
            let key = (*day, content(&source.clean.columns, row));
            *counted.entry(key).or_default() += by;
        }
    }
}

/// What a row's fields say, as a number: two rows that differ have the same once in 10^19.
fn content(columns: &[Column], row: usize) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for column in columns {
        match column {
            Column::Number(values) | Column::DateTime(values) => values[row].hash(&mut hasher),
            Column::Date(days) => days[row].hash(&mut hasher),
            Column::Bool(truths) => (truths[row] as u8).hash(&mut hasher),
            Column::Text(texts) => texts.get(row).hash(&mut hasher),
            // The numbers of the items are those of one reading.
            Column::List(_) => format!("{:?}", column.value(row)).hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Filing;
    use crate::book::tests::table;

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    /// The first change that the last of the files makes up to the end of March.
    fn first(id: &str, files: &[&str]) -> Option<String> {
        let scheme = format!(
            "[sheets.orders]\ncustomer = \"id\"\ndate = \"day\"\n{id}fields = [{{ name = \"amount\", type = \"number\" }}]\n"
        );
        let (scheme, findings) = crate::scheme::validate(&scheme);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let inputs = |files: &[&str]| {
            let mut inputs = Inputs::empty(&scheme);
            for (order, text) in files.iter().enumerate() {
                let filing = Filing::named("orders", date("2024-04-05"), order as u64);
                inputs.put(&scheme, "orders", table("orders.csv", text), Some(filing));
            }
            inputs
        };
        let before = || Ok::<_, ()>(inputs(&files[..files.len() - 1]));
        let after = || Ok(inputs(files));
        let found = first_change(&scheme, 0, before, after, date("2024-03-31"));
        found.unwrap().map(|day| day.to_string())
    }

    #[test]
    fn a_row_is_late_only_if_it_is_new_gone_or_changed() {
        let january = "id,day,amount\n1,2024-01-05,10\n1,2024-01-05,10\n2,2024-01-31,20\n";
        // The same rows and more: an export that grows by a month.
        let grown = format!("{january}1,2024-04-02,30\n");
        assert_eq!(first("", &[january, &grown]), None);
        let another = format!("{january}1,2024-02-01,30\n2,2024-04-02,1\n");
        assert_eq!(
            first("", &[january, &another]).as_deref(),
            Some("2024-02-01")
        );
        // Of two equal rows one is gone.
        let gone = "id,day,amount\n1,2024-01-05,10\n2,2024-01-31,20\n";
        assert_eq!(first("", &[january, gone]).as_deref(), Some("2024-01-05"));
    }

    #[test]
    fn a_row_with_an_id_is_changed_wherever_it_comes_from() {
        let id = "id = \"order\"\n";
        let january = "order,id,day,amount\na,1,2024-01-05,10\nb,2,2024-01-31,20\n";
        let again = "order,id,day,amount\nb,2,2024-01-31,20.0\nc,2,2024-04-01,20\n";
        assert_eq!(first(id, &[january, again]), None);
        let changed = "order,id,day,amount\nb,2,2024-01-31,21\n";
        assert_eq!(
            first(id, &[january, changed]).as_deref(),
            Some("2024-01-31")
        );
        // An order that is now of April is gone from January.
        let moved = "order,id,day,amount\na,1,2024-04-05,10\n";
        assert_eq!(first(id, &[january, moved]).as_deref(), Some("2024-01-05"));
    }
}
