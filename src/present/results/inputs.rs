//! The columns of the input over all its files, those that an earlier run wrote left out.

use super::{InputColumn, Results};
use crate::book::recognise;
use crate::diagnostic::{Code, Finding};
use crate::scheme::model::{Sight, SlotKind};
use crate::table::{Cell, Unit};
use crate::text;
use foldhash::HashMap;

impl Results<'_> {
    /// The columns of the input over all files, those that an earlier run wrote left out.
    pub(super) fn find_inputs(&mut self) {
        let grading = self.grading;
        let tables = &grading.book.inputs.customers;
        let mut known: HashMap<String, usize> = HashMap::default();
        let mut replaced: Vec<String> = vec![];
        for (index, table) in tables.iter().enumerate() {
            let gone = recognise(&grading.scheme, &table.headers).unwrap_or_default();
            let filled = gone
                .review
                .iter()
                .filter(|column| is_filled(table, **column))
                .count();
            if filled > 0 {
                self.findings.push(
                    Finding::warning(
                        Code::ReplacedColumns,
                        text!(
                            "the reviewers' columns are filled, and `grade` does not read them",
                            "复核列已有内容，而 `grade` 不读取复核列"
                        ),
                    )
                    .place(table.origin.place())
                    .help(text!(
                        "read them into the ledger with `regrade review {}`; without a ledger keep this file",
                        "请用 `regrade review {}` 读入台账；没有台账时请保留此文件",
                        table.origin.file
                    )),
                );
            }
            let read_by = self.fields_of(index, table.headers.len());
            let mut here: HashMap<String, usize> = HashMap::default();
            for (column, header) in table.headers.iter().enumerate() {
                if gone.columns.contains(&column) {
                    replaced.push(header.text.clone());
                    continue;
                }
                // A second column with the same header in one file stays a column of its own.
                let count = here.entry(header.folded.clone()).or_insert(0);
                let key = format!("{}\u{0}{count}", header.folded);
                *count += 1;
                let place = *known.entry(key).or_insert_with(|| {
                    self.inputs.push(InputColumn {
                        heading: header.text.as_str().into(),
                        places: vec![None; tables.len()],
                        field: None,
                        unit: None,
                    });
                    self.inputs.len() - 1
                });
                self.inputs[place].places[index] = Some(column);
                let input = &mut self.inputs[place];
                input.field = input.field.or(read_by[column]);
                let line = table.unit_line.as_deref();
                input.unit = header.unit.as_deref().or(line).and_then(Unit::parse);
            }
        }
        if grading.role.is_some() {
            // Nobody has said of a column that no field reads whether a role may see it.
            let slots = &grading.scheme.slots;
            let shown = |field: usize| slots.sight_of(SlotKind::Field(field)) != Sight::Hidden;
            self.inputs.retain(|input| input.field.is_some_and(shown));
        }
        if !replaced.is_empty() {
            replaced.dedup();
            let list = replaced
                .iter()
                .map(|heading| format!("`{heading}`"))
                .collect::<Vec<_>>()
                .join(", ");
            self.findings.push(Finding::note(
                Code::ReplacedColumns,
                text!(
                    "result columns of an earlier run are replaced: {list}",
                    "已替换上次结果的列：{list}"
                ),
            ));
        }
    }

    /// For each column of a table the first field that reads it.
    fn fields_of(&self, table: usize, columns: usize) -> Vec<Option<usize>> {
        let mut fields = vec![None; columns];
        if let Some(customers) = &self.grading.book.customers {
            for (field, column) in customers.sources[table].iter().enumerate().rev() {
                if let Some(column) = column {
                    fields[*column] = Some(field);
                }
            }
        }
        fields
    }
}

fn is_filled(table: &crate::read::Table, column: usize) -> bool {
    (0..table.rows.len()).any(|row| table.rows.cell(row, column) != Cell::Blank)
}
