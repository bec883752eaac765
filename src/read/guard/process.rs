//! The end that asks: starts the reader's process, hands it the file, listens, and kills it when its time is up.
//!
//! However it ends, by a signal, in silence or in the middle of a word, the result is a fault that says so; the process
//! is always waited for, and what it writes on standard error is looked at and not shown.

use super::super::format::Format;
use super::super::listener::{Fault, Listener, in_its_words};
use super::frames::{Request, ask, hear};
use super::{CHILD, Limits, Parts};
use crate::text;
use std::io::{BufReader, BufWriter, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What is looked at of the process's standard error, in bytes.
const LAST_WORDS: u64 = 4096;

/// Reads a workbook in another process, which is `program` started with [`CHILD`].
pub(in crate::read) fn read_apart(
    program: &Path,
    (format, bytes): (Format, &[u8]),
    parts: Parts,
    limits: &Limits,
    listener: &mut dyn Listener,
) -> Result<(), Fault> {
    let request = Request {
        format,
        formulas: parts.formulas,
        memory: limits.memory(),
        seconds: limits.seconds(),
    };
    let not_started = |error: std::io::Error| Fault::NotStarted(error.to_string());
    let mut command = Command::new(program);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "regrade");
    let mut child = command
        .arg(CHILD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(not_started)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut reader = Reader {
        child: Arc::new(Mutex::new(child)),
        watch: None,
    };
    // The processor's time is limited where the system does it. This ends a process that does nothing, and is patient with
    // one on a busy machine.
    reader
        .watch(Duration::from_secs(request.seconds * 3))
        .map_err(not_started)?;
    let heard = match (stdin, stdout) {
        (Some(stdin), Some(stdout)) => {
            let mut to = BufWriter::new(stdin);
            // A process that ended before it read everything said why, or its status does.
            let _ = ask(&mut to, &request, bytes);
            let mut from = BufReader::with_capacity(1 << 16, stdout);
            hear(&mut from, &mut to, listener)
        }
        _ => Err(ErrorKind::BrokenPipe.into()),
    };
    let outcome = match heard {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(Fault::Memory(_))) => Fault::Memory(request.memory),
        Ok(Err(fault)) => fault,
        Err(error) if error.kind() == ErrorKind::InvalidData => Fault::Crashed(text!(
            "the process that reads it says what makes no sense",
            "读取进程的回答无法理解"
        )),
        Err(_) => reader.why_it_ended(&request),
    };
    Err(outcome)
}

/// The process, which does not outlive this.
struct Reader {
    child: Arc<Mutex<Child>>,
    /// The one who looks at the clock, and how to send them home; they say whether the time was up.
    watch: Option<(Sender<()>, JoinHandle<bool>)>,
}

impl Reader {
    fn watch(&mut self, time: Duration) -> std::io::Result<()> {
        let (home, called) = channel::<()>();
        let child = Arc::clone(&self.child);
        let watch = std::thread::Builder::new().spawn(move || {
            let is_up = called.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if is_up {
                kill(&child);
            }
            is_up
        })?;
        self.watch = Some((home, watch));
        Ok(())
    }

    /// Whether its time was up.
    fn dismiss(&mut self) -> bool {
        let Some((home, watch)) = self.watch.take() else {
            return false;
        };
        drop(home);
        watch.join().unwrap_or(false)
    }

    fn why_it_ended(&mut self, request: &Request) -> Fault {
        let time = Fault::Time(request.seconds);
        if self.dismiss() {
            return time;
        }
        kill(&self.child);
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let mut words = vec![];
        if let Some(stderr) = child.stderr.take() {
            // Without its last words the status has to do.
            let _ = stderr.take(LAST_WORDS).read_to_end(&mut words);
        }
        let words = String::from_utf8_lossy(&words);
        if words.contains("memory allocation of") {
            return Fault::Memory(request.memory);
        }
        if words.contains("overflowed its stack") {
            return Fault::Crashed(text!("its parts are nested too deeply", "内容嵌套过深"));
        }
        match child.wait() {
            Ok(status) if is_out_of_time(status) => time,
            Ok(status) => Fault::Crashed(text!(
                "reading it ended with {status}",
                "读取进程以 {status} 结束"
            )),
            Err(error) => Fault::Crashed(in_its_words(error)),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.dismiss();
        kill(&self.child);
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // Without this it would stay in the system's list.
        let _ = child.wait();
    }
}

/// Ends the process; one that has ended keeps its status.
fn kill(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
}

/// Whether the system ended it for the processor time that it took.
#[cfg(target_os = "linux")]
fn is_out_of_time(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    /// `SIGXCPU`, where regrade is built for.
    const TIME_IS_UP: i32 = 24;
    status.signal() == Some(TIME_IS_UP)
}

#[cfg(not(target_os = "linux"))]
fn is_out_of_time(_: ExitStatus) -> bool {
    false
}
