//! The booth's own key on disk: made at the first start, readable by the booth's user only, never shown.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use xinting_usage::{BoothKey, KeyError};
use zeroize::Zeroizing;

/// Why the key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum BoothKeyError {
    /// The file is there and cannot be read or is no key.
    #[error("reading the booth's key {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It cannot be kept.
    #[error("keeping the booth's key {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no randomness.
    #[error("making the booth's key")]
    Make(#[source] KeyError),
}

/// The key at `path`, made if there is none. True: it was there before, so an id given to it still holds.
///
/// # Errors
/// [`BoothKeyError`].
pub fn load_or_make(path: &Path) -> Result<(BoothKey, bool), BoothKeyError> {
    match fs::read(path).map(Zeroizing::new) {
        Ok(bytes) => {
            let seed: Result<&[u8; 32], _> = bytes.as_slice().try_into();
            let seed = seed.map_err(|_| BoothKeyError::Read {
                path: path.to_owned(),
                source: io::Error::new(io::ErrorKind::InvalidData, "it does not have 32 bytes"),
            })?;
            Ok((BoothKey::from_seed(seed), true))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = BoothKey::generate().map_err(BoothKeyError::Make)?;
            keep(path, &key).map_err(|source| BoothKeyError::Write {
                path: path.to_owned(),
                source,
            })?;
            Ok((key, false))
        }
        Err(source) => Err(BoothKeyError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Written beside its place and renamed, so that a power cut leaves a whole key or none.
fn keep(path: &Path, key: &BoothKey) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = path.with_extension("key.new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(key.expose_seed())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_is_its_users_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/booth.key");
        let (made, before) = load_or_make(&path).unwrap();
        assert!(!before);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let (read, before) = load_or_make(&path).unwrap();
        assert!(before);
        assert_eq!(made.expose_seed(), read.expose_seed());
    }

    #[test]
    fn a_file_that_is_no_key_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("booth.key");
        fs::write(&path, b"short").unwrap();
        let error = load_or_make(&path).unwrap_err();
        assert!(matches!(error, BoothKeyError::Read { .. }));
        assert_eq!(fs::read(&path).unwrap(), b"short");
    }
}
