//! How the dates of a column are written: decided by all its cells together, or by the scheme.

use super::days;
use super::written::{Day, written};
use crate::clean::fault::ColumnFault;
use crate::table::Cell;

/// The order of day, month and year in dates written with numbers only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateOrder {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// How the dates of a column are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DateForm {
    /// Absent where no cell of the column needs it.
    order: Option<DateOrder>,
    two_digit_years: bool,
    serials_from_1904: bool,
}

impl DateForm {
    /// A form that the scheme gives. Years of two digits need an order as well.
    pub const fn new(order: Option<DateOrder>, two_digit_years: bool) -> Self {
        Self {
            order,
            two_digit_years,
            serials_from_1904: false,
        }
    }

    /// The same form in a workbook that counts days from 1904-01-01, as old Macs did. Of a cell formatted as a date the
    /// reader of the workbook has seen to it; a bare number is known to be a date only here.
    #[must_use]
    pub const fn with_serials_from_1904(self, serials_from_1904: bool) -> Self {
        Self {
            serials_from_1904,
            ..self
        }
    }

    /// The form of a column: what the scheme says, else what the cells agree on. Only dates with the year of four
    /// digits at their end have a say; those of two digits need the scheme.
    pub fn decide<'a>(
        cells: impl IntoIterator<Item = Cell<'a>>,
        order: Option<DateOrder>,
        two_digit_years: bool,
    ) -> Result<Self, ColumnFault> {
        Self::decide_of((0..).zip(cells), order, two_digit_years)
    }

    /// The same of those cells that may have a say, with their rows.
    pub(in crate::clean) fn decide_of<'a>(
        cells: impl IntoIterator<Item = (u32, Cell<'a>)>,
        order: Option<DateOrder>,
        two_digit_years: bool,
    ) -> Result<Self, ColumnFault> {
        let order = match order {
            Some(order) => Some(order),
            None => order_of(cells)?,
        };
        Ok(Self::new(order, two_digit_years))
    }

    /// The order of day, month and year where the year does not stand first.
    pub const fn order(self) -> Option<DateOrder> {
        self.order
    }

    /// What is added to a bare number to count from 1899-12-30.
    pub(super) const fn serial_shift(self) -> f64 {
        if self.serials_from_1904 { 1462.0 } else { 0.0 }
    }

    /// Whether years of two digits are read.
    pub const fn two_digit_years(self) -> bool {
        self.two_digit_years
    }
}

fn order_of<'a>(
    cells: impl IntoIterator<Item = (u32, Cell<'a>)>,
) -> Result<Option<DateOrder>, ColumnFault> {
    let mut day_first: Option<(u32, &str)> = None;
    let mut month_first: Option<(u32, &str)> = None;
    let mut either: Option<(u32, &str)> = None;
    let mut same = false;
    for (row, cell) in cells {
        let Cell::Text(text) = cell else { continue };
        // Most dates begin with the year and have no say.
        if text.len() < 8 || text.bytes().take(4).all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let Ok((Day::YearLast(one, two, year), _)) = written(text) else {
            continue;
        };
        let seen = match (days(year, two, one), days(year, one, two)) {
            (Some(as_day_first), Some(as_month_first)) if as_day_first == as_month_first => {
                same = true;
                continue;
            }
            (Some(_), Some(_)) => &mut either,
            (Some(_), None) => &mut day_first,
            (None, Some(_)) => &mut month_first,
            (None, None) => continue,
        };
        seen.get_or_insert((row, text));
    }
    let owned = |(row, text): (u32, &str)| (row, text.to_owned());
    match (day_first, month_first, either) {
        (Some(day_first), Some(month_first), _) => Err(ColumnFault::ContradictoryDates {
            day_first: owned(day_first),
            month_first: owned(month_first),
        }),
        (Some(_), None, _) => Ok(Some(DateOrder::Dmy)),
        (None, Some(_), _) => Ok(Some(DateOrder::Mdy)),
        (None, None, Some((row, text))) => Err(ColumnFault::AmbiguousDates {
            row,
            example: text.to_owned(),
        }),
        // 5/5/2024 is one day in either order.
        (None, None, None) => Ok(same.then_some(DateOrder::Dmy)),
    }
}
