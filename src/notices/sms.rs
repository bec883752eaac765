//! How long a text message is, and in how many parts a network sends it.
//!
//! By 3GPP TS 23.038 (the alphabets) and TS 23.040 (joined messages): a text of the GSM 7-bit default alphabet has 160
//! septets in one message and 153 in each part of several, where the extension table's characters take two; any other
//! text is UCS-2, with 70 and 67 code units. No part ends within a character.

/// The GSM 7-bit default alphabet (TS 23.038, 6.2.1), in its order and without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension table (6.2.1.1): an escape comes before each.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The alphabet that a message is sent in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alphabet {
    /// The GSM 7-bit default alphabet.
    Gsm7,
    /// Two bytes a code unit.
    Ucs2,
}

impl Alphabet {
    /// Its name in lists.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        }
    }

    /// How many units one message has, and each part of several.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// How long a text message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Length {
    /// The alphabet that it needs.
    pub alphabet: Alphabet,
    /// Septets, or code units of 16 bits.
    pub units: usize,
    /// How many messages are paid for; an empty text is one.
    pub parts: usize,
}

/// How long a text is as a text message.
pub fn length(text: &str) -> Length {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (alphabet, units) = match septets {
        Some(units) => (Alphabet::Gsm7, units),
        None => (Alphabet::Ucs2, text.chars().map(char::len_utf16).collect()),
    };
    let (whole, part) = alphabet.room();
    let all = units.iter().sum();
    let parts = if all <= whole { 1 } else { parts(&units, part) };
    Length {
        alphabet,
        units: all,
        parts,
    }
}

/// How many septets a character takes; `None` if the alphabet does not have it.
fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// How many parts of `room` units it takes, where none of these is divided.
fn parts(units: &[usize], room: usize) -> usize {
    let (mut parts, mut left) = (1, room);
    for unit in units {
        if *unit > left {
            parts += 1;
            left = room;
        }
        left -= unit;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_as_many_characters_as_the_standard() {
        assert_eq!(BASIC.chars().count(), 127, "128 with the escape");
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn lengths_are_those_of_the_standard() {
        let a = |count: usize| "a".repeat(count);
        let zh = |count: usize| "级".repeat(count);
        for (text, alphabet, units, parts) in [
            (String::new(), Alphabet::Gsm7, 0, 1),
            (a(160), Alphabet::Gsm7, 160, 1),
            (a(161), Alphabet::Gsm7, 161, 2),
            (a(306), Alphabet::Gsm7, 306, 2),
            (a(307), Alphabet::Gsm7, 307, 3),
            ("€".into(), Alphabet::Gsm7, 2, 1),
            // The euro sign does not fit into the last septet of the first part.
            (a(152) + "€" + &a(152), Alphabet::Gsm7, 306, 3),
            (zh(70), Alphabet::Ucs2, 70, 1),
            (zh(71), Alphabet::Ucs2, 71, 2),
            (zh(134), Alphabet::Ucs2, 134, 2),
            (zh(135), Alphabet::Ucs2, 135, 3),
            ("😀".into(), Alphabet::Ucs2, 2, 1),
            (zh(66) + "😀" + &zh(66), Alphabet::Ucs2, 134, 3),
        ] {
            let found = length(&text);
            let wanted = Length {
                alphabet,
                units,
                parts,
            };
            assert_eq!(found, wanted, "{} characters", text.chars().count());
        }
    }
}
