//! A pack that was good when it was installed may go bad on the disk. Whoever finds that out while reading tells here;
//! the pack is then verified whole, set aside if it is bad, and the version below it serves.

use super::notice::Fault;
use super::select::{Chosen, Place, reader::image_mark};
use super::{Origin, Shelf, ShelfNotice, Shown};
use std::fs::File;
use xinting_content::pack::PackError;
use xinting_content::{PackId, VerifiedPack};

/// What became of a suspicion.
#[derive(Debug)]
pub enum Checked {
    /// Every byte is right: what could not be read before can be read now.
    Good,
    /// It is bad and set aside.
    Bad {
        /// What serves from the next visit on; `None` where what is in memory has to stay.
        shown: Option<Box<Shown>>,
        /// What the admin is told.
        notices: Vec<ShelfNotice>,
    },
}

impl Shelf {
    /// Verifies what serves of this id completely, from the disk itself. If it is bad, that is marked on disk, so that
    /// the next start does not take it again, and what is below it serves.
    pub fn suspect(&mut self, id: &PackId) -> Checked {
        let Some(suspected) = self.chosen(id).cloned() else {
            return Checked::Good;
        };
        match self.verify(&suspected) {
            Ok(()) => return Checked::Good,
            // Whom one trusts has changed since; that is no fault of the disk, and choosing again finds it out.
            Err(
                PackError::Stranger { .. }
                | PackError::Revoked { .. }
                | PackError::NotPermitted { .. }
                | PackError::TooFewSignatures { .. }
                | PackError::NoTrust,
            ) => {}
            Err(_) => {
                self.bad.push(suspected.place());
                if let Err(reason) = self.mark(&suspected) {
                    let (shown, mut notices) = self.reselect();
                    let path = suspected.path.clone();
                    notices.push(ShelfNotice::Disk { path, reason });
                    return bad(shown, notices);
                }
            }
        }
        let (shown, notices) = self.reselect();
        bad(shown, notices)
    }

    fn verify(&self, suspected: &Chosen) -> Result<(), PackError> {
        let file = File::open(&suspected.path)?;
        // What is in memory may be right where the disk is not. Where the system does not drop it, that is read.
        let _advice = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        let pack = VerifiedPack::open(file, &self.trust, None)?;
        if pack.manifest_sha256() != suspected.pack.manifest_sha256() {
            let what = "another pack lies in its place".to_owned();
            return Err(PackError::Altered { what });
        }
        Ok(())
    }

    fn mark(&self, bad: &Chosen) -> std::io::Result<()> {
        let id = &bad.pack.info().id;
        match bad.origin {
            Origin::Installed => self.folder.mark_bad(id, bad.version()),
            Origin::Image => self.folder.mark_image_bad(id, &image_mark(bad)?),
        }
    }

    /// Whether this very file went bad, also where it serves because nothing else does.
    pub(super) fn is_bad(&self, chosen: &Chosen) -> bool {
        let place = chosen.place();
        let on_disk = || match chosen.origin {
            Origin::Installed => {
                let has = |versions: std::io::Result<Vec<u64>>| {
                    versions.unwrap_or_default().contains(&place.version)
                };
                // One that came again lies in its place; a power cut may have left the mark of the one before.
                has(self.folder.bad_versions(&place.id)) && !has(self.folder.versions(&place.id))
            }
            Origin::Image => {
                let mark = self.folder.image_bad(&place.id);
                mark.is_some_and(|mark| image_mark(chosen).is_ok_and(|own| own == mark))
            }
        };
        self.bad.contains(&place) || on_disk()
    }

    /// What was only kept has gone bad: it is set aside, and what serves goes on.
    pub(super) fn kept_went_bad(&mut self, place: Place) {
        let marked = match place.origin {
            Origin::Installed => self.folder.mark_bad(&place.id, place.version),
            Origin::Image => match self.image.remove(&place.id) {
                Some(image) => {
                    image_mark(&image).and_then(|mark| self.folder.mark_image_bad(&place.id, &mark))
                }
                None => Ok(()),
            },
        };
        if let Err(reason) = marked {
            // It is known to be bad until the next start, which finds it out again.
            let path = self.folder.of(&place.id);
            let notice = ShelfNotice::Disk { path, reason };
            self.faults.push(Fault::of(&notice));
        }
        self.bad.push(place);
    }
}

fn bad(shown: Option<Shown>, notices: Vec<ShelfNotice>) -> Checked {
    Checked::Bad {
        shown: shown.map(Box::new),
        notices,
    }
}
