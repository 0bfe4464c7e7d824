//! The configuration's place on disk: a new one goes in by rename, the one before is kept beside it, and serves where the
//! new one cannot be used at a start, or was used at several and the booth did not stay up once.

use super::{CarryError, place};
use crate::config::{Config, ConfigError};
use crate::error::chain;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xinting_content::Lang;

/// For a configuration that anybody may read, and for one with a secret.
const OPEN: u32 = 0o644;
const OWN: u32 = 0o600;
/// Starts that a configuration from a stick is given to show that the booth stays up with it.
const MOST_TRIES: u32 = 3;
/// How long a booth must have been up for its configuration to be believed.
pub const PROVED_AFTER: Duration = Duration::from_secs(10);

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
                    "现在的配置用不了，先用上一份 {serves}；请重新放一份正确的配置。原因：{reason}"
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
    beside(path, ".previous")
}

/// Where it stands how many starts a new configuration was tried at; there is none once it is believed.
fn trial(path: &Path) -> PathBuf {
    beside(path, ".trial")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Counts one more start; how many there were before, 0 for a configuration that is believed.
fn tried(path: &Path) -> u32 {
    let file = trial(path);
    let Ok(text) = fs::read_to_string(&file) else {
        return 0;
    };
    // What cannot be read was tried as often as may be: the one before it is known to work.
    let tries = text.trim().parse().unwrap_or(MOST_TRIES);
    let next = tries.saturating_add(1).min(MOST_TRIES);
    // A disk that takes no more also keeps the booth from forgetting the old count.
    let _uncounted = place::put(&file, format!("{next}\n").as_bytes(), OPEN);
    tries
}

/// The booth has been up for [`PROVED_AFTER`] with the configuration at `path`, or with the one before it because `path`
/// could not be used; the former is believed from now on, and a `notice` says that it was the latter.
pub fn proved(path: &Path, notice: Option<&ConfigNotice>) {
    if notice.is_none() {
        let _left = fs::remove_file(trial(path));
    }
}

/// Reads the configuration at `path`; where it cannot be used, or was tried at three starts of which none lasted, and
/// there is one before it that can be used, that one, and a notice.
///
/// # Errors
/// That of `path`, where neither can be used.
pub fn read_or_previous(path: &Path) -> Result<(Config, Option<ConfigNotice>), ConfigError> {
    let read = Config::read(path);
    let reason = match &read {
        Ok(_) if tried(path) < MOST_TRIES => return Ok((read?, None)),
        Ok(_) => format!("the booth was started with it {MOST_TRIES} times and never stayed up"),
        Err(error) => chain(error),
    };
    let serves = previous(path);
    match Config::read(&serves) {
        Ok(config) => Ok((config, Some(ConfigNotice { reason, serves }))),
        Err(_) => Ok((read?, None)),
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
    // One that cannot be used or has not shown itself is no help, nor is this very one, taken again after a power cut:
    // then the one before it stays the one before.
    let old = fs::read(path).unwrap_or_default();
    let trying = trial(path);
    if old != text.as_bytes() && Config::read(path).is_ok() && !trying.exists() {
        let kept = previous(path);
        place::put(&kept, &old, mode).map_err(failed(&kept))?;
    }
    place::put(&trying, b"0\n", OPEN).map_err(failed(&trying))?;
    let mode = match parsed.modem.pin {
        Some(_) => mode & OWN,
        None => mode,
    };
    place::put(path, text.as_bytes(), mode).map_err(failed(path))
}
