//! Which state of a file was read: rows of two states of a file are no file.

use std::fs::{File, Metadata};
use std::io;
use std::time::SystemTime;

/// The size of a file and when it was written last. A file that is read for long, or twice, is the same file as long as
/// this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileState {
    /// In bytes.
    pub len: u64,
    /// `None` where the system does not tell.
    written: Option<SystemTime>,
}

impl FileState {
    /// The state of an open file, whatever stands in its place by now.
    pub fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(|about| Self::from(&about))
    }
}

impl From<&Metadata> for FileState {
    fn from(about: &Metadata) -> Self {
        Self {
            len: about.len(),
            written: about.modified().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_is_written_to_is_another_and_one_that_is_replaced_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("订单.csv");
        std::fs::write(&path, "a").unwrap();
        let file = File::open(&path).unwrap();
        let state = FileState::of(&file).unwrap();
        let other = folder.path().join("新.csv");
        std::fs::write(&other, "longer").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(FileState::of(&file).unwrap(), state);
        let mut file = File::options().append(true).open(&path).unwrap();
        let state = FileState::of(&file).unwrap();
        file.write_all(b"b").unwrap();
        assert_ne!(FileState::of(&file).unwrap(), state);
    }
}
