//! Going back to the version of a pack that was kept, and forward again. Only to what lies on the booth's own disk: the
//! ratchet for sticks stays where it is.

use super::disk::{Choice, Pointer};
use super::select::{self, Chosen};
use super::{Origin, Previous, Shelf, ShelfError, Shown};
use std::fs::File;
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{Glance, PackId, VerifiedPack};

impl Shelf {
    /// Goes back to the version of this pack that is here beside the one that serves, or forward again after that. The
    /// version is verified whole and the library with it checked first. It lasts over restarts.
    ///
    /// # Errors
    /// [`ShelfError`]; the booth keeps what it had.
    pub fn roll_back(&mut self, id: &PackId) -> Result<Shown, ShelfError> {
        let target = self.other(id).ok_or(ShelfError::NothingKept)?;
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
        let file = File::open(&path).map_err(PackError::Io)?;
        let pack = VerifiedPack::open(file, &self.trust, None)?;
        if self.production {
            pack.fit_for_production()?;
        }
        if pack.info().id != *id || pack.info().version != target.version {
            let what = "it is another pack than its place says".to_owned();
            return Err(PackError::BadlyMade { what }.into());
        }
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

    /// What one can go back to from what serves.
    pub(super) fn previous(&self, id: &PackId) -> Option<Previous> {
        self.other(id)
    }

    /// The best other version that is here: the highest below the one that serves, else the lowest above.
    fn other(&self, id: &PackId) -> Option<Previous> {
        let serving = self.chosen(id)?.place();
        let mut others: Vec<Previous> = Vec::new();
        if let Some(image) = self
            .image
            .get(id)
            .filter(|_| serving.origin != Origin::Image)
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
        let file = File::open(self.folder.pack(id, version)).ok()?;
        let length = file.metadata().ok()?.len();
        let head = Glance::read(file, length, &self.trust).ok()?;
        let info = head.info();
        let right = info.id == *id && info.version == version;
        let place = select::Place {
            id: id.clone(),
            version,
            origin: Origin::Installed,
        };
        (right && !self.bad.contains(&place)).then(|| Previous {
            version,
            release: info.release.clone(),
            origin: Origin::Installed,
        })
    }

    fn kept(&self, id: &PackId) -> Option<u64> {
        let pointer = self.folder.current(id).known()?;
        select::kept(&pointer, &self.folder.versions(id).ok()?)
    }
}
