//! What the pictures of a report show: figures and names, before anybody draws them.

use super::Kind;
use crate::table::Decimal;
use std::sync::Arc;

/// A picture of figures. Every chart says in `alt` what it shows, for those who do not see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Bars beside each other, a group for each category.
    Bars(Plot),
    /// Bars on top of each other, for parts of a whole.
    Stack(Plot),
    /// Lines over dates or periods.
    Lines(Plot),
    /// Who came from where to where.
    Flows(Flows),
    /// How many customers have which score, with the cuts between the grades.
    Histogram(Histogram),
    /// A figure for each combination of two values, as a coloured grid.
    Heat(Heat),
}

/// Series over categories.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its heading.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// How the values are written.
    pub kind: Kind,
    /// The categories: grades, runs, months.
    pub categories: Vec<Label>,
    /// The series.
    pub series: Vec<Series>,
}

/// A name in a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// What it says.
    pub text: Arc<str>,
    /// The grade whose colour it has: an index into [`Report::grades`].
    pub grade: Option<usize>,
}

/// One series of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the legend, and its colour if it is a grade.
    pub label: Label,
    /// A value for each category; `None` leaves a gap.
    pub values: Vec<Option<Decimal>>,
}

/// From which level to which, how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// Its heading.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// What the left side is: `2024-02-29`.
    pub before: String,
    /// What the right side is.
    pub after: String,
    /// The levels of the left side, from top to bottom.
    pub from: Vec<Label>,
    /// The levels of the right side.
    pub to: Vec<Label>,
    /// For each level of the left side, how many came to each of the right.
    pub counts: Vec<Vec<u64>>,
}

/// How many customers have which value, with the cuts between the grades.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Its heading.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// What is counted along: `得分`.
    pub value: String,
    /// How bounds and cuts are written: as shares or as plain figures.
    pub kind: Kind,
    /// The bounds of the bins, ascending: one more than there are bins. A bin holds from its lower bound (in) to its upper
    /// (out; the last: in).
    pub bounds: Vec<Decimal>,
    /// For each grade, or one without, how many customers are in each bin; stacked.
    pub series: Vec<Series>,
    /// Where grades begin: the least value of each grade, with its name.
    pub cuts: Vec<(Decimal, Label)>,
}

/// A figure for each combination of two values.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Its heading.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// How the figures are written.
    pub kind: Kind,
    /// What runs along the columns.
    pub across: Axis,
    /// What runs along the rows.
    pub down: Axis,
    /// For each row a figure for each column; `None` where there is none.
    pub values: Vec<Vec<Option<Decimal>>>,
    /// The cell that is the present scheme, as row and column, if it is in the grid.
    pub present: Option<(usize, usize)>,
}

/// What runs along one side of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The path or name of a value.
    pub name: String,
    /// Its values as written.
    pub values: Vec<Arc<str>>,
}
