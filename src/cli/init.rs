//! `regrade init`: a commented rules.toml and a workbook to fill in. Asks nothing and overwrites nothing.

use super::output::Files;
use super::{Exit, Global, Screen, Stop, rules};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::present::workbook::blank;
use regrade::scheme;
use regrade::text;
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder; the current one if not given.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// The scheme that a beginner gets, in both languages.
const ZH: &str = include_str!("init/rules.zh.toml");
const EN: &str = include_str!("init/rules.en.toml");

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    let lang = screen.lang;
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
        files.write(&rules_path, |out| {
            std::io::Write::write_all(out, text.as_bytes())
        })?;
    }
    files.write(&book_path, |out| {
        blank::write(&scheme, out)
            .map_err(|error| std::io::Error::other(error.text().get(lang).to_owned()))
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
