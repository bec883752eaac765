//! `regrade init`: a commented rules.toml and a workbook to fill in, for a start from nothing or from a template. Asks
//! nothing and overwrites nothing.

mod sample;
mod templates;

use super::files::{Files, unwritable};
use super::{Exit, Global, Screen, Stop, list, role};
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use regrade::diagnostic::{Code, Finding, Lang, Text, nearest, system};
use regrade::present::listing::{ListCell, ListColumn};
use regrade::present::table::{ColumnKind, ColumnRole};
use regrade::present::workbook::blank;
use regrade::scheme::{self, Scheme};
use regrade::table::Hash;
use regrade::temporary::temporary;
use regrade::text;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use templates::Template;

/// Arguments of `init`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder; the current one if not given.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Start from this template; `--list` tells what each is good for.
    #[arg(long = "template", value_name = "NAME", value_parser = Names)]
    start: Option<String>,
    /// Put the example's rows into the template's workbook, so that it can be graded at once.
    #[arg(long, requires = "start")]
    sample: bool,
    /// List the templates.
    #[arg(long = "list", conflicts_with_all = ["folder", "start", "sample", "new_role_key"])]
    templates: bool,
    /// Only make a key for the pseudonyms of roles, in this file, which only its owner can read.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folder", "start", "sample"])]
    new_role_key: Option<PathBuf>,
}

/// Names of templates: shells complete them, and another one is told with the nearest, in the language of messages.
#[derive(Clone)]
struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = templates::ALL.iter();
        Some(Box::new(
            names.map(|template| PossibleValue::new(template.name)),
        ))
    }
}

/// The scheme that a beginner gets, in both languages.
const ZH: &str = include_str!("init/rules.zh.toml");
const EN: &str = include_str!("init/rules.en.toml");

/// Runs it.
pub fn run(args: &Args, global: &Global, screen: &Screen) -> Result<Exit, Stop> {
    role::refuse(global, "init")?;
    if args.templates {
        return list_templates(global);
    }
    if let Some(path) = global.output.first() {
        return Err(not_by_output(path));
    }
    if let Some(path) = &args.new_role_key {
        return make_role_key(path, global, screen);
    }
    let template = match &args.start {
        Some(name) => Some(Template::named(name).ok_or_else(|| unknown(name))?),
        None => None,
    };
    start(args, template, global, screen)
}

/// Writes the scheme, where there is none, and the workbook.
fn start(
    args: &Args,
    template: Option<&Template>,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, Stop> {
    let lang = screen.lang;
    let folder = args.folder.clone().unwrap_or_default();
    let rules_path = match (&global.rules, &args.folder) {
        (Some(path), None) => path.clone(),
        _ => folder.join("rules.toml"),
    };
    // A template is not for the scheme that is there already.
    if template.is_some() && rules_path.exists() {
        return Err(exists(&rules_path));
    }
    let (text, is_new) = match (template, std::fs::read_to_string(&rules_path)) {
        (Some(template), _) => (template.scheme(lang, args.sample), true),
        (None, Ok(text)) => (text, false),
        (None, Err(_)) => (if lang == Lang::Zh { ZH } else { EN }.to_owned(), true),
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
    let book_path = folder.join(book_name(&scheme));
    if book_path.exists() {
        return Err(exists(&book_path));
    }
    let sampled = template.filter(|_| args.sample);
    let rows = match sampled {
        Some(template) => {
            sample::rows(&scheme, template.edition(lang).sheets).map_err(Stop::refused)?
        }
        None => vec![],
    };
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
        blank::write(&scheme, &rows, out)
            .map_err(|error| io::Error::other(error.text().get(lang).to_owned()))
    })?;
    files.commit()?;
    let (rules, book) = (rules_path.display(), book_path.display());
    screen.say(&if is_new {
        text!("wrote {rules} and {book}", "已生成 {rules} 和 {book}")
    } else {
        text!("wrote {book} for {rules}", "已按 {rules} 生成 {book}")
    });
    let mut call = word(&book_path);
    // What a call takes by itself is the scheme of this folder; the option that named another is not there the next time.
    if rules_path != Path::new("rules.toml") {
        call += &format!(" -r {}", word(&rules_path));
    }
    screen.say(&match sampled {
        Some(template) => {
            if let Some(day) = template.as_of {
                call += &format!(" --as-of {day}");
            }
            text!(
                "{book} has the example's rows; try: regrade grade {call} -o graded.xlsx",
                "{book} 里已有例子的数据，可以直接运行：regrade grade {call} -o 评级.xlsx"
            )
        }
        None => text!(
            "fill in {book}, then: regrade grade {call} -o graded.xlsx",
            "填好 {book} 后运行：regrade grade {call} -o 评级.xlsx"
        ),
    });
    Ok(Exit::Done)
}

/// Two files are written, to where `init` is told to.
fn not_by_output(path: &str) -> Stop {
    Stop::usage(
        Finding::error(
            Code::Usage,
            text!(
                "`init` writes a scheme and a workbook into a folder, and not to `{path}`",
                "`init` 在文件夹里生成方案和工作簿，不写到 `{path}`"
            ),
        )
        .help(text!(
            "name the folder: `regrade init FOLDER`; the scheme alone goes by `-r FILE`",
            "请给出文件夹：`regrade init 文件夹`；方案的位置用 `-r 文件` 指定"
        )),
    )
}

/// What the workbook to fill in is called: after its first sheet.
fn book_name(scheme: &Scheme) -> String {
    let customers = scheme.customers.iter().map(|customers| &customers.sheet);
    let mut sheets = customers.chain(scheme.events.iter().map(|event| &event.sheet));
    let first = sheets.next().map_or("customers", |sheet| &sheet.name);
    format!("{}.xlsx", blank::name_of(first, scheme.language))
}

/// A path as a shell takes it for one word.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain =
        |c: char| c.is_alphanumeric() || "-_./:,+@%=".contains(c) || cfg!(windows) && c == '\\';
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    if cfg!(windows) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The templates with a sentence each.
fn list_templates(global: &Global) -> Result<Exit, Stop> {
    let outputs = list::targets(global)?;
    let lang = list::lang(global);
    let columns = [
        ListColumn::new(
            "template",
            text!("Template", "模板"),
            ColumnKind::Id,
            ColumnRole::Key,
        ),
        ListColumn::new(
            "about",
            text!("What it is good for", "用途"),
            ColumnKind::Text,
            ColumnRole::Name,
        ),
    ];
    list::write(&outputs, lang, &columns, |_| {
        let row = |template: &Template| {
            vec![
                ListCell::text(template.name),
                ListCell::text(template.edition(lang).about),
            ]
        };
        templates::ALL.iter().map(row).collect()
    })?;
    Ok(Exit::Done)
}

/// No template is called so.
fn unknown(name: &str) -> Stop {
    let finding = Finding::error(
        Code::Usage,
        text!("there is no template `{name}`", "没有模板 `{name}`"),
    );
    let names = templates::ALL.iter().map(|template| template.name);
    Stop::usage(finding.help(match nearest(name, names) {
        Some(near) => text!(
            "did you mean `{near}`? `regrade init --list` tells all of them",
            "是否想写 `{near}`？`regrade init --list` 列出全部模板"
        ),
        None => text!(
            "`regrade init --list` tells all of them",
            "`regrade init --list` 列出全部模板"
        ),
    }))
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
    let Text { en, zh } = system::told(error);
    let finding = Finding::error(
        Code::Unwritable,
        text!(
            "cannot make the folder `{shown}`: {en}",
            "无法建立文件夹 `{shown}`：{zh}"
        ),
    );
    Stop::Findings {
        findings: vec![finding.help(text!("name another folder", "请换个文件夹"))],
        source: None,
        exit: Exit::Trouble,
    }
}
