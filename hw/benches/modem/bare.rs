//! The reference: one bare thread in `poll` on the same kind of port and wake-up counter as the driver, which writes
//! fixed bytes when it is woken and says when the port is gone. It understands nothing of what it reads.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};

use super::far_end::{nudge, timespec};

/// Opens a port for reading and writing, without asking for any line settings.
pub(crate) fn open(path: &Path) -> OwnedFd {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).expect("the port")
}

/// A running bare thread.
pub(crate) struct Bare {
    wake: Arc<OwnedFd>,
    /// When the port was seen to be gone; the thread ends with it.
    pub(crate) gone: Receiver<Instant>,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    pub(crate) fn start(path: &Path, bytes: &'static [u8]) -> Self {
        let port = open(path);
        let wake = Arc::new(
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).expect("a wake-up counter"),
        );
        let (tell, gone) = channel();
        let woken = Arc::clone(&wake);
        let thread = std::thread::spawn(move || {
            let mut buffer = [0_u8; 1024];
            loop {
                let mut fds = [
                    PollFd::new(&*woken, PollFlags::IN),
                    PollFd::new(&port, PollFlags::IN),
                ];
                let _ = poll(&mut fds, None);
                let readable = !fds[1].revents().is_empty();
                let mut count = [0_u8; 8];
                if rustix::io::read(&*woken, &mut count).is_ok() {
                    let _ = rustix::io::write(&port, bytes);
                }
                if readable && !rustix::io::read(&port, &mut buffer).is_ok_and(|count| count > 0) {
                    let _ = tell.send(Instant::now());
                    return;
                }
            }
        });
        Self {
            wake,
            gone,
            thread: Some(thread),
        }
    }

    /// Wakes it, upon which it writes.
    pub(crate) fn write(&self) {
        nudge(&self.wake);
    }

    /// Waits for its end, after the port was taken away.
    pub(crate) fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Writes each command at its time and reads until its final result, for `time` as a whole.
pub(crate) fn converse(path: &Path, commands: &[(Duration, Vec<u8>)], time: Duration) {
    let port = open(path);
    let started = Instant::now();
    let mut buffer = [0_u8; 1024];
    let wait = |until: Duration| {
        let mut fds = [PollFd::new(&port, PollFlags::IN)];
        let pause = timespec(until.saturating_sub(started.elapsed()));
        let _ = poll(&mut fds, Some(&pause));
        !fds[0].revents().is_empty()
    };
    for (at, command) in commands {
        while started.elapsed() < *at {
            wait(*at);
        }
        let _ = rustix::io::write(&port, command);
        let mut said = Vec::new();
        while !ends(&said) && wait(*at + Duration::from_secs(3)) {
            let count = rustix::io::read(&port, &mut buffer).unwrap_or(0);
            said.extend_from_slice(&buffer[..count]);
        }
    }
    while started.elapsed() < time {
        wait(time);
    }
}

fn ends(said: &[u8]) -> bool {
    said.ends_with(b"OK\r\n") || said.ends_with(b"ERROR\r\n")
}
