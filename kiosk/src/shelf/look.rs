//! Looking at a stick: finding its pack files and reading the signed head of each, so that the admin sees what is there
//! before anything is copied. Nothing else of a stick is believed, and nothing of it is parsed but verified heads.

use super::changes::{Changes, Contents};
use super::{Serving, Shelf, ShelfError};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use xinting_content::pack::PackError;
use xinting_content::{Glance, PackInfo, SignedBy, Text};
use xinting_hw::usb::{Listed, ListedKind, StickFiles};

/// Most pack files of a stick that are told of; good ones before bad ones.
const MOST_FILES: usize = 32;
/// Most pack files of a stick that are looked at.
const MOST_LOOKED_AT: usize = 256;
/// Most folders at the stick's root that are looked into.
const MOST_FOLDERS: usize = 100;

/// The pack files of a stick.
#[derive(Debug, Default)]
pub struct Looked {
    /// Those that are told of.
    pub found: Vec<Found>,
    /// How many more there are.
    pub left_out: usize,
}

/// A pack file of a stick.
#[derive(Debug)]
pub struct Found {
    /// The file on the stick, with its folder; as it is to be opened.
    pub file: String,
    /// How long the stick says it is.
    pub size_bytes: u64,
    /// What its signed head says; `None` where there is none that can be believed.
    pub offer: Option<Box<Offer>>,
    /// Why it is not to be installed; `None` where it is.
    pub refusal: Option<ShelfError>,
}

/// What the signed head of a pack says.
#[derive(Debug)]
pub struct Offer {
    /// What the publisher is called, where the key list names it.
    pub publisher_name: Option<Text>,
    /// Whose signature it carries.
    pub signed_by: SignedBy,
    /// The pack it would take the place of.
    pub replaces: Option<Serving>,
    /// What would be different.
    pub changes: Changes,
    /// How much of what it holds.
    pub contents: Contents,
    pub(super) head: Glance,
    pub(super) head_sha256: [u8; 32],
}

impl Offer {
    /// Id, title, publisher, version, release, and whether it is a sample.
    #[must_use]
    pub fn info(&self) -> &PackInfo {
        self.head.info()
    }
}

impl Shelf {
    /// Reads what is on a stick: the pack files at its root and one folder deep, with what the signed head of each says
    /// and what it would change; 32 at most, of which those with a good head come first. Hidden files, folders called like packs, links and names that are no text
    /// are not looked at. Versions of one pack stand together, the newest first.
    ///
    /// # Errors
    /// [`ShelfError`] if the stick cannot be listed or was pulled out; a single bad file is a [`Found::refusal`].
    pub fn look(&self, files: &dyn StickFiles) -> Result<Vec<Found>, ShelfError> {
        let looked = self.look_while(files, &mut || ControlFlow::Continue(()));
        looked.map(|looked| looked.found)
    }

    /// The same, asking before each file whether to go on; with how many more there are.
    ///
    /// # Errors
    /// As [`Shelf::look`], and [`ShelfError::Stopped`].
    pub fn look_while(
        &self,
        files: &dyn StickFiles,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Looked, ShelfError> {
        let mut found = Vec::new();
        let (mut good, mut left_out) = (0, 0);
        for (place, (file, size_bytes)) in pack_files(files)?.into_iter().enumerate() {
            if go_on().is_break() {
                return Err(ShelfError::Stopped);
            }
            if good >= MOST_FILES || place >= MOST_LOOKED_AT {
                left_out += 1;
                continue;
            }
            let seen = match self.glance(files, &file, size_bytes) {
                Ok(offer) => Found {
                    refusal: self.refusal(&offer).err(),
                    offer: Some(Box::new(offer)),
                    file,
                    size_bytes,
                },
                Err(reason @ ShelfError::Pack(_)) => Found {
                    offer: None,
                    refusal: Some(reason),
                    file,
                    size_bytes,
                },
                Err(gone) => return Err(gone),
            };
            good += usize::from(seen.offer.is_some());
            found.push(seen);
        }
        found.sort_by(|a, b| order(a).cmp(&order(b)));
        left_out += found.len().saturating_sub(MOST_FILES);
        found.truncate(MOST_FILES);
        Ok(Looked { found, left_out })
    }

    fn glance(
        &self,
        files: &dyn StickFiles,
        file: &str,
        size_bytes: u64,
    ) -> Result<Offer, ShelfError> {
        let reader = files
            .open(file)
            .map_err(|error| unread(files, file, error))?;
        let mut reader = Remembering {
            reader,
            seen: Vec::new(),
        };
        let head = match Glance::read(&mut reader, size_bytes, &self.trust) {
            Err(PackError::Io(error)) => return Err(unread(files, file, error)),
            Err(error @ PackError::Truncated { .. }) if !is_there(files, file) => {
                drop(error);
                return Err(ShelfError::StickGone);
            }
            head => head?,
        };
        let begin = usize::try_from(head.files_begin()).unwrap_or(usize::MAX);
        let before_the_files = reader.seen.get(..begin).unwrap_or_default();
        let serving = self.chosen(&head.info().id);
        Ok(Offer {
            publisher_name: self.trust.publisher_name(&head.info().publisher).cloned(),
            signed_by: head.signed_by(),
            replaces: serving.map(|chosen| self.serving_of(chosen)),
            changes: self.changes(&head),
            contents: Contents::of(head.manifest()),
            head_sha256: Sha256::digest(before_the_files).into(),
            head,
        })
    }
}

/// What can be read of packs stands first, by id, newest version first.
fn order(found: &Found) -> impl Ord + '_ {
    let named = found.offer.as_ref().map(|offer| {
        let info = offer.info();
        (info.kind, &info.id, u64::MAX - info.version)
    });
    (named.is_none(), named, &found.file)
}

/// Keeps what was read, which is a little more than a pack's head.
struct Remembering {
    reader: Box<dyn Read + Send>,
    seen: Vec<u8>,
}

impl Read for Remembering {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.seen.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

/// A yank shows as a file that is no longer there, a bad sector as one that is.
pub(super) fn unread(files: &dyn StickFiles, file: &str, error: io::Error) -> ShelfError {
    match is_there(files, file) {
        true => PackError::Io(error).into(),
        false => ShelfError::StickGone,
    }
}

pub(super) fn is_there(files: &dyn StickFiles, file: &str) -> bool {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let listed = files.list(folder).unwrap_or_default();
    listed.iter().any(|listed| listed.name == name)
}

/// The pack files of a stick with their lengths.
fn pack_files(stick: &dyn StickFiles) -> Result<Vec<(String, u64)>, ShelfError> {
    let root = stick.list("").map_err(ShelfError::StickUnreadable)?;
    let mut found: Vec<(String, u64)> = packs_among("", &root).collect();
    let folders = root
        .iter()
        .filter(|listed| listed.kind == ListedKind::Folder && !is_hidden(&listed.name));
    for folder in folders.take(MOST_FOLDERS) {
        // A folder that cannot be read is as good as empty: the stick's root could be.
        let inside = stick.list(&folder.name).unwrap_or_default();
        found.extend(packs_among(&folder.name, &inside));
    }
    Ok(found)
}

fn packs_among<'a>(
    folder: &'a str,
    listed: &'a [Listed],
) -> impl Iterator<Item = (String, u64)> + 'a {
    let packs = listed
        .iter()
        .filter(|file| file.kind == ListedKind::File && is_pack(&file.name));
    packs.map(move |file| {
        let path = match folder {
            "" => file.name.clone(),
            folder => format!("{folder}/{}", file.name),
        };
        (path, file.size_bytes)
    })
}

fn is_pack(name: &str) -> bool {
    let ending = Path::new(name).extension();
    !is_hidden(name) && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("xpack"))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// The pack files of a folder of the booth's own disk, in the order of their names.
pub(super) fn pack_files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_pack = entry.file_name().to_str().is_some_and(is_pack);
        if is_pack && entry.file_type()?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file's name as an admin sees it: below its folder, and nothing that is no text.
pub(super) fn name_below(folder: &Path, path: &Path) -> String {
    let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy();
    name.chars().filter(|c| !c.is_control()).collect()
}
