//! What each written date means, by the rules of the contract.

use super::*;
use crate::clean::ColumnFault;
use crate::table::CellError;
use proptest::prelude::*;

const PLAIN: DateForm = DateForm::new(None, false);

/// What a cell gives as a moment, as text: `missing`, or the fault's name.
fn read(cell: Cell<'_>, form: DateForm) -> String {
    let moment = match parse_datetime(cell, form) {
        Ok(moment) => moment.map_or_else(|| "missing".to_owned(), |moment| moment.to_string()),
        Err(fault) => format!("{fault:?}")
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    let day = parse_date(cell, form)
        .map(|date| date.map_or_else(|| "missing".to_owned(), |date| date.to_string()));
    assert!(
        day.map_or(true, |day| moment.starts_with(&day)),
        "the day of {cell:?} is that of its moment"
    );
    moment
        .strip_suffix(" 00:00:00")
        .unwrap_or(&moment)
        .to_owned()
}

const NO: &str = "NotADate";

#[test]
fn reads_dates_as_people_write_them() {
    for (text, expected) in [
        ("2024-03-05", "2024-03-05"),
        ("2024/03/05", "2024-03-05"),
        ("2024-3-5", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("2024.03.05", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("2024年03月05日", "2024-03-05"),
        ("2024 年 3 月 5 日", "2024-03-05"),
        ("20240305", "2024-03-05"),
        (" 2024-03-05 ", "2024-03-05"),
        ("\u{3000}2024-03-05", "2024-03-05"),
        ("２０２４－０３－０５", "2024-03-05"),
        ("２０２４／３／５", "2024-03-05"),
        ("２０２４年３月５日", "2024-03-05"),
        ("2024-02-29", "2024-02-29"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("45356", "2024-03-05"),
        ("4５356", "2024-03-05"),
        ("2958465", "9999-12-31"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("45356.5", "2024-03-05 12:00:00"),
        ("2024-03-05 08:30", "2024-03-05 08:30:00"),
        ("2024-03-05 08:30:15", "2024-03-05 08:30:15"),
        ("2024-03-05 08:30:15.999", "2024-03-05 08:30:15"),
        ("2024-03-05 00:00:00.0", "2024-03-05"),
        ("2024/3/5 8:30", "2024-03-05 08:30:00"),
        ("2024/3/5  8:30", "2024-03-05 08:30:00"),
        ("2024-03-05T08:30:00", "2024-03-05 08:30:00"),
        ("2024-03-05T08:30:00Z", "2024-03-05 08:30:00"),
        ("2024-03-05T08:30:00.123Z", "2024-03-05 08:30:00"),
        ("20240305 23:59:59", "2024-03-05 23:59:59"),
        ("2024年3月5日 8:30", "2024-03-05 08:30:00"),
        ("2024年3月5日8：30", "2024-03-05 08:30:00"),
    ] {
        assert_eq!(read(Cell::Text(text), PLAIN), expected, "{text}");
    }
    for text in [
        "", " ", "-", "—", "–", "－", "--", "——", "/", "／", "无", "N/A", "n/a", "#N/A",
    ] {
        assert_eq!(read(Cell::Text(text), PLAIN), "missing", "{text}");
    }
}

#[test]
fn refuses_what_is_no_day() {
    for text in [
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "0000-01-01",
        "20240230",
        "18991231",
        "30000101",
        "2024-03",
        "2024/3",
        "2024年3月",
        "2024年3月5",
        "2024年",
        "2024",
        "202403",
        "2024.03",
        "2024.3",
        "3.5",
        "12.25",
        "60",
        "0",
        "-1",
        "2958466",
        "3000000",
        "999999999",
        "2024-3/5",
        "2024--3-5",
        "2024-003-05",
        "24-03-2024-1",
        "3月5日",
        "Mar 5 2024",
        "5-Mar-2024",
        "2024-03-05 上午8:30",
        "2024-03-05 8:30 AM",
        "2024-03-05 24:00",
        "2024-03-05 08:60",
        "2024-03-05 8",
        "2024-03-05 8:3",
        "2024-03-05T",
        "2024-03-05x",
        "2024-03-05 周二",
        "45356.5 08:30",
        "0000-00-00",
        "长期",
        "123-4-5",
        "1e5",
        "45,356",
    ] {
        assert_eq!(read(Cell::Text(text), PLAIN), NO, "{text}");
    }
    for text in [
        "2024-03-05T08:30:00+08:00",
        "2024-03-05 08:30:00-05",
        "2024-03-05 08:30+0800",
    ] {
        assert_eq!(read(Cell::Text(text), PLAIN), "ZoneOffset", "{text}");
    }
    assert_eq!(read(Cell::Text("#VALUE!"), PLAIN), "ErrorCell");
}

#[test]
fn reads_serials_as_spreadsheets_count_them() {
    for (cell, expected) in [
        (Cell::Date(45356.0), "2024-03-05"),
        (Cell::Date(45_356.354_340_277_78), "2024-03-05 08:30:15"),
        (Cell::Date(45_356.999_999_999_99), "2024-03-06"),
        (Cell::Date(1.0), "1900-01-01"),
        (Cell::Date(59.0), "1900-02-28"),
        (Cell::Date(60.0), NO),
        (Cell::Date(61.0), "1900-03-01"),
        (Cell::Date(2024.0), "1905-07-16"),
        (Cell::Date(0.5), NO),
        (Cell::Date(-1.0), NO),
        (Cell::Date(2_958_465.999_999_999_9), NO),
        (Cell::Date(f64::NAN), NO),
        (Cell::Date(1e300), NO),
        (Cell::Number(45356.0), "2024-03-05"),
        (Cell::Number(45356.75), "2024-03-05 18:00:00"),
        (Cell::Number(20_240_305.0), "2024-03-05"),
        (Cell::Number(20_240_230.0), NO),
        (Cell::Number(20_240_305.5), NO),
        (Cell::Number(2024.0), NO),
        (Cell::Number(202_403.0), NO),
        (Cell::Number(2024.3), NO),
        (Cell::Number(3.5), NO),
        (Cell::Number(60.0), NO),
        (Cell::Number(f64::INFINITY), NO),
        (Cell::Percent(0.5), NO),
        (Cell::Bool(true), NO),
        (Cell::Error(CellError::NotAvailable), "missing"),
        (Cell::Error(CellError::Unsaved), "Unsaved"),
    ] {
        assert_eq!(read(cell, PLAIN), expected, "{cell:?}");
    }
}

#[test]
fn the_whole_column_decides_day_and_month() {
    let dmy = Ok(Some(DateOrder::Dmy));
    let mdy = Ok(Some(DateOrder::Mdy));
    for (texts, expected) in [
        (vec!["3/5/2024", "13/02/2024"], dmy.clone()),
        (vec!["13-02-2024", "3-5-2024 08:30"], dmy.clone()),
        (vec!["03.05.2024", "02.13.2024"], mdy.clone()),
        (vec!["２／１３／２０２４"], mdy),
        (vec!["5/5/2024", "7/7/2024"], dmy),
        (vec!["2024-03-05", "45356", "", "-"], Ok(None)),
        (vec!["5/3/24"], Ok(None)),
        // No evidence: not a day in any order.
        (vec!["31/31/2024", "31/02/2024"], Ok(None)),
        (
            vec!["2024-03-05", "3/5/2024", "4/5/2024"],
            Err(ColumnFault::AmbiguousDates {
                row: 1,
                example: "3/5/2024".to_owned(),
            }),
        ),
        (
            vec!["3/5/2024", "13/02/2024", "02/13/2024", "14/02/2024"],
            Err(ColumnFault::ContradictoryDates {
                day_first: (1, "13/02/2024".to_owned()),
                month_first: (2, "02/13/2024".to_owned()),
            }),
        ),
    ] {
        let form = DateForm::decide(texts.iter().map(|text| Cell::Text(text)), None, false);
        assert_eq!(form.map(DateForm::order), expected, "{texts:?}");
    }
}

#[test]
fn the_order_decides_dates_that_end_with_the_year() {
    let form = |order| DateForm::new(Some(order), true);
    for (text, ymd, dmy, mdy) in [
        ("3/5/2024", NO, "2024-05-03", "2024-03-05"),
        ("13/02/2024", NO, "2024-02-13", NO),
        ("2024-03-05", "2024-03-05", "2024-03-05", "2024-03-05"),
        (
            "3/5/2024 8:30",
            NO,
            "2024-05-03 08:30:00",
            "2024-03-05 08:30:00",
        ),
        ("24/3/5", "2024-03-05", "2005-03-24", NO),
        ("1/2/30", NO, "1930-02-01", "1930-01-02"),
        ("24年3月5日", "2024-03-05", "2024-03-05", "2024-03-05"),
    ] {
        for (order, expected) in [
            (DateOrder::Ymd, ymd),
            (DateOrder::Dmy, dmy),
            (DateOrder::Mdy, mdy),
        ] {
            assert_eq!(
                read(Cell::Text(text), form(order)),
                expected,
                "{text} {order:?}"
            );
        }
    }
    for text in ["24/3/5", "5-3-24", "24年3月5日"] {
        assert_eq!(read(Cell::Text(text), PLAIN), "TwoDigitYear", "{text}");
        assert_eq!(
            read(Cell::Text(text), DateForm::new(Some(DateOrder::Dmy), false)),
            "TwoDigitYear",
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in ".*", near in "[0-9０]{0,9}[-/.年 ]?[0-9]{0,3}[-/.月:]?[0-9]{0,5}[日TZ ]{0,2}[0-9:.+]{0,9}") {
        for form in [PLAIN, DateForm::new(Some(DateOrder::Mdy), true)] {
            for text in [&text, &near] {
                let _ = (parse_date(Cell::Text(text), form), parse_datetime(Cell::Text(text), form));
                let _ = DateForm::decide([Cell::Text(text)], None, true);
            }
        }
    }

    #[test]
    fn what_is_read_at_a_glance_needs_no_form(
        year in prop_oneof![0..=9999u32, 1895..2105u32],
        (month, day) in (0..=13u32, 0..=32u32),
        (first, second) in (prop::sample::select(vec!["-", "/", ".", "", " "]), prop::sample::select(vec!["-", "/", ""])),
        (wide_month, wide_day) in any::<(bool, bool)>(),
        any in "[0-9/-]{7,11}",
    ) {
        let part = |value: u32, wide| if wide { format!("{value:02}") } else { value.to_string() };
        let (month, day) = (part(month, wide_month), part(day, wide_day));
        for text in [format!("{year:04}{first}{month}{first}{day}"), format!("{year:04}{first}{month}{second}{day}"), any] {
            let Some(day) = usual_day(Cell::Text(&text)) else { continue };
            let forms = [PLAIN, DateForm::new(Some(DateOrder::Dmy), true), PLAIN.with_serials_from_1904(true)];
            for form in forms {
                prop_assert_eq!(read_day(Cell::Text(&text), form), Ok(Some(day)), "{}", text);
            }
            let decided = DateForm::decide([Cell::Text(&text)], None, false).unwrap();
            prop_assert_eq!(decided.order(), None, "{}", text);
        }
    }

    #[test]
    fn any_serial_is_read_without_panic(bits in any::<u64>(), serial in -10.0..3_000_000.0) {
        for value in [f64::from_bits(bits), serial] {
            let _ = (read(Cell::Date(value), PLAIN), read(Cell::Number(value), PLAIN));
        }
    }

    #[test]
    fn what_is_shown_is_read_back(seconds in -62_135_596_800i64..253_402_300_800) {
        let moment = DateTime::from_seconds(seconds).unwrap();
        let date = moment.date();
        prop_assert_eq!(parse_datetime(Cell::Text(&moment.to_string()), PLAIN), Ok(Some(moment)));
        prop_assert_eq!(parse_date(Cell::Text(&date.to_string()), PLAIN), Ok(Some(date)));
        let (year, month, day) = date.ymd();
        prop_assert_eq!(days(year as u32, month, day), Some(date.days()));
        let serial = f64::from(date.days() + UNIX_FROM_SERIAL) + f64::from(moment.second_of_day()) / 86_400.0;
        if serial >= 61.0 {
            prop_assert_eq!(parse_datetime(Cell::Date(serial), PLAIN), Ok(Some(moment)));
        }
    }
}
