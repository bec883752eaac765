//! How many customers have which score, and where the grades begin. A scheme without a score may grade by one other
//! value: then it is that value.

use super::cells::said;
use super::groups::Groups;
use super::material::{Amount, Material};
use super::{Block, Cell, Chart, Column, Histogram, Kind, Label, Row, Section, Series, Table};
use crate::expr::{Bound, Comparison, Node, Slot};
use crate::scheme::Scheme;
use crate::scheme::model::GradeRule;
use crate::table::{Decimal, Value};
use crate::text;
use crate::words::Word;

/// How many bins there are at most, without those of the ends, and at least where there are customers for them.
const MOST: usize = 20;
const LEAST: usize = 4;
/// One part in so many at either end may lie far away without making the bins of all others wide.
const FAR: usize = 20;
/// One, in millionths.
const ONE: i128 = 1_000_000;

/// The section; `None` where customers are not graded by a number, it may not be shown, or nobody has it.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let score = scheme.score_slot();
    let slot = score.or_else(|| only_value(scheme))?;
    let amount = Amount::of(material.grading, slot).filter(|_| material.scope.shows(slot))?;
    let name = match score {
        Some(_) => Word::Score.get(lang).to_owned(),
        None => amount.heading.clone(),
    };
    let rows = material.scope.rows();
    let mut known: Vec<i64> = rows.iter().filter_map(|row| amount.at(*row)).collect();
    known.sort_unstable();
    let (least, greatest) = (*known.first()?, *known.last()?);
    let bins = Bins::of(&known);
    let groups = Groups::main(material);
    let counts = counts(&bins, &groups, rows, &amount);
    let cuts = cuts(material, slot, &amount);

    let title = said(lang, text!("Distribution: {name}", "{name}分布"));
    let mut section = Section::new("distribution", title);
    let missing = rows.len() - known.len();
    section.notes = notes(material, &bins, missing);
    let shown: Vec<usize> = (0..groups.list.len())
        .filter(|group| counts[*group].iter().any(|count| *count > 0))
        .collect();
    let number = |value: i64| Decimal::from_millionths(value).unwrap_or_default();
    let (least, greatest, count) = (number(least), number(greatest), known.len());
    let begin = cuts
        .iter()
        .map(|cut| format!("{} {}", cut.label.text, cut.value));
    let begin = begin.collect::<Vec<_>>().join(", ");
    let mut alt = text!(
        "{name} of {count} customers: from {least} to {greatest}",
        "{count} 位客户的{name}：从 {least} 到 {greatest}"
    );
    if !begin.is_empty() {
        alt.en += &format!("; grades begin at: {begin}");
        alt.zh += &format!("；等级起点：{begin}");
    }
    section
        .blocks
        .push(Block::Chart(Chart::Histogram(Histogram {
            title: said(lang, text!("Customers by {name}", "各{name}区间的客户数")),
            alt: said(lang, alt),
            value: name.clone(),
            bounds: bins.bounds.clone(),
            series: shown
                .iter()
                .map(|group| Series {
                    label: groups.list[*group].clone(),
                    values: counts[*group]
                        .iter()
                        .map(|count| (*count > 0).then(|| Decimal::from_count(*count)))
                        .collect(),
                })
                .collect(),
            cuts: cuts
                .iter()
                .map(|cut| (cut.value, cut.label.clone()))
                .collect(),
        })));
    let table = table(material, &name, &bins, &groups, &shown, &counts);
    section.blocks.push(Block::Table(table));
    section
        .blocks
        .extend(begins(material, &name, cuts).map(Block::Table));
    Some(section)
}

/// What to know of the figures.
fn notes(material: &Material<'_>, bins: &Bins, missing: usize) -> Vec<String> {
    let mut notes = vec![text!(
        "A row holds from its lower bound up to its upper one, which belongs to the next row; the last row holds its upper \
         bound too. The parts are by the grade that counts: what holds a movement back, and people, may keep it apart from \
         the grade of the value.",
        "每个区间含下限、不含上限，最后一个区间含上限。颜色按现行等级：受升降级规则或人工调整影响，可能与该值对应的等级不同。"
    )];
    if bins.is_trimmed {
        notes.push(text!(
            "The rows at the ends are wider than the others: few customers lie far away.",
            "两端的区间比其他区间宽：个别客户的值离得很远。"
        ));
    }
    if missing > 0 {
        notes.push(text!(
            "{missing} customers have no value and are not counted here.",
            "{missing} 位客户没有该值，未计入。"
        ));
    }
    let notes = notes.into_iter();
    notes.map(|note| said(material.lang, note)).collect()
}

/// For each group how many customers are in each bin.
fn counts(bins: &Bins, groups: &Groups, rows: &[u32], amount: &Amount<'_>) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; bins.len()]; groups.list.len()];
    for (place, row) in rows.iter().enumerate() {
        if let Some(value) = amount.at(*row) {
            counts[groups.at(place)][bins.at(value)] += 1;
        }
    }
    counts
}

fn table(
    material: &Material<'_>,
    name: &str,
    bins: &Bins,
    groups: &Groups,
    shown: &[usize],
    counts: &[Vec<usize>],
) -> Table {
    let lang = material.lang;
    let total = Word::Total.get(lang);
    let kind = exact(bins.bounds.iter());
    let mut columns = vec![
        Column::new("from", said(lang, text!("{name}: from", "{name}从")), kind),
        Column::new("to", said(lang, text!("to", "到")), kind),
    ];
    for group in shown {
        let key = groups.key(&groups.key, *group);
        columns.push(Column::new(key, &*groups.list[*group].text, Kind::Count));
    }
    columns.push(Column::new("customers", total, Kind::Count));
    let mut table = Table::new("distribution", columns);
    for (bin, bounds) in bins.bounds.windows(2).enumerate() {
        let of = |group: &usize| counts[*group][bin];
        let mut cells = vec![number(bounds[0], kind), number(bounds[1], kind)];
        cells.extend(shown.iter().map(|group| Cell::count(of(group))));
        cells.push(Cell::count(shown.iter().map(of).sum()));
        table.rows.push(Row::new(cells));
    }
    table
}

/// Where each grade begins, as a table.
fn begins(material: &Material<'_>, name: &str, cuts: Vec<Cut>) -> Option<Table> {
    let lang = material.lang;
    let kind = if cuts.iter().any(|cut| !cut.is_in) {
        Kind::Text
    } else {
        exact(cuts.iter().map(|cut| &cut.value))
    };
    let columns = vec![
        Column::new("grade", Word::Grade.get(lang), Kind::Text),
        Column::new("from", said(lang, text!("{name}: from", "{name}从")), kind),
    ];
    let title = said(lang, text!("Where a grade begins", "等级起点"));
    let mut table = Table::new("cuts", columns).titled(title);
    for cut in cuts {
        let from = if cut.is_in {
            number(cut.value, kind)
        } else {
            Cell::text(&format!("> {}", cut.value))
        };
        let cells = vec![Cell::Text(cut.label.text), from];
        table.rows.push(Row::new(cells).of_grade(cut.label.grade));
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The kind of a column in which these are read with all their places.
fn exact<'a>(values: impl Iterator<Item = &'a Decimal>) -> Kind {
    match values.map(|value| value.places()).max() {
        None | Some(0) => Kind::Count,
        Some(1 | 2) => Kind::Number,
        Some(_) => Kind::Text,
    }
}

fn number(value: Decimal, kind: Kind) -> Cell {
    match kind {
        Kind::Text => Cell::text(&value.to_string()),
        _ => Cell::Number(value),
    }
}

/// Bins with round bounds.
struct Bins {
    bounds: Vec<Decimal>,
    /// Whether those at the ends are wider than the others.
    is_trimmed: bool,
}

impl Bins {
    /// Bins for these values in millionths, ascending and at least one: as narrow as 1, 2, 2.5 or 5 times a power of ten
    /// can be, but no narrower than what the values differ by.
    fn of(values: &[i64]) -> Self {
        let wide = |place: usize| i128::from(values[place]);
        let (last, far) = (values.len() - 1, values.len() / FAR);
        let (least, greatest) = (wide(0), wide(last));
        let (mut low, mut high) = (wide(far), wide(last - far));
        // Where the ends are as far apart again, the values between them would all be in a few bins.
        let is_trimmed = high > low && greatest - least > 2 * (high - low);
        if !is_trimmed {
            (low, high) = (least, greatest);
        }
        let width = width(high - low, values);
        let first = low.div_euclid(width) * width;
        let end = (-(-high).div_euclid(width) * width).max(first + width);
        let mut bounds: Vec<i128> = std::iter::successors(Some(first), |at| Some(at + width))
            .take_while(|at| *at <= end)
            .collect();
        if least < first {
            bounds.insert(0, least.div_euclid(width) * width);
        }
        if greatest > end {
            bounds.push(-(-greatest).div_euclid(width) * width);
        }
        // A round bound may lie beyond all numbers; the value itself does not.
        let exact = |bound: i128| {
            Decimal::from_wide(bound).or_else(|| Decimal::from_wide(bound.clamp(least, greatest)))
        };
        Self {
            bounds: bounds.into_iter().filter_map(exact).collect(),
            is_trimmed,
        }
    }

    fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The bin of a value.
    fn at(&self, value: i64) -> usize {
        let below = self
            .bounds
            .partition_point(|bound| bound.millionths() <= value);
        below.saturating_sub(1).min(self.len() - 1)
    }
}

/// The width of the bins of a span, in millionths.
fn width(span: i128, values: &[i64]) -> i128 {
    let most = values.len().clamp(LEAST, MOST) as i128;
    let finest = (1..=6)
        .rev()
        .map(|power| 10i128.pow(power))
        .find(|unit| values.iter().all(|value| i128::from(*value) % unit == 0))
        .unwrap_or(1);
    if span == 0 {
        return ONE;
    }
    let mut power = 1;
    loop {
        for tenths in [10, 20, 25, 50] {
            let width = power * tenths / 10;
            if width % finest == 0 && width * most >= span && power * tenths % 10 == 0 {
                return width;
            }
        }
        power *= 10;
    }
}

/// Where a grade begins.
struct Cut {
    value: Decimal,
    /// Whether the value itself is in the grade.
    is_in: bool,
    label: Label,
}

/// Where grades begin, best first: at the threshold of their condition or at the value of the last one who is in.
fn cuts(material: &Material<'_>, slot: Slot, amount: &Amount<'_>) -> Vec<Cut> {
    let grading = material.grading;
    let grades = &grading.scheme.grades;
    let cut = |place: usize, value: Decimal, is_in: bool| Cut {
        value,
        is_in,
        label: Label {
            text: grades[place].name.clone(),
            grade: Some(place),
        },
    };
    let mut cuts = vec![];
    for (place, grade) in grades.iter().enumerate() {
        match &grade.rule {
            GradeRule::When(None) => {}
            GradeRule::When(Some(when)) => match threshold(&when.bound, slot) {
                Some(found) if found.more => cuts.push(cut(place, found.value, found.is_in)),
                // Less is better: the next one begins where this one ends.
                Some(found) if place + 1 < grades.len() => {
                    cuts.push(cut(place + 1, found.value, !found.is_in));
                }
                Some(_) => {}
                None => {
                    let least = reached(material, place, amount);
                    cuts.extend(least.map(|value| cut(place, value, true)));
                }
            },
            GradeRule::Top(top) => {
                let is_by = top.by.first().is_some_and(|by| is(&by.bound, slot));
                let key = grading.assessment.cuts[place].cutoff.first();
                if let (true, None, Some(Value::Number(value))) = (is_by, top.within, key) {
                    cuts.push(cut(place, *value, true));
                }
            }
        }
    }
    cuts
}

/// The number with which a condition compares a value.
#[derive(Debug, PartialEq)]
struct Threshold {
    value: Decimal,
    /// Whether the condition holds from there up, and not down.
    more: bool,
    /// Whether it holds there.
    is_in: bool,
}

/// The threshold of a condition. Of several conditions that all have to hold it is the first.
fn threshold(bound: &Bound, slot: Slot) -> Option<Threshold> {
    use Comparison::{Greater, GreaterEqual, Less, LessEqual};
    match &bound.node {
        Node::And(parts) => parts.iter().find_map(|part| threshold(part, slot)),
        Node::Compare(comparison, left, right) => {
            let (value, is_left) = match (&left.node, &right.node) {
                (_, Node::Literal(Value::Number(value))) if is(left, slot) => (*value, true),
                (Node::Literal(Value::Number(value)), _) if is(right, slot) => (*value, false),
                _ => return None,
            };
            let more = match comparison {
                Greater | GreaterEqual => is_left,
                Less | LessEqual => !is_left,
                _ => return None,
            };
            Some(Threshold {
                value,
                more,
                is_in: matches!(comparison, GreaterEqual | LessEqual),
            })
        }
        _ => None,
    }
}

/// Whether an expression is this value and nothing else.
fn is(bound: &Bound, slot: Slot) -> bool {
    matches!(bound.node, Node::Slot(found) if found == slot)
}

/// The least value of those to whom their values give a grade, where nobody with a worse one has as much: then the grade
/// goes by the value, however its condition says so.
fn reached(material: &Material<'_>, place: usize, amount: &Amount<'_>) -> Option<Decimal> {
    // Of some customers nobody can say where a grade begins for all.
    if !material.scope.is_whole() {
        return None;
    }
    let choices = material.grading.assessment.grades.iter();
    let known = || {
        choices.clone().enumerate().filter_map(|(row, choice)| {
            let grade = choice.index().unwrap_or(usize::MAX);
            Some((grade, amount.at(row as u32)?))
        })
    };
    let of = |is: &dyn Fn(usize) -> bool| {
        known()
            .filter(|(grade, _)| is(*grade))
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    let least = of(&|grade| grade == place).into_iter().min()?;
    let worse = of(&|grade| grade > place).into_iter().max();
    let better = of(&|grade| grade < place).into_iter().min();
    let parts =
        worse.is_none_or(|worse| worse < least) && better.is_none_or(|better| better > least);
    Decimal::from_millionths(least).filter(|_| parts)
}

/// The one value by which all grades go that ask for anything.
fn only_value(scheme: &Scheme) -> Option<Slot> {
    let mut slots = vec![];
    for grade in &scheme.grades {
        match &grade.rule {
            GradeRule::When(when) => slots.extend(when.iter().flat_map(|when| when.bound.slots())),
            GradeRule::Top(top) => slots.extend(top.by.iter().flat_map(|by| by.bound.slots())),
        }
    }
    let first = slots.first().copied()?;
    slots.iter().all(|slot| *slot == first).then_some(first)
}

#[cfg(test)]
mod tests;
