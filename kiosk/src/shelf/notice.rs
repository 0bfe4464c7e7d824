//! What an admin and the log are told of packs that are not as they should be. Nothing here is an error: the booth
//! goes on with what it has.

use std::io;
use std::path::PathBuf;
use xinting_content::pack::PackError;
use xinting_content::{Lang, LibraryError, PackId};

/// What was found wrong while choosing what serves. [`ShelfNotice::sentence`] says it to the admin and the log.
#[derive(Debug)]
pub enum ShelfNotice {
    /// An installed pack cannot be used.
    NotUsable {
        /// Its id.
        id: PackId,
        /// Its version.
        version: u64,
        /// Why.
        reason: PackError,
        /// The version that serves instead; `None` if no pack of this id does.
        instead: Option<u64>,
    },
    /// A pack of the image cannot be used.
    ImageNotUsable {
        /// The file's name.
        file: String,
        /// Why.
        reason: PackError,
    },
    /// A pack that was good when it was installed has gone bad on the booth's disk.
    WentBad {
        /// Its id.
        id: PackId,
        /// Its version.
        version: u64,
        /// The version that serves instead; `None` if no pack of this id does.
        instead: Option<u64>,
    },
    /// A pack that has gone bad serves all the same: without it there would be no library.
    BadServes {
        /// Its id.
        id: PackId,
        /// Its version.
        version: u64,
    },
    /// Nothing said which installed version serves; the newest good one does.
    PointerLost {
        /// The pack.
        id: PackId,
        /// The version that serves; `None` if none was good.
        serves: Option<u64>,
    },
    /// What said how high the versions had been was lost; it begins again with what is here.
    RatchetLost {
        /// The pack.
        id: PackId,
    },
    /// With this pack the others made no library, so it was left out.
    LeftOut {
        /// Its id.
        id: PackId,
        /// Its version.
        version: u64,
        /// Why.
        reason: LibraryError,
    },
    /// What may be used now makes no library; the one in memory stays until the next start.
    KeptInMemory {
        /// Why.
        reason: LibraryError,
    },
    /// The folder of packs cannot be read or tidied.
    Disk {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

impl ShelfNotice {
    /// The pack it is about; `None` where it is about none in particular.
    #[must_use]
    pub fn id(&self) -> Option<&PackId> {
        match self {
            Self::NotUsable { id, .. }
            | Self::WentBad { id, .. }
            | Self::BadServes { id, .. }
            | Self::PointerLost { id, .. }
            | Self::RatchetLost { id }
            | Self::LeftOut { id, .. } => Some(id),
            Self::ImageNotUsable { .. } | Self::KeptInMemory { .. } | Self::Disk { .. } => None,
        }
    }
}

/// What is wrong until somebody mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) id: Option<PackId>,
    zh: String,
    en: String,
}

impl Fault {
    pub(super) fn of(notice: &ShelfNotice) -> Self {
        Self {
            id: notice.id().cloned(),
            zh: notice.sentence(Lang::ZhCn),
            en: notice.sentence(Lang::En),
        }
    }

    pub(super) fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::ZhCn => self.zh.clone(),
            Lang::En => self.en.clone(),
        }
    }
}
