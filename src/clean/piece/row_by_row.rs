//! Rows whose cells come one row after the other, as they stand in the lines of a file: what [`Pieces::read`] gives of the
//! same rows, by the same readers of single cells.

use super::Pieces;
use crate::clean::choice::Choices;
use crate::clean::column::{CellRule, number_reader, unescaped};
use crate::clean::fault::Read;
use crate::clean::number::{NumberKind, NumberReader};
use crate::clean::text::{parse_bool, parse_id, parse_text};
use crate::clean::{date, limits};
use crate::scheme::model::FieldKind;
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Cell, Column, TextColumn, TextInterner, Truth};
use foldhash::HashMap;
use std::borrow::Cow;

/// What the rows of a piece have come to so far. `'c` is the text of their cells.
pub struct RowByRow<'p, 'c> {
    pieces: &'p Pieces<'p>,
    /// Their ids.
    ids: Vec<&'c str>,
    fields: Vec<Filled<'p, 'c>>,
}

/// A field, as far as it is filled.
struct Filled<'p, 'c> {
    /// Its column of the table, and how its cells are read.
    column: usize,
    rule: &'p CellRule,
    may_be_missing: bool,
    values: Values<'p, 'c>,
}

/// The values of a field, with what reads them.
enum Values<'p, 'c> {
    /// Those of the first key are [`RowByRow::ids`].
    Ids,
    /// With the last text and its day: in files in the order of time it is the next one's too.
    Days((&'c str, i32), Vec<i32>),
    Moments(Vec<i64>),
    Numbers(NumberReader, Vec<i64>),
    Truths(Vec<Truth>),
    Texts(TextInterner, Vec<u32>),
    /// Choices are few: each distinct text is compared with them once.
    Chosen {
        choices: Choices<'p>,
        known: HashMap<&'c str, Option<u32>>,
        texts: TextInterner,
        codes: Vec<u32>,
    },
}

impl<'p> Pieces<'p> {
    /// No rows yet, with room for `count`. `None` where a field takes more than its own cell to read.
    pub fn row_by_row<'c>(&'p self, count: usize) -> Option<RowByRow<'p, 'c>> {
        let fields = self.sheet.fields.iter().zip(&self.columns).enumerate();
        let fields = fields.map(|(position, (field, (column, rule)))| {
            let numbers = |kind| {
                let reader = number_reader(rule, kind);
                let values = Vec::with_capacity(count);
                reader
                    .clash()
                    .is_none()
                    .then_some(Values::Numbers(reader, values))
            };
            let values = match &field.kind {
                _ if position == self.keys[0] => Values::Ids,
                FieldKind::Number => numbers(NumberKind::Number)?,
                FieldKind::Money(_) => numbers(NumberKind::Money)?,
                FieldKind::Percent => numbers(NumberKind::Percent)?,
                FieldKind::Date => Values::Days(("", MISSING_DATE), Vec::with_capacity(count)),
                FieldKind::DateTime => Values::Moments(Vec::with_capacity(count)),
                FieldKind::Bool => Values::Truths(Vec::with_capacity(count)),
                FieldKind::Text if !rule.map.is_empty() => chosen(rule, count),
                FieldKind::Choice => chosen(rule, count),
                FieldKind::Id | FieldKind::Text => {
                    Values::Texts(TextInterner::default(), Vec::with_capacity(count))
                }
                FieldKind::Choices => return None,
            };
            Some(Filled {
                column: *column,
                rule,
                may_be_missing: !field.required && !self.keys.contains(&position),
                values,
            })
        });
        Some(RowByRow {
            pieces: self,
            ids: Vec::with_capacity(count),
            fields: fields.collect::<Option<_>>()?,
        })
    }
}

fn chosen<'c>(rule: &CellRule, count: usize) -> Values<'_, 'c> {
    // A text that the field does not map stays as it is.
    let choices = match rule.kind {
        FieldKind::Choice => &rule.choices[..],
        _ => &[],
    };
    Values::Chosen {
        choices: Choices {
            choices,
            map: &rule.map,
        },
        known: HashMap::default(),
        texts: TextInterner::default(),
        codes: Vec::with_capacity(count),
    }
}

impl<'c> RowByRow<'_, 'c> {
    /// Takes a row with these cells of the table's columns; `None` if there is anything to say of any of them, or other
    /// cells of their columns are asked how they are read.
    #[inline]
    pub fn push(&mut self, cells: &[&'c str]) -> Option<()> {
        for field in &mut self.fields {
            let text = cells[field.column];
            let cell = if text.is_empty() {
                Cell::Blank
            } else {
                Cell::Text(text)
            };
            let (rule, may_be_missing) = (field.rule, field.may_be_missing);
            match &mut field.values {
                Values::Ids => match parse_id(unescaped(cell, rule)) {
                    Ok(Some(Cow::Borrowed(id))) => self.ids.push(id),
                    _ => return None,
                },
                Values::Days((last, day), days) => {
                    if text != *last || text.is_empty() {
                        *day = match date::usual_day(cell) {
                            Some(day) => day,
                            None if cell == Cell::Blank && may_be_missing => MISSING_DATE,
                            None => return None,
                        };
                        *last = text;
                    }
                    days.push(*day);
                }
                Values::Moments(moments) => match date::usual_second(cell) {
                    Some(second) => moments.push(second),
                    None if cell == Cell::Blank && may_be_missing => moments.push(MISSING),
                    None => return None,
                },
                Values::Numbers(reader, numbers) => match reader.read_millionths(cell) {
                    Ok(Some((number, false))) => numbers.push(number),
                    Ok(None) if may_be_missing => numbers.push(MISSING),
                    _ => return None,
                },
                Values::Truths(truths) => match parse_bool(cell) {
                    Ok(Some(truth)) => truths.push(Truth::from(truth)),
                    Ok(None) if may_be_missing => truths.push(Truth::Unknown),
                    _ => return None,
                },
                Values::Texts(texts, codes) => {
                    let cell = unescaped(cell, rule);
                    let read = match rule.kind {
                        FieldKind::Id => parse_id(cell),
                        _ => parse_text(cell),
                    };
                    match read {
                        Ok(Some(text)) => codes.push(texts.code(&text)),
                        Ok(None) if may_be_missing => codes.push(MISSING_TEXT),
                        _ => return None,
                    }
                }
                Values::Chosen {
                    choices,
                    known,
                    texts,
                    codes,
                } => {
                    let code = if let Some(code) = known.get(text) {
                        *code
                    } else {
                        let read: Read<_> = choices.parse_choice(unescaped(cell, rule));
                        let code = read.ok()?.map(|choice| texts.code(&choice));
                        known.insert(text, code);
                        code
                    };
                    match code {
                        Some(code) => codes.push(code),
                        None if may_be_missing => codes.push(MISSING_TEXT),
                        None => return None,
                    }
                }
            }
        }
        Some(())
    }

    /// The ids of all rows and their columns, as [`Pieces::read`] gives them; `None` if a value is outside the limits of
    /// its field.
    pub fn finish(self) -> Option<(Vec<&'c str>, Vec<Column>)> {
        let text = |texts: TextInterner, codes| {
            Column::Text(TextColumn {
                codes,
                dictionary: texts.into_dictionary(),
            })
        };
        let fields = self.pieces.sheet.fields.iter().zip(self.fields);
        let columns = fields.map(|(field, filled)| {
            let column = match filled.values {
                // Nobody looks at it.
                Values::Ids => return Some(Column::Bool(vec![])),
                Values::Days(_, days) => Column::Date(days),
                Values::Moments(moments) => Column::DateTime(moments),
                Values::Numbers(_, numbers) => Column::Number(numbers),
                Values::Truths(truths) => Column::Bool(truths),
                Values::Texts(texts, codes) | Values::Chosen { texts, codes, .. } => {
                    text(texts, codes)
                }
            };
            let is_sound = limits::outside(field, &column, self.pieces.as_of).is_empty();
            is_sound.then_some(column)
        });
        let columns = columns.collect::<Option<_>>()?;
        Some((self.ids, columns))
    }
}

#[cfg(test)]
mod tests {
    use crate::clean::piece::Pieces;
    use crate::read::{Input, KnownSheet, Options, Table, open};
    use crate::scheme::model::Scheme;
    use crate::scheme::validate;
    use crate::table::{Cell, Column, Date, RawRows};
    use proptest::prelude::*;

    /// A field of each kind, some of which must be there or within limits.
    const SCHEME: &str = r#"
[scheme]
name = "t"
version = "1"
period = "month"
[sheets.orders]
customer = "id"
date = "day"
fields = [
  { name = "id", type = "id" },
  { name = "day", type = "date" },
  { name = "paid", type = "date" },
  { name = "at", type = "datetime" },
  { name = "amount", type = "money", unit = "万元", required = true, min = 0 },
  { name = "count", type = "number", scale = 2 },
  { name = "share", type = "percent" },
  { name = "new", type = "bool" },
  { name = "no", type = "id" },
  { name = "shop", type = "text" },
  { name = "town", type = "text", map = { "沪" = "上海" } },
  { name = "way", type = "choice", choices = ["web", "店"], map = { "网" = "web" } },
]
[[grades]]
name = "A"
"#;

    /// For each field cells of which there is nothing to say.
    const GOOD: [&[&str]; 12] = [
        &["C1", "C2", " C3", "'=1", "客户"],
        &["2024-01-31", "2024/2/3", "20240305"],
        &["2024-01-31", ""],
        &["2024-01-31", ""],
        &["12.5", "0", "1,200", "3亿"],
        &["1.005", "-7", "", "无", "-"],
        &["20%", "0.2", ""],
        &["是", "no", ""],
        &["0012", ""],
        &["a", "", "无", "'=b", " a "],
        &["沪", "上海", "", "-"],
        &["web", "网", "店", "", "ｗｅｂ"],
    ];

    /// Cells of which there may be.
    const ANY: [&str; 16] = [
        "",
        " ",
        "C1",
        "2024-01-31",
        "31/01/2024",
        "2024-01-31 10:00",
        "1.2E+17",
        "#N/A",
        "#REF!",
        "x",
        "-5",
        "5元",
        "US$5",
        "是",
        "'=1",
        "\u{1}n",
    ];

    fn scheme() -> Scheme {
        let (scheme, found) = validate(SCHEME);
        scheme.unwrap_or_else(|| panic!("{found:?}"))
    }

    /// The head of a file with the columns of all fields.
    fn head(scheme: &Scheme) -> Table {
        let fields = &scheme.events[0].sheet.fields;
        let headers: Vec<String> = fields.iter().map(|field| field.name.to_string()).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.csv");
        std::fs::write(
            &path,
            format!("{}\nC1,2024-01-31,,,1,,,,,,,\n", headers.join(",")),
        )
        .unwrap();
        let known = KnownSheet {
            name: "orders".into(),
            key: vec!["id".into()],
            required: vec![],
            headers,
            results: vec![],
        };
        let input = Input::File {
            name: "orders.csv".into(),
            path,
            worksheet: None,
        };
        open(&input, &[known], &Options::default(), &|_, _| {})
            .unwrap()
            .remove(0)
    }

    /// What both ways give of these rows.
    type Both = [Option<(Vec<String>, Vec<Column>)>; 2];

    fn both(pieces: &Pieces<'_>, rows: &[Vec<&str>]) -> Both {
        let mut raw = RawRows::new(GOOD.len());
        for row in rows {
            raw.push(0, row.iter().map(|cell| Cell::Text(cell)));
        }
        let ids = (0..rows.len()).map(|row| pieces.id(&raw, row).map(str::to_owned));
        let ids: Option<Vec<String>> = ids.collect();
        let of_table = ids.zip(pieces.read(&raw));
        let mut lines = pieces.row_by_row(2).unwrap();
        let pushed = rows.iter().try_for_each(|row| lines.push(row));
        let of_lines = pushed.and_then(|()| lines.finish());
        let of_lines =
            of_lines.map(|(ids, columns)| (ids.into_iter().map(str::to_owned).collect(), columns));
        [of_table, of_lines]
    }

    fn rows(is_good: bool) -> impl Strategy<Value = Vec<Vec<&'static str>>> {
        let cells = GOOD.map(|good| {
            let good = prop::sample::select(good).boxed();
            if is_good {
                good
            } else {
                prop_oneof![30 => good, 1 => prop::sample::select(&ANY[..])].boxed()
            }
        });
        prop::collection::vec(cells.to_vec(), 0..6)
    }

    fn try_rows(rows: &[Vec<&str>], is_good: bool) -> Result<(), TestCaseError> {
        let scheme = scheme();
        let table = head(&scheme);
        let rule = &scheme.events[0];
        let keys = [rule.customer, rule.date];
        let as_of = Date::parse_iso("2024-06-30").unwrap();
        let pieces = Pieces::new(&rule.sheet, &table, &keys, as_of).unwrap();
        let [of_table, of_lines] = both(&pieces, rows);
        prop_assert!(of_lines.is_some() || !is_good);
        if let Some((ids, columns)) = of_lines {
            let (expected, of_table) = of_table.unwrap();
            prop_assert_eq!(ids, expected);
            prop_assert_eq!(columns.len(), of_table.len());
            for (field, (column, of_table)) in columns.iter().zip(&of_table).enumerate() {
                prop_assert!(
                    column == of_table || field == keys[0],
                    "{:?} {:?}",
                    column,
                    of_table
                );
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn rows_one_by_one_are_what_they_are_as_a_table(rows in rows(false)) {
            try_rows(&rows, false)?;
        }

        #[test]
        fn rows_of_which_there_is_nothing_to_say_are_read_one_by_one(rows in rows(true)) {
            try_rows(&rows, true)?;
        }
    }
}
