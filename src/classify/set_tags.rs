//! Tags that people put on and take off. They stand in the tags' own columns, so that whatever reads a tag after this
//! sees what counts.

use crate::assess::Facts;
use crate::book::Roster;
use crate::decide::{Hold, Override, Subject};
use crate::scheme::Scheme;
use crate::scheme::model::Tag;
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, Date, TextColumn};
use std::sync::Arc;

/// Puts on the tags that overrides lock and takes off those that they hold off, as far as they count on `date`;
/// `roster` has their customers. A tag of the scheme with names in braces has one text a customer: the one that was
/// set takes the place of the one that the names give. Gives the places of the overrides that changed anything.
pub fn set_tags(
    scheme: &Scheme,
    facts: &mut Facts,
    roster: &Roster,
    overrides: &[Override],
    date: Date,
) -> Vec<usize> {
    let mut live: Vec<(usize, usize, &Override)> = overrides
        .iter()
        .enumerate()
        .filter(|(_, set)| set.subject == Subject::Tag && set.is_live(date))
        .filter_map(|(place, set)| Some((place, *roster.by_id().get(&set.customer)? as usize, set)))
        .collect();
    live.sort_by_key(|(_, _, set)| set.id);
    let mut changing = vec![];
    for tag in &scheme.tags {
        if !live.iter().any(|(_, _, set)| tag.name.can_give(&set.level)) {
            continue;
        }
        let Column::Text(texts) = facts.get(tag.slot) else {
            continue;
        };
        let mut texts = texts.clone();
        for (place, row, set) in &live {
            let before = texts.codes[*row];
            set_tag(scheme, tag, set, *row, &mut texts);
            if texts.codes[*row] != before {
                changing.push(*place);
            }
        }
        facts.set(tag.slot, Column::Text(texts));
    }
    changing
}

fn set_tag(scheme: &Scheme, tag: &Tag, set: &Override, row: usize, texts: &mut TextColumn) {
    match set.hold {
        Hold::Ceiling => {
            if texts.get(row) == Some(&set.level) {
                texts.codes[row] = MISSING_TEXT;
            }
        }
        Hold::Floor | Hold::Lock => {
            // Of several that can give it, the plain one is meant, else the first.
            let mut givers = scheme.tags.iter();
            let plain = givers.find(|tag| *tag.name.text == *set.level && tag.name.is_plain());
            let mut givers = scheme.tags.iter();
            let giver = plain.or_else(|| givers.find(|tag| tag.name.can_give(&set.level)));
            if giver.is_some_and(|giver| giver.slot == tag.slot) {
                texts.codes[row] = code_of(texts, &set.level);
            }
        }
    }
}

/// The code of a text, new or known.
fn code_of(texts: &mut TextColumn, text: &Arc<str>) -> u32 {
    let known = texts.dictionary.iter().position(|known| known == text);
    known.unwrap_or_else(|| {
        let dictionary = Arc::make_mut(&mut texts.dictionary);
        dictionary.push(text.clone());
        dictionary.len() - 1
    }) as u32
}
