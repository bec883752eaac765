//! What a column of cells gives as a whole.

use super::*;
use crate::table::{CellError, Decimal, Value};
use proptest::prelude::*;

/// One column of cells.
fn rows(cells: &[Cell<'_>]) -> RawRows {
    let mut rows = RawRows::new(1);
    for (row, cell) in cells.iter().enumerate() {
        rows.push(row as u32 + 2, [*cell]);
    }
    rows
}

fn read(texts: &[&str], rule: &CellRule) -> ColumnRead {
    read_column(
        &rows(
            &texts
                .iter()
                .map(|text| Cell::Text(text))
                .collect::<Vec<_>>(),
        ),
        0,
        rule,
    )
}

/// A column's entries as text, missing ones as `?`.
fn shown(read: &ColumnRead) -> Vec<String> {
    let entry = |row| match read.column.value(row) {
        Value::Missing => "?".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.join("+"),
    };
    (0..read.column.len()).map(entry).collect()
}

#[test]
fn reads_columns_of_every_kind() {
    let choices: Vec<Arc<str>> = vec!["低".into(), "高".into()];
    for (kind, texts, expected) in [
        (
            FieldKind::Id,
            ["007", "7", "-", "a"],
            ["007", "7", "?", "a"],
        ),
        (
            FieldKind::Text,
            ["华东", "华东", "无", "a"],
            ["华东", "华东", "?", "a"],
        ),
        (
            FieldKind::Number,
            ["1,200", "-5", "-", "1e2"],
            ["1200", "-5", "?", "100"],
        ),
        (
            FieldKind::Money(None),
            ["120", "1.2亿", "/", "￥5"],
            ["120", "120000000", "?", "5"],
        ),
        (
            FieldKind::Percent,
            ["20%", "0.3", "N/A", "5 %"],
            ["0.2", "0.3", "?", "0.05"],
        ),
        (
            FieldKind::Date,
            ["2024-03-05", "45356", "", "1/2/2024"],
            ["2024-03-05", "2024-03-05", "?", "?"],
        ),
        (
            FieldKind::DateTime,
            ["2024-03-05 08:30", "20240305", "—", "45356.5"],
            [
                "2024-03-05 08:30:00",
                "2024-03-05 00:00:00",
                "?",
                "2024-03-05 12:00:00",
            ],
        ),
        (
            FieldKind::Bool,
            ["是", "N", "", "1"],
            ["true", "false", "?", "true"],
        ),
        (
            FieldKind::Choice,
            ["高", " 低 ", "-", "高"],
            ["高", "低", "?", "高"],
        ),
        (
            FieldKind::Choices,
            ["高、低", "低", "", "低,高"],
            ["高+低", "低", "?", "低+高"],
        ),
    ] {
        let rule = CellRule {
            choices: choices.clone(),
            ..CellRule::new("字段", kind)
        };
        // Of the dates the last needs an order; without one nothing of the column is read.
        if rule.kind == FieldKind::Date {
            let undecided = read(&texts, &rule);
            assert!(matches!(
                undecided.column_fault,
                Some(ColumnFault::AmbiguousDates { row: 3, .. })
            ));
            assert_eq!(
                (shown(&undecided), undecided.faults),
                (vec!["?".to_owned(); 4], vec![])
            );
            let ymd = read(
                &texts,
                &CellRule {
                    date_order: Some(DateOrder::Ymd),
                    ..rule
                },
            );
            assert_eq!(
                (shown(&ymd), ymd.faults),
                (
                    expected.map(String::from).into(),
                    vec![(3, CellFault::NotADate)]
                )
            );
            continue;
        }
        let read = read(&texts, &rule);
        assert_eq!(shown(&read), expected, "{:?}", rule.kind);
        assert_eq!(
            (read.faults, read.blanks, read.column_fault),
            (vec![], 1, None),
            "{:?}",
            rule.kind
        );
    }
}

#[test]
fn faulty_cells_are_missing_and_reported() {
    let rule = CellRule::new("年采购额", FieldKind::Money(Unit::parse("万元")));
    let cells = [
        Cell::Text("abc"),
        Cell::Text("100"),
        Cell::Text("500000元"),
        Cell::Error(CellError::Unsaved),
        Cell::Error(CellError::NotAvailable),
        Cell::Blank,
    ];
    let read = read_column(&rows(&cells), 0, &rule);
    assert_eq!(shown(&read), ["?", "100", "50", "?", "?", "?"]);
    let expected = [(0, CellFault::NotANumber), (3, CellFault::Unsaved)];
    assert_eq!(read.faults, expected);
    assert_eq!((read.unit_conflicts, read.blanks), (vec![2], 2));
}

#[test]
fn a_header_in_another_currency_is_a_fault_of_the_column() {
    let rule = CellRule {
        header_unit: Unit::parse("美元"),
        ..CellRule::new("金额", FieldKind::Money(Unit::parse("元")))
    };
    let read = read(&["1", "2元"], &rule);
    assert_eq!(
        read.column_fault,
        Some(ColumnFault::UnknownUnit {
            header: "美元".into(),
            field: "元".into()
        })
    );
    assert_eq!(
        (shown(&read), read.faults),
        (vec!["?".to_owned(); 2], vec![])
    );
}

#[test]
fn empty_cells_take_the_value_above_where_the_field_says_so() {
    let rule = CellRule {
        fill_down: true,
        ..CellRule::new("区域", FieldKind::Text)
    };
    let read_texts = read(&["", "华东", "", " ", "-", "", "华南"], &rule);
    assert_eq!(
        shown(&read_texts),
        ["?", "华东", "华东", "华东", "?", "?", "华南"]
    );
    assert_eq!(read_texts.blanks, 3);
    // What cannot be read cannot be read below either.
    let rule = CellRule {
        fill_down: true,
        ..CellRule::new("金额", FieldKind::Number)
    };
    let read_numbers = read(&["1", "", "abc", "", "3"], &rule);
    assert_eq!(shown(&read_numbers), ["1", "1", "?", "?", "3"]);
    assert_eq!(
        read_numbers.faults,
        [(2, CellFault::NotANumber), (3, CellFault::NotANumber)]
    );
}

#[test]
fn the_escape_is_taken_off_texts_of_text_files_only() {
    let plain = CellRule::new("备注", FieldKind::Text);
    let escaped = CellRule {
        escaped: true,
        ..plain.clone()
    };
    assert_eq!(shown(&read(&["'=1+1", "'tis"], &plain)), ["'=1+1", "'tis"]);
    assert_eq!(shown(&read(&["'=1+1", "'tis"], &escaped)), ["=1+1", "'tis"]);
    let number = CellRule {
        escaped: true,
        ..CellRule::new("金额", FieldKind::Number)
    };
    assert_eq!(read(&["'-5"], &number).faults, [(0, CellFault::NotANumber)]);
}

#[test]
fn texts_and_choices_are_mapped() {
    let map: Vec<(Arc<str>, Arc<str>)> = vec![("电子制造".into(), "制造业".into())];
    let text = CellRule {
        map: map.clone(),
        ..CellRule::new("行业", FieldKind::Text)
    };
    assert_eq!(
        shown(&read(&["电子制造", "零售业", "-"], &text)),
        ["制造业", "零售业", "?"]
    );
    let choice = CellRule {
        map,
        choices: vec!["制造业".into()],
        ..CellRule::new("行业", FieldKind::Choice)
    };
    let read = read(&["电子制造", "零售业", "电子制造", "零售业"], &choice);
    assert_eq!(shown(&read), ["制造业", "?", "制造业", "?"]);
    assert_eq!(
        read.faults.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
        [1, 3]
    );
}

#[test]
fn every_fault_says_what_is_wrong_and_what_to_do_in_both_languages() {
    let faults = [
        CellFault::NotANumber,
        CellFault::TooLarge,
        CellFault::PercentInMoney,
        CellFault::UnitOnNumber { unit: "元".into() },
        CellFault::UnknownUnit {
            unit: "美元".into(),
            expected: "元".into(),
        },
        CellFault::DateFormat,
        CellFault::NotADate,
        CellFault::TwoDigitYear,
        CellFault::ZoneOffset,
        CellFault::NotABool,
        CellFault::NotAChoice {
            part: "a`b".into(),
            nearest: Some("ab".into()),
        },
        CellFault::NotAChoice {
            part: "x".into(),
            nearest: None,
        },
        CellFault::LostDigits,
        CellFault::DateAsId,
        CellFault::ErrorCell(CellError::Ref),
        CellFault::Unsaved,
        CellFault::BelowMin(Decimal::ZERO),
        CellFault::AboveMax(Decimal::ZERO),
    ];
    for fault in faults {
        let text = fault.text("a`b\n", "字段");
        assert!(
            text.en.matches('`').count() % 2 == 0 && text.zh.matches('`').count() % 2 == 0,
            "{text:?}"
        );
        assert!(
            text.en.contains("`字段`") && text.zh.contains("`字段`") && !text.en.contains('\n'),
            "{text:?}"
        );
        assert!(
            !text.en.starts_with(char::is_uppercase) && fault.help().is_some(),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_column_is_what_its_cells_are_one_by_one(
        texts in prop::collection::vec(
            prop::sample::select(vec![
                "2024-01-05", "2024/1/5", "20240105", "5/13/2024", "13/5/2024", "1/2/2024", "2024-02-30", "2024-01-05 08:30:00",
                "1/5/24", "45356", "12", "-12.5", "0.1234567", "1,234", "7%", "3万", "-", "", "  ", "#REF!", "x",
            ]),
            0..6,
        ),
        order in prop::sample::select(vec![None, Some(DateOrder::Dmy)]),
        fill_down in any::<bool>(),
        scale in prop::sample::select(vec![None, Some(1)]),
    ) {
        let texts: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
        let rows = rows(&texts);
        let rule = |kind| CellRule { date_order: order, fill_down, scale, ..CellRule::new("f", kind) };
        let same = |rule: &CellRule, simple: &dyn Fn(Cells<'_>) -> ColumnRead| {
            let simple = simple(Cells { rows: &rows, column: 0, rule });
            let told = |read: &ColumnRead| {
                let (column, faults) = (&read.column, &read.faults);
                format!("{column:?}{faults:?}{:?}{}", read.column_fault, read.blanks)
            };
            prop_assert_eq!(told(&read_column(&rows, 0, rule)), told(&simple));
            Ok(())
        };
        let form = DateForm::decide(texts.iter().copied(), order, false);
        let unread = |column: Column| ColumnRead::unread(column, form.clone().unwrap_err());
        same(&rule(FieldKind::Date), &|cells| match form {
            Ok(form) => cells.each(MISSING_DATE, |_, cell| date::read_day(cell, form)).read(Column::Date),
            Err(_) => unread(Column::Date(vec![MISSING_DATE; rows.len()])),
        })?;
        same(&rule(FieldKind::DateTime), &|cells| match form {
            Ok(form) => cells.each(MISSING, |_, cell| date::read_second(cell, form)).read(Column::DateTime),
            Err(_) => unread(Column::DateTime(vec![MISSING; rows.len()])),
        })?;
        for (field, kind) in [
            (FieldKind::Number, NumberKind::Number),
            (FieldKind::Money(Unit::parse("元")), NumberKind::Money),
            (FieldKind::Percent, NumberKind::Percent),
        ] {
            let reader = NumberReader::new(&NumberRule {
                kind,
                field_unit: Unit::parse("元"),
                header_unit: None,
                header_percent: false,
                scale,
            });
            same(&rule(field), &|cells| {
                let read = |_, cell| Ok(reader.read_millionths(cell)?.map(|(value, _)| value));
                cells.each(MISSING, read).read(Column::Number)
            })?;
        }
    }
}

proptest! {
    #[test]
    fn any_column_is_read_without_panic_and_in_full(texts in proptest::collection::vec(".{0,12}", 0..8), fill_down: bool) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for kind in [
            FieldKind::Id, FieldKind::Text, FieldKind::Number, FieldKind::Money(None), FieldKind::Percent, FieldKind::Date, FieldKind::DateTime, FieldKind::Bool,
            FieldKind::Choice, FieldKind::Choices,
        ] {
            let rule = CellRule { fill_down, escaped: true, ..CellRule::new("字段", kind) };
            let read = read(&texts, &rule);
            prop_assert_eq!(read.column.len(), texts.len());
            for (row, _) in &read.faults {
                prop_assert!(read.column.is_missing(*row as usize));
            }
        }
    }
}

#[test]
fn texts_that_nothing_asks_for_have_the_same_faults_and_blanks() {
    let cells = ["甲", " ", "#REF!", "无", "4.4E+17", "'=1", "甲", "#N/A"];
    let asked = CellRule {
        escaped: true,
        ..CellRule::new("备注", FieldKind::Text)
    };
    let unasked = CellRule {
        is_asked: false,
        ..asked.clone()
    };
    let (kept, seen) = (read(&cells, &asked), read(&cells, &unasked));
    assert_eq!(seen.faults, kept.faults);
    assert_eq!(seen.faults.len(), 2);
    assert_eq!((seen.blanks, kept.blanks), (3, 3));
    for row in 0..cells.len() {
        assert_eq!(
            seen.column.is_missing(row),
            kept.column.is_missing(row),
            "{row}"
        );
    }
}
