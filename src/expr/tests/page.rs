//! Every line of the reference page is run, and every function has one.

use super::sample::{Sample, tables};
use crate::expr::FUNCTIONS;

#[test]
fn every_line_of_the_page_is_true() {
    let mut sample = Sample::load();
    let mut wrong = vec![];
    for table in &tables()[1..] {
        for row in &table[1..] {
            let [what, .., example, result] = &row[..] else {
                panic!("{row:?}")
            };
            let given = sample.shown(example);
            if given != *result {
                wrong.push(format!(
                    "{what}: {example}\n  page:  {result}\n  given: {given}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_is_on_the_page() {
    let tables = tables();
    for entry in FUNCTIONS {
        let described = tables[1..]
            .iter()
            .flatten()
            .any(|row| row[0].starts_with(&format!("{}(", entry.name)));
        assert!(described, "{}", entry.name);
    }
}
