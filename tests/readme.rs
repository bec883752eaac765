//! The documents say what is so: every command of the two READMEs and of the documents that they lead to is run and its
//! output compared, every link leads somewhere, and the map of rooms names every room.
//!
//! A block that starts with ```` ```console ```` is run: lines with `$ ` are commands (a trailing `\` continues them),
//! the lines below are what each prints, standard error included. The documents of a language are run in one folder, in
//! the order in which they are read: later ones go on with the ledger of earlier ones.
//! `REGRADE_BLESS=1 cargo test --test readme` writes the present outputs into them; `REGRADE_NEED_ALL=1` fails where a
//! program such as `jq` is missing, instead of leaving out its commands.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot read its own files fails by panic, and says what it leaves out"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const FIRST: &str = "cargo run --release -- grade examples/b2b-weighted/customers.csv \
                     -r examples/b2b-weighted/rules.toml --as-of 2024-03-31 -o graded.xlsx";
const SECOND: &str = "cargo test";
/// The documents with commands, after the README, in the order in which they are read and run.
const DOCUMENTS: [&str; 11] = [
    "scheme", "reading", "workbook", "ledger", "movement", "review", "notify", "tasks", "roles",
    "trying", "report",
];
/// Those to look things up in, without commands.
const REFERENCES: [&str; 2] = ["lint", "prediction"];
/// What a Chinese document has before its `.md`.
const CHINESE: &str = ".zh-CN";
/// Programs that the commands may need and that a machine may lack.
const OTHERS: [&str; 1] = ["jq"];

#[test]
fn commands_print_what_the_documents_say() {
    run_documents("", "C.UTF-8");
}

#[test]
fn commands_print_what_the_chinese_documents_say() {
    run_documents(CHINESE, "zh_CN.UTF-8");
}

/// A document that no list has would be run by nobody.
#[test]
fn every_document_is_listed_and_has_its_twin() {
    let mut listed: Vec<String> = [&DOCUMENTS[..], &REFERENCES]
        .concat()
        .iter()
        .flat_map(|name| [format!("{name}.md"), format!("{name}{CHINESE}.md")])
        // Its table of functions is in both languages, and src/expr/tests runs it.
        .chain(["functions.md".to_owned()])
        .collect();
    listed.sort();
    assert_eq!(documents(), listed);
    for name in REFERENCES {
        for suffix in ["", CHINESE] {
            let text = read(&format!("docs/{name}{suffix}.md"));
            assert!(!text.contains("```console"), "{name}{suffix} is not run");
        }
    }
    // What one language says, the other says in the same places.
    for name in [&["../README"], &DOCUMENTS[..], &REFERENCES].concat() {
        let [english, chinese] = ["", CHINESE].map(|suffix| {
            let text = read(&format!("docs/{name}{suffix}.md"));
            text.lines()
                .filter_map(|line| line.split(' ').next())
                .filter(|word| word.starts_with("##") || word.starts_with("```"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        assert_eq!(english, chinese, "headings and blocks of {name}");
    }
}

#[test]
fn the_readmes_lead_to_every_document() {
    for suffix in ["", CHINESE] {
        let readme = read(&format!("README{suffix}.md"));
        for name in [&DOCUMENTS[..], &REFERENCES].concat() {
            let link = format!("](docs/{name}{suffix}.md)");
            assert!(readme.contains(&link), "README{suffix}.md has no {link}");
        }
    }
}

#[test]
fn the_readmes_have_a_row_for_every_command() {
    let help = Folder::new().run("regrade --help", "C.UTF-8");
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // A longer text goes on in the lines below, further in.
        .filter_map(|line| line.strip_prefix("  ")?.split_once(' '))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    assert!(commands.contains(&"grade"), "{help}");
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = read(readme);
        let rows: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        assert_eq!(sorted(&rows), sorted(&commands), "{readme}");
    }
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

#[test]
fn readmes_begin_with_the_two_commands() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = read(name);
        let first = text
            .split("```sh\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .unwrap_or_default();
        let commands: Vec<&str> = first.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(commands, [FIRST, SECOND], "{name}");
    }
    let folder = Folder::new();
    let arguments = FIRST.strip_prefix("cargo run --release -- ").unwrap();
    let out = folder.run(&format!("regrade {arguments}"), "C.UTF-8");
    assert!(out.contains("220 customers"), "{out}");
    assert!(
        fs::read(folder.path.join("graded.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
}

#[test]
fn links_lead_somewhere() {
    let mut names: Vec<String> = [
        "README.md",
        "README.zh-CN.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "examples/README.md",
        "examples/README.zh-CN.md",
    ]
    .map(str::to_owned)
    .to_vec();
    names.extend(documents().iter().map(|name| format!("docs/{name}")));
    for name in names {
        let text = read(&name);
        let folder = Path::new(ROOT).join(&name).parent().unwrap().to_path_buf();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            if file.is_empty() || link.starts_with("http") {
                continue;
            }
            let mut target = folder.join(file);
            assert!(target.exists(), "{name}: {link}");
            if anchor.is_empty() {
                continue;
            }
            if target.is_dir() {
                target.push("README.md");
            }
            let there = fs::read_to_string(target).unwrap();
            assert!(anchors(&there).contains(anchor), "{name}: {link}");
        }
    }
}

/// The names of the files in `docs` that are documents, in order.
fn documents() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(Path::new(ROOT).join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// What links to the headings of a page end with, as GitHub makes it of them.
fn anchors(page: &str) -> BTreeSet<String> {
    page.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim())
        .map(|heading| {
            heading
                .chars()
                .filter(|sign| sign.is_alphanumeric() || [' ', '-', '_'].contains(sign))
                .map(|sign| if sign == ' ' { '-' } else { sign })
                .collect::<String>()
                .to_lowercase()
        })
        .collect()
}

#[test]
fn the_maps_name_every_room() {
    let contributing = read("CONTRIBUTING.md");
    let library = read("src/lib.rs");
    for entry in fs::read_dir(Path::new(ROOT).join("src")).unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ["lib", "main"].contains(&&*room) {
            continue;
        }
        assert!(
            contributing.contains(&format!("| `{room}` |")),
            "CONTRIBUTING.md has no row for `{room}`"
        );
        let arrow = |line: &str| {
            line.strip_prefix("//! ")
                .and_then(|line| line.split_whitespace().next())
                == Some(&*room)
        };
        assert!(
            room == "cli" || library.lines().any(arrow),
            "src/lib.rs has no line for `{room}`"
        );
    }
}

/// A place that looks like the repository's root and is thrown away.
struct Folder {
    path: PathBuf,
    _held: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let held = tempfile::tempdir().unwrap();
        for name in ["examples", "docs", "rules.example.toml"] {
            std::os::unix::fs::symlink(Path::new(ROOT).join(name), held.path().join(name)).unwrap();
        }
        Self {
            path: held.path().to_path_buf(),
            _held: held,
        }
    }

    /// What a command prints on standard output and standard error, in the order in which it does.
    fn run(&self, command: &str, lang: &str) -> String {
        let binary = Path::new(env!("CARGO_BIN_EXE_regrade"));
        let path = format!(
            "{}:{}",
            binary.parent().unwrap().display(),
            env::var("PATH").unwrap_or_default()
        );
        let mut shell = Command::new("sh");
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("LC_")
                || name.starts_with("REGRADE_")
                || ["NO_COLOR", "COLUMNS"].contains(&&*name)
            {
                shell.env_remove(&*name);
            }
        }
        let out = shell
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.path)
            .env("PATH", path)
            .env("LANG", lang)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    }
}

/// Runs the commands of a language's documents, in one folder, and holds what they print against what is said.
fn run_documents(suffix: &str, lang: &str) {
    let bless = is_set("REGRADE_BLESS");
    let folder = Folder::new();
    let mut wrong = String::new();
    let names = DOCUMENTS.map(|name| format!("docs/{name}{suffix}.md"));
    for name in [format!("README{suffix}.md")].iter().chain(&names) {
        let renewed = run_document(name, &folder, lang, &mut wrong);
        if bless {
            fs::write(Path::new(ROOT).join(name), renewed).unwrap();
        }
    }
    assert!(
        bless || wrong.is_empty(),
        "{wrong}\n(REGRADE_BLESS=1 cargo test --test readme writes what it prints)"
    );
}

/// Runs the commands of a document from its first block to its last. Gives the document with what they print now, and
/// adds to `wrong` where that is not what it says.
fn run_document(name: &str, folder: &Folder, lang: &str, wrong: &mut String) -> String {
    let text = read(name);
    let mut renewed = String::new();
    let mut commands = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(renewed, "{line}").unwrap();
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let mut command = line
                .strip_prefix("$ ")
                .unwrap_or_else(|| panic!("{name}: no command: {line}"))
                .to_owned();
            writeln!(renewed, "{line}").unwrap();
            while command.ends_with('\\') {
                let more = lines.next().unwrap();
                writeln!(renewed, "{more}").unwrap();
                write!(command, "\n{more}").unwrap();
            }
            let mut expected = String::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                writeln!(expected, "{}", line.trim_end()).unwrap();
            }
            commands += 1;
            if let Some(missing) = OTHERS
                .iter()
                .find(|program| command.contains(**program) && !is_there(program))
            {
                assert!(
                    !is_set("REGRADE_NEED_ALL"),
                    "{name}: {missing} is not installed"
                );
                eprintln!("{name}: {missing} is not installed, so this is not run: {command}");
                renewed.push_str(&expected);
                continue;
            }
            // Trailing blanks are not seen in a document, and editors take them off.
            let mut got = String::new();
            for line in folder.run(&command, lang).lines() {
                writeln!(got, "{}", line.trim_end()).unwrap();
            }
            renewed.push_str(&got);
            if got != expected {
                write!(
                    wrong,
                    "\n$ {command}\n--- {name} says\n{expected}--- it prints\n{got}"
                )
                .unwrap();
            }
        }
    }
    let least = if name.starts_with("README") { 8 } else { 1 };
    assert!(commands >= least, "{name} has {commands} commands");
    renewed
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value == "1")
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
