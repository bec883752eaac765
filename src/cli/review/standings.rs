//! Where customers stand by the newest run, and what people said of them before.

use crate::cli::Stop;
use regrade::decide::Override;
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Error, Ledger, RunNumber, RunRow, StoredOverride};
use regrade::review::{Current, Said, State};
use regrade::table::Date;
use regrade::text;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The customers that somebody asked for.
pub struct Standings {
    /// The newest run.
    pub run: RunNumber,
    rows: HashMap<Arc<str>, RunRow>,
    /// For each key that was merged into another one in that run the other.
    merged: BTreeMap<Arc<str>, Arc<str>>,
    overrides: Vec<StoredOverride>,
    /// By customer, in the order in which they were said.
    said: HashMap<Arc<str>, Vec<Said>>,
}

impl Standings {
    pub(super) fn read(
        ledger: &Ledger,
        as_of: Date,
        wanted: impl Fn(&RunRow) -> bool,
    ) -> Result<Self, Error> {
        let run = ledger.select("@latest")?;
        let mut rows = HashMap::new();
        ledger.each_run_row(run.number, |row| {
            if wanted(&row) {
                rows.insert(row.customer.clone(), row);
            }
        })?;
        let overrides = ledger.overrides()?;
        let mut said: HashMap<Arc<str>, Vec<Said>> = HashMap::new();
        let mut add = |set: &Override, state, from_sheet, is_fresh| {
            said.entry(set.customer.clone()).or_default().push(Said {
                set: set.clone(),
                state,
                from_sheet,
                is_fresh,
            });
        };
        for stored in &overrides {
            let set = &stored.set;
            let expired = set.until.is_some_and(|until| until < as_of);
            let state = if expired || stored.ended.is_some() {
                State::Ended
            } else {
                State::Live
            };
            let is_fresh = !run.overrides.contains(&set.id);
            add(set, state, stored.origin.is_some(), is_fresh);
        }
        for stored in ledger.corrections()? {
            // To agree with a run says nothing of the next.
            if stored.run == run.number || stored.state != State::Agreed {
                add(&stored.set, stored.state, true, true);
            }
        }
        Ok(Self {
            run: run.number,
            merged: ledger.run_merges(run.number)?,
            rows,
            overrides,
            said,
        })
    }

    /// Where a customer stands; `None` if the newest run does not have it.
    pub fn current(&self, customer: &str) -> Option<Current> {
        let row = self.rows.get(customer)?;
        let standing = &row.standing;
        Some(Current {
            rule_grade: standing.grade.level.clone(),
            grade: standing.effective_grade.clone(),
            rule_type: standing.kind.level.clone(),
            kind: standing.effective_kind.clone(),
            tags: row.tags.clone(),
            said: self.said.get(customer).cloned().unwrap_or_default(),
        })
    }

    /// What is still open of a customer: what counts, and what is disputed.
    pub fn open(&self, customer: &str) -> Vec<&Said> {
        let said = self.said.get(customer).into_iter().flatten();
        said.filter(|said| matches!(said.state, State::Live | State::Disputed))
            .collect()
    }

    /// An override as it stands in the ledger.
    pub fn stored(&self, id: i64) -> Option<&StoredOverride> {
        self.overrides.iter().find(|stored| stored.set.id == id)
    }

    /// The one customer with this key, else with this name.
    pub fn customer(&self, written: &str) -> Result<Arc<str>, Stop> {
        if let Some((key, _)) = self.rows.get_key_value(written) {
            return Ok(key.clone());
        }
        // One that was set before and has left since can still be cleared.
        if let Some((key, _)) = self.said.get_key_value(written) {
            return Ok(key.clone());
        }
        if let Some(kept) = self.merged.get(written) {
            let finding = Finding::error(
                Code::UnknownCustomerId,
                text!(
                    "`{written}` is merged into `{kept}`: it is no customer of its own any more",
                    "`{written}` 已并入 `{kept}`，不再是单独的客户"
                ),
            );
            return Err(Stop::usage(finding.help(text!(
                "decide about `{kept}`, or take the merge back with `regrade review unmerge`",
                "请针对 `{kept}` 操作，或用 `regrade review unmerge` 撤回合并"
            ))));
        }
        let named = self.rows.values();
        let mut keys: Vec<&Arc<str>> = named
            .filter(|row| row.name.as_deref() == Some(written))
            .map(|row| &row.customer)
            .collect();
        keys.sort_unstable();
        match keys[..] {
            [one] => Ok(one.clone()),
            [] => Err(Stop::usage(
                Finding::error(
                    Code::UnknownCustomerId,
                    text!(
                        "the newest run has no customer with the key or name `{written}`",
                        "最近批次中没有编号或名称为 `{written}` 的客户"
                    ),
                )
                .help(text!(
                    "give the key as the customers' sheet has it",
                    "请按客户表中的写法给出客户编号"
                )),
            )),
            _ => {
                let keys = regrade::diagnostic::listed(keys.iter().map(|key| &***key));
                let (en, zh) = (keys.en, keys.zh);
                let finding = Finding::error(
                    Code::Usage,
                    text!(
                        "more than one customer is called `{written}`",
                        "有多个客户叫 `{written}`"
                    ),
                );
                Err(Stop::usage(
                    finding.help(text!("give the key: {en}", "请给出客户编号：{zh}")),
                ))
            }
        }
    }
}
