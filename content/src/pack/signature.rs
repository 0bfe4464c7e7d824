//! Signatures in minisign's format, held to one spelling so that no byte of them is free.
//!
//! Verification is `minisign-verify`'s; here are the exact text around it and the names of keys. Only
//! prehashed signatures (`ED`) are accepted, as `minisign` has made by default since 0.10.

use super::PackError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The first line of every signature of a pack. Constant, because it is not signed.
pub const UNTRUSTED_COMMENT: &str = "untrusted comment: signature of a xinting pack";

/// Longest signature text, in bytes.
pub(crate) const LONGEST_SIGNATURE: u32 = 1_024;

/// The name of signature number `number`, counted from 1.
pub fn file_name(number: usize) -> String {
    match number {
        1 => "manifest.json.minisig".to_owned(),
        _ => format!("manifest.json.{number}.minisig"),
    }
}

/// The trusted comment: which pack and version is signed.
pub fn trusted_comment(id: &str, version: u64) -> String {
    format!("pack {id} version {version}")
}

/// The text of a signature file. `signature` is over BLAKE2b-512 of the manifest, `global` over
/// `signature` followed by the trusted comment.
pub fn text(key: KeyId, signature: &[u8; 64], comment: &str, global: &[u8; 64]) -> String {
    let mut first = b"ED".to_vec();
    first.extend(key.0);
    first.extend(signature);
    format!(
        "{UNTRUSTED_COMMENT}\n{}\ntrusted comment: {comment}\n{}\n",
        STANDARD.encode(first),
        STANDARD.encode(global),
    )
}

/// Eight bytes that name a key. No secret and no proof: only for finding the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    /// As minisign prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// Why a public key cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not minisign's.
    #[error(
        "reading a public key: this is not minisign's format; take the .pub file that \
         xinting-pack keygen wrote"
    )]
    Format,
}

/// A key that may be trusted.
#[derive(Debug, Clone)]
pub struct PublicKey {
    id: KeyId,
    key: minisign_verify::PublicKey,
}

impl PublicKey {
    /// Reads a `.pub` file (a comment line and a line of base64), or the line of base64 alone.
    ///
    /// # Errors
    /// [`KeyError::Format`].
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("untrusted comment:"))
            .ok_or(KeyError::Format)?;
        let bytes = STANDARD.decode(line).map_err(|_| KeyError::Format)?;
        let id = bytes
            .get(2..10)
            .and_then(|id| id.first_chunk::<8>())
            .ok_or(KeyError::Format)?;
        let key = minisign_verify::PublicKey::from_base64(line).map_err(|_| KeyError::Format)?;
        Ok(PublicKey {
            id: KeyId(*id),
            key,
        })
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

/// Verifies one signature text over the manifest; gives its key and trusted comment.
pub(crate) fn verify(
    text: &[u8],
    manifest: &[u8],
    keys: &[PublicKey],
) -> Result<(KeyId, String), PackError> {
    let altered = |what: &str| PackError::Altered {
        what: format!("the signature {what}"),
    };
    let malformed = || altered("is not written as one");
    let text = std::str::from_utf8(text).map_err(|_| malformed())?;
    let parts = Parts::read(text).ok_or_else(malformed)?;
    // Writing it again must give the same bytes: then no byte can be changed unseen.
    let again = self::text(parts.key, &parts.signature, parts.comment, &parts.global);
    if again != text {
        return Err(malformed());
    }
    let known: Vec<&PublicKey> = keys.iter().filter(|key| key.id == parts.key).collect();
    if known.is_empty() {
        return Err(PackError::Stranger { key: parts.key });
    }
    let signature = minisign_verify::Signature::decode(text).map_err(|_| malformed())?;
    let verifies = |key: &&PublicKey| key.key.verify(manifest, &signature, false).is_ok();
    if !known.iter().any(verifies) {
        return Err(altered("does not fit the manifest"));
    }
    Ok((parts.key, parts.comment.to_owned()))
}

struct Parts<'a> {
    key: KeyId,
    signature: [u8; 64],
    comment: &'a str,
    global: [u8; 64],
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Parts<'a>> {
        let mut lines = text.lines();
        (lines.next()? == UNTRUSTED_COMMENT).then_some(())?;
        let first = STANDARD.decode(lines.next()?).ok()?;
        let comment = lines.next()?.strip_prefix("trusted comment: ")?;
        let global = STANDARD.decode(lines.next()?).ok()?;
        let (algorithm, rest) = first.split_first_chunk::<2>()?;
        let (key, signature) = rest.split_first_chunk::<8>()?;
        (algorithm == b"ED").then_some(())?;
        Some(Parts {
            key: KeyId(*key),
            signature: signature.try_into().ok()?,
            comment,
            global: global.try_into().ok()?,
        })
    }
}
