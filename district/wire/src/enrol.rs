//! Enrolment: a one-use code and a public key in exchange for a booth id. The
//! request is signed by the key it brings, so a key cannot be enrolled by
//! somebody who does not hold it. No name of a person is asked for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::BoothId;
use crate::signature::PublicKey;
use crate::{ENROL_VERSION, MAX_BODY_BYTES};

/// Longest code read; the codes printed are much shorter.
const MAX_CODE_LEN: usize = 64;

/// Why bytes are not an enrolment request or response.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the enrolment body is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
    /// Not JSON, a field missing, unknown or of the wrong type.
    #[error("the enrolment body does not follow the schema")]
    Schema(#[source] serde_json::Error),
    /// Written for another version of the interface.
    #[error("the enrolment has schema version {0}; version {ENROL_VERSION} is understood")]
    Version(u32),
    /// Empty, too long, or with characters no code has.
    #[error("the code is empty, too long or has characters that no code has")]
    Code,
}

/// Asks for a booth id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    schema_version: u32,
    /// The one-use code, as printed by `xinting-district enrol`.
    pub code: String,
    /// The booth's key; the request's signature must be by it.
    pub public_key: PublicKey,
}

impl EnrolRequest {
    /// A request with the code as somebody typed it: capitals, spaces and
    /// missing hyphens do not matter.
    #[must_use]
    pub fn new(code: &str, public_key: PublicKey) -> Self {
        Self {
            schema_version: ENROL_VERSION,
            code: code.trim().to_owned(),
            public_key,
        }
    }

    /// The code without what people add or lose in copying: capitals, no
    /// hyphens, no spaces. Both sides compare this form.
    #[must_use]
    pub fn normal_code(&self) -> String {
        normal_code(&self.code)
    }

    /// The bytes to sign and send.
    ///
    /// # Errors
    /// [`EnrolError::Code`] if the code cannot be one.
    pub fn encode(&self) -> Result<Vec<u8>, EnrolError> {
        self.check()?;
        serde_json::to_vec(self).map_err(EnrolError::Schema)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Every [`EnrolError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EnrolError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(EnrolError::TooLong);
        }
        let request: Self = serde_json::from_slice(bytes).map_err(EnrolError::Schema)?;
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), EnrolError> {
        if self.schema_version != ENROL_VERSION {
            return Err(EnrolError::Version(self.schema_version));
        }
        let plain = self
            .code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b' ');
        if self.normal_code().is_empty() || self.code.len() > MAX_CODE_LEN || !plain {
            return Err(EnrolError::Code);
        }
        Ok(())
    }
}

/// The form of a code that is compared and hashed: capitals, letters and digits only.
#[must_use]
pub fn normal_code(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The booth's id from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolResponse {
    schema_version: u32,
    /// The id every report of this booth carries.
    pub booth: BoothId,
}

impl EnrolResponse {
    /// A response in the current version.
    #[must_use]
    pub const fn new(booth: BoothId) -> Self {
        Self {
            schema_version: ENROL_VERSION,
            booth,
        }
    }

    /// Reads a response.
    ///
    /// # Errors
    /// [`EnrolError::TooLong`], [`EnrolError::Schema`] or [`EnrolError::Version`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EnrolError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(EnrolError::TooLong);
        }
        let response: Self = serde_json::from_slice(bytes).map_err(EnrolError::Schema)?;
        if response.schema_version != ENROL_VERSION {
            return Err(EnrolError::Version(response.schema_version));
        }
        Ok(response)
    }
}
