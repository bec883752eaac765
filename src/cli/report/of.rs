//! What a report is of: a run, a span of runs, or files.

use super::super::as_of::as_of;
use super::super::{Global, Stop, ledger};
use regrade::diagnostic::{Code, Finding};
use regrade::table::Period;
use regrade::text;
use std::path::Path;

/// What a report is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Of {
    /// A run by its name.
    Run(String),
    /// The run that closes a period, and those in it.
    Span(Period),
    /// Files.
    Files,
}

impl Of {
    /// As the arguments say it: something that is there as a file is a file.
    pub fn parse(what: &[String], global: &Global) -> Result<Self, Stop> {
        let [one] = what else {
            if what.is_empty() {
                return Self::newest(global);
            }
            if let Some(run) = what.iter().find(|one| is_run(one)) {
                return Err(two_things(run));
            }
            return Ok(Self::Files);
        };
        let of = if Path::new(one).exists() {
            Self::Files
        } else if let Some(period) = Period::parse(one) {
            Self::Span(period)
        } else if is_run(one) {
            Self::Run(one.clone())
        } else {
            Self::Files
        };
        if of != Self::Files && global.as_of.is_some() {
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "`--as-of` and `{one}` both say which run is meant",
                    "`--as-of` 和 `{one}` 都指定了批次"
                ),
            );
            return Err(Stop::usage(
                finding.help(text!("leave one of them out", "请去掉其中一个")),
            ));
        }
        Ok(of)
    }

    /// Without an argument: the newest run, or that of `--as-of`.
    fn newest(global: &Global) -> Result<Self, Stop> {
        let path = ledger::path(global);
        if global.ledger.is_none() && !path.exists() {
            let path = path.display();
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "nothing to report on: no file is named, and there is no ledger `{path}`",
                    "没有可报告的内容：没有给出文件，也没有台账 `{path}`"
                ),
            );
            return Err(Stop::usage(finding.help(text!(
                "name the files, as for `regrade grade`, or a ledger with `--ledger`",
                "请像 `regrade grade` 那样给出文件，或用 `--ledger` 指定台账"
            ))));
        }
        Ok(Self::Run(match &global.as_of {
            Some(_) => format!("@{}", as_of(global)?),
            None => "@latest".to_owned(),
        }))
    }
}

/// Whether this can only be a run or a span, and no file.
fn is_run(written: &str) -> bool {
    let is_id = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_file = Path::new(written).exists();
    !is_file && (written.starts_with('@') || is_id || Period::parse(written).is_some())
}

fn two_things(run: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!(
            "`{run}` is a run, and there are other arguments beside it",
            "`{run}` 是批次，而旁边还有别的参数"
        ),
    );
    Stop::usage(finding.help(text!(
        "name one run or span, or files only",
        "请只写一个批次或期间，或者只写文件"
    )))
}
