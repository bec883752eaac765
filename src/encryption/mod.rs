//! Workbooks behind a password, as Excel 2010 and later, WPS and LibreOffice have them: a zip file encrypted with AES
//! within an OLE container (MS-OFFCRYPTO, 2.3.4.10 to 2.3.4.15, "agile encryption").
//!
//! Here is what reading and writing share: the password, the key that it becomes, and AES in chains of blocks.
//!
//! ```text
//! lock       workbook, password → container       read/password.rs goes the other way
//! container  named streams      → the bytes of an OLE file
//! spaces     the streams that say what the others are
//! ```

mod container;
mod lock;
mod spaces;

pub use lock::lock;

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The package is encrypted in pieces of so many bytes.
pub const PIECE: usize = 4096;
/// AES encrypts so many bytes at a time.
pub const BLOCK: usize = 16;
/// What fills up a key or a start that is too short.
const FILLER: u8 = 0x36;

/// No password is longer, in UTF-16 units (MS-OFFCRYPTO, 2.3.4.11).
pub const LONGEST_PASSWORD: usize = 255;

/// What each key is for, by the standard's numbers (2.3.4.13, 2.3.4.14).
pub mod purpose {
    /// The bytes by whose hash the password is known to be the right one.
    pub const VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
    /// Their hash.
    pub const VERIFIER_HASH: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
    /// The key of the package.
    pub const PACKAGE_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];
    /// The key by which the package is known to be whole.
    pub const SEAL_KEY: [u8; 8] = [0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6];
    /// What it gives of the whole package.
    pub const SEAL: [u8; 8] = [0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33];
}

/// A password. It is never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password in a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// How many UTF-16 units it has; Excel takes [`LONGEST_PASSWORD`].
    pub fn len(&self) -> usize {
        self.0.encode_utf16().count()
    }

    /// Whether it is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The password hashed with `salt` and turned so often that guessing is slow (2.3.4.11).
    pub fn turned(&self, hash: Hash, salt: &[u8], turns: u32) -> Turned {
        let password: Vec<u8> = self.0.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = hash.of([salt, &password]);
        for turn in 0..turns {
            bytes = hash.of([&turn.to_le_bytes(), &bytes]);
        }
        Turned { hash, bytes }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a password becomes: the keys are made of it.
pub struct Turned {
    hash: Hash,
    bytes: Vec<u8>,
}

impl Turned {
    /// The key of `size` bytes for a [`purpose`].
    pub fn key(&self, purpose: &[u8], size: usize) -> Vec<u8> {
        let mut key = self.hash.of([&self.bytes, purpose]);
        key.resize(size, FILLER);
        key
    }
}

/// The hashes that the standard knows.
#[derive(Clone, Copy)]
pub enum Hash {
    /// SHA-1, of Excel 2010.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, of all Excels since.
    Sha512,
}

impl Hash {
    /// The hash of two texts, one after the other.
    pub fn of(self, parts: [&[u8]; 2]) -> Vec<u8> {
        fn digest<D: Digest>(parts: [&[u8]; 2]) -> Vec<u8> {
            let mut digest = D::new();
            for part in parts {
                digest.update(part);
            }
            digest.finalize().to_vec()
        }
        match self {
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }
}

/// Encrypts `data` where it lies, in a chain of blocks. `start` is cut or filled to a block. `None` for a key of no size
/// that AES has, or data that is no whole number of blocks.
#[must_use]
pub fn encrypt(key: &[u8], start: &[u8], data: &mut [u8]) -> Option<()> {
    fn chain<C>(cipher: &C, before: [u8; BLOCK], blocks: &mut [[u8; BLOCK]])
    where
        C: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    {
        let mut before = Array::from(before);
        for block in blocks {
            for (one, other) in before.iter_mut().zip(&*block) {
                *one ^= other;
            }
            cipher.encrypt_block(&mut before);
            *block = before.into();
        }
    }
    let (blocks, []) = data.as_chunks_mut::<BLOCK>() else {
        return None;
    };
    let start = first_block(start);
    match key.len() {
        16 => chain(&aes::Aes128::new_from_slice(key).ok()?, start, blocks),
        24 => chain(&aes::Aes192::new_from_slice(key).ok()?, start, blocks),
        _ => chain(&aes::Aes256::new_from_slice(key).ok()?, start, blocks),
    }
    Some(())
}

/// The other way: decrypts `data` where it lies.
#[must_use]
pub fn decrypt(key: &[u8], start: &[u8], data: &mut [u8]) -> Option<()> {
    fn chain<C>(cipher: &C, mut before: [u8; BLOCK], blocks: &mut [[u8; BLOCK]])
    where
        C: BlockCipherDecrypt<BlockSize = aes::cipher::consts::U16>,
    {
        for block in blocks {
            let mut open = Array::from(*block);
            cipher.decrypt_block(&mut open);
            for (one, other) in open.iter_mut().zip(&before) {
                *one ^= other;
            }
            before = *block;
            *block = open.into();
        }
    }
    let (blocks, []) = data.as_chunks_mut::<BLOCK>() else {
        return None;
    };
    let start = first_block(start);
    match key.len() {
        16 => chain(&aes::Aes128::new_from_slice(key).ok()?, start, blocks),
        24 => chain(&aes::Aes192::new_from_slice(key).ok()?, start, blocks),
        _ => chain(&aes::Aes256::new_from_slice(key).ok()?, start, blocks),
    }
    Some(())
}

fn first_block(start: &[u8]) -> [u8; BLOCK] {
    let mut block = [FILLER; BLOCK];
    let known = start.len().min(BLOCK);
    block[..known].copy_from_slice(&start[..known]);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    /// The examples of NIST SP 800-38A, F.2: CBC with AES of each size of key.
    #[test]
    fn chains_are_those_of_the_standard() {
        let plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
        let start = bytes("000102030405060708090a0b0c0d0e0f");
        for (key, encrypted) in [
            (
                "2b7e151628aed2a6abf7158809cf4f3c",
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
            ),
            (
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a",
            ),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
            ),
        ] {
            let mut data = bytes(plain);
            encrypt(&bytes(key), &start, &mut data).unwrap();
            assert_eq!(data, bytes(encrypted));
            decrypt(&bytes(key), &start, &mut data).unwrap();
            assert_eq!(data, bytes(plain));
        }
        assert_eq!(encrypt(&[0; 32], &start, &mut [0; 17]), None);
        assert_eq!(decrypt(&[0; 31], &start, &mut [0; 16]), None);
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(format!("{:?}", Password::new("1234")), "Password(…)");
    }
}
