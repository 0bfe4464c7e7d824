//! What a booth remembers, on a thread of its own: settings, the running tally, reports that wait, the admin's log.
//!
//! A disk that is full or a damaged file never stops the booth: the store says so, keeps what it owes in memory and
//! tries again. Nothing of a visit ever arrives here but the tally it was added to. Here are the values; the door is in
//! `handle`, the work in `worker`, what is done about a file that went bad in `damage`.

mod damage;
pub mod db;
mod handle;
mod running;
mod worker;

pub use db::{Db, DbError};
pub use handle::{StoreActor, StoreBusy, StoreHandle};
pub use running::Running;
pub use worker::Store;

use std::collections::BTreeMap;
use std::path::PathBuf;
use xinting_usage::SignedReport;

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

#[cfg(test)]
mod tests;
