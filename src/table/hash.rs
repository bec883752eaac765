//! Hashes by which content is known again: SHA-256, written hexadecimal.

use sha2::digest::block_api::BlockSizeUser;
use sha2::{Digest, Sha256, Sha512};

/// A hash that is being made.
#[derive(Clone, Debug, Default)]
pub struct Hash(Sha256);

impl Hash {
    /// Takes in more.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The bytes of the hash of all of it.
    pub fn bytes(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// The hash of all of it.
    pub fn end(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes = self.bytes();
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

/// A hash that only those can make who have the key: HMAC (RFC 2104) over the hash `D`.
#[derive(Clone)]
pub struct Hmac<D> {
    inner: D,
    outer: D,
}

/// HMAC over SHA-256.
pub type HmacSha256 = Hmac<Sha256>;
/// HMAC over SHA-512.
pub type HmacSha512 = Hmac<Sha512>;

impl<D: Digest + BlockSizeUser> Hmac<D> {
    /// Nothing yet, under a key.
    pub fn new(key: &[u8]) -> Self {
        let size = D::block_size();
        let mut block = if key.len() > size {
            D::digest(key).to_vec()
        } else {
            key.to_vec()
        };
        block.resize(size, 0);
        let padded = |pad: u8| {
            let block: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
            D::new_with_prefix(block)
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

    /// The hash of all of it: as many bytes as `D` gives.
    pub fn end(mut self) -> Vec<u8> {
        self.outer.update(self.inner.finalize());
        self.outer.finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 2 and 6 of RFC 4231: a short key, and one that is longer than a block.
    #[test]
    fn hashes_under_a_key_are_those_of_the_standard() {
        fn of<D: Digest + BlockSizeUser>(key: &[u8], data: &[u8]) -> String {
            let mut hmac = Hmac::<D>::new(key);
            hmac.update(data);
            let digits = hmac.end().into_iter().map(|byte| format!("{byte:02x}"));
            digits.collect()
        }
        let (key, data) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            of::<Sha256>(key, data),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            of::<Sha512>(key, data),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        );
        let key = [0xaa; 131];
        let data = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            of::<Sha256>(&key, data),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
        assert_eq!(
            of::<Sha512>(&key, data),
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
             6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
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
