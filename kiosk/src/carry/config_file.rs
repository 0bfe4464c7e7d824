//! The configuration's place on disk: a new one goes in by rename, the one before is kept beside it, and serves where the
//! new one cannot be used at a start.

use super::{CarryError, place};
use crate::config::{Config, ConfigError};
use crate::error::chain;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use xinting_content::Lang;

/// For a configuration that anybody may read, and for one with a secret.
const OPEN: u32 = 0o644;
const OWN: u32 = 0o600;

/// The configuration that was named could not be used, and the one before it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigNotice {
    /// What is wrong with the new one.
    pub reason: String,
    /// The one that serves.
    pub serves: PathBuf,
}

impl ConfigNotice {
    /// One sentence for the admin and the log.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (serves, reason) = (self.serves.display(), &self.reason);
        match lang {
            Lang::ZhCn => {
                format!(
                    "现在的设置用不了，先用上一份 {serves}；请重新放一份正确的设置。原因：{reason}"
                )
            }
            Lang::En => format!(
                "the configuration cannot be used and the one before it, {serves}, serves; put a right one in place: {reason}"
            ),
        }
    }
}

/// Where the configuration before this one is kept.
fn previous(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".previous");
    PathBuf::from(name)
}

/// Reads the configuration at `path`; where it cannot be used and there is one before it that can, that one, and a
/// notice.
///
/// # Errors
/// That of `path`, where neither can be used.
pub fn read_or_previous(path: &Path) -> Result<(Config, Option<ConfigNotice>), ConfigError> {
    let error = match Config::read(path) {
        Ok(config) => return Ok((config, None)),
        Err(error) => error,
    };
    let serves = previous(path);
    match Config::read(&serves) {
        Ok(config) => {
            let reason = chain(&error);
            Ok((config, Some(ConfigNotice { reason, serves })))
        }
        Err(_) => Err(error),
    }
}

/// Puts a configuration that has been parsed in place, and keeps the one that was there if it can be used.
pub(super) fn put(path: &Path, text: &str) -> Result<(), CarryError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source: io::Error| CarryError::ConfigPlace { path, source }
    };
    let parsed = Config::parse(path, text).map_err(CarryError::Config)?;
    let mode = fs::metadata(path).map_or(OPEN, |file| file.permissions().mode() & 0o777);
    // One that cannot be used is no help; then the one before it stays the one before.
    if Config::read(path).is_ok() {
        let kept = previous(path);
        let old = fs::read(path).map_err(failed(path))?;
        place::put(&kept, &old, mode).map_err(failed(&kept))?;
    }
    let mode = match parsed.modem.pin {
        Some(_) => mode & OWN,
        None => mode,
    };
    place::put(path, text.as_bytes(), mode).map_err(failed(path))
}
