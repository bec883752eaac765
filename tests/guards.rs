//! Workbooks read in a process of their own: the same as in this one, and whatever happens to that process is a finding.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use regrade::diagnostic::{Code, Finding};
use regrade::read::{Guard, Input, Options, Table, open};
use std::io::{Cursor, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn read(path: &Path, guard: Guard) -> Result<Vec<Table>, Vec<Finding>> {
    let input = Input::File {
        path: path.to_owned(),
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        worksheet: None,
    };
    let options = Options {
        guard,
        ..Options::default()
    };
    let result = open(&input, &[], &options, &|_, _| {});
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    assert_eq!(children, "", "no process is left behind");
    result
}

fn apart() -> Guard {
    Guard {
        process: Some(env!("CARGO_BIN_EXE_regrade").into()),
        ..Guard::default()
    }
}

/// All files below a folder with one of these endings.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            files(&path, endings, found);
        } else if endings.contains(&&*ending) {
            found.push(path);
        }
    }
}

#[test]
fn every_workbook_in_reach_reads_the_same_in_a_process_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![];
    for folder in ["tests", "examples"] {
        files(
            &root.join(folder),
            &["xls", "xlsb", "ods", "xlsx"],
            &mut found,
        );
    }
    assert!(found.len() >= 30, "{found:?}");
    for path in found {
        let here = format!("{:#?}", read(&path, Guard::default()));
        let there = format!("{:#?}", read(&path, apart()));
        assert_eq!(here, there, "{}", path.display());
    }
}

/// A library holds the texts that cells share one by one; where they are many, an xlsx that is not plain is read apart too.
#[test]
fn an_xlsx_with_many_texts_reads_the_same_in_a_process_of_its_own() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet
        .write_row(0, 0, ["客户编号", "客户名称", "增长率"])
        .unwrap();
    let percent = rust_xlsxwriter::Format::new().set_num_format("0.0%");
    for row in 1..20_000 {
        sheet.write(row, 0, format!("{row:09}")).unwrap();
        sheet
            .write(row, 1, format!("第 {row} 家客户 {}", "名称".repeat(20)))
            .unwrap();
        sheet
            .write_with_format(row, 2, f64::from(row) / 1000.0, &percent)
            .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.xlsx");
    let plain = book.save_to_buffer().unwrap();
    let less = Guard {
        memory: 64 << 20,
        ..apart()
    };
    // Where it was read is seen by what happens without the other process.
    let nobody = Guard {
        process: Some("/nobody".into()),
        ..less.clone()
    };
    std::fs::write(&path, &plain).unwrap();
    let scanned = read(&path, nobody.clone()).unwrap();
    assert_eq!(scanned[0].rows.len(), 19_999);
    std::fs::write(&path, with_a_comment(&plain)).unwrap();
    assert_eq!(read(&path, nobody).unwrap_err()[0].code, Code::Unreadable);
    for guard in [less, Guard::default()] {
        let tables = read(&path, guard).unwrap();
        assert!(tables[0].rows.has_cells_of(&scanned[0].rows));
        assert_eq!(
            format!("{:?}", tables[0].headers),
            format!("{:?}", scanned[0].headers)
        );
    }
}

/// A workbook with a comment in its worksheet, which the fast scan leaves to calamine.
fn with_a_comment(workbook: &[u8]) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let mut xml = String::new();
        part.read_to_string(&mut xml).unwrap();
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(part.name().unwrap(), options).unwrap();
        let xml = xml.replace("<sheetData>", "<!-- odd --><sheetData>");
        writer.write_all(xml.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads a workbook with a program in regrade's place, which has little time.
fn with_program(program: &str) -> Finding {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("program");
    std::fs::write(&script, format!("#!/bin/sh\n{program}\n")).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/read/customers.xls");
    let guard = Guard {
        process: Some(script),
        seconds: 1,
        ..Guard::default()
    };
    let mut findings = read(&path, guard).unwrap_err();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = findings.remove(0);
    assert!(finding.title.en.contains("`customers.xls`"), "{finding:?}");
    assert!(finding.help.is_some(), "{finding:?}");
    finding
}

#[test]
fn however_the_process_ends_the_file_is_refused_with_the_reason() {
    for (program, code, why) in [
        ("exit 1", Code::BadFormat, "exit status: 1"),
        ("exit 0", Code::BadFormat, "exit status: 0"),
        ("kill -SEGV $$", Code::BadFormat, "signal: 11 (SIGSEGV)"),
        (
            "echo what no reader of regrade says; exec sleep 60",
            Code::BadFormat,
            "makes no sense",
        ),
        ("exec yes", Code::BadFormat, "makes no sense"),
        // It closes its standard output and does not end by itself.
        (
            "exec yes nonsense >&2",
            Code::BadFormat,
            "signal: 9 (SIGKILL)",
        ),
        (
            "while :; do echo nonsense >&2; done",
            Code::TooLarge,
            "longer than 1 seconds",
        ),
        ("exec sleep 60", Code::TooLarge, "longer than 1 seconds"),
        ("kill -XCPU $$", Code::TooLarge, "longer than 1 seconds"),
        (
            "echo 'memory allocation of 99 bytes failed' >&2; kill -ABRT $$",
            Code::TooLarge,
            "more than 512 MiB",
        ),
        (
            "echo 'thread main has overflowed its stack' >&2; kill -ABRT $$",
            Code::BadFormat,
            "nested too deeply",
        ),
    ] {
        let finding = with_program(program);
        assert_eq!(finding.code, code, "{program}: {finding:?}");
        assert!(finding.title.en.contains(why), "{program}: {finding:?}");
    }
}

#[test]
fn the_memory_of_the_process_is_limited() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.xls");
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(70 << 20, 0x55);
    std::fs::write(&path, &bytes).unwrap();
    let less = Guard {
        memory: 64 << 20,
        ..apart()
    };
    let findings = read(&path, less).unwrap_err();
    assert_eq!(findings[0].code, Code::TooLarge, "{findings:?}");
    assert!(
        findings[0].title.en.contains("more than 64 MiB"),
        "{findings:?}"
    );
    // With more it is seen what it is.
    let findings = read(&path, apart()).unwrap_err();
    assert_eq!(findings[0].code, Code::BadFormat, "{findings:?}");
}
