//! The packs' folder on disk: which versions are there, which is current, and the steps that change it. Every change
//! is a rename of something whole and synced. Knows nothing of what is inside a pack.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use xinting_content::PackId;

/// No pack can be called so: an id holds no dot.
const INCOMING: &str = ".incoming";
/// Names the version that serves.
const CURRENT: &str = "current";
const ENDING: &str = ".xpack";
/// Longest pointer file worth reading, in bytes: a number and a line end.
const LONGEST_POINTER: u64 = 21;

/// What the file `current` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pointer {
    /// There is none.
    Absent,
    /// It names this version.
    Version(u64),
    /// It cannot be read or names nothing.
    Broken,
}

impl Pointer {
    pub(super) fn version(self) -> Option<u64> {
        match self {
            Self::Version(version) => Some(version),
            Self::Absent | Self::Broken => None,
        }
    }
}

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

    /// Where copies from a stick lie until they are installed.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join(INCOMING)
    }

    pub(super) fn pack(&self, id: &PackId, version: u64) -> PathBuf {
        self.of(id).join(format!("{version}{ENDING}"))
    }

    fn of(&self, id: &PackId) -> PathBuf {
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
        let mut versions = Vec::new();
        for entry in fs::read_dir(self.of(id))? {
            let name = entry?.file_name();
            let version = name
                .to_str()
                .and_then(|name| number(name.strip_suffix(ENDING)?));
            versions.extend(version);
        }
        versions.sort_unstable_by(|a, b| b.cmp(a));
        Ok(versions)
    }

    pub(super) fn current(&self, id: &PackId) -> Pointer {
        let read = || -> io::Result<String> {
            let mut text = String::new();
            io::Read::read_to_string(
                &mut io::Read::take(File::open(self.of(id).join(CURRENT))?, LONGEST_POINTER + 1),
                &mut text,
            )?;
            Ok(text)
        };
        match read() {
            Ok(text) => text
                .strip_suffix('\n')
                .and_then(number)
                .map_or(Pointer::Broken, Pointer::Version),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Pointer::Absent,
            Err(_) => Pointer::Broken,
        }
    }

    /// Moves a copy, whole and synced, to its place and makes it current. If that fails, the copy is gone or still
    /// where it was, and what was current still is.
    pub(super) fn put(&self, copy: &Path, id: &PackId, version: u64) -> io::Result<()> {
        let place = self.pack(id, version);
        fs::create_dir_all(self.of(id))?;
        sync(&self.root)?;
        fs::rename(copy, &place)?;
        let pointed = sync(&self.of(id)).and_then(|()| self.point(id, version));
        if pointed.is_err() && self.current(id).version() != Some(version) {
            // Without the pointer it is nobody's. If it cannot be deleted either, opening the shelf tries again.
            let _left = fs::remove_file(&place);
        }
        pointed
    }

    /// Makes a version current, whole or not at all.
    pub(super) fn point(&self, id: &PackId, version: u64) -> io::Result<()> {
        let folder = self.of(id);
        let new = folder.join("current.new");
        let written = || -> io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(format!("{version}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, folder.join(CURRENT))?;
            sync(&folder)
        };
        let result = written();
        if result.is_err() {
            let _gone = fs::remove_file(&new);
        }
        result
    }

    /// Deletes every file of this pack but the pointer and the versions to keep.
    pub(super) fn prune(&self, id: &PackId, keep: &[Option<u64>]) -> io::Result<()> {
        let keep: Vec<PathBuf> = keep
            .iter()
            .flatten()
            .map(|&version| self.pack(id, version))
            .collect();
        let current = self.of(id).join(CURRENT);
        for entry in fs::read_dir(self.of(id))? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_file() && path != current && !keep.contains(&path) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// A number in its one spelling.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Makes the names in a folder survive a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
