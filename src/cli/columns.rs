//! `--where` and `--columns`: bound over all names of the scheme.

use super::{Exit, Stop};
use regrade::diagnostic::{Code, Finding};
use regrade::expr;
use regrade::scheme::model::{Expression, OutputColumn};
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
    Ok(Expression {
        text: written.into(),
        bound,
    })
}

/// The items of `--columns`.
pub fn columns(scheme: &Scheme, written: &str) -> Result<Vec<OutputColumn>, Stop> {
    parse_columns(written, &AllNames::new(scheme)).map_err(|findings| Stop::Findings {
        findings,
        source: Some(("--columns".to_owned(), written.to_owned())),
        exit: Exit::Usage,
    })
}
