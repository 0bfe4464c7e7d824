//! The manifest: what the pack says about itself and about each of its files.
//!
//! Its bytes are what is signed. The domain string comes first, so that a signature over a manifest
//! can never be taken for one over anything else.

use super::archive::{LONGEST_NAME, Member, Method};
use super::{LARGEST_PACK_BYTES, MOST_ENTRIES, MOST_TEXT_BYTES, PackError};
use crate::id::PackId;
use crate::layer::{LARGEST_TEXT_BYTES, PackInfo, PackKind, app_version};
use crate::text::{Audience, Lang, Text, is_one_line};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What every manifest begins with.
pub const DOMAIN: &str = "xinting-pack-manifest";

/// The only format there is so far.
pub const FORMAT: u32 = 1;

/// The version of the app that reads packs, against which `minimum_app` is held.
const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Longest title, in characters.
pub(crate) const LONGEST_TITLE: usize = 200;

/// Endings of files kept deflated; all others are stored, so that they can be read in place.
const TEXT_ENDINGS: [&str; 3] = [".toml", ".md", ".vtt"];

/// Longest file in the ZIP that is stored, in bytes: a sound is read whole before it is played.
pub const LARGEST_FILE_BYTES: u32 = 256 << 20;

/// Longest file in the ZIP that is deflated, in bytes: what does not shrink grows by a few bytes only.
const LARGEST_DEFLATED_BYTES: u32 = LARGEST_TEXT_BYTES as u32 + (64 << 10);

/// Compression level of the deflated files. Part of what makes a build reproducible.
const DEFLATE_LEVEL: u8 = 9;

/// A manifest that keeps all the rules below.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// What the pack says about itself; the same as its `pack.toml` says.
    pub info: PackInfo,
    /// Every file, sorted by name.
    pub entries: Vec<Entry>,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What the ZIP says about it.
    pub member: Member,
    /// SHA-256 of the stored bytes.
    pub sha256: [u8; 32],
    /// The gain that brings a sound to the common loudness, in dB, -60 to 0; exactly what [`is_sound`] has
    /// one.
    pub gain_db: Option<f32>,
}

impl Entry {
    /// Packs one file: gives its entry and the bytes to store. `None` if it is too large for a pack.
    pub fn pack(name: &str, bytes: &[u8], gain_db: Option<f32>) -> Option<(Entry, Vec<u8>)> {
        let size = u32::try_from(bytes.len()).ok()?;
        let (method, stored) = match method_of(name) {
            Method::Stored => (Method::Stored, bytes.to_vec()),
            Method::Deflated => (
                Method::Deflated,
                miniz_oxide::deflate::compress_to_vec(bytes, DEFLATE_LEVEL),
            ),
        };
        let entry = Entry {
            member: Member {
                name: name.to_owned(),
                method,
                crc32: crc32fast::hash(bytes),
                stored_size: u32::try_from(stored.len()).ok()?,
                size,
            },
            sha256: Sha256::digest(&stored).into(),
            // Tenths of a decibel: nobody hears less, and the text stays short and exact.
            gain_db: gain_db.map(|gain| (gain * 10.0).round() / 10.0),
        };
        Some((entry, stored))
    }
}

fn method_of(name: &str) -> Method {
    if TEXT_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        Method::Deflated
    } else {
        Method::Stored
    }
}

#[derive(Deserialize)]
struct RawHead {
    domain: String,
    format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    domain: String,
    format: u32,
    id: String,
    kind: String,
    publisher: String,
    version: u64,
    release: String,
    title: RawTitle,
    languages: Vec<String>,
    audiences: Vec<String>,
    sample: bool,
    minimum_app: String,
    files: Vec<RawEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTitle {
    #[serde(rename = "zh-CN")]
    zh: String,
    en: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    path: String,
    method: String,
    stored_size: u32,
    size: u32,
    crc32: String,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    gain_db: Option<f32>,
}

impl Manifest {
    /// The bytes to be signed: the same manifest always gives the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let info = &self.info;
        let raw = RawManifest {
            domain: DOMAIN.to_owned(),
            format: FORMAT,
            id: info.id.as_str().to_owned(),
            kind: info.kind.name().to_owned(),
            publisher: info.publisher.clone(),
            version: info.version,
            release: info.release.clone(),
            title: RawTitle {
                zh: info.title.get(Lang::ZhCn).to_owned(),
                en: info.title.get(Lang::En).to_owned(),
            },
            languages: info.languages.iter().map(|l| l.tag().to_owned()).collect(),
            audiences: info.audiences.iter().map(|a| a.name().to_owned()).collect(),
            sample: info.sample,
            minimum_app: info.minimum_app.clone(),
            files: self.entries.iter().map(RawEntry::from).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&raw)
            .expect("invariant: strings and numbers always become JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Reads the bytes of a manifest whose signature has been verified.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Manifest, PackError> {
        let bad = |what: String| PackError::BadlyMade { what };
        let head: RawHead = serde_json::from_slice(bytes)
            .map_err(|error| bad(format!("its manifest cannot be read ({error})")))?;
        if head.domain != DOMAIN {
            return Err(bad(
                "what was signed is not the manifest of a pack".to_owned()
            ));
        }
        if head.format != FORMAT {
            let needs = format!(
                "it is of format {}, and this app reads {FORMAT}",
                head.format
            );
            return Err(PackError::Newer { needs });
        }
        let raw: RawManifest = serde_json::from_slice(bytes)
            .map_err(|error| bad(format!("its manifest cannot be read ({error})")))?;
        let domain_first = bytes
            .iter()
            .position(|&byte| byte == b'"')
            .is_some_and(|at| bytes[at..].starts_with(b"\"domain\""));
        if !domain_first {
            return Err(bad("its manifest does not begin with the domain".to_owned()));
        }
        let entries = raw
            .files
            .iter()
            .map(Entry::from_raw)
            .collect::<Result<Vec<Entry>, PackError>>()?;
        check_entries(&entries)?;
        let info = info(raw)?;
        check_app(&info.minimum_app)?;
        Ok(Manifest { info, entries })
    }
}

fn info(raw: RawManifest) -> Result<PackInfo, PackError> {
    let bad = |key: &str| PackError::BadlyMade {
        what: format!("its manifest has no proper `{key}`"),
    };
    let audiences: Option<Vec<Audience>> = raw
        .audiences
        .iter()
        .map(|n| Audience::from_name(n))
        .collect();
    let languages: Option<Vec<Lang>> = raw.languages.iter().map(|t| Lang::from_tag(t)).collect();
    Ok(PackInfo {
        id: PackId::new(&raw.id).ok_or_else(|| bad("id"))?,
        kind: PackKind::from_name(&raw.kind).ok_or_else(|| bad("kind"))?,
        publisher: PackId::new(&raw.publisher)
            .map(|id| id.as_str().to_owned())
            .ok_or_else(|| bad("publisher"))?,
        version: raw.version,
        release: Some(raw.release)
            .filter(|release| is_one_line(release, LONGEST_NAME))
            .ok_or_else(|| bad("release"))?,
        title: Text::new(raw.title.zh, raw.title.en)
            .filter(is_title)
            .ok_or_else(|| bad("title"))?,
        languages: languages.ok_or_else(|| bad("languages"))?,
        audiences: audiences.ok_or_else(|| bad("audiences"))?,
        sample: raw.sample,
        minimum_app: raw.minimum_app,
    })
}

/// Whether this can be the title of a pack: it is shown before the pack's content has been checked.
pub(crate) fn is_title(title: &Text) -> bool {
    [Lang::ZhCn, Lang::En]
        .iter()
        .all(|lang| is_one_line(title.get(*lang), LONGEST_TITLE))
}

fn check_app(minimum: &str) -> Result<(), PackError> {
    let bad = || PackError::BadlyMade {
        what: "its manifest has no proper `minimum_app`".to_owned(),
    };
    let needed = app_version(minimum).ok_or_else(bad)?;
    let own = app_version(APP_VERSION).ok_or_else(bad)?;
    if needed > own {
        let needs = format!("version {minimum}, and this is {APP_VERSION}");
        return Err(PackError::Newer { needs });
    }
    Ok(())
}

impl From<&Entry> for RawEntry {
    fn from(entry: &Entry) -> Self {
        let member = &entry.member;
        RawEntry {
            path: member.name.clone(),
            method: match member.method {
                Method::Stored => "stored".to_owned(),
                Method::Deflated => "deflated".to_owned(),
            },
            stored_size: member.stored_size,
            size: member.size,
            crc32: format!("{:08x}", member.crc32),
            sha256: entry
                .sha256
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            gain_db: entry.gain_db,
        }
    }
}

impl Entry {
    fn from_raw(raw: &RawEntry) -> Result<Entry, PackError> {
        let bad = |what: &str| PackError::BadlyMade {
            what: format!("{what} of “{}” in its manifest", raw.path.escape_default()),
        };
        let method = method_of(&raw.path);
        let named = match method {
            Method::Stored => "stored",
            Method::Deflated => "deflated",
        };
        if !is_path(&raw.path) {
            return Err(bad("the path"));
        }
        if raw.method != named {
            return Err(bad("the method"));
        }
        let too_large = method == Method::Deflated && raw.size as usize > LARGEST_TEXT_BYTES;
        let uneven = method == Method::Stored && raw.size != raw.stored_size;
        // Each is read whole before it is shown or played.
        let most = match method {
            Method::Stored => LARGEST_FILE_BYTES,
            Method::Deflated => LARGEST_DEFLATED_BYTES,
        };
        if too_large || uneven || raw.stored_size > most {
            return Err(bad("the size"));
        }
        let crc32 = hex::<4>(&raw.crc32).ok_or_else(|| bad("the crc32"))?;
        // A sound without one would be played as loud as it was recorded.
        let gain_fits = match raw.gain_db {
            Some(gain) => is_sound(&raw.path) && (-60.0..=0.0).contains(&gain),
            None => !is_sound(&raw.path),
        };
        if !gain_fits {
            return Err(bad("the gain_db"));
        }
        Ok(Entry {
            member: Member {
                name: raw.path.clone(),
                method,
                crc32: u32::from_be_bytes(crc32),
                stored_size: raw.stored_size,
                size: raw.size,
            },
            sha256: hex::<32>(&raw.sha256).ok_or_else(|| bad("the sha256"))?,
            gain_db: raw.gain_db,
        })
    }
}

/// Lower-case hexadecimal of exactly `N` bytes.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != 2 * N || !text.bytes().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Whether a file of this name is a sound, which carries the gain that was measured for it.
pub fn is_sound(path: &str) -> bool {
    path.starts_with("sounds/")
}

/// Whether a name may stand in a pack: segments of letters, digits, `-`, `_` and `.`, none hidden.
pub fn is_path(path: &str) -> bool {
    let segment = |segment: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain)
    };
    path.len() <= LONGEST_NAME && path.split('/').all(segment) && !path.starts_with("manifest.json")
}

fn check_entries(entries: &[Entry]) -> Result<(), PackError> {
    let bad = |what: &str| PackError::BadlyMade {
        what: what.to_owned(),
    };
    if entries.len() > MOST_ENTRIES {
        let what = format!("{} files, and {MOST_ENTRIES} are the most", entries.len());
        return Err(PackError::TooLarge { what });
    }
    let sorted = entries
        .windows(2)
        .all(|pair| pair[0].member.name < pair[1].member.name);
    if !sorted {
        return Err(bad("its manifest is not in order, or names a file twice"));
    }
    let mut folded: Vec<String> = entries
        .iter()
        .map(|entry| entry.member.name.to_ascii_lowercase())
        .collect();
    folded.sort_unstable();
    if folded.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(bad("two of its files differ only in upper and lower case"));
    }
    let total: u64 = entries
        .iter()
        .map(|e| u64::from(e.member.size) + u64::from(e.member.stored_size))
        .sum();
    if total > 2 * LARGEST_PACK_BYTES {
        let what = format!("{total} bytes in all");
        return Err(PackError::TooLarge { what });
    }
    let texts = entries
        .iter()
        .filter(|e| e.member.method == Method::Deflated);
    let texts: u64 = texts.map(|e| u64::from(e.member.size)).sum();
    if texts > MOST_TEXT_BYTES {
        let what = format!("{texts} bytes of text, and {MOST_TEXT_BYTES} are the most");
        return Err(PackError::TooLarge { what });
    }
    Ok(())
}
