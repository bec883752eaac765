//! `regrade man`: the manual, one page for all commands.

use super::files::to_stdout;
use super::{Cli, Exit, Stop};
use clap::CommandFactory;
use clap_mangen::Man;

/// Arguments of `man`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The command; the page of regrade itself if not given.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Stop> {
    let mut cli = Cli::command();
    cli.build();
    let command = match &args.command {
        None => cli,
        Some(name) => match cli.find_subcommand(name) {
            Some(command) => command.clone().name(format!("regrade-{name}")),
            None => return Err(unknown(name)),
        },
    };
    let mut page = vec![];
    // Writing to memory cannot fail.
    let _ = Man::new(command).render(&mut page);
    to_stdout(|out| out.write_all(&page))?;
    Ok(Exit::Done)
}

fn unknown(name: &str) -> Stop {
    Stop::usage(regrade::diagnostic::Finding::error(
        regrade::diagnostic::Code::Usage,
        regrade::text!("no command `{name}`", "没有命令 `{name}`"),
    ))
}
