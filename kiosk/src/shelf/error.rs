//! What can go wrong with packs and sticks. [`ShelfError::sentence`] says it to the admin.

use std::io;
use xinting_content::LibraryError;
use xinting_content::pack::PackError;

/// Why a pack was not installed, a stick not read, or the version before does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The pack itself is refused.
    #[error("accepting the pack")]
    Pack(#[from] PackError),
    /// This very version serves.
    #[error("accepting the pack: version {version} is already installed")]
    Already {
        /// The version.
        version: u64,
    },
    /// The id belongs to another publisher's pack, and no root key signed this one.
    #[error("accepting the pack: packs of this id are published by {publisher}")]
    OtherPublisher {
        /// Whose pack is here.
        publisher: String,
    },
    /// The copy is another pack than the one that was shown: the stick gave other bytes at its second reading.
    #[error("accepting the pack: the stick gave other bytes than when it was looked at")]
    Changed,
    /// What was written to the booth's disk came back otherwise.
    #[error("verifying the copy: the booth's disk gave back other bytes than were written")]
    DiskSpoils,
    /// There is no other version of it here.
    #[error("going back: no other version is kept")]
    NothingKept,
    /// What was kept of it has gone bad on the booth's own disk.
    #[error("going back: version {version}, which was kept, has gone bad on the booth's disk")]
    KeptBad {
        /// The version.
        version: u64,
    },
    /// Without it the packs would not make a library.
    #[error("taking the pack out of service: without it the others make no library")]
    StillNeeded(#[source] LibraryError),
    /// If these were trusted, nothing of what is here could be shown.
    #[error("trusting others: what they signed of the packs here makes no library")]
    NothingLeft(#[source] LibraryError),
    /// With it the packs would not make a library.
    #[error("layering the pack over the others")]
    Library(#[from] LibraryError),
    /// The stick's folder cannot be listed.
    #[error("listing the stick")]
    StickUnreadable(#[source] io::Error),
    /// The stick was pulled out while it was being read.
    #[error("reading the stick: it was pulled out")]
    StickGone,
    /// Whoever watches asked to stop.
    #[error("installing the pack: stopped")]
    Stopped,
    /// The pack does not fit on the booth's disk.
    #[error("installing the pack: {needed_bytes} bytes are needed and {free_bytes} are free")]
    NoRoom {
        /// What the pack takes, with the reserve that stays free.
        needed_bytes: u64,
        /// What is free.
        free_bytes: u64,
    },
    /// The booth's disk is full.
    #[error("{doing}: the disk is full")]
    DiskFull {
        /// What we were doing.
        doing: &'static str,
    },
    /// The booth's disk cannot be read or written.
    #[error("{doing}")]
    Disk {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

impl ShelfError {
    pub(super) fn disk(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { doing },
            _ => Self::Disk { doing, source },
        }
    }
}
