//! Forgetting a customer.

use super::history::unknown;
use crate::cli::{Exit, Global, Screen, Stop, ledger};
use regrade::text;

/// Arguments of `runs forget`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The customer's key.
    #[arg(value_name = "CUSTOMER")]
    who: String,
}

/// Forgets them.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let customer = args.who.as_str();
    let path = ledger::path(global);
    let trouble = |error| ledger::trouble(&path, &error);
    let mut ledger = ledger::open(global)?;
    let who = ledger::who(global);
    let forgotten = if global.dry_run {
        ledger.what_to_forget(customer, &who)
    } else {
        ledger.forget(customer, &who)
    }
    .map_err(trouble)?;
    if forgotten.is_unknown() {
        return Err(unknown(customer));
    }
    let (rows, runs, set) = (forgotten.rows, forgotten.runs, forgotten.set);
    if rows + runs + set == 0 {
        screen.say(&text!(
            "`{customer}` was forgotten before",
            "`{customer}` 此前已被遗忘"
        ));
    } else if global.dry_run {
        screen.say(&text!(
            "would forget `{customer}`: rows of sheets {rows}, rows of runs {runs}, set by people {set}",
            "将遗忘 `{customer}`：数据行 {rows}，批次行 {runs}，人工内容 {set}"
        ));
    } else {
        screen.say(&text!(
            "forgot `{customer}`: rows of sheets {rows}, rows of runs {runs}, set by people {set}",
            "已遗忘 `{customer}`：数据行 {rows}，批次行 {runs}，人工内容 {set}"
        ));
    }
    if forgotten.mentions > 0 {
        let mentions = forgotten.mentions;
        screen.say(&text!(
            "rows of others that have the key in a cell stay: {mentions}",
            "其他客户的数据中仍有 {mentions} 行含有该编号，予以保留"
        ));
    }
    if !global.dry_run {
        screen.say(&text!(
            "copies of the ledger and files made before still have the customer",
            "此前的台账备份和导出文件中仍有该客户"
        ));
    }
    Ok(Exit::Done)
}
