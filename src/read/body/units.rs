//! A row below the header that says that what is below it is in another unit: one table has one.

use super::shape::Shape;
use crate::diagnostic::{Code, Finding};
use crate::read::assemble::is_blank;
use crate::read::header::Header;
use crate::read::header_row;
use crate::table::{Cell, Origin};
use crate::text;

/// The other unit, and where it is named.
pub(super) struct OtherUnit {
    pub(super) row: u32,
    /// Its column, if it is that of a header printed again.
    column: Option<u32>,
    here: String,
    above: String,
}

impl OtherUnit {
    /// That of a header printed again.
    pub(super) fn in_header(shape: &Shape, row: u32, cells: &[Cell<'_>]) -> Option<Self> {
        let line = shape.unit_line.as_deref();
        let mut columns = shape.headers.iter().zip(cells).enumerate();
        columns.find_map(|(column, (header, cell))| {
            let Cell::Text(text) = cell else { return None };
            let again = Header::new(text);
            let (here, above) = (again.unit.as_deref(), header.unit.as_deref());
            (here.or(line) != above.or(line)).then(|| Self {
                row,
                column: Some(column as u32),
                here: again.text.clone(),
                above: header.text.clone(),
            })
        })
    }

    /// That of a line of its own: `单位：元` above the second part of a table. `first` is its first cell that is not
    /// blank.
    pub(super) fn in_line(
        shape: &Shape,
        row: u32,
        cells: &[Cell<'_>],
        first: usize,
    ) -> Option<Self> {
        let Cell::Text(text) = cells[first] else {
            return None;
        };
        if !cells[first + 1..].iter().all(is_blank) {
            return None;
        }
        let here = header_row::unit_in(text)?;
        let units = shape.headers.iter();
        let units = units.filter_map(|header| header.unit.as_ref());
        let units = units.filter(|unit| *unit != "%");
        let mut units: Vec<&String> = shape.unit_line.iter().chain(units).collect();
        units.dedup();
        (units != [&here]).then(|| {
            let above = units.iter().map(|unit| format!("`{unit}`"));
            Self {
                row,
                column: None,
                here: text.trim().to_owned(),
                above: above.collect::<Vec<_>>().join(", "),
            }
        })
    }

    /// The error of a table in more than one unit.
    pub(super) fn error(&self, origin: &Origin) -> Finding {
        let Self {
            row,
            column,
            here,
            above,
        } = self;
        let title = if column.is_some() {
            text!(
                "the header is repeated with another unit: `{here}` below `{above}`",
                "重复的表头单位不同：上面是 `{above}`，这里是 `{here}`"
            )
        } else if above.is_empty() {
            text!(
                "`{here}` stands below a header without a unit",
                "表头没有单位，`{here}` 却写在它下面"
            )
        } else {
            text!(
                "`{here}` stands below a header in {above}",
                "上面的单位是 {above}，这里却是 `{here}`"
            )
        };
        let place = column.map_or_else(|| origin.row(*row), |column| origin.cell(*row, column));
        let error = Finding::error(Code::UnitConflict, title).place(place);
        error.help(text!(
            "bring all rows to one unit and name it in the header, or put each part into a file of its own",
            "请把所有行换算成同一单位并写在表头里，或把各部分放到不同的文件里"
        ))
    }
}
