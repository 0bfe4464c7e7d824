//! Enrolment: a one-use code and a public key in exchange for a booth id. The
//! request is signed by the key it brings, so a key cannot be enrolled by
//! somebody who does not hold it. No name of a person is asked for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::BoothId;
use crate::root::RootKey;
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
    #[error("the enrolment has schema version {0}; versions 1 to {ENROL_VERSION} are understood")]
    Version(u32),
    /// A root key in an answer of a version that has none.
    #[error("the answer has schema version {0} and a root key, which came with version 2")]
    EarlyRoot(u32),
    /// Empty, too long, or with characters no code has.
    #[error("the code is empty, too long or has characters that no code has")]
    Code,
}

/// Asks for a booth id. Its version says which answers the booth understands; a
/// district answers in the same. An older district refuses a later version as
/// malformed before it looks at the code, and a booth then asks again in version 1.
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
        Self::in_version(ENROL_VERSION, code, public_key)
    }

    /// The same in a version that an older district understands.
    #[must_use]
    pub fn in_version(version: u32, code: &str, public_key: PublicKey) -> Self {
        Self {
            schema_version: version,
            code: code.trim().to_owned(),
            public_key,
        }
    }

    /// The version of the answers that the booth understands.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.schema_version
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
        check_version(self.schema_version)?;
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
    /// The root key that the district would have its booths trust; from version 2
    /// on. A booth trusts it only after an admin has compared its fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_key: Option<RootKey>,
}

impl EnrolResponse {
    /// The answer to a request of this version. What came with a later version is
    /// left out.
    #[must_use]
    pub fn new(version: u32, booth: BoothId, root_key: Option<RootKey>) -> Self {
        Self {
            schema_version: version,
            booth,
            root_key: root_key.filter(|_| version >= 2),
        }
    }

    /// Reads a response.
    ///
    /// # Errors
    /// [`EnrolError::TooLong`], [`EnrolError::Schema`], [`EnrolError::Version`] or
    /// [`EnrolError::EarlyRoot`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EnrolError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(EnrolError::TooLong);
        }
        let response: Self = serde_json::from_slice(bytes).map_err(EnrolError::Schema)?;
        check_version(response.schema_version)?;
        if response.schema_version < 2 && response.root_key.is_some() {
            return Err(EnrolError::EarlyRoot(response.schema_version));
        }
        Ok(response)
    }
}

fn check_version(version: u32) -> Result<(), EnrolError> {
    if (1..=ENROL_VERSION).contains(&version) {
        Ok(())
    } else {
        Err(EnrolError::Version(version))
    }
}
