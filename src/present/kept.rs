//! A customer who keeps what was before, because the row is refused or no sheet has it: what is kept and why, as text for
//! people and as JSON for programs.

use super::explanation::merged;
use super::marks::decision_word;
use crate::book::Entry;
use crate::diagnostic::Lang;
use crate::grading::Grading;
use crate::words::Word;
use serde_json::json;
use std::fmt::Write;

/// A customer without values as text: what is kept, and why there are none.
pub fn text(grading: &Grading, entry: Entry, lang: Lang) -> String {
    let Some(kept) = grading.kept(entry) else {
        return String::new();
    };
    let id = kept.id.unwrap_or("—");
    let mut out = format!("{id}  {}\n", kept.name.unwrap_or_default());
    let scheme = &grading.scheme;
    let mut head = vec![];
    if let Some(grade) = kept.before.grade {
        let grade = &scheme.grades[grade].name;
        head.push(format!("{} {grade}", Word::Grade.get(lang)));
    }
    head.push(decision_word(kept.decision, lang));
    if let Some(kind) = kept.before.kind {
        let kind = &scheme.types[kind].name;
        head.push(format!("{} {kind}", Word::Type.get(lang)));
    }
    let _ = write!(out, "{}", head.join(" · "));
    if let Some(place) = place(grading, entry) {
        let _ = write!(out, "   ← {place}");
    }
    out.push('\n');
    for why in kept.why.iter() {
        let _ = writeln!(out, "  {}", why.get(lang));
    }
    out
}

/// A customer without values as one line of JSON.
pub fn json(grading: &Grading, entry: Entry, lang: Lang) -> String {
    let Some(kept) = grading.kept(entry) else {
        return String::new();
    };
    let why: Vec<&str> = kept.why.iter().map(|why| why.get(lang)).collect();
    let scheme = &grading.scheme;
    let grade = kept.before.grade.map(|grade| &*scheme.grades[grade].name);
    let kind = kept.before.kind.map(|kind| &*scheme.types[kind].name);
    let document = json!({
        "id": kept.id,
        "name": kept.name,
        "decision": kept.decision.key(),
        "merged": kept.id.map(|id| merged(grading, id).collect::<Vec<_>>()),
        "grade": grade,
        "previous": grade,
        "since": kept.before.since.map(|since| since.to_string()),
        "type": kind,
        "place": place(grading, entry),
        "reasons": why,
    });
    format!("{document}\n")
}

/// Where a refused row stands.
fn place(grading: &Grading, entry: Entry) -> Option<String> {
    let Entry::Refused(index) = entry else {
        return None;
    };
    let at = grading.book.roster.refused[index as usize].at;
    let place = crate::clean::sheet::place_of(&grading.book.inputs.customers, at, None);
    Some(place.to_string())
}
