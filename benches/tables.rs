//! How fast a customers' file is read, its texts numbered, its cells cleaned, and the graded table written, over 200,000
//! rows of 14 columns.
//!
//! `cargo bench --bench tables`

use divan::{Bencher, black_box};
use regrade::clean::sheet::clean;
use regrade::diagnostic::Lang;
use regrade::grading::{self, Grading, Past};
use regrade::present::csv;
use regrade::present::results::{Layout, Results, View};
use regrade::read::{self, Input, Options, Table};
use regrade::scheme::Scheme;
use regrade::table::{Date, TextInterner};
use std::sync::{Arc, LazyLock};

const ROWS: usize = 200_000;

fn main() {
    divan::main();
}

const SCHEME: &str = r#"
[sheets.customers]
key = "客户编号"
name = "客户名称"
fields = [
  { name = "客户名称", type = "text" },
  { name = "区域", type = "text" },
  { name = "合作起始时间", type = "date" },
  { name = "年采购额", type = "money", unit = "万元" },
  { name = "投诉次数", type = "number" },
]
[[grades]]
name = "A"
when = "年采购额 >= 80"
[[grades]]
name = "B"
"#;

static RULES: LazyLock<Arc<Scheme>> = LazyLock::new(|| {
    let (scheme, findings) = regrade::scheme::validate(SCHEME);
    Arc::new(scheme.unwrap_or_else(|| panic!("{findings:?}")))
});

/// A file as exports are: every eighth row has a quoted field.
static FILE: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let header =
        "客户编号,客户名称,区域,合作起始时间,年采购额,投诉次数,c1,c2,c3,c4,c5,c6,c7,备注\n";
    let row = |row: usize| {
        let (month, day) = (row % 12 + 1, row % 28 + 1);
        let note = if row.is_multiple_of(8) {
            "\"老客户, \"\"重点\"\"\""
        } else {
            ""
        };
        let amount = format!("{}.{:02}", row * 7 % 160, row % 100);
        format!(
            "C{row:07},上海某某贸易有限公司{row},华东,2024-{month:02}-{day:02},{amount},{},a,b,c,d,{row},f,g,{note}\n",
            row % 3
        )
    };
    let file = tempfile::NamedTempFile::new().expect("a place for the file");
    let text = header.to_owned() + &(0..ROWS).map(row).collect::<String>();
    std::fs::write(file.path(), text).expect("room for the file");
    file
});

fn read_file() -> Table {
    let input = Input::File {
        path: FILE.path().to_path_buf(),
        name: "客户.csv".to_owned(),
        worksheet: None,
    };
    let tables = read::open(&input, &[], &Options::default(), &|_, _| {});
    tables.expect("a table").remove(0)
}

fn graded(table: Table) -> Grading {
    let mut inputs = regrade::book::Inputs::empty(&RULES);
    inputs.put(&RULES, "customers", table, None);
    let as_of = Date::new(2024, 12, 31).expect("a day");
    grading::grade(RULES.clone(), inputs, as_of, Past::default())
}

#[divan::bench]
fn read_csv(bencher: Bencher<'_, '_>) {
    LazyLock::force(&FILE);
    bencher.bench(read_file);
}

#[divan::bench(args = [50, ROWS])]
fn number_texts(bencher: Bencher<'_, '_>, distinct: usize) {
    let texts: Vec<String> = (0..ROWS)
        .map(|row| format!("上海某某贸易有限公司{}", row % distinct))
        .collect();
    bencher.bench(|| {
        let mut codes = TextInterner::default();
        texts
            .iter()
            .map(|text| codes.code(text))
            .fold(0, u32::wrapping_add)
    });
}

#[divan::bench]
fn clean_cells(bencher: Bencher<'_, '_>) {
    let tables = [read_file()];
    let customers = RULES.customers.as_ref().expect("a customers' sheet");
    bencher.bench(|| clean(&customers.sheet, &tables, &[customers.key], &[]));
}

#[divan::bench]
fn grade(bencher: Bencher<'_, '_>) {
    let table = read_file();
    bencher.with_inputs(|| table.clone()).bench_values(graded);
}

#[divan::bench]
fn write_csv(bencher: Bencher<'_, '_>) {
    let grading = graded(read_file());
    let view = View {
        lang: Lang::Zh,
        entries: grading.entries(),
        columns: None,
        layout: Layout::Text,
    };
    let results = Results::new(&grading, view);
    bencher.bench(|| {
        let mut out = Vec::new();
        csv::write(&results, b',', false, true, &mut out).expect("memory is there");
        black_box(out.len())
    });
}
