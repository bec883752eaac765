//! The data that schemes are tried on: files, or what a run of the ledger was made from. It is read and cleaned once for
//! all schemes that read it alike, and again for one that does not.

use super::super::grade_files::{sound, tables_and_past};
use super::super::people::People;
use super::super::recorded::Known;
use super::super::rules::Rules;
use super::super::stock::{Make, stock};
use super::super::{Global, Screen, Stop, as_of, import, ledger};
use super::Args;
use regrade::book::{Inputs, Shelf};
use regrade::diagnostic::Finding;
use regrade::grading::{Grading, Past, grade_shelf};
use regrade::ledger::{Ledger, Run};
use regrade::scheme::{Scheme, read_alike};
use regrade::table::Date;
use std::sync::Arc;

/// Where the data comes from.
pub struct Data<'a> {
    args: &'a Args,
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
    pub read: Vec<Finding>,
}

impl<'a> Data<'a> {
    /// The files that are named, else the run of the ledger.
    pub fn of(args: &'a Args, global: &Global, screen: &'a Screen) -> Result<Self, Stop> {
        let recorded = if args.files.is_empty() {
            Some(Recorded::find(args, global)?)
        } else {
            None
        };
        let as_of = match &recorded {
            Some(recorded) => recorded.known.run.as_of,
            None => as_of::as_of(global)?,
        };
        Ok(Self {
            args,
            screen,
            covers: import::spans(&args.covers)?,
            recorded,
            as_of,
        })
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
            let args = self.args;
            // All schemes read the same files, so that nothing of theirs can have slipped in between.
            let previous = args.previous.as_deref().map(|file| (file, None));
            let (files, reading) = (&args.files, &args.reading);
            let (inputs, past, loaded) =
                tables_and_past(files, previous, &scheme, reading, self.as_of, self.screen)?;
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

    /// Grades by any scheme: reads the data anew for one that reads it otherwise.
    pub fn grade_or_read(&self, rules: &Rules, data: &Data<'_>) -> Result<Grading, Stop> {
        if self.serves(rules) {
            return self.grade(&rules.scheme);
        }
        data.ready(rules)?.grade(&rules.scheme)
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
    fn find(args: &Args, global: &Global) -> Result<Self, Stop> {
        let ledger = ledger::open(global)?;
        let known = Known::find(&ledger, &args.run)?;
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
