//! The thin driver: one thread that moves bytes between a serial port and [`Core`](super::Core), finds the port again
//! when it vanishes, and runs the modem's power command when the core asks for it.
//!
//! It sleeps in one `poll` on the port and on a wake-up counter, so a command goes out at once and an idle modem costs
//! next to nothing. It knows nothing of AT commands. It never opens a port that the configuration does not name.
//!
//! A booth's user needs the group `dialout` for the port. Rules for udev, where a module must be kept from
//! ModemManager, which would hold its ports, and where one of its ports is to have a name that stays:
//!
//! ```text
//! SUBSYSTEM=="usb", ATTR{idVendor}=="2c7c", ENV{ID_MM_DEVICE_IGNORE}="1"
//! SUBSYSTEM=="tty", ATTRS{idVendor}=="2c7c", ENV{ID_USB_INTERFACE_NUM}=="02", SYMLINK+="xinting-modem", GROUP="dialout", MODE="0660"
//! ```
//!
//! Deliberately not here: the protocol, which line to call, what a visitor sees.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

use super::pin::Pin;
use super::timer::Timings;
use super::{ModemCommand, ModemEvent};

pub mod choice;
mod driver;
pub mod identity;
mod intake;
mod outbox;
mod port;
mod power;
pub mod sim_usb;

pub use self::choice::{PortChoice, PortChoiceError};
pub use self::identity::{DeviceTree, UsbIdentity, UsbPort};
pub use self::intake::MOST_A_SECOND;
pub use self::port::BAUD_RATE;
pub use self::power::POWER_LIMIT;
pub use self::sim_usb::SimUsb;

use self::driver::Driver;

/// How often a port that is not there is looked for.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a driver that stops during a call tries to hang up.
pub const LAST_HANG_UP: Duration = Duration::from_secs(3);
/// Commands that may wait for the thread.
pub const INBOX: usize = 32;

/// What the driver is told at the start.
#[derive(Debug, Clone, Default)]
pub struct ModemConfig {
    /// The serial port; `None` for a booth without a modem.
    pub port: Option<PortChoice>,
    /// How long to wait for what.
    pub timings: Timings,
    /// The SIM's PIN, entered at most once for a card that asks for it; `None` enters nothing.
    pub pin: Option<Pin>,
    /// The program, with its arguments, that takes the power from a module that has stopped answering and gives it
    /// back. It is run without a shell, for at most [`POWER_LIMIT`]; success is exit status 0. `None` where the power
    /// cannot be switched.
    pub power_command: Option<Vec<String>>,
    /// Where the kernel shows its devices; the default but in tests.
    pub devices: DeviceTree,
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
    turns: Arc<AtomicU64>,
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
        let turns = Arc::new(AtomicU64::new(0));
        let (commands, inbox) = sync_channel(INBOX);
        let driver = Driver::new(
            config,
            inbox,
            Arc::clone(&wake),
            Arc::clone(&turns),
            Box::new(on_event),
        );
        let thread = std::thread::Builder::new()
            .name("modem".to_owned())
            .spawn(move || driver.run())
            .map_err(StartError::Thread)?;
        Ok(Self {
            commands: Some(commands),
            wake,
            turns,
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

    /// How often the driver's thread has woken since it started: a few times for each look at a healthy modem, and
    /// never without a cause.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::Relaxed)
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
