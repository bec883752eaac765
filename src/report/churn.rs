//! Who is lost and who is new.

use super::cells::said;
use super::groups::{Groups, Tally};
use super::material::Material;
use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::compare::Class;
use crate::text;

/// The section.
pub(super) fn section(material: &Material<'_>) -> Section {
    let lang = material.lang;
    let mut section = Section::new("churn", said(lang, text!("Churn and new", "流失与新增")));
    let rule = material.grading.scheme.report.churned.as_ref();
    section.notes.push(match rule {
        Some(rule) => {
            let rule = &rule.text;
            said(
                lang,
                text!(
                    "Lost: a customer of the run for whom `{rule}` holds ([report] churned). The share is of those for \
                     whom it is known; the others are counted apart.",
                    "流失：本批次中满足 `{rule}` 的客户（[report] churned）。占比的分母是能够判断的客户，不能判断的另行计数。"
                ),
            )
        }
        None => said(
            lang,
            text!(
                "The scheme does not say who is lost: `[report] churned = \"a condition\"` does, for example no order \
                 for so many days.",
                "方案没有写怎样算流失；可以写 `[report] churned = \"条件\"`，例如多少天没有下单。"
            ),
        ),
    });
    section.notes.push(said(
        lang,
        text!(
            "Absent: known from an earlier run, and in no sheet in force; absent customers are in no other count. New: \
             not there in the run before.",
            "缺席：以前的批次里有，而现行的表中没有，不计入其他任何数目。新增：上一批次里没有。"
        ),
    ));
    let overall = overall(material);
    if !overall.rows.is_empty() {
        section.blocks.push(Block::Table(overall));
    }
    if let Some(churned) = &material.judged.churned {
        let groups = Groups::main(material);
        let tallies = groups.tallies(material.scope.rows(), churned);
        section
            .blocks
            .push(Block::Table(by_group(material, &groups, &tallies)));
    }
    section
}

/// A line each: how many, and what share of whom.
fn overall(material: &Material<'_>) -> Table {
    let lang = material.lang;
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        column("what", text!("What", "项目"), Kind::Text),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        column("share", text!("Share", "占比"), Kind::Share),
        column("of", text!("Of", "分母"), Kind::Text),
    ];
    let mut table = Table::new("overall", columns);
    let mut line = |what, count: Option<usize>, of: Option<(usize, crate::diagnostic::Text)>| {
        let share = match (count, &of) {
            (Some(count), Some((of, _))) => Cell::share(count, *of),
            _ => Cell::Missing,
        };
        let of = of.map_or(Cell::Missing, |(_, of)| Cell::text(&said(lang, of)));
        let count = count.map_or(Cell::Missing, Cell::count);
        let what = Cell::text(&said(lang, what));
        table.rows.push(Row::new(vec![what, count, share, of]));
    };
    let rows = material.scope.rows();
    if let Some(churned) = &material.judged.churned {
        let mut tally = Tally::default();
        for row in rows {
            tally.add(churned[*row as usize]);
        }
        let known = tally.yes + tally.no;
        let of = text!("customers for whom it is known", "能够判断的客户");
        line(text!("lost", "流失"), Some(tally.yes), Some((known, of)));
        let of = text!("customers", "客户");
        line(
            text!("unknown whether lost", "不能判断是否流失"),
            Some(tally.unknown),
            Some((rows.len(), of)),
        );
    }
    if material.scope.is_whole() {
        let absent = material.grading.absent.len();
        line(text!("absent", "缺席"), Some(absent), None);
    }
    if let Some(before) = &material.before {
        let comparison = &before.comparison;
        let old = comparison.old;
        let name = &before.name;
        if material.scope.is_whole() {
            line(
                text!("absent since {name}", "其中 {name} 以后缺席"),
                Some(comparison.count(Class::Absent)),
                Some((old, text!("customers on {name}", "{name} 的客户"))),
            );
        }
        // Of a new customer whose row is refused it is known that there is one.
        let now = if comparison.new > rows.len() {
            text!("customers, refused rows included", "客户（含数据待修正）")
        } else {
            text!("customers", "客户")
        };
        line(
            text!("new since {name}", "{name} 以后新增"),
            Some(comparison.came()),
            Some((comparison.new, now)),
        );
    }
    table
}

fn by_group(material: &Material<'_>, groups: &Groups, tallies: &[Tally]) -> Table {
    let lang = material.lang;
    let figures = |tally: &Tally| {
        vec![
            Cell::count(tally.yes + tally.no + tally.unknown),
            Cell::count(tally.yes),
            Cell::share(tally.yes, tally.yes + tally.no),
            Cell::count(tally.unknown),
        ]
    };
    let all = tallies.iter().fold(Tally::default(), Tally::plus);
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        column("lost", text!("Lost", "流失"), Kind::Count),
        column("share", text!("Share", "占比"), Kind::Share),
        column("unknown", text!("Unknown", "未知"), Kind::Count),
    ];
    let mut table = Table::new(groups.key.clone(), columns).titled(&*groups.heading);
    let cells = |group: usize| figures(&tallies[group]);
    table.rows = groups.rows(lang, cells, figures(&all));
    table
}
