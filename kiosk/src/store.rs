//! What a booth remembers, on a thread of its own: settings, the running tally, reports that wait, the admin's log.
//!
//! A disk that is full or a damaged file never stops the booth: the store says so, keeps what it owes in memory and
//! tries again. Nothing of a visit ever arrives here but the tally it was added to.

pub mod db;
mod running;

pub use db::{Db, DbError};
pub use running::Running;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use xinting_usage::SignedReport;

/// Commands that may wait. The app sends a few a minute.
const WAITING_COMMANDS: usize = 64;
/// How soon a write that failed is tried again, and a disk that could not be used.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// A named value that is kept. A closed list: there is no place for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The id that the district gave this booth.
    BoothId,
    /// The hash of the admin's PIN.
    PinHash,
    /// How many wrong PINs were typed in a row.
    PinWrong,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 3] = [Self::BoothId, Self::PinHash, Self::PinWrong];

    /// Its name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BoothId => "booth-id",
            Self::PinHash => "pin-hash",
            Self::PinWrong => "pin-wrong",
        }
    }
}

/// What the admin's log can say. A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminLogEntry {
    /// A PIN was set.
    PinSet,
    /// Somebody came in with the PIN.
    Entered,
    /// The pad was locked after wrong PINs.
    Locked,
    /// A pack was installed.
    PackInstalled,
    /// A pack was refused.
    PackRefused,
    /// The store was damaged and made anew.
    StoreMadeAnew,
}

impl AdminLogEntry {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PinSet => "pin-set",
            Self::Entered => "entered",
            Self::Locked => "locked",
            Self::PackInstalled => "pack-installed",
            Self::PackRefused => "pack-refused",
            Self::StoreMadeAnew => "store-made-anew",
        }
    }
}

/// A report on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its row.
    pub id: i64,
    /// The day it is about.
    pub date: String,
    /// What is sent, byte for byte.
    pub report: SignedReport,
    /// Status and sentence with which the district refused it for good.
    pub refused: Option<(u16, String)>,
}

/// How the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreHealth {
    /// Everything is on disk.
    Good,
    /// It was damaged; the damaged file lies beside the new one.
    MadeAnew {
        /// The damaged file's new name.
        aside: PathBuf,
    },
    /// The disk cannot be used: what is counted since then lives in memory only, until it can be used again.
    InMemory {
        /// Why.
        reason: String,
    },
    /// The last write failed; it is owed and tried again.
    NotWritable {
        /// Why.
        reason: String,
    },
}

/// What the store says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreEvent {
    /// Its health changed.
    Health(StoreHealth),
    /// A period's close is on disk; told after the outbox that holds its report.
    Closed,
    /// The reports that are here, oldest first: asked for, or changed.
    Outbox(Vec<OutboxRow>),
}

/// What was in the store at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The settings that are there.
    pub settings: BTreeMap<Setting, String>,
    /// The running tally, if it could be read.
    pub running: Option<Running>,
    /// How the store is.
    pub health: StoreHealth,
}

/// A period's end, to be written in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The day that ended.
    pub date: String,
    /// Its report; `None` where the booth is not enrolled.
    pub report: Option<SignedReport>,
    /// The next period, with nothing counted.
    pub next: Running,
}

enum Command {
    Save(Running),
    Close(Close),
    Set(Setting, String),
    Log(String, AdminLogEntry),
    ShowOutbox,
    NextWaiting(SyncSender<Option<OutboxRow>>),
    Acknowledged(i64),
    SetAside(i64, u16, String),
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

/// The store itself, before and on its thread.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    db: Db,
    health: StoreHealth,
    settings: BTreeMap<Setting, String>,
    /// Settings that could not be written yet.
    owed_settings: BTreeSet<Setting>,
    /// Closes that could not be written yet, oldest first.
    owed: VecDeque<Close>,
    /// The tally that could not be written yet.
    owed_save: Option<Running>,
    /// Rows that went from memory to disk, by the id under which they were last given out.
    moved: BTreeMap<i64, i64>,
    /// When a disk that could not be used is looked at again.
    look_at: Instant,
}

impl Store {
    /// Opens the store at `path`. A damaged file is moved aside and a new one begun; a disk that cannot be used gives
    /// a store in memory; [`Kept::health`] says which.
    ///
    /// # Errors
    /// [`DbError`] only if not even a store in memory can be had.
    pub fn open(path: &Path) -> Result<(Self, Kept), DbError> {
        let (db, health) = open_somehow(path)?;
        Self::begin(path, db, health)
    }

    fn begin(path: &Path, db: Db, health: StoreHealth) -> Result<(Self, Kept), DbError> {
        let mut store = Self {
            path: path.to_owned(),
            db,
            health,
            settings: BTreeMap::new(),
            owed_settings: BTreeSet::new(),
            owed: VecDeque::new(),
            owed_save: None,
            moved: BTreeMap::new(),
            look_at: Instant::now() + TRY_AGAIN,
        };
        let salvaged = match &store.health {
            StoreHealth::MadeAnew { aside } => Db::salvage(aside),
            StoreHealth::InMemory { .. } => Db::salvage(path),
            StoreHealth::Good | StoreHealth::NotWritable { .. } => BTreeMap::new(),
        };
        let anew = matches!(store.health, StoreHealth::MadeAnew { .. });
        for setting in Setting::ALL {
            if let Some(value) = store.db.setting(setting)? {
                store.settings.insert(setting, value);
            }
        }
        store.owed_settings.extend(salvaged.keys());
        store.settings.extend(salvaged);
        // Nobody listens yet; how it went is in what is kept.
        store.pay(&|_| {});
        if anew {
            let done = store.db.log_admin("", AdminLogEntry::StoreMadeAnew);
            store.note(done, &|_| {});
        }
        let kept = Kept {
            settings: store.settings.clone(),
            running: store.db.running()?,
            health: store.health.clone(),
        };
        Ok((store, kept))
    }

    fn run(mut self, commands: &Receiver<Command>, tell: &dyn Fn(StoreEvent)) {
        loop {
            let away = matches!(self.health, StoreHealth::InMemory { .. });
            let command = if self.owes() || away {
                match commands.recv_timeout(TRY_AGAIN) {
                    Ok(command) => Some(command),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            } else {
                match commands.recv() {
                    Ok(command) => Some(command),
                    Err(_) => return,
                }
            };
            let stop = matches!(command, Some(Command::Stop));
            if let Some(command) = command {
                self.obey(command, tell);
            }
            self.pay(tell);
            if stop || Instant::now() >= self.look_at {
                self.come_back(tell);
            }
            if stop {
                return;
            }
        }
    }

    fn obey(&mut self, command: Command, tell: &dyn Fn(StoreEvent)) {
        match command {
            Command::Save(running) => self.owed_save = Some(running),
            Command::Close(close) => {
                // What was counted into the closed period is in its report.
                self.owed_save = None;
                self.owed.push_back(close);
            }
            Command::Set(setting, value) => {
                self.settings.insert(setting, value);
                self.owed_settings.insert(setting);
            }
            Command::Log(at, entry) => {
                let done = self.db.log_admin(&at, entry);
                self.note(done, tell);
            }
            Command::ShowOutbox => self.show(tell),
            Command::NextWaiting(reply) => {
                self.moved.clear();
                let row = match self.db.next_waiting() {
                    Ok(row) => row,
                    Err(error) => {
                        self.note(Err(error), tell);
                        None
                    }
                };
                let _gone = reply.send(row);
            }
            Command::Acknowledged(id) => {
                let done = self.db.acknowledged(self.now_at(id));
                self.note(done, tell);
                self.show(tell);
            }
            Command::SetAside(id, status, message) => {
                let done = self.db.set_aside(self.now_at(id), status, &message);
                self.note(done, tell);
                self.show(tell);
            }
            Command::Stop => {}
        }
    }

    fn owes(&self) -> bool {
        !self.owed_settings.is_empty() || !self.owed.is_empty() || self.owed_save.is_some()
    }

    /// Where a row is by now that was given out under this id.
    fn now_at(&self, id: i64) -> i64 {
        self.moved.get(&id).copied().unwrap_or(id)
    }

    /// Writes what is owed, in order; stops at the first failure.
    fn pay(&mut self, tell: &dyn Fn(StoreEvent)) {
        while let Some(setting) = self.owed_settings.first().copied() {
            let done = match self.settings.get(&setting) {
                Some(value) => self.db.set(setting, value),
                None => Ok(()),
            };
            if done.is_ok() {
                self.owed_settings.remove(&setting);
            }
            if !self.note(done, tell) {
                return;
            }
        }
        while let Some(close) = self.owed.front() {
            let done = self
                .db
                .close(&close.date, close.report.as_ref(), &close.next);
            if done.is_ok() {
                self.owed.pop_front();
            }
            if !self.note(done, tell) {
                return;
            }
            // The outbox first: whoever hears that a period is closed knows its report.
            self.show(tell);
            tell(StoreEvent::Closed);
        }
        if let Some(running) = self.owed_save {
            let done = self.db.save(&running);
            if done.is_ok() {
                self.owed_save = None;
            }
            self.note(done, tell);
        }
    }

    /// Where the store lives in memory and the disk can be used again: moves everything there.
    fn come_back(&mut self, tell: &dyn Fn(StoreEvent)) {
        self.look_at = Instant::now() + TRY_AGAIN;
        if !matches!(self.health, StoreHealth::InMemory { .. }) {
            return;
        }
        let moved = self.move_to_disk();
        let Ok(Some(health)) = moved else {
            return;
        };
        self.health = health.clone();
        tell(StoreEvent::Health(health));
        self.show(tell);
    }

    /// `None` where the disk still cannot be used; then and after an error nothing has changed.
    fn move_to_disk(&mut self) -> Result<Option<StoreHealth>, DbError> {
        let (mut disk, health) = open_somehow(&self.path)?;
        if matches!(health, StoreHealth::InMemory { .. }) {
            return Ok(None);
        }
        let (rows, running) = (self.db.outbox()?, self.db.running()?);
        let moved = disk.adopt(&self.settings, &rows, running.as_ref())?;
        // The PIN on the disk stood against the one in memory.
        for setting in Setting::ALL {
            if let Some(value) = disk.setting(setting)? {
                self.settings.insert(setting, value);
            }
        }
        self.db = disk;
        self.moved = moved;
        Ok(Some(health))
    }

    fn show(&mut self, tell: &dyn Fn(StoreEvent)) {
        match self.db.outbox() {
            Ok(rows) => tell(StoreEvent::Outbox(rows)),
            Err(error) => {
                self.note(Err(error), tell);
            }
        }
    }

    /// Tells of a change of health; true if it went well.
    fn note(&mut self, done: Result<(), DbError>, tell: &dyn Fn(StoreEvent)) -> bool {
        let good = done.is_ok();
        let health = match done {
            Ok(()) if self.owes() => return true,
            Ok(()) if matches!(self.health, StoreHealth::NotWritable { .. }) => StoreHealth::Good,
            Ok(()) => return true,
            Err(error) if error.is_damage() => self.make_anew(&error),
            Err(error) => {
                let reason = chain(&error);
                match self.health {
                    StoreHealth::InMemory { .. } => StoreHealth::InMemory { reason },
                    _ => StoreHealth::NotWritable { reason },
                }
            }
        };
        if health != self.health {
            self.health = health.clone();
            tell(StoreEvent::Health(health));
        }
        good
    }

    /// The file went bad under way: begins a new one with the settings that are known.
    fn make_anew(&mut self, damage: &DbError) -> StoreHealth {
        // The connection must be gone before the file is renamed, or its WAL would follow it.
        match Db::in_memory() {
            Ok(db) => self.db = db,
            Err(error) => {
                return StoreHealth::NotWritable {
                    reason: chain(&error),
                };
            }
        }
        match open_somehow(&self.path) {
            Ok((db, StoreHealth::Good)) => {
                // Opening found nothing wrong: the damage is where only a write looks. It is still not to be trusted.
                drop(db);
                match move_aside(&self.path).map(|aside| (Db::open(&self.path), aside)) {
                    Ok((Ok(db), aside)) => self.take(db, StoreHealth::MadeAnew { aside }),
                    Ok((Err(error), _)) => StoreHealth::InMemory {
                        reason: chain(&error),
                    },
                    Err(error) => StoreHealth::InMemory {
                        reason: format!("{}: {error}", chain(damage)),
                    },
                }
            }
            Ok((db, health)) => self.take(db, health),
            Err(error) => StoreHealth::InMemory {
                reason: chain(&error),
            },
        }
    }

    fn take(&mut self, db: Db, health: StoreHealth) -> StoreHealth {
        self.db = db;
        self.owed_settings.extend(self.settings.keys());
        health
    }
}

fn open_somehow(path: &Path) -> Result<(Db, StoreHealth), DbError> {
    let in_memory = |reason: String| Ok((Db::in_memory()?, StoreHealth::InMemory { reason }));
    match Db::open(path) {
        Ok(db) => Ok((db, StoreHealth::Good)),
        Err(error) if error.is_damage() => match move_aside(path) {
            Ok(aside) => match Db::open(path) {
                Ok(db) => Ok((db, StoreHealth::MadeAnew { aside })),
                Err(error) => in_memory(chain(&error)),
            },
            Err(moving) => in_memory(format!("{}: {moving}", chain(&error))),
        },
        Err(error) => in_memory(chain(&error)),
    }
}

/// Renames the damaged file and what belongs to it; the names are never used twice.
fn move_aside(path: &Path) -> std::io::Result<PathBuf> {
    let named = |number: u32, tail: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".damaged-{number}{tail}"));
        PathBuf::from(name)
    };
    let free = (1..1000)
        .find(|&number| !named(number, "").exists())
        .ok_or_else(|| std::io::Error::other("there are a thousand damaged files already"))?;
    for tail in ["-wal", "-shm"] {
        let mut from = path.as_os_str().to_owned();
        from.push(tail);
        match std::fs::rename(&from, named(free, tail)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    std::fs::rename(path, named(free, ""))?;
    Ok(named(free, ""))
}

/// An error and its causes in one line.
fn chain(error: &DbError) -> String {
    crate::error::chain(error)
}

#[cfg(test)]
mod tests;
