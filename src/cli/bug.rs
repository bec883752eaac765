//! A panic is a bug in regrade: it is told as such, with what to do, and ends with exit code 70.

use std::io::Write;

/// Replaces the message of panics.
pub fn report_panics() {
    let version = env!("CARGO_PKG_VERSION");
    std::panic::set_hook(Box::new(move |info| {
        // The readers of hostile files catch the panics of libraries and report the file instead.
        if regrade::read::is_reading_guarded() {
            return;
        }
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "bug: regrade {version} stopped at {place}: {info}\n\
             help: please report this line with the command and, if you may, the files\n\
             说明：这是 regrade 的缺陷，请附上此行、所用命令和文件（如可提供）反馈"
        );
    }));
}
