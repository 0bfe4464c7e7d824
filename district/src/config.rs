//! The configuration file. Read once at start; the only setting that is not
//! in it is `--listen`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::tz::TimeZone;
use serde::Deserialize;
use thiserror::Error;
use xinting_wire::{RootKey, SchoolId, SignatureError};

/// Why a configuration cannot be used. Each text names file and place.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path}, line {line} (`{text}`): {message}")]
    Syntax {
        path: PathBuf,
        line: usize,
        text: String,
        message: String,
    },
    #[error("{path}, key `zone`: there is no time zone called `{zone}`")]
    Zone {
        path: PathBuf,
        zone: String,
        #[source]
        source: jiff::Error,
    },
    #[error("{path}, key `root_key`: cannot read {file}")]
    RootFile {
        path: PathBuf,
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path}, key `root_key`: {file} is no public key in minisign's format")]
    RootKey {
        path: PathBuf,
        file: PathBuf,
        #[source]
        source: SignatureError,
    },
    #[error("{path}, key `name` of school `{school}`: a name is 1 to 60 printable characters")]
    SchoolName { path: PathBuf, school: SchoolId },
}

/// What the district runs with.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database: PathBuf,
    pub(crate) zone: TimeZone,
    /// Counts from 1 to one below this are shown as "fewer than"; 0 and 1 show all.
    pub(crate) hide_below: i64,
    pub(crate) schools: Vec<School>,
    /// Offered to every booth that joins; a booth trusts it once its admin has compared the fingerprint.
    pub(crate) root_key: Option<RootKey>,
}

/// A school of the district.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct School {
    pub(crate) id: SchoolId,
    pub(crate) name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    database: PathBuf,
    #[serde(default = "default_zone")]
    zone: String,
    #[serde(default = "default_hide_below")]
    hide_below: u16,
    root_key: Option<PathBuf>,
    #[serde(default)]
    school: Vec<School>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8620))
}

fn default_zone() -> String {
    "Asia/Shanghai".to_owned()
}

const fn default_hide_below() -> u16 {
    5
}

/// Whether a school can be shown under this name.
pub(crate) fn is_school_name(name: &str) -> bool {
    (1..=60).contains(&name.chars().count())
        && !name.trim().is_empty()
        && !name.chars().any(char::is_control)
}

impl Config {
    /// Reads the file at `path`. A relative database path is taken from the
    /// folder of the file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| syntax(path, text, &error))?;
        let zone = TimeZone::get(&file.zone).map_err(|source| ConfigError::Zone {
            path: path.to_owned(),
            zone: file.zone.clone(),
            source,
        })?;
        if let Some(school) = file
            .school
            .iter()
            .find(|school| !is_school_name(&school.name))
        {
            return Err(ConfigError::SchoolName {
                path: path.to_owned(),
                school: school.id.clone(),
            });
        }
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let root_key = match file.root_key {
            Some(key) => Some(root_key(path, folder.join(key))?),
            None => None,
        };
        Ok(Self {
            listen: file.listen,
            database: folder.join(file.database),
            zone,
            hide_below: file.hide_below.into(),
            schools: file.school,
            root_key,
        })
    }
}

fn root_key(path: &Path, file: PathBuf) -> Result<RootKey, ConfigError> {
    let text = fs::read_to_string(&file).map_err(|source| ConfigError::RootFile {
        path: path.to_owned(),
        file: file.clone(),
        source,
    })?;
    RootKey::parse(&text).map_err(|source| ConfigError::RootKey {
        path: path.to_owned(),
        file,
        source,
    })
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    ConfigError::Syntax {
        path: path.to_owned(),
        line,
        text: text
            .lines()
            .nth(line - 1)
            .unwrap_or_default()
            .trim()
            .to_owned(),
        message: error.message().trim().replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("/etc/xinting/district.toml"), text)
    }

    #[test]
    fn the_example_is_a_configuration() {
        let config = parse(include_str!("../district.example.toml")).unwrap();
        assert_eq!(config.listen, default_listen());
        assert_eq!(
            config.database,
            Path::new("/var/lib/xinting-district/district.db")
        );
        assert_eq!(config.hide_below, 5);
        assert_eq!(config.schools.len(), 2);
    }

    #[test]
    fn a_database_is_all_it_needs() {
        let config = parse("database = 'd.db'").unwrap();
        assert_eq!(config.database, Path::new("/etc/xinting/d.db"));
        assert_eq!(config.zone.iana_name(), Some("Asia/Shanghai"));
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_key() {
        for (text, expected) in [
            ("", "line 1"),
            ("database = 'd'\nlisten = 8620", "line 2 (`listen = 8620`)"),
            (
                "database = 'd'\n\nlistn = '127.0.0.1:1'",
                "line 3 (`listn = '127.0.0.1:1'`)",
            ),
            ("database = 'd'\nlisten = 'localhost:1'", "line 2"),
            ("database = ", "line 1"),
            ("database = 'd'\nzone = 'Asia/Nowhere'", "key `zone`"),
            ("database = 'd'\nhide_below = -1", "line 2"),
            (
                "database = 'd'\n[[school]]\nid = 'A'\nname = 'x'",
                "line 3 (`id = 'A'`)",
            ),
            (
                "database = 'd'\n[[school]]\nid = 'a'\nname = ''",
                "school `a`",
            ),
            (
                "database = 'd'\n[[school]]\nid = 'a'",
                "missing field `name`",
            ),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
            assert!(error.starts_with("/etc/xinting/district.toml"), "{error}");
        }
    }
}
