//! Puts what people made of rows into their table and judges it there: every row is cleaned anew, with all others, because
//! a key is twice or once only among them. What cannot be used still is told and left as it was.

use super::bench::{Bench, Judged};
use super::changed::{Changes, with};
use super::said::{Known, Statement};
use super::settle::{Settled, settle};
use super::{State, told};
use crate::book::{Quarantined, is_refusal};
use crate::diagnostic::{At, Code, Finding};
use crate::read::{RowFault, Table};
use crate::table::{Date, RawRows};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A statement that is to be kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What was said.
    pub statement: Statement,
    /// What becomes of it.
    pub state: State,
    /// The customer's key before.
    pub customer_before: Option<Arc<str>>,
}

/// A row of the table that is otherwise than before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its number in the file.
    pub number: u32,
    /// Its index in the mended table; `None` if it is left out.
    pub index: Option<usize>,
}

/// What was made of a table.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The table as it is to be.
    pub table: Table,
    /// What there is to know of it.
    pub judged: Judged,
    /// First and last date of the rows that are otherwise by what was said, where the sheet has dates.
    pub span: Option<(Date, Date)>,
    /// The rows that are otherwise than before; none where nothing is to change.
    pub rows: Vec<Applied>,
    /// What is to be kept of what was said.
    pub kept: Vec<Kept>,
    /// What becomes of what was said before, by its number.
    pub turned: Vec<(i64, State)>,
    /// How many statements were known already.
    pub repeated: usize,
    /// What is to be told.
    pub findings: Vec<Finding>,
}

impl Mended {
    /// How many rows were mended, or left out on purpose.
    pub fn taken(&self) -> Taken {
        let applied = || self.kept.iter().filter(|kept| kept.state == State::Applied);
        let left_out = applied()
            .filter(|kept| kept.statement.cells.is_none())
            .count();
        Taken {
            mended: applied().count() - left_out,
            left_out,
            disputed: self.kept.len() - applied().count(),
            repeated: self.repeated,
        }
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Mended.
    pub mended: usize,
    /// Left out on purpose.
    pub left_out: usize,
    /// Disputed.
    pub disputed: usize,
    /// Known already.
    pub repeated: usize,
}

/// Makes of a table what was said of its rows.
pub fn mend(bench: &Bench<'_>, table: &Table, known: &[Known], mut said: Vec<Statement>) -> Mended {
    let mut findings = vec![];
    let base = bench.judge(table);
    let good = usable(bench, table, &base, &mut said, &mut findings);
    let mut by_row: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for index in &good {
        by_row.entry(said[*index].number).or_default().push(*index);
    }
    let mut by_number: BTreeMap<u32, Vec<&Known>> = BTreeMap::new();
    for one in known {
        by_number.entry(one.number).or_default().push(one);
    }
    let mut settled: BTreeMap<u32, Settled> = BTreeMap::new();
    for (number, new) in by_row {
        let of_row = by_number.get(&number).map_or(&[][..], Vec::as_slice);
        settled.insert(number, settle(&said, &new, of_row, &mut findings));
    }
    // Each can be used by itself; two together may have one key.
    let (mended, judged) = loop {
        let changes = changes(&settled, &said, &by_number);
        let mended = with(table, &changes);
        let judged = bench.judge(&mended);
        let applied: Vec<usize> = settled.values().filter_map(|one| one.apply).collect();
        let bad = faulty(&said, &applied, &base, &judged, &mut findings);
        if bad.is_empty() {
            break (mended, judged);
        }
        let bad: BTreeSet<usize> = bad.into_iter().collect();
        settled.retain(|_, one| one.apply.is_none_or(|index| !bad.contains(&index)));
    };
    let kept = kept(&settled, &said, table, &base);
    let changed: BTreeSet<u32> = changes(&settled, &said, &by_number).into_keys().collect();
    Mended {
        span: bench.span(&mended, &changed),
        rows: rows(&changed, table, &base, &mended, &judged),
        kept,
        turned: settled
            .values()
            .flat_map(|one| one.turned.iter().copied())
            .collect(),
        repeated: settled.values().map(|one| one.repeated).sum(),
        table: mended,
        judged,
        findings,
    }
}

/// The statements by which their rows can be used, judged in rounds: where two people say something of one row, one after
/// the other.
fn usable(
    bench: &Bench<'_>,
    table: &Table,
    base: &Judged,
    said: &mut [Statement],
    findings: &mut Vec<Finding>,
) -> Vec<usize> {
    let mut rounds: Vec<Vec<usize>> = vec![];
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, statement) in said.iter().enumerate() {
        let round = seen.entry(statement.number).or_default();
        if rounds.len() == *round {
            rounds.push(vec![]);
        }
        rounds[*round].push(index);
        *round += 1;
    }
    let mut good = vec![];
    for mut round in rounds {
        loop {
            let changes = round.iter().map(|index| change(&said[*index])).collect();
            let mended = with(table, &changes);
            let judged = bench.judge(&mended);
            let bad = faulty(said, &round, base, &judged, findings);
            if bad.is_empty() {
                let customers = customers(&mended, &judged);
                for index in &round {
                    let of_row = customers.get(&said[*index].number);
                    said[*index].customer = of_row.and_then(|(_, customer)| customer.cloned());
                }
                let replaced = bench.replaced(&mended);
                round.retain(|index| {
                    let statement = &said[*index];
                    let is_replaced = replaced.contains(&statement.number);
                    if is_replaced {
                        findings.push(told::replaced(&statement.place));
                    }
                    !is_replaced
                });
                break;
            }
            let bad: BTreeSet<usize> = bad.into_iter().collect();
            round.retain(|index| !bad.contains(index));
        }
        good.extend(round);
    }
    good.sort_unstable();
    good
}

const fn change(statement: &Statement) -> (u32, Option<(&RawRows, Option<RowFault>)>) {
    let row = match &statement.cells {
        Some(cells) => Some((cells, None)),
        None => None,
    };
    (statement.number, row)
}

/// The applied statements whose rows cannot be used. What is wrong is told at the cells of the workbook.
fn faulty(
    said: &[Statement],
    applied: &[usize],
    base: &Judged,
    judged: &Judged,
    findings: &mut Vec<Finding>,
) -> Vec<usize> {
    let (base, intake) = (&base.intake, &judged.intake);
    let mut bad = vec![];
    let refused: BTreeMap<u32, &Quarantined> = intake
        .quarantined
        .iter()
        .map(|row| (row.number, row))
        .collect();
    for index in applied {
        let statement = &said[*index];
        let Some(refused) = refused.get(&statement.number) else {
            continue;
        };
        bad.push(*index);
        for fault in &refused.faults {
            let mut finding = Finding::error(Code::StillBad, fault.title.clone())
                .place(statement.cell(fault.column));
            if let Some(help) = &fault.help {
                finding = finding.help(help.clone());
            }
            findings.push(finding);
        }
    }
    if !bad.is_empty() {
        return bad;
    }
    // What makes a whole column unreadable is no row's fault by itself, but came with the cells that were changed there.
    let is_new = |finding: &&Finding| {
        is_refusal(finding)
            && finding.code != Code::TooManyBadRows
            && !base
                .findings
                .iter()
                .any(|known| known.code == finding.code && known.at == finding.at)
    };
    for finding in intake.findings.iter().filter(is_new) {
        let column = match &finding.at {
            At::Data(place) => place.column,
            _ => None,
        };
        for index in applied {
            let statement = &said[*index];
            if column.is_none_or(|column| statement.changed.contains(&column))
                && !bad.contains(index)
            {
                bad.push(*index);
                let mut told = Finding::error(Code::StillBad, finding.title.clone())
                    .place(statement.cell(column));
                told.help.clone_from(&finding.help);
                findings.push(told);
            }
        }
    }
    bad
}

/// What the rows become by what was settled.
fn changes<'a>(
    settled: &BTreeMap<u32, Settled>,
    said: &'a [Statement],
    by_number: &BTreeMap<u32, Vec<&'a Known>>,
) -> Changes<'a> {
    let mut changes = Changes::new();
    for (number, what) in settled {
        if let Some(index) = what.apply {
            let (number, row) = change(&said[index]);
            changes.insert(number, row);
        } else if what.put_back
            && let Some(one) = by_number.get(number).and_then(|known| known.first())
        {
            changes.insert(*number, Some((&one.before, one.broken)));
        }
    }
    changes
}

/// For each row number its index and the customer's key.
fn customers<'a>(
    table: &Table,
    judged: &'a Judged,
) -> BTreeMap<u32, (usize, Option<&'a Arc<str>>)> {
    (0..table.rows.len())
        .map(|row| {
            let customer = judged.customers.get(row).and_then(Option::as_ref);
            (table.rows.row_number(row), (row, customer))
        })
        .collect()
}

/// The rows that are otherwise than before: those that were changed, and those that have another customer by it.
fn rows(
    changed: &BTreeSet<u32>,
    table: &Table,
    base: &Judged,
    mended: &Table,
    judged: &Judged,
) -> Vec<Applied> {
    if changed.is_empty() {
        return vec![];
    }
    let before = customers(table, base);
    let after = customers(mended, judged);
    let numbers: BTreeSet<u32> = before.keys().chain(after.keys()).copied().collect();
    numbers
        .into_iter()
        .filter(|number| {
            let of = |rows: &BTreeMap<u32, (usize, Option<&Arc<str>>)>| {
                rows.get(number).and_then(|(_, customer)| customer.cloned())
            };
            changed.contains(number) || of(&before) != of(&after)
        })
        .map(|number| Applied {
            number,
            index: after.get(&number).map(|(index, _)| *index),
        })
        .collect()
}

/// What is to be kept of the statements that were settled.
fn kept(
    settled: &BTreeMap<u32, Settled>,
    said: &[Statement],
    table: &Table,
    base: &Judged,
) -> Vec<Kept> {
    let wanted = settled.values().flat_map(|one| {
        let applied = one.apply.iter().map(|index| (*index, State::Applied));
        applied.chain(one.disputed.iter().map(|index| (*index, State::Disputed)))
    });
    let wanted: Vec<(usize, State)> = wanted.collect();
    if wanted.is_empty() {
        return vec![];
    }
    let before = customers(table, base);
    wanted
        .into_iter()
        .map(|(index, state)| {
            let statement = said[index].clone();
            let of_row = before.get(&statement.number);
            Kept {
                state,
                customer_before: of_row.and_then(|(_, customer)| customer.cloned()),
                statement,
            }
        })
        .collect()
}
