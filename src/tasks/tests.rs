//! Days, spreading and states, over calls that are written down here; expected days are from a calendar on the wall.

use super::*;
use crate::scheme::model::Tasks;
use interval::Interval;

fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// China's working days of 2024, as the State Council announced them on 2023-10-25.
fn china() -> WorkingDays {
    let spans = |spans: &[&str]| {
        let span = |text: &&str| crate::table::Period::parse_span(text).unwrap();
        spans.iter().map(span).collect()
    };
    WorkingDays::new(&Tasks {
        follow_ups: None,
        holidays: spans(&["2024-09-15..2024-09-17", "2024-10-01..2024-10-07"]),
        workdays: spans(&["2024-09-14", "2024-09-29", "2024-10-12"]),
    })
}

fn call(customer: &str, title: &str, owner: Option<&str>, lead_days: i32, rule: Rule) -> Call {
    let why = match rule {
        Rule::Every(span) => WhyRule::Every(span),
        Rule::On(day) => WhyRule::On("到期日".into(), day),
        Rule::Now => WhyRule::When("x > 1".into()),
    };
    Call {
        customer: customer.into(),
        name: None,
        title: title.into(),
        owner: owner.map(Arc::from),
        why: Why {
            strategy: None,
            rule: why,
        },
        of: origin(),
        lead_days,
        rule,
    }
}

fn origin() -> Origin {
    Origin {
        as_of: day("2024-08-31"),
        strategy: 0,
        task: 0,
    }
}

fn every(customer: &str, owner: &str, span: Span) -> Call {
    call(customer, "visit", Some(owner), 0, Rule::Every(span))
}

fn run(as_of: &str, calls: Vec<Call>) -> Called {
    Called {
        as_of: day(as_of),
        calls,
    }
}

fn asked(from: &str, until: &str) -> Asked {
    Asked {
        from: day(from),
        until: day(until),
        alone: false,
    }
}

/// `customer due state`, a line a task.
fn shown(tasks: &[Task]) -> Vec<String> {
    let line = |task: &Task| {
        let state = match task.state {
            State::Overdue(days) => format!("overdue {days}"),
            State::Done(day) => format!("done {day}"),
            state => state.key().to_owned(),
        };
        format!("{} {} {state}", task.customer, task.due)
    };
    tasks.iter().map(line).collect()
}

const MONTH: Span = Span::Months(1);

#[test]
fn holidays_and_worked_weekends_move_days() {
    let days = china();
    for (from, after, before) in [
        ("2024-09-13", "2024-09-13", "2024-09-13"), // a Friday
        ("2024-09-14", "2024-09-14", "2024-09-14"), // a Saturday that is worked
        ("2024-09-15", "2024-09-18", "2024-09-14"),
        ("2024-09-21", "2024-09-23", "2024-09-20"),
        ("2024-10-01", "2024-10-08", "2024-09-30"),
        ("2024-10-13", "2024-10-14", "2024-10-12"),
    ] {
        let from = day(from);
        assert_eq!(days.on_or_after(from), day(after), "{from}");
        assert_eq!(days.on_or_before(from), day(before), "{from}");
    }
    let september = days.between(day("2024-09-01"), day("2024-09-30"));
    assert_eq!(september.len(), 21);
    // Who calls everything a holiday gets the day itself and no endless search.
    let never = WorkingDays::new(&Tasks {
        holidays: vec![(day("0001-01-01"), day("9999-12-31"))],
        ..Tasks::default()
    });
    assert_eq!(never.on_or_after(day("2024-09-15")), day("2024-09-15"));
    assert_eq!(never.on_or_after(day("9999-12-31")), day("9999-12-31"));
}

#[test]
fn intervals_are_blocks_of_the_calendar() {
    for (span, at, first, last) in [
        (MONTH, "2024-02-29", "2024-02-01", "2024-02-29"),
        (Span::Months(3), "2024-08-31", "2024-07-01", "2024-09-30"),
        (Span::Months(2), "2024-08-31", "2024-07-01", "2024-08-31"),
        (Span::Months(12), "2024-08-31", "2024-01-01", "2024-12-31"),
        (Span::Days(7), "2024-09-01", "2024-08-26", "2024-09-01"), // Monday to Sunday
        (Span::Days(7), "1969-12-30", "1969-12-29", "1970-01-04"),
        (Span::Days(1), "2024-09-01", "2024-09-01", "2024-09-01"),
        (
            Span::Months(120_000),
            "2024-09-01",
            "0001-01-01",
            "9999-12-31",
        ),
    ] {
        let interval = Interval::of(span, day(at));
        let got = (interval.first(), interval.last());
        assert_eq!(got, (Some(day(first)), Some(day(last))), "{span:?} {at}");
        let next = interval.next();
        assert_ne!(next.word(), interval.word());
        if let Some(begins) = next.first() {
            assert_eq!(begins, day(last).add_days(1).unwrap());
        }
    }
}

#[test]
fn the_customers_of_an_owner_are_spread_evenly() {
    let days = WorkingDays::default();
    for count in [1, 2, 7, 21, 22, 50, 300] {
        let mut calls: Vec<Call> = (0..count)
            .map(|number| every(&format!("C{number:03}"), "Ann", MONTH))
            .collect();
        calls.extend((0..5).map(|number| every(&format!("D{number}"), "Bob", MONTH)));
        // The order in which customers come must not matter.
        calls.reverse();
        let tasks = plan(
            &[run("2024-07-31", calls)],
            &FollowUps::default(),
            &days,
            &asked("2024-08-01", "2024-08-31"),
        );
        assert_eq!(tasks.len(), count + 5);
        let of_ann: Vec<&Task> = tasks
            .iter()
            .filter(|task| task.owner.as_deref() == Some("Ann"))
            .collect();
        let on: Vec<usize> = days
            .between(day("2024-08-01"), day("2024-08-31"))
            .iter()
            .map(|day| of_ann.iter().filter(|task| task.due == *day).count())
            .collect();
        assert_eq!(on.len(), 22);
        assert_eq!(on.iter().sum::<usize>(), count, "all on working days");
        let (most, least) = (on.iter().max().unwrap(), on.iter().min().unwrap());
        assert!(most - least <= 1, "{count}: {on:?}");
        // The keys go up with the days.
        let ids: Vec<&str> = of_ann.iter().map(|task| &*task.customer).collect();
        assert!(ids.is_sorted());
    }
}

#[test]
fn a_day_once_given_stays_and_those_who_come_get_what_is_left() {
    let quarter = Span::Months(3);
    let first = run("2024-06-30", vec![every("B", "Ann", quarter)]);
    let both = vec![every("A", "Ann", quarter), every("B", "Ann", quarter)];
    let second = run("2024-08-31", both);
    let tasks = plan(
        &[first, second],
        &FollowUps::default(),
        &WorkingDays::default(),
        &asked("2024-09-01", "2024-09-30"),
    );
    // B has the middle of 66 working days, the 34th: 15 August. A has the middle of the 21 of September.
    assert_eq!(
        shown(&tasks),
        ["B 2024-08-15 overdue 16", "A 2024-09-16 due"]
    );
}

#[test]
fn nobody_is_visited_again_before_an_interval_has_passed() {
    let calls = || run("2024-08-31", vec![every("A", "Ann", MONTH)]);
    // Alone, A has the 11th of September's 21 working days.
    for (last, expected) in [
        (None, "2024-09-16"),
        (Some("2024-08-05"), "2024-09-16"),
        (Some("2024-08-19"), "2024-09-19"),
        (Some("2024-08-21"), "2024-09-23"), // the 21st is a Saturday
        (Some("2024-08-31"), "2024-09-30"),
        (Some("2024-07-30"), "2024-09-16"),
    ] {
        let rows: Vec<(&str, Date, &str)> = last.iter().map(|last| ("A", day(last), "")).collect();
        let tasks = plan(
            &[calls()],
            &FollowUps::these(false, &rows),
            &WorkingDays::default(),
            &asked("2024-09-01", "2024-09-30"),
        );
        assert_eq!(shown(&tasks), [format!("A {expected} due")], "{last:?}");
    }
}

#[test]
fn a_follow_up_settles_what_was_open_and_only_its_own_title() {
    let months = ["2024-05-31", "2024-06-30", "2024-07-31", "2024-08-31"];
    let runs = months.map(|as_of| run(as_of, vec![every("A", "Ann", MONTH)]));
    let of = |rows: &[(&str, Date, &str)], by_title| {
        let follow_ups = FollowUps::these(by_title, rows);
        let span = asked("2024-06-01", "2024-08-31");
        shown(&plan(&runs, &follow_ups, &WorkingDays::default(), &span))
    };
    let none = [
        "A 2024-06-17 overdue 75",
        "A 2024-07-16 overdue 46",
        "A 2024-08-16 overdue 15",
    ];
    assert_eq!(of(&[], true), none);
    let late = day("2024-08-02");
    assert_eq!(of(&[("A", late, "call")], true), none);
    assert_eq!(of(&[("B", late, "visit")], true), none);
    // One visit in August is June's and July's, late, and August's.
    let done = |due: &str| format!("A {due} done 2024-08-02");
    let settled = ["2024-06-17", "2024-07-16", "2024-08-16"].map(done);
    assert_eq!(of(&[("A", late, "visit")], true), settled);
    assert_eq!(of(&[("A", late, "call")], false), settled);
    // One in July leaves August's, and not before a month has passed.
    let july = day("2024-07-20");
    assert_eq!(
        of(&[("A", july, "visit")], true),
        [
            "A 2024-06-17 done 2024-07-20",
            "A 2024-07-16 done 2024-07-20",
            "A 2024-08-20 overdue 11",
        ]
    );
}

#[test]
fn a_date_is_a_deadline() {
    let calls = |as_of: &str, on: &str| {
        let rule = Rule::On(day(on));
        run(as_of, vec![call("A", "renew", Some("Ann"), 30, rule)])
    };
    let of = |runs: &[Called], rows: &[(&str, Date, &str)], (from, until): (&str, &str)| {
        let follow_ups = FollowUps::these(true, rows);
        plan(runs, &follow_ups, &china(), &asked(from, until))
    };
    let quarter = ("2024-09-01", "2024-09-30");
    let tasks = of(&[calls("2024-08-31", "2024-10-03")], &[], quarter);
    assert_eq!(shown(&tasks), ["A 2024-09-30 due"]);
    // Thirty days before is Saturday, 31 August.
    assert_eq!(tasks[0].start, day("2024-08-30"));
    let early = [("A", day("2024-08-29"), "renew")];
    let tasks = of(&[calls("2024-08-31", "2024-10-03")], &early, quarter);
    assert_eq!(shown(&tasks), ["A 2024-09-30 due"], "before the reminder");
    let in_time = [("A", day("2024-08-30"), "renew")];
    let tasks = of(&[calls("2024-08-31", "2024-10-03")], &in_time, quarter);
    assert_eq!(shown(&tasks), ["A 2024-09-30 done 2024-08-30"]);
    // What was due after the span is not asked for.
    let spring = ("2024-04-01", "2024-06-30");
    let tasks = of(&[calls("2024-08-31", "2024-07-15")], &[], spring);
    assert_eq!(shown(&tasks), Vec::<String>::new());
    // Overdue for a year at most; who has renewed has another date, and calendars forget the old one.
    assert_eq!(
        shown(&of(&[calls("2024-08-31", "2024-01-03")], &[], quarter)),
        ["A 2024-01-03 overdue 241"]
    );
    assert_eq!(
        shown(&of(&[calls("2024-08-31", "2023-08-30")], &[], quarter)),
        Vec::<String>::new()
    );
    let renewed = [
        calls("2024-08-31", "2024-09-20"),
        calls("2024-09-10", "2026-09-20"),
    ];
    assert_eq!(
        shown(&of(&renewed, &[], ("2024-09-11", "2024-09-30"))),
        ["A 2024-09-20 dropped"]
    );
}

#[test]
fn a_condition_that_goes_on_to_hold_is_one_task() {
    let holds = |as_of: &str| run(as_of, vec![call("A", "ask", None, 2, Rule::Now)]);
    let holds_not = |as_of: &str| run(as_of, vec![]);
    let of = |runs: &[Called], rows: &[(&str, Date, &str)]| {
        let follow_ups = FollowUps::these(true, rows);
        let span = asked("2024-09-01", "2024-09-30");
        shown(&plan(runs, &follow_ups, &WorkingDays::default(), &span))
    };
    let (june, july, august) = ("2024-06-30", "2024-07-31", "2024-08-31");
    // Begun on Monday, 1 July, due two days later.
    let open = ["A 2024-07-03 overdue 59"];
    assert_eq!(of(&[holds(june), holds(july), holds(august)], &[]), open);
    // Done in July and it holds still: it is to be done again after July's run.
    let asked_once = [("A", day("2024-07-02"), "ask")];
    assert_eq!(
        of(&[holds(june), holds(july), holds(august)], &asked_once),
        ["A 2024-08-05 overdue 26"]
    );
    // It holds no more: nothing is to be done, and calendars forget what July called for.
    assert_eq!(
        of(&[holds_not(june), holds(july), holds_not(august)], &[]),
        ["A 2024-08-05 dropped"]
    );
    assert_eq!(
        of(&[holds(june), holds_not(july), holds(august)], &[]),
        ["A 2024-09-04 due"]
    );
}

#[test]
fn what_came_to_nothing_once_is_not_overdue_later() {
    let has = |as_of: &str| run(as_of, vec![every("A", "Ann", Span::Months(3))]);
    let has_not = |as_of: &str| run(as_of, vec![]);
    let runs = [has("2024-03-31"), has_not("2024-06-30"), has("2024-08-31")];
    let tasks = plan(
        &runs,
        &FollowUps::default(),
        &WorkingDays::default(),
        &asked("2024-09-01", "2024-12-31"),
    );
    // The second quarter's is gone; the third one's is on a day that is left.
    assert_eq!(shown(&tasks), ["A 2024-09-16 due", "A 2024-11-15 due"]);
}

#[test]
fn who_has_handed_a_task_over_finds_it_dropped() {
    let before = run("2024-08-31", vec![every("A", "Ann", MONTH)]);
    let now = run("2024-09-10", vec![every("A", "Bob", MONTH)]);
    let tasks = plan(
        &[before, now],
        &FollowUps::default(),
        &WorkingDays::default(),
        &asked("2024-09-11", "2024-09-30"),
    );
    let owners: Vec<(Option<&str>, State)> = tasks
        .iter()
        .map(|task| (task.owner.as_deref(), task.state))
        .collect();
    assert_eq!(
        owners,
        [(Some("Ann"), State::Dropped), (Some("Bob"), State::Due)]
    );
    assert_eq!(tasks[0].uid("s"), tasks[1].uid("s"));
}

#[test]
fn files_alone_call_for_what_was_due_before_too() {
    let alone = Asked {
        alone: true,
        ..asked("2024-08-01", "2024-09-30")
    };
    let follow_ups = FollowUps::these(false, &[("B", day("2024-08-20"), "")]);
    let calls = vec![every("A", "Ann", MONTH), every("B", "Ann", MONTH)];
    let tasks = plan(
        &[run("2024-08-31", calls)],
        &follow_ups,
        &WorkingDays::default(),
        &alone,
    );
    // Of 22 days those in the middle of each half: numbers 5 and 16; of September's 21: 5 and 15.
    assert_eq!(
        shown(&tasks),
        [
            "A 2024-08-08 overdue 23",
            "B 2024-08-23 done 2024-08-20",
            "A 2024-09-09 due",
            "B 2024-09-23 due",
        ]
    );
}

#[test]
fn a_task_keeps_its_name_and_no_other_has_it() {
    let task = |customer: &str, title: &str, interval: Option<&str>| Task {
        customer: customer.into(),
        name: None,
        title: title.into(),
        owner: None,
        why: Why {
            strategy: None,
            rule: WhyRule::Every(MONTH),
        },
        of: origin(),
        interval: interval.map(str::to_owned),
        start: day("2024-09-01"),
        due: day("2024-09-02"),
        state: State::Due,
        last: None,
    };
    let one = task("A", "visit", Some("m1-1"));
    let moved = Task {
        due: day("2024-09-20"),
        owner: Some("Bob".into()),
        state: State::Overdue(3),
        ..one.clone()
    };
    assert_eq!(one.uid("s"), moved.uid("s"));
    let others = [
        task("B", "visit", Some("m1-1")).uid("s"),
        task("A", "visits", Some("m1-1")).uid("s"),
        task("Av", "isit", Some("m1-1")).uid("s"),
        task("A", "visit", Some("m1-2")).uid("s"),
        task("A", "visit", None).uid("s"),
        one.uid("t"),
    ];
    assert!(others.iter().all(|other| *other != one.uid("s")));
}

#[test]
fn tasks_without_an_owner_are_told_with_their_customers() {
    let calls = ["B", "A"].map(|id| call(id, "visit", None, 0, Rule::Every(MONTH)));
    let tasks = plan(
        &[run("2024-08-31", calls.to_vec())],
        &FollowUps::default(),
        &WorkingDays::default(),
        &asked("2024-09-01", "2024-10-31"),
    );
    assert_eq!(tasks.len(), 4);
    let findings = without_owner(&tasks);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].title.en,
        "nobody is to do `visit` for 2 customers"
    );
    assert_eq!(findings[0].notes[0].en, "they are `A`, `B`");
}
