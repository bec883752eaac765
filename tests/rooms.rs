//! Binary floating point stays where it has to be: in `predict`, which lets none of it out, where cells hold what
//! spreadsheets hold, and where pictures and workbooks are drawn. Nothing else that decides about a customer has it.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Files and folders of `src` that have floats, each with why.
const FLOATS: [(&str, &str); 22] = [
    ("predict/", "models are made of logarithms"),
    ("table/cell.rs", "cells as spreadsheets hold them"),
    ("table/raw_rows.rs", "holds such cells"),
    ("table/decimal.rs", "the door from and to such cells"),
    ("read/", "reads cells"),
    ("clean/date.rs", "makes days of serial numbers"),
    ("clean/date/", "makes days of serial numbers"),
    ("clean/number.rs", "makes exact numbers of cells"),
    ("clean/number/exact.rs", "makes exact numbers of cells"),
    ("clean/text.rs", "makes texts of cells"),
    ("ledger/cells.rs", "keeps cells bit by bit"),
    ("repair/same.rs", "compares cells"),
    ("compare/graded/rows.rs", "reads cells of graded files"),
    ("compare/fingerprint.rs", "reads cells of graded files"),
    ("present/inspection/mod.rs", "shows cells"),
    ("present/results/cells.rs", "shows cells"),
    ("present/shown.rs", "shows cells"),
    ("present/table.rs", "shows cells"),
    ("present/palette.rs", "draws"),
    ("present/palette/eyes.rs", "tells whether colours differ"),
    ("present/report/html/chart/", "draws"),
    ("present/workbook/", "writes cells"),
];

/// The code of all files below `src` with their paths from there, without tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut found = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name == "tests" || name == "tests.rs" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let place = path.strip_prefix(&root).unwrap().to_str().unwrap();
            found.push((place.replace('\\', "/"), code.to_owned()));
        }
    }
    found.sort();
    found
}

/// The lines of code that name a float.
fn floats(code: &str) -> impl Iterator<Item = &str> {
    code.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"))
        .filter(|line| line.contains("f64") || line.contains("f32"))
}

#[test]
fn floats_are_where_they_have_to_be_and_nowhere_else() {
    let sources = sources();
    let is_listed = |place: &str| FLOATS.iter().any(|(listed, _)| place.starts_with(listed));
    let mut wrong = vec![];
    for (place, code) in sources.iter().filter(|(place, _)| !is_listed(place)) {
        wrong.extend(floats(code).map(|line| format!("src/{place}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (listed, why) in FLOATS {
        let mut own = sources
            .iter()
            .filter(|(place, _)| place.starts_with(listed));
        assert!(
            own.any(|(_, code)| floats(code).next().is_some()),
            "src/{listed} ({why}) has no floats any more"
        );
    }
}

/// What other rooms can reach of `predict`: the types of the models are the room's own.
#[test]
fn no_float_comes_out_of_predict() {
    let mut wrong = vec![];
    for (place, code) in sources() {
        let is_inside = ["minimum", "special", "buying", "spending"]
            .iter()
            .any(|file| place == format!("predict/{file}.rs"));
        if !place.starts_with("predict/") || is_inside {
            continue;
        }
        let said = floats(&code).filter(|line| line.starts_with("pub "));
        wrong.extend(said.map(|line| format!("src/{place}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
