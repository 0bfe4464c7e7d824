//! The packs a booth has: those that came with the image and those installed from a stick, verified and layered.
//!
//! Below the packs' folder each pack has one of its own, `<id>/`, with at most two versions, `<version>.xpack`, and a
//! small file `current` that names the one that serves. Everything is put in place by renaming, file and folder
//! synced, so that power may fail between any two steps. A pack of the image serves while no installed pack of its id
//! is newer. Not here: mounting a stick, the admin's page, and when the library of a visit is exchanged.

mod disk;
mod select;
mod stick;
mod words;

#[cfg(test)]
pub(crate) mod maker;
#[cfg(test)]
mod tests;

pub use select::ShelfNotice;
pub use stick::{Candidate, Contents, Copying, Found};

use disk::Folder;
use select::Chosen;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{
    BedId, Library, LibraryError, PackId, PackKind, PracticeId, Text, Trust, VerifiedPack,
};

/// Where a serving pack came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It came with the image, or with the clone on a desk.
    Image,
    /// It was installed from a stick.
    Installed,
}

/// A pack that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Its id.
    pub id: PackId,
    /// Whose it is.
    pub kind: PackKind,
    /// What it is called.
    pub title: Text,
    /// Who publishes it.
    pub publisher: String,
    /// Its version, which only rises.
    pub version: u64,
    /// The version as people write it.
    pub release: String,
    /// Marked 示例.
    pub sample: bool,
    /// Where it came from.
    pub origin: Origin,
    /// The version one can go back to; `None` where none is kept.
    pub previous: Option<u64>,
}

/// A library together with the packs it was layered from: exchanged as one between visits, so that a practice's sound
/// is always that of the practice shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What can be shown.
    pub library: Arc<Library>,
    packs: Vec<Arc<VerifiedPack>>,
}

impl Shown {
    /// The bytes of one of a practice's sound files, verified again while they are read; `None` for a practice that the
    /// library does not hold. Reads from disk: not for the screen's thread.
    pub fn sound(&self, practice: &PracticeId, file: &str) -> Option<Result<Vec<u8>, PackError>> {
        let pack = self.packs.get(self.library.sound_layer(practice)?)?;
        Some(pack.read(file))
    }

    /// The bytes of a bed's sound file, as [`Shown::sound`] gives them.
    pub fn bed(&self, bed: &BedId) -> Option<Result<Vec<u8>, PackError>> {
        let file = &self.library.bed(bed)?.sound;
        let pack = self.packs.get(self.library.bed_layer(bed)?)?;
        Some(pack.read(file))
    }
}

/// Why a pack was not installed, or a stick not read. [`ShelfError::sentence`] says it to the admin.
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
    /// There is no other version of it here.
    #[error("going back: no earlier version is kept")]
    NothingKept,
    /// With it the packs would not make a library.
    #[error("layering the pack over the others")]
    Library(#[from] LibraryError),
    /// The stick's folder cannot be listed.
    #[error("listing the stick")]
    StickUnreadable(#[source] io::Error),
    /// The stick was pulled out while it was being read.
    #[error("reading the stick: it was pulled out")]
    StickGone,
    /// Whoever watches the copying asked to stop.
    #[error("reading the stick: stopped")]
    Stopped,
    /// The booth's disk is full.
    #[error("{doing}: the disk is full")]
    DiskFull {
        /// What we were doing.
        doing: &'static str,
    },
    /// The booth's disk cannot be written.
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
    fn disk(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { doing },
            _ => Self::Disk { doing, source },
        }
    }
}

/// The packs of one booth. Everything here waits for the disk: not for the screen's thread.
#[derive(Debug)]
pub struct Shelf {
    folder: Folder,
    trust: Trust,
    production: bool,
    /// In layer order.
    chosen: Vec<Chosen>,
    shown: Result<Shown, LibraryError>,
}

impl Shelf {
    /// Opens the packs below `packs_dir` and those of `image_dir`, choosing for each id the newest that is good, and
    /// clears away what an interrupted installation left. Whatever is wrong becomes a notice; a booth with no usable
    /// pack at all has a shelf whose [`Shelf::library`] is an error.
    #[must_use]
    pub fn open(
        packs_dir: &Path,
        image_dir: Option<&Path>,
        trust: Trust,
        production: bool,
    ) -> (Self, Vec<ShelfNotice>) {
        let folder = Folder::new(packs_dir);
        let selected = select::select(&folder, image_dir, &trust, production);
        let shelf = Self {
            folder,
            trust,
            production,
            chosen: selected.chosen,
            shown: selected.shown,
        };
        (shelf, selected.notices)
    }

    /// What the packs hold together.
    ///
    /// # Errors
    /// Why they do not make a library, with what to do.
    pub fn library(&self) -> Result<Shown, &LibraryError> {
        self.shown.as_ref().map(Clone::clone)
    }

    /// The packs that serve, in layer order: starter, district, school, then by id.
    #[must_use]
    pub fn serving(&self) -> Vec<Serving> {
        let serving = |chosen: &Chosen| Serving {
            previous: self.previous(&chosen.pack.info().id),
            ..chosen.serving()
        };
        self.chosen.iter().map(serving).collect()
    }

    /// Room on the disk that holds the packs, in bytes; `None` where the system does not say.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        self.folder.free_bytes()
    }

    fn previous(&self, id: &PackId) -> Option<u64> {
        let serving = self
            .chosen
            .iter()
            .find(|chosen| chosen.pack.info().id == *id)?;
        let version = serving.pack.info().version;
        let on_disk = self.folder.versions(id).ok()?;
        on_disk.into_iter().find(|&kept| kept < version)
    }

    /// Goes back to the version of this pack that was kept, after seeing that the library with it holds.
    ///
    /// # Errors
    /// [`ShelfError`]; the booth keeps what it had.
    pub fn roll_back(&mut self, id: &PackId) -> Result<Shown, ShelfError> {
        let version = self.previous(id).ok_or(ShelfError::NothingKept)?;
        let file = std::fs::File::open(self.folder.pack(id, version)).map_err(PackError::Io)?;
        let pack = VerifiedPack::open(file, &self.trust, None)?;
        let back = Chosen {
            pack: Arc::new(pack),
            origin: Origin::Installed,
        };
        let others = self
            .chosen
            .iter()
            .filter(|chosen| chosen.pack.info().id != *id);
        let mut chosen: Vec<Chosen> = others.cloned().chain([back]).collect();
        select::sort(&mut chosen);
        let packs: Vec<&VerifiedPack> = chosen.iter().map(|chosen| &*chosen.pack).collect();
        let library = Library::from_packs(&packs)?;
        self.folder
            .point(id, version)
            .map_err(ShelfError::disk("going back to the version before"))?;
        Ok(self.show(chosen, library))
    }

    /// Copies every pack file of a stick (at its root and one folder deep, hidden ones left out, 32 at most) and
    /// verifies the copies. `watch` is told of the copying and may stop it. Copies live until their [`Candidate`] is
    /// installed or dropped; whatever the end, nothing else is left on disk.
    ///
    /// # Errors
    /// [`ShelfError`] if the stick cannot be listed, is pulled out or the disk fails; a single bad pack is a
    /// [`Found::Refused`].
    pub fn inspect(
        &self,
        stick: &Path,
        watch: &mut dyn FnMut(Copying<'_>) -> ControlFlow<()>,
    ) -> Result<Vec<Found>, ShelfError> {
        let mut found = Vec::new();
        for path in stick::pack_files(stick).map_err(ShelfError::StickUnreadable)? {
            let file = stick::name_on(stick, &path);
            match self.take_in(&path, &file, watch) {
                Ok(candidate) => found.push(Found::Good(Box::new(candidate))),
                Err(reason @ (ShelfError::Pack(_) | ShelfError::Already { .. })) => {
                    found.push(Found::Refused { file, reason });
                }
                // A second stick's worth may still fit, and the admin may install what was copied so far.
                Err(reason @ ShelfError::DiskFull { .. }) => {
                    found.push(Found::Refused { file, reason })
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn take_in(
        &self,
        path: &Path,
        file: &str,
        watch: &mut dyn FnMut(Copying<'_>) -> ControlFlow<()>,
    ) -> Result<Candidate, ShelfError> {
        let copy = stick::copy(path, file, &self.folder.incoming(), watch)?;
        let opened = std::fs::File::open(copy.path())
            .map_err(ShelfError::disk("opening the copy of a pack"))?;
        let pack = VerifiedPack::open(opened, &self.trust, None)?;
        if self.production {
            pack.fit_for_production()?;
        }
        self.check_version(pack.info().id.clone(), pack.info().version)?;
        let contents = Contents::of(&pack.layer()?);
        let replaces = self
            .chosen
            .iter()
            .find(|chosen| chosen.pack.info().id == pack.info().id);
        let replaces = replaces.map(Chosen::serving);
        Ok(Candidate {
            file: file.to_owned(),
            pack: Arc::new(pack),
            contents,
            replaces,
            copy,
        })
    }

    /// The ratchet: below what serves, or what served until it went bad, nothing is taken.
    fn check_version(&self, id: PackId, found: u64) -> Result<(), ShelfError> {
        let serving = self
            .chosen
            .iter()
            .find(|chosen| chosen.pack.info().id == id);
        let serving = serving.map(|chosen| chosen.pack.info().version);
        if serving == Some(found) {
            return Err(ShelfError::Already { version: found });
        }
        match serving.max(self.folder.current(&id).version()) {
            Some(installed) if found < installed => {
                Err(PackError::Older { found, installed }.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Installs a pack of a stick: first sees that the library with it would hold, then puts it in place and makes it
    /// current. The version that served is kept beside it.
    ///
    /// # Errors
    /// [`ShelfError`]; the booth keeps what it had and nothing of the new pack is left.
    pub fn install(&mut self, candidate: Candidate) -> Result<Shown, ShelfError> {
        let id = candidate.pack.info().id.clone();
        let version = candidate.pack.info().version;
        self.check_version(id.clone(), version)?;
        let new = Chosen {
            pack: Arc::clone(&candidate.pack),
            origin: Origin::Installed,
        };
        let before = self
            .chosen
            .iter()
            .find(|chosen| chosen.pack.info().id == id);
        let keep = before
            .filter(|chosen| chosen.origin == Origin::Installed)
            .map(|c| c.pack.info().version);
        let others = self
            .chosen
            .iter()
            .filter(|chosen| chosen.pack.info().id != id);
        let mut chosen: Vec<Chosen> = others.cloned().chain([new]).collect();
        select::sort(&mut chosen);
        let packs: Vec<&VerifiedPack> = chosen.iter().map(|chosen| &*chosen.pack).collect();
        let library = Library::from_packs(&packs)?;

        self.folder
            .put(candidate.copy.path(), &id, version)
            .map_err(ShelfError::disk("putting the pack in place"))?;
        candidate.copy.moved();
        // The pack serves. An old file that stays is cleared away, or complained of, when the shelf is opened next.
        let _left = self.folder.prune(&id, &[Some(version), keep]);
        Ok(self.show(chosen, library))
    }

    fn show(&mut self, chosen: Vec<Chosen>, library: Library) -> Shown {
        let packs = chosen
            .iter()
            .map(|chosen| Arc::clone(&chosen.pack))
            .collect();
        let shown = Shown {
            library: Arc::new(library),
            packs,
        };
        self.chosen = chosen;
        self.shown = Ok(shown.clone());
        shown
    }

    /// The folder that holds installed packs.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.root().to_owned()
    }
}
