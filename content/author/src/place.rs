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

/// Writes a file so that it is there whole or not at all, replacing what was there. An interrupt
/// ([`crate::interrupt::watch`]) leaves nothing of it.
///
/// # Errors
/// Whatever the disk gives.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
