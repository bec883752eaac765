//! How a command ends: the documented exit codes, and what is said when it stops before it is done.

use regrade::diagnostic::{Code, Finding};
use std::process::ExitCode;

/// The exit codes of product and manual.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done.
    Done,
    /// There are findings, or a gate was hit.
    Findings,
    /// Usage or scheme is wrong.
    Usage,
    /// The input is refused; nothing was written.
    Refused,
    /// The ledger or a file cannot be used.
    Trouble,
    /// A bug in regrade.
    Bug,
    /// The ledger is in use; try again.
    Busy,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Trouble => 4,
            Exit::Bug => 70,
            Exit::Busy => 75,
        })
    }
}

/// Why a command stopped before it was done.
#[derive(Debug)]
pub enum Stop {
    /// Something was found.
    Findings {
        /// What.
        findings: Vec<Finding>,
        /// The text that spans point into, with its name.
        source: Option<(String, String)>,
        /// The exit code.
        exit: Exit,
    },
    /// The reader of standard output went away, which is no error.
    ClosedPipe,
}

impl Stop {
    /// A wrong option or argument.
    pub fn usage(finding: Finding) -> Self {
        Self::Findings {
            findings: vec![finding],
            source: None,
            exit: Exit::Usage,
        }
    }

    /// Refused input. Where nothing is wrong with it but what the user says of it (an encoding or a worksheet that does
    /// not exist), that is a matter of usage.
    pub fn refused(findings: Vec<Finding>) -> Self {
        let mut errors = findings
            .iter()
            .filter(|finding| finding.is_error())
            .peekable();
        let exit = if errors.peek().is_some() && errors.all(|error| error.code == Code::Usage) {
            Exit::Usage
        } else {
            Exit::Refused
        };
        Self::Findings {
            findings,
            source: None,
            exit,
        }
    }
}
