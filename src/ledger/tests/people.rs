//! What people set: overrides, proposals, marks, and the lines that say so.

use super::*;
use crate::decide::{Hold, Override, Subject};
use crate::grading::Settled;
use crate::ledger::{Ended, NewMark, NewProposal, Resolution, RunNumber, State};

fn set(customer: &str, from: Option<&str>, until: Option<&str>) -> Override {
    Override {
        id: 0,
        customer: customer.into(),
        subject: Subject::Grade,
        hold: Hold::Floor,
        level: "高级".into(),
        reason: "合同约定".into(),
        by: "李".into(),
        from: from.map(date),
        until: until.map(date),
        review_on: Some(date("2024-12-31")),
    }
}

#[test]
fn overrides_count_until_they_end() {
    let (_folder, mut ledger) = ledger();
    let writer = ledger.write(&who()).unwrap();
    let first = set("A", None, None);
    let id = writer
        .set_override(&first, Some("评级.xlsx[Sheet1!F3]"))
        .unwrap();
    let second = writer
        .set_override(&set("B", Some("2024-02-01"), Some("2024-05-31")), None)
        .unwrap();
    writer.commit().unwrap();
    let on = |ledger: &Ledger, day: &str| -> Vec<i64> {
        let live = ledger.overrides_on(date(day)).unwrap();
        live.iter().map(|set| set.id).collect()
    };
    assert_eq!(on(&ledger, "2024-01-31"), [id]);
    assert_eq!(on(&ledger, "2024-05-31"), [id, second]);
    assert_eq!(on(&ledger, "2024-06-30"), [id]);
    let writer = ledger.write(&who()).unwrap();
    assert!(
        writer
            .end_override(id, date("2024-04-30"), "合同到期")
            .unwrap()
    );
    assert!(
        !writer
            .end_override(id, date("2024-04-30"), "again")
            .unwrap()
    );
    assert!(!writer.end_override(99, date("2024-04-30"), "none").unwrap());
    writer.commit().unwrap();
    // Runs as of earlier dates still have it.
    assert_eq!(on(&ledger, "2024-04-29"), [id, second]);
    assert_eq!(on(&ledger, "2024-04-30"), [second]);
    let stored = &ledger.overrides().unwrap()[0];
    assert_eq!(
        stored.set,
        Override {
            id,
            until: Some(date("2024-04-29")),
            ..first
        }
    );
    assert_eq!(stored.origin.as_deref(), Some("评级.xlsx[Sheet1!F3]"));
    assert_eq!(
        stored.ended,
        Some(Ended {
            on: date("2024-04-30"),
            at: who().at,
            by: "王".to_owned(),
            reason: "合同到期".to_owned(),
            after: RunNumber(0),
        })
    );
    assert_eq!(ledger.overrides_of("B").unwrap().len(), 1);
    let lines: Vec<(String, String)> = ledger
        .audit()
        .unwrap()
        .into_iter()
        .map(|line| (line.action.key().to_owned(), line.subject))
        .collect();
    let line = |action: &str, subject: &str| (action.to_owned(), subject.to_owned());
    assert_eq!(
        lines,
        [
            line("set-override", "A"),
            line("set-override", "B"),
            line("end-override", "A")
        ]
    );
}

#[test]
fn a_proposal_is_taken_down_once_and_decided_once() {
    let (_folder, mut ledger) = ledger();
    let proposed = NewProposal {
        customer: "A".into(),
        subject: Subject::Grade,
        level: "高级".into(),
        reason: "增长快".into(),
        by: "李".into(),
        date: date("2024-03-05"),
        origin: None,
    };
    let writer = ledger.write(&who()).unwrap();
    let id = writer.propose(&proposed).unwrap().unwrap();
    // Said again with another reason it is the same proposal.
    let again = NewProposal {
        reason: "还是".into(),
        ..proposed.clone()
    };
    assert_eq!(writer.propose(&again).unwrap(), None);
    let other = NewProposal {
        date: date("2024-03-06"),
        ..proposed.clone()
    };
    let second = writer.propose(&other).unwrap().unwrap();
    let number = writer.set_override(&set("A", None, None), None).unwrap();
    assert!(writer.accept(id, number, "同意").unwrap());
    assert!(!writer.reject(id, "不同意").unwrap());
    assert!(writer.reject(second, "不同意").unwrap());
    writer.commit().unwrap();
    assert_eq!(ledger.proposals(Some(State::Pending)).unwrap(), []);
    let all = ledger.proposals(None).unwrap();
    assert_eq!((all[0].state, all[0].set), (State::Accepted, Some(number)));
    assert_eq!((all[1].state, all[1].set), (State::Rejected, None));
    assert_eq!(all[0].proposed, proposed);
    assert_eq!(
        all[1].decided,
        Some((who().at, "王".to_owned(), "不同意".to_owned()))
    );
}

#[test]
fn a_mark_stays_until_somebody_has_looked() {
    let (_folder, mut ledger) = ledger();
    let run = record(&mut ledger, &head("aa", "2024-03-31"), vec![]);
    let next = record(&mut ledger, &head("bb", "2024-04-30"), vec![]);
    let mark = |due: &str| NewMark {
        customer: "A".into(),
        rule: "大额".into(),
        owner: Some("李".into()),
        due: Some(date(due)),
    };
    let writer = ledger.write(&who()).unwrap();
    assert_eq!(writer.mark(run, [mark("2024-04-05")]).unwrap(), 1);
    assert_eq!(writer.mark(next, [mark("2024-05-05")]).unwrap(), 0);
    let open = writer.marks(true).unwrap();
    assert_eq!(
        (open[0].first_run, &open[0].mark),
        (run, &mark("2024-04-05"))
    );
    assert!(
        writer
            .resolve(open[0].id, Resolution::Confirmed, "属实")
            .unwrap()
    );
    assert!(
        !writer
            .resolve(open[0].id, Resolution::Corrected, "again")
            .unwrap()
    );
    assert_eq!(writer.marks(true).unwrap(), []);
    // Once resolved, the rule may find the customer again.
    assert_eq!(writer.mark(next, [mark("2024-05-05")]).unwrap(), 1);
    writer.commit().unwrap();
    let all = ledger.marks(false).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        all[0].resolved,
        Some((
            Resolution::Confirmed,
            who().at,
            "王".to_owned(),
            "属实".to_owned()
        ))
    );
}

#[test]
fn a_run_knows_what_was_done_before_it_and_not_what_was_done_since() {
    let (_folder, mut ledger) = ledger();
    let first = record(&mut ledger, &head("aa", "2024-01-31"), vec![]);
    let writer = ledger.write(&who()).unwrap();
    let until = set("A", None, Some("2024-12-31"));
    let id = writer.set_override(&until, None).unwrap();
    writer.commit().unwrap();
    // All in one second, which the numbers of the runs tell apart.
    let second = record(&mut ledger, &head("bb", "2024-02-29"), vec![]);
    let writer = ledger.write(&who()).unwrap();
    writer.end_override(id, date("2024-02-01"), "改").unwrap();
    writer.commit().unwrap();
    let third = record(&mut ledger, &head("cc", "2024-03-31"), vec![]);
    let stored = &ledger.overrides().unwrap()[0];
    let last = |run: RunNumber| stored.known_to(run).map(|set| set.until);
    assert_eq!(last(first), None);
    assert_eq!(last(second), Some(Some(date("2024-12-31"))));
    assert_eq!(last(third), Some(Some(date("2024-01-31"))));
}

#[test]
fn a_review_is_settled_for_runs_from_the_date_on_that_asked_for_it() {
    let (_folder, mut ledger) = ledger();
    let mark = |customer: &str| NewMark {
        customer: customer.into(),
        rule: "大额".into(),
        owner: None,
        due: None,
    };
    let run = record(&mut ledger, &head("aa", "2024-03-31"), vec![]);
    let writer = ledger.write(&who()).unwrap();
    writer.mark(run, [mark("B"), mark("A")]).unwrap();
    writer.commit().unwrap();
    let waiting = record(&mut ledger, &head("bb", "2024-04-30"), vec![]);
    let writer = ledger.write(&who()).unwrap();
    for open in writer.marks(true).unwrap() {
        writer
            .resolve(open.id, Resolution::Confirmed, "属实")
            .unwrap();
    }
    writer.commit().unwrap();
    let free = record(&mut ledger, &head("cc", "2024-05-31"), vec![]);
    let on = |day: &str, run| ledger.settled(date(day), run).unwrap();
    let both = ["A", "B"].map(|customer| Settled {
        customer: customer.into(),
        rule: "大额".into(),
    });
    assert_eq!(on("2024-03-30", None), []);
    assert_eq!(on("2024-03-31", None), both);
    assert_eq!(on("2024-05-31", Some(waiting)), []);
    assert_eq!(on("2024-05-31", Some(free)), both);
}
