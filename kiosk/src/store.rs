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
use xinting_content::pack::KeyId;
use xinting_usage::SignedReport;

/// A named value that is kept. A closed list: there is no place for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The root key that the district offered, until an admin has accepted or declined it; empty afterwards. Kept
    /// before the id that came with it, so that a power cut between the two loses neither.
    RootOffered,
    /// The id that the district gave this booth.
    BoothId,
    /// The hash of the admin's PIN.
    PinHash,
    /// How many wrong PINs were typed in a row.
    PinWrong,
    /// SHA-256 of the sticks that open maintenance, in hexadecimal digits, with spaces between.
    KeySticks,
    /// The highest version of a key list that was ever in force.
    KeyListVersion,
    /// The highest version of a signed configuration that was ever put in place.
    ConfigVersion,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 7] = [
        Self::RootOffered,
        Self::BoothId,
        Self::PinHash,
        Self::PinWrong,
        Self::KeySticks,
        Self::KeyListVersion,
        Self::ConfigVersion,
    ];

    /// Its name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RootOffered => "root-offered",
            Self::BoothId => "booth-id",
            Self::PinHash => "pin-hash",
            Self::PinWrong => "pin-wrong",
            Self::KeySticks => "key-sticks",
            Self::KeyListVersion => "key-list-version",
            Self::ConfigVersion => "config-version",
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
    /// Somebody came in with a key stick.
    EnteredByKeyStick,
    /// The pad was locked after wrong PINs.
    Locked,
    /// A pack was installed.
    PackInstalled,
    /// A pack was refused.
    PackRefused,
    /// A pack went back to the version before.
    PackRolledBack,
    /// The store was damaged and made anew.
    StoreMadeAnew,
    /// The district's root key was accepted: who had come in stands in the line before.
    RootAccepted(KeyId),
    /// The district's root key was declined.
    RootDeclined,
    /// A key list of this version is in force.
    KeyListTaken(u64),
    /// A signed configuration of this version was put in place.
    ConfigTaken(u64),
    /// Receipts of the district were taken in: so many reports are acknowledged.
    ReceiptsTaken(usize),
    /// The booth was enrolled by stick.
    EnrolledByStick,
    /// So many reports went out by stick.
    Exported(usize),
    /// A key stick was made.
    KeyStickMade,
    /// No key stick opens this booth any more.
    KeySticksForgotten,
}

impl std::fmt::Display for AdminLogEntry {
    /// As it stands in the log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PinSet => f.write_str("pin-set"),
            Self::Entered => f.write_str("entered"),
            Self::EnteredByKeyStick => f.write_str("entered-by-key-stick"),
            Self::Locked => f.write_str("locked"),
            Self::PackInstalled => f.write_str("pack-installed"),
            Self::PackRefused => f.write_str("pack-refused"),
            Self::PackRolledBack => f.write_str("pack-rolled-back"),
            Self::StoreMadeAnew => f.write_str("store-made-anew"),
            Self::RootAccepted(key) => write!(f, "root-accepted {key}"),
            Self::RootDeclined => f.write_str("root-declined"),
            Self::KeyListTaken(version) => write!(f, "key-list-taken {version}"),
            Self::ConfigTaken(version) => write!(f, "config-taken {version}"),
            Self::ReceiptsTaken(reports) => write!(f, "receipts-taken {reports}"),
            Self::EnrolledByStick => f.write_str("enrolled-by-stick"),
            Self::Exported(reports) => write!(f, "exported {reports}"),
            Self::KeyStickMade => f.write_str("key-stick-made"),
            Self::KeySticksForgotten => f.write_str("key-sticks-forgotten"),
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

/// One row of the district's receipts, as it was brought by stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipted {
    /// The report's key: booth, epoch and sequence.
    pub key: String,
    /// SHA-256 of the body that the district saw.
    pub body_sha256: [u8; 32],
    /// Status and sentence with which the district refused it for good; `None`: it has the report.
    pub refused: Option<(u16, String)>,
}

/// What became of receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Reports that were here and that the district has: forgotten now.
    pub acknowledged: usize,
    /// Reports that were here and that the district refused for good: set aside now.
    pub set_aside: usize,
    /// Rows about no report that is here: acknowledged before, or another booth's.
    pub unknown: usize,
    /// Rows about other bytes than those that are here: not believed.
    pub other_bytes: usize,
}

/// What an export takes out of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreCopy {
    /// The reports that are here, oldest first.
    pub outbox: Vec<OutboxRow>,
    /// The admin's log, oldest first: local time or an empty text, and what was done.
    pub admin_log: Vec<(String, String)>,
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
