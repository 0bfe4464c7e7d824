//! Choosing what serves: for each id what the admin chose last, unless it is not good any more or the image has brought
//! something newer since; and of all these a library that holds.

pub(super) mod reader;

use super::disk::{Choice, Folder, Kept, Pointer};
use super::{Origin, ShelfNotice, Shown};
use reader::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::pack::PackError;
use xinting_content::{Layer, Library, LibraryError, PackId, Trust, VerifiedPack};

/// A pack that was found good, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) pack: Arc<VerifiedPack>,
    pub(super) origin: Origin,
    pub(super) path: PathBuf,
}

impl Chosen {
    pub(super) fn version(&self) -> u64 {
        self.pack.info().version
    }

    /// Whether it is what a pointer names.
    fn is(&self, choice: Choice) -> bool {
        match choice {
            Choice::Installed(version) => {
                self.origin == Origin::Installed && self.version() == version
            }
            Choice::Image => self.origin == Origin::Image,
            Choice::Nothing => false,
        }
    }

    pub(super) fn place(&self) -> Place {
        Place {
            id: self.pack.info().id.clone(),
            version: self.version(),
            origin: self.origin,
        }
    }
}

/// Names one pack file of this booth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: PackId,
    pub(super) version: u64,
    pub(super) origin: Origin,
}

/// Layer order: starter, district, school, then by id.
pub(super) fn sort(chosen: &mut [Chosen]) {
    chosen.sort_by(|a, b| layer(a).cmp(&layer(b)));
}

fn layer(chosen: &Chosen) -> (xinting_content::PackKind, &PackId) {
    (chosen.pack.info().kind, &chosen.pack.info().id)
}

/// What there is to choose among.
pub(super) struct Among<'a> {
    pub(super) folder: &'a Folder,
    pub(super) image_dir: Option<&'a Path>,
    pub(super) trust: &'a Trust,
    pub(super) production: bool,
    /// What went bad and could not be marked on disk.
    pub(super) bad: &'a [Place],
}

pub(super) struct Selected {
    pub(super) chosen: Vec<Chosen>,
    pub(super) image: BTreeMap<PackId, Chosen>,
    pub(super) shown: Result<Shown, LibraryError>,
    pub(super) notices: Vec<ShelfNotice>,
}

pub(super) fn select(among: &Among<'_>) -> Selected {
    let mut reader = Reader::new(among);
    let mut image = reader.image();
    let mut rest = BTreeMap::new();
    let mut chosen: Vec<Chosen> = Vec::new();
    let installed = reader.installed_ids();
    for id in &installed {
        match choose(&mut reader, id, image.get(id)) {
            Ok((picked, others)) => {
                chosen.extend(picked);
                rest.insert(id.clone(), others);
            }
            Err(reason) => {
                let path = among.folder.of(id);
                reader.notices.push(ShelfNotice::Disk { path, reason });
                chosen.extend(image.get(id).cloned());
            }
        }
    }
    let only_image = image.iter().filter(|(id, _)| !installed.contains(id));
    chosen.extend(only_image.map(|(_, chosen)| chosen.clone()));
    sort(&mut chosen);
    let shown = layered(&mut reader, &mut chosen, &image, rest);
    let shown = shown.or_else(|error| last_resort(&mut reader, &mut chosen, &mut image, error));
    Selected {
        chosen,
        image,
        shown,
        notices: reader.notices,
    }
}

/// What serves of one id, and what else there would be, best first.
fn choose(
    reader: &mut Reader<'_>,
    id: &PackId,
    image: Option<&Chosen>,
) -> std::io::Result<(Option<Chosen>, Vec<Choice>)> {
    let folder = reader.among.folder;
    let (pointer, on_disk) = (folder.current(id), folder.versions(id)?);
    let order = order(&pointer, &on_disk, image.map(Chosen::version));
    let mut bad: Vec<(u64, PackError)> = Vec::new();
    let mut picked = None;
    let mut left = order.choices.into_iter();
    for choice in left.by_ref() {
        match (choice, image) {
            (Choice::Image, image) => {
                picked = image.cloned();
                break;
            }
            // Out of service until an image brings one.
            (Choice::Nothing, image) => {
                let newer = image.filter(|image| order.since < Some(image.version()));
                picked = newer.cloned();
                break;
            }
            (Choice::Installed(version), image) => match reader.installed(id, version) {
                Ok(found) => {
                    let newer = image.filter(|image| {
                        let same = image.pack.info().publisher == found.pack.info().publisher;
                        same && order.since < Some(image.version()) && version < image.version()
                    });
                    picked = Some(newer.cloned().unwrap_or(found));
                    break;
                }
                // A newer image is there: nobody misses what lies below it.
                Err(_)
                    if image.is_some_and(|image| {
                        order.since < Some(image.version()) && version < image.version()
                    }) => {}
                Err(reason) => bad.push((version, reason)),
            },
        }
    }
    let instead = picked.as_ref().map(Chosen::version);
    let mut marked = folder.bad_versions(id)?;
    // Of a bad version that was only kept, or is out of service, nobody misses anything.
    let as_chosen = |pointer: &Pointer| match &picked {
        Some(picked) => picked.is(pointer.serves),
        None => pointer.serves == Choice::Nothing,
    };
    let missed = !matches!(&pointer, Kept::Known(pointer) if as_chosen(pointer));
    for &version in marked.iter().filter(|_| missed) {
        let id = id.clone();
        reader.notices.push(ShelfNotice::WentBad {
            id,
            version,
            instead,
        });
    }
    // What the pointer names must be there, unless it was set aside as bad or the image has overtaken it.
    if let Kept::Known(Pointer {
        serves: Choice::Installed(named),
        ..
    }) = pointer
        && !on_disk.contains(&named)
        && !marked.contains(&named)
        && instead.is_none_or(|instead| instead < named)
    {
        bad.insert(
            0,
            (named, PackError::Io(std::io::ErrorKind::NotFound.into())),
        );
    }
    for (version, reason) in bad {
        let id = id.clone();
        reader.notices.push(ShelfNotice::NotUsable {
            id,
            version,
            reason,
            instead,
        });
    }
    // A version that serves from its place came after its mark, which a power cut kept from being cleared away.
    let serves = picked.as_ref().map(Chosen::place);
    let serves = serves.filter(|place| place.origin == Origin::Installed);
    marked.retain(|version| serves.as_ref().map(|place| place.version) != Some(*version));
    reader.tidy(id, &pointer, &on_disk, &marked, picked.as_ref(), image);
    Ok((picked, left.collect()))
}

struct Order {
    choices: Vec<Choice>,
    /// The image's version when the admin chose last: only a later one is news.
    since: Option<u64>,
}

/// What the pointer says comes first, then what is below it, newest first, then what is above it.
fn order(pointer: &Kept<Pointer>, on_disk: &[u64], image: Option<u64>) -> Order {
    let named = |version: &u64| Choice::Installed(*version);
    let (first, mut rest, since) = match pointer {
        // What was taken out of service is not taken up again for want of another.
        Kept::Known(Pointer {
            serves: Choice::Nothing,
            image,
            ..
        }) => (Choice::Nothing, Vec::new(), *image),
        Kept::Known(pointer) => {
            let mut rest: Vec<Choice> = kept(pointer, on_disk)
                .map(Choice::Installed)
                .into_iter()
                .collect();
            rest.extend(image.map(|_| Choice::Image));
            (pointer.serves, rest, pointer.image)
        }
        Kept::Absent | Kept::Broken => {
            let mut all: Vec<Choice> = on_disk.iter().map(named).collect();
            all.extend(image.map(|_| Choice::Image));
            let newest = all
                .iter()
                .copied()
                .max_by_key(|choice| version_of(*choice, image));
            match newest {
                Some(newest) => (newest, all, None),
                None => {
                    return Order {
                        choices: Vec::new(),
                        since: None,
                    };
                }
            }
        }
    };
    let at = match (first, image) {
        // The image that was chosen is gone.
        (Choice::Image, None) => since.unwrap_or(u64::MAX),
        (first, image) => version_of(first, image),
    };
    let there = |choice: &Choice| match choice {
        Choice::Installed(version) => on_disk.contains(version),
        Choice::Image => image.is_some(),
        Choice::Nothing => true,
    };
    rest.retain(|choice| *choice != first);
    rest.sort_by_key(|choice| {
        let version = version_of(*choice, image);
        (
            version > at,
            if version > at {
                version
            } else {
                u64::MAX - version
            },
        )
    });
    Order {
        choices: std::iter::once(first).chain(rest).filter(there).collect(),
        since,
    }
}

fn version_of(choice: Choice, image: Option<u64>) -> u64 {
    match choice {
        Choice::Installed(version) => version,
        Choice::Image => image.unwrap_or(0),
        Choice::Nothing => 0,
    }
}

/// The version kept beside the one that serves: the one the pointer names, or, where it names none, the highest below.
pub(super) fn kept(pointer: &Pointer, on_disk: &[u64]) -> Option<u64> {
    let below = || match pointer.serves {
        Choice::Installed(serves) => on_disk.iter().copied().find(|&version| version < serves),
        Choice::Image | Choice::Nothing => None,
    };
    pointer.kept.or_else(below)
}

/// Layers what was chosen. While that makes no library, the uppermost installed pack gives way to what else there is of
/// it; once there is none, the uppermost of the image is left out, as long as others are below.
fn layered(
    reader: &mut Reader<'_>,
    chosen: &mut Vec<Chosen>,
    image: &BTreeMap<PackId, Chosen>,
    mut rest: BTreeMap<PackId, Vec<Choice>>,
) -> Result<Shown, LibraryError> {
    let mut of_image = None;
    loop {
        let error = match reader.library(chosen) {
            Ok(shown) => return Ok(shown),
            Err(error) => error,
        };
        let installed = chosen
            .iter()
            .rposition(|chosen| chosen.origin == Origin::Installed);
        let place = match (installed, chosen.len()) {
            (Some(place), _) => place,
            (None, 0 | 1) => {
                // Leaving out has not helped: all of the image may still do with what was marked as bad.
                if let Some(all) = of_image {
                    *chosen = all;
                }
                return Err(error);
            }
            (None, several) => {
                of_image.get_or_insert_with(|| chosen.clone());
                several - 1
            }
        };
        let out = chosen.remove(place);
        let (id, version) = (out.pack.info().id.clone(), out.version());
        let mut others = rest.remove(&id).unwrap_or_default().into_iter();
        let next = others.by_ref().find_map(|choice| match choice {
            Choice::Installed(version) => reader.installed(&id, version).ok(),
            Choice::Image => image.get(&id).cloned(),
            Choice::Nothing => None,
        });
        chosen.extend(next);
        rest.insert(id.clone(), others.collect());
        sort(chosen);
        reader.notices.push(ShelfNotice::LeftOut {
            id,
            version,
            reason: error,
        });
    }
}

/// Better a pack of which a sound is spoilt than no booth: what was marked as bad serves where nothing else does, as
/// long as its texts are whole.
fn last_resort(
    reader: &mut Reader<'_>,
    chosen: &mut Vec<Chosen>,
    image: &mut BTreeMap<PackId, Chosen>,
    error: LibraryError,
) -> Result<Shown, LibraryError> {
    let mut tried = chosen.clone();
    let mut taken = Vec::new();
    for found in reader.marked() {
        let id = &found.pack.info().id;
        if !tried.iter().any(|chosen| chosen.pack.info().id == *id) {
            taken.push(found.clone());
            tried.push(found);
        }
    }
    sort(&mut tried);
    let Ok(shown) = reader.library(&tried) else {
        return Err(error);
    };
    *chosen = tried;
    for found in taken {
        let (id, version) = (found.pack.info().id.clone(), found.version());
        if found.origin == Origin::Image {
            image.insert(id.clone(), found);
        }
        reader.notices.push(ShelfNotice::BadServes { id, version });
    }
    Ok(shown)
}

/// What of each good pack was read, so that nothing is read twice.
type Layers = BTreeMap<(PackId, u64, Origin), Layer>;

fn shown(chosen: &[Chosen], library: Library) -> Shown {
    let packs = chosen.iter().map(|chosen| Arc::clone(&chosen.pack));
    Shown {
        library: Arc::new(library),
        packs: packs.collect(),
    }
}
