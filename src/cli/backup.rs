//! `regrade backup`: copy the ledger while it is in use, keep the newest copies, restore one.

use super::files::{unwritable, unwritable_as};
use super::output::place;
use super::{Exit, Global, Screen, Stop, ledger};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Error, Ledger};
use regrade::text;
use std::io;
use std::path::{Path, PathBuf};

/// Arguments of `backup`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The copy, or a folder for copies with a date in their name; without it the folder of the ledger.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Keep so many dated copies in the folder, and remove the oldest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "path")]
    keep: Option<u32>,
    /// Make this copy the ledger; the one that is there goes aside.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "keep"])]
    restore: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    match &args.restore {
        Some(copy) => restore(copy, global, screen),
        None => backup(args, global, screen),
    }
}

fn backup(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let path = ledger::path(global);
    let trouble = |error| ledger::trouble(&path, &error);
    let ledger = ledger::open(global)?;
    let to = target(args, global, &path)?;
    let shown = to.display();
    if global.dry_run {
        screen.say(&text!(
            "would copy the ledger to {shown}",
            "将把台账复制到 {shown}"
        ));
        return Ok(Exit::Done);
    }
    ledger.backup(&to).map_err(|error| match error {
        // What is wrong with the place of the copy is not the ledger's fault.
        Error::NoAccess(why) => unwritable_as(&to, &why),
        Error::Other(why) => unwritable_as(&to, &text!("{why}", "{why}")),
        other => trouble(other),
    })?;
    screen.say(&text!(
        "copied the ledger to {shown}",
        "已把台账复制到 {shown}"
    ));
    if let Some(keep) = args.keep {
        for old in outdated(&to, &path, keep as usize) {
            let shown = old.display();
            std::fs::remove_file(&old).map_err(|error| unwritable(&old, &error))?;
            screen.say(&text!("removed {shown}", "已删除 {shown}"));
        }
    }
    Ok(Exit::Done)
}

/// Where the copy goes: the path that is given, or a name with the moment in the folder that is.
fn target(args: &Args, global: &Global, ledger: &Path) -> Result<PathBuf, Stop> {
    let to = match &args.path {
        Some(file) if args.keep.is_none() && !names_folder(file) => file.clone(),
        folder => {
            let beside = ledger.parent().unwrap_or(Path::new(""));
            let folder = folder.as_deref().unwrap_or(beside);
            if args.keep.is_some() && !folder.is_dir() {
                let shown = folder.display();
                let finding = Finding::error(
                    Code::Usage,
                    text!("`{shown}` is no folder", "`{shown}` 不是文件夹"),
                );
                return Err(Stop::usage(finding.help(text!(
                    "`--keep` needs a folder of copies that exists",
                    "`--keep` 需要一个已存在的备份文件夹"
                ))));
            }
            folder.join(format!("{}{}.db", prefix(ledger), moment(global)))
        }
    };
    let shown = to.display();
    let refused = if place(&to) == place(ledger) {
        text!("`{shown}` is the ledger itself", "`{shown}` 就是台账本身")
    } else if to.exists() && !Ledger::is_one(&to) {
        text!(
            "`{shown}` is no copy of a ledger: it would be written over",
            "`{shown}` 不是台账备份，会被覆盖"
        )
    } else {
        let folder = folder_of(&to);
        if !folder.is_dir() {
            return Err(unwritable(&to, &io::ErrorKind::NotFound.into()));
        }
        return Ok(to);
    };
    let finding = Finding::error(Code::Usage, refused);
    Err(Stop::usage(finding.help(text!(
        "copy to another file, or to a folder",
        "请复制到另一个文件或文件夹"
    ))))
}

/// Whether a path means a folder: it is one, or it ends as only folders do.
fn names_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(['/', '\\'])
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// `regrade-` for `regrade.db`: copies of several ledgers can share a folder.
fn prefix(ledger: &Path) -> String {
    let stem = ledger.file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem}-")
}

/// The moment in a file's name: no colons, which Windows does not allow, and in the order of time.
fn moment(global: &Global) -> String {
    ledger::who(global).at.replace(':', "")
}

/// Where the present ledger goes: a name that nothing has yet, or two restores in one second would lose it.
fn free_name(ledger: &Path, moment: &str) -> PathBuf {
    let named = |ending: &str| {
        let mut name = ledger.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{moment}{ending}.bak"));
        ledger.with_file_name(name)
    };
    let mut aside = named("");
    let mut number = 2;
    while aside.exists() {
        aside = named(&format!("-{number}"));
        number += 1;
    }
    aside
}

/// The copies beside `newest` that are more than `keep`, the oldest first. Only names that this command makes are copies.
fn outdated(newest: &Path, ledger: &Path, keep: usize) -> Vec<PathBuf> {
    let prefix = prefix(ledger);
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let moment = name.and_then(|name| name.strip_prefix(&*prefix)?.strip_suffix(".db"));
        moment.is_some_and(is_moment)
    };
    let mut copies: Vec<PathBuf> = std::fs::read_dir(folder_of(newest))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_copy)
        .collect();
    copies.sort();
    copies.truncate(copies.len().saturating_sub(keep));
    copies
}

/// `2024-03-31T080000Z`.
fn is_moment(text: &str) -> bool {
    text.len() == 18
        && text
            .chars()
            .zip("0000-00-00T000000Z".chars())
            .all(|(found, shape)| match shape {
                '0' => found.is_ascii_digit(),
                other => found == other,
            })
}

fn restore(copy: &Path, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let path = ledger::path(global);
    let shown = copy.display();
    if global.dry_run {
        screen.say(&text!(
            "would make {shown} the ledger {}",
            "将用 {shown} 恢复台账 {}",
            path.display()
        ));
        return Ok(Exit::Done);
    }
    let aside = free_name(&path, &moment(global));
    let who = ledger::who(global);
    let wait = ledger::wait(global);
    let restored = Ledger::restore(&path, copy, &aside, wait, &who).map_err(|failed| {
        if !failed.is_of_copy {
            return ledger::trouble(&path, &failed.error);
        }
        let finding = failed.error.finding(&copy.display().to_string());
        Stop::Findings {
            findings: vec![finding.help(text!(
                "name a copy that `regrade backup` made; nothing was changed",
                "请给出 `regrade backup` 生成的备份；没有改动任何内容"
            ))],
            source: None,
            exit: Exit::Trouble,
        }
    })?;
    let ledger = path.display();
    screen.say(&text!(
        "restored the ledger {ledger} from {shown}",
        "已用 {shown} 恢复台账 {ledger}"
    ));
    if let Some(aside) = restored.aside {
        let aside = aside.display();
        screen.say(&text!(
            "the ledger that was there is now {aside}",
            "原来的台账现为 {aside}"
        ));
    }
    Ok(Exit::Done)
}
