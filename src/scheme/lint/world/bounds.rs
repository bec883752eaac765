//! Leaves out what metrics of one sheet cannot be together.

use super::cells::Row;
use crate::expr::Slot;
use crate::scheme::lint::values::key;
use crate::scheme::model::Scheme;

/// Leaves out the rows that nobody can have.
pub fn retain(scheme: &Scheme, slots: &[Slot], rows: &mut Vec<Row>) {
    let place = |wanted: Slot| slots.iter().position(|slot| *slot == wanted);
    for bound in scheme.metric_bounds() {
        let (Some(own), Some(of)) = (place(bound.own), place(bound.of)) else {
            continue;
        };
        rows.retain(|row| match (key(&row[own]), key(&row[of])) {
            (Some(own), Some(of)) => bound.fits(own, of),
            _ => true,
        });
    }
}
