//! `kiosk.toml`: what an installer decides about one booth.
//!
//! Every key has a default, so an empty file is a whole configuration: no modem, no district, no stick reader, sound
//! on the system's default device. An error names the file, the line and the key. Nothing is opened here but the file.

pub mod phone;

pub use self::phone::{HookSection, ModemSection};

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

/// `[audio]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSection {
    /// The sound system.
    pub host: AudioHost,
    /// The device's name there; the system's default device by default.
    pub device: Option<String>,
}

/// Which sound system plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioHost {
    /// ALSA, straight to the card.
    #[default]
    Alsa,
    /// A PulseAudio or PipeWire server.
    PulseAudio,
    /// No sound in this booth: captions carry the practices.
    None,
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

/// `[stick]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StickSection {
    /// The device node of the booth's one socket; none by default.
    pub device: Option<PathBuf>,
    /// A folder shown as if it were a stick, for a desk. Refused in production.
    pub folder: Option<PathBuf>,
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
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let (line, key) = place(&text, good);
            ConfigError::Invalid {
                path: path.to_owned(),
                line,
                key,
                message: "this is not UTF-8; save the file as UTF-8".to_owned(),
            }
        })?;
        Self::parse(path, &text)
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
        if config.production && config.stick.folder.is_some() {
            // A comment may speak of it first.
            let line = text
                .lines()
                .position(|line| line.trim_start().starts_with("folder"))
                .or_else(|| text.lines().position(|line| line.contains("folder")));
            let at = text
                .split_inclusive('\n')
                .take(line.unwrap_or(0))
                .map(str::len)
                .sum();
            let (line, key) = place(text, at);
            let message = "a folder as stick is for a desk only; name the socket with device = \"/dev/xinting-stick\"";
            return Err(ConfigError::Invalid {
                path: path.to_owned(),
                line,
                key,
                message: message.to_owned(),
            });
        }
        Ok(config)
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
mod tests {
    use super::*;
    use xinting_hw::hook::HookContact;

    fn refused(text: &str) -> String {
        Config::parse(Path::new("kiosk.toml"), text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn an_empty_file_is_a_booth_without_devices() {
        let config = Config::parse(Path::new("kiosk.toml"), "").unwrap();
        assert!(!config.production);
        assert_eq!(config.modem.port, None);
        assert_eq!(config.district.url, None);
        assert_eq!(config.renderer, Renderer::Software);
        assert_eq!(config.lang, DefaultLang(Lang::ZhCn));
        assert_eq!(config.zone.0.iana_name(), Some("Asia/Shanghai"));
    }

    #[test]
    fn every_key_is_understood() {
        let text = r#"
            production = true
            zone = "Asia/Urumqi"
            renderer = "femtovg"
            audience = "primary"
            lang = "en"
            [modem]
            port = "/dev/ttyUSB2"
            pin = "0123"
            power_command = ["/usr/local/bin/modem-power", "cycle"]
            [hook]
            device = "/dev/input/by-path/platform-gpio-keys-event"
            key = "switch:2"
            lifted_when_pressed = true
            [audio]
            host = "pulseaudio"
            device = "card"
            [district]
            url = "https://xinting.example.edu.cn/"
            code = "ABCD-EFGH"
            [stick]
            device = "/dev/xinting-stick"
            [packs]
            image = "/opt/packs"
        "#;
        let config = Config::parse(Path::new("kiosk.toml"), text).unwrap();
        assert_eq!(config.hook.key.0, HookContact::Switch(2));
        assert!(config.hook.config().lifted_when_pressed);
        assert_eq!(config.audience, DefaultAudience(Audience::Primary));
        let url = config.district.url.unwrap();
        assert_eq!(
            url.join("/v1/reports"),
            "https://xinting.example.edu.cn/v1/reports"
        );
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let cases = [
            ("production = 3\n", "kiosk.toml, line 1, key production:"),
            (
                "[modem]\n\nport = 5\n",
                "kiosk.toml, line 3, key modem.port:",
            ),
            (
                "[modem]\nprot = \"/dev/x\"\n",
                "kiosk.toml, line 2, key modem.prot: unknown field `prot`, expected one of `port`,",
            ),
            (
                "[modem]\nport = \"ttyUSB2\"\n",
                "key modem.port: \"ttyUSB2\" names no port: a port is an absolute path such as /dev/ttyUSB2, or usb:",
            ),
            (
                "[modem]\nport = \"usb:2c7c\"\n",
                "key modem.port: \"usb:2c7c\" names no port: the numbers after usb:",
            ),
            (
                "[modem]\npower_command = [\"gpioset\", \"1\"]\n",
                "key modem.power_command: \"gpioset\" is no whole path; write the program and its arguments apart",
            ),
            (
                "[modem]\npower_command = []\n",
                "key modem.power_command: \"\" is no whole path",
            ),
            (
                "[hook]\ndevice = \"event3\"\n",
                "key hook.device: \"event3\" is no whole path; write one that stays",
            ),
            (
                "[hook]\nkey = 4000\n",
                "key hook.key: there is no key 4000; write a number up to 767",
            ),
            (
                "[hook]\nkey = \"phone\"\n",
                "key hook.key: \"phone\" is no contact: a contact is key:CODE",
            ),
            (
                "# first\nzone = \"Asia/Shangai\"\n",
                "line 2, key zone: there is no time zone \"Asia/Shangai\"",
            ),
            (
                "audience = \"baby\"\n",
                "key audience: there is no audience \"baby\"; write \"primary\" or",
            ),
            ("lang = \"de\"\n", "key lang: there is no language \"de\""),
            (
                "renderer = \"skia\"\n",
                "key renderer: unknown variant `skia`",
            ),
            (
                "[district]\nurl = \"http://10.0.0.1\"\n",
                "key district.url: plain http is for this machine only",
            ),
            (
                "[district]\nurl = \"10.0.0.1\"\n",
                "key district.url: \"10.0.0.1\" is no address",
            ),
            (
                "[district]\nurl = \"http://127.0.0.1@evil\"\n",
                "key district.url:",
            ),
            ("[modem\nport = 1\n", "kiosk.toml, line 1"),
            (
                "production = true\n[stick]\nfolder = \"x\"\n",
                "line 3, key stick.folder: a folder as stick",
            ),
            (
                "# no folder here\nproduction = true\n[stick]\n  folder = \"x\"\n",
                "line 4, key stick.folder: a folder as stick",
            ),
            ("[sticks]\n", "line 1, key sticks: unknown field `sticks`"),
        ];
        for (text, expected) in cases {
            let said = refused(text);
            assert!(
                said.contains(expected),
                "{text:?} said {said:?}, not {expected:?}"
            );
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in [
            "http://127.0.0.1:8620",
            "http://localhost",
            "http://[::1]:80",
            "https://a.b/c",
        ] {
            assert!(DistrictUrl::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "http://127.0.0.1.evil.cn",
            "ftp://127.0.0.1",
            "https://",
            "https://a b",
            "http://localhost.evil",
        ] {
            assert!(DistrictUrl::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_that_is_no_text_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.toml");
        std::fs::write(&path, b"# \xe4\xbd\xa0\n[modem]\nport = \"\xc4\xe3\"\n").unwrap();
        let said = Config::read(&path).unwrap_err().to_string();
        assert!(
            said.contains("kiosk.toml, line 3, key modem.port: this is not UTF-8"),
            "{said}"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Config::read(Path::new("nowhere/kiosk.toml")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "reading the configuration nowhere/kiosk.toml"
        );
    }

    #[test]
    fn a_pin_that_everybody_can_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kiosk.toml");
        let cases = [
            ("[modem]\npin = \"7391\"\n", 0o644, true),
            ("[modem]\npin = \"7391\"\n", 0o600, false),
            ("[modem]\npin = \"7391\"\n", 0o640, false),
            ("[modem]\n", 0o644, false),
        ];
        for (text, mode, noticed) in cases {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let config = Config::read(&file).unwrap();
            assert_eq!(config.shows_a_secret(&file), noticed, "{mode:o}");
        }
    }

    #[test]
    fn a_pin_is_shown_nowhere_whatever_is_written_for_it() {
        let written = [
            "\"12a4\"",
            "\"7391739173\"",
            "7391",
            "0739",
            "73.91",
            "-7391",
            "7391739173917391739173917391",
            "[7391]",
            "{ a = 7391 }",
            "2073-09-11",
            "7391x",
            "'7391",
            "\"7391",
        ];
        for pin in written {
            for text in [
                format!("[modem]\npin = {pin}\n"),
                format!("[modem]\npim = {pin}\npin = {pin}\n"),
                format!("modem = {{ pin = {pin} }}\n"),
            ] {
                let said = refused(&text);
                for digits in ["73", "12a", "91"] {
                    assert!(!said.contains(digits), "{text}: {said}");
                }
            }
        }
        assert!(
            refused("[modem]\npin = 1234\n")
                .contains("key modem.pin: a SIM PIN is written in quotes")
        );
        let good = "[modem]\npin = \"7391\"\n";
        let config = Config::parse(Path::new("kiosk.toml"), good).unwrap();
        assert!(config.modem.pin.is_some());
        assert!(!format!("{config:?}").contains("7391"));
    }
}
