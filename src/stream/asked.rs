//! What of a scheme nothing asks for is left out of it: names and notes are handed through as they stand in the record,
//! so that of their cells only faults and blanks count, and a round of ranks needs neither ids nor grades nor reviews.

use super::Asked;
use crate::expr::{Bound, Slot};
use crate::scheme::model::{
    Customers, Expression, FieldKind, GradeRule, OutputColumn, Scheme, Shown, SlotKind, That,
};

/// A scheme that keeps no texts but those that it or the call asks for.
pub(super) fn for_results(mut scheme: Scheme, asked: &Asked) -> Scheme {
    let read_by_call: Vec<Slot> = by_call(&scheme, asked)
        .flat_map(|expression| expression.bound.slots())
        .collect();
    let unasked = unasked(&scheme, |slot| {
        scheme.slots.entries[slot.0 as usize].is_read || read_by_call.contains(&slot)
    });
    leave(&mut scheme, &unasked);
    scheme
}

/// A scheme that goes as far as what ranks and figures of the population are worked out of: nobody has a grade, nothing
/// follows from grades, and no texts are kept but those that come into it.
pub(super) fn for_ranks(mut scheme: Scheme) -> Scheme {
    let read: Vec<Slot> = ranked_by(&scheme);
    let mut unasked = unasked(&scheme, |slot| read.contains(&slot));
    unasked.extend(unread_key(&scheme, &read));
    leave(&mut scheme, &unasked);
    // Their names stay: of the grades before, which may come into a rank, they tell the better one.
    for grade in &mut scheme.grades {
        grade.rule = GradeRule::When(None);
    }
    scheme.reviews.clear();
    scheme
}

/// The field of the customers' key, unless something comes of it: who they are is no matter then.
fn unread_key(scheme: &Scheme, read: &[Slot]) -> Option<usize> {
    let customers = scheme.customers.as_ref()?;
    let (key, sheet) = (customers.key, &customers.sheet);
    let slot = scheme.slot_of(SlotKind::Field(key));
    let is_read = slot.is_none_or(|slot| read.contains(&slot)) || !sheet.checks.is_empty();
    let is_plain = sheet.fields[key].kind == FieldKind::Id && is_free(customers, key);
    (is_plain && !is_read).then_some(key)
}

fn leave(scheme: &mut Scheme, unasked: &[usize]) {
    if let Some(customers) = &mut scheme.customers {
        for field in unasked {
            customers.sheet.fields[*field].is_asked = false;
        }
    }
}

/// The fields of which nobody asks for the values, by their places: none of `reads`, and no check. A row is refused and
/// a column shown the same without them.
fn unasked(scheme: &Scheme, reads: impl Fn(Slot) -> bool) -> Vec<usize> {
    let Some(customers) = &scheme.customers else {
        return vec![];
    };
    let sheet = &customers.sheet;
    // Owners and the sheet's rows name fields by their places.
    let of_fields = sheet.fields.iter().map(|field| &field.care);
    let mut care = of_fields.chain(sheet.checks.iter().map(|check| &check.care));
    if care.any(|care| care.owner.is_some()) || sheet.rows.is_some() {
        return vec![];
    }
    // So do the sheet's checks.
    let mut checked: Vec<Slot> = vec![];
    for check in &sheet.checks {
        let That::EachRow { condition, .. } = &check.that else {
            return vec![];
        };
        let conditions = check.when.iter().chain([condition]);
        checked.extend(conditions.flat_map(|condition| condition.bound.slots()));
    }
    let entries = scheme.slots.entries.iter().zip(0..);
    let fields = entries.filter_map(|(entry, slot)| {
        let SlotKind::Field(field) = entry.kind else {
            return None;
        };
        let is_asked = reads(Slot(slot)) || checked.contains(&Slot(field as u32));
        (!is_asked && is_plain(customers, field)).then_some(field)
    });
    fields.collect()
}

/// The expressions that a call brings along, and those of its columns.
fn by_call<'a>(scheme: &'a Scheme, asked: &'a Asked) -> impl Iterator<Item = &'a Expression> {
    let columns = asked.columns.as_ref().or(scheme.output.columns.as_ref());
    let shown = columns
        .into_iter()
        .flatten()
        .filter_map(|column| match column {
            OutputColumn::Computed {
                show: Shown::Expression(expression),
                ..
            } => Some(expression),
            _ => None,
        });
    asked.wanted.iter().chain(shown)
}

/// What ranks and figures of the population read, and what may come before that: values and dimensions.
fn ranked_by(scheme: &Scheme) -> Vec<Slot> {
    let mut read: Vec<&Bound> = vec![];
    read.extend(scheme.values.iter().map(|value| &value.is.bound));
    for dimension in &scheme.dimensions {
        read.extend(dimension.rule.expressions().map(|part| &part.bound));
    }
    for spec in &scheme.populations {
        read.extend(spec.within.iter().chain([&spec.argument]));
    }
    let mut slots: Vec<Slot> = vec![];
    for grade in &scheme.grades {
        if let GradeRule::Top(top) = &grade.rule {
            read.extend(top.by.iter().map(|by| &by.bound));
            slots.extend(top.within);
        }
    }
    slots.extend(read.into_iter().flat_map(Bound::slots));
    slots
}

/// Whether a field is a text of which nothing is said but its name, and which says nothing of its customer but what it is
/// called.
fn is_plain(customers: &Customers, field: usize) -> bool {
    let rule = &customers.sheet.fields[field];
    rule.kind == FieldKind::Text
        && rule.map.is_empty()
        && field != customers.key
        && is_free(customers, field)
}

/// Whether nothing looks at the values of a field as such.
fn is_free(customers: &Customers, field: usize) -> bool {
    let rule = &customers.sheet.fields[field];
    let said = [
        customers.previous_grade,
        customers.previous_date,
        customers.first_seen,
    ];
    let is_held = rule.limits.pattern.is_some() || rule.limits.unique || rule.fill_down;
    !is_held && !said.contains(&Some(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{AllNames, parse_columns, validate};

    fn scheme_with(more: &str) -> String {
        format!(
            r#"
[scheme]
name = "asked"
version = "1"
language = "zh"
period = "year"

[sheets.customers]
key = "id"
name = "called"
fields = [
  {{ name = "id", type = "id" }},
  {{ name = "called", type = "text" }},
  {{ name = "note", type = "text" }},
  {{ name = "coded", type = "text", pattern = "[A-Z]+" }},
  {{ name = "mapped", type = "text", map = {{ a = "b" }} }},
  {{ name = "code", type = "id" }},
  {{ name = "amount", type = "number" }},
]

[[grades]]
name = "A"
when = "amount > 10"
[[grades]]
name = "B"
{more}
"#
        )
    }

    /// The names of the fields that nothing asks for, where a call asks for these columns.
    fn names(more: &str, columns: &str) -> Vec<String> {
        let (scheme, findings) = validate(&scheme_with(more));
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let asked = Asked {
            wanted: None,
            columns: parse_columns(columns, &AllNames::new(&scheme)).ok(),
        };
        assert!(asked.columns.is_some(), "{columns}");
        unkept(&for_results(scheme, &asked))
    }

    /// The fields of which a scheme keeps no values.
    fn unkept(scheme: &Scheme) -> Vec<String> {
        let fields = scheme.customers.as_ref().unwrap().sheet.fields.iter();
        let unkept = fields.filter(|field| !field.is_asked);
        unkept.map(|field| field.name.to_string()).collect()
    }

    #[test]
    fn plain_texts_that_nothing_names_are_not_asked_for() {
        assert_eq!(names("", "*, grade"), ["called", "note"]);
        for (more, columns) in [
            ("", "*, note"),
            ("[[tags]]\nname = \"{note}\"", "*"),
            ("[[types]]\nname = \"T\"\nwhen = \"note = 'x'\"", "*"),
            (
                "[[values]]\nname = \"v\"\nis = \"coalesce(note, 'x')\"",
                "*",
            ),
            (
                "[[checks]]\nsheet = \"customers\"\nname = \"c\"\nthat = \"note != 'x'\"",
                "*",
            ),
        ] {
            assert_eq!(names(more, columns), ["called"], "{more} {columns}");
        }
    }

    #[test]
    fn ranks_leave_all_texts_that_they_are_not_worked_out_of() {
        let ranked = |more: &str| {
            let text = scheme_with(&format!(
                "[[types]]\nname = \"T\"\nwhen = \"called = 'x'\"\n{more}"
            ));
            let text = text.replace("when = \"amount > 10\"", "top = 3\nby = \"amount\"");
            let (scheme, findings) = validate(&text);
            unkept(&for_ranks(scheme.unwrap_or_else(|| panic!("{findings:?}"))))
        };
        assert_eq!(ranked(""), ["id", "called", "note"]);
        let value = |is: &str| format!("[[values]]\nname = \"v\"\nis = \"{is}\"");
        assert_eq!(ranked(&value("coalesce(note, id)")), ["called"]);
        let within = "rank(amount within called) < 3";
        let condition = format!("[[tags]]\nname = \"t\"\nwhen = \"{within}\"");
        assert_eq!(ranked(&condition), ["id", "note"]);
    }
}
