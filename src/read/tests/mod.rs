//! Reads the files of `tests/data/read`, which other programs made (`make.py` there says how). The expected values are
//! the ones that were written into them.

mod broken;
mod damage;
mod hostile;
mod sheets;
mod text;
mod workbooks;

use super::*;
use crate::table::Cell;

pub(super) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/read")
        .join(name)
}

pub(super) fn read_with(
    name: &str,
    known: &[KnownSheet],
    options: &Options,
) -> Result<Vec<Table>, Vec<Finding>> {
    let input = Input::File {
        path: path(name),
        name: name.into(),
        worksheet: None,
    };
    open(&input, known, options, &|_, _| {})
}

pub(super) fn tables(name: &str) -> Vec<Table> {
    read_with(name, &[], &Options::default()).unwrap()
}

pub(super) fn table(name: &str) -> Table {
    let mut tables = tables(name);
    assert_eq!(tables.len(), 1, "{name}");
    tables.remove(0)
}

pub(super) fn error(name: &str) -> Finding {
    let findings = read_with(name, &[], &Options::default()).unwrap_err();
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.into_iter().next().unwrap()
}

pub(super) fn headers(table: &Table) -> Vec<&str> {
    table
        .headers
        .iter()
        .map(|header| header.text.as_str())
        .collect()
}

pub(super) fn texts(table: &Table) -> Vec<Vec<String>> {
    (0..table.rows.len())
        .map(|row| {
            let shown = |cell| match cell {
                Cell::Text(text) => text.to_owned(),
                Cell::Blank => String::new(),
                other => format!("{other:?}"),
            };
            table.rows.row(row).map(shown).collect()
        })
        .collect()
}

pub(super) fn numbers(table: &Table) -> Vec<u32> {
    (0..table.rows.len())
        .map(|row| table.rows.row_number(row))
        .collect()
}

pub(super) fn notes(table: &Table) -> Vec<String> {
    table
        .notes
        .iter()
        .map(|note| match &note.at {
            crate::diagnostic::At::Data(place) => {
                format!("{place} {}: {}", note.code.word(), note.title.en)
            }
            _ => note.title.en.clone(),
        })
        .collect()
}

pub(super) fn customers() -> KnownSheet {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    KnownSheet {
        name: "customers".into(),
        key: names(&["客户编号", "id"]),
        required: vec![names(&["客户名称", "名称"])],
        headers: names(&[
            "客户编号",
            "id",
            "客户名称",
            "名称",
            "年采购额",
            "增长率",
            "合作起始时间",
        ]),
        results: names(&["等级"]),
    }
}

/// Writes `bytes` to a file and reads it.
pub(super) fn read_bytes(
    bytes: &[u8],
    known: &[KnownSheet],
    options: &Options,
) -> Result<Vec<Table>, Vec<Finding>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    std::fs::write(&path, bytes).unwrap();
    open(
        &Input::File {
            path,
            name: "x.csv".into(),
            worksheet: None,
        },
        known,
        options,
        &|_, _| {},
    )
}
