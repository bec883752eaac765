//! How far reading one file may go. What a file claims of itself is never believed; what it may take grows with its
//! size on disk, so that a few bytes cannot ask for gigabytes, and an honest large file is read.

use std::path::PathBuf;

/// The memory that reading one workbook may take, in bytes, if nobody says otherwise.
pub const DEFAULT_MEMORY: u64 = 512 << 20;

/// What the user or the program allows for reading.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The memory, in bytes, of the process that reads an xls, xlsb or ods workbook, or an xlsx workbook with very many
    /// texts that the fast scan does not know. All other limits grow with it.
    pub memory: u64,
    /// The processor time, in seconds, that this process may take for a file of hardly any size. It grows with the file
    /// and the memory.
    pub seconds: u64,
    /// The program that is run as that process: regrade itself, which calls [`serve`](super::serve) when it is started
    /// with [`CHILD`](super::CHILD). Without one, workbooks are read in this process, under all limits but this.
    pub process: Option<PathBuf>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            memory: DEFAULT_MEMORY,
            seconds: 6,
            process: None,
        }
    }
}

impl Guard {
    /// Twice the memory, in MiB: what is said to who may need more.
    pub(in crate::read) const fn twice(&self) -> u64 {
        self.memory >> 19
    }
}

/// The limits for one file.
#[derive(Clone, Copy, Debug)]
pub(in crate::read) struct Limits {
    memory: u64,
    seconds: u64,
    /// The file's size on disk, in bytes.
    file: u64,
}

impl Limits {
    pub(in crate::read) fn of(guard: &Guard, file: u64) -> Self {
        Self {
            memory: guard.memory.max(1 << 20),
            seconds: guard.seconds,
            file,
        }
    }

    /// `base` parts of 512 of the memory, and `times` the file's size, which grows with the memory allowed too.
    fn scaled(&self, base: u64, times: u64) -> u64 {
        let more = u128::from(self.file) * u128::from(times) * u128::from(self.memory)
            / u128::from(DEFAULT_MEMORY);
        (self.memory / 512 * base).saturating_add(u64::try_from(more).unwrap_or(u64::MAX))
    }

    /// What the file may inflate to, in bytes: no export packs two hundred to one.
    pub(in crate::read) fn inflated(&self) -> u64 {
        self.scaled(128, 200)
    }

    /// What a gzip file may hold, in bytes. Text takes several times its size in memory until it is a table.
    pub(in crate::read) fn unpacked(&self) -> u64 {
        self.scaled(32, 200)
    }

    /// What its tables may take in memory, in bytes. The rows of a CSV file take at most twelve times its size.
    pub(in crate::read) fn table(&self) -> u64 {
        self.scaled(128, 64)
    }

    /// How many cells are looked at, those that no table takes included.
    pub(in crate::read) fn cells(&self) -> u64 {
        self.scaled(16, 64)
    }

    /// What of an xlsx workbook a library may hold in memory in this process: styles, relationships and, where it is not
    /// scanned, the texts that its cells share, inflated, in bytes.
    pub(in crate::read) fn held(&self) -> u64 {
        self.memory / 32
    }

    /// The memory of the reader's process, in bytes.
    pub(in crate::read) const fn memory(&self) -> u64 {
        self.memory
    }

    /// The processor time of the reader's process, in seconds.
    pub(in crate::read) fn seconds(&self) -> u64 {
        let seconds = self.seconds + 2 * (self.file >> 20);
        seconds * self.memory.div_ceil(DEFAULT_MEMORY)
    }
}
