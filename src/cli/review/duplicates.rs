//! `regrade review duplicates`: pairs of customers who may be one go to people; and which files come back from them.

use super::room::Room;
use crate::cli::as_of::as_of;
use crate::cli::duplicates::Searched;
use crate::cli::files::Sink;
use crate::cli::output::{Output, Target, files_of, keep_inputs, outputs};
use crate::cli::rules::{self, Rules};
use crate::cli::{Exit, Format, Global, Reading, Screen, Stop, inputs, list};
use clap::Args;
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::present::duplicates::Pairs;
use regrade::present::listing::Listing;
use regrade::present::workbook::write_duplicates;
use regrade::read::{self, Input, KnownSheet, Table};
use regrade::review::{is_of_pairs, pair_headings};
use regrade::scheme::Scheme;
use regrade::text;
use regrade::words::Word;
use std::path::PathBuf;

/// Arguments of `review duplicates`.
#[derive(Args, Debug)]
pub struct Search {
    /// Files of the customers' sheet; without any, the customers whom the ledger has in force.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Where the customers stand.
enum Source {
    /// In files that are named.
    Files(Box<Rules>),
    /// In the ledger.
    Ledger(Box<Room>),
}

impl Source {
    fn scheme(&self) -> &Scheme {
        match self {
            Self::Files(rules) => &rules.scheme,
            Self::Ledger(room) => room.scheme(),
        }
    }
}

/// `review duplicates`.
pub fn search(args: &Search, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let outputs = outputs(global, global.format)?;
    let date = as_of(global)?;
    let source = if args.files.is_empty() {
        Source::Ledger(Box::new(Room::open(global)?))
    } else {
        Source::Files(Box::new(rules::load(global)?))
    };
    let scheme = source.scheme();
    if scheme.duplicates.is_none() {
        return Err(Stop::usage(not_said()));
    }
    let mut kept: Vec<PathBuf> = inputs::paths(scheme, &args.files)?;
    kept.push(rules::path(global));
    if let Source::Ledger(room) = &source {
        kept.extend(room.files());
    }
    keep_inputs(&files_of(&outputs), &kept)?;
    let customers = match &source {
        Source::Ledger(room) => Searched::of_ledger(room.ledger(), scheme, date)?,
        Source::Files(_) => {
            let options = args.reading.options()?;
            let loaded = inputs::load(scheme, &args.files, &options, screen)?;
            screen.run_findings(&loaded.findings);
            Searched::of_tables(scheme, loaded.tables, date)
        }
    };
    let looked = customers.as_ref();
    let Some(looked) = looked.and_then(|customers| customers.looked(scheme)) else {
        return Err(Stop::usage(not_said()));
    };
    let suspects = looked.suspects();
    let pairs = Pairs {
        looked,
        suspects: &suspects,
        as_of: date,
    };
    let lang = global.lang.map_or(scheme.language, Lang::from);
    if !global.dry_run {
        write(&outputs, &pairs, lang)?;
    }
    let strict = suspects.iter().filter(|suspect| suspect.is_strict).count();
    let count = suspects.len();
    screen.say(&text!(
        "pairs that may be one customer: {count}, all but certain: {strict}",
        "疑似重复 {count} 对，其中很有把握 {strict} 对"
    ));
    Ok(Exit::Done)
}

/// A scheme without `[duplicates]`.
fn not_said() -> Finding {
    Finding::error(
        Code::Usage,
        text!(
            "the scheme does not say which fields tell customers apart",
            "方案没有写明用哪些字段识别重复客户"
        ),
    )
    .help(text!(
        "add `[duplicates]` with `fields = [{{ name = \"…\", kind = \"company\" }}]`",
        "请加上 `[duplicates]`，写 `fields = [{{ name = \"…\", kind = \"company\" }}]`"
    ))
}

fn write(outputs: &[Output], pairs: &Pairs<'_>, lang: Lang) -> Result<(), Stop> {
    let columns = pairs.list_columns();
    let mut files = crate::cli::files::Files::default();
    let listing = |output: &Output| {
        let keyed = list::is_keyed(output);
        let rows = pairs.list_rows(lang, keyed);
        if keyed {
            Listing::keyed(&columns, rows)
        } else {
            Listing::new(lang, &columns, rows)
        }
    };
    let save = |out: &mut dyn Sink| {
        write_duplicates(pairs, lang, out).map_err(|error| std::io::Error::other(error.to_string()))
    };
    for output in outputs {
        if let Target::File(path) = &output.target {
            files.write(path, |out| match output.format {
                Format::Xlsx => output.workbook(out, save),
                _ => list::render(output, &listing(output), None, &mut &mut *out),
            })?;
        }
    }
    for output in outputs {
        if output.target == Target::Stdout {
            let width = crate::cli::write::terminal_width();
            crate::cli::files::to_stdout(|out| match output.format {
                Format::Xlsx => output.streamed_workbook(out, save),
                _ => list::render(output, &listing(output), width, out),
            })?;
        }
    }
    files.commit()
}

/// The tables of those files that are sheets of pairs, and the other files.
pub fn apart(
    scheme: &Scheme,
    files: &[String],
    reading: &Reading,
) -> Result<(Vec<Table>, Vec<String>), Stop> {
    let (Some(headings), Some(_)) = (pair_headings(scheme), &scheme.duplicates) else {
        return Ok((vec![], files.to_vec()));
    };
    let options = reading.options()?;
    let [one, two] = headings;
    let words = [
        Word::Verdict,
        Word::ReviewComment,
        Word::Reviewer,
        Word::Points,
    ];
    let mut headers: Vec<String> = words
        .iter()
        .flat_map(|word| [Lang::Zh, Lang::En].map(|lang| word.get(lang).to_owned()))
        .collect();
    headers.extend(one.iter().chain(&two).cloned());
    let known = KnownSheet {
        name: "duplicates".into(),
        key: one,
        required: vec![two],
        headers,
        results: vec![],
    };
    let (mut tables, mut others) = (vec![], vec![]);
    for file in files {
        // Standard input can be read once, and is a graded sheet.
        let input = inputs::input(file);
        let opened = match &input {
            Input::Stdin => Err(vec![]),
            Input::File { .. } => {
                read::open(&input, std::slice::from_ref(&known), &options, &|_, _| {})
            }
        };
        match opened {
            Ok(found) if found.iter().any(|table| is_of_pairs(scheme, table)) => {
                tables.extend(found.into_iter().filter(|table| is_of_pairs(scheme, table)));
            }
            _ => others.push(file.clone()),
        }
    }
    Ok((tables, others))
}
