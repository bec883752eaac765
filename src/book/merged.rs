//! Customers of whom people said that they are one: their rows become one, and so do their events, before anything is
//! summed. Where their values differ the scheme says whose counts.

use super::{Filing, Inputs, source_of};
use crate::clean::sheet::{CleanSheet, RowRef, place_of, text_at};
use crate::diagnostic::{Code, Finding};
use crate::scheme::model::{Customers, Scheme, Take};
use crate::table::{Column, ColumnBuilder, Value, natural};
use crate::text;
use crate::words::how_many;
use foldhash::HashMap;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Puts the key that is kept for every key that is another's now.
pub(super) fn rename(merged: &BTreeMap<Arc<str>, Arc<str>>, column: &mut Column) {
    let Column::Text(texts) = &*column else {
        return;
    };
    let mut dictionary = texts.dictionary.iter();
    if merged.is_empty() || !dictionary.any(|text| merged.contains_key(text)) {
        return;
    }
    let mut renamed = ColumnBuilder::like(column);
    for row in 0..texts.codes.len() {
        match texts.get(row) {
            Some(text) => renamed.push_text(merged.get(text).unwrap_or(text)),
            None => renamed.push(&Value::Missing),
        }
    }
    *column = renamed.finish();
}

/// Puts the rows of customers who are one together, where the first of them stands. Gives for each of these the row of
/// each field's value; a field that none of them has is that of the row that is kept. Where their values differ that is
/// told, once a field.
pub(super) fn put_together(
    scheme: &Scheme,
    rule: &Customers,
    inputs: &Inputs,
    clean: &mut CleanSheet,
    more: &mut HashMap<u32, Vec<RowRef>>,
    findings: &mut Vec<Finding>,
) -> HashMap<u32, Vec<RowRef>> {
    let merged = &inputs.merged;
    let mut picked = HashMap::default();
    if merged.is_empty() {
        return picked;
    }
    let ids: Vec<Arc<str>> = (0..clean.rows.len())
        .map(|row| text_at(&clean.columns[rule.key], row))
        .collect();
    let mut places: HashMap<&Arc<str>, usize> = HashMap::default();
    // For each row that stays the rows of the one customer, in the order of the sheet.
    let mut groups: Vec<Vec<u32>> = vec![];
    for (row, id) in ids.iter().enumerate() {
        let kept = merged.get(id).unwrap_or(id);
        let place = *places.entry(kept).or_insert(groups.len());
        if place == groups.len() {
            groups.push(vec![]);
        }
        groups[place].push(row as u32);
    }
    if groups.len() == clean.rows.len() {
        // Of a customer whose own row is not there the key is to be told from that of the row.
        for (row, at) in clean.rows.iter().enumerate() {
            if merged.contains_key(&ids[row]) {
                picked.insert(row as u32, vec![*at; clean.columns.len()]);
            }
        }
        rename(merged, &mut clean.columns[rule.key]);
        return picked;
    }
    let order = Order::new(scheme, inputs, clean, &ids);
    // The row that counts least first: what has no field is looked for from the end.
    for group in groups.iter_mut().filter(|group| group.len() > 1) {
        group.sort_by(|one, two| order.between(Take::Newest, *one, *two));
    }
    let chosen: Vec<Vec<Option<u32>>> = (0..clean.columns.len())
        .map(|field| {
            let take = scheme
                .duplicates
                .as_ref()
                .map_or(Take::default(), |rule| rule.take_of(field));
            let of = |group: &Vec<u32>| order.choose(take, group, &clean.columns[field]);
            groups.iter().map(of).collect()
        })
        .collect();
    tell_conflicts(rule, inputs, clean, &groups, &chosen, findings);
    let mut was_more = std::mem::take(more);
    let heads: Vec<u32> = groups
        .iter()
        .map(|group| {
            let own = group.iter().find(|row| order.is_own[**row as usize]);
            own.or(group.last()).copied().unwrap_or_default()
        })
        .collect();
    for (index, (group, head)) in groups.iter().zip(&heads).enumerate() {
        let mut rows: Vec<RowRef> = vec![];
        for row in group {
            rows.extend(was_more.remove(row).unwrap_or_default());
            if row != head {
                rows.push(clean.rows[*row as usize]);
            }
        }
        if !rows.is_empty() {
            more.insert(index as u32, rows);
        }
        if group.len() > 1 || !order.is_own[*head as usize] {
            let of_field =
                |rows: &Vec<Option<u32>>| clean.rows[rows[index].unwrap_or(*head) as usize];
            picked.insert(index as u32, chosen.iter().map(of_field).collect());
        }
    }
    for (column, rows) in clean.columns.iter_mut().zip(&chosen) {
        *column = column.gather(rows);
    }
    rename(merged, &mut clean.columns[rule.key]);
    clean.rows = heads.iter().map(|row| clean.rows[*row as usize]).collect();
    picked
}

/// Tells for each field that customers who are one differ in it: how many of them do, and where the first one does.
fn tell_conflicts(
    rule: &Customers,
    inputs: &Inputs,
    clean: &CleanSheet,
    groups: &[Vec<u32>],
    chosen: &[Vec<Option<u32>>],
    findings: &mut Vec<Finding>,
) {
    let place = |row: u32, field: usize| {
        let at = clean.rows[row as usize];
        place_of(
            &inputs.customers,
            at,
            clean.sources[at.table as usize][field],
        )
    };
    for (field, column) in clean.columns.iter().enumerate() {
        if field == rule.key {
            continue;
        }
        let differs = |(group, taken): (&Vec<u32>, &Option<u32>)| {
            let taken = (*taken)?;
            let value = column.value(taken as usize);
            let other = group.iter().copied().find(|row| {
                !column.is_missing(*row as usize) && column.value(*row as usize) != value
            })?;
            Some((taken, other))
        };
        let of_field = groups.iter().zip(&chosen[field]);
        let found: Vec<(u32, u32)> = of_field.filter_map(differs).collect();
        let Some((taken, other)) = found.first() else {
            continue;
        };
        let (name, count) = (&rule.sheet.fields[field].name, found.len());
        let customers = how_many(count, "customer");
        let other = place(*other, field);
        findings.push(
            Finding::warning(
                Code::SourcesDiffer,
                text!(
                    "`{name}` differs between the rows of {customers} put together out of several",
                    "由多个编号合并的客户中，有 {count} 个的 `{name}` 在各行中不一致"
                ),
            )
            .place(place(*taken, field))
            .with_note(text!(
                "the value given counts; the other one is at {other}",
                "以此处的值为准，另一处在 {other}"
            ))
            .help(text!(
                "`take` and `golden` in `[duplicates]` say whose value counts; `regrade review unmerge` takes a merge back",
                "以谁的值为准由 `[duplicates]` 的 `take`、`golden` 决定；合并有误请用 `regrade review unmerge` 撤回"
            )),
        );
    }
}

/// What makes of two records one the better. Where the rows stand, and in which order files came in, makes no
/// difference: the same customers are the same whatever an export is sorted by.
struct Order<'a> {
    /// For each row as of which day its file is.
    day: Vec<i32>,
    /// Whether it has the key that is kept.
    is_own: Vec<bool>,
    /// Its key.
    ids: &'a [Arc<str>],
    /// How many fields have a value.
    values: Vec<usize>,
    /// The place of its source in the scheme's order; those that it does not name come last.
    source: Vec<usize>,
}

impl<'a> Order<'a> {
    fn new(scheme: &Scheme, inputs: &Inputs, clean: &CleanSheet, ids: &'a [Arc<str>]) -> Self {
        let filings = &inputs.filings.customers;
        let day = |at: &RowRef| {
            let filed = filings.get(at.table as usize).map(Filing::newness);
            filed.map_or(0, |(date, _)| date.days())
        };
        let sources = scheme.duplicates.iter().flat_map(|rule| &rule.sources);
        let sources: Vec<&Arc<str>> = sources.collect();
        let source = |at: &RowRef| {
            let table = at.table as usize;
            let name = match filings.get(table) {
                Some(filing) => filing.source.to_string(),
                None => source_of(&inputs.customers[table].origin.file),
            };
            let place = sources.iter().position(|source| ***source == *name);
            place.unwrap_or(sources.len())
        };
        let filled = |row: usize| {
            let columns = clean.columns.iter();
            columns.filter(|column| !column.is_missing(row)).count()
        };
        Self {
            day: clean.rows.iter().map(day).collect(),
            is_own: ids
                .iter()
                .map(|id| !inputs.merged.contains_key(id))
                .collect(),
            ids,
            values: (0..clean.rows.len()).map(filled).collect(),
            source: clean.rows.iter().map(source).collect(),
        }
    }

    /// The row whose value counts; `None` if none has one.
    fn choose(&self, take: Take, group: &[u32], column: &Column) -> Option<u32> {
        let rows = group
            .iter()
            .copied()
            .filter(|row| !column.is_missing(*row as usize));
        rows.max_by(|one, two| self.between(take, *one, *two))
    }

    /// Which of two rows counts: the greater one. After what `take` asks for the newer one, then that of the earlier
    /// source, then that of the key that is kept, then that of the lower key.
    fn between(&self, take: Take, one: u32, two: u32) -> Ordering {
        let rank = |row: u32| {
            let row = row as usize;
            let first = match take {
                Take::Newest => (0, Reverse(0)),
                Take::MostComplete => (self.values[row], Reverse(0)),
                Take::Source => (0, Reverse(self.source[row])),
            };
            let source = Reverse(self.source[row]);
            (first, self.day[row], source, self.is_own[row])
        };
        let keys = || {
            let key = |row: u32| natural(&self.ids[row as usize]);
            key(two).cmp(&key(one))
        };
        rank(one).cmp(&rank(two)).then_with(keys)
    }
}

#[cfg(test)]
mod tests {
    use crate::book::tests::table;
    use crate::book::{Inputs, assemble};
    use crate::table::Date;

    /// `id x y` of each customer, and the sum of rows of each.
    fn together(rule: &str, files: &[(&str, &str)], merged: &[(&str, &str)]) -> Vec<String> {
        let scheme = format!(
            "[sheets.customers]\nkey = \"id\"\nfields = [{{ name = \"x\", type = \"text\" }}, {{ name = \"y\", type = \"text\" }}]\n\
             [sheets.orders]\ncustomer = \"id\"\ndate = \"day\"\nfields = [{{ name = \"amount\", type = \"number\" }}]\n\
             [duplicates]\nfields = [{{ name = \"x\", kind = \"person\" }}]\n{rule}"
        );
        let (scheme, findings) = crate::scheme::validate(&scheme);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let orders = "id,day,amount\nA,2024-01-01,1\nB,2024-01-02,2\nC,2024-01-03,4\n";
        let inputs = Inputs {
            customers: files.iter().map(|(name, text)| table(name, text)).collect(),
            events: vec![vec![table("o.csv", orders)]],
            merged: merged
                .iter()
                .map(|(one, two)| ((*one).into(), (*two).into()))
                .collect(),
            ..Inputs::default()
        };
        let book = assemble(
            scheme.into(),
            inputs,
            Date::parse_iso("2024-03-31").unwrap(),
        );
        let rows = book.customers.as_ref().unwrap();
        let text = |field: usize, row| crate::clean::sheet::text_at(&rows.columns[field], row);
        let events = &book.events[0];
        (0..book.roster.len())
            .map(|row| {
                let count = events.rows_of(row).len();
                let (x, y) = (text(0, row), text(1, row));
                format!("{} {x} {y} {count}", book.roster.ids[row])
            })
            .collect()
    }

    const ONE: (&str, &str) = ("crm1.csv", "id,x,y\nA,a,\nB,b,1\nC,c,3\n");

    #[test]
    fn rows_and_events_of_one_customer_are_one() {
        assert_eq!(together("", &[ONE], &[]), ["A a  1", "B b 1 1", "C c 3 1"]);
        assert_eq!(together("", &[ONE], &[("B", "A")]), ["A a 1 2", "C c 3 1"]);
        let all = [("B", "A"), ("C", "A")];
        assert_eq!(together("", &[ONE], &all), ["A a 1 3"]);
        // Whose key the sheet no longer has is the kept one all the same.
        assert_eq!(
            together("", &[ONE], &[("C", "Z")]),
            ["A a  1", "B b 1 1", "Z c 3 1"]
        );
    }

    #[test]
    fn the_scheme_says_whose_value_counts() {
        let other = ("erp1.csv", "id,x,y\nD,d,\nA,aa,2\n");
        let merged = [("B", "A"), ("D", "A")];
        for (rule, expected) in [
            ("", "A aa 2 2"),
            ("take = \"newest\"", "A aa 2 2"),
            // Of A, B and D only D lacks a value; of the others the kept one's.
            ("take = \"most_complete\"", "A aa 2 2"),
            ("take = \"source\"\nsources = [\"crm\", \"erp\"]", "A b 1 2"),
            (
                // Of files of one day the earlier source counts.
                "sources = [\"crm\", \"erp\"]\ngolden = [{ name = \"y\", take = \"source\" }]",
                "A b 1 2",
            ),
        ] {
            assert_eq!(
                together(rule, &[ONE, other], &merged)[0],
                expected,
                "{rule}"
            );
        }
        // The row of the kept key has fewer values than the other.
        let crm = ("crm1.csv", "id,x,y\nB,b,1\nA,a,\n");
        for (rule, expected) in [("", "A a 1 2"), ("take = \"most_complete\"", "A b 1 2")] {
            assert_eq!(together(rule, &[crm], &[("B", "A")])[0], expected, "{rule}");
        }
        let crm = ("crm1.csv", "id,x,y\nB,b,1\nA,,2\n");
        let golden = "golden = [{ name = \"y\", take = \"most_complete\" }]";
        for (rule, expected) in [("", "A b 2 2"), (golden, "A b 1 2")] {
            assert_eq!(together(rule, &[crm], &[("B", "A")])[0], expected, "{rule}");
        }
    }

    #[test]
    fn no_order_of_rows_or_files_changes_whose_value_counts() {
        let rows = ["A,,1\n", "B10,b,2\n", "B9,c,3\n"];
        let merged = [("B9", "A"), ("B10", "A")];
        for take in ["newest", "most_complete", "source"] {
            let rule = format!("take = \"{take}\"\nsources = [\"other\"]");
            for order in [
                [0, 1, 2],
                [0, 2, 1],
                [1, 0, 2],
                [1, 2, 0],
                [2, 0, 1],
                [2, 1, 0],
            ] {
                let text = order.map(|row| rows[row]).concat();
                let text = format!("id,x,y\n{text}");
                // `B9` comes before `B10`, whatever the text says.
                let expected = if take == "most_complete" {
                    "A c 3 1"
                } else {
                    "A c 1 1"
                };
                let one = together(&rule, &[("crm.csv", &text)], &merged);
                assert_eq!(one, [expected], "{take} {order:?}");
                let files = order.map(|row| format!("id,x,y\n{}", rows[row]));
                let files = [
                    ("crm.csv", &*files[0]),
                    ("erp.csv", &*files[1]),
                    ("oms.csv", &*files[2]),
                ];
                assert_eq!(
                    together(&rule, &files, &merged),
                    [expected],
                    "{take} {order:?}"
                );
            }
        }
    }
}
