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
