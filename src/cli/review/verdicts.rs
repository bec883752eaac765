//! What people say of pairs that may be one customer: read back from sheets, or said by hand with `review merge`, `apart`
//! and `unmerge`.

use super::back::exit;
use super::desk::Desk;
use super::room::{About, Room};
use crate::cli::duplicates::{Searched, contradiction};
use crate::cli::{Exit, Global, Screen, Stop, ledger};
use clap::Args;
use regrade::clean::text::shorten;
use regrade::diagnostic::{Code, Finding};
use regrade::duplicates::groups::{Held, Keys, Said, Verdict, groups, keys, standings};
use regrade::ledger::{NewVerdict, StoredVerdict};
use regrade::read::Table;
use regrade::review::{ReadVerdict, barred, is_barred, verdicts};
use regrade::scheme::Scheme;
use regrade::table::Place;
use regrade::text;
use std::sync::Arc;

/// Arguments of `review merge`, `apart` and `unmerge`.
#[derive(Args, Debug)]
pub struct Two {
    /// The key of one.
    #[arg(value_name = "CUSTOMER")]
    one: String,
    /// The key of the other.
    #[arg(value_name = "CUSTOMER")]
    other: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// A verdict that somebody wants kept.
struct Wanted {
    new: NewVerdict,
    /// The cell that it was read from.
    place: Option<Place>,
}

/// Reads verdicts back.
pub fn back(tables: &[Table], global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let mut room = Room::open(global)?;
    let by: Option<Arc<str>> = ledger::named_by(global).map(Into::into);
    let (about, desk) = room.desk()?;
    let desk = desk.allow("", "reading verdicts back")?;
    let scheme = &about.rules.scheme;
    let mut findings = vec![];
    let read: Vec<ReadVerdict> = tables
        .iter()
        .flat_map(|table| verdicts(scheme, table, by.as_ref(), &mut findings))
        .collect();
    let mut wanted = vec![];
    for read in read {
        let (one, other) = &read.said.pair;
        if one == other {
            findings.push(one_key(one).place(read.place));
            continue;
        }
        wanted.push(Wanted {
            new: NewVerdict {
                said: read.said,
                reason: read.reason,
                points: read.points,
                origin: Some(read.place.to_string()),
            },
            place: Some(read.place),
        });
    }
    settle(about, desk, wanted, findings, screen)
}

/// `review merge` and `review apart`.
pub fn say(two: &Two, verdict: Verdict, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let mut room = Room::open(global)?;
    let reason = super::by_hand::reason(&two.reason)?;
    let pair = pair_of(two)?;
    let (about, desk) = room.desk()?;
    let desk = desk.allow(&two.one, "deciding about duplicates")?;
    let said = Said {
        pair,
        verdict,
        by: about.who.by.as_str().into(),
    };
    let new = NewVerdict {
        said,
        reason: Some(reason),
        points: None,
        origin: None,
    };
    settle(
        about,
        desk,
        vec![Wanted { new, place: None }],
        vec![],
        screen,
    )
}

/// `review unmerge`.
pub fn unmerge(two: &Two, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let mut room = Room::open(global)?;
    let reason = super::by_hand::reason(&two.reason)?;
    let pair = pair_of(two)?;
    let (_, desk) = room.desk()?;
    let desk = desk.allow(&two.one, "taking back a merge")?;
    let count = desk.take_back(&pair, &reason)?;
    let (one, two) = &pair;
    if count == 0 {
        return Err(Stop::usage(
            Finding::error(
                Code::Usage,
                text!(
                    "nobody has said anything of `{one}` and `{two}`",
                    "没有人对 `{one}` 与 `{two}` 作过判断"
                ),
            )
            .help(text!(
                "name the two as they were decided; of a group each pair is its own",
                "请按判断时的两个编号填写；一组客户中每一对各自判断"
            )),
        ));
    }
    desk.commit()?;
    screen.say(&text!(
        "`{one}` and `{two}`: verdicts taken back: {count}",
        "`{one}` 与 `{two}`：撤回判断 {count} 项"
    ));
    Ok(Exit::Done)
}

fn pair_of(two: &Two) -> Result<Keys, Stop> {
    let (one, other): (Arc<str>, Arc<str>) = (two.one.trim().into(), two.other.trim().into());
    if one == other || one.is_empty() || other.is_empty() {
        let finding = Finding::error(
            Code::Usage,
            text!("two different keys are needed", "需要两个不同的客户编号"),
        );
        return Err(Stop::usage(finding));
    }
    Ok(keys(&one, &other))
}

/// Keeps what is new, and says what follows from all that was said.
fn settle(
    about: &About,
    desk: Desk<'_>,
    wanted: Vec<Wanted>,
    mut findings: Vec<Finding>,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let scheme = &about.rules.scheme;
    let customers = Searched::of_ledger(desk.ledger(), scheme, about.as_of)?;
    let mut said = desk.said_of_duplicates()?;
    let ruled_out = ruled_out(scheme, customers.as_ref(), &wanted);
    let before = desk.ledger().verdicts();
    let before = before.map_err(|error| ledger::trouble(desk.ledger().path(), &error))?;
    let (mut kept, mut known) = (0, 0);
    let mut touched: Vec<Keys> = vec![];
    for Wanted { new, place } in wanted {
        let Said { pair, verdict, by } = &new.said;
        let stranger = [&pair.0, &pair.1].into_iter().find(|key| {
            let customers = customers.as_ref();
            customers.is_some_and(|customers| !customers.has(key))
        });
        let refusal = if let Some(role) = barred(scheme, by) {
            desk.refuse(pair, *verdict, by)?;
            Some(is_barred(by, role))
        } else if let Some(key) = stranger {
            Some(unknown(key))
        } else if *verdict == Verdict::Merge && ruled_out.contains(pair) {
            Some(branch(pair))
        } else {
            None
        };
        if let Some(finding) = refusal {
            findings.push(match place {
                Some(place) => finding.place(place),
                None => finding,
            });
            continue;
        }
        touched.push(pair.clone());
        let mut earlier = said.iter().rev();
        let of_author = earlier.find(|other| other.pair == *pair && other.by == *by);
        if of_author.is_some_and(|other| other.verdict == *verdict) {
            known += 1;
            continue;
        }
        if before.iter().any(|stored| is_taken_back(stored, &new)) {
            findings.push(stays_taken_back(&new));
            known += 1;
            continue;
        }
        desk.say_of_duplicates(&new)?;
        said.push(new.said);
        kept += 1;
    }
    let standings = standings(&said);
    touched.sort_unstable();
    touched.dedup();
    let disputed: Vec<&Keys> = touched
        .iter()
        .filter(|pair| standings.get(*pair) == Some(&Held::Disputed))
        .collect();
    findings.extend(disputed.iter().map(|pair| disagreement(pair, &said)));
    let groups = groups(&standings);
    findings.extend(groups.contradictions.iter().map(contradiction));
    screen.run_findings(&findings);
    desk.commit()?;
    let merged = groups.kept.len();
    let disputed = disputed.len();
    let (en, zh) = if about.dry_run {
        ("would be ", "（试运行，未写入）")
    } else {
        ("", "")
    };
    screen.say(&text!(
        "verdicts {en}kept: {kept} · known already: {known} · disputed: {disputed} · customers merged into another: \
         {merged}",
        "记下判断 {kept} 项 · 已有 {known} 项 · 意见不一 {disputed} 项 · 现并入其他客户的共 {merged} 个{zh}"
    ));
    Ok(exit(&findings))
}

/// Whether a verdict is this very statement of a sheet, read once more after it was taken back.
fn is_taken_back(stored: &StoredVerdict, new: &NewVerdict) -> bool {
    let known = &stored.verdict;
    stored.is_taken_back
        && known.origin.is_some()
        && new.origin.is_some()
        && (&known.said, &known.reason, known.points) == (&new.said, &new.reason, new.points)
}

fn stays_taken_back(one: &NewVerdict) -> Finding {
    let (first, second) = &one.said.pair;
    let place = one.origin.as_deref().unwrap_or_default();
    Finding::note(
        Code::ChangesNothing,
        text!(
            "the verdict on `{first}` and `{second}` was read before and has been taken back since: it stays so",
            "对 `{first}` 与 `{second}` 的判断已读取过，之后已撤回，不再采用"
        ),
    )
    .with_note(text!("it stands at {place}", "见 {place}"))
    .help(text!(
        "to say it again, write another comment, or use `regrade review merge` or `regrade review apart`",
        "若要重新采用，请改写复核意见，或用 `regrade review merge`、`regrade review apart`"
    ))
}

fn ruled_out(
    scheme: &Scheme,
    customers: Option<&Searched>,
    wanted: &[Wanted],
) -> std::collections::BTreeSet<Keys> {
    let said = wanted.iter().map(|one| &one.new.said);
    let merges = said.filter(|said| said.verdict == Verdict::Merge);
    let pairs: Vec<Keys> = merges.map(|said| said.pair.clone()).collect();
    customers
        .and_then(|customers| customers.looked(scheme))
        .map(|looked| looked.ruled_out(&pairs))
        .unwrap_or_default()
}

/// Both keys of a row are one.
fn one_key(key: &str) -> Finding {
    let key = shorten(key);
    Finding::error(
        Code::BadValue,
        text!(
            "both keys of the row are `{key}`: the verdict does not count",
            "该行的两个客户编号都是 `{key}`，该判断不予采用"
        ),
    )
    .help(text!(
        "two different keys are needed",
        "需要两个不同的客户编号"
    ))
}

fn unknown(key: &str) -> Finding {
    Finding::error(
        Code::UnknownCustomerId,
        text!(
            "the ledger has no customer with the key `{key}` in force: the verdict does not count",
            "台账现有客户中没有编号 `{key}`，该判断不予采用"
        ),
    )
    .help(text!(
        "give the key as the customers' sheet has it",
        "请按客户表中的写法给出客户编号"
    ))
}

fn branch((one, two): &Keys) -> Finding {
    Finding::error(
        Code::Branch,
        text!(
            "`{one}` and `{two}` are not merged: the name of one says that it is a branch, and the other is not it",
            "`{one}` 与 `{two}` 不合并：其中一方的名称写明是分支机构，另一方不是它"
        ),
    )
    .help(text!(
        "if a name is wrong, mend it in the customers' sheet and import that first",
        "若名称有误，请先在客户表中改正并重新导入"
    ))
}

/// Two people disagree.
fn disagreement(pair: &Keys, said: &[Said]) -> Finding {
    let (one, two) = pair;
    let last = |verdict: Verdict| {
        let mut of = said.iter().rev().filter(|other| other.pair == *pair);
        of.find(|other| other.verdict == verdict)
            .map_or("", |other| &*other.by)
    };
    let (merges, keeps) = (last(Verdict::Merge), last(Verdict::Keep));
    Finding::error(
        Code::Disagreement,
        text!(
            "`{merges}` merges `{one}` and `{two}`, `{keeps}` keeps them apart: neither counts",
            "`{merges}` 认为 `{one}` 与 `{two}` 应合并，`{keeps}` 认为不合并：都不采用"
        ),
    )
    .help(text!(
        "agree, and read the sheet of the one who has changed their mind again",
        "请商定一致，由改变意见的一方重新填写并读回"
    ))
}
