//! What a report says of earlier runs, of those who came and of those whose rows cannot be used, against a small ledger
//! whose figures can be counted on fingers.

use super::{class, document, regrade, root, rows, text};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A ledger of three months.
///
/// January: c1 and c3 have A, c2 and c4 B. February: c4 is gone, the row of c1 cannot be used, nor that of n5, who is new
/// as are n1 with B and n2 to n4, of whom nothing is known. March: c1 is back as it was, c2 up, c3 down, n5 has B.
struct Months {
    folder: TempDir,
}

const MONTHS: [(&str, &str); 3] = [
    ("2024-01-31", "c1,150\nc2,50\nc3,150\nc4,50\n"),
    (
        "2024-02-29",
        "c1,abc\nc2,50\nc3,150\nn1,50\nn2,\nn3,\nn4,\nn5,abc\n",
    ),
    (
        "2024-03-31",
        "c1,150\nc2,150\nc3,50\nn1,50\nn2,\nn3,\nn4,\nn5,50\n",
    ),
];

const MONTHS_SCHEME: &str = r#"
[scheme]
name = "会员"
language = "zh"
[sheets.customers]
key = "编号"
allow_bad = "50%"
fields = [{ name = "金额", type = "number" }]
[[grades]]
name = "A"
when = "金额 >= 100"
[[grades]]
name = "B"
[[strategies]]
service = "短信"
[report]
repurchased = "金额 >= 120"
"#;

impl Months {
    fn made() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("rules.toml"), MONTHS_SCHEME).unwrap();
        let months = Self { folder };
        for (as_of, rows) in MONTHS {
            months.month(as_of, rows);
        }
        months
    }

    /// Takes a month in and grades it into a workbook.
    fn month(&self, as_of: &str, rows: &str) {
        let file = format!("客户{as_of}.csv");
        std::fs::write(self.path(&file), format!("编号,金额\n{rows}")).unwrap();
        self.done(&["import", "-q", &file, "--as-of", as_of]);
        let book = format!("{as_of}.xlsx");
        self.done(&["grade", "-q", "--as-of", as_of, "-o", &book]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = regrade();
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    fn done(&self, arguments: &[&str]) {
        let run = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        // Rows that cannot be used are findings.
        assert!(matches!(run.status.code(), Some(0 | 1)), "{said}");
    }

    fn report(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["report", "-q"];
        all.extend(arguments);
        document(self.command(&all))
    }
}

/// The cells of a table by the keys of its columns, as texts.
fn cells(report: &Value, section: &str, table: &str, keys: &[&str]) -> Vec<String> {
    let rows = rows(report, section, table);
    let row = |row: &Value| keys.iter().map(|key| text(&row[*key])).collect::<Vec<_>>();
    rows.into_iter().map(|found| row(found).join(" ")).collect()
}

#[test]
fn who_came_is_new_whatever_has_become_of_them() {
    let months = Months::made();
    let report = months.report(&["@2024-02"]);
    // Of the four before one is refused now, two are the same and one is absent; five have come.
    assert_eq!(
        cells(
            &report,
            "movement",
            "classes",
            &["what", "customers", "share"]
        ),
        [
            "升级 0 0",
            "降级 0 0",
            "不变 2 0.5",
            "新增 5 ",
            "缺席 1 0.25",
            "数据待修正 1 0.25"
        ]
    );
    let churn = cells(
        &report,
        "churn",
        "overall",
        &["what", "customers", "share", "of"],
    );
    assert_eq!(
        churn.last().unwrap(),
        "2024-01-31 以后新增 5 0.625 客户（含数据待修正）"
    );
    let keys = [
        "as_of",
        "customers",
        "level.A",
        "level.B",
        "unrated",
        "new",
        "absent",
    ];
    assert_eq!(
        cells(&report, "trend", "runs", &keys),
        ["2024-01-31 4 2 2 0  ", "2024-02-29 8 2 2 4 5 1"]
    );
    let notes = report["sections"]["trend"]["notes"].to_string();
    assert!(
        notes.contains("数据待修正的客户计入批次的客户数"),
        "{notes}"
    );
}

#[test]
fn who_is_refused_now_is_on_neither_side_of_the_composition() {
    let months = Months::made();
    let report = months.report(&["@2024-02"]);
    let keys = ["name", "customers", "before", "change"];
    assert_eq!(
        cells(&report, "composition", "grade", &keys),
        ["A 1 1 0", "B 2 2 0", "未评级 3 0 3", "合计 6 3 3"]
    );
    let notes = report["sections"]["composition"]["notes"].to_string();
    assert!(
        notes.contains("2024-01-31 的客户中有 1 位现在数据待修正，两边都不计"),
        "{notes}"
    );
}

#[test]
fn a_part_of_the_customers_has_no_past_of_its_own() {
    let months = Months::made();
    // c2 had B in February: the customers who had A then were others.
    let report = months.report(&["@2024-03", "--where", "金额 >= 100"]);
    assert_eq!(
        cells(&report, "composition", "grade", &["name", "customers"]),
        ["A 2", "B 0", "合计 2"]
    );
    let headings = &report["sections"]["composition"]["tables"]["grade"]["headings"];
    assert!(headings.get("before").is_none(), "{headings}");
    let notes = report["sections"]["composition"]["notes"].to_string();
    assert!(notes.contains("不列这部分客户以前的构成和趋势"), "{notes}");
    assert!(report["sections"].get("trend").is_none());
    // What became of today's is known, and said to be of them.
    assert_eq!(class(&report, "升级"), 1);
    let notes = report["sections"]["movement"]["notes"].to_string();
    assert!(notes.contains("这里是现在属于本报告的客户"), "{notes}");
}

#[test]
fn the_overview_of_the_workbook_and_the_report_say_the_same_of_runs() {
    use calamine::{Data, Reader};
    let months = Months::made();
    let keys = [
        "as_of",
        "customers",
        "upgraded",
        "downgraded",
        "new",
        "absent",
    ];
    let expected = [
        "2024-01-31 4    ",
        "2024-02-29 8 0 0 5 1",
        "2024-03-31 8 1 1 0 0",
    ];
    let report = months.report(&["@2024-03"]);
    assert_eq!(cells(&report, "trend", "runs", &keys), expected);
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook(months.path("2024-03-31.xlsx")).unwrap();
    let overview = book.worksheet_range("概览").unwrap();
    let runs = overview.rows().filter_map(|row| {
        let cells = row.iter().skip_while(|cell| matches!(cell, Data::Empty));
        let cells: Vec<String> = cells.take(6).map(ToString::to_string).collect();
        let date = cells.first()?;
        let is_run = MONTHS.iter().any(|(as_of, _)| as_of == date);
        is_run.then(|| cells.join(" "))
    });
    assert_eq!(runs.collect::<Vec<_>>(), expected);
}

#[test]
fn json_is_the_same_whatever_else_is_written() {
    let months = Months::made();
    months.done(&["report", "-q", "-o", "alone.json"]);
    months.done(&["report", "-q", "-o", "beside.json", "-o", "page.html"]);
    let read = |name: &str| std::fs::read_to_string(months.path(name)).unwrap();
    assert_eq!(read("alone.json"), read("beside.json"));
}

#[test]
fn a_rate_of_those_who_are_known_is_not_headed_bought() {
    let months = Months::made();
    let heading = |report: &Value| {
        let table = &report["sections"]["strategies"]["tables"]["repurchase"];
        text(&table["headings"]["bought"])
    };
    assert_eq!(heading(&months.report(&[])), "能够判断的");
    let bought = months.report(&["--set", "report.bought=金额 > 0"]);
    assert_eq!(heading(&bought), "购买过");
}

#[test]
fn keys_are_the_same_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let rules = folder.path().join("rules.toml");
    let example = root().join("examples/b2b-weighted");
    let scheme = std::fs::read_to_string(example.join("rules.toml")).unwrap();
    let scheme = scheme + "\n[report]\nbehaviour = [\"score\"]\n";
    std::fs::write(&rules, scheme).unwrap();
    let keys = |lang: &str| {
        let mut command = regrade();
        command.args(["report", "-q", "--as-of", "2024-03-31", "--lang", lang]);
        command
            .arg("-r")
            .arg(&rules)
            .arg(example.join("customers.csv"));
        let report = document(command);
        let sections = report["sections"].as_object().unwrap().clone();
        let keys = sections.into_iter().flat_map(|(key, section)| {
            let tables = section["tables"].as_object().unwrap().clone();
            tables
                .into_iter()
                .map(move |(table, _)| format!("{key}.{table}"))
        });
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys("zh"), keys("en"));
    assert!(keys("en").contains(&"behaviour.score".to_owned()));
}

#[test]
fn of_too_many_customers_those_who_moved_are_listed() {
    let folder = TempDir::new().unwrap();
    let months = Months { folder };
    std::fs::write(months.path("rules.toml"), MONTHS_SCHEME).unwrap();
    let rows = |first: &str| {
        let rest = (1..20_001).map(|number| format!("k{number},50\n"));
        rest.fold(format!("k0,{first}\n"), |all, row| all + &row)
    };
    months.month("2024-01-31", &rows("50"));
    months.month("2024-02-29", &rows("150"));
    months.done(&["report", "-q", "-o", "page.html"]);
    let page = std::fs::read_to_string(months.path("page.html")).unwrap();
    assert!(page.contains("等级有变动的客户（共 20001 位；全部名单可用 `regrade grade` 输出）"));
    assert!(page.contains("\"rows\":1,"));
}

#[test]
fn a_campaign_in_a_scheme_without_grades_is_compared_by_types() {
    let folder = TempDir::new().unwrap();
    let months = Months { folder };
    let scheme = r#"
[scheme]
name = "会员"
language = "zh"
[sheets.customers]
key = "编号"
fields = [
  { name = "金额", type = "number" },
  { name = "邮箱", type = "text" },
  { name = "同意", type = "choices" },
]
[[types]]
name = "批发"
when = "金额 >= 100"
[[types]]
name = "零售"
when = "金额 >= 0"
[notify]
from = "会员 <service@example.com>"
email = "邮箱"
consent = { field = "同意", purpose = "升降通知" }
campaign_consent = { field = "同意", purpose = "营销" }
[report]
amount = "金额"
"#;
    std::fs::write(months.path("rules.toml"), scheme).unwrap();
    std::fs::write(months.path("活动.txt"), "主题：活动\n\n您好。\n").unwrap();
    let month = |as_of: &str, rows: &str| {
        let file = format!("客户{as_of}.csv");
        std::fs::write(months.path(&file), format!("编号,金额,邮箱,同意\n{rows}")).unwrap();
        months.done(&["import", "-q", &file, "--as-of", as_of]);
        months.done(&["grade", "-q", "--as-of", as_of, "-o", "out.csv"]);
    };
    month(
        "2024-01-31",
        "c1,50,c1@example.com,营销\nc2,50,c2@example.com,营销\nc3,150,,\n",
    );
    months.done(&[
        "notify",
        "-q",
        "--template",
        "活动.txt",
        "--campaign",
        "春季",
        "--where",
        "金额 < 100",
        "-o",
        "mails.csv",
    ]);
    month(
        "2024-02-29",
        "c1,150,c1@example.com,营销\nc2,60,c2@example.com,营销\nc3,,,\n",
    );
    let report = months.report(&["--campaign", "春季"]);
    let keys = [
        "group",
        "customers",
        "unchanged",
        "changed",
        "gone",
        "changed_share",
        "amount_before",
        "amount_after",
        "amount_growth",
    ];
    // 100 of those told became 210; of c3 nothing is known any more.
    assert_eq!(
        cells(&report, "campaign", "campaign", &keys),
        ["已通知 2 1 1 0 0.5 100 210 1.1", "其他客户 1 0 0 1 0   "]
    );
    assert_eq!(
        cells(
            &report,
            "campaign",
            "campaign_by_type",
            &["type", "group", "customers"]
        ),
        ["批发 其他客户 1", "零售 已通知 2"]
    );
}
