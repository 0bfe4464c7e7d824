//! The store's door and its thread: what can be asked, and how it is handed over. Does none of the work.

use super::worker::Store;
use super::{
    AdminLogEntry, Close, OutboxRow, Receipted, Running, Setting, Settled, StoreCopy, StoreEvent,
};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Commands that may wait. The app sends a few a minute.
const WAITING_COMMANDS: usize = 64;

pub(super) enum Command {
    Save(Running),
    Close(Close),
    Set(Setting, String),
    Log(String, AdminLogEntry),
    ShowOutbox,
    NextWaiting(SyncSender<Option<OutboxRow>>),
    Acknowledged(i64),
    SetAside(i64, u16, String),
    /// As [`Command::Set`], answered once it is on disk or is known not to be.
    SetNow(Setting, String, SyncSender<bool>),
    Settle(Vec<Receipted>, SyncSender<Option<Settled>>),
    Copy(SyncSender<Option<StoreCopy>>),
    Stop,
}

/// The store's door. Clones share it.
#[derive(Debug, Clone)]
pub struct StoreHandle(SyncSender<Command>);

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("store command")
    }
}

/// A command was not taken: the store's queue is full or its thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("handing something to the store: its queue is full or it has ended")]
pub struct StoreBusy;

impl StoreHandle {
    fn hand(&self, command: Command) -> Result<(), StoreBusy> {
        self.0.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => StoreBusy,
        })
    }

    /// Rewrites the running tally. Never waits.
    ///
    /// # Errors
    /// [`StoreBusy`].
    pub fn save(&self, running: Running) -> Result<(), StoreBusy> {
        self.hand(Command::Save(running))
    }

    /// Closes a period; answered by [`StoreEvent::Closed`] once it is on disk. Never waits.
    ///
    /// # Errors
    /// [`StoreBusy`].
    pub fn close(&self, close: Close) -> Result<(), StoreBusy> {
        self.hand(Command::Close(close))
    }

    /// Keeps a setting. Never waits.
    ///
    /// # Errors
    /// [`StoreBusy`].
    pub fn set(&self, setting: Setting, value: String) -> Result<(), StoreBusy> {
        self.hand(Command::Set(setting, value))
    }

    /// Notes what an admin did, at a local time or an empty text. Never waits.
    ///
    /// # Errors
    /// [`StoreBusy`].
    pub fn log(&self, at: String, entry: AdminLogEntry) -> Result<(), StoreBusy> {
        self.hand(Command::Log(at, entry))
    }

    /// Asks for [`StoreEvent::Outbox`]. Never waits.
    ///
    /// # Errors
    /// [`StoreBusy`].
    pub fn show_outbox(&self) -> Result<(), StoreBusy> {
        self.hand(Command::ShowOutbox)
    }

    /// The oldest report that waits. Waits for the answer: not for the screen's thread.
    #[must_use]
    pub fn next_waiting(&self) -> Option<OutboxRow> {
        let (reply, answer) = sync_channel(1);
        self.0.send(Command::NextWaiting(reply)).ok()?;
        answer.recv().ok().flatten()
    }

    /// The district has this report. Waits for room: not for the screen's thread.
    pub fn acknowledged(&self, id: i64) {
        // A store that has ended will hear of it from the district again: the report is sent once more and answered 200.
        let _ended = self.0.send(Command::Acknowledged(id));
    }

    /// Keeps a setting and waits until it is on disk; false where it is not (it is owed then). Not for the screen's
    /// thread.
    #[must_use]
    pub fn set_now(&self, setting: Setting, value: String) -> bool {
        self.answered(|reply| Command::SetNow(setting, value, reply))
            .unwrap_or(false)
    }

    /// Takes the district's receipts in; `None` where the store could not. Waits: not for the screen's thread.
    #[must_use]
    pub fn settle(&self, receipts: Vec<Receipted>) -> Option<Settled> {
        self.answered(|reply| Command::Settle(receipts, reply))?
    }

    /// What an export takes out; `None` where it could not be read. Waits: not for the screen's thread.
    #[must_use]
    pub fn copy(&self) -> Option<StoreCopy> {
        self.answered(Command::Copy)?
    }

    fn answered<T>(&self, ask: impl FnOnce(SyncSender<T>) -> Command) -> Option<T> {
        let (reply, answer) = sync_channel(1);
        self.0.send(ask(reply)).ok()?;
        answer.recv().ok()
    }

    /// The district refused this report for good. Waits for room: not for the screen's thread.
    pub fn set_aside(&self, id: i64, status: u16, message: String) {
        let _ended = self.0.send(Command::SetAside(id, status, message));
    }
}

/// The store's thread. Dropping it writes what waits and joins it.
#[derive(Debug)]
pub struct StoreActor {
    handle: StoreHandle,
    thread: Option<JoinHandle<()>>,
}

impl StoreActor {
    /// Puts an open store onto a thread.
    ///
    /// # Errors
    /// The system's, if it refuses a thread.
    pub fn start(
        store: Store,
        tell: impl Fn(StoreEvent) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (sender, commands) = sync_channel(WAITING_COMMANDS);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || store.run(&commands, &tell))?;
        Ok(Self {
            handle: StoreHandle(sender),
            thread: Some(thread),
        })
    }

    /// A door to it.
    #[must_use]
    pub fn handle(&self) -> StoreHandle {
        self.handle.clone()
    }
}

impl Drop for StoreActor {
    fn drop(&mut self) {
        let _ended = self.handle.0.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}
