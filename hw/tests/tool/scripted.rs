//! A module reduced to a table: it listens at one speed and answers each command with one text. For what the simulator
//! does not play: a port whose speed is really another one, and a module sold without voice.

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// A running module; dropping it takes its port away.
pub(crate) struct Scripted {
    port: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Listens at `baud` only. `answer` gives the whole answer to a command, without line ends around it.
    pub(crate) fn start(baud: u32, answer: impl Fn(&str) -> &'static str + Send + 'static) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let port = PathBuf::from(name.to_str().unwrap());
        // Held open, so that the line stays alive while nobody else has it.
        let slave = open(
            &port,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .unwrap();
        let mut modes = tcgetattr(&slave).unwrap();
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
        let flags = rustix::fs::fcntl_getfl(&master).unwrap();
        rustix::fs::fcntl_setfl(&master, flags | OFlags::NONBLOCK).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || serve(&master, &slave, baud, &answer, &told));
        Self {
            port,
            stop,
            thread: Some(thread),
        }
    }

    pub(crate) fn port(&self) -> &Path {
        &self.port
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    master: &OwnedFd,
    slave: &OwnedFd,
    baud: u32,
    answer: &dyn Fn(&str) -> &'static str,
    stop: &AtomicBool,
) {
    let mut held = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        // A program that was killed leaves its claim on the port behind.
        let _ = rustix::termios::ioctl_tiocnxcl(slave);
        let mut buffer = [0_u8; 256];
        match rustix::io::read(master, &mut buffer) {
            Ok(count) => held.extend_from_slice(&buffer[..count]),
            Err(errno) => {
                assert_eq!(std::io::Error::from(errno).kind(), ErrorKind::WouldBlock);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        while let Some(end) = held.iter().position(|byte| *byte == b'\r') {
            let command: Vec<u8> = held.drain(..=end).collect();
            // The kernel keeps the speed that the far end has set, although a pty has none of its own.
            if tcgetattr(slave).unwrap().output_speed() != baud {
                continue;
            }
            let command = String::from_utf8_lossy(&command[..end]).into_owned();
            let text = format!("\r\n{}\r\n", answer(command.trim()));
            let _ = rustix::io::write(master, text.as_bytes());
        }
    }
}
