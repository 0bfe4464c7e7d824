//! The packs' folder on disk: which versions are there, what the small files beside them say, and the steps that change
//! it. Every change is a rename of something whole and synced. Knows nothing of what is inside a pack.
//!
//! A pack's folder holds `<version>.xpack` (two at most), `current` (the [`Pointer`]), `ratchet` (the [`Ratchet`]), and
//! where something went bad `<version>.bad`, or `image.bad` for the pack that came with the image.

mod texts;

pub(super) use texts::{Choice, ImageMark, Kept, Pointer, Ratchet};

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use texts::{Text, number};
use xinting_content::PackId;

/// No pack can be called so: an id holds no dot.
const INCOMING: &str = ".incoming";
/// Names the version that serves.
const CURRENT: &str = "current";
/// Says how high each publisher's versions have been.
const RATCHET: &str = "ratchet";
/// Says which pack of the image went bad.
const IMAGE_BAD: &str = "image.bad";
const ENDING: &str = ".xpack";
const BAD_ENDING: &str = ".bad";
/// Longest of the small files worth reading, in bytes.
const LONGEST_TEXT: u64 = 4_096;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where a copy from a stick lies until it is installed.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join(INCOMING)
    }

    pub(super) fn pack(&self, id: &PackId, version: u64) -> PathBuf {
        self.of(id).join(format!("{version}{ENDING}"))
    }

    pub(super) fn bad_pack(&self, id: &PackId, version: u64) -> PathBuf {
        self.of(id).join(format!("{version}{BAD_ENDING}"))
    }

    pub(super) fn of(&self, id: &PackId) -> PathBuf {
        self.root.join(id.as_str())
    }

    /// Makes the folder and empties what was coming in when the power failed.
    pub(super) fn prepare(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.incoming()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(self.incoming())
    }

    /// Bytes that may still be written here; `None` where the system does not say.
    pub(super) fn free_bytes(&self) -> Option<u64> {
        let above = self.root.ancestors().find(|folder| folder.is_dir())?;
        let about = rustix::fs::statvfs(above).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }

    /// The packs with a folder here, by id.
    pub(super) fn ids(&self) -> io::Result<Vec<PackId>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            let id = name.to_str().and_then(PackId::new);
            if let Some(id) = id.filter(|_| entry.path().is_dir()) {
                ids.push(id);
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// The versions on disk, newest first.
    pub(super) fn versions(&self, id: &PackId) -> io::Result<Vec<u64>> {
        self.numbered(id, ENDING)
    }

    /// The versions that went bad and have not been installed again, newest first.
    pub(super) fn bad_versions(&self, id: &PackId) -> io::Result<Vec<u64>> {
        self.numbered(id, BAD_ENDING)
    }

    fn numbered(&self, id: &PackId, ending: &str) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(self.of(id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut versions = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let version = name
                .to_str()
                .and_then(|name| number(name.strip_suffix(ending)?));
            versions.extend(version);
        }
        versions.sort_unstable_by(|a, b| b.cmp(a));
        Ok(versions)
    }

    /// What serves, and what is kept beside it.
    pub(super) fn current(&self, id: &PackId) -> Kept<Pointer> {
        self.text(id, CURRENT)
    }

    /// How high each publisher's versions have been.
    pub(super) fn ratchet(&self, id: &PackId) -> Kept<Ratchet> {
        self.text(id, RATCHET)
    }

    /// Which pack of the image went bad. A mark that cannot be read marks nothing.
    pub(super) fn image_bad(&self, id: &PackId) -> Option<ImageMark> {
        self.text(id, IMAGE_BAD).known()
    }

    fn text<T: Text>(&self, id: &PackId, name: &str) -> Kept<T> {
        let read = || -> io::Result<String> {
            let mut text = String::new();
            let file = File::open(self.of(id).join(name))?;
            file.take(LONGEST_TEXT + 1).read_to_string(&mut text)?;
            Ok(text)
        };
        match read() {
            Ok(text) => T::read(&text).map_or(Kept::Broken, Kept::Known),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::Absent,
            Err(_) => Kept::Broken,
        }
    }

    /// Makes the pack's folder, so that it survives a power cut.
    fn make(&self, id: &PackId) -> io::Result<()> {
        fs::create_dir_all(self.of(id))?;
        sync(&self.root)
    }

    /// Moves a copy, whole and synced, to its place and makes it current. If that fails, the copy is gone or still
    /// where it was, and what was current still is.
    pub(super) fn put(
        &self,
        copy: &Path,
        id: &PackId,
        version: u64,
        pointer: &Pointer,
    ) -> io::Result<()> {
        let place = self.pack(id, version);
        self.make(id)?;
        let was_there = place.exists();
        fs::rename(copy, &place)?;
        let pointed = sync(&self.of(id)).and_then(|()| self.point(id, pointer));
        if pointed.is_err() && !was_there && self.current(id) != Kept::Known(*pointer) {
            // Without the pointer it is nobody's. If it cannot be deleted either, opening the shelf tries again.
            let _left = fs::remove_file(&place);
        }
        pointed
    }

    /// Makes a version current, whole or not at all.
    pub(super) fn point(&self, id: &PackId, pointer: &Pointer) -> io::Result<()> {
        self.keep(id, CURRENT, pointer)
    }

    /// Writes how high each publisher's versions have been.
    pub(super) fn write_ratchet(&self, id: &PackId, ratchet: &Ratchet) -> io::Result<()> {
        self.keep(id, RATCHET, ratchet)
    }

    /// Sets an installed version aside as bad. Its bytes stay: the bad place on the disk is not used again by anything.
    pub(super) fn mark_bad(&self, id: &PackId, version: u64) -> io::Result<()> {
        fs::rename(self.pack(id, version), self.bad_pack(id, version))?;
        sync(&self.of(id))
    }

    /// Marks a pack of the image as bad.
    pub(super) fn mark_image_bad(&self, id: &PackId, mark: &ImageMark) -> io::Result<()> {
        self.keep(id, IMAGE_BAD, mark)
    }

    /// Writes one small file, whole or not at all.
    fn keep(&self, id: &PackId, name: &str, text: &impl Text) -> io::Result<()> {
        self.make(id)?;
        let folder = self.of(id);
        let new = folder.join(format!("{name}.new"));
        let written = || -> io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(text.write().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, folder.join(name))?;
            sync(&folder)
        };
        let result = written();
        if result.is_err() {
            let _gone = fs::remove_file(&new);
        }
        result
    }

    /// Deletes every file of this pack but the small ones and the versions to keep; `bad` are the versions that stay
    /// marked.
    pub(super) fn prune(&self, id: &PackId, keep: &[u64], bad: &[u64]) -> io::Result<()> {
        let small = [CURRENT, RATCHET, IMAGE_BAD].map(|name| self.of(id).join(name));
        let known: Vec<PathBuf> = keep
            .iter()
            .map(|&version| self.pack(id, version))
            .chain(bad.iter().map(|&version| self.bad_pack(id, version)))
            .chain(small)
            .collect();
        self.sweep(id, |path| !known.iter().any(|known| known == path))
    }

    /// Deletes only what was being written when the power failed.
    pub(super) fn sweep_unwritten(&self, id: &PackId) -> io::Result<()> {
        self.sweep(id, |path| {
            path.extension().is_some_and(|ending| ending == "new")
        })
    }

    /// Takes the mark off the pack of the image.
    pub(super) fn unmark_image(&self, id: &PackId) -> io::Result<()> {
        match fs::remove_file(self.of(id).join(IMAGE_BAD)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn sweep(&self, id: &PackId, goes: impl Fn(&Path) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(self.of(id))? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() && goes(&entry.path()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Makes the names in a folder survive a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
