//! Which encoding a text file has. Takes bytes; gives text and the encoding's name, or says on which line it fails.
//!
//! In this order: a byte order mark; the pattern that NULs make in UTF-16 and UTF-32; strict UTF-8; the encoding in
//! which the scheme's headers appear; GB18030 if the result reads like Chinese; a statistical guess. GB18030 decodes
//! Big5, `Shift_JIS` and Western bytes into nonsense without an error, so it is never taken without a sign.

use super::{Source, Table, count_of};
use crate::diagnostic::{Code, Finding};
use crate::table::Origin;
use crate::text;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use std::borrow::Cow;

/// Text, and how it was encoded.
pub(super) struct Decoded<'b> {
    /// The bytes themselves where they are UTF-8.
    pub(super) text: Cow<'b, str>,
    pub(super) encoding: &'static str,
    /// Whether the encoding was neither marked, nor named, nor plain UTF-8.
    pub(super) guessed: bool,
}

/// UTF-32 is not a web encoding, so `encoding_rs` leaves it out.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Web(&'static Encoding),
    Utf32 { big: bool },
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Utf32 { big: true } => "UTF-32BE",
            Self::Utf32 { big: false } => "UTF-32LE",
            Self::Web(encoding) => encoding.name(),
        }
    }
}

/// The encoding that [`Table::encoding`](super::Table::encoding) names, for a table that was kept and comes back.
pub fn encoding_named(name: &str) -> Option<&'static str> {
    let utf32 = [Kind::Utf32 { big: false }, Kind::Utf32 { big: true }];
    let web = Encoding::for_label_no_replacement(name.as_bytes()).map(Kind::Web);
    let kinds = utf32.into_iter().chain(web);
    kinds.map(Kind::name).find(|known| *known == name)
}

/// The text of bytes in a code page of Windows; `None` where it is not known or does not fit them.
pub(super) fn decode_page(page: u16, bytes: &[u8]) -> Option<String> {
    let encoding = match page {
        936 => GB18030,
        950 => BIG5,
        932 => SHIFT_JIS,
        949 => EUC_KR,
        // ASCII, and pages of Excel for Macs and of DOS that are the same for it.
        437 | 850 | 1252 | 32_769 | 367 => WINDOWS_1252,
        10_000 | 32_768 => encoding_rs::MACINTOSH,
        874 | 1250..=1258 => Encoding::for_label(format!("windows-{page}").as_bytes())?,
        65_001 => UTF_8,
        1200 => UTF_16LE,
        _ => return None,
    };
    let (text, failed) = encoding.decode_without_bom_handling(bytes);
    (!failed).then(|| text.into_owned())
}

/// Byte order marks, the longer first: UTF-32LE begins as UTF-16LE does.
const MARKS: [(&[u8], Kind); 5] = [
    (b"\xFF\xFE\0\0", Kind::Utf32 { big: false }),
    (b"\0\0\xFE\xFF", Kind::Utf32 { big: true }),
    (b"\xEF\xBB\xBF", Kind::Web(UTF_8)),
    (b"\xFF\xFE", Kind::Web(UTF_16LE)),
    (b"\xFE\xFF", Kind::Web(UTF_16BE)),
];

/// How much of a file is looked at to find out.
const SAMPLE: usize = 128 << 10;

impl Decoded<'_> {
    /// Says the encoding of the file with the tables that are in it, in a note where it is not plain UTF-8.
    pub(super) fn said_of(&self, tables: &mut [Table], source: &Source<'_>) {
        for table in &mut *tables {
            table.encoding = Some(self.encoding);
        }
        let Some(first) = tables.first_mut() else {
            return;
        };
        if !self.guessed && self.encoding == UTF_8.name() {
            return;
        }
        let note = read_as(self.encoding, self.guessed, &source.origin(None));
        first.notes.insert(0, note);
    }
}

/// What is said of the encoding of a file.
fn read_as(name: &str, guessed: bool, origin: &Origin) -> Finding {
    let title = text!("read as {name}", "按 {name} 编码读取");
    let note = Finding::note(Code::ReadAs, title).place(origin.place());
    if !guessed {
        return note;
    }
    note.help(text!(
        "if the text is wrong, name the encoding with `--encoding`",
        "如有乱码，请用 `--encoding` 指定编码"
    ))
}

/// Decodes a text file, by the encoding that the user named or by what is found.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    source: &Source<'_>,
) -> Result<Decoded<'b>, Vec<Finding>> {
    decode_declared(bytes, None, source)
}

/// Decodes a file that itself says its encoding (`declared`, in XML and HTML). Programs copy such a line from one file
/// to another, so it counts after a mark, the pattern of NULs and strict UTF-8, and before any guess.
pub(super) fn decode_declared<'b>(
    bytes: &'b [u8],
    declared: Option<&str>,
    source: &Source<'_>,
) -> Result<Decoded<'b>, Vec<Finding>> {
    let mark = MARKS
        .iter()
        .find(|(mark, _)| bytes.starts_with(mark))
        .copied();
    if let Some(label) = &source.options.encoding {
        let kind = by_label(label, mark.map(|(_, kind)| kind))?;
        let skip = mark
            .filter(|(_, marked)| *marked == kind)
            .map_or(0, |(mark, _)| mark.len());
        return strictly(bytes, skip, kind, false);
    }
    if let Some((mark, kind)) = mark {
        return strictly(bytes, mark.len(), kind, false);
    }
    if let Some(kind) = by_nuls(bytes) {
        return strictly(bytes, 0, kind, true);
    }
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(Decoded {
            text,
            encoding: UTF_8.name(),
            guessed: false,
        });
    }
    let declared = declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8)
        && !encoding.decode_without_bom_handling(bytes).1
    {
        return strictly(bytes, 0, Kind::Web(encoding), false);
    }
    let encoding = by_sample(&sample(bytes), source);
    strictly(bytes, 0, Kind::Web(encoding), true)
}

fn by_sample(sample: &[u8], source: &Source<'_>) -> &'static Encoding {
    if mostly_utf8(sample) {
        // Nearly right: another encoding would turn all of it into nonsense for the sake of a few bytes.
        UTF_8
    } else {
        by_headers(sample, source).unwrap_or_else(|| by_content(sample))
    }
}

/// An encoding in which a line feed and a quote are those bytes, and no byte of another character: texts can be cut at
/// the ends of their lines before they are decoded.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct ByLine(&'static Encoding);

impl ByLine {
    /// UTF-8.
    pub(super) const UTF_8: Self = Self(UTF_8);

    /// The encoding of a text file that begins with these lines, which are not UTF-8, if what comes behind them has no
    /// say in it.
    pub(super) fn of_start(bytes: &[u8], is_all: bool, source: &Source<'_>) -> Option<Self> {
        let sample = sample(bytes);
        let encoding = by_sample(&sample, source);
        ((is_all || sample.len() >= SAMPLE) && encoding != UTF_8).then_some(Self(encoding))
    }

    /// The text of bytes, if all of them are of the encoding.
    pub(super) fn text(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        if self == Self::UTF_8 {
            return utf_8(bytes).map(Cow::Borrowed);
        }
        let Self(encoding) = self;
        encoding.decode_without_bom_handling_and_without_replacement(bytes)
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        self.0.name()
    }

    /// What is said of it.
    pub(super) fn note(self, origin: &Origin) -> Option<Finding> {
        (self != Self::UTF_8).then(|| read_as(self.name(), true, origin))
    }
}

/// The text of bytes, if they are UTF-8. Of Chinese several times as fast as the standard library finds it out.
pub(super) fn utf_8(bytes: &[u8]) -> Option<&str> {
    simdutf8::basic::from_utf8(bytes).ok()
}

fn by_label(label: &str, marked: Option<Kind>) -> Result<Kind, Vec<Finding>> {
    let plain = label.trim().to_ascii_lowercase().replace('_', "-");
    match plain.as_str() {
        "utf-32" | "utf32" => Ok(marked.filter(|kind| matches!(kind, Kind::Utf32 { .. })).unwrap_or(Kind::Utf32 { big: false })),
        "utf-32le" => Ok(Kind::Utf32 { big: false }),
        "utf-32be" => Ok(Kind::Utf32 { big: true }),
        "utf-16" | "utf16" if marked == Some(Kind::Web(UTF_16BE)) => Ok(Kind::Web(UTF_16BE)),
        _ => Encoding::for_label_no_replacement(plain.as_bytes())
            .or_else(|| Encoding::for_label_no_replacement(label.trim().as_bytes()))
            .map(Kind::Web)
            .ok_or_else(|| {
                let error = Finding::error(Code::Usage, text!("no encoding `{label}`", "没有编码 `{label}`"));
                vec![error.help(text!(
                    "name one of UTF-8, GB18030, GBK, Big5, UTF-16LE, UTF-16BE, Shift_JIS, EUC-KR, windows-1252",
                    "可用：UTF-8、GB18030、GBK、Big5、UTF-16LE、UTF-16BE、Shift_JIS、EUC-KR、windows-1252"
                ))]
            }),
    }
}

/// Decodes all of it or says where it fails.
fn strictly(
    bytes: &[u8],
    skip: usize,
    kind: Kind,
    guessed: bool,
) -> Result<Decoded<'_>, Vec<Finding>> {
    let bytes = &bytes[skip..];
    let text = match kind {
        Kind::Web(encoding) => encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or_else(|| failing_line(encoding, bytes)),
        Kind::Utf32 { big } => utf32(bytes, big).map(Cow::Owned),
    };
    let text = text.map_err(|line| undecodable(kind, line))?;
    Ok(Decoded {
        text,
        encoding: kind.name(),
        guessed,
    })
}

fn undecodable(kind: Kind, line: usize) -> Vec<Finding> {
    let name = kind.name();
    let title = text!(
        "line {line} has bytes that are not {name}",
        "第 {line} 行有不符合 {name} 编码的字节"
    );
    // The other one of the two that nearly all files have.
    let other = if kind.name() == encoding_rs::UTF_8.name() {
        "GB18030"
    } else {
        "UTF-8"
    };
    vec![Finding::error(Code::BadEncoding, title).help(text!(
        "name the encoding if it is another one (`--encoding {other}`); if the file is damaged there, export it once more",
        "如果是别的编码，请指定（`--encoding {other}`）；如果文件在那里已损坏，请重新导出"
    ))]
}

/// The line of the first bytes that cannot be decoded.
fn failing_line(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut at, mut line, mut text) = (0, 1, String::with_capacity(1 << 16));
    loop {
        text.clear();
        let (result, read) =
            decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        line += line_ends(text.as_bytes());
        at += read;
        if result != encoding_rs::DecoderResult::OutputFull {
            return line;
        }
    }
}

/// Line ends of all three kinds. (A CR and its LF that two pieces tear apart count twice; only messages use it.)
fn line_ends(bytes: &[u8]) -> usize {
    let lf = count_of(b'\n', bytes);
    let lone_cr = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    lf + lone_cr.count()
}

fn utf32(bytes: &[u8], big: bool) -> Result<String, usize> {
    let mut text = String::with_capacity(bytes.len() / 3);
    for unit in bytes.chunks(4) {
        let c = <[u8; 4]>::try_from(unit)
            .ok()
            .map(|unit| {
                if big {
                    u32::from_be_bytes(unit)
                } else {
                    u32::from_le_bytes(unit)
                }
            })
            .and_then(char::from_u32)
            .ok_or_else(|| 1 + line_ends(text.as_bytes()))?;
        text.push(c);
    }
    Ok(text)
}

/// UTF-16 and UTF-32 without a mark: ASCII characters leave NULs, always on the same side.
fn by_nuls(bytes: &[u8]) -> Option<Kind> {
    let start = &bytes[..bytes.len().min(1 << 14)];
    let nuls = count_of(0, start);
    // A stray NUL in UTF-8 text is no pattern; in UTF-16 text that happens to be valid UTF-8, half the bytes are NUL.
    let few = if std::str::from_utf8(start).is_ok() {
        nuls * 4 < start.len()
    } else {
        nuls * 100 < start.len()
    };
    if nuls == 0 || few {
        return None;
    }
    let at = |step: usize, offset: usize| {
        start
            .iter()
            .skip(offset)
            .step_by(step)
            .filter(|byte| **byte == 0)
            .count()
    };
    if bytes.len().is_multiple_of(4) {
        let quarter = start.len() / 4;
        if at(4, 3) == quarter && at(4, 2) * 10 >= quarter * 9 {
            return Some(Kind::Utf32 { big: false });
        }
        if at(4, 0) == quarter && at(4, 1) * 10 >= quarter * 9 {
            return Some(Kind::Utf32 { big: true });
        }
    }
    // Not a single NUL on the other side, but for characters such as U+4E00.
    match (at(2, 0), at(2, 1)) {
        (even, odd) if even * 20 <= odd => Some(Kind::Web(UTF_16LE)),
        (even, odd) if odd * 20 <= even => Some(Kind::Web(UTF_16BE)),
        _ => None,
    }
}

/// The first lines and, after them, lines that are not plain ASCII, which alone tell encodings apart.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = vec![];
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        if sample.len() < SAMPLE / 8 || !line.is_ascii() {
            sample.extend_from_slice(&line[..line.len().min(SAMPLE)]);
        }
        if sample.len() >= SAMPLE {
            break;
        }
    }
    sample
}

/// Whether nearly all characters outside ASCII are UTF-8.
fn mostly_utf8(sample: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 9 * bad
}

/// The encoding in which the scheme's own headers appear, if any has other letters than ASCII.
fn by_headers(sample: &[u8], source: &Source<'_>) -> Option<&'static Encoding> {
    let guess = detector(sample);
    let candidates = [
        GB18030,
        guess,
        BIG5,
        SHIFT_JIS,
        EUC_KR,
        EUC_JP,
        WINDOWS_1252,
    ];
    let found = |encoding: &&'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        text.split(['\n', '\r', ',', '\t', ';', '|', '，', '"'])
            .filter(|cell| cell.len() < 200 && !cell.is_ascii())
            .map(super::fold_header)
            .filter(|cell| {
                source
                    .lexicon
                    .iter()
                    .any(|known| known.headers.contains(cell))
            })
            .count()
    };
    let counts: Vec<usize> = candidates.iter().map(found).collect();
    let best = counts.iter().copied().max().filter(|count| *count > 0)?;
    counts
        .iter()
        .position(|count| *count == best)
        .map(|index| candidates[index])
}

fn by_content(sample: &[u8]) -> &'static Encoding {
    if reads_like_chinese(sample) {
        GB18030
    } else {
        detector(sample)
    }
}

fn detector(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether GB18030 bytes are mostly the common characters (level 1 of GB 2312: 3,755 that make up well over nine
/// tenths of any Chinese text) and Chinese punctuation. Western letters become rare characters glued to Latin words
/// (`premi鑢e`); Big5 and Japanese land all over the table.
fn reads_like_chinese(sample: &[u8]) -> bool {
    let (mut common, mut all, mut at) = (0_usize, 0_usize, 0);
    while at < sample.len() {
        if sample[at] < 0x80 {
            at += 1;
            continue;
        }
        let trail = sample.get(at + 1).copied().unwrap_or_default();
        all += 1;
        common += usize::from(
            matches!(sample[at], 0xB0..=0xD7) && trail >= 0xA1
                || matches!((sample[at], trail), (0xA1 | 0xA3, 0xA1..)),
        );
        // Four bytes where the second is a digit.
        at += if trail.is_ascii_digit() { 4 } else { 2 };
    }
    common * 10 >= all * 7
}
