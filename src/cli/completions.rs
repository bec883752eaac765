//! `regrade completions`: completions for a shell.

use super::files::to_stdout;
use super::{Cli, Exit, Stop};
use clap::CommandFactory;
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Stop> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Cli::command(), "regrade", &mut script);
    to_stdout(|out| out.write_all(&script))?;
    Ok(Exit::Done)
}
