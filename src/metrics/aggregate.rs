//! One value of each group of rows, on all cores.

use super::groups::Groups;
use crate::expr::{AggregateFunction, NO_ROW, OfRows, RowColumns};
use crate::parallel::{self, cores};
use crate::table::Column;
use crate::table::column::MISSING;

/// Whether no rows give zero; the others give nothing.
pub fn is_zero_without_rows(function: AggregateFunction) -> bool {
    matches!(
        function,
        AggregateFunction::Sum | AggregateFunction::Count | AggregateFunction::CountDistinct
    )
}

/// How many customers are worked out in one piece.
const PIECE: usize = 1 << 12;

/// The value of each group, and the groups whose value is too large.
pub fn aggregate(
    function: AggregateFunction,
    columns: &RowColumns<'_>,
    groups: &Groups<'_>,
) -> (Column, Vec<usize>) {
    let (count, per) = (groups.len(), groups.per_customer());
    let threads = if groups.customers() > PIECE {
        cores()
    } else {
        1
    };
    let customers = |piece: usize| piece * PIECE..groups.customers().min((piece + 1) * PIECE);
    if columns.picks(function) {
        let mut rows = vec![NO_ROW; count];
        parallel::fill(threads, &mut rows, PIECE * per, |piece, out| {
            let mut out = out.iter_mut();
            groups.each(customers(piece), |rows| {
                if let (Some(entry), OfRows::Row(row)) = (out.next(), columns.of(function, rows)) {
                    *entry = row;
                }
            });
        });
        return (columns.picked(&rows), vec![]);
    }
    // Noughts are memory that nobody has touched: the cores that fill it share that work too.
    let mut numbers = vec![0; count];
    let overflows = parallel::fill(threads, &mut numbers, PIECE * per, |piece, out| {
        let (mut at, mut overflows) = (0, vec![]);
        out.fill(MISSING);
        groups.each(customers(piece), |rows| {
            match columns.of(function, rows) {
                OfRows::Number(number) => out[at] = number,
                OfRows::TooLarge => overflows.push(piece * PIECE * per + at),
                OfRows::Row(_) => {}
            }
            at += 1;
        });
        overflows
    });
    (Column::Number(numbers), overflows.concat())
}
