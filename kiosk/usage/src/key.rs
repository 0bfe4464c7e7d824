//! The booth's key. Made once at first start, kept by the caller, never shown.

use std::fmt;

use ed25519_dalek::SigningKey;
use thiserror::Error;
use xinting_wire::{Domain, ENROL_VERSION, EnrolError, EnrolRequest, PublicKey, Signature, sign};
use zeroize::Zeroizing;

/// Why there is no key or no request.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The operating system gave no random bytes.
    #[error("the system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
    /// The code cannot be sent.
    #[error("the enrolment code cannot be sent")]
    Enrol(#[source] EnrolError),
}

/// The Ed25519 key with which a booth signs. Wiped from memory when dropped.
pub struct BoothKey(SigningKey);

impl BoothKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(KeyError::Randomness)?;
        Ok(Self::from_seed(&seed))
    }

    /// The key that belongs to a stored seed. Any 32 bytes are a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for the booth's own store and nothing else.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::from(&self.0)
    }

    /// The signed request that trades a code for a booth id. Sending it again
    /// gives the same id, so an answer that got lost costs nothing.
    ///
    /// # Errors
    /// [`KeyError::Enrol`] if the code cannot be one.
    pub fn enrol(&self, code: &str) -> Result<SignedEnrolment, KeyError> {
        self.enrol_in(ENROL_VERSION, code)
    }

    /// The same in an earlier version of the interface, for a district that does
    /// not understand the latest.
    ///
    /// # Errors
    /// [`KeyError::Enrol`] if the code cannot be one, or there is no such version.
    pub fn enrol_in(&self, version: u32, code: &str) -> Result<SignedEnrolment, KeyError> {
        let body = EnrolRequest::in_version(version, code, self.public())
            .encode()
            .map_err(KeyError::Enrol)?;
        let signature = sign(&self.0, Domain::Enrol, &body).to_base64();
        Ok(SignedEnrolment { body, signature })
    }

    pub(crate) fn sign_report(&self, body: &[u8]) -> Signature {
        sign(&self.0, Domain::Report, body)
    }
}

impl fmt::Debug for BoothKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoothKey(redacted)")
    }
}

/// An enrolment request ready to post to [`xinting_wire::ENROL_PATH`].
#[derive(Clone, PartialEq, Eq)]
pub struct SignedEnrolment {
    /// The body.
    pub body: Vec<u8>,
    /// Value of [`xinting_wire::SIGNATURE_HEADER`].
    pub signature: String,
}

impl fmt::Debug for SignedEnrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body holds a code that is still good for one use.
        f.write_str("SignedEnrolment(redacted)")
    }
}
