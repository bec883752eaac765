//! The texts that cells share, and those that stand in cells: `<t>`, alone or in runs of one format each.

use super::super::shared_texts::SharedTexts;
use super::blocks::pieces;
use super::xml::{InTag, Xml, resolved, unescaped};
use super::{Archive, NotPlain, Stop};
use std::borrow::Cow;

/// What a text may have besides itself: how its runs look, and how it is read aloud.
const ASIDE: [&[u8]; 18] = [
    b"r",
    b"rPr",
    b"rFont",
    b"sz",
    b"color",
    b"family",
    b"charset",
    b"scheme",
    b"b",
    b"i",
    b"u",
    b"strike",
    b"outline",
    b"shadow",
    b"condense",
    b"extend",
    b"vertAlign",
    b"phoneticPr",
];

/// The shared texts in the part at `place`. `each` is told of each piece how many bytes it has, and how far into the file
/// it reaches.
pub(super) fn shared(
    archive: &Archive<'_>,
    place: usize,
    mut each: impl FnMut(u64, u64) -> Result<(), NotPlain>,
) -> Result<SharedTexts, Stop> {
    let mut texts = SharedTexts::default();
    let (mut is_begun, mut is_ended) = (false, false);
    pieces(archive, place, b"</si>", |piece, done| {
        each(piece.len() as u64, done)?;
        let mut xml = Xml::new(piece);
        if !is_begun {
            is_begun = true;
            is_ended = begins(&mut xml)?;
        }
        while !is_ended {
            xml.skip_spaces();
            if xml.rest().is_empty() {
                break;
            }
            if xml.opens(b"<si") {
                let text = if xml.ends_tag()? {
                    Cow::Borrowed("")
                } else {
                    item(&mut xml, b"</si>")?
                };
                texts.push(&text);
            } else {
                xml.closes(b"</sst>")?;
                is_ended = true;
            }
        }
        Ok(!is_ended)
    })?;
    if is_ended {
        Ok(texts)
    } else {
        Err(NotPlain::CutOff.into())
    }
}

/// Goes into the list; whether it is at its end already.
fn begins(xml: &mut Xml<'_>) -> Result<bool, NotPlain> {
    xml.begins()?;
    if !xml.opens(b"<sst") {
        return Err(xml.odd());
    }
    xml.ends_tag()
}

/// The text of an element up to its end tag: all its runs, without how it is read aloud.
pub(super) fn item<'x>(xml: &mut Xml<'x>, end: &[u8]) -> Result<Cow<'x, str>, NotPlain> {
    // By far the most have nothing else.
    if xml.takes(b"<t>") {
        let text = written(xml, false)?;
        if xml.takes(end) {
            return Ok(text);
        }
        return runs(xml, end, text);
    }
    runs(xml, end, Cow::Borrowed(""))
}

fn runs<'x>(
    xml: &mut Xml<'x>,
    end: &[u8],
    mut whole: Cow<'x, str>,
) -> Result<Cow<'x, str>, NotPlain> {
    let mut is_aloud = false;
    loop {
        xml.skip_spaces();
        if xml.takes(end) {
            return Ok(whole);
        }
        if xml.opens(b"<t") {
            let text = run(xml)?;
            if is_aloud || text.is_empty() {
            } else if whole.is_empty() {
                whole = text;
            } else {
                whole.to_mut().push_str(&text);
            }
        } else if xml.opens(b"<rPh") {
            is_aloud = !xml.ends_tag()?;
        } else if xml.takes(b"</rPh>") {
            is_aloud = false;
        } else if !ASIDE.iter().any(|name| xml.passes(name)) {
            return Err(xml.odd());
        }
    }
}

/// A text whose tag is open.
fn run<'x>(xml: &mut Xml<'x>) -> Result<Cow<'x, str>, NotPlain> {
    let mut keeps_spaces = None;
    loop {
        match xml.in_tag()? {
            InTag::Attribute(b"xml:space", value) => {
                keeps_spaces.get_or_insert(value == "preserve");
            }
            InTag::Attribute(..) => {}
            InTag::End { empty: true } => return Ok(Cow::Borrowed("")),
            InTag::End { empty: false } => return written(xml, keeps_spaces == Some(true)),
        }
    }
}

/// A text up to its end tag. Its spaces are dropped at both ends if it does not say that they are kept.
fn written<'x>(xml: &mut Xml<'x>, keeps_spaces: bool) -> Result<Cow<'x, str>, NotPlain> {
    const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];
    let text = resolved(xml.text()?)?;
    xml.closes(b"</t>")?;
    let text = match text {
        text if keeps_spaces => text,
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(SPACES)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(SPACES).to_owned()),
    };
    Ok(unescaped(text))
}
