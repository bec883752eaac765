//! Two records, field by field: what agrees, how well, and what that is worth.

use super::similar::{Letters, edits, jaro_winkler};
use super::values::{Forms, NONE, Part};
use super::weigh::{Chance, SWAPPED, WHERE, Weights, prior};
use super::{Agreement, Evidence, credit_code};
use crate::scheme::model::IdentityKind;

/// How many pairs are drawn to see how often values go together by chance.
const DRAWN: u64 = 20_000;

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
            .map(|part| Weights::new(part.kind, records, chance(part, records)))
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
        // What is the same is seen at once; what is not can be worth no more than something near.
        let (mut most, mut place) = (0, 0);
        for (index, part) in self.parts.iter().enumerate() {
            let (x, y) = (part.codes[a as usize], part.codes[b as usize]);
            if x == NONE || y == NONE {
                continue;
            }
            let worth = if x == y {
                self.weights[index].same(part.forms.counts[x as usize])
            } else {
                self.weights[index].most()
            };
            *(if is_place(part.kind) { &mut place } else { &mut most }) += worth;
        }
        let most = match self.name {
            Some((one, two)) if self.crosses(one, two, a, b) => i32::MAX,
            _ => most + place.min(WHERE) - self.prior,
        };
        if most < self.lax {
            return None;
        }
        self.points(a, b).filter(|points| *points >= self.lax)
    }

    /// Whether a part of one's name is the other part of the other's.
    fn crosses(&self, one: usize, two: usize, a: u32, b: u32) -> bool {
        let code = |part: usize, record: u32| self.parts[part].codes[record as usize];
        let same = |x: u32, y: u32| x != NONE && x == y;
        same(code(one, a), code(two, b)) || same(code(two, a), code(one, b))
    }

    fn points(&self, a: u32, b: u32) -> Option<i32> {
        let (mut all, mut place) = (0, 0);
        self.each(a, b, |kind, _, _, worth| {
            *(if is_place(kind) { &mut place } else { &mut all }) += worth;
        })?;
        Some(all + place.min(WHERE) - self.prior)
    }

    /// What each field of a pair says, in their order. Fields that one of the two does not have say nothing.
    pub fn evidence(&self, a: u32, b: u32) -> Vec<Evidence> {
        let mut evidence = vec![];
        // What rules a pair out is no evidence for it: such a pair is never shown.
        let _ = self.each(a, b, |_, field, agreement, points| {
            evidence.push(Evidence {
                field,
                agreement,
                points,
            });
        });
        evidence.sort_by_key(|evidence| evidence.field);
        evidence
    }

    /// Tells what each field says; `None` if one rules out that the two are one.
    fn each(
        &self,
        a: u32,
        b: u32,
        mut tell: impl FnMut(IdentityKind, usize, Option<Agreement>, i32),
    ) -> Option<()> {
        for (index, part) in self.parts.iter().enumerate() {
            if self.name.is_some_and(|(one, two)| index == one || index == two) {
                continue;
            }
            if let Some((agreement, worth)) = self.field(index, index, a, b) {
                tell(part.kind, index, Some(agreement), worth?);
            }
        }
        let Some((one, two)) = self.name else {
            return Some(());
        };
        let worth = |told: Option<(Agreement, Option<i32>)>| {
            told.map_or((None, 0), |(agreement, worth)| (Some(agreement), worth.unwrap_or(0)))
        };
        let (first, last) = (worth(self.field(one, one, a, b)), worth(self.field(two, two, a, b)));
        let straight = first.1 + last.1;
        if first.0.is_some_and(is_same) && last.0.is_some_and(is_same) {
            tell(IdentityKind::Person, one, first.0, first.1);
            tell(IdentityKind::Person, two, last.0, last.1);
            return Some(());
        }
        let (there, back) = (worth(self.field(one, two, a, b)), worth(self.field(two, one, a, b)));
        if there.1 + back.1 + SWAPPED > straight {
            // The agreement of a swapped part is told as none of its own.
            tell(IdentityKind::Person, one, None, there.1 + back.1 + SWAPPED);
            return Some(());
        }
        for (field, (agreement, worth)) in [(one, first), (two, last)] {
            if agreement.is_some() {
                tell(IdentityKind::Person, field, agreement, worth);
            }
        }
        Some(())
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

const fn is_same(agreement: Agreement) -> bool {
    matches!(agreement, Agreement::Same)
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
        IdentityKind::Identifier | IdentityKind::CreditCode => number(a, b, 5, 8),
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

/// How often values of a field go together between records drawn by lot: the same ones every time.
fn chance(part: &Part, records: usize) -> Chance {
    let mut chance = Chance::default();
    let records = records as u64;
    if records < 2 {
        return chance;
    }
    // Knuth's multiplier: any full period would do.
    let mut state = 1u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..DRAWN {
        let (a, b) = (draw(records), draw(records));
        let (x, y) = (part.codes[a as usize], part.codes[b as usize]);
        if a == b || x == NONE || y == NONE {
            continue;
        }
        chance.drawn += 1;
        if x == y {
            continue;
        }
        match agreement(part.kind, &part.forms, x, y) {
            Agreement::Near => chance.found[0] += 1,
            Agreement::Like => chance.found[1] += 1,
            Agreement::Close => chance.found[2] += 1,
            _ => {}
        }
    }
    chance
}
