//! Reads mended rows back into the imports of the ledger.

use super::{Repairs, allowed, known_of, new_repair, note_barred, open, trouble};
use crate::cli::{Stop, intake};
use regrade::ledger::{
    Amendment, Error, Import, ImportId, RowChange, RowId, StoredRepair, Waiting, Writer,
    content_hash, content_mark,
};
use regrade::repair::{self, Bench, Line, Mended};
use regrade::scheme::Scheme;
use regrade::table::Date;
use std::collections::HashMap;

impl Repairs {
    /// Mends the imports of the ledger that the rows are from, and tells what was not taken.
    pub fn apply(&mut self, writer: &Writer<'_>, scheme: &Scheme, as_of: Date) -> Result<(), Stop> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let trouble = trouble(writer);
        let imports = writer.imports().map_err(&trouble)?;
        let mut contents: Vec<String> = vec![];
        for line in &self.lines {
            if !contents.contains(&line.mark.content) {
                contents.push(line.mark.content.clone());
            }
        }
        // Rows of one import may stand in workbooks of different days.
        let mut of_imports: Vec<(usize, Vec<Line>)> = vec![];
        for content in contents {
            let lines = self.take(&content);
            match import_of(&content, &imports, scheme) {
                Some(index) => match of_imports.iter_mut().find(|(known, _)| *known == index) {
                    Some((_, known)) => known.extend(lines),
                    None => of_imports.push((index, lines)),
                },
                None => self
                    .findings
                    .push(repair::unknown_rows(lines[0].place.clone(), lines.len())),
            }
        }
        let crosswalks = intake::crosswalks(writer, scheme, as_of)?;
        for (index, lines) in of_imports {
            let import = &imports[index];
            let bench = Bench {
                scheme,
                sheet: &import.sheet,
                filing: &import.filing,
                crosswalks: &crosswalks,
                is_replaced: Some(&|day| open::is_replaced(scheme, import, &imports, day)),
            };
            let is_in_force = open::is_in_force(scheme, import, &imports);
            self.apply_to(writer, import, is_in_force, &bench, &lines)
                .map_err(&trouble)?;
        }
        Ok(())
    }

    fn apply_to(
        &mut self,
        writer: &Writer<'_>,
        import: &Import,
        is_in_force: bool,
        bench: &Bench<'_>,
        lines: &[Line],
    ) -> Result<(), Error> {
        let table = writer.load_table(import.id)?;
        let ids = writer.row_ids(import.id)?;
        let stored = writer.repairs(import.id)?;
        let known: Vec<repair::Known> = stored.iter().map(known_of).collect();
        let before = writer.waiting_of(import.id)?;
        let mut waiting = bench.waiting(&table);
        waiting.extend(before.iter().map(|one| one.number));
        let lines: Vec<&Line> = lines.iter().collect();
        let mut said = repair::said(
            &self.pages,
            &lines,
            &table,
            &known,
            &waiting,
            &self.by,
            &mut self.findings,
        );
        if !is_in_force {
            let replaced = said.iter();
            self.findings
                .extend(replaced.map(|one| repair::replaced(&one.place)));
            return Ok(());
        }
        self.about(import.id);
        let barred = allowed(bench.scheme, &mut said, &mut self.findings);
        note_barred(writer, import.id, &barred)?;
        if said.is_empty() {
            return Ok(());
        }
        let mut mended = repair::mend(bench, &table, &known, said);
        self.findings.append(&mut mended.findings);
        self.count(&import.origin, &mended);
        // Rows by their numbers, those too that were left out and may come back.
        let mut rows: HashMap<u32, RowId> = stored
            .iter()
            .map(|one| (one.said.number, one.said.row))
            .collect();
        rows.extend((0..ids.len()).map(|row| (table.rows.row_number(row), ids[row])));
        let as_of = import.filing.as_of;
        put(writer, import.id, as_of, &mended, &rows, &stored, &before)
    }
}

/// The import whose content, now or before rows of it were mended, has this mark: the newest in force.
pub fn import_of(content: &str, imports: &[Import], scheme: &Scheme) -> Option<usize> {
    let has = |import: &Import| {
        let hashes = std::iter::once(&import.content_hash).chain(&import.former);
        let mut marks = hashes.map(|hash| content_mark(&import.sheet, &import.filing.source, hash));
        marks.any(|mark| mark == content)
    };
    let fits = || {
        (0..imports.len())
            .rev()
            .filter(|index| has(&imports[*index]))
    };
    fits()
        .find(|index| open::is_in_force(scheme, &imports[*index], imports))
        .or_else(|| fits().next())
}

/// Puts down what became of an import.
pub fn put(
    writer: &Writer<'_>,
    import: ImportId,
    as_of: Date,
    mended: &Mended,
    rows: &HashMap<u32, RowId>,
    stored: &[StoredRepair],
    before: &[Waiting],
) -> Result<(), Error> {
    for (id, state) in &mended.turned {
        if let Ok(at) = stored.binary_search_by_key(id, |one| one.id) {
            writer.turn_repair(import, &stored[at], *state)?;
        }
    }
    for kept in &mended.kept {
        if let Some(row) = rows.get(&kept.statement.number) {
            writer.keep_repair(import, &new_repair(kept, *row))?;
        }
    }
    if mended.rows.is_empty() {
        return Ok(());
    }
    let changes = mended.rows.iter().filter_map(|row| {
        let customer = row
            .index
            .and_then(|at| mended.judged.customers.get(at)?.as_deref());
        Some(RowChange {
            row: *rows.get(&row.number)?,
            index: row.index,
            customer,
        })
    });
    writer.amend(
        import,
        &Amendment {
            table: &mended.table,
            content_hash: &content_hash(&mended.table),
            refused: mended.judged.intake.refused,
            span: mended.judged.intake.span,
            rows: changes.collect(),
        },
    )?;
    let ids = writer.row_ids(import)?;
    let waiting = open::waiting(
        &mended.judged.intake,
        &mended.judged.customers,
        &mended.table,
        &ids,
        as_of,
        before,
    );
    writer.set_waiting(import, &waiting)
}
