//! What is said to the user on standard error, in the user's language.

use super::{ColorWhen, Exit, Global, Stop};
use regrade::diagnostic::render::{Source, render};
use regrade::diagnostic::{Finding, Lang, Text};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

/// Standard error with the options that shape what is said there.
pub struct Screen {
    /// The language of messages.
    pub lang: Lang,
    /// Whether only findings are said.
    pub quiet: bool,
    /// Whether every place is listed.
    pub verbose: bool,
    styled: bool,
    color: ColorWhen,
    /// What comes before all else that is said.
    first: Mutex<Option<Box<First>>>,
}

/// Gives what is to be said first, if there is anything.
type First = dyn FnOnce() -> Option<Text> + Send;

impl Screen {
    /// As the options and the environment say.
    pub fn new(global: &Global) -> Self {
        let styled = wants_color(global.color, std::io::stderr().is_terminal());
        Self {
            lang: global.lang.map_or_else(locale, Lang::from),
            quiet: global.quiet,
            verbose: global.verbose > 0,
            styled,
            color: global.color,
            first: Mutex::new(None),
        }
    }

    /// Has something said before all else, and not later than at the end. It is asked for when it is needed.
    pub fn first(&self, text: impl FnOnce() -> Option<Text> + Send + 'static) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(text));
    }

    /// Says what comes first, if that was not said yet.
    pub fn begin(&self) {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(text) = first.and_then(|first| first()) {
            self.say(&text);
        }
    }

    /// Whether standard output gets colours.
    pub fn colors_stdout(&self) -> bool {
        wants_color(self.color, std::io::stdout().is_terminal())
    }

    /// Renders findings; spans point into `source`.
    pub fn findings(&self, findings: &[Finding], source: Option<Source<'_>>) {
        self.begin();
        if findings.is_empty() {
            return;
        }
        let text = render(findings, source, self.lang, self.styled, self.verbose);
        write(&text);
    }

    /// Findings of a run that goes on: notes only if asked for or worth the space, nothing that is quiet's to hide but
    /// notes.
    pub fn run_findings(&self, findings: &[Finding]) {
        let shown: Vec<Finding> = findings
            .iter()
            .filter(|finding| finding.severity > regrade::diagnostic::Severity::Note || !self.quiet)
            .cloned()
            .collect();
        self.findings(&shown, None);
    }

    /// A line about what was done, unless quiet.
    pub fn say(&self, text: &Text) {
        self.begin();
        if !self.quiet {
            write(&format!("{}\n", text.get(self.lang)));
        }
    }

    /// Says why a command stopped.
    pub fn stop(&self, stop: &Stop) -> Exit {
        match stop {
            Stop::ClosedPipe => Exit::Done,
            Stop::Findings {
                findings,
                source,
                exit,
            } => {
                let source = source.as_ref().map(|(name, text)| Source { name, text });
                self.findings(findings, source);
                *exit
            }
        }
    }
}

/// Standard error that cannot be written to is nobody's to tell.
fn write(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn wants_color(when: ColorWhen, terminal: bool) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            terminal && !no_color && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// The language of the locale.
pub fn locale() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    match named {
        Some(value) if value.starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}
