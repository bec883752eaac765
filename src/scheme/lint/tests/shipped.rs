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
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let found = told(&linted(&fs::read_to_string(&path).unwrap()));
        // These two list twelve industries of a field of any text: a thirteenth has no band, which is true.
        let expected = if ["j1", "j1p"].contains(&name) {
            "gap: no band of `风险` covers 所属行业 = anything else | not covered: 所属行业 = anything else\n"
        } else {
            ""
        };
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn the_scheme_as_written_has_its_gap_with_values() {
    let source =
        fs::read_to_string(root().join("examples/annual-frequency/as-written.toml")).unwrap();
    assert_eq!(
        told(&linted(&source)),
        "gap: no grade covers 近12月消费额 = 999999 元, 月均购买次数 = 6 | \
         not covered: 近12月消费额 at most 1000000 元, such as 999999 元; 月均购买次数 above 5, such as 6\n"
    );
}
