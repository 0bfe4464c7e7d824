//! Choosing at the start: for each id the newest pack that is good, and a library that holds.

use super::disk::{Folder, Pointer};
use super::{Origin, Serving, Shown};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{Layer, Library, LibraryError, PackId, Trust, VerifiedPack};

/// What was wrong while the shelf was opened. [`ShelfNotice::sentence`] says it to the admin and the log.
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
    /// Nothing said which installed version serves; the newest good one does.
    PointerLost {
        /// The pack.
        id: PackId,
        /// The version that serves; `None` if none was good.
        serves: Option<u64>,
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
    /// The folder of packs cannot be read or tidied.
    Disk {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// A pack that was found good, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) pack: Arc<VerifiedPack>,
    pub(super) origin: Origin,
}

impl Chosen {
    pub(super) fn serving(&self) -> Serving {
        let info = self.pack.info().clone();
        Serving {
            id: info.id,
            kind: info.kind,
            title: info.title,
            publisher: info.publisher,
            version: info.version,
            release: info.release,
            sample: info.sample,
            origin: self.origin,
            previous: None,
        }
    }
}

/// Layer order: starter, district, school, then by id.
pub(super) fn sort(chosen: &mut [Chosen]) {
    chosen.sort_by(|a, b| place(a).cmp(&place(b)));
}

fn place(chosen: &Chosen) -> (xinting_content::PackKind, &PackId) {
    (chosen.pack.info().kind, &chosen.pack.info().id)
}

pub(super) struct Selected {
    pub(super) chosen: Vec<Chosen>,
    pub(super) shown: Result<Shown, LibraryError>,
    pub(super) notices: Vec<ShelfNotice>,
}

pub(super) fn select(
    folder: &Folder,
    image_dir: Option<&Path>,
    trust: &Trust,
    production: bool,
) -> Selected {
    let mut reader = Reader {
        trust,
        production,
        layers: BTreeMap::new(),
        notices: Vec::new(),
    };
    let image = image_dir.map(|dir| reader.image(dir)).unwrap_or_default();
    let installed = reader.installed(folder, &image);
    let mut by_id = image.clone();
    by_id.extend(installed);
    let mut chosen: Vec<Chosen> = by_id.into_values().collect();
    sort(&mut chosen);
    let shown = reader.layered(&mut chosen, &image);
    Selected {
        chosen,
        shown,
        notices: reader.notices,
    }
}

struct Reader<'a> {
    trust: &'a Trust,
    production: bool,
    /// What was read of each good pack, so that nothing is read twice at the start.
    layers: BTreeMap<(PackId, u64), Layer>,
    notices: Vec<ShelfNotice>,
}

impl Reader<'_> {
    fn look(&mut self, path: &Path, origin: Origin) -> Result<Chosen, PackError> {
        let pack = VerifiedPack::open_installed(File::open(path)?, self.trust)?;
        if self.production {
            pack.fit_for_production()?;
        }
        let layer = pack.layer()?;
        self.layers
            .insert((layer.info.id.clone(), layer.info.version), layer);
        Ok(Chosen {
            pack: Arc::new(pack),
            origin,
        })
    }

    /// The newest good pack of each id that came with the image.
    fn image(&mut self, dir: &Path) -> BTreeMap<PackId, Chosen> {
        let mut best: BTreeMap<PackId, Chosen> = BTreeMap::new();
        let files = match super::stick::pack_files_in(dir) {
            Ok(files) => files,
            Err(reason) => {
                self.notices.push(ShelfNotice::Disk {
                    path: dir.to_owned(),
                    reason,
                });
                return best;
            }
        };
        for path in files {
            match self.look(&path, Origin::Image) {
                Ok(found) => {
                    let info = found.pack.info();
                    let known = best.get(&info.id).map(|chosen| chosen.pack.info().version);
                    if known < Some(info.version) {
                        best.insert(info.id.clone(), found);
                    }
                }
                Err(reason) => {
                    let file = super::stick::name_on(dir, &path);
                    self.notices
                        .push(ShelfNotice::ImageNotUsable { file, reason });
                }
            }
        }
        best
    }

    /// The installed packs that are newer than what the image has.
    fn installed(
        &mut self,
        folder: &Folder,
        image: &BTreeMap<PackId, Chosen>,
    ) -> BTreeMap<PackId, Chosen> {
        let mut found = BTreeMap::new();
        let ids = match folder.prepare().and_then(|()| folder.ids()) {
            Ok(ids) => ids,
            Err(reason) => {
                // A disk that cannot be written may still be read.
                self.notices.push(ShelfNotice::Disk {
                    path: folder.root().to_owned(),
                    reason,
                });
                folder.ids().unwrap_or_default()
            }
        };
        for id in ids {
            let below = image.get(&id).map(|chosen| chosen.pack.info().version);
            match self.newest(folder, &id, below) {
                Ok(Some(chosen)) => {
                    found.insert(id, chosen);
                }
                Ok(None) => {}
                Err(reason) => {
                    let path = folder.root().join(id.as_str());
                    self.notices.push(ShelfNotice::Disk { path, reason });
                }
            }
        }
        found
    }

    /// The version that the pointer names, or the best below it, if it is above `below`.
    fn newest(
        &mut self,
        folder: &Folder,
        id: &PackId,
        below: Option<u64>,
    ) -> io::Result<Option<Chosen>> {
        let pointer = folder.current(id);
        let on_disk = folder.versions(id)?;
        // What lies above the pointer was being installed when the power failed.
        let ceiling = pointer.version().unwrap_or(u64::MAX);
        let mut serving = None;
        let mut bad = Vec::new();
        for version in on_disk
            .iter()
            .copied()
            .filter(|&version| version <= ceiling && Some(version) > below)
        {
            let looked = self
                .look(&folder.pack(id, version), Origin::Installed)
                .and_then(|chosen| {
                    let info = chosen.pack.info();
                    let placed = info.id == *id && info.version == version;
                    let what = format!("it is “{}” version {}", info.id, info.version);
                    if placed {
                        Ok(chosen)
                    } else {
                        Err(PackError::BadlyMade { what })
                    }
                });
            match looked {
                Ok(chosen) => {
                    serving = Some(chosen);
                    break;
                }
                Err(reason) => bad.push((version, reason)),
            }
        }
        let serves = serving.as_ref().map(|chosen| chosen.pack.info().version);
        if let Some(named) = pointer
            .version()
            .filter(|named| !on_disk.contains(named) && Some(*named) > below)
        {
            let gone = PackError::Io(io::ErrorKind::NotFound.into());
            bad.insert(0, (named, gone));
        }
        for (version, reason) in bad {
            let instead = serves.or(below);
            self.notices.push(ShelfNotice::NotUsable {
                id: id.clone(),
                version,
                reason,
                instead,
            });
        }
        let lost = match pointer {
            Pointer::Version(_) => false,
            Pointer::Broken => true,
            Pointer::Absent => !on_disk.is_empty(),
        };
        if lost {
            self.notices.push(ShelfNotice::PointerLost {
                id: id.clone(),
                serves,
            });
        }
        self.tidy(folder, id, pointer.version(), serves, &on_disk);
        Ok(serving)
    }

    /// Writes a lost pointer again and deletes what no pointer will ever name.
    fn tidy(
        &mut self,
        folder: &Folder,
        id: &PackId,
        named: Option<u64>,
        serves: Option<u64>,
        on_disk: &[u64],
    ) {
        let Some(named) = named.or(serves) else {
            // Nothing is known to be good: deleting would only lose what a person could still look at.
            return;
        };
        let earlier = serves.filter(|&version| version < named);
        let earlier = earlier.or_else(|| on_disk.iter().copied().find(|&version| version < named));
        let pointed = match folder.current(id) {
            Pointer::Version(_) => Ok(()),
            Pointer::Absent | Pointer::Broken => folder.point(id, named),
        };
        if let Err(reason) = pointed.and_then(|()| folder.prune(id, &[Some(named), earlier])) {
            let path = folder.root().join(id.as_str());
            self.notices.push(ShelfNotice::Disk { path, reason });
        }
    }

    /// Layers what was chosen. While that makes no library, the uppermost installed pack gives way to the image's.
    fn layered(
        &mut self,
        chosen: &mut Vec<Chosen>,
        image: &BTreeMap<PackId, Chosen>,
    ) -> Result<Shown, LibraryError> {
        loop {
            let layers = chosen.iter().filter_map(|chosen| {
                let info = chosen.pack.info();
                self.layers.get(&(info.id.clone(), info.version))
            });
            let layers: Vec<&Layer> = layers.collect();
            let error = match Library::from_layers(&layers) {
                Ok(library) => {
                    let packs = chosen
                        .iter()
                        .map(|chosen| Arc::clone(&chosen.pack))
                        .collect();
                    return Ok(Shown {
                        library: Arc::new(library),
                        packs,
                    });
                }
                Err(error) => error,
            };
            let Some(place) = chosen
                .iter()
                .rposition(|chosen| chosen.origin == Origin::Installed)
            else {
                return Err(error);
            };
            let out = chosen.remove(place);
            let (id, version) = (out.pack.info().id.clone(), out.pack.info().version);
            chosen.extend(image.get(&id).cloned());
            sort(chosen);
            self.notices.push(ShelfNotice::LeftOut {
                id,
                version,
                reason: error,
            });
        }
    }
}
