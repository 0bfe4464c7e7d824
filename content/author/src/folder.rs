//! An author's folder as a source of files.
//!
//! Read whole into memory at the start, so that everything later sees one state of it. Symbolic links
//! are not followed out of the folder: they are refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xinting_content::Source;

/// Most files in a pack, and the largest a single file may be.
const MOST_FILES: usize = 4_096;
const LARGEST_FILE_BYTES: u64 = 512 << 20;

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
    /// A link, a device or the like.
    #[error("{0} is neither a file nor a folder; replace it by a copy of what it stands for")]
    NotAFile(PathBuf),
    /// The name cannot stand in a pack.
    #[error(
        "{0} has a name that cannot stand in a pack; use letters, digits, hyphens, dots and \
         underscores"
    )]
    Name(PathBuf),
    /// Too much.
    #[error("{0} is larger than a pack may hold; take files out")]
    TooLarge(PathBuf),
}

/// The files of one folder.
#[derive(Debug)]
pub struct Folder {
    files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Reads the folder. Hidden files, files ending in `~` and top-level papers for people
    /// (`README`, `LICENSE`, `NOTICE`, with or without an ending) are left out.
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
        let mut files = BTreeMap::new();
        read_into(root, "", &mut files)?;
        Ok(Folder { files })
    }

    /// The bytes of a file.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
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

fn read_into(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), FolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Read { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return Err(FolderError::Name(path));
        };
        let kind = entry.file_type().map_err(failed(&path))?;
        if left_out(&name, prefix.is_empty()) {
            continue;
        }
        if !name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        {
            return Err(FolderError::Name(path));
        }
        let name = format!("{prefix}{name}");
        if kind.is_dir() {
            if prefix.matches('/').count() >= 4 {
                return Err(FolderError::TooLarge(path));
            }
            read_into(&path, &format!("{name}/"), files)?;
        } else if kind.is_file() {
            let size = entry.metadata().map_err(failed(&path))?.len();
            if size > LARGEST_FILE_BYTES || files.len() >= MOST_FILES {
                return Err(FolderError::TooLarge(path));
            }
            files.insert(name, std::fs::read(&path).map_err(failed(&path))?);
        } else {
            return Err(FolderError::NotAFile(path));
        }
    }
    Ok(())
}

fn left_out(name: &str, top: bool) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let paper = top && ["README", "LICENSE", "LICENCE", "NOTICE"].contains(&stem);
    name.starts_with('.') || name.ends_with('~') || paper
}
