//! How a role sees each column: what it hides and masks, and what follows from that for what is worked out of it.

use super::How;
use crate::expr::{AggregateFunction, Bound, Slot};
use crate::scheme::model::{
    DimensionRule, Field, FieldKind, IdentityKind, IndicatorRule, Mask, Metric, MetricSource,
    Preset, Role, Scheme, Sight, SlotKind, TemplatePart, WindowSpan,
};

/// How each column is seen, and how those that are masked are; by slot.
pub struct Sights {
    pub of: Vec<Sight>,
    pub how: Vec<Option<How>>,
    /// Fields of event sheets that are not seen: the sheet's place among them, and the field's.
    pub of_events: Vec<(usize, usize)>,
}

impl Sights {
    /// What a role sees of a scheme. What is hidden by itself also hides what is worked out of it; labels, grades and
    /// types stay, whatever they are made of: to say so much and no more is what they are for.
    pub fn new(scheme: &Scheme, role: &Role) -> Self {
        let count = scheme.slots.entries.len();
        let mut sights = Self {
            of: vec![Sight::Open; count],
            how: vec![None; count],
            of_events: role.hide_of_events.clone(),
        };
        if let Some(preset) = role.preset {
            sights.begin_with(scheme, preset);
        }
        for slot in &role.mask {
            sights.set(*slot, Some(How::Masked(mask_of(scheme, *slot))));
        }
        for slot in &role.pseudonym {
            sights.set(*slot, Some(How::Pseudonym));
        }
        for slot in &role.hide {
            sights.set(*slot, None);
        }
        sights.follow(scheme);
        sights
    }

    /// Masked so, or else hidden.
    fn set(&mut self, slot: Slot, how: Option<How>) {
        let slot = slot.0 as usize;
        self.of[slot] = if how.is_some() {
            Sight::Masked
        } else {
            Sight::Hidden
        };
        self.how[slot] = how;
    }

    fn sight(&self, slot: Slot) -> Sight {
        self.of[slot.0 as usize]
    }

    fn begin_with(&mut self, scheme: &Scheme, preset: Preset) {
        for index in 0..scheme.slots.entries.len() {
            let slot = Slot(index as u32);
            let is_external = preset == Preset::External;
            if is_external && is_key(scheme, slot) {
                self.set(slot, Some(How::Pseudonym));
                continue;
            }
            let Some(field) = field_of(scheme, slot) else {
                continue;
            };
            let identity = identity_mask(scheme, slot);
            let mask = field.mask.or(identity);
            match (mask, is_external) {
                (Some(mask), false) => self.set(slot, Some(How::Masked(mask))),
                // What tells little of a person is masked for others too.
                (Some(mask @ (Mask::Address | Mask::Year | Mask::Magnitude)), true) => {
                    self.set(slot, Some(How::Masked(mask)));
                }
                (Some(_), true) => self.set(slot, None),
                (None, true) if is_name(scheme, slot) || is_free(field) => self.set(slot, None),
                (None, _) => {}
            }
        }
        // An event has no cell of its own in an output: what is masked elsewhere is hidden here, and so is what metrics
        // make of it.
        for (sheet, event) in scheme.events.iter().enumerate() {
            for (index, field) in event.sheet.fields.iter().enumerate() {
                let is_free = is_free(field) && index != event.customer;
                if field.mask.is_some() || preset == Preset::External && is_free {
                    self.of_events.push((sheet, index));
                }
            }
        }
    }

    /// Hides what is worked out of columns that are not seen as they are, until nothing changes any more.
    fn follow(&mut self, scheme: &Scheme) {
        loop {
            let before = self.of.clone();
            for index in 0..self.of.len() {
                let slot = Slot(index as u32);
                if self.of[index] == Sight::Open && self.follows(scheme, slot) {
                    self.set(slot, None);
                }
            }
            if self.of == before {
                return;
            }
        }
    }

    fn follows(&self, scheme: &Scheme, slot: Slot) -> bool {
        match scheme.slots.entries[slot.0 as usize].kind {
            SlotKind::LookupField(lookup, _) => {
                // What a lookup says of a pseudonym does not say who it is.
                let on = SlotKind::Field(scheme.lookups[lookup].on);
                let mut entries = scheme.slots.entries.iter().zip(&self.how);
                let is_pseudonym =
                    entries.any(|(entry, how)| entry.kind == on && *how == Some(How::Pseudonym));
                !is_pseudonym && self.is_closed(scheme, on)
            }
            SlotKind::Metric(metric) => self.metric_follows(scheme, &scheme.metrics[metric]),
            SlotKind::Value(value) => self.withholds(&scheme.values[value].is.bound),
            SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
                let dimension = &scheme.dimensions[index];
                self.sight(dimension.label_slot) == Sight::Hidden
                    || self.points_follow(&dimension.rule)
            }
            SlotKind::Score => {
                let mut weighted = scheme.dimensions.iter();
                weighted.any(|dimension| {
                    dimension.weight.is_some() && self.sight(dimension.points_slot) != Sight::Open
                })
            }
            SlotKind::Tag(tag) => scheme.tags[tag].name.parts.iter().any(
                |part| matches!(part, TemplatePart::Slot(slot) if self.sight(*slot) != Sight::Open),
            ),
            _ => false,
        }
    }

    /// Points of bands say no more than the label; those of an expression say what it reads, and those of an indicator
    /// which of its bands holds, which no label says.
    fn points_follow(&self, rule: &DimensionRule) -> bool {
        match rule {
            DimensionRule::Bands(_) => false,
            DimensionRule::Points { points, .. } => self.withholds(&points.bound),
            DimensionRule::Indicators { indicators, .. } => {
                indicators.iter().any(|indicator| match &indicator.rule {
                    IndicatorRule::Points(points) => self.withholds(&points.bound),
                    IndicatorRule::Bands(bands) => {
                        let mut conditions = bands.iter().filter_map(|band| band.when.as_ref());
                        conditions.any(|when| self.withholds(&when.bound))
                    }
                })
            }
        }
    }

    fn metric_follows(&self, scheme: &Scheme, metric: &Metric) -> bool {
        let by_date = match metric.window.span {
            WindowSpan::Anniversary(field) => self.is_closed(scheme, SlotKind::Field(field)),
            _ => false,
        };
        by_date
            || match metric.from {
                MetricSource::History(field) => self.is_closed(scheme, SlotKind::Field(field)),
                MetricSource::Events(sheet) => {
                    // The date of an event says which period it is in, which window, what comes first, and what is
                    // to be expected.
                    let function = metric.value.function;
                    let by_day = metric.per.is_some()
                        || metric.window.span != WindowSpan::All
                        || matches!(
                            function,
                            AggregateFunction::First
                                | AggregateFunction::Last
                                | AggregateFunction::Estimate(_)
                        );
                    let date = (sheet, scheme.events[sheet].date);
                    if by_day && self.of_events.contains(&date) {
                        return true;
                    }
                    let argument = metric.value.argument.iter();
                    let read = argument.chain(metric.filter.iter().map(|filter| &filter.bound));
                    // Over an event sheet slot `i` is field `i`.
                    read.flat_map(Bound::slots)
                        .any(|slot| self.of_events.contains(&(sheet, slot.0 as usize)))
                }
            }
    }

    /// Whether an expression reads a column that is not seen as it is.
    pub fn withholds(&self, bound: &Bound) -> bool {
        let slots = bound.slots();
        slots.iter().any(|slot| self.sight(*slot) != Sight::Open)
    }

    fn is_closed(&self, scheme: &Scheme, kind: SlotKind) -> bool {
        let mut entries = scheme.slots.entries.iter().zip(&self.of);
        entries.any(|(entry, sight)| entry.kind == kind && *sight != Sight::Open)
    }
}

/// The field that a column is; `None` for what is worked out.
pub fn field_of(scheme: &Scheme, slot: Slot) -> Option<&Field> {
    match scheme.slots.entries[slot.0 as usize].kind {
        SlotKind::Field(field) => Some(&scheme.customers.as_ref()?.sheet.fields[field]),
        SlotKind::LookupField(lookup, field) => Some(&scheme.lookups[lookup].sheet.fields[field]),
        _ => None,
    }
}

fn is_key(scheme: &Scheme, slot: Slot) -> bool {
    match scheme.slots.entries[slot.0 as usize].kind {
        SlotKind::Field(field) => scheme
            .customers
            .as_ref()
            .is_some_and(|customers| customers.key == field),
        SlotKind::Id => true,
        _ => false,
    }
}

fn is_name(scheme: &Scheme, slot: Slot) -> bool {
    let SlotKind::Field(field) = scheme.slots.entries[slot.0 as usize].kind else {
        return false;
    };
    let customers = scheme.customers.as_ref();
    customers.is_some_and(|customers| customers.name == Some(field))
}

/// Whether anything may stand in a field: other identifiers, and text without a list of choices.
fn is_free(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Id | FieldKind::Text)
}

/// The mask for what `[duplicates]` says that a field tells of a person.
fn identity_mask(scheme: &Scheme, slot: Slot) -> Option<Mask> {
    let SlotKind::Field(field) = scheme.slots.entries[slot.0 as usize].kind else {
        return None;
    };
    let mut fields = scheme.duplicates.as_ref()?.fields.iter();
    let identity = fields.find(|identity| identity.field == field)?;
    match identity.kind {
        IdentityKind::Person => Some(Mask::Name),
        IdentityKind::Birth => Some(Mask::Year),
        IdentityKind::Identifier => Some(Mask::Text),
        IdentityKind::Phone => Some(Mask::Phone),
        IdentityKind::Email => Some(Mask::Email),
        IdentityKind::Address => Some(Mask::Address),
        IdentityKind::Company | IdentityKind::CreditCode | IdentityKind::Place => None,
    }
}

/// The mask of a column that a role masks: what the field says, else what it is.
fn mask_of(scheme: &Scheme, slot: Slot) -> Mask {
    let Some(field) = field_of(scheme, slot) else {
        return Mask::Text;
    };
    let known = field.mask.or_else(|| identity_mask(scheme, slot));
    known.unwrap_or(match field.kind {
        FieldKind::Date | FieldKind::DateTime => Mask::Year,
        FieldKind::Number | FieldKind::Money(_) | FieldKind::Percent => Mask::Magnitude,
        _ if is_name(scheme, slot) => Mask::Name,
        _ => Mask::Text,
    })
}
