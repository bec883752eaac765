//! The models on made-up customers: what the papers' formulas give at places where they can be worked out otherwise.

use super::*;

const FOUND: Buying = Buying {
    r: 0.243,
    alpha: 4.414,
    a: 0.793,
    b: 2.426,
};

fn own(repeats: u32, last: u32, age: u32) -> Purchases {
    Purchases { repeats, age, last }
}

fn expected(model: &Buying, own: Purchases, ahead: u32) -> f64 {
    Orders::new(model, ahead).of(own)
}

/// The paper's example: customer 0001 of CDNOW's sample, `x = 2`, `t_x = 30.43`, `T = 38.86`, expects 1.226 in 39 weeks.
#[test]
fn the_customer_of_the_paper_is_expected_to_buy_as_often_as_there() {
    let expected = expected(&FOUND, own(2, 213, 272), 273);
    assert!((expected - 1.226).abs() < 1e-3, "{expected}");
}

/// Expectations of a longer time are those of its parts, and no formula knows that: the sum over the days of a year of
/// what is expected of the day, which for a single day is rate times being active.
#[test]
fn expectations_grow_with_the_time_and_start_at_nothing() {
    for own in [
        own(0, 0, 0),
        own(0, 0, 300),
        own(3, 100, 300),
        own(40, 290, 300),
    ] {
        let mut before = 0.0;
        assert!(expected(&FOUND, own, 0).abs() < 1e-12);
        for ahead in [1, 7, 30, 365, 3650] {
            let now = expected(&FOUND, own, ahead);
            assert!(now > before, "{own:?} {ahead}: {now}");
            before = now;
        }
    }
}

/// For a day ahead almost only the rate counts: (r + x) / (alpha + T) in a week, if still active. The denominator of a
/// customer who may leave again is the next term.
#[test]
fn a_short_time_ahead_is_rate_times_being_active() {
    for a in [0.5, 1.0, 1.000_001, 2.0, 30.0] {
        let model = Buying { a, ..FOUND };
        for own in [own(0, 0, 700), own(2, 500, 700), own(9, 690, 700)] {
            let rate = (model.r + f64::from(own.repeats)) / (model.alpha + 100.0);
            let expected = expected(&model, own, 1);
            let simple = rate / 7.0 * model.active(own);
            assert!(
                (expected / simple - 1.0).abs() < 0.02,
                "{a} {own:?}: {expected} {simple}"
            );
        }
    }
}

/// Around a = 1, where the published formula divides by zero, nothing happens.
#[test]
fn a_of_one_is_no_special_place() {
    let at = |a| expected(&Buying { a, ..FOUND }, own(2, 213, 272), 273);
    let (below, at_one, above) = (at(0.999_999), at(1.0), at(1.000_001));
    assert!((below - at_one).abs() < 1e-5 && (above - at_one).abs() < 1e-5);
    assert!(above < at_one && at_one < below);
}

#[test]
fn who_bought_once_has_not_left_and_who_stopped_long_ago_has() {
    assert!((FOUND.active(own(0, 0, 3000)) - 1.0).abs() < f64::EPSILON);
    assert!(FOUND.active(own(20, 10, 3000)) < 1e-6);
    assert!(FOUND.active(own(20, 2990, 3000)) > 0.9);
}

#[test]
fn purchases_are_those_up_to_the_day() {
    let days = [10, 17, 40];
    assert_eq!(Purchases::until(&days, 9), None);
    assert_eq!(Purchases::until(&days, 10), Some(own(0, 0, 0)));
    assert_eq!(Purchases::until(&days, 39), Some(own(1, 7, 29)));
    assert_eq!(Purchases::until(&days, 50), Some(own(2, 30, 40)));
}

#[test]
fn estimates_have_four_digits() {
    for (estimate, expected) in [
        (1.225_994, Some("1.226")),
        (0.000_123_456, Some("0.000123")),
        (1e-9, Some("0")),
        (123_456.7, Some("123500")),
        (f64::NAN, None),
        (f64::INFINITY, None),
        (1e13, None),
    ] {
        assert_eq!(
            rounded(estimate).map(|found| found.to_string()).as_deref(),
            expected,
            "{estimate}"
        );
    }
}

#[test]
fn data_that_cannot_carry_the_model_is_refused() {
    let once: Vec<Purchases> = (0..1000).map(|age| own(0, 0, age)).collect();
    assert_eq!(BuyingFit::new(once.clone()), Err(Refusal::TooFew(0)));
    let mut few = once;
    few.extend((0..29).map(|age| own(1, age + 1, age + 50)));
    assert_eq!(BuyingFit::new(few), Err(Refusal::TooFew(29)));
    // Everybody buys every week and nobody ever stops.
    let equal = vec![own(50, 350, 350); 500];
    let refused = BuyingFit::new(equal).unwrap_err();
    assert!(
        matches!(
            refused,
            Refusal::TooSmall(..) | Refusal::TooLarge(..) | Refusal::NoEnd
        ),
        "{refused:?}"
    );
    // Everybody comes again, and almost nobody pays.
    let payers = vec![
        Spent {
            repeats: 2,
            sum: 5_000_000
        };
        29
    ];
    assert_eq!(SpendingFit::new(payers), Err(Refusal::TooFewSpend(29)));
    // Everybody spends the same.
    let equal = vec![
        Spent {
            repeats: 3,
            sum: 300_000_000
        };
        500
    ];
    let refused = SpendingFit::new(equal).unwrap_err();
    assert!(
        matches!(
            refused,
            Refusal::TooSmall(..) | Refusal::TooLarge(..) | Refusal::NoEnd
        ),
        "{refused:?}"
    );
}

#[test]
fn a_reason_speaks_of_what_its_model_is_of() {
    let buying = Refusal::TooLarge(Of::Buying, "b").reason();
    assert!(buying.en.contains("b is above 10000") && buying.en.contains("stops buying"));
    let spending = Refusal::TooLarge(Of::Spending, "p").reason();
    assert!(spending.en.contains("p is above 10000") && !spending.en.contains("buying"));
    let few = Refusal::TooFewSpend(3).reason();
    assert!(
        few.en
            .contains("only 3 customers have repeat purchases above 0")
    );
}
