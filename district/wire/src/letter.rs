//! The same bytes by stick: what a booth without network would have posted, and what
//! the district would have answered, each in a small JSON file. Nothing is signed
//! here that is not signed by network too, and nothing is sent or kept.
//!
//! A body stands in its file as a JSON text, so that its bytes come out exactly as
//! they went in.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::MAX_BODY_BYTES;

/// Version of the answers' files.
const VERSION: u32 = 1;

/// Longest file of one request, in bytes: every byte of the body as an escape.
pub const MAX_LETTER_BYTES: usize = 6 * MAX_BODY_BYTES + 4_096;

/// Most receipts in one file: two years of days.
pub const MAX_RECEIPTS: usize = 1_000;

/// Longest file of answers, in bytes.
pub const MAX_ANSWERS_BYTES: usize = MAX_RECEIPTS * 2_048;

/// Folder of the reports in an export, below its own folder.
pub const REPORTS_FOLDER: &str = "reports";

/// The request to be enrolled, in the folder of an export.
pub const ENROL_REQUEST_FILE: &str = "enrol-request.json";

/// The district's answers to the reports, in the folder of the export.
pub const RECEIPTS_FILE: &str = "receipts.json";

/// The district's answer to the request to be enrolled, in the folder of the export.
pub const ENROLLED_FILE: &str = "enrolled.json";

/// What the folder of an export begins with.
pub const EXPORT_FOLDER_PREFIX: &str = "xinting-";

/// Why a file is not one of these.
#[derive(Debug, Error)]
pub enum LetterError {
    /// Longer than any can be.
    #[error("the file is longer than {0} bytes")]
    TooLong(usize),
    /// Not JSON, a field missing, unknown or of the wrong type.
    #[error("the file does not follow the schema")]
    Schema(#[source] serde_json::Error),
    /// Written for another version of the interface.
    #[error("the file has version {0}; version {VERSION} is understood")]
    Version(u32),
    /// More rows than a file may have.
    #[error("the file has more than {MAX_RECEIPTS} receipts")]
    TooMany,
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8], most: usize) -> Result<T, LetterError> {
    if bytes.len() > most {
        return Err(LetterError::TooLong(most));
    }
    serde_json::from_slice(bytes).map_err(LetterError::Schema)
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec(value).expect("invariant: texts and numbers always become JSON");
    bytes.push(b'\n');
    bytes
}

/// A request: `reports/<key>.json` or `enrol-request.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Value of [`crate::IDEMPOTENCY_HEADER`]; an enrolment has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Value of [`crate::SIGNATURE_HEADER`].
    pub signature: String,
    /// The body; its UTF-8 bytes are what was signed.
    pub body: String,
}

impl Letter {
    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`LetterError::TooLong`] or [`LetterError::Schema`].
    pub fn decode(bytes: &[u8]) -> Result<Self, LetterError> {
        decode(bytes, MAX_LETTER_BYTES)
    }
}

/// What the district would have answered to one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// The report's key.
    pub key: String,
    /// SHA-256 of the body that the district saw, 64 hexadecimal digits.
    pub body_sha256: String,
    /// The HTTP status it would have answered with.
    pub status: u16,
    /// The body of that answer: a [`crate::Receipt`] or a [`crate::Refusal`].
    pub answer: String,
}

/// `receipts.json`: the answers to the reports of one export.
///
/// It carries no signature. A booth takes a row only for a report that it has
/// itself, with the very bytes whose hash stands in the row, and only while
/// somebody is in maintenance. What a forger who holds the stick could gain is that
/// a booth forgets counts which this same stick, signed, carries to the district;
/// whoever can take the stick away can have that without forging anything. Against
/// that stands a signing key on the district's server, and its public half on every
/// booth, for no more than this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipts {
    version: u32,
    /// One row a report.
    pub receipts: Vec<Carried>,
}

impl Receipts {
    /// Receipts in the current version.
    #[must_use]
    pub const fn new(receipts: Vec<Carried>) -> Self {
        Self {
            version: VERSION,
            receipts,
        }
    }

    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Every [`LetterError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, LetterError> {
        let receipts: Self = decode(bytes, MAX_ANSWERS_BYTES)?;
        if receipts.version != VERSION {
            return Err(LetterError::Version(receipts.version));
        }
        if receipts.receipts.len() > MAX_RECEIPTS {
            return Err(LetterError::TooMany);
        }
        Ok(receipts)
    }
}

/// `enrolled.json`: the answer to a request to be enrolled.
///
/// It carries no signature either: a wrong id only makes the district refuse what is
/// sent under it, and a root key in it is trusted only after an admin has compared
/// its fingerprint, exactly as by network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    version: u32,
    /// The key that asked, padded base64: another booth leaves the file alone.
    pub public_key: String,
    /// The HTTP status the district would have answered with.
    pub status: u16,
    /// The body of that answer: an [`crate::EnrolResponse`] or a [`crate::Refusal`].
    pub answer: String,
}

impl Enrolled {
    /// An answer in the current version.
    #[must_use]
    pub const fn new(public_key: String, status: u16, answer: String) -> Self {
        Self {
            version: VERSION,
            public_key,
            status,
            answer,
        }
    }

    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`LetterError::TooLong`], [`LetterError::Schema`] or [`LetterError::Version`].
    pub fn decode(bytes: &[u8]) -> Result<Self, LetterError> {
        let enrolled: Self = decode(bytes, MAX_LETTER_BYTES)?;
        if enrolled.version == VERSION {
            Ok(enrolled)
        } else {
            Err(LetterError::Version(enrolled.version))
        }
    }
}
