//! Keys in minisign's format, and signing.
//!
//! Signatures are deterministic, as RFC 8032 describes Ed25519: the same manifest and key give the
//! same bytes, so that a build can be repeated bit for bit. (`minisign` itself mixes in random bytes;
//! its signatures verify all the same, and so do ours there.)

use crate::place;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest};
use ed25519_dalek::{Signer, SigningKey};
use minisign::{KeyPair, SecretKeyBox};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xinting_content::pack::signature;
use xinting_content::pack::{KeyError, KeyId, PublicKey};
use zeroize::Zeroizing;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read.
    #[error("reading the key {path}: {source}; check the path and who may read it")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error(
        "writing the key {path}: {source}; check that its folder is there and who may write in it"
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is a file already.
    #[error("{0} is there already; choose another name, a key is never overwritten")]
    Exists(PathBuf),
    /// The secret key is not one, or its password is wrong.
    #[error("opening the secret key {path}: {reason}; check the file and the password")]
    Secret {
        /// The file.
        path: PathBuf,
        /// minisign's words.
        reason: String,
    },
    /// The public half was named where the secret one is needed.
    #[error(
        "{0} is the public half of a key, which signs nothing; name the secret half, the file ending in .key"
    )]
    PublicHalf(PathBuf),
    /// Nobody can be asked for a password.
    #[error(
        "there is no terminal on which to ask for the key's password; write it into the first line of a \
         file that only you can read, and name it with --password-file"
    )]
    NoTerminal,
    /// The public key is not one.
    #[error("opening the public key {path}")]
    Public {
        /// The file.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
    /// No key could be made.
    #[error("making a key: {0}")]
    Make(String),
}

/// A key that signs packs.
pub struct SigningPair {
    id: KeyId,
    key: SigningKey,
}

/// Where the parts lie in the bytes of a minisign secret key.
const DERIVATION: std::ops::Range<usize> = 2..4;
const KEY_ID: std::ops::Range<usize> = 54..62;
const SEED: std::ops::Range<usize> = 62..94;
const PUBLIC: std::ops::Range<usize> = 94..126;

/// The bytes of a public key file: what it is for, its name, the key.
const PUBLIC_FILE_BYTES: usize = 2 + 8 + 32;

impl SigningPair {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let seed = Zeroizing::new(<[u8; 32]>::try_from(bytes.get(SEED)?).ok()?);
        let id = <[u8; 8]>::try_from(bytes.get(KEY_ID)?).ok()?;
        let key = SigningKey::from_bytes(&seed);
        (key.verifying_key().as_bytes() == bytes.get(PUBLIC)?).then(|| Self { id: KeyId(id), key })
    }

    /// Opens a secret key file. For an encrypted one the password is taken from `password`, or asked
    /// for on the terminal.
    ///
    /// # Errors
    /// [`KeyFileError::Read`] and [`KeyFileError::Secret`].
    pub fn open(path: &Path, password: Option<String>) -> Result<Self, KeyFileError> {
        let text = std::fs::read_to_string(path).map_err(|source| KeyFileError::Read {
            path: path.to_owned(),
            source,
        })?;
        let refused = |reason: &str| KeyFileError::Secret {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let line = text.lines().nth(1).unwrap_or_default();
        let bytes = Zeroizing::new(
            STANDARD
                .decode(line)
                .map_err(|_| refused("it is not base64"))?,
        );
        if bytes.len() == PUBLIC_FILE_BYTES {
            return Err(KeyFileError::PublicHalf(path.to_owned()));
        }
        let opened = match bytes.get(DERIVATION) {
            // The crate wants a checksum that stock minisign leaves out of unencrypted keys; the
            // public half in the key is a better one.
            Some([0, 0]) => Self::from_bytes(&bytes),
            None => return Err(refused("it is incomplete or damaged")),
            Some(_) => {
                if password.is_none() {
                    somebody_to_ask()?;
                }
                let secret = SecretKeyBox::from(text.clone()).into_secret_key(password);
                let secret = secret.map_err(|error| refused(&error.to_string()))?;
                Self::from_bytes(&Zeroizing::new(secret.to_bytes()))
            }
        };
        opened.ok_or_else(|| refused("it is incomplete or damaged"))
    }

    /// A key that lives in memory only and is forgotten with it: for a preview.
    ///
    /// # Errors
    /// [`KeyFileError::Make`], where the system gives no random bytes.
    pub fn throw_away() -> Result<Self, KeyFileError> {
        let pair = unencrypted()?;
        let bytes = Zeroizing::new(pair.sk.to_bytes());
        Self::from_bytes(&bytes).ok_or_else(|| KeyFileError::Make("it is incomplete".to_owned()))
    }

    /// The clone's development key, made on first use; its public half lies beside it.
    ///
    /// # Errors
    /// [`KeyFileError`], if the folder cannot be written or the key in it is broken.
    pub fn development(clone: &Path) -> Result<Self, KeyFileError> {
        let folder = place::dev_folder(clone);
        let path = development_key(clone);
        if !path.exists() {
            let written = std::fs::create_dir_all(&folder).map_err(|source| KeyFileError::Write {
                path: folder.clone(),
                source,
            });
            written?;
            // Two builds may start at once: one key wins, and both then read it.
            write_pair(
                &folder.join("pack"),
                &unencrypted()?,
                "development key of a clone",
            )
            .or_else(|error| match error {
                KeyFileError::Exists(_) => Ok(()),
                other => Err(other),
            })?;
        }
        let pair = Self::open(&path, None)?;
        let public = development_public(clone);
        if std::fs::read_to_string(&public).ok().as_deref() != Some(pair.public_text().as_str()) {
            let written = place::write_whole(&public, pair.public_text().as_bytes());
            written.map_err(|source| KeyFileError::Write {
                path: public,
                source,
            })?;
        }
        Ok(pair)
    }

    /// The public half as minisign writes it.
    pub fn public_text(&self) -> String {
        let mut bytes = b"Ed".to_vec();
        bytes.extend(self.id.0);
        bytes.extend(self.key.verifying_key().as_bytes());
        // Writing goes through the reader's own crate, so that both agree on every character.
        minisign::PublicKey::from_bytes(&bytes)
            .and_then(|key| key.to_box())
            .map(|text| text.to_string())
            .unwrap_or_default()
    }

    /// The public half.
    ///
    /// # Errors
    /// [`KeyError`], which a key that was opened never gives.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        PublicKey::parse(&self.public_text())
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The signature file over a manifest, with the trusted comment for this pack and version.
    pub fn sign(&self, manifest: &[u8], pack: &str, version: u64) -> String {
        self.sign_as(manifest, &signature::trusted_comment(pack, version))
    }

    /// The signature file over any signed document, with this trusted comment.
    pub fn sign_as(&self, document: &[u8], comment: &str) -> String {
        let signed = self.key.sign(&Blake2b512::digest(document)).to_bytes();
        let global = self.key.sign(&[&signed[..], comment.as_bytes()].concat());
        signature::text(self.id, &signed, comment, &global.to_bytes())
    }
}

/// The development key's secret half.
pub fn development_key(clone: &Path) -> PathBuf {
    place::dev_folder(clone).join("pack.key")
}

/// The development key's public half.
pub fn development_public(clone: &Path) -> PathBuf {
    place::dev_folder(clone).join("pack.pub")
}

/// Opens a public key file.
///
/// # Errors
/// [`KeyFileError::Read`] and [`KeyFileError::Public`].
pub fn open_public(path: &Path) -> Result<PublicKey, KeyFileError> {
    let path = path.to_owned();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(KeyFileError::Read { path, source }),
    };
    PublicKey::parse(&text).map_err(|source| KeyFileError::Public { path, source })
}

/// How a new secret key is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// By a password asked for on the terminal.
    Ask,
    /// By this password.
    Password(String),
    /// Not at all.
    None,
}

/// Sees that there is a terminal to ask for a password on.
fn somebody_to_ask() -> Result<(), KeyFileError> {
    std::fs::File::open("/dev/tty")
        .map(drop)
        .map_err(|_| KeyFileError::NoTerminal)
}

/// The path and name of a pair as somebody may write it: an ending `.key` or `.pub` is not part of it.
/// `None` if there is no name, or none but a folder's.
pub fn stem(name: &Path) -> Option<PathBuf> {
    let bytes = name.as_os_str().as_bytes();
    let bytes = [&b".key"[..], b".pub"]
        .iter()
        .find_map(|end| bytes.strip_suffix(*end))
        .unwrap_or(bytes);
    let last = bytes.rsplit(|byte| *byte == b'/').next()?;
    let named = ![&b""[..], b".", b".."].contains(&last);
    named.then(|| PathBuf::from(OsStr::from_bytes(bytes)))
}

/// Makes a key pair: `<stem>.key` and `<stem>.pub`.
///
/// # Errors
/// [`KeyFileError`]; nothing is ever overwritten.
pub fn generate(stem: &Path, protection: Protection) -> Result<PublicKey, KeyFileError> {
    for end in ["key", "pub"] {
        let path = with_end(stem, end);
        if path.symlink_metadata().is_ok() {
            return Err(KeyFileError::Exists(path));
        }
    }
    let made = match protection {
        Protection::None => return pair_written(stem, &unencrypted()?),
        Protection::Ask => {
            somebody_to_ask()?;
            KeyPair::generate_encrypted_keypair(None)
        }
        Protection::Password(password) => KeyPair::generate_encrypted_keypair(Some(password)),
    };
    pair_written(
        stem,
        &made.map_err(|error| KeyFileError::Make(error.to_string()))?,
    )
}

fn pair_written(stem: &Path, pair: &KeyPair) -> Result<PublicKey, KeyFileError> {
    write_pair(stem, pair, "signs packs; keep it secret")?;
    open_public(&with_end(stem, "pub"))
}

fn unencrypted() -> Result<KeyPair, KeyFileError> {
    KeyPair::generate_unencrypted_keypair().map_err(|error| KeyFileError::Make(error.to_string()))
}

fn write_pair(stem: &Path, pair: &KeyPair, comment: &str) -> Result<(), KeyFileError> {
    let made = |error: minisign::PError| KeyFileError::Make(error.to_string());
    let secret = Zeroizing::new(pair.sk.to_box(Some(comment)).map_err(made)?.to_string());
    let public = pair.pk.to_box().map_err(made)?.to_string();
    let path = with_end(stem, "key");
    match place::write_secret(&path, secret.as_bytes()) {
        Ok(true) => {}
        Ok(false) => return Err(KeyFileError::Exists(path)),
        Err(source) => return Err(KeyFileError::Write { path, source }),
    }
    let path = with_end(stem, "pub");
    place::write_whole(&path, public.as_bytes())
        .map_err(|source| KeyFileError::Write { path, source })
}

/// `stem` may hold dots of its own, so nothing of it is replaced.
fn with_end(stem: &Path, end: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}
