//! The schemes that are shipped are clean, and the one that is kept as a warning is not.

use super::{linted, told};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> Vec<PathBuf> {
    let mut paths = vec![root().join("rules.example.toml")];
    for folder in fs::read_dir(root().join("examples")).unwrap() {
        let rules = folder.unwrap().path().join("rules.toml");
        if rules.exists() {
            paths.push(rules);
        }
    }
    for scheme in fs::read_dir(root().join("benches/schemes")).unwrap() {
        paths.push(scheme.unwrap().path());
    }
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    paths
}

#[test]
fn shipped_schemes_are_clean() {
    let paths = shipped();
    assert!(paths.len() > 10, "{paths:?}");
    // These three list twelve industries of a field of any text: a thirteenth has no band, which is true. And who came in
    // 2025 has 20 points without a complaint and 60 with one, which is true as well.
    let known = "inversion: a rise in 合作起始时间 from 2023-12-31 to 2024-07-01 takes points of `稳定` from one customer and \
                 gives them to another | with 投诉次数 = 0: from 100 points to 60 points | with 投诉次数 = -1: from 20 points \
                 to 60 points\n\
                 inversion: a rise in 投诉次数 from 0 to 1 takes points of `稳定` from one customer and gives them to \
                 another | with 合作起始时间 = 2023-12-30: from 100 points to 60 points | with 合作起始时间 = 2025-01-01: \
                 from 20 points to 60 points\n\
                 gap: no band of `风险` covers 所属行业 = anything else | not covered: 所属行业 = anything else\n";
    let mut wrong = vec![];
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let found = told(&linted(&fs::read_to_string(&path).unwrap()));
        let expected = match name {
            "j1" | "j1p" | "j3" => known,
            _ => "",
        };
        if found != expected {
            wrong.push(format!("{}\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scheme_as_written_has_its_gap_with_values() {
    let source =
        fs::read_to_string(root().join("examples/annual-frequency/as-written.toml")).unwrap();
    assert_eq!(
        told(&linted(&source)),
        "gap: no grade covers 近12月消费额 = 999999 元, 月均购买次数 = 5.083333 | \
         not covered: 近12月消费额 at most 1000000 元, such as 999999 元; 月均购买次数 above 5, such as 5.083333 | \
         such a customer: 近12月消费额 = 999999 元, 近12月订单数 = 61\n"
    );
}
