//! The cores of two company names: the same, a slip of the pen, or the name of another company.

use super::Agreement;
use super::company_words::{LOOK_ALIKE, TELLING};
use super::similar::{Letters, edits, jaro_winkler};

/// How two cores go together.
pub fn cores(a: &str, b: &str) -> Agreement {
    if a == b {
        return Agreement::Same;
    }
    if figures(a) != figures(b) {
        return Agreement::Apart;
    }
    let (one, two) = (Letters::of(a), Letters::of(b));
    let (one, two) = (one.as_slice(), two.as_slice());
    let (short, long) = if one.len() <= two.len() {
        (one, two)
    } else {
        (two, one)
    };
    if a.is_ascii() && b.is_ascii() {
        return match edits(one, two, 2) {
            Some(1) if short.len() >= 8 => Agreement::Near,
            Some(1 | 2) if short.len() >= 10 => Agreement::Like,
            _ if jaro_winkler(one, two) >= 920 => Agreement::Close,
            _ if short.len() >= 4 && long.starts_with(short) => Agreement::Close,
            _ => Agreement::Different,
        };
    }
    if edits(one, two, 1).is_some() {
        return slip(short, long);
    }
    // 腾讯 and 腾讯计算机系统: people call companies by the start of their names.
    if short.len() >= 2 && long.starts_with(short)
        || edits(one, two, 2).is_some() && short.len() >= 6
    {
        return Agreement::Close;
    }
    Agreement::Different
}

/// One edit between two Chinese cores: a slip of the pen, or the name of another company.
fn slip(short: &[char], long: &[char]) -> Agreement {
    let at = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        let more = long[at];
        // 计算机机系统: a letter twice is a slip wherever it stands.
        let twice = at > 0 && long[at - 1] == more || long.get(at + 1) == Some(&more);
        return match at {
            _ if TELLING.contains(more) => Agreement::Close,
            _ if twice => Agreement::Near,
            // Names differ in front, and companies of one trade have the same end.
            4.. if short.len() >= 6 && at + 1 < long.len() => Agreement::Near,
            2.. if short.len() >= 5 && at < short.len() => Agreement::Like,
            _ => Agreement::Close,
        };
    }
    let (x, y) = (short[at], long[at]);
    if short.get(at + 1) == Some(&y) && long.get(at + 1) == Some(&x) {
        return Agreement::Near;
    }
    if TELLING.contains(x) && TELLING.contains(y) {
        return Agreement::Apart;
    }
    let looks_alike = LOOK_ALIKE
        .iter()
        .any(|group| group.contains(x) && group.contains(y));
    if looks_alike {
        Agreement::Near
    } else {
        Agreement::Close
    }
}

/// The numbers in a name, Chinese ones behind 第 too: those of 第一医院 and 第二医院 are others.
fn figures(core: &str) -> Vec<String> {
    let mut figures = vec![];
    let mut open = String::new();
    let mut counts = false;
    for c in core.chars() {
        let is_chinese = "一二三四五六七八九十百".contains(c);
        if c.is_ascii_digit() || is_chinese && counts {
            open.push(c);
            continue;
        }
        if !open.is_empty() {
            figures.push(std::mem::take(&mut open));
        }
        counts = c == '第';
    }
    if !open.is_empty() {
        figures.push(open);
    }
    figures
}
