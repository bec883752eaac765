//! J3 as the stock crates do it: calamine's cells one by one, the rules of J1, rust_xlsxwriter in constant memory.
use crate::csv_jobs::{grade, risk};
use calamine::{DataRef, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

const WIDTHS: [u32; 20] = [
    12, 30, 12, 10, 8, 10, 14, 12, 12, 12, 10, 8, 10, 30, 8, 8, 10, 6, 10, 14,
];
const RESULTS: [&str; 6] = ["价值分", "稳定分", "综合得分", "等级", "客户类型", "标签"];
/// Columns of the input.
const COLUMNS: usize = 14;

/// A cell that lives no longer than its row.
enum Value {
    Blank,
    Text(String),
    Number(f64),
}

pub fn j3(from: &str, to: &str) {
    let mut input: Xlsx<_> = open_workbook(from).unwrap();
    let sheet = input.sheet_names()[0].clone();
    let mut cells = input.worksheet_cells_reader(&sheet).unwrap();

    let mut book = Workbook::new();
    book.set_zip_compression_level(1);
    let out = book.add_worksheet_with_constant_memory().unwrap();
    out.set_name("分级结果").unwrap();
    for (column, width) in WIDTHS.into_iter().enumerate() {
        out.set_column_width(column as u16, width).unwrap();
    }
    out.set_freeze_panes(1, 0).unwrap();
    let header = Format::new().set_bold().set_background_color(0xD9E1F2);
    let formats = [0xC6EFCE, 0xFFEB9C, 0xF2F2F2].map(|fill| {
        (0..WIDTHS.len())
            .map(|column| format_of(column, fill))
            .collect::<Vec<_>>()
    });

    let mut row: Vec<Value> = vec![];
    let mut at = 0;
    loop {
        let next = cells.next_cell().unwrap();
        let here = next.as_ref().map(|cell| cell.get_position());
        if here.is_none_or(|(number, _)| number != at) {
            row.resize_with(COLUMNS, || Value::Blank);
            if at == 0 {
                write_header(out, &row, &header);
            } else {
                write_row(out, at, &row, &formats);
            }
            row.clear();
        }
        let Some(cell) = next else { break };
        let (number, column) = cell.get_position();
        at = number;
        row.resize_with(column as usize, || Value::Blank);
        row.push(match cell.get_value() {
            DataRef::SharedString(text) => Value::Text((*text).to_owned()),
            DataRef::String(text) => Value::Text(text.clone()),
            DataRef::Float(number) => Value::Number(*number),
            DataRef::Int(number) => Value::Number(*number as f64),
            DataRef::DateTime(day) => Value::Number(day.as_f64()),
            _ => Value::Blank,
        });
    }
    out.autofilter(0, 0, at, 19).unwrap();
    book.save(to).unwrap();
}

fn format_of(column: usize, fill: u32) -> Format {
    let format = Format::new().set_background_color(fill);
    match column {
        7 => format.set_num_format("yyyy-mm-dd"),
        8 => format.set_num_format("#,##0.00"),
        11 | 16 => format.set_num_format("0.0"),
        12 => format.set_num_format("0.00%"),
        _ => format,
    }
}

fn write_header(out: &mut Worksheet, row: &[Value], format: &Format) {
    let names = row.iter().map(|name| match name {
        Value::Text(name) => name.as_str(),
        _ => "",
    });
    for (column, name) in names.chain(RESULTS).enumerate() {
        out.write_string_with_format(0, column as u16, name, format)
            .unwrap();
    }
}

fn write_row(out: &mut Worksheet, number: u32, row: &[Value], formats: &[Vec<Format>; 3]) {
    let text = |column: usize| match &row[column] {
        Value::Text(text) => text.as_str(),
        _ => "",
    };
    let scaled = |column: usize, by: f64| match row[column] {
        Value::Number(number) => (number * by).round() as i64,
        _ => 0,
    };
    let graded = grade(
        risk(text(2).as_bytes()),
        day_number(scaled(7, 1.0)),
        scaled(8, 100.0),
        scaled(10, 1.0),
        scaled(12, 10_000.0),
    );
    let results = [
        Value::Number(f64::from(graded.v)),
        Value::Number(f64::from(graded.s)),
        Value::Number(f64::from(graded.score10) / 10.0),
        Value::Text(char::from(graded.grade).to_string()),
        Value::Text(graded.ty.to_owned()),
        Value::Text(format!("{}|{}", text(4), graded.ty)),
    ];
    let formats = &formats[(graded.grade - b'A') as usize];
    for (column, (value, format)) in row.iter().chain(&results).zip(formats).enumerate() {
        let column = column as u16;
        match value {
            Value::Blank => out.write_blank(number, column, format),
            Value::Text(text) => out.write_string_with_format(number, column, text, format),
            Value::Number(value) => out.write_number_with_format(number, column, *value, format),
        }
        .unwrap();
    }
}

/// The day of a serial number, as the number yyyymmdd.
fn day_number(serial: i64) -> u32 {
    crate::workbook_job::serial_to_ymd(serial as u32)
}
