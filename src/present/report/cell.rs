//! The cells of a report as people read them.

use crate::present::shown;
use crate::report::{Cell, Kind};
use crate::table::Decimal;
use std::borrow::Cow;

/// A cell in a column of this kind; empty where there is nothing.
pub fn text(cell: &Cell, kind: Kind) -> Cow<'_, str> {
    match cell {
        Cell::Missing => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(value) => number(*value, kind).into(),
        Cell::Date(date) => date.to_string().into(),
    }
}

/// A figure of this kind.
pub fn number(value: Decimal, kind: Kind) -> String {
    match kind {
        Kind::Share => shown::percent(value.round(3), 1),
        Kind::Money => shown::number(value.round(2), 2),
        Kind::Delta if value > Decimal::ZERO => format!("+{}", shown::number(value, 0)),
        // Means have six places, of which nobody reads more than two.
        Kind::Number => shown::number(value.round(2), 0),
        Kind::Text | Kind::Count | Kind::Figure | Kind::Delta | Kind::Date => {
            shown::number(value, 0)
        }
    }
}

/// A figure of this kind with all its places, and no more.
pub fn exact(value: Decimal, kind: Kind) -> String {
    match kind {
        Kind::Share => shown::percent(value, 0),
        _ => shown::number(value, 0),
    }
}

/// A figure where room is scarce: amounts of a thousand and more without their cents, which the table has.
pub fn on_chart(value: Decimal, kind: Kind) -> String {
    let is_large = value.abs().trunc() >= 1000;
    match kind {
        Kind::Money | Kind::Number if is_large => shown::number(value.round(0), 0),
        kind => number(value, kind),
    }
}

/// Whether values of this kind stand at the right of their column.
pub const fn is_numeric(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Count | Kind::Number | Kind::Figure | Kind::Money | Kind::Share | Kind::Delta
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_written_as_the_report_says() {
        for (value, kind, expected) in [
            ("1204", Kind::Count, "1,204"),
            ("12.5", Kind::Number, "12.5"),
            ("0.242595", Kind::Number, "0.24"),
            ("0.242595", Kind::Figure, "0.242595"),
            ("1204.5", Kind::Money, "1,204.50"),
            ("0.25", Kind::Share, "25.0%"),
            ("0.333333", Kind::Share, "33.3%"),
            ("3", Kind::Delta, "+3"),
            ("-2", Kind::Delta, "-2"),
            ("0", Kind::Delta, "0"),
        ] {
            assert_eq!(number(Decimal::parse(value).unwrap(), kind), expected);
        }
        assert_eq!(text(&Cell::Missing, Kind::Count), "");
    }
}
