//! Customers who may be one: who they are by files or by the ledger, and what is to be said of them.

use super::Stop;
use super::ledger as trouble;
use regrade::book::{CustomerRows, Inputs, Roster, SheetKind, customers_on};
use regrade::diagnostic::{Code, Finding, listed};
use regrade::duplicates::groups::{Contradiction, Groups, Held, Keys, groups, standings};
use regrade::duplicates::suspects::{Looked, Suspect};
use regrade::ledger::{Error, Ledger};
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use regrade::words::how_many;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The customers, with what people have decided about pairs of them.
pub struct Searched {
    roster: Roster,
    rows: CustomerRows,
    /// What holds of pairs.
    pub standings: BTreeMap<Keys, Held>,
    /// Who is whom.
    pub groups: Groups,
}

impl Searched {
    /// Those whom the ledger has in force on a date.
    pub fn of_ledger(ledger: &Ledger, scheme: &Scheme, as_of: Date) -> Result<Option<Self>, Stop> {
        let read = || -> Result<Inputs, Error> {
            let mut inputs = Inputs::empty(scheme);
            for import in ledger.imports()? {
                let kind = SheetKind::of(scheme, &import.sheet);
                let wanted = matches!(kind, Some(SheetKind::Customers | SheetKind::Crosswalk(_)));
                if wanted && import.filing.in_force(as_of).is_some() {
                    let table = ledger.load_table(import.id)?;
                    inputs.put(scheme, &import.sheet, table, Some(import.filing));
                }
            }
            Ok(inputs)
        };
        let said = || Ok(standings(&ledger.said_of_duplicates()?));
        let stop = |error: Error| trouble::trouble(ledger.path(), &error);
        let standings: BTreeMap<Keys, Held> = said().map_err(stop)?;
        Ok(Self::of(scheme, read().map_err(stop)?, standings, as_of))
    }

    /// Those of tables that no ledger knows.
    pub fn of_tables(scheme: &Scheme, tables: Vec<(Arc<str>, Table)>, as_of: Date) -> Option<Self> {
        let mut inputs = Inputs::empty(scheme);
        for (sheet, table) in tables {
            let kind = SheetKind::of(scheme, &sheet);
            if matches!(kind, Some(SheetKind::Customers | SheetKind::Crosswalk(_))) {
                inputs.put(scheme, &sheet, table, None);
            }
        }
        Self::of(scheme, inputs, BTreeMap::new(), as_of)
    }

    fn of(
        scheme: &Scheme,
        mut inputs: Inputs,
        standings: BTreeMap<Keys, Held>,
        as_of: Date,
    ) -> Option<Self> {
        let groups = groups(&standings);
        inputs.merged.clone_from(&groups.kept);
        // What there is to say of rows is said where they are imported, checked and graded.
        let (roster, rows, _) = customers_on(scheme, inputs, as_of)?;
        Some(Self {
            roster,
            rows,
            standings,
            groups,
        })
    }

    /// The customers as they are searched; `None` if the scheme does not say how.
    pub fn looked<'a>(&'a self, scheme: &'a Scheme) -> Option<Looked<'a>> {
        looked(scheme, &self.roster, &self.rows, &self.standings)
    }

    /// Whether there is, or was until it was merged, a customer with this key.
    pub fn has(&self, key: &Arc<str>) -> bool {
        self.roster.by_id().contains_key(key) || self.groups.kept.contains_key(key)
    }
}

/// Customers as they are searched; `None` if the scheme does not say how.
pub fn looked<'a>(
    scheme: &'a Scheme,
    roster: &'a Roster,
    rows: &'a CustomerRows,
    standings: &'a BTreeMap<Keys, Held>,
) -> Option<Looked<'a>> {
    Some(Looked {
        sheet: scheme.customers.as_ref()?,
        rule: scheme.duplicates.as_ref()?,
        ids: &roster.ids,
        columns: &rows.columns,
        standings,
    })
}

/// What is to be said of the customers whom the ledger has in force: pairs that nobody has decided on, and decisions
/// that contradict each other. Nothing where the scheme does not say how customers are told apart.
pub fn told(ledger: &Ledger, scheme: &Scheme, as_of: Date) -> Result<Vec<Finding>, Stop> {
    if scheme.duplicates.is_none() {
        return Ok(vec![]);
    }
    let customers = Searched::of_ledger(ledger, scheme, as_of)?;
    let Some(customers) = customers else {
        return Ok(vec![]);
    };
    let suspects = customers.looked(scheme).map(|looked| looked.suspects());
    let mut findings: Vec<Finding> = suspected(&suspects.unwrap_or_default())
        .into_iter()
        .collect();
    findings.extend(customers.groups.contradictions.iter().map(contradiction));
    Ok(findings)
}

/// That there are pairs of which nobody has said anything.
pub fn suspected(suspects: &[Suspect]) -> Option<Finding> {
    let open: Vec<&Suspect> = suspects
        .iter()
        .filter(|suspect| suspect.standing.is_none())
        .collect();
    let first = open.first()?;
    let (count, strict) = (
        open.len(),
        open.iter().filter(|suspect| suspect.is_strict).count(),
    );
    let (one, two) = &first.keys;
    let (why, points) = (&first.evidence, first.points);
    let (why_en, why_zh) = (&why.en, &why.zh);
    let pairs = how_many(count, "pair");
    Some(
        Finding::warning(
            Code::SuspectedDuplicates,
            text!(
                "{pairs} of customers may be one and the same, {strict} all but certain",
                "疑似重复的客户 {count} 对，其中很有把握的 {strict} 对"
            ),
        )
        .with_note(text!(
            "the first: `{one}` and `{two}`, {points} points ({why_en})",
            "首对：`{one}` 与 `{two}`，{points} 分（{why_zh}）"
        ))
        .help(text!(
            "write them down with `regrade review duplicates -o duplicates.xlsx`, say what they are, and read it back \
             with `regrade review duplicates.xlsx`",
            "用 `regrade review duplicates -o 疑似重复.xlsx` 列出，填好判断后用 `regrade review 疑似重复.xlsx` 读回"
        )),
    )
}

/// That people contradict each other about a group.
pub fn contradiction(found: &Contradiction) -> Finding {
    let (one, two) = &found.pair;
    let way = listed(found.way.iter().map(|key| &**key));
    let (en, zh) = (way.en, way.zh);
    Finding::warning(
        Code::Contradiction,
        text!(
            "`{one}` and `{two}` are not one for certain, and are one by way of others: none of the group is merged",
            "`{one}` 与 `{two}` 未定为同一客户，却经由其他客户连成一组：整组都不合并"
        ),
    )
    .with_note(text!("said to be one: {en}", "依次判为合并：{zh}"))
    .help(text!(
        "take back what is wrong: `regrade review unmerge A B --reason …`",
        "请撤回有误的判断：`regrade review unmerge 甲 乙 --reason …`"
    ))
}
