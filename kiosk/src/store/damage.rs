//! What the store does about a disk that cannot be used and a file that went bad: sets it aside, begins anew, lives in
//! memory meanwhile and moves back. Nothing is thrown away.

use super::worker::Store;
use super::{Db, DbError, Setting, StoreHealth};
use std::path::{Path, PathBuf};

impl Store {
    /// `None` where the disk still cannot be used; then and after an error nothing has changed.
    pub(super) fn move_to_disk(&mut self) -> Result<Option<StoreHealth>, DbError> {
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

    /// The file went bad under way: begins a new one with the settings that are known.
    pub(super) fn make_anew(&mut self, damage: &DbError) -> StoreHealth {
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

pub(super) fn open_somehow(path: &Path) -> Result<(Db, StoreHealth), DbError> {
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
pub(super) fn chain(error: &DbError) -> String {
    crate::error::chain(error)
}
