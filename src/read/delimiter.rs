//! Which character stands between the fields of a text file. Takes the start of the text; gives the character under
//! which the scheme's headers appear or, without them, the one that splits most lines alike.

use super::header_row::Lexicon;
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

/// Finds the delimiter of `text`.
pub(super) fn sniff(text: &str, lexicon: &[Lexicon]) -> Sniffed {
    let sample = start_of(text);
    let tried: Vec<(char, Vec<Vec<String>>)> = CANDIDATES
        .iter()
        .map(|c| (*c, records(sample, *c)))
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
    let folded: BTreeSet<String> = record
        .iter()
        .map(|field| super::fold_header(field))
        .collect();
    lexicon
        .iter()
        .map(|known| known.score(&folded).0)
        .max()
        .unwrap_or(0)
        * usize::from(record.len() > 1)
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

/// The first records of `text`, blank lines left out. A quote counts at the start of a field only.
fn records(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut records = vec![];
    let (mut record, mut field) = (vec![], String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => field.extend(chars.next()),
                '"' => quoted = false,
                c => field.push(c),
            }
        } else if c == '"' && field.is_empty() {
            quoted = true;
        } else if c == delimiter {
            record.push(std::mem::take(&mut field));
        } else if c == '\n' || c == '\r' {
            if !record.is_empty() || !field.is_empty() {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            if records.len() >= SAMPLE_RECORDS {
                return records;
            }
        } else {
            field.push(c);
        }
    }
    if !record.is_empty() || !field.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}

/// Where quotes begin and end, character by character: a quote opens at the start of a cell only.
pub(super) struct Quotes {
    delimiter: char,
    /// Whether the characters so far end within quotes.
    pub(super) open: bool,
    at_start: bool,
}

impl Quotes {
    pub(super) const fn new(delimiter: char) -> Self {
        Self {
            delimiter,
            open: false,
            at_start: true,
        }
    }

    /// Takes the next character in.
    pub(super) fn step(&mut self, c: char) {
        match c {
            '"' if self.open => {
                // The second of a doubled quote opens again at once.
                self.open = false;
                self.at_start = true;
            }
            '"' if self.at_start => self.open = true,
            c => self.at_start = !self.open && (c == self.delimiter || c == '\n' || c == '\r'),
        }
    }
}

/// Whether `record`, the last of a file, ends within quotes.
pub(super) fn ends_within_quotes(record: &str, delimiter: char) -> bool {
    let mut quotes = Quotes::new(delimiter);
    record.chars().for_each(|c| quotes.step(c));
    quotes.open
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

    #[test]
    fn an_open_quote_is_seen() {
        for (record, open) in [
            ("a,\"b\n", true),
            ("a,\"b\"\n", false),
            ("a,\"b\"\"c\n", true),
            ("a,b\"c\n", false),
            ("\"\"\"\"\n", false),
            ("a,\"\n", true),
        ] {
            assert_eq!(ends_within_quotes(record, ','), open, "{record:?}");
        }
    }
}
