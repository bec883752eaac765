//! Pseudonyms: the same key is the same pseudonym in every file of a role, and nobody without the role's secret can tell
//! which key it stands for, or make it out by trying keys.

use crate::table::HmacSha256;

/// How many characters of base32 a pseudonym has: 80 bits, so that of a million keys two have the same one with a
/// chance of less than one in 10^12.
const LENGTH: usize = 16;
/// RFC 4648; neither 0 nor 1, which people take for letters.
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret of a role.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret")
    }
}

impl Secret {
    /// How many bytes a secret has at least.
    pub const LEAST: usize = 16;

    /// The content of a key file, without the blanks around it; `None` if it is shorter than [`Self::LEAST`].
    pub fn new(content: &[u8]) -> Option<Self> {
        let content = content.trim_ascii();
        (content.len() >= Self::LEAST).then(|| Self(content.to_vec()))
    }

    /// The pseudonym of a key for a role. It begins with a letter, so that no spreadsheet takes it for a number.
    pub fn pseudonym(&self, role: &str, key: &str) -> String {
        let mut hmac = HmacSha256::new(&self.0);
        hmac.update(role.as_bytes());
        hmac.update(&[0]);
        hmac.update(key.as_bytes());
        let hash = hmac.end();
        let mut text = String::with_capacity(LENGTH + 1);
        text.push('P');
        for index in 0..LENGTH {
            // Five bits from bit 5 × index on; the last byte looked at is the tenth.
            let at = index * 5;
            let pair = u16::from(hash[at / 8]) << 8 | u16::from(hash[at / 8 + 1]);
            let five = pair >> (11 - at % 8) & 31;
            text.push(char::from(DIGITS[usize::from(five)]));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_key_role_and_secret_alone() {
        let one = Secret::new(b"0123456789abcdef").unwrap();
        let other = Secret::new(b"0123456789abcdeg").unwrap();
        let known = one.pseudonym("客服", "C001");
        assert_eq!(one.pseudonym("客服", "C001"), known);
        assert_eq!(known.len(), LENGTH + 1);
        assert!(known.bytes().all(|byte| DIGITS.contains(&byte)));
        assert_ne!(one.pseudonym("客服", "C002"), known);
        assert_ne!(one.pseudonym("外部", "C001"), known);
        assert_ne!(other.pseudonym("客服", "C001"), known);
        assert!(Secret::new(b" short \n").is_none());
        assert_eq!(format!("{one:?}"), "Secret");
    }

    /// Against Python: `base64.b32encode(hmac.digest(b"0123456789abcdef", "客服\0C001".encode(), "sha256"))[:16]`.
    #[test]
    fn it_is_the_base32_of_an_hmac() {
        let secret = Secret::new(b"0123456789abcdef\n").unwrap();
        assert_eq!(secret.pseudonym("客服", "C001"), "PW4ZH3T57COFUJVIP");
    }
}
