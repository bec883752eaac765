//! The data that schemes are tried on: files, or what a run of the ledger was made from. It is read and cleaned once for
//! all schemes that read it alike, and again for one that does not.

use super::grade_files::{sound, tables_and_past};
use super::people::People;
use super::recorded::Known;
use super::rules::{self, Rules};
use super::stock::{Make, stock};
use super::{Global, Reading, Screen, Stop, as_of, import, ledger};
use regrade::book::{Inputs, Shelf};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{Grading, Past, grade_shelf};
use regrade::ledger::{Ledger, Run};
use regrade::scheme::{Scheme, read_alike};
use regrade::table::Date;
use regrade::text;
use std::path::Path;
use std::sync::Arc;

/// Which data is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The files of the sheets; without any the run.
    pub files: &'a [String],
    /// The graded file of the run before.
    pub previous: Option<&'a str>,
    /// The spans that event files cover.
    pub covers: &'a [String],
    /// How files are read.
    pub reading: &'a Reading,
    /// The run of the ledger.
    pub run: &'a str,
}

/// Where the data comes from.
pub struct Data<'a> {
    asked: Asked<'a>,
    screen: &'a Screen,
    covers: Vec<(Date, Date)>,
    /// The run of the ledger; `None`: files.
    pub recorded: Option<Recorded>,
    /// As of which date it is graded.
    pub as_of: Date,
}

/// A run of a ledger.
pub struct Recorded {
    /// The ledger.
    pub ledger: Ledger,
    /// The run.
    pub known: Known,
    /// The run that it went on from.
    previous: Option<Run>,
}

/// The data as one scheme reads it, and all others that read it alike.
pub struct Ready {
    scheme: Arc<Scheme>,
    text: String,
    shelf: Shelf,
    past: Past,
    as_of: Date,
    /// What was found while it was read.
    read: Vec<Finding>,
}

impl<'a> Data<'a> {
    /// The files that are named, else the run of the ledger.
    pub fn of(asked: Asked<'a>, global: &Global, screen: &'a Screen) -> Result<Self, Stop> {
        refuse_stdin(asked.files.iter().map(String::as_str).chain(asked.previous))?;
        let recorded = if asked.files.is_empty() {
            Some(Recorded::find(asked.run, global)?)
        } else {
            None
        };
        let as_of = match &recorded {
            Some(recorded) => recorded.known.run.as_of,
            None => as_of::as_of(global)?,
        };
        Ok(Self {
            asked,
            screen,
            covers: import::spans(asked.covers)?,
            recorded,
            as_of,
        })
    }

    /// The ledger, where the data is a run of it.
    pub fn ledger(&self) -> Option<&Ledger> {
        let recorded = self.recorded.as_ref();
        recorded.map(|recorded| &recorded.ledger)
    }

    /// Reads and cleans the data as a scheme says it.
    pub fn ready(&self, rules: &Rules) -> Result<Ready, Stop> {
        let mut scheme = rules.scheme.clone();
        for event in &mut scheme.events {
            event.coverage.extend(&self.covers);
        }
        let (inputs, past, read) = if let Some(recorded) = &self.recorded {
            recorded.stock(&scheme, &rules.text)?
        } else {
            let asked = self.asked;
            // All schemes read the same files, so that nothing of theirs can have slipped in between.
            let previous = asked.previous.map(|file| (file, None));
            let (files, reading) = (asked.files, asked.reading);
            let (inputs, past, loaded) = tables_and_past(
                false,
                files,
                previous,
                &scheme,
                reading,
                self.as_of,
                self.screen,
            )?;
            (inputs, past, loaded.findings)
        };
        let scheme = Arc::new(scheme);
        Ok(Ready {
            shelf: Shelf::new(scheme.clone(), inputs, self.as_of),
            text: rules.text.clone(),
            scheme,
            past,
            as_of: self.as_of,
            read,
        })
    }
}

impl Ready {
    /// Whether another scheme would read the data as this one did.
    pub fn serves(&self, rules: &Rules) -> bool {
        read_alike((&self.scheme, &self.text), (&rules.scheme, &rules.text))
    }

    /// Grades by any scheme: reads the data anew for one that reads it otherwise. With what was found on the way.
    pub fn grade_or_read(
        &self,
        rules: &Rules,
        data: &Data<'_>,
    ) -> Result<(Grading, Vec<Finding>), Stop> {
        let anew;
        let ready = if self.serves(rules) {
            self
        } else {
            anew = data.ready(rules)?;
            &anew
        };
        let grading = ready.grade(&rules.scheme)?;
        let found = ready.found(&grading);
        Ok((grading, found))
    }

    /// All that was found while the data was read and graded.
    pub fn found(&self, grading: &Grading) -> Vec<Finding> {
        self.read.iter().chain(&grading.findings).cloned().collect()
    }

    /// Grades by a scheme that reads the data alike; input that must not be used stops with exit code 3.
    pub fn grade(&self, scheme: &Scheme) -> Result<Grading, Stop> {
        let mut scheme = scheme.clone();
        // What events cover is said by the sheets, which are the same, and by the call.
        for (event, known) in scheme.events.iter_mut().zip(&self.scheme.events) {
            event.coverage.clone_from(&known.coverage);
        }
        let past = self.past.clone();
        let grading = grade_shelf(Arc::new(scheme), &self.shelf, self.as_of, past);
        sound(grading, &self.read)
    }
}

impl Recorded {
    fn find(run: &str, global: &Global) -> Result<Self, Stop> {
        let ledger = ledger::open(global)?;
        let known = Known::find(&ledger, run)?;
        let previous = match known.run.previous {
            Some(number) => ledger
                .run_by_number(number)
                .map_err(|error| ledger::trouble(ledger.path(), &error))?,
            None => None,
        };
        Ok(Self {
            ledger,
            known,
            previous,
        })
    }

    /// What the run was made from, for another scheme.
    fn stock(&self, scheme: &Scheme, text: &str) -> Result<(Inputs, Past, Vec<Finding>), Stop> {
        let stock = stock(
            &self.ledger,
            Make {
                scheme,
                text,
                as_of: self.known.run.as_of,
                previous: self.previous.clone(),
                left: None,
                data: Some(&self.known.run),
                people: People::KnownTo(&self.known.run),
                merges: None,
                ahead_of_time: false,
            },
        )?;
        Ok((stock.inputs, stock.past, vec![]))
    }
}

/// A scheme by its file, or by a run of the ledger that it made: `ledger`, if it is open already.
pub fn against(written: &str, global: &Global, ledger: Option<&Ledger>) -> Result<Rules, Stop> {
    let path = Path::new(written);
    if !written.starts_with('@') || path.exists() {
        return rules::load_from(path, &[]);
    }
    match ledger {
        Some(ledger) => of_run(&Known::find(ledger, written)?),
        None => of_run(&Known::find(&ledger::open(global)?, written)?),
    }
}

/// The scheme of a run.
pub fn of_run(known: &Known) -> Result<Rules, Stop> {
    let name = format!("{} {}", known.run.as_of, known.run.short_id());
    rules::from_text(name, known.text.clone(), &[])
}

/// The data may have to be read by each scheme, and standard input is gone when the first has read it.
pub fn refuse_stdin<'a>(mut files: impl Iterator<Item = &'a str>) -> Result<(), Stop> {
    if !files.any(|file| file == "-" || file.ends_with("=-")) {
        return Ok(());
    }
    Err(Stop::usage(
        Finding::error(
            Code::Usage,
            text!(
                "standard input can be read once, and two schemes read the data",
                "标准输入只能读一次，而两个方案都要读数据"
            ),
        )
        .help(text!(
            "write it into a file first, and name the file",
            "请先写入文件，再给出文件名"
        )),
    ))
}

/// Neither files of which two schemes are known, nor a run.
pub fn nothing_to_compare() -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!("there is no scheme to compare with", "没有可比较的方案"),
        )
        .help(text!(
            "name the present one with `--against FILE`, or change a value with `--set`",
            "用 `--against 文件` 指定现行方案，或用 `--set` 修改其中的值"
        )),
    )
}
