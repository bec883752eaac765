//! `--where` and `--columns`: bound over all names of the scheme.

use super::{Exit, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::expr::{self, Bound, Node};
use regrade::grading::Grading;
use regrade::scheme::model::{self, Expression, OutputColumn, Sight};
use regrade::scheme::{AllNames, Scheme, parse_columns};
use regrade::text;

/// The condition of `--where`.
pub fn condition(scheme: &Scheme, written: &str) -> Result<Expression, Stop> {
    let mut populations = vec![];
    let stop = |findings| Stop::Findings {
        findings,
        source: Some(("--where".to_owned(), written.to_owned())),
        exit: Exit::Usage,
    };
    let bound = expr::condition(written, &AllNames::new(scheme), &mut populations).map_err(stop)?;
    if !populations.is_empty() {
        return Err(stop(vec![
            Finding::error(
                Code::PopulationMisuse,
                text!(
                    "`--where` cannot hold a figure of the population",
                    "`--where` 中不能直接用全体客户的统计函数"
                ),
            )
            .at(bound.span)
            .help(text!(
                "give it a name under [[values]]",
                "请先在 [[values]] 中给它取名"
            )),
        ]));
    }
    if scheme.slots.withholds(&bound) {
        let finding = not_for_role(scheme, &bound).at(bound.span.clone());
        return Err(stop(vec![finding]));
    }
    Ok(Expression {
        text: written.into(),
        bound,
    })
}

/// The rows for which `--where` holds. For whom that cannot be worked out is found.
pub fn rows_for(grading: &Grading, wanted: &Expression, findings: &mut Vec<Finding>) -> Vec<u32> {
    grading.rows_where(wanted, "--where", findings)
}

/// A column that the role does not see is asked for by name.
pub fn not_seen(name: &str) -> Stop {
    Stop::usage(not_for_role_named(name))
}

/// What is asked for reads a column that the role does not see: whose rows it finds would tell the value.
fn not_for_role(scheme: &Scheme, bound: &Bound) -> Finding {
    let slots = bound.slots();
    let mut closed = slots
        .iter()
        .map(|slot| &scheme.slots.entries[slot.0 as usize]);
    let name = closed.find(|entry| entry.sight != Sight::Open);
    let name = name.map(|entry| entry.name.clone()).unwrap_or_default();
    not_for_role_named(&name)
}

fn not_for_role_named(name: &str) -> Finding {
    Finding::error(
        Code::NotForRole,
        text!(
            "the role does not see `{name}` as it is",
            "该角色看不到 `{name}` 的原值"
        ),
    )
    .help(text!(
        "ask for something that the role sees, or leave `--role` out",
        "请改用该角色能看到的内容，或去掉 `--role`"
    ))
}

/// The items of `--columns`.
pub fn columns(scheme: &Scheme, written: &str) -> Result<Vec<OutputColumn>, Stop> {
    let stop = |findings| Stop::Findings {
        findings,
        source: Some(("--columns".to_owned(), written.to_owned())),
        exit: Exit::Usage,
    };
    let mut columns = parse_columns(written, &AllNames::new(scheme)).map_err(stop)?;
    scheme.mark_estimates(&mut columns);
    for column in &columns {
        let OutputColumn::Computed { show, .. } = column else {
            continue;
        };
        match show {
            model::Shown::Expression(expression) if !is_seen(scheme, expression) => {
                return Err(Stop::usage(not_for_role(scheme, &expression.bound)));
            }
            _ => {}
        }
    }
    Ok(columns)
}

/// Whether a role sees what a column shows: a masked column by itself, and what reads no column but those that it sees.
fn is_seen(scheme: &Scheme, expression: &Expression) -> bool {
    match expression.bound.node {
        Node::Slot(slot) => scheme.slots.sight(slot) != Sight::Hidden,
        _ => !scheme.slots.withholds(&expression.bound),
    }
}
