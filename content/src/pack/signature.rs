//! Signatures in minisign's format, held to one spelling so that no byte of them is free.
//!
//! Verification is `minisign-verify`'s; here are the exact text around it and the names of keys. Only
//! prehashed signatures (`ED`) are accepted, as `minisign` has made by default since 0.10.

use super::MANIFEST;
use super::head::HeadError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;

/// The first line of every signature, of documents too. Constant, because it is not signed.
pub const UNTRUSTED_COMMENT: &str = "untrusted comment: signature of a xinting pack";

/// Longest signature text, in bytes.
pub(crate) const LONGEST_SIGNATURE: u32 = 1_024;

/// The name of signature number `number` of a pack, counted from 1.
pub fn file_name(number: usize) -> String {
    file_name_of(MANIFEST, number)
}

/// The name of signature number `number`, counted from 1, of what is called `signed`.
pub fn file_name_of(signed: &str, number: usize) -> String {
    match number {
        1 => format!("{signed}.minisig"),
        _ => format!("{signed}.{number}.minisig"),
    }
}

/// The trusted comment on a pack: which pack and version is signed.
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

impl KeyId {
    /// Reads what is displayed: 16 upper-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<KeyId> {
        let id = KeyId(u64::from_str_radix(text, 16).ok()?.to_le_bytes());
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for KeyId {
    /// As minisign prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// The y-coordinates, little-endian, of the points of Ed25519 of small order, in every encoding (the last
/// two are 0 and 1 again, beyond the prime). A signature for such a key needs no private one.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    spread(1, 0, 0),
    spread(0xec, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    spread(0xed, 0xff, 0x7f),
    spread(0xee, 0xff, 0x7f),
];

const fn spread(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut bytes = [between; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
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
    /// Anybody could sign for it.
    #[error(
        "reading a public key: signatures for this key can be made without its private half; take one \
         that xinting-pack keygen made"
    )]
    Weak,
}

/// A key that may be trusted. Two are equal if their 32 bytes are, whatever they are called.
#[derive(Clone)]
pub struct PublicKey {
    id: KeyId,
    bytes: [u8; 32],
    key: minisign_verify::PublicKey,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Reads a `.pub` file (a comment line and a line of base64), or the line of base64 alone.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("untrusted comment:"))
            .ok_or(KeyError::Format)?;
        let raw = STANDARD.decode(line).map_err(|_| KeyError::Format)?;
        let key = minisign_verify::PublicKey::from_base64(line).map_err(|_| KeyError::Format)?;
        let (id, bytes) = raw
            .get(2..)
            .and_then(|rest| rest.split_first_chunk::<8>())
            .ok_or(KeyError::Format)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyError::Format)?;
        let mut y = bytes;
        y[31] &= 0x7f; // The highest bit is the sign of x.
        if SMALL_ORDER.contains(&y) {
            return Err(KeyError::Weak);
        }
        let id = KeyId(*id);
        Ok(PublicKey { id, bytes, key })
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The line of base64 that stands in its `.pub` file, in the one spelling there is.
    pub fn to_base64(&self) -> String {
        let mut raw = b"Ed".to_vec();
        raw.extend(self.id.0);
        raw.extend(self.bytes);
        STANDARD.encode(raw)
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// What two people compare before one of them trusts it: the first 8 groups of 4 hexadecimal digits
    /// of the SHA-256 of the key's 32 bytes.
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.bytes);
        let groups = hash.chunks_exact(2).take(8);
        let groups: Vec<String> = groups
            .map(|g| format!("{:02x}{:02x}", g[0], g[1]))
            .collect();
        groups.join(" ")
    }
}

/// One signature text, written as it must be; not verified yet.
pub(crate) struct Written<'a> {
    pub(crate) key: KeyId,
    pub(crate) comment: &'a str,
    signature: minisign_verify::Signature,
}

impl<'a> Written<'a> {
    pub(crate) fn read(text: &'a [u8]) -> Result<Written<'a>, HeadError> {
        let malformed = || HeadError::Altered("the signature is not written as one".to_owned());
        let text = std::str::from_utf8(text).map_err(|_| malformed())?;
        let parts = Parts::read(text).ok_or_else(malformed)?;
        // Writing it again must give the same bytes: then no byte can be changed unseen.
        let again = self::text(parts.key, &parts.signature, parts.comment, &parts.global);
        if again != text {
            return Err(malformed());
        }
        let signature = minisign_verify::Signature::decode(text).map_err(|_| malformed())?;
        Ok(Written {
            key: parts.key,
            comment: parts.comment,
            signature,
        })
    }

    /// Which of `keys` made it over `signed`. None of its id means a stranger; none that fits, that
    /// something has been altered.
    pub(crate) fn verify<'k>(
        &self,
        signed: &[u8],
        keys: impl Iterator<Item = &'k PublicKey>,
    ) -> Result<&'k PublicKey, HeadError> {
        let mut known = keys.filter(|key| key.id == self.key).peekable();
        if known.peek().is_none() {
            return Err(HeadError::Stranger(self.key));
        }
        known
            .find(|key| key.key.verify(signed, &self.signature, false).is_ok())
            .ok_or_else(|| {
                HeadError::Altered("the signature does not fit what it signs".to_owned())
            })
    }
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
