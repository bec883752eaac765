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
        Self::of_bytes(text.as_bytes())
    }

    /// The hash of bytes.
    pub fn of_bytes(bytes: &[u8]) -> String {
        let mut hash = Self::default();
        hash.update(bytes);
        hash.end()
    }
}

/// A hash that only those can make who have the key: HMAC-SHA256 (RFC 2104).
#[derive(Clone)]
pub struct Hmac {
    inner: Sha256,
    outer: Sha256,
}

impl Hmac {
    /// Nothing yet, under a key.
    pub fn new(key: &[u8]) -> Self {
        const BLOCK: usize = 64;
        let mut block = [0u8; BLOCK];
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let padded = |pad: u8| {
            let mut hash = Sha256::new();
            hash.update(block.map(|byte| byte ^ pad));
            hash
        };
        Self {
            inner: padded(0x36),
            outer: padded(0x5c),
        }
    }

    /// Takes in more.
    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    /// The hash of all of it.
    pub fn end(mut self) -> [u8; 32] {
        self.outer.update(self.inner.finalize());
        self.outer.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Hmac};

    /// Test cases 2 and 6 of RFC 4231: a short key, and one that is longer than a block.
    #[test]
    fn hashes_under_a_key_are_those_of_the_standard() {
        let hex = |bytes: [u8; 32]| bytes.map(|byte| format!("{byte:02x}")).concat();
        let of = |key: &[u8], data: &[u8]| {
            let mut hmac = Hmac::new(key);
            hmac.update(data);
            hex(hmac.end())
        };
        assert_eq!(
            of(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            of(
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First"
            ),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

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
