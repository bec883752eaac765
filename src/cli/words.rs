//! The help texts of commands and options in Chinese. English ones stand where the options are declared.

use std::ffi::OsString;

/// The arguments of the process. A place for what has to be known before they are parsed.
pub fn localised_args() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}
