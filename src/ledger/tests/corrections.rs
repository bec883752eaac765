//! What reviewers wrote that is no override.

use super::{date, head, ledger, who};
use crate::decide::{Hold, Override, Subject};
use crate::ledger::Action;
use crate::review::State;

#[test]
fn corrections_are_kept_with_what_became_of_them() {
    let (_folder, mut ledger) = ledger();
    let writer = ledger.write(&who()).unwrap();
    let run = writer.record_run(&head("1", "2024-03-31"), []).unwrap();
    let set = Override {
        id: 0,
        customer: "C1".into(),
        subject: Subject::Grade,
        hold: Hold::Floor,
        level: "A".into(),
        reason: "重点客户".into(),
        by: "张三".into(),
        from: None,
        until: Some(date("2024-12-31")),
        review_on: None,
    };
    let origin = Some("评级.xlsx[评级明细!T3]");
    let id = writer
        .keep_correction(&set, State::Disputed, origin, run.number())
        .unwrap();
    assert!(writer.turn_correction(id, State::Ended).unwrap());
    assert!(!writer.turn_correction(id + 1, State::Ended).unwrap());
    writer.note_refusal("C1", "grade A by 小王").unwrap();
    writer.commit().unwrap();
    let kept = ledger.corrections().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].set, Override { id, ..set });
    assert_eq!(kept[0].state, State::Ended);
    assert_eq!(kept[0].origin.as_deref(), origin);
    assert_eq!(kept[0].run, run.number());
    let actions: Vec<Action> = ledger
        .audit()
        .unwrap()
        .iter()
        .map(|line| line.action)
        .collect();
    assert_eq!(
        actions[1..],
        [Action::Review, Action::Review, Action::Refuse]
    );
    // Who is forgotten is forgotten here too.
    ledger.forget("C1", &who()).unwrap();
    assert_eq!(ledger.corrections().unwrap(), []);
}
