//! Loads the scheme that `--rules` names, with the changes of `--set`.

use super::{Exit, Global, Stop};
use regrade::diagnostic::{Code, Finding, Severity, Text, system};
use regrade::scheme::{self, Scheme};
use regrade::table::Date;
use regrade::text;
use std::path::{Path, PathBuf};

/// A scheme with its text.
#[derive(Clone)]
pub struct Rules {
    /// The file as the user named it.
    pub name: String,
    /// Its text, as `--set` left it.
    pub text: String,
    /// What it means.
    pub scheme: Scheme,
    /// What is worth knowing about it: warnings.
    pub findings: Vec<Finding>,
}

impl Rules {
    /// How many warnings there are, those of the lint too.
    pub fn warnings(&self, as_of: Date) -> usize {
        let linted = scheme::lint::lint(&self.scheme, &self.text, as_of);
        let all = self.findings.iter().chain(&linted);
        all.filter(|finding| finding.severity == Severity::Warning)
            .count()
    }
}

/// The file that holds the scheme.
pub fn path(global: &Global) -> PathBuf {
    // Read here and not by the parser of options, which takes an empty variable for a wrong option.
    let named = std::env::var_os("REGRADE_RULES").filter(|name| !name.is_empty());
    let named = global.rules.clone().or_else(|| named.map(PathBuf::from));
    named.unwrap_or_else(|| PathBuf::from("rules.toml"))
}

/// A file that the scheme names, from where the scheme is.
pub fn beside(global: &Global, file: &str) -> PathBuf {
    path(global).parent().unwrap_or(Path::new("")).join(file)
}

/// Loads and validates the scheme; all its errors stop with exit code 2.
pub fn load(global: &Global) -> Result<Rules, Stop> {
    load_from(&path(global), &global.set)
}

/// Loads the scheme of a file and changes values of it for this call.
pub fn load_from(path: &Path, set: &[String]) -> Result<Rules, Stop> {
    let name = path.display().to_string();
    let text = read(path, &name)?;
    from_text(name, text, set)
}

/// A scheme by its text, with values of it changed for this call.
pub fn from_text(name: String, text: String, set: &[String]) -> Result<Rules, Stop> {
    let mut changed = text;
    for assignment in set {
        changed = scheme::set::set(&changed, assignment).map_err(Stop::usage)?;
    }
    let (scheme, findings) = scheme::validate(&changed);
    match scheme {
        Some(scheme) => Ok(Rules {
            name,
            text: changed,
            scheme,
            findings,
        }),
        None => Err(Stop::Findings {
            findings,
            source: Some((name, changed)),
            exit: Exit::Usage,
        }),
    }
}

fn read(path: &Path, name: &str) -> Result<String, Stop> {
    let bytes = std::fs::read(path).map_err(|error| {
        if error.kind() != std::io::ErrorKind::NotFound {
            let Text { en, zh } = system::told(&error);
            let finding = Finding::error(
                Code::Unreadable,
                text!(
                    "cannot read the scheme `{name}`: {en}",
                    "无法读取方案 `{name}`：{zh}"
                ),
            );
            return Stop::usage(finding.help(text!(
                "name a file that you may read with `-r FILE`",
                "请用 `-r 文件` 指定可以读取的文件"
            )));
        }
        let finding = Finding::error(
            Code::Unreadable,
            text!(
                "cannot read the scheme `{name}`: there is no such file",
                "无法读取方案 `{name}`：没有这个文件"
            ),
        );
        Stop::usage(finding.help(text!(
            "name it with `-r FILE`, or let `regrade init` write one",
            "用 `-r 文件` 指定，或用 `regrade init` 生成一份"
        )))
    })?;
    let bytes = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .map(<[u8]>::to_vec)
        .unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        Stop::usage(
            Finding::error(
                Code::BadEncoding,
                text!(
                    "the scheme `{name}` is not UTF-8 (line {line})",
                    "方案 `{name}` 不是 UTF-8 编码（第 {line} 行）"
                ),
            )
            .help(text!("save it as UTF-8", "请另存为 UTF-8")),
        )
    })
}
