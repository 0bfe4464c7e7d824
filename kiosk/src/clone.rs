//! What a booth on a desk needs and an empty root lacks: a configuration, the clone's development key as trust, the
//! starter and the sample school as packs.
//!
//! It acts only where the working folder lies inside a clone of the project and the configuration does not say
//! `production = true`. A configuration that exists is never touched. Making keys and packs is `xinting-pack`'s; here
//! it is only called, and its packs are kept in the clone's `target/packs/` until their sources change.

mod packs;

use crate::config::{Config, ConfigError};
use crate::paths::Paths;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The configuration of a desk: every key that can be set, as a comment.
pub const DEFAULT_CONFIG: &str = include_str!("clone/kiosk.toml");

/// Where the booth is started, and what the command line already says.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Below it lies the booth.
    pub root: &'a Path,
    /// The folder of the running program; `xinting-pack` is expected beside it.
    pub exe_dir: &'a Path,
    /// The working folder.
    pub cwd: &'a Path,
    /// `--config`.
    pub config: Option<&'a Path>,
    /// `--packs`.
    pub packs: Option<&'a Path>,
    /// `--trust`.
    pub trust: Option<&'a Path>,
}

/// What was found or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The clone.
    pub clone: PathBuf,
    /// The folder of packs to use as those of the image; `None` where the command line or the configuration names one,
    /// or the root has its own.
    pub image: Option<PathBuf>,
}

/// Why a desk could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum CloneError {
    /// The configuration that is there cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something cannot be read or written.
    #[error("preparing {path}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The authoring tool is missing.
    #[error(
        "making the packs of this clone: {path} is missing; build it with `cargo build -p xinting-author`, or name \
         packs with --packs and --trust"
    )]
    NoTool {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The authoring tool refused.
    #[error("making the pack of {folder}: {said}")]
    Refused {
        /// The folder that was to become a pack.
        folder: PathBuf,
        /// What the tool said last.
        said: String,
    },
}

impl CloneError {
    fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }
}

/// Makes what is missing. `None` where there is nothing to do: outside a clone, or in production.
///
/// Many may do so at once: files appear whole, and packs are made by one while the others wait.
///
/// # Errors
/// [`CloneError`].
pub fn prepare(desk: &Desk<'_>) -> Result<Option<Prepared>, CloneError> {
    let Some(clone) = around(desk.cwd) else {
        return Ok(None);
    };
    let paths = Paths::new(desk.root);
    let config = configuration(desk, &paths)?;
    if config.production {
        return Ok(None);
    }
    let own =
        desk.packs.is_some() || config.packs.image.is_some() || has(&paths.image_packs(), "xpack");
    let image = if own {
        None
    } else {
        Some(packs::made(&clone, desk.exe_dir)?)
    };
    if desk.trust.is_none() && (image.is_some() || !has(&paths.trust(), "pub")) {
        trust(&packs::public_key(&clone), &paths.trust())?;
    }
    Ok(Some(Prepared { clone, image }))
}

/// The clone that `folder` lies in: the nearest folder upward that holds a workspace and the starter's sources.
#[must_use]
pub fn around(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    let is_clone = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.contains("[workspace]") && folder.join("content/starter/pack.toml").is_file()
    };
    folder.ancestors().find(is_clone).map(Path::to_owned)
}

fn configuration(desk: &Desk<'_>, paths: &Paths) -> Result<Config, CloneError> {
    let own = paths.config();
    let path = desk.config.unwrap_or(&own);
    if desk.config.is_none() && !path.exists() {
        write_new(path, DEFAULT_CONFIG.as_bytes()).map_err(CloneError::disk(path))?;
    }
    Ok(crate::carry::read_or_previous(path)?.config)
}

/// Puts the development key among the trusted ones, if there is one and it is not there.
fn trust(key: &Path, folder: &Path) -> Result<(), CloneError> {
    let text = match fs::read(key) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CloneError::disk(key)(error)),
    };
    let place = folder.join("dev.pub");
    if fs::read(&place).ok().as_ref() == Some(&text) {
        return Ok(());
    }
    write(&place, &text, |new, place| fs::rename(new, place)).map_err(CloneError::disk(&place))
}

/// Writes a file that is not there yet, whole; one that appears meanwhile is left as it is.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let placed = write(path, bytes, |new, path| fs::hard_link(new, path));
    match placed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        placed => placed,
    }
}

/// Writes a whole file beside `path` and has it put there.
fn write(
    path: &Path,
    bytes: &[u8],
    place: impl Fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    static FILES: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let new = folder.join(format!(".new-{}-{number}", std::process::id()));
    let mut file = File::create(&new)?;
    let whole = file.write_all(bytes).and_then(|()| file.sync_all());
    let placed = whole.and_then(|()| place(&new, path));
    // Gone already where it was renamed.
    let _gone = fs::remove_file(&new);
    placed
}

/// Whether a folder holds a file with this ending.
fn has(folder: &Path, ending: &str) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|found| found == ending)
    })
}

#[cfg(test)]
mod tests;
