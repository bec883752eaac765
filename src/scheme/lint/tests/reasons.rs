//! Whom findings are about and the reasons that they give: movement, limits of dates, parts of conditions.

use super::{linted, told, with_fields};
use crate::diagnostic::{Code, Severity};

/// Two weighted dimensions; `m` has points that no cut of 50 feels.
const WEIGHTED: &str = "\
    [[dimensions]]\nname = \"d\"\nweight = 80\nbands = [{ label = \"a\", when = \"n >= 5\", points = 100 }, { label = \"b\", points = 0 }]\n\
    [[dimensions]]\nname = \"e\"\nweight = 20\nbands = [{ label = \"a\", when = \"m < 3\", points = 100 }, { label = \"b\", points = 0 }]\n";

fn codes(source: &str) -> Vec<(Code, Severity)> {
    let found = linted(source);
    found
        .iter()
        .map(|finding| (finding.code, finding.severity))
        .collect()
}

#[test]
fn a_dimension_that_moves_or_keeps_a_grade_has_an_effect() {
    let grades = |keep: &str, movement: &str| {
        with_fields(&format!(
            "{WEIGHTED}[[grades]]\nname = \"A\"\nwhen = \"score >= 50\"\n{keep}[[grades]]\nname = \"B\"\n{movement}"
        ))
    };
    assert_eq!(
        codes(&grades("", "")),
        [(Code::NoEffect, Severity::Warning)]
    );
    let follow = "[[movement]]\notherwise = \"follow\"\n";
    assert_eq!(
        codes(&grades("", follow)),
        [(Code::NoEffect, Severity::Warning)]
    );
    assert_eq!(codes(&grades("keep = \"score >= 15\"\n", follow)), []);
    let rule = "[[movement]]\nrules = [{ name = \"up\", when = \"score >= 95\", to = \"A\" }]\n";
    assert_eq!(codes(&grades("", rule)), []);
    let eligible = "[[movement]]\notherwise = \"follow\"\neligible = \"points(e) > 0\"\n";
    assert_eq!(codes(&grades("", eligible)), []);
}

#[test]
fn a_grade_that_only_movement_gives_is_a_note() {
    let grades = |movement: &str| {
        with_fields(&format!(
            "[[grades]]\nname = \"A\"\nwhen = \"n < 0\"\n[[grades]]\nname = \"B\"\n[[movement]]\n{movement}"
        ))
    };
    let up = "rules = [{ name = \"up\", when = \"x > 1\", to = \"A\" }]\n";
    for leads in [up, "initial = \"A\"\notherwise = \"follow\"\n"] {
        let source = grades(leads);
        assert_eq!(
            codes(&source),
            [(Code::Shadowed, Severity::Note)],
            "{source}"
        );
        let told = told(&linted(&source));
        assert!(
            told.starts_with("shadowed: the values never give `A`: no value"),
            "{told}"
        );
    }
    let source = grades("initial = \"B\"\notherwise = \"follow\"\n");
    assert_eq!(codes(&source), [(Code::Shadowed, Severity::Warning)]);
}

#[test]
fn dates_keep_within_their_limits() {
    let scheme = |limits: &str| {
        with_fields(
            "[[grades]]\nname = \"A\"\nwhen = \"years(day) >= 3\"\n\
             [[grades]]\nname = \"B\"\nwhen = \"years(day) between 0 and 2\"\n",
        )
        .replace("type = \"date\" }", &format!("type = \"date\"{limits} }}"))
    };
    assert_eq!(codes(&scheme("")), [(Code::Gap, Severity::Warning)]);
    assert_eq!(codes(&scheme(", max = \"as_of\"")), []);
    assert_eq!(codes(&scheme(", max = 2024-12-31")), []);
    // Tests lint as of 2024-12-31: a day two years later is -2 years away.
    assert_eq!(
        codes(&scheme(", max = 2026-12-31")),
        [(Code::Gap, Severity::Warning)]
    );
    // One who may come after today was known in an earlier file.
    let later = scheme(", min = \"as_of\"");
    let found: Vec<Code> = codes(&later).into_iter().map(|(code, _)| code).collect();
    assert_eq!(found, [Code::Gap]);
}

#[test]
fn the_part_that_fails_is_named() {
    let scheme = |when: &str| {
        with_fields(&format!(
            "{WEIGHTED}[[grades]]\nname = \"A\"\nwhen = \"score >= 20\"\n\
             [[grades]]\nname = \"B\"\nwhen = \"score > 20\"\n[[grades]]\nname = \"C\"\n\
             [[types]]\nname = \"T\"\nwhen = \"{when}\"\n[[types]]\nname = \"U\"\n"
        ))
    };
    let of_type = |when: &str| {
        let found = linted(&scheme(when));
        let finding = found
            .iter()
            .find(|finding| finding.title.en.contains("`T`"))
            .unwrap();
        let notes: Vec<String> = finding.notes.iter().map(|note| note.en.clone()).collect();
        (notes, finding.help.as_ref().unwrap().en.clone())
    };
    let (notes, help) = of_type("ok = true and grade = 'B'");
    assert_eq!(notes, ["`grade = 'B'` never holds"]);
    assert!(!help.contains("`or`"), "{help}");
    let (notes, help) = of_type("score > 10 and city = 'X' and city = 'Y'");
    assert_eq!(notes, ["`city = 'X'` and `city = 'Y'` never hold together"]);
    assert!(help.contains("`or`"), "{help}");
}

#[test]
fn where_a_list_stops_at_what_is_unknown_that_is_the_reason() {
    let scheme = with_fields(
        "[[dimensions]]\nname = \"d\"\nbands = [\n\
         { label = \"near\", when = \"days(day) <= 30\" }, { label = \"far\", when = \"days(day) > 30\" },\n\
         { label = \"none\", when = \"day is null\" }]\n",
    );
    let told = told(&linted(&scheme));
    assert_eq!(
        told,
        "shadowed: `none` is never reached: where it holds, `near` before it is unknown, and the list stops there\n"
    );
}

#[test]
fn a_metric_of_days_keeps_within_the_rows_that_there_are() {
    let scheme = |metric: &str, bands: &str| {
        with_fields(&format!(
            "[[metrics]]\nname = \"seen\"\nfrom = \"orders\"\n{metric}\n\
             [[dimensions]]\nname = \"d\"\nbands = [{bands}]\n"
        ))
    };
    let last = "value = \"max(on)\"";
    // No row lies after the day as of which it is graded.
    let ages = "{ label = \"near\", when = \"days(seen) between 0 and 30\" }, { label = \"far\", when = \"days(seen) > 30\" }";
    for function in ["max", "min", "first", "last"] {
        let metric = format!("value = \"{function}(on)\"");
        assert_eq!(codes(&scheme(&metric, ages)), [], "{function}");
    }
    let later = "{ label = \"later\", when = \"seen > '2024-12-31'\" }, { label = \"rest\" }";
    let told_of = told(&linted(&scheme(last, later)));
    assert!(
        told_of.starts_with("shadowed: `later` is never reached"),
        "{told_of}"
    );
    let today = later.replace("> '2024", ">= '2024");
    assert_eq!(codes(&scheme(last, &today)), []);
    // Twelve months back from the last day of 2024: from the first of January on.
    let window = "value = \"max(on)\"\nwithin = \"12 months\"";
    let old = |sign: &str| {
        format!(
            "{{ label = \"old\", when = \"seen {sign} '2024-01-01'\" }}, {{ label = \"rest\" }}"
        )
    };
    assert_eq!(codes(&scheme(window, &old("<="))), []);
    assert_eq!(
        codes(&scheme(window, &old("<"))),
        [(Code::Shadowed, Severity::Warning)]
    );
    assert_eq!(codes(&scheme(last, &old("<"))), []);
    // So does what `where` says of the day itself.
    let asked = "value = \"max(on)\"\nwhere = \"on >= '2024-01-01'\"";
    assert_eq!(
        codes(&scheme(asked, &old("<"))),
        [(Code::Shadowed, Severity::Warning)]
    );
}

#[test]
fn points_that_are_not_seen_through_are_said_to_be_undecided() {
    // Two that are rounded to whole points: no sum of the fields says where their score turns.
    let scheme = |round: &str| {
        with_fields(&format!(
            "[[dimensions]]\nname = \"d\"\nweight = 50\npoints = \"{round}(clamp(x, 0, 40))\"\n\
             [[dimensions]]\nname = \"e\"\nweight = 50\npoints = \"{round}(clamp(y, 0, 40))\"\n\
             [[grades]]\nname = \"A\"\nwhen = \"score > 40\"\n[[grades]]\nname = \"B\"\nwhen = \"score <= 40\"\n"
        ))
    };
    let seen = linted(&scheme("abs"));
    let found: Vec<(Code, Severity)> = seen
        .iter()
        .map(|finding| (finding.code, finding.severity))
        .collect();
    assert_eq!(found, [(Code::Shadowed, Severity::Warning)]);
    let not_seen = linted(&scheme("round"));
    let undecided = not_seen.iter().any(crate::scheme::lint::is_undecided);
    assert!(
        undecided
            || not_seen
                .iter()
                .any(|finding| finding.code == Code::Shadowed),
        "{not_seen:#?}"
    );
    assert!(
        not_seen
            .iter()
            .all(|finding| finding.code != Code::Gap || finding.severity == Severity::Note)
    );
}
