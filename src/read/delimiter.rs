//! Which character stands between the fields of a text file. Takes the start of the text; gives the character under
//! which the scheme's headers appear or, without them, the one that splits most lines alike.

use super::header_row::Lexicon;
use super::records;
use std::collections::BTreeSet;

/// The characters that are tried; of equals the first.
const CANDIDATES: [char; 5] = [',', '\t', ';', '|', '，'];

/// How much is looked at.
const SAMPLE_BYTES: usize = 64 << 10;
const SAMPLE_RECORDS: usize = 50;

/// How a delimiter was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sniffed {
    pub(super) delimiter: char,
    /// Whether no delimiter splits the lines alike.
    pub(super) single_column: bool,
}

impl Sniffed {
    /// The one that somebody names.
    pub(super) const fn named(delimiter: char) -> Self {
        Self {
            delimiter,
            single_column: false,
        }
    }
}

/// Finds the delimiter of `text`.
pub(super) fn sniff(text: &str, lexicon: &[Lexicon]) -> Sniffed {
    let sample = start_of(text);
    let tried: Vec<(char, Vec<Vec<String>>)> = CANDIDATES
        .iter()
        .map(|c| (*c, records::first(sample, *c, SAMPLE_RECORDS)))
        .collect();
    let by_headers = tried
        .iter()
        .map(|(c, records)| {
            (
                records
                    .iter()
                    .map(|record| known_headers(record, lexicon))
                    .max()
                    .unwrap_or(0),
                *c,
            )
        })
        // Ties go to the first candidate.
        .rev()
        .max_by_key(|(found, _)| *found)
        .filter(|(found, _)| *found > 1);
    if let Some((_, delimiter)) = by_headers {
        return Sniffed {
            delimiter,
            single_column: false,
        };
    }
    let best = tried
        .iter()
        .rev()
        .map(|(c, records)| (evenness(records), *c))
        .max_by_key(|(evenness, _)| *evenness);
    match best {
        Some(((even, columns), delimiter)) if even > 0 && columns > 1 => Sniffed {
            delimiter,
            single_column: false,
        },
        _ => Sniffed {
            delimiter: ',',
            single_column: true,
        },
    }
}

/// The start of the text, up to the end of a line.
fn start_of(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let mut end = SAMPLE_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = text[..end].rfind(['\n', '\r']).unwrap_or(end);
    &text[..cut]
}

fn known_headers(record: &[String], lexicon: &[Lexicon]) -> usize {
    // A line that nothing splits tells nothing, and is long.
    if record.len() < 2 {
        return 0;
    }
    let folded: BTreeSet<String> = record
        .iter()
        .map(|field| super::fold_header(field))
        .collect();
    lexicon
        .iter()
        .map(|known| known.score(&folded).0)
        .max()
        .unwrap_or(0)
}

/// How many records of a hundred have the usual number of fields, and that number. Records of one field are as usual
/// as none: a delimiter that does not occur splits nothing.
fn evenness(records: &[Vec<String>]) -> (usize, usize) {
    let counts: Vec<usize> = records.iter().map(Vec::len).collect();
    let usual = counts
        .iter()
        .filter(|count| **count > 1)
        .max_by_key(|count| {
            (
                counts.iter().filter(|other| other == count).count(),
                **count,
            )
        })
        .copied()
        .unwrap_or(1);
    let alike = counts
        .iter()
        .filter(|count| **count == usual && usual > 1)
        .count();
    (alike * 100 / counts.len().max(1), usual)
}

/// The delimiter that splits a single line into `fields` fields, if there is one.
pub(super) fn other(line: &str, fields: usize) -> Option<char> {
    let splits = |c: &char| fields > 1 && line.contains(*c) && split(line, *c).len() == fields;
    CANDIDATES.into_iter().find(splits)
}

/// The fields of a single line.
pub(super) fn split(line: &str, delimiter: char) -> Vec<String> {
    records::first(line, delimiter, 1).pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_splits_lines_alike() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", ','),
            ("a\tb\n1,5\t2\n", '\t'),
            ("a;b;c\n1,5;2,5;3\n1,5;2,5;3\n", ';'),
            ("a|b\n1|2\n", '|'),
            ("客户编号，名称\nC1，甲\n", '，'),
            (
                "客户清单，2024\n客户编号,名称,金额\nC1,甲，乙,1\nC2,丙,2\n",
                ',',
            ),
            ("id,note\n1,\"x;y;z\"\n2,\"a;b;c\"\n", ','),
            ("a,b\r1,2\r", ','),
        ] {
            assert_eq!(
                sniff(text, &[]),
                Sniffed {
                    delimiter,
                    single_column: false
                },
                "{text:?}"
            );
        }
        assert!(sniff("name\n甲\n乙\n", &[]).single_column);
    }
}
