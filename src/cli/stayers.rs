//! Everybody of two graded text files in one list, holding the lines of the old one and nothing of the new: behind those who moved
//! come those who did not, as the new file goes by, each beside its old line.

use super::files::{Files, Out, write_outputs};
use super::output::Output;
use super::{Format, Global, Stop, summary_json};
use regrade::compare::{Class, Graded, Move, Stayed, Wanted};
use regrade::present::csv;
use regrade::present::diff::{self, Diff, MovesTable, Shape};
use regrade::read::blocks::{Held, LineBlock, Passes, Unfit};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Seek, Write};
use tempfile::SpooledTempFile;

/// The customers of two files who have not moved.
pub struct Stayers {
    old: Passes,
    new: Passes,
    /// Both files without rows, and the columns of their keys.
    heads: [(Graded, usize); 2],
    /// All lines of the old file.
    held: Held,
    /// Of each row of the new file the old one's.
    before: Vec<u32>,
}

/// So much of what goes to standard output is held in memory until it may be shown.
const SPOOLED: usize = 1 << 20;

/// In place of a row that is none of theirs.
const NONE: u32 = u32::MAX;

/// Why a list is not written to its end.
enum Ended {
    /// A file is not what it was when it was looked at first.
    Changed,
    /// It cannot be written.
    Unwritten(io::Error),
}

impl From<Unfit> for Ended {
    fn from(_: Unfit) -> Self {
        Self::Changed
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}

impl Stayers {
    /// Of two files, each with its head and the column of its key; `rows` are those of the new file and the old one's.
    pub fn of(
        old: (Passes, Graded, usize),
        new: (Passes, Graded, usize),
        rows: Vec<(u32, u32)>,
    ) -> Result<Self, Unfit> {
        let last = rows.iter().map(|(row, _)| *row).max();
        let mut before = vec![NONE; last.map_or(0, |last| last as usize + 1)];
        for (row, was) in rows {
            before[row as usize] = was;
        }
        Ok(Self {
            held: old.0.held()?,
            old: old.0,
            new: new.0,
            heads: [(old.1, old.2), (new.1, new.2)],
            before,
        })
    }

    /// Writes everybody into all outputs, which are lists for programs, and the figures; the files appear when all is written. `None` where
    /// a file is not what it was, or there is no room to hold back what goes to standard output: then nothing is written.
    pub fn write_all(
        &self,
        outputs: &[Output],
        diff: &Diff,
        bom: Option<&str>,
        wanted: &Wanted<'_>,
        global: &Global,
    ) -> Option<Result<(), Stop>> {
        let bom = bom.map(|asked| asked == "yes");
        let is_left = Cell::new(false);
        let write = |output: &Output, bom: Option<bool>, out: &mut dyn Write| {
            let written = self.write(output.format, diff, bom, wanted, out);
            written.map_err(|ended| match ended {
                Ended::Unwritten(error) => error,
                Ended::Changed => {
                    is_left.set(true);
                    io::ErrorKind::Interrupted.into()
                }
            })
        };
        let mut files = Files::reproducible();
        let figures = |out: &mut dyn Write| diff::write_summary(diff, out);
        if let Err(stop) = summary_json::put(global, &mut files, figures) {
            return Some(Err(stop));
        }
        let reader = write_outputs(outputs, &mut files, |output, out| match out {
            Out::File(out) => write(output, bom, &mut &mut *out),
            Out::Stdout(out) => {
                // Shown when it is known that it may be.
                let mut spooled = SpooledTempFile::new(SPOOLED);
                let written = write(output, bom.or(Some(false)), &mut spooled);
                let written = written.and_then(|()| spooled.rewind());
                // It is held in memory or in a temporary file, for which there may be no place.
                written.inspect_err(|_| is_left.set(true))?;
                io::copy(&mut spooled, out).map(drop)
            }
        });
        if is_left.get() {
            return None;
        }
        Some(reader.and_then(|reader| {
            let shown = summary_json::show(global, figures)?;
            files.commit()?;
            reader.and(shown).end()
        }))
    }

    /// Writes everybody. Without a word about the byte order mark there is one where a character needs it.
    fn write(
        &self,
        format: Format,
        diff: &Diff,
        bom: Option<bool>,
        wanted: &Wanted<'_>,
        out: &mut dyn Write,
    ) -> Result<(), Ended> {
        let moves = &diff.comparison.moves;
        // Those with whom nothing happened are the last in the list.
        let (moved, beside) =
            moves.split_at(moves.partition_point(|found| found.class != Class::Unchanged));
        let only = |found: &&Move| {
            let only = diff.only.as_ref();
            only.is_none_or(|only| only.contains(&found.class))
        };
        let moved: Vec<&Move> = moved.iter().filter(only).collect();
        if format == Format::Jsonl {
            diff::write_moves(moved, out)?;
            let lines = |moves: &[Move]| {
                let mut lines = vec![];
                diff::write_moves(moves, &mut lines).map(|()| lines)
            };
            self.pour(wanted, beside, lines, |lines| out.write_all(&lines?))?;
        } else {
            let delimiter = if format == Format::Tsv { b'\t' } else { b',' };
            let table = MovesTable::of(diff, moved, Shape::Text);
            let is_blank = beside.is_empty() && self.before.iter().all(|row| *row == NONE);
            // Each of those who stayed has a `＝`.
            let needs_mark = || csv::has_non_ascii(&table) || !is_blank;
            let bom = format == Format::Csv && bom.unwrap_or_else(needs_mark);
            csv::write(&table, delimiter, bom, true, out)?;
            let rows = |moves: &[Move]| {
                let table = MovesTable::of(diff, moves.iter().collect(), Shape::Text);
                csv::rows(&table, delimiter, true, 0..moves.len())
            };
            self.pour(wanted, beside, rows, |rows| out.write_all(&rows))?;
        }
        Ok(out.flush()?)
    }

    /// Gives them to `render`, some at a time and in the order of the new file, and what it makes of them to `take`. With
    /// them go those of `beside`, in whose list nothing happened to anybody: customers of the new file, in its order, and
    /// behind them those whom it does not have.
    fn pour<T: Send>(
        &self,
        wanted: &Wanted<'_>,
        beside: &[Move],
        render: impl Fn(&[Move]) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<()>,
    ) -> Result<(), Ended> {
        let [old, new] = &self.heads;
        let stayed = Stayed::of((&old.0, old.1), (&new.0, new.1), wanted);
        let stayed = stayed.ok_or(Ended::Changed)?;
        let places = beside.iter().enumerate();
        let places: HashMap<&str, usize> = places.map(|(at, found)| (&*found.id, at)).collect();
        let mut there = 0;
        self.new.in_turn(
            |block| {
                let (moves, beside) =
                    self.moves(block, &stayed, |id| Some(&beside[*places.get(id)?]))?;
                Ok((render(&moves), beside))
            },
            |(made, beside)| {
                there += beside;
                Ok::<_, Ended>(take(made)?)
            },
        )?;
        Ok(take(render(beside.get(there..).unwrap_or_default()))?)
    }

    /// Those of a block, and how many of them are of those that are known already.
    fn moves<'k>(
        &self,
        block: &LineBlock<'_>,
        stayed: &Stayed<'_>,
        known: impl Fn(&str) -> Option<&'k Move>,
    ) -> Result<(Vec<Move>, usize), Unfit> {
        let by_place = stayed.is_by_place() && self.new.is_written_as(&self.old);
        let (mut moves, mut beside) = (vec![], 0);
        for (row, line) in block.lines() {
            let (mut now, mut was) = (vec![], vec![]);
            let before = self.before.get(row as usize).filter(|row| **row != NONE);
            let Some(before) = before else {
                self.new.cells(line, stayed.new_columns(true), &mut now)?;
                if let Some(found) = stayed.id(&now).and_then(|id| known(&id)) {
                    moves.push(found.clone());
                    beside += 1;
                }
                continue;
            };
            let line_before = self.held.line(*before).ok_or(Unfit::Changed)?;
            let is_alike = by_place && line == line_before;
            self.new
                .cells(line, stayed.new_columns(is_alike), &mut now)?;
            moves.push(if is_alike {
                stayed.told(&now, None)
            } else {
                self.old
                    .cells(line_before, stayed.old_columns(), &mut was)?;
                stayed.told(&now, Some(&was))
            });
        }
        Ok((moves, beside))
    }
}
