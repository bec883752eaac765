//! The scheme as a role may read it: a condition that names a value of a column that the role does not see is not shown.
//! Thresholds stay (`年采购额 >= 500`): they are rules, and nobody's value.

use super::How;
use super::sights::Sights;
use crate::expr::{Base, Bound, Comparison, Node};
use crate::scheme::model::{
    Band, DimensionRule, Expression, FieldKind, GradeRule, IndicatorRule, Movement, OutputColumn,
    Scheme, Shown, Sight, SlotKind, TaskRule,
};
use crate::words::Word;
use std::sync::Arc;

/// The scheme with how its columns are seen, and without the texts that name values of those that are not.
pub fn seen(scheme: &Scheme, sights: &Sights) -> Scheme {
    let mut seen = scheme.clone();
    for (entry, sight) in seen.slots.entries.iter_mut().zip(&sights.of) {
        entry.sight = *sight;
    }
    let withheld: Arc<str> = Word::Withheld.get(scheme.language).into();
    let closed = |bound: &Bound| sights.withholds(bound);
    each(&mut seen, &mut |expression| {
        if names_a_value(&expression.bound, &closed) {
            expression.text = withheld.clone();
        }
    });
    for metric in &mut seen.metrics {
        let is_hidden = sights.of[metric.slot.0 as usize] != Sight::Open;
        if let Some(filter) = metric.filter.as_mut().filter(|_| is_hidden) {
            filter.text = withheld.clone();
        }
    }
    // Who is in which role, what rows must meet and which rows count is nothing that a role needs to know, and may name
    // values.
    seen.roles.clear();
    seen.duplicates = None;
    // It names what customers agreed to.
    seen.notify = None;
    reported(&mut seen, sights);
    let customers = seen.customers.iter_mut().map(|rule| &mut rule.sheet);
    let events = seen.events.iter_mut().map(|rule| &mut rule.sheet);
    let lookups = seen.lookups.iter_mut().map(|rule| &mut rule.sheet);
    for sheet in customers.chain(events).chain(lookups) {
        sheet.rows = None;
        sheet.checks.clear();
    }
    choices(&mut seen);
    if let Some(columns) = &mut seen.output.columns {
        columns.retain(|column| shows(column, sights));
    }
    seen
}

/// What reports take from event sheets: nothing of fields that the role does not see.
fn reported(seen: &mut Scheme, sights: &Sights) {
    let is_hidden = |sheet, field| sights.of_events.contains(&(sheet, field));
    let report = &mut seen.report;
    report.satisfaction = report.satisfaction.and_then(|mut surveys| {
        let sheet = surveys.sheet;
        surveys.csat = surveys.csat.filter(|field| !is_hidden(sheet, *field));
        surveys.nps = surveys.nps.filter(|field| !is_hidden(sheet, *field));
        (surveys.csat.is_some() || surveys.nps.is_some()).then_some(surveys)
    });
    report.service = report.service.and_then(|mut tickets| {
        let sheet = tickets.sheet;
        let moments = [Some(tickets.opened), Some(tickets.replied), tickets.closed];
        let mut moments = moments.into_iter().flatten();
        if moments.any(|field| is_hidden(sheet, field)) {
            return None;
        }
        // To whom customers have pseudonyms, what tells of one of them in words or by a number may tell who it is.
        let is_strange = sights.how.contains(&Some(How::Pseudonym));
        let event = &mut seen.events[sheet];
        let fields = &event.sheet.fields;
        let shows = |field: &usize| {
            let is_free = matches!(fields[*field].kind, FieldKind::Id | FieldKind::Text);
            !(is_hidden(sheet, *field) || is_strange && is_free)
        };
        tickets.kind = tickets.kind.filter(shows);
        event.id = event.id.filter(shows);
        Some(tickets)
    });
}

/// Whether one of the scheme's own output columns is there for a role.
fn shows(column: &OutputColumn, sights: &Sights) -> bool {
    match column {
        OutputColumn::Input => true,
        OutputColumn::Computed { show, .. } => match show {
            Shown::Result(_) => true,
            Shown::Expression(expression) => match expression.bound.node {
                Node::Slot(slot) => sights.of[slot.0 as usize] != Sight::Hidden,
                _ => !sights.withholds(&expression.bound),
            },
            // No field reads it, so nobody has said that the role may see it.
            Shown::Header(_) => false,
        },
    }
}

/// The choices of a field that is not seen as it is are its values.
fn choices(seen: &mut Scheme) {
    let entries = seen.slots.entries.iter();
    let closed = entries.filter(|entry| entry.sight != Sight::Open);
    let closed: Vec<SlotKind> = closed.map(|entry| entry.kind).collect();
    for kind in closed {
        let field = match kind {
            SlotKind::Field(field) => seen
                .customers
                .as_mut()
                .map(|rule| &mut rule.sheet.fields[field]),
            SlotKind::LookupField(lookup, field) => {
                Some(&mut seen.lookups[lookup].sheet.fields[field])
            }
            _ => None,
        };
        if let Some(field) = field {
            field.choices.clear();
            field.map.clear();
        }
    }
}

/// Whether a condition says which value a column has that is not seen: equality, lists, patterns and truth values do,
/// greater and less do not.
fn names_a_value(bound: &Bound, closed: &dyn Fn(&Bound) -> bool) -> bool {
    let mut found = false;
    bound.walk(&mut |part| {
        let names = match &part.node {
            Node::Compare(comparison, ..) => {
                matches!(comparison, Comparison::Equal | Comparison::NotEqual)
            }
            Node::In(..)
            | Node::Like(..)
            | Node::HasTag(..)
            | Node::Case(..)
            | Node::Scalar(..) => true,
            // That it holds is its value.
            Node::Slot(_) => part.ty.base == Base::Bool,
            _ => false,
        };
        found |= names && closed(part);
    });
    found
}

/// Visits every condition of what is worked out for customers.
fn each(scheme: &mut Scheme, visit: &mut dyn FnMut(&mut Expression)) {
    for value in &mut scheme.values {
        visit(&mut value.is);
    }
    for dimension in &mut scheme.dimensions {
        let bands = match &mut dimension.rule {
            DimensionRule::Bands(bands) => bands,
            DimensionRule::Points { points, bands, .. } => {
                visit(points);
                bands
            }
            DimensionRule::Indicators {
                indicators, bands, ..
            } => {
                for indicator in indicators {
                    match &mut indicator.rule {
                        IndicatorRule::Bands(bands) => each_band(bands, visit),
                        IndicatorRule::Points(points) => visit(points),
                    }
                }
                bands
            }
        };
        each_band(bands, visit);
    }
    for grade in &mut scheme.grades {
        match &mut grade.rule {
            GradeRule::When(when) => when.iter_mut().for_each(&mut *visit),
            GradeRule::Top(top) => top.by.iter_mut().for_each(&mut *visit),
        }
        grade.keep.iter_mut().for_each(&mut *visit);
    }
    for rule in &mut scheme.types {
        rule.when.iter_mut().for_each(&mut *visit);
    }
    for tag in &mut scheme.tags {
        tag.when.iter_mut().for_each(&mut *visit);
    }
    for review in &mut scheme.reviews {
        visit(&mut review.when);
    }
    for strategy in &mut scheme.strategies {
        strategy.when.iter_mut().for_each(&mut *visit);
        strategy.goal_met.iter_mut().for_each(&mut *visit);
        for task in &mut strategy.tasks {
            if let TaskRule::When(when) = &mut task.rule {
                visit(when);
            }
        }
    }
    let report = &mut scheme.report;
    let conditions = [
        &mut report.churned,
        &mut report.bought,
        &mut report.repurchased,
    ];
    conditions.into_iter().flatten().for_each(&mut *visit);
    let movements = [&mut scheme.grade_movement, &mut scheme.type_movement];
    for movement in movements.into_iter().flatten() {
        each_rule(movement, visit);
    }
}

fn each_band(bands: &mut [Band], visit: &mut dyn FnMut(&mut Expression)) {
    for band in bands {
        band.when.iter_mut().for_each(&mut *visit);
    }
}

fn each_rule(movement: &mut Movement, visit: &mut dyn FnMut(&mut Expression)) {
    for rule in &mut movement.rules {
        visit(&mut rule.when);
    }
    movement.eligible.iter_mut().for_each(visit);
}
