//! Going back to the version of a pack that was kept, and forward again; from a pack that was new here, back to doing
//! without it. Only to what lies on the booth's own disk: the ratchet for sticks stays where it is.

use super::disk::{Choice, Kept, Pointer};
use super::select::{self, Chosen, Place};
use super::{Origin, Previous, Serving, Shelf, ShelfError, Shown};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{Glance, Library, PackId, VerifiedPack};

/// Where one step leads.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// To another version that is here.
    To(Previous),
    /// To doing without the pack: there was nothing of its id before it.
    Out,
}

impl Shelf {
    /// Goes back to the version of this pack that is here beside the one that serves, or forward again after that. A pack
    /// that was new here has none before it: it is taken out of service, and the next time put back. What is to serve
    /// is verified whole and the library checked first. It lasts over restarts.
    ///
    /// # Errors
    /// [`ShelfError`]; the booth keeps what it had.
    pub fn roll_back(&mut self, id: &PackId) -> Result<Shown, ShelfError> {
        match self.step(id).ok_or(ShelfError::NothingKept)? {
            Step::To(target) => self.change_to(id, &target),
            Step::Out => self.take_out(id),
        }
    }

    fn change_to(&mut self, id: &PackId, target: &Previous) -> Result<Shown, ShelfError> {
        let serving = self.chosen(id).map(Chosen::place);
        let (path, choice) = match target.origin {
            Origin::Installed => {
                let version = target.version;
                (self.folder.pack(id, version), Choice::Installed(version))
            }
            Origin::Image => {
                let image = self.image.get(id).ok_or(ShelfError::NothingKept)?;
                (image.path.clone(), Choice::Image)
            }
        };
        let pack = match self.open_kept(id, target, &path) {
            Err(PackError::Io(_) | PackError::Truncated { .. } | PackError::Altered { .. }) => {
                let version = target.version;
                self.kept_went_bad(Place {
                    id: id.clone(),
                    version,
                    origin: target.origin,
                });
                return Err(ShelfError::KeptBad { version });
            }
            opened => opened?,
        };
        let (chosen, library) = self.layered_with(Chosen {
            pack: Arc::new(pack),
            origin: target.origin,
            path,
        })?;
        let kept = serving
            .filter(|place| place.origin == Origin::Installed)
            .map(|place| place.version);
        let pointer = Pointer {
            serves: choice,
            // From one image to an installed version: what else was kept stays.
            kept: kept.or_else(|| {
                self.kept(id)
                    .filter(|&kept| choice != Choice::Installed(kept))
            }),
            image: self.image.get(id).map(Chosen::version),
        };
        self.folder
            .point(id, &pointer)
            .map_err(ShelfError::disk("going back to the version before"))?;
        Ok(self.show(id, chosen, library))
    }

    fn open_kept(
        &self,
        id: &PackId,
        target: &Previous,
        path: &Path,
    ) -> Result<VerifiedPack, PackError> {
        let pack = VerifiedPack::open(File::open(path)?, &self.trust, None)?;
        if self.production {
            pack.fit_for_production()?;
        }
        if pack.info().id != *id || pack.info().version != target.version {
            let what = "it is another pack than its place says".to_owned();
            return Err(PackError::Altered { what });
        }
        Ok(pack)
    }

    /// The pack stays on disk and does not serve any more, if the others make a library without it.
    fn take_out(&mut self, id: &PackId) -> Result<Shown, ShelfError> {
        let others = self.chosen.iter();
        let others = others.filter(|chosen| chosen.pack.info().id != *id);
        let left: Vec<Chosen> = others.cloned().collect();
        let packs: Vec<&VerifiedPack> = left.iter().map(|chosen| &*chosen.pack).collect();
        let library = Library::from_packs(&packs).map_err(ShelfError::StillNeeded)?;
        let pointer = Pointer {
            serves: Choice::Nothing,
            kept: self.chosen(id).map(Chosen::version),
            image: self.image.get(id).map(Chosen::version),
        };
        self.folder
            .point(id, &pointer)
            .map_err(ShelfError::disk("taking the pack out of service"))?;
        Ok(self.show(id, left, library))
    }

    /// The packs that were taken out of service and can be put back, by id. Of each only the head is read.
    #[must_use]
    pub fn out_of_service(&self) -> Vec<Serving> {
        let ids = self.folder.ids().unwrap_or_default();
        let idle = ids.iter().filter(|id| self.chosen(id).is_none());
        let heads = idle.filter_map(|id| self.kept_head(id, self.taken_out(id)?));
        let out = heads.map(|head| Serving {
            previous: None,
            ..self.serving_as(head.info().clone(), Origin::Installed)
        });
        out.collect()
    }

    /// The version that was taken out of service.
    fn taken_out(&self, id: &PackId) -> Option<u64> {
        let pointer = self.folder.current(id).known()?;
        pointer.kept.filter(|_| pointer.serves == Choice::Nothing)
    }

    fn step(&self, id: &PackId) -> Option<Step> {
        let Some(serving) = self.chosen(id) else {
            let kept = self.taken_out(id)?;
            return self.kept_pack(id, kept).map(Step::To);
        };
        // Where the pointer names another, that may yet be good again, and this one was not new here.
        let first = Pointer {
            serves: Choice::Installed(serving.version()),
            kept: None,
            image: None,
        };
        let new_here = || (self.folder.current(id) == Kept::Known(first)).then_some(Step::Out);
        self.other(id).map(Step::To).or_else(new_here)
    }

    /// What one can go back to from what serves, and whether that is doing without it.
    pub(super) fn back(&self, id: &PackId) -> (Option<Previous>, bool) {
        match self.step(id) {
            Some(Step::To(previous)) => (Some(previous), false),
            Some(Step::Out) => (None, true),
            None => (None, false),
        }
    }

    /// The best other version that is here: the highest below the one that serves, else the lowest above.
    fn other(&self, id: &PackId) -> Option<Previous> {
        let serving = self.chosen(id)?.place();
        let mut others: Vec<Previous> = Vec::new();
        if let Some(image) = self
            .image
            .get(id)
            .filter(|_| serving.origin != Origin::Image)
            .filter(|image| !self.is_bad(image))
        {
            others.push(Previous {
                version: image.version(),
                release: image.pack.info().release.clone(),
                origin: Origin::Image,
            });
        }
        for version in self.folder.versions(id).unwrap_or_default() {
            let is_serving = serving.origin == Origin::Installed && serving.version == version;
            others.extend((!is_serving).then(|| self.kept_pack(id, version)).flatten());
        }
        let below = |other: &&Previous| other.version <= serving.version;
        let back = others
            .iter()
            .filter(below)
            .max_by_key(|other| other.version);
        let forward = || others.iter().min_by_key(|other| other.version);
        back.or_else(forward).cloned()
    }

    /// A kept version whose head is still good; the rest of it is verified when it is wanted.
    fn kept_pack(&self, id: &PackId, version: u64) -> Option<Previous> {
        let head = self.kept_head(id, version)?;
        Some(Previous {
            version,
            release: head.info().release.clone(),
            origin: Origin::Installed,
        })
    }

    fn kept_head(&self, id: &PackId, version: u64) -> Option<Glance> {
        let file = File::open(self.folder.pack(id, version)).ok()?;
        let length = file.metadata().ok()?.len();
        let head = Glance::read(file, length, &self.trust).ok()?;
        let right = head.info().id == *id && head.info().version == version;
        let place = Place {
            id: id.clone(),
            version,
            origin: Origin::Installed,
        };
        (right && !self.bad.contains(&place)).then_some(head)
    }

    fn kept(&self, id: &PackId) -> Option<u64> {
        let pointer = self.folder.current(id).known()?;
        select::kept(&pointer, &self.folder.versions(id).ok()?)
    }
}
