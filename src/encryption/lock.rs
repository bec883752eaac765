//! Locks a workbook: AES-256, SHA-512, the password turned 100,000 times, as Excel does it since 2013.
//!
//! Takes the bytes of a workbook and a password; writes the container.
//!
//! The standard wants random salts and keys, and regrade writes the same bytes for the same input. So all of them are
//! drawn from the password and the workbook: the password, turned 100,000 times with a hash of the workbook for a salt,
//! is the key of an HMAC-SHA-512 of what each is for. Whoever has the container and not the password learns nothing
//! from that: to try a password upon the salts or the key he would have to know the workbook, then to turn the password
//! as often as the lock itself makes him, and no table of turned passwords serves for two workbooks. Two workbooks that
//! differ in one bit have nothing in common; that two files are the same workbook with the same password can be seen.

use super::container::{self, Node};
use super::spaces::Spaces;
use super::{BLOCK, Hash, PIECE, Password, encrypt, purpose};
use crate::table::{HmacSha512, base64};
use std::io::{self, Write};

/// How often the password is turned; Excel's own number.
const TURNS: u32 = 100_000;
/// Of the keys, in bytes.
const KEY: usize = 32;
/// Of the salts and the verifier, in bytes.
const SALT: usize = 16;
/// Of a hash, in bytes.
const HASH: usize = 64;

/// Writes `workbook` behind `password`.
pub fn lock(workbook: Vec<u8>, password: &Password, out: &mut dyn Write) -> io::Result<()> {
    let source = Source::new(&workbook, password);
    let key = source.draw("key of the package", KEY);
    let salt = source.draw("salt of the package", SALT);
    let wrong_size = || io::Error::other("a key or a text has a size that AES does not have");
    let package = package(workbook, &key, &salt).ok_or_else(wrong_size)?;
    let about = about(&source, password, &package, &key, &salt).ok_or_else(wrong_size)?;
    let spaces = Spaces::new();
    container::write(
        vec![
            spaces.node(),
            Node::Stream("EncryptionInfo", &about),
            Node::Stream("EncryptedPackage", &package),
        ],
        out,
    )
}

/// Where salts and keys come from.
struct Source {
    hmac: HmacSha512,
}

impl Source {
    fn new(workbook: &[u8], password: &Password) -> Self {
        let salt = Hash::Sha512.of([b"regrade", workbook]);
        let turned = password.turned(Hash::Sha512, &salt, TURNS);
        Self {
            hmac: HmacSha512::new(&turned.bytes),
        }
    }

    /// `count` bytes, up to the 64 of a hash, for what `what` says.
    fn draw(&self, what: &str, count: usize) -> Vec<u8> {
        let mut drawn = sealed(self.hmac.clone(), what.as_bytes());
        drawn.truncate(count);
        drawn
    }
}

fn sealed(mut hmac: HmacSha512, bytes: &[u8]) -> Vec<u8> {
    hmac.update(bytes);
    hmac.end()
}

/// The stream `EncryptedPackage` (2.3.4.15): how long the workbook is, and its pieces, each encrypted by itself.
fn package(workbook: Vec<u8>, key: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let size = workbook.len();
    let mut package = workbook;
    package.resize(size.next_multiple_of(BLOCK), 0);
    for (number, piece) in (0_u32..).zip(package.chunks_mut(PIECE)) {
        let start = Hash::Sha512.of([salt, &number.to_le_bytes()]);
        encrypt(key, &start, piece)?;
    }
    package.splice(..0, (size as u64).to_le_bytes());
    Some(package)
}

/// The stream `EncryptionInfo` (2.3.4.10): what a reader needs to try a password, and to see that nothing was changed.
fn about(
    source: &Source,
    password: &Password,
    package: &[u8],
    key: &[u8],
    salt: &[u8],
) -> Option<Vec<u8>> {
    let with_start = |purpose: &[u8], mut data: Vec<u8>| {
        encrypt(key, &Hash::Sha512.of([salt, purpose]), &mut data)?;
        Some(base64::encode(&data))
    };
    let seal_key = source.draw("key of the seal", HASH);
    let seal = sealed(HmacSha512::new(&seal_key), package);
    let seal_key = with_start(&purpose::SEAL_KEY, seal_key)?;
    let seal = with_start(&purpose::SEAL, seal)?;

    let password_salt = source.draw("salt of the password", SALT);
    let turned = password.turned(Hash::Sha512, &password_salt, TURNS);
    let behind = |purpose: &[u8], mut data: Vec<u8>| {
        encrypt(&turned.key(purpose, KEY), &password_salt, &mut data)?;
        Some(base64::encode(&data))
    };
    let verifier = source.draw("verifier", SALT);
    let its_hash = behind(&purpose::VERIFIER_HASH, Hash::Sha512.of([&verifier, &[]]))?;
    let verifier = behind(&purpose::VERIFIER, verifier)?;
    let key = behind(&purpose::PACKAGE_KEY, key.to_vec())?;
    let (salt, password_salt) = (base64::encode(salt), base64::encode(&password_salt));
    let how = format!(
        r#"saltSize="{SALT}" blockSize="{BLOCK}" keyBits="{}" hashSize="{HASH}" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512""#,
        KEY * 8
    );
    let xml = format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
            "\r\n",
            r#"<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" "#,
            r#"xmlns:p="{password}" "#,
            r#"xmlns:c="http://schemas.microsoft.com/office/2006/keyEncryptor/certificate">"#,
            r#"<keyData {how} saltValue="{salt}"/>"#,
            r#"<dataIntegrity encryptedHmacKey="{seal_key}" encryptedHmacValue="{seal}"/>"#,
            r#"<keyEncryptors><keyEncryptor uri="{password}">"#,
            r#"<p:encryptedKey spinCount="{turns}" {how} saltValue="{password_salt}" "#,
            r#"encryptedVerifierHashInput="{verifier}" encryptedVerifierHashValue="{its_hash}" "#,
            r#"encryptedKeyValue="{key}"/>"#,
            r#"</keyEncryptor></keyEncryptors></encryption>"#,
        ),
        password = "http://schemas.microsoft.com/office/2006/keyEncryptor/password",
        turns = TURNS,
        how = how,
        salt = salt,
        seal_key = seal_key,
        seal = seal,
        password_salt = password_salt,
        verifier = verifier,
        its_hash = its_hash,
        key = key,
    );
    // Version 4.4, the agile one, and its only flag.
    let mut about = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    about.extend(xml.as_bytes());
    Some(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(workbook: &[u8], password: &str) -> Vec<u8> {
        let mut out = vec![];
        lock(workbook.to_vec(), &Password::new(password), &mut out).unwrap();
        out
    }

    #[test]
    fn what_is_locked_opens_with_its_password_and_no_other() {
        // Around the sizes of a block, a piece, and a stream that lies in small sectors.
        for size in [
            0, 1, 15, 16, 17, 4079, 4080, 4087, 4088, 4095, 4096, 4097, 70_000,
        ] {
            let workbook: Vec<u8> = (0..size).map(|at| (at * 7 % 251) as u8).collect();
            let container = locked(&workbook, "密码 1234");
            let open = |password| crate::read::unlock(&container, &Password::new(password));
            assert_eq!(open("密码 1234").unwrap(), workbook, "{size}");
            assert!(open("密码 12345").is_err(), "{size}");
        }
    }

    /// More sectors than the header of the container has room to name, and more than one sector of names holds.
    #[test]
    fn a_large_workbook_comes_back() {
        let workbook: Vec<u8> = (0..17_000_000_u32).map(|at| (at >> 8) as u8).collect();
        let container = locked(&workbook, "x");
        let opened = crate::read::unlock(&container, &Password::new("x")).unwrap();
        assert!(opened == workbook);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes_and_any_other_gives_others() {
        let container = locked(b"workbook", "secret");
        assert_eq!(locked(b"workbook", "secret"), container);
        // What two containers share is what says how they are encrypted, not a salt and not a key.
        let salts = |container: &[u8]| -> Vec<String> {
            let text = String::from_utf8_lossy(container);
            let values = text.split("Value=\"").skip(1);
            values
                .map(|value| value.split('"').next().unwrap().to_owned())
                .collect()
        };
        let known = salts(&container);
        assert_eq!(known.len(), 5, "{known:?}");
        for other in [locked(b"workbooK", "secret"), locked(b"workbook", "Secret")] {
            assert!(salts(&other).iter().all(|salt| !known.contains(salt)));
        }
    }
}
