//! The way to the district: trades the one-use code for a booth id, then sends closed reports, oldest first, until
//! each is acknowledged or refused for good.
//!
//! Reports are bytes here: they are neither made nor read nor logged. What an answer means is for
//! [`xinting_usage::retry`] to say, where reports are kept for the store.

mod courier;
mod wire;

#[cfg(test)]
mod tests;

pub use courier::{Courier, LONGEST_MESSAGE, Pause};
pub use wire::{Gated, HttpWire, Letter, Reply, Silence, Wire};

use crate::store::{OutboxRow, StoreHandle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use xinting_usage::{BoothId, BoothKey};

/// Commands that may wait. More than one of a kind says nothing new.
const WAITING_COMMANDS: usize = 8;
/// How long stopping waits for an answer that is on its way.
const PARTING: Duration = Duration::from_secs(1);

/// Where reports wait. Called from the way's own thread; may wait for a disk.
pub trait Outbox {
    /// The oldest report that is neither acknowledged nor set aside.
    fn next(&mut self) -> Option<OutboxRow>;

    /// The district has this report: forget it.
    fn done(&mut self, id: i64);

    /// The district refused this report for good: keep it, with its status and sentence, and give it out no more.
    fn set_aside(&mut self, id: i64, status: u16, message: &str);
}

impl Outbox for StoreHandle {
    fn next(&mut self) -> Option<OutboxRow> {
        self.next_waiting()
    }

    fn done(&mut self, id: i64) {
        self.acknowledged(id);
    }

    fn set_aside(&mut self, id: i64, status: u16, message: &str) {
        StoreHandle::set_aside(self, id, status, message.to_owned());
    }
}

/// The booth's id, as all who may learn of it share it: it comes by network or by stick, once.
#[derive(Debug, Clone, Default)]
pub struct SharedBooth(Arc<Mutex<Option<BoothId>>>);

impl SharedBooth {
    /// A booth with this id, or without one.
    #[must_use]
    pub fn new(booth: Option<BoothId>) -> Self {
        Self(Arc::new(Mutex::new(booth)))
    }

    /// The id, once it has one.
    #[must_use]
    pub fn get(&self) -> Option<BoothId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The booth has this id from now on.
    pub fn set(&self, booth: BoothId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(booth);
    }
}

/// Who this booth is to its district.
#[derive(Debug)]
pub struct Identity {
    /// The id, once it has one.
    pub booth: SharedBooth,
    /// The one-use code of the configuration. Not looked at once there is an id.
    pub code: Option<String>,
    /// The booth's key.
    pub key: Arc<BoothKey>,
}

/// How the way to the district is. Until the first [`UpstreamEvent::State`] nothing has been tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The district answered last time.
    Good,
    /// The booth has no id and no code: an installer has to enter one.
    NotEnrolled,
    /// The district refused the code; another is needed.
    CodeRefused {
        /// The HTTP status; 0 where the code could not even be sent.
        status: u16,
        /// The district's sentence.
        message: String,
    },
    /// No answer, or one that means "not now"; tried again by itself.
    Unreachable {
        /// What happened, for the admin.
        reason: String,
    },
}

/// What the way to the district says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpstreamEvent {
    /// The district offers its root key, a line of base64: to be kept, and shown to an admin with its fingerprint.
    /// Nothing trusts it yet. Told before the id that came with it.
    RootOffered(String),
    /// The district gave this booth its id: to be kept.
    Enrolled(BoothId),
    /// The standing changed.
    State(Standing),
    /// The district has the report of this outbox row; the row is gone.
    Sent(i64),
    /// The district refused the report of this outbox row for good.
    SetAside {
        /// The row.
        id: i64,
        /// The HTTP status, 400 to 499.
        status: u16,
        /// The district's sentence.
        message: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    /// There is something new, or the network is back.
    Wake,
    Stop,
}

/// The way to the district on a thread of its own. Dropping it stops the thread; a request that is then still
/// without an answer is left to itself, since sending it again later does no harm.
#[derive(Debug)]
pub struct Upstream {
    commands: SyncSender<Command>,
    online: Arc<AtomicBool>,
    stopping: Arc<AtomicBool>,
    /// Nothing is ever sent: it closes when the thread ends.
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// Starts it; it begins at once with what waits, over a network that is cut off unless `online`. `tell` is called
    /// from its thread.
    ///
    /// # Errors
    /// The system's, if it refuses a thread.
    pub fn start(
        wire: impl Wire + Send + 'static,
        outbox: impl Outbox + Send + 'static,
        identity: Identity,
        online: bool,
        tell: impl Fn(UpstreamEvent) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (commands, received) = sync_channel(WAITING_COMMANDS);
        let online = Arc::new(AtomicBool::new(online));
        let stopping = Arc::new(AtomicBool::new(false));
        let wire = Gated::new(wire, Arc::clone(&online));
        let mut courier = Courier::new(wire, outbox, identity, tell, jitter);
        let stop = Arc::clone(&stopping);
        let (until_end, ended) = sync_channel::<()>(0);
        let thread = std::thread::Builder::new()
            .name("upstream".to_owned())
            .spawn(move || {
                let _until_end = until_end;
                run(&mut courier, &received, &stop);
            })?;
        Ok(Self {
            commands,
            online,
            stopping,
            ended,
            thread: Some(thread),
        })
    }

    /// There is something new to send. Never waits.
    pub fn wake(&self) {
        // A full queue holds a wake already; an ended thread cannot be woken.
        let _already = self.commands.try_send(Command::Wake);
    }

    /// Cuts the network off, or gives it back and tries at once: for flows, where a network must fail on demand.
    pub fn set_online(&self, online: bool) {
        self.online.store(online, Ordering::Release);
        if online {
            self.wake();
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        let _full_or_ended = self.commands.try_send(Command::Stop);
        let ended = self.ended.recv_timeout(PARTING) == Err(RecvTimeoutError::Disconnected);
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            let _panicked = thread.join();
        }
    }
}

fn run<W: Wire, O: Outbox>(
    courier: &mut Courier<W, O>,
    commands: &Receiver<Command>,
    stop: &AtomicBool,
) {
    loop {
        let mut pause = courier.step();
        while pause == Pause::None && !stop.load(Ordering::Acquire) {
            pause = courier.step();
        }
        if stop.load(Ordering::Acquire) {
            return;
        }
        let command = match pause {
            Pause::None => continue,
            Pause::UntilWoken => commands.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Pause::For(delay) => commands.recv_timeout(delay),
        };
        match command {
            Ok(Command::Wake) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// One random byte, so that the booths of a district do not knock all at once. Without randomness they may.
fn jitter() -> u8 {
    let mut byte = [0; 1];
    match getrandom::fill(&mut byte) {
        Ok(()) => byte[0],
        Err(_) => 128,
    }
}
