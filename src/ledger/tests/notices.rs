//! Notices: who was told stays told, who was not may be told later, and nothing of a forgotten customer is left.

use super::*;
use crate::decide::Subject;
use crate::ledger::{Action, NewNotice, NoticeOf, NoticeState};

fn told(customer: &str, of: NoticeOf, state: NoticeState) -> NewNotice {
    NewNotice {
        customer: customer.into(),
        of,
        state,
        form: (state == NoticeState::Told).then_some("eml"),
        template: None,
    }
}

fn level(level: &str) -> NoticeOf {
    NoticeOf::Move {
        subject: Subject::Grade,
        level: level.into(),
        previous: Some("B".into()),
    }
}

fn spring() -> NoticeOf {
    NoticeOf::Campaign("spring".into())
}

#[test]
fn levels_that_were_told_are_known_with_the_date_of_their_run() {
    let (_folder, mut ledger) = ledger();
    let march = record(
        &mut ledger,
        &head("aa", "2024-03-31"),
        vec![graded("K1", "A")],
    );
    let writer = ledger.write(&who()).unwrap();
    let kinds = NoticeOf::Move {
        subject: Subject::Type,
        level: "战略型".into(),
        previous: None,
    };
    let notices = [
        told("K1", level("A"), NoticeState::Told),
        told("K2", kinds, NoticeState::Told),
    ];
    writer.tell(march, "aa", &notices).unwrap();
    writer.commit().unwrap();
    let known = ledger.told_levels(Subject::Grade).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((&*known[0].customer, &*known[0].level), ("K1", "A"));
    assert_eq!(known[0].as_of, date("2024-03-31"));
    assert_eq!(ledger.told_levels(Subject::Type).unwrap().len(), 1);
    let lines = ledger.audit().unwrap();
    let line = lines.iter().rfind(|line| line.action == Action::Notify);
    // How many, and not what or to whom.
    assert_eq!(line.unwrap().detail.as_deref(), Some("2 told, 0 not"));
}

#[test]
fn of_a_campaign_who_was_told_or_held_out_stays_so_and_the_others_may_be_told() {
    let (_folder, mut ledger) = ledger();
    let first = record(
        &mut ledger,
        &head("aa", "2024-03-31"),
        vec![graded("K1", "A")],
    );
    let second = record(
        &mut ledger,
        &head("bb", "2024-04-30"),
        vec![graded("K1", "A")],
    );
    let states = [
        (
            "K1",
            NoticeState::Told,
            NoticeState::Unconsented,
            NoticeState::Told,
        ),
        (
            "K2",
            NoticeState::HeldOut,
            NoticeState::Told,
            NoticeState::HeldOut,
        ),
        (
            "K3",
            NoticeState::Unconsented,
            NoticeState::Told,
            NoticeState::Told,
        ),
        (
            "K4",
            NoticeState::Unreachable,
            NoticeState::Unconsented,
            NoticeState::Unconsented,
        ),
    ];
    for (run, pick) in [(first, 0), (second, 1)] {
        let notices: Vec<NewNotice> = states
            .iter()
            .map(|(key, one, other, _)| told(key, spring(), [*one, *other][pick]))
            .collect();
        let writer = ledger.write(&who()).unwrap();
        writer.tell(run, "campaign spring", &notices).unwrap();
        writer.commit().unwrap();
    }
    let found = ledger.campaign("spring").unwrap();
    for (found, (key, _, _, state)) in found.iter().zip(&states) {
        assert_eq!((&*found.customer, found.state), (*key, *state));
    }
    let runs: Vec<_> = found.iter().map(|found| found.run).collect();
    assert_eq!(runs, [first, first, second, second]);
    assert_eq!(ledger.campaigns().unwrap(), ["spring"]);
    assert_eq!(ledger.campaign("autumn").unwrap(), []);
}

#[test]
fn a_forgotten_customer_has_no_notices() {
    let (folder, mut ledger) = ledger();
    let run = record(
        &mut ledger,
        &head("aa", "2024-03-31"),
        vec![graded("KH-42", "A")],
    );
    let writer = ledger.write(&who()).unwrap();
    let notices = [
        told("KH-42", level("A"), NoticeState::Told),
        told("KH-42", spring(), NoticeState::Told),
        told("K2", spring(), NoticeState::Told),
    ];
    writer.tell(run, "aa", &notices).unwrap();
    writer.commit().unwrap();
    let forgotten = ledger.forget("KH-42", &who()).unwrap();
    assert_eq!((forgotten.runs, forgotten.set), (1, 2));
    assert_eq!(ledger.told_levels(Subject::Grade).unwrap(), []);
    assert_eq!(ledger.campaign("spring").unwrap().len(), 1);
    assert_eq!(ledger.integrity_check().unwrap(), Vec::<String>::new());
    drop(ledger);
    for entry in folder.path().read_dir().unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"KH-42"));
    }
}
