//! A root key on its way to a booth, and the fingerprint by which two people make
//! sure that it is the right one. Whether it is trusted is the booth's to say.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::signature::{PublicKey, SignatureError};

/// The algorithm of a minisign key.
const ALGORITHM: &[u8; 2] = b"Ed";
/// Algorithm, key id and key.
const RAW_LEN: usize = 2 + 8 + PublicKey::LEN;

/// A public key in minisign's format: the line of base64 of a `.pub` file, in the
/// one spelling there is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RootKey {
    line: String,
    key: [u8; PublicKey::LEN],
}

impl RootKey {
    /// Reads a `.pub` file (a comment line and a line of base64), or the line alone.
    ///
    /// # Errors
    /// [`SignatureError::Encoding`] or [`SignatureError::WeakKey`].
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let refused = SignatureError::Encoding { expected: RAW_LEN };
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("untrusted comment:"))
            .ok_or(refused)?;
        // Longer text cannot be right, and is not worth decoding.
        if line.len() != RAW_LEN.div_ceil(3) * 4 {
            return Err(refused);
        }
        let raw = STANDARD.decode(line).map_err(|_| refused)?;
        let key = raw
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.get(8..))
            .and_then(|key| key.try_into().ok())
            .ok_or(refused)?;
        PublicKey::from_bytes(&key)?;
        Ok(Self {
            line: line.to_owned(),
            key,
        })
    }

    /// The line of base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.line
    }

    /// What two people compare, perhaps by telephone: the first 8 groups of 4
    /// hexadecimal digits of the SHA-256 of the key's 32 bytes.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.key);
        let groups: Vec<String> = hash
            .chunks_exact(2)
            .take(8)
            .map(|group| format!("{:02x}{:02x}", group[0], group[1]))
            .collect();
        groups.join(" ")
    }
}

impl TryFrom<String> for RootKey {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        Self::parse(&text)
    }
}

impl From<RootKey> for String {
    fn from(key: RootKey) -> Self {
        key.line
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.line)
    }
}
