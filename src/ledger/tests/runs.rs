//! Runs: recorded once, found by what people call them, carried on.

use super::*;
use crate::decide::Rung;
use crate::ledger::{Error, Recorded, RunInput, RunNumber};
use crate::table::Decimal;

/// A customer of whom everything is known.
fn full() -> RunRow {
    RunRow {
        customer: "C0001".into(),
        name: Some("甲\"公司\"".into()),
        standing: Standing {
            decided: Some(date("2024-03-31")),
            grade: Rung {
                level: Some("中级".into()),
                moved: Some(date("2024-01-31")),
                demoted: Some(date("2023-12-31")),
                at_risk: Some(date("2024-02-29")),
                counts_after: Some(date("2023-11-30")),
            },
            kind: Rung {
                level: Some("潜力型".into()),
                moved: Some(date("2022-01-31")),
                demoted: Some(date("2022-12-31")),
                at_risk: Some(date("2022-02-28")),
                counts_after: Some(date("2022-11-30")),
            },
            effective_grade: Some("高级".into()),
            since: Some(date("2024-02-15")),
            effective_kind: Some("战略型".into()),
        },
        previous_grade: Some("低级".into()),
        previous_type: Some("优化型".into()),
        score: Decimal::parse("8999999999999.999999"),
        labels: vec![("价值".into(), "高".into()), ("增长".into(), "慢".into())],
        tags: vec!["新客户".into(), "a,b".into()],
        decision: Decision::Overridden,
        reasons: vec!["3 of 3 months".to_owned(), "\n".to_owned()],
        evidence: Some("{\"periods\":[1]}".to_owned()),
        next: Some("over 500 in July promotes".to_owned()),
        strategy: Some("{}".to_owned()),
    }
}

#[test]
fn a_run_comes_back_as_it_was() {
    let (_folder, mut ledger) = ledger();
    let writer = ledger.write(&who()).unwrap();
    let rows = table(&["编号"], &[&["C0001"]]);
    let import = add(&writer, &rows, &filed("2024-03-31"), []).unwrap();
    writer.commit().unwrap();
    let mut absent = graded("B", "低级");
    absent.decision = Decision::Absent;
    let rows = vec![full(), absent, graded("A", "高级")];
    let before = record(&mut ledger, &head("aa", "2024-02-29"), vec![]);
    let mut second = head("bb", "2024-03-31");
    second.previous = Some(before);
    second.inputs = vec![RunInput {
        import,
        confirmed: Some(date("2024-03-31")),
    }];
    second.overrides = vec![4, 7];
    second.findings = Some("[]".to_owned());
    let number = record(&mut ledger, &second, rows.clone());
    let run = ledger.run("bb").unwrap().unwrap();
    assert_eq!(ledger.run_by_number(number).unwrap().as_ref(), Some(&run));
    assert_eq!(
        (run.number, run.previous, run.as_of),
        (number, Some(before), date("2024-03-31"))
    );
    assert_eq!(
        (run.customers, run.semantics, run.overrides.as_slice()),
        (3, 1, [4, 7].as_slice())
    );
    assert_eq!(
        run.counts,
        [
            (Decision::Initial, 1),
            (Decision::Overridden, 1),
            (Decision::Absent, 1)
        ]
    );
    assert_eq!(
        (run.count(Decision::Absent), run.count(Decision::Held)),
        (1, 0)
    );
    assert_eq!(
        (run.made_by.as_str(), run.program.as_str()),
        ("王", "0.1.0")
    );
    assert_eq!(run.findings.as_deref(), Some("[]"));
    assert_eq!(ledger.run_inputs(number).unwrap(), second.inputs);
    assert_eq!(ledger.scheme(&run.scheme).unwrap().unwrap(), second.scheme);
    assert_eq!(ledger.run_rows(number).unwrap(), rows);
    assert_eq!(ledger.run_rows(before).unwrap(), []);
    let standings = ledger.standings(number).unwrap();
    let customers: Vec<&str> = standings.iter().map(|known| &*known.id).collect();
    assert_eq!(customers, ["C0001", "B", "A"]);
    assert_eq!(standings[0].standing, rows[0].standing);
    assert_eq!(standings[0].name, rows[0].name);
}

#[test]
fn the_same_run_is_one_run() {
    let (_folder, mut ledger) = ledger();
    let first = record(
        &mut ledger,
        &head("aa", "2024-03-31"),
        vec![graded("A", "高级")],
    );
    let writer = ledger.write(&who()).unwrap();
    let again = writer
        .record_run(&head("aa", "2024-03-31"), vec![graded("A", "高级")])
        .unwrap();
    writer.commit().unwrap();
    assert_eq!(again, Recorded::Known(first));
    assert_eq!(ledger.runs().unwrap().len(), 1);
    assert_eq!(ledger.audit().unwrap().len(), 1);
}

#[test]
fn a_run_is_found_by_what_people_call_it() {
    let (_folder, mut ledger) = ledger();
    let selected = |ledger: &Ledger, written: &str| ledger.select(written).map(|run| run.id);
    assert!(matches!(selected(&ledger, "@latest"), Err(Error::Run(_))));
    for (id, as_of) in [
        ("a1c0", "2024-01-31"),
        ("a1ff", "2024-03-31"),
        ("b200", "2024-02-29"),
        ("c3", "2024-03-31"),
        ("c3d4", "2023-12-31"),
    ] {
        record(&mut ledger, &head(id, as_of), vec![]);
    }
    for (written, id) in [
        ("@latest", "c3"),
        ("@previous", "b200"),
        ("@2024-03", "c3"),
        ("@2024-03-31", "c3"),
        ("@2024-01", "a1c0"),
        ("@2024", "c3"),
        ("@2023", "c3d4"),
        ("b", "b200"),
        ("a1f", "a1ff"),
        ("A1FF", "a1ff"),
        ("c3", "c3"),
        ("c3d", "c3d4"),
    ] {
        assert_eq!(selected(&ledger, written).as_deref(), Ok(id), "{written}");
    }
    for written in [
        "a1", "", "d", "@", "@2024-04", "@2024-13", "@next", "%", "a_",
    ] {
        let Err(Error::Run(finding)) = selected(&ledger, written) else {
            panic!("{written}");
        };
        assert!(finding.help.is_some(), "{written}");
        assert!(
            finding.notes[0].en.contains("a1c0"),
            "{written}: {finding:?}"
        );
    }
    assert_eq!(
        ledger.run_before(date("2024-03-31")).unwrap().unwrap().id,
        "b200"
    );
    assert_eq!(ledger.run_before(date("2023-12-31")).unwrap(), None);
}

#[test]
fn a_customer_has_a_history() {
    let (_folder, mut ledger) = ledger();
    let march = record(
        &mut ledger,
        &head("c3", "2024-03-31"),
        vec![graded("B", "中级"), full()],
    );
    let january = record(
        &mut ledger,
        &head("a1", "2024-01-31"),
        vec![graded("C0001", "低级")],
    );
    record(
        &mut ledger,
        &head("b2", "2024-02-29"),
        vec![graded("B", "中级")],
    );
    // March graded again: the first run of that date counts no more.
    let again = record(&mut ledger, &head("c4", "2024-03-31"), vec![full()]);
    let history = ledger.history("C0001").unwrap();
    let runs: Vec<RunNumber> = history.iter().map(|row| row.run).collect();
    assert_eq!(runs, [january, again]);
    assert_ne!(again, march);
    assert_eq!(history[1].row, full());
    assert_eq!(ledger.history("C1").unwrap(), []);
}
