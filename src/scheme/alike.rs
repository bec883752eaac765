//! Whether two schemes are one in what is read, or in all: so that data is read once for many schemes, and the present
//! scheme is known again among them.

use super::Scheme;
use crate::expr;
use crate::scheme::model::{Metric, MetricSource};
use crate::table::Decimal;
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
/// there is between the words of conditions.
pub fn same(one: &str, other: &str) -> bool {
    parsed(one)
        .zip(parsed(other))
        .is_some_and(|(one, other)| are_same(&Value::Table(one), &Value::Table(other)))
}

fn parsed(text: &str) -> Option<Table> {
    text.parse().ok()
}

/// Whether two values are one: texts word by word, whole numbers in either way of writing.
fn are_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one == other || expr::same_words(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| are_same(one, other))
        }
        (Value::Table(one), Value::Table(other)) => {
            let in_other = |(key, value)| other.get(key).is_some_and(|o| are_same(value, o));
            one.len() == other.len() && one.iter().all(in_other)
        }
        _ => one == other || number(one).is_some_and(|one| Some(one) == number(other)),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Decimal::from_int(*number),
        Value::Float(number) => Decimal::parse(&number.to_string()),
        _ => None,
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
            ("v >= 5", "v >= 5 0", false),
            ("v >= 5", "v  >= 5", true),
            ("name = \"x\"", "name = \"y\"", false),
        ] {
            let text = SCHEME.replace(old, new);
            assert_ne!(text, SCHEME, "{old}");
            assert_eq!(same(SCHEME, &text), is_same, "{new}");
        }
    }

    #[test]
    fn space_inside_a_text_and_the_digits_of_a_number_are_its_own() {
        for (one, other, is_same) in [
            ("when = \"t = 'ab'\"", "when = \"t='ab'\"", true),
            ("when = \"t = 'ab'\"", "when = \"t = 'a b'\"", false),
            ("values = ['a b']", "values = ['ab']", false),
            ("values = ['01']", "values = ['1']", false),
            ("weight = 5", "weight = 5.0", true),
            ("weight = 5", "weight = 5.000001", false),
            // Both are one in 64 bits of binary floating point.
            ("n = 9007199254740992", "n = 9007199254740993", false),
            ("n = 1\nm = 2", "m = 2\nn = 1", true),
            ("n = 1\nm = 2", "n = 1", false),
        ] {
            assert_eq!(same(one, other), is_same, "{one} | {other}");
            assert_eq!(same(other, one), is_same, "{other} | {one}");
        }
    }
}
