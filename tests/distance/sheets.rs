//! Sheets in memory as people would write them, cells that can be changed, and the whole path from there to grades.

use regrade::book::{self, Inputs};
use regrade::explain::distance::{Change, Leaf, Reach, Way, World};
use regrade::expr::{Bound, Slot};
use regrade::grading::{self, Grading, Past};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::scheme::Scheme;
use regrade::scheme::model::{FieldKind, GradeRule, SlotKind};
use regrade::table::{Cell, Column, ColumnBuilder, Date, Decimal, Value};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// Random numbers that are the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % count.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A sheet: headers and cells.
#[derive(Clone, Default)]
pub struct Cells {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Cells {
    /// A sheet of an example, read as regrade reads it. `key` is a header that it has.
    pub fn read(path: &Path, key: &[String]) -> Self {
        let known = KnownSheet {
            name: "sheet".into(),
            key: key.to_vec(),
            required: vec![],
            headers: key.to_vec(),
            results: vec![],
        };
        let input = Input::File {
            path: path.to_owned(),
            name: "sheet.csv".to_owned(),
            worksheet: None,
        };
        let table = read::open(&input, &[known], &Options::default(), &|_, _| {});
        let table = table.unwrap().remove(0);
        let text = |cell: Cell<'_>| match cell {
            Cell::Text(text) => text.replace([',', '\n', '\r', '"'], " "),
            _ => String::new(),
        };
        let rows = 0..table.rows.len();
        Self {
            headers: table
                .headers
                .iter()
                .map(|header| header.text.clone())
                .collect(),
            rows: rows
                .map(|row| table.rows.row(row).map(text).collect())
                .collect(),
        }
    }

    fn text(&self) -> String {
        let line = |cells: &[String]| cells.join(",") + "\n";
        let rows = self.rows.iter().map(|row| line(row));
        line(&self.headers) + &rows.collect::<String>()
    }

    pub fn table(&self) -> Table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.csv");
        std::fs::write(&path, self.text()).unwrap();
        let known = KnownSheet {
            name: "sheet".into(),
            key: vec![self.headers[0].clone()],
            required: vec![],
            headers: self.headers.clone(),
            results: vec![],
        };
        let input = Input::File {
            path,
            name: "sheet.csv".to_owned(),
            worksheet: None,
        };
        let tables = read::open(&input, &[known], &Options::default(), &|_, _| {});
        tables.unwrap().remove(0)
    }

    /// The place of the column under one of these headers.
    pub fn column(&self, headers: &[String]) -> Option<usize> {
        let mut columns = self.headers.iter();
        columns.position(|header| headers.contains(header))
    }
}

/// Everything that is graded.
#[derive(Clone)]
pub struct Case {
    pub scheme: Arc<Scheme>,
    pub customers: Option<Cells>,
    pub events: Vec<Cells>,
    pub lookups: Vec<Cells>,
    pub as_of: Date,
}

impl Case {
    /// Through the whole path: read, cleaned, graded.
    pub fn grade(&self) -> Grading {
        let tables = |cells: &[Cells]| cells.iter().map(|cells| vec![cells.table()]).collect();
        let inputs = Inputs {
            customers: self.customers.iter().map(Cells::table).collect(),
            events: tables(&self.events),
            lookups: tables(&self.lookups),
            ..Inputs::default()
        };
        grading::grade(self.scheme.clone(), inputs, self.as_of, Past::default())
    }

    /// Whether a value of one customer leaves everybody else's grade as it is.
    pub fn is_alone(&self, leaf: &Leaf) -> bool {
        let grades = self.scheme.grades.iter();
        let mut ranks = grades.map(|grade| matches!(grade.rule, GradeRule::Top(_)));
        let mut figures = self.scheme.populations.iter();
        let moves = |bound: &Bound| leaf.moves_any(bound);
        let looks = figures
            .any(|figure| moves(&figure.argument) || figure.within.as_ref().is_some_and(moves));
        !looks && !ranks.any(|ranks| ranks)
    }

    /// Whether that is so of all values.
    pub fn is_each_alone(&self, world: &World<'_>) -> bool {
        world.leaves().iter().all(|leaf| self.is_alone(leaf))
    }

    /// The headers under which a field stands.
    fn headers_of(&self, field: usize) -> Vec<String> {
        let sheet = &self.scheme.customers.as_ref().unwrap().sheet;
        regrade::clean::sheet::field_headers(&sheet.fields[field])
    }

    /// The cell of a customer's field.
    fn cell(&mut self, id: &str, field: usize) -> &mut String {
        let key = self.scheme.customers.as_ref().unwrap().key;
        let (key, field) = (self.headers_of(key), self.headers_of(field));
        let cells = self.customers.as_mut().unwrap();
        let key = cells.column(&key).unwrap();
        let column = cells.headers.iter().position(|header| {
            let bare = header.split(['(', '（']).next().unwrap_or_default();
            field.contains(header) || field.iter().any(|field| field == bare)
        });
        let row = cells.rows.iter_mut().find(|row| row[key] == id).unwrap();
        &mut row[column.unwrap()]
    }
}

/// The grade that distances are about; `None` for who is not there.
#[allow(
    clippy::option_option,
    reason = "who is refused has no grade in another way than who has none"
)]
pub fn present(grading: &Grading, id: &str) -> Option<Option<u32>> {
    let row = *grading.book.roster.by_id().get(id)? as usize;
    Some(match grading.scheme.grade_movement {
        Some(_) => grading.assessment.grades[row]
            .index()
            .map(|grade| grade as u32),
        None => grading.decided[row].grade,
    })
}

/// What is to come of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    Is(Option<u32>),
    NotBetterThan(Option<u32>),
    NotWorseThan(Option<u32>),
}

impl Wanted {
    pub fn holds(self, grade: Option<u32>) -> bool {
        let rank = |grade: Option<u32>| grade.unwrap_or(u32::MAX);
        match self {
            Self::Is(wanted) => grade == wanted,
            Self::NotBetterThan(than) => rank(grade) >= rank(than),
            Self::NotWorseThan(than) => rank(grade) <= rank(than),
        }
    }
}

/// A value that is put in the place of another, and what is to come of it.
#[derive(Clone, Debug)]
pub struct Trial {
    pub id: Arc<str>,
    pub slot: Slot,
    pub value: Value,
    pub wanted: Wanted,
}

/// What distances say: the value that is named gives the grade that is named, and one step less does not.
pub fn trials(grading: &Grading, row: usize, reach: &Reach) -> Vec<Trial> {
    let id = grading.book.roster.ids[row].clone();
    let now = present(grading, &id).unwrap();
    let trial = |value: Value, wanted| Trial {
        id: id.clone(),
        slot: reach.slot,
        value,
        wanted,
    };
    let mut trials = vec![];
    for change in &reach.changes {
        let to = match change.way {
            Way::Unnamed => Value::Text("no scheme names this".into()),
            _ => change.to.clone(),
        };
        trials.push(trial(to, Wanted::Is(change.grade)));
        if let Some(less) = one_step_less(reach, change) {
            let wanted = if change.better {
                Wanted::NotBetterThan(now)
            } else {
                Wanted::NotWorseThan(now)
            };
            trials.push(trial(less, wanted));
        }
    }
    trials
}

/// The value one step nearer, where there is one before the present value.
pub fn one_step_less(reach: &Reach, change: &Change) -> Option<Value> {
    let sign = match change.way {
        Way::More => -1,
        Way::Less => 1,
        Way::Other | Way::Unnamed => return None,
    };
    let step = reach.step?;
    match (&change.to, &reach.now) {
        (Value::Number(to), Value::Number(now)) => {
            let step = step.checked_mul(Decimal::from_int(sign)?)?;
            let less = to.checked_add(step)?;
            let is_between = if sign < 0 { less > *now } else { less < *now };
            is_between.then_some(Value::Number(less))
        }
        (Value::Date(to), Value::Date(now)) => {
            let less = to.add_days(sign as i32)?;
            (less != *now).then_some(Value::Date(less))
        }
        _ => None,
    }
}

/// A value as a cell.
fn written(value: &Value, kind: &FieldKind) -> String {
    match value {
        Value::Number(number) if *kind == FieldKind::Percent => {
            format!("{}%", number.checked_mul(Decimal::HUNDRED).unwrap())
        }
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.join("、"),
        Value::DateTime(moment) => moment.to_string(),
        Value::Missing => String::new(),
    }
}

/// A customer's column with another value.
pub fn changed(grading: &Grading, trial: &Trial) -> Column {
    let column = grading.facts.get(trial.slot);
    let row = grading.book.roster.by_id()[&trial.id] as usize;
    let mut changed = ColumnBuilder::like(column);
    for other in 0..column.len() {
        if other == row {
            changed.push(&trial.value);
        } else {
            changed.push(&column.value(other));
        }
    }
    changed.finish()
}

/// Tries them: fields by changing the cell and grading the sheets again, metrics by changing the metric and grading its
/// customers again. Where customers stand each alone, one grading tries one value of each of them.
pub fn try_all(case: &Case, grading: &Grading, world: &World<'_>, trials: Vec<Trial>) -> usize {
    try_levels(case, grading, world, trials, &present)
}

/// The same of what `level` says a customer has: the grade, or the type.
pub fn try_levels(
    case: &Case,
    grading: &Grading,
    world: &World<'_>,
    trials: Vec<Trial>,
    level: &dyn Fn(&Grading, &str) -> Option<Option<u32>>,
) -> usize {
    let mut rounds: BTreeMap<usize, Vec<Trial>> = BTreeMap::new();
    let mut next: HashMap<Arc<str>, usize> = HashMap::new();
    let mut tried = 0;
    for trial in trials {
        let kind = case.scheme.slots.entries[trial.slot.0 as usize].kind;
        let SlotKind::Field(_) = kind else {
            let grades = world.regraded(vec![(trial.slot, changed(grading, &trial))]);
            let row = grading.book.roster.by_id()[&trial.id] as usize;
            assert!(
                trial.wanted.holds(grades[row]),
                "{trial:?}: {:?}",
                grades[row]
            );
            tried += 1;
            continue;
        };
        let leaf = world
            .leaves()
            .iter()
            .find(|leaf| leaf.slot == trial.slot)
            .unwrap();
        // Who is not alone has a grading for itself.
        let own: Arc<str> = if case.is_alone(leaf) {
            trial.id.clone()
        } else {
            "".into()
        };
        let round = next
            .entry(own)
            .or_insert(usize::from(!case.is_alone(leaf)) * 1_000);
        rounds.entry(*round).or_default().push(trial);
        *round += 1;
    }
    for round in rounds.into_values() {
        let mut changed = case.clone();
        for trial in &round {
            let SlotKind::Field(field) = case.scheme.slots.entries[trial.slot.0 as usize].kind
            else {
                continue;
            };
            let kind = &case.scheme.customers.as_ref().unwrap().sheet.fields[field].kind;
            *changed.cell(&trial.id, field) = written(&trial.value, kind);
        }
        let again = changed.grade();
        for trial in round {
            let name = &case.scheme.slots.entries[trial.slot.0 as usize].name;
            let grade = level(&again, &trial.id);
            // What the sheet refuses has no grade; only a named one must be taken.
            let holds = match grade {
                Some(grade) => trial.wanted.holds(grade),
                None => !matches!(trial.wanted, Wanted::Is(_)),
            };
            let refused: Vec<_> = again
                .findings
                .iter()
                .filter(|f| book::is_refusal(f))
                .collect();
            assert!(holds, "{name} {trial:?}: {grade:?}, {refused:?}");
            tried += 1;
        }
    }
    tried
}
