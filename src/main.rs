//! The `regrade` command: parse, dispatch, exit status. The only place that prints errors.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::bug::report_panics();
    let cli = cli::Cli::parse_from(cli::words::localised_args());
    let screen = cli::Screen::new(&cli.global);
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| cli::run(&cli, &screen))) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(stop)) => screen.stop(&stop).into(),
        Err(_) => cli::Exit::Bug.into(),
    }
}
