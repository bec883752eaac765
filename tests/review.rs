//! `review` over a ledger with one run that a test makes by itself: what is written, and what a second call sees of it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::decide::{Decision, Rung, Standing, Subject};
use regrade::ledger::{
    Action, Ledger, NewMark, NewProposal, RunHead, RunRow, SchemeText, Who, content_mark,
};
use regrade::table::Date;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const SCHEME: &str = r#"
[sheets.customers]
key = "id"
name = "name"
fields = [{ name = "name", type = "text" }, { name = "amount", type = "number" }]
[[grades]]
name = "A"
when = "amount >= 100"
[[grades]]
name = "B"
when = "amount >= 50"
[[grades]]
name = "C"
[[types]]
name = "strategic"
when = "grade = 'A'"
[[types]]
name = "other"
[[tags]]
name = "big"
when = "amount > 1000"
[[roles]]
name = "service"
people = ["eve"]
review = false
"#;

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn who() -> Who {
    Who {
        by: "cron".to_owned(),
        at: "2024-03-31T08:00:00Z".to_owned(),
    }
}

fn row(customer: &str, name: &str, grade: &str) -> RunRow {
    let rung = |level: &str| Rung {
        level: Some(level.into()),
        ..Rung::default()
    };
    RunRow {
        customer: customer.into(),
        name: Some(name.into()),
        standing: Standing {
            grade: rung(grade),
            kind: rung("other"),
            effective_grade: Some(grade.into()),
            effective_kind: Some("other".into()),
            ..Standing::default()
        },
        previous_grade: None,
        previous_type: None,
        score: None,
        labels: vec![],
        tags: vec![],
        decision: Decision::Initial,
        reasons: vec![],
        evidence: None,
        next: None,
        strategy: None,
    }
}

/// A folder with a scheme and a ledger of one run: C1 and C2 are B, C3 is C; C3 waits for a review, and somebody
/// suggests A for C2.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.toml"), SCHEME).unwrap();
    let mut ledger =
        Ledger::create_or_open(&folder.path().join("regrade.db"), Duration::ZERO).unwrap();
    let writer = ledger.write(&who()).unwrap();
    let head = RunHead {
        id: "run".to_owned(),
        scheme: SchemeText {
            text: SCHEME.to_owned(),
            name: String::new(),
            version: String::new(),
        },
        as_of: date("2024-03-31"),
        previous: None,
        semantics: 1,
        program: "0".to_owned(),
        inputs: vec![],
        overrides: vec![],
        merged: std::collections::BTreeMap::new(),
        findings: None,
    };
    let rows = [
        row("C1", "one", "B"),
        row("C2", "two", "B"),
        row("C3", "three", "C"),
    ];
    let run = writer.record_run(&head, rows).unwrap().number();
    let mark = NewMark {
        customer: "C3".into(),
        rule: "odd".into(),
        owner: Some("bob".into()),
        due: Some(date("2024-04-03")),
    };
    writer.mark(run, [mark]).unwrap();
    let proposal = NewProposal {
        customer: "C2".into(),
        subject: Subject::Grade,
        level: "A".into(),
        reason: "grows".into(),
        by: "joe".into(),
        date: date("2024-03-20"),
        origin: None,
    };
    writer.propose(&proposal).unwrap();
    writer.commit().unwrap();
    folder
}

/// What a call of `review` ends with and says on standard output and standard error.
fn review(folder: &Path, arguments: &str) -> (i32, String, String) {
    call(folder, "review", arguments)
}

fn call(folder: &Path, command: &str, arguments: &str) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args([command, "--as-of", "2024-03-31", "--by", "ann"])
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        done.status.code().unwrap(),
        text(done.stdout),
        text(done.stderr),
    )
}

/// What is listed: item, customer, level and person.
fn listed(folder: &Path) -> Vec<String> {
    let (code, out, err) = review(folder, "list --format csv");
    assert_eq!(code, 0, "{err}");
    let lines = out.lines().skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let wanted = [cells[0], cells[2], cells[4], cells[7]];
            wanted.join(" ").trim().to_owned()
        })
        .collect()
}

fn audit(folder: &Path) -> Vec<(Action, Arc<str>)> {
    let ledger = Ledger::open(&folder.join("regrade.db"), Duration::ZERO).unwrap();
    let lines = ledger.audit().unwrap();
    lines
        .iter()
        .map(|line| (line.action, line.subject.as_str().into()))
        .collect()
}

const WAITING: [&str; 2] = ["To review C3  bob", "Proposal C2 A joe"];

#[test]
fn what_is_set_is_listed_until_it_is_cleared() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(listed(folder), WAITING);
    // By key or by name; a dry run writes nothing.
    let (code, _, said) = review(folder, "set one --grade A --reason key -n");
    assert_eq!((code, listed(folder).len()), (0, 2), "{said}");
    let (code, _, said) = review(folder, "set one --grade A --reason key");
    assert_eq!(code, 0);
    assert!(
        said.contains("[open-ended]") && said.contains("`C1`: `A` (floor)"),
        "{said}"
    );
    assert_eq!(listed(folder)[0], "Override C1 A ann");
    let (code, _, said) = review(folder, "set C1 --grade A --reason key");
    assert_eq!((code, said.contains("already")), (0, true), "{said}");
    let (code, _, said) = review(folder, "set C1 --grade C --reason no --until 2024-12-31");
    assert_eq!(
        (code, said.contains("[second-override]")),
        (1, true),
        "{said}"
    );
    let (code, _, said) = review(folder, "clear C1 --type --reason over");
    assert_eq!(
        (code, said.contains("[changes-nothing]")),
        (1, true),
        "{said}"
    );
    let (code, _, said) = review(folder, "clear C1 --grade --reason over");
    assert_eq!((code, &*said), (0, "`C1`: 1 ended\n"));
    assert_eq!(listed(folder), WAITING);
}

#[test]
fn a_correction_settles_the_review_and_a_confirmation_too() {
    let folder = folder();
    let folder = folder.path();
    review(folder, "set C3 --grade B --reason known --until 2024-12-31");
    assert_eq!(listed(folder), ["Override C3 B ann", WAITING[1]]);
    let other = self::folder();
    let folder = other.path();
    let (code, _, said) = review(folder, "confirm C3 --rule even --reason ok");
    assert_eq!(code, 1, "{said}");
    let (code, _, said) = review(folder, "confirm C3 --reason ok");
    assert_eq!((code, &*said), (0, "`C3`: 1 confirmed\n"));
    assert_eq!(listed(folder), [WAITING[1]]);
    assert_eq!(review(folder, "confirm C3 --reason ok").0, 1);
}

#[test]
fn proposals_wait_for_a_decision_with_a_reason() {
    let folder = folder();
    let (code, _, said) = review(folder.path(), "reject 1 --reason -");
    assert_eq!(
        (code, said.contains("[unsigned-correction]")),
        (2, true),
        "{said}"
    );
    let (code, _, said) = review(folder.path(), "accept 1 --reason right --until 2024-12-31");
    assert_eq!((code, &*said), (0, "`C2`: `A` (floor)\n"));
    assert_eq!(listed(folder.path()), ["Override C2 A ann", WAITING[0]]);
    let (code, _, said) = review(folder.path(), "reject 1 --reason no");
    assert_eq!(
        (code, said.contains("was accepted by `ann`")),
        (2, true),
        "{said}"
    );
    let folder = self::folder();
    assert_eq!(review(folder.path(), "reject 1 --reason no").0, 0);
    assert_eq!(listed(folder.path()), [WAITING[0]]);
    assert_eq!(review(folder.path(), "accept 7 --reason no").0, 2);
}

#[test]
fn people_whose_role_may_not_review_are_refused_and_logged() {
    let folder = folder();
    let folder = folder.path();
    for arguments in [
        "set C1 --grade A --reason me --by eve",
        "clear C1 --reason me --by eve",
        "confirm C3 --reason me --by eve",
        "accept 1 --reason me --by eve",
        "reject 1 --reason me --by eve",
    ] {
        let (code, _, said) = review(folder, &arguments.replace("--by eve", "--by=eve"));
        assert_eq!(
            (code, said.contains("[not-allowed]")),
            (1, true),
            "{arguments}: {said}"
        );
    }
    assert_eq!(listed(folder), WAITING);
    let refused = audit(folder);
    let refused = refused
        .iter()
        .filter(|(action, _)| *action == Action::Refuse);
    let subjects: Vec<&str> = refused.map(|(_, subject)| &**subject).collect();
    assert_eq!(subjects, ["C1", "C1", "C3", "C2", "C2"]);
}

/// A folder with a sheet of customers of which one row cannot be used, imported where `is_known`, and that row mended.
fn bad_row(mender: &str, is_known: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let key = "key = \"id\"";
    let scheme = SCHEME.replacen(key, &format!("{key}\nallow_bad = \"100%\""), 1);
    std::fs::write(path.join("rules.toml"), scheme).unwrap();
    let sheet = "id,name,amount\nC1,one,60\nC2,two,many\nC3,three,1\n";
    std::fs::write(path.join("customers.csv"), sheet).unwrap();
    assert_eq!(call(path, "import", "customers.csv").0, 0);
    let ledger = Ledger::open(&path.join("regrade.db"), Duration::ZERO).unwrap();
    let import = &ledger.imports().unwrap()[0];
    let mark = content_mark(&import.sheet, &import.filing.source, &import.content_hash);
    drop(ledger);
    let mended = format!(
        "id,name,amount,Mended by,Row mark (leave as is)\nC2,two,60,{mender},R{mark}-3-0\n"
    );
    std::fs::write(path.join("mended.csv"), mended).unwrap();
    if !is_known {
        std::fs::remove_file(path.join("regrade.db")).unwrap();
    }
    folder
}

fn waiting(folder: &Path) -> usize {
    let ledger = Ledger::open(&folder.join("regrade.db"), Duration::ZERO).unwrap();
    ledger.waiting().unwrap().len()
}

#[test]
fn rows_that_are_mended_by_such_people_are_refused_and_logged() {
    for (command, files, is_known) in [
        ("review", "mended.csv", true),
        ("import", "mended.csv", true),
        ("import", "customers.csv mended.csv", false),
    ] {
        let folder = bad_row("eve", is_known);
        let folder = folder.path();
        let (code, _, said) = call(folder, command, files);
        assert_eq!((code, said.contains("[not-allowed]")), (1, true), "{said}");
        assert_eq!(waiting(folder), 1);
        let refused = audit(folder);
        let refused = refused
            .iter()
            .filter(|(action, _)| *action == Action::Refuse);
        let subjects: Vec<&str> = refused.map(|(_, subject)| &**subject).collect();
        assert_eq!(subjects, ["import 1"], "{command} {files}");
    }
}

#[test]
fn of_files_that_cannot_all_be_read_back_none_is() {
    let folder = bad_row("joe", true);
    let folder = folder.path();
    std::fs::write(
        folder.join("graded.csv"),
        "id,Grade,Change,Reasons\nC1,A,up,x\n",
    )
    .unwrap();
    let (code, _, said) = review(folder, "mended.csv graded.csv");
    assert_eq!(
        (code, said.contains("[missing-column]")),
        (3, true),
        "{said}"
    );
    assert_eq!(waiting(folder), 1);
    let (code, _, said) = review(folder, "mended.csv");
    assert_eq!((code, waiting(folder)), (0, 0), "{said}");
}

#[test]
fn verdicts_of_people_who_may_not_review_are_logged() {
    let folder = folder();
    let folder = folder.path();
    let search = "[duplicates]\nfields = [{ name = \"name\", kind = \"company\" }]\n";
    std::fs::write(folder.join("rules.toml"), format!("{SCHEME}{search}")).unwrap();
    let pairs = "Verdict,Reviewer,id A,id B\nmerge,eve,C1,C2\nkeep apart,ann,C1,C3\n";
    std::fs::write(folder.join("pairs.csv"), pairs).unwrap();
    let (code, _, said) = review(folder, "pairs.csv");
    assert_eq!((code, said.contains("[not-allowed]")), (1, true), "{said}");
    let ledger = Ledger::open(&folder.join("regrade.db"), Duration::ZERO).unwrap();
    let lines = ledger.audit().unwrap();
    let refused = lines.iter().filter(|line| line.action == Action::Refuse);
    let refused: Vec<(&str, Option<&str>)> = refused
        .map(|line| (line.subject.as_str(), line.detail.as_deref()))
        .collect();
    let what = "merge with C2 by eve: their role may not review";
    assert_eq!(refused, [("C1", Some(what))]);
}

#[test]
fn lists_of_corrections_are_read_and_known_again() {
    let folder = folder();
    let folder = folder.path();
    let list = "id,grade,kind,reason,by,until\nC1,A,lock,key,joe,2024-12-31\nC2,C,,slow,joe,2024-12-31\nC9,A,,x,joe,\n";
    std::fs::write(folder.join("list.csv"), list).unwrap();
    let (code, out, said) = review(folder, "set --from list.csv --format csv");
    assert_eq!(
        (code, said.contains("[unknown-customer-id]")),
        (1, true),
        "{said}"
    );
    assert_eq!(out.lines().count(), 3, "{out}");
    let before = listed(folder);
    assert_eq!(before[..2], ["Override C1 A joe", "Override C2 C joe"]);
    let (_, _, said) = review(folder, "set --from list.csv");
    assert!(said.contains("known already: 2"), "{said}");
    assert_eq!(listed(folder), before);
    // The grades of a result are no corrections.
    std::fs::write(
        folder.join("graded.csv"),
        "id,Grade,Change,Reasons\nC1,A,up,x\n",
    )
    .unwrap();
    for arguments in ["set --from graded.csv", "graded.csv"] {
        let (code, _, said) = review(folder, arguments);
        assert_eq!(
            (code, said.contains("[missing-column]")),
            (3, true),
            "{said}"
        );
    }
}

#[test]
fn without_a_run_nobody_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("rules.toml"), SCHEME).unwrap();
    let (code, _, said) = review(folder, "list");
    assert_eq!((code, said.contains("[no-ledger]")), (4, true), "{said}");
    Ledger::create_or_open(&folder.join("regrade.db"), Duration::ZERO).unwrap();
    let (code, _, said) = review(folder, "set C1 --grade A --reason key");
    assert_eq!((code, said.contains("[unknown-run]")), (2, true), "{said}");
    assert_eq!(review(folder, "list").0, 0);
}
