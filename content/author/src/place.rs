//! Where things lie on the author's machine: the clone of this repository, if we are in one, its
//! development key and the cache of rendered sounds.

use crate::interrupt::UnderWay;
use std::io;
use std::path::{Path, PathBuf};

/// The clone that `from` lies in: the nearest folder above whose Cargo.toml holds this workspace.
pub fn clone_around(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    let ours = |folder: &&Path| {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.contains("[workspace]") && manifest.contains("\"content/author\"")
    };
    from.ancestors().find(ours).map(Path::to_owned)
}

/// The folder of the clone that git ignores: the development key and the cache.
pub fn dev_folder(clone: &Path) -> PathBuf {
    clone.join(".dev")
}

/// Where rendered sounds are kept: inside the clone if we are in one, else in the user's cache.
pub fn sound_cache(clone: Option<&Path>) -> Option<PathBuf> {
    if let Some(clone) = clone {
        return Some(dev_folder(clone).join("sounds"));
    }
    let home = || std::env::home_dir().map(|home| home.join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.filter(|path| path.is_absolute()).or_else(home)?;
    Some(cache.join("xinting-pack"))
}

/// Why nothing is written in the place of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Taken {
    /// A folder.
    #[error("a folder is there; name a file in it")]
    Folder,
    /// A device, a pipe or a socket: replacing it would break whoever uses it.
    #[error("a device or a pipe is there, which is never replaced; name a file")]
    NoFile,
    /// A link that leads nowhere, or in a circle.
    #[error("a link is there that leads to no file; name the file itself, or take the link away")]
    DeadLink,
}

/// Whether a file was not written for what is in its place, the remedy being said.
pub fn is_taken(error: &io::Error) -> bool {
    let inside = error.get_ref();
    inside.is_some_and(|inside| inside.is::<Taken>())
}

/// The file that is to be replaced or made: what a link stands for, and never a folder, a device or a pipe.
fn target(path: &Path) -> io::Result<PathBuf> {
    let taken = |why: Taken| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    let Ok(itself) = std::fs::symlink_metadata(path) else {
        return Ok(path.to_owned());
    };
    let Ok(there) = std::fs::metadata(path) else {
        return taken(Taken::DeadLink);
    };
    if there.is_dir() {
        taken(Taken::Folder)
    } else if !there.is_file() {
        taken(Taken::NoFile)
    } else if itself.is_symlink() {
        std::fs::canonicalize(path)
    } else {
        Ok(path.to_owned())
    }
}

/// Sees, before long work, that there is nothing in the place of a file that must not be replaced.
///
/// # Errors
/// As [`write_whole`] would give for it.
pub fn may_write(path: &Path) -> io::Result<()> {
    target(path).map(drop)
}

/// Writes a file so that it is there whole or not at all, replacing what was there. Where a link is, the
/// file that it stands for is replaced; a folder, a device or a pipe never. An interrupt
/// ([`crate::interrupt::watch`]) leaves nothing of it.
///
/// # Errors
/// Whatever the disk gives.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &target(path)?;
    let folder = folder_of(path);
    let (mut temporary, under_way) = UnderWay::making(
        || tempfile::NamedTempFile::new_in(folder),
        |temporary| temporary.path(),
    )?;
    io::Write::write_all(&mut temporary, bytes)?;
    readable_by_all(temporary.path())?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    drop(under_way);
    // The name as well: a stick is pulled soon after. Not every file system can, and then it needs not.
    let _unsynced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Writes a file that only its owner can read; `false`, and nothing written, if it is there already.
///
/// # Errors
/// Whatever the disk gives.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    // Temporary files are made with mode 0600.
    let mut temporary = tempfile::NamedTempFile::new_in(folder_of(path))?;
    io::Write::write_all(&mut temporary, bytes)?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// FAT and exFAT keep no modes and refuse to set one; on a stick everybody may read anyway.
fn readable_by_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}
