//! Who the customers are where files disagree.

use super::roster::Refused;
use super::{Book, Inputs, assemble};
use crate::diagnostic::{At, Code};
use crate::read::{Input, Options, Table, open};
use crate::table::{Date, Value};

/// A CSV file as a table.
pub(super) fn table(name: &str, text: &str) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let input = Input::File {
        path,
        name: name.into(),
        worksheet: None,
    };
    open(&input, &[], &Options::default(), &|_, _| {})
        .unwrap()
        .remove(0)
}

const SCHEME: &str = r#"
[sheets.customers]
key = "id"
rows = "state <> 'gone'"
allow_bad = "100%"
fields = [{ name = "state", type = "text" }, { name = "x", type = "number" }]
[sheets.orders]
customer = "id"
date = "day"
fields = [{ name = "amount", type = "number" }]
"#;

/// The book of these customer files, with an order of each of the customers 1 to 3.
fn book(files: &[&str]) -> Book {
    let (scheme, findings) = crate::scheme::validate(SCHEME);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let orders = "id,day,amount\n1,2024-01-01,1\n2,2024-01-01,2\n3,2024-01-01,3\n";
    let inputs = Inputs {
        customers: files.iter().map(|text| table("c.csv", text)).collect(),
        events: vec![vec![table("o.csv", orders)]],
        lookups: vec![],
        ..Inputs::default()
    };
    assemble(
        scheme.into(),
        inputs,
        Date::parse_iso("2024-03-31").unwrap(),
    )
}

/// Key and `x` of each customer.
fn customers(book: &Book) -> Vec<String> {
    let columns = &book.customers.as_ref().unwrap().columns;
    let x = |row: usize| match columns[1].value(row) {
        Value::Number(number) => number.to_string(),
        _ => "-".into(),
    };
    let ids = book.roster.ids.iter().enumerate();
    ids.map(|(row, id)| format!("{id} {}", x(row))).collect()
}

#[test]
fn the_later_file_says_who_is_gone() {
    let before = "id,state,x\n1,here,10\n2,gone,20\n3,here,30\n";
    assert_eq!(customers(&book(&[before])), ["1 10", "3 30"]);
    let book = book(&[before, "id,state,x\n1,gone,10\n2,here,21\n"]);
    assert_eq!(customers(&book), ["2 21", "3 30"]);
    // Where the rest of a customer's row stands moves with it.
    let more = &book.customers.as_ref().unwrap().more;
    assert_eq!(more.keys().collect::<Vec<_>>(), [&0]);
    // Nothing is to be said of the orders of a customer who is left out, and they do not count.
    assert!(
        book.findings
            .iter()
            .all(|finding| finding.code != Code::UnknownCustomer)
    );
    assert_eq!(book.events[0].clean.rows.len(), 2);
}

#[test]
fn of_several_rows_in_a_file_the_one_that_counts_is_the_customer() {
    let years = "id,state,x\n1,gone,10\n1,here,11\n2,here,20\n2,here,21\n3,gone,30\n3,gone,31\n";
    let book = book(&[years]);
    assert_eq!(customers(&book), ["1 11"]);
    let refused: Vec<_> = book
        .roster
        .refused
        .iter()
        .map(|row| row.id.as_deref())
        .collect();
    assert_eq!(refused, [Some("2")]);
}

#[test]
fn of_many_rows_the_same_is_told_as_of_few() {
    let (scheme, _) = crate::scheme::validate(
        "[sheets.customers]\nkey = \"id\"\nallow_bad = \"100%\"\nfields = [{ name = \"a\", type = \"number\" }, { name = \
         \"b\", type = \"date\" }, { name = \"c\", type = \"money\", min = 0 }]\n",
    );
    let scheme = std::sync::Arc::new(scheme.unwrap());
    // The last of them are read by several threads.
    let [few, many] = [3_000, 9_000].map(|count| {
        let row = |row: u32| match row % 500 {
            7 => format!("{row},x,y,z\n"),
            8 => format!("{row},1,2024-01-01,-{row}\n"),
            9 => format!("{row},1,2024-01-01,1万元\n"),
            10 => ",1,2024-01-01,1\n".to_owned(),
            _ => format!("{row},1,2024-01-01,1\n"),
        };
        let rows: String = (0..count).map(row).collect();
        let inputs = Inputs {
            customers: vec![table("c.csv", &format!("id,a,b,c(元)\n{rows}"))],
            ..Inputs::default()
        };
        assemble(scheme.clone(), inputs, Date::new(2024, 3, 31).unwrap())
    });
    let told = |book: &Book| {
        let is_of_few =
            |at: &At| matches!(at, At::Data(place) if place.row.is_some_and(|row| row <= 3_001));
        let mut findings = book.findings.clone();
        findings.retain(|finding| is_of_few(&finding.at));
        findings
    };
    // Of each 500 rows three cells cannot be read, one amount is too little, one has a unit of its own, one key is not there.
    assert_eq!(told(&few).len(), 6 * 6);
    assert_eq!(told(&few), told(&many));
    let (few, many) = (&few.roster.refused, &many.roster.refused);
    assert_eq!((few.len(), many.len()), (18, 54));
    let same = |(few, many): (&Refused, &Refused)| (few.at, &few.faults) == (many.at, &many.faults);
    assert!(few.iter().zip(many).all(same));
}
