//! The `regrade` command: parse, dispatch, exit status. The only place that prints errors.

mod cli;

use clap::FromArgMatches;
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == regrade::read::CHILD)
    {
        // The process that reads one workbook for another regrade, which sees how it ends.
        return regrade::read::serve().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    cli::bug::report_panics();
    let matches = cli::words::command(cli::words::language()).get_matches();
    let cli = match cli::Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let screen = cli::Screen::new(&cli.global);
    let run = || {
        let done = cli::run(&cli, &screen);
        screen.begin();
        done
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(stop)) => screen.stop(&stop).into(),
        Err(_) => cli::Exit::Bug.into(),
    }
}
