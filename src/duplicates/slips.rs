//! Names that are one slip of the pen apart, found without comparing every name with every other: a letter is left out of
//! each at every place, and those that are then the same are looked at.

use super::block::{Scored, push, two};
use super::compare::{Comparer, agreement};
use super::values::{NONE, Part};
use super::{Agreement, mixed};
use crate::scheme::model::IdentityKind;

/// The shortest names of which a letter may be left out, and the longest: of a longer one the start and the end stand
/// for it, of which one slip spoils only one.
const SHORTEST: usize = 3;
const LONGEST: usize = 12;

/// Pairs whose names are the same when a letter is left out of each. What more than `crowd` records share is left alone.
pub fn by_slips(comparer: &Comparer<'_>, crowd: usize) -> Vec<Scored> {
    let persons = comparer
        .parts
        .iter()
        .filter(|part| part.kind == IdentityKind::Person)
        .count();
    let mut found = vec![];
    for part in comparer.parts {
        let alone = part.kind == IdentityKind::Person && persons == 1;
        if part.kind == IdentityKind::Company || alone {
            found.extend(two(|half| slips_of(comparer, part, crowd, half)));
        }
    }
    found
}

fn slips_of(comparer: &Comparer<'_>, part: &Part, crowd: usize, half: usize) -> Vec<Scored> {
    let forms = &part.forms;
    let text = |form: usize| match forms.companies.get(form) {
        Some(company) => &*company.core,
        None => &*forms.texts[form],
    };
    let mut keyed: Vec<(u64, u32)> = vec![];
    let mut chars: Vec<char> = vec![];
    for form in 0..forms.texts.len() {
        // What more than a few have is no slip of theirs, and a branch is never another.
        let is_branch = forms
            .companies
            .get(form)
            .is_some_and(|company| company.is_branch);
        if is_branch || forms.counts[form] as usize > crowd {
            continue;
        }
        chars.clear();
        chars.extend(text(form).chars());
        let mut put = |key: u64| {
            if (key >> 63) as usize == half {
                keyed.push((key, form as u32));
            }
        };
        match chars.len() {
            SHORTEST..=LONGEST => {
                put(hashed(chars.iter()));
                for out in 0..chars.len() {
                    put(hashed(chars[..out].iter().chain(&chars[out + 1..])));
                }
            }
            longer if longer > LONGEST => {
                put(hashed(chars[..LONGEST / 2].iter()).wrapping_add(1));
                put(hashed(chars[chars.len() - LONGEST / 2..].iter()).wrapping_add(2));
            }
            _ => {}
        }
    }
    keyed.sort_unstable();
    keyed.dedup();
    let mut near: Vec<(u32, u32)> = vec![];
    for group in keyed.chunk_by(|(x, _), (y, _)| x == y) {
        if group.len() < 2 || group.len() > crowd {
            continue;
        }
        for (at, (_, x)) in group.iter().enumerate() {
            for (_, y) in &group[at + 1..] {
                let agreement = agreement(part.kind, forms, *x, *y);
                if matches!(
                    agreement,
                    Agreement::Near | Agreement::Like | Agreement::Close
                ) {
                    near.push((*x, *y));
                }
            }
        }
    }
    near.sort_unstable();
    near.dedup();
    let rows = Rows::of(part);
    let mut found = vec![];
    for (x, y) in near {
        let (one, two) = (rows.of_form(x), rows.of_form(y));
        if one.len() * two.len() > crowd * crowd {
            continue;
        }
        for a in one {
            for b in two {
                push(comparer, *a, *b, &mut found);
            }
        }
    }
    found
}

fn hashed<'c>(chars: impl Iterator<Item = &'c char>) -> u64 {
    chars.fold(0, |hash, c| mixed(hash ^ u64::from(u32::from(*c))))
}

/// The records of each form, one form after another.
struct Rows {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Rows {
    fn of(part: &Part) -> Self {
        let mut starts = vec![0u32; part.forms.texts.len() + 1];
        for code in part.codes.iter().filter(|code| **code != NONE) {
            starts[*code as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let last = starts.last().copied().unwrap_or(0);
        let mut rows = vec![0u32; last as usize];
        for (row, code) in part
            .codes
            .iter()
            .enumerate()
            .filter(|(_, code)| **code != NONE)
        {
            let place = &mut next[*code as usize];
            rows[*place as usize] = row as u32;
            *place += 1;
        }
        Self { starts, rows }
    }

    fn of_form(&self, form: u32) -> &[u32] {
        let form = form as usize;
        &self.rows[self.starts[form] as usize..self.starts[form + 1] as usize]
    }
}
