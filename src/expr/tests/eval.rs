//! Values beyond the reference page: which faults count, why values are missing, what is converted how.

use super::sample::Sample;
use crate::expr::{
    AggregateFunction, Base, Bound, Measure, Node, Slot, Type, aggregate, condition,
};
use crate::table::{Unit, Value};

#[test]
fn faults_count_only_where_they_matter() {
    let mut sample = Sample::load();
    for (text, expected) in [
        // 甲 has no complaints; the division is not reached there.
        (
            "投诉次数 <> 0 and 10 / 投诉次数 > 7",
            "false, false, true, missing",
        ),
        (
            "投诉次数 = 0 or 10 / 投诉次数 > 7",
            "true, false, true, missing",
        ),
        (
            "case when 投诉次数 = 0 then 0 else 10 / 投诉次数 end",
            "0, 5, 10, missing",
        ),
        (
            "case when 10 / 投诉次数 > 7 then 1 else 0 end",
            "missing!, 0, 1, missing",
        ),
        ("coalesce(投诉次数, 10 / 投诉次数)", "0, 2, 1, missing"),
        ("coalesce(10 / 投诉次数, 0)", "0!, 5, 10, 0"),
        (
            "年采购额 * 100000000000",
            "missing!, 5000000000000, 850000000000, missing",
        ),
        ("1 / 0", "missing!"),
        ("latest(月消费额 / 月消费额)", "1"),
        ("previous(月消费额 / 月消费额, 2)", "1, 1, missing!, 1"),
        ("streak(月消费额 / 月消费额 = 1)", "3, 3, 1, 3"),
    ] {
        assert_eq!(sample.shown(text), expected, "{text}");
    }
}

#[test]
fn missing_values_stay_three_valued() {
    let mut sample = Sample::load();
    for (text, expected) in [
        ("投诉次数 = 1 and null", "false, false, missing, missing"),
        (
            "not (投诉次数 = 1 or null)",
            "missing, missing, false, missing",
        ),
        ("投诉次数 in (1, 2) is false", "true, false, false, false"),
        ("投诉次数 not in (0, 价值分)", "false, true, true, missing"),
        (
            "case when 投诉次数 is null then -1 when 投诉次数 > 1 then 2 end",
            "missing, 2, missing, -1",
        ),
        ("coalesce(区域, 所在地, '无')", "华东, 华南, 华东, 华南"),
        ("区域 = '没有这个'", "false, false, false, missing"),
        ("区域 <> '没有这个'", "true, true, true, missing"),
        ("区域 < '华北'", "true, false, true, missing"),
        ("greatest(区域, 所在地)", "华东, 华南, 华东, missing"),
        ("contains(所在地, 区域)", "true, false, false, missing"),
        (
            "合作起始时间 in ('2020-02-29', '2024-01-31')",
            "true, false, true, missing",
        ),
        ("重点 = true", "true, false, missing, true"),
        (
            "date '2024-01-01' between 合作起始时间 and as_of",
            "true, true, false, missing",
        ),
    ] {
        assert_eq!(sample.shown(text), expected, "{text}");
    }
}

#[test]
fn sums_are_converted_without_rounding() {
    let mut sample = Sample::load();
    for (text, expected) in [
        ("年采购额 > 0.001元", "true, true, true, missing"),
        ("年采购额 > 85000.001元", "true, true, false, missing"),
        ("年采购额 > 84999.999元", "true, true, true, missing"),
        ("年采购额 = 85000元", "false, false, true, missing"),
        ("年采购额 + 1元", "120.0001, 50.0001, 8.5001, missing"),
        ("欠款 + 年采购额", "1200000, 600000, 85000.001, missing"),
        (
            "年采购额 between 8.5 and 50万",
            "false, true, true, missing",
        ),
        (
            "年采购额 in (120, 50万, 85000元)",
            "true, true, true, missing",
        ),
        (
            "least(年采购额, 100, 0.001元)",
            "0.001, 0.001, 0.001, missing",
        ),
        ("年采购额 / 10万", "12, 5, 0.85, missing"),
        ("年采购额 / 10", "12, 5, 0.85, missing"),
        ("奖金 >= 7", "true, false, missing, true"),
        ("海外额 >= 3USD", "false, false, true, true"),
        (
            "年采购额 >= case when 重点 then 100 else 10 end",
            "true, true, missing, missing",
        ),
        ("年采购额 >= 2 * 25", "true, true, false, missing"),
    ] {
        assert_eq!(sample.shown(text), expected, "{text}");
    }
    let (bound, _) = sample.bind("年采购额 >= 100万").unwrap();
    let Node::Compare(_, left, right) = &bound.node else {
        panic!("{bound:?}")
    };
    assert!(
        matches!(left.node, Node::Slot(_)),
        "the column is compared as it is"
    );
    assert_eq!(
        right.literal(),
        Some(&Value::Number(crate::table::Decimal::HUNDRED))
    );
}

#[test]
fn results_have_the_measure_of_their_operands() {
    let sample = Sample::load();
    let wan = || Measure::Money(Unit::parse("万元"));
    let yuan = || Measure::Money(Some(Unit::yuan()));
    for (text, measure) in [
        ("年采购额 * 20%", wan()),
        ("20% * 年采购额", wan()),
        ("年采购额 / 2", wan()),
        ("年采购额 + 100万", wan()),
        ("年采购额 - 欠款", yuan()),
        ("年采购额 / 欠款", Measure::Plain),
        ("mean(年采购额)", wan()),
        ("rank(年采购额)", Measure::Plain),
        ("average(月消费额, 2)", yuan()),
        ("growth(月消费额)", Measure::Plain),
        ("round(coalesce(年采购额, 0), 1)", wan()),
        ("奖金 * 2", Measure::Money(None)),
        ("100", Measure::Plain),
        ("100万", Measure::Plain),
    ] {
        assert_eq!(sample.bind(text).unwrap().0.ty.measure, measure, "{text}");
    }
}

#[test]
fn causes_name_only_what_makes_it_unknown() {
    let sample = Sample::load();
    let (second, third, fourth) = (1, 2, 3);
    for (text, row, expected) in [
        ("投诉次数 > 1 and 年采购额 > 1", fourth, "投诉次数 年采购额"),
        ("投诉次数 > 1 and 重点", third, ""),
        ("投诉次数 >= 1 and 重点", third, "重点"),
        ("投诉次数 > 1 or 重点", fourth, ""),
        (
            "case when 采购增长率 > 0 then 1 when 重点 then 2 end",
            third,
            "采购增长率",
        ),
        (
            "case when 投诉次数 > 1 then 年采购额 else 采购增长率 * 年采购额 end",
            third,
            "采购增长率",
        ),
        ("coalesce(采购增长率, 重点 is null and 1 > 2, 1)", third, ""),
        ("10 / (投诉次数 - 2)", second, ""),
        ("years(合作起始时间) >= 1", fourth, "合作起始时间"),
        ("previous(月消费额) > 1", third, "月消费额"),
        ("total(月消费额, 9) > 1", second, "月消费额"),
        ("growth(月单数)", second, ""),
        ("case when 1 > 2 then 1 end", second, ""),
    ] {
        let Ok((bound, _)) = sample.bind(text) else {
            assert!(text.starts_with("coalesce"), "{text}");
            continue;
        };
        let causes = bound.missing_causes(&sample, row);
        let names: Vec<_> = causes.iter().map(|slot| sample.slot_name(*slot)).collect();
        assert_eq!(names.join(" "), expected, "{text}");
    }
}

fn slots(bound: &Bound, sample: &Sample) -> String {
    bound
        .slots()
        .iter()
        .map(|slot: &Slot| sample.slot_name(*slot))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn says_what_it_reads() {
    let sample = Sample::load();
    let (bound, specs) = sample
        .bind("区域 = '华东' and rank(年采购额 within 区域) <= 3 and share(年采购额 within 区域) > mean(投诉次数)")
        .unwrap();
    assert_eq!(slots(&bound, &sample), "区域 年采购额 投诉次数");
    assert_eq!(bound.population_ids(), [0, 1]);
    let texts: Vec<_> = specs.iter().map(|spec| spec.text.as_str()).collect();
    assert_eq!(texts, ["年采购额 within 区域", "投诉次数"]);
    assert!(!bound.is_constant());
    assert!(sample.bind("2 * 50 > 3").unwrap().0.is_constant());
    assert!(!sample.bind("as_of > '2024-01-01'").unwrap().0.is_constant());
}

#[test]
fn helpers_want_their_type() {
    let sample = Sample::load();
    let code = |text| {
        condition(text, &sample, &mut vec![])
            .map_err(|f| f[0].code.word())
            .map(|_| ())
    };
    assert_eq!(code("年采购额"), Err("wrong-result"));
    assert_eq!(code("月消费额 > 1"), Err("series-misuse"));
    assert_eq!(code("重点"), Ok(()));
    let mut specs = vec![];
    assert!(condition("rank(年采购额)", &sample, &mut specs).is_err());
    let number =
        |text| crate::expr::number(text, &sample, &mut vec![]).map_err(|f| f[0].code.word());
    assert_eq!(number("重点").err(), Some("wrong-result"));
    assert!(number("年采购额").is_ok());
}

#[test]
fn aggregates_are_one_call() {
    let mut sample = Sample::load();
    sample.population_here = false;
    let bound = |text: &str| {
        aggregate(text, &sample).map_err(|f| {
            f.iter()
                .map(|f| f.code.word())
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let gap = bound("mean_gap()").unwrap();
    assert_eq!(
        (gap.function, gap.argument),
        (AggregateFunction::MeanGap, None)
    );
    for (text, base, measure) in [
        ("count()", Base::Number, Measure::Plain),
        (
            "sum(年采购额 * 2)",
            Base::Number,
            Measure::Money(Unit::parse("万元")),
        ),
        ("mean(投诉次数)", Base::Number, Measure::Plain),
        ("max(合作起始时间)", Base::Date, Measure::Plain),
        ("most_common(区域)", Base::Text, Measure::Plain),
        ("count_distinct(区域)", Base::Number, Measure::Plain),
        ("sum(1)", Base::Number, Measure::Plain),
        ("mean_gap(合作起始时间)", Base::Number, Measure::Plain),
    ] {
        assert_eq!(
            bound(text).unwrap().ty,
            Type {
                measure,
                ..Type::of(base)
            },
            "{text}"
        );
    }
    for (text, code) in [
        ("年采购额", "wrong-result"),
        ("sum(年采购额) / count()", "wrong-result"),
        ("sum()", "bad-arguments"),
        ("sum(年采购额, 1)", "bad-arguments"),
        ("sum(区域)", "type-mismatch"),
        ("sum(没有)", "unknown-name"),
        ("sum(rank(年采购额))", "population-misuse"),
        ("sum(sum(年采购额))", "unknown-function"),
        ("max(价值)", "unordered-labels"),
    ] {
        assert_eq!(bound(text).map(|_| ()), Err(code.into()), "{text}");
    }
}

#[test]
fn the_deepest_expressions_are_bound_and_evaluated() {
    let mut sample = Sample::load();
    let nested =
        |open: &str, close: &str| format!("{}投诉次数{}", open.repeat(90), close.repeat(90));
    assert_eq!(sample.shown(&nested("abs(", ")")), "0, 2, 1, missing");
    assert_eq!(sample.shown(&nested("(", " + 1)")), "90, 92, 91, missing");
    assert_eq!(
        sample.shown(&nested("case when 投诉次数 is null then 0 else ", " end")),
        "0, 2, 1, 0"
    );
    let (bound, _) = sample.bind(&nested("abs(", ")")).unwrap();
    assert_eq!(bound.missing_causes(&sample, 3).len(), 1);
}
