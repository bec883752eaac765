//! What became of the levels over runs: how many each had, who went up and down, who came and went.

use super::cells::{ratio, said};
use super::material::Material;
use super::{Block, Cell, Chart, Column, Kind, Label, Plot, Row, Section, Series, Table};
use crate::compare::Class;
use crate::table::{Date, Decimal};
use crate::text;
use crate::words::Word;
use foldhash::HashMap;
use std::sync::Arc;

/// How many runs a trend goes over.
pub const MOST_RUNS: usize = 12;

/// What a run came to, against the run before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFigures {
    /// As of which date.
    pub as_of: Date,
    /// How many customers it had: refused rows among them, absent customers not.
    pub customers: usize,
    /// How many of them each level had, those without one last.
    pub levels: Vec<usize>,
    /// How many went up; `None` where no run before is known.
    pub up: Option<usize>,
    /// How many went down.
    pub down: Option<usize>,
    /// How many were not there before.
    pub new: Option<usize>,
    /// How many were there before and are not.
    pub absent: Option<usize>,
}

/// Follows the customers from run to run, oldest first.
pub struct Tracker {
    /// The levels, best first.
    levels: Vec<Arc<str>>,
    /// Names that levels had in earlier schemes.
    was: HashMap<Arc<str>, usize>,
    /// Whether another level is a better or a worse one.
    is_ordered: bool,
    /// Where everybody was in the run before; `None` before the first.
    before: Option<HashMap<Arc<str>, Option<u32>>>,
    now: HashMap<Arc<str>, Option<u32>>,
    counts: [usize; 3],
}

impl Tracker {
    /// For these levels, best first, each with the names that it had before.
    pub fn new(levels: &[(Arc<str>, Vec<Arc<str>>)], is_ordered: bool) -> Self {
        let mut was = HashMap::default();
        for (place, (_, names)) in levels.iter().enumerate() {
            for name in names {
                was.insert(name.clone(), place);
            }
        }
        for (place, (name, _)) in levels.iter().enumerate() {
            was.insert(name.clone(), place);
        }
        Self {
            levels: levels.iter().map(|(name, _)| name.clone()).collect(),
            was,
            is_ordered,
            before: None,
            now: HashMap::default(),
            counts: [0; 3],
        }
    }

    /// A customer of the run: one who is absent is not to be told.
    pub fn customer(&mut self, id: Arc<str>, level: Option<&str>) {
        let place = level.and_then(|level| self.was.get(level).copied());
        let place = place.map(|place| place as u32);
        if let Some(before) = &self.before {
            let [up, down, new] = &mut self.counts;
            match (before.get(&id), place) {
                (None, _) => *new += 1,
                (Some(Some(was)), Some(now)) if self.is_ordered && *was > now => *up += 1,
                (Some(Some(was)), Some(now)) if self.is_ordered && *was < now => *down += 1,
                (Some(_), _) => {}
            }
        }
        self.now.insert(id, place);
    }

    /// The run is told: its figures.
    pub fn end(&mut self, as_of: Date) -> RunFigures {
        let now = std::mem::take(&mut self.now);
        let mut levels = vec![0; self.levels.len() + 1];
        for place in now.values() {
            levels[place.map_or(self.levels.len(), |place| place as usize)] += 1;
        }
        let [up, down, new] = std::mem::take(&mut self.counts);
        let before = self.before.as_ref();
        let gone = before.map(|before| before.keys().filter(|id| !now.contains_key(*id)).count());
        let counted = |count: usize| before.map(|_| count);
        let figures = RunFigures {
            as_of,
            customers: now.len(),
            levels,
            up: counted(up),
            down: counted(down),
            new: counted(new),
            absent: gone,
        };
        self.before = Some(now);
        figures
    }
}

/// The section; `None` where fewer than two runs are known.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let runs = &material.runs;
    // Of a part of the customers only today's are known, and what they were is not what the part was.
    if runs.len() < 2 || !material.scope.is_whole() {
        return None;
    }
    let scheme = &material.grading.scheme;
    let mut labels: Vec<Label> = if scheme.grades.is_empty() {
        let types = scheme.types.iter();
        types.map(|rule| Label::plain(rule.name.clone())).collect()
    } else {
        let grades = scheme.grades.iter().enumerate();
        let label = |(place, grade): (usize, &crate::scheme::model::Grade)| Label {
            text: grade.name.clone(),
            grade: Some(place),
        };
        grades.map(label).collect()
    };
    let has_none = runs.iter().any(|run| run.levels.last() > Some(&0));
    if has_none {
        labels.push(Label::plain(Class::Unrated.word(lang)));
    }
    let mut section = Section::new("trend", said(lang, text!("Trend", "趋势")));
    section.notes.push(said(
        lang,
        text!(
            "Each run as it was recorded, against the run before it: of each as-of date the run that was recorded last. \
             Levels of earlier schemes that this one does not know count as none. Customers whose rows could not be used are \
             among the customers of a run, with the level that held.",
            "各批次按当时的记录，与它的上一批次相比；同一评级日只取最后记录的批次。本方案不认识的旧等级计为没有等级。数据待修正的客户计入批次的客户数，沿用原来的等级。"
        ),
    ));
    if material.older_runs > 0 {
        let older = material.older_runs;
        section.notes.push(said(
            lang,
            text!(
                "{older} older runs are not shown.",
                "更早的 {older} 个批次没有列出。"
            ),
        ));
    }
    section.blocks.push(Block::Table(table(material, &labels)));
    section.blocks.push(Block::Chart(chart(material, &labels)));
    Some(section)
}

fn table(material: &Material<'_>, labels: &[Label]) -> Table {
    let lang = material.lang;
    let mut columns = vec![
        Column::new("as_of", said(lang, text!("As of", "评级日")), Kind::Date),
        Column::new(
            "customers",
            said(lang, text!("Customers", "客户数")),
            Kind::Count,
        ),
    ];
    let known = material.runs[0].levels.len() - 1;
    for (place, label) in labels.iter().enumerate() {
        let key = match place {
            none if none == known => "unrated".to_owned(),
            _ => format!("level.{}", label.text),
        };
        columns.push(Column::new(key, &*label.text, Kind::Count));
    }
    let classes = [
        Class::Upgraded,
        Class::Downgraded,
        Class::New,
        Class::Absent,
    ];
    for class in classes {
        columns.push(Column::new(class.key(), class.word(lang), Kind::Count));
    }
    let mut table = Table::new("runs", columns);
    for run in &material.runs {
        let mut cells = vec![Cell::Date(run.as_of), Cell::count(run.customers)];
        cells.extend((0..labels.len()).map(|place| Cell::count(run.levels[place])));
        for count in [run.up, run.down, run.new, run.absent] {
            cells.push(count.map_or(Cell::Missing, Cell::count));
        }
        table.rows.push(Row::new(cells));
    }
    table
}

fn chart(material: &Material<'_>, labels: &[Label]) -> Chart {
    let lang = material.lang;
    let runs = &material.runs;
    let of = if material.grading.scheme.grades.is_empty() {
        Word::Type
    } else {
        Word::Grade
    };
    let of = of.get(lang);
    let (first, last) = (runs[0].as_of, runs[runs.len() - 1].as_of);
    let share =
        |run: &RunFigures, place: usize| ratio(run.levels[place] as i128, run.customers as i128);
    let series = labels.iter().enumerate().map(|(place, label)| Series {
        label: label.clone(),
        values: runs.iter().map(|run| share(run, place)).collect(),
    });
    let percent = |share: Option<Decimal>| {
        let hundredfold = share.and_then(|share| share.checked_mul(Decimal::HUNDRED));
        hundredfold.map_or_else(|| "–".to_owned(), |share| format!("{}%", share.round(1)))
    };
    let ends = labels.iter().enumerate().map(|(place, label)| {
        let from = percent(share(&runs[0], place));
        let to = percent(share(&runs[runs.len() - 1], place));
        format!("{} {from} → {to}", label.text)
    });
    let ends = ends.collect::<Vec<_>>().join(", ");
    Chart::Lines(Plot {
        title: said(
            lang,
            text!("Share of each {of} over the runs", "各{of}占比的变化"),
        ),
        alt: said(
            lang,
            text!(
                "Share of each {of} from {first} to {last}: {ends}",
                "{first} 到 {last} 各{of}的占比：{ends}"
            ),
        ),
        kind: Kind::Share,
        categories: runs
            .iter()
            .map(|run| Label::plain(run.as_of.to_string()))
            .collect(),
        series: series.collect(),
    })
}
