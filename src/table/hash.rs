//! Hashes by which content is known again: SHA-256, written hexadecimal.

use sha2::{Digest, Sha256};

/// A hash that is being made.
#[derive(Clone, Debug, Default)]
pub struct Hash(Sha256);

impl Hash {
    /// Takes in more.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The hash of all of it.
    pub fn end(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes = self.0.finalize();
        let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
        let digits = bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        digits.collect()
    }

    /// The hash of a text.
    pub fn of(text: &str) -> String {
        let mut hash = Self::default();
        hash.update(text);
        hash.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    /// The examples of FIPS 180-4.
    #[test]
    fn hashes_are_those_of_the_standard() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of("abc"), known);
        let mut parts = Hash::default();
        parts.update("a");
        parts.update(b"bc");
        assert_eq!(parts.end(), known);
        assert_eq!(
            Hash::of(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
