//! Which run an argument names: as the ledger knows it, or by the workbook that it wrote.

use super::inputs;
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Error, Ledger, Run};
use regrade::present::workbook;
use regrade::read;
use regrade::text;
use std::path::Path;

/// The run that `written` names: `@latest`, `@previous`, `@2024-03`, an id or its beginning, or a graded workbook.
pub fn run_named(ledger: &Ledger, written: &str) -> Result<Run, Error> {
    if written.starts_with('@') || !Path::new(written).is_file() {
        return ledger.select(written);
    }
    let Some(id) = read::properties(&inputs::input(written), None).get(workbook::RUN) else {
        return Err(unknown(
            Finding::error(
                Code::UnknownRun,
                text!(
                    "`{written}` does not say of which run it is",
                    "`{written}` 中没有记录它属于哪个批次"
                ),
            )
            .help(text!(
                "only a workbook that `regrade grade` wrote from a ledger says so, as long as nobody saved it with \
                 another program; name the run by its id or its date, such as `@2024-03`",
                "只有 `regrade grade` 由台账写出、且未经其他程序另存的工作簿才有记录；请用编号或日期（如 `@2024-03`）指定批次"
            )),
        ));
    };
    ledger.run(&id)?.ok_or_else(|| {
        let short = id.get(..8).unwrap_or(&id);
        let title = text!(
            "`{written}` is of the run `{short}`, which the ledger does not have",
            "`{written}` 属于批次 `{short}`，台账中没有该批次"
        );
        unknown(Finding::error(Code::UnknownRun, title).help(text!(
            "name the ledger that it was graded from with `--ledger`",
            "请用 `--ledger` 指定评级时所用的台账"
        )))
    })
}

fn unknown(finding: Finding) -> Error {
    Error::Run(Box::new(finding))
}
