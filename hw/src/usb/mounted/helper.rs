//! Runs the mount helper, and does not wait for ever: a dying stick can hold up whoever mounts it.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::UsbError;

/// How often a helper that runs is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long a helper that was ended may take to go. One that waits in the kernel goes when the kernel lets it.
const ENDING: Duration = Duration::from_millis(500);
/// Longest complaint that is read, in bytes.
const MOST_SAID: u64 = 4096;
/// Longest reason that is handed on, in characters.
const MOST_REASON: usize = 200;

/// Runs `program verb device` and gives back its refusal, if it refuses.
pub(super) fn run(
    program: &Path,
    verb: &str,
    device: &Path,
    patience: Duration,
) -> Result<(), UsbError> {
    let missing = |source| UsbError::HelperMissing {
        program: program.to_owned(),
        source,
    };
    let mut child = Command::new(program)
        .arg(verb)
        .arg(device)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(missing)?;
    let said = listen(&mut child).map_err(missing)?;
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait().map_err(missing)? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => {
                return Err(UsbError::HelperRefused {
                    reason: reason(&said),
                });
            }
            None if Instant::now() >= deadline => {
                end(child);
                return Err(UsbError::HelperHung { patience });
            }
            None => thread::sleep(LOOK_EVERY),
        }
    }
}

/// Reads what the helper complains of, on a thread of its own so that a full pipe never holds the helper up.
fn listen(child: &mut Child) -> io::Result<Receiver<String>> {
    let (tell, said) = channel();
    if let Some(mut pipe) = child.stderr.take() {
        thread::Builder::new()
            .name("mount helper's words".to_owned())
            .spawn(move || {
                let mut bytes = Vec::new();
                let _cut_short = pipe.by_ref().take(MOST_SAID).read_to_end(&mut bytes);
                // Nobody listens any more where the helper was given up.
                let _ = tell.send(String::from_utf8_lossy(&bytes).into_owned());
                let _ = io::copy(&mut pipe, &mut io::sink());
            })?;
    }
    Ok(said)
}

fn reason(said: &Receiver<String>) -> String {
    let said = said.recv_timeout(ENDING).unwrap_or_default();
    let first = said.lines().next().unwrap_or("it gave no reason");
    let first = first.strip_prefix("xinting-mount: ").unwrap_or(first);
    first.chars().take(MOST_REASON).collect()
}

/// Ends a helper that hangs. The helper keeps its caller's real user, so its caller may end it.
fn end(mut child: Child) {
    if let Err(error) = child.kill() {
        tracing::warn!(%error, "ending a mount helper that hangs");
    }
    let deadline = Instant::now() + ENDING;
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(LOOK_EVERY);
    }
    // It hangs in the kernel. Somebody must take its status one day.
    let reaper = thread::Builder::new().name("mount helper's end".to_owned());
    if let Err(error) = reaper.spawn(move || child.wait()) {
        tracing::warn!(%error, "waiting for a mount helper that hangs in the kernel");
    }
}
