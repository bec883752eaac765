//! Files damaged at random give a table or a finding, never a panic.

use super::*;
use std::io::{Cursor, Write};

/// Numbers that look random and are the same every time.
fn random(state: &mut u64, below: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state % below.max(1) as u64) as usize
}

fn damage(state: &mut u64, bytes: &mut Vec<u8>) {
    for _ in 0..=random(state, 4) {
        let at = random(state, bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte = random(state, 256) as u8;
        }
    }
    if random(state, 4) == 0 {
        bytes.truncate(random(state, bytes.len()));
    }
}

#[test]
fn damaged_files_never_panic() {
    let mut state = 0x2545_F491_4F6C_DD1D;
    for name in [
        "customers.xlsx",
        "percent.xlsb",
        "customers.xls",
        "epoch1904.xls",
        "customers.ods",
        "gb18030.csv",
        "cr.csv",
        "ragged.csv",
        "tabs.utf16.tsv",
    ] {
        let whole = std::fs::read(path(name)).unwrap();
        for _ in 0..40 {
            let mut bytes = whole.clone();
            damage(&mut state, &mut bytes);
            // Whatever it is, it is a table or a finding.
            let _ = read_bytes(&bytes, &[], &Options::default());
        }
    }
}

#[test]
fn workbooks_with_damaged_parts_never_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15;
    for name in [
        "customers.xlsx",
        "unsaved.xlsx",
        "percent.xlsb",
        "customers.ods",
    ] {
        let whole = std::fs::read(path(name)).unwrap();
        for _ in 0..150 {
            // The checksums are right; what is in one of the parts is not.
            let mut archive = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
            let damaged = random(&mut state, archive.len());
            let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
            let stored = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Stored);
            for index in 0..archive.len() {
                let mut part = archive.by_index(index).unwrap();
                let mut bytes = vec![];
                part.read_to_end(&mut bytes).unwrap();
                if index == damaged {
                    damage(&mut state, &mut bytes);
                }
                writer.start_file(part.name().unwrap(), stored).unwrap();
                writer.write_all(&bytes).unwrap();
            }
            let _ = read_bytes(writer.finish().unwrap().get_ref(), &[], &Options::default());
        }
    }
    assert!(!is_reading_guarded());
}
