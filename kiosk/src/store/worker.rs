//! The store's work: what was asked is written in order, and what could not be written is owed.

use super::damage::{chain, open_somehow};
use super::handle::Command;
use super::{
    AdminLogEntry, Close, Db, DbError, Kept, Running, Setting, StoreCopy, StoreEvent, StoreHealth,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How soon a write that failed is tried again, and a disk that could not be used.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// The store itself, before and on its thread.
#[derive(Debug)]
pub struct Store {
    pub(super) path: PathBuf,
    pub(super) db: Db,
    pub(super) health: StoreHealth,
    pub(super) settings: BTreeMap<Setting, String>,
    /// Settings that could not be written yet.
    pub(super) owed_settings: BTreeSet<Setting>,
    /// Closes that could not be written yet, oldest first.
    pub(super) owed: VecDeque<Close>,
    /// The tally that could not be written yet.
    pub(super) owed_save: Option<Running>,
    /// Rows that went from memory to disk, by the id under which they were last given out.
    pub(super) moved: BTreeMap<i64, i64>,
    /// When a disk that could not be used is looked at again.
    pub(super) look_at: Instant,
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

    pub(super) fn begin(path: &Path, db: Db, health: StoreHealth) -> Result<(Self, Kept), DbError> {
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

    pub(super) fn run(mut self, commands: &Receiver<Command>, tell: &dyn Fn(StoreEvent)) {
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

    pub(super) fn obey(&mut self, command: Command, tell: &dyn Fn(StoreEvent)) {
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
            Command::SetNow(setting, value, reply) => {
                self.settings.insert(setting, value);
                self.owed_settings.insert(setting);
                self.pay(tell);
                let on_disk = !matches!(self.health, StoreHealth::InMemory { .. });
                let _gone = reply.send(on_disk && !self.owed_settings.contains(&setting));
            }
            Command::Settle(receipts, reply) => {
                let settled = self.db.settle(&receipts);
                let answer = settled.as_ref().ok().copied();
                self.note(settled.map(|_| ()), tell);
                self.show(tell);
                let _gone = reply.send(answer);
            }
            Command::Copy(reply) => {
                let copy = self.copy();
                let answer = copy.as_ref().ok().cloned();
                self.note(copy.map(|_| ()), tell);
                let _gone = reply.send(answer);
            }
            Command::Stop => {}
        }
    }

    pub(super) fn owes(&self) -> bool {
        !self.owed_settings.is_empty() || !self.owed.is_empty() || self.owed_save.is_some()
    }

    fn copy(&self) -> Result<StoreCopy, DbError> {
        Ok(StoreCopy {
            outbox: self.db.outbox()?,
            admin_log: self.db.admin_log()?,
        })
    }

    /// Where a row is by now that was given out under this id.
    fn now_at(&self, id: i64) -> i64 {
        self.moved.get(&id).copied().unwrap_or(id)
    }

    /// Writes what is owed, in order; stops at the first failure.
    pub(super) fn pay(&mut self, tell: &dyn Fn(StoreEvent)) {
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
    pub(super) fn come_back(&mut self, tell: &dyn Fn(StoreEvent)) {
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

    pub(super) fn show(&mut self, tell: &dyn Fn(StoreEvent)) {
        match self.db.outbox() {
            Ok(rows) => tell(StoreEvent::Outbox(rows)),
            Err(error) => {
                self.note(Err(error), tell);
            }
        }
    }

    /// Tells of a change of health; true if it went well.
    pub(super) fn note(&mut self, done: Result<(), DbError>, tell: &dyn Fn(StoreEvent)) -> bool {
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
}
