//! How files are read: the options of the command line, and the bar while it lasts.

use super::{Screen, Stop, password};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use regrade::diagnostic::{Code, Finding};
use regrade::read::{self, Guard, Options};
use regrade::text;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Options about how files are read.
#[derive(Args, Debug, Default)]
pub struct Reading {
    /// The encoding of text files, if it is not to be detected: utf-8, gb18030, utf-16le, big5 …
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The row of the header, if it is not to be found.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub header_row: Option<u32>,
    /// The character between fields of text files, if it is not to be detected.
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<char>,
    /// A file whose first line is the password of encrypted workbooks.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// How much memory reading one workbook may take, in MiB; without it 512. All other limits grow with it.
    #[arg(
        long,
        value_name = "MIB",
        env = "REGRADE_READ_MEMORY",
        hide_env_values = true,
        value_parser = clap::value_parser!(u64).range(64..=1 << 20)
    )]
    pub read_memory: Option<u64>,
}

impl Reading {
    /// What they say.
    pub fn options(&self) -> Result<Options, Stop> {
        let delimiter = match self.delimiter {
            None => None,
            Some(character) if character.is_ascii() && !matches!(character, '"' | '\n' | '\r') => {
                Some(character as u8)
            }
            Some(character) => {
                let shown = character.escape_debug();
                let finding = Finding::error(
                    Code::Usage,
                    text!(
                        "`{shown}` cannot stand between fields",
                        "`{shown}` 不能作分隔符"
                    ),
                );
                return Err(Stop::usage(finding.help(text!(
                    "it is one ASCII character, no quote and no line end; without the option it is found by itself",
                    "应为一个 ASCII 字符，不能是引号或换行；不写该选项时会自动识别"
                ))));
            }
        };
        Ok(Options {
            encoding: self.encoding.clone(),
            header_row: self.header_row,
            delimiter,
            password: self
                .password_file
                .as_deref()
                .map(password::in_file)
                .transpose()?,
            guard: guard(self.read_memory),
        })
    }
}

/// What reading may take, and the program that reads workbooks apart: this one, however it was started and even if its
/// file has been replaced since.
pub fn guard(mebibytes: Option<u64>) -> Guard {
    let itself = PathBuf::from("/proc/self/exe");
    Guard {
        memory: mebibytes.map_or(read::DEFAULT_MEMORY, |memory| memory << 20),
        process: cfg!(target_os = "linux").then(|| {
            if itself.exists() {
                itself
            } else {
                std::env::current_exe().unwrap_or(itself)
            }
        }),
        ..Guard::default()
    }
}

/// A bar for long work: on a terminal only, and only after a second.
pub struct Progress {
    bar: Option<ProgressBar>,
    start: Instant,
}

impl Progress {
    /// None yet.
    pub fn new(screen: &Screen) -> Self {
        let bar = (!screen.quiet).then(|| {
            // Hidden by itself where standard error is no terminal.
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes}");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        Self {
            bar,
            start: Instant::now(),
        }
    }

    /// So many bytes of all are done.
    pub fn show(&self, name: &str, done: u64, all: u64) {
        let Some(bar) = &self.bar else { return };
        if self.start.elapsed() < Duration::from_secs(1) {
            return;
        }
        bar.set_length(all);
        bar.set_message(name.to_owned());
        bar.set_position(done);
    }

    /// Takes it away.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
