//! The thin driver: one thread that moves bytes between a serial port and [`Core`], and finds the port again when it
//! vanishes.
//!
//! It sleeps in one `poll` on the port and on a wake-up counter, so a command goes out at once and an idle modem costs
//! next to nothing. It knows nothing of AT commands. It never opens a port that the configuration does not name.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use serialport::{SerialPort, TTYPort};

use super::core::Core;
use super::timer::Timings;
use super::{AbsentCause, ModemCommand, ModemEvent};

/// Line speed; modules on USB ignore it.
pub const BAUD_RATE: u32 = 115_200;
/// How often a port that is not there is looked for.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a driver that stops during a call tries to hang up.
pub const LAST_HANG_UP: Duration = Duration::from_secs(3);
/// Commands that may wait for the thread.
pub const INBOX: usize = 32;
/// Bytes the port has not taken yet; more means that nobody reads at the other end.
const MOST_UNWRITTEN: usize = 1_024;

/// What the driver is told at the start.
#[derive(Debug, Clone, Default)]
pub struct ModemConfig {
    /// The serial port, usually `/dev/ttyUSB2` or a stable link to it; `None` for a booth without a modem.
    pub port: Option<PathBuf>,
    /// How long to wait for what.
    pub timings: Timings,
}

/// Why a command did not reach the modem's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Too many commands are waiting.
    #[error("the modem's queue is full")]
    Full,
    /// The thread is gone.
    #[error("the modem's driver has stopped")]
    Stopped,
}

/// Why the driver did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No wake-up counter could be had.
    #[error("making a wake-up counter for the modem's driver")]
    Wake(#[source] std::io::Error),
    /// No thread could be had.
    #[error("starting the thread of the modem's driver")]
    Thread(#[source] std::io::Error),
}

/// A running driver. Dropping it hangs up a call that is up (for at most [`LAST_HANG_UP`]), closes the port and waits
/// for the thread.
#[derive(Debug)]
pub struct ModemHandle {
    commands: Option<SyncSender<ModemCommand>>,
    wake: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl ModemHandle {
    /// Starts the driver. `on_event` is called on the driver's thread and must not block.
    ///
    /// A port that is missing is no error: it is reported as
    /// [`ModemHealth::Absent`](super::ModemHealth::Absent) and looked for every second.
    ///
    /// # Errors
    /// [`StartError`] when the system gives no thread or wake-up counter.
    pub fn start(
        config: ModemConfig,
        on_event: impl FnMut(ModemEvent) + Send + 'static,
    ) -> Result<Self, StartError> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|errno| StartError::Wake(errno.into()))?;
        let wake = Arc::new(wake);
        let (commands, inbox) = sync_channel(INBOX);
        let driver = Driver {
            core: Core::new(config.timings),
            path: config.port,
            port: None,
            unwritten: Vec::new(),
            inbox,
            wake: Arc::clone(&wake),
            started: Instant::now(),
            look_at: Duration::ZERO,
            last_cause: None,
            on_event: Box::new(on_event),
        };
        let thread = std::thread::Builder::new()
            .name("modem".to_owned())
            .spawn(move || driver.run())
            .map_err(StartError::Thread)?;
        Ok(Self {
            commands: Some(commands),
            wake,
            thread: Some(thread),
        })
    }

    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// [`CommandError::Full`] when [`INBOX`] commands wait already, [`CommandError::Stopped`] when the thread is gone.
    pub fn try_command(&self, command: ModemCommand) -> Result<(), CommandError> {
        let commands = self.commands.as_ref().ok_or(CommandError::Stopped)?;
        commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => CommandError::Full,
            TrySendError::Disconnected(_) => CommandError::Stopped,
        })?;
        self.nudge();
        Ok(())
    }

    fn nudge(&self) {
        // The only failure is a counter at its limit, and then the thread is awake anyway.
        let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
    }
}

impl Drop for ModemHandle {
    fn drop(&mut self) {
        self.commands = None;
        self.nudge();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the modem's driver had panicked");
        }
    }
}

struct Driver {
    core: Core,
    path: Option<PathBuf>,
    port: Option<TTYPort>,
    unwritten: Vec<u8>,
    inbox: Receiver<ModemCommand>,
    wake: Arc<OwnedFd>,
    started: Instant,
    look_at: Duration,
    last_cause: Option<AbsentCause>,
    on_event: Box<dyn FnMut(ModemEvent) + Send>,
}

/// What became of the handle.
enum Inbox {
    Open,
    Closed,
}

impl Driver {
    fn run(mut self) {
        if self.path.is_none() {
            self.core.port_absent(AbsentCause::NotConfigured);
        }
        let mut stop_at: Option<Duration> = None;
        loop {
            let now = self.started.elapsed();
            if stop_at.is_none() {
                self.look_for_port(now);
                if let Inbox::Closed = self.take_commands(now) {
                    self.core.command(now, ModemCommand::HangUp);
                    stop_at = Some(now + LAST_HANG_UP);
                }
            }
            if self.core.poll_timeout().is_some_and(|at| at <= now) {
                self.core.handle_timeout(now);
            }
            self.write();
            self.report();
            if stop_at.is_some_and(|at| at <= now || !self.core.is_busy()) {
                return;
            }
            let readable = self.wait(now, stop_at);
            if readable {
                self.read();
            }
        }
    }

    fn take_commands(&mut self, now: Duration) -> Inbox {
        loop {
            match self.inbox.try_recv() {
                Ok(command) => self.core.command(now, command),
                Err(TryRecvError::Empty) => return Inbox::Open,
                Err(TryRecvError::Disconnected) => return Inbox::Closed,
            }
        }
    }

    fn look_for_port(&mut self, now: Duration) {
        if self.port.is_some() || now < self.look_at {
            return;
        }
        let Some(path) = &self.path else { return };
        self.look_at = now + LOOK_EVERY;
        match open(path) {
            Ok(port) => {
                tracing::info!(port = %path.display(), "modem port open");
                self.port = Some(port);
                self.last_cause = None;
                self.unwritten.clear();
                self.core.port_opened(now);
            }
            Err(cause) => {
                if self.last_cause != Some(cause) {
                    tracing::warn!(port = %path.display(), ?cause, "modem port cannot be opened");
                    self.last_cause = Some(cause);
                }
                self.core.port_absent(cause);
            }
        }
    }

    fn lose_port(&mut self, why: &dyn std::fmt::Display) {
        tracing::warn!(%why, "modem port lost");
        self.port = None;
        self.unwritten.clear();
        let now = self.started.elapsed();
        // Whatever replaced the port is not there yet: look again soon, not at once.
        self.look_at = now + LOOK_EVERY / 4;
        self.core.port_absent(AbsentCause::NoSuchPort);
    }

    fn write(&mut self) {
        loop {
            let Some(port) = &mut self.port else {
                while self.core.poll_transmit().is_some() {}
                return;
            };
            if self.unwritten.is_empty() {
                let Some(bytes) = self.core.poll_transmit() else {
                    return;
                };
                self.unwritten = bytes;
            }
            match port.write(&self.unwritten) {
                Ok(count) => drop(self.unwritten.drain(..count)),
                Err(error) if is_passing(error.kind()) => {
                    // Keep the rest whole: half a dial string must never be followed by another command.
                    while let Some(more) = self.core.poll_transmit() {
                        self.unwritten.extend(more);
                    }
                    if self.unwritten.len() > MOST_UNWRITTEN {
                        self.lose_port(&"the module takes no bytes");
                    }
                    return;
                }
                Err(error) => self.lose_port(&error),
            }
        }
    }

    fn report(&mut self) {
        while let Some(event) = self.core.poll_event() {
            (self.on_event)(event);
        }
    }

    /// Sleeps until bytes, a command, or a deadline; true when the port has something to say.
    fn wait(&self, now: Duration, stop_at: Option<Duration>) -> bool {
        let look = (self.port.is_none() && self.path.is_some()).then_some(self.look_at);
        let retry_write = (!self.unwritten.is_empty()).then_some(now + WRITE_RETRY);
        let until = [self.core.poll_timeout(), look, stop_at, retry_write]
            .into_iter()
            .flatten()
            .min();
        let timeout = until.map(|until| {
            let pause = until.saturating_sub(now);
            Timespec {
                tv_sec: i64::try_from(pause.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(pause.subsec_nanos()),
            }
        });
        let mut fds = vec![PollFd::new(&*self.wake, PollFlags::IN)];
        if let Some(port) = &self.port {
            // SAFETY: the port is owned by `self`, which is borrowed until after the last use of `fds`.
            let port = unsafe { BorrowedFd::borrow_raw(port.as_raw_fd()) };
            fds.push(PollFd::from_borrowed_fd(port, PollFlags::IN));
        }
        // An interrupted sleep is a short sleep.
        let _ = poll(&mut fds, timeout.as_ref());
        let readable = fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
        let mut count = [0_u8; 8];
        let _ = rustix::io::read(&*self.wake, &mut count);
        readable
    }

    fn read(&mut self) {
        let mut buffer = [0_u8; 1_024];
        let Some(port) = &mut self.port else { return };
        match port.read(&mut buffer) {
            Ok(0) => self.lose_port(&"end of input"),
            Ok(count) => {
                let now = self.started.elapsed();
                self.core.handle_bytes(now, &buffer[..count]);
            }
            Err(error) if is_passing(error.kind()) => {}
            // After an unplug this comes back at once for ever: the port must go.
            Err(error) => self.lose_port(&error),
        }
    }
}

const WRITE_RETRY: Duration = Duration::from_millis(20);

fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted
    )
}

/// Opens a port the way modules want it: 115200 8N1, no flow control, for this program alone.
///
/// # Errors
/// The [`AbsentCause`] that fits.
pub fn open(path: &Path) -> Result<TTYPort, AbsentCause> {
    let builder = serialport::new(path.to_string_lossy(), BAUD_RATE)
        .data_bits(serialport::DataBits::Eight)
        .parity(serialport::Parity::None)
        .stop_bits(serialport::StopBits::One)
        .flow_control(serialport::FlowControl::None)
        // Short, because the thread asks before it reads or writes.
        .timeout(Duration::from_millis(5));
    let mut port = TTYPort::open(&builder).map_err(|error| cause_of(path, &error))?;
    // Some modules stay silent without it; a pty has no such line and refuses.
    let _ = port.write_data_terminal_ready(true);
    Ok(port)
}

fn cause_of(path: &Path, error: &serialport::Error) -> AbsentCause {
    // The crate folds several reasons into one kind, so the file itself is asked.
    let Ok(found) = std::fs::metadata(path) else {
        return AbsentCause::NoSuchPort;
    };
    match error.kind() {
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => AbsentCause::PermissionDenied,
        serialport::ErrorKind::Io(ErrorKind::NotFound) => AbsentCause::NoSuchPort,
        _ if rustix::fs::access(
            path,
            rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK,
        )
        .is_err() =>
        {
            AbsentCause::PermissionDenied
        }
        serialport::ErrorKind::NoDevice
        | serialport::ErrorKind::Io(ErrorKind::ResourceBusy | ErrorKind::WouldBlock)
            if std::os::unix::fs::FileTypeExt::is_char_device(&found.file_type()) =>
        {
            AbsentCause::PortInUse
        }
        _ => AbsentCause::OpenFailed,
    }
}
