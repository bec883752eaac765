//! Distances hold: the value that `explain` names gives the grade that it names when everybody is graded again with it,
//! one step less does not, and no value that lies nearer changes the grade likewise.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

#[path = "distance/examples.rs"]
mod examples;
#[path = "distance/schemes.rs"]
mod schemes;
#[path = "distance/sheets.rs"]
mod sheets;
#[path = "distance/types.rs"]
mod types;

/// At least so many values of an example's customers change the grade or nearly do.
fn example(name: &str, least: usize) {
    let tried = examples::example(name);
    assert!(examples::grades(name) > 1, "{name}");
    assert!(tried * 500 >= least * examples::cases(), "{name}: {tried}");
}

#[test]
fn of_purchase_values() {
    example("purchase-value", 800);
}

#[test]
fn of_weighted_dimensions() {
    example("b2b-weighted", 1500);
}

#[test]
fn of_hotel_guests() {
    example("hotel-guests", 1500);
}

#[test]
fn of_members() {
    example("ecommerce-members", 1000);
}

#[test]
fn of_ranks() {
    example("abc-share", 1000);
}

#[test]
fn of_orders() {
    example("annual-frequency", 1000);
}

#[test]
fn of_orders_where_their_amounts_change() {
    let tried = examples::amounts_of_orders();
    assert!(tried * 500 >= 100 * examples::cases(), "{tried}");
}

#[test]
fn of_months_nothing_is_said() {
    assert_eq!(examples::example("monthly-consumption"), 0);
}

/// Rules move its grades: the distances are of the grade that the values give, and of the sum of a month none is told.
#[test]
fn of_a_year() {
    example("b2b-year", 500);
}

#[test]
fn of_service() {
    example("service", 1000);
}

#[test]
fn of_the_reference() {
    example("reference", 1500);
}

/// High value and stable is 战略型: which value makes it another type.
#[test]
fn of_types() {
    for (name, least) in [("b2b-weighted", 1000), ("b2b-year", 500)] {
        let tried = types::tried(name);
        assert!(tried * 500 >= least * examples::cases(), "{name}: {tried}");
    }
}

#[test]
fn everybody_is_told_the_nearest_where_conditions_are_on_single_values() {
    for name in [
        "b2b-weighted",
        "hotel-guests",
        "ecommerce-members",
        "purchase-value",
    ] {
        let (told, could) = examples::nearest(name);
        assert_eq!(told, could, "{name}");
        assert!(told > examples::cases() / 4, "{name}: {told}");
    }
}

/// How many random schemes: 200, or as many as `REGRADE_DISTANCE_SCHEMES` says.
fn schemes() -> u64 {
    let set = std::env::var("REGRADE_DISTANCE_SCHEMES").ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(200)
}

#[test]
fn of_random_schemes() {
    let counts: Vec<(usize, usize, usize)> = (0..schemes()).map(schemes::tried).collect();
    let sum = |part: fn(&(usize, usize, usize)) -> usize| counts.iter().map(part).sum::<usize>();
    let (tried, grid, undecided) = (sum(|c| c.0), sum(|c| c.1), sum(|c| c.2));
    println!("{tried} tried, {grid} of grids, {undecided} not worked out");
    assert!(tried as u64 >= 8 * schemes(), "{tried}");
    assert!(grid as u64 >= 100 * schemes(), "{grid}");
}
