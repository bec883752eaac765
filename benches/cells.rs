//! What a cell of a text file costs to be read as what its field says: numbers, money, per cents, dates, ids and labels,
//! in pieces of 8,192 rows as the streaming driver has them. Divide by the rows for the cost of a cell.
//!
//! `cargo bench --bench cells`

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use regrade::clean::{CellRule, read_column};
use regrade::scheme::model::FieldKind;
use regrade::table::{Cell, RawRows, Unit};

const ROWS: u32 = 8192;

fn main() {
    divan::main();
}

/// A column of texts as a text file has them.
fn column(text: impl Fn(u32) -> String) -> RawRows {
    let mut rows = RawRows::new(1);
    for row in 0..ROWS {
        // Mixed, so that no branch is learnt by heart.
        let text = text(row.wrapping_mul(2_654_435_761) >> 7);
        rows.push(row + 2, [Cell::Text(&text)]);
    }
    rows
}

fn read(bencher: Bencher<'_, '_>, kind: FieldKind, text: impl Fn(u32) -> String) {
    let rows = column(text);
    let rule = CellRule::new("f", kind);
    let bencher = bencher.counter(ItemsCount::new(ROWS));
    bencher.bench(|| read_column(black_box(&rows), 0, &rule));
}

#[divan::bench]
fn whole_numbers(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Number, |seed| (seed % 60).to_string());
}

#[divan::bench]
fn money(bencher: Bencher<'_, '_>) {
    let kind = FieldKind::Money(Unit::parse("万元"));
    read(bencher, kind, |seed| {
        format!("{}.{:02}", seed % 1000, seed / 1000 % 100)
    });
}

#[divan::bench]
fn money_with_separators_and_unit(bencher: Bencher<'_, '_>) {
    let kind = FieldKind::Money(Unit::parse("元"));
    read(bencher, kind, |seed| {
        format!("{},{:03}.50元", seed % 900 + 1, seed / 1000 % 1000)
    });
}

#[divan::bench]
fn per_cents(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Percent, |seed| {
        format!("-0.{:04}", seed % 10_000)
    });
}

#[divan::bench]
fn dates(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Date, |seed| {
        format!(
            "20{:02}-{:02}-{:02}",
            seed % 25,
            seed / 32 % 12 + 1,
            seed / 512 % 28 + 1
        )
    });
}

#[divan::bench]
fn dates_without_leading_zeros(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Date, |seed| {
        format!(
            "20{:02}/{}/{}",
            seed % 25,
            seed / 32 % 12 + 1,
            seed / 512 % 28 + 1
        )
    });
}

#[divan::bench]
fn moments(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::DateTime, |seed| {
        format!(
            "2024-{:02}-{:02} {:02}:{:02}:00",
            seed % 12 + 1,
            seed / 16 % 28 + 1,
            seed / 512 % 24,
            seed % 60
        )
    });
}

#[divan::bench]
fn ids(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Id, |seed| format!("C{seed:08}"));
}

#[divan::bench]
fn names(bencher: Bencher<'_, '_>) {
    read(bencher, FieldKind::Text, |seed| {
        format!("上海{}某某贸易有限公司", seed % 4000)
    });
}

#[divan::bench]
fn labels(bencher: Bencher<'_, '_>) {
    const LABELS: [&str; 12] = [
        "制造业",
        "批发零售",
        "信息技术",
        "金融服务",
        "房地产",
        "医疗健康",
        "教育培训",
        "物流运输",
        "餐饮住宿",
        "能源化工",
        "建筑工程",
        "农林牧渔",
    ];
    read(bencher, FieldKind::Text, |seed| {
        LABELS[seed as usize % 12].to_owned()
    });
}
