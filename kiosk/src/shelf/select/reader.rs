//! Reading the packs that are there, and tidying their folders. Which of them serves is decided one level up.

use super::{Among, Chosen, Layers, kept, shown};
use crate::shelf::disk::{Choice, ImageMark, Kept, Pointer, Ratchet};
use crate::shelf::look::{name_below, pack_files_in};
use crate::shelf::{Origin, ShelfNotice, Shown};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use xinting_content::pack::PackError;
use xinting_content::{Glance, Layer, Library, LibraryError, PackId, VerifiedPack};

pub(super) struct Reader<'a> {
    pub(super) among: &'a Among<'a>,
    layers: Layers,
    marked_images: Vec<Chosen>,
    pub(super) notices: Vec<ShelfNotice>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(among: &'a Among<'a>) -> Self {
        Self {
            among,
            layers: BTreeMap::new(),
            marked_images: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn look(&mut self, path: &Path, origin: Origin) -> Result<Chosen, PackError> {
        let pack = VerifiedPack::open_installed(File::open(path)?, self.among.trust)?;
        if self.among.production {
            pack.fit_for_production()?;
        }
        let layer = pack.layer()?;
        let (id, version) = (layer.info.id.clone(), layer.info.version);
        self.layers.insert((id, version, origin), layer);
        Ok(Chosen {
            pack: Arc::new(pack),
            origin,
            path: path.to_owned(),
        })
    }

    /// An installed version, if it is good and is what its place says.
    pub(super) fn installed(&mut self, id: &PackId, version: u64) -> Result<Chosen, PackError> {
        let path = self.among.folder.pack(id, version);
        let found = self.look(&path, Origin::Installed)?;
        let info = found.pack.info();
        if info.id != *id || info.version != version {
            let what = format!("it is “{}” version {}", info.id, info.version);
            return Err(PackError::BadlyMade { what });
        }
        if self.among.bad.contains(&found.place()) {
            let what = "it went bad on this booth's disk".to_owned();
            return Err(PackError::Altered { what });
        }
        Ok(found)
    }

    /// The newest good pack of each id that came with the image.
    pub(super) fn image(&mut self) -> BTreeMap<PackId, Chosen> {
        let mut best: BTreeMap<PackId, Chosen> = BTreeMap::new();
        let Some(dir) = self.among.image_dir else {
            return best;
        };
        let files = match pack_files_in(dir) {
            Ok(files) => files,
            Err(reason) => {
                let path = dir.to_owned();
                self.notices.push(ShelfNotice::Disk { path, reason });
                return best;
            }
        };
        for path in files {
            match self.look(&path, Origin::Image) {
                Ok(found) if self.is_marked(&found) => self.marked_images.push(found),
                Ok(found) => {
                    let info = found.pack.info();
                    let known = best.get(&info.id).map(Chosen::version);
                    if known < Some(info.version) {
                        best.insert(info.id.clone(), found);
                    }
                }
                Err(reason) => {
                    let file = name_below(dir, &path);
                    self.notices
                        .push(ShelfNotice::ImageNotUsable { file, reason });
                }
            }
        }
        for found in &self.marked_images {
            let (id, version) = (found.pack.info().id.clone(), found.version());
            let instead = best.get(&id).map(Chosen::version);
            self.notices.push(ShelfNotice::WentBad {
                id,
                version,
                instead,
            });
        }
        best
    }

    fn is_marked(&self, found: &Chosen) -> bool {
        let on_disk = self.among.folder.image_bad(&found.pack.info().id);
        let marked = on_disk.is_some_and(|mark| image_mark(found).is_ok_and(|own| own == mark));
        marked || self.among.bad.contains(&found.place())
    }

    /// The packs with a folder, after what an interrupted installation left has been cleared away.
    pub(super) fn installed_ids(&mut self) -> Vec<PackId> {
        let folder = self.among.folder;
        let ids = folder.prepare().and_then(|()| folder.ids());
        ids.unwrap_or_else(|reason| {
            // A disk that cannot be written may still be read.
            let path = folder.root().to_owned();
            self.notices.push(ShelfNotice::Disk { path, reason });
            folder.ids().unwrap_or_default()
        })
    }

    /// What was marked as bad and can still be opened, the image's last. What an admin took out of service stays out.
    pub(super) fn marked(&mut self) -> Vec<Chosen> {
        let folder = self.among.folder;
        let mut found = Vec::new();
        for id in folder.ids().unwrap_or_default() {
            if matches!(folder.current(&id), Kept::Known(pointer) if pointer.serves == Choice::Nothing)
            {
                continue;
            }
            for version in folder.bad_versions(&id).unwrap_or_default() {
                found.extend(self.look(&folder.bad_pack(&id, version), Origin::Installed));
            }
            let here = folder.versions(&id).unwrap_or_default();
            for version in here {
                found.extend(self.look(&folder.pack(&id, version), Origin::Installed));
            }
        }
        found.append(&mut self.marked_images);
        found
    }

    /// The library that these packs make.
    pub(super) fn library(&self, chosen: &[Chosen]) -> Result<Shown, LibraryError> {
        let layers = chosen.iter().filter_map(|chosen| {
            let info = chosen.pack.info();
            self.layers
                .get(&(info.id.clone(), info.version, chosen.origin))
        });
        let layers: Vec<&Layer> = layers.collect();
        Ok(shown(chosen, Library::from_layers(&layers)?))
    }

    /// Writes a lost pointer or ratchet again and deletes what no pointer will ever name.
    pub(super) fn tidy(
        &mut self,
        id: &PackId,
        pointer: &Kept<Pointer>,
        on_disk: &[u64],
        marked: &[u64],
        picked: Option<&Chosen>,
        image: Option<&Chosen>,
    ) {
        let folder = self.among.folder;
        let tidied = match pointer {
            Kept::Known(pointer) => {
                let keep = named(pointer, on_disk);
                self.mend_ratchet(id, &keep)
                    .and_then(|()| folder.prune(id, &keep, marked))
            }
            Kept::Absent | Kept::Broken => {
                self.mend_pointer(id, pointer, on_disk, marked, picked, image)
            }
        };
        let tidied = tidied.and_then(|()| self.drop_stale_mark(id));
        if let Err(reason) = tidied {
            let path = folder.of(id);
            self.notices.push(ShelfNotice::Disk { path, reason });
        }
    }

    fn mend_pointer(
        &mut self,
        id: &PackId,
        pointer: &Kept<Pointer>,
        on_disk: &[u64],
        marked: &[u64],
        picked: Option<&Chosen>,
        image: Option<&Chosen>,
    ) -> io::Result<()> {
        let folder = self.among.folder;
        let installed = picked.filter(|chosen| chosen.origin == Origin::Installed);
        // One version and no pointer is what a power cut leaves of a first installation: nothing was lost.
        if *pointer == Kept::Broken || on_disk.len() > 1 {
            let serves = picked.map(Chosen::version);
            let id = id.clone();
            self.notices.push(ShelfNotice::PointerLost { id, serves });
        }
        let Some(serves) = installed.map(Chosen::version) else {
            // Nothing is known to be good: deleting would only lose what a person could still look at.
            return folder.sweep_unwritten(id);
        };
        let new = Pointer {
            serves: Choice::Installed(serves),
            kept: on_disk.iter().copied().find(|&version| version < serves),
            image: image.map(Chosen::version),
        };
        let keep = named(&new, on_disk);
        self.mend_ratchet(id, &keep)?;
        folder.point(id, &new)?;
        folder.prune(id, &keep, marked)
    }

    /// A ratchet that is lost begins again with what is here. That it is damaged locks nobody out.
    fn mend_ratchet(&mut self, id: &PackId, here: &[u64]) -> io::Result<()> {
        let folder = self.among.folder;
        let broken = match folder.ratchet(id) {
            Kept::Known(_) => return Ok(()),
            Kept::Absent => false,
            Kept::Broken => true,
        };
        let mut ratchet = Ratchet::default();
        let mut raised = false;
        for &version in here {
            let head = File::open(folder.pack(id, version)).map_err(PackError::Io);
            let head = head.and_then(|file| {
                let length = file.metadata()?.len();
                Glance::read(file, length, self.among.trust)
            });
            if let Ok(head) = head {
                raised |= ratchet.raise(&head.info().publisher, version);
            }
        }
        if broken {
            let id = id.clone();
            self.notices.push(ShelfNotice::RatchetLost { id });
        }
        if raised {
            folder.write_ratchet(id, &ratchet)?;
        }
        Ok(())
    }

    /// Another image than the one that went bad is not marked.
    fn drop_stale_mark(&self, id: &PackId) -> io::Result<()> {
        let folder = self.among.folder;
        let stale = folder.image_bad(id).is_some_and(|mark| {
            let mut marked = self.marked_images.iter();
            !marked.any(|found| image_mark(found).is_ok_and(|own| own == mark))
        });
        match stale {
            true => folder.unmark_image(id),
            false => Ok(()),
        }
    }
}

/// The versions that a pointer names, as far as they are there.
fn named(pointer: &Pointer, on_disk: &[u64]) -> Vec<u64> {
    let serves = match pointer.serves {
        Choice::Installed(version) => Some(version),
        Choice::Image | Choice::Nothing => None,
    };
    serves.into_iter().chain(kept(pointer, on_disk)).collect()
}

/// How a pack of the image is marked as bad.
pub(in crate::shelf) fn image_mark(found: &Chosen) -> io::Result<ImageMark> {
    let about = std::fs::metadata(&found.path)?;
    let written = about.modified()?.duration_since(UNIX_EPOCH);
    Ok(ImageMark {
        version: found.version(),
        size_bytes: about.len(),
        written_s: written.map_or(0, |since| since.as_secs()),
    })
}
