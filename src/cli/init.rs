//! `regrade init`: a commented rules.toml and a workbook to fill in. Asks nothing and overwrites nothing.

use super::files::{Files, unwritable};
use super::{Exit, Global, Screen, Stop, rules};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::present::workbook::blank;
use regrade::scheme;
use regrade::table::Hash;
use regrade::temporary::temporary;
use regrade::text;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder; the current one if not given.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Only make a key for the pseudonyms of roles, in this file, which only its owner can read.
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    new_role_key: Option<PathBuf>,
}

/// The scheme that a beginner gets, in both languages.
const ZH: &str = include_str!("init/rules.zh.toml");
const EN: &str = include_str!("init/rules.en.toml");

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let lang = screen.lang;
    if let Some(path) = &args.new_role_key {
        return make_role_key(path, global, screen);
    }
    let folder = args.folder.clone().unwrap_or_default();
    let rules_path = match (&global.rules, &args.folder) {
        (Some(path), None) => path.clone(),
        _ => folder.join("rules.toml"),
    };
    let (text, is_new) = match std::fs::read_to_string(&rules_path) {
        Ok(text) => (text, false),
        Err(_) => (if lang == Lang::Zh { ZH } else { EN }.to_owned(), true),
    };
    let (scheme, findings) = scheme::validate(&text);
    let Some(scheme) = scheme else {
        let name = rules_path.display().to_string();
        return Err(Stop::Findings {
            findings,
            source: Some((name, text)),
            exit: Exit::Usage,
        });
    };
    let book_path = folder.join(if scheme.language == Lang::Zh {
        "客户.xlsx"
    } else {
        "customers.xlsx"
    });
    if book_path.exists() {
        return Err(exists(&book_path));
    }
    if global.dry_run {
        return Ok(Exit::Done);
    }
    if args.folder.is_some() {
        std::fs::create_dir_all(&folder).map_err(|error| cannot_make(&folder, &error))?;
    }
    let mut files = Files::default();
    if is_new {
        files.write(&rules_path, |out| out.write_all(text.as_bytes()))?;
    }
    files.write(&book_path, |out| {
        blank::write(&scheme, out)
            .map_err(|error| io::Error::other(error.text().get(lang).to_owned()))
    })?;
    files.commit()?;
    let (rules, book) = (rules_path.display(), book_path.display());
    screen.say(&if is_new {
        text!("wrote {rules} and {book}", "已生成 {rules} 和 {book}")
    } else {
        text!("wrote {book} for {rules}", "已按 {rules} 生成 {book}")
    });
    let call = if rules_path == rules::path(global) {
        String::new()
    } else {
        format!(" -r {rules}")
    };
    screen.say(&text!(
        "fill in {book}, then: regrade grade {book}{call} -o graded.xlsx",
        "填好 {book} 后运行：regrade grade {book}{call} -o 评级.xlsx"
    ));
    Ok(Exit::Done)
}

/// Makes the key: the hash of 32 random bytes, hexadecimal. A key that is there is never replaced: all pseudonyms would be others.
fn make_role_key(path: &Path, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    if path.exists() {
        return Err(exists(path));
    }
    if global.dry_run {
        return Ok(Exit::Done);
    }
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| unwritable(path, &io::Error::other(error)))?;
    let text = Hash::of_bytes(&key);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // Only the owner can read what `temporary` makes, if nobody says otherwise.
    let trouble = |error: &io::Error| unwritable(path, error);
    let mut file = temporary(folder, None).map_err(|error| trouble(&error))?;
    writeln!(file, "{text}").map_err(|error| trouble(&error))?;
    file.as_file().sync_all().map_err(|error| trouble(&error))?;
    file.persist_noclobber(path)
        .map_err(|error| trouble(&error.error))?;
    let shown = path.display();
    screen.say(&text!(
        "wrote the key {shown}; keep it away from those who get the files: with it they can find out who is who",
        "已生成密钥 {shown}；请勿交给收到文件的人：有了它就能查出假名对应的客户"
    ));
    Ok(Exit::Done)
}

fn exists(path: &Path) -> Stop {
    let shown = path.display();
    Stop::Findings {
        findings: vec![
            Finding::error(
                Code::Unwritable,
                text!("`{shown}` exists already", "`{shown}` 已存在"),
            )
            .help(text!(
                "name another folder, or move the file away",
                "请换个文件夹，或移走该文件"
            )),
        ],
        source: None,
        exit: Exit::Trouble,
    }
}

fn cannot_make(folder: &Path, error: &std::io::Error) -> Stop {
    let shown = folder.display();
    Stop::Findings {
        findings: vec![Finding::error(
            Code::Unwritable,
            text!(
                "cannot make the folder `{shown}`: {error}",
                "无法建立文件夹 `{shown}`：{error}"
            ),
        )],
        source: None,
        exit: Exit::Trouble,
    }
}
