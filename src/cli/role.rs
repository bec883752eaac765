//! `--role NAME`: who the outputs of a command are for. The role is the scheme's, or a preset; whatever the command
//! writes of customers it takes from the grading that [`Viewer::see`] gives.

use super::output::{keep_inputs, named};
use super::{Exit, Global, Stop, rules};
use regrade::diagnostic::{Code, Finding, Text, system};
use regrade::roles::{self, Secret, Viewer};
use regrade::scheme::Scheme;
use regrade::scheme::model::Role;
use regrade::text;
use std::path::Path;

/// Who the outputs are for; `None`: somebody who may see everything.
pub fn viewer(global: &Global, scheme: &Scheme) -> Result<Option<Viewer>, Stop> {
    let Some(name) = &global.role else {
        return Ok(None);
    };
    let role = roles::find(scheme, name).map_err(Stop::usage)?;
    let secret = if Viewer::needs_secret(scheme, &role) {
        Some(secret(global, &role)?)
    } else {
        None
    };
    Ok(Some(Viewer::new(scheme, role, secret)))
}

/// Who the outputs of a recorded run are for. The role is that of the run's own scheme; if the scheme of now has made it
/// stricter since, the run is not shown rather than shown as it was then.
pub fn viewer_of_run(global: &Global, scheme: &Scheme) -> Result<Option<Viewer>, Stop> {
    let Some(viewer) = viewer(global, scheme)? else {
        return Ok(None);
    };
    if !rules::path(global).exists() {
        return Ok(Some(viewer));
    }
    let now = self::viewer(global, &rules::load(global)?.scheme)?;
    match now.and_then(|now| viewer.is_laxer_than(&now)) {
        None => Ok(Some(viewer)),
        Some(column) => {
            let role = viewer.name();
            let finding = Finding::error(
                Code::NotForRole,
                text!(
                    "the role `{role}` sees `{column}` otherwise now than in the scheme of the run",
                    "角色 `{role}` 对 `{column}` 的权限与该批次的方案不同"
                ),
            );
            Err(Stop::usage(finding.help(text!(
                "grade again by the scheme of now; or name the scheme of the run with `--rules`",
                "请按现行方案重新评级；或用 `--rules` 指定该批次的方案"
            ))))
        }
    }
}

/// A graded file is what somebody was given already: nobody can say which of its columns a role may see.
pub fn only_runs() -> Stop {
    let finding = Finding::error(
        Code::NotForRole,
        text!(
            "a graded file cannot be compared for a role",
            "不能为角色对比评级文件"
        ),
    );
    Stop::usage(finding.help(text!(
        "name runs of the ledger, such as `@previous` and `@latest`",
        "请指定台账中的批次，如 `@previous` 和 `@latest`"
    )))
}

/// A command that writes what it reads and cannot leave out what a role does not see.
pub fn refuse(global: &Global, command: &str) -> Result<(), Stop> {
    if global.role.is_none() {
        return Ok(());
    }
    let finding = Finding::error(
        Code::NotForRole,
        text!(
            "`{command}` shows data as it is, which is for no role",
            "`{command}` 直接显示原始数据，不能用于任何角色"
        ),
    );
    let is_for_menders = matches!(command, "check" | "import") || command.starts_with("review");
    let finding = if is_for_menders {
        finding.with_note(text!(
            "cells are mended, and customers told apart, by people who see them",
            "修正单元格、判断是否同一客户，都要由看得到原值的人来做"
        ))
    } else {
        finding
    };
    Err(Stop::usage(finding.help(text!(
        "leave `--role` out; roles see what `grade`, `diff`, `explain`, `simulate`, `report`, `tasks`, `notify`, `review list` \
         and `runs` write",
        "请去掉 `--role`；角色可以看 `grade`、`diff`、`explain`、`simulate`、`report`、`tasks`、`notify`、`review list`、`runs` 的输出"
    ))))
}

/// The secret of a role's pseudonyms: from `--role-key`, else from the role's `key_file`.
fn secret(global: &Global, role: &Role) -> Result<Secret, Stop> {
    let key_file = role.key_file.as_ref();
    let of_role = key_file.map(|file| rules::beside(global, file));
    let Some(path) = global.role_key.clone().or(of_role) else {
        let name = &role.name;
        let finding = Finding::error(
            Code::RoleKey,
            text!(
                "the role `{name}` shows pseudonyms, which take a key",
                "角色 `{name}` 使用假名，需要密钥文件"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "name its file: `--role-key FILE`, or `key_file` of the role; `regrade init --new-role-key FILE` makes one",
            "请用 `--role-key 文件` 或角色的 `key_file` 指定；`regrade init --new-role-key 文件` 可生成一个"
        ))));
    };
    keep_inputs(&named(global), std::slice::from_ref(&path))?;
    let content = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
    Secret::new(&content).ok_or_else(|| too_short(&path))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    let shown = path.display();
    let Text { en, zh } = system::told(error);
    let finding = Finding::error(
        Code::RoleKey,
        text!(
            "cannot read the key file `{shown}`: {en}",
            "无法读取密钥文件 `{shown}`：{zh}"
        ),
    );
    let help = if error.kind() == std::io::ErrorKind::NotFound {
        text!(
            "make one: `regrade init --new-role-key {shown}`; with another key all pseudonyms are others",
            "可以生成一个：`regrade init --new-role-key {shown}`；换了密钥，所有假名都会变"
        )
    } else {
        text!(
            "name the file with the key, one that you may read: `--role-key FILE`, or `key_file` of the role",
            "请用 `--role-key 文件` 或角色的 `key_file` 指定可以读取的密钥文件"
        )
    };
    Stop::Findings {
        findings: vec![finding.help(help)],
        source: None,
        exit: Exit::Usage,
    }
}

fn too_short(path: &Path) -> Stop {
    let shown = path.display();
    let least = Secret::LEAST;
    let finding = Finding::error(
        Code::RoleKey,
        text!(
            "`{shown}` is no key: it has less than {least} bytes",
            "`{shown}` 不是密钥：不足 {least} 个字节"
        ),
    );
    Stop::usage(finding.help(text!(
        "let regrade make one: `regrade init --new-role-key FILE`",
        "请让 regrade 生成：`regrade init --new-role-key 文件`"
    )))
}

/// What is said to a role of input that is refused: which file or column it is for, but nothing that quotes cells.
pub fn without_quotes(stop: Stop) -> Stop {
    let Stop::Findings {
        findings,
        source,
        exit: Exit::Refused,
    } = stop
    else {
        return stop;
    };
    let quotes = |finding: &Finding| {
        !matches!(
            finding.code,
            Code::Unreadable
                | Code::BadFormat
                | Code::TooLarge
                | Code::UnmatchedFile
                | Code::MissingSheet
                | Code::MissingColumn
        )
    };
    let (quoting, mut told): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(quotes);
    told.extend(roles::refused(&quoting));
    Stop::Findings {
        findings: told,
        source,
        exit: Exit::Refused,
    }
}
