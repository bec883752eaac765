//! How good a search is: of the pairs that are one, how many are found (recall), and of those found how many are one
//! (precision).

use regrade::clean::sheet::clean;
use regrade::duplicates::{Blocking, Pair, Search};
use regrade::read::{Input, Options, Table, open};
use regrade::scheme::Scheme;
use regrade::table::Column;
use std::path::Path;

/// The scheme of a text that is right.
pub fn scheme(text: &str) -> Scheme {
    let (scheme, findings) = regrade::scheme::validate(text);
    scheme.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The table of a CSV file.
pub fn table(path: &Path) -> Table {
    let input = Input::File {
        path: path.to_path_buf(),
        name: path.display().to_string(),
        worksheet: None,
    };
    let mut tables = open(&input, &[], &Options::default(), &|_, _| {})
        .unwrap_or_else(|findings| panic!("{findings:?}"));
    tables.remove(0)
}

/// The table of a text.
pub fn table_of(csv: &str) -> Table {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("people.csv");
    std::fs::write(&path, csv).unwrap_or_else(|error| panic!("{error}"));
    table(&path)
}

/// The compared columns of a table of customers, and their keys.
pub fn columns(scheme: &Scheme, table: Table) -> (Vec<Column>, Column) {
    let customers = scheme
        .customers
        .as_ref()
        .unwrap_or_else(|| panic!("no customers"));
    let rule = scheme
        .duplicates
        .as_ref()
        .unwrap_or_else(|| panic!("no duplicates"));
    // No date: none of the fields says what is too late.
    let clean = clean(&customers.sheet, &[table], &[customers.key], &[]);
    let of = |field: usize| clean.columns[field].clone();
    (
        rule.fields.iter().map(|field| of(field.field)).collect(),
        of(customers.key),
    )
}

/// The pairs that a search finds.
pub fn search(scheme: &Scheme, columns: &[Column], blocking: Blocking) -> Vec<Pair> {
    let rule = scheme
        .duplicates
        .as_ref()
        .unwrap_or_else(|| panic!("no duplicates"));
    let columns: Vec<&Column> = columns.iter().collect();
    Search::new(rule, &columns).pairs(blocking)
}

/// Recall and precision, in ten thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Pairs that are one.
    pub one: usize,
    /// Pairs found.
    pub found: usize,
    /// Pairs found that are one.
    pub right: usize,
}

impl Figures {
    /// Of the pairs from `least` points on.
    pub fn of(pairs: &[Pair], entities: &[usize], least: i32) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        for entity in entities {
            *counts.entry(*entity).or_insert(0usize) += 1;
        }
        let one = counts.values().map(|count| count * (count - 1) / 2).sum();
        let found: Vec<&Pair> = pairs.iter().filter(|pair| pair.points >= least).collect();
        let is_one = |pair: &&&Pair| entities[pair.a as usize] == entities[pair.b as usize];
        Self {
            one,
            found: found.len(),
            right: found.iter().filter(is_one).count(),
        }
    }

    /// Of 10,000 pairs that are one, how many are found.
    pub fn recall(self) -> usize {
        self.right * 10_000 / self.one.max(1)
    }

    /// Of 10,000 pairs found, how many are one.
    pub fn precision(self) -> usize {
        self.right * 10_000 / self.found.max(1)
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { one, found, right } = self;
        let shown = |share: usize| format!("{}.{:04}", share / 10_000, share % 10_000);
        let (recall, precision) = (shown(self.recall()), shown(self.precision()));
        write!(
            f,
            "recall {recall}, precision {precision} ({right} of {one} pairs, {found} found)"
        )
    }
}
