//! Which pairs are compared at all: those that have something rare in common. Near linear in the records, whatever
//! they hold.
//!
//! Records are put together by one value, by two or by three of them (a pass); of what is shared by too many nothing is
//! compared, because another pass with one more value takes it. Names are put together too where one letter is left out
//! of each, so that a slip of the pen does not part them.

use super::compare::Comparer;
use super::mixed;
use super::slips::by_slips;
use super::values::{NONE, Part};
use crate::parallel::halves;
use crate::scheme::model::IdentityKind;

/// Up to here every record is compared with every other.
const ALL: usize = 300;

/// How many records with two or three values in common are compared with each other: fewer where there are many.
fn crowd(records: usize) -> usize {
    (4_000_000 / records.max(1)).clamp(12, 200)
}

/// With one value that hardly anybody else has, so many times more.
const RARE: usize = 4;

/// What is certain, as a chance: fine enough for a billion records, and three chances multiplied have room in a number.
const CERTAIN: u128 = 1 << 32;

/// How many passes with several values there are at most.
const PASSES: usize = 40;

/// A pair, the lower number first, with its points.
pub type Scored = (u32, u32, i32);

/// How pairs are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blocking {
    /// All of them where they are few, else those that have something in common.
    Auto,
    /// All of them.
    None,
    /// Those that have something in common.
    Always,
}

/// All pairs of interest, each once, in the order of their numbers.
pub fn pairs(comparer: &Comparer<'_>, records: usize, blocking: Blocking) -> Vec<Scored> {
    let all = match blocking {
        Blocking::Auto => records <= ALL,
        Blocking::None => true,
        Blocking::Always => false,
    };
    let mut found = if all {
        every_pair(comparer, records)
    } else {
        let mut found = by_passes(comparer, records);
        found.extend(by_slips(comparer, crowd(records) * RARE));
        found
    };
    found.sort_unstable();
    found.dedup();
    found
}

fn every_pair(comparer: &Comparer<'_>, records: usize) -> Vec<Scored> {
    let of = |first: usize| {
        let mut found = vec![];
        for a in (first..records).step_by(2) {
            for b in a + 1..records {
                push(comparer, a as u32, b as u32, &mut found);
            }
        }
        found
    };
    two(of)
}

/// The pairs of both halves.
pub fn two(work: impl Fn(usize) -> Vec<Scored> + Sync) -> Vec<Scored> {
    halves(work).concat()
}

/// Compares two records, and takes the pair in if it is of interest.
pub fn push(comparer: &Comparer<'_>, a: u32, b: u32, found: &mut Vec<Scored>) {
    if let Some(points) = comparer.score(a, b) {
        found.push((a.min(b), a.max(b), points));
    }
}

/// Something by which records are put together: a number for each of them, or [`NONE`].
struct Line {
    codes: Vec<u32>,
    /// How probable it is that two records drawn by lot have it in common, in [`CERTAIN`]ths.
    chance: u128,
    /// Whether hardly anybody else has it.
    is_rare: bool,
    /// The part that it is of, so that two lines of one part are not put together.
    part: usize,
}

/// The lines by which records are put together.
fn lines(parts: &[Part], records: usize) -> Vec<Line> {
    let mut lines = vec![];
    for (index, part) in parts.iter().enumerate() {
        let is_rare = !matches!(part.kind, IdentityKind::Person | IdentityKind::Place);
        lines.push(line(part.codes.clone(), index, is_rare));
        if part.kind == IdentityKind::Company {
            // 深圳市腾讯 and 腾讯 have the core in common.
            let cores = part.forms.companies.iter().map(|company| &*company.core);
            lines.push(line(renumbered(part, cores), index, true));
        }
    }
    // The whole name, whichever part of it stands where.
    let persons: Vec<&Part> = parts
        .iter()
        .filter(|part| part.kind == IdentityKind::Person)
        .collect();
    if let [one, two] = persons[..] {
        let whole = |row: usize| {
            let (x, y) = (one.codes[row], two.codes[row]);
            if x == NONE || y == NONE {
                return u64::MAX;
            }
            (u64::from(x.min(y)) << 32) | u64::from(x.max(y))
        };
        let wholes: Vec<u64> = (0..records).map(whole).collect();
        lines.push(line(numbered(&wholes), usize::MAX, true));
    }
    lines
}

fn line(codes: Vec<u32>, part: usize, is_rare: bool) -> Line {
    let most = codes.iter().filter(|code| **code != NONE).max();
    let mut counts = vec![0u32; most.map_or(0, |most| *most as usize + 1)];
    for code in codes.iter().filter(|code| **code != NONE) {
        counts[*code as usize] += 1;
    }
    // Counted, not added up in fractions: the order of the rows must not decide which passes there are.
    let all = codes.len().max(1) as u128;
    let together: u128 = counts.iter().map(|count| u128::from(*count).pow(2)).sum();
    Line {
        chance: together * CERTAIN / (all * all),
        codes,
        is_rare,
        part,
    }
}

/// The records' numbers where another text stands for each form.
fn renumbered<'a>(part: &'a Part, texts: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut known: foldhash::HashMap<&str, u32> = foldhash::HashMap::default();
    let codes: Vec<u32> = texts
        .map(|text| {
            let next = known.len() as u32;
            *known.entry(text).or_insert(next)
        })
        .collect();
    let code = |code: &u32| {
        if *code == NONE {
            NONE
        } else {
            codes[*code as usize]
        }
    };
    part.codes.iter().map(code).collect()
}

/// Small numbers for large ones; `u64::MAX` is none.
fn numbered(wholes: &[u64]) -> Vec<u32> {
    let mut known: foldhash::HashMap<u64, u32> = foldhash::HashMap::default();
    let number = |whole: &u64| {
        if *whole == u64::MAX {
            return NONE;
        }
        let next = known.len() as u32;
        *known.entry(*whole).or_insert(next)
    };
    wholes.iter().map(number).collect()
}

/// One way of putting records together.
struct Pass {
    lines: Vec<usize>,
    crowd: usize,
    /// For each record whether it was compared with all that it was put together with.
    done: Vec<u64>,
}

/// The passes: by each rare line, by pairs of lines, and by three where two are too common.
fn passes(lines: &[Line], records: usize) -> Vec<Pass> {
    let crowd = crowd(records);
    let pass = |lines: Vec<usize>, crowd: usize| Pass {
        lines,
        crowd,
        done: vec![],
    };
    let mut passes: Vec<Pass> = (0..lines.len())
        .filter(|line| lines[*line].is_rare)
        .map(|line| pass(vec![line], crowd * RARE))
        .collect();
    // Of how many others a record is put together with by chance, times the cube of what is certain: the fewer, the better.
    let company = |wanted: &[usize]| {
        let chances = wanted.iter().map(|line| lines[*line].chance);
        let certain = std::iter::repeat_n(CERTAIN, 3 - wanted.len());
        let chance: u128 = chances.chain(certain).product();
        chance.saturating_mul(records as u128)
    };
    let apart = |one: usize, two: usize| lines[one].part != lines[two].part;
    let enough = crowd as u128 * CERTAIN.pow(3) / 2;
    let mut several: Vec<(u128, Vec<usize>)> = vec![];
    for one in 0..lines.len() {
        for two in one + 1..lines.len() {
            if !apart(one, two) {
                continue;
            }
            let mates = company(&[one, two]);
            if mates <= enough {
                several.push((mates, vec![one, two]));
                continue;
            }
            let more = (two + 1..lines.len()).filter(|line| apart(one, *line) && apart(two, *line));
            for three in more {
                let mates = company(&[one, two, three]);
                if mates <= enough {
                    several.push((mates, vec![one, two, three]));
                }
            }
        }
    }
    several.sort_unstable();
    several.truncate(PASSES);
    passes.extend(several.into_iter().map(|(_, lines)| pass(lines, crowd)));
    passes
}

fn by_passes(comparer: &Comparer<'_>, records: usize) -> Vec<Scored> {
    let lines = lines(comparer.parts, records);
    let mut passes = passes(&lines, records);
    let mut found = vec![];
    for index in 0..passes.len() {
        let (before, rest) = passes.split_at(index);
        let pass = &rest[0];
        let both = halves(|which| one_pass(comparer, &lines, before, pass, which));
        let mut done = vec![0u64; records.div_ceil(64)];
        for (pairs, compared) in both {
            found.extend(pairs);
            for record in compared {
                done[record as usize / 64] |= 1 << (record % 64);
            }
        }
        passes[index].done = done;
    }
    found
}

/// Compares what one pass puts together: of all groups one half or the other. Gives the pairs, and the records whose
/// groups were small enough.
fn one_pass(
    comparer: &Comparer<'_>,
    lines: &[Line],
    before: &[Pass],
    pass: &Pass,
    half: usize,
) -> (Vec<Scored>, Vec<u32>) {
    let records = lines.first().map_or(0, |line| line.codes.len());
    let mut keyed: Vec<(u64, u32)> = vec![];
    for record in 0..records {
        if let Some(key) = key(lines, pass, record)
            && (key >> 63) as usize == half
        {
            keyed.push((key, record as u32));
        }
    }
    keyed.sort_unstable();
    let (mut found, mut compared) = (vec![], vec![]);
    for group in keyed.chunk_by(|(x, _), (y, _)| x == y) {
        if group.len() < 2 || group.len() > pass.crowd {
            continue;
        }
        compared.extend(group.iter().map(|(_, record)| *record));
        for (at, (_, a)) in group.iter().enumerate() {
            for (_, b) in &group[at + 1..] {
                if !before.iter().any(|pass| has_compared(lines, pass, *a, *b)) {
                    push(comparer, *a, *b, &mut found);
                }
            }
        }
    }
    (found, compared)
}

/// What a pass puts a record under; two keys that are the same by accident cost a comparison, no more.
fn key(lines: &[Line], pass: &Pass, record: usize) -> Option<u64> {
    let mut key = 0u64;
    for line in &pass.lines {
        let code = lines[*line].codes[record];
        if code == NONE {
            return None;
        }
        key = mixed(key ^ u64::from(code));
    }
    Some(key)
}

/// Whether an earlier pass has compared two records already.
fn has_compared(lines: &[Line], pass: &Pass, a: u32, b: u32) -> bool {
    let bit = |record: u32| (pass.done[record as usize / 64] >> (record % 64)) & 1 == 1;
    bit(a)
        && pass.lines.iter().all(|line| {
            let codes = &lines[*line].codes;
            codes[a as usize] != NONE && codes[a as usize] == codes[b as usize]
        })
}
