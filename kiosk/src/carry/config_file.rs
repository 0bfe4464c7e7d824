//! The configuration's place on disk: a new one goes in by rename, the one before is kept beside it, and serves where the
//! new one cannot be used at a start, or was used at several and the booth did not stay up once.
//!
//! What is on trial are bytes, not a place: a configuration that somebody corrects by hand is another one. Not here:
//! who may send one, and which.

use super::key_stick::{Hash, hex, unhex};
use super::{CarryError, place};
use crate::config::{Config, ConfigError};
use crate::error::chain;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use xinting_content::Lang;

/// For a configuration that anybody may read, and for one with a secret.
const OPEN: u32 = 0o644;
const OWN: u32 = 0o600;
/// Starts that a configuration from a stick is given to show that the booth stays up with it.
const MOST_TRIES: u32 = 3;
/// How long a booth must have been up for its configuration to be believed.
pub const PROVED_AFTER: Duration = Duration::from_secs(10);

/// One who writes the trials at a time: a configuration may come by stick in the very moment another one is believed.
static TRIALS: Mutex<()> = Mutex::new(());

/// Why the configuration that was named does not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFault {
    /// It cannot be read or understood; why.
    Unusable(String),
    /// The booth was started with it as often as it may be and never stayed up.
    NeverStayedUp,
}

/// The configuration that was named could not be used, and the one before it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigNotice {
    /// What is wrong with the new one.
    pub fault: ConfigFault,
    /// The one that serves.
    pub serves: PathBuf,
}

impl ConfigNotice {
    /// One sentence for the admin and the log.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let serves = self.serves.display();
        match (&self.fault, lang) {
            (ConfigFault::Unusable(reason), Lang::ZhCn) => format!(
                "现在的配置用不了，先用上一份 {serves}；请改好它，或用 U 盘重新放一份正确的配置。原因：{reason}"
            ),
            (ConfigFault::Unusable(reason), Lang::En) => format!(
                "the configuration cannot be used and the one before it, {serves}, serves; mend it or put a right one in place: {reason}"
            ),
            (ConfigFault::NeverStayedUp, Lang::ZhCn) => format!(
                "用现在的配置启动了 {MOST_TRIES} 次，每次都没有运行满 {} 秒，先用上一份 {serves}；请改好它，或用 U 盘再放一次配置",
                PROVED_AFTER.as_secs()
            ),
            (ConfigFault::NeverStayedUp, Lang::En) => format!(
                "the booth was started with its configuration {MOST_TRIES} times and never stayed up for {} seconds, so the one before it, {serves}, serves; mend it or put one in place again by stick",
                PROVED_AFTER.as_secs()
            ),
        }
    }
}

/// The configuration that serves at a start.
#[derive(Debug)]
pub struct InUse {
    /// What it says.
    pub config: Config,
    /// It is the one before the one that was asked for.
    pub notice: Option<ConfigNotice>,
    /// What this start means for the one that was asked for.
    pub start: Start,
}

/// A start of the booth with the very bytes of a configuration. Only a start of the booth itself counts, not that of a
/// program which merely reads what is configured.
#[derive(Debug, Clone)]
pub struct Start {
    path: PathBuf,
    /// Of the configuration at `path`; `None` where the one before serves, by which nothing is shown.
    bytes: Option<Hash>,
}

impl Start {
    /// The booth starts.
    pub fn count(&self) {
        let Some(bytes) = self.bytes else { return };
        let _alone = TRIALS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut trials = Trials::read(&self.path);
        if let Some(tries) = trials.of(&bytes) {
            trials.set(bytes, tries.saturating_add(1).min(MOST_TRIES));
            // A disk that takes no more also keeps the booth from forgetting the old count.
            let _uncounted = trials.keep(&self.path);
        }
    }

    /// The booth has been up for [`PROVED_AFTER`]: what it was started with is believed from now on. One that was put in
    /// place since is not.
    pub fn proved(&self) {
        let Some(bytes) = self.bytes else { return };
        let _alone = TRIALS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut trials = Trials::read(&self.path);
        if trials.of(&bytes).is_some() {
            let in_place = fs::read(&self.path).ok().map(|bytes| hash(&bytes));
            trials.only(in_place.filter(|in_place| *in_place != bytes));
            let _left = trials.keep(&self.path);
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

fn hash(bytes: &[u8]) -> Hash {
    xinting_wire::body_hash(bytes)
}

/// Configurations that have not shown yet that the booth stays up with them: at most the one in place and, where power
/// failed before it was put there, the one after it. A line each: how many starts, and the SHA-256 of its bytes.
#[derive(Debug, Default)]
struct Trials {
    each: Vec<(u32, Hash)>,
    /// There is a file, and not all of it is understood: then whatever is in place is on trial from the beginning.
    damaged: bool,
}

impl Trials {
    fn read(path: &Path) -> Self {
        let text = match fs::read(trial(path)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(_) => String::new(),
        };
        let line = |line: &str| {
            let (tries, bytes) = line.split_once(' ')?;
            Some((tries.parse().ok()?, unhex(bytes)?))
        };
        let each: Vec<_> = text.lines().filter_map(line).collect();
        Self {
            damaged: each.is_empty() || each.len() != text.lines().count(),
            each,
        }
    }

    /// At how many starts these bytes were tried; `None` where they are believed.
    fn of(&self, bytes: &Hash) -> Option<u32> {
        let each = self.each.iter().find(|(_, of)| of == bytes);
        each.map(|(tries, _)| *tries).or(self.damaged.then_some(0))
    }

    fn set(&mut self, bytes: Hash, tries: u32) {
        self.each.retain(|(_, of)| *of != bytes);
        self.each.push((tries, bytes));
        self.damaged = false;
    }

    /// Nothing but these bytes stays on trial, if they were.
    fn only(&mut self, bytes: Option<Hash>) {
        let tries = bytes.and_then(|bytes| Some((self.of(&bytes)?, bytes)));
        *self = Self {
            each: tries.into_iter().collect(),
            damaged: false,
        };
    }

    fn keep(&self, path: &Path) -> io::Result<()> {
        if self.each.is_empty() {
            return fs::remove_file(trial(path));
        }
        let lines = self.each.iter();
        let text: String = lines
            .map(|(tries, of)| format!("{tries} {}\n", hex(of)))
            .collect();
        place::put(&trial(path), text.as_bytes(), OPEN)
    }
}

/// Reads the configuration at `path`; where it cannot be used, or was tried at three starts of which none lasted, and
/// there is one before it that can be used, that one, and a notice. Nothing is written: whoever starts a booth with it
/// says so by [`Start::count`].
///
/// # Errors
/// That of `path`, where neither can be used.
pub fn read_or_previous(path: &Path) -> Result<InUse, ConfigError> {
    let (read, bytes) = match fs::read(path) {
        Ok(bytes) => {
            let of = hash(&bytes);
            let text = Config::text(path, bytes);
            (text.and_then(|text| Config::parse(path, &text)), Some(of))
        }
        Err(source) => {
            let path = path.to_owned();
            (Err(ConfigError::Read { path, source }), None)
        }
    };
    let tries = bytes.and_then(|bytes| Trials::read(path).of(&bytes));
    let fault = match &read {
        Ok(_) if tries.is_none_or(|tries| tries < MOST_TRIES) => None,
        Ok(_) => Some(ConfigFault::NeverStayedUp),
        Err(error) => Some(ConfigFault::Unusable(chain(error))),
    };
    let start = |bytes| Start {
        path: path.to_owned(),
        bytes,
    };
    let serves = previous(path);
    if let Some(fault) = fault
        && let Ok(config) = Config::read(&serves)
    {
        let notice = Some(ConfigNotice { fault, serves });
        let start = start(None);
        return Ok(InUse {
            config,
            notice,
            start,
        });
    }
    Ok(InUse {
        config: read?,
        notice: None,
        start: start(bytes),
    })
}

/// Puts a configuration that has been parsed in place, and keeps the one that was there if it can be used.
pub(super) fn put(path: &Path, text: &str) -> Result<(), CarryError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source: io::Error| CarryError::ConfigPlace { path, source }
    };
    let parsed = Config::parse(path, text).map_err(CarryError::Config)?;
    let mode = fs::metadata(path).map_or(OPEN, |file| file.permissions().mode() & 0o777);
    let _alone = TRIALS.lock().unwrap_or_else(PoisonError::into_inner);
    // One that cannot be used or has not shown itself is no help, nor is this very one, taken again after a power cut:
    // then the one before it stays the one before.
    let old = fs::read(path).unwrap_or_default();
    let of_old = hash(&old);
    let mut trials = Trials::read(path);
    let shown = trials.of(&of_old).is_none();
    if old != text.as_bytes() && Config::read(path).is_ok() && shown {
        let kept = previous(path);
        place::put(&kept, &old, mode).map_err(failed(&kept))?;
    }
    // Until the new one is there, the old one is on trial as it was.
    trials.only(Some(of_old));
    trials.set(hash(text.as_bytes()), 0);
    let trying = trial(path);
    trials.keep(path).map_err(failed(&trying))?;
    let mode = match parsed.modem.pin {
        Some(_) => mode & OWN,
        None => mode,
    };
    place::put(path, text.as_bytes(), mode).map_err(failed(path))
}
