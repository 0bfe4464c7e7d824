//! The packs and the stick: looks at a stick when an admin asks for it, installs what the admin chose, goes back, lets
//! the stick go, and hears of packs that cannot be read. What else goes in and out by stick it hands to the carrier.
//!
//! All of it waits for disks, so it has a thread of its own. What a good pack is, is the shelf's; how a stick is
//! mounted, the reader's.

mod carry;
mod shown;
mod view;
mod work;
mod worker;

#[cfg(test)]
mod tests;

pub use shown::ShownLibraries;
pub use view::here;

use crate::admin::{InstalledPack, PackNotice, StickItem, StickView, WorkView};
use crate::carry::{About, Carrier};
use crate::log_event::{LogEvent, log};
use crate::shelf::{Shelf, ShelfNotice};
use jiff::civil::DateTime;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use worker::Worker;
use xinting_content::{Lang, Library, PackId, Trust};
use xinting_hw::usb::StickPort;

/// Commands that may wait.
const WAITING_COMMANDS: usize = 16;

/// What the packs and the stick say.
#[derive(Debug, Clone)]
pub enum PacksEvent {
    /// A stick came, went or was looked at.
    Stick {
        /// How it is.
        state: StickView,
        /// What is on it, as far as it has been looked at.
        found: Vec<StickItem>,
        /// How many more files there are on it that were not looked at, or are not told of.
        left_out: usize,
        /// Further sticks that are in and are not read.
        others: usize,
        /// Room on the booth's own disk; `None` where it is not known.
        free_bytes: Option<u64>,
    },
    /// How far something is. Only the latest matters; it ends with a [`PacksEvent::Notice`].
    Progress(WorkView),
    /// Other packs serve from the next visit on.
    Serving {
        /// What they hold together.
        library: Arc<Library>,
        /// Which they are, and which are out of service.
        installed: Vec<InstalledPack>,
        /// What is wrong with others.
        faults: Vec<String>,
    },
    /// What became of something.
    Notice(PackNotice),
    /// A stick that opens maintenance came (true) or went.
    KeyStick(bool),
    /// The booth trusts others now.
    TrustChanged(Trust),
}

/// Set by whoever wants something under way to stop.
type Stop = Arc<AtomicBool>;

#[derive(Debug)]
enum Command {
    Look,
    Install(usize, Option<DateTime>, Stop),
    Export(Box<About>, Option<DateTime>, Stop),
    MakeKeyStick(Option<DateTime>),
    ForgetKeySticks(Option<DateTime>),
    Root(Option<String>, Option<DateTime>),
    RollBack(PackId),
    Release,
    Forget,
    Trust(Trust),
    Suspect(PackId),
}

/// The actor's queue is full or it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("handing something to the packs: their queue is full or they have ended")]
pub struct PacksBusy;

/// The packs' thread. Dropping it stops a copy that is under way and joins the thread.
#[derive(Debug)]
pub struct PacksActor {
    commands: Option<Arc<SyncSender<Command>>>,
    stopping: Stop,
    /// Stops what was asked for last.
    cancelling: Mutex<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl PacksActor {
    /// Puts a shelf and a reader onto a thread; `port` is `None` where the configuration names no reader, `carrier`
    /// where nothing but packs is taken from a stick.
    ///
    /// # Errors
    /// The system's, if it refuses a thread.
    pub fn start(
        shelf: Shelf,
        port: Option<Box<dyn StickPort>>,
        carrier: Option<Carrier>,
        libraries: ShownLibraries,
        lang: Lang,
        tell: impl Fn(PacksEvent) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (sender, commands) = sync_channel(WAITING_COMMANDS);
        let sender = Arc::new(sender);
        libraries.tell_suspicions_to(&sender);
        let stopping = Stop::default();
        let worker = Worker::new(
            shelf,
            port,
            carrier,
            libraries,
            lang,
            Box::new(tell),
            Arc::clone(&stopping),
        );
        let thread = std::thread::Builder::new()
            .name("packs".to_owned())
            .spawn(move || worker.run(&commands))?;
        Ok(Self {
            commands: Some(sender),
            stopping,
            cancelling: Mutex::default(),
            thread: Some(thread),
        })
    }

    /// Looks at the stick, if that has not been done, and tells what is on it. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn look(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Look)
    }

    /// Installs or takes in something of the stick: an index into what was told last. `now`: local time for the
    /// admin's log. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn install(&self, index: usize, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::Install(index, now, self.cancellable()))
    }

    /// Writes reports and logs onto the stick, which can be written to just as long; then it may be taken out. Never
    /// waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn export(&self, about: About, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::Export(Box::new(about), now, self.cancellable()))
    }

    /// Makes the stick open maintenance. Only for whoever is in maintenance. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn make_key_stick(&self, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::MakeKeyStick(now))
    }

    /// No stick opens maintenance any more. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn forget_key_sticks(&self, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::ForgetKeySticks(now))
    }

    /// Trusts the district's root key, whose fingerprint an admin has compared: the line of base64 it was offered as.
    /// Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn accept_root(&self, line: String, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::Root(Some(line), now))
    }

    /// Does not trust the district's root key that was offered. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn decline_root(&self, now: Option<DateTime>) -> Result<(), PacksBusy> {
        self.hand(Command::Root(None, now))
    }

    /// Stops what was asked for last, at whatever byte it is; it ends with [`PackNotice::Cancelled`] unless it was
    /// done already. Works at once, also while something is under way.
    pub fn cancel(&self) {
        let last = self
            .cancelling
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        last.store(true, Ordering::Release);
    }

    /// Goes back to the version of this pack that was kept, or forward again; takes one that was new here out of service,
    /// or puts it back. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn roll_back(&self, id: PackId) -> Result<(), PacksBusy> {
        self.hand(Command::RollBack(id))
    }

    /// Lets the stick go, so that it may be taken out. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn release(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Release)
    }

    /// Lets go of what was read of the stick. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn forget(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Forget)
    }

    /// Whom to trust from now on, where that changed elsewhere than through a stick. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn trust_changed(&self, trust: Trust) -> Result<(), PacksBusy> {
        self.hand(Command::Trust(trust))
    }

    fn cancellable(&self) -> Stop {
        let stop = Stop::default();
        let mut last = self
            .cancelling
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Arc::clone(&stop);
        stop
    }

    fn hand(&self, command: Command) -> Result<(), PacksBusy> {
        let commands = self.commands.as_ref().ok_or(PacksBusy)?;
        let handed = commands.try_send(command);
        handed.map_err(|_: TrySendError<Command>| PacksBusy)
    }
}

impl Drop for PacksActor {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// What is wrong with packs at the start, in the admin's words; each also goes to the log.
#[must_use]
pub fn faults(notices: &[ShelfNotice], lang: Lang) -> Vec<String> {
    for notice in notices {
        log(LogEvent::PackFault(&notice.sentence(Lang::En)));
    }
    notices.iter().map(|notice| notice.sentence(lang)).collect()
}
