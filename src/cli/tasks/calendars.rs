//! Calendars: one file for all, or a folder with a file for each owner.

use crate::cli::files::Files;
use crate::cli::output::{Output, Target, named_twice, place};
use crate::cli::{Format, Stop};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::grading::Grading;
use regrade::present::ics::Calendar;
use regrade::tasks::{Task, WorkingDays};
use regrade::text;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// The longest name of a file, in bytes, before its ending: file systems take 255 for all of it.
const LONGEST_NAME: usize = 200;

/// Where calendars go.
#[derive(Debug)]
pub struct Folder {
    /// A file for all, or a folder.
    pub path: PathBuf,
    /// Whether it is a folder, for a file an owner.
    is_folder: bool,
}

/// The outputs that are calendars, and the others.
pub fn split(paths: &[String], format: Option<Format>) -> Result<(Vec<Folder>, Vec<String>), Stop> {
    let is_alone = paths.len() <= 1;
    if format == Some(Format::Ics) && paths.iter().all(|path| path == "-") {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "a calendar is written into a file or a folder",
                "日历须输出到文件或文件夹"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "write `-o tasks.ics` for all, or `-o FOLDER/` for a file an owner",
            "请用 `-o 任务.ics` 输出一份，或 `-o 文件夹/` 给每位负责人一份"
        ))));
    }
    let (mut calendars, mut others): (Vec<Folder>, Vec<String>) = (vec![], vec![]);
    for written in paths {
        let path = PathBuf::from(written);
        let is_folder = written.ends_with(['/', '\\']) || path.is_dir();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_calendar = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("ics"))
            || is_alone && format == Some(Format::Ics);
        if written == "-" || !is_folder && !is_calendar {
            others.push(written.clone());
            continue;
        }
        if calendars
            .iter()
            .any(|known| place(&known.path) == place(&path))
        {
            return Err(named_twice(written));
        }
        calendars.push(Folder { path, is_folder });
    }
    Ok((calendars, others))
}

impl Folder {
    /// As an output like the others.
    pub fn output(&self) -> Output {
        Output {
            target: Target::File(self.path.clone()),
            format: Format::Ics,
            password: None,
        }
    }

    /// Writes the calendars of the tasks; they appear with the other files.
    pub fn write(
        &self,
        tasks: &[Task],
        grading: &Grading,
        days: &WorkingDays,
        lang: Lang,
        files: &mut Files,
    ) -> Result<(), Stop> {
        let scheme = &grading.scheme.name;
        let calendar = |name| Calendar {
            scheme,
            as_of: grading.book.as_of,
            days,
            lang,
            name,
        };
        if !self.is_folder {
            let all: Vec<&Task> = tasks.iter().collect();
            return files.write(&self.path, |out| {
                calendar(scheme).write(&all, &mut &mut *out)
            });
        }
        let mut owners: BTreeMap<Option<&str>, Vec<&Task>> = BTreeMap::new();
        for task in tasks {
            owners.entry(task.owner.as_deref()).or_default().push(task);
        }
        std::fs::create_dir_all(&self.path)
            .map_err(|error| crate::cli::files::unwritable(&self.path, &error))?;
        let nobody = text!("no owner", "无负责人");
        let mut taken = HashSet::new();
        for (owner, tasks) in owners {
            let owner = owner.unwrap_or(nobody.get(lang));
            let path = self.path.join(file_name(owner, &mut taken));
            files.write(&path, |out| calendar(owner).write(&tasks, &mut &mut *out))?;
        }
        Ok(())
    }
}

/// A name of a file for an owner that every system takes, and that no other one has.
fn file_name(owner: &str, taken: &mut HashSet<String>) -> String {
    let plain: String = owner
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    // Windows drops dots and spaces at the end, and keeps some names for devices.
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let fits = (0..=plain.len().min(LONGEST_NAME)).rev();
    let cut = fits.into_iter().find(|at| plain.is_char_boundary(*at));
    let plain = &plain[..cut.unwrap_or(0)];
    let stem = plain
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit());
    let plain = if plain.is_empty() || is_device {
        format!("_{plain}")
    } else {
        plain.to_owned()
    };
    let mut name = plain.clone();
    let mut number = 1;
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{plain} ({number})");
    }
    format!("{name}.ics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_give_names_that_every_system_takes() {
        let mut taken = HashSet::new();
        for (owner, expected) in [
            ("周敏", "周敏.ics"),
            ("a/b:c", "a_b_c.ics"),
            ("../etc", "_etc.ics"),
            ("con.", "_con.ics"),
            ("Com1.x", "_Com1.x.ics"),
            ("...", "_.ics"),
            ("A_B_C", "A_B_C (2).ics"),
            ("周敏 ", "周敏 (2).ics"),
        ] {
            assert_eq!(file_name(owner, &mut taken), expected);
        }
        let long = file_name(&"长".repeat(100), &mut taken);
        assert!(long.len() <= 255 && long.ends_with("长.ics"));
    }
}
