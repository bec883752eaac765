//! Whether what the customers' sheet asks of a row can be asked of the columns of the scheme.

use crate::assess::Facts;
use crate::expr::Frame;
use crate::scheme::model::{Asked, Scheme, SlotKind};

/// Whether the columns of the scheme are the fields that it reads, at the same places.
pub(super) fn is_of_columns(asked: &Asked<'_>, facts: &Facts, scheme: &Scheme) -> bool {
    let mut fields = asked.conditions().flat_map(|read| read.bound.slots());
    fields.all(|field| {
        scheme.slot_of(SlotKind::Field(field.0 as usize)) == Some(field)
            && facts.get(field).len() == (facts as &dyn Frame).len()
    })
}
