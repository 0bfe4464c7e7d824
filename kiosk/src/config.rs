//! `kiosk.toml`: what an installer decides about one booth.
//!
//! Every key has a default, so an empty file is a whole configuration: no modem, no district, no stick reader, sound
//! on the system's default device. An error names the file, the line and the key. Nothing is opened here but the file.

pub mod audio;
pub mod phone;
pub mod stick;

pub use self::audio::{AudioHost, AudioSection, Loudness};
pub use self::phone::{HookSection, ModemSection};
pub use self::stick::{StickDevices, StickSection};

use jiff::tz::TimeZone;
use serde::Deserialize;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use xinting_content::{Audience, Lang};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("reading the configuration {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file says something that is not understood.
    #[error("{path}, line {line}, key {key}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key with its table, for instance `modem.port`; `?` where the line has none.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
}

/// One booth's configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// A booth in a school: sample packs, flows and tours are refused.
    pub production: bool,
    /// The local time zone.
    pub zone: Zone,
    /// How the screen is drawn.
    pub renderer: Renderer,
    /// Who a visitor is taken for until they choose.
    pub audience: DefaultAudience,
    /// The language every visit begins in.
    pub lang: DefaultLang,
    /// The modem.
    pub modem: ModemSection,
    /// The switch below the handset.
    pub hook: HookSection,
    /// Sound output.
    pub audio: AudioSection,
    /// The district's server.
    pub district: DistrictSection,
    /// The stick reader.
    pub stick: StickSection,
    /// The packs.
    pub packs: PacksSection,
}

/// How the screen is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Renderer {
    /// By the processor; right on every board.
    #[default]
    Software,
    /// By OpenGL ES, for boards that have it.
    Femtovg,
}

/// `[district]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DistrictSection {
    /// Where reports go; none by default, and then nothing leaves the booth.
    pub url: Option<DistrictUrl>,
    /// The one-use code printed by `xinting-district enrol`. Worthless once the booth is enrolled.
    pub code: Option<String>,
}

/// `[packs]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PacksSection {
    /// The folder of packs that came with the image; below the root by default.
    pub image: Option<PathBuf>,
}

/// A time zone of the system's or the bundled database.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(pub TimeZone);

impl Default for Zone {
    fn default() -> Self {
        // China keeps one time all the year, so the fixed offset is the zone where no database is found.
        Self(
            TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8))),
        )
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        TimeZone::get(&name).map(Self).map_err(|_| {
            format!("there is no time zone {name:?}; write one such as \"Asia/Shanghai\"")
        })
    }
}

/// Who a visitor is taken for until they choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DefaultAudience(pub Audience);

impl Default for DefaultAudience {
    fn default() -> Self {
        Self(Audience::Junior)
    }
}

impl TryFrom<String> for DefaultAudience {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Audience::from_name(&name).map(Self).ok_or_else(|| {
            format!(
                "there is no audience {name:?}; write {}",
                one_of(Audience::ALL.map(Audience::name))
            )
        })
    }
}

/// The language every visit begins in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DefaultLang(pub Lang);

impl TryFrom<String> for DefaultLang {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, String> {
        Lang::from_tag(&tag).map(Self).ok_or_else(|| {
            format!(
                "there is no language {tag:?}; write {}",
                one_of(["zh-CN", "en"])
            )
        })
    }
}

/// Address of the district's server: `https://…`, or `http://` to this very machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DistrictUrl(String);

impl DistrictUrl {
    /// The address of a path of the published interface.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address as configured, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DistrictUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = text.trim_end_matches('/');
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            format!("{text:?} is no address; write one such as \"https://xinting.example.edu.cn\"")
        })?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() || authority.contains('@') || url.contains(char::is_whitespace) {
            return Err(format!(
                "{text:?} is no address; write host and port only, such as \"https://host:8443\""
            ));
        }
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        match scheme {
            "https" => {}
            "http" if matches!(host, "127.0.0.1" | "localhost" | "::1") => {}
            "http" => {
                return Err(format!(
                    "plain http is for this machine only; write \"https://{rest}\""
                ));
            }
            _ => {
                return Err(format!(
                    "{scheme}:// is not understood; write \"https://{rest}\""
                ));
            }
        }
        Ok(Self(url.to_owned()))
    }
}

impl Config {
    /// Reads a file. A missing file is an error: a booth does not guess.
    ///
    /// # Errors
    /// [`ConfigError`], naming file, line and key.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let bytes = std::fs::read(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &Self::text(path, bytes)?)
    }

    /// The text of a file; `path` is for the words of an error only.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    pub fn text(path: &Path, bytes: Vec<u8>) -> Result<String, ConfigError> {
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let (line, key) = place(&text, good);
            ConfigError::Invalid {
                path: path.to_owned(),
                line,
                key,
                message: "this is not UTF-8; save the file as UTF-8".to_owned(),
            }
        })
    }

    /// Whether this configuration holds the SIM's PIN and its file can be read by everybody on this machine.
    #[must_use]
    pub fn shows_a_secret(&self, file: &Path) -> bool {
        let mode = std::fs::metadata(file).map_or(0, |file| file.permissions().mode());
        self.modem.pin.is_some() && mode & 0o004 != 0
    }

    /// Understands a text; `path` is for the words of an error only.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let (line, key) = place(text, at);
            ConfigError::Invalid {
                path: path.to_owned(),
                line,
                key,
                message: error.message().to_owned(),
            }
        })?;
        let folder = (config.production && config.stick.folder.is_some()).then_some((
            "folder",
            "a folder as stick is for a desk only; name the sockets with device = \"/dev/xinting-stick*\"",
        ));
        match folder.or_else(|| config.audio.at_odds()) {
            Some((key, message)) => Err(at_odds(path, text, key, message)),
            None => Ok(config),
        }
    }
}

/// What is wrong with a key that is understood by itself.
fn at_odds(path: &Path, text: &str, key: &str, message: &str) -> ConfigError {
    // A comment may speak of it first.
    let line = text
        .lines()
        .position(|line| line.trim_start().starts_with(key))
        .or_else(|| text.lines().position(|line| line.contains(key)));
    let at = text
        .split_inclusive('\n')
        .take(line.unwrap_or(0))
        .map(str::len)
        .sum();
    let (line, key) = place(text, at);
    ConfigError::Invalid {
        path: path.to_owned(),
        line,
        key,
        message: message.to_owned(),
    }
}

/// The line (from 1) of a byte offset, and the key on that line with the table it stands in.
fn place(text: &str, at: usize) -> (usize, String) {
    let at = (0..=at.min(text.len()))
        .rev()
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(0);
    let line = text[..at].matches('\n').count();
    let mut table = String::new();
    let mut key = None;
    for (index, written) in text.lines().enumerate().take(line + 1) {
        let written = written.trim();
        if let Some(name) = written
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            table = name.trim_matches('[').trim().to_owned();
            key = None;
        } else if index == line {
            key = written
                .split_once('=')
                .map(|(key, _)| key.trim().to_owned());
        }
    }
    let key = match (table.is_empty(), key) {
        (true, Some(key)) => key,
        (false, Some(key)) => format!("{table}.{key}"),
        (false, None) => table,
        (true, None) => "?".to_owned(),
    };
    (line + 1, key)
}

fn one_of<T: fmt::Display, const N: usize>(names: [T; N]) -> String {
    names
        .map(|name| format!("{:?}", name.to_string()))
        .join(" or ")
}

#[cfg(test)]
mod tests;
