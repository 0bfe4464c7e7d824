//! The packs a booth has: those that came with the image and those installed from a stick, verified and layered.
//!
//! Below the packs' folder each pack has one of its own, `<id>/`, with at most two versions, `<version>.xpack`, a small
//! file `current` that says which serves, and another, `ratchet`, below whose versions nothing is taken from a stick.
//! Everything is put in place by renaming, file and folder synced, so that power may fail between any two steps. What
//! `current` says is the admin's last choice and stands until the image itself brings something newer. Not here:
//! mounting a stick, the admin's page, and when the library of a visit is exchanged.

mod back;
mod changes;
mod copy;
mod disk;
mod error;
mod health;
mod install;
mod look;
mod notice;
mod select;
mod words;

#[cfg(test)]
pub(crate) mod maker;
#[cfg(test)]
mod tests;

pub use changes::{Change, ChangeKind, Changes, Contents, What};
pub use error::ShelfError;
pub use health::Checked;
pub use install::{Step, Working};
pub use look::{Found, Looked, Offer};
pub use notice::ShelfNotice;

use disk::Folder;
use notice::Fault;
use select::{Chosen, Place, Selected};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{
    BedId, Lang, Library, LibraryError, PackId, PackInfo, PackKind, PracticeId, Text, Trust,
    VerifiedPack,
};

/// Where a serving pack came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It came with the image, or with the clone on a desk.
    Image,
    /// It was installed from a stick.
    Installed,
}

/// A pack that serves, or was taken out of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Its id.
    pub id: PackId,
    /// Whose it is.
    pub kind: PackKind,
    /// What it is called.
    pub title: Text,
    /// The id of who publishes it.
    pub publisher: String,
    /// What the key list calls them; `None` where it does not name them.
    pub publisher_name: Option<Text>,
    /// Its version, which only rises.
    pub version: u64,
    /// The version as people write it.
    pub release: String,
    /// Marked 示例.
    pub sample: bool,
    /// Where it came from.
    pub origin: Origin,
    /// The version one can go back to, or forward again after going back; `None` where none is kept.
    pub previous: Option<Previous>,
    /// There was nothing of its id before it: going back is taking it out of service.
    pub alone: bool,
}

/// The other version of a pack that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its version.
    pub version: u64,
    /// The version as people write it.
    pub release: String,
    /// Where it is from.
    pub origin: Origin,
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
        Some(self.sound_pack(practice)?.read(file))
    }

    /// The bytes of a bed's sound file, as [`Shown::sound`] gives them.
    pub fn bed(&self, bed: &BedId) -> Option<Result<Vec<u8>, PackError>> {
        let file = &self.library.bed(bed)?.sound;
        Some(self.bed_pack(bed)?.read(file))
    }

    /// The pack that holds the sounds of a practice.
    #[must_use]
    pub fn sound_pack(&self, practice: &PracticeId) -> Option<&VerifiedPack> {
        let layer = self.library.sound_layer(practice)?;
        self.packs.get(layer).map(|pack| &**pack)
    }

    /// The pack that holds the sound of a bed.
    #[must_use]
    pub fn bed_pack(&self, bed: &BedId) -> Option<&VerifiedPack> {
        let layer = self.library.bed_layer(bed)?;
        self.packs.get(layer).map(|pack| &**pack)
    }
}

/// The packs of one booth. Everything here waits for the disk: not for the screen's thread.
#[derive(Debug)]
pub struct Shelf {
    folder: Folder,
    image_dir: Option<PathBuf>,
    trust: Trust,
    production: bool,
    /// In layer order.
    chosen: Vec<Chosen>,
    /// What the image has of each id, good ones only.
    image: BTreeMap<PackId, Chosen>,
    /// What went bad since the start, also where the disk would not take the mark.
    bad: Vec<Place>,
    /// What was found wrong and has not been mended since.
    faults: Vec<Fault>,
    shown: Result<Shown, LibraryError>,
}

impl Shelf {
    /// Opens the packs below `packs_dir` and those of `image_dir`, choosing for each id what the admin chose last or
    /// what came newer with the image, and clears away what an interrupted installation left. Whatever is wrong becomes
    /// a notice; a booth with no usable pack at all has a shelf whose [`Shelf::library`] is an error.
    #[must_use]
    pub fn open(
        packs_dir: &Path,
        image_dir: Option<&Path>,
        trust: Trust,
        production: bool,
    ) -> (Self, Vec<ShelfNotice>) {
        let mut shelf = Self {
            folder: Folder::new(packs_dir),
            image_dir: image_dir.map(Path::to_owned),
            trust,
            production,
            chosen: Vec::new(),
            image: BTreeMap::new(),
            bad: Vec::new(),
            faults: Vec::new(),
            shown: Err(LibraryError::NoLine),
        };
        let selected = shelf.select();
        let (chosen, image) = (selected.chosen, selected.image);
        (shelf.chosen, shelf.image, shelf.shown) = (chosen, image, selected.shown);
        shelf.faults = selected.notices.iter().map(Fault::of).collect();
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
        let serving = self.chosen.iter();
        serving.map(|chosen| self.serving_of(chosen)).collect()
    }

    fn serving_of(&self, chosen: &Chosen) -> Serving {
        self.serving_as(chosen.pack.info().clone(), chosen.origin)
    }

    fn serving_as(&self, info: PackInfo, origin: Origin) -> Serving {
        let (previous, alone) = self.back(&info.id);
        Serving {
            publisher_name: self.trust.publisher_name(&info.publisher).cloned(),
            previous,
            alone,
            id: info.id,
            kind: info.kind,
            title: info.title,
            publisher: info.publisher,
            version: info.version,
            release: info.release,
            sample: info.sample,
            origin,
        }
    }

    /// Room on the disk that holds the packs, in bytes; `None` where the system does not say.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        self.folder.free_bytes()
    }

    /// Whom it trusts.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Trusts others from now on, and chooses again among all packs that are here: one that is no longer permitted
    /// stops serving, and the version or the image's pack below it does. Where nothing else would make a library, the
    /// one in memory stays until the next start. Gives what serves from the next visit on, if that changed.
    pub fn set_trust(&mut self, trust: Trust) -> (Option<Shown>, Vec<ShelfNotice>) {
        self.trust = trust;
        self.reselect()
    }

    /// Whether anything of what serves, or of the image's packs below, could still be shown if these were trusted: asked
    /// before a key list is put in force, since a booth that starts with nothing to show cannot be mended by a stick.
    ///
    /// # Errors
    /// [`ShelfError::NothingLeft`].
    pub fn would_hold(&self, trust: &Trust) -> Result<(), ShelfError> {
        if self.shown.is_err() {
            return Ok(());
        }
        let left = self.chosen.iter().filter_map(|chosen| {
            let below = self.image.get(&chosen.pack.info().id);
            let mut either = [Some(chosen), below].into_iter().flatten();
            either.find(|chosen| chosen.pack.permitted_by(trust).is_ok())
        });
        let mut left: Vec<&VerifiedPack> = left.map(|chosen| &*chosen.pack).collect();
        // What lies above and does not fit without the others is left out at the next start as well.
        loop {
            match Library::from_packs(&left) {
                Ok(_) => return Ok(()),
                Err(reason) if left.pop().is_none() => return Err(ShelfError::NothingLeft(reason)),
                Err(_) => {}
            }
        }
    }

    /// Chooses again, but never gives up a library for none.
    fn reselect(&mut self) -> (Option<Shown>, Vec<ShelfNotice>) {
        let (shown, notices) = self.choose_again();
        self.faults = notices.iter().map(Fault::of).collect();
        (shown, notices)
    }

    fn choose_again(&mut self) -> (Option<Shown>, Vec<ShelfNotice>) {
        let Selected {
            chosen,
            image,
            shown,
            mut notices,
        } = self.select();
        match shown {
            Ok(shown) => {
                let same = same_packs(&self.chosen, &chosen);
                (self.chosen, self.image) = (chosen, image);
                if same {
                    return (None, notices);
                }
                self.shown = Ok(shown.clone());
                (Some(shown), notices)
            }
            Err(reason) => {
                // What serves is as it was when it was verified. A booth that shows nothing helps nobody.
                if self.shown.is_ok() {
                    notices.push(ShelfNotice::KeptInMemory { reason });
                }
                (None, notices)
            }
        }
    }

    fn select(&self) -> Selected {
        select::select(&select::Among {
            folder: &self.folder,
            image_dir: self.image_dir.as_deref(),
            trust: &self.trust,
            production: self.production,
            bad: &self.bad,
        })
    }

    fn chosen(&self, id: &PackId) -> Option<&Chosen> {
        let mut chosen = self.chosen.iter();
        chosen.find(|chosen| chosen.pack.info().id == *id)
    }

    /// What would serve with `new` in the place of what has its id, checked as a whole.
    fn layered_with(&self, new: Chosen) -> Result<(Vec<Chosen>, Library), LibraryError> {
        let id = &new.pack.info().id;
        let others = self.chosen.iter();
        let others = others.filter(|chosen| chosen.pack.info().id != *id);
        let mut chosen: Vec<Chosen> = others.cloned().chain([new.clone()]).collect();
        select::sort(&mut chosen);
        let packs: Vec<&VerifiedPack> = chosen.iter().map(|chosen| &*chosen.pack).collect();
        let library = Library::from_packs(&packs)?;
        Ok((chosen, library))
    }

    /// What is wrong with the packs, a sentence each for the admin; empty where all is well.
    #[must_use]
    pub fn faults(&self, lang: Lang) -> Vec<String> {
        let faults = self.faults.iter();
        faults.map(|fault| fault.sentence(lang)).collect()
    }

    /// These packs serve. What was wrong with the one that was just put right is forgotten.
    fn show(&mut self, id: &PackId, chosen: Vec<Chosen>, library: Library) -> Shown {
        self.faults.retain(|fault| fault.id.as_ref() != Some(id));
        let packs = chosen.iter().map(|chosen| Arc::clone(&chosen.pack));
        let shown = Shown {
            library: Arc::new(library),
            packs: packs.collect(),
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

fn same_packs(some: &[Chosen], others: &[Chosen]) -> bool {
    let which = |chosen: &Chosen| (chosen.origin, chosen.pack.manifest_sha256());
    some.iter().map(which).eq(others.iter().map(which))
}
