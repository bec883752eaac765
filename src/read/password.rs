//! Workbooks with a password, as Excel 2010 and later, WPS and LibreOffice write xlsx and xlsb: a zip file encrypted
//! with AES within an OLE container (MS-OFFCRYPTO, 2.3.4.10 to 2.3.4.15, "agile encryption").
//!
//! Takes the container and the password; gives the zip file, whose checksums then say whether all of it is sound.

use super::format::encrypted;
use super::ods::attribute;
use super::xls::ole::Ole;
use crate::diagnostic::{Code, Finding};
use crate::encryption::{BLOCK, Hash, PIECE, Password, decrypt, purpose};
use crate::table::base64;
use crate::text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// How often the hash is turned at most; the standard's own limit. (Excel: 100,000 times.)
const MOST_TURNS: u32 = 10_000_000;

/// The workbook in an encrypted container.
pub(crate) fn unlock(container: &[u8], password: &Password) -> Result<Vec<u8>, Vec<Finding>> {
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
    let key = locks.open(password).ok_or_else(wrong)?;
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

impl Lock {
    fn parse(tag: &BytesStart<'_>) -> Option<Self> {
        let is = |name, value: &str| attribute(tag, name).is_some_and(|text| text == value);
        if !is("cipherAlgorithm", "AES") || !is("cipherChaining", "ChainingModeCBC") {
            return None;
        }
        Some(Self {
            salt: base64::decode(&attribute(tag, "saltValue")?)?,
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
                        let bytes = |name| base64::decode(&attribute(&tag, name)?);
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
    fn open(&self, password: &Password) -> Option<Vec<u8>> {
        let Lock { salt, hash, size } = &self.password;
        let turned = password.turned(*hash, salt, self.turns);
        let behind = |purpose: &[u8], data: &[u8]| {
            let mut data = data.to_vec();
            decrypt(&turned.key(purpose, *size), salt, &mut data)?;
            Some(data)
        };
        let verifier = behind(&purpose::VERIFIER, &self.verifier)?;
        let its_hash = behind(&purpose::VERIFIER_HASH, &self.its_hash)?;
        let verifier = verifier.get(..salt.len())?;
        if !its_hash.starts_with(&hash.of([verifier, &[]])) {
            return None;
        }
        let mut key = behind(&purpose::PACKAGE_KEY, &self.key)?;
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
            let from = plain.len();
            plain.extend(&piece[..whole]);
            decrypt(key, &start, &mut plain[from..])?;
        }
        (size <= plain.len()).then(|| {
            plain.truncate(size);
            plain
        })
    }
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
