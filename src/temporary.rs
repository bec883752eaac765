//! Files that are being written beside what they become: `.regrade-XXXXXX.tmp`, whole before they take a name.
//!
//! A command that is killed leaves such a file behind. Nothing reads it, and the next command that writes in that folder
//! takes it away once it is a day old: no command writes for so long, so it is nobody's any more.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;

const PREFIX: &str = ".regrade-";
const SUFFIX: &str = ".tmp";
/// How many letters and digits stand between them.
const RANDOM: usize = 6;
/// How long a file must not have been written to before it is nobody's.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A new file in the folder; for its owner alone if nothing else is said.
pub fn temporary(folder: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    clear(folder);
    another(folder, permissions)
}

/// One more in a folder that [`temporary`] has looked through before.
pub fn another(folder: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    builder.tempfile_in(folder)
}

/// Takes away what killed commands have left. What cannot be is left to the next: it is in nobody's way.
fn clear(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if !is_temporary(&entry.file_name()) {
            continue;
        }
        let age = entry
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)
            .and_then(|about| about.modified().ok()?.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is one of those that are made here, or of what SQLite keeps beside a ledger that is being copied.
fn is_temporary(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| {
        let (random, beside) = name.strip_prefix(PREFIX)?.split_once(SUFFIX)?;
        ["", "-journal", "-wal", "-shm"]
            .contains(&beside)
            .then_some(random)
    });
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, FileTimes};
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_command_left_a_day_ago_goes_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let two_days_ago = SystemTime::now() - 2 * ABANDONED;
        let make = |name: &str, old: bool| {
            let file = File::create(folder.path().join(name)).unwrap();
            if old {
                let times = FileTimes::new().set_modified(two_days_ago);
                file.set_times(times).unwrap();
            }
        };
        make(".regrade-a1B2c3.tmp", true);
        make(".regrade-a1B2c3.tmp-journal", true);
        make(".regrade-fresh1.tmp", false);
        make(".regrade-of-mine.tmp", true);
        make("graded.xlsx", true);
        let made = temporary(folder.path(), None).unwrap();
        let kept = made.into_temp_path();
        let mut left: Vec<_> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !kept.ends_with(name))
            .collect();
        left.sort();
        assert_eq!(
            left,
            [".regrade-fresh1.tmp", ".regrade-of-mine.tmp", "graded.xlsx"]
        );
        assert!(is_temporary(kept.file_name().unwrap()));
    }
}
