//! Runs command cases: folders with a command and what it must print, write and end with.
//!
//! A case is a folder with
//! - `cmd`: what a user types, one or more lines for `sh`; lines with `#` say what the case is about;
//! - `stdout`, `stderr`, `status`: exactly what is expected; a file that is not there means nothing, and status 0;
//! - `out/`: the files that the command must leave in `out`, exactly these; no folder means none;
//! - `env`: variables, `NAME=value` a line; without it only `LANG=C.UTF-8`;
//! - `locked`: a ledger that somebody writes to while the command runs;
//! - anything else: the input. It is copied to a temporary folder, in which the command runs.
//!
//! In the command `regrade` is the binary under test, `$EXAMPLES` the project's examples and `$DATA` the files of
//! `tests/data/read`. In what is printed these folders are written so, and the temporary one is `$HERE`.
//!
//! `REGRADE_BLESS=1 cargo test --test commands --test errors` writes what was printed into the cases. That is no
//! proof of anything: read every changed file and hold it against the design before it is committed.
//! `REGRADE_CASE=word` runs only the cases whose name has the word in it.

use regrade::ledger::{Ledger, Who};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A command that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The files of a case that are not its input.
const OWN: [&str; 8] = [
    "cmd", "env", "stdout", "stderr", "status", "out", "locked", "row",
];

/// What a command printed, wrote and ended with; also what it should have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit code.
    pub status: i32,
    /// The files in `out`, by name.
    pub files: BTreeMap<String, String>,
}

/// A case by its folder.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All cases in `tests/<folder>`, by name.
pub fn cases(folder: &str) -> Vec<Case> {
    let folder = root().join("tests").join(folder);
    let mut cases: Vec<Case> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| Case {
            name: entry.file_name().into_string().unwrap(),
            folder: entry.path(),
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// Runs all cases and fails with the differences of all of them.
pub fn run_all(cases: &[Case]) {
    let wanted = std::env::var("REGRADE_CASE").unwrap_or_default();
    let cases: Vec<&Case> = cases
        .iter()
        .filter(|case| case.name.contains(&wanted))
        .collect();
    assert!(!cases.is_empty(), "no case has `{wanted}` in its name");
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let difference = case.check();
                    if !difference.is_empty() {
                        failed.lock().unwrap().insert(case.name.clone(), difference);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    if !failed.is_empty() {
        let count = failed.len();
        let mut report = String::new();
        for (name, difference) in failed {
            let _ = write!(report, "\n==== {name}\n{difference}");
        }
        panic!("{count} cases differ (- expected, + got)\n{report}");
    }
}

impl Case {
    /// What the case expects.
    pub fn expected(&self) -> Outcome {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let mut files = BTreeMap::new();
        collect(&self.folder.join("out"), "", &mut files);
        Outcome {
            stdout: read("stdout"),
            stderr: read("stderr"),
            status: read("status").trim().parse().unwrap_or(0),
            files,
        }
    }

    /// The variables of the case.
    pub fn env(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(self.folder.join("env")).unwrap_or_default();
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }

    /// Runs the case; the differences, empty if there are none.
    fn check(&self) -> String {
        let got = match self.run() {
            Ok(got) => got,
            Err(trouble) => return format!("{trouble}\n"),
        };
        if std::env::var_os("REGRADE_BLESS").is_some_and(|value| value == "1") {
            self.bless(&got);
            return String::new();
        }
        let expected = self.expected();
        let mut report = String::new();
        if expected.status != got.status {
            let _ = writeln!(report, "-- status\n-{}\n+{}", expected.status, got.status);
        }
        let mut compare = |what: &str, expected: &str, got: &str| {
            if expected != got {
                let _ = writeln!(report, "-- {what}\n{}", difference(expected, got));
            }
        };
        compare("stdout", &expected.stdout, &got.stdout);
        compare("stderr", &expected.stderr, &got.stderr);
        for (name, text) in &expected.files {
            match got.files.get(name) {
                Some(written) => compare(&format!("out/{name}"), text, written),
                None => compare(&format!("out/{name} is not written"), text, ""),
            }
        }
        for (name, text) in &got.files {
            if !expected.files.contains_key(name) {
                compare(&format!("out/{name} should not be written"), "", text);
            }
        }
        report
    }

    /// Runs the command in a copy of the folder.
    pub fn run(&self) -> Result<Outcome, String> {
        let command = fs::read_to_string(self.folder.join("cmd"))
            .map_err(|error| format!("the case has no `cmd`: {error}"))?;
        let place = tempfile::tempdir().unwrap();
        // The path as the system names it, so that it is found in what is printed.
        let here = place.path().canonicalize().unwrap();
        let work = here.join("work");
        fs::create_dir_all(work.join("out")).unwrap();
        for entry in fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap();
            if !OWN.contains(&entry.file_name().to_str().unwrap()) {
                copy(&entry.path(), &work.join(entry.file_name()));
            }
        }
        let locked = fs::read_to_string(self.folder.join("locked")).ok();
        let mut held =
            locked.map(|name| Ledger::create_or_open(&work.join(name.trim()), PATIENCE).unwrap());
        let somebody = Who {
            by: "somebody".to_owned(),
            at: "2024-03-31T08:00:00Z".to_owned(),
        };
        let _writer = held.as_mut().map(|ledger| ledger.write(&somebody).unwrap());
        let binary = Path::new(env!("CARGO_BIN_EXE_regrade"));
        let path = std::env::var("PATH").unwrap_or_default();
        let examples = root().join("examples");
        let data = root().join("tests/data/read");
        let printed = |name: &str| File::create(here.join(name)).unwrap();
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(&command)
            .current_dir(&work)
            .env_clear()
            .env(
                "PATH",
                format!("{}:{path}", binary.parent().unwrap().display()),
            )
            .env("HOME", &here)
            .env("LANG", "C.UTF-8")
            .env("EXAMPLES", &examples)
            .env("DATA", &data)
            .envs(self.env())
            .stdin(Stdio::null())
            .stdout(printed("stdout"))
            .stderr(printed("stderr"))
            .spawn()
            .unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("the command still runs after {PATIENCE:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let plain = |text: &str| {
            text.replace(&*examples.to_string_lossy(), "$EXAMPLES")
                .replace(&*data.to_string_lossy(), "$DATA")
                .replace(&*work.to_string_lossy(), "$HERE")
        };
        let read = |name: &str| {
            plain(&String::from_utf8_lossy(
                &fs::read(here.join(name)).unwrap(),
            ))
        };
        let mut files = BTreeMap::new();
        collect(&work.join("out"), "", &mut files);
        for text in files.values_mut() {
            *text = plain(text);
        }
        Ok(Outcome {
            stdout: read("stdout"),
            stderr: read("stderr"),
            status: status
                .code()
                .ok_or_else(|| format!("ended by a signal: {status}"))?,
            files,
        })
    }

    /// Writes what was got as what is expected.
    fn bless(&self, got: &Outcome) {
        let put = |name: &str, text: &str| {
            let path = self.folder.join(name);
            if text.is_empty() {
                let _ = fs::remove_file(path);
            } else {
                fs::write(path, text).unwrap();
            }
        };
        put("stdout", &got.stdout);
        put("stderr", &got.stderr);
        let status = match got.status {
            0 => String::new(),
            status => format!("{status}\n"),
        };
        put("status", &status);
        let out = self.folder.join("out");
        if out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        for (name, text) in &got.files {
            let path = out.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

/// The texts of all files in and below a folder, by their names from there.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            files.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// The lines that differ, `-` expected and `+` got, with the lines around them.
fn difference(expected: &str, got: &str) -> String {
    // Byte order marks, carriage returns and trailing blanks are part of what is compared, so they are shown.
    let visible = |text: &str| {
        text.split_inclusive('\n')
            .map(|line| match line.strip_suffix('\n') {
                Some(line) => line.replace('\u{feff}', "<BOM>").replace('\r', "<CR>"),
                None => format!("{}<no newline>", line.replace('\u{feff}', "<BOM>")),
            })
            .collect::<Vec<_>>()
    };
    let (old, new) = (visible(expected), visible(got));
    let mut report = String::new();
    for (sign, line) in merged(&old, &new) {
        let _ = writeln!(report, "{sign}{line}");
    }
    report
}

/// Both lists in one by their longest common part; equal lines far from a difference are left out.
fn merged<'a>(old: &'a [String], new: &'a [String]) -> Vec<(char, &'a str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let old_rest = &old_rest[..old_rest.len() - tail];
    let new_rest = &new_rest[..new_rest.len() - tail];
    let mut lines: Vec<(char, &str)> = vec![];
    lines.extend(
        old[head.saturating_sub(2)..head]
            .iter()
            .map(|line| (' ', &**line)),
    );
    // The table of the longest common part; too large texts are told as wholly different.
    if old_rest.len() * new_rest.len() > 4_000_000 {
        lines.extend(old_rest.iter().take(50).map(|line| ('-', &**line)));
        lines.extend(new_rest.iter().take(50).map(|line| ('+', &**line)));
        return lines;
    }
    let width = new_rest.len() + 1;
    let mut common = vec![0u32; (old_rest.len() + 1) * width];
    for a in (0..old_rest.len()).rev() {
        for b in (0..new_rest.len()).rev() {
            common[a * width + b] = if old_rest[a] == new_rest[b] {
                common[(a + 1) * width + b + 1] + 1
            } else {
                common[(a + 1) * width + b].max(common[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < old_rest.len() || b < new_rest.len() {
        if a < old_rest.len() && b < new_rest.len() && old_rest[a] == new_rest[b] {
            lines.push((' ', &old_rest[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new_rest.len()
            || (a < old_rest.len() && common[(a + 1) * width + b] >= common[a * width + b + 1])
        {
            lines.push(('-', &old_rest[a]));
            a += 1;
        } else {
            lines.push(('+', &new_rest[b]));
            b += 1;
        }
    }
    let after = &old[old.len() - tail..];
    lines.extend(after.iter().take(2).map(|line| (' ', &**line)));
    lines
}

#[test]
fn differences_name_the_lines() {
    let report = difference("a\nb\nc\nd\n", "a\nx\nc\nd");
    assert_eq!(report, " a\n-b\n+x\n c\n-d\n+d<no newline>\n");
    assert_eq!(difference("a\nb\n", "a\nc\nb\n"), " a\n+c\n b\n");
}
