//! The reader's process: takes a request and a file on standard input, says on standard output what is in the file.
//!
//! It reads the one file that it is handed and opens none, under limits that the kernel keeps: what happens to it
//! happens to nobody else.

use super::super::listener::Fault;
use super::super::workbook::read_here;
use super::frames::{Request, Speaker, asked};
use super::{Parts, guarded};
use std::io::{self, BufReader, BufWriter, Read};

/// The argument with which regrade is started as the reader's process. Nobody types it.
pub const CHILD: &str = "__read";

/// Serves one request. An error is the pipe's, and the other end sees that it closes.
pub fn serve() -> io::Result<()> {
    // What is wrong is said on the pipe.
    std::panic::set_hook(Box::new(|_| {}));
    let mut from = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let (request, length) = asked(&mut from)?;
    restrict(&request)?;
    let to = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut file = vec![];
    let room = file.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX));
    if room.is_ok() {
        from.by_ref().take(length).read_to_end(&mut file)?;
    }
    let mut speaker = Speaker::new(from, to);
    speaker.greet()?;
    let outcome = if room.is_err() {
        Err(Fault::Memory(request.memory))
    } else {
        let parts = Parts {
            formulas: request.formulas,
            held: 0,
            texts: 0,
            inflated: 0,
        };
        guarded(|| read_here(request.format, &file, parts, &mut speaker))
    };
    speaker.finish(outcome)
}

/// Sets the limits; one that is lower already stays.
#[cfg(target_os = "linux")]
fn restrict(request: &Request) -> io::Result<()> {
    use rlimit::Resource;
    let seconds = request.seconds;
    for (resource, soft, hard) in [
        (Resource::AS, request.memory, request.memory),
        (Resource::CPU, seconds, seconds + 1),
        (Resource::CORE, 0, 0),
    ] {
        let (_, most) = resource.get()?;
        resource.set(soft.min(most), hard.min(most))?;
    }
    Ok(())
}

/// Elsewhere there are no such limits, or the system does not keep them.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
fn restrict(_: &Request) -> io::Result<()> {
    Ok(())
}
