//! The files of a stick behind a trait, and the trait for a folder of the disk or a mounted stick.
//!
//! Everything on a stick may be hostile: links, device nodes, pipes that never end, names that are no text. So paths
//! are resolved by the kernel without leaving the folder, without following a link and without crossing into another
//! mount, and only regular files are ever read. Deliberately not here: what a file means, and a second reading of it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

/// Most names of one folder that are listed: as many as a folder of FAT32 can hold, which takes some 5 MB for as long
/// as the list lives. A list that is this long may be incomplete.
pub const MOST_LISTED: usize = 65_536;

/// Ending of a file that is being written; one that is found was left by a stick that was pulled out.
const PART: &str = ".part";
/// Bytes handed on at a time while writing.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a name of a stick stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedKind {
    /// A regular file, which can be opened.
    File,
    /// A folder, which can be listed.
    Folder,
    /// Neither can be done: a link, a device, a pipe, or a name that is no text or holds control characters.
    Other,
}

/// One name of a stick's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name, without its folder. Of [`ListedKind::Other`] it may be an approximation, for people only.
    pub name: String,
    /// What it stands for.
    pub kind: ListedKind,
    /// What the stick says of its length, in bytes; 0 for everything but files. The file itself may be shorter or
    /// longer.
    pub size_bytes: u64,
}

/// The files of one stick. Paths are relative to its root and `/`-separated, such as `packs/spring.xtpack`; `..`, a
/// leading slash and empty parts are refused, and no link is followed.
///
/// A value outlives its stick: after the stick is out, everything but [`StickFiles::list`] fails, and a list comes
/// back **empty**, as the kernel gives it. Ask [`super::StickPort::is_present`] after every list or read that came
/// back shorter than expected.
pub trait StickFiles: Send + Sync {
    /// The names of a folder, sorted, [`MOST_LISTED`] of them at most; `""` is the root.
    ///
    /// # Errors
    /// The system's: there is no such folder, or the stick cannot be read there.
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>>;

    /// Opens a regular file. Its length is what [`StickFiles::list`] says, as far as a stick can be believed. While
    /// the reader lives the stick cannot be released.
    ///
    /// # Errors
    /// The system's, and [`io::ErrorKind::InvalidInput`] for what is no regular file. Reading may fail at any byte.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>>;

    /// Writes a whole file and gives back its length in bytes: under another name first, out to the stick, then
    /// renamed, so that the name never stands for half a file. Folders that are missing are made. Possible only
    /// between [`super::StickPort::make_writable`] and [`super::StickPort::make_read_only`].
    ///
    /// # Errors
    /// [`io::ErrorKind::ReadOnlyFilesystem`] outside those two, [`io::ErrorKind::StorageFull`], and the system's and
    /// `from`'s own.
    fn write(&self, path: &str, from: &mut dyn Read) -> io::Result<u64>;
}

/// What a reader of sticks decides over files that were handed out.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// The stick was taken out or released.
    pub(super) out: AtomicBool,
    /// An export is under way.
    pub(super) writable: AtomicBool,
}

/// The files of one folder: a mounted stick, or a folder at a desk that plays one. No file descriptor is kept, so the
/// stick can be released at any moment when nothing is being read.
#[derive(Debug)]
pub struct FolderFiles {
    root: PathBuf,
    /// Device and inode of the folder: another one at the same path is another stick.
    identity: (u64, u64),
    gate: Arc<Gate>,
}

impl FolderFiles {
    /// The files of `root`, read-only.
    ///
    /// # Errors
    /// The system's, when `root` is not a folder that can be opened.
    pub fn read_only(root: impl Into<PathBuf>) -> io::Result<Self> {
        Self::behind(root.into(), Arc::default())
    }

    /// The files of `root`, which may be written to.
    ///
    /// # Errors
    /// The system's, when `root` is not a folder that can be opened.
    pub fn writable(root: impl Into<PathBuf>) -> io::Result<Self> {
        let gate = Gate::default();
        gate.writable.store(true, Ordering::Release);
        Self::behind(root.into(), Arc::new(gate))
    }

    pub(super) fn behind(root: PathBuf, gate: Arc<Gate>) -> io::Result<Self> {
        let identity = identity(&open_root(&root)?)?;
        Ok(Self {
            root,
            identity,
            gate,
        })
    }

    /// The folder as it is now, if it is still the same one.
    fn root(&self) -> io::Result<OwnedFd> {
        if self.gate.out.load(Ordering::Acquire) {
            return Err(out());
        }
        let root = open_root(&self.root)?;
        if identity(&root)? == self.identity {
            Ok(root)
        } else {
            Err(out())
        }
    }

    fn write_part(
        folder: &OwnedFd,
        part: &str,
        name: &str,
        from: &mut dyn Read,
    ) -> io::Result<u64> {
        // Whatever a pulled stick left under that name goes first; it may be anything.
        match rustix::fs::unlinkat(folder, part, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
        let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let made = beneath(folder, part, new, Mode::from_raw_mode(0o644))?;
        let mut file = File::from(made);
        let written = copy(from, &mut file)?;
        file.sync_all()?;
        drop(file);
        rustix::fs::renameat(folder, part, folder, name)?;
        rustix::fs::fsync(folder)?;
        Ok(written)
    }
}

impl FolderFiles {
    fn list_up_to(&self, most: usize, folder: &str) -> io::Result<Vec<Listed>> {
        if self.gate.out.load(Ordering::Acquire) {
            return Ok(Vec::new());
        }
        let at = folder_of(&self.root()?, folder)?;
        let mut listed = Vec::new();
        for entry in Dir::read_from(&at)? {
            let entry = entry?;
            let bytes = entry.file_name().to_bytes();
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            if listed.len() == most {
                break;
            }
            // A name that went away since is left out; one that cannot be looked at is there all the same.
            match rustix::fs::statat(&at, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => {}
                Err(_) => listed.push(listed_as(bytes, None)),
                Ok(about) => listed.push(listed_as(
                    bytes,
                    Some((
                        FileType::from_raw_mode(about.st_mode),
                        u64::try_from(about.st_size).unwrap_or(0),
                    )),
                )),
            }
        }
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }
}

impl StickFiles for FolderFiles {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.list_up_to(MOST_LISTED, folder)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        check_path(path)?;
        // Opening a pipe or a terminal must not wait, and no terminal may become ours.
        let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = beneath(&self.root()?, path, how, Mode::empty())?;
        let about = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(about.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "this name is not a regular file",
            ));
        }
        Ok(Box::new(File::from(file)))
    }

    fn write(&self, path: &str, from: &mut dyn Read) -> io::Result<u64> {
        check_path(path)?;
        if !self.gate.writable.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let root = self.root()?;
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        make_folders(&root, above)?;
        let folder = folder_of(&root, above)?;
        let part = format!("{name}{PART}");
        let written = Self::write_part(&folder, &part, name, from);
        if written.is_err() && !self.gate.out.load(Ordering::Acquire) {
            // Where that fails too, the next export takes it away.
            let _ = rustix::fs::unlinkat(&folder, part.as_str(), AtFlags::empty());
        }
        written
    }
}

/// What a raw name and its status make of an entry; `None`: it cannot be looked at.
pub(super) fn listed_as(name: &[u8], about: Option<(FileType, u64)>) -> Listed {
    let text = std::str::from_utf8(name)
        .ok()
        .filter(|text| !text.chars().any(char::is_control));
    let (kind, size_bytes) = match (text, about) {
        (Some(_), Some((FileType::RegularFile, size))) => (ListedKind::File, size),
        (Some(_), Some((FileType::Directory, _))) => (ListedKind::Folder, 0),
        _ => (ListedKind::Other, 0),
    };
    Listed {
        name: match text {
            Some(text) => text.to_owned(),
            None => String::from_utf8_lossy(name).replace(
                char::is_control,
                char::REPLACEMENT_CHARACTER.encode_utf8(&mut [0; 4]),
            ),
        },
        kind,
        size_bytes,
    }
}

/// Refuses every path that is not plainly relative, before the kernel does.
pub(super) fn check_path(path: &str) -> io::Result<()> {
    let odd = |part: &str| matches!(part, "" | "." | "..");
    if path.contains('\0') || path.split('/').any(odd) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a path on a stick is relative, without empty parts and without dots",
        ));
    }
    Ok(())
}

/// Copies to the end in chunks and says how many bytes there were.
pub(super) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut written = 0;
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(written),
            Ok(read) => {
                to.write_all(&chunk[..read])?;
                written += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The stick to which these files belonged is not there any more.
pub(super) fn out() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the stick was taken out")
}

fn open_root(root: &std::path::Path) -> io::Result<OwnedFd> {
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(root, how, Mode::empty())?)
}

fn identity(root: &OwnedFd) -> io::Result<(u64, u64)> {
    let about = rustix::fs::fstat(root)?;
    Ok((about.st_dev, about.st_ino))
}

fn beneath(at: impl AsFd, path: &str, how: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    Ok(rustix::fs::openat2(
        at,
        path,
        how | OFlags::NOFOLLOW,
        mode,
        resolve,
    )?)
}

fn folder_of(root: &OwnedFd, folder: &str) -> io::Result<OwnedFd> {
    let path = if folder.is_empty() {
        "."
    } else {
        check_path(folder)?;
        folder
    };
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    beneath(root, path, how, Mode::empty())
}

fn make_folders(root: &OwnedFd, folder: &str) -> io::Result<()> {
    if folder.is_empty() {
        return Ok(());
    }
    let ends = folder
        .match_indices('/')
        .map(|(at, _)| at)
        .chain([folder.len()]);
    for end in ends {
        let path = &folder[..end];
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let at = folder_of(root, above)?;
        match rustix::fs::mkdirat(&at, name, Mode::from_raw_mode(0o755)) {
            Ok(()) => rustix::fs::fsync(&at)?,
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_too_many_names_is_listed_in_part() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..30 {
            File::create(folder.path().join(number.to_string())).unwrap();
        }
        let files = FolderFiles::read_only(folder.path()).unwrap();
        for (most, listed) in [(0, 0), (1, 1), (29, 29), (30, 30), (31, 30)] {
            assert_eq!(files.list_up_to(most, "").unwrap().len(), listed);
        }
    }
}
