//! Rows of a text file that are broken, among rows that are not. What is expected follows from the rules at the head of
//! `records.rs`; well-formed files are compared with what the `csv` crate reads.

use super::*;
use proptest::prelude::*;

/// The rows of a file as `line: cells`, a broken one with what is wrong with it.
fn rows(text: &str) -> Vec<String> {
    let table = read_bytes(text.as_bytes(), &[], &Options::default())
        .unwrap()
        .remove(0);
    let cells = texts(&table);
    let numbers = numbers(&table);
    let mut broken = table.broken.iter().peekable();
    (0..cells.len())
        .map(|row| {
            let broken = broken.next_if(|broken| broken.index == row);
            let fault = match broken.map(|broken| broken.fault) {
                None => String::new(),
                Some(RowFault::Fields { found, expected }) => format!(" ({found} of {expected})"),
                Some(RowFault::Delimiter(other)) => format!(" (by {other})"),
                Some(RowFault::StrayQuote) => " (quote)".to_owned(),
            };
            format!("{}: {}{fault}", numbers[row], cells[row].join("|"))
        })
        .collect()
}

#[test]
fn a_stray_quote_costs_its_own_line() {
    for (case, text, expected) in [
        (
            "opened, and the next quote stands before text",
            "id,name,sum\n1,\"a,5\n2,b,6\n3,\"c\",7\n",
            vec!["2: 1|\"a|5 (quote)", "3: 2|b|6", "4: 3|c|7"],
        ),
        (
            "opened, and no quote comes any more",
            "id,name,sum\n1,a,5\n2,\"b,6\n3,c,7\n",
            vec!["2: 1|a|5", "3: 2|\"b|6 (quote)", "4: 3|c|7"],
        ),
        (
            "opened, and a quote at the end of a later line makes a record of too few fields",
            "id,name,sum\n1,\"a,5\n2,b,6\n3,c,\"\n4,d,8\n",
            vec![
                "2: 1|\"a|5 (quote)",
                "3: 2|b|6",
                // This may be where what line 2 opened ends.
                "4: 3|c|\" (quote)",
                "5: 4|d|8",
            ],
        ),
        (
            "text behind the closing quote",
            "id,name,sum\n1,\"12\" monitor\",5\n2,\"b\"x,6\n3,\"c\" ,7\n",
            vec![
                "2: 1|\"12\" monitor\"|5 (quote)",
                "3: 2|\"b\"x|6 (quote)",
                "4: 3|c|7",
            ],
        ),
        (
            "a text of two lines with a quote in it: its second line is no record",
            "id,name,sum\n1,\"a \"b\" c\n9,d\",5\n2,e,6\n",
            vec![
                "2: 1|\"a \"b\" c| (quote)",
                "3: 9|d\"|5 (quote)",
                "4: 2|e|6",
            ],
        ),
        (
            "an inch is text, before and after",
            "id,name,sum\n1,27\",5\n2,\"27\"\"\",6\n3,a\"b\"c,7\n",
            vec!["2: 1|27\"|5", "3: 2|27\"|6", "4: 3|a\"b\"c|7"],
        ),
        (
            "a text over lines is one field where the fields are as many as they should be",
            "id,name,sum\n1,\"a,5\n2,b\",6\n3,\"\n\n\",7\n",
            vec!["2: 1|a,5\n2,b|6", "4: 3|\n\n|7"],
        ),
        (
            "two stray quotes enclose lines that are records",
            "id,name,sum\n1,\"a,5\n2,b,6\n3,c,7\n4,d\",8\n5,e,9\n",
            vec![
                "2: 1|\"a|5 (quote)",
                "3: 2|b|6",
                "4: 3|c|7",
                "5: 4|d\"|8 (quote)",
                "6: 5|e|9",
            ],
        ),
        (
            "a text of several lines is one as long as a line within is no record",
            "id,name,sum\n1,\"a,\nb,c\n,d,e\nf\",5\n2,\"a,b\n\n1,2,3\nc\",6\n",
            vec!["2: 1|a,\nb,c\n,d,e\nf|5", "6: 2|a,b\n\n1,2,3\nc|6"],
        ),
        (
            "the key can be read before the stray quote",
            "id,name,sum\n\"C1\",\"a,5\n\"C2\",\"b\",6\n",
            vec!["2: C1|\"a|5 (quote)", "3: C2|b|6"],
        ),
    ] {
        assert_eq!(rows(text), expected, "{case}");
        // The ends of lines change nothing.
        let crlf = text.replace('\n', "\r\n");
        let back: Vec<String> = rows(&crlf)
            .iter()
            .map(|row| row.replace("\r\n", "\n"))
            .collect();
        assert_eq!(back, expected, "{case}, with CR LF");
        let chinese = text.replace(',', "，");
        let expected: Vec<String> = expected.iter().map(|row| row.replace(',', "，")).collect();
        assert_eq!(rows(&chinese), expected, "{case}, with Chinese commas");
    }
}

#[test]
fn a_row_with_other_fields_costs_itself() {
    assert_eq!(
        rows("id,name,sum\n1,a,5\n2;b;6\n3\tc\t7\n4,d\n5,e,9,x\n6,f,10,\n7;g\n8,h,11\n"),
        [
            "2: 1|a|5",
            "3: 2|b|6 (by ;)",
            "4: 3|c|7 (by \t)",
            "5: 4|d| (2 of 3)",
            "6: 5|e|9 (4 of 3)",
            // An empty field more is none.
            "7: 6|f|10",
            "8: 7;g|| (1 of 3)",
            "9: 8|h|11",
        ]
    );
}

/// Each line seems to begin a record that goes on to the end of the file; a reader that looks for it there from every
/// line takes days.
#[test]
fn a_file_full_of_stray_quotes_is_read_once() {
    for line in ["b\",\"a\n".to_owned(), format!("\"{}\n", "\"\"".repeat(30))] {
        let count = 50_000;
        let rows = rows(&format!("id,name\n0,x\n{}", line.repeat(count)));
        assert_eq!(rows.len(), count + 1);
        let good = rows.iter().filter(|row| !row.ends_with(" (quote)"));
        assert_eq!(good.collect::<Vec<_>>(), ["2: 0|x"], "{line:?}");
    }
}

/// Fields of a well-formed file.
fn field() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9客户]{0,4}", "[a-z\",;\n\r 客]{0,6}"]
        // A line of a text with as many delimiters as a record has would be taken for one, by the rule.
        .prop_filter("a line that is a record", |text| {
            text.matches(',').count() < 3
        })
}

proptest! {
    #[test]
    fn well_formed_files_read_as_the_csv_crate_reads_them(
        records in prop::collection::vec(prop::collection::vec(field(), 3), 1..12),
        crlf: bool,
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let quoted = |field: &String| {
            if field.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.clone()
            }
        };
        // Every record begins with a field of its own, so that none is blank, and the header says how many there are.
        let lines: Vec<String> = records
            .iter()
            .map(|record| {
                let fields: Vec<String> = record.iter().map(quoted).collect();
                format!("k,{}{end}", fields.join(","))
            })
            .collect();
        let text = format!("id,a,b,c{end}{}", lines.concat());
        let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let expected: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let mut ours = vec![];
        let read = super::super::records::each(&text, ',', 1, |piece| {
            if let super::super::records::Piece::Record(record) = piece {
                let text = |cell: &Cell<'_>| match cell {
                    Cell::Text(text) => (*text).to_owned(),
                    _ => String::new(),
                };
                ours.push((record.line, record.fault, record.cells.iter().map(text).collect::<Vec<_>>()));
            }
            Ok::<(), ()>(())
        });
        prop_assert!(read.is_ok());
        let mut line = 2;
        for (index, (at, fault, cells)) in ours.iter().skip(1).enumerate() {
            prop_assert_eq!(fault, &None);
            prop_assert_eq!(cells, &expected[index]);
            let is_lone = text.replace("\r\n", "").contains('\r');
            if !is_lone {
                prop_assert_eq!(*at, line);
            }
            line += lines[index].matches('\n').count() as u32;
        }
        prop_assert_eq!(ours.len(), expected.len() + 1);
    }

    #[test]
    fn one_stray_quote_leaves_all_other_rows_as_they_are(
        rows_before in prop::collection::vec("[a-z0-9]{1,5}", 3..20),
        which in 0_usize..20,
        at in 0_usize..3,
    ) {
        let which = which % rows_before.len();
        let write = |stray: bool| {
            let mut text = "id,name,sum\n".to_owned();
            for (row, word) in rows_before.iter().enumerate() {
                let quote = |field| if stray && row == which && field == at { "\"" } else { "" };
                text += &format!("{}C{row},{}{word},{}{row}\n", quote(0), quote(1), quote(2));
            }
            text
        };
        let (clean, broken) = (rows(&write(false)), rows(&write(true)));
        prop_assert_eq!(clean.len(), broken.len());
        for row in 0..clean.len() {
            if row == which {
                prop_assert!(broken[row].ends_with(" (quote)"));
            } else {
                prop_assert_eq!(&clean[row], &broken[row]);
            }
        }
    }
}
