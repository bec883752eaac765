//! What can go wrong with a ledger, said plainly. A caller decides on the kind: one that is in use is worth another try.

use crate::diagnostic::{Code, Finding, Text, system};
use crate::text;
use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

/// Why the ledger did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no ledger at that path.
    NotFound,
    /// Somebody else is writing, for longer than the call was to wait.
    Busy,
    /// The file is no ledger of regrade's: what it is instead.
    NotALedger(Text),
    /// A newer regrade has written it.
    Newer {
        /// The version of its tables.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The file is broken: what SQLite or the reader of a row says.
    Damaged(String),
    /// There is no room left on the disk.
    Full,
    /// The file or its folder must not be written.
    ReadOnly,
    /// The file cannot be opened: what the system says.
    NoAccess(Text),
    /// No run, or more than one, is meant by what was written.
    Run(Box<Finding>),
    /// Anything else, in the words of SQLite.
    Other(String),
}

impl Error {
    /// What to tell the user; `ledger` is the file as the user knows it.
    pub fn finding(&self, ledger: &str) -> Finding {
        let (code, title, help) = match self {
            Self::Run(finding) => return (**finding).clone(),
            Self::NotFound => (
                Code::NoLedger,
                text!("there is no ledger `{ledger}`", "没有台账 `{ledger}`"),
                text!(
                    "import files into it first, or name another with `--ledger FILE`",
                    "请先导入文件，或用 `--ledger 文件` 指定另一个台账"
                ),
            ),
            Self::Busy => (
                Code::LedgerBusy,
                text!(
                    "the ledger `{ledger}` is in use by another regrade",
                    "台账 `{ledger}` 正被另一个 regrade 使用"
                ),
                text!(
                    "try again when it is done, or wait longer with `--lock-wait SECONDS`",
                    "请等它结束后再试，或用 `--lock-wait 秒数` 等待更久"
                ),
            ),
            Self::NotALedger(Text { en, zh }) => (
                Code::NotALedger,
                text!(
                    "`{ledger}` is no ledger of regrade: {en}",
                    "`{ledger}` 不是 regrade 的台账：{zh}"
                ),
                text!(
                    "name the ledger with `--ledger FILE`; nothing was changed",
                    "请用 `--ledger 文件` 指定台账；没有改动任何内容"
                ),
            ),
            Self::Newer { found, known } => (
                Code::NewerLedger,
                text!(
                    "the ledger `{ledger}` is of version {found}; this regrade knows versions up to {known}",
                    "台账 `{ledger}` 的版本是 {found}；此 regrade 只认识到版本 {known}"
                ),
                text!(
                    "use the regrade that wrote it, or a newer one",
                    "请使用写入它的 regrade，或更新的版本"
                ),
            ),
            Self::Damaged(why) => (
                Code::DamagedLedger,
                text!(
                    "the ledger `{ledger}` is damaged: {why}",
                    "台账 `{ledger}` 已损坏：{why}"
                ),
                text!(
                    "restore a copy with `regrade backup --restore FILE`",
                    "请用 `regrade backup --restore 文件` 恢复备份"
                ),
            ),
            Self::Full => (
                Code::LedgerTrouble,
                text!(
                    "there is no room left on the disk of the ledger `{ledger}`",
                    "台账 `{ledger}` 所在磁盘已满"
                ),
                text!(
                    "make room and try again; the ledger is as it was",
                    "请腾出空间后再试；台账没有改动"
                ),
            ),
            Self::ReadOnly => (
                Code::LedgerTrouble,
                text!(
                    "the ledger `{ledger}` or its folder is read-only",
                    "台账 `{ledger}` 或其文件夹是只读的"
                ),
                text!(
                    "allow writing there, or copy the ledger and name the copy with `--ledger FILE`",
                    "请允许写入，或复制台账并用 `--ledger 文件` 指定副本"
                ),
            ),
            Self::NoAccess(Text { en, zh }) => (
                Code::LedgerTrouble,
                text!(
                    "cannot open the ledger `{ledger}`: {en}",
                    "无法打开台账 `{ledger}`：{zh}"
                ),
                text!(
                    "check the path and who may read and write there",
                    "请检查路径及其读写权限"
                ),
            ),
            Self::Other(why) => (
                Code::LedgerTrouble,
                text!(
                    "trouble with the ledger `{ledger}`: {why}",
                    "台账 `{ledger}` 出错：{why}"
                ),
                text!("nothing was changed", "没有改动任何内容"),
            ),
        };
        Finding::error(code, title).help(help)
    }

    /// Whether there is no room left, for anybody or for this user.
    pub(super) fn is_full(error: &std::io::Error) -> bool {
        use std::io::ErrorKind;
        matches!(
            error.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded
        )
    }

    /// A file that another program wrote.
    pub(super) fn foreign() -> Self {
        Self::NotALedger(text!("another program wrote it", "它由其他程序写入"))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, said) => {
                let why = said.clone().unwrap_or_else(|| failure.to_string());
                match failure.code {
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                    ErrorCode::NotADatabase => {
                        Self::NotALedger(text!("it is no SQLite database", "它不是 SQLite 数据库"))
                    }
                    ErrorCode::DatabaseCorrupt => Self::Damaged(why),
                    ErrorCode::DiskFull => Self::Full,
                    // The index of the log, which readers need too, could not be made as large as it has to be.
                    _ if failure.extended_code == SQLITE_IOERR_SHMSIZE => Self::Full,
                    ErrorCode::ReadOnly => Self::ReadOnly,
                    ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                        Self::NoAccess(text!("{why}", "{why}"))
                    }
                    _ => Self::Other(why),
                }
            }
            // A value that is not what its column holds: somebody else has written into the file.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            _ if Self::is_full(&error) => Self::Full,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::NoAccess(system::told(&error)),
        }
    }
}
