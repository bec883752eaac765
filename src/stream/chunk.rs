//! One chunk of rows, graded as a file of its own.

use super::Reason;
use super::asked::{for_ranks, for_results};
use super::everybody::{Gathering, Measured, Round, rounds, unknown};
use super::keys::{Keys, Open, hash};
use crate::book::{self, Book, CustomerRows, Inputs};
use crate::diagnostic::stages::Kind;
use crate::diagnostic::{Finding, Lang};
use crate::explain::Causes;
use crate::grading::{Ranking, grade_some, ranking};
use crate::parallel::flow;
use crate::present::results::{Layout, Results, View};
use crate::present::summary::Tally;
use crate::rank::Everybody;
use crate::read::Table;
use crate::scheme::Scheme;
use crate::scheme::model::{Customers, Expression, OutputColumn};
use crate::table::{Date, Decimal};
use std::sync::Arc;

/// What all chunks are graded by.
#[derive(Clone, Debug)]
pub struct Grader {
    /// The scheme, but that any number of rows may be bad: how many there are is known at the end; and that texts which
    /// nothing asks for are not kept.
    scheme: Arc<Scheme>,
    /// The same as far as ranks need it.
    ranking: Arc<Scheme>,
    /// The customers' sheet as it stands in the scheme.
    customers: Option<Customers>,
    as_of: Date,
    lang: Lang,
    asked: Asked,
    layout: Layout,
    /// What is known of all customers.
    everybody: Everybody,
    /// Whether each of them is known to have a key of its own.
    keys_differ: bool,
}

/// What a call asks for beside the scheme.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only these customers are shown.
    pub wanted: Option<Expression>,
    /// The columns that are.
    pub columns: Option<Vec<OutputColumn>>,
}

/// A graded chunk: what is shown of it, and what is told of all chunks together.
#[derive(Debug)]
pub struct Chunk<T> {
    /// What is shown of its rows.
    pub shown: T,
    /// How many rows it has.
    pub(super) rows: usize,
    /// What was found in its rows, stage after stage.
    pub(super) stages: Vec<(Kind, Vec<Finding>)>,
    /// What there is to say of the columns.
    pub(super) columns: Vec<Finding>,
    pub(super) tally: Tally,
    pub(super) causes: Causes,
    /// The hashes of its keys, unless all are known to differ.
    pub(super) keys: Vec<u64>,
}

impl Grader {
    /// By a scheme that [`super::plan`] lets through, as of a date.
    pub fn new(scheme: &Scheme, as_of: Date, lang: Lang, asked: Asked, layout: Layout) -> Self {
        let mut scheme = scheme.clone();
        let all = scheme.customers.clone();
        if let Some(customers) = &mut scheme.customers {
            customers.sheet.allow_bad = Decimal::ONE;
        }
        Self {
            ranking: Arc::new(for_ranks(scheme.clone())),
            scheme: Arc::new(for_results(scheme, &asked)),
            customers: all,
            as_of,
            lang,
            asked,
            layout,
            everybody: Everybody::default(),
            keys_differ: false,
        }
    }

    /// Whether something is to be known of everybody before rows are graded.
    pub fn needs_everybody(&self) -> Result<bool, Reason> {
        Ok(!rounds(&self.scheme)?.is_empty())
    }

    /// The same with all that its ranks need of everybody, for which the rows are read as often as it takes: `from_start`
    /// says who gives the pieces of the file, `rows` the rows of one. A key that comes twice is found on the way; `open`
    /// gives a temporary file, should there be very many.
    pub fn among_everybody<P: Send, N: FnMut() -> Result<Option<P>, Reason> + Send>(
        &self,
        threads: usize,
        from_start: impl Fn() -> N,
        rows: impl Fn(&P) -> Result<Table, Reason> + Sync,
        open: Open<'_>,
    ) -> Result<Self, Reason> {
        let mut grader = self.clone();
        grader.everybody = unknown(&self.scheme);
        for round in rounds(&self.scheme)? {
            let mut gathering = Gathering::new(&self.scheme, &round);
            let mut keys = Keys::new(open);
            flow(
                threads,
                from_start(),
                |piece| grader.measure(&rows(&piece)?, &round),
                |(measured, hashes)| {
                    keys.add(&hashes)?;
                    gathering.add(&measured)
                },
            )?;
            keys.finish()?;
            grader.keys_differ = true;
            gathering.tell(&mut grader.everybody);
        }
        Ok(grader)
    }

    /// What the customers of a table have of what a round is after, and the hashes of their keys.
    fn measure(&self, table: &Table, round: &Round) -> Result<(Measured, Vec<u64>), Reason> {
        let rule = self.ranking.customers.as_ref();
        let rule = rule.ok_or(Reason::OtherSheets)?;
        let Ranking { clean, facts } =
            ranking(&self.ranking, rule, table, self.as_of, &self.everybody);
        if clean.stages.needs_all() {
            return Err(Reason::Dates);
        }
        if clean.findings.iter().any(book::is_refusal) {
            return Err(Reason::Whole);
        }
        let mut keys = vec![];
        if !self.keys_differ {
            let tables = std::slice::from_ref(table);
            book::each_key(rule, tables, &clean, |key| keys.push(hash(key)));
        }
        Ok((round.measure(&self.scheme, &facts), keys))
    }

    /// Grades the rows of a table; `show` makes of them what is written.
    pub fn grade<T>(
        &self,
        table: Table,
        show: impl FnOnce(&Results<'_>) -> T,
    ) -> Result<Chunk<T>, Reason> {
        let rows = table.rows.len();
        let mut inputs = Inputs::empty(&self.scheme);
        inputs.customers.push(table);
        let scheme = self.scheme.clone();
        let mut grading = grade_some(scheme, inputs, self.as_of, &self.everybody);
        let customers = rows_of(&grading.book, rows)?;
        let found = std::mem::take(&mut grading.findings);
        if found.iter().any(book::is_refusal) {
            return Err(Reason::Whole);
        }
        let (stages, mut counted) = customers.stages.split(found);
        let entries = grading.entries_where(self.asked.wanted.as_ref(), &mut counted);
        let is_whole =
            |(kind, found): &(Kind, Vec<Finding>)| *kind == Kind::Whole && !found.is_empty();
        if stages.iter().any(is_whole) {
            return Err(Reason::Whole);
        }
        if !counted.is_empty() {
            return Err(Reason::Counted);
        }
        let keys = if self.keys_differ {
            vec![]
        } else {
            let ids = grading.book.roster.ids.iter();
            let refused = grading.book.roster.refused.iter();
            let refused = refused.filter_map(|row| row.id.as_ref());
            ids.chain(refused).map(|id| hash(id)).collect()
        };
        let results = Results::of_some(
            &grading,
            View {
                lang: self.lang,
                entries,
                columns: self.asked.columns.clone(),
                layout: self.layout,
            },
        );
        if results.findings.iter().any(Finding::is_error) {
            return Err(Reason::Columns);
        }
        let shown = show(&results);
        Ok(Chunk {
            shown,
            rows,
            stages,
            columns: results.findings.clone(),
            tally: Tally::of(&grading),
            causes: Causes::of(&grading),
            keys,
        })
    }

    /// The customers' sheet; that there is one [`super::plan`] has seen to.
    pub(super) fn customers(&self) -> Result<&Customers, Reason> {
        self.customers.as_ref().ok_or(Reason::OtherSheets)
    }
}

/// The rows of a book that was made of so many, each of which is a customer or refused.
fn rows_of(book: &Book, rows: usize) -> Result<&CustomerRows, Reason> {
    let roster = &book.roster;
    // Rows of one key would be one customer.
    if roster.len() + roster.refused.len() != rows {
        return Err(Reason::SameKey);
    }
    let customers = book.customers.as_ref().ok_or(Reason::OtherSheets)?;
    if customers.stages.needs_all() {
        return Err(Reason::Dates);
    }
    Ok(customers)
}
