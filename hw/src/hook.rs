//! The hook switch: whether the handset lies in its cradle.
//!
//! [`debounce`] makes contacts into events (pure), [`record`] reads the records of an input device (pure), [`evdev`] is
//! the thin driver for one of `/dev/input`, [`sim`] a whole simulated switch whose bytes go the same way. This file holds
//! the words, the trait between them, and the thread that sleeps until something moves.
//!
//! A booth without a switch, and one whose switch was pulled out, works all the same; nothing here stops a caller.
//!
//! An input device is readable by the group `input`. A rule for udev that gives a button on a GPIO line a name of its
//! own and lets the booth's group read it:
//!
//! ```text
//! SUBSYSTEM=="input", KERNEL=="event*", ATTRS{name}=="gpio-keys", SYMLINK+="input/xinting-hook", GROUP="input", MODE="0640"
//! ```
//!
//! Deliberately not here: what lifting the handset does on the screen, calls.

use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

pub mod debounce;
pub mod evdev;
pub mod record;
pub mod sim;

pub use self::debounce::{DEBOUNCE, HookCore};
pub use self::evdev::EvdevHook;
pub use self::sim::{HookSim, HookSimHandle};

/// How often a switch that is not there is looked for.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What happened to the handset or to its switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookEvent {
    /// The handset is off its cradle. Told at the start too, when it is.
    Lifted,
    /// The handset lies in its cradle. Told at the start too, when it does.
    Down,
    /// The switch cannot be asked: what the handset does is not known until [`HookEvent::Back`].
    Gone,
    /// The switch can be asked again; where the handset is follows at once.
    Back,
}

/// Which contact of an input device is the switch. Codes are those of `<linux/input-event-codes.h>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookContact {
    /// A key or button (`EV_KEY`), such as 169, `KEY_PHONE`.
    Key(u16),
    /// A switch (`EV_SW`), such as 2, `SW_HEADPHONE_INSERT`.
    Switch(u16),
}

impl HookContact {
    /// `KEY_PHONE`, which boards commonly give a handset's cradle.
    pub const PHONE: Self = Self::Key(169);
    /// `KEY_MAX`.
    pub const LAST_KEY: u16 = 0x2ff;
    /// `SW_MAX`.
    pub const LAST_SWITCH: u16 = 0x11;
}

impl fmt::Display for HookContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(code) => write!(f, "key:{code}"),
            Self::Switch(code) => write!(f, "switch:{code}"),
        }
    }
}

/// A text names no contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a contact is key:CODE with a code up to 767, or switch:CODE with a code up to 17, such as key:169"
)]
pub struct HookContactError;

impl FromStr for HookContact {
    type Err = HookContactError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, code) = text.split_once(':').ok_or(HookContactError)?;
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HookContactError);
        }
        let code: u16 = code.parse().map_err(|_| HookContactError)?;
        match kind {
            "key" if code <= Self::LAST_KEY => Ok(Self::Key(code)),
            "switch" if code <= Self::LAST_SWITCH => Ok(Self::Switch(code)),
            _ => Err(HookContactError),
        }
    }
}

/// Where the switch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookConfig {
    /// The input device, best a link that stays, such as one below `/dev/input/by-path`; `None` for a booth without a
    /// switch.
    pub device: Option<PathBuf>,
    /// The contact.
    pub contact: HookContact,
    /// True where the handset's weight opens the contact; false where it closes it, as in most cradles.
    pub lifted_when_pressed: bool,
}

impl Default for HookConfig {
    fn default() -> Self {
        Self {
            device: None,
            contact: HookContact::PHONE,
            lifted_when_pressed: false,
        }
    }
}

/// Why a switch cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// No device is named.
    #[error("no hook switch is configured")]
    NotConfigured,
    /// It cannot be opened.
    #[error("opening the hook switch {path}")]
    Open {
        /// The device.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{path} is no input device")]
    NotInput {
        /// The device.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It has no such contact.
    #[error("the input device {path} has no {contact}")]
    NoSuchContact {
        /// The device.
        path: PathBuf,
        /// What was looked for.
        contact: HookContact,
    },
    /// It was there and is not any more.
    #[error("reading the hook switch")]
    Lost(#[source] std::io::Error),
    /// The simulated switch is unplugged.
    #[error("the simulated hook switch is unplugged")]
    Unplugged,
}

/// One hook switch, real or simulated.
pub trait HookPort: Send {
    /// Opens the switch and reads whether the handset is lifted. A switch that was open is opened anew.
    ///
    /// # Errors
    /// [`HookError`] when it is not there.
    fn open(&mut self) -> Result<bool, HookError>;

    /// What to wait on; `None` while it is not open.
    fn fd(&self) -> Option<BorrowedFd<'_>>;

    /// Reads what has come in without waiting, and gives every word of the contact: true for lifted.
    ///
    /// # Errors
    /// [`HookError::Lost`] when the switch is gone; it is not open any more.
    fn read(&mut self, on_contact: &mut dyn FnMut(bool)) -> Result<(), HookError>;
}

/// Why the switch's thread did not start.
#[derive(Debug, thiserror::Error)]
pub enum HookStartError {
    /// No wake-up counter could be had.
    #[error("making a wake-up counter for the hook switch")]
    Wake(#[source] std::io::Error),
    /// No thread could be had.
    #[error("starting the thread of the hook switch")]
    Thread(#[source] std::io::Error),
}

/// A running switch. Dropping it waits for its thread.
#[derive(Debug)]
pub struct HookHandle {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    wake: Arc<OwnedFd>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HookHandle {
    /// Starts the switch of the configuration. `on_event` is called on the switch's thread and must not block. The
    /// first event is where the handset is, or [`HookEvent::Gone`]. Without a configured device there is no thread and
    /// never an event.
    ///
    /// # Errors
    /// [`HookStartError`] when the system gives no thread or wake-up counter. A device that is missing is no error.
    pub fn start(
        config: HookConfig,
        on_event: impl FnMut(HookEvent) + Send + 'static,
    ) -> Result<Self, HookStartError> {
        if config.device.is_none() {
            return Ok(Self { running: None });
        }
        Self::start_with(EvdevHook::new(config), on_event)
    }

    /// True when there is a switch to ask, whether or not it answers.
    #[must_use]
    pub const fn is_configured(&self) -> bool {
        self.running.is_some()
    }

    /// Starts any switch, such as a [`HookSim`].
    ///
    /// # Errors
    /// As [`HookHandle::start`].
    pub fn start_with(
        port: impl HookPort + 'static,
        on_event: impl FnMut(HookEvent) + Send + 'static,
    ) -> Result<Self, HookStartError> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|errno| HookStartError::Wake(errno.into()))?;
        let wake = Arc::new(wake);
        let stop = Arc::new(AtomicBool::new(false));
        let mut watch = Watch {
            port,
            on_event,
            core: HookCore::new(),
            wake: Arc::clone(&wake),
            stop: Arc::clone(&stop),
            started: Instant::now(),
            look_at: Some(Duration::ZERO),
            said_missing: false,
        };
        let thread = std::thread::Builder::new()
            .name("hook".to_owned())
            .spawn(move || watch.run())
            .map_err(HookStartError::Thread)?;
        Ok(Self {
            running: Some(Running {
                wake,
                stop,
                thread: Some(thread),
            }),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // The only failure is a counter at its limit, and then the thread is awake anyway.
        let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the hook switch had panicked");
        }
    }
}

struct Watch<P, F> {
    port: P,
    on_event: F,
    core: HookCore,
    wake: Arc<OwnedFd>,
    stop: Arc<AtomicBool>,
    started: Instant,
    /// When to look for a switch that is not there; `None` while it is.
    look_at: Option<Duration>,
    said_missing: bool,
}

impl<P: HookPort, F: FnMut(HookEvent)> Watch<P, F> {
    fn run(&mut self) {
        while !self.stop.load(Ordering::Acquire) {
            let now = self.started.elapsed();
            if self.look_at.is_some_and(|at| at <= now) {
                self.look(now);
            }
            self.core.handle_timeout(now);
            while let Some(event) = self.core.poll_event() {
                (self.on_event)(event);
            }
            if self.wait(now) {
                self.read();
            }
        }
    }

    fn look(&mut self, now: Duration) {
        match self.port.open() {
            Ok(lifted) => {
                tracing::info!("hook switch open");
                self.look_at = None;
                self.said_missing = false;
                self.core.present(lifted);
            }
            Err(error) => {
                if !self.said_missing {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the hook switch cannot be asked");
                    self.said_missing = true;
                }
                self.look_at = Some(now + LOOK_EVERY);
                self.core.gone();
            }
        }
    }

    /// Sleeps until a record, the end, or a deadline; true when the switch has something to say.
    fn wait(&self, now: Duration) -> bool {
        let until = [self.core.poll_timeout(), self.look_at]
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
        if let Some(fd) = self.port.fd() {
            fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
        }
        // An interrupted sleep is a short sleep.
        let _ = poll(&mut fds, timeout.as_ref());
        fds.get(1).is_some_and(|fd| !fd.revents().is_empty())
    }

    fn read(&mut self) {
        let now = self.started.elapsed();
        let core = &mut self.core;
        let read = self.port.read(&mut |lifted| core.contact(now, lifted));
        if let Err(error) = read {
            tracing::warn!(%error, "hook switch lost");
            self.core.gone();
            self.look_at = Some(now + LOOK_EVERY);
        }
    }
}
