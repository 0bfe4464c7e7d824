//! An author's folder as a source of files.
//!
//! Read whole into memory at the start, so that everything later sees one state of it. Symbolic links
//! are not followed out of the folder: they are noted as faults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xinting_content::pack::manifest::LARGEST_FILE_BYTES;
use xinting_content::pack::{LARGEST_PACK_BYTES, MOST_ENTRIES, MOST_TEXT_BYTES};
use xinting_content::{Fault, Source};

/// How the names of texts end. A folder of such a name was meant to be one.
const TEXT_ENDINGS: [&str; 3] = [".toml", ".md", ".vtt"];

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The path is not a folder.
    #[error("{0} is not a folder; name the folder that holds pack.toml")]
    NotAFolder(PathBuf),
    /// There is no `pack.toml` in it.
    #[error("{0} holds no pack.toml, so it is not a pack; name the folder that does")]
    NotAPack(PathBuf),
    /// Something in it cannot be read.
    #[error("reading {path}")]
    Read {
        /// What was being read.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// The files of one folder.
#[derive(Debug)]
pub struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    /// Bytes of all files, and of the texts among them.
    bytes: u64,
    text_bytes: u64,
    /// What lies there and cannot stand in a pack.
    pub faults: Vec<Fault>,
}

impl Folder {
    /// Reads the folder. Hidden files, files ending in `~` and top-level papers for people
    /// (`README`, `LICENSE`, `NOTICE`, with or without an ending) are left out. What cannot stand in a
    /// pack is noted in `faults`, all of it.
    ///
    /// # Errors
    /// [`FolderError`]; `NotAPack` if there is no `pack.toml`.
    pub fn open(root: &Path) -> Result<Folder, FolderError> {
        if !root.is_dir() {
            return Err(FolderError::NotAFolder(root.to_owned()));
        }
        if !root.join("pack.toml").is_file() {
            return Err(FolderError::NotAPack(root.to_owned()));
        }
        let mut folder = Folder {
            files: BTreeMap::new(),
            bytes: 0,
            text_bytes: 0,
            faults: Vec::new(),
        };
        folder.read_into(root, "")?;
        folder.faults.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(folder)
    }

    /// The bytes of a file.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    fn read_into(&mut self, folder: &Path, prefix: &str) -> Result<(), FolderError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::Read { path, source }
        };
        for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
            let entry = entry.map_err(failed(folder))?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(failed(&path))?;
            if left_out(&name, prefix.is_empty()) {
                continue;
            }
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            let unfit = !name.bytes().all(plain);
            let name = format!("{prefix}{name}");
            if unfit {
                let what = "it has a name that cannot stand in a pack";
                let remedy = "use letters without accents, digits, hyphens, dots and underscores";
                self.note(&name, what, remedy);
            } else if kind.is_dir() && is_named_as_text(&name) {
                let what = "it is a folder and has the name of a text";
                self.note(
                    &name,
                    what,
                    "write the text into a file of this name, or rename the folder",
                );
            } else if kind.is_dir() {
                if prefix.matches('/').count() >= 4 {
                    let what = "folders lie too deep within each other";
                    self.note(&name, what, "a pack needs one below its own");
                } else {
                    self.read_into(&path, &format!("{name}/"))?;
                }
            } else if kind.is_file() {
                let size = entry.metadata().map_err(failed(&path))?.len();
                if size > u64::from(LARGEST_FILE_BYTES) {
                    let what =
                        format!("it has {size} bytes, and {LARGEST_FILE_BYTES} are the most");
                    self.note(&name, &what, "make it smaller");
                } else if self.files.len() >= MOST_ENTRIES {
                    let what = format!("a pack holds at most {MOST_ENTRIES} files");
                    self.note(&name, &what, "take files out");
                    return Ok(());
                } else if self.has_room_for(&name, size) {
                    let bytes = std::fs::read(&path).map_err(failed(&path))?;
                    self.files.insert(name, bytes);
                }
            } else {
                let what = "it is neither a file nor a folder";
                self.note(&name, what, "replace it by a copy of what it stands for");
            }
        }
        Ok(())
    }

    /// Counts a file; a fault, and not counted, where it would make all of them together more than a pack holds.
    fn has_room_for(&mut self, name: &str, size: u64) -> bool {
        let text = if is_named_as_text(name) { size } else { 0 };
        let most = if self.text_bytes + text > MOST_TEXT_BYTES {
            format!("{MOST_TEXT_BYTES} bytes of text")
        } else if self.bytes + size > LARGEST_PACK_BYTES {
            format!("{LARGEST_PACK_BYTES} bytes")
        } else {
            self.bytes += size;
            self.text_bytes += text;
            return true;
        };
        let what = format!("with it the folder has more than the {most} that a pack holds");
        self.note(name, &what, "take files out or make them smaller");
        false
    }

    fn note(&mut self, name: &str, what: &str, remedy: &str) {
        self.faults.push(Fault {
            file: name.to_owned(),
            line: None,
            column: None,
            key: String::new(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

impl Source for Folder {
    fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.files.get(name).cloned())
    }

    fn gain_db(&self, _sound: &str) -> Option<f32> {
        None
    }

    fn is_built(&self) -> bool {
        false
    }
}

fn is_named_as_text(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TEXT_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn left_out(name: &str, top: bool) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let paper = top && ["README", "LICENSE", "LICENCE", "NOTICE"].contains(&stem);
    name.starts_with('.') || name.ends_with('~') || paper
}
