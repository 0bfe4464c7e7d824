//! Ed25519 over raw bytes with a domain in front, so that a signature made for
//! one purpose is worth nothing for another. Keeps and makes no keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// Why a key or signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The text is not base64 of the right length.
    #[error("expected padded base64 of {expected} bytes")]
    Encoding {
        /// How many bytes the text should stand for.
        expected: usize,
    },
    /// The 32 bytes are not a point of the curve, or a weak one.
    #[error("the public key is not a usable Ed25519 key")]
    WeakKey,
    /// The signature does not fit key, domain and body.
    #[error("the signature does not fit the body")]
    Mismatch,
}

/// What is being signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// The body of a report.
    Report,
    /// The body of an enrolment request.
    Enrol,
}

impl Domain {
    /// The bytes that stand before the body when it is signed.
    #[must_use]
    pub const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Report => b"xinting report v1\n",
            Self::Enrol => b"xinting enrol v1\n",
        }
    }

    fn message(self, body: &[u8]) -> Vec<u8> {
        [self.prefix(), body].concat()
    }
}

/// Signs `body` for `domain`.
#[must_use]
pub fn sign(key: &SigningKey, domain: Domain, body: &[u8]) -> Signature {
    Signature(key.sign(&domain.message(body)).to_bytes())
}

/// SHA-256 of a body: two reports with one key are the same report exactly when
/// this is equal.
#[must_use]
pub fn body_hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// A booth's public key. Always a usable point: weak keys are refused on entry.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Takes the 32 bytes of a key.
    ///
    /// # Errors
    /// [`SignatureError::WeakKey`] if they are not a usable key.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, SignatureError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| SignatureError::WeakKey)?;
        if key.is_weak() {
            return Err(SignatureError::WeakKey);
        }
        Ok(Self(key))
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        self.0.as_bytes()
    }

    /// Reads padded base64.
    ///
    /// # Errors
    /// [`SignatureError::Encoding`] or [`SignatureError::WeakKey`].
    pub fn from_base64(text: &str) -> Result<Self, SignatureError> {
        Self::from_bytes(&decode(text)?)
    }

    /// Padded base64, 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }

    /// Checks that `signature` was made by this key for `domain` over `body`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] if not.
    pub fn verify(
        &self,
        domain: Domain,
        body: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0
            .verify_strict(&domain.message(body), &signature)
            .map_err(|_| SignatureError::Mismatch)
    }
}

impl From<&SigningKey> for PublicKey {
    fn from(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }
}

impl TryFrom<String> for PublicKey {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        Self::from_base64(&text)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_base64()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_base64())
    }
}

/// The 64 bytes of a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Takes the 64 bytes; whether they fit anything is for
    /// [`PublicKey::verify`] to say.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Reads padded base64.
    ///
    /// # Errors
    /// [`SignatureError::Encoding`] if it is anything else.
    pub fn from_base64(text: &str) -> Result<Self, SignatureError> {
        Ok(Self(decode(text)?))
    }

    /// Padded base64, 88 characters: the value of the signature header.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.to_base64())
    }
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], SignatureError> {
    let refused = SignatureError::Encoding { expected: N };
    // Longer text cannot be right, and is not worth decoding.
    if text.len() > N.div_ceil(3) * 4 {
        return Err(refused);
    }
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(refused)
}
