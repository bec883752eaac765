//! Canonical text: what it is, and that it parses again to the same tree.

use crate::expr::ast::{Expr, ExprKind};
use crate::expr::{Arithmetic, Ast, Comparison, Form, Negation, Number, parse};
use crate::table::{Date, DateTime, Decimal, Unit};
use proptest::prelude::*;

#[test]
fn texts_have_one_canonical_form() {
    for (text, canonical) in [
        ("年采购额≥100", "年采购额 >= 100"),
        ("a and b or c", "a and b or c"),
        ("a AND (b OR c)", "a and (b or c)"),
        ("a 且 b 或 not c", "a and b or not c"),
        ("not (a and b)", "not (a and b)"),
        ("not a = 1", "not a = 1"),
        ("(not a) = true", "(not a) = true"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("-a*b", "-a * b"),
        ("-(a*b)", "-(a * b)"),
        ("a - -1", "a - -1"),
        ("- -a", "- -a"),
        (".777770764万", "77.7770764百"),
        ("428881442428885%", "428881442428885%"),
        ("(a > 1) is true", "(a > 1) is true"),
        ("a > 1 is true", "(a > 1) is true"),
        ("a is not null", "a is not null"),
        ("a not in (‘x’,“y”)", "a not in ('x', 'y')"),
        ("a not between 1 and 2 and b", "a not between 1 and 2 and b"),
        ("a like '%it''s%'", "a like '%it''s%'"),
        ("\"总 额(元)\" > 1", "\"总 额(元)\" > 1"),
        ("\"and\" = 1", "\"and\" = 1"),
        ("\"名称\" = 1", "名称 = 1"),
        ("risk.\"敏 感\" = '高'", "risk.\"敏 感\" = '高'"),
        (
            "x >= 12.50% and y < 1.2亿 and z = 50 or w = 50万元",
            "x >= 12.5% and y < 1.2亿 and z = 50 or w = 50万元",
        ),
        ("date '2024/3/5' > date", "date '2024-03-05' > date"),
        (
            "timestamp '2024-03-05 8:00'",
            "datetime '2024-03-05 08:00:00'",
        ),
        ("MEAN(x WITHIN 区域)", "mean(x within 区域)"),
        (
            "CASE WHEN a THEN 1 ELSE 2 END",
            "case when a then 1 else 2 end",
        ),
        (
            "case when a then 1 when b then 2 end",
            "case when a then 1 when b then 2 end",
        ),
        ("count()", "count()"),
    ] {
        assert_eq!(
            parse(text).map(|ast| ast.to_string()),
            Ok(canonical.into()),
            "{text}"
        );
    }
}

#[test]
fn deep_and_long_texts_are_refused_and_not_run_into() {
    for text in [
        format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}a", "not ".repeat(5_000)),
        format!("{}a", "-".repeat(5_000)),
        format!("a{}", " + a".repeat(5_000)),
        format!(
            "{}1{}",
            "case when a then ".repeat(3_000),
            " end".repeat(3_000)
        ),
        "a".repeat(70_000),
        format!("{}a{}", "abs(".repeat(5_000), ")".repeat(5_000)),
    ] {
        let codes = parse(&text).map_err(|findings| findings[0].code.word());
        assert_eq!(codes.map(|_| ()), Err("too-complex"), "{}", &text[..20]);
    }
    // A long list of conditions is not deep.
    let long = format!("a{}", " or a".repeat(10_000));
    assert!(parse(&long).is_ok());
}

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, 0..0)
}

fn leaf() -> impl Strategy<Value = Expr> {
    let number = (0i64..5_000_000_000_000, 0usize..4).prop_map(|(millionths, form)| {
        let bare = Decimal::from_millionths(millionths).unwrap();
        let hundreds = Decimal::from_millionths(millionths / 1_000_000 * 1_000_000 * 100).unwrap();
        ExprKind::Number(match form {
            0 => Number {
                value: bare,
                form: Form::Bare,
            },
            1 => Number {
                value: bare,
                form: Form::Percent,
            },
            2 => Number {
                value: hundreds,
                form: Form::Sum,
            },
            _ => Number {
                value: bare,
                form: Form::Money(Unit::parse("万元").unwrap()),
            },
        })
    });
    let name = prop_oneof![
        "[a-c一-三]{1,3}",
        "[ -~高]{1,6}",
        Just("and".to_owned()),
        Just("或".to_owned())
    ];
    prop_oneof![
        Just(ExprKind::Null),
        any::<bool>().prop_map(ExprKind::Bool),
        number,
        "[ -~高‘’，]{0,5}".prop_map(ExprKind::Text),
        (0i32..20_000).prop_map(|days| ExprKind::Date(Date::from_days(days).unwrap())),
        (0i64..2_000_000_000).prop_map(|s| ExprKind::DateTime(DateTime::from_seconds(s).unwrap())),
        (proptest::option::of(name.clone()), name)
            .prop_map(|(sheet, name)| ExprKind::Name { sheet, name }),
    ]
    .prop_map(expr)
}

fn negation() -> impl Strategy<Value = Negation> {
    prop_oneof![Just(Negation::Plain), Just(Negation::Not)]
}

fn tree() -> impl Strategy<Value = Expr> {
    let arithmetic = prop_oneof![
        Just(Arithmetic::Add),
        Just(Arithmetic::Subtract),
        Just(Arithmetic::Multiply),
        Just(Arithmetic::Divide)
    ];
    let comparison = prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
        Just(Comparison::Less),
        Just(Comparison::GreaterEqual)
    ];
    leaf().prop_recursive(5, 40, 4, move |inner| {
        let one = inner.clone().prop_map(Box::new);
        let some = prop::collection::vec(inner.clone(), 1..4);
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            one.clone().prop_map(ExprKind::Negate),
            one.clone().prop_map(ExprKind::Not),
            several.clone().prop_map(ExprKind::And),
            several.prop_map(ExprKind::Or),
            (arithmetic.clone(), one.clone(), one.clone())
                .prop_map(|(op, l, r)| ExprKind::Arithmetic(op, l, r)),
            (comparison.clone(), one.clone(), one.clone())
                .prop_map(|(op, l, r)| ExprKind::Compare(op, l, r)),
            (one.clone(), negation()).prop_map(|(x, n)| ExprKind::IsNull(x, n)),
            (one.clone(), any::<bool>(), negation())
                .prop_map(|(x, v, n)| ExprKind::IsTruth(x, v, n)),
            (one.clone(), some.clone(), negation()).prop_map(|(x, l, n)| ExprKind::In(x, l, n)),
            (one.clone(), one.clone(), one.clone(), negation())
                .prop_map(|(x, l, h, n)| ExprKind::Between(x, l, h, n)),
            (one.clone(), one.clone(), negation()).prop_map(|(x, p, n)| ExprKind::Like(x, p, n)),
            (
                prop::collection::vec((inner.clone(), inner.clone()), 1..3),
                proptest::option::of(one)
            )
                .prop_map(|(arms, otherwise)| ExprKind::Case(arms, otherwise)),
            ("[a-c]{1,4}", some).prop_map(|(function, arguments)| ExprKind::Call {
                function,
                name_span: crate::expr::Spot::default(),
                arguments,
                within: None,
            }),
        ]
        .prop_map(expr)
    })
}

proptest! {
    #[test]
    fn canonical_text_parses_to_the_same_tree(root in tree()) {
        let text = Ast { root: root.clone() }.to_string();
        let again = parse(&text);
        prop_assert!(again.is_ok(), "{}: {:?}", text, again);
        let again = again.unwrap();
        prop_assert_eq!(again.to_string(), text.clone());
        prop_assert_eq!(again.root, root, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_order_of_words_makes_it_panic(words in prop::collection::vec(prop_oneof![
        Just("("), Just(")"), Just("not"), Just("and"), Just("x"), Just("1,0"), Just("'"), Just("年"), Just("case"),
        Just("when"), Just("end"), Just("between"), Just("in"), Just("<="), Just("-"), Just("."), Just("date"),
        Just("'2024'"), Just("\""), Just("f("), Just(","), Just("within"), Just("100万元"), Just("5%"), Just("is"),
    ], 0..14)) {
        let _ = parse(&words.join(" "));
        let _ = parse(&words.concat());
    }
}
