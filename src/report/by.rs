//! What customers are counted by on request: fields, dimensions, any expression, and the months of a date.

use super::Label;
use super::cells::said;
use super::groups::Groups;
use super::material::Material;
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{self, Base, Slot};
use crate::scheme::model::{Expression, ResultColumn, SlotKind};
use crate::scheme::{AllNames, Scheme, items};
use crate::table::{Date, Period, PeriodKind, Value};
use crate::text;
use crate::words::how_many;
use foldhash::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// How many groups a table has at most; what is beyond is put together.
pub(super) const MOST_GROUPS: usize = 200;

/// The periods of a date, as `--by` writes them: `month(合作起始时间)`.
const PERIODS: [(&str, PeriodKind); 4] = [
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("half_year", PeriodKind::HalfYear),
    ("year", PeriodKind::Year),
];

/// One thing that customers are counted by.
#[derive(Clone, Debug)]
pub struct By {
    /// As written.
    pub text: Arc<str>,
    /// What it looks at.
    expression: Expression,
    /// The period of its date, if it is that.
    period: Option<PeriodKind>,
}

/// The items of `--by`. Findings point into `written`.
pub fn parse(written: &str, scheme: &Scheme) -> Result<Vec<By>, Vec<Finding>> {
    let mut all = vec![];
    let mut findings = vec![];
    let ranges = items(written);
    if ranges.is_empty() {
        findings.push(
            Finding::error(Code::BadValue, text!("no field is named", "没有写任何字段"))
                .at(0..written.len())
                .help(text!(
                    "name fields or periods of a date: `--by region,industry`",
                    "请写字段或日期的周期：`--by 区域,行业`"
                )),
        );
    }
    for range in ranges {
        let item = &written[range.clone()];
        let start = range.start + (item.len() - item.trim_start().len());
        match one(item.trim(), scheme) {
            Ok(by) => all.push(by),
            Err(found) => findings.extend(
                found
                    .into_iter()
                    .map(|finding| finding.map_spans(|span| start + span.start..start + span.end)),
            ),
        }
    }
    if findings.is_empty() {
        Ok(all)
    } else {
        Err(findings)
    }
}

/// The period that an item takes of its date, and where that date stands in it.
fn period_of(item: &str) -> Option<(PeriodKind, Range<usize>)> {
    let open = item.find(['(', '（'])?;
    let close = item.char_indices().last()?;
    let (_, kind) = PERIODS
        .into_iter()
        .find(|(word, _)| *word == item[..open].trim())?;
    let after = open + item[open..].chars().next()?.len_utf8();
    matches!(close.1, ')' | '）').then_some((kind, after..close.0))
}

fn one(item: &str, scheme: &Scheme) -> Result<By, Vec<Finding>> {
    let (period, range) = match period_of(item) {
        Some((kind, range)) => (Some(kind), range),
        None => (None, 0..item.len()),
    };
    let inner = &item[range.clone()];
    let lead = range.start + (inner.len() - inner.trim_start().len());
    let inner = inner.trim();
    let shown =
        ResultColumn::named(inner.trim_matches('"')).and_then(|result| name_of(scheme, result));
    let inner = shown.as_deref().unwrap_or(inner);
    let mut populations = vec![];
    let here = |finding: Finding| finding.map_spans(|span| lead + span.start..lead + span.end);
    let bound = expr::any(inner, &AllNames::new(scheme), &mut populations)
        .map_err(|findings| findings.into_iter().map(here).collect::<Vec<_>>())?;
    let fault = |title, help| {
        vec![here(
            Finding::error(Code::WrongResult, title)
                .at(0..inner.len())
                .help(help),
        )]
    };
    if !populations.is_empty() || bound.ty.series {
        return Err(fault(
            text!(
                "`{inner}` is no value of a customer's own",
                "`{inner}` 不是客户自己的一个值"
            ),
            text!(
                "give it a name under [[values]] first",
                "请先在 [[values]] 中给它取名"
            ),
        ));
    }
    let is_date = matches!(bound.ty.base, Base::Date | Base::DateTime);
    if period.is_some() && !is_date {
        return Err(fault(
            text!("`{inner}` is no date", "`{inner}` 不是日期"),
            text!(
                "`month`, `quarter`, `half_year` and `year` take a field or value that is a date",
                "`month`、`quarter`、`half_year`、`year` 里写日期的字段或值"
            ),
        ));
    }
    Ok(By {
        text: item.into(),
        expression: Expression {
            text: inner.into(),
            bound,
        },
        period,
    })
}

/// The name by which expressions know a result column.
fn name_of(scheme: &Scheme, result: ResultColumn) -> Option<String> {
    Some(match result {
        ResultColumn::Grade => "grade".to_owned(),
        ResultColumn::Previous => "previous_grade".to_owned(),
        ResultColumn::Type => "type".to_owned(),
        ResultColumn::Score => "score".to_owned(),
        ResultColumn::Label(place) => scheme.dimensions[place].name.to_string(),
        _ => return None,
    })
}

/// A value by which customers are grouped, in the order in which groups stand.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    /// Its place in the order of the scheme.
    Known(usize),
    /// A number, a day, a moment, a period, a truth value.
    Number(i64),
    /// Any other text: the groups with most customers first.
    Text,
}

impl By {
    /// The columns that it reads.
    pub fn slots(&self) -> Vec<Slot> {
        self.expression.bound.slots()
    }

    /// The customers of a report in these groups.
    pub fn groups(&self, material: &Material<'_>) -> Groups {
        let lang = material.lang;
        let column = self.expression.bound.eval(&material.grading.facts).column;
        let domain = self.expression.bound.ty.domain.as_ref();
        let mut known: HashMap<Arc<str>, usize> = HashMap::default();
        let mut found: Vec<(Place, Arc<str>, usize)> = vec![];
        let rows = material.scope.rows();
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let value = column.value(*row as usize);
            let Some((place, name)) = self.name(&value, lang) else {
                places.push(None);
                continue;
            };
            let index = if let Some(index) = known.get(&name) {
                *index
            } else {
                let in_domain =
                    domain.and_then(|domain| domain.values.iter().position(|value| *value == name));
                let place = in_domain.map_or(place, Place::Known);
                known.insert(name.clone(), found.len());
                found.push((place, name, 0));
                found.len() - 1
            };
            found[index].2 += 1;
            places.push(Some(index));
        }
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by(|one, other| {
            let ((place, name, count), (other_place, other_name, other_count)) =
                (&found[*one], &found[*other]);
            place
                .cmp(other_place)
                .then(match place {
                    Place::Text => other_count.cmp(count),
                    _ => std::cmp::Ordering::Equal,
                })
                .then_with(|| name.cmp(other_name))
        });
        let mut at = vec![0; found.len()];
        for (place, index) in order.iter().enumerate() {
            at[*index] = place.min(MOST_GROUPS);
        }
        let listed = order.iter().take(MOST_GROUPS);
        let mut list: Vec<Label> = listed
            .map(|index| self.label(material, &found[*index].1))
            .collect();
        if let Some(rest) = order
            .len()
            .checked_sub(MOST_GROUPS)
            .filter(|rest| *rest > 0)
        {
            list.push(Label::plain(said(
                lang,
                Text {
                    en: how_many(rest, "other value"),
                    zh: format!("其余 {rest} 个值"),
                },
            )));
        }
        let none = said(lang, text!("unknown", "未知"));
        let places = places
            .into_iter()
            .map(|place: Option<usize>| place.map(|place| at[place]));
        Groups::new("groups", &*self.text, list, &none, places)
    }

    /// A value's group: where it stands among the others and what it is called; `None` of a missing one.
    fn name(&self, value: &Value, lang: crate::diagnostic::Lang) -> Option<(Place, Arc<str>)> {
        let day = match value {
            Value::Date(day) => Some(*day),
            Value::DateTime(moment) => Some(moment.date()),
            _ => None,
        };
        if let (Some(kind), Some(day)) = (self.period, day) {
            let period: Period = Period::of(kind, day);
            return Some((
                Place::Number(i64::from(period.index)),
                period.to_string().into(),
            ));
        }
        let place = match value {
            Value::Missing => return None,
            Value::Number(number) => Place::Number(number.millionths()),
            Value::Date(day) => Place::Number(i64::from(Date::days(*day))),
            Value::DateTime(moment) => Place::Number(moment.seconds()),
            // Yes before no.
            Value::Bool(truth) => Place::Number(i64::from(!truth)),
            Value::Text(_) | Value::List(_) => Place::Text,
        };
        let text: Arc<str> = match value {
            Value::Text(text) => text.clone(),
            other => crate::classify::plain_text(other, lang)?.into(),
        };
        // A previous grade that there was none of is the empty text, and a customer without tags has an empty list.
        (!text.trim().is_empty()).then_some((place, text))
    }

    fn label(&self, material: &Material<'_>, name: &Arc<str>) -> Label {
        let scheme = &material.grading.scheme;
        let is_grade = |slot: &Slot| {
            let kind = scheme.slots.entries[slot.0 as usize].kind;
            matches!(kind, SlotKind::Grade | SlotKind::PreviousGrade)
        };
        let mut grades = scheme.grades.iter();
        let of_grades = self.slots().iter().all(is_grade);
        Label {
            text: name.clone(),
            grade: grades.position(|grade| of_grades && grade.name == *name),
        }
    }
}
