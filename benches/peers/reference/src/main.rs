//! Data of the jobs, hand-written programs that do them, and the least that a machine does with such files.
mod csv_jobs;
mod generate;
mod stock;
mod workbook_job;

use std::fs::File;
use std::io::{Read, Write};

/// Reads a file and writes it again, as programs do; `std::io::copy` would leave it to the kernel.
fn copy(from: &str, to: &str) -> std::io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let mut block = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut block)?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&block[..read])?;
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let count = |text: &str| text.parse::<usize>().expect("a number");
    match arguments[..] {
        ["customers", period, rows, out] => {
            generate::customers(count(period) as u32, count(rows), out)?;
        }
        ["orders", rows, out] => generate::orders(count(rows), out)?,
        ["workbook", from, to] => workbook_job::workbook(from, to),
        ["copy", from, to] => copy(from, to)?,
        ["j1", from, to] => csv_jobs::j1(from, to, false),
        ["j1p", from, to] => csv_jobs::j1(from, to, true),
        ["j1-csv-crate", from, to] => csv_jobs::j1_csv_crate(from, to),
        ["j2", from, to] => csv_jobs::j2(from, to),
        ["j3", from, to] => workbook_job::j3(from, to),
        ["j3-stock", from, to] => stock::j3(from, to),
        ["j4", old, new, to] => csv_jobs::j4(old, new, to),
        _ => panic!("unknown: {arguments:?}"),
    }
    Ok(())
}
