//! Workbooks with a password, as Excel 2010 and later, WPS and LibreOffice write xlsx and xlsb: a zip file encrypted
//! with AES within an OLE container (MS-OFFCRYPTO, 2.3.4.10 to 2.3.4.15, "agile encryption").
//!
//! Takes the container and the password; gives the zip file, whose checksums then say whether all of it is sound.

use super::format::encrypted;
use super::ods::attribute;
use super::xls::ole::Ole;
use crate::diagnostic::{Code, Finding};
use crate::text;
use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A password. It is never shown, not even by `Debug`.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The password in a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How often the hash is turned at most; the standard's own limit. (Excel: 100,000 times.)
const MOST_TURNS: u32 = 10_000_000;
/// The package is encrypted in pieces of so many bytes.
const PIECE: usize = 4096;
const BLOCK: usize = 16;

/// What each key is for, by the standard's numbers.
const FOR_VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const FOR_ITS_HASH: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const FOR_THE_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];

/// The workbook in an encrypted container.
pub(super) fn decrypt(container: &[u8], password: &Password) -> Result<Vec<u8>, Vec<Finding>> {
    let stream = |name| {
        Ole::open(container)
            .and_then(|ole| ole.stream(&[name]))
            .ok()?
    };
    let (Some(about), Some(package)) = (stream("EncryptionInfo"), stream("EncryptedPackage"))
    else {
        return Err(unknown());
    };
    // Version 4.4 is the agile one; before it a number of flags.
    let xml = match about.as_slice() {
        [4, 0, 4, 0, _, _, _, _, xml @ ..] => std::str::from_utf8(xml).ok(),
        _ => None,
    };
    let locks = xml.and_then(Locks::parse).ok_or_else(unknown)?;
    let key = locks.open(&password.0).ok_or_else(wrong)?;
    locks.unpack(&key, &package).ok_or_else(unknown)
}

/// How something is hashed and encrypted.
struct Lock {
    salt: Vec<u8>,
    hash: Hash,
    /// Of the key, in bytes.
    size: usize,
}

/// The two locks: the password's, behind which the key lies, and the package's.
struct Locks {
    package: Lock,
    password: Lock,
    turns: u32,
    verifier: Vec<u8>,
    its_hash: Vec<u8>,
    key: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, parts: [&[u8]; 2]) -> Vec<u8> {
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

impl Lock {
    fn parse(tag: &BytesStart<'_>) -> Option<Self> {
        let is = |name, value: &str| attribute(tag, name).is_some_and(|text| text == value);
        if !is("cipherAlgorithm", "AES") || !is("cipherChaining", "ChainingModeCBC") {
            return None;
        }
        Some(Self {
            salt: base64(&attribute(tag, "saltValue")?)?,
            hash: match attribute(tag, "hashAlgorithm")?.as_str() {
                "SHA1" | "SHA-1" => Hash::Sha1,
                "SHA256" => Hash::Sha256,
                "SHA384" => Hash::Sha384,
                "SHA512" => Hash::Sha512,
                _ => return None,
            },
            size: match attribute(tag, "keyBits")?.as_str() {
                "128" => 16,
                "192" => 24,
                "256" => 32,
                _ => return None,
            },
        })
    }
}

impl Locks {
    fn parse(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml);
        let mut package = None;
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "keyData" => package = Lock::parse(&tag),
                    "encryptedKey" => {
                        let bytes = |name| base64(&attribute(&tag, name)?);
                        let turns = attribute(&tag, "spinCount")?.parse().ok()?;
                        return (turns <= MOST_TURNS).then_some(Self {
                            package: package?,
                            password: Lock::parse(&tag)?,
                            turns,
                            verifier: bytes("encryptedVerifierHashInput")?,
                            its_hash: bytes("encryptedVerifierHashValue")?,
                            key: bytes("encryptedKeyValue")?,
                        });
                    }
                    _ => {}
                },
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// The package's key, if the password is the right one.
    fn open(&self, password: &str) -> Option<Vec<u8>> {
        let Lock { salt, hash, size } = &self.password;
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut turned = hash.of([salt, &password]);
        for turn in 0..self.turns {
            turned = hash.of([&turn.to_le_bytes(), &turned]);
        }
        let behind = |purpose: &[u8], data: &[u8]| {
            let mut key = hash.of([&turned, purpose]);
            key.resize(*size, 0x36);
            decrypted(&key, salt, data)
        };
        let verifier = behind(&FOR_VERIFIER, &self.verifier)?;
        let its_hash = behind(&FOR_ITS_HASH, &self.its_hash)?;
        let verifier = verifier.get(..salt.len())?;
        if !its_hash.starts_with(&hash.of([verifier, &[]])) {
            return None;
        }
        let mut key = behind(&FOR_THE_KEY, &self.key)?;
        key.truncate(self.package.size);
        (key.len() == self.package.size).then_some(key)
    }

    /// The package: its size, and pieces that are encrypted each by itself.
    fn unpack(&self, key: &[u8], package: &[u8]) -> Option<Vec<u8>> {
        let (size, pieces) = package.split_first_chunk::<8>()?;
        let size = usize::try_from(u64::from_le_bytes(*size)).ok()?;
        let mut plain = Vec::with_capacity(pieces.len());
        for (number, piece) in (0_u32..).zip(pieces.chunks(PIECE)) {
            let start = self
                .package
                .hash
                .of([&self.package.salt, &number.to_le_bytes()]);
            // A container's last sector may be longer than what is in it.
            let whole = piece.len() / BLOCK * BLOCK;
            plain.extend(decrypted(key, &start, &piece[..whole])?);
        }
        (size <= plain.len()).then(|| {
            plain.truncate(size);
            plain
        })
    }
}

/// AES in chains of blocks. `start` is cut or filled to a block.
fn decrypted(key: &[u8], start: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => chained(&aes::Aes128::new_from_slice(key).ok()?, start, data),
        24 => chained(&aes::Aes192::new_from_slice(key).ok()?, start, data),
        _ => chained(&aes::Aes256::new_from_slice(key).ok()?, start, data),
    }
}

fn chained<C>(cipher: &C, start: &[u8], data: &[u8]) -> Option<Vec<u8>>
where
    C: BlockCipherDecrypt<BlockSize = aes::cipher::consts::U16>,
{
    let mut before = start.to_vec();
    before.resize(BLOCK, 0x36);
    let (blocks, rest) = data.as_chunks::<BLOCK>();
    if !rest.is_empty() {
        return None;
    }
    let mut plain = Vec::with_capacity(data.len());
    for block in blocks {
        let mut open = Array::from(*block);
        cipher.decrypt_block(&mut open);
        plain.extend(open.iter().zip(&before).map(|(one, other)| one ^ other));
        before.copy_from_slice(block);
    }
    Some(plain)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (vec![], 0_u32, 0);
    for c in text
        .bytes()
        .filter(|c| *c != b'=' && !c.is_ascii_whitespace())
    {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

fn wrong() -> Vec<Finding> {
    let title = text!(
        "the password does not open the workbook",
        "密码不能打开该工作簿"
    );
    vec![Finding::error(Code::BadFormat, title).help(text!(
        "the password is the first line of the file that `--password-file` names, spaces included",
        "密码为 `--password-file` 所指文件的第一行，空格也算在内"
    ))]
}

/// Encrypted in another way than this.
fn unknown() -> Vec<Finding> {
    let mut findings = encrypted();
    for finding in &mut findings {
        finding.title = text!(
            "the workbook is encrypted in a way that is not read, password or not",
            "工作簿的加密方式不受支持，有密码也不能读取"
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        // RFC 4648, part 10.
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(base64("Zg*="), None);
    }
}
