//! Slips of units: an export in 元 where the one before was in 万元 would move most customers at once, and every grade of
//! it would be wrong. It is refused instead.
//!
//! Most of the customers that both imports have must differ by the same power of ten. From a thousand on, anything nearer
//! to it than to the powers beside it counts: values change between imports, but not so. Below, values must be what they
//! were but for the unit. Exact: what is refused must not depend on a machine's floating point.

use super::last::Last;
use crate::clean::sheet::place_of;
use crate::clean::text::shorten;
use crate::diagnostic::{About, Code, Finding, Text, listed};
use crate::scheme::model::{Field, FieldKind};
use crate::table::column::{MISSING, MISSING_TEXT};
use crate::table::{Column, Decimal, Unit};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// The greatest power of ten that is looked for, up and down.
const GREATEST: i32 = 9;
/// The square root of ten in millionths: between two powers of ten the border is there.
const ROOT_TEN: i128 = 3_162_278;
/// How many customers at least must have jumped: one may have.
const LEAST: usize = 2;
/// How many examples a finding shows.
const EXAMPLES: usize = 3;

/// Stands for a customer that the last import does not have.
const UNKNOWN: u32 = u32::MAX;

/// Whether the values of a field are looked at: numbers, of which the scheme does not say that they may jump.
pub fn may_slip(field: &Field) -> bool {
    is_number(field) && !field.may_jump
}

const fn is_number(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Number | FieldKind::Money(_) | FieldKind::Percent
    )
}

/// The fields whose values have slipped. Those in `accepted` are true, as somebody has said.
pub fn slips(now: &Last<'_>, before: &Last<'_>, accepted: &[String]) -> Vec<Finding> {
    let fields = now.sheet.fields.iter().enumerate();
    let looked_at = fields
        .filter(|(_, field)| may_slip(field) && !accepted.iter().any(|name| **name == *field.name));
    let looked_at: Vec<usize> = looked_at
        .map(|(index, _)| index)
        .filter(|index| {
            let has = |last: &Last<'_>| last.clean.sources[last.table][*index].is_some();
            has(now) && has(before)
        })
        .collect();
    if looked_at.is_empty() {
        return vec![];
    }
    let customers = Customers::of(now, before);
    looked_at
        .into_iter()
        .filter_map(|index| slip(now, before, index, &customers))
        .collect()
}

/// The customers that both tables have, numbered; for each row its customer or [`UNKNOWN`].
struct Customers {
    count: usize,
    now: Vec<u32>,
    before: Vec<u32>,
}

impl Customers {
    fn of(now: &Last<'_>, before: &Last<'_>) -> Self {
        let (Column::Text(here), Column::Text(there)) = (
            &now.clean.columns[now.key],
            &before.clean.columns[before.key],
        ) else {
            return Self {
                count: 0,
                now: vec![],
                before: vec![],
            };
        };
        let numbers: HashMap<&Arc<str>, u32> = (0..)
            .zip(there.dictionary.iter())
            .map(|(number, key)| (key, number))
            .collect();
        let known: Vec<u32> = here
            .dictionary
            .iter()
            .map(|key| numbers.get(key).copied().unwrap_or(UNKNOWN))
            .collect();
        let number = |code: &u32| known.get(*code as usize).copied().unwrap_or(UNKNOWN);
        let code = |code: &u32| {
            if *code == MISSING_TEXT {
                UNKNOWN
            } else {
                *code
            }
        };
        Self {
            count: there.dictionary.len(),
            now: here.codes.iter().map(number).collect(),
            before: there.codes.iter().map(code).collect(),
        }
    }
}

/// What a customer has in one column: how much, and in how many rows.
#[derive(Clone, Copy, Default)]
struct Total {
    /// In millionths, signs left aside.
    sum: i128,
    rows: i128,
}

impl Total {
    /// The mean in millionths; `None` where there is nothing but zeros.
    fn mean(self) -> Option<i128> {
        (self.rows > 0)
            .then(|| self.sum / self.rows)
            .filter(|mean| *mean > 0)
    }
}

fn totals(last: &Last<'_>, index: usize, customers: &[u32], count: usize) -> Vec<Total> {
    let mut totals = vec![Total::default(); count];
    if let Column::Number(values) = &last.clean.columns[index] {
        for row in last.rows() {
            let (value, customer) = (&values[row], customers[row]);
            if *value != MISSING && *value != 0 && customer != UNKNOWN {
                let total = &mut totals[customer as usize];
                total.sum += i128::from(*value).abs();
                total.rows += 1;
            }
        }
    }
    totals
}

fn slip(now: &Last<'_>, before: &Last<'_>, index: usize, customers: &Customers) -> Option<Finding> {
    let here = totals(now, index, &customers.now, customers.count);
    let there = totals(before, index, &customers.before, customers.count);
    let field = &now.sheet.fields[index];
    let mut powers: Vec<Option<i32>> = vec![None; customers.count];
    let mut counts = [0usize; 2 * GREATEST as usize + 1];
    let mut compared = 0;
    for (customer, (now, before)) in here.iter().zip(&there).enumerate() {
        let (Some(now), Some(before)) = (now.mean(), before.mean()) else {
            continue;
        };
        compared += 1;
        powers[customer] = power(now, before, &field.kind);
        if let Some(power) = powers[customer] {
            counts[(power + GREATEST) as usize] += 1;
        }
    }
    let (place, hit) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    if *hit < LEAST || hit * 2 <= compared {
        return None;
    }
    let power = place as i32 - GREATEST;
    let jumped = |customer: u32| customer != UNKNOWN && powers[customer as usize] == Some(power);
    Some(finding(
        now,
        before,
        index,
        customers,
        power,
        (*hit, compared),
        &jumped,
    ))
}

/// The power of ten by which a value has changed; `None` where it has not slipped.
fn power(now: i128, before: i128, kind: &FieldKind) -> Option<i32> {
    // Of the greater and the smaller, so that both directions are one.
    let (great, small, sign) = if now >= before {
        (now, before, 1)
    } else {
        (before, now, -1)
    };
    // Means stay below 9 × 10^18, so nothing here comes near the end of 128 bits.
    let reaches = |power: i32| great * 1_000_000 >= small * 10i128.pow(power as u32 - 1) * ROOT_TEN;
    let nearest = (1..=GREATEST).rev().find(|power| reaches(*power))?;
    // 20% is 0.2, and a bare 20 is 20: a per cent sign that went missing is a hundred.
    let least = if *kind == FieldKind::Percent { 2 } else { 3 };
    let ideal = small * 10i128.pow(nearest as u32);
    let is_exact = (great - ideal).abs() * 100 <= ideal;
    (nearest >= least || is_exact).then_some(sign * nearest)
}

fn finding(
    now: &Last<'_>,
    before: &Last<'_>,
    index: usize,
    customers: &Customers,
    power: i32,
    (hit, compared): (usize, usize),
    jumped: &dyn Fn(u32) -> bool,
) -> Finding {
    let field = &now.sheet.fields[index];
    let (name, last) = (&field.name, before.name());
    let factor = if power > 0 {
        format!("{}", 10i64.pow(power as u32))
    } else {
        format!("1/{}", 10i64.pow(power.unsigned_abs()))
    };
    let table = &now.tables[now.table];
    let mut finding = Finding::error(
        Code::UnitSlip,
        text!(
            "`{name}` of {hit} of {compared} customers is about {factor} times what it was in {last}: the unit must have \
             changed",
            "`{name}`：{compared} 位客户中有 {hit} 位约为 {last} 中的 {factor} 倍，应是单位变了"
        ),
    );
    let source = now.clean.sources[now.table][index];
    if let Some(column) = source {
        finding = finding.place(table.origin.cell(table.header_row, column as u32));
    }
    for note in examples(now, before, index, customers, jumped) {
        finding = finding.with_note(note);
    }
    let help = match unit_now(field, power) {
        Some(unit) => text!(
            "if the values are in {unit} now, write it into the header: `{name}（{unit}）`; if they are true, say \
             `--accept-jump {name}`, or `may_jump = true` in the field",
            "若现在的单位是{unit}，请写进表头：`{name}（{unit}）`；若数值属实，请加 `--accept-jump {name}`，或在字段中写 \
             `may_jump = true`"
        ),
        None => text!(
            "see in which unit the column was exported; if the values are true, say `--accept-jump {name}`, or \
             `may_jump = true` in the field",
            "请核对该列导出的单位；若数值属实，请加 `--accept-jump {name}`，或在字段中写 `may_jump = true`"
        ),
    };
    finding.help(help).about(About {
        field: Some(name.clone()),
        ..now.whose().table(now.table, &field.care)
    })
}

/// The unit that explains the jump.
fn unit_now(field: &Field, power: i32) -> Option<Unit> {
    let FieldKind::Money(Some(unit)) = &field.kind else {
        return None;
    };
    let factor = 10i64.checked_pow(power.unsigned_abs())?;
    let scale = if power > 0 {
        (unit.scale % factor == 0).then(|| unit.scale / factor)?
    } else {
        unit.scale.checked_mul(factor)?
    };
    let unit = Unit {
        currency: unit.currency.clone(),
        scale,
    };
    // A scale without a word of its own explains nothing.
    Unit::parse(&unit.to_string()).filter(|read| *read == unit)
}

/// The first rows that jumped: key, value then and now, place.
fn examples(
    now: &Last<'_>,
    before: &Last<'_>,
    index: usize,
    customers: &Customers,
    jumped: &dyn Fn(u32) -> bool,
) -> Vec<Text> {
    let (Column::Number(here), Column::Number(there)) =
        (&now.clean.columns[index], &before.clean.columns[index])
    else {
        return vec![];
    };
    let is_one = |value: i64| value != MISSING && value != 0;
    let rows = now.rows();
    let rows = rows.filter(|row| is_one(here[*row]) && jumped(customers.now[*row]));
    let shown = |value: i64| Decimal::from_millionths(value).unwrap_or_default();
    rows.take(EXAMPLES)
        .filter_map(|row| {
            let customer = customers.now[row];
            let mut earlier = before.rows();
            let then =
                earlier.find(|row| is_one(there[*row]) && customers.before[*row] == customer)?;
            let key = crate::clean::sheet::text_at(&now.clean.columns[now.key], row);
            let key = shorten(&key);
            let source = now.clean.sources[now.table][index];
            let place = place_of(now.tables, now.clean.rows[row], source);
            let (then, this) = (shown(there[then]), shown(here[row]));
            Some(text!(
                "`{key}`: {then} → {this} ({place})",
                "`{key}`：{then} → {this}（{place}）"
            ))
        })
        .collect()
}

/// Names given with `--accept-jump` that no field has.
pub fn unknown_fields<'a>(accepted: &'a [String], fields: &[&'a Field]) -> Option<Finding> {
    let is_known = |name: &&String| fields.iter().any(|field| *field.name == ***name);
    let unknown = accepted.iter().find(|name| !is_known(name))?;
    let names: Vec<&str> = fields
        .iter()
        .filter(|field| is_number(field))
        .map(|field| &*field.name)
        .collect();
    let Text { en, zh } = listed(names);
    Some(
        Finding::error(
            Code::Usage,
            text!(
                "no field is named `{unknown}`",
                "没有名为 `{unknown}` 的字段"
            ),
        )
        .help(Text {
            en: format!("the fields with numbers are {en}"),
            zh: format!("有数值的字段：{zh}"),
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whole units as millionths.
    const ONE: i128 = 1_000_000;

    #[test]
    fn a_jump_is_a_power_of_ten_that_no_month_brings() {
        let money = FieldKind::Money(Some(Unit::yuan()));
        for (before, now, kind, expected) in [
            (120 * ONE, 1_200_000 * ONE, &money, Some(4)),
            (1_200_000 * ONE, 120 * ONE, &money, Some(-4)),
            // The values have changed beside.
            (120 * ONE, 900_000 * ONE, &money, Some(4)),
            (120 * ONE, 3_000_000 * ONE, &money, Some(4)),
            (120 * ONE, 120_000 * ONE, &money, Some(3)),
            (3 * ONE, 300_000_000 * ONE, &money, Some(8)),
            // 元 and 分, or 万元 and 十万元: the very values but for the unit.
            (120 * ONE, 12_000 * ONE, &money, Some(2)),
            (120 * ONE, 12_050 * ONE, &money, Some(2)),
            (120 * ONE, 1_200 * ONE, &money, Some(1)),
            // Growth, be it ever so great, is none of these.
            (120 * ONE, 9_000 * ONE, &money, None),
            (120 * ONE, 13_000 * ONE, &money, None),
            (120 * ONE, 1_100 * ONE, &money, None),
            (120 * ONE, 240 * ONE, &money, None),
            (120 * ONE, 120 * ONE, &money, None),
            // 20% was 0.2 and is 20 now.
            (200_000, 20 * ONE, &FieldKind::Percent, Some(2)),
            (200_000, 31 * ONE, &FieldKind::Percent, Some(2)),
            (200_000, 1_000_000, &FieldKind::Percent, None),
        ] {
            assert_eq!(power(now, before, kind), expected, "{before} → {now}");
        }
    }

    #[test]
    fn the_unit_that_explains_a_jump_is_named() {
        let field = |unit: &str| Field::new("年采购额", FieldKind::Money(Unit::parse(unit)));
        for (unit, power, now) in [
            ("万元", 4, Some("元")),
            ("元", -4, Some("万元")),
            ("万元", -4, Some("亿元")),
            ("千元", 3, Some("元")),
            ("元", 2, None),
            ("万元", 3, None),
        ] {
            let guess = unit_now(&field(unit), power).map(|unit| unit.to_string());
            assert_eq!(guess.as_deref(), now, "{unit} {power}");
        }
        assert_eq!(unit_now(&Field::new("单量", FieldKind::Number), 4), None);
    }

    proptest! {
        #[test]
        fn both_directions_are_one(a in 1i128..9_000_000_000_000_000_000, b in 1i128..9_000_000_000_000_000_000) {
            let kind = FieldKind::Number;
            prop_assert_eq!(power(a, b, &kind), power(b, a, &kind).map(|power| -power));
        }
    }
}
