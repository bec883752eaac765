//! Writes results: each file whole or not at all, all files of a call or none, standard output as it comes.

use super::output::{Output, Target};
use super::{Exit, Stop};
use regrade::diagnostic::{Code, Finding, Text, system};
use regrade::temporary::{another, temporary};
use regrade::text;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// What an output writes itself into.
pub trait Sink: Write + Seek + Send {}
impl<T: Write + Seek + Send> Sink for T {}

/// A file that is being written beside its target.
enum Pending {
    /// Becomes the target by renaming.
    Temporary(TempPath, PathBuf),
    /// Something that is no plain file (a device, a pipe) and is written as it is.
    Direct,
}

/// What a file made the plain way gets: the process's mask takes its part off; a replaced file keeps its own.
#[cfg(unix)]
fn permissions(target: &Path) -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    let mode = target
        .metadata()
        .map_or(0o666, |known| known.permissions().mode() & 0o777);
    std::fs::Permissions::from_mode(mode)
}

/// Files that appear together when all of them are written.
#[derive(Default)]
pub struct Files {
    pending: Vec<Pending>,
    /// The folders that they are in.
    folders: Vec<PathBuf>,
    /// Whether nobody waits until the disk has them.
    reproducible: bool,
}

impl Files {
    /// Files that the same call makes again, because nothing but its inputs goes into them: they appear whole, and the
    /// system takes them to the disk in its own time. All others are on the disk before they appear, or a ledger could
    /// tell of a run whose files a power cut has taken.
    pub fn reproducible() -> Self {
        Self {
            reproducible: true,
            ..Self::default()
        }
    }

    /// Writes one file; it appears with [`Files::commit`].
    pub fn write(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> Result<(), Stop> {
        self.try_write(path, write)
            .map_err(|error| unwritable(path, &error))
    }

    fn try_write(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> io::Result<()> {
        // A link is followed, so that what it names is replaced and not the link.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if let Ok(known) = target.metadata() {
            if known.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if !known.is_file() {
                let mut memory = io::Cursor::new(vec![]);
                write(&mut memory)?;
                OpenOptions::new()
                    .write(true)
                    .open(&target)?
                    .write_all(memory.get_ref())?;
                self.pending.push(Pending::Direct);
                return Ok(());
            }
        }
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(io::ErrorKind::NotFound.into());
        }
        #[cfg(unix)]
        let permissions = Some(permissions(&target));
        #[cfg(not(unix))]
        let permissions = None;
        let is_known = self.folders.iter().any(|known| known == folder);
        let mut temporary = if is_known {
            another(folder, permissions)?
        } else {
            temporary(folder, permissions)?
        };
        {
            let mut buffered = BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
            write(&mut buffered)?;
            buffered.flush()?;
        }
        if !self.reproducible {
            temporary.as_file().sync_all()?;
        }
        if !is_known {
            self.folders.push(folder.to_path_buf());
        }
        // Closed now: a folder of messages has more files than a process may have open.
        let temporary = temporary.into_temp_path();
        self.pending.push(Pending::Temporary(temporary, target));
        Ok(())
    }

    /// Puts all files in place.
    pub fn commit(self) -> Result<(), Stop> {
        for pending in self.pending {
            if let Pending::Temporary(temporary, target) = pending {
                temporary
                    .persist(&target)
                    .map_err(|error| unwritable(&target, &error.error))?;
            }
        }
        if self.reproducible {
            return Ok(());
        }
        // The names are durable when their folders are.
        for folder in self.folders {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

/// What an output is written into.
pub enum Out<'a> {
    /// A file.
    File(&'a mut dyn Sink),
    /// Standard output.
    Stdout(&'a mut dyn Write),
}

impl Out<'_> {
    /// Writes what `write` writes: a workbook, as [`Output::workbook`] does.
    pub fn workbook(
        self,
        output: &Output,
        write: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::File(out) => output.workbook(out, write),
            Self::Stdout(out) => output.streamed_workbook(out, write),
        }
    }

    /// Writes what `write` writes: text, of which nothing is taken back.
    pub fn text(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::File(out) => write(&mut &mut *out),
            Self::Stdout(out) => write(out),
        }
    }
}

/// Whether somebody read all of standard output. That a reader has seen enough (`… -o graded.xlsx -o - | head`) is no
/// reason to go without the files, so that it is told when they are there.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// All of it.
    Stayed,
    /// Not to the end.
    Left,
}

impl Reader {
    /// Of something that was written to standard output.
    pub fn of(written: Result<(), Stop>) -> Result<Self, Stop> {
        match written {
            Ok(()) => Ok(Self::Stayed),
            Err(Stop::ClosedPipe) => Ok(Self::Left),
            Err(other) => Err(other),
        }
    }

    /// Of this and something else that was written there.
    pub const fn and(self, other: Self) -> Self {
        match self {
            Self::Stayed => other,
            Self::Left => self,
        }
    }

    /// How the call ends.
    pub const fn end(self) -> Result<(), Stop> {
        match self {
            Self::Stayed => Ok(()),
            Self::Left => Err(Stop::ClosedPipe),
        }
    }
}

/// Writes every output with `write`: first those that are files, which appear with [`Files::commit`], then standard
/// output.
pub fn write_outputs(
    outputs: &[Output],
    files: &mut Files,
    write: impl Fn(&Output, Out<'_>) -> io::Result<()>,
) -> Result<Reader, Stop> {
    for output in outputs {
        if let Target::File(path) = &output.target {
            files.write(path, |out| write(output, Out::File(out)))?;
        }
    }
    let mut reader = Reader::Stayed;
    for output in outputs {
        if output.target == Target::Stdout {
            let written = to_stdout(|out| write(output, Out::Stdout(out)));
            reader = reader.and(Reader::of(written)?);
        }
    }
    Ok(reader)
}

/// Writes to standard output; a reader that went away is no error.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Stop::ClosedPipe
        } else {
            let Text { en, zh } = system::told(&error);
            cannot_write(text!(
                "cannot write to standard output: {en}",
                "无法写到标准输出：{zh}"
            ))
        }
    })
}

/// A file that cannot be written, or removed.
pub fn unwritable(path: &Path, error: &io::Error) -> Stop {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        .map(Path::display);
    let (io::ErrorKind::NotFound, Some(folder)) = (error.kind(), folder) else {
        return unwritable_as(path, &system::told(error));
    };
    let shown = path.display();
    let finding = Finding::error(
        Code::Unwritable,
        text!(
            "cannot write `{shown}`: there is no folder `{folder}`",
            "无法写入 `{shown}`：没有文件夹 `{folder}`"
        ),
    );
    trouble(finding.help(text!(
        "make it first, or write to another place",
        "请先建立该文件夹，或换个位置"
    )))
}

/// The same for another reason.
pub fn unwritable_as(path: &Path, why: &Text) -> Stop {
    let (shown, Text { en, zh }) = (path.display(), why);
    cannot_write(text!(
        "cannot write `{shown}`: {en}",
        "无法写入 `{shown}`：{zh}"
    ))
}

fn cannot_write(title: Text) -> Stop {
    trouble(Finding::error(Code::Unwritable, title).help(text!(
        "nothing was changed; make room or choose another place",
        "没有改动任何文件；请腾出空间或换个位置"
    )))
}

fn trouble(finding: Finding) -> Stop {
    Stop::Findings {
        findings: vec![finding],
        source: None,
        exit: Exit::Trouble,
    }
}
