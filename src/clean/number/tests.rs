//! What each written form means, by the rules of the contract.

use super::*;
use crate::table::CellError;
use proptest::prelude::*;

fn rule(kind: NumberKind, field: &str, header: &str) -> NumberRule {
    NumberRule {
        kind,
        field_unit: Unit::parse(field),
        header_unit: Unit::parse(header),
        header_percent: header == "%",
        scale: None,
    }
}

/// What a cell gives, as text: `missing`, `120`, `120 conflict`, or the fault's name.
fn read(cell: Cell<'_>, rule: &NumberRule) -> String {
    match parse_number(cell, rule) {
        Ok(None) => "missing".to_owned(),
        Ok(Some(Amount {
            value,
            unit_conflict: false,
        })) => value.to_string(),
        Ok(Some(Amount {
            value,
            unit_conflict: true,
        })) => format!("{value} conflict"),
        Err(fault) => format!("{fault:?}")
            .split([' ', '('])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

const NO: &str = "NotANumber";

#[test]
fn reads_numbers_as_people_write_them() {
    let rule = rule(NumberKind::Number, "", "");
    for (text, expected) in [
        ("0", "0"),
        ("-5", "-5"),
        ("00012", "12"),
        ("12.50", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        (" 120 ", "120"),
        ("\u{a0}120\u{3000}", "120"),
        ("－5", "-5"),
        ("−5", "-5"),
        ("１２００", "1200"),
        ("１，２００．５", "1200.5"),
        ("1,200", "1200"),
        ("1,200,000", "1200000"),
        ("-1,200.75", "-1200.75"),
        ("12,345.6789", "12345.6789"),
        ("1 200 000", "1200000"),
        ("1\u{a0}200", "1200"),
        ("1\u{202f}200\u{202f}000.5", "1200000.5"),
        ("1\u{2009}200", "1200"),
        ("(1,234)", "-1234"),
        ("（1,234）", "-1234"),
        ("（１，２３４．５）", "-1234.5"),
        ("( 12 )", "-12"),
        ("1.2E+3", "1200"),
        ("1.2e3", "1200"),
        ("1.5E-06", "0.000002"),
        ("120万", "1200000"),
        ("１２０万", "1200000"),
        ("120 万", "1200000"),
        ("1.2亿", "120000000"),
        ("1,200万", "12000000"),
        ("(3万)", "-30000"),
        ("(3)万", "-30000"),
        ("5千", "5000"),
        ("0.000001万", "0.01"),
        ("0.0000001万", "0.001"),
        ("12.5%", "0.125"),
        ("-12.5％", "-0.125"),
        ("(5%)", "-0.05"),
        ("7.0000000000000009", "7"),
        ("1.0000005", "1.000001"),
        ("-1.0000005", "-1.000001"),
        ("0.00000049999999999999999999999999999", "0"),
        ("8999999999999.999999", "8999999999999.999999"),
        ("00000000000000000000000000000000000001", "1"),
    ] {
        assert_eq!(read(Cell::Text(text), &rule), expected, "{text}");
    }
}

#[test]
fn refuses_what_could_mean_two_things_or_nothing() {
    for kind in [NumberKind::Number, NumberKind::Money, NumberKind::Percent] {
        let rule = rule(kind, "", "");
        for text in [
            "abc",
            "5-",
            "1,2",
            "1,20",
            "12,34",
            "1,0000",
            "1234,567",
            "1,23,456",
            "12,34,567",
            "1.234,56",
            "1.234.567",
            "0,123",
            ",123",
            "1,,234",
            "1,234 567",
            "1 2",
            "12 34",
            "1  200",
            "'-5",
            "--5",
            "+-5",
            "-(5)",
            "(-5)",
            "((5))",
            "(5",
            "5)",
            "1'234",
            "5/6",
            "1:2",
            "1e",
            "1e+",
            "1e99999",
            ".",
            "-",
            "1,234e",
            "NaN",
            "inf",
            "NULL",
            "无效",
            "￥",
            "万",
            "%",
            "5%%",
            "5%万",
            "万5",
            "约120",
            "120左右",
            "1-2",
            "1~2",
            "³",
            "٣",
            "五",
        ] {
            let expected = if text == "-" {
                ["missing"; 3]
            } else {
                [NO, "TooLarge", "UnknownUnit"]
            };
            assert!(
                expected.contains(&&*read(Cell::Text(text), &rule)),
                "{text} {kind:?}"
            );
        }
    }
    let rule = rule(NumberKind::Number, "", "");
    for (text, expected) in [
        ("100人", NO),
        ("3次", NO),
        ("5年", NO),
        ("5万人", NO),
        ("120元", "UnitOnNumber"),
        ("￥120", "UnitOnNumber"),
        ("120万元", "UnitOnNumber"),
        ("9000000000000", "TooLarge"),
        ("9万亿", NO),
        ("1e13", "TooLarge"),
        ("1E+300", "TooLarge"),
        ("99999999999999999999999999999999999999999999", "TooLarge"),
        ("90000亿", "TooLarge"),
        ("#REF!", "ErrorCell"),
    ] {
        assert_eq!(read(Cell::Text(text), &rule), expected, "{text}");
    }
}

#[test]
fn blanks_are_missing_and_not_nought() {
    let rule = rule(NumberKind::Money, "元", "");
    for text in [
        "", " ", "-", "—", "–", "－", "--", "——", "/", "／", "无", "N/A", "n/a", "#N/A", "\u{3000}",
    ] {
        assert_eq!(read(Cell::Text(text), &rule), "missing", "{text}");
    }
    assert_eq!(read(Cell::Blank, &rule), "missing");
    assert_eq!(read(Cell::Error(CellError::NotAvailable), &rule), "missing");
    assert_eq!(read(Cell::Text("0"), &rule), "0");
}

#[test]
fn the_unit_of_the_cell_beats_the_header_beats_the_field() {
    for (text, header, field, expected) in [
        ("120", "", "元", "120"),
        ("120", "", "", "120"),
        ("￥120", "", "元", "120"),
        ("¥120", "", "元", "120"),
        ("￥ 1,200.50", "", "元", "1200.5"),
        ("RMB 120", "", "元", "120"),
        ("rmb120", "", "元", "120"),
        ("ＲＭＢ１２０", "", "元", "120"),
        ("120元", "", "元", "120"),
        ("120 元", "", "元", "120"),
        ("120人民币", "", "元", "120"),
        ("￥-120", "", "元", "-120"),
        ("-￥120", "", "元", "-120"),
        ("(￥120)", "", "元", "-120"),
        ("￥(120)", "", "元", "-120"),
        ("（120）元", "", "元", "-120"),
        ("￥120元", "", "元", "120"),
        ("人民币120万元", "", "万元", "120"),
        // A multiplier alone is no conflict.
        ("120万", "", "元", "1200000"),
        ("100万", "", "万元", "100"),
        ("1.2亿", "", "元", "120000000"),
        ("1.2亿", "", "万元", "12000"),
        ("120万", "", "", "1200000"),
        ("120万", "万元", "", "120"),
        ("120万", "", "美元", "1200000"),
        ("120万", "", "万美元", "120"),
        // A unit of another scale is.
        ("120万元", "", "万元", "120"),
        ("120万元", "", "元", "1200000 conflict"),
        ("120元", "", "万元", "0.012 conflict"),
        ("￥120", "", "万元", "0.012 conflict"),
        ("120元", "元", "万元", "0.012"),
        ("120元", "万元", "元", "120 conflict"),
        ("120元", "万元", "", "0.012 conflict"),
        // The header's unit is that of bare numbers.
        ("120", "万元", "元", "1200000"),
        ("120", "元", "万元", "0.012"),
        ("120", "万", "元", "1200000"),
        ("120", "万元", "", "120"),
        ("1,200.5", "万元", "元", "12005000"),
        ("0.00000001", "亿元", "元", "1"),
        // Converted before it is rounded.
        ("0.0000005", "", "万元", "0.000001"),
        ("0.0000004万元", "", "元", "0.004 conflict"),
        ("0.005元", "", "万元", "0.000001 conflict"),
        ("0.0049元", "", "万元", "0 conflict"),
        // Currencies.
        ("120", "", "USD", "120"),
        ("$120", "", "USD", "120"),
        ("120美元", "", "USD", "120"),
        ("usd 1.5万", "", "美元", "15000 conflict"),
        ("US$120", "", "美元", "120"),
        ("120美元", "", "元", "UnknownUnit"),
        ("$120", "", "元", "UnknownUnit"),
        ("$120", "", "", "UnknownUnit"),
        ("120元", "", "美元", "UnknownUnit"),
        ("120", "美元", "元", "UnknownUnit"),
        ("120元", "美元", "元", "120"),
        ("120人", "", "元", "UnknownUnit"),
        ("$120元", "", "元", NO),
        ("万元120", "", "元", NO),
        ("约120", "", "元", NO),
        ("120萬", "", "元", "1200000"),
        ("12%", "", "元", "PercentInMoney"),
        ("9000000000", "万元", "元", "TooLarge"),
    ] {
        let got = read(Cell::Text(text), &rule(NumberKind::Money, field, header));
        assert_eq!(got, expected, "{text} header {header} field {field}");
    }
}

#[test]
fn a_bare_number_is_a_fraction_unless_the_header_says_per_cent() {
    for (cell, header, expected) in [
        (Cell::Text("20%"), "", "0.2"),
        (Cell::Text("20%"), "%", "0.2"),
        (Cell::Text("12.5 ％"), "", "0.125"),
        (Cell::Text("0.2"), "", "0.2"),
        (Cell::Text("20"), "", "20"),
        (Cell::Text("20"), "%", "0.2"),
        (Cell::Text("-12.5"), "%", "-0.125"),
        (Cell::Text("1,250"), "%", "12.5"),
        (Cell::Number(20.0), "", "20"),
        (Cell::Number(20.0), "%", "0.2"),
        (Cell::Number(0.07), "%", "0.0007"),
        (Cell::Percent(0.2), "", "0.2"),
        (Cell::Percent(0.2), "%", "0.2"),
        (Cell::Percent(0.145_000_000_000_000_02), "", "0.145"),
        (Cell::Text("5万"), "", NO),
        (Cell::Text("5元"), "", NO),
    ] {
        assert_eq!(
            read(cell, &rule(NumberKind::Percent, "", header)),
            expected,
            "{cell:?} {header}"
        );
    }
    assert_eq!(
        read(Cell::Text("20%"), &rule(NumberKind::Number, "", "%")),
        "0.2 conflict"
    );
    assert_eq!(
        read(Cell::Percent(0.2), &rule(NumberKind::Number, "", "")),
        "0.2"
    );
    assert_eq!(
        read(Cell::Percent(0.2), &rule(NumberKind::Money, "元", "")),
        "PercentInMoney"
    );
}

#[test]
fn takes_numbers_of_workbooks_in_their_shortest_form() {
    let plain = rule(NumberKind::Number, "", "");
    for (value, expected) in [
        (120.0, "120"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (7.000_000_000_000_001, "7"),
        (1.000_000_5, "1.000001"),
        (-1.000_000_5, "-1.000001"),
        (1e-7, "0"),
        (123_456_789.123_456, "123456789.123456"),
        (8_999_999_999_999.0, "8999999999999"),
        (8_999_999_999_999.5, "8999999999999.5"),
        (9e12, "TooLarge"),
        (1e300, "TooLarge"),
        (f64::NAN, NO),
        (f64::INFINITY, NO),
    ] {
        assert_eq!(read(Cell::Number(value), &plain), expected, "{value}");
    }
    assert_eq!(
        read(Cell::Number(120.0), &rule(NumberKind::Money, "元", "万元")),
        "1200000"
    );
    for (cell, expected) in [
        (Cell::Bool(true), NO),
        (Cell::Date(45356.0), "DateFormat"),
        (Cell::Error(CellError::Div0), "ErrorCell"),
        (Cell::Error(CellError::Unsaved), "Unsaved"),
    ] {
        assert_eq!(read(cell, &plain), expected, "{cell:?}");
    }
}

#[test]
fn rounds_once_to_the_places_of_the_field() {
    for (text, scale, expected) in [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("2.4999999", 0, "2"),
        ("2.345", 2, "2.35"),
        ("1,200.005", 2, "1200.01"),
        ("12.345%", 3, "0.123"),
        ("1.23456789", 9, "1.234568"),
    ] {
        let rule = NumberRule {
            scale: Some(scale),
            ..rule(NumberKind::Number, "", "")
        };
        assert_eq!(read(Cell::Text(text), &rule), expected, "{text} to {scale}");
        if let Ok(value) = text.parse() {
            assert_eq!(
                read(Cell::Number(value), &rule),
                expected,
                "{text} as a number to {scale}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in ".*", kind in 0..3, near in "[-+(（]?[￥$]?[0-9０-９,， \u{a0}\u{202f}\u{2009}.eE+-]{0,40}[%万亿元千)）]{0,4}") {
        let kind = [NumberKind::Number, NumberKind::Percent, NumberKind::Money][kind as usize];
        for (field, header) in [("", ""), ("元", "百亿"), ("百亿元", "元"), ("USD", "%")] {
            let rule = rule(kind, field, header);
            let _ = (parse_number(Cell::Text(&text), &rule), parse_number(Cell::Text(&near), &rule));
        }
    }

    #[test]
    fn any_double_is_read_as_its_shortest_form(bits in any::<u64>(), cents in -1_000_000_000_000_000i64..1_000_000_000_000_000) {
        let rule = rule(NumberKind::Number, "", "");
        for value in [f64::from_bits(bits), cents as f64 / 100.0, cents as f64 / 1e6, cents as f64] {
            let read = parse_number(Cell::Number(value), &rule).ok().flatten().map(|amount| amount.value);
            prop_assert_eq!(read, Decimal::from_f64(value), "{}", value);
        }
    }

    #[test]
    fn what_is_shown_is_read_back(millionths in -8_999_999_999_999_999_999i64..=8_999_999_999_999_999_999) {
        let value = Decimal::from_millionths(millionths).unwrap();
        for kind in [NumberKind::Number, NumberKind::Percent, NumberKind::Money] {
            let read = parse_number(Cell::Text(&value.to_string()), &rule(kind, "", "")).unwrap().unwrap();
            prop_assert_eq!(read, Amount { value, unit_conflict: false });
        }
    }

    #[test]
    fn the_fast_path_agrees_with_the_general_one(text in "-?[0-9]{0,14}(\\.[0-9]{0,8})?") {
        if let Some(millionths) = plain(text.as_bytes()) {
            let number = written(&text).unwrap();
            let magnitude = scaled(number.mantissa, number.exponent, Factor::ONE, 6).unwrap();
            prop_assert_eq!(millionths, if number.negative { -magnitude } else { magnitude });
        }
    }
}
