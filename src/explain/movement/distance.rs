//! How far a customer is from the next better grade where grades follow the values: what its rule asks for and does not
//! find, with the values that it found.

use crate::diagnostic::Lang;
use crate::explain::{rule_text, value_text};
use crate::expr::{Bound, Comparison, Node, Slot};
use crate::grading::Grading;
use crate::scheme::model::{Expression, GradeRule, Ties, Top};
use crate::table::{Decimal, Value};

/// What the next better grade needs; `None` for the best, for those without a grade, and where nothing is lacking
/// because a person set the grade.
pub(super) fn distance(grading: &Grading, row: usize, lang: Lang) -> Option<String> {
    let grade = grading.decided[row].grade? as usize;
    let better = grade.checked_sub(1)?;
    let rule = &grading.scheme.grades[better];
    let needs = match &rule.rule {
        GradeRule::When(when) => {
            let when = when.as_ref()?;
            // Which parts hold says what a role may not see: of a condition that reads such a column it gets the whole,
            // which is the same for everybody whom the values do not give this grade.
            if grading.scheme.slots.withholds(&when.bound) {
                let by_values = grading.assessment.grades[row].index();
                let is_met = by_values.is_some_and(|grade| grade <= better);
                (!is_met).then(|| when.text.to_string())?
            } else {
                lacking(grading, when, row, lang)?
            }
        }
        GradeRule::Top(top) => rank(grading, better, top, &rule.rule, row, lang)?,
    };
    let name = &rule.name;
    Some(match lang {
        Lang::Zh => format!("升 {name} 须 {needs}"),
        Lang::En => format!("{name} needs {needs}"),
    })
}

/// The parts of a condition that do not hold.
fn lacking(grading: &Grading, when: &Expression, row: usize, lang: Lang) -> Option<String> {
    let parts = super::next::parts(&when.bound);
    let lacks = parts.filter(|part| part.eval_at(&grading.facts, row) != Value::Bool(true));
    let texts = lacks.map(|part| {
        let text = when.part(part.span.clone()).unwrap_or(&when.text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = found(grading, part, row, lang);
        match lang {
            _ if found.is_empty() => text,
            Lang::Zh => format!("{text}（{found}）"),
            Lang::En => format!("{text} ({found})"),
        }
    });
    let texts: Vec<String> = texts.collect();
    let between = match lang {
        Lang::Zh => "，且 ",
        Lang::En => " and ",
    };
    (!texts.is_empty()).then(|| texts.join(between))
}

/// Whether all that the next better grade lacks is a limit of this very value, or the value of the last one in its rank,
/// so that what it is short of says the nearest change, which is to `to`.
pub fn asks_only_for(grading: &Grading, row: usize, slot: Slot, to: &Value) -> bool {
    if grading.scheme.grade_movement.is_some() {
        return false;
    }
    let better = grading.decided[row]
        .grade
        .and_then(|grade| grade.checked_sub(1));
    let Some(better) = better.map(|better| better as usize) else {
        return false;
    };
    let when = match &grading.scheme.grades[better].rule {
        GradeRule::When(Some(when)) => when,
        GradeRule::When(None) => return false,
        GradeRule::Top(top) => {
            return cutoff(grading, better, top) == Some((slot, to));
        }
    };
    let parts = super::next::parts(&when.bound);
    let mut lacks = parts.filter(|part| part.eval_at(&grading.facts, row) != Value::Bool(true));
    let (Some(part), None) = (lacks.next(), lacks.next()) else {
        return false;
    };
    let Node::Compare(_, left, right) = &part.node else {
        return false;
    };
    let is_limit = left.node == Node::Slot(slot) && right.literal().is_some();
    // At the very limit of `>` it says nothing of the way to go.
    is_limit && Some(&grading.facts.get(slot).value(row)) != right.literal()
}

/// The values that a part found: `现 72，差 8` for a limit, else all of them by name.
fn found(grading: &Grading, part: &Bound, row: usize, lang: Lang) -> String {
    let scheme = &grading.scheme;
    let shown = |slot: Slot, value: &Value| value_text(scheme, slot, value, lang);
    if let Node::Compare(comparison, left, right) = &part.node
        && let (Node::Slot(slot), Node::Literal(Value::Number(limit))) = (&left.node, &right.node)
    {
        let value = grading.facts.get(*slot).value(row);
        let now = shown(*slot, &value);
        let is_limit = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let short = match value {
            Value::Number(number) if is_limit => limit.checked_sub(number),
            _ => None,
        };
        // At the very limit of `>` there is nothing to be short of.
        let short = short
            .map(Decimal::abs)
            .filter(|short| *short != Decimal::ZERO);
        return match (short, lang) {
            (Some(short), Lang::Zh) => {
                format!("现 {now}，差 {}", shown(*slot, &Value::Number(short)))
            }
            (Some(short), Lang::En) => {
                format!("now {now}, {} off", shown(*slot, &Value::Number(short)))
            }
            (None, Lang::Zh) => format!("现 {now}"),
            (None, Lang::En) => format!("now {now}"),
        };
    }
    let slots = part.slots().into_iter();
    // A series is no single value.
    let slots = slots.filter(|slot| !scheme.slots.entries[slot.0 as usize].ty.series);
    let items: Vec<String> = slots
        .map(|slot| {
            let name = crate::explain::name_of(scheme, slot, lang);
            let value = grading.facts.get(slot).value(row);
            format!("{name} {}", shown(slot, &value))
        })
        .collect();
    items.join(match lang {
        Lang::Zh => "，",
        Lang::En => ", ",
    })
}

/// The key of the last customer who is within the rank, whatever grade that one has, where one key ranks everybody; else the rule.
fn rank(
    grading: &Grading,
    grade: usize,
    top: &Top,
    rule: &GradeRule,
    row: usize,
    lang: Lang,
) -> Option<String> {
    if let (Some((slot, cutoff)), [by]) = (cutoff(grading, grade, top), &top.by[..]) {
        let shown = |value: &Value| value_text(&grading.scheme, slot, value, lang);
        let (cutoff, now) = (shown(cutoff), shown(&grading.facts.get(slot).value(row)));
        let name = &by.text;
        return Some(match lang {
            Lang::Zh => format!("{name} 到 {cutoff}（现 {now}）"),
            Lang::En => format!("{name} of {cutoff} (now {now})"),
        });
    }
    rule_text(rule, lang).map(|rule| rule.text.to_string())
}

/// What the last customer within a rank is ranked by, and the column of it, where one column ranks everybody and whoever
/// equals the last one is in.
fn cutoff<'a>(grading: &'a Grading, grade: usize, top: &Top) -> Option<(Slot, &'a Value)> {
    let last = grading.assessment.cuts.get(grade)?.last.first();
    // With whoever equals the last one, nobody of them is in where ties count down.
    let cutoff = last.filter(|_| top.ties == Ties::Up && top.within.is_none())?;
    match &top.by[..] {
        [by] => match by.bound.node {
            Node::Slot(slot) => Some((slot, cutoff)),
            _ => None,
        },
        _ => None,
    }
}
