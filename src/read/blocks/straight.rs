//! Lines that need no second look: each a row, with all its fields and no quotes. Their cells are handed over as they
//! stand in the file, and no rows are made of them, which would take as long as all that is done with the cells.

use super::Head;
use super::rows::Ordinary;
use crate::read::encoding;
use crate::read::records;
use crate::table::{Marks, TYPED};
use memchr::memchr;

impl Head {
    /// Goes through a block of a plain file, as [`Self::rows_of_lines`] does, and hands the cells of one row after the
    /// other to `take`, all columns of it. Gives how many rows there are; `None` as soon as a row is in any way not as
    /// nearly all are, or `take` does not want one: what the block then has, [`Self::rows_of_lines`] says. `width` is how
    /// many of the first columns tell whether a row is ordinary, as there.
    pub fn straight_lines<'b>(
        &self,
        bytes: &'b [u8],
        width: usize,
        mut take: impl FnMut(&[&'b str]) -> Option<()>,
    ) -> Option<u32> {
        let delimiter = self.plain_delimiter().ok()?;
        let ordinary = Ordinary {
            key: self.shape.key?,
            headers: &self.shape.headers,
        };
        if memchr(TYPED as u8, bytes).is_some() || records::has_lone_cr(bytes) {
            return None;
        }
        let text = encoding::utf_8(bytes)?;
        let fields = self.shape.headers.len();
        let width = width.max(ordinary.key + 1).max(2).min(fields);
        let mut cells = vec![""; fields];
        let mut marks = Marks::new(text, delimiter);
        let (mut at, mut count) = (0, 0);
        while at < bytes.len() {
            for (field, cell) in cells.iter_mut().enumerate() {
                let end = marks.next();
                let is_last = field + 1 == fields;
                match bytes.get(end) {
                    Some(byte) if *byte == delimiter && !is_last => *cell = &text[at..end],
                    Some(b'\n') | None if is_last => {
                        let line = &text[at..end];
                        *cell = line.strip_suffix('\r').unwrap_or(line);
                    }
                    _ => return None,
                }
                at = end + 1;
            }
            if !ordinary.is_line(&cells[..width]) {
                return None;
            }
            take(&cells)?;
            count += 1;
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use crate::read::blocks::TextFile;
    use crate::read::{Input, KnownSheet, Options};
    use crate::table::Cell;
    use proptest::prelude::*;

    /// Cells of which many are not as they should be.
    const CELLS: [&str; 24] = [
        "C001",
        "2025-01-31",
        "12.50",
        "客户1",
        "",
        " ",
        "合计",
        "小计：",
        "total",
        "客户编号",
        "金额",
        "日期",
        "a b",
        "\"q\"",
        "\"a,b\"",
        "5\" x",
        "\u{1}",
        "\u{1}n0",
        "\r",
        "x\ry",
        "é",
        "　",
        "-5",
        "=1+1",
    ];

    fn lines() -> impl Strategy<Value = String> {
        let cell = prop_oneof![
            6 => prop::sample::select(&CELLS[..4]),
            1 => prop::sample::select(&CELLS[..]),
        ];
        let count = prop_oneof![20 => Just(3_usize), 1 => 0_usize..5];
        let row = count.prop_flat_map(move |count| prop::collection::vec(cell.clone(), count));
        let end = prop::sample::select(vec!["\n", "\r\n"]);
        let line = (row, end).prop_map(|(row, end)| row.join(",") + end);
        let lines = prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat());
        (lines, any::<bool>()).prop_map(|(lines, ends)| {
            let text = if ends {
                &lines
            } else {
                lines.trim_end_matches('\n')
            };
            text.to_owned()
        })
    }

    proptest! {
        /// Whatever is handed over is what the rows of the block have; and what nearly all lines are is handed over.
        #[test]
        fn what_is_handed_over_is_what_the_rows_have(text in lines(), width in 0_usize..4) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("orders.csv");
            std::fs::write(&path, "客户编号,日期,金额\nC001,2025-01-31,1\nC002,2025-01-31,2\n").unwrap();
            let known = KnownSheet {
                name: "orders".into(),
                key: vec!["客户编号".into()],
                required: vec![],
                headers: vec!["客户编号".into(), "日期".into(), "金额".into()],
                results: vec![],
            };
            let input = Input::File { name: "orders.csv".into(), path, worksheet: None };
            let file = TextFile::open(&input, &[known], &Options::default()).unwrap();
            prop_assert!(file.head().is_plain());
            let mut taken: Vec<Vec<String>> = vec![];
            let count = file.head().straight_lines(text.as_bytes(), width, |cells| {
                taken.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
                Some(())
            });
            let rows = file.head().rows_of_lines(text.as_bytes(), 3);
            let narrow = file.head().rows_of_lines(text.as_bytes(), width);
            if let Some(count) = count {
                let rows = rows.unwrap();
                prop_assert_eq!(count as usize, rows.len());
                prop_assert_eq!(rows.len(), narrow.unwrap().len());
                for (row, cells) in taken.iter().enumerate() {
                    for (column, cell) in cells.iter().enumerate() {
                        let expected = if cell.is_empty() { Cell::Blank } else { Cell::Text(cell) };
                        prop_assert_eq!(rows.cell(row, column), expected);
                    }
                }
            } else {
                let is_usual = |line: &str| {
                    let cells: Vec<&str> = line.split(',').collect();
                    cells.len() == 3 && cells.iter().all(|cell| CELLS[..4].contains(cell))
                };
                prop_assert!(text.is_empty() || !text.lines().all(is_usual));
            }
            let refused = file.head().straight_lines(text.as_bytes(), width, |_| None);
            prop_assert!(refused.is_none() || text.is_empty());
        }
    }
}
