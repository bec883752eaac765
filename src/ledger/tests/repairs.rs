//! Rows that wait, rows that were mended, and imports as runs saw them.

use super::*;
use crate::book::Flaw;
use crate::ledger::{
    Amendment, Contents, ImportId, NewRepair, NewWaiting, RowChange, RowId, RunNumber, content_hash,
};
use crate::repair::State;
use crate::text;

const HEADERS: [&str; 2] = ["编号", "金额"];

fn row(cells: &[&str]) -> RawRows {
    table(&HEADERS, &[cells]).rows
}

/// Three rows of which the second waits.
fn bring_in(ledger: &mut Ledger) -> (ImportId, Table) {
    let bad = table(&HEADERS, &[&["C1", "1"], &["C2", "二"], &["C3", "3"]]);
    let writer = ledger.write(&who()).unwrap();
    let contents = || Contents {
        hash: content_hash(&bad),
        refused: 1,
        span: None,
    };
    let customers = ["C1", "C2", "C3"].map(|key| Some(key.into()));
    let about = filed("2024-03-31");
    let import = writer
        .add_import(&bad, &about, customers, contents)
        .unwrap();
    let waiting = NewWaiting {
        row: writer.row_ids(import).unwrap()[1],
        customer: Some("C2".into()),
        faults: vec![Flaw {
            column: Some(1),
            title: text!("`二` is not a number", "`二` 不是数字"),
            help: None,
        }],
        since: date("2024-03-31"),
        owner: Some("张三".into()),
        due: Some(date("2024-04-03")),
    };
    writer.set_waiting(import, &[waiting]).unwrap();
    writer.commit().unwrap();
    (import, bad)
}

fn repair(author: &str, cells: Option<&[&str]>, state: State) -> NewRepair {
    NewRepair {
        row: RowId(2),
        number: 3,
        customer: cells.map(|cells| cells[0].into()),
        customer_before: Some("C2".into()),
        author: author.into(),
        reason: Some("核对过".into()),
        cells: cells.map(row),
        before: row(&["C2", "二"]),
        broken: None,
        origin: "修正.xlsx[客户!2:2]".to_owned(),
        state,
    }
}

/// Makes the second row what `cells` say.
fn amend(ledger: &mut Ledger, import: ImportId, cells: Option<&[&str]>) {
    amend_within(ledger, import, cells, None);
}

/// The same, of rows that lie in a span of days.
fn amend_within(
    ledger: &mut Ledger,
    import: ImportId,
    cells: Option<&[&str]>,
    span: Option<(Date, Date)>,
) {
    let mut rows: Vec<&[&str]> = vec![&["C1", "1"]];
    rows.extend(cells);
    rows.push(&["C3", "3"]);
    let mended = table(&HEADERS, &rows);
    let writer = ledger.write(&who()).unwrap();
    let change = RowChange {
        row: RowId(2),
        index: cells.map(|_| 1),
        customer: cells.map(|cells| cells[0]),
    };
    let to = Amendment {
        table: &mended,
        content_hash: &content_hash(&mended),
        refused: 0,
        span,
        rows: vec![change],
    };
    writer.amend(import, &to).unwrap();
    writer.set_waiting(import, &[]).unwrap();
    writer.commit().unwrap();
}

fn keep(ledger: &mut Ledger, import: ImportId, said: &NewRepair) -> i64 {
    let writer = ledger.write(&who()).unwrap();
    let id = writer.keep_repair(import, said).unwrap();
    writer.commit().unwrap();
    id
}

fn texts(table: &Table) -> Vec<Vec<String>> {
    (0..table.rows.len())
        .map(|row| table.rows.row(row).map(crate::clean::text::shown).collect())
        .collect()
}

fn run(ledger: &mut Ledger, id: &str) -> RunNumber {
    record(ledger, &head(id, "2024-03-31"), vec![graded("C1", "A")])
}

#[test]
fn what_waits_comes_back_with_its_reason() {
    let (_folder, mut ledger) = ledger();
    let (import, _) = bring_in(&mut ledger);
    let waiting = ledger.waiting().unwrap();
    assert_eq!(waiting.len(), 1);
    let one = &waiting[0];
    assert_eq!((one.import, one.number), (import, 3));
    assert_eq!(one.about.owner.as_deref(), Some("张三"));
    assert_eq!(one.about.due, Some(date("2024-04-03")));
    assert_eq!(one.about.faults[0].column, Some(1));
    assert_eq!(one.about.faults[0].title.zh, "`二` 不是数字");
    let table = ledger.load_waiting(import).unwrap();
    assert_eq!(texts(&table), [["C2", "二"]]);
    assert_eq!(table.rows.row_number(0), 3);
}

#[test]
fn a_mended_import_is_the_import_of_a_clean_file_and_both_contents_are_known() {
    let (_folder, mut ledger) = ledger();
    let (import, bad) = bring_in(&mut ledger);
    amend(&mut ledger, import, Some(&["C2", "2"]));
    let clean = table(&HEADERS, &[&["C1", "1"], &["C2", "2"], &["C3", "3"]]);
    let loaded = ledger.load_table(import).unwrap();
    assert!(loaded.rows.has_cells_of(&clean.rows));
    let known = &ledger.imports().unwrap()[0];
    assert_eq!(known.content_hash, content_hash(&clean));
    assert_eq!(known.refused, 0);
    assert!(known.has_content(&content_hash(&bad)));
    assert!(known.has_content(&content_hash(&clean)));
    assert!(!known.has_content("another"));
    assert_eq!(ledger.waiting().unwrap(), []);
}

#[test]
fn a_run_keeps_seeing_what_it_saw() {
    let (_folder, mut ledger) = ledger();
    let (import, _) = bring_in(&mut ledger);
    let first = run(&mut ledger, "1");
    let said = repair("安", Some(&["C2", "2"]), State::Applied);
    keep(&mut ledger, import, &said);
    amend(&mut ledger, import, Some(&["C2", "2"]));
    let second = run(&mut ledger, "2");
    assert!(ledger.is_mended_between(first, second).unwrap());
    // Somebody decides that the row is of no use.
    let known = ledger.repairs(import).unwrap().remove(0);
    assert!(known.is_counted);
    let writer = ledger.write(&who()).unwrap();
    writer.turn_repair(import, &known, State::Ended).unwrap();
    writer.commit().unwrap();
    let left_out = repair("博", None, State::Applied);
    keep(&mut ledger, import, &left_out);
    amend(&mut ledger, import, None);
    let third = run(&mut ledger, "3");
    let fourth = run(&mut ledger, "4");
    assert!(!ledger.is_mended_between(third, fourth).unwrap());
    let seen = |run| texts(&ledger.load_table_of(import, run).unwrap());
    assert_eq!(seen(first), [["C1", "1"], ["C2", "二"], ["C3", "3"]]);
    assert_eq!(seen(second), [["C1", "1"], ["C2", "2"], ["C3", "3"]]);
    assert_eq!(seen(third), [["C1", "1"], ["C3", "3"]]);
    assert_eq!(seen(fourth), texts(&ledger.load_table(import).unwrap()));
    // Put back, the row is where it was.
    let mut last = ledger.repairs(import).unwrap();
    let last = last.remove(1);
    assert_eq!((last.said.cells.is_none(), last.is_counted), (true, true));
    let writer = ledger.write(&who()).unwrap();
    writer.turn_repair(import, &last, State::Disputed).unwrap();
    writer.commit().unwrap();
    amend(&mut ledger, import, Some(&["C2", "二"]));
    let loaded = ledger.load_table(import).unwrap();
    assert_eq!(texts(&loaded), [["C1", "1"], ["C2", "二"], ["C3", "3"]]);
    assert_eq!(loaded.rows.row_number(1), 3);
    let audit = ledger.audit().unwrap();
    let said: Vec<&str> = audit
        .iter()
        .filter(|line| line.action == crate::ledger::Action::Repair)
        .filter_map(|line| line.detail.as_deref())
        .collect();
    assert_eq!(said.len(), 4);
    assert!(said[0].starts_with("row 3 mended by 安"), "{}", said[0]);
    assert!(said[2].starts_with("row 3 left out by 博"), "{}", said[2]);
}

#[test]
fn a_broken_row_is_broken_again_as_a_run_saw_it() {
    let (_folder, mut ledger) = ledger();
    let (import, mut bad) = bring_in(&mut ledger);
    let first = run(&mut ledger, "1");
    let fault = crate::read::RowFault::Fields {
        found: 3,
        expected: 2,
    };
    let said = NewRepair {
        broken: Some(fault),
        ..repair("安", Some(&["C2", "2"]), State::Applied)
    };
    keep(&mut ledger, import, &said);
    amend(&mut ledger, import, Some(&["C2", "2"]));
    let broken = ledger.load_table_of(import, first).unwrap().broken;
    assert_eq!((broken[0].index, broken[0].row_number), (1, 3));
    assert_eq!(broken[0].fault, fault);
    assert!(ledger.load_table(import).unwrap().broken.is_empty());
    // Put back, it is broken again; a run that saw it mended sees it so.
    let second = run(&mut ledger, "2");
    bad.broken.push(crate::read::BrokenRow {
        index: 1,
        row_number: 3,
        fault,
    });
    let known = ledger.repairs(import).unwrap().remove(0);
    let writer = ledger.write(&who()).unwrap();
    writer.turn_repair(import, &known, State::Disputed).unwrap();
    let to = Amendment {
        table: &bad,
        content_hash: &content_hash(&bad),
        refused: 1,
        span: None,
        rows: vec![RowChange {
            row: RowId(2),
            index: Some(1),
            customer: Some("C2"),
        }],
    };
    writer.amend(import, &to).unwrap();
    writer.commit().unwrap();
    assert_eq!(ledger.load_table(import).unwrap().broken, broken);
    assert_eq!(ledger.load_table_of(import, first).unwrap().broken, broken);
    let seen = ledger.load_table_of(import, second).unwrap();
    assert_eq!((texts(&seen)[1][1].as_str(), seen.broken.len()), ("2", 0));
    // A sample need not have the row.
    let sample = ledger.load_sample(import, 1).unwrap();
    assert_eq!((texts(&sample).len(), sample.broken.len()), (1, 0));
}

#[test]
fn forgetting_a_customer_forgets_what_waits_and_what_was_mended() {
    for customer in ["C2", "C9"] {
        let (_folder, mut ledger) = ledger();
        let (import, _) = bring_in(&mut ledger);
        // The row's key was mended: both keys are the customer's.
        let said = repair("安", Some(&["C9", "2"]), State::Disputed);
        keep(&mut ledger, import, &said);
        let forgotten = ledger.forget(customer, &who()).unwrap();
        assert!(!forgotten.is_unknown());
        assert!(ledger.repairs(import).unwrap().is_empty(), "{customer}");
        let waits = ledger.waiting().unwrap().len();
        assert_eq!(waits, usize::from(customer == "C9"));
        if customer == "C2" {
            let bytes = std::fs::read(ledger.path()).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("C2") && !text.contains("二"));
        }
    }
}

#[test]
fn a_ledger_of_version_1_gets_the_tables() {
    use crate::ledger::schema::STEPS;
    let (folder, path) = place();
    let wait = Duration::ZERO;
    {
        let old = rusqlite::Connection::open(&path).unwrap();
        let id = crate::ledger::schema::APPLICATION;
        old.execute_batch(STEPS[0]).unwrap();
        old.execute_batch(&format!(
            "PRAGMA application_id = {id}; PRAGMA user_version = 1"
        ))
        .unwrap();
    }
    let mut ledger = Ledger::open(&path, wait).unwrap();
    bring_in(&mut ledger);
    assert_eq!(ledger.waiting().unwrap().len(), 1);
    assert!(folder.path().join("regrade.db.v1.bak").exists());
}

#[test]
fn events_that_are_kept_are_read_once_and_a_run_still_sees_what_it_saw() {
    let (_folder, mut ledger) = ledger();
    let bad = table(&HEADERS, &[&["C1", "1"], &["C2", "二"], &["C3", "3"]]);
    let day = date("2024-03-01");
    let writer = ledger.write(&who()).unwrap();
    let [events, customers] = [Some((day, day)), None].map(|span| {
        let contents = || Contents {
            hash: content_hash(&bad),
            refused: 0,
            span,
        };
        let keys = ["C1", "C2", "C3"].map(|key| Some(key.into()));
        let about = filed("2024-03-31");
        writer.add_import(&bad, &about, keys, contents).unwrap()
    });
    writer.commit().unwrap();
    let first = run(&mut ledger, "1");
    let said = repair("安", Some(&["C2", "2"]), State::Applied);
    keep(&mut ledger, events, &said);
    amend_within(&mut ledger, events, Some(&["C2", "2"]), Some((day, day)));
    run(&mut ledger, "2");
    ledger.keep_events();
    let now = texts(&ledger.load_table(events).unwrap());
    assert_eq!(now, [["C1", "1"], ["C2", "2"], ["C3", "3"]]);
    assert_eq!(ledger.load_table(customers).unwrap().rows.len(), 3);
    // As the first run saw them they are read, because they were mended since.
    let seen = texts(&ledger.load_table_of(events, first).unwrap());
    assert_eq!(seen, [["C1", "1"], ["C2", "二"], ["C3", "3"]]);
    ledger
        .connection
        .execute_batch("DELETE FROM sheet_row")
        .unwrap();
    assert_eq!(texts(&ledger.load_table(events).unwrap()), now);
    assert!(ledger.load_table(customers).unwrap().rows.is_empty());
}
