//! Finds the sheet of the scheme that a table is for, by its headers.

use regrade::book::{Inputs, SheetKind};
use regrade::clean::sheet::field_headers;
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::read::{KnownSheet, Table, match_sheet};
use regrade::scheme::Scheme;
use regrade::scheme::model::{Field, Sheet};
use regrade::text;
use regrade::words::Word;
use std::sync::Arc;

/// What the scheme knows of the headers of each of its sheets.
pub fn known_sheets(scheme: &Scheme) -> Vec<KnownSheet> {
    let results: Vec<String> = [
        Word::Grade,
        Word::Change,
        Word::Since,
        Word::Reasons,
        Word::Type,
        Word::Score,
    ]
    .into_iter()
    .flat_map(|word| [word.get(Lang::Zh).to_owned(), word.get(Lang::En).to_owned()])
    .collect();
    let mut known = vec![];
    let mut add = |sheet: &Sheet, keys: &[usize], results: &[String]| {
        let headers = |field: &Field| field_headers(field);
        known.push(KnownSheet {
            name: Arc::clone(&sheet.name),
            key: headers(&sheet.fields[keys[0]]),
            required: sheet
                .fields
                .iter()
                .enumerate()
                .filter(|(index, field)| field.required || keys.contains(index))
                .map(|(_, field)| headers(field))
                .collect(),
            headers: sheet.fields.iter().flat_map(headers).collect(),
            results: results.to_vec(),
        });
    };
    if let Some(customers) = &scheme.customers {
        add(&customers.sheet, &[customers.key], &results);
    }
    for event in &scheme.events {
        add(&event.sheet, &[event.customer, event.date], &[]);
    }
    for lookup in &scheme.lookups {
        add(&lookup.sheet, &[lookup.key], &[]);
    }
    for crosswalk in &scheme.crosswalks {
        add(&crosswalk.sheet, &[crosswalk.key, crosswalk.customer], &[]);
    }
    // The files of a source that has a crosswalk name customers by an id of its own.
    let own = scheme.crosswalks.iter().map(|crosswalk| {
        let key = &crosswalk.sheet.fields[crosswalk.key];
        field_headers(key)
    });
    let own: Vec<String> = own.flatten().collect();
    let events = scheme.events.iter().map(|event| &event.sheet);
    let customers = scheme.customers.iter().map(|customers| &customers.sheet);
    let named: Vec<&str> = events.chain(customers).map(|sheet| &*sheet.name).collect();
    for known in known
        .iter_mut()
        .filter(|known| named.contains(&&*known.name))
    {
        let keys = known.key.clone();
        known.key.extend(own.iter().cloned());
        for required in &mut known.required {
            if *required == keys {
                required.extend(own.iter().cloned());
            }
        }
    }
    known
}

/// The sheet that a table is for: the one of which it lacks least, then has most. A crosswalk shares both its columns
/// with the sheets that it is for; what has no other is the crosswalk.
pub fn place(scheme: &Scheme, known: &[KnownSheet], table: &Table) -> Result<Arc<str>, Finding> {
    let mut fits: Vec<(usize, usize, &KnownSheet)> = known
        .iter()
        .filter_map(|sheet| {
            let found = match_sheet(&table.headers, sheet);
            found.key.then_some((
                found.missing_required.len(),
                usize::MAX - found.found,
                sheet,
            ))
        })
        .collect();
    let is_crosswalk = |sheet: &KnownSheet| {
        matches!(
            SheetKind::of(scheme, &sheet.name),
            Some(SheetKind::Crosswalk(_))
        )
    };
    fits.sort_by_key(|(missing, found, sheet)| (*missing, *found, !is_crosswalk(sheet)));
    match &fits[..] {
        [(m1, f1, one), (m2, f2, two), ..]
            if (m1, f1, is_crosswalk(one)) == (m2, f2, is_crosswalk(two)) =>
        {
            let (one, two) = (&one.name, &two.name);
            Err(Finding::error(
                Code::UnmatchedFile,
                text!(
                    "the table could be `{one}` or `{two}`",
                    "该表可能是 `{one}`，也可能是 `{two}`"
                ),
            )
            .place(table.origin.place())
            .help(text!("say which: `{one}=FILE`", "请写明：`{one}=文件`")))
        }
        [(_, _, sheet), ..] => Ok(sheet.name.clone()),
        [] => Err(Finding::error(
            Code::UnmatchedFile,
            text!(
                "the table matches no sheet of the scheme",
                "该表与方案中的任何表都不匹配"
            ),
        )
        .place(table.origin.place())),
    }
}

/// The sheets of the scheme without a file.
pub fn missing_sheets(scheme: &Scheme, inputs: &Inputs) -> Vec<Finding> {
    let customers = scheme
        .customers
        .iter()
        .map(|customers| (&customers.sheet, inputs.customers.is_empty()));
    let events = scheme
        .events
        .iter()
        .zip(&inputs.events)
        .map(|(event, tables)| (&event.sheet, tables.is_empty()));
    let lookups = scheme
        .lookups
        .iter()
        .zip(&inputs.lookups)
        .map(|(lookup, tables)| (&lookup.sheet, tables.is_empty()));
    customers
        .chain(events)
        .chain(lookups)
        .filter(|(_, missing)| *missing)
        .map(|(sheet, _)| {
            let name = &sheet.name;
            let fields = sheet
                .fields
                .iter()
                .map(|field| format!("`{}`", field.name))
                .collect::<Vec<_>>()
                .join(", ");
            Finding::error(
                Code::MissingSheet,
                text!("no file is for sheet `{name}`", "没有文件对应表 `{name}`"),
            )
            .with_note(text!("its fields are {fields}", "该表的字段：{fields}"))
            .help(text!(
                "name its file too, or write `{name}=FILE` if its headers are others",
                "请同时给出它的文件；若列名不同，请写 `{name}=文件`"
            ))
        })
        .collect()
}
