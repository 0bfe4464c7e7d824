//! Reading a stick: finding its pack files, and copying each exactly once. Only copies are ever verified or parsed,
//! because a stick can give other bytes at a second reading.

use super::{Serving, ShelfError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use xinting_content::pack::{LARGEST_PACK_BYTES, PackError};
use xinting_content::{Layer, PackInfo, VerifiedPack};

/// Most pack files of a stick that are looked at.
const MOST_FILES: usize = 32;
/// Most names read of one folder: a stick may hold a family's photographs.
const MOST_NAMES: usize = 10_000;
/// Most folders at the stick's root that are looked into.
const MOST_FOLDERS: usize = 100;
/// Bytes copied between two calls of whoever watches.
const CHUNK_BYTES: usize = 256 * 1024;

/// How far the copying of one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copying<'a> {
    /// The file on the stick.
    pub file: &'a str,
    /// Bytes copied.
    pub copied_bytes: u64,
    /// Bytes to copy.
    pub total_bytes: u64,
}

/// A pack file of a stick.
#[derive(Debug)]
pub enum Found {
    /// Verified, newer than what serves, and ready to be installed.
    Good(Box<Candidate>),
    /// Not to be installed.
    Refused {
        /// The file on the stick, with its folder.
        file: String,
        /// Why; [`ShelfError::sentence`] says it to the admin.
        reason: ShelfError,
    },
}

/// The verified copy of a pack of a stick. Dropping it deletes the copy.
#[derive(Debug)]
pub struct Candidate {
    /// The file on the stick, with its folder.
    pub file: String,
    /// What it holds.
    pub contents: Contents,
    /// The pack it would take the place of.
    pub replaces: Option<Serving>,
    pub(super) pack: Arc<VerifiedPack>,
    pub(super) copy: Copy,
}

impl Candidate {
    /// Id, title, publisher, version, release, and whether it is a sample.
    #[must_use]
    pub fn info(&self) -> &PackInfo {
        self.pack.info()
    }

    /// Size of the file.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.copy.size_bytes
    }
}

/// How much of what a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Instruments and check-ins.
    pub instruments: usize,
    /// Articles.
    pub articles: usize,
    /// Practices.
    pub practices: usize,
    /// Hotlines.
    pub lines: usize,
    /// Daily sentences, dated or not.
    pub sentences: usize,
    /// Whether it has words for the support path.
    pub support: bool,
    /// Whether it says who there is to go to.
    pub counsellor: bool,
}

impl Contents {
    pub(super) fn of(layer: &Layer) -> Self {
        Self {
            instruments: layer.instruments.len(),
            articles: layer.articles.len(),
            practices: layer.practices.len(),
            lines: layer.lines.len(),
            sentences: layer.calendar.dated.len() + layer.calendar.rotating.len(),
            support: layer.support.is_some(),
            counsellor: layer.counsellor.is_some(),
        }
    }
}

/// A file in the incoming folder that goes when this does.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
    size_bytes: u64,
    moved: bool,
}

impl Copy {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// It is somewhere else now, and stays there.
    pub(super) fn moved(mut self) {
        self.moved = true;
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if !self.moved {
            // If it cannot be deleted now, it is when the shelf is opened next.
            let _left = fs::remove_file(&self.path);
        }
    }
}

/// The pack files of a stick: at its root and one folder deep, hidden ones left out, in the order of their names.
pub(super) fn pack_files(stick: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = pack_files_in(stick)?;
    let folders = names(stick)?
        .into_iter()
        .filter(|path| kind(path).is_some_and(|kind| kind.is_dir()));
    for folder in folders.take(MOST_FOLDERS) {
        // A folder that cannot be read is as good as empty: the stick's root could be.
        files.extend(pack_files_in(&folder).unwrap_or_default());
    }
    files.truncate(MOST_FILES);
    Ok(files)
}

/// The pack files of one folder, in the order of their names.
pub(super) fn pack_files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let is_pack = |path: &PathBuf| {
        let ending = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xpack"));
        ending && kind(path).is_some_and(|kind| kind.is_file())
    };
    Ok(names(folder)?
        .into_iter()
        .filter(is_pack)
        .take(MOST_FILES)
        .collect())
}

fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)?.take(MOST_NAMES) {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// What lies there; a link is a link and is not followed.
fn kind(path: &Path) -> Option<fs::FileType> {
    fs::symlink_metadata(path)
        .ok()
        .map(|found| found.file_type())
}

/// A file's name as an admin sees it: below the stick's root, and nothing that is no text.
pub(super) fn name_on(stick: &Path, path: &Path) -> String {
    let name = path.strip_prefix(stick).unwrap_or(path).to_string_lossy();
    name.chars().filter(|c| !c.is_control()).collect()
}

/// Copies one file into `incoming`, whole and synced, or leaves nothing there.
pub(super) fn copy(
    path: &Path,
    file: &str,
    incoming: &Path,
    watch: &mut dyn FnMut(Copying<'_>) -> ControlFlow<()>,
) -> Result<Copy, ShelfError> {
    static COPIES: AtomicU64 = AtomicU64::new(0);
    const DOING: &str = "copying a pack from the stick";
    let source = File::open(path).map_err(|error| unread(path, error))?;
    let total_bytes = source
        .metadata()
        .map_err(|error| unread(path, error))?
        .len();
    if total_bytes > LARGEST_PACK_BYTES {
        let what = format!("{total_bytes} bytes, and {LARGEST_PACK_BYTES} are the most");
        return Err(PackError::TooLarge { what }.into());
    }
    fs::create_dir_all(incoming).map_err(ShelfError::disk(DOING))?;
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let place = incoming.join(format!("{}-{number}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&place);
    let mut out = made.map_err(ShelfError::disk(DOING))?;
    // From here on whatever goes wrong takes the copy with it.
    let mut copy = Copy {
        path: place,
        size_bytes: 0,
        moved: false,
    };
    let mut tell = |copied_bytes| {
        watch(Copying {
            file,
            copied_bytes,
            total_bytes,
        })
    };
    copy.size_bytes =
        pour(source, &mut out, total_bytes, &mut tell).map_err(|stop| match stop {
            Stop::Asked => ShelfError::Stopped,
            Stop::Reading(error) => unread(path, error),
            Stop::Writing(error) => ShelfError::disk(DOING)(error),
        })?;
    out.sync_all().map_err(ShelfError::disk(DOING))?;
    Ok(copy)
}

/// A yank shows as a file that is no longer there, a bad sector as one that is.
fn unread(path: &Path, error: io::Error) -> ShelfError {
    match fs::symlink_metadata(path) {
        Ok(_) => PackError::Io(error).into(),
        Err(_) => ShelfError::StickGone,
    }
}

#[derive(Debug)]
pub(super) enum Stop {
    Asked,
    Reading(io::Error),
    Writing(io::Error),
}

/// Moves bytes until the end, which must come after exactly `total` of them.
pub(super) fn pour(
    mut from: impl Read,
    to: &mut impl Write,
    total: u64,
    tell: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<u64, Stop> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut copied = 0;
    loop {
        if tell(copied).is_break() {
            return Err(Stop::Asked);
        }
        let read = match from.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(Stop::Reading)?,
        };
        copied += read as u64;
        // A file that ends early was pulled away; one that does not end is no file.
        if copied > total || (read == 0 && copied < total) {
            return Err(Stop::Reading(io::ErrorKind::UnexpectedEof.into()));
        }
        if read == 0 {
            return Ok(copied);
        }
        to.write_all(&chunk[..read]).map_err(Stop::Writing)?;
    }
}
