//! Two records, field by field: what agrees, how well, and what that is worth.

use super::similar::{Letters, edits, jaro_winkler};
use super::values::{Forms, NONE, Part};
use super::weigh::{Chance, SWAPPED, WHERE, Weights, prior};
use super::{Agreement, Evidence, credit_code, mixed};
use crate::scheme::model::IdentityKind;

#[cfg(test)]
mod tests;

/// How many pairs are drawn to see how often values go together by chance.
const DRAWN: u64 = 20_000;

/// More fields than this no scheme can compare.
pub const MOST_FIELDS: usize = 32;

/// What compares the records of one set with each other.
pub struct Comparer<'a> {
    /// The fields.
    pub parts: &'a [Part],
    weights: Vec<Weights>,
    /// The two fields of a name in two parts.
    name: Option<(usize, usize)>,
    prior: i32,
    /// Pairs below this are of no interest.
    lax: i32,
}

impl<'a> Comparer<'a> {
    /// For records of so many rows.
    pub fn new(parts: &'a [Part], records: usize, lax: i32) -> Self {
        let weights = parts
            .iter()
            .map(|part| Weights::new(part.kind, records, chance(part)))
            .collect();
        let persons: Vec<usize> = (0..parts.len())
            .filter(|index| parts[*index].kind == IdentityKind::Person)
            .collect();
        Self {
            parts,
            weights,
            name: match persons[..] {
                [one, two] => Some((one, two)),
                _ => None,
            },
            prior: prior(records),
            lax,
        }
    }

    /// The points of a pair; `None` if they are fewer than the least that are of interest, or if something rules out
    /// that the two are one.
    pub fn score(&self, a: u32, b: u32) -> Option<i32> {
        // What is the same is seen at once; what is not can be worth no more than something near. Most pairs end here,
        // or when one or two fields have been looked at.
        let mut bounds = [None; MOST_FIELDS];
        let (mut all, mut place) = (0, 0);
        for ((part, weights), bound) in self.parts.iter().zip(&self.weights).zip(&mut bounds) {
            let (x, y) = (part.codes[a as usize], part.codes[b as usize]);
            if x == NONE || y == NONE {
                continue;
            }
            let most = if x == y {
                weights.same(part.forms.counts[x as usize])
            } else {
                weights.most()
            };
            *bound = Some(most);
            *(if is_place(part.kind) {
                &mut place
            } else {
                &mut all
            }) += most;
        }
        if let Some((one, two)) = self.name {
            all -= bounds[one].unwrap_or(0) + bounds[two].unwrap_or(0);
            let mut told = 0;
            self.name(one, two, a, b, &mut |_, _, _, worth| told += worth);
            all += told;
        }
        let least = self.lax + self.prior;
        for (index, part) in self.parts.iter().enumerate() {
            if all + place.min(WHERE) < least {
                return None;
            }
            let Some(bound) = bounds[index].filter(|_| !self.is_of_name(index)) else {
                continue;
            };
            let (_, worth) = self.field(index, index, a, b)?;
            *(if is_place(part.kind) {
                &mut place
            } else {
                &mut all
            }) += worth? - bound;
        }
        let points = all + place.min(WHERE);
        (points >= least).then_some(points - self.prior)
    }

    fn is_of_name(&self, part: usize) -> bool {
        self.name
            .is_some_and(|(one, two)| part == one || part == two)
    }

    /// What each field of a pair says, in their order. Fields that one of the two does not have say nothing.
    pub fn evidence(&self, a: u32, b: u32) -> Vec<Evidence> {
        let mut evidence = vec![];
        let mut tell = |_: IdentityKind, field, agreement, points| {
            evidence.push(Evidence {
                field,
                agreement,
                points,
            });
        };
        for (index, part) in self.parts.iter().enumerate() {
            if self.is_of_name(index) {
                continue;
            }
            if let Some((agreement, Some(worth))) = self.field(index, index, a, b) {
                tell(part.kind, index, Some(agreement), worth);
            }
        }
        if let Some((one, two)) = self.name {
            self.name(one, two, a, b, &mut tell);
        }
        evidence.sort_by_key(|evidence| evidence.field);
        evidence
    }

    /// Tells what a name in two parts says: straight, or with the parts exchanged if that is worth more.
    fn name(
        &self,
        one: usize,
        two: usize,
        a: u32,
        b: u32,
        tell: &mut impl FnMut(IdentityKind, usize, Option<Agreement>, i32),
    ) {
        let worth = |told: Option<(Agreement, Option<i32>)>| {
            told.map_or((None, 0), |(agreement, worth)| {
                (Some(agreement), worth.unwrap_or(0))
            })
        };
        let straight = [
            (one, worth(self.field(one, one, a, b))),
            (two, worth(self.field(two, two, a, b))),
        ];
        let points: i32 = straight.iter().map(|(_, (_, worth))| worth).sum();
        let is_same = straight
            .iter()
            .all(|(_, (agreement, _))| *agreement == Some(Agreement::Same));
        if !is_same {
            let there = worth(self.field(one, two, a, b)).1;
            let back = worth(self.field(two, one, a, b)).1;
            let crossed = there + back + SWAPPED;
            if crossed > points {
                tell(IdentityKind::Person, one, None, crossed);
                return;
            }
        }
        for (field, (agreement, worth)) in straight {
            if agreement.is_some() {
                tell(IdentityKind::Person, field, agreement, worth);
            }
        }
    }

    /// How a field of `a` goes together with one of `b`, and what it is worth; `None` if one has no value there.
    fn field(&self, one: usize, two: usize, a: u32, b: u32) -> Option<(Agreement, Option<i32>)> {
        let (x, y) = (
            self.parts[one].codes[a as usize],
            self.parts[two].codes[b as usize],
        );
        if x == NONE || y == NONE {
            return None;
        }
        let part = &self.parts[one];
        let agreement = agreement(part.kind, &part.forms, x, y);
        let worth = |field: usize| match agreement {
            Agreement::Same => Some(self.weights[field].same(part.forms.counts[x as usize])),
            other => self.weights[field].other(other),
        };
        // Of two parts the lesser worth counts, so that it is the same whichever record comes first.
        Some((agreement, worth(one).min(worth(two))))
    }
}

const fn is_place(kind: IdentityKind) -> bool {
    matches!(kind, IdentityKind::Address | IdentityKind::Place)
}

/// How two values of a kind go together, by their numbers among the forms.
pub fn agreement(kind: IdentityKind, forms: &Forms, x: u32, y: u32) -> Agreement {
    let (a, b) = (&*forms.texts[x as usize], &*forms.texts[y as usize]);
    if x == y {
        // A code that is none is what somebody typed; that it is the same says less.
        return if kind == IdentityKind::CreditCode && !credit_code::is_valid(a) {
            Agreement::Near
        } else {
            Agreement::Same
        };
    }
    match kind {
        IdentityKind::Company => {
            let companies = &forms.companies;
            companies[x as usize].agreement(&companies[y as usize])
        }
        IdentityKind::Person => person(a, b),
        IdentityKind::Birth => number(a, b, 6, 8),
        IdentityKind::Identifier | IdentityKind::CreditCode => number(a, b, 5, 7),
        IdentityKind::Phone => phone(a, b),
        IdentityKind::Email => email(a, b),
        IdentityKind::Address | IdentityKind::Place => place(a, b),
    }
}

fn person(a: &str, b: &str) -> Agreement {
    let (one, two) = (Letters::of(a), Letters::of(b));
    let (one, two) = (one.as_slice(), two.as_slice());
    let shorter = one.len().min(two.len());
    if a.contains(' ') || b.contains(' ') {
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort_unstable();
            words.concat()
        };
        if sorted(a) == sorted(b) {
            return Agreement::Near;
        }
    }
    let is_latin = a.is_ascii() && b.is_ascii();
    // A letter of a Chinese name is a third of it, not a slip.
    let edit = edits(one, two, 2);
    match edit {
        Some(1) if is_latin && shorter >= 3 => return Agreement::Near,
        Some(1) if !is_latin && shorter >= 4 => return Agreement::Near,
        Some(1) if !is_latin => return Agreement::Close,
        Some(2) if is_latin && shorter >= 5 => return Agreement::Like,
        _ => {}
    }
    let likeness = jaro_winkler(one, two);
    // An initial stands for a name.
    let initial = shorter == 1 && one.first() == two.first();
    if is_latin && (likeness >= 880 && shorter >= 4) {
        Agreement::Like
    } else if is_latin && (likeness >= 800 || initial) {
        Agreement::Close
    } else {
        Agreement::Different
    }
}

/// Numbers in which each sign counts: near from `near` signs on, like from `like`.
fn number(a: &str, b: &str, near: usize, like: usize) -> Agreement {
    let (one, two) = (Letters::of(a), Letters::of(b));
    let (one, two) = (one.as_slice(), two.as_slice());
    let shorter = one.len().min(two.len());
    match edits(one, two, 2) {
        Some(0 | 1) if shorter >= near => Agreement::Near,
        Some(0..=2) if shorter >= like => Agreement::Like,
        Some(0..=2) if shorter >= near => Agreement::Close,
        _ if swapped_day(a, b) => Agreement::Like,
        _ => Agreement::Different,
    }
}

/// Whether day and month of two days of eight digits are exchanged.
fn swapped_day(a: &str, b: &str) -> bool {
    a.len() == 8
        && b.len() == 8
        && a.is_ascii()
        && b.is_ascii()
        && a[..4] == b[..4]
        && a[4..6] == b[6..]
        && a[6..] == b[4..6]
}

/// A number with and without the code of its region is one: `88881234` ends `75588881234`.
fn phone(a: &str, b: &str) -> Agreement {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 7 && long.ends_with(short) {
        return Agreement::Near;
    }
    number(a, b, 7, 9)
}

fn email(a: &str, b: &str) -> Agreement {
    let (one, two) = (Letters::of(a), Letters::of(b));
    if edits(one.as_slice(), two.as_slice(), 1).is_some() {
        return Agreement::Near;
    }
    let local = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
    let (x, y) = (local(a), local(b));
    if x == y && x.chars().count() >= 5 {
        Agreement::Like
    } else if edits(one.as_slice(), two.as_slice(), 2).is_some() {
        Agreement::Close
    } else {
        Agreement::Different
    }
}

fn place(a: &str, b: &str) -> Agreement {
    let (one, two) = (Letters::of(a), Letters::of(b));
    let (one, two) = (one.as_slice(), two.as_slice());
    let shorter = one.len().min(two.len());
    match edits(one, two, 2) {
        Some(1) if shorter >= 4 => return Agreement::Near,
        Some(2) if shorter >= 8 => return Agreement::Near,
        Some(1 | 2) if shorter >= 3 => return Agreement::Like,
        _ => {}
    }
    // An address with and without its province, or its flat.
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if shorter >= 6 && (long.ends_with(short) || long.starts_with(short)) {
        return Agreement::Like;
    }
    let likeness = jaro_winkler(one, two);
    if likeness >= 880 && shorter >= 4 {
        Agreement::Like
    } else if likeness >= 800 && shorter >= 4 {
        Agreement::Close
    } else {
        Agreement::Different
    }
}

/// How often values of a field go together between records drawn by lot: the same ones every time, in whatever order the
/// records stand. Of few records all pairs are taken.
fn chance(part: &Part) -> Chance {
    let mut chance = Chance::default();
    // The order of the records must not decide which are drawn, so that they are put in one that only looks like chance.
    let forms = &part.forms;
    let mut counts = vec![0u64; forms.texts.len()];
    for code in part.codes.iter().filter(|code| **code != NONE) {
        counts[*code as usize] += 1;
    }
    let mut order: Vec<(u64, &str, u32)> = (0..forms.texts.len() as u32)
        .filter(|form| counts[*form as usize] > 0)
        .map(|form| {
            let text = &*forms.texts[form as usize];
            let hash = text
                .bytes()
                .fold(0, |hash, byte| mixed(hash ^ u64::from(byte)));
            (hash, text, form)
        })
        .collect();
    order.sort_unstable();
    // Where the records of each form begin.
    let mut starts = vec![0u64];
    for (_, _, form) in &order {
        starts.push(starts[starts.len() - 1] + counts[*form as usize]);
    }
    let records = starts[starts.len() - 1];
    let form = |record: u64| order[starts.partition_point(|start| *start <= record) - 1].2;
    let mut draw = |a: u64, b: u64| {
        if a == b {
            return;
        }
        chance.drawn += 1;
        let (x, y) = (form(a), form(b));
        if x == y {
            return;
        }
        match agreement(part.kind, forms, x, y) {
            Agreement::Near => chance.found[0] += 1,
            Agreement::Like => chance.found[1] += 1,
            Agreement::Close => chance.found[2] += 1,
            _ => {}
        }
    };
    if records * records.saturating_sub(1) / 2 <= DRAWN {
        for a in 0..records {
            for b in 0..a {
                draw(a, b);
            }
        }
        return chance;
    }
    for number in 0..DRAWN {
        let at = |which: u64| ((mixed(2 * number + which) >> 32) * records) >> 32;
        draw(at(0), at(1));
    }
    chance
}
