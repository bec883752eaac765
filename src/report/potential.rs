//! 潜力名单: customers below the top grade of whom most is to be expected, and what they lack for the next grade.

use super::cells::said;
use super::distribution::is_percent;
use super::material::{Material, Scope, heading_of};
use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::classify::render;
use crate::diagnostic::Lang;
use crate::explain::distance::Nearest;
use crate::explain::movement::has_next;
use crate::explain::next;
use crate::expr::{Measure, Node};
use crate::scheme::Scheme;
use crate::scheme::model::{Potential, TopSize};
use crate::table::{Decimal, Truth};
use crate::text;
use crate::words::{Word, how_many};

/// The most customers that are listed: a list that nobody can work through is none.
const MOST: usize = 1000;

/// Who is on the list, decided over all customers whoever looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promising {
    /// The customers with what they are listed by, in millionths, the greatest first.
    pub rows: Vec<(u32, i64)>,
    /// Of how many customers below the top grade they are the best.
    pub of: usize,
}

impl Promising {
    /// The best of those who have a grade below the top one, for whom the condition holds and the value is known. Who
    /// is equal to the last of them is in.
    pub fn new(
        rule: &Potential,
        grades: impl Iterator<Item = Option<u32>>,
        holds: Option<&[Truth]>,
        values: &[i64],
    ) -> Self {
        let mut rows: Vec<(u32, i64)> = grades
            .zip(values)
            .enumerate()
            .filter(|(row, (grade, value))| {
                grade.is_some_and(|grade| grade > 0)
                    && holds.is_none_or(|holds| holds[*row] == Truth::True)
                    && **value != crate::table::column::MISSING
            })
            .map(|(row, (_, value))| (row as u32, *value))
            .collect();
        rows.sort_by_key(|(_, value)| std::cmp::Reverse(*value));
        let of = rows.len();
        let mut better = 0;
        for equals in rows.chunk_by(|one, other| one.1 == other.1) {
            if !rule.top.takes(better as u64, of as u64) {
                break;
            }
            better += equals.len();
        }
        rows.truncate(better);
        Self { rows, of }
    }

    /// The same of some of the customers, by their places.
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        let numbers: foldhash::HashMap<u32, u32> = rows.iter().copied().zip(0..).collect();
        let own = self.rows.iter();
        let own = own.filter_map(|(row, value)| Some((*numbers.get(row)?, *value)));
        Self {
            rows: own.collect(),
            of: self.of,
        }
    }
}

/// The section; `None` where the scheme asks for no list.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scope = &material.scope;
    let scheme = &material.grading.scheme;
    let rule = scheme.report.potential.as_ref()?;
    let promising = material.judged.potential.as_ref()?;
    let mut section = Section::new("potential", Word::Potential.get(lang).to_owned());
    if is_withheld(scheme, rule) {
        section.notes.push(said(
            lang,
            text!(
                "Who is on this list follows from values that the role does not see: it is left out.",
                "这份名单由该角色看不到的数值得出，故不列。"
            ),
        ));
        return Some(section);
    }
    let listed = listed(scope, promising);
    section
        .notes
        .extend(notes(material, rule, promising, listed.len()));
    if !listed.is_empty() {
        let table = table(scope, rule, &listed, lang);
        section.blocks.push(Block::Table(table));
    }
    Some(section)
}

/// The list by itself, with the rows of the report's; `None` where the scheme asks for none, or where a role does not see
/// what it is made from.
pub fn potential(scope: &Scope<'_>, promising: &Promising, lang: Lang) -> Option<Table> {
    let scheme = &scope.grading().scheme;
    let rule = scheme.report.potential.as_ref()?;
    if is_withheld(scheme, rule) {
        return None;
    }
    Some(table(scope, rule, &listed(scope, promising), lang))
}

/// Whether who is on the list follows from values that a role does not see.
fn is_withheld(scheme: &Scheme, rule: &Potential) -> bool {
    let mut conditions = std::iter::once(&rule.by).chain(&rule.when);
    conditions.any(|read| scheme.slots.withholds(&read.bound))
}

/// Those on the list who are shown.
fn listed(scope: &Scope<'_>, promising: &Promising) -> Vec<(u32, i64)> {
    let is_shown: foldhash::HashSet<u32> = scope.rows().iter().copied().collect();
    let rows = promising.rows.iter();
    let listed = rows.filter(|(row, _)| is_shown.contains(row));
    listed.copied().collect()
}

fn table(scope: &Scope<'_>, rule: &Potential, listed: &[(u32, i64)], lang: Lang) -> Table {
    let grading = scope.grading();
    let scheme = &grading.scheme;
    let may = scope.names();
    let is_named = may.name && grading.book.roster.names.iter().any(Option::is_some);
    let kind = match (&rule.by.bound.node, &rule.by.bound.ty.measure) {
        (Node::Slot(slot), _) if is_percent(scheme, *slot) => Kind::Share,
        (_, Measure::Money(_)) => Kind::Money,
        _ => Kind::Number,
    };
    let word = |word: Word| word.get(lang).to_owned();
    let mut columns = vec![];
    let mut add = |is_there: bool, key: &str, heading: String, kind| {
        if is_there {
            columns.push(Column::new(key, heading, kind));
        }
    };
    let owner = rule.owner.as_ref();
    add(may.id, "id", word(Word::Customer), Kind::Text);
    add(is_named, "name", word(Word::CustomerName), Kind::Text);
    add(true, "grade", word(Word::Grade), Kind::Text);
    add(true, "by", heading_of(scheme, &rule.by), kind);
    let has_next = has_next(scheme);
    add(has_next, "next", word(Word::Next), Kind::Text);
    add(owner.is_some(), "owner", word(Word::Owner), Kind::Text);
    let mut table = Table::new("potential", columns);
    let nearest = if has_next && !listed.is_empty() {
        Nearest::new(grading)
    } else {
        Nearest::none()
    };
    for (row, value) in listed.iter().copied().take(MOST) {
        let row = row as usize;
        let text = |text: Option<&str>| text.map_or(Cell::Missing, Cell::text);
        let mut cells = vec![];
        if may.id {
            cells.push(text(scope.id(row).map(|id| &**id)));
        }
        if is_named {
            cells.push(text(scope.name(row).map(|name| &**name)));
        }
        cells.push(text(grading.grade_name(row).map(|name| &**name)));
        cells.push(Cell::number(Decimal::from_millionths(value)));
        if has_next {
            cells.push(text(next(grading, &nearest, row, lang).as_deref()));
        }
        if let Some(owner) = owner {
            let owner = render(owner, &grading.facts, row, lang);
            cells.push(text(owner.as_deref()));
        }
        let grade = grading.decided[row].grade.map(|grade| grade as usize);
        table.rows.push(Row::new(cells).of_grade(grade));
    }
    table
}

/// What the list is, and whether it is whole.
fn notes(
    material: &Material<'_>,
    rule: &Potential,
    promising: &Promising,
    listed: usize,
) -> Vec<String> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let by = &rule.by.text;
    let top = &scheme.grades[0].name;
    let size = match rule.top {
        TopSize::Share(share) => {
            format!(
                "{}%",
                share.checked_mul(Decimal::HUNDRED).unwrap_or_default()
            )
        }
        TopSize::Count(count) => count.to_string(),
    };
    let (when_en, when_zh) = rule.when.as_ref().map_or_else(Default::default, |when| {
        let when = &when.text;
        (format!(" with `{when}`"), format!("、满足 `{when}`"))
    });
    let mut notes = vec![text!(
        "Customers below `{top}`{when_en}, the best {size} of them by `{by}`.",
        "等级低于 `{top}`{when_zh}的客户中，按 `{by}` 排在前 {size} 的。"
    )];
    if scheme.slots.estimates(&rule.by.bound) {
        notes.push(text!(
            "`{by}` is an estimate, and no fact.",
            "`{by}` 是估计，不是事实。"
        ));
    }
    if listed > MOST {
        notes.push(text!(
            "The first {MOST} of {listed} are listed.",
            "共 {listed} 位，只列前 {MOST} 位。"
        ));
    } else if material.scope.is_whole() {
        let of = promising.of;
        let customers = how_many(of, "customer");
        notes.push(text!(
            "{listed} of {customers}.",
            "{of} 位客户中的 {listed} 位。"
        ));
    }
    // Of those whom a role does not see nothing is said: they are not among these rows.
    let all = promising.rows.len();
    if listed < all {
        notes.push(text!(
            "Of the {all} on the list {listed} are among the customers shown here.",
            "名单共 {all} 位，其中 {listed} 位在所示客户中。"
        ));
    }
    notes.into_iter().map(|note| said(lang, note)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::column::MISSING;

    fn rule(top: TopSize) -> Potential {
        let (scheme, findings) = crate::scheme::validate(
            "[sheets.customers]\nkey = \"编号\"\nfields = [{ name = \"额\", type = \"number\" }]\n\
             [[grades]]\nname = \"A\"\nwhen = \"额 > 100\"\n[[grades]]\nname = \"B\"\n\
             [report.potential]\nby = \"额\"\n",
        );
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        Potential {
            top,
            ..scheme.report.potential.unwrap()
        }
    }

    fn rows(
        top: TopSize,
        grades: &[Option<u32>],
        holds: Option<&[Truth]>,
        values: &[i64],
    ) -> Vec<u32> {
        let found = Promising::new(&rule(top), grades.iter().copied(), holds, values);
        found.rows.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn the_best_below_the_top_grade_are_listed_and_those_equal_to_the_last() {
        let grades = [Some(0), Some(1), Some(2), Some(1), None, Some(1), Some(1)];
        let values = [900, 5, 70, 70, 800, MISSING, 6];
        let share = |per_cent| {
            TopSize::Share(
                Decimal::from_int(per_cent)
                    .unwrap()
                    .checked_div(Decimal::HUNDRED)
                    .unwrap(),
            )
        };
        // Candidates are 1, 2, 3 and 6: of 4 customers 20% is less than one, and both with 70 are the first.
        assert_eq!(rows(share(20), &grades, None, &values), [2, 3]);
        assert_eq!(rows(share(50), &grades, None, &values), [2, 3]);
        assert_eq!(rows(share(51), &grades, None, &values), [2, 3, 6]);
        assert_eq!(rows(TopSize::Count(1), &grades, None, &values), [2, 3]);
        assert_eq!(
            rows(TopSize::Count(100), &grades, None, &values),
            [2, 3, 6, 1]
        );
        let holds = [
            Truth::True,
            Truth::True,
            Truth::Unknown,
            Truth::False,
            Truth::True,
            Truth::True,
            Truth::True,
        ];
        assert_eq!(
            rows(TopSize::Count(100), &grades, Some(&holds), &values),
            [6, 1]
        );
    }

    #[test]
    fn of_some_customers_those_who_are_on_the_list_stay_in_order() {
        let all = Promising {
            rows: vec![(4, 9), (0, 7), (2, 1)],
            of: 12,
        };
        assert_eq!(all.of_rows(&[2, 3, 4]).rows, [(2, 9), (0, 1)]);
    }
}
