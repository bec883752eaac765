//! Whether two schemes are one in what is read, or in all: so that data is read once for many schemes, and the present
//! scheme is known again among them.

use super::Scheme;
use crate::scheme::model::{Metric, MetricSource};
use toml::{Table, Value};

/// What decides which rows and values there are, before anything is made of them.
const READ: [&str; 3] = ["sheets", "checks", "duplicates"];

/// Whether two schemes, each with its text, make the same book of the same tables: their sheets are the same, and so is
/// what else a book knows: the order of grades and types (what was before is known by place), the period, whether
/// periods before count, and whether earlier sheets are asked.
pub fn read_alike((one, text): (&Scheme, &str), (other, other_text): (&Scheme, &str)) -> bool {
    let (Some(mut table), Some(mut other_table)) = (parsed(text), parsed(other_text)) else {
        return false;
    };
    for table in [&mut table, &mut other_table] {
        if let Some(Value::Table(head)) = table.get_mut("scheme") {
            head.retain(|key, _| key != "name" && key != "version");
        }
    }
    let grades = |scheme: &Scheme| -> Vec<_> {
        let grades = scheme.grades.iter();
        grades
            .map(|grade| (grade.name.clone(), grade.was.clone()))
            .collect()
    };
    let types = |scheme: &Scheme| -> Vec<_> {
        let types = scheme.types.iter();
        types.map(|rule| rule.name.clone()).collect()
    };
    let asks_sheets = |scheme: &Scheme| {
        let of_history = |metric: &Metric| matches!(metric.from, MetricSource::History(_));
        scheme.metrics.iter().any(of_history)
    };
    READ.iter()
        .chain(&["scheme"])
        .all(|key| table.get(*key) == other_table.get(*key))
        && grades(one) == grades(other)
        && types(one) == types(other)
        && one.has_history() == other.has_history()
        && asks_sheets(one) == asks_sheets(other)
}

/// Whether two texts are one scheme: all keys have the same values, whatever stands between them and however much space
/// there is in conditions.
pub fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| parsed(text).map(|table| without_space(Value::Table(table)));
    plain(one).is_some_and(|one| Some(one) == plain(other))
}

fn parsed(text: &str) -> Option<Table> {
    text.parse().ok()
}

/// The same value with no space in texts, and whole numbers as what they are in either way of writing.
fn without_space(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.split_whitespace().collect()),
        Value::Integer(number) => Value::Float(number as f64),
        Value::Array(items) => Value::Array(items.into_iter().map(without_space).collect()),
        Value::Table(table) => {
            let entries = table.into_iter();
            Value::Table(
                entries
                    .map(|(key, value)| (key, without_space(value)))
                    .collect(),
            )
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{read_alike, same};
    use crate::scheme::validate;

    const SCHEME: &str = "[scheme]\nname = \"x\"\n[sheets.customers]\nkey = \"id\"\nfields = [{ name = \"v\", type = \
                          \"number\" }]\n[[grades]]\nname = \"A\"\nwhen = \"v >= 5\"\n[[grades]]\nname = \"B\"\n";

    #[test]
    fn what_is_read_hangs_on_sheets_and_names_alone() {
        let read = |text: &str| {
            let scheme = validate(text).0.unwrap();
            read_alike((&validate(SCHEME).0.unwrap(), SCHEME), (&scheme, text))
        };
        for (old, new, is_alike) in [
            ("v >= 5", "v >= 6", true),
            ("name = \"x\"", "name = \"y\"", true),
            ("name = \"x\"", "name = \"x\"\nperiod = \"year\"", false),
            ("\"number\" }", "\"number\", min = 0 }", false),
            ("name = \"B\"", "name = \"C\"", false),
            ("name = \"B\"", "name = \"B\"\nwas = [\"C\"]", false),
            (
                "name = \"B\"\n",
                "name = \"B\"\n[[types]]\nname = \"T\"\n",
                false,
            ),
            (
                "name = \"B\"\n",
                "name = \"B\"\n[[movement]]\nmin_hold = 2\n",
                false,
            ),
        ] {
            let text = SCHEME.replace(old, new);
            assert_ne!(text, SCHEME, "{old}");
            assert_eq!(read(&text), is_alike, "{new}");
        }
    }

    #[test]
    fn a_scheme_is_known_again_however_it_is_written() {
        for (old, new, is_same) in [
            ("v >= 5", "v>=5", true),
            ("\"v >= 5\"", "'v >= 5' # five", true),
            ("v >= 5", "v >= 50", false),
            ("name = \"x\"", "name = \"y\"", false),
        ] {
            let text = SCHEME.replace(old, new);
            assert_ne!(text, SCHEME, "{old}");
            assert_eq!(same(SCHEME, &text), is_same, "{new}");
        }
    }
}
