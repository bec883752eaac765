//! Forgetting: nothing of the customer is left in any byte, and the rest is as it was.

use super::*;
use crate::decide::{Hold, Override, Subject};
use crate::ledger::{Error, Forgotten, NewMark, NewProposal};
use std::path::Path;

const ID: &str = "KH-20240042";
const NAME: &str = "上海隐名贸易";

/// Whether any file beside the ledger has these bytes.
fn somewhere(folder: &Path, needle: &str) -> bool {
    folder.read_dir().unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    })
}

/// A ledger in which the customer is everywhere.
fn busy_with_it(ledger: &mut Ledger) -> [super::super::ImportId; 2] {
    let rows: Vec<[String; 2]> = (0..500)
        .map(|row| [format!("KH-1{row:04}"), format!("公司{row}")])
        .collect();
    let mut all: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    all.insert(250, vec![ID, NAME]);
    let slices: Vec<&[&str]> = all.iter().map(Vec::as_slice).collect();
    let customers = table(&["编号", "名称"], &slices);
    let orders = table(
        &["编号", "推荐人"],
        &[&[ID, ""], &["KH-10001", ID], &[ID, "x"]],
    );
    let writer = ledger.write(&who()).unwrap();
    let keys = |of: &Table| -> Vec<Option<String>> {
        (0..of.rows.len())
            .map(|row| match of.rows.cell(row, 0) {
                Cell::Text(text) => Some(text.to_owned()),
                _ => None,
            })
            .collect()
    };
    let add = |of: &Table| {
        let keys = keys(of);
        add(
            &writer,
            of,
            &filed("2024-03-31"),
            keys.iter().map(Option::as_deref),
        )
        .unwrap()
    };
    let imports = [add(&customers), add(&orders)];
    let mut row = graded(ID, "高级");
    row.name = Some(NAME.into());
    let run = writer
        .record_run(
            &head("aa", "2024-03-31"),
            vec![graded("KH-10001", "低级"), row],
        )
        .unwrap()
        .number();
    let set = Override {
        id: 0,
        customer: ID.into(),
        subject: Subject::Grade,
        hold: Hold::Lock,
        level: "高级".into(),
        reason: NAME.into(),
        by: "李".into(),
        from: None,
        until: None,
        review_on: None,
    };
    let number = writer.set_override(&set, None).unwrap();
    writer
        .end_override(number, date("2024-04-30"), NAME)
        .unwrap();
    let proposed = NewProposal {
        customer: ID.into(),
        subject: Subject::Grade,
        level: "高级".into(),
        reason: "".into(),
        by: "李".into(),
        date: date("2024-03-05"),
        origin: None,
    };
    let proposal = writer.propose(&proposed).unwrap().unwrap();
    writer.accept(proposal, number, NAME).unwrap();
    writer
        .mark(
            run,
            [NewMark {
                customer: ID.into(),
                rule: "大额".into(),
                owner: None,
                due: None,
            }],
        )
        .unwrap();
    let mut other = set;
    other.customer = "KH-10001".into();
    other.reason = format!("同 {ID} 一样，不是 {ID}9").into();
    writer.set_override(&other, None).unwrap();
    writer.commit().unwrap();
    imports
}

#[test]
fn nothing_is_left_of_a_forgotten_customer() {
    let (folder, mut ledger) = ledger();
    let [customers, orders] = busy_with_it(&mut ledger);
    assert!(somewhere(folder.path(), ID) && somewhere(folder.path(), NAME));
    let forgotten = ledger.forget(ID, &who()).unwrap();
    assert_eq!(
        forgotten,
        Forgotten {
            rows: 3,
            runs: 1,
            set: 3,
            mentions: 1,
            before: false
        }
    );
    assert!(!somewhere(folder.path(), NAME));
    // A row of another customer that names it is the other's, and the caller is told of it.
    let order = ledger.load_table(orders).unwrap();
    assert_eq!(order.rows.len(), 1);
    assert_eq!(order.rows.cell(0, 1), Cell::Text(ID));
    assert_eq!(ledger.load_table(customers).unwrap().rows.len(), 500);
    // The counts stay as they were counted.
    assert_eq!(ledger.imports().unwrap()[0].rows, 501);
    assert_eq!(ledger.runs().unwrap()[0].customers, 2);
    assert_eq!(ledger.history(ID).unwrap(), []);
    assert_eq!(ledger.integrity_check().unwrap(), Vec::<String>::new());
    let lines = ledger.audit().unwrap();
    let last = lines.last().unwrap();
    assert_eq!((last.action.key(), last.subject.len()), ("forget", 64));
    assert!(
        lines
            .iter()
            .any(|line| line.subject == last.subject && line.action.key() == "accept")
    );
    // Forgetting what is forgotten is no error; forgetting what never was is told.
    let again = ledger.forget(ID, &who()).unwrap();
    assert!(again.before && !again.is_unknown());
    assert!(ledger.forget("KH-77", &who()).unwrap().is_unknown());
}

#[test]
fn not_a_byte_of_the_id_is_left() {
    let (folder, mut ledger) = ledger();
    busy_with_it(&mut ledger);
    // The other customers who say the id go first: what they say is theirs.
    ledger.forget("KH-10001", &who()).unwrap();
    ledger.forget(ID, &who()).unwrap();
    assert!(!somewhere(folder.path(), ID));
}

#[test]
fn the_places_of_forgotten_rows_are_not_given_to_others() {
    let (_folder, mut ledger) = ledger();
    let add = |ledger: &mut Ledger, customer: &str| {
        let rows = table(&["编号"], &[&["x"], &[customer]]);
        let writer = ledger.write(&who()).unwrap();
        let keys = [Some("x"), Some(customer)];
        let id = add(&writer, &rows, &filed("2024-03-31"), keys).unwrap();
        writer.commit().unwrap();
        id
    };
    let first = add(&mut ledger, "A");
    record(
        &mut ledger,
        &head("aa", "2024-03-31"),
        vec![graded("A", "高级")],
    );
    ledger.forget("A", &who()).unwrap();
    let second = add(&mut ledger, "B");
    let run = record(
        &mut ledger,
        &head("bb", "2024-04-30"),
        vec![graded("B", "高级")],
    );
    assert_eq!(ledger.load_table(first).unwrap().rows.len(), 1);
    assert_eq!(ledger.load_table(second).unwrap().rows.len(), 2);
    assert_eq!(ledger.run_rows(run).unwrap().len(), 1);
    let first = ledger.run("aa").unwrap().unwrap().number;
    assert_eq!(ledger.run_rows(first).unwrap(), []);
}

#[test]
fn a_reader_at_work_holds_old_pages() {
    let (folder, mut ledger) = ledger();
    busy_with_it(&mut ledger);
    let mut other = Ledger::open(&ledger.path, Duration::ZERO).unwrap();
    let snapshot = other.snapshot().unwrap();
    assert_eq!(ledger.forget("KH-10001", &who()).unwrap_err(), Error::Busy);
    drop(snapshot);
    ledger.forget("KH-10001", &who()).unwrap();
    ledger.forget(ID, &who()).unwrap();
    assert!(!somewhere(folder.path(), ID));
}
