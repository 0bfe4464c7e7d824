//! A whole simulated hook switch: its bytes go through the same records, the same thread and the same debouncing as
//! those of a real one.
//!
//! Deliberately not here: the driver for a real device.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::evdev::{Heard, RecordStream};
use super::record::{EV_KEY, EV_SYN, Record, SYN_DROPPED};
use super::{HookContact, HookError, HookPort};

const KEY: u16 = 169;

/// The switch, as the thread holds it.
#[derive(Debug)]
pub struct HookSim {
    shared: Arc<Mutex<Shared>>,
    stream: Option<RecordStream>,
}

/// The hand that moves the handset. Clones move the same one.
#[derive(Debug, Clone)]
pub struct HookSimHandle {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    plugged: bool,
    lifted: bool,
    /// The kernel's end of the stream; `None` while nobody has the switch open.
    kernel: Option<OwnedFd>,
}

impl HookSim {
    /// A plugged-in switch with the handset down.
    #[must_use]
    pub fn new() -> (Self, HookSimHandle) {
        let shared = Arc::new(Mutex::new(Shared {
            plugged: true,
            lifted: false,
            kernel: None,
        }));
        let sim = Self {
            shared: Arc::clone(&shared),
            stream: None,
        };
        (sim, HookSimHandle { shared })
    }
}

impl HookPort for HookSim {
    fn open(&mut self) -> Result<bool, HookError> {
        self.stream = None;
        let mut shared = lock(&self.shared);
        if !shared.plugged {
            return Err(HookError::Unplugged);
        }
        let (kernel, program) = socketpair(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            None,
        )
        .map_err(|errno| HookError::Lost(errno.into()))?;
        shared.kernel = Some(kernel);
        self.stream = Some(RecordStream::new(program, HookContact::Key(KEY)));
        Ok(shared.lifted)
    }

    fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.stream.as_ref().map(RecordStream::fd)
    }

    fn read(&mut self, on_contact: &mut dyn FnMut(bool)) -> Result<(), HookError> {
        let Some(stream) = &mut self.stream else {
            return Ok(());
        };
        // The handset's weight presses the key of this cradle.
        match stream.read(&mut |pressed| on_contact(!pressed)) {
            Ok(Heard::All) => Ok(()),
            Ok(Heard::NotAll) => {
                on_contact(lock(&self.shared).lifted);
                Ok(())
            }
            Err(error) => {
                self.stream = None;
                Err(HookError::Lost(error))
            }
        }
    }
}

impl HookSimHandle {
    /// The same switch once more, for a program that starts again.
    #[must_use]
    pub fn port(&self) -> HookSim {
        HookSim {
            shared: Arc::clone(&self.shared),
            stream: None,
        }
    }

    /// Takes the handset off.
    pub fn lift(&self) {
        self.set(true);
    }

    /// Puts the handset down.
    pub fn down(&self) {
        self.set(false);
    }

    /// Lets the contact bounce this many times without moving the handset.
    pub fn bounce(&self, times: u8) {
        let mut shared = lock(&self.shared);
        let lifted = shared.lifted;
        for _ in 0..times {
            shared.say(!lifted);
            shared.say(lifted);
        }
    }

    /// Moves the handset while the kernel's queue is full: the movement itself is lost, only the loss is told.
    pub fn overrun(&self, lifted: bool) {
        let mut shared = lock(&self.shared);
        shared.lifted = lifted;
        shared.write(Record {
            kind: EV_SYN,
            code: SYN_DROPPED,
            value: 0,
        });
    }

    /// Sends any bytes, as a driver gone mad would.
    pub fn send_raw(&self, bytes: &[u8]) {
        lock(&self.shared).write_bytes(bytes);
    }

    /// Pulls the switch out. The handset may still be moved.
    pub fn unplug(&self) {
        let mut shared = lock(&self.shared);
        shared.plugged = false;
        shared.kernel = None;
    }

    /// Plugs the switch in again.
    pub fn plug(&self) {
        lock(&self.shared).plugged = true;
    }

    fn set(&self, lifted: bool) {
        let mut shared = lock(&self.shared);
        if shared.lifted != lifted {
            shared.lifted = lifted;
            shared.say(lifted);
        }
    }
}

impl Shared {
    fn say(&mut self, lifted: bool) {
        self.write(Record {
            kind: EV_KEY,
            code: KEY,
            value: i32::from(!lifted),
        });
        self.write(Record {
            kind: EV_SYN,
            code: 0,
            value: 0,
        });
    }

    fn write(&mut self, record: Record) {
        self.write_bytes(&record.to_bytes());
    }

    /// What the program does not read in time is lost, as in the kernel's queue.
    fn write_bytes(&mut self, bytes: &[u8]) {
        if let Some(kernel) = &self.kernel
            && let Err(error) = rustix::net::send(kernel, bytes, rustix::net::SendFlags::NOSIGNAL)
            && io::Error::from(error).kind() == io::ErrorKind::BrokenPipe
        {
            self.kernel = None;
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // Every change leaves it whole.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
