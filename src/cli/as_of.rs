//! The date that a call is about.

use super::{Global, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::table::Date;
use regrade::text;

/// The date that `--as-of` means; today if it is not given. The machine's clock is asked only where it says so.
pub fn as_of(global: &Global) -> Result<Date, Stop> {
    use chrono::Datelike;
    let written = global.as_of.as_deref().unwrap_or("today");
    let today = || {
        let today = chrono::Local::now().date_naive();
        Date::new(today.year(), today.month(), today.day())
    };
    let date = match written {
        "today" => today(),
        "prev-month-end" => today().and_then(|today| {
            let (_, _, day) = today.ymd();
            today.add_days(-(day as i32))
        }),
        other => Date::parse_iso(other),
    };
    date.ok_or_else(|| {
        Stop::usage(
            Finding::error(
                Code::Usage,
                text!("`{written}` is no date", "`{written}` 不是日期"),
            )
            .help(text!(
                "write `--as-of 2024-03-31`, `today` or `prev-month-end`",
                "请写 `--as-of 2024-03-31`、`today` 或 `prev-month-end`"
            )),
        )
    })
}
